"""Sites, buildings, floors and rooms of a scenario: stock, tenure, titles and leases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from allocator.domain import Holding, Room
from allocator.scenario import Scenario

STOCK_USES = ("office", "service")
RENTED = ("leased", "borrowed")


@dataclass(frozen=True, slots=True)
class Lease:
    """The highest leased or borrowed place: its code, the floors under it, its stock area."""

    place: str
    floors: tuple[str, ...]
    area: int
    rent_per_year: int


class Places:
    """The places of a scenario, indexed; areas in 0.01 m2."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.policy = scenario.policy
        ledger = scenario.ledger
        self.rooms = {r.code: r for r in ledger.rooms}
        self.floors = {f.code: f for f in ledger.floors}
        self.buildings = {b.code: b for b in ledger.buildings}
        self.sites = {s.code: s for s in ledger.sites}
        self.units = {u.code: u for u in ledger.units}
        self.building_of_floor = {f.code: f.building for f in ledger.floors}
        self.site_of_building = {b.code: b.site for b in ledger.buildings}
        self.floor_of = {r.code: r.floor for r in ledger.rooms}
        self.building_of = {r.code: self.building_of_floor[r.floor] for r in ledger.rooms}
        self.site_of = {r: self.site_of_building[b] for r, b in self.building_of.items()}
        self.site_of_floor = {
            f: self.site_of_building[b] for f, b in self.building_of_floor.items()
        }
        self.planned_units = tuple(sorted(u.code for u in ledger.units if u.planned))

    # -- stock -----------------------------------------------------------------------------

    def is_market(self, room: str) -> bool:
        """Whether the room stands on a market site."""
        return self.sites[self.site_of[room]].tenure == "market"

    @cached_property
    def stock(self) -> tuple[Room, ...]:
        """Rooms a plan may count: office or service, available, market sites only if opened."""
        return tuple(
            r
            for r in self.scenario.ledger.rooms
            if r.use in STOCK_USES
            and r.status == "available"
            and (not self.is_market(r.code) or self.site_of[r.code] in self.scenario.market_open)
        )

    @cached_property
    def stock_by_floor(self) -> dict[str, list[Room]]:
        """Stock rooms of each floor, by position and code."""
        rooms: dict[str, list[Room]] = defaultdict(list)
        for room in sorted(self.stock, key=lambda r: (r.floor, r.position or 0, r.code)):
            rooms[room.floor].append(room)
        return dict(rooms)

    @cached_property
    def market_floors(self) -> frozenset[str]:
        """Floors of opened market sites: stock only when in use."""
        return frozenset(
            f for f, s in self.site_of_floor.items() if self.sites[s].tenure == "market"
        )

    # -- tenure and title --------------------------------------------------------------------

    def _levels(self, floor: str) -> tuple[Holding, Holding, Holding]:
        building = self.building_of_floor[floor]
        site = self.site_of_building[building]
        return self.floors[floor], self.buildings[building], self.sites[site]

    def tenure(self, floor: str) -> str:
        """Effective tenure of a floor: its own, else the building's, else the site's."""
        return next((h.tenure for h in self._levels(floor) if h.tenure is not None), "owned")

    def title(self, floor: str) -> tuple[bool, str]:
        """Effective (registered with the administration, holder) of a floor."""
        levels = self._levels(floor)
        registered = next(
            (h.title_registered for h in levels if h.title_registered is not None), True
        )
        holder = next((h.title_holder for h in levels if h.title_holder is not None), "")
        return registered, holder

    @cached_property
    def leases(self) -> tuple[Lease, ...]:
        """Leased or borrowed places at the highest level that carries the tenure.

        Any floor under the place keeps it; only rooms of leased or borrowed tenure are its area.
        """
        under: dict[str, list[str]] = defaultdict(list)
        holders: dict[str, Holding] = {}
        for floor in sorted(set(self.floors) - self.market_floors):
            own, building, site = self._levels(floor)
            names = (self.site_of_floor[floor], self.building_of_floor[floor], floor)
            for name, holding in zip(names, (site, building, own), strict=True):
                if holding.tenure in RENTED:
                    under[name].append(floor)
                    holders[name] = holding
                    break
        return tuple(
            Lease(
                place,
                tuple(floors),
                sum(
                    r.area
                    for f in floors
                    if self.tenure(f) in RENTED
                    for r in self.stock_by_floor.get(f, ())
                ),
                holders[place].rent_per_year or 0,
            )
            for place, floors in sorted(under.items())
        )
