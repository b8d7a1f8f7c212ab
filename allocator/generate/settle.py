"""Sites and buildings sized for their first units, with lawful seats for all their posts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from math import ceil, cos, pi, sin
from random import Random
from typing import Any

from allocator.domain import Building, Site, SiteKind
from allocator.generate.buildings import Modules, build_floors, draw_modules, floor_rooms
from allocator.generate.drafts import Block, RoomDraft, UnitDraft, World
from allocator.generate.figures import LOWEST, RESERVE
from allocator.generate.names import place_name
from allocator.generate.packing import pack
from allocator.generate.shapes import KindShape, Shape

SEAT_TERRITORY = "本级"
"""Territory of every site and unit that is not dispatched."""

_LETTER = {"centralized": "C", "independent": "I", "dispatched": "D"}
_WORD = {"centralized": "办公区", "independent": "办公点", "dispatched": "派驻点"}
_FAR = {"centralized": (0.0, 4.0), "independent": (1.0, 7.0), "dispatched": (12.0, 45.0)}
_ROUNDS = 12


def settle(shape: Shape, units: list[UnitDraft], rng: Random) -> World:
    """Place every unit in one building that seats all its posts lawfully."""
    blocks: list[Block] = []
    groups = _by_kind(shape, units, rng)
    for kind, kind_shape in shape.kinds.items():
        market = shape.market_sites if kind == "independent" else 0
        sites = _sites(kind, kind_shape.sites, market, rng)
        for site, members in _share(sites, kind_shape, groups[kind], rng):
            blocks.append(_block(site, len(blocks), members, kind_shape, shape, blocks, rng))
    return World(blocks, units)


def _by_kind(shape: Shape, units: list[UnitDraft], rng: Random) -> dict[SiteKind, list[UnitDraft]]:
    """Dispatched units are small ones; the rest is dealt out at random."""
    left = sorted(units, key=lambda u: (u.people, u.code))
    groups: dict[SiteKind, list[UnitDraft]] = {}
    if "dispatched" in shape.kinds:
        wanted = shape.kinds["dispatched"].units
        pool = left[: len(left) * 2 // 3]
        chosen = {u.code for u in rng.sample(pool, wanted)}
        groups["dispatched"] = [u for u in left if u.code in chosen]
        left = [u for u in left if u.code not in chosen]
    rng.shuffle(left)
    for kind, kind_shape in shape.kinds.items():
        if kind != "dispatched":
            groups[kind], left = left[: kind_shape.units], left[kind_shape.units :]
    rng.shuffle(groups.get("dispatched", []))
    return groups


def _sites(kind: SiteKind, count: int, market: int, rng: Random) -> list[Site]:
    width = max(2, len(str(count)))
    sites = []
    for index in range(count):
        near, far = _FAR[kind]
        angle, distance = rng.uniform(0, 2 * pi), rng.uniform(near, far)
        place = place_name(index + {"centralized": 40, "independent": 80, "dispatched": 0}[kind])
        name = place + ("区" if kind == "dispatched" else "路") + _WORD[kind]
        sites.append(
            Site(
                code=f"{_LETTER[kind]}{index + 1:0{width}d}",
                name=name,
                kind=kind,
                territory=place + "区" if kind == "dispatched" else SEAT_TERRITORY,
                tenure="market" if index >= count - market else "owned",
                title_holder="机关事务管理局",
                title_registered=True,
                x_km=Fraction(round(distance * cos(angle) * 10), 10),
                y_km=Fraction(round(distance * sin(angle) * 10), 10),
            )
        )
    return sites


def _share(
    sites: list[Site], kind: KindShape, units: list[UnitDraft], rng: Random
) -> list[tuple[Site, list[UnitDraft]]]:
    """Buildings of the sites with their first units; market sites have one empty building."""
    used = [s for s in sites if s.tenure != "market"]
    extra = kind.buildings - len(sites)
    owners = used + [used[i % len(used)] for i in rng.sample(range(len(used) * 8), max(0, extra))]
    members: list[list[UnitDraft]] = [[] for _ in owners]
    for index, unit in enumerate(units):
        members[index % len(owners)].append(unit)
    pairs = list(zip(owners, members, strict=True))
    pairs += [(s, []) for s in sites if s.tenure == "market"]
    order = {s.code: i for i, s in enumerate(sites)}
    return sorted(pairs, key=lambda p: order[p[0].code])


def _spare(kind: KindShape, rng: Random) -> float:
    draw = rng.random()
    for chance, least, most in kind.spare:
        if draw < chance:
            return rng.uniform(least, most)
        draw -= chance
    return kind.spare[-1][2]


def _block(
    site: Site,
    index: int,
    units: list[UnitDraft],
    kind: KindShape,
    shape: Shape,
    blocks: list[Block],
    rng: Random,
) -> Block:
    number = 1 + sum(b.site.code == site.code for b in blocks)
    high = kind.floor_area > 20_000 and index % 5 == 4
    building = Building(
        code=f"{site.code}-{number}",
        site=site.code,
        name=f"{number}号楼",
        usable_ratio=Fraction(60 if high else 65, 100),
        high_rise=high,
    )
    if site.kind == "dispatched":
        for unit in units:
            unit.territory = site.territory
            unit.name = f"{unit.name}{site.territory}分局"
    else:
        for unit in units:
            unit.territory = SEAT_TERRITORY
    modules = draw_modules(shape.modules, rng)
    spare = _spare(kind, rng)
    need = sum(u.standards for u in units) * 0.91 or kind.floor_area * 2
    target = need * (1 + spare)
    count = max(1, round(target / kind.floor_area + 0.2))
    plans = [floor_rooms(modules, round(target / count), rng) for _ in range(count)]
    floors, rooms = build_floors(building, plans, rng)
    block = Block(building, site, floors, rooms, units)
    if units:
        _seat(block, modules, spare, rng)
    return block


def _seat(block: Block, modules: Modules, spare: float, rng: Random) -> None:
    """Seat the units, adding rooms until all posts fit and the growth reserve is left."""
    offices = [r for r in block.rooms if r.is_office]
    scattered = spare / (1 + spare) * (0.35 if rng.random() < 0.35 else 0.8)
    skipped = {r.code for r in offices if rng.random() < scattered}
    for _ in range(_ROUNDS):
        packed = pack(block.units, block.rooms, skipped)
        if not packed.missing:
            break
        for area in packed.missing:
            add_room(block, area, smallest_floor(block))
    else:
        raise RuntimeError(f"{block.building.code}: no lawful seats found")
    block.lawful = packed.seats
    while reserve_missing(block):
        used = {r.floor for r in block.rooms if r.code in block.lawful}
        add_room(block, min(1800, modules.north), max(used))


def add_room(block: Block, area: int, floor: str) -> RoomDraft:
    """One more office at the end of a floor's corridor."""
    there = [r for r in block.rooms if r.floor == floor]
    position = max(r.position for r in there) + 1
    level = next(f.level for f in block.floors if f.code == floor)
    number = f"{level * 100 + position}"
    room = RoomDraft(f"{block.building.code}-{number}", floor, number, "office", area, position)
    block.rooms.insert(block.rooms.index(there[-1]) + 1, room)
    return room


def smallest_floor(block: Block) -> str:
    """The floor with the fewest rooms."""
    count: dict[str, int] = defaultdict(int)
    for room in block.rooms:
        count[room.floor] += 1
    return min(count, key=lambda floor: (count[floor], floor))


def reserve_missing(block: Block) -> int:
    """Seats of the growth reserve that the lawful plan lacks in this building."""
    people = sum(sum(inside.values()) for inside in block.lawful.values())
    used = {r.floor for r in block.rooms if r.code in block.lawful}
    free = sum(r.area // LOWEST for r in block.spare if r.floor in used)
    return max(0, ceil(RESERVE * people) - free)


def with_site(world: World, code: str, **changes: Any) -> None:
    """Replace a site in all its blocks."""
    for block in world.blocks:
        if block.site.code == code:
            block.site = replace(block.site, **changes)
