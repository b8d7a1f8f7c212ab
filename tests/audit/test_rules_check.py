"""Questions about sharing, desks and divided rooms; seats of a plan against its posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from allocator.audit.case import Case, Seat
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Occupancy, Survey
from tests.audit.people_cases import (
    group,
    is_silent,
    make_case,
    no_finding,
    open_verdict,
    says,
    the_finding,
)
from tests.builders import office, posts, room, service, sits, tiny_standard, unit

A = Subject("room", "a")


def _room(area: Any, *occupancy: Occupancy, **more: Any) -> Case:
    return make_case(rooms=[office("a", "F", area)], occupancy=occupancy, **more)


CHIEF, CLERK = sits("a", "tax", "chief"), sits("a", "tax", "clerk")


# -- colocation_nominal -------------------------------------------------------------------------


def test_a_chief_whose_room_is_lawful_only_with_a_clerk() -> None:
    found = the_finding(_room("24.01", CHIEF, CLERK), "colocation_nominal")
    says(found, "colocation_nominal|room|a|||", "tax", 2401, 2400, ("rooms", 0, "area_m2"))
    said = found.as_finding()
    assert said.zh.startswith("待核实：")
    assert "是否" in said.zh
    assert "?" in said.en
    assert "33.00" in said.zh
    assert found.severity == "warning"


def test_a_chief_whose_room_is_lawful_alone() -> None:
    no_finding(_room("24.00", CHIEF, CLERK), "colocation_nominal", A)
    # Above the standards even so: an error of its own, no question.
    no_finding(_room("33.01", CHIEF, CLERK), "colocation_nominal", A)
    # Alone, and without a chief.
    for seats in ((CHIEF,), (CLERK, sits("a", "fin", "clerk", 2))):
        case = _room("24.01", *seats)
        no_finding(case, "colocation_nominal", A)
        assert A not in set(AUDIT_RULES["colocation_nominal"].subjects(case))
    is_silent(_room(30), "colocation_nominal", A)
    hall = make_case(rooms=[service("a", "F", 30)], occupancy=[CHIEF, CLERK])
    assert audit(hall, rules=("colocation_nominal",)).judged == {}
    club = _room(30, CHIEF, CLERK, units=[unit("tax", category="enterprise"), unit("fin")])
    assert audit(club, rules=("colocation_nominal",)).judged == {}


def test_tolerance_and_survey_bear_on_sharing() -> None:
    no_finding(_room("24.01", CHIEF, CLERK, settings={"tolerance": 1}), "colocation_nominal", A)
    survey = Survey(room="a", measured=2400, day=date(2025, 1, 1), error=10)
    case = _room("24.01", CHIEF, CLERK, survey=[survey])
    assert open_verdict(case, "colocation_nominal") == ["the area of room a"]


# -- desks_added --------------------------------------------------------------------------------


def test_more_desks_than_people() -> None:
    case = _room(30, replace(CHIEF, desks=1), Occupancy(room="a", unit="fin", desks=2), CLERK)
    found = the_finding(case, "desks_added")
    says(found, "desks_added|room|a|||", "fin", 3, 2, ("occupancy", 0, "desks"))
    assert "是否" in found.as_finding().zh


def test_no_more_desks_than_people() -> None:
    no_finding(_room(30, replace(CHIEF, desks=2), CLERK), "desks_added", A)
    is_silent(_room(30, CHIEF, CLERK), "desks_added", A)


# -- room_slivers -------------------------------------------------------------------------------


def _numbered(*rooms: tuple[str, Any], **more: Any) -> Case:
    """Offices with these numbers; 0.65 x 9 m2 = 5.85 m2 is the least for one person."""
    made = [replace(office(f"r{i}", "F", area), number=n) for i, (n, area) in enumerate(rooms)]
    return make_case(rooms=made, **more)


@pytest.mark.parametrize(
    "numbers", [("301-1", "301-2"), ("301A", "301b"), ("301甲", "301乙"), ("301", "301-1")]
)
def test_a_sliver_of_a_divided_room(numbers: tuple[str, str]) -> None:
    case = _numbered(("300", 20), (numbers[0], 12), (numbers[1], "5.84"))
    found = the_finding(case, "room_slivers")
    says(found, "room_slivers|row|r1|||", "", 584, 585, ("rooms", 2, "area_m2"))
    said = found.as_finding()
    assert "是否" in said.zh
    assert "17.84" in said.en


def test_parts_that_are_large_enough() -> None:
    row = Subject("row", "r0")
    no_finding(_numbered(("301-1", 12), ("301-2", "5.85")), "room_slivers", row)
    # A small room of its own is no part of another.
    no_finding(_numbered(("301", 12), ("302", 5)), "room_slivers", row)
    no_finding(_numbered(("301-1", 5)), "room_slivers", row)
    is_silent(_numbered(), "room_slivers", row)
    store = replace(room("r0", "F", "ancillary", 3), number="301-1")
    other = replace(office("r1", "F", 12), number="301-2")
    no_finding(make_case(rooms=[store, other]), "room_slivers", row)
    bare = replace(tiny_standard(), grades=())
    assert (
        audit(_numbered(("301-1", 1), ("301-2", 1), standard=bare)).judged.get("room_slivers")
        is None
    )


def test_a_survey_may_show_that_a_part_is_large_enough() -> None:
    survey = Survey(room="r1", measured=590, day=date(2025, 1, 1), error=2)
    case = _numbered(("301-1", 12), ("301-2", "5.80"), survey=[survey])
    assert open_verdict(case, "room_slivers") == ["the area of room r1"]
    # Another part that is surely too small settles it.
    both = _numbered(("301-1", 3), ("301-2", "5.80"), survey=[survey])
    assert open_verdict(both, "room_slivers") == []


# -- seats of a plan ----------------------------------------------------------------------------


def _plan(people: int, *rows: Any, **more: Any) -> Case:
    seats = [Seat(room="a", unit="tax", division="D1", grade="clerk", people=people)]
    return make_case(rooms=[office("a", "F", 60)], posts=rows, plan=seats if people else [], **more)


FIVE = posts("tax", "clerk", 5, 6, "D1")
CLERKS = group("tax", "clerk", "D1")


def test_more_seats_than_posts() -> None:
    found = the_finding(_plan(6, FIVE), "seats_above_posts")
    says(
        found, "seats_above_posts|group|D1|tax|D1|clerk", "tax", 6, 5, ("plan", 0, "people"),
        "clerk",
    )  # fmt: skip
    assert the_finding(_plan(1), "seats_above_posts").judgement.expected == 0


def test_seats_up_to_the_posts() -> None:
    no_finding(_plan(5, FIVE), "seats_above_posts", CLERKS)
    for basis in ("in_post", "larger"):
        no_finding(_plan(6, FIVE, settings={"basis": basis}), "seats_above_posts", CLERKS)
    is_silent(_plan(0), "seats_above_posts", CLERKS)
    gone = [unit("tax", status="abolished")]
    assert the_finding(_plan(5, FIVE, units=gone), "seats_above_posts").judgement.expected == 0


def test_fewer_seats_than_posts() -> None:
    found = the_finding(_plan(4, FIVE), "posts_unseated")
    says(found, "posts_unseated|group|D1|tax|D1|clerk", "tax", 4, 5, ("plan", 0, "people"), "clerk")
    none = the_finding(_plan(0, FIVE), "posts_unseated")
    assert none.judgement.cells[0][:3] == ("posts", 0, "established")
    assert none.severity == "warning"


def test_a_seat_for_every_post() -> None:
    no_finding(_plan(5, FIVE), "posts_unseated", CLERKS)
    is_silent(_plan(5), "posts_unseated", CLERKS)
    club = _plan(0, FIVE, units=[unit("tax", category="association")])
    is_silent(club, "posts_unseated", CLERKS)
    # Today is no plan.
    assert audit(make_case(posts=[FIVE]), rules=("posts_unseated",)).judged == {}


@pytest.mark.parametrize(
    ("basis", "changes", "people", "doubts"),
    [
        ("established", {"established_max": 6}, 6, ["provisional posts of unit tax"]),
        ("in_post", {"borrowed": 2}, 5, ["whether borrowed staff of unit tax count"]),
        ("larger", {"borrowed": 2}, 5, ["whether borrowed staff of unit tax count"]),
        ("larger", {"borrowed": 2}, 7, []),
        ("established", {"borrowed": 2}, 6, []),
    ],
)
def test_posts_of_a_plan_may_be_open(
    basis: str, changes: dict[str, int], people: int, doubts: list[str]
) -> None:
    case = _plan(people, replace(FIVE, **changes), settings={"basis": basis})
    rule = "seats_above_posts" if people > 5 else "posts_unseated"
    assert open_verdict(case, rule) == doubts


POSITIVE = {
    "colocation_nominal": test_a_chief_whose_room_is_lawful_only_with_a_clerk,
    "desks_added": test_more_desks_than_people,
    "room_slivers": test_a_sliver_of_a_divided_room,
    "seats_above_posts": test_more_seats_than_posts,
    "posts_unseated": test_fewer_seats_than_posts,
}
NEGATIVE = {
    "colocation_nominal": test_a_chief_whose_room_is_lawful_alone,
    "desks_added": test_no_more_desks_than_people,
    "room_slivers": test_parts_that_are_large_enough,
    "seats_above_posts": test_seats_up_to_the_posts,
    "posts_unseated": test_a_seat_for_every_post,
}
