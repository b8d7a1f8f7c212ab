"""summary.md: what a reader of the README needs of a run, and how figures are written."""

from __future__ import annotations

from math import isfinite
from typing import Any

from tests.benchmarks.instances import SCALES
from tests.benchmarks.statistics import Pair


def short_table(rows: list[dict[str, Any]], sizes: list[dict[str, Any]], pairs: list[Pair]) -> str:
    """One line per scale and method, and the growth where there is more than one size."""
    head = (
        "| scale, budget | method | all housed | unhoused posts, median (most) | space against "
        "ours, median (quartiles) | least ratio | gap, median | first plan s | within 1 % of own "
        "best s | peak MiB |"
    )
    lines = [heading(pairs), "", head, "|---" * 10 + "|"]
    for r in rows:
        if not r["lawful"]:
            lines.append(f"| {r['scale']}, {r['budget']} s | {r['method']} | none: {r['why'][:60]}"
                         " |" + " |" * 7)  # fmt: skip
            continue
        lines.append(
            f"| {r['scale']}, {r['budget']} s | {r['method']} | {r['housed']}/{r['instances']} "
            f"| {number(r['unhoused'], 0)} ({number(r['unhoused_most'], 0)}) "
            f"| {quartiles(r['ratio'], 3)} | {number(r['ratio_least'], 3)} "
            f"| {percent(r['gap'][0])} | {number(r['first'], 1)} | {number(r['settled'], 1)} "
            f"| {number(r['peak_mib'], 0)} |"
        )
    lines += [
        "",
        "Ratio: space tier over ours on the same instance; below 1 the other method is better, "
        "∞: it houses fewer people or has no lawful plan, 0: it houses more. First plan: the first "
        "that houses everybody.",
    ]
    if any(g["time"] is not None or g["memory"] is not None for g in sizes):
        lines += ["", *growth_table(sizes)]
    return "\n".join(lines) + "\n"


def heading(pairs: list[Pair]) -> str:
    """Under which conditions the run was made: instances, budgets, cores."""
    budgets = []
    for scale in SCALES:
        inside = [p for p in pairs if p["scale"] == scale]
        if inside:
            seeds = len({p["seed"] for p in inside})
            seconds = " and ".join(str(s) for s in sorted({p["budget"] for p in inside}))
            budgets.append(f"{scale} {seconds} s ({seeds} instances)")
    cores = sorted({(p["workers"], p["beside"]) for p in pairs})
    return f"Wall time of every method: {', '.join(budgets)}. {' '.join(map(_cores, cores))}"


def _cores(kind: tuple[int, int]) -> str:
    workers, beside = kind
    each = f"Every method has {workers} core{'s' if workers > 1 else ''}"
    if beside == 1:
        return f"{each}, and nothing runs beside it."
    return (
        f"{each} that is its own; {beside} methods run side by side, so they share the memory of "
        "the machine, each as much as the others."
    )


def growth_table(sizes: list[dict[str, Any]]) -> list[str]:
    """Fitted exponents."""
    lines = [
        "Growth with the number of rooms, fitted exponent:",
        "",
        "| method | time until within 1 % of its own final value | peak memory |",
        "|---|---|---|",
    ]
    for g in sizes:
        lines.append(f"| {g['method']} | {number(g['time'], 2)} | {number(g['memory'], 2)} |")
    return lines


def number(value: float | None, digits: int) -> str:
    """With thousands; a dash for nothing."""
    if value is None:
        return "-"
    return "∞" if not isfinite(value) else f"{value:,.{digits}f}"


def percent(value: float | None) -> str:
    """Of a share."""
    if value is None:
        return "-"
    return "∞" if not isfinite(value) else f"{100 * value:.2f} %"


def quartiles(spread: tuple[float | None, ...], digits: int) -> str:
    """Median and the quartiles about it."""
    middle, low, high = (number(v, digits) for v in spread)
    return middle if middle == "-" else f"{middle} ({low}-{high})"
