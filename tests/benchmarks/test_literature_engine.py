"""On cases small enough to try everything, the adapters find the optimum and prove it."""

from __future__ import annotations

import random
from itertools import product

import pytest

from tests.benchmarks.attempt import Clock
from tests.benchmarks.literature import anneal_pairs, anneal_rooms, assignment, osa
from tests.benchmarks.literature.engine import FOUND, small, solve_assignment, solve_rooms
from tests.benchmarks.literature.osa_model import Rooms
from tests.benchmarks.literature.pairs_model import part_of


def pairs_case(seed: int, *, flow: bool) -> assignment.Case:
    chance = random.Random(seed)
    items, places = 5, 3

    def table(rows: int, columns: int, most: int) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(chance.randint(0, most) for _ in range(columns)) for _ in range(rows))

    weight = tuple((chance.randint(1, 4),) * places for _ in range(items))
    capacity = (max(w[0] for w in weight) + 2,) * places
    return assignment.Case(
        "small",
        table(items, places, 30),
        weight,
        capacity,
        table(items, items, 9) if flow else (),
        table(places, places, 9) if flow else (),
    )


def least(case: assignment.Case) -> int:
    values = []
    for at in product(range(case.places), repeat=case.items):
        try:
            values.append(assignment.value(case, at))
        except ValueError:
            continue
    return min(values)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("flow", [True, False])
def test_pairs_are_proved_optimal(seed: int, flow: bool) -> None:
    case = pairs_case(seed, flow=flow)
    found = solve_assignment(case, Clock(20), 2)
    assert assignment.value(case, found.at) == found.value == found.bound == least(case)


def test_annealing_ends_in_a_lawful_assignment() -> None:
    case = pairs_case(4, flow=True)
    at = anneal_pairs.annealed(case, 0.1, 1)
    assert at is not None and assignment.value(case, at) == least(case)


def test_a_part_finds_nothing_below_the_optimum() -> None:
    case = pairs_case(5, flow=True)
    at = solve_assignment(case, Clock(20), 2).at
    part = part_of(case, at, (0, 2, 3), range(case.places), pairs=True)
    part.ask_below(assignment.value(case, at))
    assert small(5, 1).solve(part.model) not in FOUND


def rooms_case() -> osa.Case:
    """Every kind of wish once; the hard one keeps entity 0 out of the room it would fit best."""
    return osa.Case(
        "small",
        sizes=(1000, 500, 700, 300),
        capacity=(1000, 800, 600),
        floor=(0, 0, 1),
        next_to=(frozenset({0, 1}), frozenset({0, 1}), frozenset({2})),
        wishes=(
            osa.Wish(osa.NON_ALLOCATION, True, 0, 0),
            osa.Wish(osa.ALLOCATION, False, 1, 2),
            osa.Wish(osa.CAPACITY, False, 1, 0),
            osa.Wish(osa.SAME_ROOM, False, 1, 3),
            osa.Wish(osa.NOT_SAME_ROOM, False, 0, 2),
            osa.Wish(osa.NOT_SHARING, False, 2, 0),
            osa.Wish(osa.ADJACENCY, False, 0, 2),
            osa.Wish(osa.NEARBY, False, 1, 2),
            osa.Wish(osa.AWAY, False, 0, 1),
        ),
        near=1118,
    )


def best_rooms(case: osa.Case, kept: dict[int, int]) -> int:
    values = []
    for at in product(range(len(case.capacity)), repeat=len(case.sizes)):
        if any(at[e] != r for e, r in kept.items()):
            continue
        try:
            values.append(osa.value(case, at))
        except ValueError:
            continue
    return min(values)


def test_rooms_are_proved_optimal() -> None:
    case = rooms_case()
    found = solve_rooms(case, Clock(20), 2)
    assert osa.value(case, found.at) == found.value == found.bound == best_rooms(case, {})


def test_annealed_rooms_are_lawful_and_as_good() -> None:
    case = rooms_case()
    at = anneal_rooms.annealed(case, 0.1, 1)
    assert at is not None and osa.value(case, at) == best_rooms(case, {})


@pytest.mark.parametrize("kept", [{0: 1}, {1: 0, 2: 2}, {3: 2, 0: 2}])
def test_parts_cost_what_the_whole_costs(kept: dict[int, int]) -> None:
    case = rooms_case()
    rooms = Rooms(case, {e: {r} for e, r in kept.items()})
    solver = small(5, 1)
    assert solver.solve(rooms.model) in FOUND
    assert osa.value(case, rooms.read(solver)) == best_rooms(case, kept)
    assert solver.objective_value == best_rooms(case, kept)
