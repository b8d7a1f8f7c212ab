"""Bounds of the whole beside the search: by a worker one after the other, else here before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field

from allocator.measure import Measure
from allocator.model.bound.bound import Bound, bound, released_bound
from allocator.model.bound.bound import Effort as BoundEffort
from allocator.model.crew import Crew
from allocator.model.subproblem import Quantity, bound_in_worker
from allocator.problem import Problem

SHARE = 0.2
"""Share of the effort that one worker spends on the bounds."""
BROAD, SHARE_OF_BROAD = 3_000, 0.4
"""Rooms from which on the bound still rises after that, and the share for it."""
PRICED = 0.7
"""Part of that for the priced tier; the rest is for the area in use."""
LANES = 2
"""Tasks side by side under work."""
PATIENCE = 5.0
"""Seconds to wait at the end for a bound that is late."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Wall deadline (monotonic seconds) or deterministic work, workers and seed."""

    deadline: float | None
    work: float | None
    workers: int
    seed: int

    @property
    def lanes(self) -> int:
        """Tasks side by side; under work as many on any machine, so that the plan is the same."""
        return self.workers if self.work is None else LANES


@dataclass
class Bounding:
    """The bounds of one run; `tell` hears of each once it is found."""

    problem: Problem
    measure: Measure
    tell: Callable[[Quantity, Bound], None]
    stop: Callable[[], bool]
    begun: bool = False
    asked: list[tuple[Quantity, float, Future[Bound] | None]] = field(default_factory=list)
    """Bounds that a worker is to find, each with its deadline."""

    def ask(self, crew: Crew, effort: Effort) -> float:
        """Begin, unless that was done; the work spent here."""
        if self.begun:
            return 0.0
        self.begun = True
        now, seconds = time.monotonic(), 0.0
        if effort.deadline is not None:
            share = SHARE if len(self.problem.stock) < BROAD else SHARE_OF_BROAD
            seconds = share * (effort.deadline - now)
        if effort.deadline is not None and crew.pool is not None:
            self.asked = [("space", now + PRICED * seconds, None), ("in use", now + seconds, None)]
            self.take(crew, over=False)
            return 0.0
        work = None if effort.work is None else SHARE / 2 * effort.work
        ends = None if effort.deadline is None else (now + seconds * 0.4, now + seconds * 0.7)
        first = BoundEffort(ends and ends[0], work, self.stop)
        self.tell("space", bound(self.problem, self.measure, first))
        second = BoundEffort(ends and ends[1], work, self.stop)
        self.tell("in use", released_bound(self.problem, self.measure, second))
        return 2 * (work or 0.0)

    def take(self, crew: Crew, *, over: bool, patience: float | None = None) -> None:
        """Pass on what was found, and ask for the next; `patience` seconds for one not done."""
        while self.asked:
            quantity, deadline, future = self.asked[0]
            if future is None and not over:
                future = crew.submit(bound_in_worker, (quantity, deadline))
                self.asked[0] = (quantity, deadline, future)
            if future is None or (patience is None and not future.done()):
                return
            with suppress(BrokenProcessPool, StillRunning):  # no bound: better than no plan
                self.tell(quantity, future.result(patience or 0))
            del self.asked[0]

    def busy(self) -> bool:
        """Whether a worker is at it."""
        return any(future is not None and not future.done() for _, _, future in self.asked)
