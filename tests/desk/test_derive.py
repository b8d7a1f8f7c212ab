"""What is taken over after a change is what would be worked out anew."""

from __future__ import annotations

from random import Random

import pytest

from allocator.desk.derive import derived
from allocator.findings import InputError
from allocator.measure import Measure, today_rows
from allocator.problem import Problem
from tests.desk.changes import any_change
from tests.oracle.random_cases import draw


@pytest.mark.parametrize("seed", range(30))
def test_taken_over_figures_equal_new_ones(seed: int) -> None:
    random = Random(seed)
    problem = Problem(draw(random, "case"))
    measure = Measure(problem)
    made = 0
    for _ in range(8):
        try:
            problem, measure = derived(problem, measure, any_change(problem.scenario, random))
        except InputError:
            continue
        made += 1
        new = Problem(problem.scenario)
        for name in (n for n in vars(problem) if not n.startswith("_")):
            assert getattr(problem, name) == getattr(new, name), name
        fresh = Measure(new)
        assert (measure.share, measure.before) == (fresh.share, fresh.before)
        rows = today_rows(new)
        assert measure.plan(rows, ()) == fresh.plan(rows, ())
    assert made
