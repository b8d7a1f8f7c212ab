"""The layout of the tables that compiled search works on; areas in 0.01 m2."""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any
APART, SAME_BUILDING, SAME_SITE = range(3)
FIRST_PARTY, UNIT_PEOPLE, UNIT_NEED, UNIT_BITS, ENTITLED, FIRST_CHOICE, FIRST_REQUEST = range(7)
PARTY_LIMIT, PARTY_COUNT, PARTY_SINGLE, PARTY_UNIT, PARTY_SPECIAL = range(5)
REQUEST_OFFICE, REQUEST_LOW, REQUEST_HIGH, REQUEST_BITS = range(4)
FIRST_FLOOR, SITE_OF, BUILDING_LEASE, LEASE_FLOORS = range(4)
(
    FIRST_ROOM, FLOOR_AREA, FLOOR_ALWAYS, FLOOR_OFFICE, FLOOR_MOST, FLOOR_SERVICE, FLOOR_LEASE,
) = range(7)  # fmt: skip
ROOM_AREA, ROOM_OFFICE, ROOM_BITS, ROOM_SEATS, FIRST_TODAY = range(5)
TODAY_PARTY, TODAY_PEOPLE = range(2)
BARRED = -1
LOWEST, OVER, UNDER, TOLERANCE, RESERVE, PER = range(6)


class Data(NamedTuple):
    """Tables, one row a thing; a column FIRST_X of n + 1 rows gives the range of each of n things.

    Few wide tables, because each array of an argument makes compiling slower.
    """

    unit: Array
    """FIRST_PARTY, UNIT_PEOPLE, UNIT_NEED: sum of standards, UNIT_BITS: features, ENTITLED: to
    service area, FIRST_CHOICE, FIRST_REQUEST."""
    party: Array
    """People of one unit and standard, each alone or sharing rooms. PARTY_SPECIAL: row of
    `special`, or -1 where floors and features say all."""
    request: Array
    request_floors: Array
    """(request, building): bits of the floors with a room for it."""
    building: Array
    """FIRST_FLOOR, SITE_OF, BUILDING_LEASE: area of leases over several floors, LEASE_FLOORS: bits
    of the floors that keep it."""
    floor: Array
    """FLOOR_MOST: most standards its offices may seat; FLOOR_SERVICE: area of service rooms that
    nobody keeps; FLOOR_LEASE: of a lease of its own."""
    room: Array
    today: Array
    """Who of the parties is in a room today."""
    first_building: Array
    """Buildings of each site."""
    site_share: Array
    special: Array
    """(row, room): whether the room is permitted, where pins or forbids ask for more."""
    unit_floor: Array
    """(unit, floor): people of the unit there today, or BARRED where it may not be."""
    choice: Array
    """Buildings open to each unit."""
    moving: Array
    """(unit, building): cost of its moves when nobody keeps the own room."""
    relation: Array
    """(kind, unit, unit)."""
    rates: Array
    policy: Array
    """Lowest standard, least share (over, under), tolerance, reserve (over, per)."""
