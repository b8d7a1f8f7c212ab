"""The space tier over a subproblem, with the rest of each site as constants; 0.01 m2."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.model.packing import Packing, reserve_seats
from allocator.plan import Assignment
from allocator.quantity import half_up


@dataclass(frozen=True, slots=True)
class Rest:
    """One site outside the subproblem: what its frozen part holds and offers."""

    people: int
    free_seats: int
    service_open: int
    entitled: int
    wanted: int
    service_held: int


def add_costs(p: Packing, press: int = 0) -> None:
    """Minimise unhoused first (by weight), then the priced space terms of the policy."""
    rates: dict[str, Fraction] = defaultdict(Fraction)
    for tier in p.problem.policy.tiers:
        names = dict(tier.terms)
        if "used" in names:
            rates.update(names)
    for name in ("moved_building", "moved_site", "moved_far"):
        rates[name] += press
    _areas(p, rates)
    for site in sorted({p.problem.site_of_building[b] for b in p.buildings}):
        _site(p, site, rates)
    _leases(p, rates)
    _moves(p, rates)


def _areas(p: Packing, rates: dict[str, Fraction]) -> None:
    problem = p.problem
    for floor, use in p.in_use.items():
        area = sum(r.area for r in problem.stock_by_floor[floor])
        p.costs.append((rates["used"], area * use))
    for c, room_class in enumerate(p.classes):
        area = room_class.area
        for k in room_class.kinds:
            limit = p.kinds[k].limit
            if (c, k) in p.alone and limit > area:
                p.costs.append((rates["short"], (limit - area) * p.alone[c, k]))
            elif (c, k) in p.alone and limit < area:
                p.costs.append((rates["hidden"], (area - limit) * p.alone[c, k]))
        _shared_fit(p, c, area, rates)


def _shared_fit(p: Packing, c: int, area: int, rates: dict[str, Fraction]) -> None:
    """Short and hidden of shared rooms; per room they cannot both be positive."""
    tolerance = p.problem.policy.tolerance
    for (cc, unit, limit), rooms in p.shared.items():
        if cc != c:
            continue
        standards = sum(
            limit * p.alike[c, k]
            for k in p.kinds_in(unit)
            if p.kinds[k].limit == limit and (c, k) in p.alike
        )
        short = standards - area * rooms
        if tolerance:
            over = p.model.new_int_var(0, tolerance * len(p.classes[c].rooms), "")
            p.model.add(over >= -short)
            p.costs.append((rates["hidden"], over))
            short = short + over
        p.costs.append((rates["short"], short))
    for (cc, unit, way), rooms in p.filled.items():
        if cc != c:
            continue
        shared = [k for k in p.kinds_in(unit) if not p.kinds[k].single]
        limits = [p.kinds[k].limit for k in shared if k in p.classes[c].kinds]
        gap = sum(n * s for n, s in zip(way, limits, strict=True)) - area
        name = "short" if gap > 0 else "hidden"
        p.costs.append((rates[name], abs(gap) * rooms))


def _site(p: Packing, site: str, rates: dict[str, Fraction]) -> None:
    """Stranded, reserve and service supply of one site."""
    problem, model = p.problem, p.model
    rest = _rest(p, site)
    classes = [(c, k) for c, k in enumerate(p.classes) if problem.site_of_floor[k.floor] == site]
    open_area: dict[str, Any] = {"office": 0, "service": 0}
    seats: Any = rest.free_seats
    low = problem.lowest_limit
    for c, room_class in classes:
        unheld = len(room_class.rooms) * p.in_use[room_class.floor] - p.taken[c]
        open_area[room_class.use] += room_class.area * unheld
        if room_class.use == "office":
            seats += (room_class.area // low) * unheld
    entitled, wanted, held = _service(p, site)
    service_open = rest.service_open + open_area["service"]
    top = sum(r.area for r in problem.stock) + 1
    common = model.new_int_var(0, top, "")
    model.add(common <= service_open)
    model.add(common <= rest.wanted + wanted)
    share = p.measure.share[site]
    missing = model.new_int_var(0, top * 10, "")
    model.add(
        share.denominator * missing
        >= share.numerator * (rest.entitled + entitled)
        - share.denominator * (rest.service_held + held + common)
    )
    p.costs.append((rates["service_short"], missing))
    p.costs.append((rates["stranded"], open_area["office"] + open_area["service"] - common))
    rate = problem.policy.reserve
    if not rate:
        return
    people = sum(v for (k, _, s), v in p.seats.items() if k == "site" and s == site)
    total = rest.people + people
    need = model.new_int_var(0, reserve_seats(rate, sum(problem.people_of.values())), "")
    model.add(rate.denominator * need >= rate.numerator * total)
    model.add(rate.denominator * need <= rate.numerator * total + rate.denominator - 1)
    model.add(seats >= need)
    p.costs.append((rates["stranded"], -low * need))


def _service(p: Packing, site: str) -> tuple[Any, Any, Any]:
    """Entitlement seated at the site by the free units, wanted from common, area held."""
    problem, model = p.problem, p.model
    entitled: list[Any] = []
    wanted: list[Any] = []
    held_all: list[Any] = []
    for unit in p.units:
        held = sum(
            rooms * p.classes[c].area
            for (c, q), rooms in p.given.items()
            if problem.scenario.ledger.requests[q].unit == unit
            and p.classes[c].use == "service"
            and problem.site_of_floor[p.classes[c].floor] == site
        )
        pinned = sum(
            problem.rooms[r.room].area
            for r in p.frozen
            if r.unit == unit and r.purpose == "pin" and problem.site_of[r.room] == site
        )
        held_all.append(held + pinned)
        seats = p.seats.get(("site", unit, site))
        if seats is None:
            continue
        whole, people = problem.service_entitlement[unit], problem.people_of[unit]
        if problem.caps[unit][0] == 1:
            here = model.new_bool_var("")
            model.add(seats <= people * here)
            model.add(seats >= here)
            share: Any = whole * here
        else:
            # Several sites: pro rata by the whole planned number, exact when all are housed.
            share = (whole // max(people, 1)) * seats
        entitled.append(share)
        if isinstance(held, int) and not held and not pinned:
            wanted.append(share)
        else:
            more = model.new_int_var(0, whole, "")
            model.add_max_equality(more, [share - held - pinned, 0])
            wanted.append(more)
    return sum(entitled), sum(wanted), sum(held_all)


def _rest(p: Packing, site: str) -> Rest:
    """Constants of the frozen part of a site."""
    problem = p.problem
    rows = [r for r in p.frozen if problem.site_of[r.room] == site]
    held = {r.room for r in rows}
    in_use = {problem.floor_of[r] for r in held} | problem.floors_always_in_use | p.frozen_common
    chosen = set(p.units)
    seats: dict[str, int] = defaultdict(int)
    seats_all: dict[str, int] = defaultdict(int)
    for row in p.frozen:
        if row.people and problem.units[row.unit].planned and row.unit not in chosen:
            seats_all[row.unit] += row.people
            if problem.site_of[row.room] == site:
                seats[row.unit] += row.people
    service: dict[str, int] = defaultdict(int)
    for row in _service_rows(p, rows):
        if row.unit not in chosen:
            service[row.unit] += problem.rooms[row.room].area
    entitled = wanted = 0
    for unit, people in seats.items():
        share = half_up(Fraction(problem.service_entitlement[unit] * people, seats_all[unit]))
        entitled += share
        wanted += max(0, share - service[unit])
    inside = {f for f in problem.stock_by_floor if problem.building_of_floor[f] in p.buildings}
    free_seats = service_open = 0
    counted = {code for k in p.classes for code in k.rooms}
    for floor, rooms in problem.stock_by_floor.items():
        if problem.site_of_floor[floor] != site or (floor not in in_use and floor not in inside):
            continue
        if p.alone_on_site and floor not in inside:
            continue
        for room in rooms:
            if room.code in held or room.code in counted:
                continue
            if room.use == "office":
                free_seats += room.area // problem.lowest_limit
            else:
                service_open += room.area
    return Rest(
        sum(seats.values()), free_seats, service_open, entitled, wanted, sum(service.values())
    )


def _service_rows(p: Packing, rows: list[Assignment]) -> list[Assignment]:
    return [
        r
        for r in rows
        if p.problem.rooms[r.room].use == "service" and p.problem.units[r.unit].planned
    ]


def _leases(p: Packing, rates: dict[str, Fraction]) -> None:
    problem = p.problem
    frozen = {problem.floor_of[r.room] for r in p.frozen} | problem.floors_always_in_use
    for lease in problem.leases:
        mine = [p.in_use[f] for f in lease.floors if f in p.in_use]
        if not mine or any(f in frozen or f in p.frozen_common for f in lease.floors):
            continue
        kept = p.model.new_bool_var(f"lease {lease.place}")
        for use in mine:
            p.model.add(kept >= use)
        p.costs.append((rates["leased"], lease.area * kept))
    for floor in sorted(problem.market_floors & set(p.in_use)):
        area = sum(r.area for r in problem.stock_by_floor[floor])
        p.costs.append((rates["leased"], area * p.in_use[floor]))


def _moves(p: Packing, rates: dict[str, Fraction]) -> None:
    """Stays per room class, building and site are rewarded; all else is far (nested overlap)."""
    problem, model = p.problem, p.model
    near, middle, far = (rates[n] * 100 for n in ("moved_building", "moved_site", "moved_far"))
    for k, kind in enumerate(p.kinds):
        before: dict[str, int] = defaultdict(int)
        for group in kind.groups:
            for room, count in problem.today_people.get(group, {}).items():
                before[room] += count
        if not before:
            continue
        folds = {"building": problem.building_of_floor, "site": problem.site_of_floor}
        for c, room_class in enumerate(p.classes):
            count = dict(room_class.today).get(k, 0)
            if not count:
                continue
            for rooms, people in _in_class(p, c, k):
                same = model.new_int_var(0, count * len(room_class.rooms), "")
                model.add(same <= count * rooms)
                model.add(same <= people)
                p.costs.append((-near, same))
        for name, rate in (("building", middle - near), ("site", far - middle)):
            then: dict[str, int] = defaultdict(int)
            for room, count in before.items():
                then[folds[name][problem.floor_of[room]]] += count
            now: dict[str, list[Any]] = defaultdict(list)
            for c, room_class in enumerate(p.classes):
                for _, people in _in_class(p, c, k):
                    now[folds[name][room_class.floor]].append(people)
            for place in sorted(set(then) & set(now)):
                same = model.new_int_var(0, then[place], "")
                model.add(same <= sum(now[place]))
                p.costs.append((-rate, same))


def _in_class(p: Packing, c: int, k: int) -> list[tuple[Any, Any]]:
    """(rooms, people) of one kind in a class, by way of sitting."""
    found: list[tuple[Any, Any]] = []
    if (c, k) in p.alone:
        found.append((p.alone[c, k], p.alone[c, k]))
    if (c, k) in p.people:
        kind = p.kinds[k]
        shared = [j for j in p.classes[c].kinds if _shares(p, j, kind.unit)]
        rooms = p.shared.get((c, kind.unit, kind.limit), 0)
        for (cc, unit, way), mixed in p.filled.items():
            if (cc, unit) == (c, kind.unit) and way[shared.index(k)]:
                rooms += mixed
        found.append((rooms, p.people[c, k]))
    return found


def _shares(p: Packing, k: int, unit: str) -> bool:
    return p.kinds[k].unit == unit and not p.kinds[k].single
