"""The records of today or of a plan: every tier value as a sum of sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from allocator.measure import Measure
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.records import people, space
from allocator.records.parts import Held, Part
from allocator.records.record import RULE_OF_TERM, Record
from allocator.scenario import Scenario

_PARTS: Mapping[str, Callable[[Held], Iterable[Part]]] = {
    "unhoused": people.unhoused,
    "exceptions": space.exceptions,
    "used": space.used,
    "hidden": space.hidden,
    "stranded": space.stranded,
    "short": space.short,
    "service_short": space.service_short,
    "leased": space.leased,
    "moved_building": partial(people.moved, distance="building"),
    "moved_site": partial(people.moved, distance="site"),
    "moved_far": partial(people.moved, distance="far"),
    "near": people.near,
    "off_main_floor": people.off_main_floor,
    "outside_main_building": people.outside_main_building,
    "short_per_person": people.short_per_person,
}
"""Where the parts of each of `scenario.TERMS` come from."""


def records(
    problem: Problem,
    measure: Measure,
    rows: Iterable[Assignment],
    common_floors: Iterable[str],
) -> tuple[Record, ...]:
    """Every part of every term of every tier; the amounts add up to `Measured.terms` exactly."""
    held = Held(measure, rows, common_floors)
    found: list[Record] = []
    for tier in problem.policy.tiers:
        for term, rate in tier.terms:
            found += [
                Record(
                    tier=tier.name,
                    term=term,
                    rule=part.rule or RULE_OF_TERM[term],
                    unit=part.unit,
                    kind=part.kind,
                    place=part.place,
                    subject=part.subject,
                    amount=part.amount,
                    rate=rate,
                    zh=part.zh,
                    en=part.en,
                )
                for part in _PARTS[term](held)
                if part.amount
            ]
    return tuple(found)


def records_of(
    scenario: Scenario, rows: Iterable[Assignment], common_floors: Iterable[str]
) -> tuple[Record, ...]:
    """The same for a scenario that is not indexed yet."""
    problem = Problem(scenario)
    return records(problem, Measure(problem), rows, common_floors)
