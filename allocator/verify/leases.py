"""Leases: the highest place that carries the tenure, kept whole while a floor of it is in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from allocator.domain import Room
from allocator.verify.world import RENTED, World


def lease_floors(world: World) -> dict[tuple[str, str], list[str]]:
    """Floors under each lease, keyed by (kind of place, code)."""
    leases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, floor in sorted(world.floors.items()):
        building = world.buildings[floor.building]
        site = world.sites[building.site]
        if site.tenure in RENTED or world.market_opened(site.code):
            leases["site", site.code].append(code)
        elif building.tenure in RENTED:
            leases["building", building.code].append(code)
        elif floor.tenure in RENTED:
            leases["floor", code].append(code)
    return dict(leases)


def measure_leases(
    world: World, floors_in_use: frozenset[str], stock: Iterable[Room]
) -> tuple[int, tuple[str, ...]]:
    """Leased or borrowed stock area kept, and the places whose lease ends.

    A market site counts as leased once a floor of it is in use; before that no lease began.
    """
    area_on: dict[str, int] = defaultdict(int)
    for room in stock:
        if world.tenure(room.floor) in (*RENTED, "market"):
            area_on[room.floor] += room.area
    kept, ended = 0, []
    for (kind, code), floors in lease_floors(world).items():
        if any(floor in floors_in_use for floor in floors):
            kept += sum(area_on[floor] for floor in floors)
        elif kind != "site" or not world.market_opened(code):
            ended.append(code)
    return kept, tuple(sorted(ended))
