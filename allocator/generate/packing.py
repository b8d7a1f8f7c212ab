"""Lawful seats for the units of one building: the plan that history starts from.

It is also the proof that every site can lawfully seat its own units: rooms are added until it
exists.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from allocator.generate.drafts import RoomDraft, Seats, UnitDraft
from allocator.generate.figures import highest_sum_short

Person = tuple[str, str]
"""Division and grade."""


@dataclass(slots=True)
class Packed:
    """Seats found, and the areas of rooms that would have to be added."""

    seats: Seats = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)


def pack(units: list[UnitDraft], rooms: list[RoomDraft], skipped: set[str]) -> Packed:
    """Seat all posts of the units in corridor order; `skipped` rooms are used last."""
    packed = Packed()
    offices = [r for r in rooms if r.is_office]
    free = [r for r in offices if r.code not in skipped]
    free += [r for r in offices if r.code in skipped]
    for unit in units:
        _seat_leaders(unit, free, packed)
        _seat_others(unit, free, packed)
    return packed


def _seat_leaders(unit: UnitDraft, free: list[RoomDraft], packed: Packed) -> None:
    for (division, grade), count in sorted(unit.posts.items(), key=lambda x: -unit.limit(x[0][1])):
        if not unit.leads(grade):
            continue
        limit = unit.limit(grade)
        for _ in range(count):
            room = next(
                (r for r in free if r.area <= limit <= highest_sum_short(r.area)),
                None,
            )
            if room is None:
                packed.missing.append(limit * 5 // 6)
                continue
            free.remove(room)
            packed.seats[room.code] = Counter({(unit.code, division, grade): 1})


def _queue(unit: UnitDraft) -> list[Person]:
    order = {code: index for index, (code, _) in enumerate(unit.divisions)}
    people: list[Person] = []
    for (division, grade), count in sorted(
        unit.posts.items(), key=lambda x: (order.get(x[0][0], -1), -unit.limit(x[0][1]), x[0][1])
    ):
        if not unit.leads(grade):
            people += [(division, grade)] * count
    return people


def _seat_others(unit: UnitDraft, free: list[RoomDraft], packed: Packed) -> None:
    queue = _queue(unit)
    used: list[RoomDraft] = []
    for room in list(free):
        if not queue:
            break
        inside = _fill(unit, room.area, queue)
        if inside:
            free.remove(room)
            used.append(room)
            _place(unit, room, inside, packed.seats)
    for person in list(queue):
        joined = next((r for r in used if _can_join(unit, r, person, packed.seats)), None)
        if joined is not None:
            packed.seats[joined.code][unit.code, *person] += 1
            queue.remove(person)
    while queue:
        rest = [queue.pop(0)]
        while queue and sum(unit.limit(g) for _, g in [*rest, queue[0]]) <= 2700:
            rest.append(queue.pop(0))
        packed.missing.append(sum(unit.limit(g) for _, g in rest))


def _fill(unit: UnitDraft, area: int, queue: list[Person]) -> list[Person]:
    """The next people who together reach the room's area without passing its limit."""
    most = highest_sum_short(area)
    total, taken = 0, []
    for index, (_, grade) in enumerate(queue):
        limit = unit.limit(grade)
        if total + limit <= most:
            total += limit
            taken.append(index)
        if total >= area:
            break
    if total < area:
        return []
    inside = [queue[i] for i in taken]
    for index in reversed(taken):
        del queue[index]
    return inside


def _place(unit: UnitDraft, room: RoomDraft, people: list[Person], seats: Seats) -> None:
    seats[room.code] = Counter((unit.code, division, grade) for division, grade in people)


def _can_join(unit: UnitDraft, room: RoomDraft, person: Person, seats: Seats) -> bool:
    total = sum(n * unit.limit(g) for (_, _, g), n in seats[room.code].items())
    return total + unit.limit(person[1]) <= highest_sum_short(room.area)
