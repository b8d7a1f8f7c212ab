"""Compiled annealing over which unit sits in which building; sets once packed are remembered."""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np

from allocator.model.anneal.arrays import add, copy, fill_with, rank
from allocator.model.anneal.building import POST, SURE, about, best_floors, cost
from allocator.model.anneal.jit import inner
from allocator.model.anneal.layout import (
    APART,
    FIRST_CHOICE,
    FIRST_FLOOR,
    FLOOR_MOST,
    SAME_BUILDING,
    SITE_OF,
    UNIT_NEED,
    UNIT_PEOPLE,
    Array,
    Data,
)
from allocator.model.anneal.local import FIGURES, Work, new_work

MEMO_BITS = 18
BROKEN = 20 * POST
"""What a must between two units costs while it does not hold."""
MOST_CHANGED = 12
RELOCATE, SWAP, CYCLE, EMPTY, TWO_FOR_ONE, BACK = range(6)
COST, BEST, PROPOSALS, PACKINGS = range(4)


class Memo(NamedTuple):
    """Figures of every set of units packed so far, by a hash of the set and its building."""

    keys: Array
    figures: Array
    unit_hash: Array
    building_hash: Array


class State(NamedTuple):
    """Where a chain stands, and the best it has seen."""

    home: Array
    back: Array
    """Where each unit has most people today, or its home at the start."""
    hashes: Array
    """Per building: of the set of its units."""
    figures: Array
    sites: Array
    """Cost of each site, moves aside."""
    best: Array
    totals: Array
    """Cost now and of the best; proposals and packings so far."""
    units: Array
    active: Array
    """Number of units that may move, then those units."""
    inside: Array
    """Per building: whether units may move there."""
    total: Array
    """Scratch: the figures of a site."""
    before: Array
    """Scratch: figures of the buildings that a proposal changes, as they were."""
    work: Work


def new_memo(d: Data, bits: int = MEMO_BITS) -> Memo:
    """An empty memory; hashes are the same in every run."""
    random = np.random.default_rng(20)
    top = np.iinfo(np.int64).max
    return Memo(
        np.zeros(1 << bits, np.int64),
        np.zeros((1 << bits, FIGURES)),
        random.integers(1, top, len(d.unit) - 1),
        random.integers(1, top, len(d.building) - 1),
    )


def new_state(d: Data, home: Array, back: Array) -> State:
    """A state with these homes; `settle` fills in its costs."""
    buildings = len(d.building) - 1
    return State(
        home.astype(np.int64),
        back.astype(np.int64),
        np.zeros(buildings, np.int64),
        np.zeros((buildings, FIGURES)),
        np.zeros(len(d.site_share)),
        home.astype(np.int64),
        np.zeros(4),
        np.zeros(len(home) + 1, np.int64),
        np.zeros(len(home) + 1, np.int64),
        np.ones(buildings, np.int64),
        np.zeros(FIGURES),
        np.zeros((2 * MOST_CHANGED, FIGURES)),
        new_work(d),
    )


@inner
def pack_set(d: Data, m: Memo, t: State, b: int, sure: bool) -> None:
    """Figures of a building with the units at home there, from memory where they are known.

    Unless they must be `sure`, estimates do.
    """
    key = t.hashes[b] ^ m.building_hash[b]
    size = m.keys.size
    at = key & (size - 1)
    for _ in range(8):
        if m.keys[at] == key:
            if sure and m.figures[at, SURE] == 0:
                break
            copy(m.figures[at], t.figures[b])
            return
        if m.keys[at] == 0:
            break
        at = (at + 1) & (size - 1)
    n = members(t, b)
    if sure:
        best_floors(d, b, t.units, n, t.work, t.figures[b])
        t.totals[PACKINGS] += 1
    else:
        about(d, b, t.units, n, t.work, t.figures[b])
    m.keys[at] = key
    copy(t.figures[b], m.figures[at])


@inner
def members(t: State, b: int) -> int:
    """The units at home in a building, into `units`."""
    n = 0
    for u in range(t.home.size):
        if t.home[u] == b:
            t.units[n] = u
            n += 1
    return n


@inner
def site_cost(d: Data, t: State, site: int) -> float:
    """Cost of a site from its buildings."""
    total = t.total
    fill_with(total, 0.0)
    for b in range(d.first_building[site], d.first_building[site + 1]):
        add(t.figures[b], total)
    return cost(d, site, total)


@inner
def broken(d: Data, t: State) -> int:
    """Musts that do not hold; units apart are kept in different buildings."""
    found = 0
    for i in range(d.relation.shape[0]):
        a, b = t.home[d.relation[i, 1]], t.home[d.relation[i, 2]]
        if a < 0 or b < 0:
            continue
        if d.relation[i, 0] == APART:
            found += a == b
        elif d.relation[i, 0] == SAME_BUILDING:
            found += a != b
        else:
            found += d.building[a, SITE_OF] != d.building[b, SITE_OF]
    return found


@inner
def settle(d: Data, m: Memo, t: State) -> None:
    """All costs from scratch."""
    fill_with(t.hashes, 0)
    total = BROKEN * broken(d, t)
    for u in range(t.home.size):
        if t.home[u] >= 0:
            t.hashes[t.home[u]] ^= m.unit_hash[u]
            total += d.moving[u, t.home[u]]
        else:
            total += POST * d.unit[u, UNIT_PEOPLE]
    for b in range(d.building.shape[0] - 1):
        pack_set(d, m, t, b, True)
    for s in range(d.site_share.size):
        t.sites[s] = site_cost(d, t, s)
        total += t.sites[s]
    t.totals[COST] = total
    t.totals[BEST] = total
    copy(t.home, t.best)


@inner
def random_choice(d: Data, u: int) -> int:
    """A building open to the unit."""
    a, b = d.unit[u, FIRST_CHOICE], d.unit[u + 1, FIRST_CHOICE]
    return int(d.choice[np.random.randint(a, b)]) if b > a else -1


@inner
def open_to(d: Data, u: int, b: int) -> bool:
    """Whether the building is open to the unit."""
    first, last = d.unit[u, FIRST_CHOICE], d.unit[u + 1, FIRST_CHOICE]
    at = rank(d.choice, first, last, b)
    return bool(at < last and d.choice[at] == b)


@inner
def propose(d: Data, t: State, kind: int, moved: Array, goal: Array) -> int:
    """Units to move and where to; the number of them, 0 for none."""
    n = t.active[0]
    u = t.active[1 + np.random.randint(n)]
    a = t.home[u]
    moved[0] = u
    if kind in (RELOCATE, BACK):
        goal[0] = t.back[u] if kind == BACK else random_choice(d, u)
        return 1
    if kind == EMPTY:
        count = 0
        b = random_choice(d, u)
        for v in range(t.home.size):
            if t.home[v] == a and count < MOST_CHANGED:
                moved[count] = v
                goal[count] = b if np.random.random() < 0.7 else random_choice(d, v)
                count += 1
        return count
    v = t.active[1 + np.random.randint(n)]
    b = t.home[v]
    moved[1] = v
    goal[0] = b
    if kind == SWAP:
        goal[1] = a
        return 2
    w = t.active[1 + np.random.randint(n)]
    if w in (u, v):
        return 0
    moved[2] = w
    if kind == TWO_FOR_ONE:
        if a < 0:
            return 0
        # A second unit of the first building goes along.
        k = members(t, a)
        moved[2] = t.units[np.random.randint(k)]
        goal[1] = a
        goal[2] = b
        return 3 if moved[2] != u and moved[2] != v else 0
    goal[1] = t.home[w]
    goal[2] = a if np.random.random() < 0.5 else random_choice(d, w)
    return 3


@inner
def sensible(d: Data, t: State, count: int, moved: Array, goal: Array, load: Array) -> bool:
    """Whether the goals are open to the units and roomy enough for everybody there."""
    some = False
    for i in range(count):
        u, b = moved[i], goal[i]
        if b < 0 or t.inside[b] == 0 or not open_to(d, u, b):
            return False
        some = some or t.home[u] != b
    if not some:
        return False
    for i in range(count):
        load[goal[i]] += d.unit[moved[i], UNIT_NEED]
        if t.home[moved[i]] >= 0:
            load[t.home[moved[i]]] -= d.unit[moved[i], UNIT_NEED]
    fits = True
    for i in range(count):
        b = goal[i]
        room = 0
        for f in range(d.building[b, FIRST_FLOOR], d.building[b + 1, FIRST_FLOOR]):
            room += d.floor[f, FLOOR_MOST]
        fits = fits and load[b] <= room
    for i in range(count):
        load[goal[i]] -= d.unit[moved[i], UNIT_NEED]
        if t.home[moved[i]] >= 0:
            load[t.home[moved[i]]] += d.unit[moved[i], UNIT_NEED]
    return fits


@inner
def move(d: Data, m: Memo, t: State, count: int, moved: Array, goal: Array, load: Array) -> float:
    """Units to their goals, `goal` then says where they came from; change of moves' cost."""
    change = 0.0
    for i in range(count):
        u, b, a = moved[i], goal[i], t.home[moved[i]]
        if a >= 0:
            t.hashes[a] ^= m.unit_hash[u]
            load[a] -= d.unit[u, UNIT_NEED]
            change -= d.moving[u, a]
        else:
            change -= POST * d.unit[u, UNIT_PEOPLE]
        if b >= 0:
            t.hashes[b] ^= m.unit_hash[u]
            load[b] += d.unit[u, UNIT_NEED]
            change += d.moving[u, b]
        else:
            change += POST * d.unit[u, UNIT_PEOPLE]
        t.home[u] = b
        goal[i] = a
    return change


@inner
def reprice(d: Data, m: Memo, t: State, touched: Array, n: int, sure: bool) -> float:
    """Pack or estimate the touched buildings; change of their sites' costs."""
    for i in range(n):
        pack_set(d, m, t, touched[i], sure)
    return recount(d, t, touched, n)


@inner
def recount(d: Data, t: State, touched: Array, n: int) -> float:
    """Costs of the touched buildings' sites from their figures; the change."""
    change = 0.0
    for i in range(n):
        site = d.building[touched[i], SITE_OF]
        now = site_cost(d, t, site)
        change += now - t.sites[site]
        t.sites[site] = now
    return change


@inner
def touch(goal: Array, home: Array, moved: Array, count: int, touched: Array) -> int:
    """The buildings that a proposal changes."""
    n = 0
    for i in range(2 * count):
        b = goal[i] if i < count else home[moved[i - count]]
        if b < 0:
            continue
        known = False
        for j in range(n):
            known = known or touched[j] == b
        if not known:
            touched[n] = b
            n += 1
    return n


@inner
def walk(d: Data, m: Memo, t: State, proposals: int, heat: float, mix: Array, seed: int) -> None:
    """So many proposals at one temperature; `mix` is the running sum of the moves' shares."""
    np.random.seed(seed)
    moved = np.zeros(MOST_CHANGED, np.int64)
    goal = np.zeros(MOST_CHANGED, np.int64)
    touched = np.zeros(2 * MOST_CHANGED, np.int64)
    load = np.zeros(d.building.shape[0] - 1, np.int64)
    for u in range(t.home.size):
        if t.home[u] >= 0:
            load[t.home[u]] += d.unit[u, UNIT_NEED]
    for _ in range(proposals):
        kind = rank(mix, 0, mix.shape[0], np.random.random())
        count = propose(d, t, kind, moved, goal)
        if count == 0 or not sensible(d, t, count, moved, goal, load):
            continue
        n = touch(goal, t.home, moved, count, touched)
        musts = broken(d, t)
        change = move(d, m, t, count, moved, goal, load)
        change += BROKEN * (broken(d, t) - musts)
        # Most proposals are refused on estimates, which never say much more than packing would.
        most = -heat * log(1.0 - np.random.random())
        for i in range(n):
            copy(t.figures[touched[i]], t.before[i])
        for sure in (False, True):
            if change <= most:
                change += reprice(d, m, t, touched, n, sure)
        if change <= most:
            t.totals[COST] += change
            if t.totals[COST] < t.totals[BEST] - 0.5:
                t.totals[BEST] = t.totals[COST]
                copy(t.home, t.best)
            continue
        move(d, m, t, count, moved, goal, load)
        for i in range(n):
            copy(t.before[i], t.figures[touched[i]])
        recount(d, t, touched, n)
    t.totals[PROPOSALS] += proposals
