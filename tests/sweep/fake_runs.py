"""Runs of a task without a solver, that write a mark, fail, or kill their own worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from allocator.commands import sweep_task
from allocator.scenario import Scenario
from allocator.sweep.events import Event, Finished, Run, Started
from allocator.sweep.result import Ended, Progress


class Inline:
    """A backend in the test's own process, which has loaded the solver already."""

    def __init__(self, jobs: int, run: Run) -> None:
        self._run = run
        self._taken: list[tuple[str, Scenario, Path]] = []

    def room(self) -> int:
        return 1 - len(self._taken)

    def running(self) -> int:
        return len(self._taken)

    def submit(self, key: str, scenario: Scenario, folder: Path) -> None:
        self._taken.append((key, scenario, folder))

    def poll(self, seconds: float) -> list[Event]:
        events: list[Event] = []
        while self._taken:
            key, scenario, folder = self._taken.pop()
            ended = self._run(scenario, folder, lambda step: None, lambda: False)
            events += [Started(key, 1), Finished(key, ended)]
        return events

    def close(self) -> None:
        self._taken.clear()


def marks(folder: Path) -> int:
    """How often a run of this folder's task has begun."""
    return len(list(folder.parent.glob(f"{folder.name}.begun.*")))


def _mark(folder: Path) -> int:
    count = marks(folder) + 1
    (folder.parent / f"{folder.name}.begun.{count}").touch()
    return count


def run(
    scenario: Scenario,
    folder: Path,
    show: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> Ended:
    """Behave as the task is called."""
    count = _mark(folder)
    kind = folder.name.rpartition("-")[0] or folder.name
    if kind == "dies-once" and count == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "raises":
        raise RuntimeError("a fault of the program")
    if kind == "slow":
        time.sleep(60)
    return Ended("done")


def die_after_writing(
    scenario: Scenario,
    folder: Path,
    show: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> Ended:
    """Solve in earnest, and die when the plan stands but nobody knows; never solve again."""
    if _mark(folder) > 1:
        sweep_task.solve_into = None  # type: ignore[assignment]
    ended = sweep_task.run_task(scenario, folder, show, stop)
    if marks(folder) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return ended
