"""Brute force and both engines on random tiny scenarios: every tier, and "impossible"."""

from collections import Counter
from fractions import Fraction

import pytest

import allocator.solve as solving
from allocator.model import exact_terms
from allocator.plan import Plan
from allocator.scenario import Scenario
from allocator.solve import solve
from tests.oracle.brute_force import BruteForce, Values
from tests.oracle.random_cases import case
from tests.oracle.rules_met import RULES, rules_met

FEW = range(40)
MANY = range(40, 340)


def values(plan: Plan) -> Values:
    return tuple(tier.value for tier in plan.tiers)


def judged(oracle: BruteForce, plan: Plan) -> None:
    """The plan is lawful and its values are what the oracle counts."""
    faults, counted = oracle.judge(plan.assignments, plan.areas.common_floors)
    assert not faults
    assert values(plan) == counted


def agrees(scenario: Scenario, oracle: BruteForce) -> None:
    """The exact engine proves what the brute force finds."""
    solved = solve(scenario)
    if oracle.best is None:
        assert (solved.status, solved.plan) == ("infeasible", None)
        return
    assert solved.plan is not None
    assert tuple(tier.best for tier in solved.plan.tiers) == oracle.best
    assert all(tier.proven for tier in solved.plan.tiers)
    assert all(tier.value <= tier.best + tier.slack for tier in solved.plan.tiers)
    assert solved.status == solved.plan.status == "optimal"
    judged(oracle, solved.plan)


def searches(scenario: Scenario, oracle: BruteForce) -> bool:
    """The search engine stays lawful and never claims more than is true; whether it has a plan."""
    solved = solve(scenario)
    if oracle.best is None:
        assert solved.plan is None
        return False
    assert solved.status != "infeasible"
    if solved.plan is None:
        return False
    judged(oracle, solved.plan)
    limits: list[Fraction] = []
    for index, tier in enumerate(solved.plan.tiers):
        least = oracle.least(index, limits)
        assert least is not None and least <= tier.value
        assert tier.bound is None or tier.bound <= least
        limits.append(tier.best + tier.slack)
    return True


@pytest.mark.parametrize("seed", FEW)
def test_solver_agrees_with_brute_force(seed: int) -> None:
    agrees(*case(seed))


@pytest.mark.accept
@pytest.mark.parametrize("seed", MANY)
def test_solver_agrees_with_brute_force_on_many(seed: int) -> None:
    agrees(*case(seed))


@pytest.mark.parametrize("seed", FEW)
def test_large_units_agree_with_brute_force(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of many people have their service entitlement divided another way in the model."""
    monkeypatch.setattr(exact_terms, "FEW_PEOPLE", 0)
    agrees(*case(seed))


@pytest.mark.parametrize("seed", FEW)
def test_search_never_beats_brute_force(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", 0)
    searches(*case(seed))


@pytest.mark.accept
def test_search_never_beats_brute_force_on_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", 0)
    cases = [case(seed) for seed in MANY]
    found = [searches(*one) for one in cases]
    possible = sum(oracle.best is not None for _, oracle in cases)
    assert sum(found) >= possible * 0.85


def test_every_rule_is_met() -> None:
    """Each rule turns up in at least one case in twenty."""
    met: Counter[str] = Counter()
    for seed in (*FEW, *MANY):
        met.update(rules_met(*case(seed)))
    assert [rule for rule in RULES if met[rule] < (len(FEW) + len(MANY)) / 20] == []


def test_outcomes_differ() -> None:
    """Cases are neither all impossible nor all easy."""
    best = [case(seed)[1].best for seed in (*FEW, *MANY)]
    impossible = sum(one is None for one in best)
    assert len(best) / 20 <= impossible <= len(best) / 4
    assert sum(one is not None and one[0] == 0 for one in best) >= len(best) / 20
    assert sum(one is not None and one[0] > 0 for one in best) >= len(best) / 4
