"""The same whole model as a plain MIP for HiGHS, from the same greedy plan.

HiGHS is reached through MathOpt, which gives it one thread; its solution comes back to the
CP-SAT model, which confirms it and counts the rooms.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from allocator.measure import Measure
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.attempt import Attempt, Clock, Point
from tests.benchmarks.greedy import greedy_plan
from tests.benchmarks.monolith import (
    FIXING,
    GREEDY_SHARE,
    WRITING_OUT,
    Whole,
    better,
    fixed_to_hint,
    give_hint,
    space_of,
)

LEAST = -(1 << 62)
MOST = 1 << 62


class Mip:
    """A MathOpt model equal to a CP-SAT model; objective divided by `scale`."""

    def __init__(self, model: cp_model.CpModel, scale: int) -> None:
        self.proto = model.proto
        self.model = mathopt.Model(name="whole")
        self.variables = [
            self.model.add_integer_variable(lb=v.domain[0], ub=v.domain[len(v.domain) - 1])
            for v in self.proto.variables
        ]
        for constraint in self.proto.constraints:
            self._constraint(constraint)
        objective = self.proto.objective
        self.model.minimize(
            mathopt.fast_sum(
                c / scale * self._term(i)
                for i, c in zip(objective.vars, objective.coeffs, strict=True)
            )
        )

    def _term(self, index: int) -> Any:
        """A variable, or one minus it for a negated literal."""
        return self.variables[index] if index >= 0 else 1 - self.variables[-index - 1]

    def _range(self, index: int) -> tuple[int, int]:
        domain = self.proto.variables[index].domain
        return domain[0], domain[len(domain) - 1]

    def _constraint(self, constraint: Any) -> None:
        if constraint.has_linear():
            self._linear(constraint)
        elif constraint.has_lin_max():
            self._maximum(constraint.lin_max)
        elif constraint.has_bool_or():
            self._clause(constraint.bool_or.literals, constraint.enforcement_literal)
        elif constraint.has_bool_and():
            for literal in constraint.bool_and.literals:
                self._clause([literal], constraint.enforcement_literal)
        elif constraint.has_exactly_one():
            terms = mathopt.fast_sum(self._term(i) for i in constraint.exactly_one.literals)
            self.model.add_linear_constraint(terms == 1)
        elif constraint.has_at_most_one():
            terms = mathopt.fast_sum(self._term(i) for i in constraint.at_most_one.literals)
            self.model.add_linear_constraint(terms <= 1)
        else:
            raise ValueError(f"no translation of {constraint}")

    def _clause(self, literals: Any, enforced: Any) -> None:
        terms = [self._term(i) for i in literals] + [1 - self._term(i) for i in enforced]
        self.model.add_linear_constraint(mathopt.fast_sum(terms) >= 1)

    def _linear(self, constraint: Any) -> None:
        linear = constraint.linear
        low, high = linear.domain[0], linear.domain[len(linear.domain) - 1]
        assert len(linear.domain) == 2
        pairs = list(zip(linear.vars, linear.coeffs, strict=True))
        terms = mathopt.fast_sum(c * self._term(i) for i, c in pairs)
        off = mathopt.fast_sum(1 - self._term(i) for i in constraint.enforcement_literal)
        ranges = [sorted(c * x for x in self._range(i)) for i, c in pairs]
        least, most = sum(r[0] for r in ranges), sum(r[1] for r in ranges)
        enforced = bool(constraint.enforcement_literal)
        if low > LEAST and least < low:
            slack = (low - least) * off if enforced else 0
            self.model.add_linear_constraint(terms + slack >= low)
        if high < MOST and most > high:
            slack = (most - high) * off if enforced else 0
            self.model.add_linear_constraint(terms - slack <= high)

    def _maximum(self, maximum: Any) -> None:
        """target = max: at least each, and at most one chosen of them."""
        target, (_, most) = self._expression(maximum.target)
        chosen = []
        for part in maximum.exprs:
            expression, (least, _) = self._expression(part)
            pick = self.model.add_binary_variable()
            chosen.append(pick)
            self.model.add_linear_constraint(target - expression >= 0)
            self.model.add_linear_constraint(
                target - expression + (most - least) * pick <= most - least
            )
        self.model.add_linear_constraint(mathopt.fast_sum(chosen) == 1)

    def _expression(self, linear: Any) -> tuple[Any, tuple[int, int]]:
        pairs = list(zip(linear.vars, linear.coeffs, strict=True))
        ranges = [sorted(c * x for x in self._range(i)) for i, c in pairs]
        offset = linear.offset
        terms = mathopt.fast_sum(c * self._term(i) for i, c in pairs) + offset
        return terms, (sum(r[0] for r in ranges) + offset, sum(r[1] for r in ranges) + offset)


def highs(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table: the greedy plan, made better while time is left."""
    problem = Problem(scenario)
    measure = Measure(problem)
    start = greedy_plan(problem, clock, GREEDY_SHARE)
    attempt = Attempt(start.rows, start.common, trace=list(start.trace))
    clock.draft = Attempt(start.rows, start.common, trace=list(start.trace))
    whole = Whole(problem, measure)
    scale = whole.factor * 100
    mip = Mip(whole.model, scale)
    hint = give_hint(whole, start, clock.left)
    attempt.notes["built_seconds"] = round(clock.spent, 2)
    attempt.notes["start"] = "whole" if hint else "none: the model cannot express it"
    left = clock.left - WRITING_OUT * clock.seconds
    if left <= 0:
        attempt.notes["stopped"] = "the budget ended before the model was built"
        return attempt
    given = mathopt.ModelSolveParameters()
    if hint:
        values = {v: float(x) for v, x in zip(mip.variables, hint, strict=True)}
        given.solution_hints.append(mathopt.SolutionHint(variable_values=values))
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=left))
    result = mathopt.solve(
        mip.model, mathopt.SolverType.HIGHS, params=parameters, model_params=given
    )
    attempt.notes["status"] = result.termination.reason.name
    if not result.has_primal_feasible_solution():
        return attempt
    at = clock.spent
    found = result.variable_values()
    solver = fixed_to_hint(whole, FIXING, [round(found[v]) for v in mip.variables])
    if solver is None:
        attempt.notes["solution"] = "not confirmed in whole numbers"
        return attempt
    rows = Attempt(*whole.rows(solver))
    attempt.rows, attempt.common = better(problem, measure, start, rows)
    constant = space_of(measure, rows) - Fraction(round(solver.objective_value), scale)
    if not solver.value(whole.left):
        attempt.trace.append(Point(at, float(space_of(measure, rows))))
        attempt.bound = Fraction(result.dual_bound()) + constant
    return attempt
