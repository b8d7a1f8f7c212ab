"""Plans for districts of any size: a start from the aggregate, then exact re-planning of parts.

Every candidate is measured as a whole plan, at room level; only a better one replaces the best.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from fractions import Fraction

from allocator.measure import Measure, Measured
from allocator.model.neighbourhoods import Neighbourhoods
from allocator.model.packing import FIXED
from allocator.model.subproblem import Outcome, Task, run_in_worker, solve_task, start_worker
from allocator.plan import Assignment
from allocator.problem import Problem


@dataclass
class State:
    """The best plan so far and its value per tier, the moves cap's excess first."""

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
    share: dict[tuple[str, str], float]
    effort: Effort
    report: Callable[[State], None]
    stop: Callable[[], bool]
    spent: float = 0.0
    log: list[str] = field(default_factory=list)

    def state(self, rows: Iterable[Assignment], common: Iterable[str]) -> State:
        """Measure a candidate plan."""
        ordered = sorted(rows)
        kept = frozenset(common)
        measured = self.measure.plan(ordered, kept)
        cap = self.problem.policy.people_moved_cap
        excess = Fraction(max(0, measured.people.moved - cap) if cap is not None else 0)
        return State(ordered, kept, measured, (excess, *self.measure.tier_values(measured.terms)))

    def over(self) -> bool:
        """Whether the effort is spent or the user asked to stop."""
        if self.stop():
            return True
        if self.effort.work is not None:
            return self.spent >= self.effort.work
        return self.effort.deadline is not None and time.monotonic() >= self.effort.deadline

    def run(self, start: State | None = None) -> State:
        """Pack every building, then re-plan related buildings until the effort is spent."""
        if self.effort.workers > 1:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(
                self.effort.workers,
                mp_context=context,
                initializer=start_worker,
                initargs=(self.problem.scenario,),
            ) as pool:
                best = self._improve(start or self._start(pool), pool)
                pool.shutdown(wait=True, cancel_futures=True)
                return best
        return self._improve(start or self._start(None), None)

    # -- the start -------------------------------------------------------------------------

    def _start(self, pool: ProcessPoolExecutor | None) -> State:
        """Each unit in the building the aggregate prefers, packed building by building."""
        homes = self._homes()
        fixed = [*self.problem.fixed_rows, *pinned_rows(self.problem)]
        by_site: dict[str, list[str]] = defaultdict(list)
        for building in sorted(set(homes.values())):
            by_site[self.problem.site_of_building[building]].append(building)
        tasks = []
        for buildings in by_site.values():
            units = tuple(sorted(u for u, b in homes.items() if b in buildings))
            for part in self._parts(buildings, units, homes):
                tasks.append(self._task(*part, fixed, frozenset(), 4.0))
        rows, common = list(fixed), set[str]()
        for outcome in self._map(pool, tasks):
            self.spent += outcome.work
            if outcome.rows is not None:
                rows += outcome.rows
                common |= set(outcome.common)
        state = self.state(rows, common)
        self.report(state)
        return state

    def _parts(
        self, buildings: list[str], units: tuple[str, ...], homes: dict[str, str]
    ) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """A site as one task, since its reserve and services are counted together."""
        size = sum(
            len(r)
            for f, r in self.problem.stock_by_floor.items()
            if self.problem.building_of_floor[f] in buildings
        )
        if size <= 320:
            return [(units, tuple(buildings))]
        return [(tuple(u for u in units if homes[u] == b), (b,)) for b in buildings]

    def _homes(self) -> dict[str, str]:
        """The building of each unit in the aggregate's solution, else where most sit today."""
        wish: dict[str, tuple[float, str]] = {}
        for (unit, building), share in sorted(self.share.items()):
            wish[unit] = max(wish.get(unit, (0.0, "")), (share, building))
        homes = {unit: building for unit, (_, building) in wish.items()}
        for unit in self.problem.planned_units:
            if unit in homes or not self.problem.people_of[unit]:
                continue
            today: dict[str, int] = defaultdict(int)
            for group in self.problem.groups_of[unit]:
                for room, people in self.problem.today_people.get(group, {}).items():
                    if self.problem.floor_of[room] in self.problem.permitted_floors[unit]:
                        today[self.problem.building_of[room]] += people
            may = sorted(
                {self.problem.building_of_floor[f] for f in self.problem.permitted_floors[unit]}
            )
            if today:
                homes[unit] = min(today, key=lambda b: (-today[b], b))
            elif may:
                homes[unit] = may[0]
        return homes

    # -- improvement -----------------------------------------------------------------------

    def _improve(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        if self.effort.work is not None or pool is None:
            return self._improve_in_rounds(best, pool)
        return self._improve_as_ready(best, pool)

    def _improve_in_rounds(self, best: State, pool: ProcessPoolExecutor | None) -> State:
        """Disjoint parts side by side, taken over in a fixed order: repeatable."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        while not self.over():
            chosen: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
            busy: frozenset[str] = frozenset()
            for _ in range(self.effort.workers):
                part = choose.propose(best.rows, busy)
                if part:
                    chosen.append(part)
                    busy |= self._reach(part[1])
            if not chosen:
                break
            tasks = [
                self._task(units, tuple(sorted(places)), best.rows, best.common, 6.0)
                for _, places, units in chosen
            ]
            outcomes = self._map(pool, tasks)
            for (name, places, units), outcome in zip(chosen, outcomes, strict=True):
                self.spent += outcome.work + 0.05
                best, improved = self._take(best, places, units, outcome)
                choose.learn(name, places, improved=improved)
        return best

    def _improve_as_ready(self, best: State, pool: ProcessPoolExecutor) -> State:
        """Workers never idle: a new part starts as soon as one is done."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        running: dict[Future[Outcome], tuple[str, frozenset[str], tuple[str, ...]]] = {}
        while True:
            while len(running) < self.effort.workers and not self.over():
                busy = frozenset(b for _, p, _ in running.values() for b in self._reach(p))
                part = choose.propose(best.rows, busy)
                if part is None:
                    break
                task = self._task(part[2], tuple(sorted(part[1])), best.rows, best.common, 6.0)
                running[pool.submit(run_in_worker, task)] = part
            if not running:
                return best
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                name, places, units = running.pop(future)
                outcome = future.result()
                best, improved = self._take(best, places, units, outcome)
                choose.learn(name, places, improved=improved)
            if self.over() and self.stop():
                return best

    def _reach(self, buildings: frozenset[str]) -> frozenset[str]:
        """All buildings of the same sites, whose reserve and services are counted together."""
        sites = {self.problem.site_of_building[b] for b in buildings}
        return frozenset(b for b, s in self.problem.site_of_building.items() if s in sites)

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
        work = seconds = None
        if self.effort.work is not None:
            work = max(0.2, min(most, self.effort.work - self.spent))
        elif self.effort.deadline is not None:
            seconds = max(0.2, min(most, self.effort.deadline - time.monotonic()))
        return Task(
            units, buildings, tuple(rows), tuple(sorted(common)), seconds, work, self.effort.seed
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
