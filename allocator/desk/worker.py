"""What worker processes of a session do: they replay its changes, then solve or bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allocator.desk.change import Change
from allocator.desk.derive import derived
from allocator.measure import Measure
from allocator.model.bound.bound import Bound, Effort, bound
from allocator.model.subproblem import Outcome, Task, prepared, solve_task
from allocator.problem import Problem


@dataclass(frozen=True, slots=True)
class Ask:
    """A task after the changes made since the session was opened."""

    changes: tuple[Change, ...]
    task: Task


@dataclass(frozen=True, slots=True)
class Climb:
    """A bound to climb to from the prices of a certificate, after the changes made."""

    changes: tuple[Change, ...]
    start: dict[str, Any] | None
    deadline: float | None
    """Monotonic time to stop at, or None and the work to spend."""
    work: float | None


_last: dict[tuple[Change, ...], tuple[Problem, Measure]] = {}
"""The problem after the changes of the last task."""


def _after(changes: tuple[Change, ...]) -> tuple[Problem, Measure]:
    known = next((n for n in range(len(changes), -1, -1) if changes[:n] in _last), None)
    problem, measure = prepared() if known is None else _last[changes[:known]]
    for change in changes[known or 0 :]:
        problem, measure = derived(problem, measure, change)
    _last.clear()
    _last[changes] = (problem, measure)
    return problem, measure


def solve_after(ask: Ask) -> Outcome:
    """Solve a part of the changed problem."""
    return solve_task(*_after(ask.changes), ask.task)


def bound_after(climb: Climb) -> Bound:
    """A bound of the changed problem's priced tier."""
    effort = Effort(deadline=climb.deadline, work=climb.work)
    return bound(*_after(climb.changes), effort, climb.start)


def warm(changes: tuple[Change, ...]) -> bool:
    """Work out beforehand what every task needs of a problem."""
    problem, _ = _after(changes)
    return bool(problem.caps) and bool(problem.permitted_floors)
