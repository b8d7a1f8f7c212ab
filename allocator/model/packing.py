"""Some buildings with some units, exactly: counts of rooms per class, unit and kind of seat.

The rest of the plan is frozen; its figures per site enter as constants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, lcm
from typing import Any

from ortools.sat.python import cp_model

from allocator.measure import Measure
from allocator.model.classes import RoomClass, room_classes
from allocator.model.kinds import Kind, Rule, fills, kinds_of
from allocator.plan import Assignment
from allocator.problem import Problem

UNHOUSED = 10_000_00
"""Cost of a post without a seat inside a subproblem, 0.01 m2; the tier itself is exact."""

MIXTURES = 6
"""Most ways of mixing standards in a room that are offered per class and unit."""
FIXED = ("kept", "business", "pin")
"""Purposes of rows that no search moves."""


@dataclass
class Packing:
    """One subproblem: variables by (class, kind or unit), and the objective's parts."""

    problem: Problem
    measure: Measure
    units: tuple[str, ...]
    buildings: frozenset[str]
    frozen: list[Assignment]
    """Rows of the plan that stay."""
    frozen_common: frozenset[str]
    alone_on_site: bool = False
    """Whether the rest of the site may change as well, so that nothing there can be counted on."""
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    kinds: tuple[Kind, ...] = ()
    classes: tuple[RoomClass, ...] = ()
    alone: dict[tuple[int, int], Any] = field(default_factory=dict)
    """Rooms of a class given to single people of a kind."""
    filled: dict[tuple[int, str, tuple[int, ...]], Any] = field(default_factory=dict)
    """Rooms of a class filled by a unit with these people per shared kind."""
    shared: dict[tuple[int, str, int], Any] = field(default_factory=dict)
    """Rooms of a class shared by people of one standard (0.01 m2) of a unit."""
    alike: dict[tuple[int, int], Any] = field(default_factory=dict)
    """People of a kind in rooms of a class shared by their own standard only."""
    people: dict[tuple[int, int], Any] = field(default_factory=dict)
    """People of a kind in rooms of a class."""
    given: dict[tuple[int, int], Any] = field(default_factory=dict)
    """Rooms of a class given to a request."""
    in_use: dict[str, Any] = field(default_factory=dict)
    taken: dict[int, Any] = field(default_factory=dict)
    """Held rooms of a class."""
    seats: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """People of a unit by (kind of place, unit, place)."""
    costs: list[tuple[Fraction, Any]] = field(default_factory=list)

    def kinds_in(self, unit: str) -> list[int]:
        """Indices of a unit's kinds."""
        return [i for i, k in enumerate(self.kinds) if k.unit == unit]


def build(
    problem: Problem,
    measure: Measure,
    units: Iterable[str],
    buildings: Iterable[str],
    rows: Iterable[Assignment],
    common: Iterable[str],
) -> Packing:
    """The subproblem of these units in these buildings, the rest of the plan frozen."""
    chosen = frozenset(units)
    inside = frozenset(buildings)
    frozen = [r for r in rows if r.unit not in chosen or r.purpose in FIXED]
    outside = frozenset(f for f in common if problem.building_of_floor[f] not in inside)
    packing = Packing(problem, measure, tuple(sorted(chosen)), inside, frozen, outside)
    packing.kinds = tuple(k for u in packing.units for k in kinds_of(problem, u))
    blocked = {r.room for r in frozen} | problem.fixed_rooms
    pins = {
        p.place
        for ps in problem.pins_of.values()
        for p in ps
        if p.kind == "room" and problem.rooms[p.place].use == "service"
    }
    free = [
        room
        for floor in sorted(problem.stock_by_floor)
        if problem.building_of_floor[floor] in inside
        for room in problem.stock_by_floor[floor]
        if room.code not in blocked and room.code not in pins
    ]
    packing.classes = room_classes(problem, free, packing.kinds)
    _fill_rooms(packing)
    _capacity(packing)
    return packing


def _fill_rooms(p: Packing) -> None:
    """Ways to use the rooms of each class: alone, shared or mixed seats, requests."""
    rule = Rule(p.problem.policy.min_share, p.problem.policy.tolerance)
    for c, room_class in enumerate(p.classes):
        count = len(room_class.rooms)
        by_unit: dict[str, list[int]] = defaultdict(list)
        for k in room_class.kinds:
            kind = p.kinds[k]
            if not kind.single:
                by_unit[kind.unit].append(k)
            elif rule.fits(room_class.area, kind.limit):
                p.alone[c, k] = p.model.new_int_var(0, min(count, kind.count), "")
        for unit, shared in by_unit.items():
            _shared_ways(p, c, unit, shared, rule)
        for q in room_class.requests:
            wanted = p.problem.scenario.ledger.requests[q].count
            p.given[c, q] = p.model.new_int_var(0, min(count, wanted), "")


def _shared_ways(p: Packing, c: int, unit: str, shared: list[int], rule: Rule) -> None:
    """Rooms shared by people of one standard, and some mixtures; seats per kind in both."""
    area = p.classes[c].area
    limits = tuple(p.kinds[k].limit for k in shared)
    inside: dict[int, list[Any]] = {k: [] for k in shared}
    for limit in sorted(set(limits)):
        alike = [k for k in shared if p.kinds[k].limit == limit]
        for k, people in _one_standard(p, c, alike, rule.seats(area, limit)).items():
            inside[k].append(people)
    if len(set(limits)) > 1:
        for way in _mixtures(fills(rule, area, limits)):
            if any(n > p.kinds[k].count for n, k in zip(way, shared, strict=True)):
                continue
            rooms = p.model.new_int_var(0, len(p.classes[c].rooms), "")
            p.filled[c, unit, way] = rooms
            for n, k in zip(way, shared, strict=True):
                if n:
                    inside[k].append(n * rooms)
    for k, parts in inside.items():
        if parts:
            p.people[c, k] = p.model.new_int_var(0, p.kinds[k].count, "")
            p.model.add(p.people[c, k] == sum(parts))


def _mixtures(ways: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    """The few ways that mix standards with fewest people: all ways would swamp the search."""
    mixed = [way for way in ways if sum(1 for n in way if n) > 1]
    return sorted(mixed, key=lambda way: (sum(way), way))[:MIXTURES]


def _one_standard(p: Packing, c: int, alike: list[int], seats: tuple[int, int]) -> dict[int, Any]:
    """Rooms shared by kinds of one standard: their people, least to most in each room."""
    least, most = seats
    if least > most:
        return {}
    count = len(p.classes[c].rooms)
    kind = p.kinds[alike[0]]
    rooms = p.model.new_int_var(0, count, "")
    p.shared[c, kind.unit, kind.limit] = rooms
    for k in alike:
        top = min(count * most, p.kinds[k].count)
        p.alike[c, k] = p.model.new_int_var(0, top, "")
    total = sum(p.alike[c, k] for k in alike)
    p.model.add(total >= least * rooms)
    p.model.add(total <= most * rooms)
    return {k: p.alike[c, k] for k in alike}


def _capacity(p: Packing) -> None:
    """No more rooms than the class has; a floor is in use when a room on it is held."""
    used: dict[int, list[Any]] = defaultdict(list)
    for (c, _), rooms in p.alone.items():
        used[c].append(rooms)
    for (c, _, _), rooms in p.shared.items():
        used[c].append(rooms)
    for (c, _, _), rooms in p.filled.items():
        used[c].append(rooms)
    for (c, _), rooms in p.given.items():
        used[c].append(rooms)
    always = p.problem.floors_always_in_use | {p.problem.floor_of[r.room] for r in p.frozen}
    on_floor: dict[str, list[int]] = defaultdict(list)
    for c, room_class in enumerate(p.classes):
        p.taken[c] = sum(used[c])
        on_floor[room_class.floor].append(c)
    for floor, rooms in p.problem.stock_by_floor.items():
        if p.problem.building_of_floor[floor] not in p.buildings:
            continue
        if floor in always:
            p.in_use[floor] = 1
        else:
            p.in_use[floor] = p.model.new_bool_var(f"in use {floor}")
            if not any(r.use == "service" for r in rooms):
                p.model.add(p.in_use[floor] <= sum(p.taken[c] for c in on_floor[floor]))
        for c in on_floor[floor]:
            if used[c]:
                p.model.add(p.taken[c] <= len(p.classes[c].rooms) * p.in_use[floor])


def limits_scale(rates: Iterable[Fraction]) -> int:
    """Least factor that makes every rate whole."""
    return lcm(*(r.denominator for r in rates), 1)


def reserve_seats(policy_rate: Fraction, people: int) -> int:
    """Seats to keep unheld for this many people."""
    return ceil(policy_rate * people)
