"""A random scenario in the making."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from allocator.domain import (
    Building,
    Division,
    Floor,
    Posts,
    Relation,
    Request,
    Room,
    Site,
    Unit,
)
from allocator.scenario import Forbid, Pin, RoomException


@dataclass
class Draft:
    """A scenario in the making."""

    random: Random
    sites: list[Site] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    divisions: list[Division] = field(default_factory=list)
    posts: list[Posts] = field(default_factory=list)
    people: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    requests: list[Request] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    forbids: list[Forbid] = field(default_factory=list)
    exceptions: list[RoomException] = field(default_factory=list)
    shared: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    agreements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    market_open: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return self.random.random() < share

    def on_market(self, site: str) -> bool:
        """Whether a site is one that could be rented, where no tenure stands below it."""
        return any(s.code == site and s.tenure == "market" for s in self.sites)

    def planned(self) -> list[Unit]:
        """Units that receive space."""
        return [u for u in self.units if u.planned]

    def of_use(self, use: str) -> list[Room]:
        """Rooms of one use that can be given."""
        return [r for r in self.rooms if r.use == use and r.status == "available"]

    def change_room(self, code: str, **values: object) -> None:
        """Replace fields of a room."""
        self.rooms = [
            replace(r, **values) if r.code == code else r  # type: ignore[arg-type]
            for r in self.rooms
        ]
