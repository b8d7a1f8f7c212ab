"""CSV, JSON, Markdown and the picture of a run; all from the kept results alone."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from math import isfinite
from pathlib import Path
from typing import Any

from tests.benchmarks.attempt import OVER
from tests.benchmarks.instances import SCALES
from tests.benchmarks.methods import METHODS, OURS
from tests.benchmarks.statistics import (
    MOMENTS,
    Pair,
    exponent,
    first,
    gap,
    gap_at,
    has_plan,
    quantile,
    ratio,
    settled,
)
from tests.benchmarks.summary import (
    growth_table,
    heading,
    number,
    percent,
    quartiles,
    short_table,
)
from viz.bench import Line, Moment, draw_gaps
from viz.theme import save_figure

COLUMNS = (
    "scale", "seed", "method", "budget", "workers", "status", "unhoused", "space", "ratio",
    "bound", "gap", "seconds", "peak_mib", "released_m2", "people_moved", "why",
)  # fmt: skip
STEPS = 80
"""Of the gap over time in the picture."""


def write_tables(out: Path, pairs: list[Pair]) -> None:
    """bench.csv, .json, .md and .png (and .zh.png), and summary.md in the output folder."""
    rows = [_row(pair, pairs) for pair in pairs]
    with (out / "bench.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    data = {"pairs": pairs, "summary": summary(pairs), "growth": growth(pairs)}
    text = json.dumps(_plain(data), indent=1)
    (out / "bench.json").write_text(text + "\n", encoding="utf-8")
    (out / "bench.md").write_text(markdown(rows, pairs), encoding="utf-8")
    short = short_table(summary(pairs), growth(pairs), pairs)
    (out / "summary.md").write_text(short, encoding="utf-8")
    lines = curves(pairs)
    if lines:
        save_figure(draw_gaps(lines, lang="en"), out / "bench.png")
        save_figure(draw_gaps(lines, lang="zh"), out / "bench.zh.png")


def _plain(data: Any) -> Any:
    """JSON knows no infinity."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if isinstance(data, float) and not isfinite(data):
        return "inf"
    return data


def ours_of(pair: Pair, pairs: list[Pair]) -> Pair | None:
    """Our result on the same instance and budget."""
    same = ("scale", "seed", "budget", "workers", "beside")
    for other in pairs:
        if other["method"] == OURS and all(other[k] == pair[k] for k in same):
            return other
    return None


def bound_of(pair: Pair, pairs: list[Pair]) -> float | None:
    """Our bound of the space tier on the instance, for every method's gap."""
    ours = ours_of(pair, pairs)
    found = None if ours is None else ours.get("method_bound")
    return None if found is None else float(found)


def _row(pair: Pair, pairs: list[Pair]) -> dict[str, Any]:
    bound = bound_of(pair, pairs)
    housed = has_plan(pair) and not pair["unhoused"]
    late = pair.get("seconds", 0) > pair["budget"] * OVER + 2
    stopped = pair.get("notes", {}).get("stopped", "")
    return {
        **pair,
        "why": pair.get("why") or stopped or ("over its budget" if late else ""),
        "ratio": ratio(pair, ours_of(pair, pairs)),
        "bound": bound,
        "gap": gap(pair["space"], bound) if housed else None,
    }


def summary(pairs: list[Pair]) -> list[dict[str, Any]]:
    """One entry per scale, budget and method."""
    groups: dict[tuple[str, int, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair["scale"], pair["budget"], pair["method"]].append(pair)
    order = {name: i for i, name in enumerate((*SCALES, *METHODS))}
    found = []
    for (scale, budget, name), inside in sorted(
        groups.items(), key=lambda g: (order[g[0][0]], g[0][1], order[g[0][2]])
    ):
        rows = [_row(pair, pairs) for pair in inside]
        ratios = [r["ratio"] for r in rows if r["ratio"] is not None]
        plans = [r for r in rows if has_plan(r)]
        found.append(
            {
                "scale": scale,
                "budget": budget,
                "method": name,
                "instances": len(rows),
                "lawful": len(plans),
                "housed": sum(not r["unhoused"] for r in plans),
                "unhoused": quantile([r["unhoused"] for r in plans], 0.5),
                "unhoused_most": max((r["unhoused"] for r in plans), default=None),
                "space": _spread([r["space"] for r in plans if not r["unhoused"]]),
                "ratio": _spread(ratios),
                "ratio_least": min(ratios, default=None),
                "better_than_ours": sum(r < 1 for r in ratios) if name != OURS else 0,
                "gap": _spread([r["gap"] for r in rows if r["gap"] is not None]),
                "gap_at": [_gaps_at(inside, pairs, share * budget)[0] for share in MOMENTS],
                "first": quantile(map(first, plans), 0.5),
                "settled": quantile([s for r in plans if (s := settled(r)) is not None], 0.5),
                "seconds": quantile([r["seconds"] for r in plans], 0.5),
                "peak_mib": quantile([r["peak_mib"] for r in plans if r["peak_mib"]], 0.5),
                "why": next((r["why"] for r in rows if r.get("why")), ""),
            }
        )
    return found


def _spread(values: list[float]) -> tuple[float | None, ...]:
    """Median, lower and upper quartile."""
    return tuple(quantile(values, share) for share in (0.5, 0.25, 0.75))


def _gaps_at(inside: list[Pair], pairs: list[Pair], seconds: float) -> tuple[float | None, ...]:
    gaps = [gap_at(pair, bound_of(pair, pairs), seconds) for pair in inside]
    return _spread([g for g in gaps if g is not None])


def growth(pairs: list[Pair]) -> list[dict[str, Any]]:
    """Exponents over the number of rooms; settled: within a hundredth of its own final value."""
    found = []
    for name in METHODS:
        mine = [p for p in pairs if p["method"] == name and has_plan(p)]
        times = [(p["rooms"], s) for p in mine if (s := settled(p)) is not None]
        memory = [(p["rooms"], p["peak_mib"]) for p in mine if p.get("peak_mib")]
        found.append(
            {
                "method": name,
                "time": exponent([(float(x), float(y)) for x, y in times]),
                "memory": exponent([(float(x), float(y)) for x, y in memory]),
            }
        )
    return found


def curves(pairs: list[Pair]) -> list[Line]:
    """Quartiles of the gap over time per scale and method, where a bound is known."""
    groups: dict[tuple[str, int, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair["scale"], pair["budget"], pair["method"]].append(pair)
    lines = []
    for (scale, budget, name), inside in groups.items():
        points = []
        for step in range(STEPS + 1):
            # Evenly on the logarithmic scale of the picture, from a hundredth of the budget.
            seconds = budget * 100 ** (step / STEPS - 1)
            middle, low, high = _gaps_at(inside, pairs, seconds)
            if middle is not None and low is not None and high is not None:
                points.append(Moment(seconds, middle, low, high))
        if points:
            lines.append(Line(scale, budget, name, tuple(points)))
    return lines


# -- Markdown ------------------------------------------------------------------------------


def markdown(rows: list[dict[str, Any]], pairs: list[Pair]) -> str:
    """The tables as a reader sees them."""
    parts = ["# Side by side", "", heading(pairs), "", *_summary_table(pairs), ""]
    parts += [*growth_table(growth(pairs)), ""]
    parts += ["## Every instance", "", *_instance_table(rows), ""]
    return "\n".join(parts)


def _summary_table(pairs: list[Pair]) -> list[str]:
    times = " / ".join(f"{share:.0%}" for share in MOMENTS)
    head = (
        "| scale | budget s | method | lawful | all housed | unhoused, median | space, median "
        "(quartiles) | ratio to ours, median (quartiles) | better than ours | gap, median | "
        f"gap at {times} of the budget | seconds | peak MiB | remark |"
    )
    lines = [head, "|---" * 14 + "|"]
    for s in summary(pairs):
        lines.append(
            f"| {s['scale']} | {s['budget']} | {s['method']} | {s['lawful']}/{s['instances']} "
            f"| {s['housed']}/{s['instances']} | {number(s['unhoused'], 0)} "
            f"| {quartiles(s['space'], 0)} | {quartiles(s['ratio'], 3)} "
            f"| {s['better_than_ours']} | {percent(s['gap'][0])} "
            f"| {' / '.join(percent(g) for g in s['gap_at'])} | {number(s['seconds'], 1)} "
            f"| {number(s['peak_mib'], 0)} | {s['why'][:90]} |"
        )
    return lines


def _instance_table(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| instance | budget s | method | status | unhoused | space | ratio | bound | gap "
        "| seconds | peak MiB | remark |",
        "|---" * 12 + "|",
    ]
    for r in rows:
        lines.append(
            f"| {r['scale']}-{r['seed']} | {r['budget']} | {r['method']} | {r['status']} "
            f"| {number(r.get('unhoused'), 0)} | {number(r.get('space'), 2)} "
            f"| {number(r['ratio'], 3)} | {number(r['bound'], 2)} | {percent(r['gap'])} "
            f"| {number(r.get('seconds'), 1)} | {number(r.get('peak_mib'), 0)} "
            f"| {str(r.get('why', ''))[:120]} |"
        )
    return lines
