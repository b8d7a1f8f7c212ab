"""What neither bound can take in has none, at once, and a start from it is empty."""

from __future__ import annotations

import pytest

from allocator.measure import Measure
from allocator.model import relaxation
from allocator.model.bound import terms
from allocator.model.bound.bound import Bound, Effort, bound, released_bound
from allocator.model.relaxation import Relaxation, Relaxed, sharpened, whole_units
from allocator.problem import Problem
from tests.bound.housed_cases import housed_cases


def test_too_many_units_and_buildings_have_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    _, scenario, _ = next(housed_cases(1, 1))
    problem = Problem(scenario)
    measure = Measure(problem)
    assert bound(problem, measure, Effort(work=0.001)).value is not None
    monkeypatch.setattr(terms, "MOST_PAIRS", 0)
    monkeypatch.setattr(relaxation, "MOST_PAIRS", 0)
    for solve in (bound, released_bound):
        assert solve(problem, measure, Effort(work=0.001)) == Bound(None, None)
    aggregate = Relaxation(problem, measure, 0)
    assert sharpened(aggregate, 1.0) == Relaxed(None, {})
    assert whole_units(aggregate, aggregate.solve(None)) == {}
