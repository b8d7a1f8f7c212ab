"""The front of people moved against area released: one solve per cap on people moved.

Epsilon constraint (Haimes, Lasdon and Wismer 1971) on whole numbers of people: with at most N
people moved as much area is released as lawful plans can, then as few people moved as that takes.
Where every solve is proved, lowering N to one less than that until people are left over visits
every point of the front. Else N takes values of a grid, from few people to many, each solve
beginning with the plan of the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from allocator.plan import Plan
from allocator.scenario import Policy, Scenario, Tier
from allocator.tradeoff.point import Front, Point, front_of, point_of, tightened

ONE = Fraction(1)
RELEASED = Tier(name="in_use", unit="m2", terms=(("used", ONE),))
MOVED = Tier(
    name="moved",
    unit="people",
    terms=(("moved_building", ONE), ("moved_site", ONE), ("moved_far", ONE)),
)

Solve = Callable[[int | None, Plan | None], tuple[Plan | None, str]]
"""(cap, plan to begin with) -> the verified plan, or None, and its folder."""


def with_cap(scenario: Scenario, cap: int | None) -> Scenario:
    """The scenario of one point: its tiers before the priced one, then released, then moved.

    Its own cap on people moved stays where it is lower.
    """
    policy = scenario.policy
    own = policy.people_moved_cap
    caps = [n for n in (cap, own) if n is not None]
    tiers = (*_before_priced(policy), RELEASED, MOVED)
    changed = replace(policy, tiers=tiers, people_moved_cap=min(caps, default=None))
    return replace(scenario, policy=changed)


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

    def run(self, number: int, asked: tuple[int, ...]) -> Front:
        """At most `number` points of a grid, or all where they are proved; and the caps asked."""
        plan = self._point(None, None)
        if plan is not None:
            first = self.points[0]
            if first.proved:
                self._downwards(first)
            else:
                self._grid(first, number, asked)
        least = min((p.earlier for p in self.points), default=())
        points = [p for p in tightened(self.points) if p.earlier == least]
        return front_of(points, closed=self.closed)

    def _downwards(self, last: Point) -> None:
        """One less than the last point moves, until that is impossible."""
        while last.moved and not self.stop():
            plan = self._point(last.moved - 1, None)
            if plan is None or self.points[-1].earlier > self.points[0].earlier:
                self.closed = plan is not None or not self.stop()
                return
            last = self.points[-1]
        self.closed = not last.moved

    def _grid(self, first: Point, number: int, asked: tuple[int, ...]) -> None:
        caps = {first.moved * step // number for step in range(1, number)}
        begin: Plan | None = None
        for cap in sorted(caps | {n for n in asked if n < first.moved}):
            if self.stop():
                return
            begin = self._point(cap, begin) or begin

    def _point(self, cap: int | None, begin: Plan | None) -> Plan | None:
        plan, folder = self.solve(cap, begin)
        if plan is None:
            if cap is not None and not self.stop():
                self.failed.append(cap)
            return None
        point = point_of(plan, cap, folder)
        self.points.append(point)
        self.show(point)
        if self.points[0].earlier < point.earlier and cap is not None:
            self.failed.append(cap)
        return plan
