"""The rectification list in people's hands: days, rows closed by hand, rooms nobody holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from allocator.audit.recheck import recheck
from allocator.audit.rectify import NOBODY, ListRow, rectification
from allocator.audit.rule import Words
from allocator.domain import Refit
from allocator.findings import InputError, Place
from tests.audit.list_cases import (
    FEBRUARY,
    JANUARY,
    after,
    january,
    month,
    offices,
    outcome,
    said,
    survey,
)
from tests.builders import sits

TWO_CLERKS = [sits("A1", "tax", "chief"), sits("A1", "tax", "clerk")]
REST = [sits("A2", "fin", "chief"), sits("A3", "fin", "clerk", 3)]


def test_a_list_kept_on_a_later_day_is_refused_once_per_day() -> None:
    old = tuple(
        replace(row, place=Place("list.xlsx", "list", n)) for n, row in enumerate(january(), 2)
    )
    with pytest.raises(
        InputError, match=r"first found is 2026-01-05, .* this audit, 2026-01-04"
    ) as e:
        after(date(2026, 1, 4), old)
    assert [(f.place.row, f.place.column) for f in e.value.findings] == [
        (2, "首次发现"), (2, "最近复查"),
    ]  # fmt: skip
    assert "共 3 行" in e.value.findings[0].zh
    assert after(JANUARY, old).counts()["kept"] == 3


@pytest.mark.parametrize("evidence", [None, " "])
def test_a_row_closed_without_evidence_gets_that_of_the_ledger(evidence: str | None) -> None:
    old = (january()[0].with_values(status="closed", evidence=evidence),)
    checked = after(FEBRUARY, old, occupancy=[*TWO_CLERKS, *REST])
    how, row = outcome(checked)
    assert (how, row.values["status"]) == ("stays_closed", "closed")
    assert row.text("evidence").startswith("ledger of 2026-02-02: room A1 has 30.00 m2, within")
    assert [(n.code, n.severity, n.value) for n in checked.notes] == [
        ("closed-without-evidence", "warning", old[0].key)
    ]


def test_a_row_closed_without_evidence_is_counted_where_the_ledger_has_none() -> None:
    old = (january()[0].with_values(status="closed"),)
    checked = after(FEBRUARY, old, rooms=offices(1, 30, 30)[1:], occupancy=REST)
    how, row = outcome(checked)
    assert (how, row.values.get("evidence")) == ("bare", None)
    assert (checked.counts()["bare"], checked.counts()["stays_closed"]) == (1, 0)
    assert [n.code for n in checked.notes] == ["closed-without-evidence"]


def test_a_row_closed_without_evidence_and_found_again_came_back() -> None:
    checked = after(FEBRUARY, (january()[0].with_values(status="closed"),))
    assert outcome(checked)[0] == "reopened"
    assert [n.code for n in checked.notes] == ["closed-without-evidence"]


def test_only_a_survey_up_to_the_day_is_a_measurement() -> None:
    surveyed = [survey("A1", 29, JANUARY), survey("A2", 29, FEBRUARY)]
    rows = rectification(month(JANUARY, survey=surveyed))
    assert [r.number("measured") for r in rows] == [2900, None, None]


def test_a_room_that_nobody_holds_says_so() -> None:
    rows = rectification(month(JANUARY, rules=("idle_unreported",), occupancy=REST))
    assert [(r.values["room"], r.values["responsible"], r.values["unit"]) for r in rows] == [
        ("A1", NOBODY, None)
    ]
    closed = outcome_of_idle(said(rows))
    assert (closed.values["status"], closed.values["rooms_after"]) == ("closed", 1)


def outcome_of_idle(old: tuple[ListRow, ...]) -> ListRow:
    return said(recheck(old, month(FEBRUARY, rules=("idle_unreported",))))[0]


def test_a_refit_names_its_room() -> None:
    works = [Refit(place="A1", day=JANUARY, kind="major")]
    (row,) = rectification(month(FEBRUARY, rules=("refit_unapproved",), refits=works))
    assert (row.values["room"], row.values["responsible"]) == ("A1", "Tax")
    assert row.values["place"] == Words(*["site S · building B · 1F · A1"] * 2)


def test_one_person_in_two_rooms_counts_once() -> None:
    twice = [sits("A1", "tax", "chief"), sits("A2", "tax", "chief"), *REST[1:]]
    alone = {"single": frozenset({("municipal", "chief")})}
    rows = said(
        rectification(month(JANUARY, rules=("two_offices",), settings=alone, occupancy=twice))
    )
    assert [(r.text("grade"), r.text("place")) for r in rows] == [("chief×1", "Tax · chief")]
