"""The floors of every site as rows of blocks, before and after: what the page draws to scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from allocator.compare import Comparison
from allocator.compare_rows import SiteRow
from allocator.domain import Room
from allocator.measure import today_rows
from allocator.places import STOCK_USES
from allocator.plan import Assignment, Plan
from allocator.problem import Problem

Kind: TypeAlias = Literal["unit", "common", "stranded", "released", "closed", "other"]

Mark: TypeAlias = Literal["", "released", "taken", "empty"]
"""What the plan does to a whole floor; `empty`: not in use before and after."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring rooms of one kind and unit on one floor; area in 0.01 m2."""

    kind: Kind
    unit: str
    area: int
    people: int
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FloorRow:
    """One floor before and after; `mark` says what the plan does to it as a whole."""

    floor: str
    area: int
    before: tuple[Block, ...]
    after: tuple[Block, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class BuildingStack:
    """A building, its floors from the top down."""

    building: str
    floors: tuple[FloorRow, ...]


@dataclass(frozen=True, slots=True)
class SiteStack:
    """A site; `widest` is the area of its largest floor, the full width of the drawing."""

    site: str
    widest: int
    buildings: tuple[BuildingStack, ...]
    units: tuple[str, ...]


class _State:
    """Who holds what, today or in the plan, with the common area left to colour per site."""

    def __init__(
        self, rows: Iterable[Assignment], in_use: Iterable[str], common: Mapping[str, int]
    ) -> None:
        self.in_use = frozenset(in_use)
        self.common = dict(common)
        self.people: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            inside = self.people[row.room]
            inside[row.unit] = inside.get(row.unit, 0) + row.people


def site_stacks(problem: Problem, plan: Plan, comparison: Comparison) -> tuple[SiteStack, ...]:
    """Every site with stock; those that gain most in whole floors first, then by code."""
    before = _State(
        today_rows(problem),
        plan.before.floors_in_use,
        {row.site: row.before.common for row in comparison.sites},
    )
    after = _State(
        plan.assignments,
        plan.areas.floors_in_use,
        {row.site: row.after.common for row in comparison.sites},
    )
    rooms: dict[str, list[Room]] = defaultdict(list)
    for room in sorted(problem.scenario.ledger.rooms, key=lambda r: (r.position or 0, r.code)):
        rooms[room.floor].append(room)
    levels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for floor in sorted(problem.floors):
        if rooms[floor]:
            building = problem.building_of_floor[floor]
            levels[problem.site_of_building[building]][building].append(floor)
    stacks = []
    for row in sorted(comparison.sites, key=_gain_first):
        buildings = tuple(
            BuildingStack(building, _floors(problem, floors, rooms, before, after))
            for building, floors in sorted(levels[row.site].items())
        )
        drawn = [floor for building in buildings for floor in building.floors]
        blocks = [block for floor in drawn for block in (*floor.before, *floor.after)]
        stacks.append(
            SiteStack(
                site=row.site,
                widest=max((floor.area for floor in drawn), default=1),
                buildings=buildings,
                units=tuple(sorted({block.unit for block in blocks if block.unit})),
            )
        )
    return tuple(stacks)


def _gain_first(row: SiteRow) -> tuple[int, str]:
    return min(0, row.before.released - row.after.released), row.site


_MARKS: dict[tuple[bool, bool], Mark] = {
    (True, True): "",
    (True, False): "released",
    (False, True): "taken",
    (False, False): "empty",
}
"""(in use before, in use after) of a floor with stock."""


def _floors(
    problem: Problem,
    floors: Sequence[str],
    rooms: Mapping[str, Sequence[Room]],
    before: _State,
    after: _State,
) -> tuple[FloorRow, ...]:
    rows = []
    # Common area is used up in room order, from the lowest floor upwards.
    for floor in sorted(floors, key=lambda f: (problem.floors[f].level, f)):
        in_use = (floor in before.in_use, floor in after.in_use)
        rows.append(
            FloorRow(
                floor=floor,
                area=sum(room.area for room in rooms[floor]),
                before=_blocks(problem, rooms[floor], before),
                after=_blocks(problem, rooms[floor], after),
                mark=_MARKS[in_use] if floor in problem.stock_by_floor else "",
            )
        )
    return tuple(reversed(rows))


def _blocks(problem: Problem, rooms: Iterable[Room], state: _State) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for room in rooms:
        for block in _room_blocks(problem, room, state):
            last = blocks[-1] if blocks else None
            if last and (last.kind, last.unit) == (block.kind, block.unit):
                codes = last.rooms if last.rooms[-1] == room.code else (*last.rooms, room.code)
                blocks[-1] = Block(
                    last.kind,
                    last.unit,
                    last.area + block.area,
                    last.people + block.people,
                    codes,
                )
            else:
                blocks.append(block)
    return tuple(blocks)


def _room_blocks(problem: Problem, room: Room, state: _State) -> list[Block]:
    inside = state.people.get(room.code)
    codes = (room.code,)
    if inside and room.use in (*STOCK_USES, "business"):
        return _shares(room, inside)
    if room.status != "available":
        return [Block("closed", "", room.area, 0, codes)]
    if room.use not in STOCK_USES:
        return [Block("other", "", room.area, 0, codes)]
    if room.floor not in state.in_use:
        if room.floor in problem.market_floors:  # offered, not rented: no stock to release
            return [Block("closed", "", room.area, 0, codes)]
        return [Block("released", "", room.area, 0, codes)]
    common = 0
    if room.use == "service":
        site = problem.site_of[room.code]
        common = min(room.area, state.common.get(site, 0))
        state.common[site] = state.common.get(site, 0) - common
    parts: tuple[tuple[Kind, int], ...] = (("common", common), ("stranded", room.area - common))
    return [Block(kind, "", area, 0, codes) for kind, area in parts if area]


def _shares(room: Room, inside: Mapping[str, int]) -> list[Block]:
    """One block per unit in the room, by people, or equal if nobody sits there."""
    total, blocks, left = sum(inside.values()), [], room.area
    for place, (unit, people) in enumerate(sorted(inside.items()), start=1):
        share = room.area * people // total if total else room.area // len(inside)
        area = left if place == len(inside) else share
        left -= area
        blocks.append(Block("unit", unit, area, people, (room.code,)))
    return blocks
