"""The fewest fragments of one floor, exactly: units first, then divisions, people stay as before.

Every unit and division covers its rooms with runs. A run is one variable, and only runs that
its rooms of each size can fill are offered; that makes the relaxation tight where one variable
per room and neighbour is not.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from allocator.model.arrange_floor import Floor, Label, Load, Size
from allocator.model.arrange_swaps import swap_rooms

SLOWEST = 4.0
"""Wall seconds allowed per unit of work, for busy machines."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one floor may cost: deterministic work, and the time to stop (monotonic seconds)."""

    work: float
    deadline: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """Fragments of a floor: before, now, and a bound that no such exchange gets below.

    The bound of divisions holds where units have no more fragments than now.
    """

    before: int
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        """Whether no exchange has fewer."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Arranged:
    """The content of every room, and what is known of the fragments."""

    holds: tuple[int, ...]
    units: Count
    divisions: Count
    work: float


def untouched(floor: Floor) -> Arranged:
    """The floor as it is, with the bounds that need no search."""
    counts = [
        Count(now, now, floor.fewest(divisions=d) if _may_change(floor) else now)
        for d in (False, True)
        for now in (floor.fragments(floor.holds, divisions=d),)
    ]
    return Arranged(floor.holds, counts[0], counts[1], 0.0)


def swapped(floor: Floor) -> Arranged:
    """The floor after swaps of two rooms: fast, with the bounds that need no search."""
    plain = untouched(floor)
    if plain.units.proved and plain.divisions.proved:
        return plain
    holds = swap_rooms(floor, floor.holds)
    units, divisions = (
        Count(c.before, floor.fragments(holds, divisions=d), c.bound)
        for d, c in ((False, plain.units), (True, plain.divisions))
    )
    if (units, divisions) == (plain.units, plain.divisions):
        holds = floor.holds
    return Arranged(holds, units, divisions, 0.0)


def _may_change(floor: Floor) -> bool:
    return any(len(contents) > 1 for contents in floor.may)


def arrange_floor(floor: Floor, limit: Limit) -> Arranged:
    """Exchange what rooms hold; the floor stays as it is unless that leaves fewer fragments."""
    best = swapped(floor)
    if best.units.proved and best.divisions.proved:
        return best
    model = _Model(floor, limit)
    units, divisions, holds = best.units, best.divisions, best.holds
    if not units.proved:
        holds, bound = model.fewest(holds, divisions=False)
        value = floor.fragments(holds, divisions=False)
        units = Count(units.before, value, max(units.bound, min(bound, value)))
    model.keep(units.value)
    holds = swap_rooms(floor, holds)
    now = floor.fragments(holds, divisions=True)
    if now > divisions.bound:
        holds, bound = model.fewest(holds, divisions=True)
        now = floor.fragments(holds, divisions=True)
        bound = max(divisions.bound, min(bound, now))
        divisions = Count(divisions.before, now, bound)
    else:
        divisions = Count(divisions.before, now, now)
    if (units.value, divisions.value) == (units.before, divisions.before):
        holds = floor.holds
    return Arranged(holds, units, divisions, model.work)


@dataclass
class _Model:
    """Which content each room holds, and runs per label."""

    floor: Floor
    limit: Limit
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    holds: dict[tuple[int, int], Any] = field(default_factory=dict)
    runs: dict[tuple[Label, int, int], Any] = field(default_factory=dict)
    """By label and first and last room."""
    work: float = 0.0

    def __post_init__(self) -> None:
        floor, model = self.floor, self.model
        by_load: dict[tuple[Size | None, Load], list[Any]] = defaultdict(list)
        by_content: dict[int, list[Any]] = defaultdict(list)
        for r, contents in enumerate(floor.may):
            for c in sorted(contents):
                if len(contents) == 1:
                    here: Any = 1
                else:
                    here = model.new_bool_var(f"{r} holds {c}")
                self.holds[r, c] = here
                by_content[c].append(here)
                by_load[floor.sizes[r], floor.loads[c]].append(here)
            if len(contents) > 1:
                model.add_exactly_one(self.holds[r, c] for c in contents)
        counted = Counter(floor.holds)
        for c, parts in by_content.items():
            model.add(sum(parts) == counted[c])
        loads = Counter((s, floor.loads[c]) for s, c in zip(floor.sizes, floor.holds, strict=True))
        for key, parts in by_load.items():
            model.add(sum(parts) == loads[key])
        if floor.stays:
            stay = sum(n * self.holds[pair] for pair, n in floor.stays.items())
            model.add(stay >= floor.staying(floor.holds))

    def keep(self, fragments: int) -> None:
        """From now on, units have at most so many fragments."""
        if not self.runs:
            self._cover(divisions=False)
        self.model.add(sum(self.runs.values()) <= fragments)

    def fewest(self, start: tuple[int, ...], *, divisions: bool) -> tuple[tuple[int, ...], int]:
        """An arrangement with few fragments, `start` at worst, and a bound."""
        runs = self._cover(divisions=divisions)
        self.model.minimize(sum(runs))
        self._hint(start)
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.linearization_level = 2
        parameters.random_seed = self.limit.seed
        parameters.max_deterministic_time = max(1e-3, self.limit.work - self.work)
        if self.limit.deadline is not None:
            left = self.limit.deadline - time.monotonic()
            parameters.max_time_in_seconds = max(0.02, min(SLOWEST * self.limit.work, left))
        status = solver.solve(self.model)
        self.work += float(solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return start, 0
        holds = tuple(
            next(
                c for c in sorted(contents) if len(contents) == 1 or solver.value(self.holds[r, c])
            )
            for r, contents in enumerate(self.floor.may)
        )
        return holds, ceil(solver.best_objective_bound - 1e-6)

    # -- runs ------------------------------------------------------------------------------

    def _cover(self, *, divisions: bool) -> list[Any]:
        """Runs of the units or divisions; each covers the rooms that its owner has, once."""
        floor = self.floor
        having: dict[Label, set[int]] = defaultdict(set)
        for c in range(len(floor.contents)):
            for label in floor.labels(c, divisions=divisions):
                having[label].add(c)
        made: list[Any] = []
        for label, contents in sorted(having.items()):
            covers: dict[int, list[Any]] = defaultdict(list)
            for first, last in _windows(floor, contents):
                run = self.model.new_bool_var(f"{label} from {first} to {last}")
                self.runs[label, first, last] = run
                made.append(run)
                for r in range(first, last + 1):
                    covers[r].append(run)
            for r, may in enumerate(floor.may):
                if inside := may & contents:
                    self.model.add(sum(covers[r]) == sum(self.holds[r, c] for c in sorted(inside)))
        return made

    def _hint(self, start: tuple[int, ...]) -> None:
        """Start from an arrangement."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (r, c), here in self.holds.items():
            if not isinstance(here, int):
                self.model.add_hint(here, int(start[r] == c))
        present = _runs_of(self.floor, start)
        for key, run in self.runs.items():
            self.model.add_hint(run, int(key in present))


def _windows(floor: Floor, contents: set[int]) -> list[tuple[int, int]]:
    """First and last room of every run that these contents can fill, no size more than it has."""
    total = Counter(c for c in floor.holds if c in contents)
    room_of: Counter[tuple[Size | None, Load]] = Counter(
        (size, floor.loads[c]) for size, c in zip(floor.sizes, floor.holds, strict=True)
    )
    of_load: Counter[Load] = Counter()
    for c, n in total.items():
        of_load[floor.loads[c]] += n
    most: Counter[Size | None] = Counter()
    for (size, load), n in room_of.items():
        most[size] += min(n, of_load[load])
    found: list[tuple[int, int]] = []
    for first in range(len(floor.rooms)):
        used: Counter[Size | None] = Counter()
        for last in range(first, len(floor.rooms)):
            used[floor.sizes[last]] += 1
            if (
                not floor.may[last] & contents
                or used[floor.sizes[last]] > most[floor.sizes[last]]
                or last - first >= total.total()
            ):
                break
            found.append((first, last))
    return found


def _runs_of(floor: Floor, holds: Sequence[int]) -> set[tuple[Label, int, int]]:
    """The maximal runs of every unit and division."""
    found: set[tuple[Label, int, int]] = set()
    since: dict[Label, int] = {}
    for r in range(len(holds) + 1):
        here: frozenset[Label] = frozenset()
        if r < len(holds):
            here = floor.labels(holds[r], divisions=False) | floor.labels(holds[r], divisions=True)
        for label in [x for x in since if x not in here]:
            found.add((label, since.pop(label), r - 1))
        for label in here - since.keys():
            since[label] = r
    return found
