"""Drafts that the generator fills step by step before they become a ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from allocator.domain import Building, Floor, Relation, Request, RoomStatus, Site, Use
from allocator.generate.figures import LEADERS, LIMITS


@dataclass(slots=True)
class UnitDraft:
    """A unit with its established posts per (division, grade)."""

    code: str
    name: str
    level: str
    category: str = "organ"
    territory: str = ""
    features: tuple[str, ...] = ()
    posts: Counter[tuple[str, str]] = field(default_factory=Counter)
    in_post: Counter[tuple[str, str]] = field(default_factory=Counter)
    divisions: list[tuple[str, str]] = field(default_factory=list)
    planned: bool = True
    fixed: bool = False
    """Whether history must leave the unit in its own building (features, musts, titles)."""

    @property
    def people(self) -> int:
        """Established posts."""
        return sum(self.posts.values())

    @property
    def standards(self) -> int:
        """Sum of the standards of all established posts, 0.01 m2."""
        return sum(n * LIMITS[self.level][g] for (_, g), n in self.posts.items())

    def limit(self, grade: str) -> int:
        """Office limit of a grade of the unit."""
        return LIMITS[self.level][grade]

    def leads(self, grade: str) -> bool:
        """Whether holders of the grade sit alone."""
        return grade in LEADERS[self.level]


@dataclass(slots=True)
class RoomDraft:
    """A room; `spare` marks rooms that history leaves for drift."""

    code: str
    floor: str
    number: str
    use: Use
    area: int
    position: int
    status: RoomStatus = "available"
    features: set[str] = field(default_factory=set)
    allocated: str = ""
    idle_reported: bool | None = None
    drawing_area: int | None = None

    @property
    def is_office(self) -> bool:
        """Whether people may sit here."""
        return self.use == "office" and self.status == "available"


Seats = dict[str, Counter[tuple[str, str, str]]]
"""People per room: room -> counts by (unit, division, grade)."""


@dataclass(slots=True)
class Block:
    """One building with its floors, rooms, first units and their lawful seats."""

    building: Building
    site: Site
    floors: list[Floor]
    rooms: list[RoomDraft]
    units: list[UnitDraft]
    lawful: Seats = field(default_factory=dict)
    request_rooms: dict[str, list[str]] = field(default_factory=dict)
    """Rooms of the lawful plan held for requests, per unit."""

    @property
    def spare(self) -> list[RoomDraft]:
        """Office rooms that the lawful seats leave free, in corridor order."""
        return [r for r in self.rooms if r.is_office and r.code not in self.lawful]


@dataclass(slots=True)
class World:
    """Everything generated so far."""

    blocks: list[Block]
    units: list[UnitDraft]
    requests: list[Request] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    today: Seats = field(default_factory=dict)
    business: dict[str, str] = field(default_factory=dict)
    """Technical business rooms and their holders."""

    @property
    def rooms(self) -> list[RoomDraft]:
        """All rooms in order."""
        return [r for b in self.blocks for r in b.rooms]
