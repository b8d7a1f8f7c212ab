"""Annealing's prices against the product's measure; compiling takes a while, so in full runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.measure import Measure
from allocator.problem import Problem
from tests.benchmarks.instances import instance, priced_scenario
from tests.conftest import FULL

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(not FULL, reason="compiles for half a minute: ALLOCATOR_FULL=1")


def test_prices_differ_from_the_measure_by_a_constant(tmp_path: Path) -> None:
    from allocator.model.greedy.passes import one_pass
    from allocator.model.greedy.rooms import Packer
    from tests.benchmarks.anneal import Parameters, rows_of, start_homes
    from tests.benchmarks.anneal_chain import chain, new_state, settle
    from tests.benchmarks.anneal_data import tables

    problem = Problem(priced_scenario(instance("district", 11, tmp_path).folder, 5, 1, 0))
    measure = Measure(problem)
    d, names = tables(problem, measure)
    first = one_pass(problem, Packer(problem), names.units, {})
    homes = start_homes(problem, names, first.rows)
    offsets = []
    for proposals, heat in ((1, 1.0), (300, 500.0), (2000, 5.0)):
        state = new_state(d, homes, np.linspace(0, 1, len(homes)), 500.0)
        settle(d, state)
        chain(d, state, proposals, heat, Parameters().mix(), 7)
        rows, common = rows_of(problem, d, names, state)
        unhoused, space = measure.tier_values(measure.plan(rows, common).terms)
        price = float(state.cost[0]) - 500.0 * float(state.cost[3])
        assert state.cost[3] >= unhoused
        if not unhoused and not state.cost[3]:
            offsets.append(float(space) - price)
    assert offsets
    assert max(offsets) - min(offsets) < 1
