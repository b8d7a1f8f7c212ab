"""The arrays that compiled search works on; areas in 0.01 m2, costs in 0.01 m2-equivalents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from allocator.domain import Room
from allocator.measure import Measure
from allocator.model.anneal.layout import APART, BARRED, SAME_BUILDING, SAME_SITE, Array, Data
from allocator.model.anneal.requests import Names, needs, of_requests
from allocator.model.kinds import Kind, kinds_of
from allocator.problem import Problem

RATES = (
    "used", "hidden", "stranded", "short", "service_short", "leased", "moved_building",
    "moved_site", "moved_far",
)  # fmt: skip


def first(counts: Iterable[int]) -> Array:
    """Where each range begins, and the end."""
    return np.concatenate([[0], np.cumsum(list(counts))]).astype(np.int64)


def tables(problem: Problem, measure: Measure, press: int = 0) -> tuple[Data, Names]:
    """The arrays of a problem; `press` m2 are added to the cost of each person moved.

    Pins of offices and exceptions are left to the exact search.
    """
    units = [u for u in problem.planned_units if problem.people_of[u]]
    site = problem.site_of_building
    buildings = sorted(
        {problem.building_of_floor[f] for f in problem.stock_by_floor}, key=lambda b: (site[b], b)
    )
    number = {b: i for i, b in enumerate(buildings)}
    floors = sorted(
        problem.stock_by_floor,
        key=lambda f: (number[problem.building_of_floor[f]], problem.floors[f].level, f),
    )
    kept = problem.fixed_rooms | {
        p.place for pins in problem.pins_of.values() for p in pins if p.kind == "room"
    }
    rooms = [r for f in floors for r in problem.stock_by_floor[f] if r.code not in kept]
    parties = [party for u in units for party in parties_of(problem, u)]
    requests = [
        q
        for u in units
        for q in problem.scenario.ledger.requests
        if q.unit == u
        for _ in range(q.count)
    ]
    names = Names(units, parties, buildings, floors, [r.code for r in rooms], requests)
    bits = {x: i for i, x in enumerate(sorted({x for r in rooms for x in r.features}))}
    columns: dict[str, Any] = {
        **_of_units(problem, names, rooms, bits, press),
        **of_requests(problem, names, rooms, bits),
        **_of_floors(problem, names, rooms),
        **_of_rooms(problem, names, rooms, bits),
        **_of_sites(problem, measure, names, press),
    }
    return Data(**{k: _table(v) if isinstance(v, tuple) else v for k, v in columns.items()}), names


def _table(columns: tuple[Any, ...]) -> Array:
    """Columns of one table; those of ranges are one longer than the others."""
    rows = max((len(c) for c in columns), default=0)
    table = np.zeros((rows, len(columns)), np.int64)
    for i, column in enumerate(columns):
        table[: len(column), i] = column
    return table


def parties_of(problem: Problem, unit: str) -> list[Kind]:
    """A unit's kinds with those joined that may share a room; who sits alone comes first."""
    joined: dict[tuple[bool, int, bool, str], list[Kind]] = defaultdict(list)
    for kind in kinds_of(problem, unit):
        apart = "|".join(str(g) for g in kind.groups) if problem.forbids_of.get(unit) else ""
        apart = apart or (str(kind.groups) if problem.pins_of.get(unit) else "")
        joined[not kind.single, -kind.limit, kind.single, apart].append(kind)
    return [
        Kind(
            unit,
            tuple(g for k in kinds for g in k.groups),
            sum(k.count for k in kinds),
            kinds[0].limit,
            kinds[0].single,
        )
        for _, kinds in sorted(joined.items())
    ]


def rates_of(problem: Problem, press: int) -> Array:
    """Rates of the priced tier in the order of RATES; those of moves per person and 0.01 m2."""
    rates: dict[str, Any] = defaultdict(int)
    for tier in problem.policy.tiers:
        if "used" in dict(tier.terms):
            rates.update(dict(tier.terms))
    return np.array(
        [
            100 * (float(rates[n]) + press) if n.startswith("moved") else float(rates[n])
            for n in RATES
        ]
    )


def _of_units(
    problem: Problem, names: Names, rooms: list[Room], bits: dict[str, int], press: int
) -> dict[str, Any]:
    floor = {f: i for i, f in enumerate(names.floors)}
    building = {b: i for i, b in enumerate(names.buildings)}
    number = {u: i for i, u in enumerate(names.units)}
    on_floor = np.full((len(names.units), len(floor)), BARRED, np.int16)
    choices: list[list[int]] = []
    known: dict[tuple[frozenset[str], tuple[str, ...]], list[int]] = {}
    for u, i in number.items():
        on_floor[i, [floor[f] for f in problem.permitted_floors[u]]] = 0
        _sit_today(problem, u, floor, on_floor[i])
        choices.append(_choices(problem, u, building, known))
    special: list[list[bool]] = []
    row: list[int] = []
    for party in names.parties:
        if not (problem.pins_of.get(party.unit) or problem.forbids_of.get(party.unit)):
            row.append(-1)
            continue
        row.append(len(special))
        special.append([
            problem.permitted(party.unit, r) and problem.group_permitted(party.groups[0], r)
            for r in rooms
        ])  # fmt: skip
    sizes: dict[str, int] = defaultdict(int)
    for party in names.parties:
        sizes[party.unit] += 1
    asked: dict[str, int] = defaultdict(int)
    for q in names.requests:
        asked[q.unit] += 1
    return {
        "unit": (
            first(sizes[u] for u in names.units),
            [problem.people_of[u] for u in names.units],
            [problem.need(u) for u in names.units],
            [needs(problem.units[u].features, bits) for u in names.units],
            [problem.service_entitlement[u] for u in names.units],
            first(len(c) for c in choices),
            first(asked[u] for u in names.units),
        ),
        "party": (
            [p.limit for p in names.parties],
            [p.count for p in names.parties],
            [p.single for p in names.parties],
            [number[p.unit] for p in names.parties],
            row,
        ),
        "special": np.array(special, np.uint8).reshape(len(special), len(rooms)),
        "unit_floor": on_floor,
        "choice": np.array([b for c in choices for b in c], np.int64),
        "moving": np.array(
            [_moving(problem, u, names.buildings, press) for u in names.units], np.float64
        ).reshape(len(names.units), len(building)),
    }


def _sit_today(problem: Problem, unit: str, floor: dict[str, int], here: Array) -> None:
    """Count the unit's people on the floors where they may stay."""
    for group in problem.groups_of[unit]:
        for room, people in problem.today_people.get(group, {}).items():
            at = floor.get(problem.floor_of[room])
            if at is not None and here[at] != BARRED:
                here[at] += people


def _choices(
    problem: Problem,
    unit: str,
    building: dict[str, int],
    known: dict[tuple[frozenset[str], tuple[str, ...]], list[int]],
) -> list[int]:
    """Buildings with an office the unit may hold; `known` for units without wishes of their own."""
    key = (problem.permitted_floors[unit], problem.units[unit].features)
    special = bool(problem.pins_of.get(unit) or problem.forbids_of.get(unit))
    if special or key not in known:
        found = sorted({
            building[problem.building_of_floor[f]]
            for f in problem.permitted_floors[unit]
            if any(
                r.use == "office" and problem.permitted(unit, r) for r in problem.stock_by_floor[f]
            )
        })  # fmt: skip
        if special:
            return found
        known[key] = found
    return known[key]


def _moving(problem: Problem, unit: str, buildings: list[str], press: int) -> Array:
    """Per building, 0.01 m2-equivalents: all of the unit there, nobody in the room of today."""
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
    near, middle, far = rates_of(problem, press)[-3:]
    costs = np.full(len(buildings), far * every)
    for i, b in enumerate(buildings):
        site = problem.site_of_building[b]
        if site in around:
            here, about = inside.get(b, 0), around[site]
            costs[i] = near * here + middle * (about - here) + far * (every - about)
    return costs


def _of_floors(problem: Problem, names: Names, rooms: list[Room]) -> dict[str, Any]:
    on_floor: dict[str, list[Room]] = defaultdict(list)
    for room in rooms:
        on_floor[room.floor].append(room)
    per_building: dict[str, int] = defaultdict(int)
    for f in names.floors:
        per_building[problem.building_of_floor[f]] += 1
    share = float(problem.policy.min_share)
    lease_floor, lease_building, lease_bits = _leases(problem, names)

    site = {s: i for i, s in enumerate(_sites(problem, names))}

    def areas(use: str) -> list[int]:
        return [sum(r.area for r in on_floor[f] if r.use == use) for f in names.floors]

    return {
        "building": (
            first(per_building[b] for b in names.buildings),
            [site[problem.site_of_building[b]] for b in names.buildings],
            lease_building,
            lease_bits,
        ),
        "floor": (
            first(len(on_floor[f]) for f in names.floors),
            [sum(r.area for r in problem.stock_by_floor[f]) for f in names.floors],
            [f in problem.floors_always_in_use for f in names.floors],
            areas("office"),
            [
                sum(int(r.area / share) for r in on_floor[f] if r.use == "office")
                for f in names.floors
            ],
            areas("service"),
            lease_floor,
        ),
    }


def _sites(problem: Problem, names: Names) -> list[str]:
    return sorted({problem.site_of_building[b] for b in names.buildings})


def _leases(problem: Problem, names: Names) -> tuple[Array, Array, Array]:
    """Leases of a floor and of a building; one of a whole site is charged to each building."""
    floor = {f: i for i, f in enumerate(names.floors)}
    building = {b: i for i, b in enumerate(names.buildings)}
    first_of: dict[str, int] = {}
    for f, i in floor.items():
        first_of.setdefault(problem.building_of_floor[f], i)
    of_floor = np.zeros(len(floor), np.int64)
    of_building = np.zeros(len(building), np.int64)
    bits = np.zeros(len(building), np.int64)
    for lease in problem.leases:
        inside = [f for f in lease.floors if f in floor]
        if len(inside) == 1:
            of_floor[floor[inside[0]]] += lease.area
            continue
        for b in sorted({problem.building_of_floor[f] for f in inside}):
            mine = [f for f in inside if problem.building_of_floor[f] == b]
            area = sum(r.area for f in mine for r in problem.stock_by_floor[f])
            of_building[building[b]] += min(area, lease.area)
            bits[building[b]] |= sum(1 << (floor[f] - first_of[b]) for f in mine)
    for f in problem.market_floors & set(floor):
        of_floor[floor[f]] += sum(r.area for r in problem.stock_by_floor[f])
    return of_floor, of_building, bits


def _of_rooms(
    problem: Problem, names: Names, rooms: list[Room], bits: dict[str, int]
) -> dict[str, Any]:
    party_of = {g: i for i, p in enumerate(names.parties) for g in p.groups}
    at = {r.code: i for i, r in enumerate(rooms)}
    inside: list[dict[int, int]] = [defaultdict(int) for _ in rooms]
    for group, where in problem.today_people.items():
        for code, people in where.items():
            if group in party_of and code in at:
                inside[at[code]][party_of[group]] += people
    flat = [pair for x in inside for pair in sorted(x.items())]
    return {
        "room": (
            [r.area for r in rooms],
            [r.use == "office" for r in rooms],
            [needs(r.features, bits) for r in rooms],
            [r.area // problem.lowest_limit for r in rooms],
            first(len(x) for x in inside),
        ),
        "today": ([p for p, _ in flat], [n for _, n in flat]),
    }


def _of_sites(problem: Problem, measure: Measure, names: Names, press: int) -> dict[str, Any]:
    sites = _sites(problem, names)
    unit = {u: i for i, u in enumerate(names.units)}
    codes = {"apart": APART, "same_floor": SAME_BUILDING, "same_building": SAME_BUILDING}
    codes["same_site"] = SAME_SITE
    related = [
        (codes[r.kind], unit[r.a], unit[r.b])
        for r in problem.scenario.relations
        if r.kind in codes and r.a in unit and r.b in unit
    ]
    per_site: dict[str, int] = defaultdict(int)
    for b in names.buildings:
        per_site[problem.site_of_building[b]] += 1
    policy = problem.policy
    return {
        "first_building": first(per_site[s] for s in sites),
        "site_share": np.array([float(measure.share[s]) for s in sites]),
        "relation": np.array(related, np.int64).reshape(len(related), 3),
        "rates": rates_of(problem, press),
        "policy": np.array(
            [
                problem.lowest_limit,
                policy.min_share.numerator,
                policy.min_share.denominator,
                policy.tolerance,
                policy.reserve.numerator,
                policy.reserve.denominator,
            ],
            np.int64,
        ),
    }
