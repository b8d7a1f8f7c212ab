"""One building and its parties as compiled packing sees them, numbered from 0."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.model.anneal.jit import inner
from allocator.model.anneal.layout import (
    BARRED,
    FIRST_FLOOR,
    FIRST_PARTY,
    FIRST_ROOM,
    FIRST_TODAY,
    OVER,
    PARTY_COUNT,
    PARTY_LIMIT,
    PARTY_SINGLE,
    PARTY_SPECIAL,
    PARTY_UNIT,
    ROOM_AREA,
    ROOM_BITS,
    ROOM_OFFICE,
    ROOM_SEATS,
    TODAY_PARTY,
    TODAY_PEOPLE,
    TOLERANCE,
    UNDER,
    UNIT_BITS,
    Array,
    Data,
)

FREE = -1
CLOSED = -2
REQUEST = -3
"""Holder of a room given to request q: REQUEST - q."""
ROOMS, PARTIES, SEATS_FREE, SEATS_KEPT, LEFT_OVER, SERVICE_HELD, FIRST_HERE, ASKED = range(8)
MOST_PARTIES = 200
"""Most parties in a building; a set with more is not packed."""
MOST_ASKED = 64
"""Most requests that the choice of floors minds."""


class Work(NamedTuple):
    """One building with its rooms and parties numbered from 0, and the packing."""

    fit: Array
    """(room, party): LOW and HIGH, least and most people it may seat (low > high where unlawful);
    OWN, people there today."""
    room: Array
    """AREA, SEATS_IN, OFFICE_USE, ON_FLOOR, STAYING: people of any party there today; HOLDER:
    party, or FREE, CLOSED, a request; SEATED."""
    side: Array
    """Per party: PARTY, COUNT, SINGLE, LIMIT; LEAST, MOST: sums of LOW and HIGH over its rooms
    (single seats: LEAST, those seated)."""
    sizes: Array
    known: Array
    """What is known before packing, then who sits on each floor today."""
    trial: Array
    """Figures of the packing looked at."""
    masks: Array
    """Sets of floors to look at, as bits, and `guess`, about what they cost."""
    guess: Array
    asked: Array
    """Per request of the units, ASKED of them: bits of the floors with a room for it."""


MOST_FLOORS = 10
"""Floors whose every subset is looked at; beyond that the floors are taken from one end."""
FIGURES = 16
"""Figures of a building, see `building`."""
LOW, HIGH, OWN = range(3)
AREA, SEATS_IN, OFFICE_USE, ON_FLOOR, STAYING, HOLDER, SEATED = range(7)
PARTY, COUNT, SINGLE, LIMIT, LEAST, MOST = range(6)


def new_work(d: Data) -> Work:
    """Scratch for any building."""
    first = d.floor[d.building[:, FIRST_FLOOR], FIRST_ROOM]
    rooms = int(np.max(first[1:] - first[:-1], initial=1))
    parties = min(MOST_PARTIES, len(d.party))
    return Work(
        np.zeros((rooms, parties, 3), np.int64),
        np.zeros((rooms, 7), np.int64),
        np.zeros((parties, 6), np.int64),
        np.zeros(8, np.int64),
        np.zeros(FIGURES + 64),
        np.zeros(FIGURES),
        np.zeros(max(1 << MOST_FLOORS, 64 * 65 // 2), np.int64),
        np.zeros(max(1 << MOST_FLOORS, 64 * 65 // 2)),
        np.zeros(MOST_ASKED, np.int64),
    )


@inner
def load(d: Data, b: int, units: Array, n: int, w: Work) -> bool:
    """Tables of a building for the first n of `units`; False when there are too many parties."""
    count = 0
    for i in range(n):
        for p in range(d.unit[units[i], FIRST_PARTY], d.unit[units[i] + 1, FIRST_PARTY]):
            if count == w.side.shape[0]:
                return False
            w.side[count, PARTY] = p
            w.side[count, COUNT] = d.party[p, PARTY_COUNT]
            w.side[count, SINGLE] = d.party[p, PARTY_SINGLE]
            w.side[count, LIMIT] = d.party[p, PARTY_LIMIT]
            count += 1
    w.sizes[PARTIES] = count
    f0, f1 = d.building[b, FIRST_FLOOR], d.building[b + 1, FIRST_FLOOR]
    r0 = d.floor[f0, FIRST_ROOM]
    w.sizes[FIRST_HERE] = r0
    w.sizes[ROOMS] = d.floor[f1, FIRST_ROOM] - r0
    for f in range(f0, f1):
        for r in range(d.floor[f, FIRST_ROOM], d.floor[f + 1, FIRST_ROOM]):
            j = r - r0
            w.room[j, AREA] = d.room[r, ROOM_AREA]
            w.room[j, SEATS_IN] = d.room[r, ROOM_SEATS]
            w.room[j, OFFICE_USE] = d.room[r, ROOM_OFFICE]
            w.room[j, ON_FLOOR] = f - f0
            w.room[j, STAYING] = 0
            for k in range(count):
                w.fit[j, k, OWN] = 0
                p = w.side[k, PARTY]
                u = d.party[p, PARTY_UNIT]
                w.fit[j, k, LOW] = 1
                w.fit[j, k, HIGH] = 0
                if (
                    d.room[r, ROOM_OFFICE] == 0
                    or (d.unit[u, UNIT_BITS] & d.room[r, ROOM_BITS]) != d.unit[u, UNIT_BITS]
                    or d.unit_floor[u, f] == BARRED
                    or (
                        d.party[p, PARTY_SPECIAL] >= 0
                        and d.special[d.party[p, PARTY_SPECIAL], r] == 0
                    )
                ):
                    continue
                over = d.room[r, ROOM_AREA] - d.policy[TOLERANCE]
                low = max(1, -(-over // w.side[k, LIMIT]))
                high = (d.room[r, ROOM_AREA] * d.policy[UNDER]) // (
                    d.policy[OVER] * w.side[k, LIMIT]
                )
                if w.side[k, SINGLE] == 1:
                    high = min(high, 1)
                if low <= high:
                    w.fit[j, k, LOW] = low
                    w.fit[j, k, HIGH] = high
            for i in range(d.room[r, FIRST_TODAY], d.room[r + 1, FIRST_TODAY]):
                for k in range(count):
                    if w.side[k, PARTY] == d.today[i, TODAY_PARTY]:
                        w.fit[j, k, OWN] = d.today[i, TODAY_PEOPLE]
                        w.room[j, STAYING] += d.today[i, TODAY_PEOPLE]
    return True
