"""The cheapest choice of columns among some, in whole numbers, by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from allocator.model.columns.master import Column, Master


@dataclass(frozen=True, slots=True)
class Choice:
    """The best choice of columns found; `bound` in cost units; None: none below the limit."""

    bound: int | None
    cost: int | None
    columns: tuple[Column, ...]
    work: float


def choose(
    master: Master, columns: list[Column], below: int, work: float, seconds: float | None
) -> Choice:
    """The cheapest choice among some columns that costs less than `below`, in whole numbers."""
    case, model = master.case, cp_model.CpModel()
    z = {c: model.new_bool_var("") for c in columns}
    by_house: dict[int, list[Column]] = {k: [] for k in range(len(case.houses))}
    inside: list[list[Column]] = [[] for _ in case.units]
    for c in columns:
        by_house[c.house].append(c)
        for i in master.sets[c.house].units(c.row):
            inside[i].append(c)
    for group in (*by_house.values(), *inside):
        model.add_exactly_one([z[c] for c in group])
    for a, b in master.pairs:
        for s in range(len(case.sites)):
            at = [sum(z[c] for c in inside[i] if case.houses[c.house].site == s) for i in (a, b)]
            model.add(at[0] == at[1])
    cost: Any = case.constant + sum(
        int(master.sets[c.house].cost[c.row, c.place]) * x for c, x in z.items()
    )
    for s in master.joint:
        cost += _site(master, model, z, s)
    for k, lease in enumerate(case.leases):
        kept = 1 if master.kept[k] else model.new_bool_var(f"lease {lease.place}")
        cost += case.cost("leased") * lease.area * kept
        if not master.kept[k]:
            for c, x in z.items():
                if master.leases[k][c.house][c.place]:
                    model.add_implication(x, kept)
    model.add(cost <= below - 1)
    model.minimize(cost)
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1
    parameters.catch_sigint_signal = False  # it would take Ctrl-C away from this program
    parameters.linearization_level = 2
    parameters.max_deterministic_time = work
    if seconds is not None:
        parameters.max_time_in_seconds = max(0.1, seconds)
    status = solver.solve(model)
    spent = float(solver.response_proto.deterministic_time)
    if status == cp_model.INFEASIBLE:
        return Choice(None, None, (), spent)
    bound = ceil(solver.best_objective_bound - 1e-6)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(bound, None, (), spent)
    chosen = tuple(c for c, x in z.items() if solver.value(x))
    return Choice(bound, round(solver.objective_value), chosen, spent)


def _site(master: Master, model: cp_model.CpModel, z: dict[Column, cp_model.IntVar], s: int) -> Any:
    """Services and reserve of a site of several buildings."""
    case = master.case
    here = {c: x for c, x in z.items() if case.houses[c.house].site == s}
    units = {c: master.sets[c.house].units(c.row) for c in here}
    service = sum(int(master.service[c.house][c.place]) * x for c, x in here.items())
    free = sum(int(master.free[c.house][c.place]) * x for c, x in here.items())
    entitled = sum(sum(case.entitled[i] for i in units[c]) * x for c, x in here.items())
    people = sum(sum(case.people[i] for i in units[c]) * x for c, x in here.items())
    top = sum(case.entitled) + 1
    offered = model.new_int_var(0, top, "")
    missing = model.new_int_var(0, top, "")
    model.add(offered <= service)
    model.add(offered <= entitled)
    share: Fraction = case.share[s]
    model.add(share.denominator * (missing + offered) >= share.numerator * entitled)
    rate = case.problem.policy.reserve
    need = model.new_int_var(0, case.reserved(sum(case.people)), "")
    model.add(rate.denominator * need >= rate.numerator * people)
    model.add(rate.denominator * need <= rate.numerator * people + rate.denominator - 1)
    model.add(free >= need)
    stranded = case.cost("stranded")
    return (
        stranded * (service - offered)
        + case.cost("service_short") * missing
        - stranded * case.low * need
    )
