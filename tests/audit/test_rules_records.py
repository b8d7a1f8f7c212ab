"""Records that disagree: survey, drawing, holder, several units in a room, refits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Refit, Survey
from allocator.quantity import area_from_m2
from tests.audit.people_cases import is_silent, make_case, no_finding, says, the_finding
from tests.builders import floor, holds, office, sits, unit

A, GONE = Subject("room", "a"), Subject("room", "gone")
CHIEF = sits("a", "tax", "chief")


def _room(*occupancy: Any, area: Any = 24, **changes: Any) -> Case:
    rooms = [office("z", "F", 9), office("a", "F", area, **changes)]
    return make_case(rooms=rooms, occupancy=occupancy)


# -- survey_differs -----------------------------------------------------------------------------


def _surveyed(measured: str, error: int, *occupancy: Any, day: date = date(2025, 3, 3)) -> Case:
    case = _room(*occupancy, allocated_unit="fin")
    rows = (
        Survey(room="z", measured=900, day=day),
        Survey(room="a", measured=9999, day=date(2024, 1, 1)),
        Survey(room="a", measured=area_from_m2(measured), day=day, error=error),
        Survey(room="a", measured=1, day=date(2023, 1, 1)),
    )
    return replace(case, ledger=replace(case.ledger, survey=rows))


@pytest.mark.parametrize("measured", ["24.11", "23.89"])
def test_a_survey_that_differs(measured: str) -> None:
    found = the_finding(_surveyed(measured, 10, CHIEF), "survey_differs")
    value = area_from_m2(measured)
    says(
        found, "survey_differs|room|a|||", "tax", value, 2400, ("survey", 2, "measured_m2"),
        "survey",
    )  # fmt: skip
    for text in (measured, "24.00", "0.10", "0.11", "2025-03-03"):
        assert text in found.sentence().zh
        assert text in found.sentence().en
    assert found.judgement.certainty == "certain"
    assert the_finding(_surveyed(measured, 10), "survey_differs").judgement.unit == "fin"


def test_a_survey_within_its_error() -> None:
    for measured in ("24.10", "24.00", "23.90"):
        no_finding(_surveyed(measured, 10, CHIEF), "survey_differs", A)
    no_finding(_surveyed("24.00", 0), "survey_differs", A)
    is_silent(_room(CHIEF), "survey_differs", A)
    is_silent(_surveyed("24.00", 0), "survey_differs", GONE)


# -- drawing_differs ----------------------------------------------------------------------------


@pytest.mark.parametrize("drawn", [2451, 2349])
def test_a_drawing_that_differs(drawn: int) -> None:
    found = the_finding(_room(CHIEF, drawing_area=drawn), "drawing_differs")
    says(
        found, "drawing_differs|room|a|||", "tax", drawn, 2400, ("rooms", 1, "drawing_m2"),
        "drawing",
    )  # fmt: skip
    for text in ("24.00", "0.51", "0.50"):
        assert text in found.sentence().zh
        assert text in found.sentence().en


def test_a_drawing_within_the_tolerance() -> None:
    for drawn in (2450, 2350, 2400):
        no_finding(_room(CHIEF, drawing_area=drawn), "drawing_differs", A)
    is_silent(_room(CHIEF), "drawing_differs", A)
    is_silent(_room(CHIEF), "drawing_differs", GONE)
    strict = replace(_room(CHIEF, drawing_area=2401).settings, drawing_tolerance=0)
    case = replace(_room(CHIEF, drawing_area=2401), settings=strict)
    assert len(audit(case, rules=("drawing_differs",)).findings) == 1


# -- holder_differs -----------------------------------------------------------------------------


def test_a_holder_that_differs() -> None:
    found = the_finding(_room(CHIEF, allocated_unit="fin"), "holder_differs")
    says(
        found, "holder_differs|room|a|||", "tax", None, None, ("occupancy", 0, "unit"),
        "holder fin",
    )  # fmt: skip
    said = found.sentence()
    assert "核定给unit fin，占用登记为unit tax" in said.zh
    assert "台账核定与实际使用不一致，或已转借，请核实" in said.zh
    assert "please check" in said.en
    # A room held without people counts; a loan to somebody else explains nothing.
    the_finding(_room(holds("a", "tax"), allocated_unit="fin"), "holder_differs")
    for to in ("某公司", "fin"):
        lent = _room(CHIEF, allocated_unit="fin", lent_to=to)
        assert the_finding(lent, "holder_differs").judgement.detail == "holder fin"


def test_a_holder_that_agrees() -> None:
    no_finding(_room(CHIEF, allocated_unit="tax"), "holder_differs", A)
    no_finding(_room(CHIEF, holds("a", "fin"), allocated_unit="fin"), "holder_differs", A)
    for to in ("tax", "unit tax"):
        lent = no_finding(_room(CHIEF, allocated_unit="fin", lent_to=to), "holder_differs", A)
        assert "lent" in str(lent.facts["lent"])
    # Nobody else is in it any more.
    no_finding(_room(allocated_unit="fin"), "holder_differs", A)
    is_silent(_room(CHIEF), "holder_differs", A)
    is_silent(_room(CHIEF), "holder_differs", GONE)


def test_of_several_units_the_one_with_the_smallest_code_answers() -> None:
    case = _room(holds("a", "tax"), holds("a", "fin"), allocated_unit="law")
    case = replace(case, ledger=replace(case.ledger, units=(*case.ledger.units, unit("law"))))
    assert the_finding(case, "holder_differs").judgement.unit == "fin"


# -- two_hands ----------------------------------------------------------------------------------

TWO = (CHIEF, sits("a", "tax", "clerk"), holds("a", "fin"))


def _shared(case: Case, *units: str) -> Case:
    return replace(case, shared={"a": units})


def test_a_room_with_two_units() -> None:
    found = the_finding(_room(*TWO), "two_hands")
    says(found, "two_hands|room|a|||", "fin", None, None, ("occupancy", 2, "unit"))
    assert "2 个单位" in found.sentence().zh
    assert "unit fin, unit tax" in found.sentence().en
    # Sharing has to be registered for each of them.
    the_finding(_shared(_room(*TWO), "tax"), "two_hands")
    the_finding(_shared(_room(*TWO), "tax", "law"), "two_hands")


def test_a_room_with_one_unit_or_registered_sharing() -> None:
    no_finding(_room(CHIEF, sits("a", "tax", "clerk")), "two_hands", A)
    no_finding(_shared(_room(*TWO), "tax", "fin"), "two_hands", A)
    no_finding(_shared(_room(*TWO), "law", "fin", "tax"), "two_hands", A)
    no_finding(_room(), "two_hands", A)
    is_silent(_room(), "two_hands", GONE)


def test_a_plan_gives_a_room_to_two_units() -> None:
    seats = [Seat(room="a", unit=code, index=i) for i, code in enumerate(("tax", "fin"))]
    case = make_case(rooms=[office("a", "F", 24)], plan=seats)
    assert the_finding(case, "two_hands").judgement.cells[0][:3] == ("plan", 1, "unit")


# -- refit_unapproved ---------------------------------------------------------------------------


def _refit(
    approval: str, kind: Literal["daily", "major"] = "major", cost: int | None = 84000,
    place: str = "a",
) -> Refit:  # fmt: skip
    return Refit(place=place, day=date(2024, 12, 30), kind=kind, cost=cost, approval=approval)


def _refits(*rows: Refit) -> Case:
    case = make_case(
        floors=[floor("F", "B"), floor("G", "B", 2)],
        rooms=[office("a", "F", 24, allocated_unit="fin"), office("b", "G", 9)],
        occupancy=[sits("b", "tax", "clerk")],
    )
    return replace(case, ledger=replace(case.ledger, refits=rows))


WORK = Subject("row", "a@2024-12-30")


def test_a_major_refit_without_approval() -> None:
    found = the_finding(_refits(_refit("", "daily", place="b"), _refit(" ")), "refit_unapproved")
    says(
        found, "refit_unapproved|row|a@2024-12-30|||", "fin", 84000, None,
        ("refits", 1, "approval"), "2024-12-30",
    )  # fmt: skip
    assert found.rule.kind == "refit_without_approval"
    assert found.as_json()["measure"] == "yuan"
    for text in ("84,000", "2024-12-30"):
        assert text in found.sentence().zh
        assert text in found.sentence().en
    unknown = the_finding(_refits(_refit("", cost=None)), "refit_unapproved")
    assert unknown.judgement.value is None
    assert "费用未登记" in unknown.sentence().zh
    assert "cost not recorded" in unknown.sentence().en


def test_several_works_on_one_day() -> None:
    rows = (_refit(""), _refit("机管修〔2024〕1号"), _refit("", place="F"), _refit(""))
    result = audit(_refits(*rows), rules=("refit_unapproved",))
    # The place is the room or floor, the key tells the works of a day apart.
    assert [(f.judgement.subject.code, f.as_json()["place"]) for f in result.findings] == [
        ("a@2024-12-30", "a"),
        ("F@2024-12-30", "F"),
        ("a@2024-12-30#3", "a"),
    ]


def test_works_that_need_no_approval_or_have_one() -> None:
    judged = no_finding(_refits(_refit("机管修〔2024〕1号")), "refit_unapproved", WORK)
    assert judged.facts["approval"] == "机管修〔2024〕1号"
    assert not audit(_refits(_refit("", "daily")), rules=("refit_unapproved",)).findings
    is_silent(_refits(), "refit_unapproved", WORK)
    is_silent(_refits(_refit("")), "refit_unapproved", Subject("row", "a@2024-12-31"))


POSITIVE = {
    "survey_differs": test_a_survey_that_differs,
    "drawing_differs": test_a_drawing_that_differs,
    "holder_differs": test_a_holder_that_differs,
    "two_hands": test_a_room_with_two_units,
    "refit_unapproved": test_a_major_refit_without_approval,
}
NEGATIVE = {
    "survey_differs": test_a_survey_within_its_error,
    "drawing_differs": test_a_drawing_within_the_tolerance,
    "holder_differs": test_a_holder_that_agrees,
    "two_hands": test_a_room_with_one_unit_or_registered_sharing,
    "refit_unapproved": test_works_that_need_no_approval_or_have_one,
}
