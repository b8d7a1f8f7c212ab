"""Corridor floors: modules, doubles, corner rooms, small rooms and service rooms."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from allocator.domain import Building, Floor, Use
from allocator.generate.drafts import RoomDraft

SERVICE_SHARE = 0.165
"""Service area over office area of a floor: about 14 % of the stock."""


@dataclass(frozen=True, slots=True)
class Modules:
    """The few room sizes of one building, 0.01 m2."""

    south: int
    north: int
    double: int
    corner: int


def draw_modules(limits: tuple[int, int], rng: Random) -> Modules:
    """South rooms of one module; north rooms are shallower and always fit a deputy."""
    middle = (limits[0] + 2 * limits[1]) // 3
    south = round(rng.triangular(limits[0], limits[1], middle) / 20) * 20
    north = min(1790, max(1300, round(south * rng.uniform(0.9, 1.0) / 10) * 10))
    if limits[0] >= 1600:
        north = max(north, 1560)
    return Modules(south, north, 2 * south + 60, round(south * 1.38 / 10) * 10)


def floor_rooms(modules: Modules, target: int, rng: Random) -> list[tuple[Use, int]]:
    """One floor along its corridor with about `target` of office area (0.01 m2)."""
    offices: list[int] = []
    total = 0
    corners = 2 if target > 7 * modules.south else 1
    reach = target - corners * modules.corner
    while total < reach:
        draw = rng.random()
        if draw < 0.13 and reach - total > modules.double:
            area = modules.double
        elif draw < 0.18:
            area = 900
        elif draw < 0.23:
            area = 1240
        else:
            area = modules.south if len(offices) % 2 else modules.north
        offices.append(area)
        total += area
    row: list[tuple[Use, int]] = [("office", modules.corner)]
    row += [("office", area) for area in offices]
    if corners == 2:
        row.append(("office", modules.corner))
    service = _service_rooms(round((total + corners * modules.corner) * SERVICE_SHARE), rng)
    for area in service:
        row.insert(rng.randrange(1, len(row) + 1), ("service", area))
    return row


def _service_rooms(area: int, rng: Random) -> list[int]:
    """Meeting, printing, storage and archive rooms that add up to about `area`."""
    rooms = []
    while area > 900:
        if area > 4200:
            size = rng.choice((2400, 3000, 3600))
        elif area > 2700:
            size = rng.choice((1500, 1800, 2400))
        else:
            size = min(area, rng.choice((1000, 1200, 1500)))
        rooms.append(size)
        area -= size
    return rooms


def build_floors(
    building: Building, plans: list[list[tuple[Use, int]]], rng: Random
) -> tuple[list[Floor], list[RoomDraft]]:
    """Floors and rooms of a building, bottom up, with an equipment room and a guard room."""
    floors, rooms = [], []
    for level, plan in enumerate(plans, start=1):
        floor = Floor(code=f"{building.code}-{level}F", building=building.code, level=level)
        floors.append(floor)
        extra: list[tuple[Use, int]] = []
        if level == 1:
            extra = [("ancillary", 2500), ("equipment", rng.choice((1800, 2400, 3000)))]
        elif rng.random() < 0.4:
            extra = [("equipment", rng.choice((600, 900, 1200)))]
        for position, (use, area) in enumerate([*plan, *extra], start=1):
            number = f"{level * 100 + position}"
            rooms.append(
                RoomDraft(f"{building.code}-{number}", floor.code, number, use, area, position)
            )
    return floors, rooms
