"""The answer: who gets which room, with tiers, bounds, status and provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from allocator.domain import Group

Status: TypeAlias = Literal["optimal", "feasible", "infeasible", "unknown"]

KEPT = "kept"
"""Purpose of rooms that a body without entitlement keeps."""
BUSINESS = "business"
"""Purpose of technical business rooms kept by their holder (people 0)."""


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """People of one group in one room; a room held for a purpose has people 0 and blank grade."""

    room: str
    unit: str
    division: str = ""
    grade: str = ""
    people: int = 0
    purpose: str = ""

    @property
    def group(self) -> Group:
        """The group these people belong to."""
        return Group(self.unit, self.division, self.grade)


@dataclass(frozen=True, slots=True, order=True)
class Unplaced:
    """People of one group without a seat (or a request without a room: grade blank)."""

    unit: str
    division: str
    grade: str
    people: int
    reason: str
    rule: str
    nearest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierResult:
    """One tier's outcome; numbers are exact, in the tier's unit. `bound` None: unproved."""

    name: str
    unit: str
    best: Fraction
    slack: Fraction
    value: Fraction
    bound: Fraction | None
    terms: dict[str, Fraction]
    bound_checked: bool = False
    """Whether the checker got at least this bound from the certificate."""

    @property
    def proven(self) -> bool:
        """Whether the bound meets the best value."""
        return self.bound is not None and self.bound == self.best


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityBound:
    """A bound for one quantity alone, in m2 (0.01 m2 inside)."""

    quantity: str
    unit: str
    value: int
    bound: int
    given: str
    bound_checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """The space identity's terms in 0.01 m2, with the floors and leases behind them."""

    stock: int
    held: int
    common: int
    stranded: int
    released: int
    hidden: int
    short: int
    service_short: int
    reserve: int
    hidden_same_basis: int
    leased_kept: int
    common_floors: tuple[str, ...] = ()
    floors_in_use: tuple[str, ...] = ()
    released_floors: tuple[str, ...] = ()
    released_buildings: tuple[str, ...] = ()
    leases_ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Counts of posts and people."""

    posts: int
    housed: int
    unhoused: int
    over_establishment: int
    moved: int
    moved_building: int
    moved_site: int
    moved_far: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan, as written to `plan.json`."""

    scenario: str
    status: Status
    tiers: tuple[TierResult, ...]
    bounds: tuple[QuantityBound, ...]
    areas: Areas
    before: Areas
    people: People
    assignments: tuple[Assignment, ...]
    unplaced: tuple[Unplaced, ...]
    exceptions: tuple[dict[str, Any], ...] = ()
    caps: tuple[dict[str, Any], ...] = ()
    """Units whose site or building cap had to exceed the policy's: {unit, sites, buildings}."""
    provenance: dict[str, Any] = field(default_factory=dict)
    certificate: dict[str, Any] | None = None
    """What `certificate.json` holds: the prices behind the bounds; None: no such file."""
