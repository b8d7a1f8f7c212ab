"""Conflicts and ways out of random set functions against trying every set."""

from __future__ import annotations

from random import Random

from allocator.explain.lattice import Lattice, search
from tests.conftest import FULL

COUNT = 300 if FULL else 60
THINGS = 6


def drawn(random: Random, monotone: bool) -> dict[int, bool]:
    """Whether everybody is housed, for every set of things kept; nothing kept is possible."""
    everything = (1 << THINGS) - 1
    if monotone:
        cores = [random.randint(1, everything) for _ in range(random.randint(1, 4))]
        return {m: all(m & c != c for c in cores) for m in range(everything + 1)}
    truth = {m: random.random() < 0.6 for m in range(everything + 1)}
    return {**truth, 0: True, everything: False}


def agrees(random: Random, monotone: bool) -> None:
    truth = drawn(random, monotone)
    everything = (1 << THINGS) - 1
    totals = [random.randint(1, 4) for _ in range(THINGS)]
    asked: list[int] = []

    def judge(kept: int) -> bool:
        asked.append(kept)
        return truth[kept]

    found = search(Lattice(totals, judge, monotone, 1_000))
    bad = {m for m, answer in truth.items() if not answer}
    least = {m for m in bad if not any(o != m and o & m == o for o in bad)}
    assert {c.things for c in found.conflicts} == least
    assert all(c.irreducible for c in found.conflicts)
    cost = {
        m: sum(t for i, t in enumerate(totals) if m >> i & 1)
        for m in truth
        if truth[everything & ~m]
    }
    assert {w.things for w in found.ways} == {m for m in cost if cost[m] == min(cost.values())}
    assert found.conflicts_complete and found.ways_complete
    assert len(asked) == len({*asked})


def test_where_laying_aside_only_helps() -> None:
    for seed in range(COUNT):
        agrees(Random(seed), monotone=True)


def test_where_every_set_is_judged_by_itself() -> None:
    for seed in range(COUNT):
        agrees(Random(seed), monotone=False)


def test_what_stays_undecided_is_never_called_a_conflict() -> None:
    answers = {3: False, 2: None, 1: True, 0: True}
    found = search(Lattice([1, 5], lambda kept: answers[kept], True, 100))
    assert [(c.things, c.irreducible) for c in found.conflicts] == [(3, False)]
    assert [w.things for w in found.ways] == [2]
    assert not found.conflicts_complete and not found.ways_complete


def test_solves_end_the_search() -> None:
    found = search(Lattice([1] * 6, lambda kept: kept != 63, False, 3))
    assert not found.conflicts_complete
