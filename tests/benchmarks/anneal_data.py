"""The arrays that compiled annealing works on; areas in 0.01 m2, costs in m2-equivalents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from allocator.measure import Measure
from allocator.model.kinds import Kind, kinds_of
from allocator.problem import Problem

Array = Any


class Data(NamedTuple):
    """Flat tables; a `first` array of n+1 entries gives the range of each of n things."""

    unit_kinds: Array
    kind_limit: Array
    kind_count: Array
    kind_single: Array
    unit_people: Array
    unit_needs: Array
    """Features as bits."""
    entitled: Array
    may_floor: Array
    """(unit, floor)."""
    choices_first: Array
    choices: Array
    """Buildings open to each unit."""
    moving: Array
    """(unit, building): cost of its moves when nobody keeps the own room."""
    request_first: Array
    request_use: Array
    request_low: Array
    request_high: Array
    request_needs: Array
    building_floors: Array
    floor_rooms: Array
    floor_area: Array
    floor_always: Array
    floor_service: Array
    """Area of service rooms that nobody keeps."""
    floor_office: Array
    floor_seats: Array
    room_area: Array
    room_low: Array
    """Least sum of standards."""
    room_high: Array
    """Most sum of standards."""
    room_seats: Array
    room_office: Array
    room_features: Array
    room_holder: Array
    """Unit there today."""
    room_today: Array
    """(room, place of the kind in its unit): people today."""
    site_buildings: Array
    building_site: Array
    site_share: Array
    site_leases: Array
    lease_area: Array
    lease_floors: Array
    lease_floor: Array
    relation: Array
    """(kind, unit, unit): 0 apart, 1 same building, 2 same site."""
    rates: Array
    """used, hidden, stranded, short, service short, leased, moved within a building."""
    scalars: Array
    """reserve, lowest standard."""


class Names(NamedTuple):
    """What the numbers stand for."""

    units: list[str]
    kinds: list[Kind]
    buildings: list[str]
    floors: list[str]
    rooms: list[str]


RATES = ("used", "hidden", "stranded", "short", "service_short", "leased", "moved_building")
RELATIONS = {"apart": 0, "same_floor": 1, "same_building": 1, "same_site": 2}


def tables(problem: Problem, measure: Measure) -> tuple[Data, Names]:
    """The arrays of a problem without pins, forbids or exceptions, as generated ones are."""
    units = [u for u in problem.planned_units if problem.people_of[u]]
    buildings = sorted(
        {problem.building_of_floor[f] for f in problem.stock_by_floor},
        key=lambda b: (problem.site_of_building[b], b),
    )
    floors = sorted(
        problem.stock_by_floor,
        key=lambda f: (
            buildings.index(problem.building_of_floor[f]),
            f not in problem.floors_always_in_use,
            problem.floors[f].level,
            f,
        ),
    )
    kinds = [
        k
        for u in units
        for k in sorted(kinds_of(problem, u), key=lambda k: (-k.limit, k.single, k.groups))
    ]
    rooms = [
        r
        for f in floors
        for r in sorted(problem.stock_by_floor[f], key=lambda r: (r.position or 0, r.code))
        if r.code not in problem.fixed_rooms
    ]
    names = Names(units, kinds, buildings, floors, [r.code for r in rooms])
    rates = _rates(problem)
    bits = {name: 1 << i for i, name in enumerate(sorted({x for r in rooms for x in r.features}))}
    data: dict[str, Any] = {
        **_of_units(problem, names, rates, bits),
        **_of_places(problem, measure, names, rooms, bits),
        "rates": np.array([float(rates[n]) for n in RATES]),
        "scalars": np.array([float(problem.policy.reserve), float(problem.lowest_limit)]),
    }
    return Data(**data), names


def _rates(problem: Problem) -> dict[str, Any]:
    rates: dict[str, Any] = defaultdict(int)
    for tier in problem.policy.tiers:
        if "used" in dict(tier.terms):
            rates.update(dict(tier.terms))
    return rates


def first(counts: Sequence[int]) -> Array:
    """Where each range begins, and the end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _needs(features: Sequence[str], bits: dict[str, int]) -> int:
    """Bits of the features; one that no room has is a bit of its own."""
    return sum({bits.get(x, 1 << 62) for x in features})


def _of_units(
    problem: Problem, names: Names, rates: dict[str, Any], bits: dict[str, int]
) -> dict[str, Any]:
    number = {u: i for i, u in enumerate(names.units)}
    floor = {f: i for i, f in enumerate(names.floors)}
    building = {b: i for i, b in enumerate(names.buildings)}
    may = np.zeros((len(number), len(floor)), np.uint8)
    choices: list[list[int]] = []
    for u, i in number.items():
        allowed = problem.permitted_floors[u]
        for f in allowed:
            may[i, floor[f]] = 1
        choices.append(sorted({building[problem.building_of_floor[f]] for f in allowed}))
    requests = [[q for q in problem.scenario.ledger.requests if q.unit == u] for u in names.units]
    flat = [q for inside in requests for q in inside]
    related = [
        (RELATIONS[r.kind], number[r.a], number[r.b])
        for r in problem.scenario.relations
        if r.kind in RELATIONS and r.a in number and r.b in number
    ]
    kinds_in: dict[str, int] = defaultdict(int)
    for kind in names.kinds:
        kinds_in[kind.unit] += 1
    return {
        "unit_kinds": first([kinds_in[u] for u in names.units]),
        "kind_limit": np.array([k.limit for k in names.kinds], np.int64),
        "kind_count": np.array([k.count for k in names.kinds], np.int64),
        "kind_single": np.array([k.single for k in names.kinds], np.uint8),
        "unit_people": np.array([problem.people_of[u] for u in names.units], np.int64),
        "unit_needs": np.array(
            [_needs(problem.units[u].features, bits) for u in names.units], np.int64
        ),
        "entitled": np.array([problem.service_entitlement[u] for u in names.units], np.int64),
        "may_floor": may,
        "choices_first": first([len(c) for c in choices]),
        "choices": np.array([b for c in choices for b in c], np.int64),
        "moving": np.array([_moving(problem, u, names.buildings, rates) for u in names.units]),
        "request_first": first([sum(q.count for q in inside) for inside in requests]),
        "request_use": np.array(
            [q.use == "office" for q in flat for _ in range(q.count)], np.uint8
        ),
        "request_low": np.array([q.area_min for q in flat for _ in range(q.count)], np.int64),
        "request_high": np.array([q.area_max for q in flat for _ in range(q.count)], np.int64),
        "request_needs": np.array(
            [_needs(q.features, bits) for q in flat for _ in range(q.count)], np.int64
        ),
        "relation": np.array(related, np.int64).reshape(len(related), 3),
    }


def _moving(
    problem: Problem, unit: str, buildings: list[str], rates: dict[str, Any]
) -> list[float]:
    inside: dict[str, int] = defaultdict(int)
    around: dict[str, int] = defaultdict(int)
    every = 0
    for group in problem.groups_of[unit]:
        planned = problem.planned[group]
        at: dict[str, int] = defaultdict(int)
        on: dict[str, int] = defaultdict(int)
        for room, people in problem.today_people.get(group, {}).items():
            at[problem.building_of[room]] += people
            on[problem.site_of[room]] += people
        every += min(sum(at.values()), planned)
        for place, people in at.items():
            inside[place] += min(people, planned)
        for place, people in on.items():
            around[place] += min(people, planned)
    near, middle, far = (float(rates[n]) for n in ("moved_building", "moved_site", "moved_far"))
    return [
        near * inside[b]
        + middle * (around[problem.site_of_building[b]] - inside[b])
        + far * (every - around[problem.site_of_building[b]])
        for b in buildings
    ]


def _of_places(
    problem: Problem, measure: Measure, names: Names, rooms: list[Any], bits: dict[str, int]
) -> dict[str, Any]:
    policy, low = problem.policy, problem.lowest_limit
    floor = {f: i for i, f in enumerate(names.floors)}
    sites = sorted({problem.site_of_building[b] for b in names.buildings})
    on_floor: dict[str, list[Any]] = defaultdict(list)
    for room in rooms:
        on_floor[room.floor].append(room)
    offices = {f: [r for r in on_floor[f] if r.use == "office"] for f in names.floors}
    in_building = [
        sum(problem.building_of_floor[f] == b for f in names.floors) for b in names.buildings
    ]
    in_site = [sum(problem.site_of_building[b] == s for b in names.buildings) for s in sites]
    leases = {s: [x for x in problem.leases if x.floors and _site(problem, x) == s] for s in sites}
    ordered = [x for s in sites for x in leases[s]]
    holder, today = _today(problem, names, rooms)
    return {
        "building_floors": first(in_building),
        "floor_rooms": first([len(on_floor[f]) for f in names.floors]),
        "floor_area": np.array(
            [sum(r.area for r in problem.stock_by_floor[f]) for f in names.floors], np.int64
        ),
        "floor_always": np.array(
            [f in problem.floors_always_in_use for f in names.floors], np.uint8
        ),
        "floor_service": np.array(
            [sum(r.area for r in on_floor[f] if r.use == "service") for f in names.floors], np.int64
        ),
        "floor_office": np.array([sum(r.area for r in offices[f]) for f in names.floors], np.int64),
        "floor_seats": np.array(
            [sum(r.area // low for r in offices[f]) for f in names.floors], np.int64
        ),
        "room_area": np.array([r.area for r in rooms], np.int64),
        "room_low": np.array([r.area - policy.tolerance for r in rooms], np.int64),
        "room_high": np.array([int(r.area / policy.min_share) for r in rooms], np.int64),
        "room_seats": np.array([r.area // low for r in rooms], np.int64),
        "room_office": np.array([r.use == "office" for r in rooms], np.uint8),
        "room_features": np.array([_needs(r.features, bits) for r in rooms], np.int64),
        "room_holder": holder,
        "room_today": today,
        "site_buildings": first(in_site),
        "building_site": np.array(
            [sites.index(problem.site_of_building[b]) for b in names.buildings], np.int64
        ),
        "site_share": np.array([float(measure.share[s]) for s in sites]),
        "site_leases": first([len(leases[s]) for s in sites]),
        "lease_area": np.array([x.area for x in ordered], np.int64),
        "lease_floors": first([sum(f in floor for f in x.floors) for x in ordered]),
        "lease_floor": np.array(
            [floor[f] for x in ordered for f in x.floors if f in floor], np.int64
        ),
    }


def _site(problem: Problem, lease: Any) -> str:
    return problem.site_of_floor[lease.floors[0]]


def _today(problem: Problem, names: Names, rooms: list[Any]) -> tuple[Array, Array]:
    """Main unit and its people per kind in each room today."""
    number = {u: i for i, u in enumerate(names.units)}
    place: dict[Any, int] = {}
    seen: dict[str, int] = defaultdict(int)
    for kind in names.kinds:
        for group in kind.groups:
            place[group] = seen[kind.unit]
        seen[kind.unit] += 1
    most = max(seen.values())
    at = {r.code: i for i, r in enumerate(rooms)}
    holder = np.full(len(rooms), -1, np.int64)
    today = np.zeros((len(rooms), most), np.int64)
    for group, inside in problem.today_people.items():
        if group not in place:
            continue
        for room, people in inside.items():
            i = at.get(room, -1)
            if i >= 0 and holder[i] in (-1, number[group.unit]):
                holder[i] = number[group.unit]
                today[i, place[group]] += people
    return holder, today
