"""Several offices, posts against establishment and seats, divisions without a room, names."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Division, Group, Occupancy, Posts
from tests.audit import test_rules_caps, test_rules_check
from tests.audit.people_cases import (
    group,
    is_silent,
    loose_row,
    make_case,
    no_finding,
    open_verdict,
    says,
    the_finding,
)
from tests.audit.random_truths import random_case
from tests.builders import office, posts, sits, unit

ROOMS = [office(code, "F", 24) for code in ("a", "b", "c")]


def _with(row: Posts, **changes: Any) -> Posts:
    return replace(row, **changes)


# -- two_offices --------------------------------------------------------------------------------


def _chief(*occupancy: Occupancy, row: Posts | None = None, **more: Any) -> Case:
    rows = [row or posts("tax", "chief", 1)]
    return make_case(rooms=ROOMS, posts=rows, occupancy=occupancy, **more)


def test_a_chief_with_two_rooms() -> None:
    kept = Occupancy(room="c", unit="tax", grade="chief")
    found = the_finding(_chief(sits("a", "tax", "chief"), kept), "two_offices")
    says(found, "two_offices|group|tax|tax||chief", "tax", 2, 1, ("occupancy", 1, "room"), "chief")
    assert "a、c" in found.sentence().zh
    assert found.judgement.certainty == "certain"


def test_a_chief_with_one_room() -> None:
    judged = no_finding(_chief(sits("a", "tax", "chief")), "two_offices", group("tax", "chief"))
    assert (judged.value, judged.expected) == (1, 1)
    is_silent(make_case(rooms=ROOMS), "two_offices", group("tax", "chief"))
    # Two rows in one room are one room; rooms held without a grade are nobody's second office.
    same = _chief(sits("a", "tax", "chief"), Occupancy(room="b", unit="tax"))
    no_finding(same, "two_offices", group("tax", "chief"))
    twice = _chief(sits("a", "tax", "chief"), Occupancy(room="a", unit="tax", grade="chief"))
    assert no_finding(twice, "two_offices", group("tax", "chief")).value == 1


def test_clerks_may_sit_in_many_rooms() -> None:
    case = make_case(
        rooms=ROOMS,
        posts=[posts("tax", "clerk", 1)],
        occupancy=[sits("a", "tax", "clerk"), sits("b", "tax", "clerk")],
    )
    is_silent(case, "two_offices", group("tax", "clerk"))


def test_a_borrowed_chief_leaves_the_second_room_open() -> None:
    row = _with(posts("tax", "chief", 2), borrowed=1)
    case = _chief(sits("a", "tax", "chief"), sits("b", "tax", "chief"), row=row)
    assert open_verdict(case, "two_offices") == ["whether borrowed staff of unit tax count"]


def test_a_plan_counts_posts_for_several_offices() -> None:
    seats = [Seat(room="a", unit="tax", grade="chief", people=1),
             Seat(room="b", unit="tax", grade="chief", people=1, index=1)]  # fmt: skip
    case = make_case(rooms=ROOMS, posts=[posts("tax", "chief", 1, 2)], plan=seats)
    says(
        the_finding(case, "two_offices"), "two_offices|group|tax|tax||chief", "tax", 2, 1,
        ("plan", 1, "room"), "chief",
    )  # fmt: skip
    in_post = make_case(
        rooms=ROOMS, posts=[posts("tax", "chief", 1, 2)], plan=seats, settings={"basis": "in_post"}
    )
    no_finding(in_post, "two_offices", group("tax", "chief"))


# -- roll_above ---------------------------------------------------------------------------------


def _posts_only(*rows: Posts) -> Case:
    return make_case(posts=rows)


def test_more_in_post_than_established() -> None:
    case = _posts_only(posts("fin", "clerk", 2, 2), posts("tax", "clerk", 5, 7, "D1"))
    says(
        the_finding(case, "roll_above"), "roll_above|group|D1|tax|D1|clerk", "tax", 7, 5,
        ("posts", 1, "in_post"), "clerk",
    )  # fmt: skip


def test_in_post_equals_established() -> None:
    case = _posts_only(posts("tax", "clerk", 5, 5, "D1"))
    no_finding(case, "roll_above", group("tax", "clerk", "D1"))
    is_silent(case, "roll_above", group("tax", "clerk", "D2"))


@pytest.mark.parametrize(
    ("changes", "doubts"),
    [
        ({"borrowed": 1}, []),
        ({"borrowed": 2}, ["whether borrowed staff of unit tax count"]),
        ({"established_max": 6}, []),
        ({"established_max": 7}, ["provisional posts of unit tax"]),
        (
            {"established_max": 6, "borrowed": 1},
            ["whether borrowed staff of unit tax count", "provisional posts of unit tax"],
        ),
    ],
)
def test_what_could_excuse_too_many_in_post(changes: dict[str, int], doubts: list[str]) -> None:
    case = _posts_only(_with(posts("tax", "clerk", 5, 7), **changes))
    assert open_verdict(case, "roll_above") == doubts


def test_provisional_posts_may_turn_out_fewer() -> None:
    case = _posts_only(_with(posts("tax", "clerk", 5, 5), established_min=4))
    assert open_verdict(case, "roll_above") == ["provisional posts of unit tax"]
    assert not audit(case, rules=("roll_above",)).findings


# -- roll_differs and division_unhoused -------------------------------------------------------


def _two_divisions(*occupancy: Occupancy, row: Posts | None = None) -> Case:
    rows = [row or posts("tax", "clerk", 3, 3, "D1"), posts("tax", "clerk", 1, 1, "D2")]
    return make_case(rooms=ROOMS, posts=rows, occupancy=occupancy)


def test_fewer_seated_than_on_the_roll() -> None:
    case = _two_divisions(sits("a", "tax", "clerk", 2, "D1"), sits("b", "tax", "clerk", 1, "D2"))
    says(
        the_finding(case, "roll_differs"), "roll_differs|group|D1|tax|D1|clerk", "tax", 3, 2,
        ("posts", 0, "in_post"), "roll clerk",
    )  # fmt: skip


def test_people_seated_without_posts() -> None:
    case = make_case(rooms=ROOMS, occupancy=[sits("a", "fin", "clerk", 2)])
    says(
        the_finding(case, "roll_differs"), "roll_differs|group|fin|fin||clerk", "fin", 0, 2,
        ("occupancy", 0, "people"), "roll clerk",
    )  # fmt: skip


def test_roll_and_seats_agree() -> None:
    case = _two_divisions(sits("a", "tax", "clerk", 3, "D1"), sits("b", "tax", "clerk", 1, "D2"))
    no_finding(case, "roll_differs", group("tax", "clerk", "D1"))
    is_silent(case, "roll_differs", group("fin", "clerk"))
    # Both records agree whoever counts.
    row = _with(posts("tax", "clerk", 3, 3, "D1"), borrowed=2)
    same = _two_divisions(*case.ledger.occupancy, row=row)
    no_finding(same, "roll_differs", group("tax", "clerk", "D1"))


@pytest.mark.parametrize(("borrowed", "doubts"), [(1, 0), (2, 1)])
def test_borrowed_staff_explain_missing_seats(borrowed: int, doubts: int) -> None:
    row = _with(posts("tax", "clerk", 3, 3, "D1"), borrowed=borrowed)
    case = _two_divisions(
        sits("a", "tax", "clerk", 1, "D1"), sits("b", "tax", "clerk", 1, "D2"), row=row
    )
    assert len(open_verdict(case, "roll_differs")) == doubts


def test_a_division_without_a_room_is_one_finding() -> None:
    case = make_case(
        rooms=ROOMS,
        posts=[posts("tax", "clerk", 3, 3, "D1"), posts("tax", "chief", 1, 1, "D1"),
               posts("tax", "clerk", 1, 1, "D2")],
        occupancy=[sits("b", "tax", "clerk", 1, "D2")],
    )  # fmt: skip
    says(
        the_finding(case, "division_unhoused"), "division_unhoused|division|D1|tax|D1|", "tax",
        4, 0, ("posts", 0, "in_post"),
    )  # fmt: skip
    assert not audit(case, rules=("roll_differs",)).findings
    assert AUDIT_RULES["roll_differs"].judge(case, group("tax", "clerk", "D1")) is None


def test_a_division_with_one_seat_has_a_room() -> None:
    case = _two_divisions(sits("a", "tax", "clerk", 1, "D1"), sits("b", "tax", "clerk", 1, "D2"))
    judged = no_finding(case, "division_unhoused", Subject("division", "D1", "tax", "D1"))
    assert (judged.value, judged.expected) == (3, 1)
    is_silent(case, "division_unhoused", Subject("division", "fin", "fin"))
    # Nobody in post: nobody to house.
    empty = _posts_only(posts("tax", "clerk", 3, 0, "D1"))
    no_finding(empty, "division_unhoused", Subject("division", "D1", "tax", "D1"))


def test_a_division_of_borrowed_staff_may_sit_elsewhere() -> None:
    case = _posts_only(_with(posts("tax", "clerk", 2, 2, "D1"), borrowed=2))
    assert open_verdict(case, "division_unhoused") == ["whether borrowed staff of unit tax count"]


def test_two_rooms_of_one_chief_are_not_a_wrong_roll_too() -> None:
    case = _chief(sits("a", "tax", "chief"), sits("b", "tax", "chief"))
    rules = ("two_offices", "roll_differs", "division_unhoused")
    assert [f.rule.id for f in audit(case, rules=rules).findings] == ["two_offices"]
    # Kept without people: nobody is seated, and still it is two offices, not none.
    kept = [Occupancy(room=code, unit="tax", grade="chief") for code in ("a", "b")]
    assert [f.rule.id for f in audit(_chief(*kept), rules=rules).findings] == ["two_offices"]


def test_no_group_is_reported_twice() -> None:
    rng, several = Random(3), 0
    for _ in range(200):
        case = random_case(rng)
        found = audit(case, rules=("two_offices", "roll_differs", "division_unhoused")).findings
        groups: list[Group] = []
        for subject in (f.judgement.subject for f in found):
            inside = [p.group for p in case.ledger.posts if p.unit == subject.unit]
            if subject.kind == "division":
                groups += [g for g in inside if g.division == subject.division and g.grade]
            else:
                groups.append(Group(subject.unit, subject.division, subject.grade))
        assert len(groups) == len(set(groups))
        several += len({f.rule.id for f in found}) > 1
    assert several > 20


# -- names --------------------------------------------------------------------------------------


def _heirs(*rows: Posts) -> Case:
    old = unit("old", status="abolished", successor="tax")
    return make_case(units=[unit("tax"), old], posts=rows, divisions=[])


def test_posts_of_units_that_are_gone_or_unknown() -> None:
    case = _heirs(posts("tax", "clerk", 1), posts("old", "clerk", 2, 1))
    found = the_finding(case, "posts_without_unit")
    says(found, "posts_without_unit|row|old|||", "old", 2, 0, ("posts", 1, "unit"))
    assert "unit tax" in found.sentence().zh
    row = loose_row("unit", "posts", "unit", "U9", established=4, in_post=3)
    stray = the_finding(make_case(loose=(row,)), "posts_without_unit")
    says(stray, "posts_without_unit|row|U9|||", "U9", 4, 0, ("posts", 7, "unit"))
    assert stray.place.text() == "ledger.xlsx[posts]:7:unit"


def test_posts_of_units_of_the_ledger() -> None:
    case = _heirs(posts("tax", "clerk", 1), posts("old", "clerk", 0))
    for code in ("tax", "old"):
        no_finding(case, "posts_without_unit", Subject("row", code))
    # Moved to the successor: cured. A unit that nobody knows: nothing to say.
    assert AUDIT_RULES["posts_without_unit"].judge(_heirs(), Subject("row", "old")) is not None
    is_silent(case, "posts_without_unit", Subject("row", "U9"))
    is_silent(_heirs(), "posts_without_unit", Subject("row", "tax"))


def test_grades_that_the_standard_lacks() -> None:
    case = make_case(posts=[posts("tax", "clerk", 1), posts("tax", "boss", 1)])
    says(
        the_finding(case, "grade_unknown"), "grade_unknown|group|tax|tax||boss", "tax", None,
        None, ("posts", 1, "grade"), "boss",
    )  # fmt: skip
    seated = make_case(rooms=ROOMS, occupancy=[sits("a", "tax", "boss", 1, "D1")])
    says(
        the_finding(seated, "grade_unknown"), "grade_unknown|group|D1|tax|D1|boss", "tax", None,
        None, ("occupancy", 0, "grade"), "boss",
    )  # fmt: skip
    row = loose_row("grade", "plan", "grade", "boss", unit="fin")
    draft = the_finding(make_case(loose=(row,)), "grade_unknown")
    says(
        draft, "grade_unknown|group|fin|fin||boss", "fin", None, None, ("plan", 7, "grade"), "boss"
    )
    assert draft.place.row == 7


def test_grades_of_the_standard() -> None:
    case = make_case(posts=[posts("tax", "clerk", 1)])
    no_finding(case, "grade_unknown", group("tax", "clerk"))
    is_silent(case, "grade_unknown", group("tax", "boss"))
    is_silent(case, "grade_unknown", group("U9", "clerk"))


def test_codes_that_the_ledger_lacks() -> None:
    rows = (
        loose_row("unit", "occupancy", "unit", "U9", people=3, room="a"),
        loose_row("unit", "rooms", "allocated_unit", "U9"),
        loose_row("room", "plan", "room", "Z1", unit="tax", people=1),
        loose_row("unit", "posts", "unit", "U8"),
        loose_row("grade", "posts", "grade", "boss", unit="tax"),
    )
    result = audit(make_case(loose=rows), rules=("unknown_named",))
    assert [f.key for f in result.findings] == [
        "unknown_named|row|U9|||",
        "unknown_named|row|Z1|||",
    ]
    first, second = result.findings
    says(first, "unknown_named|row|U9|||", "U9", None, None, ("occupancy", 7, "unit"))
    assert [c.table for c in first.judgement.cells] == ["occupancy", "rooms"]
    assert "3 people" in first.sentence().en
    says(second, "unknown_named|row|Z1|||", "tax", None, None, ("plan", 7, "room"))


def test_codes_that_the_ledger_has() -> None:
    case = make_case(rooms=ROOMS, divisions=[Division(code="D1", unit="tax", name="audit")])
    for code in ("tax", "a", "F", "D1"):
        no_finding(case, "unknown_named", Subject("row", code))
    is_silent(case, "unknown_named", Subject("row", "U9"))


POSITIVE = {
    "two_offices": test_a_chief_with_two_rooms,
    "roll_above": test_more_in_post_than_established,
    "roll_differs": test_fewer_seated_than_on_the_roll,
    "division_unhoused": test_a_division_without_a_room_is_one_finding,
    "posts_without_unit": test_posts_of_units_that_are_gone_or_unknown,
    "grade_unknown": test_grades_that_the_standard_lacks,
    "unknown_named": test_codes_that_the_ledger_lacks,
    **test_rules_caps.POSITIVE,
    **test_rules_check.POSITIVE,
}
NEGATIVE = {
    "two_offices": test_a_chief_with_one_room,
    "roll_above": test_in_post_equals_established,
    "roll_differs": test_roll_and_seats_agree,
    "division_unhoused": test_a_division_with_one_seat_has_a_room,
    "posts_without_unit": test_posts_of_units_of_the_ledger,
    "grade_unknown": test_grades_of_the_standard,
    "unknown_named": test_codes_that_the_ledger_has,
    **test_rules_caps.NEGATIVE,
    **test_rules_check.NEGATIVE,
}
