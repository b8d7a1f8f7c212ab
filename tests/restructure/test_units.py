"""Operations on units, each worked out by hand on the small district."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from allocator.domain import Group, Posts, Relation
from allocator.restructure.operations import (
    Abolish,
    Create,
    Heir,
    Merge,
    NewPosts,
    Rename,
    SetLevel,
    Split,
    Strength,
    UnitWords,
)
from allocator.restructure.state import Refused, State, posts_of
from tests.restructure.ledgers import begin, run

MERGE = Merge(units=("com", "inv"), into=UnitWords(unit="both", name="Both"), on=date(2026, 1, 1))


def _posts(state: State) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {(p.unit, p.division, p.grade): (p.established, p.in_post) for p in state.ledger.posts}


def test_a_merger_takes_everything_along() -> None:
    state = run(MERGE)
    ledger = state.ledger
    units = {u.code: u for u in ledger.units}
    assert (units["both"].name, units["both"].level, units["both"].status) == (
        "Both", "municipal", "active",
    )  # fmt: skip
    assert (units["com"].status, units["com"].successor) == ("abolished", "both")
    assert units["com"].abolished_on == date(2026, 1, 1)
    assert units["cul"].parent == "both"
    assert _posts(state)["both", "", "chief"] == (1, 1)
    assert {d.unit for d in ledger.divisions} == {"both", "cul"}
    assert {o.unit for o in ledger.occupancy} == {"both", "cul"}
    assert [r.unit for r in ledger.requests] == ["both"]
    rooms = {r.code: r for r in ledger.rooms}
    assert (rooms["A1"].allocated_unit, rooms["A4"].allocated_unit) == ("both", "both")
    assert ledger.sites[0].agreement == ("both",)
    assert ledger.sites[1].title_holder == "both"
    # near inv-cul 3 and cul-com 1 coincide; com-inv vanishes; apart stays.
    assert ledger.relations == (
        Relation(a="both", b="cul", kind="near", weight=4),
        Relation(a="both", b="cul", kind="apart", must=True),
    )


def test_a_merger_into_one_of_them_keeps_its_name_and_adds_posts_up() -> None:
    state = run(Merge(units=("com", "cul"), into=UnitWords(unit="com")))
    assert _posts(state)["com", "", "chief"] == (2, 2)
    com = state.ledger.units[0]
    assert (com.code, com.name, com.parent) == ("com", "unit com", "")
    assert state.ledger.relations == (Relation(a="com", b="inv", kind="near", weight=5),)


def test_contradictory_relations_refuse_a_merger() -> None:
    state = begin()
    more = Relation(a="inv", b="cul", kind="same_floor", must=True)
    state = replace(state, ledger=replace(state.ledger, relations=(*state.ledger.relations, more)))
    with pytest.raises(Refused, match="on one floor and apart"):
        run(MERGE, state=state)


def test_a_split_gives_every_division_to_one_heir() -> None:
    split = Split(
        unit="com",
        into=(
            Heir(words=UnitWords(unit="com"), divisions=("c1",)),
            Heir(words=UnitWords(unit="new", name="New"), divisions=("c2",)),
        ),
    )
    state = run(split)
    posts = _posts(state)
    assert posts["com", "", "chief"] == (1, 1)
    assert posts["com", "c1", "clerk"] == (4, 3)
    assert posts["new", "c2", "clerk"] == (2, 2)
    assert {(o.room, o.unit) for o in state.ledger.occupancy if o.room == "A3"} == {
        ("A3", "com"), ("A3", "new"),
    }  # fmt: skip
    lineage = state.trace.lineage()
    assert lineage.heirs("com") == ("com", "new")
    assert lineage.division("com", "c2") == ("new", "c2")
    assert lineage.groups(Group("com", "c2", "clerk")) == (Group("new", "c2", "clerk"),)
    kinds = {(r.a, r.b, r.kind) for r in state.ledger.relations}
    assert {("com", "inv", "near"), ("new", "inv", "near"), ("new", "cul", "apart")} <= kinds


def test_the_rest_of_a_split_unit_goes_where_it_is_told() -> None:
    heirs = (
        Heir(words=UnitWords(unit="x", name="X"), divisions=("i1",)),
        Heir(words=UnitWords(unit="y", name="Y")),
    )
    with pytest.raises(Refused, match="say rest"):
        run(Split(unit="inv", into=heirs))
    state = run(Split(unit="inv", into=heirs, rest="y"))
    rooms = {r.code: r for r in state.ledger.rooms}
    assert {o.unit for o in state.ledger.occupancy if o.room == "B1-1"} == {"y"}
    assert rooms["A4"].allocated_unit == "x"
    assert state.ledger.requests[0].unit == "y"
    assert state.ledger.sites[0].agreement == ("y", "x")


def test_abolished_with_a_successor_people_go_there() -> None:
    state = run(Abolish(unit="inv", successor="cul"))
    assert _posts(state)["cul", "", "clerk"] == (0, 4)
    assert ("inv", "i1") not in {(d.unit, d.code) for d in state.ledger.divisions}
    assert [r.unit for r in state.ledger.requests] == ["cul"]
    assert state.trace.lineage().heirs("inv") == ("cul",)


def test_abolished_without_one_rooms_are_free() -> None:
    state = run(Abolish(unit="inv"))
    assert "inv" not in {o.unit for o in state.ledger.occupancy}
    assert {r.allocated_unit for r in state.ledger.rooms} == {"", "com"}
    assert state.ledger.requests == ()
    assert state.ledger.relations[0].kind == "near" and len(state.ledger.relations) == 2
    flow = next(f for f in state.trace.lineage().flows if f.old == Group("inv", "i1", "clerk"))
    assert (flow.new, flow.established, flow.in_post) == (None, 5, 4)
    assert state.trace.lineage().heirs("inv") == ()


def test_a_new_unit() -> None:
    state = run(
        Create(
            words=UnitWords(unit="data", name="Data", level="county", features=("secure",)),
            divisions=(("d1", "First"),),
            posts=(
                NewPosts(grade="正职", established=Strength(planned=1)),
                NewPosts(
                    grade="clerk", division="d1", established=Strength(planned=6, low=4, high=6)
                ),
            ),
        )
    )
    unit = state.ledger.units[-1]
    assert (unit.code, unit.level, unit.category, unit.features) == (
        "data", "county", "organ", ("secure",),
    )  # fmt: skip
    assert posts_of(state.ledger)[Group("data", "d1", "clerk")] == Posts(
        unit="data", division="d1", grade="clerk", established=6, in_post=0, established_min=4,
        established_max=6,
    )  # fmt: skip


def test_names_and_levels() -> None:
    state = run(
        Rename(unit="com", name="Commerce"),
        Rename(division="c1", name="First"),
        SetLevel(unit="com", level="county", grades=(("chief", "clerk"),)),
    )
    assert (state.ledger.units[0].name, state.ledger.units[0].level) == ("Commerce", "county")
    assert state.ledger.divisions[0].name == "First"
    assert _posts(state)["com", "", "clerk"] == (1, 1)
    assert {o.grade for o in state.ledger.occupancy if o.unit == "com"} == {"clerk"}
    (flow,) = (f for f in state.trace.lineage().flows if f.old == Group("com", "", "chief"))
    assert flow.new == Group("com", "", "clerk")


def test_a_code_that_an_operation_ended_may_come_back() -> None:
    back = Merge(units=("both", "cul"), into=UnitWords(unit="com"))
    state = run(MERGE, back)
    com = state.ledger.units[0]
    assert (com.code, com.name, com.status, com.successor) == ("com", "unit com", "active", "")
    assert state.trace.lineage().heirs("com") == ("com",)
    assert state.trace.lineage().heirs("inv") == ("com",)
    with pytest.raises(Refused, match="has this code already"):
        run(Merge(units=("com", "inv"), into=UnitWords(unit="gone")))


def test_titles_and_loans_by_name_follow() -> None:
    state = begin()
    sites = (replace(state.ledger.sites[0], title_holder="unit cul"), *state.ledger.sites[1:])
    rooms = (replace(state.ledger.rooms[0], lent_to="unit inv"), *state.ledger.rooms[1:])
    state = replace(state, ledger=replace(state.ledger, sites=sites, rooms=rooms))
    renamed = run(Rename(unit="cul", name="Culture"), MERGE, state=state)
    assert renamed.ledger.sites[0].title_holder == "Culture"
    assert renamed.ledger.rooms[0].lent_to == "Both"
    assert run(Abolish(unit="cul"), state=state).ledger.rooms[3].lent_to == ""
