"""Which places a unit may use: title, territory, business sites, forbids and whole-unit pins."""

from __future__ import annotations

from allocator.domain import Room
from allocator.scenario import Forbid, Pin
from allocator.verify.world import World

EVERYONE = "*"
NEVER_REQUIRED = frozenset({"common"})
"""Features that mark rooms and are asked of none."""


def title_allows(world: World, unit: str, floor: str) -> bool:
    """Registered title, or a unit there today, the title holder, or one with an agreement."""
    if floor not in world.without_title:
        return True
    site = world.site_of_floor[floor]
    agreed = {
        *world.sites[site].agreement,
        *(code for place, codes in world.scenario.agreements if place == site for code in codes),
    }
    return (
        site in world.sites_today.get(unit, ())
        or world.title_holder(floor) in (unit, world.units[unit].name)
        or unit in agreed
        or EVERYONE in agreed
    )


def territory_allows(world: World, unit: str, site: str) -> bool:
    """Territory equal, or blank on either side."""
    a, b = world.units[unit].territory, world.sites[site].territory
    return not a or not b or a == b


def business_allows(world: World, unit: str, site: str) -> bool:
    """A unit with technical business rooms stays at their sites, unless the policy frees it."""
    if world.policy.business == "free" or unit not in world.business_sites:
        return True
    return site in world.business_sites[unit]


def within(world: World, room: str, kind: str, place: str) -> bool:
    """Whether the room is that place or lies in it."""
    return room == place if kind == "room" else world.where[room].at(kind) == place


def missing_features(needed: tuple[str, ...], room: Room) -> tuple[str, ...]:
    """Features needed that the room lacks."""
    return tuple(sorted(set(needed) - NEVER_REQUIRED - set(room.features)))


def whole_unit_pins(world: World, unit: str) -> list[Pin]:
    """Pins of the whole unit to a site, building or floor."""
    return [
        pin
        for pin in world.scenario.pins
        if pin.unit == unit and pin.kind != "room" and not pin.division and not pin.grade
    ]


def whole_unit_forbids(world: World, unit: str) -> list[Forbid]:
    """Forbids of the whole unit."""
    return [f for f in world.scenario.forbids if f.unit == unit and not f.division]


def permitted_floors(world: World, unit: str) -> list[str]:
    """Floors with available offices whose territory, business tie and title permit the unit."""
    sites = {
        site
        for site in world.sites
        if territory_allows(world, unit, site) and business_allows(world, unit, site)
    }
    return [
        floor
        for floor in world.offices_on
        if world.site_of_floor[floor] in sites
        and (floor not in world.without_title or title_allows(world, unit, floor))
    ]


def narrowed(world: World, unit: str) -> bool:
    """Whether pins, forbids or needed features leave the unit only some rooms of a floor."""
    needed = set(world.units[unit].features) - NEVER_REQUIRED
    return bool(needed or whole_unit_pins(world, unit) or whole_unit_forbids(world, unit))


def permitted_offices(world: World, unit: str) -> list[Room]:
    """Available offices that the unit may use by every rule that looks at it alone."""
    floors = permitted_floors(world, unit)
    if not narrowed(world, unit):
        return [room for floor in floors for room in world.offices_on[floor]]
    pins, forbids = whole_unit_pins(world, unit), whole_unit_forbids(world, unit)
    needed = world.units[unit].features
    return [
        room
        for floor in floors
        for room in world.offices_on[floor]
        if all(within(world, room.code, pin.kind, pin.place) for pin in pins)
        and not any(within(world, room.code, f.kind, f.place) for f in forbids)
        and not missing_features(needed, room)
    ]
