"""Titles, leases, features, requests, business rooms and relations on top of settled units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from allocator.domain import Relation, Request, RoomStatus, Use
from allocator.generate.drafts import Block, RoomDraft, UnitDraft, World
from allocator.generate.settle import SEAT_TERRITORY, add_room, smallest_floor, with_site
from allocator.generate.shapes import Shape

YUAN_PER_M2 = 420
"""Yearly rent per m2 of stock in invented leases."""

_LANDLORD = "市属国有公司"
_SCHOOL, _POLICE = "原省建筑工程学校", "省公安厅"


def dress(world: World, shape: Shape, rng: Random) -> None:
    """Add everything that is neither a seat nor history."""
    _titles(world, shape, rng)
    _leases(world, shape, rng)
    _odd_rooms(world, rng)
    _features(world, shape, rng)
    _requests(world, shape, rng)
    _business(world, shape, rng)
    _ineligible(world, shape, rng)
    _relations(world, shape, rng)


def _titles(world: World, shape: Shape, rng: Random) -> None:
    kind = "independent" if shape.level == "municipal" else "centralized"
    codes = sorted({b.site.code for b in world.blocks if b.site.kind == kind and b.units})
    for index, code in enumerate(rng.sample(codes, shape.foreign_titles)):
        inside = [u for b in world.blocks if b.site.code == code for u in b.units]
        holder = inside[0].name if shape.level == "municipal" else (_SCHOOL, _POLICE)[index % 2]
        with_site(world, code, title_registered=False, title_holder=holder)
        for unit in inside:
            unit.fixed = True


def _rent(block: Block, rooms: list[RoomDraft]) -> int:
    area = sum(r.area for r in rooms if r.use in ("office", "service"))
    return round(area / 100 * YUAN_PER_M2 / 1000) * 1000


def _leases(world: World, shape: Shape, rng: Random) -> None:
    sites, buildings, floors = shape.leases
    codes = sorted(
        {
            b.site.code
            for b in world.blocks
            if b.site.kind == "independent" and b.units and b.site.title_registered
        }
    )
    for index, code in enumerate(rng.sample(codes, sites)):
        blocks = [b for b in world.blocks if b.site.code == code]
        rent = sum(_rent(b, b.rooms) for b in blocks)
        with_site(world, code, **_lease(index, rent, rng))
    for block in world.blocks:
        if block.site.tenure == "market":
            rent = _rent(block, block.rooms)
            with_site(world, block.site.code, rent_per_year=rent, title_holder=_LANDLORD)
    several = Counter(b.site.code for b in world.blocks)
    pool = [b for b in world.blocks if several[b.site.code] > 1 and b.site.title_registered]
    pool = [b for b in pool if b.site.tenure == "owned" and b.site.kind == "centralized"]
    for index, block in enumerate(rng.sample(pool, min(buildings, len(pool)))):
        lease = _lease(index, _rent(block, block.rooms), rng)
        block.building = replace(block.building, **lease)
    pool = [
        b
        for b in world.blocks
        if b.site.kind == "centralized"
        and b.site.title_registered
        and b.building.tenure is None
        and len(b.floors) > 2
    ]
    for index, block in enumerate(rng.sample(pool, min(floors, len(pool)))):
        floor = block.floors[-1]
        rooms = [r for r in block.rooms if r.floor == floor.code]
        block.floors[-1] = replace(floor, **_lease(index, _rent(block, rooms), rng))


def _lease(index: int, rent: int, rng: Random) -> dict[str, Any]:
    end = date(2026 + rng.randrange(4), 1 + rng.randrange(12), 28)
    if index % 3 == 2:
        return {"tenure": "borrowed", "title_holder": _LANDLORD, "lease_end": end}
    return {
        "tenure": "leased",
        "title_holder": _LANDLORD,
        "rent_per_year": rent,
        "lease_end": end,
    }


def _odd_rooms(world: World, rng: Random) -> None:
    """Sealed, unavailable and let rooms beside the stock."""
    used = [b for b in world.blocks if b.units]
    statuses: tuple[RoomStatus, ...] = ("sealed", "sealed", "unavailable", "unavailable", "let")
    for index in range(max(3, len(used) // 6)):
        block = used[rng.randrange(len(used))]
        status = statuses[index % len(statuses)]
        floor = block.floors[0].code if status == "let" else smallest_floor(block)
        room = add_room(block, rng.choice((1400, 1680, 1820, 2400)), floor)
        room.status = status


def _features(world: World, shape: Shape, rng: Random) -> None:
    for block in world.blocks:
        lift = block.building.high_rise or rng.random() < 0.25
        for room in block.rooms:
            if room.use in ("office", "service") and (lift or room.floor == block.floors[0].code):
                room.features.add("accessible")
        if rng.random() < 0.05:
            _mark(block, "secure")
    for feature in ("secure", "accessible"):
        for unit, block in _pick(world, shape.special_units, rng, _is_free):
            unit.features = (feature,)
            unit.fixed = True
            _mark(block, feature)


def _mark(block: Block, feature: str) -> None:
    for room in block.rooms:
        if room.use in ("office", "service"):
            room.features.add(feature)


def _is_free(unit: UnitDraft) -> bool:
    return not unit.fixed and unit.planned


def _pick(
    world: World, count: int, rng: Random, suits: Callable[[UnitDraft], bool]
) -> list[tuple[UnitDraft, Block]]:
    pool = [(u, b) for b in world.blocks for u in b.units if suits(u)]
    return rng.sample(pool, min(count, len(pool)))


def _add(block: Block, floor: str, use: Use, area: int, features: set[str]) -> RoomDraft:
    room = add_room(block, area, floor)
    room.use = use
    room.features |= features
    return room


def _requests(world: World, shape: Shape, rng: Random) -> None:
    """Public halls and archives, each with a room in the unit's own building."""
    for index, (unit, block) in enumerate(_pick(world, shape.requests, rng, lambda u: u.planned)):
        area = rng.randrange(4000, 9001, 200)
        hall = index % 2 == 0
        purpose, feature = (
            ("公共服务大厅", "public_counter") if hall else ("档案库", "archive_load")
        )
        room = _add(block, block.floors[0].code, "service", area, {feature, "accessible"})
        block.request_rooms.setdefault(unit.code, []).append(room.code)
        world.requests.append(
            Request(
                unit=unit.code,
                purpose=purpose,
                use="service",
                area_min=area * 85 // 100,
                area_max=area * 115 // 100,
                features=(feature,),
            )
        )
    for block in rng.sample(world.blocks, max(1, len(world.blocks) // 12)):
        feature = rng.choice(("public_counter", "archive_load"))
        _add(block, block.floors[0].code, "service", rng.randrange(4000, 8001, 200), {feature})


def _business(world: World, shape: Shape, rng: Random) -> None:
    for unit, block in _pick(world, shape.business, rng, _is_free):
        unit.fixed = True
        for _ in range(rng.randrange(1, 4)):
            room = _add(
                block, block.floors[0].code, "business", rng.randrange(3000, 12001, 500), set()
            )
            world.business[room.code] = unit.code


def _ineligible(world: World, shape: Shape, rng: Random) -> None:
    """Bodies without entitlement: they keep what they sit in today."""
    categories = ("association", "enterprise", "business_institution")
    shared = {u.code for b in world.blocks if len(b.units) > 1 for u in b.units}

    def suits(unit: UnitDraft) -> bool:
        return (
            _is_free(unit)
            and unit.people <= 40
            and unit.territory == SEAT_TERRITORY
            and unit.code in shared
            and not needed(unit)
        )

    def needed(unit: UnitDraft) -> bool:
        return any(q.unit == unit.code for q in world.requests)

    for index, (unit, _) in enumerate(_pick(world, shape.ineligible, rng, suits)):
        unit.category = categories[index % 3]
        unit.planned = False
        unit.fixed = True


def _relations(world: World, shape: Shape, rng: Random) -> None:
    planned = [u for u in world.units if u.planned]
    pairs: set[tuple[str, str]] = set()
    site_of = {u.code: b.site for b in world.blocks for u in b.units}
    while len(pairs) < shape.near:
        a, b = sorted(u.code for u in rng.sample(planned, 2))
        kinds = {site_of[a].kind, site_of[b].kind}
        if (a, b) in pairs or ("dispatched" in kinds and len(kinds) > 1):
            continue
        pairs.add((a, b))
        weight = rng.randrange(1, 6)
        world.relations.append(Relation(a=a, b=b, kind="near", weight=weight))
    _musts(world, rng)


def _musts(world: World, rng: Random) -> None:
    """Two pairs that must share a building or site, and one that must be apart."""
    blocks = [b for b in world.blocks if sum(map(_is_free, b.units)) >= 2]
    chosen = rng.sample(blocks, min(3, len(blocks)))
    for block, kind in zip(chosen, ("same_building", "same_site", "same_building"), strict=False):
        a, b = sorted(rng.sample([u for u in block.units if _is_free(u)], 2), key=lambda u: u.code)
        a.fixed = b.fixed = True
        world.relations.append(Relation(a=a.code, b=b.code, kind=kind, must=True))  # type: ignore[arg-type]
    free = [(u, b) for b in world.blocks for u in b.units if _is_free(u)]
    (a, block), (b, other) = rng.sample(free, 2)
    if block is not other:
        a.fixed = b.fixed = True
        first, second = sorted((a.code, b.code))
        world.relations.append(Relation(a=first, b=second, kind="apart", must=True))
