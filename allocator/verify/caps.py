"""How many sites and buildings a unit may use: the policy's cap, raised where seats run out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from allocator.verify.permits import permitted_offices
from allocator.verify.world import World


@dataclass(frozen=True, slots=True)
class Caps:
    """The largest number of sites and of buildings of one unit."""

    sites: int
    buildings: int


def unit_caps(world: World) -> dict[str, Caps]:
    """Caps of every unit that receives space."""
    posts: Counter[str] = Counter()
    lowest: dict[str, int] = {}
    for group, count in world.planned_posts.items():
        if count:
            limit = world.limit(group.unit, group.grade)
            posts[group.unit] += count
            lowest[group.unit] = min(limit, lowest.get(group.unit, limit))
    policy = world.policy
    result = {}
    for unit in world.units:
        if not world.planned(unit):
            continue
        sites, buildings = policy.sites_per_unit, policy.buildings_per_unit
        if posts[unit]:
            by_site, by_building = _seats(world, unit, lowest[unit], posts[unit])
            sites = _cap(sites, posts[unit], by_site)
            buildings = _cap(buildings, posts[unit], by_building)
        result[unit] = Caps(sites, buildings)
    return result


def raised_caps(world: World, caps: dict[str, Caps]) -> dict[str, Caps]:
    """Only the units whose caps exceed the policy's."""
    usual = Caps(world.policy.sites_per_unit, world.policy.buildings_per_unit)
    return {unit: cap for unit, cap in sorted(caps.items()) if cap != usual}


def _seats(world: World, unit: str, low: int, posts: int) -> tuple[Counter[str], Counter[str]]:
    """Seats by site and building: floor(area / (min_share x lowest standard)) per room."""
    least = world.policy.min_share * low
    by_site: Counter[str] = Counter()
    by_building: Counter[str] = Counter()
    for room in permitted_offices(world, unit):
        # Without a least share every room could take the whole unit.
        seats = floor(Fraction(room.area) / least) if least else posts
        where = world.where[room.code]
        by_site[where.site] += seats
        by_building[where.building] += seats
    return by_site, by_building


def _cap(usual: int, posts: int, seats: Counter[str]) -> int:
    """The smallest number of places, fullest first, whose seats suffice; never below `usual`."""
    total = 0
    places = [count for _, count in seats.most_common() if count]
    for number, count in enumerate(places, start=1):
        total += count
        if total >= posts:
            return max(usual, number)
    return max(usual, len(places))
