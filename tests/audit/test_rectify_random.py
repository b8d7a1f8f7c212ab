"""Random months of one small ledger: rows are never lost, and closed only as the ledger shows."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from allocator.audit.recheck import recheck
from allocator.audit.rectify import ListRow, rectification
from allocator.domain import Survey
from tests.audit.list_cases import FEBRUARY, JANUARY, MARCH, month, said
from tests.builders import office, sits

STANDARDS = {"chief": 2400, "clerk": 900}
ROOMS = ("A1", "A2", "A3")


@st.composite
def ledgers(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three offices, who sits there, and surveys of any of them."""
    kept = [code for code in ROOMS if draw(st.integers(0, 5))]
    rooms = [office(code, "F", draw(st.sampled_from((18, 24, 27, 30)))) for code in kept]
    seats = [
        sits(code, draw(st.sampled_from(("tax", "fin"))), grade, draw(st.integers(1, 2)))
        for code in kept
        for grade in ("chief", "clerk")
        if draw(st.booleans())
    ]
    surveys = [
        Survey(
            room=code,
            measured=draw(st.sampled_from((1800, 2400, 2700))),
            day=draw(st.sampled_from((JANUARY, date(2026, 1, 20), date(2026, 2, 10)))),
        )
        for code in kept
        if draw(st.booleans())
    ]
    return {"rooms": rooms, "occupancy": seats, "survey": surveys}


def limit(ledger: dict[str, Any], code: str) -> int:
    """The standards of the people in a room, by hand."""
    return sum(STANDARDS[s.grade] * s.people for s in ledger["occupancy"] if s.room == code)


def borne_out(row: ListRow, ledger: dict[str, Any], on: date) -> bool:
    """Whether the ledger shows that the room is no longer above the standard."""
    code, before = row.text("room"), row.number("area") or 0
    area = next((r.area for r in ledger["rooms"] if r.code == code), None)
    allowed = limit(ledger, code)
    if area is None or not allowed or area > allowed:
        return False
    surveys = [s for s in ledger["survey"] if s.room == code]
    if any(max(area, s.measured) > allowed for s in surveys):
        return False  # The survey says more than the ledger: the verdict is open.
    if area >= before or before <= allowed:
        return True
    since = row.day("last_checked")
    assert since is not None
    return any(since < s.day <= on and s.measured == area for s in surveys)


@given(ledgers(), ledgers(), ledgers())
def test_rows_close_on_evidence_alone_and_none_is_lost(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    rows = said(rectification(month(JANUARY, rules=("over_standard",), **first)))
    for on, ledger in ((FEBRUARY, second), (MARCH, third)):
        result = month(on, rules=("over_standard",), **ledger)
        checked = recheck(rows, result)
        new = said(checked)
        assert [r.key for r in new[: len(rows)]] == [r.key for r in rows]
        assert len({r.key for r in new}) == len(new)
        found = {f.key for f in result.findings}
        assert found == {r.key for r in new if r.values["status"] in ("open", "reopened")}
        for old, row, (_, outcome) in zip(rows, new, checked.rows, strict=False):
            event(outcome)
            assert row.day("first_found") == old.day("first_found")
            if old.values["status"] == "closed":
                assert outcome in ("stays_closed", "reopened")
            else:
                assert (outcome == "closed") == borne_out(old, ledger, on)
                assert (outcome == "closed") == (row.values["status"] == "closed")
        rows = new
