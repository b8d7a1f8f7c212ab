"""The terms of the space identity, counted from rooms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from allocator.domain import Group, Room
from allocator.plan import Areas
from allocator.quantity import half_up
from allocator.verify.layout import Layout
from allocator.verify.leases import measure_leases
from allocator.verify.reserve import SiteReserve, measure_reserve, reserve_area
from allocator.verify.service import Service, measure_service, service_short, shares_by_site
from allocator.verify.world import World, shares


@dataclass(frozen=True, slots=True)
class OfficeRoom:
    """A held office room: area, standards of its people, and both by unit (0.01 m2)."""

    room: str
    area: int
    standards: int
    by_unit: dict[str, int]

    @property
    def hidden(self) -> int:
        """Area past the standards."""
        return max(0, self.area - self.standards)

    @property
    def short(self) -> int:
        """Standards past the area."""
        return max(0, self.standards - self.area)

    def split(self, area: int) -> dict[str, Fraction]:
        """An area of the room by unit: in proportion to standards, equally if there are none."""
        total = sum(self.by_unit.values())
        if total == 0:
            return shares(area, tuple(self.by_unit))
        return {unit: Fraction(area * part, total) for unit, part in self.by_unit.items()}


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything counted for one layout; areas in 0.01 m2."""

    areas: Areas
    offices: tuple[OfficeRoom, ...]
    hidden_service: int
    reserve: tuple[SiteReserve, ...]

    @property
    def office_held(self) -> int:
        """Office area held."""
        return sum(office.area for office in self.offices)

    @property
    def standards(self) -> int:
        """Sum of standards of all held offices."""
        return sum(office.standards for office in self.offices)


def stock_rooms(world: World, floors_in_use: frozenset[str]) -> list[Room]:
    """Rooms that count as stock; those of an opened market site only on floors in use."""
    return [
        room
        for room in world.rooms.values()
        if world.could_be_stock(room)
        and (not world.market_opened(world.where[room.code].site) or room.floor in floors_in_use)
    ]


def share_at_sites(world: World, layout_today: Layout) -> dict[str, Fraction]:
    """The service share each site is held to, from today's layout."""
    stock = stock_rooms(world, layout_today.floors_in_use)
    return shares_by_site(world, measure_service(world, layout_today, stock))


def measure(
    world: World, layout: Layout, share_at: dict[str, Fraction], *, vacant_posts: bool
) -> Measured:
    """Areas of a layout; `vacant_posts`: take them off `hidden_same_basis` (today only)."""
    stock = stock_rooms(world, layout.floors_in_use)
    service = measure_service(world, layout, stock)
    offices = office_rooms(world, layout, stock)
    hidden_by_unit = _hidden_service(world, service)
    hidden_service = sum(hidden_by_unit.values(), Fraction(0))
    hidden = half_up(sum(office.hidden for office in offices) + hidden_service)
    same_basis = hidden
    if vacant_posts:
        same_basis = _same_basis(world, offices, hidden_by_unit)
    reserve = measure_reserve(world, layout, stock)
    leased, ended = measure_leases(world, layout.floors_in_use, stock)
    held = sum(room.area for room in stock if room.code in layout.holders)
    free = sum(room.area for room in stock if room.floor not in layout.floors_in_use)
    total = sum(room.area for room in stock)
    floors, buildings = _released_places(world, layout, stock)
    areas = Areas(
        stock=total,
        held=held,
        common=service.common,
        stranded=total - held - free - service.common,
        released=free,
        hidden=hidden,
        short=sum(office.short for office in offices),
        service_short=service_short(service, share_at),
        reserve=reserve_area(world, reserve),
        hidden_same_basis=same_basis,
        leased_kept=leased,
        common_floors=layout.common_floors,
        floors_in_use=tuple(sorted(layout.floors_in_use)),
        released_floors=floors,
        released_buildings=buildings,
        leases_ended=ended,
    )
    return Measured(areas, offices, half_up(hidden_service), reserve)


def office_rooms(world: World, layout: Layout, stock: list[Room]) -> tuple[OfficeRoom, ...]:
    """Held office rooms with the standards of the people in them."""
    seats = layout.seats_by_room()
    result = []
    for room in stock:
        if room.use != "office" or room.code not in layout.holders:
            continue
        by_unit = dict.fromkeys(layout.holders[room.code], 0)
        if room.code in layout.office_requests:
            asked = min(room.area, layout.office_requests[room.code])
            by_unit[layout.holders[room.code][0]] = asked
        for group, people in seats.get(room.code, []):
            by_unit[group.unit] += people * world.limit(group.unit, group.grade)
        result.append(OfficeRoom(room.code, room.area, sum(by_unit.values()), by_unit))
    return tuple(result)


def _hidden_service(world: World, service: Service) -> dict[str, Fraction]:
    return {
        unit: max(Fraction(0), area - world.entitlement[unit])
        for unit, area in service.held.items()
    }


def _same_basis(
    world: World, offices: tuple[OfficeRoom, ...], hidden_service: dict[str, Fraction]
) -> int:
    """Per unit: hidden area less the standards of its vacant posts, not below 0."""
    hidden: dict[str, Fraction] = defaultdict(Fraction, hidden_service)
    for office in offices:
        for unit, area in office.split(office.hidden).items():
            hidden[unit] += area
    established: dict[Group, int] = defaultdict(int)
    for posts in world.scenario.ledger.posts:
        established[posts.group] += posts.established - posts.in_post
    vacant: dict[str, int] = defaultdict(int)
    for group, count in established.items():
        vacant[group.unit] += max(0, count) * world.limit(group.unit, group.grade)
    rest = (max(Fraction(0), area - vacant[unit]) for unit, area in hidden.items())
    return half_up(sum(rest, Fraction(0)))


def _released_places(
    world: World, layout: Layout, stock: list[Room]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Floors with stock that are not in use, and buildings of which no floor is in use."""
    with_stock = {room.floor for room in stock}
    floors = with_stock - layout.floors_in_use
    used = {world.floors[floor].building for floor in layout.floors_in_use}
    buildings = {world.floors[floor].building for floor in with_stock} - used
    return tuple(sorted(floors)), tuple(sorted(buildings))
