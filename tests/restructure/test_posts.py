"""Operations on divisions, posts and places, each worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from allocator.domain import Group
from allocator.restructure.lineage import Flow
from allocator.restructure.operations import (
    EndLease,
    ExtendLease,
    PlaceWords,
    RegisterTitle,
    Regrade,
    SetPlaces,
    SetPosts,
    Strength,
    TransferDivision,
    TransferPosts,
)
from allocator.restructure.state import Refused, State, posts_of
from tests.restructure.ledgers import run

I1 = Group("inv", "i1", "clerk")


def _seats(state: State, group: Group) -> dict[str, int]:
    return {o.room: o.people for o in state.ledger.occupancy if o.group == group}


def test_a_division_moves_with_its_rooms_and_may_change_its_code() -> None:
    state = run(TransferDivision(division="c2", to="inv", code="i2"))
    assert _seats(state, Group("inv", "i2", "clerk")) == {"A3": 2}
    assert ("i2", "inv") in {(d.code, d.unit) for d in state.ledger.divisions}
    assert state.trace.lineage().division("com", "c2") == ("inv", "i2")
    into = run(TransferDivision(division="c2", to="inv", code="i1"))
    assert posts_of(into.ledger)[I1].established == 7
    assert "c2" not in {d.code for d in into.ledger.divisions}


def test_posts_move_with_people_in_the_order_of_rooms() -> None:
    state = run(TransferPosts(source=("inv", "i1"), to=("cul", "u1"), grade="clerk", established=3))
    posts = posts_of(state.ledger)
    there = Group("cul", "u1", "clerk")
    assert (posts[I1].established, posts[I1].in_post) == (2, 1)
    assert (posts[there].established, posts[there].in_post) == (6, 6)
    assert _seats(state, I1) == {"A5": 1}
    assert _seats(state, there) == {"A7": 3, "A4": 2, "A5": 1}
    assert {r.code: r.allocated_unit for r in state.ledger.rooms}["A4"] == "cul"
    assert state.trace.lineage().flows == (
        Flow(old=there, new=there, established=3, in_post=3),
        Flow(old=I1, new=there, established=3, in_post=3),
        Flow(old=I1, new=I1, established=2, in_post=1),
    )


def test_posts_set_to_fewer_people() -> None:
    state = run(
        SetPosts(
            unit="inv",
            division="i1",
            grade="clerk",
            in_post=1,
            established=Strength(planned=4, low=2, high=4),
        )
    )
    row = posts_of(state.ledger)[I1]
    assert (row.established, row.in_post, row.established_min) == (4, 1, 2)
    assert _seats(state, I1) == {"A5": 1}
    assert _seats(state, Group("inv", "i1", "")) == {"A4": 0}


def test_posts_set_without_people_leave_them_where_they_are() -> None:
    state = run(SetPosts(unit="inv", division="i1", grade="科员", established=Strength(planned=3)))
    assert _seats(state, I1) == {"A4": 2, "A5": 2}
    assert state.trace.lineage().flows == (
        Flow(old=I1, new=I1, established=3, in_post=4),
        Flow(old=I1, new=None, established=2, in_post=0),
    )


def test_all_posts_of_a_grade_or_some_get_another() -> None:
    all_of_them = run(Regrade(unit="inv", division="i1", source="clerk", to="chief"))
    assert set(posts_of(all_of_them.ledger)) >= {Group("inv", "i1", "chief")}
    assert I1 not in posts_of(all_of_them.ledger)
    some = run(
        Regrade(unit="inv", division="i1", source="clerk", to="chief", established=2, in_post=0)
    )
    row = posts_of(some.ledger)[Group("inv", "i1", "chief")]
    assert (row.established, row.in_post, _seats(some, I1)) == (2, 0, {"A4": 2, "A5": 2})


def test_a_lease_ends_with_all_its_rooms() -> None:
    state = run(EndLease(place=PlaceWords(code="L"), on=date(2026, 6, 30)))
    rooms = {r.code: r.status for r in state.ledger.rooms}
    assert rooms["L1-1"] == "unavailable" and rooms["A1"] == "available"
    assert state.ledger.sites[1].lease_end == date(2026, 6, 30)
    longer = run(ExtendLease(place=PlaceWords(code="L"), until=date(2030, 1, 1), rent_per_year=7))
    assert (longer.ledger.sites[1].lease_end, longer.ledger.sites[1].rent_per_year) == (
        date(2030, 1, 1), 7,
    )  # fmt: skip
    with pytest.raises(Refused, match="neither leased nor borrowed"):
        run(EndLease(place=PlaceWords(code="B")))


def test_titles_and_places() -> None:
    state = run(
        RegisterTitle(place=PlaceWords(kind="site", code="L"), holder="administration"),
        SetPlaces(action="close", places=(PlaceWords(code="B"), PlaceWords(code="L1-1"))),
        SetPlaces(action="open", places=(PlaceWords(code="M"),)),
    )
    assert (state.ledger.sites[1].title_registered, state.ledger.sites[1].title_holder) == (
        True, "administration",
    )  # fmt: skip
    rooms = {r.code: r.status for r in state.ledger.rooms}
    assert (rooms["B1-1"], rooms["L1-1"]) == ("unavailable", "let")
    assert state.market_open == {"M"}
    shut = run(SetPlaces(action="close", places=(PlaceWords(code="M"),)), state=state)
    assert shut.market_open == frozenset()
