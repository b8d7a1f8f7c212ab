"""How today came about: lawful seats, then vacancies, spreading, hoarding and crowding."""

from __future__ import annotations

from collections import Counter
from random import Random

from allocator.generate.drafts import Block, RoomDraft, Seats, UnitDraft, World
from allocator.generate.figures import MIN_SHARE

SPREAD = 0.55
"""Share of spare rooms into which units spread."""
HOARDED = 0.4
"""Share of the other spare rooms that a unit holds empty."""
CROWDED = 0.006
SWAPPED = 0.015
"""Shares of rooms that history crowded, or swapped between units."""


def drift(world: World, cross: float, rng: Random) -> None:
    """Fill `world.today`, the units' people in post and the rooms' holders."""
    for block in world.blocks:
        for room, inside in block.lawful.items():
            world.today[room] = Counter(inside)
    home = {u.code: b for b in world.blocks for u in b.units}
    for unit in world.units:
        _vacate(unit, world.today, home[unit.code], rng)
    _cross_buildings(world, cross, rng)
    for block in world.blocks:
        if block.units:
            _swap(block, world.today, rng)
            _spread(block, world, rng)
            _crowd(block, world, rng)
    _hold(world, rng)


def _vacate(unit: UnitDraft, today: Seats, home: Block, rng: Random) -> None:
    """Leave 3 to 8 % of the posts vacant; now and then one person too many."""
    unit.in_post = Counter(unit.posts)
    seats = [
        (room, group)
        for room in home.lawful
        for group, n in today[room].items()
        if group[0] == unit.code
        for _ in range(n)
        if not (unit.leads(group[2]) and rng.random() < 0.7)
    ]
    vacant = round(unit.people * rng.uniform(0.03, 0.085))
    for room, group in rng.sample(seats, min(vacant, len(seats))):
        today[room][group] -= 1
        unit.in_post[group[1:]] -= 1
    if rng.random() < 0.06:
        room, group = seats[rng.randrange(len(seats))]
        if not unit.leads(group[2]):
            extra = unit.posts[group[1:]] + 1 - unit.in_post[group[1:]]
            today[room][group] += extra
            unit.in_post[group[1:]] += extra
    for room, _ in seats:
        today[room] = +today[room]


def _free(block: Block, today: Seats) -> list[RoomDraft]:
    return [r for r in block.rooms if r.is_office and r.code not in today]


def _cross_buildings(world: World, share: float, rng: Random) -> None:
    """A few units have one division in another building of their site, or at another site."""
    movable = [
        (u, b) for b in world.blocks for u in b.units if not u.fixed and len(u.divisions) > 2
    ]
    for unit, home in rng.sample(movable, round(share * len(world.units))):
        hosts = [
            b
            for b in world.blocks
            if b is not home
            and b.units
            and b.site.title_registered
            and b.site.territory == home.site.territory
            and len(_free(b, world.today)) >= 4
        ]
        if not hosts:
            continue
        same = [b for b in hosts if b.site.code == home.site.code]
        host = (same or hosts)[rng.randrange(len(same or hosts))]
        division = unit.divisions[-1][0]
        _move_division(division, home, world.today, _free(host, world.today))


def _move_division(division: str, home: Block, today: Seats, rooms: list[RoomDraft]) -> None:
    people = [
        (room, group)
        for room in home.lawful
        for group, n in today[room].items()
        if group[1] == division
        for _ in range(n)
    ]
    for room in rooms:
        taken = 0
        while people and (taken + 1) * 585 <= room.area and taken < max(1, room.area // 800):
            source, group = people.pop()
            today[source][group] -= 1
            today[source] = +today[source]
            today.setdefault(room.code, Counter())[group] += 1
            taken += 1


def _swap(block: Block, today: Seats, rng: Random) -> None:
    """Rooms of equal size whose occupants changed places, so that units lie scattered."""
    kept = {u.code for u in block.units if not u.planned}
    taken = [
        r
        for r in block.rooms
        if r.code in today and not any(group[0] in kept for group in today[r.code])
    ]
    if not taken:
        return
    for _ in range(round(SWAPPED * len(taken) + rng.random() * 0.8)):
        a = taken[rng.randrange(len(taken))]
        b = taken[rng.randrange(len(taken))]
        if a.area == b.area:
            today[a.code], today[b.code] = today[b.code], today[a.code]


def _spread(block: Block, world: World, rng: Random) -> None:
    """Units take spare rooms near them for single persons: over-standard offices."""
    today = world.today
    sharing = {u.code: u for u in block.units if u.planned}
    position = {r.code: i for i, r in enumerate(block.rooms)}
    for room in _free(block, today):
        if rng.random() >= SPREAD:
            continue
        donors = []
        for other in block.rooms:
            inside = today.get(other.code)
            if inside and sum(inside.values()) > 1:
                groups = [g for g in inside if g[0] in sharing]
                if groups:
                    donors.append((abs(position[other.code] - position[room.code]), other, groups))
        if not donors:
            break
        _, source, groups = min(donors, key=lambda d: (d[0], d[1].code))
        group = groups[-1]
        count = 1 if room.area < 2600 else 2
        count = min(count, today[source.code][group], sum(today[source.code].values()) - 1)
        today[source.code][group] -= count
        today[source.code] = +today[source.code]
        today[room.code] = Counter({group: count})


def _crowd(block: Block, world: World, rng: Random) -> None:
    """Some rooms hold one person more than their area bears."""
    today = world.today
    unit_of = {u.code: u for u in block.units}
    shared = [r for r in block.rooms if sum(today.get(r.code, Counter()).values()) > 1]
    for room in shared:
        if rng.random() >= CROWDED * 2:
            continue
        group = max(today[room.code])
        unit = unit_of.get(group[0])
        if unit is None or not unit.planned:
            continue
        for source in block.rooms:
            inside = today.get(source.code)
            if not inside or source.code == room.code or inside[group] == 0:
                continue
            inside[group] -= 1
            today[source.code] = +inside
            today[room.code][group] += 1
            total = sum(
                n * unit.limit(g[2]) for g, n in today[room.code].items() if g[0] == unit.code
            )
            if room.area < MIN_SHARE * total:
                break


def _hold(world: World, rng: Random) -> None:
    """Holders of rooms: occupants, hoarding neighbours, requests and business."""
    today = world.today
    for block in world.blocks:
        for unit, codes in block.request_rooms.items():
            for room in block.rooms:
                if room.code in codes:
                    room.allocated = unit
        planned = {u.code for u in block.units if u.planned}
        last = min(planned, default="")
        busy = {r.floor for r in block.rooms if today.get(r.code)}
        for room in block.rooms:
            inside = today.get(room.code)
            if room.code in world.business:
                room.allocated = world.business[room.code]
            elif inside:
                room.allocated = max(inside, key=lambda g: (inside[g], g))[0]
                last = room.allocated if room.allocated in planned else last
            elif inside is not None or _is_hoarded(room, busy, rng):
                room.allocated = last
            elif room.use == "service" and room.floor in busy and not room.allocated:
                if last and rng.random() < 0.15:
                    room.allocated = last
                elif rng.random() < 0.5:
                    room.features.add("common")
            if room.is_office and not inside:
                room.idle_reported = True
    for code in [code for code, inside in today.items() if not inside]:
        del today[code]


def _is_hoarded(room: RoomDraft, busy: set[str], rng: Random) -> bool:
    """Whether a neighbour holds an empty office on a floor in use."""
    return room.is_office and room.floor in busy and rng.random() < HOARDED
