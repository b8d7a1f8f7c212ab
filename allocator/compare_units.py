"""Which units differ between plans, and how: main building, rooms, area and people moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.measure import Measure
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.quantity import half_up
from allocator.scenario import Scenario
from allocator.transfers import seat_moves


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlace:
    """One unit in one plan; area of its stock rooms in 0.01 m2, a shared room by its part."""

    building: str
    rooms: tuple[str, ...]
    area: int
    people: int
    moved: int


NOWHERE = UnitPlace(building="", rooms=(), area=0, people=0, moved=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDifference:
    """A unit that is not alike in all plans, with its place in each of them."""

    unit: str
    places: tuple[UnitPlace, ...]
    size: int
    """The largest change against the first plan: area of rooms lost and won, 0.01 m2."""


def unit_differences(plans: Sequence[tuple[str, Scenario, Plan]]) -> tuple[UnitDifference, ...]:
    """Units whose rooms or people differ from the first plan, the largest change first."""
    found = [_unit_places(scenario, plan) for _, scenario, plan in plans]
    areas = [{r.code: r.area for r in scenario.ledger.rooms} for _, scenario, _ in plans]
    rows = []
    for unit in sorted({unit for places in found for unit in places}):
        places = tuple(here.get(unit, NOWHERE) for here in found)
        first = places[0]
        if all(p.rooms == first.rooms and p.people == first.people for p in places):
            continue
        size = max(
            sum(
                areas[place].get(room, areas[0].get(room, 0))
                for room in {*first.rooms} ^ {*other.rooms}
            )
            for place, other in enumerate(places)
        )
        rows.append(UnitDifference(unit=unit, places=places, size=size))
    rows.sort(key=lambda row: (-row.size, row.unit))
    return tuple(rows)


def _unit_places(scenario: Scenario, plan: Plan) -> dict[str, UnitPlace]:
    problem = Problem(scenario)
    measure = Measure(problem)
    by_room = defaultdict(list)
    for row in plan.assignments:
        by_room[row.room].append(row)
    stock = {room.code for room in problem.stock}
    rooms: dict[str, set[str]] = defaultdict(set)
    areas: dict[str, Fraction] = defaultdict(Fraction)
    for code, inside in by_room.items():
        units = sorted({row.unit for row in inside})
        share = dict.fromkeys(units, Fraction(1, len(units)))
        if problem.rooms[code].use == "office":
            share = measure.room_use(code, inside).part
        for unit in units:
            rooms[unit].add(code)
            if code in stock:
                areas[unit] += share[unit] * problem.rooms[code].area
    people: dict[str, int] = defaultdict(int)
    for row in plan.assignments:
        people[row.unit] += row.people
    moved: dict[str, int] = defaultdict(int)
    for move in seat_moves(scenario, plan.assignments):
        moved[move.group.unit] += move.people
    mains = measure.main_places([row for row in plan.assignments if row.people])
    return {
        unit: UnitPlace(
            building=mains.get(unit, ("", ""))[0],
            rooms=tuple(sorted(held)),
            area=half_up(areas[unit]),
            people=people[unit],
            moved=moved[unit],
        )
        for unit, held in rooms.items()
    }
