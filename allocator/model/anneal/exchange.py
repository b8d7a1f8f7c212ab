"""Compiled exchanges of rooms in a packing: a party's room for a free one, or for another's."""

from __future__ import annotations

from allocator.model.anneal.jit import inner
from allocator.model.anneal.local import (
    AREA,
    COUNT,
    FREE,
    HIGH,
    HOLDER,
    LEAST,
    LOW,
    MOST,
    OFFICE_USE,
    OWN,
    PARTIES,
    ROOMS,
    SEATED,
    SEATS_FREE,
    SEATS_IN,
    SEATS_KEPT,
    SINGLE,
    STAYING,
    Work,
)  # fmt: skip


@inner
def hold(j: int, k: int, w: Work) -> None:
    """Give a free room to a party."""
    w.room[j, HOLDER] = k
    w.side[k, LEAST] += w.fit[j, k, LOW]
    w.side[k, MOST] += w.fit[j, k, HIGH]
    w.sizes[SEATS_FREE] -= w.room[j, SEATS_IN]


@inner
def release(j: int, w: Work) -> None:
    """Free a room that a party shares."""
    k = w.room[j, HOLDER]
    w.room[j, HOLDER] = FREE
    w.side[k, LEAST] -= w.fit[j, k, LOW]
    w.side[k, MOST] -= w.fit[j, k, HIGH]
    w.sizes[SEATS_FREE] += w.room[j, SEATS_IN]


@inner
def exchange(w: Work) -> bool:
    """Give a party a free room for another one: less area free, or more who stay where they are."""
    changed = False
    for j in range(w.sizes[ROOMS]):
        if w.room[j, HOLDER] != FREE or w.room[j, OFFICE_USE] == 0:
            continue
        best = -1
        best_gain = 0
        for s in range(w.sizes[ROOMS]):
            k = w.room[s, HOLDER]
            if k < 0 or w.fit[j, k, HIGH] == 0:
                continue
            if (
                w.sizes[SEATS_FREE] - w.room[j, SEATS_IN] + w.room[s, SEATS_IN]
                < w.sizes[SEATS_KEPT]
            ):
                continue
            if w.side[k, SINGLE] == 0 and (
                w.side[k, LEAST] + w.fit[j, k, LOW] - w.fit[s, k, LOW] > w.side[k, COUNT]
                or w.side[k, MOST] + w.fit[j, k, HIGH] - w.fit[s, k, HIGH] < w.side[k, COUNT]
            ):
                continue
            gain = 3 * (w.room[j, AREA] - w.room[s, AREA]) // 2
            gain += 100 * (w.fit[j, k, OWN] - w.fit[s, k, OWN])
            if gain > best_gain:
                best, best_gain = s, gain
        if best < 0:
            continue
        changed = True
        k = w.room[best, HOLDER]
        if w.side[k, SINGLE] == 1:
            w.room[j, HOLDER], w.room[j, SEATED] = k, 1
            w.room[best, HOLDER], w.room[best, SEATED] = FREE, 0
            w.sizes[SEATS_FREE] += w.room[best, SEATS_IN] - w.room[j, SEATS_IN]
        else:
            release(best, w)
            hold(j, k, w)
    return changed


@inner
def pass_on(w: Work) -> bool:
    """One party takes a free room, another gives up a smaller one; whether any did."""
    best_gain = 0
    best = -1
    giver = -1
    taker = -1
    for j in range(w.sizes[ROOMS]):
        if w.room[j, HOLDER] != FREE or w.room[j, OFFICE_USE] == 0:
            continue
        for k in range(w.sizes[PARTIES]):
            if w.side[k, SINGLE] == 1 or w.fit[j, k, HIGH] == 0:
                continue
            if w.side[k, LEAST] + w.fit[j, k, LOW] > w.side[k, COUNT]:
                continue
            gain_here = 3 * w.room[j, AREA] // 2 + 100 * w.fit[j, k, OWN]
            for s in range(w.sizes[ROOMS]):
                q = w.room[s, HOLDER]
                if q < 0 or q == k or w.side[q, SINGLE] == 1:
                    continue
                if w.side[q, MOST] - w.fit[s, q, HIGH] < w.side[q, COUNT]:
                    continue
                seats = w.room[s, SEATS_IN] - w.room[j, SEATS_IN] + w.sizes[SEATS_FREE]
                if seats < w.sizes[SEATS_KEPT]:
                    continue
                gain = gain_here - 3 * w.room[s, AREA] // 2 - 100 * w.fit[s, q, OWN]
                if gain > best_gain:
                    best, giver, taker, best_gain = j, s, k, gain
    if best < 0:
        return False
    release(giver, w)
    hold(best, taker, w)
    return True


@inner
def may_change(k: int, old: int, new: int, w: Work) -> bool:
    """Whether a party may hold the new room for the old one with all its people seated."""
    if w.fit[new, k, HIGH] == 0:
        return False
    if w.side[k, SINGLE] == 1:
        return True
    least = w.side[k, LEAST] - w.fit[old, k, LOW] + w.fit[new, k, LOW]
    most = w.side[k, MOST] - w.fit[old, k, HIGH] + w.fit[new, k, HIGH]
    return bool(least <= w.side[k, COUNT] <= most)


@inner
def give_up(j: int, w: Work) -> None:
    """Free a held room, whatever its party."""
    if w.side[w.room[j, HOLDER], SINGLE] == 1:
        w.room[j, HOLDER], w.room[j, SEATED] = FREE, 0
        w.sizes[SEATS_FREE] += w.room[j, SEATS_IN]
    else:
        release(j, w)


@inner
def take_up(j: int, k: int, w: Work) -> None:
    """Give a free room to a party that has given up another one."""
    if w.side[k, SINGLE] == 1:
        w.room[j, HOLDER], w.room[j, SEATED] = k, 1
        w.sizes[SEATS_FREE] -= w.room[j, SEATS_IN]
    else:
        hold(j, k, w)


@inner
def swap(w: Work) -> bool:
    """Two parties change rooms where more of their people stay where they are."""
    changed = False
    for j in range(w.sizes[ROOMS]):
        if w.room[j, STAYING] == 0:
            continue
        for q in range(w.sizes[PARTIES]):
            if w.fit[j, q, OWN] == 0:
                continue
            k = w.room[j, HOLDER]
            if k < 0 or k == q:
                continue
            best = -1
            best_gain = 0
            for s in range(w.sizes[ROOMS]):
                if w.room[s, HOLDER] != q:
                    continue
                gain = w.fit[j, q, OWN] + w.fit[s, k, OWN] - w.fit[j, k, OWN] - w.fit[s, q, OWN]
                if gain > best_gain and may_change(q, s, j, w) and may_change(k, j, s, w):
                    best, best_gain = s, gain
            if best >= 0:
                give_up(j, w)
                give_up(best, w)
                take_up(j, q, w)
                take_up(best, k, w)
                changed = True
    return changed
