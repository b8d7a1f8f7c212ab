"""Who holds and who sits in which room, today or in a plan, and which floors that keeps in use."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from allocator.domain import Group
from allocator.plan import BUSINESS, KEPT, Assignment
from allocator.verify.world import World

NOT_CHOSEN = (KEPT, BUSINESS)
"""Purposes of rows that a plan does not choose: these rooms stay with their holder."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One state of the estate.

    `seats`: people per room and group, bodies without entitlement left out. `office_requests`:
    the largest area asked for, per office room given for a request.
    """

    holders: dict[str, tuple[str, ...]]
    seats: dict[tuple[str, Group], int]
    office_requests: dict[str, int]
    floors_in_use: frozenset[str]
    common_floors: tuple[str, ...]

    def seats_by_room(self) -> dict[str, list[tuple[Group, int]]]:
        """Groups and people per room."""
        result: dict[str, list[tuple[Group, int]]] = defaultdict(list)
        for (room, group), people in self.seats.items():
            result[room].append((group, people))
        return dict(result)

    def seated(self, world: World, kind: str) -> dict[str, Counter[str]]:
        """People per unit and place of one kind."""
        result: dict[str, Counter[str]] = defaultdict(Counter)
        for (room, group), people in self.seats.items():
            result[group.unit][world.where[room].at(kind)] += people
        return dict(result)


def today(world: World) -> Layout:
    """Today's occupancy on the resolved scenario's rooms."""
    seats: Counter[tuple[str, Group]] = Counter()
    for row in world.scenario.ledger.occupancy:
        if row.people and not world.ineligible(row.unit):
            seats[row.room, row.group] += row.people
    kept_open = _held_or_let(world, world.holders_today)
    common = {room.floor for room in world.rooms.values() if "common" in room.features}
    return Layout(
        holders=world.holders_today,
        seats=dict(seats),
        office_requests={},
        floors_in_use=frozenset(kept_open | common),
        common_floors=tuple(sorted(common - kept_open)),
    )


def planned(
    world: World, assignments: Iterable[Assignment], common_floors: Iterable[str]
) -> Layout:
    """The plan's rooms; every room and unit of it must be known."""
    holders: dict[str, set[str]] = defaultdict(set)
    seats: Counter[tuple[str, Group]] = Counter()
    requests: dict[str, int] = {}
    largest = _largest_asked(world)
    for row in assignments:
        holders[row.room].add(row.unit)
        if row.people and not row.purpose:
            seats[row.room, row.group] += row.people
        elif world.rooms[row.room].use == "office" and (row.unit, row.purpose) in largest:
            requests[row.room] = largest[row.unit, row.purpose]
    by_room = {room: tuple(sorted(units)) for room, units in sorted(holders.items())}
    kept_open = _held_or_let(world, by_room)
    common = tuple(sorted(set(common_floors)))
    return Layout(
        holders=by_room,
        seats=dict(seats),
        office_requests=requests,
        floors_in_use=frozenset(kept_open | set(common)),
        common_floors=common,
    )


def _held_or_let(world: World, holders: dict[str, tuple[str, ...]]) -> set[str]:
    """Floors on which any room, whatever its use, is held or let."""
    return {
        room.floor for room in world.rooms.values() if room.code in holders or room.status == "let"
    }


def _largest_asked(world: World) -> dict[tuple[str, str], int]:
    largest: dict[tuple[str, str], int] = {}
    for request in world.scenario.ledger.requests:
        if request.use == "office":
            key = (request.unit, request.purpose)
            largest[key] = max(request.area_max, largest.get(key, 0))
    return largest
