"""Under a budget of work the plan is the same in every run and with any number of workers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import allocator.model.starts as starts
from allocator.bundle import plan_as_json
from allocator.generate.generate import generate
from allocator.policy_file import default_policy
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from standards.load import load_standard


def test_the_same_work_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    annealed = starts._annealed

    def seen(*args):  # type: ignore[no-untyped-def]
        asked.append(True)
        return annealed(*args)

    monkeypatch.setattr(starts, "_annealed", seen)
    standard = load_standard("cn-2014")
    scenario = Scenario(
        name="district",
        ledger=generate("district", 3).ledger,
        standard=standard,
        policy=default_policy(standard),
    )
    plans = []
    for workers in (1, 2):
        solved = solve(replace(scenario, budget=Budget(seconds=None, work=3, workers=workers)))
        assert solved.plan is not None
        plan = plan_as_json(solved.plan)
        plan["provenance"].pop("workers")
        plans.append(json.dumps(plan, sort_keys=True))
    assert len(asked) == 2
    assert plans[0] == plans[1]
