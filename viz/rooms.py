"""What every room is in one picture: held, common, stranded, released, closed; block by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.domain import Room
from allocator.measure import Measure
from allocator.measure import today_rows as measured_today
from allocator.places import STOCK_USES
from allocator.plan import Assignment, Plan
from allocator.problem import Problem
from allocator.quantity import half_up
from allocator.scenario import Scenario

Kind: TypeAlias = Literal["unit", "business", "common", "stranded", "released", "closed", "other"]
"""`business`: technical business rooms of a unit; the other words are those of the palette."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rooms of one kind and unit on one floor, merged; area in 0.01 m2."""

    kind: Kind
    unit: str
    area: int
    people: int
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorBlocks:
    """One floor, its blocks from left to right."""

    floor: str
    building: str
    level: int
    in_use: bool
    blocks: tuple[Block, ...]

    @property
    def area(self) -> int:
        """Area of all rooms of the floor, 0.01 m2."""
        return sum(block.area for block in self.blocks)

    def area_of(self, *kinds: Kind) -> int:
        """Area of the blocks of these kinds, 0.01 m2."""
        return sum(block.area for block in self.blocks if block.kind in kinds)


@dataclass(frozen=True, slots=True)
class SiteAreas:
    """The space identity of one site in 0.01 m2: stock = held + common + stranded + released."""

    held: int
    common: int
    stranded: int
    released: int
    released_floors: int

    @property
    def stock(self) -> int:
        """All stock of the site."""
        return self.held + self.common + self.stranded + self.released

    @property
    def in_use(self) -> int:
        """Stock on floors in use."""
        return self.stock - self.released


@dataclass(frozen=True, slots=True)
class State:
    """One set of assignments with the floors it keeps in use: today or a plan."""

    rows: tuple[Assignment, ...]
    in_use: frozenset[str]


class View:
    """A scenario prepared for pictures: its index, and rooms in order."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.problem = Problem(scenario)
        self.measure = Measure(self.problem)
        self._rooms: dict[str, list[Room]] = defaultdict(list)
        ledger = scenario.ledger
        for room in sorted(ledger.rooms, key=_room_order):
            self._rooms[room.floor].append(room)
        level = {floor.code: floor.level for floor in ledger.floors}
        self.floors = sorted(level, key=lambda f: (self.problem.building_of_floor[f], level[f], f))
        self._level = level
        self._stock = frozenset(room.code for room in self.problem.stock)

    def today(self) -> State:
        """Today's occupancy."""
        rows = tuple(measured_today(self.problem))
        return State(rows, frozenset(self.measure.before.floors_in_use))

    def planned(self, assignments: Iterable[Assignment], common: Iterable[str] = ()) -> State:
        """A plan's assignments, with the floors it keeps open for service rooms."""
        rows = tuple(sorted(assignments))
        return State(rows, self.measure.floors_in_use(rows, common))

    def of_plan(self, plan: Plan) -> State:
        """The state after a plan."""
        return State(tuple(sorted(plan.assignments)), frozenset(plan.areas.floors_in_use))

    # -- rooms -----------------------------------------------------------------------------

    def held_by(self, state: State) -> dict[str, dict[str, tuple[int, int]]]:
        """Per room and unit: area (0.01 m2) and people.

        A shared room is divided by people, equally if nobody sits there.
        """
        people: dict[str, dict[str, int]] = defaultdict(dict)
        for row in state.rows:
            inside = people[row.room]
            inside[row.unit] = inside.get(row.unit, 0) + row.people
        held: dict[str, dict[str, tuple[int, int]]] = {}
        for code, inside in people.items():
            left, weight = self.problem.rooms[code].area, sum(inside.values())
            parts: dict[str, tuple[int, int]] = {}
            for place, (unit, count) in enumerate(sorted(inside.items()), start=1):
                share = Fraction(count, weight) if weight else Fraction(1, len(inside))
                part = half_up(share * self.problem.rooms[code].area)
                part = left if place == len(inside) else min(left, part)
                parts[unit] = (part, count)
                left -= part
            held[code] = parts
        return held

    def common_left(self, state: State) -> dict[str, int]:
        """Per site the unheld service area that its units still need (`common`), 0.01 m2."""
        problem = self.problem
        seated: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        service: dict[tuple[str, str], int] = defaultdict(int)
        for room, unit in sorted({(row.room, row.unit) for row in state.rows}):
            if problem.rooms[room].use == "service" and problem.rooms[room].status == "available":
                service[unit, problem.site_of[room]] += problem.rooms[room].area
        for row in state.rows:
            if row.people and problem.units[row.unit].planned:
                seated[row.unit][problem.site_of[row.room]] += row.people
        wanted: dict[str, int] = defaultdict(int)
        for unit, sites in seated.items():
            whole, people = problem.service_entitlement[unit], sum(sites.values())
            for site, there in sites.items():
                share = half_up(Fraction(whole * there, people))
                wanted[site] += max(0, share - service.get((unit, site), 0))
        return dict(wanted)

    # -- blocks ----------------------------------------------------------------------------

    def blocks(self, state: State, site: str | None = None) -> list[FloorBlocks]:
        """Floors with rooms, by building, level and code; of one site or of all."""
        held = self.held_by(state)
        left = self.common_left(state)
        floors: list[FloorBlocks] = []
        for floor in self.floors:
            at = self.problem.site_of_floor[floor]
            if (site is None or at == site) and self._rooms.get(floor):
                floors.append(self._floor(floor, state, held, left))
        return floors

    def _floor(
        self,
        floor: str,
        state: State,
        held: dict[str, dict[str, tuple[int, int]]],
        left: dict[str, int],
    ) -> FloorBlocks:
        """Blocks of one floor; takes what its rooms need from the common area left at its site."""
        in_use = floor in state.in_use
        site = self.problem.site_of_floor[floor]
        merged: dict[tuple[Kind, str], list[tuple[str, int, int]]] = {}
        for room in self._rooms[floor]:
            kind = self._kind(room, room.code in held, in_use)
            if kind in ("unit", "business"):
                for unit, (area, people) in held[room.code].items():
                    merged.setdefault((kind, unit), []).append((room.code, area, people))
                continue
            area = room.area
            if kind == "stranded" and room.use == "service":
                common = min(area, left.get(site, 0))
                if common:
                    left[site] -= common
                    merged.setdefault(("common", ""), []).append((room.code, common, 0))
                    area -= common
            if area:
                merged.setdefault((kind, ""), []).append((room.code, area, 0))
        blocks = tuple(
            Block(
                kind,
                unit,
                sum(area for _, area, _ in parts),
                sum(people for _, _, people in parts),
                tuple(code for code, _, _ in parts),
            )
            for (kind, unit), parts in merged.items()
        )
        building = self.problem.building_of_floor[floor]
        return FloorBlocks(floor, building, self._level[floor], in_use, blocks)

    def _kind(self, room: Room, is_held: bool, in_use: bool) -> Kind:
        if room.status != "available":
            return "closed"
        if room.use == "business":
            return "business" if is_held else "other"
        if room.use not in STOCK_USES:
            return "other"
        if room.code not in self._stock or (
            room.floor in self.problem.market_floors and not in_use
        ):
            return "closed"
        if is_held:
            return "unit"
        return "stranded" if in_use else "released"

    def site_areas(self, state: State) -> dict[str, SiteAreas]:
        """The space identity per site, sites with stock only, by code."""
        sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for floor in self.blocks(state):
            site = sums[self.problem.site_of_floor[floor.floor]]
            for block in floor.blocks:
                site[block.kind] += block.area
            site["floors"] += bool(floor.area_of("released"))
        return {
            code: SiteAreas(s["unit"], s["common"], s["stranded"], s["released"], s["floors"])
            for code, s in sorted(sums.items())
            if s["unit"] + s["common"] + s["stranded"] + s["released"]
        }

    def office_by_unit(self, state: State) -> dict[str, int]:
        """Office area each unit holds, 0.01 m2; shared rooms divided by people."""
        total: dict[str, int] = dict.fromkeys(sorted(self.problem.units), 0)
        for code, parts in self.held_by(state).items():
            if code in self._stock and self.problem.rooms[code].use == "office":
                for unit, (area, _) in parts.items():
                    total[unit] += area
        return total


def _room_order(room: Room) -> tuple[bool, int, str]:
    return (room.position is None, room.position or 0, room.code)


def today_rows(scenario: Scenario) -> tuple[Assignment, ...]:
    """Today's occupancy and allocations as assignment rows, sorted."""
    return View(scenario).today().rows
