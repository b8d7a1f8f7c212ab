"""Plans for districts of any size: a start from the aggregate, then exact re-planning of parts.

Every candidate is measured as a whole plan, at room level; only a better one replaces the best.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from fractions import Fraction

from allocator.measure import Measure, Measured, today_rows
from allocator.model.bound.bound import Bound, bound, released_bound
from allocator.model.bound.bound import Effort as BoundEffort
from allocator.model.breaches import Breaches
from allocator.model.homes import unit_homes
from allocator.model.neighbourhoods import Neighbourhoods
from allocator.model.packing import FIXED
from allocator.model.relaxation import Relaxation, whole_units
from allocator.model.subproblem import (
    Outcome,
    Task,
    bounds_in_worker,
    run_in_worker,
    solve_task,
    start_worker,
)
from allocator.plan import Assignment
from allocator.problem import Problem

PART = 1.5
"""Most seconds (or work) of one subproblem."""

MEND = 5.0
"""The same for parts that must seat people left over."""
START = 0.6
"""Most seconds (or work) of packing one building for the start."""

LATE = 0.5
"""Share of the effort left at which a start that leaves people unhoused is given up."""

PRESS = 50
"""Extra m2 per person moved while a plan moves more people than its cap."""
LAST = 0.12
"""Share of the effort kept for the closeness tier."""
TIDY = 1.5
"""Most work of bringing the units of one building together."""
BOUND = 0.2
"""Share of the effort that one worker spends on the bound of the whole."""
MARGIN = 0.9
"""Part of the shared seats that the start's aggregate may fill."""


@dataclass
class State:
    """The best plan so far and its value per tier, breaches of hard rules first."""

    rows: list[Assignment]
    common: frozenset[str]
    measured: Measured
    key: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """Wall deadline (monotonic seconds) or deterministic work, workers and seed."""

    deadline: float | None
    work: float | None
    workers: int
    seed: int


@dataclass
class Search:
    """One run of the search over a problem."""

    problem: Problem
    measure: Measure
    effort: Effort
    report: Callable[[State], None]
    stop: Callable[[], bool]
    bounded: Callable[[Bound, Bound], None]
    """Told of bounds: of the priced tier, and of the area in use."""
    spent: float = 0.0
    share: dict[tuple[str, str], float] = field(default_factory=dict)
    """Where the aggregate puts each unit."""
    fell_back: bool = False
    press: int = 0
    tidying: bool = False
    asked: Future[tuple[Bound, Bound]] | None = None
    breaches: Breaches = field(init=False)
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.breaches = Breaches(self.problem)

    def state(self, rows: Iterable[Assignment], common: Iterable[str]) -> State:
        """Measure a candidate plan."""
        ordered = sorted(rows)
        kept = frozenset(common)
        measured = self.measure.plan(ordered, kept)
        broken = Fraction(self.breaches.count(ordered, measured))
        return State(ordered, kept, measured, (broken, *self.measure.tier_values(measured.terms)))

    def over(self) -> bool:
        """Whether the effort is spent or the user asked to stop."""
        return self.stop() or self._left() <= (0.0 if self.tidying else LAST)

    def run(self, begun: State | None = None) -> State:
        """Start, then re-plan related buildings until the effort is spent."""
        if self.effort.workers > 1:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(
                self.effort.workers,
                mp_context=context,
                initializer=start_worker,
                initargs=(self.problem.scenario,),
            ) as pool:
                self._ask_for_bounds(pool)
                best = self._improve(begun or self._start(pool), pool)
                self._take_bounds(wait=True)
                pool.shutdown(wait=True, cancel_futures=True)
                return best
        self._ask_for_bounds(None)
        return self._improve(begun or self._start(None), None)

    # -- the start -------------------------------------------------------------------------

    def _start(self, pool: ProcessPoolExecutor | None) -> State:
        """Units where the aggregate wants them, packed building by building."""
        roomy = Relaxation(self.problem, self.measure, 0, MARGIN)
        self.share = whole_units(roomy, roomy.solve(None))
        capped = self.problem.policy.people_moved_cap is not None
        self.press = PRESS if capped else 0
        homes = unit_homes(self.problem, self.share, wishes=not capped)
        state = self._packed(self._map(pool, self._tasks(homes)))
        self._take_bounds(wait=False)
        self.report(state)
        return state

    def _take_bounds(self, *, wait: bool) -> None:
        """Pass on the bounds that a worker has found."""
        if self.asked is not None and (wait or self.asked.done()):
            self.bounded(*self.asked.result())
            self.asked = None

    def _ask_for_bounds(self, pool: ProcessPoolExecutor | None) -> None:
        """Bounds from a worker beside the search, else here for a part of the work or time."""
        effort = self.effort
        if pool is not None and effort.deadline is not None:
            seconds = BOUND * (effort.deadline - time.monotonic())
            self.asked = pool.submit(bounds_in_worker, seconds)
            return
        work = None if effort.work is None else BOUND / 2 * effort.work
        found = []
        for solve in (bound, released_bound):
            deadline = None
            if effort.deadline is not None:
                now = time.monotonic()
                deadline = now + BOUND / 2 * (effort.deadline - now)
            found.append(solve(self.problem, self.measure, BoundEffort(deadline, work, self.stop)))
            self.spent += work or 0.0
        self.bounded(*found)

    def _tasks(self, homes: dict[str, str]) -> list[Task]:
        """One task per building with the units at home there."""
        fixed = [*self.problem.fixed_rows, *pinned_rows(self.problem)]
        today = today_rows(self.problem)
        tasks = []
        for building in sorted(set(homes.values())):
            inside = tuple(sorted(u for u, b in homes.items() if b == building))
            hint = [r for r in today if r.unit in inside and not r.purpose]
            task = self._task(inside, (building,), [*fixed, *hint], (), START)
            tasks.append(replace(task, aim="start"))
        return tasks

    def _packed(self, outcomes: list[Outcome]) -> State:
        rows = [*self.problem.fixed_rows, *pinned_rows(self.problem)]
        common: set[str] = set()
        for outcome in outcomes:
            self.spent += outcome.work
            if outcome.rows is not None:
                rows += outcome.rows
                common |= set(outcome.common)
        return self.state(rows, common)

    # -- improvement -----------------------------------------------------------------------

    def _improve(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        if self.effort.work is not None or pool is None:
            return self._improve_in_rounds(best, pool)
        return self._improve_as_ready(best, pool)

    def _improve_in_rounds(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        """Disjoint parts side by side, taken over in a fixed order: repeatable."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        while not self.over():
            best = self._fall_back(best, pool)
            chosen: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
            busy: frozenset[str] = frozenset()
            for _ in range(self.effort.workers):
                part = choose.propose(best.rows, self._left_over(best), busy)
                if part:
                    chosen.append(part)
                    busy |= self._reach(part[1])
            if not chosen:
                break
            tasks = [
                self._task(
                    units,
                    tuple(sorted(places)),
                    best.rows,
                    best.common,
                    MEND if name == "left over" else PART,
                )
                for name, places, units in chosen
            ]
            outcomes = self._map(pool, tasks)
            for (name, places, units), outcome in zip(chosen, outcomes, strict=True):
                self.spent += outcome.work + 0.05
                best, improved = self._take(best, places, units, outcome)
                choose.learn(name, places, improved=improved)
        return self._tidy(best, pool)

    def _improve_as_ready(self, best: State, pool: ProcessPoolExecutor) -> State:
        """Workers never idle: a new part starts as soon as one is done."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        running: dict[Future[Outcome], tuple[str, frozenset[str], tuple[str, ...]]] = {}
        while True:
            while len(running) < self.effort.workers and not self.over():
                busy = frozenset(b for _, p, _ in running.values() for b in self._reach(p))
                part = choose.propose(best.rows, self._left_over(best), busy)
                if part is None:
                    break
                name, places, units = part
                most = MEND if name == "left over" else PART
                task = self._task(units, tuple(sorted(places)), best.rows, best.common, most)
                running[pool.submit(run_in_worker, task)] = part
            if not running:
                return self._tidy(best, pool)
            before = best
            best = self._fall_back(best, pool)
            if best is not before:
                running = {f: (n, frozenset(), ()) for f, (n, _, _) in running.items()}
            self._take_bounds(wait=False)
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                name, places, units = running.pop(future)
                if not places:
                    continue  # planned on a plan that was given up since
                best, improved = self._take(best, places, units, future.result())
                choose.learn(name, places, improved=improved)
            if self.stop():
                return best

    def _tidy(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        """With the last of the effort, bring units onto one floor, worst buildings first."""
        self.tidying = True
        todo = self._untidy(best)
        while todo and not self.over():
            chosen: list[tuple[str, tuple[str, ...]]] = []
            sites: set[str] = set()
            for building, units in list(todo):
                site = self.problem.site_of_building[building]
                if site not in sites and len(chosen) < self.effort.workers:
                    sites.add(site)
                    chosen.append((building, units))
                    todo.remove((building, units))
            tasks = [
                replace(self._task(units, (b,), best.rows, best.common, TIDY), aim="tidy")
                for b, units in chosen
            ]
            for (building, units), outcome in zip(chosen, self._map(pool, tasks), strict=True):
                self.spent += outcome.work + 0.05
                best, _ = self._take(best, frozenset({building}), units, outcome)
        return best

    def _untidy(self, best: State) -> list[tuple[str, tuple[str, ...]]]:
        """Buildings with the units wholly inside, most people off their main floor first."""
        seats = [r for r in best.rows if r.people]
        places = self.measure.main_places(seats)
        homes: dict[str, set[str]] = defaultdict(set)
        off: dict[str, int] = defaultdict(int)
        for row in best.rows:
            if row.purpose in FIXED:
                continue
            building = self.problem.building_of[row.room]
            homes[row.unit].add(building)
            if row.people and places[row.unit][1] != self.problem.floor_of[row.room]:
                off[building] += row.people
        return [
            (b, units)
            for b in sorted(off, key=lambda b: (-off[b], b))
            if (units := tuple(sorted(u for u, at in homes.items() if at == {b})))
        ]

    def _fall_back(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        """Half-way, units as they sit today, if the plan so far still leaves people unhoused."""
        if self.fell_back or not any(best.key[:2]) or self._left() > LATE:
            return best
        self.fell_back = True
        homes = unit_homes(self.problem, self.share, wishes=False)
        state = self._packed(self._map(pool, self._tasks(homes)))
        if state.key[:2] >= best.key[:2]:
            return best
        self.report(state)
        return state

    def _left(self) -> float:
        """Share of the effort that is left."""
        if self.effort.work is not None:
            return 1 - self.spent / self.effort.work
        if self.effort.deadline is None:
            return 0.0
        return (self.effort.deadline - time.monotonic()) / (self.effort.deadline - self.began)

    def _reach(self, buildings: frozenset[str]) -> frozenset[str]:
        """All buildings of the same sites, whose reserve and services are counted together."""
        sites = {self.problem.site_of_building[b] for b in buildings}
        return frozenset(b for b, s in self.problem.site_of_building.items() if s in sites)

    def _left_over(self, best: State) -> tuple[str, ...]:
        """Units with people or requests that have no room yet."""
        seated = best.measured.seated
        units = {g.unit for g, n in self.problem.planned.items() if seated.get(g, 0) < n}
        units |= {unit for unit, _, _ in self.measure.missing_requests(best.rows)}
        units |= {unit for pair in self.breaches.broken(best.rows) for unit in pair}
        return tuple(sorted(units))

    def _take(
        self, best: State, places: frozenset[str], units: tuple[str, ...], outcome: Outcome
    ) -> tuple[State, bool]:
        """The better of the best plan and the one with this part replaced."""
        if outcome.rows is None:
            return best, False
        chosen = set(units)
        rows = [r for r in best.rows if r.unit not in chosen or r.purpose in FIXED]
        common = {f for f in best.common if self.problem.building_of_floor[f] not in places}
        state = self.state([*rows, *outcome.rows], common | set(outcome.common))
        if state.key < best.key:
            self.report(state)
            cap = self.problem.policy.people_moved_cap
            over = cap is not None and state.measured.people.moved > cap
            self.press = PRESS if over else 0
            return state, True
        return best, False

    # -- tasks -----------------------------------------------------------------------------

    def _task(
        self,
        units: tuple[str, ...],
        buildings: tuple[str, ...],
        rows: Iterable[Assignment],
        common: Iterable[str],
        most: float,
    ) -> Task:
        work = most
        if self.effort.work is not None:
            work = max(0.2, min(most, self.effort.work - self.spent))
        kept = tuple(sorted(common))
        effort = self.effort
        return Task(
            units,
            buildings,
            tuple(rows),
            kept,
            effort.deadline,
            work,
            effort.seed,
            press=self.press,
        )

    def _map(self, pool: ProcessPoolExecutor | None, tasks: list[Task]) -> list[Outcome]:
        if pool is not None:
            return list(pool.map(run_in_worker, tasks))
        return [solve_task(self.problem, self.measure, task) for task in tasks]


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
