"""Where buildings and floors go on a sheet; inches, y downwards, one scale for all buildings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viz.labels import broken, height
from viz.rooms import FloorBlocks

FLOOR_LABEL = 0.36
"""Column left of a building for the floor names."""
GAP = 0.3
"""Between buildings, and below a row of buildings."""
WING_GAP = 0.05
"""Between two floors of one level."""
NARROWEST = 1.1
"""A building's slot is at least so wide, for its title."""
WANTED = 1 / 11_000
"""Inches per 0.01 m2 at which a small unit still takes its number: 110 m2 an inch."""
LARGEST = 1 / 1_000
TITLE_SIZE = 8.0


@dataclass(frozen=True, slots=True)
class Slot:
    """One building on the sheet: its title lines, and per level its floors (wings)."""

    building: str
    title: tuple[str, ...]
    x: float
    wide: float
    levels: Mapping[int, tuple[FloorBlocks, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """Buildings side by side on one ground line; `levels` from the top down."""

    slots: tuple[Slot, ...]
    levels: tuple[int, ...]

    @property
    def title_high(self) -> float:
        """Height of the tallest building title."""
        return height(max(len(slot.title) for slot in self.slots), TITLE_SIZE) + 0.06

    def high(self, floor_high: float) -> float:
        """Height of titles, floors and the gap below."""
        return self.title_high + floor_high * len(self.levels) + GAP


@dataclass(frozen=True, slots=True)
class Sheet:
    """All buildings of a site; `scale` in inches per 0.01 m2."""

    rows: tuple[Row, ...]
    scale: float

    @property
    def levels(self) -> int:
        """Floor heights from the top of the sheet to its foot."""
        return sum(len(row.levels) for row in self.rows)

    @property
    def wide(self) -> float:
        """Width that the buildings take."""
        return max((slot.x + slot.wide for row in self.rows for slot in row.slots), default=0.0)

    def high(self, floor_high: float) -> float:
        """Height of the whole sheet."""
        return sum(row.high(floor_high) for row in self.rows)


def _by_building(floors: Sequence[FloorBlocks]) -> dict[str, dict[int, tuple[FloorBlocks, ...]]]:
    buildings: dict[str, dict[int, tuple[FloorBlocks, ...]]] = {}
    for floor in floors:
        levels = buildings.setdefault(floor.building, {})
        levels[floor.level] = (*levels.get(floor.level, ()), floor)
    return buildings


def _floor_area(levels: Mapping[int, tuple[FloorBlocks, ...]]) -> tuple[int, float]:
    """Widest level: its area, and the inches of gaps between its wings."""
    area = max(sum(floor.area for floor in wings) for wings in levels.values())
    gaps = max(len(wings) - 1 for wings in levels.values()) * WING_GAP
    return area, gaps


def _slot_wide(levels: Mapping[int, tuple[FloorBlocks, ...]], scale: float, margin: float) -> float:
    area, gaps = _floor_area(levels)
    return max(FLOOR_LABEL + area * scale + gaps + margin, NARROWEST)


def _packed(widths: Mapping[str, float], wide: float) -> list[list[str]]:
    rows: list[list[str]] = []
    used = wide
    for building, needed in widths.items():
        if rows and used + GAP + needed <= wide + 1e-9:
            rows[-1].append(building)
            used += GAP + needed
        else:
            rows.append([building])
            used = needed
    return rows


def arrange(
    floors: Sequence[FloorBlocks], titles: Mapping[str, str], wide: float, margin: float = 0.0
) -> Sheet:
    """Pack a site's buildings into rows of `wide` inches.

    `margin`: room to the right of each building. A building wider than the sheet sets the scale.
    """
    buildings = _by_building(floors)
    if not buildings:
        return Sheet((), WANTED)
    spare = wide - FLOOR_LABEL - margin
    areas = {code: _floor_area(levels) for code, levels in buildings.items()}
    scale = min(WANTED, min((spare - gaps) / max(1, area) for area, gaps in areas.values()))
    widths = {code: _slot_wide(levels, scale, margin) for code, levels in buildings.items()}
    rows = _packed(widths, wide)
    # Stretch what is packed until the fullest row fills the sheet.
    for _ in range(200):
        larger = scale * 1.02
        fullest = max(
            sum(_slot_wide(buildings[b], larger, margin) for b in row) + GAP * (len(row) - 1)
            for row in rows
        )
        if larger > LARGEST or fullest > wide:
            break
        scale = larger
    return Sheet(
        tuple(_row({b: buildings[b] for b in row}, titles, scale, margin) for row in rows), scale
    )


def _row(
    buildings: Mapping[str, dict[int, tuple[FloorBlocks, ...]]],
    titles: Mapping[str, str],
    scale: float,
    margin: float,
) -> Row:
    slots, x = [], 0.0
    for code, levels in buildings.items():
        wide = _slot_wide(levels, scale, margin)
        title = tuple(broken(titles[code], wide, TITLE_SIZE))
        slots.append(Slot(code, title, x, wide, levels))
        x += wide + GAP
    every = {level for levels in buildings.values() for level in levels}
    return Row(tuple(slots), tuple(sorted(every, reverse=True)))
