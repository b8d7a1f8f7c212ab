"""The last step of a plan: rooms of a unit, then of a division, side by side on each floor.

What rooms of a floor hold is exchanged where no tier can tell the difference and as many people
stay in their room. The figure is fragments: maximal runs of neighbouring rooms. It is no tier.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.measure import Measure
from allocator.model.arrange_exact import Arranged, Count, Limit, arrange_floor, swapped, untouched
from allocator.model.arrange_floor import Floor, Floors
from allocator.model.breaches import Breaches
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Budget

SHARE = 0.03
"""Share of the budget that may be spent on the order of rooms."""
FLOOR_WORK = 0.5
"""Most work of one floor."""
STEP_WORK = 0.01
"""Work of setting up a floor, beside that of its search."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The plan's rows and its fragments, summed over all floors on which it holds rooms."""

    rows: tuple[Assignment, ...]
    floors: int
    proved: int
    """Floors of which it is known that no such exchange leaves fewer fragments."""
    units: Count
    divisions: Count

    def as_json(self) -> dict[str, Any]:
        """What `run.json` keeps, in fragments and floors."""
        kinds = {"units": self.units, "divisions": self.divisions}
        return {
            "unit": "fragments",
            "floors": self.floors,
            "proved_floors": self.proved,
            **{
                name: {"before": c.before, "value": c.value, "bound": c.bound}
                for name, c in kinds.items()
            },
        }


def arrange(
    problem: Problem,
    measure: Measure,
    rows: Iterable[Assignment],
    common: Iterable[str],
    stop: Callable[[], bool] = lambda: False,
) -> Rooms:
    """Exchange rooms within floors, most scattered floors first, within the budget's share."""
    purse = _Purse(problem.scenario.budget)
    given, kept = tuple(sorted(rows)), tuple(common)
    floors = Floors(problem).read(given)
    known = {
        f.code: untouched(f) if stop() or purse.limit() is None else swapped(f) for f in floors
    }
    for floor in sorted(floors, key=lambda f: (-_excess(known[f.code]), f.code)):
        if stop() or not _excess(known[floor.code]) or (limit := purse.limit()) is None:
            break
        known[floor.code] = arrange_floor(floor, limit)
        purse.pay(known[floor.code].work)
    new = _rows(floors, known, given)
    if new != given and not _no_worse(problem, measure, given, new, kept):
        new, known = given, {floor.code: untouched(floor) for floor in floors}
    answers = list(known.values())
    return Rooms(
        new,
        len(floors),
        sum(a.units.proved and a.divisions.proved for a in answers),
        _total(a.units for a in answers),
        _total(a.divisions for a in answers),
    )


def _excess(answer: Arranged) -> int:
    """Fragments that might be spared."""
    counts = (answer.units, answer.divisions)
    return sum(c.value - c.bound for c in counts)


def _total(counts: Iterable[Count]) -> Count:
    every = list(counts)
    return Count(
        sum(c.before for c in every), sum(c.value for c in every), sum(c.bound for c in every)
    )


def _rows(
    floors: list[Floor], known: dict[str, Arranged], given: tuple[Assignment, ...]
) -> tuple[Assignment, ...]:
    """All rows, those of the corridors' rooms as arranged."""
    rooms = {room for floor in floors for room in floor.rooms}
    rows = [row for row in given if row.room not in rooms]
    for floor in floors:
        rows += floor.rows(known[floor.code].holds)
    return tuple(sorted(rows))


def _no_worse(
    problem: Problem,
    measure: Measure,
    old: tuple[Assignment, ...],
    new: tuple[Assignment, ...],
    common: tuple[str, ...],
) -> bool:
    """Whether no hard rule, no tier and no move is worse: measured, not argued."""
    breaches = Breaches(problem)

    def key(rows: tuple[Assignment, ...]) -> tuple[Fraction, ...]:
        measured = measure.plan(rows, common)
        broken = breaches.count(list(rows), measured)
        moved = measured.people.moved
        return Fraction(broken), *measure.tier_values(measured.terms), Fraction(moved)

    return all(b <= a for a, b in zip(key(old), key(new), strict=True))


class _Purse:
    """The share of a budget: of seconds by the clock, of work without one."""

    def __init__(self, budget: Budget) -> None:
        self.seed = budget.seed
        self.left = SHARE * budget.work if budget.work else float("inf")
        self.deadline: float | None = None
        if not budget.work:
            self.deadline = time.monotonic() + SHARE * float(budget.seconds or 60)

    def limit(self) -> Limit | None:
        """What the next floor may cost; None when the share is spent."""
        late = self.deadline is not None and time.monotonic() >= self.deadline
        if late or self.left <= STEP_WORK:
            return None
        return Limit(min(FLOOR_WORK, self.left - STEP_WORK), self.deadline, self.seed)

    def pay(self, work: float) -> None:
        """Take what a floor cost."""
        self.left -= work + STEP_WORK
