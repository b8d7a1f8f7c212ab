"""Answers of a session against every plan of tiny scenarios, undo, and repeated answers."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from allocator.commands.inputs import scenario_file
from allocator.desk.change import Change, PostCount
from allocator.desk.session import Session, Unverified
from allocator.findings import InputError
from allocator.plan import Plan
from allocator.scenario import Budget, Forbid, Scenario
from allocator.scenario_file import read_scenario
from allocator.solve import solve
from tests.bound.housed_cases import housed_cases
from tests.desk.changes import any_change
from tests.oracle.brute_force import BruteForce

WORK = Budget(seconds=None, work=4, workers=1)


def _changed(session: Session, random: Random) -> Change | None:
    """A change that is not refused, if one of ten is."""
    for _ in range(10):
        change = any_change(session.scenario, random)
        try:
            session.change(change)
        except InputError:
            continue
        return change
    return None


def _judge(oracle: BruteForce, plan: Plan) -> None:
    """Lawful, counted right, and no bound above what the best plan costs."""
    faults, counted = oracle.judge(plan.assignments, plan.areas.common_floors)
    assert not faults
    assert tuple(tier.value for tier in plan.tiers) == counted
    assert oracle.best is not None
    assert tuple(tier.value for tier in plan.tiers) >= oracle.best
    for index, tier in enumerate(plan.tiers[:2]):
        least = oracle.least(index, [t.best for t in plan.tiers[:index]])
        assert least is not None
        assert tier.bound is None or tier.bound <= least
        assert not tier.bound_checked


def test_answers_are_lawful_and_near_the_best_of_all_plans() -> None:
    seen: Counter[str] = Counter()
    for seed, scenario, _ in housed_cases(0, 24):
        plan = solve(scenario).plan
        assert plan is not None
        with Session(scenario, plan, workers=1) as session:
            random = Random(seed)
            if _changed(session, random) is None:
                continue
            oracle = BruteForce(session.scenario)
            try:
                answers = [answer.plan for answer in session.replan(WORK)]
            except Unverified as none:
                assert none.findings == ()
                seen["no plan"] += oracle.best is not None
                continue
            for answer in answers:
                _judge(oracle, answer)
            values = [tuple(tier.value for tier in answer.tiers) for answer in answers]
            assert values == sorted(values, reverse=True)
            assert session.plan is answers[-1]
            assert oracle.best is not None
            seen["answered"] += 1
            seen["as many housed"] += values[-1][0] == oracle.best[0]
            seen["as cheap"] += values[-1][:2] == oracle.best[:2]
            seen["bounded"] += answers[-1].tiers[1].bound is not None
    assert seen["answered"] >= 15
    assert seen["no plan"] <= 1, seen
    assert seen["as many housed"] >= 0.9 * seen["answered"], seen
    assert seen["as cheap"] >= 0.6 * seen["answered"], seen
    assert seen["bounded"] >= 0.6 * seen["answered"], seen


@pytest.fixture(scope="module")
def tiny() -> tuple[Scenario, Plan]:
    scenario = read_scenario(scenario_file("tiny"))
    plan = solve(scenario).plan
    assert plan is not None
    return scenario, plan


def test_undo_brings_back_plan_bound_and_scenario(tiny: tuple[Scenario, Plan]) -> None:
    scenario, plan = tiny
    with Session(scenario, plan, workers=1) as session:
        row = next(row for row in plan.assignments if row.people)
        forbid = Forbid(unit=row.unit, kind="room", place=row.room)
        session.change(forbid)
        assert session.plan is None
        last = [answer.plan for answer in session.replan(WORK)][-1]
        assert row not in last.assignments
        group = next(p for p in scenario.ledger.posts if p.unit == row.unit)
        session.change(PostCount(unit=row.unit, division=group.division, grade=group.grade,
                                 established=group.established + 1))  # fmt: skip
        list(session.replan(WORK))
        session.undo()
        assert session.plan is last
        assert session.scenario.forbids == (*scenario.forbids, forbid)
        session.undo()
        assert session.plan is plan
        assert session.scenario is scenario
        assert session.undo() is scenario


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_work_gives_the_same_answers(tiny: tuple[Scenario, Plan], workers: int) -> None:
    scenario, plan = tiny
    runs = []
    for _ in range(2):
        with Session(scenario, plan, workers) as session:
            random = Random(5)
            while not session.changes:
                _changed(session, random)
            runs.append([answer.plan for answer in session.replan(WORK)])
    assert runs[0] == runs[1]
    assert runs[0]
