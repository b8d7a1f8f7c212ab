"""Service rooms by site: entitlement, common area, today's share and what falls short."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from allocator.domain import Room
from allocator.quantity import half_up
from allocator.verify.layout import Layout
from allocator.verify.world import World, shares

SHARE_STEPS = 10_000
"""Today's share of the entitlement is cut down to this many parts."""


@dataclass(frozen=True, slots=True)
class Service:
    """Service rooms of one layout, in 0.01 m2: per unit held, per site the rest."""

    held: dict[str, Fraction]
    entitled_at: dict[str, int]
    held_at: dict[str, Fraction]
    common_at: dict[str, int]

    @property
    def common(self) -> int:
        """Common area of all sites."""
        return sum(self.common_at.values())


def measure_service(world: World, layout: Layout, stock: list[Room]) -> Service:
    """Entitlement follows people seated, half up per unit and site; shared rooms split equally."""
    held: dict[str, Fraction] = defaultdict(Fraction)
    held_by_at: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    held_at: dict[str, Fraction] = defaultdict(Fraction)
    unheld: Counter[str] = Counter()
    for room in stock:
        if room.use != "service":
            continue
        site = world.where[room.code].site
        holders = layout.holders.get(room.code)
        if not holders:
            unheld[site] += room.area if room.floor in layout.floors_in_use else 0
            continue
        for unit, area in shares(room.area, holders).items():
            held[unit] += area
            held_by_at[unit, site] += area
            if world.planned(unit):
                held_at[site] += area
    entitled_at: Counter[str] = Counter()
    wanting: dict[str, Fraction] = defaultdict(Fraction)
    for unit, by_site in layout.seated(world, "site").items():
        total = sum(by_site.values())
        for site, people in by_site.items():
            entitled = half_up(Fraction(world.entitlement[unit] * people, total))
            entitled_at[site] += entitled
            wanting[site] += max(Fraction(0), entitled - held_by_at[unit, site])
    common_at = {
        site: half_up(min(Fraction(area), wanting[site])) for site, area in sorted(unheld.items())
    }
    return Service(dict(held), dict(entitled_at), dict(held_at), common_at)


def shares_by_site(world: World, service_today: Service) -> dict[str, Fraction]:
    """The policy's service share per site, lowered to today's where today offers less."""
    result = {}
    for site in world.sites:
        share = world.policy.service_share
        entitled = service_today.entitled_at.get(site, 0)
        if entitled > 0:
            offered = service_today.held_at.get(site, Fraction(0))
            offered += service_today.common_at.get(site, 0)
            share = min(share, Fraction(floor(SHARE_STEPS * offered / entitled), SHARE_STEPS))
        result[site] = share
    return result


def service_short(service: Service, share_at: dict[str, Fraction]) -> int:
    """What the sites lack of their share, each rounded up to 0.01 m2."""
    total = 0
    for site, entitled in service.entitled_at.items():
        offered = service.held_at.get(site, Fraction(0)) + service.common_at.get(site, 0)
        total += ceil(max(Fraction(0), share_at[site] * entitled - offered))
    return total
