"""The compiled packer keeps the rules and prices what it packs; annealing repeats under work."""

from __future__ import annotations

import json

import pytest

from allocator.bundle import plan_as_json
from allocator.findings import errors
from allocator.generate.generate import generate
from allocator.measure import Measure, Measured
from allocator.model.anneal.chain import BEST, new_state
from allocator.model.anneal.engine import price
from allocator.model.anneal.run import Annealer, Cooled, Cooling
from allocator.model.bounding import Effort
from allocator.model.breaches import Breaches
from allocator.model.homes import pinned_rows, unit_homes
from allocator.model.search import Search
from allocator.model.subproblem import Task, solve_task
from allocator.plan import Assignment
from allocator.policy_file import default_policy
from allocator.problem import Problem
from allocator.scenario import Scenario
from allocator.solve import Found, whole_plan
from allocator.verify.verify import verify_plan
from standards.load import load_standard
from tests.oracle.random_cases import case


def district(seed: int) -> Scenario:
    """A generated district."""
    standard = load_standard("cn-2014")
    return Scenario(
        name="district",
        ledger=generate("district", seed).ledger,
        standard=standard,
        policy=default_policy(standard),
    )


def annealed(problem: Problem, measure: Measure, work: float) -> tuple[Annealer, Cooled]:
    """From today's places, without a clock."""
    annealer = Annealer(problem, measure)
    homes = tuple(sorted(unit_homes(problem, {}, wishes=False).items()))
    return annealer, annealer.run(Cooling(homes, 3, None, work))


def whole(problem: Problem, cooled: Cooled) -> list[Assignment]:
    """All rows of the plan."""
    return sorted([*problem.fixed_rows, *pinned_rows(problem), *cooled.rows])


def complaints(problem: Problem, measure: Measure, cooled: Cooled) -> list[str]:
    """What the checker refuses of an annealed plan."""
    rows = tuple(whole(problem, cooled))
    best = measure.tier_values(measure.plan(rows, cooled.common).terms)
    found = Found(rows, cooled.common, best, (None,) * len(best), None)
    plan = json.loads(json.dumps(plan_as_json(whole_plan(problem, measure, found))))
    return [f.code for f in errors(verify_plan(problem.scenario, plan))]


def breaches(problem: Problem, measured: Measured, cooled: Cooled) -> int:
    """Hard rules over several parts that the search knows to be broken."""
    return Breaches(problem).count(whole(problem, cooled), measured)


@pytest.mark.parametrize("seed", range(2_000, 2_030))
def test_what_is_packed_on_random_cases_is_lawful(seed: int) -> None:
    scenario, _ = case(seed)
    problem = Problem(scenario)
    measure = Measure(problem)
    _, cooled = annealed(problem, measure, 0.003)
    measured = measure.plan(whole(problem, cooled), cooled.common)
    if problem.impossible_pins or breaches(problem, measured, cooled):
        return  # such a plan never leaves the search
    assert complaints(problem, measure, cooled) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_price_is_that_of_the_measured_plan(seed: int) -> None:
    problem = Problem(district(seed))
    measure = Measure(problem)
    annealer, cooled = annealed(problem, measure, 0.1)
    measured = measure.plan(whole(problem, cooled), cooled.common)
    assert measured.terms["unhoused"] == 0
    home, back = annealer._homes(Cooling(cooled.homes, 1, None, 0.0))
    state = new_state(annealer.data, home, back)
    price(annealer.data, annealer.memo, state)
    tiers = [t.name for t in problem.policy.tiers]
    space = measure.tier_values(measured.terms)[tiers.index("space")]
    # Leases of a whole site are charged to each of its buildings, rooms that others keep to none.
    kept = [r for r in problem.fixed_rows if r.purpose == "kept"]
    if not kept:
        assert abs(float(space) - state.totals[BEST] / 100) < 1


@pytest.mark.parametrize("seed", [1, 2])
def test_no_packing_is_cheaper_than_the_exact_one(seed: int) -> None:
    problem = Problem(district(seed))
    measure = Measure(problem)
    _, cooled = annealed(problem, measure, 0.06)
    search = Search(problem, measure, Effort(None, 1.0, 1, 0), print, lambda: False, print)
    state = search.state(whole(problem, cooled), cooled.common)
    ratios = []
    for building in sorted({b for _, b in cooled.homes if b})[:5]:
        units = tuple(sorted(u for u, b in cooled.homes if b == building))
        task = Task(units, (building,), tuple(state.rows), tuple(state.common), None, 4.0, 0)
        outcome = solve_task(problem, measure, task)
        if outcome.rows is None:
            continue  # nothing better
        chosen = set(units)
        rows = [r for r in state.rows if r.unit not in chosen or r.purpose in ("kept", "business")]
        common = {f for f in state.common if problem.building_of_floor[f] != building}
        better = search.state([*rows, *outcome.rows], common | set(outcome.common))
        assert better.key[1] <= state.key[1]
        ratios.append(float(better.key[2] / state.key[2]))
    assert all(ratio > 0.97 for ratio in ratios)


def test_the_same_work_gives_the_same_plan() -> None:
    problem = Problem(district(4))
    measure = Measure(problem)
    _, one = annealed(problem, measure, 0.06)
    annealer, two = annealed(problem, measure, 0.06)
    assert one == two
    again = annealer.run(Cooling(tuple(sorted(unit_homes(problem, {}, wishes=False).items())),
                                 3, None, 0.06))  # fmt: skip
    assert again == one
