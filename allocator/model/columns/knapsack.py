"""Seats, single rooms and free seats against the rooms of a building: most that can be saved.

One exact dynamic programme over the rooms of a floor set. Its state is the sum of standards of
people who share rooms, the single seats per standard and the seats left free; units are not told
apart, so what it finds is at least what any packing saves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd, prod
from typing import TypeAlias

import numpy as np

from allocator.domain import Room
from allocator.model.columns.case import Case, House, Seats, Unsuited
from allocator.model.columns.taking import Ints, Saved, take_rooms
from allocator.model.kinds import fills

Floor: TypeAlias = tuple[Ints, Ints, Ints, Ints, Saved]
NEVER = -(1 << 29)
"""Saved where the people do not fit; all that a building can save is less, in 32 bits."""
WORK = 3e-9
"""Core-seconds per state and room."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take a room: along which axis of the state, how far, and what it saves."""

    axis: int
    step: int
    saved: int


class Knapsack:
    """State axes common to all buildings, and the programme."""

    def __init__(self, case: Case) -> None:
        self.case = case
        every = [s for seats in case.seats for s in seats]
        self.shared = tuple(sorted({s.limit for s in every if not s.single}))
        self.single = tuple(sorted({s.limit for s in every if s.single}))
        self.step = max(1, gcd(*self.shared))
        self.takes = np.zeros((len(case.units), 1 + len(self.single)), dtype=np.int64)
        """State of each unit: steps of shared standards, single seats per standard."""
        for s in every:
            if s.single:
                self.takes[s.unit, 1 + self.single.index(s.limit)] += s.count
            else:
                self.takes[s.unit, 0] += s.count * s.limit // self.step
        self.work = 0.0
        """Core-seconds spent, about."""
        self.worth = case.cost("short") + case.cost("stranded")

    def homes(self, house: House) -> tuple[int, ...]:
        """Units whose people could keep rooms of a building."""
        if not self.case.cost("moved_building"):
            return ()
        today = self.case.today
        found = {s.unit for rs in house.rooms for r in rs for s, _ in today.get(r.code, {})}
        return tuple(sorted(found))

    def ways(self, room: Room, homes: tuple[int, ...]) -> list[Way]:
        """The ways to take a room where these units may keep their rooms; useless ones left out."""
        case, worth = self.case, self.worth * room.area
        near = case.cost("moved_building") * 100
        here: dict[Seats, int] = {}
        for (s, _), n in case.today.get(room.code, {}).items():
            if s.unit in homes:
                here[s] = here.get(s, 0) + n
        found = []
        for axis, limit in enumerate(self.single, start=1):
            if case.rule.fits(room.area, limit):
                stays = any(s.single and s.limit == limit for s in here)
                found.append(Way(axis, 1, worth + near * stays))
        sums: dict[int, int] = {}
        for way in fills(case.rule, room.area, self.shared) if self.shared else ():
            total = sum(n * s for n, s in zip(way, self.shared, strict=True)) // self.step
            sums[total] = max(sums.get(total, 0), sum(way))
        today: dict[int, int] = {}
        for s, n in here.items():
            if not s.single:
                today[s.unit] = today.get(s.unit, 0) + n
        most = max(today.values(), default=0)
        found += [Way(0, t, worth + near * min(people, most)) for t, people in sums.items()]
        return found

    def by_floors(
        self, house: House, homes: tuple[int, ...], top: tuple[int, ...]
    ) -> Iterator[tuple[int, Saved]]:
        """(floor set, table) for each floor set: most saved per state up to `top`.

        The last axis is the number of free seats, at least.
        """
        sizes, start, floors = self._begin(house, homes, top)
        place = {members: k for k, members in enumerate(house.sets)}
        always, order = house.sets[0], _order(house)
        self.work += self.effort(house, top)
        for floor in always:
            start = take_rooms(start, sizes, *floors[floor])
        for members, table in _extended(start, always, order, floors, sizes):
            yield place[members], table.reshape(sizes)

    def with_all_floors(self, house: House, top: tuple[int, ...]) -> Saved:
        """The table of all floors together, where nobody keeps a room."""
        sizes, table, floors = self._begin(house, (), top)
        for floor in floors:
            table = take_rooms(table, sizes, *floor)
        self.work += len(table) * sum(len(rooms) for rooms in house.rooms) * WORK
        return table.reshape(sizes)

    def effort(self, house: House, top: tuple[int, ...]) -> float:
        """Work of all floor sets of a building."""
        steps = sum(len(house.rooms[f]) for f in house.sets[0])
        steps += sum(len(house.rooms[f]) << k for k, f in enumerate(_order(house)))
        return steps * prod(n + 1 for n in top) * WORK

    def _begin(
        self, house: House, homes: tuple[int, ...], top: tuple[int, ...]
    ) -> tuple[Ints, Saved, list[Floor]]:
        """Sizes of the axes, the table without rooms, and the floors."""
        sizes = np.array([n + 1 for n in top], dtype=np.int64)
        start = np.full(int(sizes.prod()), NEVER, dtype=np.int32)
        start[0] = 0
        ways = [[self.ways(r, homes) for r in rooms] for rooms in house.rooms]
        if sum(max((w.saved for w in ws), default=0) for f in ways for ws in f) >= -NEVER:
            raise Unsuited("rates")
        floors = [self._floor(rooms, ws) for rooms, ws in zip(house.rooms, ways, strict=True)]
        return sizes, start, floors

    def _floor(self, rooms: tuple[Room, ...], ways: list[list[Way]]) -> Floor:
        """Free seats and ways of a floor's rooms, flat."""
        flat = [way for ws in ways for way in ws]
        first = np.cumsum([0, *(len(ws) for ws in ways)])
        return (
            np.array([r.area // self.case.low for r in rooms], dtype=np.int64),
            first.astype(np.int64),
            np.array([w.axis for w in flat], dtype=np.int64),
            np.array([w.step for w in flat], dtype=np.int64),
            np.array([w.saved for w in flat], dtype=np.int32),
        )


def _order(house: House) -> list[int]:
    """Floors that may open, the largest first, so that few tables are long in the making."""
    free = set(range(len(house.floors))) - {*house.sets[0]}
    return sorted(free, key=lambda f: (-len(house.rooms[f]), f))


def _extended(
    table: Saved,
    members: tuple[int, ...],
    order: list[int],
    floors: list[Floor],
    sizes: Ints,
) -> Iterator[tuple[tuple[int, ...], Saved]]:
    """Tables of all floor sets that hold some members and any of the floors in `order`."""
    if not order:
        yield members, table
        return
    yield from _extended(table, members, order[1:], floors, sizes)
    more = take_rooms(table, sizes, *floors[order[0]])
    inside = tuple(sorted((*members, order[0])))
    yield from _extended(more, inside, order[1:], floors, sizes)
