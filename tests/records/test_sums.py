"""Records add up to the terms and tier values, today, at random and in solved plans."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.bundle import read_bundle
from allocator.measure import Measure, today_rows
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.records.collect import records, records_of
from allocator.records.record import RULE_OF_TERM, amounts, tier_values
from allocator.rules import RULES
from allocator.scenario import TERMS, Scenario
from tests.oracle.random_cases import draw
from tests.report.cases import random_case, small


def agree(scenario: Scenario, rows: tuple[Assignment, ...], common: tuple[str, ...]) -> None:
    """Per term and per tier the sums are exactly what is measured."""
    problem = Problem(scenario)
    measure = Measure(problem)
    measured = measure.plan(rows, common)
    found = records(problem, measure, rows, common)
    sums, values = amounts(found), tier_values(found)
    for tier, value in zip(scenario.policy.tiers, measure.tier_values(measured.terms), strict=True):
        for term, _ in tier.terms:
            assert sums.get((tier.name, term), 0) == measured.terms[term], (tier.name, term)
        assert values.get(tier.name, 0) == value
    assert len({record.key for record in found}) == len(found)
    assert all(record.amount for record in found)


def with_every_term(scenario: Scenario) -> Scenario:
    """A policy whose last tier adds up every term there is, at odd rates."""
    tiers = scenario.policy.tiers
    rates = tuple((term, Fraction(place + 1, 7)) for place, term in enumerate(TERMS))
    every = replace(tiers[-1], name="every", terms=rates)
    return replace(scenario, policy=replace(scenario.policy, tiers=(*tiers, every)))


def shuffled(scenario: Scenario, random: Random) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
    """Rows that need not be lawful: people anywhere, rooms shared and held for purposes."""
    problem = Problem(scenario)
    rows = set(problem.fixed_rows)
    free = [r for r in scenario.ledger.rooms if r.code not in problem.fixed_rooms]
    offices = [r.code for r in free if r.use == "office"]
    taken: dict[tuple[str, ...], int] = {}
    for group, seats in problem.planned.items():
        for _ in range(random.randint(0, seats) if offices else 0):
            key = (random.choice(offices), group.unit, group.division, group.grade)
            taken[key] = taken.get(key, 0) + 1
    rows |= {Assignment(*key, people) for key, people in taken.items()}
    for wanted in scenario.ledger.requests:
        rooms = [r.code for r in free if r.use == wanted.use]
        if rooms and random.random() < 0.7:
            rows.add(Assignment(random.choice(rooms), wanted.unit, purpose=wanted.purpose))
    floors = [f.code for f in scenario.ledger.floors if random.random() < 0.3]
    return tuple(sorted(rows)), tuple(floors)


@given(st.integers(0, 2**32))
def test_records_add_up_on_today_and_on_random_plans(seed: int) -> None:
    random = Random(seed)
    scenario = with_every_term(draw(random, f"case-{seed}"))
    problem = Problem(scenario)
    common = Measure(problem).before.common_floors
    agree(scenario, tuple(today_rows(problem)), common)
    agree(scenario, *shuffled(scenario, random))


@pytest.mark.parametrize("case", [small(), random_case(12, 30)], ids=["small", "city"])
def test_records_add_up_on_plans(case) -> None:  # type: ignore[no-untyped-def]
    scenario, plan = case
    agree(with_every_term(scenario), plan.assignments, plan.areas.common_floors)


def test_records_of_a_solved_plan_give_its_stored_tiers(tiny_plan: Path) -> None:
    scenario, plan = read_bundle(tiny_plan)
    agree(with_every_term(scenario), plan.assignments, plan.areas.common_floors)
    found = records_of(scenario, plan.assignments, plan.areas.common_floors)
    values = tier_values(found)
    for tier in plan.tiers:
        assert values.get(tier.name, 0) == tier.value


def test_every_term_has_a_rule_of_the_register_and_a_clause() -> None:
    assert set(RULE_OF_TERM) == set(TERMS)
    assert set(RULE_OF_TERM.values()) <= set(RULES)
    scenario, plan = small()
    found = records_of(scenario, plan.assignments, plan.areas.common_floors)
    assert all(record.clause for record in found)
