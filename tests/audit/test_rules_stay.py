"""Who is still in a room: sealed rooms, abolished units, terms that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Occupancy, RoomStatus
from tests.audit.people_cases import (
    is_silent,
    make_case,
    no_finding,
    open_verdict,
    says,
    the_finding,
)
from tests.builders import holds, office, sits, unit

A, GONE = Subject("room", "a"), Subject("room", "gone")
ON = date(2026, 1, 1)
DAY = timedelta(days=1)
CHIEF = sits("a", "tax", "chief")


def _one(*occupancy: Any, status: RoomStatus = "available", **more: Any) -> Case:
    rooms = [office("a", "F", 24, status=status, allocated_unit="fin"), office("b", "F", 9)]
    return make_case(rooms=rooms, occupancy=(sits("b", "fin", "clerk"), *occupancy), **more)


# -- sealed_used --------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "zh"), [("sealed", "封存"), ("unavailable", "停用")])
def test_a_closed_room_in_use(status: RoomStatus, zh: str) -> None:
    for row, people in ((CHIEF, 1), (holds("a", "tax"), 0)):
        found = the_finding(_one(row, status=status), "sealed_used")
        says(found, "sealed_used|room|a|||", "tax", None, None, ("occupancy", 1, "room"), status)
        assert f"“{zh}”" in found.sentence().zh
        assert f"unit tax ({people} people)" in found.sentence().en


def test_a_closed_room_that_is_empty() -> None:
    for status in ("sealed", "unavailable"):
        no_finding(_one(status=status), "sealed_used", A)
    no_finding(_one(CHIEF), "sealed_used", A)
    # A let room is the subject of another rule.
    is_silent(_one(CHIEF, status="let"), "sealed_used", A)
    is_silent(_one(), "sealed_used", GONE)


def test_a_plan_seats_people_in_a_sealed_room() -> None:
    plan = [Seat(room="a", unit="tax", grade="chief", people=1)]
    found = the_finding(_one(status="sealed", plan=plan), "sealed_used")
    assert found.judgement.cells[0][:3] == ("plan", 0, "room")


# -- not_vacated --------------------------------------------------------------------------------


def _abolished(on: date | None, *rows: Any, successor: str = "fin") -> Case:
    gone = unit("old", status="abolished", abolished_on=on, successor=successor)
    return _one(*rows, units=[unit("tax"), unit("fin"), gone])


OLD = sits("a", "old", "clerk", 2)


def test_an_abolished_unit_in_a_room() -> None:
    found = the_finding(_abolished(date(2025, 3, 31), CHIEF, OLD), "not_vacated")
    says(found, "not_vacated|room|a|||", "old", None, None, ("occupancy", 2, "unit"), "abolished")
    said = found.sentence()
    for text in ("unit old", "2 人", "2025-03-31", "承接单位为unit fin"):
        assert text in said.zh
    assert "the successor is unit fin" in said.en
    assert found.judgement.certainty == "certain"
    # On its last day it is abolished; a room held without people counts as well.
    edge = the_finding(_abolished(ON, holds("a", "old"), successor=""), "not_vacated")
    assert "承接单位未登记" in edge.sentence().zh


def test_rooms_without_abolished_units() -> None:
    no_finding(_abolished(ON + DAY, OLD), "not_vacated", A)
    no_finding(_abolished(date(2025, 3, 31), CHIEF), "not_vacated", A)
    no_finding(_abolished(date(2025, 3, 31)), "not_vacated", A)
    is_silent(_abolished(date(2025, 3, 31)), "not_vacated", GONE)


def test_a_unit_abolished_on_an_unknown_day() -> None:
    case = _abolished(None, OLD)
    assert "on a day not recorded" in the_finding(case, "not_vacated").sentence().en
    assert the_finding(case, "not_vacated").judgement.certainty == "depends"
    assert open_verdict(case, "not_vacated") == ["the day unit old was abolished (blank)"]
    # Another one whose day is known settles it.
    known = unit("past", status="abolished", abolished_on=date(2024, 1, 1))
    both = replace(
        case.ledger,
        units=(*case.ledger.units, known),
        occupancy=(*case.ledger.occupancy, holds("a", "past")),
    )
    two = make_case(**{t: getattr(both, t) for t in ("units", "rooms", "occupancy")})
    found = the_finding(two, "not_vacated")
    assert (found.judgement.unit, found.judgement.doubts) == ("past", ())


# -- term_over ----------------------------------------------------------------------------------


def _until(day: date | None, of: str = "tax", people: int = 1) -> Occupancy:
    return Occupancy(room="a", unit=of, grade="chief", people=people, until=day)


def test_a_term_that_is_over() -> None:
    case = _one(_until(ON + DAY, "fin"), _until(ON - DAY), _until(ON - 2 * DAY, people=2))
    found = the_finding(case, "term_over")
    says(found, "term_over|room|a|||", "tax", None, None, ("occupancy", 2, "until"), "until")
    said = found.sentence()
    assert "2025-12-30、2025-12-31" in said.zh
    assert "3 人" in said.zh
    assert "on 2026-01-01" in said.en
    assert found.rule.days == 30
    assert found.rule.kind == AUDIT_RULES["not_vacated"].kind
    # Rows without a term beside it do not hide it.
    the_finding(_one(_until(None, "fin"), _until(ON - DAY)), "term_over")


def test_terms_that_run() -> None:
    for last in (ON, ON + DAY):
        no_finding(_one(_until(last)), "term_over", A)
    # Nobody there any more shows that the room was given back.
    no_finding(_one(), "term_over", A)
    # A term that was blanked shows nothing.
    is_silent(_one(_until(None)), "term_over", A)
    is_silent(_one(_until(None, "fin"), _until(ON)), "term_over", A)
    is_silent(_one(), "term_over", GONE)


def test_the_day_of_the_audit_decides_on_terms() -> None:
    for days, found in ((-1, 0), (0, 0), (1, 1)):
        case = _one(_until(ON), settings={"on": ON + days * DAY})
        assert len(audit(case, rules=("term_over",)).findings) == found


def test_of_several_units_the_one_with_the_smallest_code_answers() -> None:
    gone = [unit(code, status="abolished", abolished_on=ON) for code in ("y", "x")]
    case = _one(holds("a", "y"), holds("a", "x"), units=[unit("tax"), unit("fin"), *gone])
    assert the_finding(case, "not_vacated").judgement.unit == "x"
    over = _one(_until(ON - DAY, "tax"), _until(ON - DAY, "fin"))
    assert the_finding(over, "term_over").judgement.unit == "fin"


POSITIVE = {
    "sealed_used": test_a_closed_room_in_use,
    "not_vacated": test_an_abolished_unit_in_a_room,
    "term_over": test_a_term_that_is_over,
}
NEGATIVE = {
    "sealed_used": test_a_closed_room_that_is_empty,
    "not_vacated": test_rooms_without_abolished_units,
    "term_over": test_terms_that_run,
}
