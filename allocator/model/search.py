"""Plans for districts of any size: a start from the aggregate, then exact re-planning of parts.

Every candidate is measured as a whole plan, at room level; only a better one replaces the best.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from fractions import Fraction

from allocator.measure import Measure, Measured
from allocator.model.bound.bound import Bound
from allocator.model.bounding import PATIENCE, Bounding, Effort
from allocator.model.breaches import Breaches
from allocator.model.crew import Crew
from allocator.model.greedy.start import first_plan
from allocator.model.neighbourhoods import Neighbourhoods
from allocator.model.packing import FIXED
from allocator.model.polishing import polished
from allocator.model.starts import (
    exact_start,
    first_states,
    today_homes,
    will_anneal_at_once,
)
from allocator.model.subproblem import Outcome, Quantity, Task, run_in_worker
from allocator.model.tidy import untidy
from allocator.plan import Assignment
from allocator.problem import Problem

PART = 1.5
"""Most seconds (or work) of one subproblem."""

MEND = 5.0
"""The same for parts that must seat people left over."""

LATE = 0.5
"""Share of the effort left at which a start that leaves people unhoused is given up."""

PRESS = 50
"""Extra m2 per person moved while a plan moves more people than its cap."""
LARGE = 10_000
"""Rooms beyond which measuring a plan takes seconds, so that several parts are taken at once."""
BATCH = 24
"""Parts taken over before the whole is measured again."""
LAST = 0.12
"""Share of the effort kept for the closeness tier."""
WAIT = 0.1
"""Seconds between looks at a bound that a worker is at."""
CLOSE = {"near", "off_main_floor", "outside_main_building"}
"""Terms of the closeness tier."""
TIDY = 1.5
"""Most work of bringing the units of one building together."""


@dataclass
class State:
    """The best plan so far and its value per tier, breaches of hard rules first."""

    rows: list[Assignment]
    common: frozenset[str]
    measured: Measured
    key: tuple[Fraction, ...]


@dataclass
class Search:
    """One run of the search over a problem."""

    problem: Problem
    measure: Measure
    effort: Effort
    report: Callable[[State], None]
    stop: Callable[[], bool]
    bounded: Callable[[Quantity, Bound], None]
    """Told of bounds as they are found."""
    spent: float = 0.0
    share: dict[tuple[str, str], float] = field(default_factory=dict)
    """Where the aggregate puts each unit."""
    fell_back: bool = False
    press: int = 0
    coolings: int = 0
    tidying: bool = False
    sure: State | None = None
    """The best plan that was measured, where that is not done for every part."""
    pending: int = 0
    breaches: Breaches = field(init=False)
    bounding: Bounding = field(init=False)
    closeness: bool = field(init=False)
    """Whether any tier asks for it."""
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.breaches = Breaches(self.problem)
        names = {name for tier in self.problem.policy.tiers for name, rate in tier.terms if rate}
        self.closeness = bool(names & CLOSE)
        self.bounding = Bounding(self.problem, self.measure, self.bounded, self.stop)

    def state(self, rows: Iterable[Assignment], common: Iterable[str]) -> State:
        """Measure a candidate plan."""
        ordered = sorted(rows)
        kept = frozenset(common)
        measured = self.measure.plan(ordered, kept)
        broken = Fraction(self.breaches.count(ordered, measured))
        return State(ordered, kept, measured, (broken, *self.measure.tier_values(measured.terms)))

    def over(self) -> bool:
        """Whether the effort is spent or the user asked to stop."""
        kept = LAST if self.closeness and not self.tidying else 0.0
        return self.stop() or self.left() <= kept

    def late(self) -> bool:
        """Whether nothing more may be waited for."""
        return self.stop() or (self.effort.deadline is not None and self.left() <= 0)

    def begin(self, begun: State | None = None) -> State:
        """A plan to go on from, whatever happens then: the one asked for if it houses everybody."""
        best = first_plan(self, begun)
        self.report(best)
        return best

    def run(self, best: State, *, given: bool) -> State:
        """Anneal, then re-plan related buildings until the effort is spent.

        `given`: the best so far comes from a plan that was asked for, or from a proof.
        """
        with Crew(self.problem, self.measure, self.effort.workers) as crew:
            if will_anneal_at_once(self):
                self.spent += self.bounding.ask(crew, self.effort)
            for state in first_states(self, crew, best, given=given):
                if state.key < best.key:
                    best = state
                    self.report(best)
                self.spent += self.bounding.ask(crew, self.effort)
                self.bounding.take(crew, over=self.over())
            if best.key[0] == 0 and not self.over():
                best = polished(self, crew, best)
                self.report(best)
            best = self._confirmed(self._tidy(self.improve(best, crew), crew))
            self.bounding.take(crew, over=True, patience=self._patience())
            return best

    def finish(self, best: State) -> State:
        """Bring units together in a plan whose priced tier is proved; bounds meanwhile."""
        with Crew(self.problem, self.measure, self.effort.workers) as crew:
            self.spent += self.bounding.ask(crew, self.effort)
            best = self._tidy(best, crew)
            while self.bounding.asked and not self.over():
                self.bounding.take(crew, over=False)
                time.sleep(WAIT)
            return best

    # -- improvement -----------------------------------------------------------------------

    def improve(
        self, best: State, crew: Crew, ready: Callable[[State], bool] = lambda _: False
    ) -> State:
        """Re-plan parts until the effort is spent, or what is waited for is `ready`."""
        if self.effort.work is not None or crew.pool is None:
            return self._improve_in_rounds(best, crew, ready)
        return self._improve_as_ready(best, crew, ready)

    def _improve_in_rounds(
        self, best: State, crew: Crew, ready: Callable[[State], bool] = lambda _: False
    ) -> State:
        """Disjoint parts side by side, taken over in a fixed order: repeatable."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        while not self.over() and not ready(best):
            best = self._fall_back(best, crew)
            chosen: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
            busy: frozenset[str] = frozenset()
            for _ in range(self.effort.lanes):
                part = choose.propose(best.rows, self.left_over(best), busy)
                if part:
                    chosen.append(part)
                    busy |= self._reach(part[1])
            if not chosen:
                break
            tasks = [
                self.task(
                    units,
                    tuple(sorted(places)),
                    best.rows,
                    best.common,
                    MEND if name == "left over" else PART,
                )
                for name, places, units in chosen
            ]
            outcomes = crew.map(run_in_worker, tasks, self.late)
            for (name, places, units), outcome in zip(chosen, outcomes, strict=True):
                if outcome is None:
                    continue
                self.spent += outcome.work + 0.05
                best, improved = self._take(best, places, units, outcome)
                choose.learn(name, places, improved=improved)
        return best

    def _improve_as_ready(self, best: State, crew: Crew, ready: Callable[[State], bool]) -> State:
        """Workers never idle: a new part starts as soon as one is done."""
        choose = Neighbourhoods(self.problem, self.share, self.effort.seed)
        running: dict[Future[Outcome], tuple[str, frozenset[str], tuple[str, ...]]] = {}
        while True:
            while len(running) < self.effort.lanes and not self.over() and not ready(best):
                busy = frozenset(b for _, p, _ in running.values() for b in self._reach(p))
                part = choose.propose(best.rows, self.left_over(best), busy)
                if part is None:
                    break
                name, places, units = part
                most = MEND if name == "left over" else PART
                task = self.task(units, tuple(sorted(places)), best.rows, best.common, most)
                future = crew.submit(run_in_worker, task)
                if future is None:
                    return self._improve_in_rounds(best, crew, ready)
                running[future] = part
            if not running:
                return best
            before = best
            best = self._fall_back(best, crew)
            if best is not before:
                running = {f: (n, frozenset(), ()) for f, (n, _, _) in running.items()}
            self.bounding.take(crew, over=self.over())
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                name, places, units = running.pop(future)
                if not places:
                    continue  # planned on a plan that was given up since
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    crew.replace()
                    running.clear()
                    break
                best, improved = self._take(best, places, units, outcome)
                choose.learn(name, places, improved=improved)
            if self.late():
                return best

    def _patience(self) -> float:
        """Seconds that a bound not yet found is waited for."""
        if self.stop():
            return 0.0
        return PATIENCE if self.effort.deadline is None else max(0.1, self.seconds_left())

    def _tidy(self, best: State, crew: Crew) -> State:
        """With the last of the effort, bring units onto one floor, worst buildings first."""
        self.tidying = True
        best = self._confirmed(best)
        if not self.closeness:
            return best
        todo = untidy(self.problem, self.measure, best.rows)
        while todo and not self.over():
            chosen: list[tuple[str, tuple[str, ...]]] = []
            sites: set[str] = set()
            for building, units in list(todo):
                site = self.problem.site_of_building[building]
                if site not in sites and len(chosen) < self.effort.lanes:
                    sites.add(site)
                    chosen.append((building, units))
                    todo.remove((building, units))
            tasks = [
                replace(self.task(units, (b,), best.rows, best.common, TIDY), aim="tidy")
                for b, units in chosen
            ]
            for (building, units), outcome in zip(
                chosen, crew.map(run_in_worker, tasks, self.late), strict=True
            ):
                if outcome is None:
                    return best
                self.spent += outcome.work + 0.05
                best, _ = self._take(best, frozenset({building}), units, outcome)
        return best

    def _fall_back(self, best: State, crew: Crew) -> State:
        """Half-way, pack every building exactly, if the plan so far leaves people unhoused."""
        if self.fell_back or not any(best.key[:2]) or self.left() > LATE:
            return best
        self.fell_back = True
        state = exact_start(self, crew, best, today_homes(self))
        if state.key[:2] >= best.key[:2]:
            return best
        self.report(state)
        return state

    def seconds_left(self) -> float:
        """Seconds until the deadline; 0 without one."""
        deadline = self.effort.deadline
        return 0.0 if deadline is None else deadline - time.monotonic()

    def left(self) -> float:
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

    def left_over(self, best: State) -> tuple[str, ...]:
        """Units with people or requests that have no room yet."""
        seated = best.measured.seated
        units = {g.unit for g, n in self.problem.planned.items() if seated.get(g, 0) < n}
        units |= {unit for unit, _, _ in self.measure.missing_requests(best.rows)}
        units |= {unit for pair in self.breaches.broken(best.rows) for unit in pair}
        return tuple(sorted(units))

    def _take(
        self, best: State, places: frozenset[str], units: tuple[str, ...], outcome: Outcome
    ) -> tuple[State, bool]:
        """The better of the best plan and the one with this part replaced.

        On large problems several parts are taken over before the whole is measured again.
        """
        if outcome.rows is None:
            return best, False
        chosen = set(units)
        rows = [r for r in best.rows if r.unit not in chosen or r.purpose in FIXED]
        rows += outcome.rows
        common = {f for f in best.common if self.problem.building_of_floor[f] not in places}
        common |= set(outcome.common)
        if self.sure is None and len(self.problem.stock) > LARGE:
            self.sure = best
        if self.sure is not None:
            taken = State(rows, frozenset(common), best.measured, best.key)
            self.pending += 1
            return (self._confirmed(taken) if self.pending >= BATCH else taken), True
        state = self.state(rows, common)
        if state.key < best.key:
            self._accept(state)
            return state, True
        return best, False

    def _confirmed(self, taken: State) -> State:
        """The plan with all parts taken over, if it is better as a whole; else the one before."""
        if self.sure is None or not self.pending:
            return taken
        self.pending = 0
        state = self.state(taken.rows, taken.common)
        if state.key < self.sure.key:
            self._accept(state)
            self.sure = state
        return self.sure

    def _accept(self, state: State) -> None:
        self.report(state)
        cap = self.problem.policy.people_moved_cap
        over = cap is not None and state.measured.people.moved > cap
        self.press = PRESS if over else 0

    # -- tasks -----------------------------------------------------------------------------

    def task(
        self,
        units: tuple[str, ...],
        buildings: tuple[str, ...],
        rows: Iterable[Assignment],
        common: Iterable[str],
        most: float,
    ) -> Task:
        """A part of the problem with the rest of these rows frozen; `most` limits its work."""
        work = most
        if self.effort.work is not None:
            work = max(0.2, min(most, self.effort.work - self.spent))
        kept = tuple(sorted(common))
        effort = self.effort
        rows = self._concerning(units, buildings, rows)
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

    def _concerning(
        self, units: tuple[str, ...], buildings: tuple[str, ...], rows: Iterable[Assignment]
    ) -> Iterable[Assignment]:
        """Rows of all units at the sites of a part and of those tied to its units."""
        problem = self.problem
        sites = {problem.site_of_building[b] for b in buildings}
        rows = list(rows)
        concerned = {r.unit for r in rows if problem.site_of[r.room] in sites} | set(units)
        for rule in self.breaches.musts:
            if concerned & {rule.a, rule.b}:
                concerned |= {rule.a, rule.b}
        return [r for r in rows if r.unit in concerned]
