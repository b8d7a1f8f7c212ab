"""The nouns of the ledger, frozen. Areas are in 0.01 m2, rents in yuan a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

SiteKind: TypeAlias = Literal["centralized", "independent", "dispatched"]
Tenure: TypeAlias = Literal["owned", "leased", "borrowed", "market"]
Use: TypeAlias = Literal["office", "service", "equipment", "ancillary", "business"]
RoomStatus: TypeAlias = Literal["available", "sealed", "unavailable", "let"]
Level: TypeAlias = Literal["central", "provincial", "municipal", "county", "township"]
RelationKind: TypeAlias = Literal["near", "same_floor", "same_building", "same_site", "apart"]

FEATURES = ("secure", "public_counter", "archive_load", "accessible", "common")
"""Features of rooms; a unit or request needs all of its features in each of its rooms.
`common` marks today's shared service rooms and is never required."""

CATEGORIES = ("organ", "institution", "business_institution", "enterprise", "association")
"""Kinds of unit: 机关, 事业单位, 生产经营类事业单位, 企业, 协会."""

INELIGIBLE = frozenset({"business_institution", "enterprise", "association"})
"""Categories without entitlement (管理办法 art. 21): reported, never planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Tenure and title; None means inherited from the level above (never None on a site)."""

    tenure: Tenure | None = None
    title_holder: str | None = None
    title_registered: bool | None = None
    rent_per_year: int | None = None
    lease_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Holding):
    """A compound (办公区). `agreement`: unit codes that may use unregistered rooms, `*` all."""

    code: str
    name: str
    kind: SiteKind
    territory: str = ""
    agreement: tuple[str, ...] = ()
    x_km: Fraction | None = None
    y_km: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Building(Holding):
    """A building (楼); `usable_ratio` is usable area over gross area (使用面积系数)."""

    code: str
    site: str
    name: str
    usable_ratio: Fraction | None = None
    high_rise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor(Holding):
    """A floor (层); `level` is its number, 1 the ground floor, negative below ground."""

    code: str
    building: str
    level: int
    drawing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room (房间); `area` is usable area in 0.01 m2, `position` its order on the corridor."""

    code: str
    floor: str
    number: str
    use: Use
    area: int
    status: RoomStatus = "available"
    features: tuple[str, ...] = ()
    position: int | None = None
    outline: str = ""
    approved_use: Use | None = None
    allocated_unit: str = ""
    lent_to: str = ""
    idle_reported: bool | None = None
    drawing_area: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A department (单位) at an organ level."""

    code: str
    name: str
    level: Level
    category: str = "organ"
    parent: str = ""
    territory: str = ""
    features: tuple[str, ...] = ()
    status: Literal["active", "abolished"] = "active"
    abolished_on: date | None = None
    successor: str = ""

    @property
    def category_ineligible(self) -> bool:
        """Whether the unit is a body without entitlement."""
        return self.category in INELIGIBLE

    @property
    def planned(self) -> bool:
        """Whether the unit receives space in a plan."""
        return self.status == "active" and self.category not in INELIGIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Part of a unit (内设机构)."""

    code: str
    unit: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Posts of one unit, division (blank: the unit itself) and grade code."""

    unit: str
    division: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """Counts of one group: `established` (三定) and `in_post` (人事台账).

    Without `in_post_known` no staff list was read, and `in_post` comes from the rooms.
    """

    unit: str
    division: str
    grade: str
    established: int
    in_post: int
    established_min: int | None = None
    established_max: int | None = None
    borrowed: int = 0
    in_post_known: bool = True

    @property
    def group(self) -> Group:
        """The group these posts belong to."""
        return Group(self.unit, self.division, self.grade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """Who is in a room today; people 0 and grade blank for a room held without people."""

    room: str
    unit: str
    division: str = ""
    grade: str = ""
    people: int = 0
    desks: int | None = None
    until: date | None = None

    @property
    def group(self) -> Group:
        """The group these people belong to."""
        return Group(self.unit, self.division, self.grade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`count` rooms of one use for a purpose, each of area_min..area_max (0.01 m2)."""

    unit: str
    purpose: str
    use: Use
    area_min: int
    area_max: int
    count: int = 1
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Two units that belong together or apart: `near` has a weight, every other kind is a must."""

    a: str
    b: str
    kind: RelationKind
    weight: int = 0
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """Work done on a room or floor; cost in yuan."""

    place: str
    day: date
    kind: Literal["daily", "major"]
    cost: int | None = None
    approval: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A measurement of a room in 0.01 m2, with its error."""

    room: str
    measured: int
    day: date
    error: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole ledger, tables in the order of the file. Codes are unique within a table."""

    sites: tuple[Site, ...] = ()
    buildings: tuple[Building, ...] = ()
    floors: tuple[Floor, ...] = ()
    rooms: tuple[Room, ...] = ()
    units: tuple[Unit, ...] = ()
    divisions: tuple[Division, ...] = ()
    posts: tuple[Posts, ...] = ()
    occupancy: tuple[Occupancy, ...] = ()
    requests: tuple[Request, ...] = ()
    relations: tuple[Relation, ...] = ()
    refits: tuple[Refit, ...] = ()
    survey: tuple[Survey, ...] = ()
