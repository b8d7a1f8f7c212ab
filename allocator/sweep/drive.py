"""The run of a sweep: feed tasks to where they run, note each one's end, stop when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from allocator.sweep.events import Backend, Event, Finished, Started, Stepped
from allocator.sweep.folder import Folder
from allocator.sweep.result import Ended, Progress
from allocator.sweep.tasks import Task

WAIT = 0.2
"""Seconds between two looks at the stop flag."""


class Watcher(Protocol):
    """Whoever follows a sweep."""

    def kept(self, task: Task, ended: Ended) -> None:
        """An earlier run has finished the task."""

    def started(self, task: Task, attempt: int) -> None:
        """A worker took the task."""

    def stepped(self, task: Task, progress: Progress) -> None:
        """A running task came on."""

    def ended(self, task: Task, ended: Ended) -> None:
        """The task ended in this run."""


@dataclass(slots=True)
class Drive:
    """One run over the tasks of a grid."""

    folder: Folder
    backend: Backend
    watcher: Watcher
    tasks: dict[str, Task] = field(default_factory=dict)
    """The tasks reached so far by key, without their scenarios."""
    ends: dict[str, Ended] = field(default_factory=dict)
    """How they ended; those given up on a stop are missing."""
    exhausted: bool = False
    """Whether the grid has no further task."""

    def run(self, tasks: Iterator[Task], stop: Callable[[], bool]) -> None:
        """Until every task has ended, or `stop` says so; what runs then is given up."""
        try:
            while not stop() and (not self.exhausted or self.backend.running()):
                fed = False
                if not self.exhausted and self.backend.room() > 0:
                    task = next(tasks, None)
                    self.exhausted = task is None
                    if task is not None:
                        self._take(task)
                        fed = True
                for event in self.backend.poll(0 if fed else WAIT):
                    self._note(event)
        finally:
            self.backend.close()

    def _remember(self, task: Task) -> None:
        # The scenario of a task that is over would only fill the memory.
        self.tasks[task.key] = replace(task, scenario=None)

    def _take(self, task: Task) -> None:
        """Leave it if it is settled, else hand it on."""
        self._remember(task)
        if task.scenario is None:
            self._end(task.key, Ended("bad_input", task.findings))
            return
        settled = self.folder.settled(task.key, task.scenario)
        if settled is not None:
            self.ends[task.key] = settled
            self.folder.note("kept", task.key)
            self.watcher.kept(self.tasks[task.key], settled)
            return
        self.folder.clear(task.key)
        self.backend.submit(task.key, task.scenario, self.folder.task(task.key))

    def _note(self, event: Event) -> None:
        task = self.tasks[event.key]
        match event:
            case Started(key, attempt):
                self.folder.note("started", key, attempt=attempt)
                self.watcher.started(task, attempt)
            case Stepped(_, progress):
                self.watcher.stepped(task, progress)
            case Finished(key, ended):
                self._end(key, ended)

    def _end(self, key: str, ended: Ended) -> None:
        self.ends[key] = ended
        self.folder.note("ended", key, **ended.as_json())
        self.watcher.ended(self.tasks[key], ended)
