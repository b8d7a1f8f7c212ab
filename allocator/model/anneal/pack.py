"""Compiled packing of one building with given floors in use: rooms to parties, people to rooms.

A party is the people of one unit and standard: each alone, or sharing rooms among themselves.
A shared room seats between `low` and `high` of them, so a party with some rooms fits whenever its
number lies between the sums; people are only spread over the rooms at the end.
"""

from __future__ import annotations

from allocator.model.anneal.exchange import exchange, hold, pass_on, release, swap
from allocator.model.anneal.jit import inner
from allocator.model.anneal.layout import (
    BARRED,
    FIRST_FLOOR,
    FIRST_REQUEST,
    LOWEST,
    PER,
    REQUEST_BITS,
    REQUEST_HIGH,
    REQUEST_LOW,
    REQUEST_OFFICE,
    RESERVE,
    ROOM_BITS,
    Array,
    Data,
)
from allocator.model.anneal.local import (
    AREA,
    CLOSED,
    COUNT,
    FIRST_HERE,
    FREE,
    HIGH,
    HOLDER,
    LEAST,
    LEFT_OVER,
    LOW,
    MOST,
    OFFICE_USE,
    ON_FLOOR,
    OWN,
    PARTIES,
    REQUEST,
    ROOMS,
    SEATED,
    SEATS_FREE,
    SEATS_IN,
    SEATS_KEPT,
    SERVICE_HELD,
    SINGLE,
    STAYING,
    Work,
)

ROUNDS = 6
"""Most rounds of filling and exchanging rooms."""


@inner
def open_rooms(d: Data, mask: int, people: int, w: Work) -> None:
    """All rooms of the floors in use are free."""
    w.sizes[SEATS_KEPT] = -(-people * d.policy[RESERVE] // d.policy[PER])
    w.sizes[LEFT_OVER] = 0
    w.sizes[SERVICE_HELD] = 0
    seats = 0
    for j in range(w.sizes[ROOMS]):
        w.room[j, SEATED] = 0
        w.room[j, HOLDER] = FREE if (mask >> w.room[j, ON_FLOOR]) & 1 else CLOSED
        if w.room[j, HOLDER] == FREE and w.room[j, OFFICE_USE] == 1:
            seats += w.room[j, SEATS_IN]
    w.sizes[SEATS_FREE] = seats
    for k in range(w.sizes[PARTIES]):
        w.side[k, LEAST] = 0
        w.side[k, MOST] = 0


@inner
def give_requests(d: Data, b: int, units: Array, n: int, w: Work) -> None:
    """The smallest room that serves each request."""
    r0 = w.sizes[FIRST_HERE]
    for i in range(n):
        u = units[i]
        for q in range(d.unit[u, FIRST_REQUEST], d.unit[u + 1, FIRST_REQUEST]):
            best = -1
            for j in range(w.sizes[ROOMS]):
                if (
                    w.room[j, HOLDER] == FREE
                    and w.room[j, OFFICE_USE] == d.request[q, REQUEST_OFFICE]
                    and d.request[q, REQUEST_LOW] <= w.room[j, AREA] <= d.request[q, REQUEST_HIGH]
                    and (d.request[q, REQUEST_BITS] & d.room[r0 + j, ROOM_BITS])
                    == d.request[q, REQUEST_BITS]
                    and d.unit_floor[u, d.building[b, FIRST_FLOOR] + w.room[j, ON_FLOOR]] != BARRED
                    and (best < 0 or w.room[j, AREA] < w.room[best, AREA])
                ):
                    best = j
            if best < 0:
                w.sizes[LEFT_OVER] += 1
                continue
            w.room[best, HOLDER] = REQUEST - q
            if w.room[best, OFFICE_USE] == 0:
                w.sizes[SERVICE_HELD] += w.room[best, AREA]
            else:
                w.sizes[SEATS_FREE] -= w.room[best, SEATS_IN]


@inner
def seat_alone(w: Work, own: bool, small: bool) -> None:
    """Single seats: the rooms of today first, then rooms that cost others fewest stays."""
    for k in range(w.sizes[PARTIES]):
        if w.side[k, SINGLE] == 0:
            continue
        while w.side[k, LEAST] < w.side[k, COUNT]:
            best = -1
            best_score = 1 << 60
            for j in range(w.sizes[ROOMS]):
                if (
                    w.room[j, HOLDER] != FREE
                    or w.fit[j, k, HIGH] == 0
                    or (own and w.fit[j, k, OWN] == 0)
                ):
                    continue
                score = (w.room[j, AREA] if small else -w.room[j, AREA]) + 300 * w.room[j, STAYING]
                if score < best_score:
                    best, best_score = j, score
            if best < 0:
                break
            w.room[best, HOLDER] = k
            w.room[best, SEATED] = 1
            w.sizes[SEATS_FREE] -= w.room[best, SEATS_IN]
            w.side[k, LEAST] += 1
        if not own:
            w.sizes[LEFT_OVER] += w.side[k, COUNT] - w.side[k, LEAST]


@inner
def keep_own(w: Work) -> None:
    """Parties that share keep their rooms of today as long as they can fill them."""
    for k in range(w.sizes[PARTIES]):
        if w.side[k, SINGLE] == 1:
            continue
        for j in range(w.sizes[ROOMS]):
            if (
                w.room[j, HOLDER] == FREE
                and w.fit[j, k, OWN] > 0
                and w.fit[j, k, HIGH] > 0
                and w.side[k, LEAST] + w.fit[j, k, LOW] <= w.side[k, COUNT]
            ):
                hold(j, k, w)


@inner
def seat_shared(w: Work) -> None:
    """Enough rooms for every party that shares: free ones, then spare ones of others."""
    for k in range(w.sizes[PARTIES]):
        while w.side[k, SINGLE] == 0 and w.side[k, MOST] < w.side[k, COUNT]:
            best = -1
            best_score = -(1 << 60)
            for j in range(w.sizes[ROOMS]):
                if w.room[j, HOLDER] != FREE or w.fit[j, k, HIGH] == 0:
                    continue
                if w.side[k, LEAST] + w.fit[j, k, LOW] > w.side[k, COUNT]:
                    continue
                lack = w.side[k, COUNT] - w.side[k, MOST]
                score = (
                    min(lack, w.fit[j, k, HIGH]) * 1000
                    - w.room[j, AREA] // 10
                    - 30 * w.room[j, STAYING]
                )
                if score > best_score:
                    best, best_score = j, score
            if best < 0:
                break
            hold(best, k, w)
    for k in range(w.sizes[PARTIES]):
        if w.side[k, SINGLE] == 1:
            continue
        while w.side[k, MOST] < w.side[k, COUNT]:
            best = spare_room(k, w)
            if best < 0:
                break
            release(best, w)
            hold(best, k, w)
        w.sizes[LEFT_OVER] += max(0, w.side[k, COUNT] - w.side[k, MOST])


@inner
def spare_room(k: int, w: Work) -> int:
    """A room of a party with seats to spare, for party k that lacks them."""
    best = -1
    best_score = -(1 << 60)
    for j in range(w.sizes[ROOMS]):
        q = w.room[j, HOLDER]
        if q < 0 or q == k or w.side[q, SINGLE] == 1 or w.fit[j, k, HIGH] == 0:
            continue
        if (
            w.side[q, MOST] - w.fit[j, q, HIGH] < w.side[q, COUNT]
            or w.side[k, LEAST] + w.fit[j, k, LOW] > w.side[k, COUNT]
        ):
            continue
        score = (
            min(w.side[k, COUNT] - w.side[k, MOST], w.fit[j, k, HIGH]) * 100
            - 100 * w.fit[j, q, OWN]
        )
        if score > best_score:
            best, best_score = j, score
    return best


@inner
def keep_reserve(d: Data, w: Work) -> None:
    """Free rooms of parties with seats to spare until the reserve is kept."""
    while w.sizes[SEATS_FREE] < w.sizes[SEATS_KEPT]:
        best = -1
        best_score = 1 << 60
        lack = w.sizes[SEATS_KEPT] - w.sizes[SEATS_FREE]
        for j in range(w.sizes[ROOMS]):
            k = w.room[j, HOLDER]
            if k < 0 or w.side[k, SINGLE] == 1 or w.room[j, SEATS_IN] == 0:
                continue
            if w.side[k, MOST] - w.fit[j, k, HIGH] < w.side[k, COUNT]:
                continue
            waste = w.room[j, AREA] - min(lack, w.room[j, SEATS_IN]) * d.policy[LOWEST]
            score = waste + 100 * w.fit[j, k, OWN]
            if score < best_score:
                best, best_score = j, score
        if best < 0:
            return
        release(best, w)


@inner
def fill(w: Work) -> None:
    """Rooms that stand free beyond the reserve, to parties that can fill them."""
    while True:
        best = -1
        best_party = -1
        best_score = -1
        for j in range(w.sizes[ROOMS]):
            if w.room[j, HOLDER] != FREE or w.room[j, OFFICE_USE] == 0:
                continue
            if w.sizes[SEATS_FREE] - w.room[j, SEATS_IN] < w.sizes[SEATS_KEPT]:
                continue
            for k in range(w.sizes[PARTIES]):
                if (
                    w.side[k, SINGLE] == 1
                    or w.fit[j, k, HIGH] == 0
                    or w.side[k, MOST] < w.side[k, COUNT]
                ):
                    continue
                spare = w.side[k, COUNT] - w.side[k, LEAST] - w.fit[j, k, LOW]
                if spare < 0:
                    continue
                score = w.room[j, AREA] * 100 + 1000 * w.fit[j, k, OWN] + min(spare, 90)
                if score > best_score:
                    best, best_party, best_score = j, k, score
        if best < 0:
            return
        hold(best, best_party, w)


@inner
def spread(w: Work) -> None:
    """People of each party over its shared rooms, as many as today where that is lawful."""
    for k in range(w.sizes[PARTIES]):
        if w.side[k, SINGLE] == 0:
            w.side[k, LEAST] = 0  # from here on: people seated
    for j in range(w.sizes[ROOMS]):
        k = w.room[j, HOLDER]
        if k >= 0 and w.side[k, SINGLE] == 0:
            w.room[j, SEATED] = min(max(w.fit[j, k, OWN], w.fit[j, k, LOW]), w.fit[j, k, HIGH])
            w.side[k, LEAST] += w.room[j, SEATED]
    for j in range(w.sizes[ROOMS]):
        k = w.room[j, HOLDER]
        if k >= 0 and w.side[k, SINGLE] == 0:
            change = min(w.side[k, COUNT], w.side[k, MOST]) - w.side[k, LEAST]
            people = max(w.fit[j, k, LOW], min(w.fit[j, k, HIGH], w.room[j, SEATED] + change))
            w.side[k, LEAST] += people - w.room[j, SEATED]
            w.room[j, SEATED] = people


@inner
def pack(d: Data, b: int, mask: int, units: Array, n: int, w: Work, variant: int) -> None:
    """Seat the loaded units on the floors that `mask` names.

    Single seats into small rooms in variants 1 and 3; rooms of today come first in 0 and 1.
    """
    small = variant % 2 == 1
    people = 0
    for k in range(w.sizes[PARTIES]):
        people += w.side[k, COUNT]
    open_rooms(d, mask, people, w)
    give_requests(d, b, units, n, w)
    if variant < 2:
        seat_alone(w, True, small)
    seat_alone(w, False, small)
    if variant < 2:
        keep_own(w)
    seat_shared(w)
    keep_reserve(d, w)
    for _ in range(ROUNDS):
        fill(w)
        changed = exchange(w)
        if not (pass_on(w) or swap(w) or changed):
            break
    spread(w)
