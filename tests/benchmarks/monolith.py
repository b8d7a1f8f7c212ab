"""One CP-SAT model over everything: all units, all buildings, hinted with the greedy plan.

The model is the product's exact one for a part of a plan, here with nothing frozen, so that the
comparison is about search, not about modelling.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from ortools.sat.python import cp_model

from allocator.measure import Measure
from allocator.model.packing import Packing, build, limits_scale
from allocator.model.packing_costs import add_costs
from allocator.model.packing_places import add_places
from allocator.model.realise import realise
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.attempt import Attempt, Clock, Point
from tests.benchmarks.greedy import greedy_plan
from tests.benchmarks.hints import hint_values

GREEDY_SHARE = 0.1
"""Share of the budget that the start may take."""
FIXING = 30.0
"""Most seconds of completing a start."""
WRITING_OUT = 0.03
"""Share of the budget kept for turning counts into rooms."""


class _Shown(cp_model.CpSolverSolutionCallback):
    """Keeps the value of every solution that houses everybody."""

    def __init__(self, whole: Whole, clock: Clock, trace: list[Point]) -> None:
        super().__init__()
        self.whole, self.clock, self.trace = whole, clock, trace

    def on_solution_callback(self) -> None:
        left = self.whole.left
        if not (left if isinstance(left, int) else self.value(left)):
            cents = Fraction(round(self.objective_value), self.whole.factor)
            self.trace.append(Point(self.clock.spent, float(cents / 100)))


class Whole:
    """The whole problem as one model; objective in 1/factor of 0.01 m2-equivalents."""

    def __init__(self, problem: Problem, measure: Measure) -> None:
        units = [u for u in problem.planned_units if problem.people_of[u]]
        buildings = {problem.building_of_floor[f] for f in problem.stock_by_floor}
        self.problem, self.measure = problem, measure
        self.packing: Packing = build(problem, measure, units, buildings, problem.fixed_rows, ())
        add_places(self.packing)
        add_costs(self.packing)
        self.left = self.packing.costs[0][1]
        self.factor = limits_scale(rate for rate, _ in self.packing.costs)
        self.objective = sum(int(rate * self.factor) * cost for rate, cost in self.packing.costs)
        self.model = self.packing.model
        self.model.minimize(self.objective)

    def rows(self, solver: cp_model.CpSolver) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
        """Rooms and common floors of the solver's solution."""

        def value(expression: Any) -> int:
            return expression if isinstance(expression, int) else int(solver.value(expression))

        packing, problem = self.packing, self.problem
        rows = [*problem.fixed_rows, *realise(packing, value)]
        held = {problem.floor_of[r.room] for r in rows} | problem.floors_always_in_use
        common = {f for f, use in packing.in_use.items() if value(use)} - held
        return tuple(sorted(rows)), tuple(sorted(common))


def space_of(measure: Measure, attempt: Attempt) -> Fraction:
    """Value of the space tier, which is the second."""
    assert attempt.rows is not None
    return measure.tier_values(measure.plan(attempt.rows, attempt.common).terms)[1]


def better(
    problem: Problem, measure: Measure, start: Attempt, found: Attempt
) -> tuple[tuple[Assignment, ...] | None, tuple[str, ...]]:
    """Rows of the better of two plans by unhoused, then space."""

    def key(attempt: Attempt) -> tuple[Fraction, ...]:
        if attempt.rows is None:
            return (Fraction(10**12),)
        return measure.tier_values(measure.plan(attempt.rows, attempt.common).terms)

    best = min(start, found, key=key)
    return best.rows, best.common


def fixed_to_hint(
    whole: Whole, most: float, values: list[int] | None = None
) -> cp_model.CpSolver | None:
    """The model with its hints (or these values of all variables) fixed; None if it fails."""
    if values is not None:
        _hint_all(whole, values)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    solver.parameters.max_time_in_seconds = max(1.0, min(FIXING, most))
    status = solver.solve(whole.model)
    return solver if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _hint_all(whole: Whole, values: list[int]) -> None:
    whole.model.clear_hints()
    for index, value in enumerate(values):
        whole.model.add_hint(whole.model.get_int_var_from_proto_index(index), value)


def give_hint(whole: Whole, start: Attempt, most: float) -> list[int]:
    """Give the plan as a start; values of all variables, none if the model cannot express it."""
    assert start.rows is not None
    for variable, value in hint_values(whole.packing, start.rows, start.common):
        whole.model.add_hint(variable, value)
    solver = fixed_to_hint(whole, most)
    if solver is None:
        return []
    values = list(solver.response_proto.solution)
    _hint_all(whole, values)
    return values


def cp_sat(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table: the greedy plan, made better by the model while time is left."""
    problem = Problem(scenario)
    measure = Measure(problem)
    start = greedy_plan(problem, clock, GREEDY_SHARE)
    attempt = Attempt(start.rows, start.common, trace=list(start.trace))
    clock.draft = Attempt(start.rows, start.common, trace=list(start.trace))
    whole = Whole(problem, measure)
    attempt.notes["built_seconds"] = round(clock.spent, 2)
    attempt.notes["variables"] = len(whole.model.proto.variables)
    if start.rows is not None:
        attempt.notes["start"] = "whole" if give_hint(whole, start, clock.left) else "in part"
    left = clock.left - WRITING_OUT * clock.seconds
    if left <= 0:
        attempt.notes["stopped"] = "the budget ended before the model was built"
        return attempt
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.max_time_in_seconds = left
    parameters.num_workers = max(4, 2 * scenario.budget.workers)
    parameters.linearization_level = 2
    parameters.random_seed = scenario.budget.seed
    shown: list[Point] = []
    status = solver.solve(whole.model, _Shown(whole, clock, shown))
    attempt.notes["status"] = solver.status_name(status)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        rows, common = whole.rows(solver)
        attempt.rows, attempt.common = better(problem, measure, start, Attempt(rows, common))
        # The model leaves out what no choice changes.
        value = Fraction(round(solver.objective_value), whole.factor * 100)
        constant = space_of(measure, Attempt(rows, common)) - value
        attempt.trace += [Point(at, value + float(constant)) for at, value in shown]
        if not solver.value(whole.left):
            bound = floor(solver.best_objective_bound - 1e-6)
            attempt.bound = max(Fraction(0), Fraction(bound, whole.factor * 100) + constant)
    return attempt
