"""Compiled annealing of GQAP: which item sits in which place; overfull places cost, ever more.

The way of the product (`allocator.model.anneal`): relocate and swap, falling temperature, restarts,
the best lawful state kept, machine code by its `entry`. Its chain knows buildings and packs rooms,
which these cases lack, so the chain is the adapter's.
"""

from __future__ import annotations

import time
from math import exp
from typing import Any

import numpy as np
import numpy.typing as npt

from allocator.model.anneal.jit import entry, inner
from tests.benchmarks.literature.assignment import Case

Numbers = npt.NDArray[np.int64]
HOT, COLD = 0.3, 0.003
"""Temperatures at start and end, as shares of an item's mean cost."""
SLACK, TIGHT = 0.5, 4.0
"""Cost of a unit of weight too much at start and end, in mean costs of a unit of weight."""
SHORT = 200_000
"""Proposals of the first run; every second run doubles them."""
COST, OVER, BEST = range(3)


@inner
def at_place(
    cost: Numbers, flow: Numbers, distance: Numbers, home: Numbers, i: int, k: int, but: int
) -> int:
    """Cost of an item at a place with all others, but one, where they are."""
    total = cost[i, k] + flow[i, i] * distance[k, k]
    for j in range(len(home)):
        if j != i and j != but:
            total += flow[i, j] * distance[k, home[j]] + flow[j, i] * distance[home[j], k]
    return int(total)


@entry
def chain(
    cost: Numbers, flow: Numbers, distance: Numbers, weight: Numbers, capacity: Numbers,
    home: Numbers, load: Numbers, best: Numbers, totals: Numbers,
    steps: int, hot: float, cold: float, slack: float, tight: float, seed: int,
) -> None:  # fmt: skip
    """So many proposals; half of them move an item, half swap two."""
    np.random.seed(seed)
    for step in range(steps):
        done = step / steps
        heat = hot * (cold / hot) ** done
        price = slack * (tight / slack) ** done
        i, j = np.random.randint(len(home)), -1
        a, b = home[i], np.random.randint(len(capacity))
        if step % 2:
            j = np.random.randint(len(home))
            b = home[j]
        if a == b:
            continue
        change = at_place(cost, flow, distance, home, i, b, j)
        change -= at_place(cost, flow, distance, home, i, a, j)
        here, there = load[a] - weight[i, a], load[b] + weight[i, b]
        if j >= 0:
            change += at_place(cost, flow, distance, home, j, a, i)
            change -= at_place(cost, flow, distance, home, j, b, i)
            change += flow[i, j] * distance[b, a] + flow[j, i] * distance[a, b]
            change -= flow[i, j] * distance[a, b] + flow[j, i] * distance[b, a]
            here, there = here + weight[j, a], there - weight[j, b]
        over = max(0, here - capacity[a]) + max(0, there - capacity[b])
        over -= max(0, load[a] - capacity[a]) + max(0, load[b] - capacity[b])
        rise = change + price * over
        if rise > 0 and np.random.random() >= exp(-rise / heat):
            continue
        home[i] = b
        if j >= 0:
            home[j] = a
        load[a], load[b] = here, there
        totals[COST] += change
        totals[OVER] += over
        if totals[OVER] == 0 and totals[COST] < totals[BEST]:
            totals[BEST] = totals[COST]
            best[:] = home


def annealed(case: Case, seconds: float, seed: int) -> tuple[int, ...] | None:
    """The best lawful assignment of several runs; None without one. Compiling is counted."""
    deadline = time.monotonic() + seconds
    cost, weight = np.array(case.cost, np.int64), np.array(case.weight, np.int64)
    flow, distance = np.array(case.flow, np.int64), np.array(case.distance, np.int64)
    capacity = np.array(case.capacity, np.int64)
    random = np.random.default_rng(seed)
    best, least = np.zeros(case.items, np.int64), np.iinfo(np.int64).max
    each = least
    steps, took, number = SHORT, 0.0, 0
    # The first run compiles, so the second may be longer than it says.
    while number < 2 or time.monotonic() + took < deadline:
        begun = time.monotonic()
        home = random.integers(0, case.places, case.items)
        load = np.zeros(case.places, np.int64)
        np.add.at(load, home, weight[np.arange(case.items), home])
        value = int(cost[np.arange(case.items), home].sum())
        value += int((flow * distance[np.ix_(home, home)]).sum())
        mean = value / case.items
        totals = np.array([value, np.maximum(0, load - capacity).sum(), each])
        found: Any = np.zeros(case.items, np.int64)
        unit = mean / float(weight.mean())
        chain(
            cost, flow, distance, weight, capacity, home, load, found, totals,
            steps, HOT * mean, COLD * mean, SLACK * unit, TIGHT * unit, seed * 1000 + number,
        )  # fmt: skip
        if totals[BEST] < least:
            best, least = found, int(totals[BEST])
        took = time.monotonic() - begun
        number += 1
        if number % 2 == 0:
            steps, took = 2 * steps, 2 * took
    return tuple(int(k) for k in best) if least < each else None
