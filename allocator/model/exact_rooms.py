"""Decision variables of the room-level model: who sits in which room, which floors are in use.

Expressions are typed Any, since ortools types them too loosely to help.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from allocator.domain import Group, Request, Room
from allocator.measure import Measure
from allocator.problem import Problem


@dataclass
class RoomModel:
    """The CP-SAT model with its variables, keyed in domain words."""

    problem: Problem
    measure: Measure
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    people: dict[tuple[str, Group], Any] = field(default_factory=dict)
    """Seats of a group in a room."""
    held: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Whether a unit has people in a room."""
    given: dict[tuple[str, int], Any] = field(default_factory=dict)
    """Whether a room is given to the request with this index."""
    pinned_service: dict[str, str] = field(default_factory=dict)
    """Service rooms held because a pin says so: room -> unit."""
    past_rule: dict[str, Any] = field(default_factory=dict)
    """Whether a room is a proposed exception."""
    in_use: dict[str, Any] = field(default_factory=dict)
    """Whether a floor is in use."""
    seated: dict[Group, Any] = field(default_factory=dict)
    """Seats of a group in all rooms."""
    missing: dict[int, Any] = field(default_factory=dict)
    """Rooms a request goes without."""

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests of the ledger; only those of planned units are met."""
        return self.problem.scenario.ledger.requests

    def taken(self, room: str) -> Any:
        """1 when the room is held by anybody."""
        return self._taken[room]

    _taken: dict[str, Any] = field(default_factory=dict)

    def people_at(self, unit: str, rooms: list[str]) -> Any:
        """Seats of a unit in some rooms."""
        return sum(
            self.people[room, group]
            for room in rooms
            for group in self.problem.groups_of[unit]
            if (room, group) in self.people
        )


def build_rooms(problem: Problem, measure: Measure) -> RoomModel:
    """All decision variables with the rules that bind them to one room."""
    built = RoomModel(problem, measure)
    for room in problem.stock:
        if room.code in problem.fixed_rooms:
            built._taken[room.code] = 1
            continue
        if room.use == "office":
            _office_people(built, room)
        _requests_in(built, room)
        _pinned_service(built, room)
    _one_holder(built)
    _seats(built)
    _floors(built)
    _room_pins(built)
    return built


def _office_people(built: RoomModel, room: Room) -> None:
    """Seats, the room rule and single offices of one office room."""
    problem, model = built.problem, built.model
    standards: list[Any] = []
    registered: list[Any] = []
    units: list[str] = []
    for unit in problem.planned_units:
        if not problem.permitted(unit, room):
            continue
        groups = [g for g in problem.groups_of[unit] if problem.group_permitted(g, room)]
        if not groups:
            continue
        inside = []
        for group in groups:
            top = 1 if problem.single(unit, group.grade) else problem.planned[group]
            seats = model.new_int_var(0, top, f"people {room.code} {group}")
            built.people[room.code, group] = seats
            inside.append(seats)
            standards.append(seats * problem.limit(unit, group.grade))
        held = model.new_bool_var(f"held {room.code} {unit}")
        built.held[room.code, unit] = held
        model.add(sum(inside) >= 1).only_enforce_if(held)
        model.add(sum(inside) == 0).only_enforce_if(~held)
        units.append(unit)
        if (room.code, unit) in problem.registered_exceptions:
            registered.append(held)
    if not units:
        return
    _room_rule(built, room, sum(standards), units, registered)
    _single_offices(built, room)


def _room_rule(
    built: RoomModel, room: Room, standards: Any, units: list[str], registered: list[Any]
) -> None:
    """min_share x S <= area <= S + tolerance, unless an exception holds (design 2)."""
    problem, model = built.problem, built.model
    policy = problem.policy
    share = policy.min_share
    free = list(registered)
    if policy.exceptions == "propose":
        proposed = model.new_bool_var(f"exception {room.code}")
        built.past_rule[room.code] = proposed
        free.append(proposed)
        model.add_bool_or([built.held[room.code, u] for u in units]).only_enforce_if(proposed)
        model.add_bool_and([~held for held in registered]).only_enforce_if(proposed)
    for unit in units:
        held = built.held[room.code, unit]
        ruled = [held, *(~f for f in free)]
        model.add(share.numerator * standards <= room.area * share.denominator).only_enforce_if(
            ruled
        )
        model.add(standards >= room.area - policy.tolerance).only_enforce_if(ruled)


def _single_offices(built: RoomModel, room: Room) -> None:
    """A holder of a single grade is alone in the room."""
    problem, model = built.problem, built.model
    inside = {g: v for (r, g), v in built.people.items() if r == room.code}
    for group, alone in inside.items():
        if problem.single(group.unit, group.grade):
            model.add(sum(inside.values()) == 1).only_enforce_if(alone_literal(built, alone))


def alone_literal(built: RoomModel, seats: Any) -> Any:
    """A literal that is true when a 0-1 seat variable is 1."""
    literal = built.model.new_bool_var("")
    built.model.add(seats == literal)
    return literal


def _requests_in(built: RoomModel, room: Room) -> None:
    """Rooms of the wanted use, size and features may serve a request."""
    problem = built.problem
    for index, request in enumerate(built.requests):
        if (
            request.use == room.use
            and problem.units[request.unit].planned
            and request.area_min <= room.area <= request.area_max
            and problem.permitted(request.unit, room, request.features)
        ):
            name = f"given {room.code} {index}"
            built.given[room.code, index] = built.model.new_bool_var(name)


def _pinned_service(built: RoomModel, room: Room) -> None:
    for pins in built.problem.pins_of.values():
        for pin in pins:
            here = pin.kind == "room" and pin.place == room.code and room.use == "service"
            if here and built.pinned_service.setdefault(room.code, pin.unit) != pin.unit:
                built.model.add_bool_or([])  # one unit per room: the pins contradict


def _one_holder(built: RoomModel) -> None:
    """One unit per room, save those the scenario lets share it."""
    problem, model = built.problem, built.model
    holders: dict[str, list[Any]] = defaultdict(list)
    for (code, _), held in built.held.items():
        holders[code].append(held)
    for (code, _), given in built.given.items():
        holders[code].append(given)
    for room in problem.stock:
        if room.code in problem.fixed_rooms:
            continue
        literals = holders[room.code]
        if room.code in built.pinned_service:
            model.add(sum(literals) == 0)
            built._taken[room.code] = 1
            continue
        sharing = problem.shared_units.get(room.code)
        if not literals:
            built._taken[room.code] = 0
        elif not sharing:
            model.add_at_most_one(literals)
            built._taken[room.code] = sum(literals)
        else:
            built._taken[room.code] = _shared_holders(built, room.code, sharing)


def _shared_holders(built: RoomModel, room: str, sharing: frozenset[str]) -> Any:
    model = built.model
    together = [h for (r, u), h in built.held.items() if r == room and u in sharing]
    alone = [h for (r, u), h in built.held.items() if r == room and u not in sharing]
    alone += [g for (r, _), g in built.given.items() if r == room]
    for literal in alone:
        for other in [*together, *alone]:
            if other is not literal:
                model.add_implication(literal, ~other)
    taken = model.new_bool_var(f"taken {room}")
    model.add_max_equality(taken, [*together, *alone])
    return taken


def _seats(built: RoomModel) -> None:
    """No group gets more seats than it has people to plan; requests get distinct rooms."""
    by_group: dict[Group, list[Any]] = defaultdict(list)
    for (_, group), seats in built.people.items():
        by_group[group].append(seats)
    for group, wanted in built.problem.planned.items():
        total = sum(by_group[group])
        built.seated[group] = total
        if by_group[group]:
            built.model.add(total <= wanted)
    for index, request in enumerate(built.requests):
        if built.problem.units[request.unit].planned:
            rooms = [g for (_, i), g in built.given.items() if i == index]
            built.model.add(sum(rooms) <= request.count)
            built.missing[index] = request.count - sum(rooms)


def _floors(built: RoomModel) -> None:
    """A floor is in use when something on it is held, or when kept open for service rooms."""
    problem, model = built.problem, built.model
    for floor, rooms in problem.stock_by_floor.items():
        use = model.new_bool_var(f"in use {floor}")
        built.in_use[floor] = use
        taken = [built.taken(r.code) for r in rooms]
        if floor in problem.floors_always_in_use:
            model.add(use == 1)
            continue
        for one in taken:
            if not isinstance(one, int) or one:
                model.add(use >= one)
        if not any(r.use == "service" for r in rooms):
            model.add(use <= sum(taken))


def _room_pins(built: RoomModel) -> None:
    """A pinned room is held, an office with enough people of the group."""
    problem, model = built.problem, built.model
    for unit, pins in sorted(problem.pins_of.items()):
        for pin in pins:
            if pin.kind != "room" or not problem.units[unit].planned:
                continue
            if problem.rooms[pin.place].use == "service":
                given = built.pinned_service.get(pin.place) == unit
                if not given or not problem.permitted(unit, problem.rooms[pin.place], ()):
                    model.add_bool_or([])
                continue
            inside = [
                seats
                for (room, group), seats in built.people.items()
                if room == pin.place
                and group.unit == unit
                and pin.division in ("", group.division)
                and pin.grade in ("", group.grade)
            ]
            model.add(sum(inside) >= pin.people)
