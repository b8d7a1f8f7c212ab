"""The compiled chain: proposals on where units are, who packs first and which floor opens first."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tests.benchmarks.anneal_data import Array, Data
from tests.benchmarks.anneal_pack import RESULTS, pack
from tests.benchmarks.anneal_sites import site_cost

RELOCATE, SWAP, FIRST, FLOORS, MERGE = range(5)
"""Move one unit; swap two; change a packing order; reorder floors; empty a building into one."""
MOVES = 5
HARD = 1e6
"""What a post left over counts when states are compared for the best."""


class State(NamedTuple):
    """Where a chain stands, and the best it has seen."""

    home: Array
    rank: Array
    """Units of a building pack in ascending rank."""
    floors: Array
    """All floors, each building's own range reordered."""
    res: Array
    opened: Array
    common: Array
    sites: Array
    """Cost per site."""
    posts: Array
    """Posts left over and seats lacking per site."""
    best_home: Array
    best_rank: Array
    best_floors: Array
    cost: Array
    """Now, best (with HARD per post), the price of a post left over, posts left over now."""
    scratch: Array
    fill: Array
    units: Array
    kept: Array
    kept_open: Array
    kept_sites: Array
    kept_posts: Array


def new_state(d: Data, home: Array, rank: Array, most: float) -> State:
    """A state with these homes; its costs are filled in by `settle`."""
    units, kinds = len(home), d.room_today.shape[1]
    floors, rooms = len(d.floor_area), len(d.room_area)
    buildings, sites = len(d.building_site), len(d.site_share)
    order = np.arange(floors, dtype=np.int64)

    def zeros(*shape: int) -> Any:
        return np.zeros(shape, np.int64)

    return State(
        home.copy(),
        rank.copy(),
        order,
        zeros(buildings, RESULTS),
        zeros(floors),
        zeros(floors),
        np.zeros(sites),
        np.zeros(sites),
        home.copy(),
        rank.copy(),
        order.copy(),
        np.array([np.inf, np.inf, most, 0.0]),
        zeros(3, max(rooms, floors)),
        zeros(rooms, kinds),
        zeros(units),
        zeros(buildings, RESULTS),
        zeros(floors),
        np.zeros(sites),
        np.zeros(sites),
    )


@njit(cache=True, nogil=True)
def repack(d: Data, t: State, b: int) -> None:
    """Pack a building anew from homes, ranks and its floor order."""
    n = 0
    for u in range(t.home.size):
        if t.home[u] == b:
            i = n
            while i > 0 and t.rank[t.units[i - 1]] > t.rank[u]:
                t.units[i] = t.units[i - 1]
                i -= 1
            t.units[i] = u
            n += 1
    f0, f1 = d.building_floors[b], d.building_floors[b + 1]
    pack(d, b, t.units, n, t.floors[f0:f1], t.scratch, t.fill, t.res[b])
    for f in range(f0, f1):
        t.opened[f] = t.scratch[2, f]


@njit(cache=True, nogil=True)
def broken(d: Data, t: State) -> int:
    """Relations that do not hold; units apart are kept in different buildings."""
    found = 0
    for i in range(d.relation.shape[0]):
        a, b = t.home[d.relation[i, 1]], t.home[d.relation[i, 2]]
        kind = d.relation[i, 0]
        if kind == 0:
            found += a == b
        elif kind == 1:
            found += a != b
        else:
            found += d.building_site[a] != d.building_site[b]
    return found


@njit(cache=True, nogil=True)
def settle(d: Data, t: State) -> None:
    """All figures of the state from scratch."""
    most = t.cost[2]
    for b in range(d.building_site.size):
        repack(d, t, b)
    posts = broken(d, t) * 20.0
    total = posts * most
    for s in range(d.site_share.size):
        t.sites[s] = site_cost(d, s, t.res, t.opened, t.common, most, t.posts)
        total += t.sites[s]
        posts += t.posts[s]
    for u in range(t.home.size):
        total += d.moving[u, t.home[u]]
    t.cost[0] = total
    t.cost[3] = posts
    keep_if_better(t)


@njit(cache=True, nogil=True)
def keep_if_better(t: State) -> None:
    """Keep the state if it leaves fewer posts over than the best, or costs less."""
    now = t.cost[0] + t.cost[3] * HARD
    if now >= t.cost[1] - 1e-6:
        return
    t.cost[1] = now
    t.best_home[:] = t.home
    t.best_rank[:] = t.rank
    t.best_floors[:] = t.floors


@njit(cache=True, nogil=True)
def choice(d: Data, u: int) -> int:
    """A building open to the unit."""
    c0, c1 = d.choices_first[u], d.choices_first[u + 1]
    return int(d.choices[np.random.randint(c0, c1)]) if c1 > c0 else -1


@njit(cache=True, nogil=True)
def allowed(d: Data, u: int, b: int) -> bool:
    """Whether the building is open to the unit."""
    c0, c1 = d.choices_first[u], d.choices_first[u + 1]
    at = c0 + np.searchsorted(d.choices[c0:c1], b)
    return at < c1 and d.choices[at] == b


@njit(cache=True, nogil=True)
def propose(d: Data, t: State, kind: int, moved: Array, old: Array) -> tuple[int, int, int]:
    """Change the state: (units moved, first and second building to repack, -1: none)."""
    n = t.home.size
    u = np.random.randint(n)
    a = t.home[u]
    moved[0] = u
    old[0] = a
    if kind == RELOCATE:
        b = choice(d, u)
        if b < 0 or b == a:
            return 0, -1, -1
        t.home[u] = b
        return 1, a, b
    if kind == SWAP:
        v = np.random.randint(n)
        b = t.home[v]
        if b == a or not allowed(d, u, b) or not allowed(d, v, a):
            return 0, -1, -1
        t.home[u], t.home[v] = b, a
        moved[1] = v
        old[1] = b
        return 2, a, b
    if kind == MERGE:
        b = choice(d, u)
        if b < 0 or b == a:
            return 0, -1, -1
        count = 0
        for v in range(n):
            if t.home[v] == a and count < moved.size and allowed(d, v, b):
                moved[count] = v
                old[count] = a
                count += 1
        for i in range(count):
            t.home[moved[i]] = b
        return count, a, b
    return 0, a, -1


@njit(cache=True, nogil=True)
def chain(d: Data, t: State, proposals: int, heat: float, mix: Array, seed: int) -> None:
    """So many proposals at one temperature; `mix` is the running sum of the moves' shares."""
    np.random.seed(seed)
    moved = np.zeros(64, np.int64)
    old = np.zeros(64, np.int64)
    for _ in range(proposals):
        kind = np.searchsorted(mix, np.random.random())
        place = 0
        other = 0
        rank = 0.0
        count, a, b = propose(d, t, kind, moved, old)
        if a < 0:
            continue
        if kind == FIRST:
            rank = t.rank[moved[0]]
            t.rank[moved[0]] = np.random.random()
        elif kind == FLOORS:
            f0, f1 = d.building_floors[a], d.building_floors[a + 1]
            place, other = np.random.randint(f0, f1), np.random.randint(f0, f1)
            if place == other:
                continue
            t.floors[place], t.floors[other] = t.floors[other], t.floors[place]
        moving, relations = relocation(d, t, count, moved, old)
        areas, posts = evaluate(d, t, a, b)
        posts += relations
        change = areas + moving
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            t.cost[0] += change
            t.cost[3] += posts
            keep_if_better(t)
            continue
        for i in range(count):
            t.home[moved[i]] = old[i]
        if kind == FIRST:
            t.rank[moved[0]] = rank
        elif kind == FLOORS:
            t.floors[place], t.floors[other] = t.floors[other], t.floors[place]
        restore(d, t, a)
        if b >= 0:
            restore(d, t, b)


@njit(cache=True, nogil=True)
def relocation(d: Data, t: State, count: int, moved: Array, old: Array) -> tuple[float, float]:
    """Change of moves and of broken relations (as posts) by units that were relocated."""
    change = 0.0
    for i in range(count):
        change += d.moving[moved[i], t.home[moved[i]]] - d.moving[moved[i], old[i]]
    if not count or not d.relation.shape[0]:
        return change, 0.0
    now = broken(d, t)
    exchange(t, count, moved, old)
    then = broken(d, t)
    exchange(t, count, moved, old)
    posts = (now - then) * 20.0
    return change + posts * t.cost[2], posts


@njit(cache=True, nogil=True)
def exchange(t: State, count: int, moved: Array, old: Array) -> None:
    """Homes of the moved units against the noted ones."""
    for i in range(count):
        other = t.home[moved[i]]
        t.home[moved[i]] = old[i]
        old[i] = other


@njit(cache=True, nogil=True)
def evaluate(d: Data, t: State, a: int, b: int) -> tuple[float, float]:
    """Change of the sites' costs and posts after repacking; what stood there is kept aside."""
    site_a = d.building_site[a]
    site_b = d.building_site[b] if b >= 0 else site_a
    aside(d, t, a)
    if b >= 0:
        aside(d, t, b)
    repack(d, t, a)
    if b >= 0:
        repack(d, t, b)
    most = t.cost[2]
    change = -t.sites[site_a]
    posts = -t.posts[site_a]
    t.sites[site_a] = site_cost(d, site_a, t.res, t.opened, t.common, most, t.posts)
    change += t.sites[site_a]
    posts += t.posts[site_a]
    if site_b != site_a:
        change -= t.sites[site_b]
        posts -= t.posts[site_b]
        t.sites[site_b] = site_cost(d, site_b, t.res, t.opened, t.common, most, t.posts)
        change += t.sites[site_b]
        posts += t.posts[site_b]
    return change, posts


@njit(cache=True, nogil=True)
def aside(d: Data, t: State, b: int) -> None:
    """Keep a building's figures and its site's cost."""
    t.kept[b] = t.res[b]
    for f in range(d.building_floors[b], d.building_floors[b + 1]):
        t.kept_open[f] = t.opened[f]
    t.kept_sites[d.building_site[b]] = t.sites[d.building_site[b]]
    t.kept_posts[d.building_site[b]] = t.posts[d.building_site[b]]


@njit(cache=True, nogil=True)
def restore(d: Data, t: State, b: int) -> None:
    """Put back what `aside` kept."""
    t.res[b] = t.kept[b]
    for f in range(d.building_floors[b], d.building_floors[b + 1]):
        t.opened[f] = t.kept_open[f]
    t.sites[d.building_site[b]] = t.kept_sites[d.building_site[b]]
    t.posts[d.building_site[b]] = t.kept_posts[d.building_site[b]]
