"""Rooms given out anew on the same floors: nobody loses a seat, and nothing better is possible."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import allocator.solve as solving
from allocator.bundle import plan_as_json
from allocator.measure import Measure
from allocator.model.bounding import Effort
from allocator.model.breaches import Breaches
from allocator.model.crew import Crew
from allocator.model.polish import Polishing, polish
from allocator.model.polishing import polished
from allocator.model.search import Search
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from allocator.verify.verify import verify_plan
from tests.benchmarks.floors_cases import floor_case
from tests.bound.housed_cases import housed_cases
from tests.builders import (
    building,
    floor,
    make_ledger,
    make_scenario,
    office,
    posts,
    site,
    sits,
    unit,
)


def people(rows: list[Assignment]) -> Counter[object]:
    count: Counter[object] = Counter()
    for row in rows:
        count[row.group] += row.people
    return count


def crossed() -> tuple[Scenario, list[Assignment]]:
    """Two units, each in the room where the other sits today."""
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("A", "S")],
        floors=[floor("A1", "A", 1)],
        rooms=[office("R1", "A1", 9), office("R2", "A1", 9)],
        units=[unit("a"), unit("b")],
        posts=[posts("a", "clerk", 1), posts("b", "clerk", 1)],
        occupancy=[sits("R1", "a", "clerk", 1), sits("R2", "b", "clerk", 1)],
    )
    rows = [Assignment("R1", "b", "", "clerk", 1), Assignment("R2", "a", "", "clerk", 1)]
    return make_scenario(ledger), rows


def asked(rows: list[Assignment], seats: int = 0) -> Polishing:
    return Polishing(tuple(rows), frozenset(), frozenset(), seats, None, 0)


def test_units_go_back_where_they_sit_today() -> None:
    scenario, rows = crossed()
    found, _ = polish(Problem(scenario), asked(rows))
    assert found == (Assignment("R1", "a", "", "clerk", 1), Assignment("R2", "b", "", "clerk", 1))


def test_seats_that_must_stay_free_stay_free() -> None:
    scenario, rows = crossed()
    with_spare = replace(
        scenario,
        ledger=replace(scenario.ledger, rooms=(*scenario.ledger.rooms, office("R3", "A1", 18))),
    )
    problem = Problem(with_spare)
    seats = 18_00 // problem.lowest_limit
    found, _ = polish(problem, asked(rows, seats))
    assert found is not None
    assert {row.room for row in found} == {"R1", "R2"}


@pytest.mark.parametrize("seed", range(12))
def test_one_floor_is_as_good_as_the_whole_model_finds(seed: int) -> None:
    scenario, rows = floor_case(8, seed)
    problem = Problem(scenario)
    measure = Measure(problem)
    found, _ = polish(problem, asked(rows))
    assert found is not None
    assert people(list(found)) == people(rows)
    assert Breaches(problem).count(list(found), measure.plan(found, ())) == 0
    exact = solve(replace(scenario, budget=Budget(seconds=None, work=30, workers=1))).plan
    assert exact is not None
    priced = next(t for t in exact.tiers if "used" in t.terms)
    assert priced.proven
    index = exact.tiers.index(priced)
    assert measure.tier_values(measure.plan(found, ()).terms)[index] == priced.value


def test_a_polished_plan_is_lawful_and_no_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", 0)
    better = 0
    for seed, scenario, _ in housed_cases(300, 12):
        problem = Problem(scenario)
        search = Search(
            problem, Measure(problem), Effort(None, 4.0, 1, 0), lambda _: None, lambda: False,
            lambda *_: None,
        )  # fmt: skip
        with Crew(problem, search.measure, 1) as crew:
            begun = search.begin()
            state = polished(search, crew, begun)
        assert state.key <= begun.key, seed
        better += state.key < begun.key
        if state.key[0] == 0:
            found = solving.Found(
                tuple(state.rows), tuple(sorted(state.common)), state.key[1:],
                (None,) * len(state.key[1:]), None,
            )  # fmt: skip
            plan = plan_as_json(solving.whole_plan(problem, search.measure, found))
            assert not verify_plan(scenario, plan), seed
    assert better
