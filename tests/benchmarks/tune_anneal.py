"""`python -m tests.benchmarks.tune_anneal`: random search for the parameters of annealing.

Half of the candidates survive each round and get twice the time. Seeds are those kept for tuning;
the result is written with them beside the method.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from allocator.generate.shapes import Scale
from allocator.measure import Measure
from allocator.problem import Problem
from tests.benchmarks.anneal import PARAMETERS, Parameters, annealed
from tests.benchmarks.attempt import Clock
from tests.benchmarks.instances import TUNING_SEEDS, instance, priced_scenario

POST = 1_000.0
"""What an unhoused post counts in the comparison of candidates, m2-equivalents."""


@dataclass(frozen=True, slots=True)
class Case:
    """One instance to tune on, with its first budget in wall seconds."""

    problem: Problem
    seconds: float
    name: str


def candidate(chance: random.Random) -> Parameters:
    """Drawn wide; temperatures evenly in the logarithm."""

    def between(low: float, high: float) -> float:
        return round(math.exp(chance.uniform(math.log(low), math.log(high))), 2)

    return Parameters(
        hot=between(8, 400),
        cold=between(0.2, 8),
        post=between(40, 1_500),
        relocate=4.0,
        swap=between(0.5, 8),
        first=between(0.2, 4),
        floors=between(0.2, 4),
        merge=between(0.02, 1),
        rounds=chance.choice((1, 1, 2, 4)),
    )


def value(case: Case, parameters: Parameters, times: float) -> float:
    """Value of the plan found, one core."""
    attempt = annealed(case.problem, Clock(case.seconds * times), parameters, 1, 1)
    assert attempt.rows is not None
    measure = Measure(case.problem)
    unhoused, space = measure.tier_values(measure.plan(attempt.rows, attempt.common).terms)[:2]
    return float(space) + POST * float(unhoused)


def main() -> None:
    """Search and write the winner."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=16)
    parser.add_argument("--district-seconds", type=float, default=4)
    parser.add_argument("--pilot-seconds", type=float, default=12)
    parser.add_argument("--instances", type=Path, default=Path("out/bench/instances"))
    given = parser.parse_args()
    first: tuple[tuple[Scale, float], ...] = (
        ("district", given.district_seconds),
        ("pilot", given.pilot_seconds),
    )
    cases = [
        Case(Problem(priced_scenario(made.folder, 60, 1, 0)), seconds, made.name)
        for scale, seconds in first
        for seed in TUNING_SEEDS
        for made in [instance(scale, seed, given.instances)]
    ]
    annealed(cases[0].problem, Clock(0.5), Parameters(), 1, 1)
    chance = random.Random(2024)
    pool = [Parameters(), *(candidate(chance) for _ in range(given.candidates - 1))]
    times = 1.0
    while True:
        scored = _scored(cases, pool, times)
        _write(scored[0], cases, times)
        if len(scored) <= 2:
            return
        pool = [p for _, p in scored[: max(2, len(scored) // 2)]]
        times *= 2


def _scored(
    cases: list[Case], pool: list[Parameters], times: float
) -> list[tuple[float, Parameters]]:
    """Mean ratio to the best value seen on each case, best candidate first."""
    table = [[value(case, p, times) for case in cases] for p in pool]
    best = [min(column) for column in zip(*table, strict=True)]
    scored = [
        (sum(v / b for v, b in zip(row, best, strict=True)) / len(best), p)
        for row, p in zip(table, pool, strict=True)
    ]
    scored.sort(key=lambda s: s[0])
    for score, p in scored:
        print(f"{score:.4f}", asdict(p), file=sys.stderr, flush=True)
    return scored


def _write(winner: tuple[float, Parameters], cases: list[Case], times: float) -> None:
    data = {
        "parameters": asdict(winner[1]),
        "tuned_on": [case.name for case in cases],
        "seconds": {case.name: case.seconds * times for case in cases},
        "mean_ratio_to_best": round(winner[0], 4),
    }
    PARAMETERS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
