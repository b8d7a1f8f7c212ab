"""Hard rules over units and places: caps, relations, growth reserve, moves cap."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from allocator.model.exact_rooms import RoomModel


class Places:
    """Where each unit is: seats and presence per floor, building and site."""

    def __init__(self, built: RoomModel) -> None:
        self.built = built
        problem = built.problem
        self.keys = {
            "floor": problem.floor_of,
            "building": problem.building_of,
            "site": problem.site_of,
        }
        self.seats: dict[tuple[str, str, str], Any] = {}
        self.present: dict[tuple[str, str, str], Any] = {}
        parts: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
        for (room, group), seats in built.people.items():
            for kind, key in self.keys.items():
                parts[kind, group.unit, key[room]].append(seats)
        for (kind, unit, place), inside in sorted(parts.items()):
            seats = built.model.new_int_var(
                0, problem.people_of[unit], f"seats {unit} {kind} {place}"
            )
            built.model.add(seats == sum(inside))
            self.seats[kind, unit, place] = seats
            present = built.model.new_bool_var(f"present {unit} {kind} {place}")
            built.model.add(seats >= 1).only_enforce_if(present)
            built.model.add(seats == 0).only_enforce_if(~present)
            self.present[kind, unit, place] = present
        self.somebody: dict[str, Any] = {}
        for unit in problem.planned_units:
            literals = [p for (k, u, _), p in self.present.items() if k == "site" and u == unit]
            some = built.model.new_bool_var(f"seated {unit}")
            built.model.add_max_equality(some, [*literals, 0])
            self.somebody[unit] = some

    def of(self, kind: str, unit: str) -> dict[str, Any]:
        """Presence of a unit's people by place of one kind."""
        return {p: v for (k, u, p), v in self.present.items() if k == kind and u == unit}


def add_rules(built: RoomModel) -> Places:
    """Add every rule over places; returns the presence variables for the terms."""
    places = Places(built)
    _caps(built, places)
    for relation in built.problem.scenario.relations:
        if relation.kind == "apart":
            _apart(built, places, relation.a, relation.b)
        elif relation.kind != "near":
            _same(built, places, relation.kind.removeprefix("same_"), relation.a, relation.b)
    return places


def _caps(built: RoomModel, places: Places) -> None:
    """A unit uses at most its cap of sites and of buildings (requests and pins included)."""
    problem, model = built.problem, built.model
    for unit in problem.planned_units:
        for kind, cap in zip(("site", "building"), problem.caps[unit], strict=True):
            key = places.keys[kind]
            used: dict[str, list[Any]] = defaultdict(list)
            for place, present in places.of(kind, unit).items():
                used[place].append(present)
            for (room, index), given in built.given.items():
                if built.requests[index].unit == unit:
                    used[key[room]].append(given)
            pinned = {key[r] for r, u in built.pinned_service.items() if u == unit}
            at: list[Any] = []
            for place, literals in sorted(used.items()):
                if place in pinned:
                    continue
                here = model.new_bool_var(f"uses {unit} {place}")
                for literal in literals:
                    model.add_implication(literal, here)
                at.append(here)
            model.add(sum(at) + len(pinned) <= cap)


def _same(built: RoomModel, places: Places, kind: str, a: str, b: str) -> None:
    if a not in places.somebody or b not in places.somebody:
        return
    both = [places.somebody[a], places.somebody[b]]
    at_a, at_b = places.of(kind, a), places.of(kind, b)
    for place in sorted(set(at_a) | set(at_b)):
        left, right = at_a.get(place, 0), at_b.get(place, 0)
        built.model.add(left == right).only_enforce_if(both)


def _apart(built: RoomModel, places: Places, a: str, b: str) -> None:
    at_a, at_b = places.of("floor", a), places.of("floor", b)
    for floor in sorted(set(at_a) & set(at_b)):
        built.model.add_bool_or([~at_a[floor], ~at_b[floor]])
