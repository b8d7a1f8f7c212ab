"""Where each unit starts: the aggregate's wish, today's building, or the roomiest one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import networkx

from allocator.plan import Assignment
from allocator.problem import Problem


def unit_homes(
    problem: Problem, share: Mapping[tuple[str, str], float], *, wishes: bool
) -> dict[str, str]:
    """A building for each unit: where the aggregate puts it, or where most of it sits today."""
    wish: dict[str, tuple[float, str]] = {}
    for (unit, building), part in sorted(share.items()):
        wish[unit] = max(wish.get(unit, (0.0, "")), (part, building))
    placed: dict[str, str] = {}
    for unit in problem.planned_units:
        if not problem.people_of[unit]:
            continue
        floors = problem.permitted_floors[unit]
        today: dict[str, int] = defaultdict(int)
        for group in problem.groups_of[unit]:
            for room, people in problem.today_people.get(group, {}).items():
                if problem.floor_of[room] in floors:
                    today[problem.building_of[room]] += people
        if unit in wish and (wishes or not today):
            placed[unit] = wish[unit][1]
        elif today:
            placed[unit] = min(today, key=lambda b: (-today[b], b))
        elif floors:
            placed[unit] = _roomiest(problem, unit, placed)
    _bring_together(problem, placed)
    return placed


def _roomiest(problem: Problem, unit: str, placed: dict[str, str]) -> str:
    """The permitted building with most office area not yet wanted by units at home there."""
    left: dict[str, int] = defaultdict(int)
    for floor in problem.permitted_floors[unit]:
        offices = [r.area for r in problem.stock_by_floor[floor] if r.use == "office"]
        left[problem.building_of_floor[floor]] += sum(offices)
    for other, building in placed.items():
        if building in left:
            left[building] -= problem.need(other)
    return min(left, key=lambda b: (-left[b], b))


def _bring_together(problem: Problem, placed: dict[str, str]) -> None:
    """Units that must share a place start in the building of the largest of them."""
    bound = networkx.Graph(
        (r.a, r.b)
        for r in problem.scenario.relations
        if r.kind.startswith("same_") and r.a in placed and r.b in placed
    )
    for members in networkx.connected_components(bound):
        first = min(members, key=lambda u: (-problem.people_of[u], u))
        for unit in members:
            floors = problem.permitted_floors[unit]
            if any(problem.building_of_floor[f] == placed[first] for f in floors):
                placed[unit] = placed[first]


def pinned_rows(problem: Problem) -> list[Assignment]:
    """Service rooms that pins give to a unit."""
    return [
        Assignment(pin.place, pin.unit, purpose="pin")
        for unit, pins in sorted(problem.pins_of.items())
        for pin in pins
        if pin.kind == "room"
        and problem.rooms[pin.place].use == "service"
        and problem.units[unit].planned
    ]
