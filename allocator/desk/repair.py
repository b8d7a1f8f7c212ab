"""Re-planning around one changed unit: ranked parts first, then the rest of the plan.

Under `work` results are taken in the order of their tasks, so that no clock decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import chain

from allocator.desk.change import Change
from allocator.desk.parts import Part, Parts
from allocator.desk.worker import Ask, solve_after
from allocator.measure import Measure
from allocator.model.bounding import Effort
from allocator.model.crew import Crew
from allocator.model.neighbourhoods import Neighbourhoods
from allocator.model.packing import FIXED
from allocator.model.search import Search, State
from allocator.model.subproblem import Outcome, Task, solve_task
from allocator.plan import Assignment
from allocator.problem import Problem

QUICK = 0.35
"""Work of each of the first parts: a first answer soon."""
LONGER = 1.2
"""Work of the parts after them."""
PATIENCE = 1.5
"""Seconds for which a first plan that leaves posts out waits for one that may not."""
STEP = 0.05
"""Work counted for every part beside that of its solver."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A part that is being solved, and the rows it is solved for."""

    part: Part
    rows: list[Assignment]
    common: frozenset[str]
    taken: int
    """How many results had been taken over by then."""
    task: Task
    name: str = ""
    """The kind of choice, where it is to be told whether it paid."""


@dataclass
class Repair:
    """One re-plan; `changes` since the crew was prepared, `units` those changed since the plan."""

    problem: Problem
    measure: Measure
    crew: Crew
    changes: tuple[Change, ...]
    units: tuple[str, ...]
    effort: Effort
    stop: Callable[[], bool] = lambda: False
    search: Search = field(init=False)
    around: Neighbourhoods = field(init=False)
    asked: int = 0
    _running: dict[Future[Outcome], _Asked] = field(default_factory=dict)
    _reached: list[frozenset[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.search = Search(
            self.problem, self.measure, self.effort, lambda _: None, self.stop, lambda *_: None
        )
        self.around = Neighbourhoods(self.problem, {}, self.effort.seed)

    def states(self, rows: list[Assignment], common: frozenset[str]) -> Iterator[State]:
        """Better and better plans, from the rows that are left of the last one.

        None costs more than those rows with the changed units housed beside everybody else.
        """
        parts = [Parts(self.problem, rows, unit) for unit in self.units]
        ranked = chain.from_iterable(p.ranked() for p in parts)
        try:
            self._ask(ranked, rows, common, None)
            best = self._housed_beside(rows, common, parts)
            shown: State | None = None
            if not self._worth_waiting(best):
                yield (shown := best)
            while self._running:
                for future in self._done():
                    best = self._take(future, best)
                    self._ask(ranked, best.rows, best.common, best)
                if best is not shown:
                    yield (shown := best)
            if best is not shown:
                yield best
        finally:
            for future in self._running:
                future.cancel()

    def _worth_waiting(self, best: State) -> bool:
        """Whether this plan leaves posts out and a better one is there within a moment."""
        if self.effort.work is not None or not self.search.left_over(best):
            return False
        return bool(wait(self._running, PATIENCE, FIRST_COMPLETED).done)

    def _housed_beside(
        self, rows: list[Assignment], common: frozenset[str], parts: list[Parts]
    ) -> State:
        """The changed units put where they promise most, nobody else being moved."""
        for unit, part in zip(self.units, parts, strict=True):
            wanted = self.problem.people_of[unit]
            people = _seated(rows, unit)
            for alone in part.alone():
                if people == wanted:
                    break
                task = self._task(alone, rows, common, QUICK)
                outcome = solve_task(self.problem, self.measure, task)
                if outcome.rows is None or _seated(outcome.rows, unit) <= people:
                    continue
                people = _seated(outcome.rows, unit)
                laid = self._laid(rows, common, alone, outcome)
            if people > _seated(rows, unit):
                rows, common = laid
        return self.search.state(rows, common)

    # -- asking ------------------------------------------------------------------------------

    def _ask(
        self,
        ranked: Iterator[Part],
        rows: list[Assignment],
        common: frozenset[str],
        best: State | None,
    ) -> None:
        """Keep every worker busy; `best` is None until these rows have been measured."""
        while len(self._running) < self.effort.workers and not self._over():
            asked = self._next(ranked, rows, common, best)
            if asked is None:
                return
            future = self.crew.submit(solve_after, Ask(self.changes, asked.task))
            if future is None:
                future = Future()
                future.set_result(self._here(asked))
            self._running[future] = asked
            self.asked += 1

    def _next(
        self,
        ranked: Iterator[Part],
        rows: list[Assignment],
        common: frozenset[str],
        best: State | None,
    ) -> _Asked | None:
        """The next of the ranked parts; after them, parts of the rest as the search goes."""
        part, name = next(ranked, None), ""
        if part is None:
            if best is None:
                return None
            busy = frozenset(
                building
                for building, site in self.problem.site_of_building.items()
                if any(site in self._reach(asked.part) for asked in self._running.values())
            )
            proposed = self.around.propose(best.rows, self.search.left_over(best), busy)
            if proposed is None:
                return None
            name, places, units = proposed
            part = Part(units, tuple(sorted(places)))
        most = QUICK if self.asked < 2 * self.effort.workers else LONGER
        task = self._task(part, rows, common, most)
        return _Asked(part, rows, common, len(self._reached), task, name)

    def _over(self) -> bool:
        return self.stop() or self.search.left() <= 0

    def _task(
        self, part: Part, rows: list[Assignment], common: frozenset[str], most: float
    ) -> Task:
        return self.search.task(part.units, part.buildings, rows, common, most)

    # -- taking ------------------------------------------------------------------------------

    def _done(self) -> list[Future[Outcome]]:
        """What is ready; under `work` the task asked first, however long it takes."""
        if self.effort.work is not None:
            return [next(iter(self._running))]
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        return [future for future in self._running if future in done]

    def _take(self, future: Future[Outcome], best: State) -> State:
        """The better of the best plan and what a finished task makes of it."""
        asked = self._running.pop(future)
        try:
            outcome = future.result()
        except BrokenProcessPool:
            self.crew.replace()
            outcome = self._here(asked)
        self.search.spent += outcome.work + STEP
        better = self._better(best, asked, outcome)
        if asked.name:
            places = frozenset(asked.part.buildings)
            self.around.learn(asked.name, places, improved=better is not best)
        return better

    def _here(self, asked: _Asked) -> Outcome:
        return solve_task(self.problem, self.measure, asked.task)

    def _better(self, best: State, asked: _Asked, outcome: Outcome) -> State:
        """The better of the best plan and the one with this part replaced.

        The part is laid over the best plan where nothing near it has changed since, else over
        the plan it was solved for.
        """
        if outcome.rows is None:
            return best
        reach = self._reach(asked.part)
        rows, common = best.rows, best.common
        if any(r & reach for r in self._reached[asked.taken :]):
            rows, common = asked.rows, asked.common
        state = self.search.state(*self._laid(rows, common, asked.part, outcome))
        if state.key >= best.key:
            return best
        self._reached.append(reach)
        return state

    def _laid(
        self, rows: list[Assignment], common: frozenset[str], part: Part, outcome: Outcome
    ) -> tuple[list[Assignment], frozenset[str]]:
        """Rows and common floors with a part of them replaced."""
        units, places = set(part.units), set(part.buildings)
        kept = [r for r in rows if r.unit not in units or r.purpose in FIXED]
        floors = {f for f in common if self.problem.building_of_floor[f] not in places}
        return [*kept, *(outcome.rows or ())], frozenset(floors | set(outcome.common))

    def _reach(self, part: Part) -> frozenset[str]:
        """Sites of a part, whose reserve and services are counted together."""
        return frozenset(self.problem.site_of_building[b] for b in part.buildings)


def _seated(rows: Iterable[Assignment], unit: str) -> int:
    return sum(row.people for row in rows if row.unit == unit)
