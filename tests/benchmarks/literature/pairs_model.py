"""CP-SAT models of GQAP and GAP, whole or in part, with the others where they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import ceil, gcd
from typing import Any

from ortools.sat.python import cp_model

from tests.benchmarks.literature.assignment import Case


@dataclass
class Part:
    """Some items free over some places; `x` by (item, place)."""

    case: Case
    free: tuple[int, ...]
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    x: dict[tuple[int, int], Any] = field(default_factory=dict)
    costs: list[tuple[int, Any]] = field(default_factory=list)
    constant: int = 0
    """Cost among the items that stay."""
    unit: int = 1
    """What every cost is a multiple of; the model minimises in it, so its bound rounds up to it."""

    def ask_below(self, value: int) -> None:
        """Only assignments that cost less."""
        most = (value - 1 - self.constant) // self.unit
        self.model.add(sum(cost // self.unit * chosen for cost, chosen in self.costs) <= most)

    def bound(self, solver: cp_model.CpSolver) -> int:
        """What every assignment costs at least."""
        return ceil(solver.best_objective_bound - 1e-6) * self.unit + self.constant

    def read(self, solver: cp_model.CpSolver, at: Sequence[int]) -> tuple[int, ...]:
        """The assignment with the solver's choice for the free items."""
        found = list(at)
        for (i, k), chosen in self.x.items():
            if solver.value(chosen):
                found[i] = k
        return tuple(found)


def part_of(
    case: Case, at: Sequence[int], free: Collection[int], places: Collection[int], *, pairs: bool
) -> Part:
    """The model of the free items over these places; without `pairs` linear costs alone."""
    part = Part(case, tuple(sorted(free)))
    stay = [i for i in range(case.items) if i not in free]
    left = list(case.capacity)
    for i in stay:
        left[at[i]] -= case.weight[i][at[i]]
    for i in part.free:
        for k in sorted(places):
            if case.weight[i][k] <= left[k]:
                part.x[i, k] = part.model.new_bool_var("")
                part.costs.append((_single(case, at, stay, i, k), part.x[i, k]))
        part.model.add_exactly_one(part.x[i, k] for k in places if (i, k) in part.x)
    for k in sorted(places):
        inside = [case.weight[i][k] * part.x[i, k] for i in part.free if (i, k) in part.x]
        part.model.add(sum(inside) <= left[k])
    part.constant = sum(case.cost[i][at[i]] for i in stay)
    if case.flow:
        part.constant += sum(
            case.flow[i][j] * case.distance[at[i]][at[j]] for i in stay for j in stay
        )
        if pairs:
            _pairs(part, left)
    part.unit = gcd(*(cost for cost, _ in part.costs)) or 1
    part.model.minimize(sum(cost // part.unit * chosen for cost, chosen in part.costs))
    for (i, k), chosen in part.x.items():
        if at:
            part.model.add_hint(chosen, int(at[i] == k))
    return part


def _single(case: Case, at: Sequence[int], stay: Sequence[int], i: int, k: int) -> int:
    """Cost of an item at a place, with those that stay."""
    cost = case.cost[i][k]
    if case.flow:
        cost += case.flow[i][i] * case.distance[k][k]
        for j in stay:
            cost += case.flow[i][j] * case.distance[k][at[j]]
            cost += case.flow[j][i] * case.distance[at[j]][k]
    return cost


def _pairs(part: Part, left: Sequence[int]) -> None:
    """Products of two choices, tied to both, with each place's capacity times each choice.

    This is the first level of Adams and Sherali with the capacities, one product per unordered
    pair; on the cases of Lee and Ma its linear relaxation is within 1 to 15 % of the optimum,
    without the capacity rows within 11 to 71 %.
    """
    case, model, x = part.case, part.model, part.x
    at: dict[int, list[int]] = {
        i: [k for k in range(case.places) if (i, k) in x] for i in part.free
    }
    filled: dict[tuple[int, int, int], list[Any]] = {}
    for i in part.free:
        for j in part.free:
            # Pairs without flow count as well: they fill the places of the rows below.
            if j <= i:
                continue
            both = {
                (k, n): model.new_bool_var("")
                for k in at[i]
                for n in at[j]
                if k != n or case.weight[i][k] + case.weight[j][k] <= left[k]
            }
            for k in at[i]:
                model.add(sum(both[k, n] for n in at[j] if (k, n) in both) == x[i, k])
            for n in at[j]:
                model.add(sum(both[k, n] for k in at[i] if (k, n) in both) == x[j, n])
            for (k, n), here in both.items():
                cost = case.flow[i][j] * case.distance[k][n] + case.flow[j][i] * case.distance[n][k]
                part.costs.append((cost, here))
                filled.setdefault((i, k, n), []).append(case.weight[j][n] * here)
                filled.setdefault((j, n, k), []).append(case.weight[i][k] * here)
    for (i, k, n), inside in filled.items():
        own = case.weight[i][k] if n == k else 0
        model.add(sum(inside) <= (left[n] - own) * x[i, k])
