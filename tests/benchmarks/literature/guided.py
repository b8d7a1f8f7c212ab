"""The few pairs of item and place that the linear relaxation's prices favour."""

from __future__ import annotations

from ortools.math_opt.python import mathopt

from tests.benchmarks.literature.assignment import Case

KEPT = 4
"""Places kept per item."""


def favoured(case: Case) -> frozenset[tuple[int, int]]:
    """Per item the places of least reduced cost."""
    model = mathopt.Model(name="relaxation")
    x = {
        (i, k): model.add_variable(lb=0, ub=1)
        for i in range(case.items)
        for k in range(case.places)
        if case.weight[i][k] <= case.capacity[k]
    }
    for i in range(case.items):
        model.add_linear_constraint(
            mathopt.fast_sum(x[i, k] for k in range(case.places) if (i, k) in x) == 1
        )
    rooms = [
        model.add_linear_constraint(
            mathopt.fast_sum(case.weight[i][k] * x[i, k] for i in range(case.items) if (i, k) in x)
            <= case.capacity[k]
        )
        for k in range(case.places)
    ]
    model.minimize(mathopt.fast_sum(case.cost[i][k] * v for (i, k), v in x.items()))
    result = mathopt.solve(model, mathopt.SolverType.GLOP)
    duals = result.dual_values()
    price = [duals[room] for room in rooms]
    kept: set[tuple[int, int]] = set()
    for i in range(case.items):
        ranked = sorted(
            (k for k in range(case.places) if (i, k) in x),
            key=lambda k: case.cost[i][k] - price[k] * case.weight[i][k],
        )
        kept |= {(i, k) for k in ranked[:KEPT]}
    return frozenset(kept)
