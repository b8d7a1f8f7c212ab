"""Bring each unit's people onto one floor without spending more: the closeness tier in a part."""

from __future__ import annotations

from typing import Any

from allocator.model.packing import Packing


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
