"""What is audited: a ledger with who sits where, the standard, and settings; indexed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias

from allocator.audit.ranges import Range, exactly, total
from allocator.audit.rule import Cell, Doubt, View, Words
from allocator.domain import Group, Holding, Ledger, Posts, Request, Room, Survey, Unit
from allocator.ledger.loose import Loose
from allocator.scenario import RoomException
from standards.catalog import Standard, UnknownFigure

Split: TypeAlias = Literal["proportional", "equal"]
MIXED = ("public_counter", "archive_load")
"""Features of an office of which an unknown part serves something else than desks."""
SERVICE_USE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the auditor is told. Areas in 0.01 m2.

    `tolerance` and `min_share`: the room rule. `drawing_tolerance`: how far a drawing may differ.
    `area_error`: error of areas that nobody surveyed. `single`: (level, grade) that sit alone.
    """

    on: date
    tolerance: int = 0
    min_share: Fraction = Fraction(65, 100)
    drawing_tolerance: int = 50
    area_error: int = 0
    split: Split = "proportional"
    single: frozenset[tuple[str, str]] = frozenset()
    basis: Literal["established", "in_post", "larger"] = "established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One row of who is where; `index` is its row in table `Case.seat_table`."""

    room: str
    unit: str
    division: str = ""
    grade: str = ""
    people: int = 0
    purpose: str = ""
    desks: int | None = None
    until: date | None = None
    index: int = 0

    @property
    def group(self) -> Group:
        """The group these people belong to."""
        return Group(self.unit, self.division, self.grade)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One audit: `seats` are today's occupancy or a plan's, everything else is the ledger's.

    `loose`: rows that name what the ledger does not know. `shared` and `agreements` as in the
    scenario: room -> units, site -> units.
    """

    ledger: Ledger
    standard: Standard
    settings: Settings
    seats: tuple[Seat, ...]
    view: View = "today"
    seat_table: str = "occupancy"
    loose: tuple[Loose, ...] = ()
    exceptions: tuple[RoomException, ...] = ()
    shared: Mapping[str, tuple[str, ...]]
    agreements: Mapping[str, tuple[str, ...]]

    # -- indexes ----------------------------------------------------------------------------

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """Rooms by code."""
        return {r.code: r for r in self.ledger.rooms}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units by code."""
        return {u.code: u for u in self.ledger.units}

    @cached_property
    def seats_in(self) -> dict[str, list[Seat]]:
        """Seats by room, in the order of the table; rooms without a row are absent."""
        found: dict[str, list[Seat]] = defaultdict(list)
        for seat in self.seats:
            found[seat.room].append(seat)
        return dict(found)

    @cached_property
    def strangers(self) -> dict[str, list[Loose]]:
        """Rows by room that say that somebody unknown sits there or holds it."""
        found: dict[str, list[Loose]] = defaultdict(list)
        for row in self.loose:
            room = row.values.get("room")
            if row.kind != "grade" and row.table == self.seat_table and room in self.rooms:
                found[str(room)].append(row)
        return dict(found)

    @cached_property
    def seats_of(self) -> dict[str, list[Seat]]:
        """Seats by unit, in the order of the table."""
        found: dict[str, list[Seat]] = defaultdict(list)
        for seat in self.seats:
            found[seat.unit].append(seat)
        return dict(found)

    @cached_property
    def seated(self) -> dict[Group, int]:
        """People seated by group."""
        found: dict[Group, int] = defaultdict(int)
        for seat in self.seats:
            if seat.people:
                found[seat.group] += seat.people
        return dict(found)

    @cached_property
    def post_rows(self) -> tuple[Posts, ...]:
        """The posts, those of a unit whose plan names no divisions added up by grade."""
        named = {s.unit for s in self.seats if s.people and s.division}
        whole = {s.unit for s in self.seats if s.people} - named
        if self.view == "today" or not whole:
            return self.ledger.posts
        rows: dict[Group, Posts] = {}
        for row in self.ledger.posts:
            if row.unit in whole:
                row = replace(row, division="")
            rows[row.group] = _added(rows[row.group], row) if row.group in rows else row
        return tuple(rows.values())

    @cached_property
    def posts(self) -> dict[Group, Posts]:
        """Posts by group."""
        return {p.group: p for p in self.post_rows}

    @cached_property
    def posts_of(self) -> dict[str, list[Posts]]:
        """Posts by unit."""
        found: dict[str, list[Posts]] = defaultdict(list)
        for row in self.post_rows:
            found[row.unit].append(row)
        return dict(found)

    @cached_property
    def surveys(self) -> dict[str, Survey]:
        """The latest survey of each room, the last row among equal days."""
        found: dict[str, Survey] = {}
        for row in self.ledger.survey:
            if row.room not in found or row.day >= found[row.room].day:
                found[row.room] = row
        return found

    @cached_property
    def requests_of(self) -> dict[str, list[Request]]:
        """Requests by unit."""
        found: dict[str, list[Request]] = defaultdict(list)
        for row in self.ledger.requests:
            found[row.unit].append(row)
        return dict(found)

    @cached_property
    def _rows(self) -> dict[str, dict[object, int]]:
        """Row index by code, group or row, for the tables that findings point to."""
        ledger = self.ledger
        coded: dict[str, Iterable[object]] = {
            "sites": (s.code for s in ledger.sites),
            "buildings": (b.code for b in ledger.buildings),
            "floors": (f.code for f in ledger.floors),
            "rooms": (r.code for r in ledger.rooms),
            "units": (u.code for u in ledger.units),
            "divisions": (d.code for d in ledger.divisions),
            "posts": (p.group for p in ledger.posts),
            "survey": ledger.survey,
            "refits": ledger.refits,
        }
        return {t: {code: i for i, code in enumerate(codes)} for t, codes in coded.items()}

    def cell(self, table: str, code: object, column: str) -> Cell:
        """The cell of a row by its code (posts: its group; survey, refits: the row itself)."""
        return Cell(table, self._rows[table].get(code), column)

    def seat_cell(self, seat: Seat, column: str) -> Cell:
        """A cell of the row that says who sits there."""
        return Cell(self.seat_table, seat.index, column)

    # -- places -------------------------------------------------------------------------------

    @cached_property
    def _levels(self) -> dict[str, tuple[tuple[str, str, Holding], ...]]:
        """Floor -> (table, code, holding) of floor, building, site."""
        sites = {s.code: s for s in self.ledger.sites}
        buildings = {b.code: b for b in self.ledger.buildings}
        found: dict[str, tuple[tuple[str, str, Holding], ...]] = {}
        for floor in self.ledger.floors:
            building = buildings[floor.building]
            site = sites[building.site]
            found[floor.code] = (
                ("floors", floor.code, floor),
                ("buildings", building.code, building),
                ("sites", site.code, site),
            )
        return found

    def levels(self, floor: str) -> tuple[tuple[str, str, Holding], ...]:
        """(table, code, holding) of a floor, its building and its site."""
        return self._levels[floor]

    def site_of(self, room: str) -> str:
        """The site of a room."""
        return self._levels[self.rooms[room].floor][2][1]

    def building_of(self, room: str) -> str:
        """The building of a room."""
        return self._levels[self.rooms[room].floor][1][1]

    def tenure(self, floor: str) -> str:
        """Effective tenure of a floor."""
        return next((h.tenure for _, _, h in self._levels[floor] if h.tenure is not None), "owned")

    def on_market(self, room: Room) -> bool:
        """Whether the room is only offered, not yet rented."""
        return self._levels[room.floor][2][2].tenure == "market"

    # -- figures --------------------------------------------------------------------------------

    @cached_property
    def _limits(self) -> dict[tuple[str, str], int | None]:
        return {}

    def limit(self, level: str, grade: str) -> int | None:
        """Office limit per person in 0.01 m2, None where the standard knows no such grade."""
        key = (level, grade)
        if key not in self._limits:
            try:
                self._limits[key] = self.standard.limit(level, grade)
            except UnknownFigure:
                self._limits[key] = None
        return self._limits[key]

    def is_single(self, seat: Seat) -> bool:
        """Whether holders of this grade sit alone."""
        unit = self.units.get(seat.unit)
        return unit is not None and (unit.level, seat.grade) in self.settings.single

    def area(self, room: Room) -> Range:
        """Usable area of a room in 0.01 m2 within what ledger, survey and hall leave open.

        The survey's error bounds the true area; where the ledger lies outside, either may be
        right. Part of a mixed hall may not be office at all, so its low end is 0.
        """
        low = high = room.area
        doubts: tuple[Doubt, ...] = ()
        survey = self.surveys.get(room.code)
        if survey is not None:
            low = min(room.area, survey.measured - survey.error)
            high = max(room.area, survey.measured + survey.error)
        elif self.settings.area_error:
            low, high = low - self.settings.area_error, high + self.settings.area_error
        if low != high:
            words = Words(f"房间 {room.code} 的面积", f"the area of room {room.code}")
            doubts = (Doubt(words, room.code),)
        if any(f in room.features for f in MIXED) and room.use == "office":
            hall = Words(
                f"房间 {room.code} 用于办公的部分", f"the part of room {room.code} used as office"
            )
            return Range(0, room.area, max(0, high), (*doubts, Doubt(hall, room.code)))
        return Range(max(0, low), room.area, max(0, high), doubts)

    def standards(self, room: str) -> Range:
        """Sum of the standards of the people in a room, 0.01 m2, strangers' within limits."""
        known = [self.standard_of(seat) for seat in self.seats_in.get(room, ())]
        return total([*known, *(self._stranger(row) for row in self.strangers.get(room, ()))])

    def unknown_in(self, room: str) -> bool:
        """Whether somebody sits there of whom no standard is on record."""
        return bool(self.strangers.get(room)) or any(
            seat.people and self.limit(self.units[seat.unit].level, seat.grade) is None
            for seat in self.seats_in.get(room, ())
        )

    def _stranger(self, row: Loose) -> Range:
        """People of whom the ledger knows neither unit nor limit: nothing, or the largest."""
        most = max((g.area for g in self.standard.grades), default=0)
        zh, en = f"台账中没有的单位 {row.code}", f"who {row.code} is"
        return Range(0, 0, int(row.values.get("people") or 0) * most, (Doubt(Words(zh, en)),))

    def standard_of(self, seat: Seat) -> Range:
        """The standards of the people of one row together, 0.01 m2.

        Borrowed people may not count here; people whose grade nobody knows may count anything
        between nothing and the largest limit of their level. A room given for an office request
        counts up to the request's area_max.
        """
        if not seat.people:
            return exactly(self._requested(seat))
        unit = self.units[seat.unit]
        limit = self.limit(unit.level, seat.grade)
        posts = self.posts.get(seat.group)
        borrowed = min(seat.people, posts.borrowed if posts else 0)
        doubts: tuple[Doubt, ...] = ()
        if borrowed:
            zh, en = f"{unit.name}借调人员是否计入", f"whether borrowed staff of {unit.name} count"
            doubts = (Doubt(Words(zh, en)),)
        if limit is None:
            zh, en = f"{unit.name}职级 {seat.grade}", f"grade {seat.grade} of {unit.name}"
            high = seat.people * self._largest(unit.level)
            return Range(0, 0, high, (Doubt(Words(zh, en)), *doubts))
        low, high = (seat.people - borrowed) * limit, seat.people * limit
        return Range(low, high, high, doubts)

    def _requested(self, seat: Seat) -> int:
        if not seat.purpose:
            return 0
        return max(
            (
                q.area_max
                for q in self.requests_of.get(seat.unit, ())
                if q.purpose == seat.purpose and q.use == "office"
            ),
            default=0,
        )

    def _largest(self, level: str) -> int:
        return max((g.area for g in self.standard.grades if g.level == level), default=0)

    def established(self, unit: str) -> Range:
        """Established posts of a unit within their provisional limits."""
        rows = self.posts_of.get(unit, ())
        nominal = sum(p.established for p in rows)
        low = sum(p.established if p.established_min is None else p.established_min for p in rows)
        high = sum(p.established if p.established_max is None else p.established_max for p in rows)
        if low == high == nominal:
            return exactly(nominal)
        name = self.units[unit].name
        doubt = Doubt(Words(f"{name}暂定编制", f"provisional posts of {name}"))
        return Range(min(low, nominal), nominal, max(high, nominal), (doubt,))

    def planned(self, unit: str) -> bool:
        """Whether the unit is entitled to space."""
        return self.units[unit].planned

    def name(self, unit: str) -> str:
        """The unit's name, or its code where the ledger has no such unit."""
        known = self.units.get(unit)
        return known.name if known else unit


def _added(a: Posts, b: Posts) -> Posts:
    """The posts of two divisions together."""

    def limit(row: Posts, bound: int | None) -> int:
        return row.established if bound is None else bound

    return replace(
        a,
        established=a.established + b.established,
        in_post=a.in_post + b.in_post,
        established_min=limit(a, a.established_min) + limit(b, b.established_min),
        established_max=limit(a, a.established_max) + limit(b, b.established_max),
        borrowed=a.borrowed + b.borrowed,
        in_post_known=a.in_post_known and b.in_post_known,
    )
