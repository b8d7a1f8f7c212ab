"""Where a unit may be: titles, agreements, territory, features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit, filled
from tests.audit.people_cases import is_silent, make_case, no_finding, says, the_finding
from tests.builders import building, floor, holds, office, site, sits, unit

A, GONE = Subject("room", "a"), Subject("room", "gone")
CHIEF = sits("a", "tax", "chief")


def _place(code: str) -> Subject:
    return Subject("place", code)


def _city(
    *occupancy: Any, s: dict[str, Any] | None = None, b: dict[str, Any] | None = None,
    f: dict[str, Any] | None = None, **more: Any,
) -> Case:  # fmt: skip
    """Rooms a, b, c on floors F, G of building B and H of building C, on site S; d on site T."""
    plain: dict[str, Any] = {
        "sites": [site("S", **(s or {})), site("T")],
        "buildings": [building("B", "S", **(b or {})), building("C", "S"), building("D", "T")],
        "floors": [floor("F", "B", **(f or {})), floor("G", "B", 2), floor("H", "C"),
                   floor("I", "D")],
        "rooms": [office("a", "F", 24), office("b", "G", 12), office("c", "H", 9),
                  office("d", "I", 18)],
        "occupancy": occupancy,
    }  # fmt: skip
    return make_case(**(plain | more))


NO = {"title_registered": False}
YES = {"title_registered": True}

# -- title_unregistered -------------------------------------------------------------------------


def test_a_site_without_registered_title() -> None:
    case = _city(CHIEF, holds("b", "fin"), s=NO | {"title_holder": "某学校"})
    found = the_finding(case, "title_unregistered")
    says(found, "title_unregistered|place|S|||", "", 2, 0, ("sites", 0, "title_registered"))
    said = found.sentence()
    for text in ("site S", "某学校", "36.00"):
        assert text in said.zh
        assert text in said.en
    assert "2 units" in said.en
    assert "没有使用协议" in said.zh


@pytest.mark.parametrize(
    ("levels", "place", "cell"),
    [
        ({"s": NO, "b": YES, "f": NO}, "F", ("floors", 0, "title_registered")),
        ({"b": NO}, "B", ("buildings", 0, "title_registered")),
        ({"f": NO}, "F", ("floors", 0, "title_registered")),
    ],
)
def test_the_nearest_level_decides_on_a_title(
    levels: dict[str, Any], place: str, cell: tuple[str, int, str]
) -> None:
    found = the_finding(_city(CHIEF, **levels), "title_unregistered")
    says(found, f"title_unregistered|place|{place}|||", "", 1, 0, cell)


def test_every_level_that_says_so_is_a_finding_of_its_own() -> None:
    case = _city(CHIEF, holds("b", "fin"), holds("c", "fin"), s=NO, f=NO)
    result = audit(case, rules=("title_unregistered",))
    assert {f.judgement.subject.code: f.judgement.value for f in result.findings} == {
        "S": 2, "F": 1,
    }  # fmt: skip


def test_a_room_that_is_only_allocated_is_in_use_today_but_not_in_a_plan() -> None:
    rooms = [office("a", "F", 24, allocated_unit="fin")]
    the_finding(_city(s=NO, rooms=rooms), "title_unregistered")
    no_finding(_city(s=NO, rooms=rooms, plan=[]), "title_unregistered", _place("S"))


def test_an_agreement_is_named_and_cures_nothing() -> None:
    for case in (
        _city(CHIEF, s=NO | {"agreement": ("tax",)}),
        replace(_city(CHIEF, s=NO), agreements={"S": ("*",)}),
    ):
        assert "已有使用协议" in the_finding(case, "title_unregistered").sentence().zh


def test_a_site_and_a_building_of_one_code() -> None:
    case = _city(
        CHIEF, holds("d", "fin"), f={},
        buildings=[building("B", "S"), building("C", "S"), building("D", "T")],
        sites=[site("S"), site("T")],
        floors=[floor("F", "B"), floor("T", "B", 2, title_registered=False), floor("I", "D")],
        rooms=[office("d", "I", 18), office("a", "T", 24)],
    )  # fmt: skip
    found = the_finding(case, "title_unregistered")
    says(found, "title_unregistered|place|T|||", "", 1, 0, ("floors", 1, "title_registered"))


def test_titles_that_are_registered_or_rooms_that_nobody_uses() -> None:
    no_finding(_city(CHIEF), "title_unregistered", _place("S"))
    empty = no_finding(_city(s=NO), "title_unregistered", _place("S"))
    assert filled(AUDIT_RULES["title_unregistered"].fine, empty.facts).en == (
        "the title of site S (S) is not registered; 0 rooms there are in use"
    )
    no_finding(_city(CHIEF, b=YES, s=NO), "title_unregistered", _place("B"))
    # A level that inherits says nothing itself; offers of the market are nobody's.
    is_silent(_city(CHIEF), "title_unregistered", _place("B"))
    is_silent(_city(CHIEF, s=NO | {"tenure": "market"}), "title_unregistered", _place("S"))
    is_silent(_city(CHIEF), "title_unregistered", _place("gone"))


# -- title_barred -------------------------------------------------------------------------------


def _plan(*occupancy: Any, **more: Any) -> Case:
    """The plan puts fin into room a."""
    seats = [Seat(room="b", unit="tax"), Seat(room="a", unit="fin", people=1, index=1)]
    return _city(holds("a", "tax"), *occupancy, plan=seats, **more)


def test_a_plan_sends_a_newcomer_to_a_room_without_title() -> None:
    found = the_finding(_plan(s=NO | {"title_holder": "某学校"}), "title_barred")
    says(found, "title_barred|room|a|||", "fin", None, None, ("plan", 1, "room"))
    assert "某学校" in found.sentence().zh
    assert "unit fin" in found.sentence().en
    # Being on another site today is no reason to be on this one.
    the_finding(_plan(holds("d", "fin"), s=NO), "title_barred")
    # An agreement for others or elsewhere changes nothing.
    the_finding(replace(_plan(s=NO), agreements={"T": ("*",), "S": ("law",)}), "title_barred")


def test_units_that_may_be_in_a_room_without_title() -> None:
    for case in (
        _plan(holds("c", "fin"), s=NO),
        _plan(s=NO | {"title_holder": "fin"}),
        _plan(s=NO | {"title_holder": "unit fin"}),
        _plan(s=NO, b={"title_holder": "fin"}),
        _plan(s=NO | {"agreement": ("fin",)}),
        replace(_plan(s=NO), agreements={"S": ("*",)}),
        _plan(),
        _plan(s=NO, b=YES),
    ):
        no_finding(case, "title_barred", A)
    is_silent(_plan(s=NO), "title_barred", GONE)
    # A rule on plans: today's occupants are there today.
    assert not audit(_city(CHIEF, s=NO), rules=("title_barred",)).judged


# -- outside_territory --------------------------------------------------------------------------


def _territories(own: str, of_site: str, *occupancy: Any, **more: Any) -> Case:
    units = [unit("tax", territory=own), unit("fin")]
    return _city(*occupancy, s={"territory": of_site}, units=units, **more)


def test_a_unit_outside_its_territory() -> None:
    for row in (CHIEF, holds("a", "tax")):
        found = the_finding(
            _territories("甲县", "乙县", holds("a", "fin"), row), "outside_territory"
        )
        says(found, "outside_territory|room|a|||", "tax", None, None, ("occupancy", 1, "room"))
        for text in ("甲县", "乙县", "unit tax"):
            assert text in found.sentence().zh
            assert text in found.sentence().en
    plan = [Seat(room="a", unit="tax")]
    found = the_finding(_territories("甲县", "乙县", plan=plan), "outside_territory")
    assert found.judgement.cells[0].table == "plan"


def test_a_unit_within_its_territory() -> None:
    no_finding(_territories("甲县", "甲县", CHIEF), "outside_territory", A)
    no_finding(_territories("甲县", "乙县"), "outside_territory", A)
    # A blank on either side: nothing is known.
    is_silent(_territories("", "乙县", CHIEF), "outside_territory", A)
    is_silent(_territories("甲县", "", CHIEF), "outside_territory", A)
    is_silent(_territories("甲县", "甲县", CHIEF), "outside_territory", GONE)


# -- feature_missing ----------------------------------------------------------------------------


def _features(needed: tuple[str, ...], has: tuple[str, ...], *rows: Any, **unit_: Any) -> Case:
    units = [unit("tax", features=needed, **unit_), unit("fin")]
    rooms = [office("a", "F", 24, features=has)]
    return _city(*rows, units=units, rooms=rooms)


def test_a_room_without_a_feature_that_its_unit_needs() -> None:
    case = _features(("secure", "archive_load"), ("secure",), sits("a", "fin", "clerk"), CHIEF)
    found = the_finding(case, "feature_missing")
    says(
        found, "feature_missing|room|a|||", "tax", None, None, ("occupancy", 1, "room"),
        "archive_load",
    )  # fmt: skip
    assert "档案荷载" in found.sentence().zh
    assert "archive load" in found.sentence().en
    assert "secure" not in found.sentence().en


def test_a_room_with_every_feature_that_its_unit_needs() -> None:
    no_finding(_features(("secure",), ("secure", "accessible"), CHIEF), "feature_missing", A)
    # Common rooms are marked, never needed; rooms held without people need nothing.
    no_finding(_features(("common",), (), CHIEF), "feature_missing", A)
    no_finding(_features(("secure",), (), holds("a", "tax")), "feature_missing", A)
    # Bodies that are not planned need nothing.
    no_finding(_features(("secure",), (), CHIEF, category="enterprise"), "feature_missing", A)
    no_finding(_features(("secure",), ()), "feature_missing", A)
    is_silent(_features(("secure",), (), CHIEF), "feature_missing", GONE)


def test_of_several_units_the_one_with_the_smallest_code_answers() -> None:
    seats = [Seat(room="a", unit="tax", people=1), Seat(room="a", unit="fin", people=1, index=1)]
    units = [unit(code, territory="甲县", features=("secure",)) for code in ("tax", "fin")]
    case = _city(s=NO | {"territory": "乙县"}, units=units, plan=seats)
    for rule in ("title_barred", "outside_territory", "feature_missing"):
        assert the_finding(case, rule).judgement.unit == "fin"


def test_only_rooms_that_a_rule_is_about_are_judged() -> None:
    case = _features(("secure",), ("secure",), holds("a", "tax"))
    assert audit(case, rules=("feature_missing",)).judged == {}
    plan = [Seat(room="a", unit="tax"), Seat(room="d", unit="tax", index=1)]
    case = _city(CHIEF, s=NO, plan=plan)
    assert audit(case, rules=("title_barred",)).judged == {"title_barred": 1}


POSITIVE = {
    "title_unregistered": test_a_site_without_registered_title,
    "title_barred": test_a_plan_sends_a_newcomer_to_a_room_without_title,
    "outside_territory": test_a_unit_outside_its_territory,
    "feature_missing": test_a_room_without_a_feature_that_its_unit_needs,
}
NEGATIVE = {
    "title_unregistered": test_titles_that_are_registered_or_rooms_that_nobody_uses,
    "title_barred": test_units_that_may_be_in_a_room_without_title,
    "outside_territory": test_a_unit_within_its_territory,
    "feature_missing": test_a_room_with_every_feature_that_its_unit_needs,
}
