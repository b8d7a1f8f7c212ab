"""The proof by columns against every plan of tiny problems: equal when proved, never above."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction

from allocator.measure import Measure
from allocator.model.columns.prove import Effort, Proof, prove
from allocator.problem import Problem
from allocator.scenario import Pin, Scenario
from tests.bound.housed_cases import housed_cases, priced
from tests.oracle.brute_force import BruteForce

NUMBER = 1_000 if os.environ.get("ALLOCATOR_FULL") == "1" else 120


def plain(scenario: Scenario) -> Scenario:
    """Without the few rules that columns do not carry, so that most cases are met."""
    return replace(
        scenario,
        policy=replace(scenario.policy, people_moved_cap=None, buildings_per_unit=1),
        pins=tuple(p for p in scenario.pins if p.kind != "room" and not p.division + p.grade),
        forbids=tuple(f for f in scenario.forbids if not f.division),
    )


def proof(scenario: Scenario, effort: Effort, incumbent: Fraction | None = None) -> Proof | None:
    problem = Problem(scenario)
    return prove(problem, Measure(problem), incumbent, effort)


def least(scenario: Scenario, oracle: BruteForce) -> Fraction:
    index = priced(scenario)
    assert index is not None
    found = oracle.least(index, [Fraction(0)])
    assert found is not None
    return found


def cases(first: int, number: int) -> list[tuple[int, Scenario, BruteForce]]:
    """Tiny scenarios that house everybody even with fewer rules."""
    found = []
    for seed, scenario, _ in housed_cases(first, number):
        eased = plain(scenario)
        oracle = BruteForce(eased)
        if oracle.best is not None and oracle.best[0] == 0:
            found.append((seed, eased, oracle))
    return found


def test_proofs_equal_brute_force() -> None:
    met = proved = 0
    for seed, scenario, oracle in cases(0, NUMBER):
        found = proof(scenario, Effort(work=20))
        if found is None:
            continue
        met += 1
        best = least(scenario, oracle)
        assert found.bound is not None and found.bound <= best, seed
        if found.proven:
            assert found.bound == found.value == best, seed
            proved += 1
            assert found.rows is not None
            faults, _ = oracle.judge(found.rows, found.common)
            assert not faults, (seed, faults)
    assert met >= NUMBER * 0.3
    assert proved >= met * 0.95


def test_a_cut_off_proof_is_valid() -> None:
    """With too little work the bound is lower, never wrong, and plans are still lawful."""
    bounded = closed = 0
    for seed, scenario, oracle in cases(400, 40):
        best = least(scenario, oracle)
        for work in (0.01, 0.11, 0.21, 0.4):
            found = proof(scenario, Effort(work=work))
            if found is None:
                break
            assert found.bound is None or found.bound <= best, seed
            assert found.value is None or found.value >= best, seed
            assert found.proven == (found.bound is not None and found.bound == found.value)
            bounded += found.bound is not None
            closed += found.proven
    assert bounded > closed > 0


def test_an_incumbent_is_beaten_or_proved() -> None:
    beaten = 0
    for seed, scenario, oracle in cases(600, 25):
        best = least(scenario, oracle)
        same = proof(scenario, Effort(work=20), best)
        if same is None:
            continue
        assert same.rows is None and same.value is None, seed
        assert same.proven and same.bound == best, seed
        worse = proof(scenario, Effort(work=20), best + 1)
        assert worse is not None and worse.value == best and worse.proven, seed
        beaten += 1
    assert beaten >= 5


def test_the_same_work_gives_the_same_proof() -> None:
    for _, scenario, _ in cases(700, 5):
        assert proof(scenario, Effort(work=0.3)) == proof(scenario, Effort(work=0.3))


def test_other_rules_are_declined() -> None:
    """Units of several buildings, moves capped, rooms pinned: no proof rather than a wrong one."""
    _, scenario, _ = cases(0, 3)[0]
    several = replace(scenario, policy=replace(scenario.policy, buildings_per_unit=2))
    capped = replace(scenario, policy=replace(scenario.policy, people_moved_cap=3))
    unit = scenario.ledger.units[0].code
    room = scenario.ledger.rooms[0].code
    pinned = replace(scenario, pins=(Pin(unit=unit, kind="room", place=room),))
    for other in (several, capped, pinned):
        assert proof(other, Effort(work=1)) is None
