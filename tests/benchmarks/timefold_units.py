"""Timefold 1.24 on units and buildings: local search on areas, then the greedy packer for rooms.

A floor is paid once a building's load needs it; moves are paid as in the space tier. Rooms are
beyond a model of this kind, so what the packer cannot seat in a unit's building goes elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)

from allocator.measure import Measure
from allocator.model.greedy.passes import one_pass
from allocator.model.greedy.rooms import Packer
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.anneal_data import tables
from tests.benchmarks.attempt import Attempt, Clock, Point

MARGIN = 0.8
"""Part of a floor's seats that a load may count on."""
SEARCH = 0.7
"""Share of the budget for the search; the rest is for rooms."""
LARGEST = 100_000
"""Most pairs of unit and building."""


@dataclass
class Place:
    """A building."""

    number: Annotated[int, PlanningId]
    capacity: int


@dataclass
class Step:
    """The next floor of a building: opened once the load passes `start`."""

    building: int
    start: int
    cost: int


@dataclass
class Move:
    """What it costs that a unit sits in a building; `barred` where it may not."""

    unit: int
    building: int
    cost: int
    barred: int


@planning_entity
@dataclass
class Office:
    """A unit to be placed."""

    number: Annotated[int, PlanningId]
    need: int
    home: Annotated[Place | None, PlanningVariable] = field(default=None)


@constraint_provider
def constraints(factory: ConstraintFactory) -> list[Constraint]:
    """Capacity and permits hard; floors and moves soft."""
    total = ConstraintCollectors.sum(lambda office: office.need)
    return [
        factory.for_each(Office)
        .group_by(lambda office: office.home, total)
        .filter(lambda home, load: load > home.capacity)
        .penalize(HardSoftScore.ONE_HARD, lambda home, load: load - home.capacity)
        .as_constraint("capacity"),
        factory.for_each(Office)
        .group_by(lambda office: office.home, total)
        .join(Step, Joiners.equal(lambda home, load: home.number, lambda step: step.building))
        .filter(lambda home, load, step: load > step.start)
        .penalize(HardSoftScore.ONE_SOFT, lambda home, load, step: step.cost)
        .as_constraint("floors"),
        factory.for_each(Office)
        .join(
            Move,
            Joiners.equal(lambda office: office.number, lambda move: move.unit),
            Joiners.equal(lambda office: office.home.number, lambda move: move.building),
        )
        .penalize(HardSoftScore.ONE_SOFT, lambda office, move: move.cost)
        .as_constraint("moves"),
        factory.for_each(Office)
        .join(
            Move,
            Joiners.equal(lambda office: office.number, lambda move: move.unit),
            Joiners.equal(lambda office: office.home.number, lambda move: move.building),
        )
        .filter(lambda office, move: move.barred > 0)
        .penalize(HardSoftScore.ONE_HARD, lambda office, move: 100_000)
        .as_constraint("permits"),
    ]


@planning_solution
@dataclass
class Plan:
    """Offices in places."""

    places: Annotated[list[Place], ProblemFactCollectionProperty, ValueRangeProvider]
    steps: Annotated[list[Step], ProblemFactCollectionProperty]
    moves: Annotated[list[Move], ProblemFactCollectionProperty]
    offices: Annotated[list[Office], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def _plan(problem: Problem, d: Any, names: Any) -> Plan:
    """Areas in 0.1 m2, so that sums stay small."""
    places, steps = [], []
    for b in range(len(names.buildings)):
        reached = 0
        for f in range(int(d.building_floors[b]), int(d.building_floors[b + 1])):
            cost = 0 if d.floor_always[f] else int(d.floor_area[f]) // 10
            steps.append(Step(b, int(reached), cost))
            for r in range(int(d.floor_rooms[f]), int(d.floor_rooms[f + 1])):
                if d.room_office[r]:
                    reached += MARGIN * int(d.room_high[r]) / 10
        places.append(Place(b, int(reached)))
    moves = []
    for u in range(len(names.units)):
        allowed = set(d.choices[d.choices_first[u] : d.choices_first[u + 1]].tolist())
        for b in range(len(names.buildings)):
            moves.append(Move(u, b, int(d.moving[u, b] * 10), int(b not in allowed)))
    offices = [Office(u, problem.need(name) // 10) for u, name in enumerate(names.units)]
    return Plan(places, steps, moves, offices)


def timefold(scenario: Scenario, clock: Clock) -> Attempt:
    """The method of the table."""
    problem = Problem(scenario)
    measure = Measure(problem)
    d, names = tables(problem, measure)
    if len(names.units) * len(names.buildings) > LARGEST:
        return Attempt(None, notes={"status": "too many pairs of unit and building"})
    config = SolverConfig(
        solution_class=Plan,
        entity_class_list=[Office],
        score_director_factory_config=ScoreDirectorFactoryConfig(
            constraint_provider_function=constraints
        ),
        termination_config=TerminationConfig(
            spent_limit=Duration(milliseconds=int(1000 * (clock.seconds * SEARCH - clock.spent)))
        ),
        random_seed=scenario.budget.seed,
    )
    solver = SolverFactory.create(config).build_solver()
    solved = solver.solve(_plan(problem, d, names))
    homes = {
        names.units[o.number]: names.buildings[o.home.number] for o in solved.offices if o.home
    }
    units = sorted(names.units, key=lambda u: (-problem.need(u), u))
    attempt = Attempt(None, notes={"score": str(solved.score)})
    packer, best = Packer(problem), None
    while True:
        found = one_pass(problem, packer, units, homes)
        key = measure.tier_values(measure.plan(found.rows, found.common).terms)
        if best is None or key < best:
            best = key
            attempt.rows, attempt.common = found.rows, found.common
            if not key[0]:
                attempt.trace.append(Point(clock.spent, float(key[1])))
        again = [*found.again, *(u for u in units if u not in set(found.again))]
        if not found.again or again == units or clock.left < 0.05 * clock.seconds:
            return attempt
        units = again
