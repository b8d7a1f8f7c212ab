"""Bounds never above the best lawful plan, and the checker's own value of their prices."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from allocator.measure import Measure
from allocator.model.bound.bound import Bound, Effort, bound, released_bound
from allocator.problem import Problem
from allocator.scenario import Scenario, Tier
from allocator.verify.certificate_bound import Bound as Checker
from allocator.verify.certificate_bound import Prices
from allocator.verify.certificate_estate import Estate
from allocator.verify.world import World
from tests.bound.housed_cases import housed_cases, priced
from tests.oracle.brute_force import BruteForce

NUMBER = 1500 if os.environ.get("ALLOCATOR_FULL") == "1" else 60
ONE = {"used": Fraction(1)}


def checked(scenario: Scenario, found: Bound, rates: dict[str, Fraction]) -> Fraction:
    """What the checker makes of the certificate, in the unit of the bound's value."""
    assert found.certificate is not None
    prices = Prices(**found.certificate["prices"])
    return Fraction(Checker(Estate(World(scenario)), rates).value(prices), 1000)


def least_used(scenario: Scenario) -> Fraction:
    """The least area kept open by any plan that houses everybody."""
    tier = Tier(name="used", unit="m2", terms=(("used", Fraction(1)),))
    policy = replace(scenario.policy, tiers=(scenario.policy.tiers[0], tier))
    used = BruteForce(replace(scenario, policy=policy)).least(1, [Fraction(0)])
    assert used is not None
    return used


def test_bounds_hold_for_every_plan_of_tiny_cases() -> None:
    met = exact = certified = 0
    for seed, scenario, oracle in housed_cases(0, NUMBER):
        index = priced(scenario)
        assert index is not None
        problem = Problem(scenario)
        measure = Measure(problem)
        least = oracle.least(index, [Fraction(0)])
        found = bound(problem, measure, Effort(work=0.5))
        assert least is not None
        if found.value is None:
            continue
        assert found.value <= least * 100, seed
        met += 1
        if found.certificate is not None:
            value = checked(scenario, found, dict(scenario.policy.tiers[index].terms))
            assert found.value <= value <= least * 100, seed
            certified += 1
            exact += value == least * 100
    assert met >= NUMBER * 0.9
    assert certified >= NUMBER * 0.25
    assert exact >= certified * 0.1


def test_no_plan_keeps_less_area_open() -> None:
    certified = 0
    for seed, scenario, _ in housed_cases(100, NUMBER // 2):
        problem = Problem(scenario)
        if problem.market_floors & set(problem.stock_by_floor):
            continue
        found = released_bound(problem, Measure(problem), Effort(work=0.5))
        used = least_used(scenario)
        assert found.value is None or found.value <= used * 100, seed
        if found.certificate is not None:
            assert found.value is not None
            assert checked(scenario, found, ONE) >= found.value, seed
            certified += 1
    assert certified


@pytest.mark.parametrize("seed", [1, 23, 60, 151])
def test_more_effort_is_never_worse(seed: int) -> None:
    _, scenario, _ = next(housed_cases(seed, 1))
    problem = Problem(scenario)
    measure = Measure(problem)
    values = [bound(problem, measure, Effort(work=w)).value for w in (0.00001, 0.0001, 0.001, 0.01)]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(values))


def test_the_same_work_gives_the_same_certificate() -> None:
    _, scenario, _ = next(housed_cases(1, 1))
    problem = Problem(scenario)
    measure = Measure(problem)
    assert bound(problem, measure, Effort(work=0.01)) == bound(problem, measure, Effort(work=0.01))
