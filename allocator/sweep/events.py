"""What the places where tasks run tell, and what they must offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from allocator.findings import Finding
from allocator.scenario import Scenario
from allocator.sweep.result import Ended, Progress


@dataclass(frozen=True, slots=True)
class Started:
    """A worker took the task; `attempt` counts from 1."""

    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """A running task found a better value or bound."""

    key: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Finished:
    """The task ended; a plan stands in its folder if the word is `done`."""

    key: str
    ended: Ended


Event: TypeAlias = Started | Stepped | Finished

Run: TypeAlias = Callable[[Scenario, Path, Callable[[Progress], None], Callable[[], bool]], Ended]
"""Solve one scenario into one folder, telling the steps, until the last argument says stop."""


class Gone(Exception):
    """The place where tasks run cannot be reached any more."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.en)


class Backend(Protocol):
    """A place where tasks run."""

    def room(self) -> int:
        """How many more tasks it will take now."""

    def running(self) -> int:
        """How many tasks it has taken and not finished."""

    def submit(self, key: str, scenario: Scenario, folder: Path) -> None:
        """Take a task."""

    def poll(self, seconds: float) -> list[Event]:
        """What happened, after waiting at most so long for something; raises Gone."""

    def close(self) -> None:
        """Give up whatever still runs."""
