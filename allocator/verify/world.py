"""The resolved scenario looked up by code: places, title, posts and who holds what today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from allocator.domain import INELIGIBLE, Building, Floor, Group, Ledger, Room, Site, Unit
from allocator.findings import Finding, InputError, Place
from allocator.quantity import half_up
from allocator.scenario import Policy, Scenario
from standards.catalog import UnknownFigure

RENTED = ("leased", "borrowed")


@dataclass(frozen=True, slots=True)
class Where:
    """The floor, building and site of a room."""

    floor: str
    building: str
    site: str

    def at(self, kind: str) -> str:
        """The code of the place of this kind."""
        code: str = getattr(self, kind)
        return code


class World:
    """A scenario's ledger by code. Raises InputError if the ledger does not hang together."""

    def __init__(self, scenario: Scenario) -> None:
        ledger = scenario.ledger
        _check_references(ledger)
        self.scenario = scenario
        self.policy: Policy = scenario.policy
        self.sites: dict[str, Site] = {site.code: site for site in ledger.sites}
        self.buildings: dict[str, Building] = {b.code: b for b in ledger.buildings}
        self.floors: dict[str, Floor] = {floor.code: floor for floor in ledger.floors}
        self.rooms: dict[str, Room] = {room.code: room for room in ledger.rooms}
        self.units: dict[str, Unit] = {unit.code: unit for unit in ledger.units}
        self.site_of_floor = {f.code: self.buildings[f.building].site for f in ledger.floors}
        self.where = {
            room.code: Where(
                room.floor, self.floors[room.floor].building, self.site_of_floor[room.floor]
            )
            for room in ledger.rooms
        }
        self.offices_on = self._offices_on()
        self.without_title = frozenset(f for f in self.floors if self._unregistered(f))
        self._limits: dict[tuple[str, str], int] = {}
        self.planned_posts = _planned_posts(scenario, self.units)
        self.entitlement = self._entitlements()
        self.holders_today = _holders_today(ledger)
        self.sites_today = self._sites_today()
        self.business_sites = self._business_sites()
        self.lowest_limit = self._lowest_limit()
        self._check_limits()

    def limit(self, unit: str, grade: str) -> int:
        """Office limit per person in 0.01 m2; 0 for bodies without entitlement."""
        if self.ineligible(unit) or not grade:
            return 0
        key = (unit, grade)
        if key not in self._limits:
            self._limits[key] = self.scenario.standard.limit(self.units[unit].level, grade)
        return self._limits[key]

    def ineligible(self, unit: str) -> bool:
        """Whether the unit is a body without entitlement."""
        return self.units[unit].category in INELIGIBLE

    def planned(self, unit: str) -> bool:
        """Whether the unit receives space in a plan."""
        return self.units[unit].status == "active" and not self.ineligible(unit)

    def offered(self, room: Room) -> bool:
        """Whether the room's site is one that offers rooms at all (no unopened market site)."""
        site = self.where[room.code].site
        return self.sites[site].tenure != "market" or site in self.scenario.market_open

    def market_opened(self, site: str) -> bool:
        """Whether the site is a market site that the scenario opens."""
        return self.sites[site].tenure == "market" and site in self.scenario.market_open

    def could_be_stock(self, room: Room) -> bool:
        """Office or service, available, offered; rooms of a market site count when used."""
        return (
            room.use in ("office", "service")
            and room.status == "available"
            and (self.offered(room))
        )

    def tenure(self, floor: str) -> str:
        """Effective tenure of a floor: its own, else its building's, else its site's."""
        own, building, site = self._levels(floor)
        return own.tenure or building.tenure or site.tenure or ""

    def _unregistered(self, floor: str) -> bool:
        """Whether the effective title of a floor is not registered with the administration."""
        for level in self._levels(floor):
            if level.title_registered is not None:
                return not level.title_registered
        return False

    def title_holder(self, floor: str) -> str:
        """Effective title holder of a floor, blank if none is written."""
        for level in self._levels(floor):
            if level.title_holder is not None:
                return level.title_holder
        return ""

    def _levels(self, floor: str) -> tuple[Floor, Building, Site]:
        own = self.floors[floor]
        building = self.buildings[own.building]
        return own, building, self.sites[building.site]

    def _offices_on(self) -> dict[str, list[Room]]:
        """Available offices per floor, unopened market sites left out."""
        result: dict[str, list[Room]] = defaultdict(list)
        for room in self.rooms.values():
            if room.use == "office" and self.could_be_stock(room):
                result[room.floor].append(room)
        return dict(result)

    def _entitlements(self) -> dict[str, int]:
        """Service entitlement per unit in 0.01 m2, on established posts; 0 for the ineligible."""
        established: dict[str, int] = defaultdict(int)
        for posts in self.scenario.ledger.posts:
            established[posts.unit] += posts.established
        result = {}
        for code, unit in self.units.items():
            posts_of_unit = established[code]
            if self.ineligible(code) or posts_of_unit == 0:
                result[code] = 0
                continue
            try:
                area = self.scenario.standard.service_area(unit.level, posts_of_unit)
            except UnknownFigure as error:
                raise InputError((_no_figure(str(error), code),)) from None
            result[code] = half_up(area)
        return result

    def _sites_today(self) -> dict[str, frozenset[str]]:
        sites: dict[str, set[str]] = defaultdict(set)
        for room, holders in self.holders_today.items():
            for unit in holders:
                sites[unit].add(self.where[room].site)
        return {unit: frozenset(codes) for unit, codes in sites.items()}

    def _business_sites(self) -> dict[str, frozenset[str]]:
        sites: dict[str, set[str]] = defaultdict(set)
        for room, holders in self.holders_today.items():
            if self.rooms[room].use == "business" and self.rooms[room].status == "available":
                for unit in holders:
                    sites[unit].add(self.where[room].site)
        return {unit: frozenset(codes) for unit, codes in sites.items()}

    def _lowest_limit(self) -> int:
        """The lowest office limit among the grades of the planned units' levels; 0 if none."""
        levels = {unit.level for code, unit in self.units.items() if self.planned(code)}
        areas = [g.area for g in self.scenario.standard.grades if g.level in levels]
        return min(areas, default=0)

    def _check_limits(self) -> None:
        findings = []
        wanted = {(row.unit, row.grade) for row in self.scenario.ledger.occupancy if row.people}
        wanted |= {(posts.unit, posts.grade) for posts in self.scenario.ledger.posts}
        for unit, grade in sorted(wanted):
            try:
                self.limit(unit, grade)
            except UnknownFigure as error:
                findings.append(_no_figure(str(error), unit))
        if findings:
            raise InputError(findings)


def _planned_posts(scenario: Scenario, units: dict[str, Unit]) -> dict[Group, int]:
    """Seats to plan per group, by the policy's basis; only units that receive space."""
    planned: dict[Group, int] = defaultdict(int)
    for posts in scenario.ledger.posts:
        unit = units[posts.unit]
        if unit.status != "active" or unit.category in INELIGIBLE:
            continue
        planned[posts.group] += {
            "established": posts.established,
            "in_post": posts.in_post,
            "larger": max(posts.established, posts.in_post),
        }[scenario.policy.basis]
    return dict(planned)


def _holders_today(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """Units of the occupancy rows and the allocated unit, per room."""
    holders: dict[str, set[str]] = defaultdict(set)
    for row in ledger.occupancy:
        holders[row.room].add(row.unit)
    for room in ledger.rooms:
        if room.allocated_unit:
            holders[room.code].add(room.allocated_unit)
    return {room: tuple(sorted(units)) for room, units in sorted(holders.items())}


def _no_figure(detail: str, unit: str) -> Finding:
    return Finding(
        code="unknown",
        zh=f"标准中没有单位 {unit} 所需的数值",
        en=f"the standard has no figure that unit {unit} needs: {detail}",
        place=Place(file="standard.yaml"),
        value=unit,
        advice_zh="可能应在本地标准中补充该数值",
        advice_en="Maybe supply the figure in a local overlay",
    )


def _check_references(ledger: Ledger) -> None:
    """Every code that a row names must exist."""
    known = {
        "sites": {row.code for row in ledger.sites},
        "buildings": {row.code for row in ledger.buildings},
        "floors": {row.code for row in ledger.floors},
        "rooms": {row.code for row in ledger.rooms},
        "units": {row.code for row in ledger.units},
    }
    links = [
        *(("buildings", "site", "sites", row.site) for row in ledger.buildings),
        *(("floors", "building", "buildings", row.building) for row in ledger.floors),
        *(("rooms", "floor", "floors", row.floor) for row in ledger.rooms),
        *(("rooms", "allocated_unit", "units", r.allocated_unit) for r in ledger.rooms),
        *(("posts", "unit", "units", row.unit) for row in ledger.posts),
        *(("occupancy", "room", "rooms", row.room) for row in ledger.occupancy),
        *(("occupancy", "unit", "units", row.unit) for row in ledger.occupancy),
        *(("requests", "unit", "units", row.unit) for row in ledger.requests),
    ]
    missing = sorted(
        {link for link in links if link[3] not in known[link[2]] and link[1] != "allocated_unit"}
        | {
            link
            for link in links
            if link[1] == "allocated_unit" and link[3] and link[3] not in known["units"]
        }
    )
    if missing:
        raise InputError(
            Finding(
                code="unknown",
                zh=f"台账 {table} 表引用了不存在的 {target}: {code}",
                en=f"ledger table {table} names {code!r}, which is not in {target}",
                place=Place(file="ledger", sheet=table, column=column),
                value=code,
                expected=target,
                advice_zh="可能编码写错",
                advice_en="Maybe the code is misspelt",
            )
            for table, column, target, code in missing
        )


def shares(total: int, holders: tuple[str, ...]) -> dict[str, Fraction]:
    """An area divided equally among holders, exact."""
    return {unit: Fraction(total, len(holders)) for unit in holders}
