"""Tiny random scenarios that can be enumerated together with all their relaxations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random

from allocator.explain.asked import Asked, lay_aside
from allocator.explain.asks import asked_of
from allocator.explain.prices import Prices, read_prices
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.oracle.brute_force import BruteForce
from tests.oracle.random_cases import draw

MOST_THINGS = 8
MOST_CHOICES = 3_000


@cache
def prices() -> Prices:
    """The shipped table."""
    return read_prices()


class Truth:
    """Whether everybody is housed with a set of things kept, by looking at every plan."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.things = asked_of(Problem(scenario), prices())
        self.all = (1 << len(self.things)) - 1
        self._known: dict[int, bool] = {}

    def chosen(self, mask: int) -> tuple[Asked, ...]:
        return tuple(t for i, t in enumerate(self.things) if mask >> i & 1)

    def mask(self, things: tuple[Asked, ...]) -> int:
        return sum(1 << self.things.index(t) for t in things)

    def housed(self, kept: int) -> bool:
        if kept not in self._known:
            self._known[kept] = housed(lay_aside(self.scenario, self.chosen(self.all & ~kept)))
        return self._known[kept]

    def conflicts(self) -> set[int]:
        """Impossible sets of which every proper subset is possible."""
        bad = [m for m in range(self.all + 1) if not self.housed(m)]
        return {m for m in bad if not any(o != m and o & m == o for o in bad)}

    def ways(self) -> tuple[int, set[int]]:
        """The least price, and all sets to lay aside that cost it."""
        total = {
            m: sum(t.price.total for t in self.chosen(m))
            for m in range(self.all + 1)
            if self.housed(self.all & ~m)
        }
        least = min(total.values())
        return least, {m for m, cost in total.items() if cost == least}


def housed(scenario: Scenario) -> bool:
    """Whether some lawful plan leaves nobody without a seat, by looking at every plan."""
    return bool(BruteForce(scenario).values_at(0))


def impossible_cases(start: int) -> Iterator[Truth]:
    """Small scenarios from a seed on that cannot house everybody."""
    seed = start
    while True:
        seed += 1
        scenario = draw(Random(seed), f"case-{seed}")
        things = len(asked_of(Problem(scenario), prices()))
        if not 3 <= things <= MOST_THINGS:
            continue
        truth = Truth(scenario)
        widest = BruteForce(lay_aside(scenario, [t for t in truth.things if t.kind != "posts"]))
        if widest.choices <= MOST_CHOICES and not truth.housed(truth.all):
            yield truth
