"""Seeded tiny scenarios in which every rule turns up, small enough to enumerate."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from allocator.domain import Ledger, Occupancy
from allocator.scenario import Budget, Scenario
from standards.catalog import Standard
from standards.load import load_standard
from tests.oracle.brute_force import BruteForce
from tests.oracle.draft import Draft
from tests.oracle.draw_people import add_posts, add_today, add_units
from tests.oracle.draw_places import add_places, add_rooms
from tests.oracle.draw_policy import draw_policy
from tests.oracle.draw_wishes import (
    add_forbids,
    add_pins,
    add_relations,
    add_requests,
    add_special_rooms,
)

MOST_CHOICES = 400_000
"""Scenarios with a larger product of choices are drawn again."""


@cache
def national() -> Standard:
    """The national standard, read once."""
    return load_standard("cn-2014")


STEPS: tuple[Callable[[Draft], None], ...] = (
    add_places,
    add_rooms,
    add_units,
    add_posts,
    add_today,
    add_requests,
    add_pins,
    add_forbids,
    add_relations,
    add_special_rooms,
)


def draw(random: Random, name: str) -> Scenario:
    """One random scenario of any size."""
    draft = Draft(random)
    for step in STEPS:
        step(draft)
    occupancy = tuple(
        Occupancy(room=room, unit=unit, division=division, grade=grade, people=people)
        for (room, unit, division, grade), people in sorted(draft.people.items())
    )
    relations = tuple(draft.relations)
    ledger = Ledger(
        sites=tuple(draft.sites),
        buildings=tuple(draft.buildings),
        floors=tuple(draft.floors),
        rooms=tuple(draft.rooms),
        units=tuple(draft.units),
        divisions=tuple(draft.divisions),
        posts=tuple(draft.posts),
        occupancy=occupancy,
        requests=tuple(draft.requests),
        relations=relations,
    )
    return Scenario(
        name=name,
        ledger=ledger,
        standard=national(),
        policy=draw_policy(draft),
        pins=tuple(dict.fromkeys(draft.pins)),
        forbids=tuple(dict.fromkeys(draft.forbids)),
        relations=relations,
        exceptions=tuple(draft.exceptions),
        shared=tuple(draft.shared),
        agreements=tuple(draft.agreements),
        market_open=frozenset(draft.market_open),
        budget=Budget(seconds=None, work=30, workers=1),
    )


def case(seed: int) -> tuple[Scenario, BruteForce]:
    """The scenario of a seed, with all its plans; small enough to look at every one."""
    random = Random(seed)
    while True:
        scenario = draw(random, f"case-{seed}")
        oracle = BruteForce(scenario)
        if oracle.choices <= MOST_CHOICES:
            return scenario, oracle
