"""What is kept of a plan under another scenario is lawful there, and all of it where it can be."""

from __future__ import annotations

from random import Random

import pytest

import allocator.solve as solving
from allocator.bundle import plan_as_json
from allocator.desk.change import changed
from allocator.findings import InputError
from allocator.measure import Measure
from allocator.model.keep import floors_kept, still_lawful
from allocator.problem import Problem
from allocator.solve import Found, solve, whole_plan
from allocator.verify.verify import verify_plan
from tests.bound.housed_cases import housed_cases
from tests.desk.changes import any_change

OF_SEVERAL = {"reserve", "people_moved_cap", "relation_same_site", "relation_same_building",
              "relation_same_floor", "relation_apart"}  # fmt: skip
"""Rules over several units, which are not looked at."""


def test_what_is_kept_is_lawful_under_the_changed_scenario() -> None:
    dropped = looked_at = 0
    for seed, scenario, _ in housed_cases(100, 25):
        plan = solve(scenario).plan
        assert plan is not None
        assert still_lawful(Problem(scenario), plan.assignments) == list(plan.assignments)
        random = Random(seed)
        for _ in range(4):
            try:
                new = changed(scenario, any_change(scenario, random))
            except InputError:
                continue
            problem = Problem(new)
            measure = Measure(problem)
            rows = tuple(still_lawful(problem, plan.assignments))
            common = tuple(sorted(floors_kept(problem, plan.areas.common_floors)))
            values = measure.tier_values(measure.plan(rows, common).terms)
            found = Found(rows, common, values, (None,) * len(values), None)
            kept = plan_as_json(whole_plan(problem, measure, found))
            wrong = {finding.code for finding in verify_plan(new, kept)}
            if any(pin.kind == "room" for pin in new.pins):
                wrong -= {"pins"}
            assert wrong <= OF_SEVERAL, (seed, wrong)
            dropped += len(rows) < len(plan.assignments)
            looked_at += 1
    assert looked_at >= 50
    assert dropped >= 10


def test_a_search_begins_from_the_plan_of_another_scenario(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", 0)
    for seed, scenario, _ in housed_cases(200, 3):
        plan = solve(scenario).plan
        random = Random(seed)
        try:
            new = changed(scenario, any_change(scenario, random))
        except InputError:
            continue
        answer = solve(new, begin=plan).plan
        if answer is not None:
            assert answer is not plan
            assert verify_plan(new, plan_as_json(answer)) == ()
