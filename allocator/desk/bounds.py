"""The bound of the priced tier while a scenario changes: at once where it stays, else climbed to.

A pin or a forbid mostly takes plans away only, so that the last bound stays valid. Other posts are
another problem: its bound is climbed to from the last prices, beside the search.
"""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.desk.change import Change, PostCount
from allocator.desk.worker import Climb, bound_after
from allocator.model.bound.bound import Bound
from allocator.model.crew import Crew
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.scenario import Pin

FORMAT = "allocator-certificate/1"


@dataclass(frozen=True, slots=True)
class Known:
    """Valid lower bounds over plans that house everybody, and the prices behind them.

    `priced`: of the priced tier, in its unit. `in_use`: of the area in use, 0.01 m2.
    """

    priced: Fraction | None
    in_use: int | None
    entries: tuple[dict[str, Any], ...]

    def after(self, change: Change, before: Problem, after: Problem) -> Known:
        """What still holds after a change; prices are kept to climb from.

        A pin or forbid that lets the unit use more places than before, or a pin of a service
        room, allows plans that were not allowed: then nothing holds. A certificate speaks of
        units with people only.
        """
        unit = change.unit
        wider = any(new > old for new, old in zip(after.caps[unit], before.caps[unit], strict=True))
        if isinstance(change, PostCount) or wider or _is_of_service(change, after):
            return Known(None, None, self.entries)
        return self if after.people_of[unit] else Known(self.priced, self.in_use, ())

    @property
    def start(self) -> dict[str, Any] | None:
        """The prices to climb from."""
        return next((e for e in self.entries if "tier" in e), None)

    def certificate(self) -> dict[str, Any] | None:
        """The content of certificate.json, None where there is none."""
        if self.priced is None or not self.entries:
            return None
        return {"format": FORMAT, "bounds": list(self.entries)}

    def raised(self, bound: Bound) -> Known:
        """With a new bound of the priced tier, if it is higher."""
        if bound.value is None or bound.certificate is None:
            return self
        value = Fraction(bound.value, 100)
        if self.priced is not None and value <= self.priced:
            return self
        others = tuple(e for e in self.entries if "tier" not in e and self.in_use is not None)
        return Known(value, self.in_use, (bound.certificate, *others))


def _is_of_service(change: Change, problem: Problem) -> bool:
    """Whether a pin gives a unit a service room."""
    if not isinstance(change, Pin) or change.kind != "room":
        return False
    return problem.rooms[change.place].use == "service"


def known_of(plan: Plan) -> Known:
    """What a plan states, where it houses everybody."""
    entries = tuple((plan.certificate or {}).get("bounds", ()))
    if plan.tiers[0].value:
        return Known(None, None, entries)
    priced = next((t.bound for t in plan.tiers if "used" in t.terms), None)
    released = next((b.bound for b in plan.bounds if b.quantity == "released"), None)
    in_use = None if released is None else plan.areas.stock - released
    return Known(priced, in_use, entries)


class Climber:
    """Climbs beside the search in a process of its own, one bound at a time."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self._asked: tuple[tuple[Change, ...], Future[Bound]] | None = None

    def ask(
        self,
        changes: tuple[Change, ...],
        known: Known,
        deadline: float | None,
        work: float | None,
    ) -> None:
        """Begin, unless it is still busy or there is no process to do it."""
        if self._asked is None:
            climb = Climb(changes, known.start, deadline, work)
            future = self.crew.submit(bound_after, climb)
            if future is not None:
                self._asked = changes, future

    def take(self, changes: tuple[Change, ...], known: Known, *, wait: bool) -> Known:
        """What is known once a finished climb is counted in, where it is about these changes."""
        if self._asked is None or not (wait or self._asked[1].done()):
            return known
        about, future = self._asked
        self._asked = None
        try:
            bound = future.result()
        except BrokenProcessPool:
            self.crew.replace()
            return known
        return known.raised(bound) if about == changes else known
