"""Bring each unit's people onto one floor without spending more: the closeness tier in a part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from allocator.measure import Measure
from allocator.model.packing import FIXED, Packing
from allocator.plan import Assignment
from allocator.problem import Problem


def add_tidiness(p: Packing) -> Any:
    """An expression to minimise: people of the part's units off their best floor there."""
    off: list[Any] = []
    for unit in p.units:
        floors = {f: v for (k, u, f), v in p.seats.items() if k == "floor" and u == unit}
        people = p.problem.people_of[unit]
        if len(floors) < 2 or not people:
            continue
        kept: list[Any] = []
        mains: list[Any] = []
        for floor, seats in sorted(floors.items()):
            main = p.model.new_bool_var(f"main {unit} {floor}")
            here = p.model.new_int_var(0, people, f"on {unit} {floor}")
            p.model.add(here <= seats)
            p.model.add(here <= people * main)
            mains.append(main)
            kept.append(here)
        p.model.add_exactly_one(mains)
        off.append(sum(floors.values()) - sum(kept))
    return sum(off)


def untidy(
    problem: Problem, measure: Measure, rows: Iterable[Assignment]
) -> list[tuple[str, tuple[str, ...]]]:
    """Buildings with the units wholly inside, most people off their main floor first."""
    rows = list(rows)
    places = measure.main_places(r for r in rows if r.people)
    homes: dict[str, set[str]] = defaultdict(set)
    off: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.purpose in FIXED:
            continue
        building = problem.building_of[row.room]
        homes[row.unit].add(building)
        if row.people and places[row.unit][1] != problem.floor_of[row.room]:
            off[building] += row.people
    inside: dict[str, list[str]] = defaultdict(list)
    for unit, at in sorted(homes.items()):
        if len(at) == 1:
            inside[min(at)].append(unit)
    return [(b, tuple(inside[b])) for b in sorted(off, key=lambda b: (-off[b], b)) if inside[b]]
