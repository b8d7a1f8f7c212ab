"""The front of people moved against area released.

Small problems: epsilon constraint (Haimes, Lasdon and Wismer 1971) on whole numbers of people. With
at most N people moved as much area is released as lawful plans can, then as few people moved as
that takes; lowering N to one less until people are left over visits every point of the front.

Larger ones: weights (Geoffrion 1968). Each solve prices a person moved at so many m2, from dear to
cheap, beginning with the plan before. Its bound V says of every plan that moves n people: area in
use >= V - price x n, so the bounds of all prices together bound every point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from allocator.plan import Plan
from allocator.scenario import Policy, Scenario, Tier
from allocator.tradeoff.point import Front, Point, bounded, front_of, point_of

ONE = Fraction(1)
RELEASED = Tier(name="in_use", unit="m2", terms=(("used", ONE),))
MOVED = Tier(
    name="moved",
    unit="people",
    terms=(("moved_building", ONE), ("moved_site", ONE), ("moved_far", ONE)),
)

DEAR, CHEAP = 16, Fraction(1, 8)
"""Greatest and least price of a person moved, m2."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one solve is about: a limit on people moved, or a price of each; or neither."""

    cap: int | None = None
    price: Fraction | None = None


Solve = Callable[[Asked, Plan | None], tuple[Plan | None, str]]
"""(what is asked, plan to begin with) -> the verified plan, or None, and its folder."""


def scenario_of(scenario: Scenario, asked: Asked) -> Scenario:
    """The scenario of one solve: its tiers before the priced one, then what is asked.

    Its own cap on people moved stays where it is lower.
    """
    policy = scenario.policy
    tiers: tuple[Tier, ...] = (RELEASED, MOVED)
    if asked.price is not None:
        moved = tuple((name, asked.price) for name, _ in MOVED.terms)
        tiers = (Tier(name="weighed", unit="m2-equivalents", terms=(*RELEASED.terms, *moved)),)
    caps = [n for n in (asked.cap, policy.people_moved_cap) if n is not None]
    changed = replace(
        policy,
        tiers=(*_before_priced(policy), *tiers),
        people_moved_cap=min(caps, default=None),
    )
    return replace(scenario, policy=changed)


def prices(number: int) -> list[Fraction]:
    """So many prices from dear to cheap in equal ratios, to a hundredth of a m2."""
    if number == 1:
        return [Fraction(1)]
    ratio = (float(CHEAP) / DEAR) ** (1 / (number - 1))
    return [Fraction(round(100 * DEAR * ratio**step), 100) for step in range(number)]


def _before_priced(policy: Policy) -> tuple[Tier, ...]:
    kept: list[Tier] = []
    for tier in policy.tiers:
        if "used" in dict(tier.terms):
            break
        if dict(tier.terms).keys() & {"unhoused", "exceptions"}:
            kept.append(tier)
    return tuple(kept)


@dataclass
class Trace:
    """The solves of one front."""

    solve: Solve
    show: Callable[[Point], None]
    stop: Callable[[], bool]
    points: list[Point] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    """Caps for which no plan houses as many people as without one, or none was found."""
    closed: bool = False

    def run(self, number: int) -> Front:
        """All points where they are proved, else the best of `number` solves."""
        plan = self._point(Asked(), None)
        if plan is not None:
            first = self.points[0]
            if first.proved:
                self._downwards(first)
            else:
                self._weighed(number - 1)
        least = min((p.earlier for p in self.points), default=())
        points = [p for p in bounded(self.points) if p.earlier == least]
        return front_of(points, closed=self.closed)

    def _downwards(self, last: Point) -> None:
        """One less than the last point moves, until that is impossible."""
        while last.moved and not self.stop():
            plan = self._point(Asked(cap=last.moved - 1), None)
            if plan is None or self.points[-1].earlier > self.points[0].earlier:
                self.failed.append(last.moved - 1)
                self.closed = plan is not None or not self.stop()
                return
            last = self.points[-1]
        self.closed = not last.moved

    def _weighed(self, number: int) -> None:
        begin: Plan | None = None
        for price in prices(number):
            if self.stop():
                return
            begin = self._point(Asked(price=price), begin) or begin

    def _point(self, asked: Asked, begin: Plan | None) -> Plan | None:
        plan, folder = self.solve(asked, begin)
        if plan is not None:
            self.points.append(point_of(plan, asked.cap, asked.price, folder))
            self.show(self.points[-1])
        return plan
