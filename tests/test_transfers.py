from collections import Counter
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.domain import Group, Occupancy
from allocator.plan import KEPT, Assignment
from allocator.transfers import (
    SeatMove,
    TransferRow,
    moved_by_distance,
    seat_moves,
    transfer_rows,
    transfers,
)
from tests.report.cases import HEAD, STAFF, random_case, small

SCENARIO, PLAN = small()
ROOMS = sorted(r.code for r in SCENARIO.ledger.rooms)
BUILDING = {r: r[:2] for r in ROOMS}
SITE = {r: r[0] for r in ROOMS}
counts = st.dictionaries(st.sampled_from(ROOMS), st.integers(1, 4), max_size=len(ROOMS))


def with_people(before: dict[str, int]):
    rows = tuple(
        Occupancy(room=r, unit="cz", grade=STAFF, people=n) for r, n in sorted(before.items())
    )
    return replace(SCENARIO, ledger=replace(SCENARIO.ledger, occupancy=rows))


def planned(after: dict[str, int]) -> list[Assignment]:
    return [Assignment(r, "cz", "", STAFF, n) for r, n in sorted(after.items())]


def overlap(before: dict[str, int], after: dict[str, int], above: dict[str, str]) -> int:
    a: Counter[str] = Counter()
    b: Counter[str] = Counter()
    for room, n in before.items():
        b[above[room]] += n
    for room, n in after.items():
        a[above[room]] += n
    return sum(min(n, a[place]) for place, n in b.items())


@given(before=counts, after=counts)
@settings(max_examples=300, deadline=None)
def test_counts_per_distance_equal_the_closed_form(before, after):
    scenario = with_people(before)
    moves = seat_moves(scenario, planned(after))
    stay = overlap(before, after, {r: r for r in ROOMS})
    building, site = overlap(before, after, BUILDING), overlap(before, after, SITE)
    every = min(sum(before.values()), sum(after.values()))
    assert moved_by_distance(scenario, moves) == (building - stay, site - building, every - site)


@given(before=counts, after=counts)
@settings(max_examples=200, deadline=None)
def test_moves_take_only_seats_given_up_and_fill_only_seats_taken(before, after):
    moves = seat_moves(with_people(before), planned(after))
    left: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for move in moves:
        assert move.people > 0
        assert move.from_room != move.to_room
        left[move.from_room] += move.people
        taken[move.to_room] += move.people
    assert all(n <= before[r] - min(before[r], after.get(r, 0)) for r, n in left.items())
    assert all(n <= after[r] - min(after[r], before.get(r, 0)) for r, n in taken.items())


def test_the_nearest_seat_is_matched_first_and_ties_go_by_code():
    scenario = with_people({"A1-101": 1, "B1-301": 1})
    moves = seat_moves(scenario, planned({"A1-201": 1, "A1-202": 1}))
    group = Group("cz", "", STAFF)
    assert moves == (
        SeatMove(group, 1, "A1-101", "A1-201"),
        SeatMove(group, 1, "B1-301", "A1-202"),
    )


def test_new_posts_people_who_leave_and_bodies_without_entitlement_do_not_move():
    assert seat_moves(with_people({}), planned({"A1-101": 3})) == ()
    assert seat_moves(with_people({"A1-101": 3}), []) == ()
    rows = (Occupancy(room="A1-101", unit="xh", grade=STAFF, people=1),)
    scenario = replace(SCENARIO, ledger=replace(SCENARIO.ledger, occupancy=rows))
    assert seat_moves(scenario, [Assignment("A1-102", "xh", "", STAFF, 1, KEPT)]) == ()


def test_a_staying_plan_has_no_transfer():
    scenario, _ = random_case(3, 5)
    rows = [
        Assignment(o.room, o.unit, o.division, o.grade, o.people) for o in scenario.ledger.occupancy
    ]
    assert transfer_rows(scenario, rows) == ()
    assert transfers(scenario, rows) == ()


def test_rows_are_numbered_by_unit_and_buildings():
    assert transfer_rows(SCENARIO, PLAN.assignments) == (
        TransferRow(1, "cz", "", STAFF, 2, "A1-201", "A1-102", "24.00", "27.00"),
        TransferRow(2, "sw", "zh", STAFF, 2, "B1-301", "A1-202", "30.00", "18.00"),
        TransferRow(2, "sw", "zh", HEAD, 1, "B1-302", "A1-201", "25.00", "24.00"),
    )
    header = "transfer,unit,division,grade,people,from_room,to_room,area_from,area_to"
    assert ",".join(TransferRow._fields) == header


def test_the_summary_counts_each_room_once():
    within, across = transfers(SCENARIO, PLAN.assignments)
    assert (within.number, within.from_building, within.to_building) == (1, "A1", "A1")
    assert (within.distance, within.people) == ("building", 2)
    assert (across.distance, across.people) == ("far", 3)
    assert across.from_rooms == ("B1-301", "B1-302")
    assert (across.area_from, across.area_to) == (5500, 4200)


@pytest.mark.parametrize("sites", [116])
def test_a_city_takes_less_than_two_seconds(sites):
    scenario, plan = random_case(sites, 230)
    assert 3000 < len(scenario.ledger.rooms) < 5000
    start = perf_counter()
    rows = transfer_rows(scenario, plan.assignments)
    assert perf_counter() - start < 2
    assert sum(r.people for r in rows) == plan.people.moved
    summary = transfers(scenario, plan.assignments)
    assert sum(t.people for t in summary) == plan.people.moved
    assert [t.number for t in summary] == list(range(1, len(summary) + 1))
