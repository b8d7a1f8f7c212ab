"""Everything that one room may hold: nobody, people of lawful number, a request or a pin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from allocator.domain import Group, Room
from tests.oracle.world import World

Row = tuple[str, str, str, int, str]
"""unit, division, grade, people, purpose"""

REQUEST_PIN = "pin"


@dataclass(frozen=True)
class Fill:
    """What one room holds. `standard` is the sum of its people's standards, 0.01 m2."""

    room: str
    rows: tuple[Row, ...] = ()
    seats: tuple[tuple[Group, int], ...] = ()
    standard: int = 0
    request: tuple[str, str] | None = None
    proposed: int = 0
    """1 when only a proposed exception allows it."""
    registered: int = 0
    """1 when a registered exception allows it."""

    @property
    def units(self) -> frozenset[str]:
        """Units that hold the room."""
        return frozenset(row[0] for row in self.rows)


def fills_of(world: World) -> dict[str, list[Fill]]:
    """All lawful fills of every room that a plan can give, the empty one first."""
    return {
        code: [f for f in _room_fills(world, room) if _pins_hold(world, room, f)]
        for code, room in world.stock.items()
        if code not in world.kept
    }


def _room_fills(world: World, room: Room) -> list[Fill]:
    pinned = _pinned(world, room)
    if pinned:
        return pinned
    fills = [Fill(room.code), *_requests(world, room)]
    if room.use == "service":
        return fills
    for units in _companies(world, room):
        fills += _seatings(world, room, units)
    return fills


def _requests(world: World, room: Room) -> list[Fill]:
    return [
        Fill(
            room.code,
            ((q.unit, "", "", 0, q.purpose),),
            request=(q.unit, q.purpose),
        )
        for q in world.scenario.ledger.requests
        if world.units[q.unit].planned
        and q.use == room.use
        and q.area_min <= room.area <= q.area_max
        and {*q.features} <= {*room.features}
        and world.may_use(world.units[q.unit], room.code)
    ]


def _pinned(world: World, room: Room) -> list[Fill]:
    """A pinned service room is held for the pin, not for a request."""
    if room.use != "service":
        return []
    pinned = {p.unit for p in world.scenario.pins if p.kind == "room" and p.place == room.code}
    return [
        Fill(room.code, ((unit, "", "", 0, REQUEST_PIN),))
        for unit in sorted(pinned)
        if world.units[unit].planned and world.may_use(world.units[unit], room.code)
    ]


def _companies(world: World, room: Room) -> list[tuple[str, ...]]:
    """Sets of units that may sit together in the room, each set once."""
    alone = [(u,) for u in sorted(world.planned_units)]
    together = []
    for code, units in world.scenario.shared:
        if code == room.code:
            members = sorted({*units} & {*world.planned_units})
            for chosen in product((False, True), repeat=len(members)):
                company = tuple(u for u, yes in zip(members, chosen, strict=True) if yes)
                if len(company) > 1:
                    together.append(company)
    return alone + together


def _seatings(world: World, room: Room, units: tuple[str, ...]) -> list[Fill]:
    groups = [g for g in world.planned if g.unit in units and world.may_seat(g, room.code)]
    found = []
    for counts in product(*(range(world.planned[g] + 1) for g in groups)):
        seats = tuple((g, n) for g, n in zip(groups, counts, strict=True) if n)
        if {g.unit for g, _ in seats} != {*units}:
            continue
        if any(world.sits_alone(g) for g, _ in seats) and sum(counts) > 1:
            continue
        standard = sum(n * world.limit(g) for g, n in seats)
        within = (
            world.policy.min_share * standard
            <= room.area
            <= Fraction(standard + world.policy.tolerance)
        )
        registered = all(
            any((e.room, e.unit) == (room.code, u) for e in world.scenario.exceptions)
            for u in units
        )
        if not within and not registered and world.policy.exceptions != "propose":
            continue
        rows = tuple(sorted((g.unit, g.division, g.grade, n, "") for g, n in seats))
        past = not within
        found.append(
            Fill(
                room.code,
                rows,
                seats,
                standard,
                proposed=int(past and not registered),
                registered=int(past and registered),
            )
        )
    return found


def _pins_hold(world: World, room: Room, fill: Fill) -> bool:
    """Whether a fill leaves every room pin of its room satisfied."""
    for pin in world.scenario.pins:
        if pin.kind != "room" or pin.place != room.code:
            continue
        if room.use == "service":
            if pin.unit not in fill.units:
                return False
            continue
        seated: Counter[str] = Counter()
        for group, people in fill.seats:
            if pin.division in ("", group.division) and pin.grade in ("", group.grade):
                seated[group.unit] += people
        if seated[pin.unit] < pin.people:
            return False
    return True


def pins_without_room(world: World) -> bool:
    """Whether a pin names a room that no plan can give."""
    return any(
        p.kind == "room" and (p.place not in world.stock or p.place in world.kept)
        for p in world.scenario.pins
        if world.units[p.unit].planned
    )
