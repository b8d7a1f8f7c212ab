"""Second offices are handed back; divisions stay together; nobody changes the site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from allocator.audit.build import draft_case
from allocator.audit.case import Seat
from allocator.audit.remedies.advise import summary
from allocator.audit.remedies.types import Move
from tests.audit.test_remedies import CHIEF, CLERK, advised, case_of, only
from tests.builders import building, floor, office, posts, site, sits

LARGE, LAWFUL, EMPTY = (
    office("A101", "A1", 42), office("A102", "A1", 24), office("A103", "A1", 24),
)  # fmt: skip
TWICE = [sits("A101", "fin", "chief"), sits("A102", "fin", "chief")]
BACK = Move(CHIEF, 1, "A101", "")


def test_of_two_offices_the_lawful_one_is_kept_and_nothing_exchanged() -> None:
    case = case_of([LARGE, LAWFUL, EMPTY], TWICE, posts=[posts("fin", "chief", 1)])
    remedy = only(case)
    assert (remedy.kind, remedy.moves, remedy.rooms) == ("hand_back", (BACK,), ("A102",))
    assert (remedy.people_moved, remedy.people_seated, remedy.area_gained) == (0, 0, 1800)
    assert "退回：房间 A101（42.00 平方米）交回统一调配，保留房间 A102" in remedy.words.zh
    assert "。无须搬人，消除超标 18.00 平方米" in remedy.words.zh
    assert "hand back: room A101 (42.00 m2) is handed back" in remedy.words.en
    assert "管理办法" in remedy.clause
    found = {"x": remedy}
    assert summary(found)[0][1:] == (1, 0, 1800)


def test_as_many_offices_as_people_are_no_second_ones() -> None:
    case = case_of([LARGE, LAWFUL, EMPTY], TWICE, posts=[posts("fin", "chief", 2)])
    remedy = only(case)
    assert (remedy.kind, remedy.rooms) == ("swap", ("A103",))


@pytest.mark.parametrize("area", [42, 30, 10])
def test_without_a_lawful_room_to_keep_the_room_is_swapped_first(area: int) -> None:
    rooms = [LARGE, office("A102", "A1", area), EMPTY]
    found = advised(case_of(rooms, TWICE, posts=[posts("fin", "chief", 1)]))
    assert (found["A101"].kind, found["A101"].rooms) == ("swap", ("A103",))
    # Then the other one is the second: the room rule is kept in the new one.
    others = {room: (r.kind, r.rooms) for room, r in found.items() if room != "A101"}
    assert others == ({"A102": ("hand_back", ("A103",))} if area > 24 else {})


def test_of_three_offices_every_large_one_goes_back() -> None:
    rooms = [LARGE, LAWFUL, office("A104", "A1", 40)]
    seats = [*TWICE, sits("A104", "fin", "chief")]
    found = advised(case_of(rooms, seats, posts=[posts("fin", "chief", 1)]))
    assert [(r.kind, r.rooms) for r in found.values()] == [("hand_back", ("A102",))] * 2


def test_of_three_offices_for_two_people_one_goes_back() -> None:
    rooms = [LARGE, LAWFUL, office("A104", "A1", 40), EMPTY]
    seats = [*TWICE, sits("A104", "fin", "chief")]
    found = advised(case_of(rooms, seats, posts=[posts("fin", "chief", 2)]))
    assert found["A101"].kind == "hand_back"
    assert (found["A104"].kind, found["A104"].rooms) == ("swap", ("A103",))


def test_people_move_into_the_office_kept_for_them() -> None:
    seats = [TWICE[0], replace(TWICE[1], people=0)]
    case = case_of([LARGE, LAWFUL, EMPTY], seats, posts=[posts("fin", "chief", 1)])
    remedy = only(case)
    assert (remedy.kind, remedy.moves) == ("hand_back", (Move(CHIEF, 1, "A101", "A102"),))
    assert remedy.people_moved == 1
    assert "改在房间 A102 办公。须搬 1 人" in remedy.words.zh


def test_the_office_kept_takes_part_in_no_later_exchange() -> None:
    rooms = [LARGE, office("A102", "A1", 17), office("A105", "A1", 20)]
    seats = [*TWICE, sits("A105", "law", "clerk", 2)]
    alone = case_of(rooms[1:], seats[1:])
    assert (only(alone).kind, only(alone).rooms) == ("swap", ("A102",))
    found = advised(case_of(rooms, seats, posts=[posts("fin", "chief", 1)]))
    assert {room: r.kind for room, r in found.items()} == {
        "A101": "hand_back", "A105": "exception"
    }  # fmt: skip


def test_a_room_handed_back_serves_the_next() -> None:
    rooms = [office("A101", "A1", 30), LAWFUL, office("A106", "A1", 40)]
    seats = [*TWICE, sits("A106", "law", "clerk", 4)]
    found = advised(case_of(rooms, seats, posts=[posts("fin", "chief", 1)]))
    assert (found["A106"].kind, found["A106"].rooms) == ("swap", ("A101",))
    assert found["A106"].needs == (found["A101"].rank,)


def test_in_a_plan_the_posts_count() -> None:
    seats = [
        Seat(room="A101", unit="fin", grade="chief", people=1),
        Seat(room="A102", unit="fin", grade="chief", people=1, index=1),
    ]
    for count, kind in ((1, "hand_back"), (2, "swap")):
        today = case_of([LARGE, LAWFUL, EMPTY], [], posts=[posts("fin", "chief", count, 1)])
        assert only(draft_case(today, seats)).kind == kind


# -- divisions ----------------------------------------------------------------------------------


def _four(**areas: Any) -> Any:
    """Two people of each of two divisions in a large room, and empty rooms."""
    rooms = [office("A101", "A1", 60)]
    rooms += [office(code, "A2" if code > "A2" else "A1", area) for code, area in areas.items()]
    seats = [sits("A101", "fin", "clerk", 2, division) for division in ("tax", "pay")]
    kept = [posts("fin", "clerk", 2, division=division) for division in ("tax", "pay")]
    return case_of(rooms, seats, posts=kept)


def test_people_of_a_division_stay_together_even_if_it_is_further() -> None:
    remedy = only(_four(A102=9, A103=9, A104=18, A201=18))
    assert remedy.kind == "common"
    rooms = {division: {m.to_room for m in remedy.moves if m.group.division == division}
             for division in ("tax", "pay")}  # fmt: skip
    assert sorted(map(len, rooms.values())) == [1, 1]
    assert {"A104", "A201"} == set().union(*rooms.values())


def test_a_division_is_split_where_no_room_takes_it() -> None:
    remedy = only(_four(A102=9, A103=9, A104=12))
    assert remedy.kind == "common"
    assert len({m.to_room for m in remedy.moves}) == 3
    assert "；" in remedy.words.zh
    assert remedy.words.zh.count("unit fin") == 1


def test_nobody_is_parted_from_a_division_where_a_whole_one_can_join() -> None:
    rooms = [
        office("A101", "A1", 18), office("A102", "A1", 16), office("A201", "A2", 9),
    ]  # fmt: skip
    seats = [
        sits("A101", "fin", "clerk", division="tax"),
        sits("A102", "fin", "clerk", 2, division="pay"),
        sits("A201", "fin", "clerk", division="law"),
    ]
    assert only(case_of(rooms, seats)).moves[0].from_room == "A201"


def test_people_whose_division_is_not_split_join_even_from_further() -> None:
    rooms = [office("A101", "A1", 27), office("A102", "A1", 9), office("A201", "A2", 9)]
    seats = [
        sits("A101", "fin", "clerk", 2, division="pay"),
        sits("A102", "fin", "clerk", 2, division="tax"),
        sits("A201", "fin", "clerk", division="law"),
        sits("A201", "fin", "clerk", division="edu"),
    ]
    assert advised(case_of(rooms, seats))["A101"].moves[0].from_room == "A201"


# -- sites --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "kind"), [("S", "swap"), ("T", "exception")])
def test_nobody_is_sent_to_another_site(where: str, kind: str) -> None:
    rooms = [office("A101", "A1", 18), office("B101", "B1", 9), office("B102", "B1", 24)]
    seats = [sits("A101", "fin", "clerk"), sits("B102", "fin", "chief")]
    case = case_of(
        rooms, seats, sites=[site("S"), site("T")],
        buildings=[building("A", "S"), building("B", where)],
        floors=[floor("A1", "A"), floor("B1", "B")],
    )  # fmt: skip
    assert advised(case)["A101"].kind == kind


def test_colleagues_on_another_site_do_not_join() -> None:
    rooms = [office("A101", "A1", 18), office("B101", "B1", 9)]
    seats = [sits("A101", "fin", "clerk"), sits("B101", "fin", "clerk")]
    parts: dict[str, Any] = {"floors": [floor("A1", "A"), floor("B1", "B")]}
    apart = case_of(
        rooms, seats, sites=[site("S"), site("T")],
        buildings=[building("A", "S"), building("B", "T")], **parts,
    )  # fmt: skip
    assert only(apart).kind == "exception"
    near = case_of(
        rooms, seats, sites=[site("S")], buildings=[building("A", "S"), building("B", "S")], **parts
    )
    assert only(near).moves == (Move(CLERK, 1, "B101", "A101"),)
