"""Worker processes that may die: what they were doing is done again, by others or here."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Self, TypeVar

from allocator.measure import Measure
from allocator.model.subproblem import prepare, start_worker
from allocator.problem import Problem

Item = TypeVar("Item")
Result = TypeVar("Result")
LIVES = 4
"""Pools that are started before the work is done in this process."""
LOOK = 0.25
"""Seconds between looks at whether results are still wanted."""


class Crew:
    """A pool of processes prepared for one problem; no pool for a single worker."""

    def __init__(self, problem: Problem, measure: Measure, workers: int) -> None:
        self.problem = problem
        self.workers = workers
        self.lives = LIVES if workers > 1 else 0
        self.pool: ProcessPoolExecutor | None = None
        prepare(problem, measure)

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """End at once: whatever still runs is not wanted any more."""
        if self.pool is not None:
            processes = list((self.pool._processes or {}).values())
            self.pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            for process in processes:
                process.join()

    def _start(self) -> None:
        self.pool = None
        if self.lives:
            self.lives -= 1
            self.pool = ProcessPoolExecutor(
                self.workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=start_worker,
                initargs=(self.problem.scenario,),
            )

    def replace(self) -> None:
        """A new pool after a worker died; all that the old one was doing is lost."""
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
        self._start()

    def submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result] | None:
        """Start a task; None when there is no pool to give it to."""
        for _ in range(LIVES):
            if self.pool is None:
                return None
            try:
                return self.pool.submit(function, item)
            except BrokenProcessPool:
                self.replace()
        return None

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        over: Callable[[], bool] = lambda: False,
    ) -> list[Result | None]:
        """Results in order; a task whose worker died is given to a new one.

        Once it is `over`, what is not done is None, and is left to the workers' end.
        """
        wanted = list(items)
        found: dict[int, Any] = {}
        while len(found) < len(wanted):
            asked = {
                i: self.submit(function, item) for i, item in enumerate(wanted) if i not in found
            }
            broken = False
            for i, future in asked.items():
                if future is None:
                    found[i] = None if over() else function(wanted[i])
                    continue
                try:
                    found[i] = _awaited(future, over)
                except BrokenProcessPool:
                    broken = True
            if broken:
                self.replace()
        return [found[i] for i in range(len(wanted))]


def _awaited(future: Future[Result], over: Callable[[], bool]) -> Result | None:
    while not (over() and not future.done()):
        try:
            return future.result(LOOK)
        except StillRunning:
            continue
    future.cancel()
    return None
