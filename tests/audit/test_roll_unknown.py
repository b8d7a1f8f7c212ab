"""People in post that were taken from the rooms are compared with nothing and shown nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocator.audit.reconcile import reconciliation
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Posts
from allocator.entitlement_balance import balance_totals, balances
from allocator.present import present
from tests.audit.people_cases import group, loose_row, make_case, no_finding, the_finding
from tests.builders import office, posts, sits, tiny_standard

ROOMS = [office(code, "F", 24) for code in ("a", "b", "c")]


def _unknown(row: Posts) -> Posts:
    return replace(row, in_post_known=False)


@pytest.mark.parametrize(
    ("rule", "row", "subject"),
    [
        ("roll_above", posts("tax", "clerk", 1, 3), group("tax", "clerk")),
        ("roll_differs", posts("tax", "clerk", 3), group("tax", "clerk")),
        ("division_unhoused", posts("tax", "clerk", 1, 1, "D1"), Subject("division", "D1", "tax",
         "D1")),
    ],
)  # fmt: skip
def test_the_roll_is_not_judged(rule: str, row: Posts, subject: Subject) -> None:
    # One of them sits somewhere, except in the division that has no room.
    seated = [] if rule == "division_unhoused" else [sits("a", "tax", "clerk")]
    the_finding(make_case(rooms=ROOMS, posts=[row], occupancy=seated), rule)
    case = make_case(rooms=ROOMS, posts=[_unknown(row)], occupancy=seated)
    assert AUDIT_RULES[rule].judge(case, subject) is None


def test_people_without_posts_have_no_roll_to_differ_from() -> None:
    seated = [sits("a", "fin", "clerk")]
    row = posts("tax", "clerk", 1, 0)
    the_finding(make_case(rooms=ROOMS, posts=[row], occupancy=seated), "roll_differs")
    case = make_case(rooms=ROOMS, posts=[_unknown(row)], occupancy=seated)
    assert AUDIT_RULES["roll_differs"].judge(case, group("fin", "clerk")) is None


def test_offices_are_counted_by_posts_without_a_roll() -> None:
    seated = [sits("a", "tax", "chief"), sits("b", "tax", "chief")]
    row = posts("tax", "chief", 2, 1)
    the_finding(make_case(rooms=ROOMS, posts=[row], occupancy=seated), "two_offices")
    case = make_case(rooms=ROOMS, posts=[_unknown(row)], occupancy=seated)
    judged = no_finding(case, "two_offices", group("tax", "chief"))
    assert (judged.value, judged.expected) == (2, 2)
    assert [c.column for c in judged.cells if c.table == "posts"] == ["established"]


def test_rooms_are_not_said_to_agree_with_a_roll_that_was_taken_from_them() -> None:
    seated = [sits("a", "tax", "chief")]
    row = posts("tax", "chief", 1)
    known = reconciliation(audit(make_case(rooms=ROOMS, posts=[row], occupancy=seated)))
    assert {"posts-roll", "roll-rooms"} <= {pair.key for pair in known}
    case = make_case(rooms=ROOMS, posts=[_unknown(row)], occupancy=seated)
    assert {pair.key for pair in reconciliation(audit(case))} == {"posts-units"}


def test_a_unit_spelt_much_like_another_is_asked_about() -> None:
    near = loose_row("unit", "occupancy", "unit", "taxx", people=1)
    found = the_finding(make_case(rooms=ROOMS, loose=(near,)), "unknown_named")
    assert "是否应为 tax？" in found.sentence().zh and "maybe tax is meant" in found.sentence().en
    far = loose_row("unit", "occupancy", "unit", "U9", people=1)
    found = the_finding(make_case(rooms=ROOMS, loose=(far,)), "unknown_named")
    assert "meant" not in found.sentence().en


def test_the_balance_shows_no_number_for_people_nobody_counted() -> None:
    rows = [
        _unknown(posts("tax", "clerk", 3, 1)),
        posts("tax", "chief", 1),
        posts("fin", "clerk", 1),
    ]
    ledger = make_case(rooms=ROOMS, posts=rows).ledger
    found = present(ledger, tiny_standard())
    staff = found["tax"].staff
    assert (staff.established, staff.in_post, staff.vacant, staff.over) == (4, None, None, None)
    assert found["fin"].staff.in_post == 1
    totals = balance_totals(balances(ledger, tiny_standard(), found), tiny_standard())
    assert (totals["posts"]["established"], totals["posts"]["in_post"]) == (5, None)
