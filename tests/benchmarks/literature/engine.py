"""The product's way of search on the literature's cases.

What is shared with the product is the exact runner's settings (`allocator.model.exact.Limits`)
and the scheme: a start by compiled annealing, exact subproblems over a few places or a related
group, hinted, one worker, asked for something strictly better; then the whole model for a bound.
The product's own models know rooms, floors and the space tier, which these cases lack, so the
model is the adapter's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

from allocator.model.exact import Limits
from tests.benchmarks.attempt import Clock
from tests.benchmarks.literature import assignment, osa
from tests.benchmarks.literature.anneal_pairs import annealed
from tests.benchmarks.literature.anneal_rooms import annealed as annealed_rooms
from tests.benchmarks.literature.guided import guided
from tests.benchmarks.literature.osa_model import Rooms
from tests.benchmarks.literature.pairs_model import part_of

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
PART = 1.0
"""Most deterministic time of one subproblem, about a second of one core."""
FEWEST, MOST, MOST_ROOMS = 2.0, 6.0, 20.0
"""Places and rooms of a subproblem."""
ANNEALED = {"pairs": 0.06, "many pairs": 0.5, "rooms": 0.12}
"""Share of the budget for annealing."""
SEARCH = {"pairs": 0.1, "many pairs": 0.98, "linear": 0.9, "rooms": 0.4}
"""Share of the budget after which the whole model is run for value and bound."""
GUIDED = 0.4
"""Share of the budget for the model over favoured pairs, where costs are linear."""
WHOLE = 10_000
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
    solver.parameters.max_deterministic_time = PART
    solver.parameters.max_time_in_seconds = max(0.05, seconds)
    return solver


def whole(model: cp_model.CpModel, clock: Clock, workers: int) -> tuple[Any, cp_model.CpSolver]:
    """The whole model by the product's exact settings for what is left of the budget."""
    solver = cp_model.CpSolver()
    Limits(max(0.2, clock.left - 0.5), None, workers, 0).apply(solver, 1.0)
    return solver.solve(model), solver


def whole_pairs(model: cp_model.CpModel, clock: Clock) -> tuple[Any, cp_model.CpSolver]:
    """The whole model by the product's settings for parts: one worker, all cuts.

    Where the linear relaxation does the work, several workers share it badly: C10X5-F-H is proved
    in 1.6 CPU seconds by one worker, and not in 11.7 by four.
    """
    solver = small(max(0.2, clock.left - 0.5), 0)
    solver.parameters.max_deterministic_time = float("inf")
    return solver.solve(model), solver


def beside(workers: int, run: Callable[[int], tuple[int, ...] | None]) -> list[tuple[int, ...]]:
    """What so many runs with seeds of their own find at once; compiled code and solvers let go."""
    with ThreadPoolExecutor(workers) as pool:
        return [found for found in pool.map(run, range(1, workers + 1)) if found is not None]


# -- units to buildings --------------------------------------------------------------------


def solve_assignment(case: assignment.Case, clock: Clock, workers: int) -> Outcome:
    """GQAP and GAP: a start, exact parts, and for small products the whole model for the bound."""
    every = range(case.items)
    products = case.items * (case.items - 1) // 2 * case.places**2 if case.flow else 0
    kind = ("pairs" if products <= WHOLE else "many pairs") if case.flow else "linear"
    at = None
    if case.flow:
        starts = beside(workers, lambda seed: annealed(case, clock.seconds * ANNEALED[kind], seed))
        at = min(starts, key=lambda a: assignment.value(case, a), default=None)
    bound = None
    if at is None:
        begin = part_of(case, (), every, range(case.places), pairs=False)
        solver = small(min(5.0, clock.seconds * 0.1), 0)
        if solver.solve(begin.model) not in FOUND:
            return Outcome(None, None, (), clock.spent)
        at = begin.read(solver, [0] * case.items)
        bound = None if case.flow else begin.bound(solver)
    if not case.flow:
        found_at = guided(case, clock.seconds * GUIDED)
        if found_at is not None and assignment.value(case, found_at) < assignment.value(case, at):
            at = found_at
    begun, until = at, clock.seconds * SEARCH[kind]
    ends = beside(workers, lambda seed: _parts(case, begun, clock, until, seed))
    at = min(ends, key=lambda a: assignment.value(case, a))
    best = assignment.value(case, at)
    if products <= WHOLE and (bound is None or bound < best):
        part = part_of(case, at, every, range(case.places), pairs=True)
        status, solver = whole_pairs(part.model, clock)
        if status in FOUND:
            at = part.read(solver, at)
            best = min(best, assignment.value(case, at))
        bound = min(best, max(bound or 0, part.bound(solver)))
    return Outcome(best, bound, at, clock.spent)


def _parts(
    case: assignment.Case, at: tuple[int, ...], clock: Clock, until: float, seed: int
) -> tuple[int, ...]:
    """Exact parts in turn; their size follows how often they close, as in the product."""
    chance = random.Random(seed)
    size = 3.0
    best = assignment.value(case, at)
    while clock.spent < until:
        free, places = _chosen(case, at, chance, round(size))
        part = part_of(case, at, free, places, pairs=True)
        part.ask_below(best)
        solver = small(until - clock.spent, chance.randrange(1 << 20))
        status = solver.solve(part.model)
        if status in FOUND:
            at = part.read(solver, at)
            best = assignment.value(case, at)
        closed = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if closed and len(free) == case.items and len(places) == case.places:
            break
        size = min(MOST, size + 0.2) if closed else max(FEWEST, size - 0.5)
    return at


def _chosen(
    case: assignment.Case, at: Sequence[int], chance: random.Random, size: int
) -> tuple[Collection[int], Collection[int]]:
    """Some places with what is there, or a related group of items over all places."""
    if case.flow and chance.random() < 0.5:
        first = chance.randrange(case.items)
        tie = sorted(
            range(case.items),
            key=lambda j: -(case.flow[first][j] + case.flow[j][first]) * chance.random(),
        )
        return {first, *tie[: size + 1]}, range(case.places)
    places = chance.sample(range(case.places), min(case.places, size))
    inside = [i for i, k in enumerate(at) if k in places]
    most = 14 if case.flow else len(inside)
    return chance.sample(inside, min(len(inside), most)), places


# -- rooms ---------------------------------------------------------------------------------


def solve_rooms(case: osa.Case, clock: Clock, workers: int) -> Outcome:
    """OSA: a start by annealing, exact parts, then the whole model for value and bound."""
    first, until = clock.seconds * ANNEALED["rooms"], clock.seconds * SEARCH["rooms"]
    starts = beside(workers, lambda seed: annealed_rooms(case, first, seed))
    at = min(starts, key=lambda a: osa.value(case, a), default=None)
    if at is not None:
        begun = at
        ends = beside(workers, lambda seed: _room_parts(case, begun, clock, until, seed))
        at = min(ends, key=lambda a: osa.value(case, a))
    rooms = Rooms(case)
    if at is not None:
        rooms.hint(at)
    status, solver = whole(rooms.model, clock, workers)
    if status in FOUND:
        found = rooms.read(solver)
        if at is None or osa.value(case, found) < osa.value(case, at):
            at = found
    bound = max(0, ceil(solver.best_objective_bound - 1e-6))
    if at is None:
        return Outcome(None, bound, (), clock.spent)
    best = osa.value(case, at)
    return Outcome(best, min(best, bound), at, clock.spent)


def _room_parts(
    case: osa.Case, at: tuple[int, ...], clock: Clock, until: float, seed: int
) -> tuple[int, ...]:
    """Exact parts in turn: some entities free over some rooms, all others where they are."""
    chance = random.Random(seed)
    size = 6.0
    best = osa.value(case, at)
    while clock.spent < until and best > 0:
        free, places = _related(case, at, chance, round(size))
        open_to = {e: places | {r} if e in free else {r} for e, r in enumerate(at)}
        rooms = Rooms(case, open_to)
        rooms.hint(at)
        rooms.ask_below(best)
        solver = small(until - clock.spent, chance.randrange(1 << 20))
        status = solver.solve(rooms.model)
        if status in FOUND:
            at = rooms.read(solver)
            best = osa.value(case, at)
        closed = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if closed and len(free) == len(at) and len(places) == len(case.capacity):
            break
        size = min(MOST_ROOMS, size + 0.3) if closed else max(FEWEST, size - 0.5)
    return at


def _related(
    case: osa.Case, at: Sequence[int], chance: random.Random, size: int
) -> tuple[set[int], set[int]]:
    """So many rooms with who sits there: any rooms, or those of entities tied by wishes."""
    chosen = set(chance.sample(range(len(case.capacity)), min(size, len(case.capacity))))
    if chance.random() < 0.6:
        ties = [w for w in case.wishes if w.kind >= osa.SAME_ROOM and w.kind != osa.NOT_SHARING]
        entities = {chance.randrange(len(at))}
        for wish in chance.sample(ties, len(ties)):
            if len(entities) < size and {wish.a, wish.b} & entities:
                entities |= {wish.a, wish.b}
        # Half of the rooms are theirs, the others are where they may go.
        chosen = {at[e] for e in entities} | set(chance.sample(sorted(chosen), len(chosen) // 2))
    return {e for e, r in enumerate(at) if r in chosen}, chosen
