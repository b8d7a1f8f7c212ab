"""The largest short per person of any unit, over the room-level model; 0.01 m2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import Any

from allocator.domain import Group
from allocator.model.exact_rooms import RoomModel

FINEST = 10**6
"""Finest part of 0.01 m2 in which a share of a room is counted."""
MOST_PAIRS = 20_000
"""Largest table of sums of standards per unit and room; beyond it the share counts as 0."""


@dataclass(frozen=True, slots=True)
class Short:
    """A unit's part of a room's short area: `amount` in 1/`parts` of 0.01 m2."""

    amount: Any
    parts: int = 1


def share_of_room(built: RoomModel, room: str, unit: str) -> Short:
    """The short area of a room that units share, divided by their sums of standards.

    Never above the exact share, so that a bound stays valid; equal to it but for huge rooms.
    """
    seats = {g: v for (r, g), v in built.people.items() if r == room}
    pairs = _sums(built, room, seats, unit)
    if pairs is None:
        return Short(0)
    area = built.problem.rooms[room].area
    exact = {
        (own, whole): Fraction(max(0, whole - area) * own, whole) if whole else Fraction(0)
        for own, whole in pairs
    }
    parts = min(FINEST, lcm(*(share.denominator for share in exact.values())))
    rows = [(own, whole, floor(share * parts)) for (own, whole), share in sorted(exact.items())]
    model = built.model
    columns = [
        model.new_int_var(0, max(row[index] for row in rows), f"share {room} {unit}")
        for index in range(3)
    ]
    limits = {g: built.problem.limit(g.unit, g.grade) for g in seats}
    model.add(columns[0] == sum(v * limits[g] for g, v in seats.items() if g.unit == unit))
    model.add(columns[1] == sum(v * limits[g] for g, v in seats.items()))
    model.add_allowed_assignments(columns, rows)
    return Short(columns[2], parts)


def _sums(
    built: RoomModel, room: str, seats: Mapping[Group, Any], unit: str
) -> set[tuple[int, int]] | None:
    """All sums of standards (of the unit, of everybody) in a room; None when too many."""
    problem = built.problem
    policy = problem.policy
    most: Fraction | None = Fraction(problem.rooms[room].area) / policy.min_share
    if policy.exceptions == "propose" or any(
        (room, g.unit) in problem.registered_exceptions for g in seats
    ):
        most = None
    sums = {(0, 0)}
    for group in sorted(seats):
        limit = problem.limit(group.unit, group.grade)
        sums = {
            (own + count * limit * (group.unit == unit), whole + count * limit)
            for own, whole in sums
            for count in range(problem.planned[group] + 1)
            if most is None or whole + count * limit <= most
        }
        if len(sums) > MOST_PAIRS:
            return None
    return sums


def short_per_person(
    built: RoomModel, shorts: Mapping[str, Iterable[Short]], total_area: int
) -> Any:
    """The least whole number that no unit's short per person seated exceeds."""
    model, problem = built.model, built.problem
    worst = model.new_int_var(0, total_area, "short per person")
    for unit, rooms in sorted(shorts.items()):
        rooms = list(rooms)
        people = problem.people_of[unit]
        seated = model.new_int_var(0, people, "")
        model.add(seated == sum(built.seated[g] for g in problem.groups_of[unit]))
        product = model.new_int_var(0, total_area * max(people, 1), "")
        model.add_multiplication_equality(product, [worst, seated])
        parts = lcm(*(short.parts for short in rooms))
        model.add(product * parts >= sum(s.amount * (parts // s.parts) for s in rooms))
    return worst
