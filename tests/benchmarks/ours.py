"""The product itself, as `allocator solve` runs it."""

from __future__ import annotations

from fractions import Fraction

from allocator.scenario import Scenario
from allocator.solve import Step, solve
from tests.benchmarks.attempt import Attempt, Clock, Point

SPACE = "space"


def ours(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table."""
    trace: list[Point] = []

    def show(step: Step) -> None:
        if step.tier == SPACE and step.housed:
            trace.append(Point(clock.spent, float(step.value)))

    solved = solve(scenario, show)
    plan = solved.plan
    if plan is None:
        return Attempt(None, notes={"status": solved.status})
    bound = next((t.bound for t in plan.tiers if t.name == SPACE), None)
    unhoused = next((t.value for t in plan.tiers if t.name == "unhoused"), Fraction(0))
    return Attempt(
        plan.assignments,
        plan.areas.common_floors,
        bound if not unhoused else None,
        trace,
        {"status": plan.status},
        plan,
    )
