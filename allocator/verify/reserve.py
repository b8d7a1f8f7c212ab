"""The growth reserve: unheld office seats that every site with people keeps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil

from allocator.domain import Room
from allocator.verify.layout import Layout
from allocator.verify.world import World


@dataclass(frozen=True, slots=True)
class SiteReserve:
    """Seats a site needs, seats it has unheld on floors in use, and their area in 0.01 m2."""

    site: str
    need: int
    seats: int
    area: int


def measure_reserve(world: World, layout: Layout, stock: list[Room]) -> tuple[SiteReserve, ...]:
    """One row per site with people of planned units."""
    people: Counter[str] = Counter()
    for (code, group), count in layout.seats.items():
        if world.planned(group.unit):
            people[world.where[code].site] += count
    low = world.lowest_limit
    seats: Counter[str] = Counter()
    area: Counter[str] = Counter()
    for room in stock:
        free = room.use == "office" and room.code not in layout.holders
        if free and room.floor in layout.floors_in_use:
            site = world.where[room.code].site
            area[site] += room.area
            seats[site] += room.area // low if low else 0
    return tuple(
        SiteReserve(site, ceil(world.policy.reserve * count), seats[site], area[site])
        for site, count in sorted(people.items())
        if count
    )


def reserve_area(world: World, rows: tuple[SiteReserve, ...]) -> int:
    """Area kept for the reserve in 0.01 m2."""
    return sum(min(row.need * world.lowest_limit, row.area) for row in rows)
