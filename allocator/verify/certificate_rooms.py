"""What the offices of one building may lawfully hold, as a certificate's checker counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

import numpy as np
import numpy.typing as npt

from allocator.domain import Room
from allocator.verify.certificate_estate import Estate, Party

Whole = npt.NDArray[np.int64]
HIGH = 1 << 60
"""More than any area or cost."""


class Rooms:
    """What the offices of one building may lawfully hold."""

    def __init__(self, estate: Estate, rooms: list[Room]) -> None:
        self.estate = estate
        self.most: dict[str, int] = {}
        self.single: dict[str, bool] = {}
        self.takes: dict[str, int] = {}
        """Least standards whose people may hold the room."""
        for room in rooms:
            self._room(room)
        low = estate.world.lowest_limit
        dense = [Fraction(r.area, r.area // low) for r in rooms if self.usable(r) and r.area >= low]
        self.density = min(dense, default=Fraction(low))
        self.densest = sorted(
            (r for r in rooms if self.usable(r)),
            key=lambda r: Fraction(-r.area, self.takes[r.code]),
        )
        self.least = {
            limit: min((self.most[r.code] for r in rooms if self._alone(r, limit)), default=0)
            for limit in estate.alone_limits
        }

    def _alone(self, room: Room, limit: int) -> bool:
        return self.estate.world.policy.min_share * limit <= room.area <= limit

    def _room(self, room: Room) -> None:
        world = self.estate.world
        most = floor(Fraction(room.area) / world.policy.min_share)
        sums = [s for s in self._sums(most) if s >= room.area]
        alone = [s for s in self.estate.alone_limits if self._alone(room, s)]
        asked = [
            room.area
            for q in world.scenario.ledger.requests
            if q.use == "office" and q.area_min <= room.area <= q.area_max
        ]
        self.most[room.code] = max(sums, default=0)
        self.single[room.code] = bool(alone)
        if sums or alone or asked:
            self.takes[room.code] = min([*sums, *alone, *asked])

    def _sums(self, most: int) -> list[int]:
        """Every sum of shared standards up to `most`."""
        found = {0}
        for limit in self.estate.shared_limits:
            for start in list(found):
                found.update(range(start + limit, most + 1, limit))
        return sorted(found - {0})

    def usable(self, room: Room) -> bool:
        """Whether people, or a request, may lawfully have the room."""
        return room.code in self.takes

    def weight(self, party: Party) -> int:
        """Seats of a unit in steps; a single seat takes the least that a fitting room offers."""
        return (party.shared + sum(self.least[s] for s in party.alone)) // self.estate.step

    def free(self, offices: Sequence[Room], top: int, worth: Mapping[str, int]) -> Whole:
        """Least worth of rooms left free with at least 0, 1, 2, ... seats; useless rooms are."""
        low = self.estate.world.lowest_limit
        best = nothing(top)
        seats = np.arange(top + 1)
        for room in offices:
            left = np.minimum(
                HIGH, best[np.maximum(0, seats - room.area // low)] + worth[room.code]
            )
            best = np.minimum(best, left) if self.usable(room) else left
        return best

    def held(self, floors: frozenset[str]) -> tuple[tuple[int, int], ...]:
        """Running (standards, area), rooms with most area for their standards first."""
        running = [(0, 0)]
        for room in self.densest:
            if room.floor in floors:
                taken, area = running[-1]
                running.append((taken + self.takes[room.code], area + room.area))
        return tuple(running)


def nothing(top: int) -> Whole:
    """Worth of no rooms, for at least 0, 1, 2, ... seats."""
    best = np.full(top + 1, HIGH, dtype=np.int64)
    best[0] = 0
    return best


def together(a: Whole, b: Whole) -> Whole:
    """Least worth of two floors' free rooms, for at least 0, 1, 2, ... seats."""
    best = nothing(len(a) - 1)
    for first, worth in enumerate(a):
        sums = np.minimum(HIGH, worth + b[: len(a) - first])
        best[first:] = np.minimum(best[first:], sums) if first else sums
    return best


class Free:
    """Least worth of a building's free rooms, worked out once per floor and set of floors."""

    def __init__(
        self,
        facts: Rooms,
        offices: Mapping[str, Sequence[Room]],
        top: int,
        worth: Mapping[str, int],
    ) -> None:
        self.floor = {f: facts.free(rooms, top, worth) for f, rooms in offices.items()}
        self.known: dict[tuple[str, ...], Whole] = {(): nothing(top)}

    def of(self, floors: tuple[str, ...]) -> Whole:
        """For at least 0, 1, 2, ... seats on these floors."""
        if floors not in self.known:
            self.known[floors] = together(self.of(floors[:-1]), self.floor[floors[-1]])
        return self.known[floors]
