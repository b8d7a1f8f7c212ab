"""First-fit decreasing by entitlement, as the allocator's own first plan is made.

The best of two: every unit into the first building it fits, and into its building of today where
that fits.
"""

from __future__ import annotations

from fractions import Fraction

from allocator.measure import Measure
from allocator.model.greedy.passes import Found, passes
from allocator.model.homes import unit_homes
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.attempt import Attempt, Clock, Point


def greedy_plan(problem: Problem, clock: Clock, share: float = 1.0) -> Attempt:
    """The best of several passes within a share of the budget."""
    measure = Measure(problem)
    best: tuple[tuple[Fraction, ...], Found] | None = None
    attempt = Attempt(None)

    def over() -> bool:
        return clock.spent > share * clock.seconds

    for homes in ({}, unit_homes(problem, {}, wishes=False)):
        for number, found in enumerate(
            passes(problem, homes, lambda: clock.spent > share * clock.seconds)
        ):
            key = measure.tier_values(measure.plan(found.rows, found.common).terms)
            if best is None or key < best[0]:
                best = (key, found)
                if not key[0]:
                    attempt.trace.append(Point(clock.spent, float(key[1])))
            if not number and not homes:
                attempt.notes["first_pass_unhoused"] = int(key[0])
    if best is not None:
        attempt.rows, attempt.common = best[1].rows, best[1].common
    return attempt


def greedy(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table; it seldom needs its budget."""
    return greedy_plan(Problem(scenario), clock)
