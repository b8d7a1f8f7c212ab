"""How many sites and buildings a unit may use: the policy's cap, raised where seats run out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from allocator.domain import Room
from allocator.verify.permits import narrowed, permitted_floors, permitted_offices
from allocator.verify.world import World


@dataclass(frozen=True, slots=True)
class Caps:
    """The largest number of sites and of buildings of one unit."""

    sites: int
    buildings: int


def unit_caps(world: World, units: Collection[str] | None = None) -> dict[str, Caps]:
    """Caps of every unit that receives space, or of those among `units`."""
    posts: Counter[str] = Counter()
    lowest: dict[str, int] = {}
    for group, count in world.planned_posts.items():
        if count:
            limit = world.limit(group.unit, group.grade)
            posts[group.unit] += count
            lowest[group.unit] = min(limit, lowest.get(group.unit, limit))
    policy = world.policy
    seats = _Seats(world)
    result = {}
    for unit in world.units if units is None else units:
        if not world.planned(unit):
            continue
        sites, buildings = policy.sites_per_unit, policy.buildings_per_unit
        if posts[unit]:
            by_site, by_building = seats.counted(unit, lowest[unit], posts[unit])
            sites = _cap(sites, posts[unit], by_site)
            buildings = _cap(buildings, posts[unit], by_building)
        result[unit] = Caps(sites, buildings)
    return result


def raised_caps(world: World, caps: dict[str, Caps]) -> dict[str, Caps]:
    """Only the units whose caps exceed the policy's."""
    usual = Caps(world.policy.sites_per_unit, world.policy.buildings_per_unit)
    return {unit: cap for unit, cap in sorted(caps.items()) if cap != usual}


class _Seats:
    """Seats per room: floor(area / (min_share x lowest standard)); whole floors counted once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on_floor: dict[tuple[str, int], int] = {}

    def counted(self, unit: str, low: int, posts: int) -> tuple[Counter[str], Counter[str]]:
        """Seats that the unit may use, by site and building."""
        world = self.world
        if not world.policy.min_share * low:
            # Without a least share every room could take the whole unit.
            by_floor = Counter(room.floor for room in permitted_offices(world, unit))
            by_floor = Counter({floor: rooms * posts for floor, rooms in by_floor.items()})
        elif narrowed(world, unit):
            by_floor = Counter()
            for room in permitted_offices(world, unit):
                by_floor[room.floor] += self._in_room(room, low)
        else:
            by_floor = Counter({f: self._on(f, low) for f in permitted_floors(world, unit)})
        by_site: Counter[str] = Counter()
        by_building: Counter[str] = Counter()
        for floor, seats in by_floor.items():
            by_site[world.site_of_floor[floor]] += seats
            by_building[world.floors[floor].building] += seats
        return by_site, by_building

    def _on(self, floor: str, low: int) -> int:
        if (floor, low) not in self.on_floor:
            rooms = self.world.offices_on[floor]
            self.on_floor[floor, low] = sum(self._in_room(room, low) for room in rooms)
        return self.on_floor[floor, low]

    def _in_room(self, room: Room, low: int) -> int:
        share = self.world.policy.min_share
        return room.area * share.denominator // (share.numerator * low)


def _cap(usual: int, posts: int, seats: Counter[str]) -> int:
    """The smallest number of places, fullest first, whose seats suffice; never below `usual`."""
    total = 0
    places = [count for _, count in seats.most_common() if count]
    for number, count in enumerate(places, start=1):
        total += count
        if total >= posts:
            return max(usual, number)
    return max(usual, len(places))
