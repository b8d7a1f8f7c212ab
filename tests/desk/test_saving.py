"""Plans of a session as bundles: the last certificate still proves their bounds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

import allocator.solve as solving
from allocator.bundle import write_bundle
from allocator.commands.solving import with_checked_bounds
from allocator.desk.change import Change
from allocator.desk.session import Session, Unverified
from allocator.findings import InputError
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.scenario import Budget
from allocator.solve import solve
from allocator.verify.verify import verify_bundle
from tests.bound.housed_cases import housed_cases
from tests.desk.changes import any_change


def test_a_bundle_of_an_answer_verifies_with_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", 0)
    saved = certified = 0
    for seed, scenario, _ in housed_cases(300, 20):
        plan = solve(scenario).plan
        assert plan is not None
        if plan.certificate is None:
            continue
        random = Random(seed)
        with Session(scenario, plan, workers=1) as session:
            for _ in range(4):
                change = any_change(scenario, random)
                if Problem(scenario).people_of[change.unit]:
                    answer = _answer(session, change)
                    if answer is None:
                        continue
                    folder = tmp_path / f"{seed}-{saved}"
                    write_bundle(folder, session.scenario, answer, {}, lambda draft: None)
                    session.undo()
                    result = verify_bundle(folder)
                    assert result.ok, (seed, change, result.findings)
                    saved += 1
                    certified += bool(result.summary["bounds_checked"])
    assert saved >= 8
    assert certified >= 4


def _answer(session: Session, change: Change) -> Plan | None:
    """The last plan after a change, its bounds checked; None if there is none."""
    try:
        session.change(change)
    except InputError:
        return None
    try:
        *_, last = session.replan(Budget(seconds=None, work=2, workers=1))
    except Unverified:
        session.undo()
        return None
    return with_checked_bounds(session.scenario, last.plan)
