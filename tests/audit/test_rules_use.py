"""Rooms let, lent, passed on, held by bodies without entitlement, or used for something else."""

from __future__ import annotations

from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit, filled
from allocator.domain import Use
from tests.audit.people_cases import is_silent, make_case, no_finding, says, the_finding
from tests.builders import holds, office, room, service, sits, unit

A, GONE = Subject("room", "a"), Subject("room", "gone")
CHIEF = sits("a", "tax", "chief")


def _one(made: Any, *occupancy: Any, **more: Any) -> Case:
    return make_case(rooms=[office("z", "F", 9), made], occupancy=occupancy, **more)


# -- let_out ------------------------------------------------------------------------------------


def test_a_room_that_is_let() -> None:
    case = _one(service("a", "F", "30.5", status="let", allocated_unit="tax"))
    found = the_finding(case, "let_out")
    says(found, "let_out|room|a|||", "tax", 3050, None, ("rooms", 1, "status"))
    assert "30.50" in found.sentence().zh
    assert "nobody" in found.sentence().en
    # With somebody in it, the unit in it answers, not the one on record.
    held = _one(service("a", "F", 30, status="let", allocated_unit="tax"), holds("a", "fin"))
    assert the_finding(held, "let_out").judgement.unit == "fin"


def test_a_room_that_is_not_let() -> None:
    for status in ("available", "sealed", "unavailable"):
        no_finding(_one(office("a", "F", 30, status=status)), "let_out", A)
    is_silent(_one(office("a", "F", 30)), "let_out", GONE)


# -- lent_out, passed_on ------------------------------------------------------------------------


def test_a_room_lent_to_an_outsider() -> None:
    case = _one(office("a", "F", 30, lent_to=" 某公司 ", allocated_unit="tax"), CHIEF)
    found = the_finding(case, "lent_out")
    says(found, "lent_out|room|a|||", "tax", None, None, ("rooms", 1, "lent_to"), "某公司")
    assert "“某公司”" in found.sentence().zh
    assert "unit tax" in found.sentence().en
    no_finding(case, "passed_on", A)


def test_a_room_lent_to_nobody_outside() -> None:
    for to in ("", " ", "fin", "unit fin"):
        case = _one(office("a", "F", 30, lent_to=to), CHIEF)
        judged = no_finding(case, "lent_out", A)
        told = filled(AUDIT_RULES["lent_out"].fine, judged.facts).en
        assert ("is not recorded as lent" in told) == (not to.strip())
    is_silent(_one(office("a", "F", 30)), "lent_out", GONE)


@pytest.mark.parametrize("to", ["fin", "unit fin", " fin "])
def test_a_room_passed_on_to_another_unit(to: str) -> None:
    case = _one(office("a", "F", 30, lent_to=to, allocated_unit="tax"), sits("a", "fin", "clerk"))
    found = the_finding(case, "passed_on")
    says(found, "passed_on|room|a|||", "tax", None, None, ("rooms", 1, "lent_to"), to.strip())
    assert "“unit fin”" in found.sentence().zh
    no_finding(case, "lent_out", A)


def test_a_room_passed_on_without_allocation() -> None:
    # The lender is the other unit in the room; with none on record the borrower has to answer.
    both = _one(office("a", "F", 30, lent_to="fin"), holds("a", "fin"), holds("a", "tax"))
    assert the_finding(both, "passed_on").judgement.unit == "tax"
    alone = the_finding(_one(office("a", "F", 30, lent_to="fin")), "passed_on")
    assert alone.judgement.unit == "fin"
    assert "lender: not recorded" in alone.sentence().en


def test_a_room_that_nobody_passed_on() -> None:
    for to in ("", "某公司", "tax", "unit tax"):
        no_finding(_one(office("a", "F", 30, lent_to=to, allocated_unit="tax")), "passed_on", A)
    is_silent(_one(office("a", "F", 30)), "passed_on", GONE)


# -- ineligible_use -----------------------------------------------------------------------------

BODIES = [unit("tax"), unit("club", category="association"), unit("biz", category="enterprise")]


@pytest.mark.parametrize("use", ["office", "service", "business"])
def test_a_room_held_by_a_body_without_entitlement(use: Use) -> None:
    case = _one(room("a", "F", use, 30), holds("a", "tax"), holds("a", "club"), units=BODIES)
    found = the_finding(case, "ineligible_use")
    says(found, "ineligible_use|room|a|||", "club", 3000, None, ("occupancy", 1, "unit"))
    assert "unit club（协会）" in found.sentence().zh
    assert "unit club (association)" in found.sentence().en
    both = _one(room("a", "F", use, 30), sits("a", "club", "x", 2), holds("a", "biz"), units=BODIES)
    second = the_finding(both, "ineligible_use")
    assert second.judgement.unit == "biz"
    assert "2 人" in second.sentence().zh


def test_a_room_held_by_those_entitled_to_it() -> None:
    units = [unit("tax", category="institution"), *BODIES[1:]]
    no_finding(_one(office("a", "F", 30), CHIEF, units=units), "ineligible_use", A)
    # Nobody there any more shows that it was vacated; another use shows nothing.
    emptied = _one(office("a", "F", 30), units=units)
    assert not audit(emptied, rules=("ineligible_use",)).judged
    from_list = no_finding(emptied, "ineligible_use", A)
    assert not from_list.breach
    is_silent(
        _one(room("a", "F", "equipment", 30), holds("a", "club"), units=units), "ineligible_use", A
    )
    is_silent(emptied, "ineligible_use", GONE)


def test_a_plan_gives_a_room_to_a_body_without_entitlement() -> None:
    plan = [Seat(room="a", unit="club", index=0)]
    case = _one(office("a", "F", 30), units=BODIES, plan=plan)
    assert the_finding(case, "ineligible_use").judgement.cells[0].table == "plan"


# -- function_changed ---------------------------------------------------------------------------


def test_a_room_used_for_something_else() -> None:
    case = _one(office("a", "F", 30, approved_use="service"), CHIEF)
    found = the_finding(case, "function_changed")
    says(found, "function_changed|room|a|||", "tax", None, None, ("rooms", 1, "use"), "office")
    assert "核定用途为服务，登记的实际用途为办公" in found.sentence().zh
    assert "approved as service, recorded in use as office" in found.sentence().en


@pytest.mark.parametrize("use", ["service", "equipment", "ancillary"])
def test_people_in_a_room_that_is_no_office(use: Use) -> None:
    for approved in (None, use):
        made = room("a", "F", use, 30, approved_use=approved)
        case = _one(made, holds("a", "fin"), sits("a", "tax", "clerk", 3))
        found = the_finding(case, "function_changed")
        says(
            found, "function_changed|room|a|||", "fin", None, None, ("occupancy", 1, "people"),
            use,
        )  # fmt: skip
        assert "3 人" in found.sentence().zh
        assert "3 people" in found.sentence().en
        no_finding(_one(made, holds("a", "fin")), "function_changed", A)


def test_a_room_used_as_approved() -> None:
    no_finding(_one(office("a", "F", 30, approved_use="office"), CHIEF), "function_changed", A)
    no_finding(_one(room("a", "F", "business", 9, approved_use="business")), "function_changed", A)
    # No approved use is on record: nothing says that an office is not one.
    is_silent(_one(office("a", "F", 30), CHIEF), "function_changed", A)
    is_silent(_one(office("a", "F", 30)), "function_changed", GONE)


def test_an_empty_office_approved_for_something_else_seats_nobody() -> None:
    said = the_finding(_one(room("a", "F", "service", 30, approved_use="office")),
                       "function_changed").sentence()  # fmt: skip
    assert said.en == "room a (30.00 m2) is approved as office, recorded in use as service"


# -- business_netted ----------------------------------------------------------------------------


def test_an_office_kept_as_a_technical_business_room() -> None:
    case = _one(room("a", "F", "business", 30, approved_use="office"), holds("a", "tax"))
    found = the_finding(case, "business_netted")
    says(found, "business_netted|room|a|||", "tax", None, None, ("rooms", 1, "use"), "business")
    assert "核定用途为办公，登记的实际用途为技术业务" in found.sentence().zh
    is_silent(case, "function_changed", A)


def test_people_in_a_technical_business_room() -> None:
    for approved in (None, "business", "service"):
        case = _one(room("a", "F", "business", 30, approved_use=approved), CHIEF)
        found = the_finding(case, "business_netted")
        assert found.judgement.cells[0].column == "people"
        assert "1 人" in found.sentence().zh
        is_silent(case, "function_changed", A)


def test_technical_business_rooms_kept_apart() -> None:
    for approved in (None, "business"):
        made = room("a", "F", "business", 30, approved_use=approved)
        no_finding(_one(made, holds("a", "tax")), "business_netted", A)
    no_finding(_one(office("a", "F", 30, approved_use="office"), CHIEF), "business_netted", A)
    # Approved as something else: the one on functions says so.
    other = _one(room("a", "F", "business", 30, approved_use="service"))
    no_finding(other, "business_netted", A)
    assert the_finding(other, "function_changed").judgement.detail == "business"
    is_silent(_one(office("a", "F", 30, approved_use="business"), CHIEF), "business_netted", A)
    is_silent(other, "business_netted", GONE)


POSITIVE = {
    "let_out": test_a_room_that_is_let,
    "lent_out": test_a_room_lent_to_an_outsider,
    "passed_on": test_a_room_passed_on_to_another_unit,
    "ineligible_use": test_a_room_held_by_a_body_without_entitlement,
    "function_changed": test_a_room_used_for_something_else,
    "business_netted": test_an_office_kept_as_a_technical_business_room,
}
NEGATIVE = {
    "let_out": test_a_room_that_is_not_let,
    "lent_out": test_a_room_lent_to_nobody_outside,
    "passed_on": test_a_room_that_nobody_passed_on,
    "ineligible_use": test_a_room_held_by_those_entitled_to_it,
    "function_changed": test_a_room_used_as_approved,
    "business_netted": test_technical_business_rooms_kept_apart,
}
