from dataclasses import replace

import pytest

from allocator.domain import Occupancy
from allocator.measure import Measure
from allocator.plan import Assignment
from allocator.problem import Problem
from tests.viz.builders import compact_plan, scenario
from tests.viz.pictures import city, crowded, small
from viz.rooms import View, today_rows


@pytest.mark.parametrize("made", [small, city, crowded])
def test_areas_of_sites_add_up_to_the_plan_and_to_today(made: object) -> None:
    case, plan = made()  # type: ignore[operator]
    view = View(case)
    for state, areas in ((view.today(), plan.before), (view.of_plan(plan), plan.areas)):
        sites = view.site_areas(state).values()
        for part in ("stock", "held", "common", "stranded", "released"):
            assert sum(getattr(site, part) for site in sites) == getattr(areas, part), part


def test_blocks_hold_every_room_once_and_all_its_area() -> None:
    case, plan = small()
    view = View(case)
    for state in (view.today(), view.of_plan(plan)):
        floors = view.blocks(state, "S1")
        assert sum(f.area for f in floors) == sum(r.area for r in case.ledger.rooms)
        rooms = {code for f in floors for block in f.blocks for code in block.rooms}
        assert rooms == {r.code for r in case.ledger.rooms}


def test_blocks_are_merged_per_unit_in_room_order() -> None:
    case, _ = small()
    view = View(case)
    order = {r.code: r.position or 0 for r in case.ledger.rooms}
    for floor in view.blocks(view.today(), "S1"):
        keys = [(block.kind, block.unit) for block in floor.blocks]
        assert len(keys) == len(set(keys))
        firsts = [order[block.rooms[0]] for block in floor.blocks]
        assert firsts == sorted(firsts)


def test_kinds_follow_use_status_and_floor() -> None:
    case, plan = small()
    view = View(case)
    floors = {f.floor: f for f in view.blocks(view.of_plan(plan))}
    empty = floors["S1-B2-01"]
    assert not empty.in_use
    assert [b.kind for b in empty.blocks] == ["released", "other"]
    sealed = [b for b in floors["S1-B1-04"].blocks if b.kind == "closed"]
    assert [b.rooms for b in sealed] == [("S1-B1-0404",)]


def test_a_shared_room_is_divided_by_people() -> None:
    case = scenario(units=2, buildings=(1,), rooms=4)
    room = case.ledger.occupancy[0].room
    rows = (
        Occupancy(room=room, unit="U000", grade="staff", people=2),
        Occupancy(room=room, unit="U001", grade="staff", people=1),
    )
    case = replace(case, ledger=replace(case.ledger, occupancy=rows))
    view = View(case)
    area = view.problem.rooms[room].area
    parts = view.held_by(view.today())[room]
    assert sum(part for part, _ in parts.values()) == area
    assert parts["U000"] == ((2 * area * 2 + 3) // 6, 2)


def test_a_room_held_without_people_belongs_to_its_holder_today() -> None:
    case = scenario(units=1, buildings=(1,), rooms=4, idle_every=2)
    free = next(r for r in case.ledger.rooms if r.number == "102")
    rooms = tuple(
        replace(r, allocated_unit="U000") if r.code == free.code else r for r in case.ledger.rooms
    )
    case = replace(case, ledger=replace(case.ledger, rooms=rooms))
    assert Assignment(free.code, "U000") in today_rows(case)


def test_technical_rooms_are_a_block_of_their_own() -> None:
    case = scenario(units=1, buildings=(1,), rooms=6)
    held = case.ledger.occupancy[0].room
    rooms = tuple(replace(r, use="business") if r.code == held else r for r in case.ledger.rooms)
    case = replace(case, ledger=replace(case.ledger, rooms=rooms))
    view = View(case)
    (floor,) = view.blocks(view.today())
    assert [b.rooms for b in floor.blocks if b.kind == "business"] == [(held,)]


def test_an_unopened_market_site_is_closed() -> None:
    case = scenario(units=1, buildings=(1,), rooms=4, site_count=2)
    sites = tuple(replace(s, tenure="market") if s.code == "S2" else s for s in case.ledger.sites)
    case = replace(case, ledger=replace(case.ledger, sites=sites, occupancy=()))
    view = View(case)
    assert {b.kind for f in view.blocks(view.today(), "S2") for b in f.blocks} == {
        "closed",
        "other",
    }
    assert sorted(view.site_areas(view.today())) == ["S1"]
    opened = View(replace(case, market_open=frozenset({"S2"})))
    rows = (Assignment("S2-B1-0101", "U000"),)
    areas = opened.site_areas(opened.planned(rows))
    measured = Measure(Problem(opened.scenario)).plan(rows, ()).areas
    assert sum(a.stock for a in areas.values()) == measured.stock


def test_floors_kept_for_service_are_in_use() -> None:
    case, _ = small()
    view = View(case)
    assert view.planned((), ("S1-B1-01",)).in_use == frozenset({"S1-B1-01"})
    assert compact_plan(case).areas.released_floors
