"""The product's way of search on the literature's cases.

What is shared with the product is the exact runner's settings (`allocator.model.exact.Limits`)
and the scheme: a start, exact subproblems over 2-4 places or a related group, hinted, one worker,
asked for something strictly better; then the whole model for a bound. The product's own models
know rooms, floors and the space tier, which these cases lack, so the model is the adapter's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from allocator.model.exact import Limits
from tests.benchmarks.attempt import Clock
from tests.benchmarks.literature import assignment, osa
from tests.benchmarks.literature.guided import guided
from tests.benchmarks.literature.osa_model import Rooms
from tests.benchmarks.literature.pairs_model import part_of

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
PART = 2.0
"""Most seconds of one subproblem."""
SEARCH = {"pairs": 0.2, "linear": 0.85, "rooms": 0.4}
"""Share of the budget for subproblems before the whole model is run for value and bound."""
GUIDED = 0.4
"""Share of the budget for the model over favoured pairs, where costs are linear."""
WHOLE = 60_000
"""Most products of two choices in a whole model."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Value and bound in the case's own units; None: none found."""

    value: int | None
    bound: int | None
    at: tuple[int, ...]
    seconds: float


def small(seconds: float, seed: int) -> cp_model.CpSolver:
    """A solver for one subproblem, as in the product."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    return solver


def whole(model: cp_model.CpModel, clock: Clock, workers: int) -> tuple[Any, cp_model.CpSolver]:
    """The whole model by the product's exact settings for what is left of the budget."""
    solver = cp_model.CpSolver()
    Limits(max(0.2, clock.left - 0.5), None, workers, 0).apply(solver, 1.0)
    return solver.solve(model), solver


# -- units to buildings --------------------------------------------------------------------


def solve_assignment(case: assignment.Case, clock: Clock, workers: int) -> Outcome:
    """GQAP and GAP."""
    every = range(case.items)
    begin = part_of(case, (), every, range(case.places), pairs=False)
    solver = small(min(10.0, clock.seconds * 0.15), 0)
    if solver.solve(begin.model) not in FOUND:
        return Outcome(None, None, (), clock.spent)
    at = begin.read(solver, [0] * case.items)
    best = assignment.value(case, at)
    bound = None if case.flow else ceil(solver.best_objective_bound - 1e-6)
    if not case.flow:
        found_at = guided(case, clock.seconds * GUIDED)
        if found_at is not None and assignment.value(case, found_at) < best:
            at = found_at
            best = assignment.value(case, at)
    chance = random.Random(1)
    share = SEARCH["pairs" if case.flow else "linear"]
    if case.items**2 * case.places**2 // 2 > WHOLE and case.flow:
        share = 0.98
    while clock.spent < clock.seconds * share:
        free, places = _chosen(case, at, chance)
        part = part_of(case, at, free, places, pairs=True)
        part.model.add(sum(part.costs) + part.constant <= best - 1)
        solver = small(min(PART, clock.left), chance.randrange(1 << 20))
        if solver.solve(part.model) in FOUND:
            at = part.read(solver, at)
            best = assignment.value(case, at)
    if share < 0.98:
        part = part_of(case, at, every, range(case.places), pairs=True)
        status, solver = whole(part.model, clock, workers)
        if status in FOUND:
            at = part.read(solver, at)
            best = min(best, assignment.value(case, at))
        found = ceil(solver.best_objective_bound - 1e-6)
        bound = min(best, found if bound is None else max(bound, found))
    return Outcome(best, bound, at, clock.spent)


def _chosen(
    case: assignment.Case, at: Sequence[int], chance: random.Random
) -> tuple[Collection[int], Collection[int]]:
    """A few places with what is there, or a related group of items over all places."""
    if case.flow and chance.random() < 0.5:
        first = chance.randrange(case.items)
        tie = sorted(
            range(case.items),
            key=lambda j: -(case.flow[first][j] + case.flow[j][first]) * chance.random(),
        )
        return {first, *tie[: chance.randint(3, 6)]}, range(case.places)
    places = chance.sample(range(case.places), min(case.places, chance.randint(2, 4)))
    inside = [i for i, k in enumerate(at) if k in places]
    most = 14 if case.flow else 90
    return chance.sample(inside, min(len(inside), most)), places


# -- rooms ---------------------------------------------------------------------------------


def solve_rooms(case: osa.Case, clock: Clock, workers: int) -> Outcome:
    """OSA: the whole model for a start, subproblems, the whole model again for the bound."""
    rooms = Rooms(case)
    solver = cp_model.CpSolver()
    Limits(clock.seconds * 0.15, None, workers, 0).apply(solver, 1.0)
    if solver.solve(rooms.model) not in FOUND:
        return Outcome(None, None, (), clock.spent)
    at = rooms.read(solver)
    best = osa.value(case, at)
    bound = ceil(solver.best_objective_bound - 1e-6)
    chance = random.Random(1)
    choose: Callable[[], set[int]] = lambda: _related(case, at, chance)  # noqa: E731
    while best > bound and clock.spent < clock.seconds * SEARCH["rooms"]:
        model = rooms.part(at, choose(), best - 1)
        solver = small(min(PART * 2, clock.left), chance.randrange(1 << 20))
        if solver.solve(model) in FOUND:
            at = rooms.read(solver)
            best = osa.value(case, at)
    if best > bound:
        rooms.hint(at)
        status, solver = whole(rooms.model, clock, workers)
        if status in FOUND and osa.value(case, rooms.read(solver)) < best:
            at = rooms.read(solver)
            best = osa.value(case, at)
        bound = max(bound, ceil(solver.best_objective_bound - 1e-6))
    return Outcome(best, min(best, bound), at, clock.spent)


def _related(case: osa.Case, at: Sequence[int], chance: random.Random) -> set[int]:
    """Entities of some rooms of one or two floors, and those that share a wish with one."""
    first = chance.randrange(len(at))
    free = {first}
    for wish in case.wishes:
        if wish.kind >= osa.SAME_ROOM and wish.kind != osa.NOT_SHARING and first in wish[2:]:
            free |= set(wish[2:])
    rooms = chance.sample(range(len(case.capacity)), min(len(case.capacity), 16))
    inside = [e for e, r in enumerate(at) if r in rooms]
    return free | set(chance.sample(inside, min(len(inside), 22)))
