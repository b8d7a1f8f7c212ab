"""Changes in words: what is refused, why, and that a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocator.desk.change import Change, PostCount, changed
from allocator.desk.session import Session
from allocator.domain import Relation
from allocator.findings import InputError
from allocator.scenario import Forbid, Pin, Scenario
from allocator.solve import solve
from tests.builders import (
    building,
    floor,
    make_ledger,
    make_policy,
    make_scenario,
    office,
    posts,
    room,
    site,
    sits,
    unit,
)


def _scenario() -> Scenario:
    """Two units in a building with room for both; a sealed one, and one in another territory."""
    ledger = make_ledger(
        sites=[site("S1"), site("S2", territory="east")],
        buildings=[building("A", "S1"), building("B", "S1"), building("C", "S2")],
        floors=[floor("A1", "A"), floor("A2", "A", 2), floor("B1", "B"), floor("C1", "C")],
        rooms=[
            office("A101", "A1", 9),
            office("A201", "A2", 9),
            room("B101", "B1", "office", 9, status="sealed"),
            office("C101", "C1", 9),
        ],
        units=[unit("fin", territory="west"), unit("edu", territory="west")],
        posts=[posts("fin", "clerk", 1), posts("edu", "clerk", 1)],
        occupancy=[sits("A101", "fin", "clerk"), sits("A201", "edu", "clerk")],
    )
    return make_scenario(ledger, policy=make_policy(reserve=0))


def _session() -> Session:
    scenario = _scenario()
    plan = solve(scenario).plan
    assert plan is not None
    return Session(scenario, plan, workers=1)


REFUSED: tuple[tuple[Change, str, str], ...] = (
    (Pin(unit="fim", kind="building", place="A"), "unknown-unit", "'fin'|\"fin\""),
    (Pin(unit="fin", kind="building", place="Z"), "unknown-building", "no such building"),
    (Pin(unit="fin", kind="building", place="B"), "pin-place-closed", "no office to give"),
    (Pin(unit="fin", kind="building", place="C"), "pin-not-permitted", "territory"),
    (Pin(unit="fin", kind="room", place="B101"), "pin-impossible", "cannot be met"),
    (Forbid(unit="fin", kind="building", place="A"), "forbid-leaves-nothing", "no office is left"),
    (PostCount(unit="fin", grade="clark", established=1), "unknown-grade", "no such grade"),
    (PostCount(unit="fin", grade="clerk", established=-1), "out-of-range", "out of range"),
    (PostCount(unit="fin", grade="clerk", division="x", established=1), "unknown-division", "no"),
)


@pytest.mark.parametrize(("change", "code", "words"), REFUSED)
def test_a_change_that_cannot_be_is_refused_in_words(change: Change, code: str, words: str) -> None:
    with _session() as session:
        before, plan = session.scenario, session.plan
        with pytest.raises(InputError, match=words) as refused:
            session.change(change)
        assert [finding.code for finding in refused.value.findings] == [code]
        assert all(finding.zh for finding in refused.value.findings)
        assert session.scenario is before
        assert session.plan is plan
        assert session.changes == ()


def test_pins_that_contradict_each_other_are_refused() -> None:
    with _session() as session:
        session.change(Pin(unit="fin", kind="floor", place="A1"))
        with pytest.raises(InputError, match=r"contradicts another.*pin A1") as refused:
            session.change(Pin(unit="fin", kind="floor", place="A2"))
        assert refused.value.findings[0].place.column == "pins.1"
        with pytest.raises(InputError, match="listed twice"):
            session.change(Pin(unit="fin", kind="floor", place="A1"))
        assert session.scenario.pins == (Pin(unit="fin", kind="floor", place="A1"),)


def test_a_pin_against_a_relation_is_refused() -> None:
    scenario = changed(_scenario(), Pin(unit="edu", kind="floor", place="A2"))
    plan = solve(scenario).plan
    assert plan is not None
    must = Relation(a="fin", b="edu", kind="same_floor", must=True)
    session = Session(replace(scenario, relations=(must,)), plan, workers=1)
    with session, pytest.raises(InputError, match="must share a place"):
        session.change(Pin(unit="fin", kind="floor", place="A1"))


def test_a_post_count_stands_in_the_record_of_changes() -> None:
    new = changed(_scenario(), PostCount(unit="fin", grade="clerk", established=3))
    assert [p.established for p in new.ledger.posts] == [3, 1]
    assert [(c.place, c.what, c.old, c.new) for c in new.changes] == [
        ("fin/clerk", "established", "1", "3")
    ]
    assert _scenario().ledger.posts[0].established == 1
