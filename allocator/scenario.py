"""The whole problem as one frozen value: ledger, standard, policy, pins and budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from allocator.domain import Ledger, Relation
from allocator.restructure.lineage import Lineage
from standards.catalog import Standard

TERMS = (
    "unhoused",  # posts without a seat
    "exceptions",  # proposed rooms past the room rule; registered ones are not counted
    "used",  # stock - released, m2
    "hidden",  # m2
    "stranded",  # stranded less the growth reserve, m2
    "short",  # m2
    "service_short",  # m2
    "leased",  # leased or borrowed area kept, m2
    "moved_building",  # people moved within a building
    "moved_site",  # people moved within a site
    "moved_far",  # people moved to another site
    "near",  # weight x min(people) x steps
    "off_main_floor",  # people
    "outside_main_building",  # people
    "short_per_person",  # largest of any unit, 0.01 m2, rounded up
)
"""The quantities a tier may add up; areas in m2, the rest in whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One step of the objective: minimise the sum of rate x term, then keep it within slack."""

    name: str
    unit: str
    terms: tuple[tuple[str, Fraction], ...]
    slack: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rates and rules without a legal source, from the policy file and the scenario."""

    tiers: tuple[Tier, ...]
    people_moved_cap: int | None = None
    sites_per_unit: int = 1
    buildings_per_unit: int = 1
    min_share: Fraction = Fraction(65, 100)
    tolerance: int = 0
    reserve: Fraction = Fraction(3, 100)
    service_share: Fraction = Fraction(1, 2)
    basis: Literal["established", "in_post", "larger"] = "established"
    exceptions: Literal["none", "propose"] = "none"
    business: Literal["stay", "free"] = "stay"
    ineligible: Literal["keep", "vacate"] = "keep"
    single: frozenset[tuple[str, str]] = frozenset()
    """(organ level, grade code) of grades whose holders sit alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A unit (or one division or grade of it) must be in a place.

    `kind` room: the unit holds that room, with at least `people` of the group for an office.
    Other kinds: every room of the unit (or every seat of the division or grade) lies there.
    """

    unit: str
    kind: Literal["site", "building", "floor", "room"]
    place: str
    division: str = ""
    grade: str = ""
    people: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbid:
    """A unit (or one division of it) must hold no room in a place."""

    unit: str
    kind: Literal["site", "building", "floor", "room"]
    place: str
    division: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomException:
    """A registered exception to the room rule."""

    room: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long to search: wall seconds, or deterministic work units (reproducible)."""

    seconds: int | None = 60
    work: int | None = None
    gap: Fraction = Fraction(0)
    workers: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between the ledger as read and the resolved scenario."""

    place: str
    what: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The resolved scenario: `ledger` already carries operations, seals, closures and openings.

    `relations` holds the ledger's and the scenario's own. `sources` maps input names to SHA-256.
    """

    name: str
    ledger: Ledger
    standard: Standard
    policy: Policy
    pins: tuple[Pin, ...] = ()
    forbids: tuple[Forbid, ...] = ()
    relations: tuple[Relation, ...] = ()
    exceptions: tuple[RoomException, ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(room, units that may sit in it together)."""
    agreements: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(site, units that may use its unregistered rooms)."""
    market_open: frozenset[str] = frozenset()
    """Market sites the scenario opens; all others offer no room."""
    budget: Budget = Budget()
    changes: tuple[Change, ...] = ()
    lineage: Lineage = field(default_factory=Lineage)
    """From the codes of the ledger as read to those of `ledger`."""
    sources: dict[str, str] = field(default_factory=dict)
