"""First-fit decreasing by entitlement: the largest unit first, into the first building it fits.

A single pass leaves many people unhoused, so units left over come first in a further pass, as a
planner would do; each unit's building of today is tried first, or none is preferred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from allocator.model.greedy.rooms import Packer, Seating
from allocator.model.homes import pinned_rows
from allocator.plan import Assignment
from allocator.problem import Problem


@dataclass
class _Draft:
    """The plan so far."""

    problem: Problem
    packer: Packer
    taken: set[str] = field(default_factory=set)
    floors: set[str] = field(default_factory=set)
    """Floors with a held room, or in use in every plan."""
    common: set[str] = field(default_factory=set)
    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    home: dict[str, str] = field(default_factory=dict)
    rows: list[Assignment] = field(default_factory=list)
    seats: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Floors where each unit has people."""
    left: dict[str, int] = field(default_factory=dict)
    """Sum of standards that the free offices of each building may take."""

    def __post_init__(self) -> None:
        for building in {self.problem.building_of_floor[f] for f in self.problem.stock_by_floor}:
            offices = (r for r in self.packer.rooms_in[building] if r.use == "office")
            self.left[building] = sum(self.packer.most(r.area) for r in offices)
        self.rows += [*self.problem.fixed_rows, *pinned_rows(self.problem)]
        self.taken |= {row.room for row in self.rows}
        self.floors |= self.problem.floors_always_in_use
        self.floors |= {self.problem.floor_of[row.room] for row in self.rows}

    def barred(self, unit: str, building: str) -> frozenset[str] | None:
        """Floors that relations close to the unit; None where the building is closed to it."""
        problem = self.problem
        closed: set[str] = set()
        for relation in self.packer.musts[unit]:
            other = relation.b if relation.a == unit else relation.a
            if other not in self.home:
                continue
            there = self.home[other]
            site = problem.site_of_building
            if relation.kind == "same_site" and site[there] != site[building]:
                return None
            if relation.kind in ("same_building", "same_floor") and there != building:
                return None
            floors = self.seats[other]
            if relation.kind == "apart":
                closed |= floors
            if relation.kind == "same_floor":
                closed |= problem.permitted_floors[unit] - floors
        return frozenset(closed)

    def attempt(self, unit: str, building: str) -> tuple[Seating, tuple[str, ...]] | None:
        """The unit's seats there and the floors the reserve needs; None if unlawful."""
        barred = self.barred(unit, building)
        if barred is None:
            return None
        seating = self.packer.seat(unit, building, self.taken, self.floors, barred)
        if not seating.people:
            return None
        site = self.problem.site_of_building[building]
        seated = sum(n for inside in seating.people.values() for n in inside.values())
        held = {self.problem.floor_of[r] for r in seating.rooms}
        more = self.packer.reserve_kept(
            site,
            self.people[site] + seated,
            self.taken | seating.rooms,
            self.floors | self.common | held,
        )
        return None if more is None else (seating, more)

    def take(self, unit: str, building: str, seating: Seating, more: tuple[str, ...]) -> None:
        """Make it part of the plan."""
        self.home[unit] = building
        self.rows += seating.rows(unit)
        self.seats[unit] |= {self.problem.floor_of[room] for room in seating.people}
        self.taken |= seating.rooms
        offices = (self.problem.rooms[r] for r in seating.rooms)
        self.left[building] -= sum(self.packer.most(r.area) for r in offices if r.use == "office")
        self.floors |= {self.problem.floor_of[r] for r in seating.rooms}
        self.common = (self.common | set(more)) - self.floors
        seated = sum(n for inside in seating.people.values() for n in inside.values())
        self.people[self.problem.site_of_building[building]] += seated


PASSES = 40
"""Most passes: a unit left over in one pass comes first in the next."""


@dataclass(frozen=True, slots=True)
class Found:
    """One pass: rows, common floors, and the order that the next pass should take."""

    rows: tuple[Assignment, ...]
    common: tuple[str, ...]
    again: tuple[str, ...]
    """Units left over, at least in part."""


def one_pass(problem: Problem, packer: Packer, units: list[str], homes: Mapping[str, str]) -> Found:
    """Units in this order, each into the first building it fits; else housed in part.

    The building that `homes` names for a unit is tried before the others.
    """
    draft = _Draft(problem, packer)
    buildings = sorted({problem.building_of_floor[f] for f in problem.stock_by_floor})
    again: list[str] = []
    for unit in units:
        best: tuple[str, Seating, tuple[str, ...]] | None = None
        home = homes.get(unit, "")
        # Where the whole unit cannot fit by area is tried only if it fits nowhere.
        small = {b for b in buildings if draft.left[b] < problem.need(unit)}
        for building in sorted(buildings, key=lambda b: (b in small, b != home)):
            if building in small and best is not None:
                break
            found = draft.attempt(unit, building)
            if found is None:
                continue
            if best is None or found[0].left < best[1].left:
                best = (building, *found)
            if not found[0].left:
                break
        if best is not None:
            draft.take(unit, *best)
        if best is None or best[1].left:
            again.append(unit)
    return Found(tuple(sorted(draft.rows)), tuple(sorted(draft.common)), tuple(again))


def passes(problem: Problem, homes: Mapping[str, str], over: Callable[[], bool]) -> Iterator[Found]:
    """One pass after the other, until everybody has a seat, nothing changes or it is `over`."""
    packer = Packer(problem)
    units = sorted(
        (u for u in problem.planned_units if problem.people_of[u]),
        key=lambda u: (-problem.need(u), u),
    )
    tried: set[tuple[str, ...]] = set()
    while tuple(units) not in tried and len(tried) < PASSES and not (tried and over()):
        tried.add(tuple(units))
        found = one_pass(problem, packer, units, homes)
        yield found
        again = set(found.again)
        if not again:
            return
        units = [*found.again, *(u for u in units if u not in again)]
