"""What two plans' records differ in, and what the sentences say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from allocator.measure import Measure
from allocator.problem import Problem
from allocator.records.collect import records, records_of
from allocator.records.record import ROUNDING, subtract, tier_values
from tests.builders import (
    building,
    floor,
    holds,
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
from tests.report.cases import small, stay_put

SCENARIO, PLAN = small()
TODAY = stay_put(SCENARIO)
BEFORE = records_of(SCENARIO, TODAY.assignments, TODAY.areas.common_floors)
AFTER = records_of(SCENARIO, PLAN.assignments, PLAN.areas.common_floors)


def test_changes_add_up_to_the_difference_of_every_tier() -> None:
    changes = subtract(BEFORE, AFTER)
    for tier in PLAN.tiers:
        here = [c for c in changes if c.record.tier == tier.name]
        before = next(t.value for t in TODAY.tiers if t.name == tier.name)
        assert sum(c.value for c in here) == tier.value - before
        sizes = [abs(c.value) for c in here]
        assert sizes == sorted(sizes, reverse=True)
    assert all(c.amount or c.value for c in changes)


def test_nothing_differs_from_itself_and_the_way_back_is_the_negative() -> None:
    assert subtract(AFTER, AFTER) == ()
    there = {c.record.key: c.value for c in subtract(BEFORE, AFTER)}
    back = {c.record.key: -c.value for c in subtract(AFTER, BEFORE)}
    assert there == back


def test_a_changed_rate_changes_values_but_no_amount() -> None:
    dearer = tuple(replace(r, rate=r.rate * 2) if r.term == "used" else r for r in AFTER)
    changes = subtract(AFTER, dearer)
    assert {c.record.term for c in changes} == {"used"}
    assert all(c.amount == 0 and c.value == c.record.amount for c in changes)
    rise = tier_values(dearer)["space"] - tier_values(AFTER)["space"]
    assert sum(c.value for c in changes) == rise


def test_a_change_says_what_is_new_gone_or_other() -> None:
    words = {c.record.key: (c.zh, c.en) for c in subtract(BEFORE, AFTER)}
    before, after = ({r.key: r for r in found} for found in (BEFORE, AFTER))
    for key, (zh, en) in words.items():
        if key not in before:
            assert zh == f"新增：{after[key].zh}" and en == f"new: {after[key].en}"
        elif key not in after:
            assert zh == f"不再有：{before[key].zh}" and en == f"gone: {before[key].en}"
        else:
            assert before[key].zh in zh and after[key].zh in zh
            assert before[key].en in en and after[key].en in en
    starts = {en.split(" ")[0] for _, en in words.values()}
    assert starts == {"new:", "gone:", "from"}


def _shared_room():  # type: ignore[no-untyped-def]
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("A", "S")],
        floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", "60.01"), office("A102", "A1", 10), service("A103", "A1", 30)],
        units=[unit("fin"), unit("tax"), unit("law")],
        posts=[posts("fin", "clerk", 1), posts("tax", "clerk", 1), posts("law", "clerk", 1)],
        occupancy=[
            *(sits("A101", u, "clerk") for u in ("fin", "tax", "law")),
            holds("A102", "fin"),
            holds("A103", "fin"),
        ],
    )
    return make_scenario(ledger, policy=make_policy(reserve=0))


def test_a_sentence_carries_the_figures_of_its_record() -> None:
    scenario = _shared_room()
    problem = Problem(scenario)
    measure = Measure(problem)
    today = stay_put(scenario)
    found = records(problem, measure, today.assignments, today.areas.common_floors)
    hidden = {(r.unit, r.place, r.subject): r for r in found if r.term == "hidden"}
    # 60.01 m2 for three clerks of 9 m2 each: 33.01 m2 above standard, a third for each unit.
    third = Fraction(3301, 300)
    assert {hidden[u, "A101", ""].amount for u in ("fin", "tax", "law")} == {third}
    assert hidden["fin", "A102", ""].amount == 10
    # One post has 2 m2 of service rooms.
    assert hidden["fin", "", "service"].amount == 28
    assert "28.00" in hidden["fin", "", "service"].zh and "28.00" in hidden["fin", "", "service"].en
    assert ("", "", ROUNDING) not in hidden
    assert "11.00" in hidden["tax", "A101", ""].en and "60.01" in hidden["tax", "A101", ""].zh


def test_rounding_is_a_record_of_its_own() -> None:
    # Two units share 30.01 m2 of service rooms, 15.005 m2 each; one may have 20 m2, one 2 m2.
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("A", "S")],
        floors=[floor("A1", "A")],
        rooms=[service("A101", "A1", "30.01")],
        units=[unit("fin"), unit("tax")],
        posts=[posts("fin", "clerk", 10), posts("tax", "clerk", 1)],
        occupancy=[holds("A101", "fin"), holds("A101", "tax")],
    )
    today = stay_put(make_scenario(ledger))
    found = records_of(make_scenario(ledger), today.assignments, ())
    parts = {(r.unit, r.subject): r.amount for r in found if r.term == "hidden"}
    half_a_hundredth = Fraction(5, 1000)
    assert parts == {
        ("tax", "service"): 13 + half_a_hundredth,
        ("", ROUNDING): half_a_hundredth,
    }
