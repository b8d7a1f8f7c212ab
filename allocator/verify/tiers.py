"""Quantities of the objective's terms and the value of each tier, exact."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from math import ceil

from allocator.plan import People
from allocator.scenario import Tier
from allocator.verify.areas import Measured
from allocator.verify.layout import Layout
from allocator.verify.world import World

SAME_FLOOR, SAME_BUILDING, SAME_SITE, ELSEWHERE = 0, 1, 2, 3
"""Steps between main places."""


def term_quantities(
    world: World,
    layout: Layout,
    measured: Measured,
    people: People,
    missing_requests: int,
    proposed_exceptions: int,
) -> dict[str, Fraction]:
    """Every term before its rate: areas in m2, the rest in whole numbers."""
    areas = measured.areas
    centi = {
        "used": areas.stock - areas.released,
        "hidden": areas.hidden,
        "stranded": areas.stranded - areas.reserve,
        "short": areas.short,
        "service_short": areas.service_short,
        "leased": areas.leased_kept,
    }
    on_floor, off_floor, outside = _gathering(world, layout)
    counts = {
        "unhoused": people.unhoused + missing_requests,
        "exceptions": proposed_exceptions,
        "moved_building": people.moved_building,
        "moved_site": people.moved_site,
        "moved_far": people.moved_far,
        "near": _near(world, on_floor),
        "off_main_floor": off_floor,
        "outside_main_building": outside,
        "short_per_person": _short_per_person(world, layout, measured),
    }
    return {
        **{term: Fraction(area, 100) for term, area in centi.items()},
        **{term: Fraction(count) for term, count in counts.items()},
    }


def tier_value(tier: Tier, quantities: dict[str, Fraction]) -> Fraction:
    """Sum of rate x quantity."""
    return sum((rate * quantities[term] for term, rate in tier.terms), Fraction(0))


def main_places(world: World, layout: Layout) -> dict[str, str]:
    """Main floor of each unit: in the building with most people, the floor with most people."""
    floors = layout.seated(world, "floor")
    result = {}
    for unit, by_building in layout.seated(world, "building").items():
        building = _fullest(by_building)
        inside = {f: n for f, n in floors[unit].items() if world.floors[f].building == building}
        result[unit] = _fullest(inside)
    return result


def _fullest(people_at: dict[str, int]) -> str:
    return min(people_at, key=lambda place: (-people_at[place], place))


def _gathering(world: World, layout: Layout) -> tuple[dict[str, str], int, int]:
    """Main floor per unit, people off it in the main building, people outside that building."""
    main = main_places(world, layout)
    off_floor = outside = 0
    for unit, by_floor in layout.seated(world, "floor").items():
        building = world.floors[main[unit]].building
        for floor, people in by_floor.items():
            if world.floors[floor].building != building:
                outside += people
            elif floor != main[unit]:
                off_floor += people
    return main, off_floor, outside


def _near(world: World, main: dict[str, str]) -> int:
    posts: Counter[str] = Counter()
    for group, count in world.planned_posts.items():
        posts[group.unit] += count
    total = 0
    for relation in world.scenario.relations:
        if relation.kind == "near" and relation.a in main and relation.b in main:
            people = min(posts[relation.a], posts[relation.b])
            total += relation.weight * people * _steps(world, main[relation.a], main[relation.b])
    return total


def _steps(world: World, a: str, b: str) -> int:
    if a == b:
        return SAME_FLOOR
    if world.floors[a].building == world.floors[b].building:
        return SAME_BUILDING
    if world.site_of_floor[a] == world.site_of_floor[b]:
        return SAME_SITE
    return ELSEWHERE


def _short_per_person(world: World, layout: Layout, measured: Measured) -> int:
    """The largest short per person seated of any unit, rounded up to 0.01 m2."""
    people: Counter[str] = Counter()
    for (_, group), count in layout.seats.items():
        people[group.unit] += count
    short: dict[str, Fraction] = defaultdict(Fraction)
    for office in measured.offices:
        if office.short:
            for unit, area in office.split(office.short).items():
                short[unit] += area
    return max((ceil(short[unit] / count) for unit, count in people.items() if count), default=0)
