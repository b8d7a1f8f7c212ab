"""From counts of rooms to rows: rooms along the corridor, people who may stay first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from allocator.domain import Group
from allocator.model.columns.case import Case, Seats
from allocator.plan import Assignment


@dataclass(frozen=True, slots=True)
class Taken:
    """One way to take a room: a unit with people per standard, or a request's room.

    A single standard with 0 people stands for rooms shared evenly by a number of people.
    """

    unit: int
    people: tuple[tuple[Seats, int], ...]
    request: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """Rooms that are alike, and how many of them are taken each way: (rooms, people)."""

    rooms: tuple[str, ...]
    ways: tuple[tuple[Taken, tuple[int, int]], ...]


def rows_of(case: Case, filled: Iterable[Filled]) -> list[Assignment]:
    """The rows of a packing; fixed rows are not among them."""
    rows: list[Assignment] = []
    seats: dict[Seats, dict[str, int]] = defaultdict(dict)
    for part in filled:
        rooms = sorted(part.rooms, key=lambda r: (case.problem.rooms[r].position or 0, r))
        for taken, (count, people) in part.ways:
            mine, rooms = rooms[:count], rooms[count:]
            if taken.request is not None:
                purpose = case.requests[taken.request][1].purpose
                rows += [Assignment(r, case.units[taken.unit], purpose=purpose) for r in mine]
                continue
            for at, room in enumerate(mine):
                for kind, number in taken.people:
                    even = people // count + (at < people % count)
                    if number or even:
                        seats[kind][room] = number or even
    for kind, inside in seats.items():
        rows += _people(case, kind, inside)
    return rows


def _people(case: Case, kind: Seats, seats: dict[str, int]) -> list[Assignment]:
    """Seat the groups of one standard: stays first, those of groups that shrank last."""
    problem = case.problem
    groups = [g for pool in kind.pools for g in pool]
    left = {g: problem.planned[g] for g in groups}
    free = dict(seats)
    given: dict[tuple[str, Group], int] = defaultdict(int)
    for group in groups:
        for room in sorted(free):
            stay = problem.today_people.get(group, {}).get(room, 0)
            count = min(stay, free[room], left[group])
            if count:
                given[room, group] += count
                free[room] -= count
                left[group] -= count
    waiting = [g for g in groups if left[g]]
    along = {r: (problem.floor_of[r], problem.rooms[r].position or 0, r) for r in free}
    for room in sorted(free, key=lambda r: along[r]):
        while free[room] and waiting:
            group = waiting[0]
            count = min(free[room], left[group])
            given[room, group] += count
            free[room] -= count
            left[group] -= count
            if not left[group]:
                waiting.pop(0)
    return [Assignment(room, g.unit, g.division, g.grade, n) for (room, g), n in given.items()]
