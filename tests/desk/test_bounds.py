"""Which changes leave the last bound standing."""

from __future__ import annotations

from dataclasses import replace

from allocator.desk.bounds import known_of
from allocator.desk.change import Change, PostCount, changed
from allocator.problem import Problem
from allocator.scenario import Forbid, Pin
from allocator.solve import solve
from tests.builders import (
    building,
    floor,
    make_ledger,
    make_policy,
    make_scenario,
    office,
    posts,
    service,
    site,
    sits,
    unit,
)


def test_the_last_bound_stands_only_where_plans_are_taken_away() -> None:
    ledger = make_ledger(
        sites=[site("S1")],
        buildings=[building("A", "S1"), building("B", "S1"), building("C", "S1")],
        floors=[floor("A1", "A"), floor("B1", "B"), floor("C1", "C")],
        rooms=[
            office("A101", "A1", 9),
            office("A102", "A1", 9),
            service("A103", "A1", 9),
            office("B101", "B1", 9),
            office("C101", "C1", 9),
        ],
        units=[unit("fin")],
        posts=[posts("fin", "clerk", 2)],
        occupancy=[sits("A101", "fin", "clerk", 1), sits("A102", "fin", "clerk", 1)],
    )
    scenario = make_scenario(ledger, policy=make_policy(reserve=0))
    plan = solve(scenario).plan
    assert plan is not None
    tiers = tuple(replace(tier, bound=tier.best) for tier in plan.tiers)
    known = known_of(replace(plan, tiers=tiers))
    assert known.priced is not None
    before = Problem(scenario)
    stands: tuple[tuple[Change, bool], ...] = (
        (Pin(unit="fin", kind="building", place="A"), True),
        (Forbid(unit="fin", kind="building", place="B"), True),
        # Without A two buildings are needed, so that more plans are lawful than before.
        (Forbid(unit="fin", kind="building", place="A"), False),
        (Pin(unit="fin", kind="room", place="A101"), True),
        (Pin(unit="fin", kind="room", place="A103"), False),
        (PostCount(unit="fin", grade="clerk", established=1), False),
    )
    for change, expected in stands:
        after = Problem(changed(scenario, change))
        left = known.after(change, before, after)
        assert (left.priced == known.priced) is expected, change
        assert left.entries == known.entries
