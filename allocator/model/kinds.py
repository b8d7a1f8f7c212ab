"""Kinds of seats and room fills: what a unit may lawfully do with a room of a given area."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor

from allocator.domain import Group
from allocator.problem import Problem


@dataclass(frozen=True, slots=True)
class Kind:
    """People of one unit that are alike: same standard, same permits. `limit` in 0.01 m2."""

    unit: str
    groups: tuple[Group, ...]
    count: int
    limit: int
    single: bool


def kinds_of(problem: Problem, unit: str) -> tuple[Kind, ...]:
    """A unit's kinds: one per grade, or one per group where pins name divisions."""
    groups = problem.groups_of[unit]
    apart = any(p.division or p.grade for p in problem.pins_of.get(unit, ())) or any(
        f.division for f in problem.forbids_of.get(unit, ())
    )
    sets: dict[str, list[Group]] = {}
    for group in groups:
        sets.setdefault(f"{group.division}|{group.grade}" if apart else group.grade, []).append(
            group
        )
    return tuple(
        Kind(
            unit,
            tuple(members),
            sum(problem.planned[g] for g in members),
            problem.limit(unit, members[0].grade),
            problem.single(unit, members[0].grade),
        )
        for _, members in sorted(sets.items())
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """The room rule of a policy: min_share x S <= area <= S + tolerance."""

    min_share: Fraction
    tolerance: int

    def fits(self, area: int, standards: int) -> bool:
        """Whether people whose standards sum to `standards` may sit in the room."""
        share = self.min_share
        return (
            share.numerator * standards <= area * share.denominator
            and area <= standards + self.tolerance
        )

    def seats(self, area: int, limit: int) -> tuple[int, int]:
        """Least and most people of one standard in a room; (1, 0) when none fit."""
        least = max(1, ceil(Fraction(area - self.tolerance, limit)))
        most = floor(Fraction(area) / (self.min_share * limit))
        return (least, most) if least <= most else (1, 0)


@cache
def fills(rule: Rule, area: int, limits: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Every lawful number of people per standard in one room, lexicographic order."""
    top = floor(Fraction(area) / rule.min_share)
    found: list[tuple[int, ...]] = []

    def extend(prefix: tuple[int, ...], total: int) -> None:
        if len(prefix) == len(limits):
            if any(prefix) and rule.fits(area, total):
                found.append(prefix)
            return
        limit = limits[len(prefix)]
        for count in range((top - total) // limit + 1):
            extend((*prefix, count), total + count * limit)

    extend((), 0)
    return tuple(found)
