"""What one changed input does to every tier, as far as the two plans' bounds decide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.plan import Plan, TierResult
from allocator.problem import Problem
from allocator.scenario import Scenario

Decision: TypeAlias = Literal["rises", "falls", "same", "open"]
"""`open`: the interval contains zero, or a bound is missing: not decided."""

DECISION_WORDS: dict[Decision, tuple[str, str]] = {
    "rises": ("确定上升", "rises"),
    "falls": ("确定下降", "falls"),
    "same": ("确定不变", "unchanged"),
    "open": ("尚不能判定", "not decided"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One tier before and after a change of input, in the tier's unit.

    `change` is that of the values found; `interval` holds the change of the best value possible.
    """

    tier: str
    unit: str
    before: Fraction | None
    after: Fraction | None
    change: Fraction | None
    interval: tuple[Fraction, Fraction] | None
    decision: Decision


def effects(before: Plan, after: Plan) -> tuple[Effect, ...]:
    """The change of every tier of either plan, matched by name."""
    old = {tier.name: tier for tier in before.tiers}
    new = {tier.name: tier for tier in after.tiers}
    order = [t.name for t in before.tiers] == [t.name for t in after.tiers]
    found = []
    for name in dict.fromkeys((*old, *new)):
        one, other = old.get(name), new.get(name)
        interval = None
        if one is not None and other is not None and order:
            interval = _interval(before.tiers, after.tiers, one, other)
        found.append(_effect(name, one, other, interval))
    return tuple(found)


def _interval(
    old: Sequence[TierResult], new: Sequence[TierResult], one: TierResult, other: TierResult
) -> tuple[Fraction, Fraction] | None:
    """Bounds of a later tier hold only where all earlier tiers are proved on both sides."""
    for tiers, last in ((old, one), (new, other)):
        for tier in tiers:
            if tier.name == last.name:
                break
            if not tier.proven:
                return None
    if one.bound is None or other.bound is None:
        return None
    return other.bound - one.best, other.best - one.bound


def _effect(
    name: str,
    one: TierResult | None,
    other: TierResult | None,
    interval: tuple[Fraction, Fraction] | None,
) -> Effect:
    before = None if one is None else one.value
    after = None if other is None else other.value
    known = other or one
    assert known is not None
    return Effect(
        tier=name,
        unit=known.unit,
        before=before,
        after=after,
        change=None if before is None or after is None else after - before,
        interval=interval,
        decision=_decision(interval),
    )


def _decision(interval: tuple[Fraction, Fraction] | None) -> Decision:
    if interval is None:
        return "open"
    low, high = interval
    if low == high == 0:
        return "same"
    return "rises" if low > 0 else "falls" if high < 0 else "open"


def as_start(plan: Plan, scenario: Scenario) -> Plan:
    """A plan as a start for another scenario: rows that name what is not there are left out.

    Its tiers are as bad as can be, so that whatever the solver finds from it replaces it.
    """
    problem = Problem(scenario)
    groups = set(problem.planned)
    asked = {(q.unit, q.purpose) for q in scenario.ledger.requests}
    stock = {room.code for room in problem.stock}
    free = stock - problem.fixed_rooms
    rows = tuple(
        row
        for row in plan.assignments
        if row.room in free
        and (row.group in groups if row.people else (row.unit, row.purpose) in asked)
    )
    common = tuple(f for f in plan.areas.common_floors if f in problem.floors)
    worst = tuple(
        TierResult(
            name=tier.name, unit=tier.unit, best=_WORST, slack=tier.slack, value=_WORST,
            bound=None, terms={},
        )
        for tier in scenario.policy.tiers
    )  # fmt: skip
    return replace(
        plan,
        assignments=tuple(sorted((*rows, *problem.fixed_rows))),
        areas=replace(plan.areas, common_floors=common),
        tiers=worst,
        unplaced=(),
        exceptions=tuple(e for e in plan.exceptions if str(e.get("room", "")) in free),
        certificate=None,
    )


_WORST = Fraction(10**11)
