"""From counts per class to concrete rooms, and from grades to divisions, along the corridor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from allocator.domain import Group
from allocator.model.kinds import Kind
from allocator.model.packing import Packing
from allocator.plan import Assignment
from allocator.problem import Problem


def realise(p: Packing, value: Callable[[Any], int]) -> list[Assignment]:
    """Rows of the subproblem's units for a solution of its counts."""
    people_in: dict[tuple[str, int], int] = {}
    rows: list[Assignment] = []
    for c, room_class in enumerate(p.classes):
        blocks = _blocks(p, c, value)
        rooms = _in_corridor_order(p.problem, room_class.rooms)
        blocks.sort(key=lambda block: _anchor(p, block[0], room_class.floor))
        start = 0
        for unit, fills, request in blocks:
            for fill in fills:
                room = rooms[start]
                start += 1
                if request is not None:
                    purpose = p.problem.scenario.ledger.requests[request].purpose
                    rows.append(Assignment(room, unit, purpose=purpose))
                for kind, count in fill.items():
                    people_in[room, kind] = count
    for unit in p.units:
        for index in p.kinds_in(unit):
            seats = {r: n for (r, k), n in people_in.items() if k == index and n}
            rows += seat_groups(p.problem, p.kinds[index], seats)
    return rows


Block = tuple[str, list[dict[int, int]], int | None]


def _blocks(p: Packing, c: int, value: Callable[[Any], int]) -> list[Block]:
    """(unit, people per kind in each of its rooms, request) of one class."""
    blocks: list[Block] = []
    for (cc, k), rooms in p.alone.items():
        if cc == c and value(rooms):
            blocks.append((p.kinds[k].unit, [{k: 1}] * value(rooms), None))
    for (cc, unit, limit), rooms in p.shared.items():
        if cc == c and value(rooms):
            left = {
                k: value(p.alike[c, k])
                for k in p.kinds_in(unit)
                if p.kinds[k].limit == limit and (c, k) in p.alike
            }
            blocks.append((unit, _spread(left, value(rooms)), None))
    for (cc, unit, way), rooms in p.filled.items():
        if cc == c and value(rooms):
            shared = [
                k for k in p.classes[c].kinds if p.kinds[k].unit == unit and not p.kinds[k].single
            ]
            fill = {k: n for k, n in zip(shared, way, strict=True) if n}
            blocks.append((unit, [fill] * value(rooms), None))
    for (cc, q), rooms in p.given.items():
        if cc == c and value(rooms):
            unit = p.problem.scenario.ledger.requests[q].unit
            blocks.append((unit, [{}] * value(rooms), q))
    return blocks


def _spread(people: dict[int, int], rooms: int) -> list[dict[int, int]]:
    """Divide people of one standard evenly over rooms, kinds one after the other."""
    total = sum(people.values())
    queue = [k for k, n in sorted(people.items()) for _ in range(n)]
    fills: list[dict[int, int]] = []
    start = 0
    for index in range(rooms):
        size = total // rooms + (1 if index < total % rooms else 0)
        fill: dict[int, int] = defaultdict(int)
        for k in queue[start : start + size]:
            fill[k] += 1
        start += size
        fills.append(dict(fill))
    return fills


def _in_corridor_order(problem: Problem, rooms: Iterable[str]) -> list[str]:
    return sorted(rooms, key=lambda r: (problem.rooms[r].position or 0, r))


def _anchor(p: Packing, unit: str, floor: str) -> tuple[float, str]:
    """Mean corridor position of a unit's rooms on the floor today; others by name after."""
    problem = p.problem
    positions = [
        problem.rooms[room].position or 0
        for group in problem.groups_of[unit]
        for room in problem.today_people.get(group, {})
        if problem.floor_of[room] == floor
    ]
    mean = sum(positions) / len(positions) if positions else float("inf")
    return mean, unit


def seat_groups(problem: Problem, kind: Kind, seats: dict[str, int]) -> list[Assignment]:
    """Give the seats of one kind to its groups: stays first, then runs along the corridor."""
    left = {g: problem.planned[g] for g in kind.groups}
    free = dict(seats)
    given: dict[tuple[str, Group], int] = defaultdict(int)
    for room in sorted(free):
        for group in kind.groups:
            stay = problem.today_people.get(group, {}).get(room, 0)
            count = min(stay, free[room], left[group])
            if count:
                given[room, group] += count
                free[room] -= count
                left[group] -= count
    order = sorted((r for r in free if free[r]), key=lambda r: _along(problem, r))
    waiting = sorted((g for g in kind.groups if left[g]), key=lambda g: _first(problem, g, given))
    for room in order:
        waiting.sort(key=lambda g: given.get((room, g), 0) == 0)
        while free[room] and waiting:
            group = waiting[0]
            count = min(free[room], left[group])
            given[room, group] += count
            free[room] -= count
            left[group] -= count
            if not left[group]:
                waiting.pop(0)
        waiting.sort(key=lambda g: _first(problem, g, given))
    return [Assignment(room, g.unit, g.division, g.grade, n) for (room, g), n in given.items() if n]


def _along(problem: Problem, room: str) -> tuple[str, int, int, str]:
    """Building, floor, corridor position."""
    floor = problem.floors[problem.floor_of[room]]
    return floor.building, floor.level, problem.rooms[room].position or 0, room


def _first(
    problem: Problem, group: Group, given: dict[tuple[str, Group], int]
) -> tuple[tuple[str, int, int, str], Group]:
    """Where the group's earliest seat lies, so that runs grow from it."""
    rooms = [r for (r, g), n in given.items() if g == group and n]
    rooms = rooms or list(problem.today_people.get(group, {}))
    places = [_along(problem, r) for r in rooms]
    return min(places, default=("~", 0, 0, "")), group
