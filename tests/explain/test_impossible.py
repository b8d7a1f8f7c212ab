"""Conflicts and ways out of random impossible scenarios against looking at every plan."""

from itertools import islice

from allocator.commands.explain import by_solving
from allocator.explain.impossible import Impossible, explain_impossible
from tests.conftest import FULL
from tests.explain.small import Truth, impossible_cases, prices

COUNT = 100 if FULL else 6


def agrees(truth: Truth, found: Impossible) -> None:
    assert found.housed is False
    assert found.conflicts_complete and found.ways_complete
    assert all(c.irreducible for c in found.conflicts)
    assert {truth.mask(c.things) for c in found.conflicts} == truth.conflicts()
    least, ways = truth.ways()
    assert {truth.mask(w.things) for w in found.ways} == ways
    assert {w.total for w in found.ways} == {least}
    for source, answer in enumerate(found.enough, start=1):
        kept = truth.mask(tuple(t for t in truth.things if not 1 <= t.source <= source))
        assert answer == truth.housed(kept)


def test_conflicts_and_ways_out_agree_with_enumeration() -> None:
    for truth in islice(impossible_cases(0), COUNT):
        agrees(truth, explain_impossible(truth.scenario, by_solving(20), prices()))
