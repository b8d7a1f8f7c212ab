"""How fast the room level is proved: `python -m tests.benchmarks.floors [--cases N] [-o FILE]`.

Order: the fewest fragments along one corridor (`allocator.model.arrange_exact`). Packing: the
cheapest rooms in the space tier for the units of one building (`subproblem.solve_task`), begun
from random lawful rows; what is proved is the packer's model, which counts moves by grade where
the plan counts them by division as well. CPU seconds of one thread, model included.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from allocator.measure import Measure
from allocator.model.arrange_exact import Limit, arrange_floor
from allocator.model.arrange_floor import Floors
from allocator.model.subproblem import Task, solve_task
from allocator.plan import Assignment
from allocator.problem import Problem
from tests.benchmarks.floors_cases import floor_case

ORDER_WORK = 2.0
"""Most work of one floor; about 5 CPU seconds with 40 rooms."""
PACK_WORK = 10.0
SPACE = 1
"""Place of the space tier in the policy."""


class Run(NamedTuple):
    """CPU seconds, and what is not proved of the value: 0 when proved, None without a bound."""

    seconds: float
    before: float
    value: float
    gap: float | None


def order(rooms: int, seed: int, stay: float) -> Run:
    """Fragments of units and divisions on one floor."""
    scenario, rows = floor_case(rooms, seed, stay)
    floors = Floors(Problem(scenario))
    started = time.process_time()
    (floor,) = floors.read(rows)
    found = arrange_floor(floor, Limit(ORDER_WORK))
    seconds = time.process_time() - started
    counts = (found.units, found.divisions)
    value, bound = sum(c.value for c in counts), sum(c.bound for c in counts)
    return Run(seconds, sum(c.before for c in counts), value, (value - bound) / value)


def pack(rooms: int, seed: int, per_floor: int) -> Run:
    """The space tier of one building; proved when the search ended before its limit."""
    scenario, rows = floor_case(rooms, seed, 0.3, per_floor)
    problem = Problem(scenario)
    measure = Measure(problem)

    def cost(current: Iterable[Assignment], common: tuple[str, ...]) -> float:
        terms = measure.plan(current, common).terms
        return float(measure.tier_values(terms)[SPACE])

    started = time.process_time()
    task = Task(problem.planned_units, ("A",), tuple(rows), (), None, PACK_WORK, seed)
    found = solve_task(problem, measure, task)
    seconds = time.process_time() - started
    before = cost(rows, ())
    value = before if found.rows is None else min(before, cost(found.rows, found.common))
    return Run(seconds, before, value, 0.0 if found.work < PACK_WORK else None)


def line(name: str, rooms: int, runs: list[Run]) -> str:
    """One row of the table."""
    low, middle, high = quantiles([r.seconds for r in runs], n=4, method="inclusive")
    proved = sum(r.gap == 0 for r in runs)
    open_gaps = [r.gap for r in runs if r.gap]
    gap = f"{100 * median(open_gaps):.1f} %" if open_gaps else "-"
    most = max(r.seconds for r in runs)
    before, value = (median(getattr(r, key) for r in runs) for key in ("before", "value"))
    return (
        f"| {name} | {rooms} | {proved}/{len(runs)} | {middle:.2f} | {low:.2f}-{high:.2f} "
        f"| {most:.2f} | {before:g} | {value:g} | {gap} |"
    )


HEADING = """\
| task | offices | proved | CPU s, median | quartiles | most | before | after | gap if open |
|---|---|---|---|---|---|---|---|---|"""


def table(cases: int, show: Callable[[str], None]) -> None:
    """Every row as soon as it is measured."""
    show(HEADING)
    for stay, name in ((0.3, "order, people today"), (0.0, "order, nobody today")):
        for rooms in (8, 16, 24, 40):
            show(line(name, rooms, [order(rooms, seed, stay) for seed in range(cases)]))
    for per_floor, name in ((1000, "packing, one floor"), (8, "packing, floors of 8")):
        for rooms in (24, 40):
            show(line(name, rooms, [pack(rooms, seed, per_floor) for seed in range(cases)]))


def main() -> None:
    """Print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20, help="floors per row")
    parser.add_argument("-o", "--output", type=Path, help="a Markdown file")
    given = parser.parse_args()
    lines: list[str] = []

    def show(text: str) -> None:
        print(text, flush=True)
        lines.append(text)

    table(given.cases, show)
    if given.output:
        given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
