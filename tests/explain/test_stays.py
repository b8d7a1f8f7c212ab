"""What staying costs, against looking at every plan of random tiny scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from random import Random

from allocator.commands.explain import planning
from allocator.explain.stays import Interval, Stay, Why, staying, why_transfers, with_moved
from allocator.plan import Assignment, Plan
from allocator.scenario import Scenario
from allocator.solve import solve
from tests.conftest import FULL
from tests.oracle.brute_force import BruteForce, Values
from tests.oracle.random_cases import draw
from tests.oracle.values import Case, tier_values

COUNT = 200 if FULL else 6


def explained(start: int) -> Iterator[tuple[Scenario, Plan, Why]]:
    """Transfers to another building in proved plans of small scenarios, with their answers."""
    seed = start
    while True:
        seed += 1
        scenario = draw(Random(seed), f"case-{seed}")
        if len(scenario.ledger.buildings) < 2 or BruteForce(scenario).choices > 3_000:
            continue
        plan = solve(scenario).plan
        if plan is None:
            continue
        for why in why_transfers(scenario, plan, planning(30)):
            if why.again is not None:
                yield scenario, plan, why


def change(free: Values, forced: Values | None) -> tuple[Fraction, ...] | None:
    return None if forced is None else tuple(b - a for a, b in zip(free, forced, strict=True))


def shown(stay: Stay | None) -> tuple[Fraction | None, ...] | None:
    assert stay is not None
    assert all(c.low == c.high for c in stay.changes)
    return None if stay.impossible else tuple(c.low for c in stay.changes)


def best_frozen(scenario: Scenario, plan: Plan, unit: str, building: str) -> Values | None:
    """The best values over plans that keep all other rows, with the unit in the building."""
    oracle = BruteForce(staying(scenario, unit, building))
    others = _others(plan.assignments, unit)
    values = [
        tier_values(oracle.world, case.terms(common))
        for found in oracle.by_unhoused.values()
        for fills in found
        if _others([Assignment(f.room, *row) for f in fills for row in f.rows], unit) == others
        and (case := Case(oracle.world, fills)).lawful()
        for common in oracle.openings(case)
        if case.reserve_holds(common)
    ]
    if not values:
        return None
    best: list[Fraction] = []
    for index, tier in enumerate(scenario.policy.tiers):
        best.append(min(v[index] for v in values))
        values = [v for v in values if v[index] <= best[-1] + tier.slack]
    return tuple(best)


def _others(rows: list[Assignment] | tuple[Assignment, ...], unit: str) -> list[Assignment]:
    return sorted(r for r in rows if r.unit != unit and r.purpose not in ("kept", "business"))


def test_staying_agrees_with_enumeration() -> None:
    for scenario, plan, why in islice(explained(0), COUNT):
        asked = with_moved(scenario)
        unit, building = why.transfer.unit, why.transfer.from_building
        free = BruteForce(asked).best
        assert free is not None
        again = BruteForce(staying(asked, unit, building)).best
        assert shown(why.again) == change(free, again)
        assert shown(why.frozen) == change(free, best_frozen(asked, plan, unit, building))


def test_an_interval_with_zero_inside_decides_nothing() -> None:
    around = Interval(tier="space", unit="m2", low=Fraction(-1), high=Fraction(2))
    above = Interval(tier="space", unit="m2", low=Fraction(1), high=Fraction(2))
    none = Interval(tier="unhoused", unit="posts", low=Fraction(0), high=Fraction(0))
    assert not around.decided and above.decided and none.zero
    moved = Interval(tier="moved", unit="people", low=Fraction(3), high=Fraction(3))
    assert Stay(impossible=False, changes=(none, around, moved)).verdict == "open"
    assert Stay(impossible=False, changes=(none, above, moved)).verdict == "worse"
    assert Stay(impossible=False, changes=(none, none, moved)).verdict == "equal"
    assert Stay(impossible=True, changes=()).verdict == "impossible"
