"""First-fit decreasing by entitlement: the largest unit first, into the first building it fits.

A single pass leaves many people unhoused, so units left over come first in a further pass, as a
planner would do; and the same is tried once with each unit's building of today first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from allocator.measure import Measure
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.attempt import Attempt, Clock, Point
from tests.benchmarks.greedy_rooms import Packer, Seating


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
    left: dict[str, int] = field(default_factory=dict)
    """Sum of standards that the free offices of each building may take."""

    def __post_init__(self) -> None:
        for building in {self.problem.building_of_floor[f] for f in self.problem.stock_by_floor}:
            offices = (r for r in self.packer.rooms_in[building] if r.use == "office")
            self.left[building] = sum(self.packer.most(r.area) for r in offices)

    def barred(self, unit: str, building: str) -> frozenset[str] | None:
        """Floors that relations close to the unit; None where the building is closed to it."""
        problem = self.problem
        closed: set[str] = set()
        for relation in problem.scenario.relations:
            if relation.kind == "near" or unit not in (relation.a, relation.b):
                continue
            other = relation.b if relation.a == unit else relation.a
            if other not in self.home:
                continue
            there = self.home[other]
            site = problem.site_of_building
            if relation.kind == "same_site" and site[there] != site[building]:
                return None
            if relation.kind in ("same_building", "same_floor") and there != building:
                return None
            floors = {problem.floor_of[r.room] for r in self.rows if r.unit == other and r.people}
            if relation.kind == "apart":
                closed |= floors
            if relation.kind == "same_floor":
                here = {f for f in problem.floors if problem.building_of_floor[f] == building}
                closed |= here - floors
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
    draft.rows += problem.fixed_rows
    draft.floors |= problem.floors_always_in_use
    draft.taken |= problem.fixed_rooms
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


def _home(problem: Problem, unit: str) -> str:
    """The building where most of the unit sits today."""
    people: dict[str, int] = defaultdict(int)
    for group in problem.groups_of[unit]:
        for room, count in problem.today_people.get(group, {}).items():
            people[problem.building_of[room]] += count
    return min(people, key=lambda b: (-people[b], b), default="")


def greedy_plan(problem: Problem, clock: Clock, share: float = 1.0) -> Attempt:
    """The best of several passes within a share of the budget."""
    measure, packer = Measure(problem), Packer(problem)
    by_need = sorted(
        (u for u in problem.planned_units if problem.people_of[u]),
        key=lambda u: (-problem.need(u), u),
    )
    best: tuple[tuple[Fraction, ...], Found] | None = None
    attempt = Attempt(None)
    today = {unit: _home(problem, unit) for unit in by_need}
    for homes in ({}, today):
        units = list(by_need)
        for number in range(PASSES):
            found = one_pass(problem, packer, units, homes)
            measured = measure.plan(found.rows, found.common)
            key = measure.tier_values(measured.terms)
            if best is None or key < best[0]:
                best = (key, found)
                if not key[0]:
                    attempt.trace.append(Point(clock.spent, float(key[1])))
            if not number and not homes:
                attempt.notes["first_pass_unhoused"] = int(key[0])
            if not found.again or clock.spent > share * clock.seconds:
                break
            units = [*found.again, *(u for u in units if u not in set(found.again))]
    if best is not None:
        attempt.rows, attempt.common = best[1].rows, best[1].common
    return attempt


def greedy(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table; it seldom needs its budget."""
    return greedy_plan(Problem(scenario), clock)
