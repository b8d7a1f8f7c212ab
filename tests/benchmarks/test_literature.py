"""The evaluators reproduce published values; hand-made cases guard their rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.literature import assignment, osa
from tests.benchmarks.literature.reference import VARIABLE, reference, table

needs_reference = pytest.mark.skipif(
    reference() is None, reason=f"{VARIABLE} names no folder with the reference cases"
)


def folder() -> Path:
    found = reference()
    assert found is not None
    return found


@needs_reference
def test_proved_optima_of_lee_and_ma_are_reproduced() -> None:
    rows = table(folder() / "gqap" / "optima-lee-ma.csv")
    assert len(rows) == 10
    for row in rows:
        case = assignment.read_gqap(folder() / "gqap" / f"{row['instance']}.txt")
        at = [int(x) for x in row["optimal_assignment(0-based site per facility)"].split()]
        assert assignment.value(case, at) == int(row["proven_optimum"]), row["instance"]


@needs_reference
def test_every_file_is_read_whole() -> None:
    for row in table(folder() / "gqap" / "best-known-cordeau.csv"):
        case = assignment.read_gqap(folder() / "gqap" / f"{row['instance']}.txt")
        assert (case.items, case.places) == (int(row["n"]), int(row["m"]))
        assert len(case.capacity) == len(case.distance) == case.places
    for row in table(folder() / "gap" / "best-known.csv"):
        case = assignment.read_gap(folder() / "gap" / row["Path"].rpartition("/")[2])
        assert (case.items, case.places) == (int(row["Item number"]), int(row["Agent number"]))
        assert min(case.capacity) > 0


@needs_reference
def test_known_perfect_solution_costs_nothing() -> None:
    data = json.loads((folder() / "osa" / "perfect_solution_s000_v000.json").read_text())
    for name, cost in (("s000_v000", 0), ("p025_n005", 25194), ("s100_v100", 54374)):
        case = osa.read_osa(folder() / "osa" / f"{name}.txt")
        assert osa.value(case, data["assign"]) == cost, name


SMALL = assignment.Case(
    "small",
    cost=((1, 9), (9, 1)),
    weight=((2, 2), (2, 2)),
    capacity=(3, 3),
    flow=((0, 5), (0, 0)),
    distance=((0, 7), (7, 0)),
)


def test_pairs_cost_flow_times_distance_and_overfull_places_are_refused() -> None:
    assert assignment.value(SMALL, (0, 1)) == 1 + 1 + 5 * 7
    with pytest.raises(ValueError, match=r"places \[0\] are overfull"):
        assignment.value(SMALL, (0, 0))


def test_misuse_counts_overuse_twice_and_hard_wishes_are_refused() -> None:
    rooms = osa.Case(
        "small",
        sizes=(1000, 500),
        capacity=(1200, 700),
        floor=(0, 1),
        next_to=(frozenset({0}), frozenset({1})),
        wishes=(osa.Wish(osa.NEARBY, False, 0, 1), osa.Wish(osa.ALLOCATION, True, 0, 0)),
        near=1118,
    )
    assert osa.value(rooms, (0, 1)) == 200 + 200 + 1118
    assert osa.value(rooms, (0, 0)) == 2 * 300 + 700
    with pytest.raises(ValueError, match="1 hard constraints are broken"):
        osa.value(rooms, (1, 1))
