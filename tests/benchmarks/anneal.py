"""Simulated annealing: units to buildings, a greedy packer for the rooms, one chain per core.

Parameters come from `anneal_parameters.json`, tuned by `tune_anneal` on seeds that are not in the
table. The compiled code is warmed up before the clock starts.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from allocator.generate.generate import generate
from allocator.measure import Measure
from allocator.model.realise import seat_groups
from allocator.plan import Assignment
from allocator.policy_file import default_policy
from allocator.problem import Problem
from allocator.scenario import Scenario
from standards.load import load_standard
from tests.benchmarks.anneal_chain import HARD, MOVES, State, chain, new_state, settle
from tests.benchmarks.anneal_data import Data, Names, tables
from tests.benchmarks.attempt import Attempt, Clock, Point
from tests.benchmarks.greedy import greedy_plan

PARAMETERS = Path(__file__).with_name("anneal_parameters.json")
GREEDY_SHARE = 0.03
"""Share of the budget for the start."""
WRITING_OUT = 0.02
CHUNK = 0.1
"""Wall seconds between looks at the clock, at least."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What tuning chooses; temperatures and the price of a post left over in m2-equivalents."""

    hot: float = 60.0
    cold: float = 1.0
    post: float = 60.0
    relocate: float = 4.0
    swap: float = 3.0
    first: float = 1.0
    floors: float = 1.0
    merge: float = 0.3
    rounds: int = 1
    """Coolings one after the other, each from the best so far."""

    def mix(self) -> Any:
        """Running sums of the moves' shares."""
        shares = np.array([self.relocate, self.swap, self.first, self.floors, self.merge])
        assert shares.size == MOVES
        return np.cumsum(shares / shares.sum())


def prepare() -> None:
    """Compile, or load what was compiled before; not part of any budget."""
    standard = load_standard("cn-2014")
    problem = Problem(
        Scenario(
            name="warm-up",
            ledger=generate("district", 0).ledger,
            standard=standard,
            policy=default_policy(standard),
        )
    )
    d, names = tables(problem, Measure(problem))
    state = new_state(d, start_homes(problem, names, ()), np.zeros(len(names.units)), 60.0)
    settle(d, state)
    chain(d, state, 1, 1.0, Parameters().mix(), 0)


def chosen_parameters() -> Parameters:
    """The tuned ones."""
    data = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    return Parameters(**data["parameters"])


def start_homes(problem: Problem, names: Names, rows: tuple[Assignment, ...]) -> Any:
    """Where the greedy plan has each unit; units without a seat at any building open to them."""
    number = {b: i for i, b in enumerate(names.buildings)}
    homes = np.zeros(len(names.units), np.int64)
    at = {r.unit: number[problem.building_of[r.room]] for r in rows if r.people}
    for i, unit in enumerate(names.units):
        allowed = sorted(problem.permitted_floors[unit])
        fallback = number[problem.building_of_floor[allowed[0]]] if allowed else 0
        homes[i] = at.get(unit, fallback)
    return homes


def run_chain(d: Data, state: State, p: Parameters, clock: Clock, end: float, seed: int) -> Any:
    """Cool down until the clock reads `end`; returns (seconds, best cost) as it went."""
    settle(d, state)
    begin = clock.spent
    span = max(0.01, end - begin)
    proposals, trace, number = 20, [(clock.spent, float(state.cost[1]))], 0
    mix = p.mix()
    last_round = 0
    while clock.spent < end:
        share = (clock.spent - begin) / span * p.rounds
        turn, inside = int(share), share - int(share)
        if turn != last_round:
            last_round = turn
            state.home[:], state.rank[:] = state.best_home, state.best_rank
            state.floors[:] = state.best_floors
            settle(d, state)
        heat = p.hot * (p.cold / p.hot) ** inside
        before = clock.spent
        number += 1
        chain(d, state, proposals, heat, mix, seed * 1_000_003 + number)
        took = clock.spent - before
        proposals = max(1, int(proposals * min(4.0, CHUNK / max(took, 1e-4))))
        if state.cost[1] < min(HARD, trace[-1][1]):
            trace.append((clock.spent, float(state.cost[1])))
    return trace


def rows_of(
    problem: Problem, d: Data, names: Names, state: State
) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
    """The rooms of the best state."""
    state.home[:], state.rank[:] = state.best_home, state.best_rank
    state.floors[:] = state.best_floors
    settle(d, state)
    holder, fill = state.scratch[0], state.fill
    seats: dict[int, dict[str, int]] = {}
    rows = list(problem.fixed_rows)
    asked = {u: [] for u in names.units}
    for request in problem.scenario.ledger.requests:
        if request.unit in asked:
            asked[request.unit] += [request] * request.count
    for r, code in enumerate(names.rooms):
        u = int(holder[r])
        if u < 0:
            continue
        k0 = int(d.unit_kinds[u])
        people = {k0 + j: int(n) for j, n in enumerate(fill[r]) if n}
        for k, n in people.items():
            seats.setdefault(k, {})[code] = n
        if not people:
            room = problem.rooms[code]
            request = next(
                q
                for q in asked[names.units[u]]
                if q.use == room.use and q.area_min <= room.area <= q.area_max
            )
            asked[names.units[u]].remove(request)
            rows.append(Assignment(code, names.units[u], purpose=request.purpose))
    for k, inside in seats.items():
        rows += seat_groups(problem, names.kinds[k], inside)
    common = tuple(f for i, f in enumerate(names.floors) if state.common[i])
    return tuple(sorted(rows)), tuple(sorted(common))


def annealed(problem: Problem, clock: Clock, p: Parameters, workers: int, seed: int) -> Attempt:
    """The best of one chain per worker, from the greedy plan."""
    measure = Measure(problem)
    start = greedy_plan(problem, clock, GREEDY_SHARE)
    d, names = tables(problem, measure)
    assert start.rows is not None
    homes = start_homes(problem, names, start.rows)
    ranks = np.argsort(np.argsort([-problem.need(u) for u in names.units])) / len(names.units)
    states = [new_state(d, homes, ranks, p.post) for _ in range(workers)]
    end = clock.seconds * (1 - WRITING_OUT)
    with ThreadPoolExecutor(workers) as pool:
        traces = list(
            pool.map(
                lambda i: run_chain(d, states[i], p, clock, end, seed * workers + i + 1),
                range(workers),
            )
        )
    found = [Attempt(*rows_of(problem, d, names, state)) for state in states]
    costs = [float(state.cost[1]) for state in states]
    best = min((start, *found), key=lambda a: _key(measure, a))
    attempt = Attempt(best.rows, best.common, trace=list(start.trace))
    attempt.notes["parameters"] = asdict(p)
    if best is not start:
        key = _key(measure, best)
        index = found.index(best)
        # The chain's cost leaves out what no choice changes.
        constant = float(key[1]) - costs[index]
        if not key[0]:
            attempt.trace += [Point(at, c + constant) for at, c in traces[index] if c < HARD]
        attempt.notes["difference_to_estimate"] = round(constant, 2)
    return attempt


def _key(measure: Measure, attempt: Attempt) -> tuple[Fraction, ...]:
    assert attempt.rows is not None
    return measure.tier_values(measure.plan(attempt.rows, attempt.common).terms)


def anneal(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table."""
    budget = scenario.budget
    return annealed(Problem(scenario), clock, chosen_parameters(), budget.workers, budget.seed)
