"""Rooms side by side: as few fragments as trying everything finds, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allocator.model.arrange as arranging
from allocator.domain import Occupancy
from allocator.measure import Measure
from allocator.model.arrange import arrange
from allocator.model.arrange_exact import Limit, arrange_floor
from allocator.model.arrange_floor import Floors
from allocator.overlap import people_moved
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Budget, Forbid, Pin, RoomException, Scenario
from allocator.solve import solve
from tests.benchmarks.floors_cases import floor_case
from tests.builders import (
    building,
    floor,
    make_ledger,
    make_policy,
    make_scenario,
    office,
    posts,
    room,
    site,
    sits,
    unit,
)

Row = tuple[str, str, str, int]
"""Unit, division, grade, people: what one room of the random floors holds, or nothing."""

STANDARDS = {"clerk": 900, "chief": 2400}
"""In 0.01 m2."""


def counted(held: list[Row | None]) -> tuple[int, int]:
    """Fragments of units and of divisions, counted from neighbour to neighbour."""
    units = divisions = 0
    before: Row | None = None
    for row in held:
        if row is not None:
            units += before is None or before[0] != row[0]
            divisions += before is None or before[1] != row[1]
        before = row
    return units, divisions


def staying(scenario: Scenario, rooms: list[str], held: list[Row | None]) -> int:
    today = Counter(
        {(o.room, o.unit, o.division, o.grade): o.people for o in scenario.ledger.occupancy}
    )
    return sum(
        min(row[3], today[room, row[0], row[1], row[2]])
        for room, row in zip(rooms, held, strict=True)
        if row is not None
    )


def brute_force(scenario: Scenario, rows: list[Assignment]) -> tuple[int, int]:
    """The fewest over every exchange that leaves all sums over rooms as they are."""
    corridor = sorted(
        (r for r in scenario.ledger.rooms if r.use in ("office", "service")),
        key=lambda r: r.position or 0,
    )
    offices = [r for r in corridor if r.use == "office"]
    by_room = {r.room: (r.unit, r.division, r.grade, r.people) for r in rows}

    def sums(held: tuple[Row | None, ...]) -> Counter[tuple[int, str, int]]:
        return Counter(
            (room.area, row[0], row[3] * STANDARDS[row[2]]) if row else (room.area, "", 0)
            for room, row in zip(offices, held, strict=True)
        )

    first = tuple(by_room.get(r.code) for r in offices)
    rooms = [r.code for r in offices]
    least, stay = sums(first), staying(scenario, rooms, list(first))
    best: list[tuple[int, int]] = []
    for held in set(permutations(first)):
        if sums(held) == least and staying(scenario, rooms, list(held)) >= stay:
            at = dict(zip(rooms, held, strict=True))
            best.append(counted([at.get(r.code) for r in corridor]))
    return min(best)


@pytest.mark.parametrize("rooms", [4, 5, 6, 7])
@pytest.mark.parametrize("seed", range(6))
def test_no_exchange_has_fewer_fragments(rooms: int, seed: int) -> None:
    scenario, rows = floor_case(rooms, seed)
    (corridor,) = Floors(Problem(scenario)).read(rows)
    found = arrange_floor(corridor, Limit(5.0))
    assert found.units.proved and found.divisions.proved
    assert (found.units.value, found.divisions.value) == brute_force(scenario, rows)
    for divisions, count in ((False, found.units), (True, found.divisions)):
        assert corridor.fragments(found.holds, divisions=divisions) == count.value


@pytest.mark.parametrize("seed", range(4))
def test_a_search_cut_short_keeps_what_counts(seed: int) -> None:
    scenario, rows = floor_case(40, seed, stay=0.2)
    (corridor,) = Floors(Problem(scenario)).read(rows)
    found = arrange_floor(corridor, Limit(0.001))

    def sums(holds: tuple[int, ...]) -> Counter[tuple[object, object]]:
        return Counter(
            (size, corridor.loads[c]) for size, c in zip(corridor.sizes, holds, strict=True)
        )

    assert sums(found.holds) == sums(corridor.holds)
    assert Counter(found.holds) == Counter(corridor.holds)
    assert corridor.staying(found.holds) >= corridor.staying(corridor.holds)
    assert found.units.bound <= found.units.value < found.units.before
    assert found.divisions.bound <= found.divisions.value < found.divisions.before


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(8, 20), st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.8]))
def test_no_figure_gets_worse(rooms: int, seed: int, stay: float) -> None:
    scenario, rows = floor_case(rooms, seed, stay, per_floor=10)
    problem = Problem(scenario)
    measure = Measure(problem)
    found = arrange(problem, measure, rows, ())
    old, new = measure.plan(rows, ()).terms, measure.plan(found.rows, ()).terms
    assert new.pop("moved_building") <= old.pop("moved_building")
    assert new == old
    assert sum(people_moved(problem, found.rows)) <= sum(people_moved(problem, rows))
    assert Counter((r.unit, r.division, r.grade) for r in found.rows for _ in range(r.people)) == (
        Counter((r.unit, r.division, r.grade) for r in rows for _ in range(r.people))
    )
    assert found.units.bound <= found.units.value <= found.units.before
    assert measure.past_rule(found.rows) == set() == measure.past_rule(rows)


def budgeted(scenario: Scenario, work: int) -> Scenario:
    return replace(scenario, budget=Budget(seconds=None, work=work))


def test_the_same_again_and_nothing_left_to_do() -> None:
    scenario, rows = floor_case(24, 3, per_floor=12)
    problem = Problem(budgeted(scenario, 100))
    measure = Measure(problem)
    answers = [arrange(problem, measure, rows, ()) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].units.value < answers[0].units.before
    assert answers[0].proved == answers[0].floors == 2
    again = arrange(problem, measure, answers[0].rows, ())
    assert again.rows == answers[0].rows


def test_without_budget_the_rows_stay() -> None:
    scenario, rows = floor_case(24, 3)
    problem = Problem(budgeted(scenario, 1))
    found = arrange(problem, Measure(problem), rows, (), stop=lambda: True)
    assert found.rows == tuple(rows)
    assert found.units.bound < found.units.value == found.units.before


def three_rooms(
    occupancy: Iterable[Occupancy] = (), **parts: Any
) -> tuple[Scenario, list[Assignment]]:
    """Unit a on both sides of unit b, in equal rooms with a toilet between the first two."""
    codes = ["r1", "r2", "r3"]
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("A", "S")],
        floors=[floor("A1", "A")],
        rooms=[
            *(office(c, "A1", 9, position=2 * i) for i, c in enumerate(codes)),
            room("wc", "A1", "ancillary", 5, position=1),
        ],
        units=[unit("a"), unit("b")],
        posts=[posts("a", "clerk", 2), posts("b", "clerk", 1)],
        occupancy=occupancy,
    )
    rows = [Assignment(c, u, "", "clerk", 1) for c, u in zip(codes, "aba", strict=True)]
    return make_scenario(ledger, policy=make_policy(reserve=0), **parts), rows


def units_along(scenario: Scenario, rows: list[Assignment]) -> str:
    problem = Problem(scenario)
    found = arrange(problem, Measure(problem), rows, ())
    return "".join(r.unit for r in found.rows)


def test_a_unit_comes_together_past_a_toilet() -> None:
    assert units_along(*three_rooms()) in ("aab", "baa")


def test_who_sits_there_today_stays() -> None:
    assert units_along(*three_rooms(occupancy=[sits("r2", "b", "clerk")])) == "aba"
    assert units_along(*three_rooms(occupancy=[sits("r3", "a", "clerk")])) == "baa"


def test_pins_and_registered_exceptions_stay() -> None:
    pin = Pin(unit="b", kind="room", place="r2")
    assert units_along(*three_rooms(pins=(pin,))) == "aba"
    exception = RoomException(room="r2", unit="b", reason="kept for the archive")
    assert units_along(*three_rooms(exceptions=(exception,))) == "aba"


def test_a_forbidden_room_is_not_taken() -> None:
    forbid = Forbid(unit="b", kind="room", place="r1")
    assert units_along(*three_rooms(forbids=(forbid,))) == "aab"


def test_a_worse_measure_leaves_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arranging, "_no_worse", lambda *_: False)
    scenario, rows = three_rooms()
    problem = Problem(scenario)
    found = arrange(problem, Measure(problem), rows, ())
    assert found.rows == tuple(rows)
    assert (found.units.bound, found.units.value) == (2, 3)


def test_solve_ends_with_it() -> None:
    scenario, _ = three_rooms()
    solved = solve(budgeted(scenario, 5))
    assert solved.plan is not None and solved.rooms is not None
    assert solved.rooms["units"]["value"] == solved.rooms["units"]["bound"] == 2
    assert "".join(r.unit for r in solved.plan.assignments) in ("aab", "baa")
