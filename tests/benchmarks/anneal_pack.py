"""Compiled greedy packing of one building; no Python objects inside."""

from __future__ import annotations

import numpy as np
from numba import njit

from tests.benchmarks.anneal_data import Array, Data

LEFT, SHORT, HIDDEN, OFFICE, SERVICE, SEATS, PEOPLE, STAY, ENTITLED, WANTED, HELD = range(11)
RESULTS = 11
"""Per building: posts left, areas unheld on floors in use, seats there, people, stays, service."""
MOST_BORROWED = 64


@njit(cache=True, nogil=True)
def take(r: int, u: int, f: int, counts: Array, total: int, s: Array, fill: Array) -> None:
    """Give a room to a unit. `s` rows: holder, sum of standards per room; open per floor."""
    s[0, r] = u
    s[1, r] = total
    s[2, f] = 1
    for j in range(counts.size):
        fill[r, j] = counts[j]


@njit(cache=True, nogil=True)
def usable(d: Data, u: int, f: int, r: int, s: Array) -> bool:
    """Whether the unit may put people into the free room."""
    return (
        s[0, r] < 0
        and d.room_office[r] == 1
        and (d.unit_needs[u] & d.room_features[r]) == d.unit_needs[u]
    )


@njit(cache=True, nogil=True)
def seat_alone(d: Data, u: int, order: Array, left: Array, s: Array, fill: Array) -> None:
    """Leaders: the own room of today first, floors in use first, then the order of floors."""
    counts = np.zeros(left.size, np.int64)
    for j in range(d.unit_kinds[u + 1] - d.unit_kinds[u]):
        k = d.unit_kinds[u] + j
        if d.kind_single[k] == 0:
            continue
        limit = d.kind_limit[k]
        while left[j] > 0:
            found = -1
            found_floor = -1
            for turn in range(4):
                for f in order:
                    if d.may_floor[u, f] == 0 or (s[2, f] == 1) == (turn >= 2):
                        continue
                    for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                        if (
                            usable(d, u, f, r, s)
                            and d.room_low[r] <= limit <= d.room_high[r]
                            and (d.room_holder[r] == u) == (turn % 2 == 0)
                        ):
                            found, found_floor = r, f
                            break
                    if found >= 0:
                        break
                if found >= 0:
                    break
            if found < 0:
                break
            counts[:] = 0
            counts[j] = 1
            take(found, u, found_floor, counts, limit, s, fill)
            left[j] -= 1


@njit(cache=True, nogil=True)
def seat_together(d: Data, u: int, order: Array, left: Array, s: Array, fill: Array) -> None:
    """Rooms as full as the rule allows, floors in use first, own rooms of a floor first."""
    counts = np.zeros(left.size, np.int64)
    k0 = d.unit_kinds[u]
    size = d.unit_kinds[u + 1] - k0
    waiting = 0
    for j in range(size):
        if d.kind_single[k0 + j] == 0:
            waiting += left[j]
    for turn in range(2):
        for f in order:
            if waiting == 0:
                return
            if d.may_floor[u, f] == 0 or (turn == 0 and s[2, f] == 0):
                continue
            for own in range(2):
                for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                    if not usable(d, u, f, r, s) or (d.room_holder[r] == u) != (own == 0):
                        continue
                    total = 0
                    taken = 0
                    counts[:] = 0
                    for j in range(size):
                        if d.kind_single[k0 + j] == 1:
                            continue
                        n = min(left[j], (d.room_high[r] - total) // d.kind_limit[k0 + j])
                        counts[j] = n
                        taken += n
                        total += n * d.kind_limit[k0 + j]
                    if taken == 0 or total < d.room_low[r]:
                        continue
                    take(r, u, f, counts, total, s, fill)
                    waiting -= taken
                    for j in range(size):
                        left[j] -= counts[j]


@njit(cache=True, nogil=True)
def join(d: Data, u: int, order: Array, left: Array, s: Array, fill: Array) -> None:
    """People left over into rooms of the unit that are not full."""
    k0 = d.unit_kinds[u]
    for j in range(d.unit_kinds[u + 1] - k0):
        limit = d.kind_limit[k0 + j]
        if d.kind_single[k0 + j] == 1 or left[j] == 0:
            continue
        for f in order:
            for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                if s[0, r] != u or d.room_office[r] == 0 or not shares(d, u, r, fill):
                    continue
                while left[j] > 0 and s[1, r] + limit <= d.room_high[r]:
                    fill[r, j] += 1
                    s[1, r] += limit
                    left[j] -= 1


@njit(cache=True, nogil=True)
def shares(d: Data, u: int, r: int, fill: Array) -> bool:
    """Whether people of kinds that may share sit in the room."""
    k0 = d.unit_kinds[u]
    for j in range(d.unit_kinds[u + 1] - k0):
        if fill[r, j] > 0:
            return d.kind_single[k0 + j] == 0
    return False


@njit(cache=True, nogil=True)
def spread(
    d: Data, u: int, order: Array, room: int, floor: int, left: Array, s: Array, fill: Array
) -> bool:
    """Open one room for the people left and others from rooms that are more than full."""
    k0 = d.unit_kinds[u]
    size = d.unit_kinds[u + 1] - k0
    total = 0
    counts = np.zeros(left.size, np.int64)
    for j in range(size):
        if d.kind_single[k0 + j] == 0:
            counts[j] = left[j]
            total += left[j] * d.kind_limit[k0 + j]
    if total > d.room_high[room]:
        return False
    gave = np.empty((MOST_BORROWED, 2), np.int64)
    given = 0
    for f in order:
        for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
            if s[0, r] != u or d.room_office[r] == 0 or not shares(d, u, r, fill):
                continue
            for j in range(size):
                limit = d.kind_limit[k0 + j]
                while (
                    total < d.room_low[room]
                    and given < MOST_BORROWED
                    and fill[r, j] > 0
                    and total + limit <= d.room_high[room]
                    and s[1, r] - limit >= d.room_low[r]
                ):
                    fill[r, j] -= 1
                    s[1, r] -= limit
                    counts[j] += 1
                    total += limit
                    gave[given, 0] = r
                    gave[given, 1] = j
                    given += 1
        if total >= d.room_low[room]:
            break
    if total == 0 or total < d.room_low[room]:
        for i in range(given):
            fill[gave[i, 0], gave[i, 1]] += 1
            s[1, gave[i, 0]] += d.kind_limit[k0 + gave[i, 1]]
        return False
    take(room, u, floor, counts, total, s, fill)
    for j in range(size):
        if d.kind_single[k0 + j] == 0:
            left[j] = 0
    return True


@njit(cache=True, nogil=True)
def requests(d: Data, u: int, order: Array, s: Array, fill: Array) -> tuple[int, int]:
    """Rooms for the unit's requests, floors in use first: (missing, service area held)."""
    missing = 0
    held = 0
    counts = np.zeros(fill.shape[1], np.int64)
    for q in range(d.request_first[u], d.request_first[u + 1]):
        done = False
        for turn in range(2):
            for f in order:
                if done or d.may_floor[u, f] == 0 or (s[2, f] == 1) == (turn == 1):
                    continue
                for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                    if (
                        s[0, r] < 0
                        and d.room_office[r] == d.request_use[q]
                        and d.request_low[q] <= d.room_area[r] <= d.request_high[q]
                        and (d.request_needs[q] & d.room_features[r]) == d.request_needs[q]
                    ):
                        take(r, u, f, counts, d.room_area[r], s, fill)
                        if d.room_office[r] == 0:
                            held += d.room_area[r]
                        done = True
                        break
        if not done:
            missing += 1
    return missing, held


@njit(cache=True, nogil=True)
def pack(
    d: Data, b: int, units: Array, n: int, order: Array, s: Array, fill: Array, out: Array
) -> None:
    """Seat the first n of `units` in a building, floors in this order; figures into `out`."""
    out[:] = 0
    for f in order:
        s[2, f] = d.floor_always[f]
        for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
            s[0, r] = -1
            s[1, r] = 0
            for j in range(fill.shape[1]):
                fill[r, j] = 0
    left = np.zeros(fill.shape[1], np.int64)
    for i in range(n):
        u = units[i]
        k0 = d.unit_kinds[u]
        size = d.unit_kinds[u + 1] - k0
        for j in range(size):
            left[j] = d.kind_count[k0 + j]
        seat_alone(d, u, order, left, s, fill)
        seat_together(d, u, order, left, s, fill)
        waiting = 0
        for j in range(size):
            if d.kind_single[k0 + j] == 0:
                waiting += left[j]
        if waiting > 0:
            join(d, u, order, left, s, fill)
            waiting = 0
            for j in range(size):
                if d.kind_single[k0 + j] == 0:
                    waiting += left[j]
        if waiting > 0:
            last_room(d, u, order, left, s, fill)
        missing, held = requests(d, u, order, s, fill)
        out[LEFT] += missing
        rest = 0
        for j in range(size):
            rest += left[j]
        out[LEFT] += rest
        out[PEOPLE] += d.unit_people[u] - rest
        if rest < d.unit_people[u]:
            out[ENTITLED] += d.entitled[u]
            out[WANTED] += max(0, d.entitled[u] - held)
        out[HELD] += held
    ease(d, units, n, order, s, fill, left, out)
    count(d, order, s, fill, out)


@njit(cache=True, nogil=True)
def last_room(d: Data, u: int, order: Array, left: Array, s: Array, fill: Array) -> None:
    """One more room for people left over, on a floor in use if any will do."""
    for turn in range(2):
        for f in order:
            if d.may_floor[u, f] == 0 or (s[2, f] == 1) == (turn == 1):
                continue
            for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                if usable(d, u, f, r, s) and spread(d, u, order, r, f, left, s, fill):
                    return


@njit(cache=True, nogil=True)
def ease(
    d: Data, units: Array, n: int, order: Array, s: Array, fill: Array, left: Array, out: Array
) -> None:
    """Use rooms of floors in use that stand empty, as far as the reserve lets them go."""
    left[:] = 0
    need = np.ceil(d.scalars[0] * out[PEOPLE] - 1e-9)
    seats = 0
    for f in order:
        if s[2, f] == 1:
            for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
                if s[0, r] < 0 and d.room_office[r] == 1:
                    seats += d.room_seats[r]
    for f in order:
        if s[2, f] == 0:
            continue
        for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
            if s[0, r] >= 0 or d.room_office[r] == 0 or seats - d.room_seats[r] < need:
                continue
            for i in range(n):
                u = units[i]
                if d.may_floor[u, f] == 0 or not usable(d, u, f, r, s):
                    continue
                if spread(d, u, order, r, f, left, s, fill):
                    seats -= d.room_seats[r]
                    break


@njit(cache=True, nogil=True)
def count(d: Data, order: Array, s: Array, fill: Array, out: Array) -> None:
    """Areas, seats and stays of the packed building."""
    for f in order:
        if s[2, f] == 0:
            continue
        for r in range(d.floor_rooms[f], d.floor_rooms[f + 1]):
            u = s[0, r]
            if u < 0:
                if d.room_office[r] == 1:
                    out[OFFICE] += d.room_area[r]
                    out[SEATS] += d.room_seats[r]
                else:
                    out[SERVICE] += d.room_area[r]
                continue
            if d.room_office[r] == 0:
                continue
            out[SHORT] += max(0, s[1, r] - d.room_area[r])
            out[HIDDEN] += max(0, d.room_area[r] - s[1, r])
            if d.room_holder[r] == u:
                for j in range(fill.shape[1]):
                    out[STAY] += min(fill[r, j], d.room_today[r, j])
