"""Solve one subproblem and return its rows; runs in worker processes as well."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Literal

from ortools.sat.python import cp_model

from allocator.measure import Measure
from allocator.model.anneal.cooling import Cooled, Cooling
from allocator.model.bound.bound import Bound, Effort, bound, released_bound
from allocator.model.packing import Packing, build, limits_scale
from allocator.model.packing_costs import add_costs
from allocator.model.packing_places import add_places
from allocator.model.polish import Polishing, polish
from allocator.model.realise import realise
from allocator.model.tidy import add_tidiness
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.scenario import Scenario

if TYPE_CHECKING:
    from allocator.model.anneal.run import Annealer

Quantity = Literal["space", "in use"]
"""What a bound is of: the priced tier, or the area in use."""
PATIENCE = 8
"""How much longer a building is packed that a first try leaves with people unhoused."""
SLOWEST = 4.0
"""Wall seconds allowed per unit of work, for busy machines."""


@dataclass(frozen=True, slots=True)
class Task:
    """Units to place in buildings with the rest of the plan frozen, and what it may cost."""

    units: tuple[str, ...]
    buildings: tuple[str, ...]
    rows: tuple[Assignment, ...]
    common: tuple[str, ...]
    deadline: float | None
    """Monotonic time to stop at; None where results must not depend on the clock."""
    work: float
    """Deterministic limit, so that a busy machine searches longer, not worse."""
    seed: int
    aim: Literal["start", "better", "tidy"] = "better"
    """Pack from today's rooms; cost less than the plan's rows; or as little, but closer."""
    press: int = 0
    """Extra m2 per person moved, while the plan moves more people than its cap."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """New rows of the task's units and common floors of its buildings; None if none found."""

    rows: tuple[Assignment, ...] | None
    common: tuple[str, ...]
    work: float
    """Deterministic time used."""


def solve_task(problem: Problem, measure: Measure, task: Task) -> Outcome:
    """Pack exactly within the task's limits; no rows when nothing lawful was found in time."""
    packing = build(problem, measure, task.units, task.buildings, task.rows, task.common)
    packing.alone_on_site = task.aim == "start"
    add_places(packing)
    add_costs(packing, task.press)
    factor = limits_scale(rate for rate, _ in packing.costs)
    objective = sum(int(rate * factor) * cost for rate, cost in packing.costs)
    packing.model.minimize(objective)
    _hint(packing, task)
    spent = 0.0
    if task.aim != "start":
        spent = _start_from_plan(packing, objective, task)
    solver = _solver(task)
    status = solver.solve(packing.model)
    if task.aim == "start" and _leaves_people(packing, solver, status):
        spent += float(solver.response_proto.deterministic_time)
        solver = _solver(replace(task, work=task.work * PATIENCE))
        status = solver.solve(packing.model)
    work = spent + float(solver.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, (), work)

    def value(expression: Any) -> int:
        return expression if isinstance(expression, int) else int(solver.value(expression))

    rows = realise(packing, value)
    held = {problem.floor_of[r.room] for r in (*rows, *packing.frozen)}
    held |= problem.floors_always_in_use
    common = {f for f, use in packing.in_use.items() if value(use)} - held
    return Outcome(tuple(sorted(rows)), tuple(sorted(common)), work)


def _leaves_people(packing: Packing, solver: cp_model.CpSolver, status: Any) -> bool:
    """Whether the search stopped early with nothing, or with people who may yet get a seat."""
    if status != cp_model.FEASIBLE:
        return bool(status == cp_model.UNKNOWN)
    _, left = packing.costs[0]
    return bool(solver.value(left) > 0)


def _solver(task: Task) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1
    parameters.catch_sigint_signal = False  # it would take Ctrl-C away from this program
    parameters.linearization_level = 2
    parameters.random_seed = task.seed
    parameters.max_deterministic_time = task.work
    if task.deadline is not None:
        left = task.deadline - time.monotonic()
        parameters.max_time_in_seconds = max(0.05, min(SLOWEST * task.work, left))
    return solver


def _start_from_plan(packing: Packing, objective: Any, task: Task) -> float:
    """Complete the hint from the plan's rooms, and ask for something better, or closer.

    Where the plan's rooms are no solution of the part, the hint stays partial. Returns the work.
    """
    solver = _solver(task)
    solver.parameters.fix_variables_to_their_hinted_value = True
    status = solver.solve(packing.model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        values = list(solver.response_proto.solution)
        packing.model.clear_hints()  # type: ignore[no-untyped-call]
        for index, value in enumerate(values):
            variable = packing.model.get_int_var_from_proto_index(index)
            packing.model.add_hint(variable, value)
        cost = round(solver.objective_value)
        if task.aim == "tidy":
            packing.model.add(objective <= cost)
            packing.model.minimize(add_tidiness(packing))
        else:
            packing.model.add(objective <= cost - 1)
    return float(solver.response_proto.deterministic_time)


def _hint(packing: Packing, task: Task) -> None:
    """Offer the plan's own rooms as a start where they fit the classes."""
    class_of = {room: c for c, k in enumerate(packing.classes) for room in k.rooms}
    kind_of = {g: i for i, k in enumerate(packing.kinds) for g in k.groups}
    fills: dict[str, dict[int, int]] = {}
    for row in task.rows:
        k = kind_of.get(row.group)
        if row.people and k is not None and row.room in class_of:
            fill = fills.setdefault(row.room, {})
            fill[k] = fill.get(k, 0) + row.people
    seats: Counter[tuple[int, int]] = Counter()
    alike: Counter[tuple[int, int]] = Counter()
    shared: Counter[tuple[int, str, int]] = Counter()
    ways: Counter[tuple[int, str, tuple[int, ...]]] = Counter()
    for room, fill in fills.items():
        c = class_of[room]
        first = packing.kinds[next(iter(fill))]
        limits = {packing.kinds[k].limit for k in fill}
        for k, people in fill.items():
            seats[c, k] += people
        if first.single:
            continue
        if len(limits) == 1:
            shared[c, first.unit, first.limit] += 1
            for k, people in fill.items():
                alike[c, k] += people
        else:
            kinds = packing.classes[c].kinds
            may = [k for k in kinds if packing.kinds[k].unit == first.unit]
            way = tuple(fill.get(k, 0) for k in may if not packing.kinds[k].single)
            ways[c, first.unit, way] += 1
    model = packing.model
    for key, variable in (*packing.alone.items(), *packing.people.items()):
        model.add_hint(variable, seats[key])
    for key, variable in packing.alike.items():
        model.add_hint(variable, alike[key])
    for place, variable in packing.shared.items():
        model.add_hint(variable, shared[place])
    for mixture, variable in packing.filled.items():
        model.add_hint(variable, ways[mixture])
    in_use = {packing.problem.floor_of[r.room] for r in task.rows} | set(task.common)
    for floor, use in packing.in_use.items():
        if not isinstance(use, int):
            model.add_hint(use, int(floor in in_use))


_here: dict[str, Any] = {}


def prepare(problem: Problem, measure: Measure) -> None:
    """Let this process do tasks of a problem."""
    _here.clear()
    _here.update(problem=problem, measure=measure)


def start_worker(scenario: Scenario) -> None:
    """Prepare a worker process for one scenario; the parent alone answers signals to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    problem = Problem(scenario)
    prepare(problem, Measure(problem))


def prepared() -> tuple[Problem, Measure]:
    """What this process is prepared for."""
    return _here["problem"], _here["measure"]


def run_in_worker(task: Task) -> Outcome:
    """Solve a task in a prepared process."""
    return solve_task(_here["problem"], _here["measure"], task)


def anneal_in_worker(cooling: Cooling) -> Cooled:
    """Anneal in a prepared process; what has been packed is remembered from run to run."""
    from allocator.model.anneal.run import Annealer

    annealer: Annealer | None = _here.get("annealer")
    if annealer is None or annealer.press != cooling.press:
        annealer = Annealer(_here["problem"], _here["measure"], cooling.press)
        _here["annealer"] = annealer
    return annealer.run(cooling)


def compile_in_worker(cooling: Cooling) -> None:
    """Compile all that annealing calls, and keep it for the other processes and later runs."""
    from allocator.model.anneal.engine import engine
    from allocator.model.anneal.jit import keep

    anneal_in_worker(cooling)
    keep(engine)


def polish_in_worker(asked: Polishing) -> tuple[tuple[Assignment, ...] | None, float]:
    """The rooms of one building given out anew in a prepared process."""
    return polish(_here["problem"], asked)


def bound_in_worker(asked: tuple[Quantity, float]) -> Bound:
    """A bound in a prepared process, climbing until a deadline (monotonic seconds)."""
    quantity, deadline = asked
    solve = bound if quantity == "space" else released_bound
    return solve(_here["problem"], _here["measure"], Effort(deadline=deadline))


def _leave_with_parent() -> None:
    """End this process when its parent is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
