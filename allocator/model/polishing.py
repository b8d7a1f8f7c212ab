"""After annealing: every building's rooms given out anew on its floors, most movers first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from allocator.model.crew import Crew
from allocator.model.packing import FIXED
from allocator.model.polish import Polishing
from allocator.model.subproblem import polish_in_worker
from allocator.plan import Assignment
from allocator.problem import Problem

if TYPE_CHECKING:
    from allocator.model.search import Search, State

SHARE = 0.25
"""Most of the effort left that it may take."""


def polished(search: Search, crew: Crew, best: State) -> State:
    """The plan with all buildings polished, or those that by themselves make it better."""
    until = search.left() * (1 - SHARE)
    asked = _ask(search, best)
    found = crew.map(polish_in_worker, asked, lambda: search.late() or search.left() < until)
    better: list[tuple[Polishing, tuple[Assignment, ...]]] = []
    for polishing, outcome in zip(asked, found, strict=True):
        if outcome is None:
            continue
        rows, work = outcome
        search.spent += work
        if rows is not None and set(rows) != set(polishing.rows):
            better.append((polishing, rows))
    every = _with(search, best, better)
    if every.key < best.key:
        return every
    for change in better:
        if search.late():
            break
        state = _with(search, best, [change])
        if state.key < best.key:
            best = state
    return best


def _with(
    search: Search, best: State, changes: Iterable[tuple[Polishing, tuple[Assignment, ...]]]
) -> State:
    rows = set(best.rows)
    for polishing, new in changes:
        rows.difference_update(polishing.rows)
        rows.update(new)
    return search.state(rows, best.common)


def _ask(search: Search, best: State) -> list[Polishing]:
    """One task per building with units that are wholly inside and free to change rooms."""
    problem = search.problem
    held = {r.room for r in best.rows}
    in_use = {problem.floor_of[room] for room in held} | best.common | problem.floors_always_in_use
    floors: dict[str, set[str]] = defaultdict(set)
    for floor in in_use & problem.stock_by_floor.keys():
        floors[problem.building_of_floor[floor]].add(floor)
    asked: list[tuple[int, Polishing]] = []
    for building, (mine, taken) in sorted(_by_building(problem, best.rows).items()):
        seats = sum(
            room.area // problem.lowest_limit
            for floor in floors[building]
            for room in problem.stock_by_floor[floor]
            if room.use == "office" and room.code not in held
        )
        if mine:
            polishing = Polishing(
                tuple(mine),
                frozenset(taken),
                frozenset(floors[building]),
                seats,
                search.effort.deadline,
                search.effort.seed,
            )
            asked.append((-_movers(problem, mine, building), polishing))
    return [polishing for _, polishing in sorted(asked, key=lambda a: a[0])]


def _by_building(
    problem: Problem, rows: list[Assignment]
) -> dict[str, tuple[list[Assignment], set[str]]]:
    """Per building: rows that may change, and rooms held otherwise."""
    at: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        at[row.unit].add(problem.building_of[row.room])
    fixed = {u for r in problem.scenario.relations if r.kind != "near" for u in (r.a, r.b)}
    fixed |= {r.unit for r in rows if r.room in problem.shared_units}
    fixed |= {unit for _, unit in problem.registered_exceptions}
    found: dict[str, tuple[list[Assignment], set[str]]] = defaultdict(lambda: ([], set()))
    for row in rows:
        mine, taken = found[problem.building_of[row.room]]
        if row.unit in fixed or len(at[row.unit]) > 1 or row.purpose in FIXED:
            taken.add(row.room)
        else:
            mine.append(row)
    return found


def _movers(problem: Problem, rows: list[Assignment], building: str) -> int:
    """People who sit in the building today and change rooms in it."""
    today: dict[object, int] = defaultdict(int)
    for group in {row.group for row in rows if row.people}:
        for room, people in problem.today_people.get(group, {}).items():
            if problem.building_of[room] == building:
                today[group] += people
    stay: dict[object, int] = defaultdict(int)
    planned: dict[object, int] = defaultdict(int)
    for row in rows:
        if row.people:
            here = problem.today_people.get(row.group, {}).get(row.room, 0)
            stay[row.group] += min(here, row.people)
            planned[row.group] += row.people
    return sum(min(n, planned[group]) - stay[group] for group, n in today.items())
