"""Remedies in a plan, and where areas are not certain."""

from __future__ import annotations

from datetime import date

from allocator.audit.build import draft_case
from allocator.audit.case import Seat
from allocator.audit.remedies.types import Move
from allocator.domain import Survey
from tests.audit.test_remedies import CLERK, case_of, only
from tests.builders import office, posts, request, sits


def test_in_a_plan_a_requested_room_is_swapped_for_a_smaller_one() -> None:
    today = case_of(
        [office("A101", "A1", 40), office("A102", "A1", 29), office("A103", "A1", 18)],
        [sits("A103", "fin", "clerk", 2)],
        requests=[request("fin", "hearing", "office", 25, 30)],
    )
    seats = [
        Seat(room="A101", unit="fin", purpose="hearing"),
        Seat(room="A103", unit="fin", grade="clerk", people=2, index=1),
    ]
    remedy = only(draft_case(today, seats))
    assert (remedy.kind, remedy.rooms, remedy.people_moved) == ("swap", ("A102",), 0)
    assert remedy.area_gained == 1000
    assert "专用需求" in remedy.words.zh


def test_in_a_plan_vacant_posts_fill_a_room_and_barred_titles_are_kept() -> None:
    rooms = [office("A101", "A1", 18), office("A102", "A1", 9)]
    today = case_of(rooms, [], posts=[posts("fin", "clerk", 2, in_post=1)])
    seats = [Seat(room="A101", unit="fin", grade="clerk", people=1)]
    assert only(draft_case(today, seats)).rooms == ("A102",)
    short = case_of(rooms[:1], [], posts=[posts("fin", "clerk", 2, in_post=1)])
    remedy = only(draft_case(short, seats))
    assert (remedy.kind, remedy.moves) == ("share", (Move(CLERK, 1, "", "A101"),))


def test_rooms_whose_measurement_could_turn_the_verdict_are_named() -> None:
    rooms, seats = (
        [office("A101", "A1", 18), office("A102", "A1", 9)],
        [sits("A101", "fin", "clerk")],
    )
    sure = Survey(room="A102", measured=890, day=date(2025, 1, 1), error=10)
    vague = Survey(room="A102", measured=900, day=date(2025, 1, 1), error=10)
    assert only(case_of(rooms, seats, survey=[sure])).measure == ()
    remedy = only(case_of(rooms, seats, survey=[vague]))
    assert remedy.measure == ("A102",)
    assert "measure first: A102" in remedy.words.en
