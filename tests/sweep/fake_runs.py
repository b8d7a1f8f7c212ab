"""Runs of a task without a solver, that write a mark, fail, or kill their own worker."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from allocator.commands import sweep_task
from allocator.scenario import Scenario
from allocator.sweep.result import Ended, Progress


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
