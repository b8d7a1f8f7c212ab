"""The linear relaxation's prices, and the MIP over the few pairs that they favour (HiGHS)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from ortools.math_opt.python import mathopt

from tests.benchmarks.literature.assignment import Case

KEPT = 4
"""Places kept per item."""


class _Linear:
    """One item one place, capacities, least cost; over some pairs."""

    def __init__(self, case: Case, pairs: Collection[tuple[int, int]], *, whole: bool) -> None:
        self.model = mathopt.Model(name="assignment")
        self.x = {p: self.model.add_variable(lb=0, ub=1, is_integer=whole) for p in sorted(pairs)}
        at: list[list[Any]] = [[] for _ in range(case.items)]
        inside: list[list[Any]] = [[] for _ in range(case.places)]
        for (i, k), v in self.x.items():
            at[i].append(v)
            inside[k].append(case.weight[i][k] * v)
        for terms in at:
            self.model.add_linear_constraint(mathopt.fast_sum(terms) == 1)
        self.rooms = [
            self.model.add_linear_constraint(mathopt.fast_sum(terms) <= capacity)
            for terms, capacity in zip(inside, case.capacity, strict=True)
        ]
        self.model.minimize(mathopt.fast_sum(case.cost[i][k] * v for (i, k), v in self.x.items()))


def favoured(case: Case) -> set[tuple[int, int]]:
    """Per item the places of least reduced cost."""
    every = [
        (i, k)
        for i in range(case.items)
        for k in range(case.places)
        if case.weight[i][k] <= case.capacity[k]
    ]
    linear = _Linear(case, every, whole=False)
    duals = mathopt.solve(linear.model, mathopt.SolverType.GLOP).dual_values()
    price = [duals[room] for room in linear.rooms]
    ranked: list[list[tuple[float, int]]] = [[] for _ in range(case.items)]
    for i, k in every:
        ranked[i].append((case.cost[i][k] - price[k] * case.weight[i][k], k))
    return {(i, k) for i, row in enumerate(ranked) for _, k in sorted(row)[:KEPT]}


def guided(case: Case, seconds: float) -> tuple[int, ...] | None:
    """The best assignment found over the favoured pairs; None if there was none in time."""
    linear = _Linear(case, favoured(case), whole=True)
    parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds))
    result = mathopt.solve(linear.model, mathopt.SolverType.HIGHS, params=parameters)
    if not result.has_primal_feasible_solution():
        return None
    values = result.variable_values()
    found = {i: k for (i, k), v in linear.x.items() if values[v] > 0.5}
    return tuple(found[i] for i in range(case.items))
