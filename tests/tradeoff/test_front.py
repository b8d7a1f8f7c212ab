"""The front equals enumeration on small cases; points, steps and knees are what they say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from allocator.plan import Plan
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from allocator.tradeoff.point import Front, Point, bounded, front_of
from allocator.tradeoff.trace import Asked, Solve, Trace, prices, scenario_of
from tests.bound.housed_cases import housed_cases
from tests.conftest import FULL
from tests.oracle.brute_force import BruteForce

CASES = 50 if FULL else 12


def solver(scenario: Scenario) -> Solve:
    budget = Budget(seconds=None, work=60, workers=1)

    def run(asked: Asked, begin: Plan | None) -> tuple[Plan | None, str]:
        return solve(replace(scenario_of(scenario, asked), budget=budget)).plan, f"{asked.cap}"

    return run


def traced(scenario: Scenario) -> Front:
    return Trace(solver(scenario), lambda _: None, lambda: False).run(10)


def enumerated(scenario: Scenario) -> list[tuple[int, int]]:
    """(people moved, area used) of every plan that houses everybody and is not dominated."""
    oracle = BruteForce(scenario_of(scenario, Asked()))
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
        assert front.complete, seed
        assert [(p.moved, p.stock - p.released) for p in front.points] == enumerated(scenario), seed
        assert all(p.bound == p.released for p in front.points), seed
        lengths.append(len(front.points))
    assert max(lengths) > 1


def point(
    moved: int,
    released: int,
    bound: int | None = None,
    cap: int | None = None,
    weighed: tuple[int, int] | None = None,
) -> Point:
    price, least = (Fraction(n) for n in weighed) if weighed else (None, None)
    return Point(cap, price, moved, released, bound, least, 1000_00, False, (), 0, 0, 0, f"{moved}")


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
    points = [point(9, 50, 90), point(1, 10, 80, cap=2), point(4, 20, None, cap=5),
              point(5, 30, 60, cap=6)]  # fmt: skip
    assert [p.bound for p in bounded(points)] == [90, 60, 60, 60]


def test_a_priced_bound_holds_for_every_number_of_people() -> None:
    """At 2 m2 a person no plan has less than 700 m2: 300 m2 and 2 m2 for each one moved."""
    points = [point(50, 390_00, 500_00), point(10, 250_00, None, None, (2, 700)),
              point(200, 480_00)]  # fmt: skip
    assert [p.bound for p in bounded(points)] == [400_00, 320_00, 500_00]


def test_priced_bounds_hold_on_small_cases() -> None:
    for seed, scenario, _ in housed_cases(700, CASES):
        trace = Trace(solver(scenario), lambda _: None, lambda: False)
        trace._point(Asked(), None)
        trace._weighed(4)
        front = enumerated(scenario)
        for found in bounded(trace.points):
            least = min((used for moved, used in front if moved <= found.moved), default=None)
            assert least is not None, seed
            assert found.bound is not None
            assert found.stock - found.bound <= least, seed
            assert found.released <= found.bound


def test_prices_fall_in_equal_ratios() -> None:
    assert prices(8) == [16, 8, 4, 2, 1, Fraction(1, 2), Fraction(1, 4), Fraction(12, 100)]
    assert prices(1) == [1]


def test_a_stop_keeps_the_points_found() -> None:
    _, scenario, _ = next(iter(housed_cases(500, 1)))
    seen: list[Point] = []
    trace = Trace(solver(scenario), seen.append, lambda: bool(seen))
    front = trace.run(10)
    assert len(front.points) == len(seen) == 1
    assert front.complete == (not seen[0].moved)


def test_prices_where_nothing_is_proved() -> None:
    """From dear to cheap, each beginning with the plan before; what is dominated stands beside."""
    _, scenario, _ = next(iter(housed_cases(540, 1)))
    plan = solver(scenario)(Asked(), None)[0]
    assert plan is not None
    seen: list[tuple[Fraction | None, bool]] = []

    def run(asked: Asked, begin: Plan | None) -> tuple[Plan | None, str]:
        seen.append((asked.price, begin is not None))
        if asked.price == 16:
            return None, ""
        moved = 100 if asked.price is None else int(40 / asked.price)
        made = replace(
            plan,
            status="feasible",
            people=replace(plan.people, moved=moved),
            tiers=tuple(
                replace(t, terms={**t.terms, "used": Fraction(100 - min(moved, 60))})
                for t in plan.tiers
            ),
        )
        return made, f"{moved}"

    front = Trace(run, lambda _: None, lambda: False).run(5)
    first, *rest = prices(4)
    assert seen == [(None, False), (first, False), (rest[0], False), (rest[1], True),
                    (rest[2], True)]  # fmt: skip
    assert [p.moved for p in front.points] == [int(40 / rest[0]), int(40 / rest[1])]
    assert [p.moved for p in front.dominated] == [100, int(40 / rest[2])]
    assert not front.complete
