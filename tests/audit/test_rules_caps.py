"""What a unit holds in all: service rooms, equipment rooms, and usable area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from allocator.audit.case import Case, Seat
from allocator.audit.rule import Subject
from allocator.audit.run import audit
from allocator.domain import Survey
from standards.catalog import Standard
from tests.audit.people_cases import (
    is_silent,
    make_case,
    no_finding,
    open_verdict,
    says,
    the_finding,
)
from tests.builders import (
    building,
    floor,
    holds,
    office,
    posts,
    room,
    service,
    site,
    sits,
    tiny_standard,
    unit,
)

TAX = Subject("unit", "tax", "tax")
TEN = posts("tax", "clerk", 10)
"""Ten clerks: 90 m2 of offices, 20 of service rooms, 9 % of 110 = 9.90 of equipment rooms."""


def _case(*rooms: Any, rows: Any = (TEN,), **more: Any) -> Case:
    return make_case(rooms=rooms, posts=rows, **more)


def _service(area: Any, **more: Any) -> Case:
    return _case(service("s", "F", area), occupancy=[holds("s", "tax")], **more)


# -- service_over -------------------------------------------------------------------------------


def test_more_service_rooms_than_posts_allow() -> None:
    found = the_finding(_service("20.01"), "service_over")
    says(found, "service_over|unit|tax|tax||", "tax", 2001, 2000, ("units", 0, "unit"))
    assert found.judgement.cells[1][:3] == ("rooms", 0, "area_m2")


def test_service_rooms_up_to_what_posts_allow() -> None:
    assert no_finding(_service("20.00"), "service_over", TAX).value == 2000
    assert no_finding(_case(), "service_over", TAX).value == 0
    # No posts on record, no rate, no entitlement: nothing to compare with.
    assert audit(_service(30, rows=()), rules=("service_over",)).judged == {}
    bare = replace(tiny_standard(), service=())
    assert audit(_service(30, standard=bare), rules=("service_over",)).judged == {}
    club = make_case(units=[unit("tax", category="association")], posts=[TEN])
    is_silent(club, "service_over", TAX)


def test_allocated_service_rooms_count_where_nobody_is_entered() -> None:
    rooms = (
        service("s", "F", 15, allocated_unit="tax"),
        service("t", "F", 6, allocated_unit="tax"),
        service("u", "F", 90, allocated_unit="tax"),
    )
    case = _case(*rooms, occupancy=[holds("u", "fin")])
    assert the_finding(case, "service_over").judgement.value == 2100
    # In a plan only its own rows count, rooms given for a request among them.
    plan = [Seat(room="s", unit="tax"), Seat(room="u", unit="tax", purpose="hall", index=1)]
    drafted = _case(*rooms, plan=plan)
    assert the_finding(drafted, "service_over").judgement.value == 10500
    assert no_finding(_case(*rooms, plan=plan[:1]), "service_over", TAX).value == 1500


def test_rooms_that_may_not_be_used_and_rooms_on_offer_are_left_out() -> None:
    rooms = (
        service("s", "F", 30, status="sealed"),
        service("t", "G", 30, allocated_unit="tax"),
        office("o", "F", 30),
    )
    case = _case(
        *rooms,
        sites=[site("S"), site("M", tenure="market")],
        buildings=[building("B", "S"), building("C", "M")],
        floors=[floor("F", "B"), floor("G", "C")],
        occupancy=[holds("s", "tax"), holds("o", "tax")],
    )
    assert no_finding(case, "service_over", TAX).value == 0


def test_a_shared_service_room_is_divided_equally() -> None:
    rows = (TEN, posts("fin", "clerk", 5))
    case = _case(
        service("s", "F", "39.99"),
        rows=rows,
        occupancy=[holds("s", "tax"), holds("s", "fin"), sits("s", "fin", "clerk")],
    )
    found = the_finding(case, "service_over")
    says(found, "service_over|unit|fin|fin||", "fin", 2000, 1000, ("units", 1, "unit"))
    assert "(1/2)" in found.sentence().en


def test_surveys_and_provisional_posts_leave_service_open() -> None:
    survey = Survey(room="s", measured=1990, day=date(2025, 1, 1), error=20)
    case = _service(20, survey=[survey])
    assert open_verdict(case, "service_over") == ["the area of room s"]
    provisional = _service("20.01", rows=(replace(TEN, established_max=11),))
    assert open_verdict(provisional, "service_over") == ["provisional posts of unit tax"]
    certain = _service(23, rows=(replace(TEN, established_max=11),))
    assert open_verdict(certain, "service_over") == []


def test_a_rate_that_falls_with_size_is_searched_whole() -> None:
    """The tiny standard allows 400 m2 for 200 and for 400 posts, and 450 for 300 between."""
    row = replace(posts("tax", "clerk", 200), established_max=400)
    assert open_verdict(_service(440, rows=(row,)), "service_over") != []
    assert open_verdict(_service(451, rows=(row,)), "service_over") == []


# -- equipment_over -----------------------------------------------------------------------------


def _equipment(area: Any, **more: Any) -> Case:
    return _case(room("e", "F", "equipment", area), occupancy=[holds("e", "tax")], **more)


def test_more_equipment_rooms_than_the_share_of_what_is_allowed() -> None:
    found = the_finding(_equipment("9.91"), "equipment_over")
    says(found, "equipment_over|unit|tax|tax||", "tax", 991, 990, ("units", 0, "unit"))
    # Of what is allowed, never of what is held.
    large = _case(
        room("e", "F", "equipment", "9.91"),
        office("o", "F", 5000),
        occupancy=[holds("e", "tax"), holds("o", "tax")],
    )
    assert the_finding(large, "equipment_over").judgement.expected == 990


def test_equipment_rooms_up_to_the_share() -> None:
    no_finding(_equipment("9.90"), "equipment_over", TAX)
    assert audit(_equipment(30, rows=()), rules=("equipment_over",)).judged == {}
    is_silent(make_case(units=[unit("fin")]), "equipment_over", TAX)


def test_unknown_grades_and_provisional_posts_leave_equipment_open() -> None:
    """One post of an unknown grade may count up to a chief's 24 m2."""
    rows = (TEN, posts("tax", "boss", 1))
    doubt = ["grade boss of unit tax"]
    assert open_verdict(_equipment("10.09", rows=rows), "equipment_over") == doubt
    assert open_verdict(_equipment("12.24", rows=rows), "equipment_over") == doubt
    assert open_verdict(_equipment("12.25", rows=rows), "equipment_over") == []
    fewer = (replace(TEN, established_min=9),)
    assert open_verdict(_equipment("9.90", rows=fewer), "equipment_over") == [
        "provisional posts of unit tax"
    ]


# -- aggregate_over -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _InTotal(Standard):
    """The tiny figures in a standard that caps the unit, not each person's office."""

    individual: bool = False


def _in_total() -> Standard:
    tiny = tiny_standard()
    return _InTotal(
        **{name: getattr(tiny, name) for name in Standard.__dataclass_fields__}
        | {"individual": False}
    )


def _whole(area: Any, **more: Any) -> Case:
    """Offices, service and equipment rooms of the unit tax, 110 m2 + 9 % = 119.90 allowed."""
    return _case(
        office("o", "F", area),
        service("s", "F", 20),
        room("e", "F", "equipment", 9),
        room("x", "F", "ancillary", 500),
        occupancy=[sits("o", "tax", "clerk", 10), *(holds(c, "tax") for c in ("s", "e", "x"))],
        **more,
    )


def test_more_usable_area_than_the_total_allows() -> None:
    found = the_finding(_whole("90.91", standard=_in_total()), "aggregate_over")
    says(found, "aggregate_over|unit|tax|tax||", "tax", 11991, 11990, ("units", 0, "unit"))


def test_usable_area_within_the_total() -> None:
    no_finding(_whole("90.90", standard=_in_total()), "aggregate_over", TAX)
    # A standard that caps each office is judged room by room.
    assert audit(_whole(500), rules=("aggregate_over",)).judged == {}
    is_silent(make_case(units=[unit("fin")], standard=_in_total()), "aggregate_over", TAX)


def test_provisional_posts_leave_the_total_open() -> None:
    rows = (replace(TEN, established_max=11),)
    case = _whole("90.91", standard=_in_total(), rows=rows)
    assert open_verdict(case, "aggregate_over") == ["provisional posts of unit tax"]


POSITIVE = {
    "service_over": test_more_service_rooms_than_posts_allow,
    "equipment_over": test_more_equipment_rooms_than_the_share_of_what_is_allowed,
    "aggregate_over": test_more_usable_area_than_the_total_allows,
}
NEGATIVE = {
    "service_over": test_service_rooms_up_to_what_posts_allow,
    "equipment_over": test_equipment_rooms_up_to_the_share,
    "aggregate_over": test_usable_area_within_the_total,
}
