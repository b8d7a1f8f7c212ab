"""Compiled annealing of OSA: which entity sits in which room; broken hard wishes cost a lot.

The way of the product (`allocator.model.anneal`) as in `anneal_pairs`; wishes are the adapter's.
"""

from __future__ import annotations

import time
from math import exp
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from allocator.model.anneal.jit import entry, inner
from tests.benchmarks.literature import osa
from tests.benchmarks.literature.osa import Case

Numbers = npt.NDArray[np.int64]
HOT, COLD = 3000.0, 30.0
"""Temperatures at start and end, in 1/SCALE."""
HARD = (100_000, 20_000)
"""Cost of a broken hard wish, in turn: the lower one lets a run pass between lawful islands."""
SHORT = 400_000
"""Proposals of the first runs; every fourth run doubles them."""


class Data(NamedTuple):
    """A case in arrays; wishes of an entity are `wishes[first[e]:first[e + 1]]`."""

    size: Numbers
    capacity: Numbers
    floor: Numbers
    next_to: npt.NDArray[np.bool_]
    kind: Numbers
    a: Numbers
    b: Numbers
    price: Numbers
    first: Numbers
    wishes: Numbers
    alone: Numbers
    """Wishes not to share."""
    kept: Numbers
    """Per room: its wish to keep the capacity, or -1."""


def data(case: Case, hard: int) -> Data:
    """The arrays of a case."""
    mine: list[list[int]] = [[] for _ in case.sizes]
    kept = np.full(len(case.capacity), -1)
    for number, wish in enumerate(case.wishes):
        if wish.kind == osa.CAPACITY:
            kept[wish.a] = number
        elif wish.kind in (osa.ALLOCATION, osa.NON_ALLOCATION):
            mine[wish.a].append(number)
        elif wish.kind != osa.NOT_SHARING:
            for entity in {wish.a, wish.b}:
                mine[entity].append(number)
    next_to = np.zeros((len(case.capacity),) * 2, np.bool_)
    for room, others in enumerate(case.next_to):
        next_to[room, list(others)] = True
    return Data(
        np.array(case.sizes),
        np.array(case.capacity),
        np.array(case.floor),
        next_to,
        np.array([w.kind for w in case.wishes]),
        np.array([w.a for w in case.wishes]),
        np.array([w.b for w in case.wishes]),
        np.array([hard if w.hard else case.penalty(w) for w in case.wishes]),
        np.cumsum([0, *map(len, mine)]),
        np.array([number for inside in mine for number in inside], np.int64),
        np.array([i for i, w in enumerate(case.wishes) if w.kind == osa.NOT_SHARING], np.int64),
        kept,
    )


@inner
def broken(d: Data, w: int, home: Numbers) -> bool:
    """Whether a wish about one or two entities does not hold; kinds as in `osa.kept`."""
    kind, a, b = d.kind[w], d.a[w], d.b[w]
    if kind == 0:
        return bool(home[a] != b)
    if kind == 1:
        return bool(home[a] == b)
    if kind == 4:
        return bool(home[a] != home[b])
    if kind == 5:
        return bool(home[a] == home[b])
    if kind == 7:
        return bool(not d.next_to[home[a], home[b]])
    same_floor = d.floor[home[a]] == d.floor[home[b]]
    return bool(same_floor != (kind == 8))


@inner
def about(
    d: Data, home: Numbers, load: Numbers, count: Numbers, e: int, other: int, r: int, q: int
) -> int:
    """All costs that one or two entities and two rooms have a part in, each counted once."""
    total = 0
    for room in (r, q):
        over = load[room] - d.capacity[room]
        total += 2 * over if over > 0 else -over
        if over > 0 and d.kept[room] >= 0:
            total += d.price[d.kept[room]]
    for at in range(d.first[e], d.first[e + 1]):
        if broken(d, d.wishes[at], home):
            total += d.price[d.wishes[at]]
    if other >= 0:
        for at in range(d.first[other], d.first[other + 1]):
            w = d.wishes[at]
            if d.kind[w] >= 4 and (d.a[w] == e or d.b[w] == e):
                continue
            if broken(d, w, home):
                total += d.price[w]
    for w in d.alone:
        room = home[d.a[w]]
        if room in (r, q) and count[room] != 1:
            total += d.price[w]
    return total


@entry
def chain(
    d: Data, home: Numbers, best: Numbers, totals: Numbers,
    steps: int, hot: float, cold: float, seed: int,
) -> None:  # fmt: skip
    """So many proposals; half of them move an entity, half swap two. Totals: now, best."""
    np.random.seed(seed)
    load, count = np.zeros(len(d.capacity), np.int64), np.zeros(len(d.capacity), np.int64)
    for e in range(len(home)):
        load[home[e]] += d.size[e]
        count[home[e]] += 1
    for step in range(steps):
        heat = hot * (cold / hot) ** (step / steps)
        e, other = np.random.randint(len(home)), -1
        r, q = home[e], np.random.randint(len(load))
        if step % 2:
            other = np.random.randint(len(home))
            q = home[other]
        if r == q:
            continue
        before = about(d, home, load, count, e, other, r, q)
        moved = d.size[e] - (d.size[other] if other >= 0 else 0)
        one = 0 if other >= 0 else 1
        home[e] = q
        if other >= 0:
            home[other] = r
        load[r], load[q] = load[r] - moved, load[q] + moved
        count[r], count[q] = count[r] - one, count[q] + one
        rise = about(d, home, load, count, e, other, r, q) - before
        if rise <= 0 or np.random.random() < exp(-rise / heat):
            totals[0] += rise
            if totals[0] < totals[1]:
                totals[1] = totals[0]
                best[:] = home
            continue
        home[e] = r
        if other >= 0:
            home[other] = q
        load[r], load[q] = load[r] + moved, load[q] - moved
        count[r], count[q] = count[r] + one, count[q] - one


def annealed(case: Case, seconds: float, seed: int) -> tuple[int, ...] | None:
    """The best lawful allocation of several runs; None without one. Compiling is counted."""
    deadline = time.monotonic() + seconds
    random = np.random.default_rng(seed)
    best: tuple[int, tuple[int, ...]] | None = None
    steps, took, number = SHORT, 0.0, 0
    while number < 2 or time.monotonic() + took < deadline:
        begun = time.monotonic()
        home = random.integers(0, len(case.capacity), len(case.sizes))
        found, totals = home.copy(), np.array([0, 1 << 60])
        # Costs count from the start's, whose own value does not matter to the chain.
        chain(
            data(case, HARD[number % 2]),
            home,
            found,
            totals,
            steps,
            HOT,
            COLD,
            1000 * seed + number,
        )
        at = tuple(int(r) for r in found)
        try:
            value = osa.value(case, at)
        except ValueError:  # a hard wish is broken
            value = None
        if value is not None and (best is None or value < best[0]):
            best = value, at
        took = time.monotonic() - begun
        number += 1
        if number % 4 == 0:
            steps, took = 2 * steps, 2 * took
    return None if best is None else best[1]
