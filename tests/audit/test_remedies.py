"""Remedies: each kind by hand, the order of kinds, and one after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from allocator.audit.build import today_case
from allocator.audit.case import Case, Settings
from allocator.audit.remedies.advise import after, remedies, summary
from allocator.audit.remedies.types import Move, Remedy
from allocator.audit.run import audit
from allocator.domain import Group
from allocator.scenario import RoomException
from tests.builders import (
    building,
    floor,
    holds,
    make_ledger,
    office,
    posts,
    service,
    site,
    sits,
    tiny_standard,
    unit,
)

SINGLE = frozenset({("municipal", "chief")})
CLERK, CHIEF = Group("fin", "", "clerk"), Group("fin", "", "chief")


def case_of(rooms: list[Any], occupancy: list[Any], **parts: Any) -> Case:
    """Floors A1, A2 of building A and B1 of building B, all on site S; units fin and law."""
    names = ("exceptions", "shared")
    given = {name: parts.pop(name) for name in names if name in parts}
    tables: dict[str, Any] = {
        "sites": [site("S"), site("M", tenure="market")],
        "buildings": [building("A", "S"), building("B", "S"), building("C", "M")],
        "floors": [floor("A1", "A"), floor("A2", "A", 2), floor("B1", "B"), floor("C1", "C")],
        "units": [unit("fin"), unit("law")],
        "rooms": rooms,
        "occupancy": occupancy,
    }
    settings = Settings(on=date(2025, 6, 1), single=SINGLE)
    return today_case(make_ledger(**(tables | parts)), tiny_standard(), settings, **given)


def advised(case: Case) -> dict[str, Remedy]:
    """Room -> remedy; whatever is proposed is carried out and audited again."""
    result = audit(case)
    found = remedies(result)
    again = audit(after(case, found))
    over = {f.key for f in result.findings if f.rule.id == "over_standard"}
    left = {f.key for f in again.findings if f.rule.id == "over_standard"}
    assert over - left == {key for key, r in found.items() if r.kind != "exception"}
    assert left <= over
    old = {f.key for f in result.findings}
    new = [f.key for f in again.findings if f.severity != "info" and f.key not in old]
    assert new == []
    assert [r.rank for r in found.values()] == list(range(1, len(found) + 1))
    return {r.room: r for r in found.values()}


def only(case: Case) -> Remedy:
    """The one remedy of a case with one finding."""
    (remedy,) = advised(case).values()
    return remedy


def test_an_empty_office_is_swapped_in_although_sharing_is_possible() -> None:
    case = case_of(
        [office("A101", "A1", 18), office("A102", "A1", 9), office("A103", "A1", 9)],
        [sits("A101", "fin", "clerk"), sits("A103", "fin", "clerk")],
    )
    remedy = only(case)
    assert (remedy.kind, remedy.moves) == ("swap", (Move(CLERK, 1, "A101", "A102"),))
    assert (remedy.rooms, remedy.people_moved, remedy.area_gained) == (("A102",), 1, 900)
    assert "调换" in remedy.words.zh and "handed back" in remedy.words.en
    assert "第四十四条" in remedy.clause


def test_without_an_empty_office_a_colleague_joins() -> None:
    case = case_of(
        [office("A101", "A1", 18), office("A103", "A1", 9)],
        [sits("A101", "fin", "clerk"), sits("A103", "fin", "clerk")],
    )
    remedy = only(case)
    assert (remedy.kind, remedy.moves) == ("share", (Move(CLERK, 1, "A103", "A101"),))


def test_two_lonely_clerks_cure_each_other() -> None:
    case = case_of(
        [office("A101", "A1", 18), office("A102", "A1", 16)],
        [sits("A101", "fin", "clerk"), sits("A102", "fin", "clerk")],
    )
    found = advised(case)
    assert found["A101"].moves == (Move(CLERK, 1, "A102", "A101"),)  # 18 m2 suit two better.
    assert (found["A101"].area_gained, found["A101"].gains) == (900 + 700, (("A102", 700),))
    assert "消除超标 16.00 平方米，其中房间 A102 7.00 平方米" in found["A101"].words.zh
    assert found["A102"].moves == ()
    assert found["A102"].cured_by.startswith("over_standard|room|A101")
    assert found["A102"].needs == (1,)


def test_two_occupied_rooms_are_exchanged() -> None:
    case = case_of(
        [office("A101", "A1", 20), office("A102", "A1", 9)],
        [sits("A101", "fin", "clerk"), sits("A102", "law", "chief")],
    )
    remedy = only(case)
    chief = Group("law", "", "chief")
    assert remedy.kind == "swap"
    assert remedy.moves == (Move(CLERK, 1, "A101", "A102"), Move(chief, 1, "A102", "A101"))
    assert "unit law has to agree" in remedy.words.en


def test_cost_is_people_then_distance_then_the_closest_fit() -> None:
    occupancy = [sits("A101", "fin", "clerk"), sits("A102", "law", "chief")]
    rooms = [office("A101", "A1", 20), office("A102", "A1", 9)]
    far = [office("A201", "A2", 9), office("A202", "A2", 8)]
    near = [office("A110", "A1", 6), office("A111", "A1", 7)]
    assert only(case_of(rooms + far, occupancy)).rooms == ("A201",)
    assert only(case_of(rooms + far + near, occupancy)).rooms == ("A111",)


def test_a_room_emptied_by_one_remedy_serves_the_next() -> None:
    case = case_of(
        [office("A101", "A1", 20), office("A102", "A1", 30), office("A103", "A1", 9)],
        [sits("A101", "fin", "clerk"), sits("A102", "law", "chief")],
    )
    found = advised(case)
    assert (found["A101"].rank, found["A101"].rooms) == (1, ("A103",))
    assert (found["A102"].rank, found["A102"].rooms) == (2, ("A101",))
    assert found["A102"].needs == (1,)
    assert "after no. 1" in found["A102"].words.en


def test_a_room_that_only_a_later_remedy_empties_is_used_at_the_end() -> None:
    case = case_of(
        [office("A101", "A1", 40), office("A102", "A1", 20), office("A103", "A1", 9)],
        [sits("A101", "law", "chief"), sits("A102", "fin", "clerk")],
    )
    found = advised(case)
    assert (found["A102"].rank, found["A102"].rooms) == (1, ("A103",))
    assert (found["A101"].rank, found["A101"].rooms) == (2, ("A102",))


def test_no_room_is_promised_twice() -> None:
    case = case_of(
        [office("A101", "A1", 20), office("A102", "A1", 20), office("A103", "A1", 9)],
        [sits("A101", "fin", "clerk"), sits("A102", "law", "clerk")],
    )
    found = advised(case)
    assert (found["A101"].kind, found["A101"].rooms) == ("swap", ("A103",))
    assert found["A102"].kind == "exception"


def test_holders_of_single_offices_have_no_company() -> None:
    case = case_of(
        [office("A101", "A1", 32), office("A102", "A1", 9)],
        [sits("A101", "fin", "chief"), sits("A102", "fin", "clerk")],
    )
    remedy = only(case)
    assert remedy.kind == "exception"
    assert "15.60–24.00" in remedy.words.zh


def test_a_single_holder_and_company_are_parted() -> None:
    case = case_of(
        [office("A101", "A1", 40), office("A102", "A1", 20), office("A103", "A1", 9)],
        [sits("A101", "fin", "chief"), sits("A101", "fin", "clerk")],
    )
    remedy = only(case)
    assert remedy.kind == "common"
    assert set(remedy.moves) == {Move(CHIEF, 1, "A101", "A102"), Move(CLERK, 1, "A101", "A103")}


def test_features_of_the_unit_are_kept() -> None:
    units = [unit("fin", features=("secure",)), unit("law")]
    rooms = [office("A101", "A1", 18, features=("secure",)), office("A102", "A1", 9)]
    seats = [sits("A101", "fin", "clerk")]
    assert only(case_of(rooms, seats, units=units)).kind == "exception"
    rooms.append(office("A103", "A1", 8, features=("secure",)))
    assert only(case_of(rooms, seats, units=units)).rooms == ("A103",)


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"status": "sealed"}, []),
        ({"status": "let"}, []),
        ({"status": "unavailable"}, []),
        ({"lent_to": "a company"}, []),
        ({"allocated_unit": "law"}, []),
        ({}, [holds("A102", "law")]),
        ({"use": "service"}, []),
        ({"features": ("public_counter",)}, []),
        ({"floor": "C1"}, []),
        ({"floor": "B1"}, []),
    ],
)
def test_some_empty_rooms_are_nobodys_to_give(changes: dict[str, Any], rows: list[Any]) -> None:
    seats = [sits("A101", "fin", "clerk")]
    big, plain = office("A101", "A1", 18), office("A102", "A1", 9)
    assert only(case_of([big, plain], seats)).kind == "swap"
    small = office("A102", **({"on": "A1", "area": 9} | _renamed(changes)))
    assert only(case_of([big, small], [*seats, *rows])).kind == "exception"


def _renamed(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "on" if key == "floor" else key: value for key, value in changes.items() if key != "use"
    } | ({"approved_use": "service"} if "use" in changes else {})


def test_a_room_held_by_the_unit_itself_is_used_and_allotments_follow() -> None:
    case = case_of(
        [office("A101", "A1", 18, allocated_unit="fin"), office("A102", "A1", 9)],
        [sits("A101", "fin", "clerk"), holds("A102", "fin")],
    )
    result = audit(case)
    found = remedies(result)
    done = after(case, found)
    assert [r.rooms for r in found.values()] == [("A102",)]
    assert [(s.room, s.people) for s in done.seats] == [("A102", 1)]
    assert {r.code: r.allocated_unit for r in done.ledger.rooms} == {"A101": "", "A102": "fin"}


def test_title_and_territory_bar_a_room() -> None:
    seats = [sits("A101", "fin", "clerk"), sits("B101", "fin", "chief")]
    rooms = [office("A101", "A1", 18), office("B101", "B1", 24), office("B102", "B1", 9)]
    assert advised(case_of(rooms, seats))["A101"].rooms == ("B102",)
    barred = [building("A", "S"), building("B", "S", title_registered=False), building("C", "M")]
    assert advised(case_of(rooms, seats, buildings=barred))["A101"].kind == "exception"


def test_crowded_rooms_lend_people_without_emptying() -> None:
    case = case_of(
        [office("A101", "A1", 18), office("A102", "A1", 14)],
        [sits("A101", "fin", "clerk"), sits("A102", "fin", "clerk", 3)],
    )
    remedy = only(case)
    assert (remedy.kind, remedy.moves) == ("share", (Move(CLERK, 1, "A102", "A101"),))
    assert "handed back" not in remedy.words.en


def test_people_of_the_same_division_are_preferred() -> None:
    case = case_of(
        [office("A101", "A1", 18), office("A102", "A1", 9), office("A103", "A1", 9)],
        [
            sits("A101", "fin", "clerk", division="tax"),
            sits("A102", "fin", "clerk", division="pay"),
            sits("A103", "fin", "clerk", division="tax"),
        ],
    )
    assert only(case).rooms == ("A103",)


def test_people_without_a_room_are_seated_and_to_be_checked() -> None:
    case = case_of(
        [office("A101", "A1", 18)], [sits("A101", "fin", "clerk")], posts=[posts("fin", "clerk", 2)]
    )
    remedy = only(case)
    assert (remedy.kind, remedy.moves) == ("share", (Move(CLERK, 1, "", "A101"),))
    assert (remedy.people_moved, remedy.people_seated, remedy.rooms) == (0, 1, ())
    assert "须先核实" in remedy.words.zh
    assert "1 人入座房间 A101" in remedy.words.zh
    assert "。无须搬人，另安排 1 名尚无房间的人员，消除超标 9.00 平方米" in remedy.words.zh
    assert "nobody moves, 1 without a room get one besides, 9.00 m2 cured" in remedy.words.en


def test_a_room_without_partners_is_vacated_for_common_use() -> None:
    case = case_of(
        [office("A101", "A1", 40), office("A102", "A1", 14), office("A103", "A1", 12)],
        [sits("A101", "fin", "clerk", 4)],
        posts=[posts("fin", "clerk", 4)],
    )
    remedy = only(case)
    assert remedy.kind == "common"
    assert sorted(remedy.moves) == [Move(CLERK, 2, "A101", "A102"), Move(CLERK, 2, "A101", "A103")]
    assert "8.00 m2 short of service rooms" in remedy.words.en
    done = after(case, remedies(audit(case)))
    assert [r.use for r in done.ledger.rooms] == ["service", "office", "office"]
    assert remedy.area_gained == 400


def test_service_rooms_that_suffice_are_not_called_short() -> None:
    case = case_of(
        [
            office("A101", "A1", 40), office("A102", "A1", 14), office("A103", "A1", 12),
            service("A109", "A1", 8),
        ],
        [sits("A101", "fin", "clerk", 4), holds("A109", "fin")],
        posts=[posts("fin", "clerk", 4)],
    )  # fmt: skip
    assert "short of" not in only(case).words.en


def test_people_may_be_spread_over_colleagues() -> None:
    rooms = [office("A101", "A1", 36), office("A102", "A1", 13), office("A103", "A1", 13)]
    people = [sits("A101", "fin", "clerk", 2), sits("A102", "fin", "clerk")]
    remedy = advised(case_of(rooms, [*people, sits("A103", "fin", "clerk")]))["A101"]
    assert (remedy.kind, remedy.people_moved, remedy.rooms) == ("share", 2, ("A102", "A103"))
    units = [unit("fin"), unit("law")]
    apart = case_of(rooms, [*people, sits("A103", "law", "chief")], units=units)
    assert advised(apart)["A101"].kind == "exception"


def test_registered_exceptions_are_left_alone_and_never_used() -> None:
    rooms = [office("A101", "A1", 18), office("A102", "A1", 18)]
    seats = [sits("A101", "fin", "clerk"), sits("A102", "fin", "clerk")]
    kept = (RoomException(room="A102", unit="fin", reason="listed building"),)
    found = advised(case_of(rooms, seats, exceptions=kept))
    assert {room: r.kind for room, r in found.items()} == {"A101": "exception"}
    assert "structural exception" in found["A101"].words.en


def test_little_gain_for_many_people_is_said() -> None:
    case = case_of(
        [office("A101", "A1", "18.2"), office("A102", "A1", 17), office("A103", "A1", 14)],
        [sits("A101", "fin", "clerk", 2), sits("A103", "fin", "clerk", 2)],
    )
    remedy = only(case)
    assert (remedy.kind, remedy.small, remedy.area_gained) == ("swap", True, 20)
    assert "tolerance" in remedy.words.en


def test_a_swap_of_many_names_the_share_that_moves_fewer() -> None:
    case = case_of(
        [office("A101", "A1", 36), office("A102", "A1", 26), office("A103", "A1", 9)],
        [sits("A101", "fin", "clerk", 3), sits("A103", "fin", "clerk")],
    )
    remedy = only(case)
    assert (remedy.kind, remedy.people_moved) == ("swap", 3)
    assert "sharing room A101 instead moves 1" in remedy.words.en


def test_a_second_building_counts_only_where_the_unit_sits() -> None:
    rooms = [office("A101", "A1", 18), office("B101", "B1", 9), office("B102", "B1", 5)]
    seats = [sits("A101", "fin", "clerk"), sits("B102", "fin", "clerk")]
    assert advised(case_of(rooms, seats[:1]))["A101"].kind == "exception"
    assert advised(case_of(rooms, seats))["A101"].rooms == ("B101",)


def test_unknown_grades_are_settled_first() -> None:
    case = case_of([office("A101", "A1", 25), office("A102", "A1", 9)], [sits("A101", "fin", "?")])
    remedy = only(case)
    assert remedy.kind == "exception"
    assert "grade is unknown" in remedy.words.en


def test_json_and_summary_hold_plain_figures() -> None:
    case = case_of(
        [office("A101", "A1", "18.25"), office("A102", "A1", 9)], [sits("A101", "fin", "clerk")]
    )
    found = remedies(audit(case))
    (plain,) = (r.as_json() for r in found.values())
    assert (plain["area_gained"], plain["kind"], plain["rooms"]) == (9.25, "swap", ["A102"])
    assert plain["moves"] == [
        {"unit": "fin", "division": "", "grade": "clerk", "people": 1, "from_room": "A101",
         "to_room": "A102"}
    ]  # fmt: skip
    none = (0, 0, 0)
    assert [row[1:] for row in summary(found)] == [none, (1, 1, 925), none, none, none]
    assert (plain["people_seated"], plain["gained_elsewhere"]) == (0, {})
    assert list(found) == ["over_standard|room|A101|||"]
