"""The rectification list from month to month: what closes a row, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.audit.recheck import recheck
from allocator.audit.rectify import ListRow, rectification
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject, Words
from allocator.domain import Division
from allocator.findings import Place
from allocator.scenario import RoomException
from tests.audit.list_cases import (
    FEBRUARY,
    JANUARY,
    MARCH,
    after,
    city,
    january,
    month,
    offices,
    outcome,
    said,
    survey,
)
from tests.builders import office, posts, sits

KEPT_BY_HAND = {
    "cause": "two rooms were joined",
    "way": "moves to A9 in spring",
    "due": date(2026, 6, 30),
    "approver": "the office of the mayor",
    "why_not": "waits for the lift",
}
TWO_CLERKS = [sits("A1", "tax", "chief"), sits("A1", "tax", "clerk")]
"""The chief of A1 shares with a clerk: 24 + 9 = 33 m2 of standards in 30 m2."""
REST = [sits("A2", "fin", "chief"), sits("A3", "fin", "clerk", 3)]


# -- the first list -------------------------------------------------------------------------------


def test_a_new_list_has_the_published_fields() -> None:
    rows = {row.key: row for row in january()}
    assert list(rows) == [f"over_standard|room|A{n}|||" for n in (1, 2, 3)]
    row = rows["over_standard|room|A3|||"]
    assert {k: v for k, v in row.values.items() if k not in ("problem", "way", "clause")} == {
        "rule": "office above the standard", "rule_id": "over_standard", "severity": "error",
        "unit": "Finance", "place": "site S · building B · 1F · A3", "room": "A3",
        "grade": "clerk×3", "standard": 2700, "area": 3000, "measured": None, "over": 300,
        "rooms_before": 1, "area_before": 3000, "responsible": "Finance",
        "due": JANUARY + timedelta(days=60), "status": "open", "first_found": JANUARY,
        "last_checked": JANUARY, "returns": 0,
    }  # fmt: skip
    assert "exceeded by 3.00 m2" in row.text("problem")


def test_a_remedy_replaces_the_advice_and_days_set_the_deadline() -> None:
    told = {"over_standard|room|A1|||": Words("调换 A9", "swap with A9")}
    first, second, _ = rectification(month(JANUARY), days=10, remedies=told)
    assert first.values["way"] == Words("调换 A9", "swap with A9")
    assert second.values["way"] == AUDIT_RULES["over_standard"].advice
    assert first.values["due"] == date(2026, 1, 15)


def test_the_deadline_of_a_clause_comes_before_that_of_the_policy() -> None:
    found = month(JANUARY)
    first = found.findings[0]
    timed = replace(first, rule=replace(first.rule, days=30))
    rows = rectification(replace(found, findings=(timed, *found.findings[1:])))
    assert [r.values["due"] for r in rows] == [JANUARY + timedelta(days=n) for n in (30, 60, 60)]


def test_exceptions_are_not_listed() -> None:
    waived = (RoomException(room="A1", unit="tax", reason="monument"),)
    rows = rectification(month(JANUARY, exceptions=waived))
    assert [r.key[19:21] for r in rows] == ["A2", "A3"]


def test_questions_go_to_the_other_sheet() -> None:
    rows = rectification(
        month(JANUARY, rules=("room_slivers", "over_standard"), rooms=_slivers(), occupancy=[])
    )
    assert [r.to_check for r in rows] == [True]


def _slivers() -> list[Any]:
    return [office("A301-1", "F", 3), office("A301-2", "F", 3)]


# -- closing --------------------------------------------------------------------------------------


def test_a_row_is_closed_with_the_sentence_of_the_new_ledger() -> None:
    how, row = outcome(after(FEBRUARY, occupancy=[*TWO_CLERKS, *REST]))
    assert how == "closed"
    assert row.values["status"] == "closed"
    assert row.text("evidence").startswith("ledger of 2026-02-02: room A1 has 30.00 m2, within")
    assert "33.00 m2" in row.text("evidence")
    assert (row.values["rooms_after"], row.values["area_after"]) == (1, 3000)
    assert (row.day("first_found"), row.day("last_checked")) == (JANUARY, FEBRUARY)
    assert row.text("problem") == january()[0].text("problem")


def test_what_people_wrote_about_the_result_stays() -> None:
    old = (january()[0].with_values(rooms_after=2, area_after=None, **KEPT_BY_HAND),)
    _, row = outcome(after(FEBRUARY, old, occupancy=[*TWO_CLERKS, *REST]))
    assert (row.values["rooms_after"], row.values["area_after"]) == (2, None)
    assert {k: row.values[k] for k in KEPT_BY_HAND} == KEPT_BY_HAND


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rooms": offices(30, 30, 30)[1:], "occupancy": REST}, "the ledger has no room A1 now"),
        ({"occupancy": REST}, "nobody is recorded in the room now"),
        (
            {"rooms": [office("A1", "F", 30, status="sealed"), *offices(1, 30, 30)[1:]]},
            "the ledger has no record to judge it by",
        ),
    ],
)
def test_silence_closes_nothing(changes: dict[str, Any], reason: str) -> None:
    how, row = outcome(after(FEBRUARY, **changes))
    assert how == "no_evidence"
    assert row.values["status"] == "no_evidence"
    assert reason in row.text("review")
    assert row.values.get("evidence") is None


@pytest.mark.skipif("survey_differs" not in AUDIT_RULES, reason="the rule is not there yet")
def test_a_survey_row_that_is_gone_closes_nothing() -> None:
    found = month(JANUARY, rules=("survey_differs",), survey=[survey("A1", 28, JANUARY)])
    old = said(rectification(found))
    assert [r.key for r in old] == ["survey_differs|room|A1|||"]
    checked = recheck(old, month(FEBRUARY, rules=("survey_differs",)))
    assert [r.outcome for r in checked.rows] == ["no_evidence"]
    assert "survey is no longer" in said(checked)[0].text("review")
    agrees = month(FEBRUARY, rules=("survey_differs",), survey=[survey("A1", 30, FEBRUARY)])
    assert [r.outcome for r in recheck(old, agrees).rows] == ["closed"]


def test_an_open_verdict_closes_nothing() -> None:
    """24 ± 1 m2 for a chief of 24 m2: no breach on record, perhaps one in truth."""
    how, row = outcome(
        after(FEBRUARY, rooms=offices(24, 30, 30), survey=[survey("A1", 24, date(2026, 1, 20), 1)])
    )
    assert how == "no_evidence"
    assert "the verdict is open (needs a survey" in row.text("review")


@pytest.mark.parametrize(
    ("measured", "day", "closed"),
    [
        (None, None, False),
        (24, date(2026, 1, 20), True),
        (24, JANUARY, False),
        (24, date(2025, 12, 1), False),
        (24, date(2026, 2, 3), False),
        (23, date(2026, 1, 20), False),
    ],
)
def test_an_area_made_smaller_needs_a_new_survey_that_agrees(
    measured: int | None, day: date | None, closed: bool
) -> None:
    surveys = [] if measured is None or day is None else [survey("A1", measured, day)]
    how, row = outcome(after(FEBRUARY, rooms=offices(24, 30, 30), survey=surveys))
    assert how == ("closed" if closed else "no_evidence")
    if closed:
        assert "area 30.00 → 24.00, measured 24.00 m2 on 2026-01-20" in row.text("evidence")
    else:
        assert "30.00 → 24.00" in row.text("review")
        assert row.number("area") == 3000


def test_an_area_made_smaller_in_steps_still_needs_a_survey() -> None:
    february = after(FEBRUARY, rooms=offices(26, 30, 30))
    how, row = outcome(february)
    assert (how, row.number("area")) == ("kept", 2600)
    assert outcome(after(MARCH, said(february), rooms=offices(24, 30, 30)))[0] == "no_evidence"


def test_a_smaller_area_that_changes_nothing_needs_no_survey() -> None:
    """With the clerk the old 30 m2 are within 33 m2 as well."""
    changes: dict[str, Any] = {"rooms": offices(28, 30, 30), "occupancy": [*TWO_CLERKS, *REST]}
    assert outcome(after(FEBRUARY, **changes))[0] == "closed"


def test_the_tolerance_counts_when_an_area_shrinks() -> None:
    """The old 30 m2 are within 24 + 6 m2, so nothing hangs on the smaller area."""
    told = {"settings": {"tolerance": 600}}
    assert outcome(after(FEBRUARY, rooms=offices(24, 30, 30), **told))[0] == "closed"


def test_a_list_without_the_old_area_proves_nothing() -> None:
    old = (january()[0].with_values(area=None),)
    assert outcome(after(FEBRUARY, old, rooms=offices(24, 30, 30)))[0] == "no_evidence"


def test_a_registered_exception_closes_with_its_reason() -> None:
    waived = (RoomException(room="A1", unit="tax", reason="listed monument"),)
    how, row = outcome(after(FEBRUARY, exceptions=waived))
    assert how == "excepted"
    assert row.values["status"] == "closed"
    assert "registered exception: listed monument" in row.text("evidence")


# -- staying and coming back ----------------------------------------------------------------------


def test_what_is_still_found_is_kept_with_both_figures() -> None:
    old = tuple(r.with_values(**KEPT_BY_HAND) for r in january())
    how, row = outcome(after(FEBRUARY, old, rooms=offices(28, 30, 30)))
    assert how == "kept"
    assert {k: row.values[k] for k in KEPT_BY_HAND} == KEPT_BY_HAND
    assert (row.number("area"), row.number("over")) == (2800, 400)
    assert row.number("area_before") == 3000
    assert row.text("review") == ("2026-02-02 still found: area 30.00 → 28.00, excess 6.00 → 4.00")
    assert (row.day("first_found"), row.day("last_checked")) == (JANUARY, FEBRUARY)


def test_other_figures_are_shown_by_the_old_sentence() -> None:
    above = {"rules": ("roll_above",), "posts": [posts("tax", "chief", 1, 3)]}
    old = said(rectification(month(JANUARY, **above)))
    now = {"rules": ("roll_above",), "posts": [posts("tax", "chief", 1, 2)]}
    row = said(recheck(old, month(FEBRUARY, **now)))[0]
    assert "2 in post" in row.text("problem")
    assert "it was: " in row.text("review") and "3 in post" in row.text("review")


def test_a_claim_is_tested() -> None:
    old = (january()[0].with_values(status="claimed"),)
    how, row = outcome(after(FEBRUARY, old))
    assert (how, row.values["status"]) == ("kept", "open")
    assert "said to be cured, still found" in row.text("review")


def test_what_was_closed_and_is_found_again_came_back() -> None:
    closed = said(after(FEBRUARY, occupancy=[*TWO_CLERKS, *REST]))
    how, row = outcome(after(MARCH, closed))
    assert how == "reopened"
    assert (row.values["status"], row.number("returns")) == ("reopened", 1)
    assert row.values["evidence"] is None
    assert "it was closed on: ledger of 2026-02-02" in row.text("review")
    again = said((row,))
    how, row = outcome(after(date(2026, 4, 1), again))
    assert (how, row.values["status"], row.number("returns")) == ("kept", "reopened", 1)
    closed = said(after(date(2026, 5, 1), said((row,)), occupancy=[*TWO_CLERKS, *REST]))
    how, row = outcome(after(date(2026, 6, 1), closed))
    assert (how, row.number("returns")) == ("reopened", 2)
    assert len(row.text("review").split("\n")) == 5


@pytest.mark.parametrize("changes", [{}, {"rooms": offices(1, 30, 30)[1:], "occupancy": REST}])
def test_a_closed_row_stays_closed_without_a_breach(changes: dict[str, Any]) -> None:
    old = (january()[0].with_values(status="closed", evidence="seen on site"),)
    told = changes or {"occupancy": [*TWO_CLERKS, *REST]}
    how, row = outcome(after(FEBRUARY, old, **told))
    assert how == "stays_closed"
    assert row.text("evidence") == "seen on site"


def test_new_findings_are_appended() -> None:
    old = january()[:1]
    checked = after(FEBRUARY, old)
    assert [r.outcome for r in checked.rows] == ["kept", "new", "new"]
    assert [r.row.values["first_found"] for r in checked.rows] == [JANUARY, FEBRUARY, FEBRUARY]
    assert checked.counts()["new"] == 2


# -- rows that are nobody's -----------------------------------------------------------------------


def test_unknown_rules_and_rows_by_hand_are_left_alone_and_named() -> None:
    place = Place("old.xlsx", "list", 7)
    rows = tuple(
        ListRow(key=key, values={"cause": "x"}, place=place)
        for key in (
            "", "merger-3", "gone_rule|room|A1|||", "over_standard|room|A1", "over_standard|x|A|||"
        )
    )  # fmt: skip
    checked = after(FEBRUARY, rows)
    assert [r.row for r in checked.rows[:5]] == list(rows)
    assert {r.outcome for r in checked.rows[:5]} == {"untouched"}
    assert [n.severity for n in checked.notes] == ["info", "info", "warning", "info", "info"]
    assert {n.place for n in checked.notes} == {place}


def test_a_rule_of_today_is_not_judged_on_a_plan() -> None:
    from allocator.audit.build import draft_case
    from allocator.audit.run import audit

    plan = audit(draft_case(month(FEBRUARY).case, []), rules=())
    checked = recheck((ListRow(key="roll_above|group|tax|tax||chief", values={}),), plan)
    assert [r.outcome for r in checked.rows] == ["untouched"]
    assert "does not apply" in checked.notes[0].en


def test_the_same_months_give_the_same_list() -> None:
    assert after(FEBRUARY) == after(FEBRUARY)
    assert january() == january()


@given(st.tuples(*[st.text(alphabet="ab|%7C25财 ", max_size=6)] * 4).filter(lambda t: t[0] != ""))
def test_subjects_survive_their_key(parts: tuple[str, str, str, str]) -> None:
    subject = Subject("group", *parts)
    assert Subject.of_key(subject.key) == subject
    assert subject.key.count("|") == 4


@pytest.mark.parametrize("key", ["", "room", "room|", "cat|a|||", "room||||", "room|a||||"])
def test_other_texts_are_no_keys(key: str) -> None:
    with pytest.raises(ValueError, match="no key of a subject"):
        Subject.of_key(key)


@pytest.mark.parametrize("rule", AUDIT_RULES)
@pytest.mark.parametrize("kind", ["room", "unit", "division", "group", "place", "row"])
def test_every_rule_is_silent_about_what_is_gone(rule: str, kind: Any) -> None:
    """A recheck asks every rule about things of last month that exist no more."""
    case = month(FEBRUARY, divisions=[Division(code="D", unit="tax", name="D")]).case
    for parts in (("no-such",), ("no-such", "nobody", "none", "ghost"), ("x", "tax", "D", "clerk")):
        judged = AUDIT_RULES[rule].judge(case, Subject(kind, *parts))
        assert judged is None or not judged.breach, judged


def test_the_small_city_is_what_the_tests_say() -> None:
    assert [r.area for r in city().rooms] == [3000, 3000, 3000]
