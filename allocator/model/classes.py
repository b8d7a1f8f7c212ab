"""Room classes: rooms of a floor that are alike for the units in question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from allocator.domain import Room
from allocator.model.kinds import Kind
from allocator.problem import Problem


@dataclass(frozen=True, slots=True)
class RoomClass:
    """Interchangeable rooms: same floor, use, area, permits and people today per kind."""

    floor: str
    use: str
    area: int
    rooms: tuple[str, ...]
    kinds: tuple[int, ...]
    """Indices of the kinds that may sit here."""
    requests: tuple[int, ...]
    """Indices of the requests these rooms may serve."""
    today: tuple[tuple[int, int], ...]
    """(kind index, people today in each room)."""


def room_classes(
    problem: Problem, rooms: Iterable[Room], kinds: tuple[Kind, ...]
) -> tuple[RoomClass, ...]:
    """Group rooms into classes, in order of floor, position and code."""
    today: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for index, kind in enumerate(kinds):
        for group in kind.groups:
            for code, people in problem.today_people.get(group, {}).items():
                today[code][index] += people
    pinned = {p.place for pins in problem.pins_of.values() for p in pins if p.kind == "room"}
    unruled = {room for room, _ in problem.registered_exceptions}
    units = {k.unit for k in kinds}
    requests = [(i, q) for i, q in enumerate(problem.scenario.ledger.requests) if q.unit in units]
    found: dict[_Key, list[str]] = defaultdict(list)
    for room in rooms:
        may: tuple[int, ...] = ()
        if room.use == "office":
            may = tuple(i for i, k in enumerate(kinds) if _may_sit(problem, k, room))
        serves = tuple(
            i
            for i, q in requests
            if q.use == room.use
            and q.area_min <= room.area <= q.area_max
            and problem.permitted(q.unit, room, q.features)
        )
        special = room.code if room.code in pinned or room.code in unruled else ""
        inside = tuple(sorted(today[room.code].items()))
        key = _Key(room.floor, room.use, room.area, may, serves, inside, special)
        found[key].append(room.code)
    return tuple(
        RoomClass(k.floor, k.use, k.area, tuple(codes), k.kinds, k.requests, k.today)
        for k, codes in found.items()
    )


class _Key(NamedTuple):
    floor: str
    use: str
    area: int
    kinds: tuple[int, ...]
    requests: tuple[int, ...]
    today: tuple[tuple[int, int], ...]
    special: str


def _may_sit(problem: Problem, kind: Kind, room: Room) -> bool:
    return problem.permitted(kind.unit, room) and problem.group_permitted(kind.groups[0], room)
