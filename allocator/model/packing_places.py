"""Where units are in a subproblem: presence, caps, relations, pins of rooms, moves."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from allocator.model.packing import UNHOUSED, Packing


def add_places(p: Packing) -> None:
    """Seats per place with caps and musts, requests, room pins, and what stays unhoused."""
    _seats(p)
    _housed(p)
    _caps(p)
    _room_pins(p)
    _relations(p)


def people_in(p: Packing, c: int, unit: str) -> list[Any]:
    """Seat expressions of a unit in one class."""
    parts: list[Any] = []
    for k in p.kinds_in(unit):
        if (c, k) in p.alone:
            parts.append(p.alone[c, k])
        if (c, k) in p.people:
            parts.append(p.people[c, k])
    return parts


def _seats(p: Packing) -> None:
    problem = p.problem
    for unit in p.units:
        parts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for c, room_class in enumerate(p.classes):
            building = problem.building_of_floor[room_class.floor]
            for part in people_in(p, c, unit):
                parts["floor", room_class.floor].append(part)
                parts["building", building].append(part)
                parts["site", problem.site_of_building[building]].append(part)
        for (kind, place), inside in sorted(parts.items()):
            p.seats[kind, unit, place] = sum(inside)


def _housed(p: Packing) -> None:
    """At most the planned people sit; posts and request rooms left over cost much."""
    left: list[Any] = []
    for k, kind in enumerate(p.kinds):
        inside = [v for (c, i), v in (*p.alone.items(), *p.people.items()) if i == k]
        p.model.add(sum(inside) <= kind.count)
        left.append(kind.count - sum(inside))
    for q, request in enumerate(p.problem.scenario.ledger.requests):
        if request.unit in p.units:
            rooms = [v for (c, i), v in p.given.items() if i == q]
            p.model.add(sum(rooms) <= request.count)
            left.append(request.count - sum(rooms))
    p.costs.append((Fraction(UNHOUSED), sum(left)))


def present(p: Packing, kind: str, unit: str) -> dict[str, Any]:
    """Literals: whether people of a unit sit in each place of a kind."""
    found: dict[str, Any] = {}
    for (k, u, place), seats in p.seats.items():
        if k == kind and u == unit:
            here = p.model.new_bool_var(f"{unit} in {place}")
            p.model.add(seats <= p.problem.people_of[unit] * here)
            p.model.add(seats >= here)
            found[place] = here
    return found


def _caps(p: Packing) -> None:
    problem = p.problem
    for unit in p.units:
        for kind, cap in zip(("site", "building"), problem.caps[unit], strict=True):
            at: dict[str, Any] = {}
            for (k, u, place), seats in p.seats.items():
                if k == kind and u == unit:
                    here = p.model.new_bool_var(f"{unit} uses {place}")
                    p.model.add(seats <= problem.people_of[unit] * here)
                    at[place] = here
            for (c, q), rooms in p.given.items():
                if problem.scenario.ledger.requests[q].unit != unit:
                    continue
                building = problem.building_of_floor[p.classes[c].floor]
                place = building if kind == "building" else problem.site_of_building[building]
                if place not in at:
                    at[place] = p.model.new_bool_var(f"{unit} uses {place}")
                p.model.add(rooms <= len(p.classes[c].rooms) * at[place])
            key = problem.building_of if kind == "building" else problem.site_of
            pinned = {key[r.room] for r in p.frozen if r.unit == unit and r.purpose == "pin"}
            free = [here for place, here in sorted(at.items()) if place not in pinned]
            p.model.add(sum(free) + len(pinned) <= cap)


def _room_pins(p: Packing) -> None:
    """A pinned office has at least the pinned people; it is a class of its own."""
    for unit in p.units:
        for pin in p.problem.pins_of.get(unit, ()):
            if pin.kind != "room" or p.problem.rooms[pin.place].use == "service":
                continue
            if p.problem.building_of[pin.place] not in p.buildings:
                p.model.add_bool_or([])
                continue
            seats: list[Any] = []
            for c, room_class in enumerate(p.classes):
                if pin.place not in room_class.rooms:
                    continue
                for k in p.kinds_in(unit):
                    group = p.kinds[k].groups[0]
                    if pin.grade not in ("", group.grade):
                        continue
                    if pin.division and pin.division != group.division:
                        continue
                    seats += [
                        v for v in (p.alone.get((c, k)), p.people.get((c, k))) if v is not None
                    ]
            p.model.add(sum(seats) >= pin.people)


def _relations(p: Packing) -> None:
    """same_* and apart musts; units outside the subproblem are where the plan has them."""
    problem = p.problem
    made: dict[tuple[str, str], dict[str, Any]] = {}

    def places(kind: str, unit: str) -> dict[str, Any]:
        if (kind, unit) not in made:
            made[kind, unit] = (
                present(p, kind, unit) if unit in p.units else _frozen_places(p, kind, unit)
            )
        return made[kind, unit]

    for relation in problem.scenario.relations:
        a, b = relation.a, relation.b
        if relation.kind == "near" or not {a, b} & set(p.units):
            continue
        if not (problem.people_of.get(a) and problem.people_of.get(b)):
            continue
        kind = "floor" if relation.kind == "apart" else relation.kind.removeprefix("same_")
        at_a, at_b = places(kind, a), places(kind, b)
        if relation.kind == "apart":
            for place in sorted(set(at_a) & set(at_b)):
                p.model.add(at_a[place] + at_b[place] <= 1)
            continue
        both = [_anybody(p, at_a), _anybody(p, at_b)]
        for place in sorted(set(at_a) | set(at_b)):
            p.model.add(at_a.get(place, 0) == at_b.get(place, 0)).only_enforce_if(both)


def _frozen_places(p: Packing, kind: str, unit: str) -> dict[str, Any]:
    key = {
        "floor": p.problem.floor_of,
        "building": p.problem.building_of,
        "site": p.problem.site_of,
    }[kind]
    return {key[r.room]: 1 for r in p.frozen if r.unit == unit and r.people}


def _anybody(p: Packing, at: dict[str, Any]) -> Any:
    some = p.model.new_bool_var("")
    p.model.add_max_equality(some, [*at.values(), 0])
    return some
