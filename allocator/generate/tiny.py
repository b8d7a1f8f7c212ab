"""Very small random scenarios for comparing solvers with brute force; some are impossible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Level,
    Occupancy,
    Posts,
    Relation,
    RelationKind,
    Request,
    Room,
    Site,
    Tenure,
    Unit,
    Use,
)
from allocator.generate.tiny_settings import tiny_settings

_GRADES: dict[Level, tuple[str, str, str]] = {
    "municipal": ("bureau_head", "deputy_bureau_head", "below_bureau"),
    "provincial": ("deputy_department_head", "division_head", "below_division"),
    "county": ("section_head", "deputy_section_head", "below_section"),
}
_OFFICES = (900, 900, 1000, 1240, 1450, 1620, 1800, 1800, 2000, 2400, 2800, 3330)
_SERVICE = (800, 1250, 2000, 3600)
_FEATURES = ("secure", "public_counter", "accessible")
_MUSTS: tuple[RelationKind, ...] = ("same_floor", "same_building", "same_site", "apart")


def tiny_random(seed: int) -> tuple[Ledger, dict[str, Any]]:
    """One or two sites, four to seven rooms, two or three units and four to eight posts."""
    rng = Random(f"{seed}/tiny-random")
    ledger = _places(rng)
    ledger = _units(ledger, rng)
    ledger = _today(ledger, rng)
    ledger = _wishes(ledger, rng)
    return ledger, tiny_settings(f"tiny-random-{seed}", ledger, rng)


def _places(rng: Random) -> Ledger:
    sites = [
        Site(
            code=f"S{i + 1}",
            name=f"{i + 1}号办公区",
            kind=rng.choice(("centralized", "independent", "dispatched")),
            tenure="owned",
            title_holder="机关事务管理局",
            title_registered=True,
            territory=rng.choice(("", "", "", "东区")),
        )
        for i in range(rng.randrange(1, 3))
    ]
    if rng.random() < 0.25:
        sites[-1] = replace(sites[-1], title_registered=False, title_holder="U1")
    if len(sites) == 2 and rng.random() < 0.35:
        sites[1] = _leased(sites[1], rng)
    buildings = [
        Building(code=f"B{i + 1}", site=sites[i % len(sites)].code, name=f"{i + 1}号楼")
        for i in range(rng.choice((len(sites), len(sites), 2, 3)))
    ]
    floors: list[Floor] = []
    for i in range(rng.randrange(max(2, len(buildings)), 5)):
        building = buildings[i % len(buildings)].code
        level = 1 + sum(f.building == building for f in floors)
        floor = Floor(code=f"{building}-{level}F", building=building, level=level)
        if rng.random() < 0.12:
            floor = replace(floor, tenure="leased", rent_per_year=50_000)
        floors.append(floor)
    rooms = [
        _room(i, floors[i % len(floors)], rng) for i in range(rng.choice((4, 5, 6, 6, 7, 7, 7)))
    ]
    return Ledger(
        sites=tuple(sites), buildings=tuple(buildings), floors=tuple(floors), rooms=tuple(rooms)
    )


def _leased(site: Site, rng: Random) -> Site:
    tenure: Tenure = rng.choice(("leased", "borrowed", "market"))
    end = date(2027, 6, 30) if tenure == "leased" else None
    return replace(site, tenure=tenure, rent_per_year=120_000, lease_end=end)


def _room(index: int, floor: Floor, rng: Random) -> Room:
    draw = rng.random()
    use: Use = "office" if draw < 0.82 else "service" if draw < 0.96 else "business"
    features = {f for f in _FEATURES if rng.random() < 0.3}
    if use == "service" and rng.random() < 0.25:
        features.add("common")
    odd = rng.random()
    return Room(
        code=f"R{index + 1}",
        floor=floor.code,
        number=f"{floor.level}{index + 1:02d}",
        use=use,
        area=rng.choice(_SERVICE if use == "service" else _OFFICES),
        status="available" if odd < 0.92 else "sealed" if odd < 0.95 else "let",
        features=tuple(sorted(features)),
        position=index + 1,
    )


def _units(ledger: Ledger, rng: Random) -> Ledger:
    count = rng.randrange(2, 4)
    posts_left = rng.randrange(4, 9)
    units, divisions, posts = [], [], []
    for index in range(count):
        level: Level = rng.choice(("municipal", "municipal", "municipal", "provincial", "county"))
        code = f"U{index + 1}"
        category = "association" if index == 2 and rng.random() < 0.4 else "organ"
        units.append(
            Unit(
                code=code,
                name=f"{index + 1}号局",
                level=level,
                category=category,
                territory=rng.choice(("", "", "", "", "", "", "东区", "西区")),
                features=("secure",) if rng.random() < 0.07 else (),
            )
        )
        divisions.append(Division(code=f"{code}-1", unit=code, name="综合科"))
        share = posts_left if index == count - 1 else min(rng.randrange(1, 5), posts_left - 1)
        posts_left -= share
        posts += _posts(code, level, share, rng)
    return replace(ledger, units=tuple(units), divisions=tuple(divisions), posts=tuple(posts))


def _posts(unit: str, level: Level, count: int, rng: Random) -> list[Posts]:
    high, middle, low = _GRADES[level]
    wanted: dict[tuple[str, str], int] = {}
    for _ in range(count):
        draw = rng.random()
        key = ("", high) if draw < 0.07 else ("", middle) if draw < 0.18 else ("", low)
        if key[1] == low and draw > 0.6:
            key = (f"{unit}-1", low)
        wanted[key] = wanted.get(key, 0) + 1
    return [
        Posts(
            unit=unit,
            division=division,
            grade=grade,
            established=n,
            in_post=max(0, n + rng.choice((-1, 0, 0, 0, 1))),
        )
        for (division, grade), n in sorted(wanted.items())
    ]


def _today(ledger: Ledger, rng: Random) -> Ledger:
    """Everybody in post in some room, lawful or not, and a few rooms held empty."""
    market = {s.code for s in ledger.sites if s.tenure == "market"}
    site_of = {b.code: b.site for b in ledger.buildings}
    site_of_floor = {f.code: site_of[f.building] for f in ledger.floors}
    offices = [
        r.code
        for r in ledger.rooms
        if r.use == "office" and r.status != "let" and site_of_floor[r.floor] not in market
    ]
    counts: dict[tuple[str, str, str, str], int] = {}
    for row in ledger.posts:
        near = rng.sample(offices, min(len(offices), 2))
        for _ in range(row.in_post):
            if near:
                key = (rng.choice(near), row.unit, row.division, row.grade)
                counts[key] = counts.get(key, 0) + 1
    rows = [
        Occupancy(room=room, unit=unit, division=division, grade=grade, people=n)
        for (room, unit, division, grade), n in sorted(counts.items())
    ]
    taken = {row.room for row in rows}
    rooms = []
    for room in ledger.rooms:
        spare = room.code not in taken and site_of_floor[room.floor] not in market
        if spare and (room.use == "business" or rng.random() < 0.3) and room.status != "let":
            room = replace(room, allocated_unit=rng.choice(ledger.units).code)
        rooms.append(room)
    return replace(ledger, rooms=tuple(rooms), occupancy=tuple(rows))


def _wishes(ledger: Ledger, rng: Random) -> Ledger:
    """Requests and relations of the ledger itself."""
    planned = [u.code for u in ledger.units if u.planned]
    requests = []
    if rng.random() < 0.3:
        use: Use = rng.choice(("service", "service", "office"))
        areas = [r.area for r in ledger.rooms if r.use == use] or [1500]
        area = rng.choice(areas)
        requests.append(
            Request(
                unit=rng.choice(planned),
                purpose="档案库",
                use=use,
                area_min=area * 8 // 10,
                area_max=area + rng.choice((-100, 0, 300)),
                features=("accessible",) if rng.random() < 0.2 else (),
            )
        )
    relations: list[Relation] = []
    for _ in range(rng.randrange(0, 3)):
        a, b = rng.sample(planned, 2) if len(planned) > 1 else ("", "")
        if not a or any({r.a, r.b} == {a, b} for r in relations):
            continue
        if rng.random() < 0.65:
            relations.append(Relation(a=a, b=b, kind="near", weight=rng.randrange(1, 6)))
        else:
            relations.append(Relation(a=a, b=b, kind=rng.choice(_MUSTS), must=True))
    return replace(ledger, requests=tuple(requests), relations=tuple(relations))
