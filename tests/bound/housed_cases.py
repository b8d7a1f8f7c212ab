"""Seeded tiny scenarios in which everybody can be housed, with every plan of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

from allocator.scenario import Scenario
from tests.oracle.brute_force import BruteForce
from tests.oracle.random_cases import draw

MOST_CHOICES = 60_000


def _eased(scenario: Scenario, random: Random) -> Scenario:
    """Fewer posts and the plain room rule, so that plans that house everybody are common."""
    posts = tuple(
        replace(row, established=min(row.established, 2), in_post=min(row.in_post, 2))
        for row in scenario.ledger.posts
        if random.random() < 0.7
    )
    policy = replace(
        scenario.policy,
        exceptions="none",
        tolerance=0,
        min_share=random.choice((Fraction(1, 2), Fraction(65, 100))),
        tiers=tuple(t for t in scenario.policy.tiers if "exceptions" not in dict(t.terms)),
    )
    left = {row.unit for row in posts if row.established and row.in_post}
    ledger = replace(
        scenario.ledger,
        posts=posts,
        requests=tuple(q for q in scenario.ledger.requests if q.unit in left),
    )
    pins = tuple(p for p in scenario.pins if p.unit in left)
    return replace(scenario, ledger=ledger, policy=policy, pins=pins, exceptions=(), shared=())


def priced(scenario: Scenario) -> int | None:
    """The place of the priced tier, where it comes right after the unhoused posts."""
    tiers = scenario.policy.tiers
    if len(tiers) < 2 or dict(tiers[0].terms).keys() != {"unhoused"} or tiers[0].slack:
        return None
    return 1 if "used" in dict(tiers[1].terms) else None


def housed_cases(first: int, number: int) -> Iterator[tuple[int, Scenario, BruteForce]]:
    """(seed, scenario, oracle) of that many cases, from a first seed on."""
    seed = first
    while number:
        random = Random(seed)
        scenario = _eased(draw(random, f"housed-{seed}"), random)
        oracle = BruteForce(scenario)
        small = priced(scenario) and oracle.choices <= MOST_CHOICES
        if small and oracle.best is not None and oracle.best[0] == 0:
            yield seed, scenario, oracle
            number -= 1
        seed += 1
