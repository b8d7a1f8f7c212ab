"""First plans: compiled annealing from several starts, and exact packing where it leaves people.

Starts are where the units sit today and, on problems small enough, where the aggregate puts them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from allocator.measure import today_rows
from allocator.model.anneal.cooling import HOT, TRIAL, WARM, Cooled, Cooling
from allocator.model.crew import Crew
from allocator.model.homes import pinned_rows, unit_homes
from allocator.model.packing import FIXED
from allocator.model.relaxation import Relaxation, whole_units
from allocator.model.subproblem import Task, anneal_in_worker, compile_in_worker, run_in_worker
from allocator.plan import Assignment
from allocator.problem import Problem

if TYPE_CHECKING:
    from allocator.model.search import Search, State

SHARE = 0.35
"""Share of the effort for annealing."""
FIRST = 0.02
"""Share of the effort of the first cooling, which gives the first plan."""
LONGEST_FIRST = 3.0
"""Most seconds of that."""
ROUNDS = ((HOT, 0.35), (HOT, 0.35), (WARM, 0.3))
"""Temperature and share of the annealing's effort of each round; each begins with the best."""
PARTED = (
    (WARM, 0.25), (WARM, 0.2), (WARM / 2, 0.2), (WARM / 2, 0.15), (WARM / 4, 0.1), (WARM / 4, 0.1),
)  # fmt: skip
"""The same where each worker has a part of the sites to itself."""
APART = 80
"""Buildings from which on the workers divide the sites."""
SMALL = 2_500
"""Pairs of unit and building up to which the aggregate is solved for a start."""
MARGIN = 0.9
"""Part of the shared seats that the start's aggregate may fill."""
PRESS = 50
"""Extra m2 per person moved where the number of moves is capped."""
START = 0.6
"""Most seconds (or work) of packing one building exactly."""
MANY = 200
"""Most buildings of which all are packed exactly, where many of them leave people over."""
LOOK = 0.5
"""Seconds between looks at a wish to stop."""
FEW = 150
"""Rooms up to which nothing is annealed: exact packing is as fast."""
COMPILING = 65.0
"""Seconds that the first run on a machine compiles for; where there are fewer, it does not."""
ENOUGH = 1.2
"""Part of that time which a run must have to compile at all."""
PATIENT = 0.75
"""Share of the effort after which such a run goes on without annealing."""
LITTLE = Fraction(1, 1000)
"""Gain of a round, as a share of the priced tier, below which annealing ends."""

Homes = tuple[tuple[str, str | None], ...]


def first_states(search: Search, crew: Crew, best: State, *, given: bool) -> Iterator[State]:
    """Whole plans as they are found, not always better than the ones before.

    `given`: the best so far was asked for as a start; else it is what remains of today.
    """
    search.press = 0 if search.problem.policy.people_moved_cap is None else PRESS
    if len(search.problem.stock) <= FEW:
        yield from _packed(search, crew, best)
    elif search.effort.work is not None or _compiled():
        yield from _annealed(search, crew, best, given)
    else:
        yield from _while_compiling(search, crew, best, given)


def will_anneal_at_once(search: Search) -> bool:
    """Whether the first plan needs no exact packing."""
    return len(search.problem.stock) > FEW and (search.effort.work is not None or _compiled())


def _compiled() -> bool:
    from allocator.model.anneal.engine import engine
    from allocator.model.anneal.jit import is_kept

    return is_kept(engine)


def _packed(search: Search, crew: Crew, best: State) -> Iterator[State]:
    """Units where they sit today and where the aggregate wants them, packed exactly."""
    for wanted in (today_homes, _aggregate):
        best = exact_start(search, crew, best, wanted(search))
        yield best


def _while_compiling(search: Search, crew: Crew, best: State, given: bool) -> Iterator[State]:
    """One worker compiles for this and all later runs, the others improve the first plan.

    A worker by itself compiles first, where that leaves it time to use it.
    """
    trial = Cooling(today_homes(search), 0, None, TRIAL, press=search.press)
    if search.seconds_left() <= ENOUGH * COMPILING:
        return
    if crew.pool is None:
        compile_in_worker(trial)
        yield from _annealed(search, crew, best, given)
        return
    asked = crew.submit(compile_in_worker, trial)
    if asked is None:
        return
    best = search.improve(best, crew, lambda _: asked.done() or search.left() < 1 - PATIENT)
    yield best
    if not asked.done():
        return
    try:
        asked.result()
    except BrokenProcessPool:
        crew.replace()
        return
    yield from _annealed(search, crew, best, given=True)


def _annealed(search: Search, crew: Crew, best: State, given: bool) -> Iterator[State]:
    """Coolings from several starts; the first is short."""
    problem = search.problem
    starts = [today_homes(search)]
    if given:
        starts.insert(0, _homes_of(problem, best.rows))
    homes = starts[0]
    top: State | None = None
    first, settled = True, False
    rounds = (
        PARTED
        if len({problem.building_of_floor[f] for f in problem.stock_by_floor}) >= APART
        else ROUNDS
    )
    for heat, share in ((WARM, FIRST), *((h, SHARE * s) for h, s in rounds)):
        if not first and (search.over() or settled):
            break
        before = top
        parted = not first and rounds is PARTED
        asked = _coolings(search, starts, heat, share, first=first, parted=parted)
        found = _cool(search, crew, asked)
        if first and search.press == 0 and _pairs(problem) <= SMALL:
            starts.append(_aggregate(search))
        for cooled in _together(search, crew, asked, found) if parted else found:
            search.spent += cooled.work
            state = _state(search, cooled)
            if top is None or state.key < top.key:
                top, homes = state, cooled.homes
            yield state
        settled = not first and _gained_little(before, top)
        first = False
        starts = [homes, *starts[1:]] if heat >= WARM and len(starts) > 1 else [homes]
    search.fell_back = True
    if top is not None and any(top.key[:2]) and not search.over():
        yield exact_start(search, crew, top, homes)


def _gained_little(before: State | None, after: State | None) -> bool:
    """Whether a round of annealing that houses everybody before and after hardly paid."""
    if before is None or after is None or any(before.key[:2]):
        return False
    if len(before.key) < 3:
        return True
    return before.key[2] - after.key[2] < LITTLE * before.key[2]


def _pairs(problem: Problem) -> int:
    return len(problem.planned_units) * len({r.floor for r in problem.stock}) // 3


def today_homes(search: Search) -> Homes:
    """Where most of each unit sits today."""
    return tuple(sorted(unit_homes(search.problem, search.share, wishes=False).items()))


def _aggregate(search: Search) -> Homes:
    """Where the aggregate puts each unit; the search's wishes are set as well."""
    roomy = Relaxation(search.problem, search.measure, 0, MARGIN)
    search.share = whole_units(roomy, roomy.solve(None))
    return tuple(sorted(unit_homes(search.problem, search.share, wishes=True).items()))


def _homes_of(problem: Problem, rows: list[Assignment]) -> Homes:
    """Where a plan has most people of each unit."""
    people: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.people and row.purpose not in FIXED:
            inside = people.setdefault(row.unit, {})
            building = problem.building_of[row.room]
            inside[building] = inside.get(building, 0) + row.people
    return tuple((u, min(at, key=lambda b: (-at[b], b))) for u, at in sorted(people.items()))


def _coolings(
    search: Search, starts: list[Homes], heat: float, share: float, *, first: bool, parted: bool
) -> list[Cooling]:
    """One cooling per worker, in turn from each of the starts, or each for some of the sites."""
    effort = search.effort
    count = 1 if first else max(1, effort.lanes - search.bounding.busy())
    deadline = None
    work = 0.0
    if effort.work is not None:
        work = share * effort.work / count
    elif effort.deadline is not None:
        now = time.monotonic()
        seconds = share * (effort.deadline - search.began)
        if first:
            seconds = min(LONGEST_FIRST, seconds)
        deadline = min(now + seconds, effort.deadline)
    search.coolings += 1
    seed = (effort.seed + 1) * 7919 + search.coolings * 31
    sites = sorted(search.problem.sites)
    Random(seed).shuffle(sites)
    return [
        Cooling(
            starts[0 if parted else i % len(starts)],
            seed + i,
            deadline,
            work,
            heat,
            search.press,
            tuple(sites[i::count]) if parted and count > 1 else (),
        )
        for i in range(count)
    ]


def _cool(search: Search, crew: Crew, coolings: list[Cooling]) -> Iterator[Cooled]:
    """Results in order under work, else as they come; what a dead worker did is done again."""
    if search.effort.work is not None or crew.pool is None:
        done = crew.map(anneal_in_worker, coolings, search.late)
        return iter([cooled for cooled in done if cooled is not None])
    running: set[Future[Cooled]] = set()
    for cooling in coolings:
        future = crew.submit(anneal_in_worker, cooling)
        if future is not None:
            running.add(future)
    return _as_they_come(search, crew, coolings, running)


def _as_they_come(
    search: Search, crew: Crew, coolings: list[Cooling], running: set[Future[Cooled]]
) -> Iterator[Cooled]:
    while running and not search.late():
        done, running = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            try:
                yield future.result()
            except BrokenProcessPool:
                crew.replace()
                done_again = crew.map(anneal_in_worker, coolings, search.late)
                yield from (cooled for cooled in done_again if cooled is not None)
                return


def _together(
    search: Search, crew: Crew, coolings: list[Cooling], found: Iterator[Cooled]
) -> Iterator[Cooled]:
    """One plan of the parts' homes, packed again."""
    start = dict(coolings[0].homes)
    homes = dict(start)
    for cooled in found:
        search.spent += cooled.work
        homes.update((u, b) for u, b in cooled.homes if start.get(u) != b)
    if homes != start:
        settled = replace(coolings[0], homes=tuple(sorted(homes.items())), work=0.0, sites=())
        if settled.deadline is not None:
            settled = replace(settled, deadline=0.0)
        done = crew.map(anneal_in_worker, [settled], search.late)
        yield from (cooled for cooled in done if cooled is not None)


def _state(search: Search, cooled: Cooled) -> State:
    problem = search.problem
    rows = [*problem.fixed_rows, *pinned_rows(problem), *cooled.rows]
    return search.state(rows, cooled.common)


# -- exact packing -------------------------------------------------------------------------


def exact_start(
    search: Search,
    crew: Crew,
    best: State,
    wanted: Homes,
    over: Callable[[], bool] | None = None,
) -> State:
    """These homes with buildings packed exactly, if that is better than the best.

    Where few buildings leave people over only they are packed, with the units that sit there.
    Buildings not yet packed when it is `over` stay as they are.
    """
    problem = search.problem
    homes: dict[str, str] = {u: b for u, b in wanted if b is not None}
    for unit, building in unit_homes(problem, {}, wishes=False).items():
        homes.setdefault(unit, building)
    left = set(search.left_over(best))
    every = sorted({*homes.values()})
    trouble = {homes[u] for u in left if u in homes}
    if len(every) > MANY or 2 * len(trouble) <= len(every):
        sit = {u: b for u, b in _homes_of(problem, best.rows) if b is not None and u not in left}
        homes |= sit
        every = sorted(trouble)
    moved = {u for u, b in homes.items() if b in every}
    kept = [r for r in best.rows if r.unit not in moved or r.purpose in FIXED]
    outcomes = crew.map(run_in_worker, _tasks(search, homes, every, kept), over or search.late)
    packed = {b for b, o in zip(every, outcomes, strict=True) if o is not None and o.rows}
    again = {u for u, b in homes.items() if b in packed}
    rows = [
        r
        for r in best.rows
        if r.purpose in FIXED
        or not (r.unit in again or (r.unit in moved and problem.building_of[r.room] in packed))
    ]
    common = {f for f in best.common if problem.building_of_floor[f] not in packed}
    for outcome in outcomes:
        if outcome is None:
            continue
        search.spent += outcome.work
        if outcome.rows is not None:
            rows += outcome.rows
            common |= set(outcome.common)
    state = search.state(rows, common)
    return state if state.key < best.key else best


def _tasks(
    search: Search, homes: dict[str, str], buildings: list[str], kept: list[Assignment]
) -> list[Task]:
    """One task per building with the units at home there; `kept` are the rows that stay."""
    problem = search.problem
    today = today_rows(problem)
    tasks = []
    for building in buildings:
        inside = tuple(sorted(u for u, b in homes.items() if b == building))
        hint = [r for r in today if r.unit in inside and not r.purpose]
        task = search.task(inside, (building,), [*kept, *hint], (), START)
        tasks.append(replace(task, aim="start"))
    return tasks
