"""What a method hands back, and the clock it runs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from allocator.plan import Assignment, Plan
from allocator.scenario import Scenario

OVER = 1.1
"""Times the budget, and two seconds: then a method is late, and its draft counts if it has one."""


class Point(NamedTuple):
    """A value of the space tier with everybody housed, seconds after the start."""

    seconds: float
    value: float


@dataclass
class Attempt:
    """Rows of a plan (None: no plan found) and what the method says about them."""

    rows: tuple[Assignment, ...] | None
    common: tuple[str, ...] = ()
    bound: Fraction | None = None
    """The method's own bound of the space tier with everybody housed; nobody checks it here."""
    trace: list[Point] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)
    plan: Plan | None = None
    """A whole plan, where the method is the product itself."""


@dataclass
class Clock:
    """Wall time of one method, from its own start."""

    seconds: float
    began: float = field(default_factory=time.monotonic)
    draft: Attempt | None = None
    """What counts if the method cannot be stopped in time."""

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds until the budget ends."""
        return self.seconds - self.spent


Method: TypeAlias = Callable[[Scenario, Clock], Attempt]
