"""A planner's session: one change after another, each answered from the last plan.

Held in memory: the scenario's problem and today's figures, the last plan, its bound with the
prices behind it, the checker, and worker processes that follow the changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from allocator.bundle import plan_as_json
from allocator.desk.bounds import Climber, Known, known_of
from allocator.desk.change import Change
from allocator.desk.derive import derived
from allocator.desk.possible import obstacles
from allocator.desk.repair import Repair
from allocator.desk.worker import warm
from allocator.findings import Finding, InputError, errors
from allocator.measure import Measure
from allocator.model.bound.bound import Effort as ClimbEffort
from allocator.model.bound.bound import bound
from allocator.model.bounding import Effort
from allocator.model.crew import Crew
from allocator.model.keep import floors_kept, still_lawful
from allocator.model.search import State
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.scenario import Budget, Scenario
from allocator.solve import Found, tier_bound, whole_plan
from allocator.verify.verify import Checker

CLIMB = 0.2
"""Share of the work after which the bound is climbed to, under `work`."""


class Unverified(Exception):
    """The independent check found errors in every plan of an answer."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(f.text("en") for f in findings))


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified plan of the changed scenario, and the seconds since it was asked for."""

    plan: Plan
    seconds: float


@dataclass
class _Standing:
    """Where the session stands after some changes; `plan` is None until one is verified."""

    changes: tuple[Change, ...]
    problem: Problem
    measure: Measure
    checker: Checker | None
    known: Known
    last: Plan
    """The plan to start from."""
    units: tuple[str, ...]
    """Units changed since then."""
    plan: Plan | None
    refused: list[Finding] = field(default_factory=list)


class Session:
    """One scenario with a verified plan, changed step by step. Use it as a context manager."""

    def __init__(self, scenario: Scenario, plan: Plan, workers: int = 2) -> None:
        """`plan` is a plan of the scenario; `workers` processes search, one more bounds."""
        problem = Problem(scenario)
        measure = Measure(problem)
        self.workers = workers
        self.crew = Crew(problem, measure, workers)
        self.climber = Climber(Crew(problem, measure, 2 if workers > 1 else 1))
        self._steps = [_Standing((), problem, measure, None, known_of(plan), plan, (), plan)]

    def __enter__(self) -> Self:
        """Start the processes and let them work out what every answer needs."""
        self.crew.__enter__()
        self.climber.crew.__enter__()
        warming = [self.crew.submit(warm, ()) for _ in range(self.workers)]
        step = self._steps[0]
        step.checker = Checker(step.problem.scenario)
        warm_here = step.problem.caps
        assert warm_here is not None
        for future in warming:
            if future is not None:
                future.result()
        return self

    def __exit__(self, *_: object) -> None:
        self.crew.__exit__()
        self.climber.crew.__exit__()

    # -- where it stands -----------------------------------------------------------------------

    @property
    def scenario(self) -> Scenario:
        """The scenario with all changes so far."""
        return self._steps[-1].problem.scenario

    @property
    def plan(self) -> Plan | None:
        """The last verified plan of that scenario; None if none was asked for since the change."""
        return self._steps[-1].plan

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes since the session was opened."""
        return self._steps[-1].changes

    def change(self, change: Change) -> Scenario:
        """Make a change; InputError says in words why not, and then nothing has changed."""
        step = self._steps[-1]
        problem, measure = derived(step.problem, step.measure, change)
        found = tuple(obstacles(step.problem, problem, change))
        if found:
            raise InputError(found)
        self._steps.append(
            _Standing(
                changes=(*step.changes, change),
                problem=problem,
                measure=measure,
                checker=None,
                known=step.known.after(change, step.problem, problem),
                last=step.plan or step.last,
                units=(*(() if step.plan else step.units), change.unit),
                plan=None,
            )
        )
        return problem.scenario

    def undo(self) -> Scenario:
        """Take the last change back: its scenario, plan and bound are as before."""
        if len(self._steps) > 1:
            self._steps.pop()
        return self.scenario

    # -- answers -----------------------------------------------------------------------------

    def replan(self, budget: Budget, stop: Callable[[], bool] = lambda: False) -> Iterator[Answer]:
        """Better and better verified plans of the scenario as it stands, until the budget ends.

        The last one is the session's plan. Under `work` the answers are the same every time.
        Raises Unverified if no plan passes the check.
        """
        began = time.monotonic()
        step = self._steps[-1]
        deadline = None if budget.work else began + (budget.seconds or 60)
        work = float(budget.work) if budget.work else None
        repair = Repair(
            step.problem,
            step.measure,
            self.crew,
            step.changes,
            tuple(dict.fromkeys(reversed(step.units))),
            Effort(deadline, work, self.workers, budget.seed),
            stop,
        )
        rows = still_lawful(step.problem, step.last.assignments, step.units)
        common = floors_kept(step.problem, step.last.areas.common_floors)
        state: State | None = None
        for state in repair.states(rows, common):
            step.known = self.climber.take(step.changes, step.known, wait=False)
            if self._verified(step, state):
                yield self._answer(step, began)
                if deadline is not None and not state.key[1]:
                    self._climb(step, deadline, None)
        before = step.known
        if work is not None and state is not None and not state.key[1]:
            self._climb(step, None, CLIMB * work)
        step.known = self.climber.take(step.changes, step.known, wait=work is not None)
        if step.known is not before and state is not None and self._verified(step, state):
            yield self._answer(step, began)
        if step.plan is None:
            raise Unverified(tuple(step.refused))

    def _climb(self, step: _Standing, deadline: float | None, work: float | None) -> None:
        """Climb to a better bound beside the search; with one worker, after it and here."""
        if step.problem.policy.tiers[0].slack:
            return
        if self.workers == 1 and work is not None:
            effort = ClimbEffort(work=work)
            found = bound(step.problem, step.measure, effort, step.known.start)
            step.known = step.known.raised(found)
            return
        self.climber.ask(step.changes, step.known, deadline, work)

    def _answer(self, step: _Standing, began: float) -> Answer:
        assert step.plan is not None
        return Answer(step.plan, round(time.monotonic() - began, 3))

    def _verified(self, step: _Standing, state: State) -> bool:
        """Whether the checker passes the plan, which then is the session's."""
        if state.key[0]:
            return False
        if step.checker is None:
            step.checker = Checker(step.problem.scenario, self._last_checker())
        plan = _plan_of(step, state)
        found = errors(step.checker.check(plan_as_json(plan)))
        if found:
            step.refused += found
            return False
        step.plan = plan
        return True

    def _last_checker(self) -> Checker | None:
        return next((s.checker for s in reversed(self._steps) if s.checker is not None), None)


def _plan_of(step: _Standing, state: State) -> Plan:
    """The state as a whole plan; bounds speak of plans that house everybody."""
    problem, known = step.problem, step.known
    everybody = not state.key[1]
    priced = known.priced if everybody else None
    bounds = tuple(
        tier_bound(problem, tier, index, state, priced)
        for index, tier in enumerate(problem.policy.tiers)
    )
    found = Found(
        tuple(state.rows),
        tuple(sorted(state.common)),
        state.key[1:],
        bounds,
        known.in_use if everybody else None,
        known.certificate() if everybody else None,
    )
    return whole_plan(problem, step.measure, found, state.measured)
