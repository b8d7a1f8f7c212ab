"""Tasks in processes of this machine: one worker a task, a worker that dies is replaced."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, TypeAlias

from allocator.scenario import Scenario
from allocator.sweep.events import Event, Finished, Run, Started, Stepped
from allocator.sweep.result import Ended, Progress, crashed, lost

ATTEMPTS = 3
"""Workers that may die over one task before it counts as failed."""
AHEAD = 1
"""Tasks that wait ready, so that no worker waits for one to be read."""

THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
)  # fmt: skip
"""Set to 1 in every worker: the cores belong to the tasks."""

Order: TypeAlias = tuple[str, Scenario, Path]
Pipe: TypeAlias = "connection.Connection[Any, Any]"


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _Worker:
    """A process, this end of its pipe, and the task it has."""

    process: SpawnProcess
    pipe: Pipe
    order: Order | None = None


class Processes:
    """Up to `jobs` workers, started when there is work."""

    def __init__(self, jobs: int, run: Run) -> None:
        self._jobs = jobs
        self._run = run
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._waiting: deque[Order] = deque()
        self._attempts: dict[str, int] = {}

    def room(self) -> int:
        """How many more tasks it will take now."""
        return self._jobs + AHEAD - self.running()

    def running(self) -> int:
        """How many tasks it has taken and not finished."""
        return len(self._waiting) + sum(worker.order is not None for worker in self._workers)

    def submit(self, key: str, scenario: Scenario, folder: Path) -> None:
        """Take a task."""
        self._waiting.append((key, scenario, folder))

    def poll(self, seconds: float) -> list[Event]:
        """What happened, after waiting at most so long for something."""
        events = self._hand_out()
        busy = {worker.pipe: worker for worker in self._workers}
        for pipe in connection.wait(list(busy), 0 if events else seconds):
            events += self._hear(busy[pipe])  # type: ignore[index]
        return events

    def _hand_out(self) -> list[Event]:
        events: list[Event] = []
        while self._waiting:
            worker = next((w for w in self._workers if w.order is None), None)
            if worker is None:
                if len(self._workers) >= self._jobs:
                    break
                worker = self._new_worker()
            worker.order = self._waiting.popleft()
            key = worker.order[0]
            self._attempts[key] = self._attempts.get(key, 0) + 1
            events.append(Started(key, self._attempts[key]))
            # A worker that is dead already is noticed when its pipe is read.
            with contextlib.suppress(OSError):
                worker.pipe.send(worker.order)
        return events

    def _new_worker(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._run), daemon=True)
        before = {name: os.environ.get(name) for name in THREADS}
        os.environ.update(dict.fromkeys(THREADS, "1"))
        try:
            process.start()
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _hear(self, worker: _Worker) -> list[Event]:
        try:
            key, word = worker.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            return self._replace(worker)
        if isinstance(word, Progress):
            return [Stepped(key, word)]
        worker.order = None
        return [Finished(key, word)]

    def _replace(self, worker: _Worker) -> list[Event]:
        """The worker is dead: its task goes to another one, unless it has killed several."""
        self._workers.remove(worker)
        _end(worker)
        if worker.order is None:
            return []
        key = worker.order[0]
        if self._attempts[key] >= ATTEMPTS:
            return [Finished(key, lost(ATTEMPTS))]
        self._waiting.appendleft(worker.order)
        return []

    def close(self) -> None:
        """End every worker; what it was doing is lost."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            _end(worker)
        self._workers.clear()
        self._waiting.clear()


def _end(worker: _Worker, patience: float = 2.0) -> None:
    worker.pipe.close()
    worker.process.join(patience)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


# -- inside a worker -----------------------------------------------------------------------


def _work(pipe: Pipe, run: Run) -> None:
    """Solve what comes through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    while True:
        try:
            key, scenario, folder = pipe.recv()
        except (EOFError, OSError):
            return

        def show(step: Progress, key: str = key) -> None:
            pipe.send((key, step))

        pipe.send((key, run_guarded(run, scenario, folder, show, lambda: False)))


def run_guarded(
    run: Run,
    scenario: Scenario,
    folder: Path,
    show: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> Ended:
    """The end of a task, whatever the program does in it."""
    try:
        return run(scenario, folder, show, stop)
    except Exception as error:
        # Whatever it is, the other tasks must go on.
        return crashed(error)


def _die_with_parent() -> None:
    """A worker whose sweep was killed must not go on for hours."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    sentinel = parent.sentinel

    def watch() -> None:
        connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
