"""Small districts as one room-level model, tier after tier, each with its proven bound."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ortools.sat.python import cp_model

from allocator.measure import Measure
from allocator.model.exact_rooms import RoomModel, build_rooms
from allocator.model.exact_rules import add_rules
from allocator.model.exact_terms import Terms, scaled
from allocator.model.exact_together import Together
from allocator.plan import Assignment
from allocator.problem import Problem

MOST = 0.8
"""Part of what is left of the budget that one tier may use."""
FEW = 0.1
"""The same for the bound on one quantity alone."""

MOST = 0.8
"""Part of what is left of the budget that one tier may use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows and common floors, with best and bound per tier in the tier's unit."""

    status: str
    rows: tuple[Assignment, ...] = ()
    common: tuple[str, ...] = ()
    best: tuple[Fraction, ...] = ()
    bounds: tuple[Fraction | None, ...] = ()
    released_bound: int | None = None


@dataclass(slots=True)
class Limits:
    """What one solve may use: wall seconds or deterministic time, workers, seed; and its use."""

    seconds: float | None
    work: float | None
    workers: int
    seed: int
    spent: float = 0.0

    def apply(self, solver: cp_model.CpSolver, part: float) -> None:
        """Allow a part of what is left; with `work` one worker and no clock, so repeatable."""
        parameters = solver.parameters
        parameters.random_seed = self.seed
        parameters.linearization_level = 2
        if self.work is not None:
            parameters.num_workers = 1
            parameters.max_deterministic_time = max(0.1, (self.work - self.spent) * part)
        else:
            parameters.num_workers = max(self.workers, 1) * 2
            left = (self.seconds or 60) - self.spent
            parameters.max_time_in_seconds = max(0.1, left * part)

    def note(self, solver: cp_model.CpSolver) -> None:
        """Count what a search used."""
        if self.work is not None:
            self.spent += float(solver.response_proto.deterministic_time)
        else:
            self.spent += float(solver.wall_time)


def size(problem: Problem) -> int:
    """Rooms x groups, the number of seat counts in the model at most."""
    offices = sum(1 for r in problem.stock if r.use == "office")
    return offices * len(problem.planned)


def solve_exactly(
    problem: Problem,
    measure: Measure,
    limits: Limits,
    progress: Callable[[str, Fraction, Fraction | None], None],
    stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Solve the tiers in order; status optimal, feasible, infeasible or unknown."""
    built = build_rooms(problem, measure)
    places = add_rules(built)
    terms = Terms(built, places)
    wanted = {name for tier in problem.policy.tiers for name, rate in tier.terms if rate}
    if wanted & {"near", "off_main_floor", "outside_main_building"}:
        together = Together(built, places)
        terms.values["near"] = together.near
        terms.values["off_main_floor"] = together.off_main_floor
        terms.values["outside_main_building"] = together.outside_main_building
    return _tiers(built, terms, limits, progress, stop)


def _tiers(
    built: RoomModel,
    terms: Terms,
    limits: Limits,
    progress: Callable[[str, Fraction, Fraction | None], None],
    stop: Callable[[], bool],
) -> Answer:
    problem, model = built.problem, built.model
    best: list[Fraction] = []
    bounds: list[Fraction | None] = []
    values: list[int] = []
    proven = True
    released: int | None = None
    for index, tier in enumerate(problem.policy.tiers):
        expression, factor = scaled(terms.values, tier.terms)
        model.minimize(expression)
        solver = _run(model, limits, MOST, values, stop)
        status = solver.status
        if status == cp_model.INFEASIBLE and not index:
            return Answer("infeasible")
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            if not index:
                return Answer("unknown")
            break
        values = solver.values
        best.append(Fraction(solver.objective, factor))
        bounds.append(Fraction(min(solver.bound, solver.objective), factor))
        proven = proven and best[-1] == bounds[-1]
        progress(tier.name, best[-1], bounds[-1])
        model.add(expression <= solver.objective + math.floor(tier.slack * factor))
        if not index:
            released = _released_bound(model, terms, limits, values, stop)
    rows, common = _read(built, values)
    return Answer(
        "optimal" if proven and len(best) == len(problem.policy.tiers) else "feasible",
        rows,
        common,
        tuple(best),
        tuple(bounds),
        released,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    status: Any
    objective: int
    bound: int
    values: list[int]


def _run(
    model: cp_model.CpModel,
    limits: Limits,
    part: float,
    hint: list[int],
    stop: Callable[[], bool],
) -> _Run:
    """One solve; the bound is rounded up, since the objective is a whole number."""
    if stop():
        return _Run(cp_model.UNKNOWN, 0, 0, [])
    model.clear_hints()  # type: ignore[no-untyped-call]
    for index, value in enumerate(hint):
        model.add_hint(model.get_int_var_from_proto_index(index), value)
    solver = cp_model.CpSolver()
    limits.apply(solver, part)
    with _ended_by(stop, solver):
        status = solver.solve(model)
    limits.note(solver)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _Run(status, 0, 0, [])
    objective = round(solver.objective_value)
    bound = math.ceil(solver.best_objective_bound - 1e-6)
    return _Run(status, objective, bound, list(solver.response_proto.solution))


@contextmanager
def _ended_by(stop: Callable[[], bool], solver: cp_model.CpSolver) -> Iterator[None]:
    """Ends the search soon after the user asked to stop; the best solution stays."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if stop():
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _released_bound(
    model: cp_model.CpModel,
    terms: Terms,
    limits: Limits,
    hint: list[int],
    stop: Callable[[], bool],
) -> int | None:
    """Least area in use with the first tier at its value, 0.01 m2 (None: not solved)."""
    model.minimize(terms.values["used"])
    run = _run(model, limits, FEW, hint, stop)
    return run.bound if run.values else None


def _read(built: RoomModel, values: list[int]) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
    """The rows and common floors of a solution."""
    rows = list(built.problem.fixed_rows)
    for (room, group), seats in built.people.items():
        count = values[seats.index]
        if count:
            rows.append(Assignment(room, group.unit, group.division, group.grade, count))
    for (room, index), given in built.given.items():
        if values[given.index]:
            request = built.requests[index]
            rows.append(Assignment(room, request.unit, purpose=request.purpose))
    rows += [Assignment(r, u, purpose="pin") for r, u in built.pinned_service.items()]
    held = {built.problem.floor_of[row.room] for row in rows}
    held |= built.problem.floors_always_in_use
    common = {f for f, use in built.in_use.items() if values[use.index]} - held
    return tuple(sorted(rows)), tuple(sorted(common))
