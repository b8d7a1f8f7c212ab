"""The front equals enumeration on small cases; points, steps and knees are what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from allocator.plan import Plan
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from allocator.tradeoff.point import Front, Point, front_of, tightened
from allocator.tradeoff.trace import Trace, with_cap
from tests.bound.housed_cases import housed_cases
from tests.conftest import FULL
from tests.oracle.brute_force import BruteForce

CASES = 50 if FULL else 12


def solver(scenario: Scenario) -> Callable[[int | None, Plan | None], tuple[Plan | None, str]]:
    budget = Budget(seconds=None, work=60, workers=1)

    def run(cap: int | None, begin: Plan | None) -> tuple[Plan | None, str]:
        return solve(replace(with_cap(scenario, cap), budget=budget)).plan, f"cap-{cap}"

    return run


def traced(scenario: Scenario) -> Front:
    return Trace(solver(scenario), lambda _: None, lambda: False).run(10, ())


def enumerated(scenario: Scenario) -> list[tuple[int, int]]:
    """(people moved, area used) of every plan that houses everybody and is not dominated."""
    oracle = BruteForce(with_cap(scenario, None))
    values = sorted({(int(v[2]), round(v[1] * 100)) for v in oracle.values_at(0)})
    front: list[tuple[int, int]] = []
    for moved, used in values:
        if not front or used < front[-1][1]:
            front.append((moved, used))
    return front


def test_the_front_equals_enumeration() -> None:
    lengths = []
    for seed, scenario, _ in housed_cases(500, CASES):
        front = traced(scenario)
        stock = sum(
            r.area
            for r in scenario.ledger.rooms
            if r.use in ("office", "service") and r.status == "available"
        )
        assert front.complete, seed
        found = [(p.moved, p.released) for p in front.points]
        expected = enumerated(scenario)
        offset = {released + used for (_, released), (_, used) in
                  zip(found, expected, strict=True)}  # fmt: skip
        assert [m for m, _ in found] == [m for m, _ in expected], seed
        assert len(offset) == 1, (seed, found, expected)
        assert max(offset) <= stock
        assert all(p.bound == p.released for p in front.points), seed
        lengths.append(len(found))
    assert max(lengths) > 1


def point(moved: int, released: int, bound: int | None = None, cap: int | None = None) -> Point:
    return Point(cap, moved, released, bound, False, (), 0, 0, 0, f"{moved}")


def test_steps_and_knees() -> None:
    front = front_of(
        [point(0, 0), point(10, 100_00), point(20, 140_00), point(15, 90_00), point(60, 150_00)],
        closed=True,
    )
    assert [p.moved for p in front.points] == [0, 10, 20, 60]
    assert [p.moved for p in front.dominated] == [15]
    assert [float(s.rate) for s in front.steps] == [10.0, 4.0, 0.25]
    assert front.knees == {10, 20}
    assert not front.complete
    assert front.at_most(19) == front.points[1]
    assert front_of([point(5, 1)], closed=False).at_most(4) is None


def test_a_bound_of_more_moves_holds_for_fewer() -> None:
    found = {p.moved: p.bound for p in tightened(
        [point(9, 50, 90), point(1, 10, 95, cap=2), point(4, 20, None, cap=5),
         point(5, 30, 60, cap=6)]
    )}  # fmt: skip
    assert found == {9: 90, 5: 60, 4: 60, 1: 60}


def test_a_stop_keeps_the_points_found() -> None:
    _, scenario, _ = next(iter(housed_cases(500, 1)))
    seen: list[Point] = []
    trace = Trace(solver(scenario), seen.append, lambda: bool(seen))
    front = trace.run(10, ())
    assert len(front.points) == len(seen) == 1
    assert front.complete == (not seen[0].moved)


def test_a_grid_where_nothing_is_proved() -> None:
    """Caps rise from few people to many, each beginning with the plan before."""
    _, scenario, _ = next(iter(housed_cases(540, 1)))
    plan = solve(replace(with_cap(scenario, None), budget=Budget(seconds=None, work=60))).plan
    assert plan is not None
    asked: list[tuple[int | None, bool]] = []

    def run(cap: int | None, begin: Plan | None) -> tuple[Plan | None, str]:
        asked.append((cap, begin is not None))
        moved = 100 if cap is None else cap
        if cap is not None and cap < 20:
            return None, ""
        made = replace(
            plan,
            status="feasible",
            people=replace(plan.people, moved=moved),
            areas=replace(plan.areas, released=moved * 10),
        )
        return made, f"{cap}"

    trace = Trace(run, lambda _: None, lambda: False)
    front = trace.run(5, (10, 50))
    assert asked == [(None, False), (10, False), (20, False), (40, True), (50, True), (60, True),
                     (80, True)]  # fmt: skip
    assert trace.failed == [10]
    assert [p.moved for p in front.points] == [20, 40, 50, 60, 80, 100]
    assert not front.complete
