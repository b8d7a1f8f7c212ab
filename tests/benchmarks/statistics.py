"""Figures of the table: ratios to ours, gaps, medians and quartiles, fitted growth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite, log
from typing import Any

Pair = dict[str, Any]
"""One method on one instance, as the runner kept it."""

MOMENTS = (0.1, 0.25, 0.5, 1.0)
"""Shares of the budget at which the gap over time is read."""


def quantile(values: Iterable[float], share: float) -> float | None:
    """Linear between neighbours; infinite values stand at the end. None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    if low + 1 >= len(ordered) or place == low:
        return ordered[low]
    if not isfinite(ordered[low + 1]):
        return ordered[low + 1]
    return ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])


def has_plan(pair: Pair) -> bool:
    """Whether the independent check accepted a plan."""
    return pair["status"] == "ok"


def ratio(pair: Pair, ours: Pair | None) -> float | None:
    """Space against ours where as many are housed; inf: more unhoused or no lawful plan.

    0 where ours is the one with more unhoused; None where there is nothing to compare.
    """
    if ours is None or pair["status"] == "skipped":
        return None
    if not has_plan(pair):
        return inf if has_plan(ours) else None
    if not has_plan(ours) or pair["unhoused"] < ours["unhoused"]:
        return 0.0
    if pair["unhoused"] > ours["unhoused"]:
        return inf
    return float(pair["space"]) / float(ours["space"])


def gap(value: float, bound: float | None) -> float | None:
    """Relative gap as the product prints it."""
    return None if bound is None else (value - bound) / max(1.0, value)


def gap_at(pair: Pair, bound: float | None, seconds: float) -> float | None:
    """Gap of the best plan known by then, inf when there was none; None without a bound."""
    if bound is None:
        return None
    known = [value for at, value in pair.get("trace", ()) if at <= seconds]
    if not known:
        return inf
    return gap(min(known), bound)


def first(pair: Pair) -> float:
    """Seconds until the first plan that houses everybody, inf without one."""
    return min((float(at) for at, _ in pair["trace"]), default=inf)


def settled(pair: Pair, within: float = 0.01) -> float | None:
    """Seconds until the plan was within a hundredth of its own final value."""
    if not has_plan(pair) or pair["unhoused"]:
        return None
    times = [at for at, value in pair["trace"] if value <= pair["space"] * (1 + within)]
    return min(times, default=None)


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Slope of log y over log x by least squares; None if sizes differ less than twofold."""
    logs = [(log(x), log(y)) for x, y in points if x > 0 and y > 0]
    sizes = [x for x, _ in logs]
    if not sizes or max(sizes) - min(sizes) < log(2):
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    above = sum((x - mean_x) * (y - mean_y) for x, y in logs)
    return above / sum((x - mean_x) ** 2 for x, _ in logs)
