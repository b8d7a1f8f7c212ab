"""Plans checked in memory, one scenario after another, against a check from nothing."""

from __future__ import annotations

from dataclasses import replace

from allocator.domain import Posts
from allocator.scenario import Forbid, Pin, Scenario
from allocator.verify.verify import Checker, verify_plan
from tests.verify.cases import small_plan, small_scenario


def _after_pin(scenario: Scenario) -> Scenario:
    row = small_plan()["assignments"][0]
    other = next(b.code for b in scenario.ledger.buildings if not row["room"].startswith(b.code))
    return replace(scenario, pins=(Pin(unit=row["unit"], kind="building", place=other),))


def _after_forbid(scenario: Scenario) -> Scenario:
    row = small_plan()["assignments"][0]
    return replace(scenario, forbids=(Forbid(unit=row["unit"], kind="room", place=row["room"]),))


def _after_posts(scenario: Scenario) -> Scenario:
    first, *rest = scenario.ledger.posts
    more: tuple[Posts, ...] = (replace(first, established=first.established + 2), *rest)
    return replace(scenario, ledger=replace(scenario.ledger, posts=more))


def test_a_checker_that_follows_another_finds_what_a_new_one_finds() -> None:
    plan = small_plan()
    last = Checker(small_scenario())
    assert last.check(plan) == ()
    for edit in (_after_pin, _after_forbid, _after_posts, lambda scenario: scenario):
        scenario = edit(small_scenario())
        last = Checker(scenario, last)
        assert last.check(plan) == verify_plan(scenario, plan)
    assert last.check(plan) == ()


def test_each_change_is_found() -> None:
    before = Checker(small_scenario())
    for edit, code in (
        (_after_pin, "pins"),
        (_after_forbid, "forbids"),
        (_after_posts, "unplaced"),
    ):
        found = {f.code for f in Checker(edit(small_scenario()), before).check(small_plan())}
        assert code in found, found
