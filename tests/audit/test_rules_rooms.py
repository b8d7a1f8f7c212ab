"""Offices too large, too small or empty: figures by hand, and what leaves a verdict open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Occupancy, Survey
from allocator.quantity import area_from_m2
from allocator.scenario import RoomException
from tests.audit.people_cases import (
    is_silent,
    make_case,
    no_finding,
    open_verdict,
    says,
    the_finding,
)
from tests.builders import holds, office, posts, request, service, site, sits, unit

A, GONE = Subject("room", "a"), Subject("room", "gone")
CHIEF, CLERK = sits("a", "tax", "chief"), sits("a", "fin", "clerk")
EQUAL = {"split": "equal"}


def _room(area: Any, *occupancy: Occupancy, settings: Any = None, **changes: Any) -> Case:
    rooms = [office("z", "F", 9), office("a", "F", area, **changes)]
    rows = (sits("z", "fin", "clerk"), *occupancy)
    return make_case(rooms=rooms, occupancy=rows, settings=settings)


def _with(case: Case, **tables: Any) -> Case:
    return replace(case, ledger=replace(case.ledger, **tables))


# -- over_standard ------------------------------------------------------------------------------


def test_an_office_above_the_standard() -> None:
    found = the_finding(_room("24.01", CHIEF), "over_standard")
    says(found, "over_standard|room|a|||", "tax", 2401, 2400, ("rooms", 1, "area_m2"))
    assert "1×24.00 = 24.00" in found.sentence().zh
    assert "exceeded by 0.01 m2" in found.sentence().en
    assert (found.severity, found.judgement.certainty) == ("error", "certain")


def test_an_office_within_the_standard() -> None:
    judged = no_finding(_room("24.00", CHIEF), "over_standard", A)
    assert (judged.value, judged.expected) == (2400, 2400)
    is_silent(_room("24.01", CHIEF), "over_standard", GONE)
    # Bodies without entitlement have no standard.
    body = make_case(
        units=[unit("club", category="association")],
        rooms=[office("a", "F", 99)],
        occupancy=[sits("a", "club", "clerk")],
    )
    assert AUDIT_RULES["over_standard"].judge(body, A) is None
    # No offices: service rooms, closed rooms, offers of the market.
    for rooms, sites in (
        ([service("a", "F", 99)], [site("S")]),
        ([office("a", "F", 99, status="sealed")], [site("S")]),
        ([office("a", "F", 99)], [site("S", tenure="market")]),
    ):
        case = make_case(rooms=rooms, sites=sites, occupancy=[CHIEF])
        assert not audit(case, rules=("over_standard", "under_share")).judged


@pytest.mark.parametrize(("area", "breach"), [("25.00", False), ("25.01", True)])
def test_the_tolerance_counts_to_the_last_hundredth(area: str, breach: bool) -> None:
    case = _room(area, CHIEF, settings={"tolerance": 100})
    if breach:
        # What is over the standard counts in full.
        assert the_finding(case, "over_standard").judgement.facts["over_m2"] == 101
    else:
        no_finding(case, "over_standard", A)


def test_a_shared_office_is_charged_by_share() -> None:
    found = the_finding(_room("44.00", CHIEF, CLERK), "over_standard")
    says(found, "over_standard|room|a|||", "fin", 4400, 3300, ("rooms", 1, "area_m2"))
    assert "1×24.00 + 1×9.00 = 33.00" in found.sentence().zh
    # 44 x 24/33 and 44 x 9/33.
    assert [(s.unit, s.standard, s.charged, s.over) for s in found.judgement.shares] == [
        ("tax", 2400, 3200, 800),
        ("fin", 900, 1200, 300),
    ]
    # 33.01 m2: 24.0073 and 9.0027 are rounded apart, the room is over all the same.
    fine = the_finding(_room("33.01", CHIEF, CLERK), "over_standard")
    assert [s.charged for s in fine.judgement.shares] == [2401, 900]
    no_finding(_room("33.00", CHIEF, CLERK), "over_standard", A)


def test_a_shared_office_charged_by_head() -> None:
    two = sits("a", "fin", "clerk", 2)
    found = the_finding(_room("42.00", CHIEF, two, settings=EQUAL), "over_standard")
    # 14 m2 a head: the clerks have 28 against 18, the chief less than 24.
    assert [(s.unit, s.charged, s.over) for s in found.judgement.shares] == [
        ("tax", 1400, 0),
        ("fin", 2800, 1000),
    ]
    assert "10.00" in found.sentence().zh
    no_finding(_room("42.00", CHIEF, two), "over_standard", A)
    # 27 m2: 9 m2 a head is nobody's excess, one hundredth more is the clerks'.
    no_finding(_room("27.00", CHIEF, two, settings=EQUAL), "over_standard", A)
    the_finding(_room("27.03", CHIEF, two, settings=EQUAL), "over_standard")
    no_finding(_room("27.03", CHIEF, two, settings=EQUAL | {"tolerance": 2}), "over_standard", A)


def test_a_registered_exception_is_reported_as_one() -> None:
    for of, severity in (("tax", "info"), ("fin", "error")):
        rule = RoomException(room="a", unit=of, reason="文物建筑")
        case = replace(_room("30.00", CHIEF), exceptions=(rule,))
        found = the_finding(case, "over_standard")
        assert found.severity == severity
        assert ("文物建筑" in found.as_finding().zh) == (of == "tax")


@pytest.mark.parametrize(
    ("area", "breach", "certain"),
    [("24.00", False, True), ("24.01", False, False), ("48.00", False, False),
     ("48.01", True, True)],
)  # fmt: skip
def test_an_unknown_grade_leaves_the_verdict_open(area: str, breach: bool, certain: bool) -> None:
    # Between nothing and 24 m2 for the second person.
    case = _room(area, CHIEF, sits("a", "fin", "boss"))
    result = audit(case, rules=("over_standard",))
    assert bool(result.findings) == breach
    judged = [f for f in (*result.findings, *result.undecided) if f.judgement.subject == A]
    assert bool(judged) == (breach or not certain)
    if not certain:
        assert [d.words.en for d in judged[0].judgement.doubts] == ["grade boss of unit fin"]
    elif breach:
        assert judged[0].judgement.certainty == "certain"


def test_borrowed_staff_leave_the_verdict_open() -> None:
    row = replace(posts("fin", "clerk", 2), borrowed=1)
    seats = (CHIEF, sits("a", "fin", "clerk", 2))
    for area, doubts in (
        ("33.00", None),
        ("33.01", ["whether borrowed staff of unit fin count"]),
        ("42.00", ["whether borrowed staff of unit fin count"]),
        ("42.01", []),
    ):
        case = _with(_room(area, *seats), posts=(row,))
        # z seats another of fin's clerks, whose verdict is open as well: only a matters here.
        case = replace(case, seats=tuple(s for s in case.seats if s.room == "a"))
        if doubts is None:
            no_finding(case, "over_standard", A)
        else:
            assert open_verdict(case, "over_standard") == doubts


def test_a_mixed_hall_may_be_office_in_part() -> None:
    for feature in ("public_counter", "archive_load"):
        case = _room("40.00", CHIEF, features=(feature,))
        found = the_finding(case, "over_standard")
        assert found.judgement.certainty == "survey"
        assert found.judgement.rooms == ("a",)
        assert open_verdict(case, "over_standard") == ["the part of room a used as office"]
        # Even all of it would be lawful.
        no_finding(_room("24.00", CHIEF, features=(feature,)), "over_standard", A)


@pytest.mark.parametrize(
    ("area", "measured", "error", "breach", "certainty"),
    [
        ("25.00", "25.00", 100, True, "survey"),  # 24.00 .. 26.00
        ("25.01", "25.01", 100, True, "certain"),  # 24.01 .. 26.01
        ("24.00", "24.00", 10, False, "survey"),  # 23.90 .. 24.10
        ("23.90", "23.90", 10, False, "certain"),  # 23.80 .. 24.00
        ("25.00", "23.00", 10, True, "survey"),  # either may be right
        ("23.00", "25.00", 10, False, "survey"),
        ("30.00", "28.00", 10, True, "certain"),
    ],
)
def test_a_survey_bounds_the_area(
    area: str, measured: str, error: int, breach: bool, certainty: str
) -> None:
    row = Survey(room="a", measured=area_from_m2(measured), day=date(2025, 1, 1), error=error)
    result = audit(_with(_room(area, CHIEF), survey=(row,)), rules=("over_standard",))
    assert bool(result.findings) == breach
    judged = [f.judgement for f in (*result.findings, *result.undecided)]
    assert [j.certainty for j in judged] == ([] if (breach, certainty) == (False, "certain")
                                             else [certainty])  # fmt: skip


def test_unsurveyed_areas_have_the_error_of_the_settings() -> None:
    case = _room("24.01", CHIEF, settings={"area_error": 1})
    assert open_verdict(replace(case, seats=case.seats[1:]), "over_standard") == [
        "the area of room a"
    ]
    assert the_finding(_room("24.01", CHIEF), "over_standard").judgement.doubts == ()


def test_a_room_given_for_a_request_counts_up_to_its_area() -> None:
    seats = [Seat(room="a", unit="tax", purpose="hall")]
    asked = [request("tax", "hall", "office", 20, 30)]
    for area, breach in (("30.00", False), ("30.01", True)):
        case = make_case(rooms=[office("a", "F", area)], requests=asked, plan=seats)
        assert bool(audit(case, rules=("over_standard",)).findings) == breach


# -- under_share --------------------------------------------------------------------------------


def test_an_office_below_the_least_share() -> None:
    found = the_finding(_room("15.59", CHIEF), "under_share")
    says(found, "under_share|room|a|||", "tax", 1559, 2400, ("rooms", 1, "area_m2"))
    assert "15.60" in found.sentence().zh
    assert found.severity == "warning"


def test_an_office_exactly_at_the_least_share() -> None:
    no_finding(_room("15.60", CHIEF), "under_share", A)
    # 0.65 x 9 = 5.85; two thirds of 24 = 16 are reached without rounding.
    no_finding(_room("5.85", CLERK), "under_share", A)
    thirds = {"min_share": Fraction(2, 3)}
    no_finding(_room("16.00", CHIEF, settings=thirds), "under_share", A)
    the_finding(_room("15.99", CHIEF, settings=thirds), "under_share")
    is_silent(_room("15.00", CHIEF), "under_share", GONE)


# -- idle ---------------------------------------------------------------------------------------


def test_an_idle_office_that_nobody_reported() -> None:
    for rows, holder in (((), "fin"), ((holds("a", "tax"),), "tax")):
        case = _room("20.00", *rows, idle_reported=False, allocated_unit="fin")
        found = the_finding(case, "idle_unreported")
        says(
            found, "idle_unreported|room|a|||", holder, 2000, 0, ("rooms", 1, "idle_reported"),
            "not reported",
        )  # fmt: skip
        assert found.judgement.certainty == "certain"
        no_finding(case, "idle_reported", A)


def test_a_blank_report_leaves_it_open_whether_it_was_reported() -> None:
    case = _room("20.00")
    assert the_finding(case, "idle_unreported").judgement.certainty == "depends"
    assert open_verdict(case, "idle_unreported") == ["whether room a was reported"]
    no_finding(case, "idle_reported", A)


def test_an_idle_office_that_was_reported() -> None:
    case = _room("20.00", idle_reported=True)
    found = the_finding(case, "idle_reported")
    says(found, "idle_reported|room|a|||", "", 2000, 0, ("rooms", 1, "idle_reported"), "reported")
    assert (found.rule.kind, found.severity) == ("idle", "info")
    no_finding(case, "idle_unreported", A)


def test_an_office_in_use_is_not_idle() -> None:
    for told in (None, False, True):
        case = _room("20.00", CHIEF, idle_reported=told)
        no_finding(case, "idle_unreported", A)
        no_finding(case, "idle_reported", A)
    for rule in ("idle_unreported", "idle_reported"):
        is_silent(_room("20.00"), rule, GONE)
        is_silent(_room("20.00", status="sealed"), rule, A)
        # Who sits in a lent room is not on record.
        assert AUDIT_RULES[rule].judge(_room("20.00", lent_to="某公司"), A) is None


POSITIVE = {
    "over_standard": test_an_office_above_the_standard,
    "under_share": test_an_office_below_the_least_share,
    "idle_unreported": test_an_idle_office_that_nobody_reported,
    "idle_reported": test_an_idle_office_that_was_reported,
}
NEGATIVE = {
    "over_standard": test_an_office_within_the_standard,
    "under_share": test_an_office_exactly_at_the_least_share,
    "idle_unreported": test_an_office_in_use_is_not_idle,
    "idle_reported": test_an_office_in_use_is_not_idle,
}
