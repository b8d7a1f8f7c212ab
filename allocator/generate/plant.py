"""Planted findings: errors put into today's ledger on purpose, each in a place of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from allocator.domain import Refit, Survey
from allocator.generate.drafts import Block, RoomDraft, World
from allocator.generate.figures import LIMITS, highest_sum_short
from allocator.generate.shapes import Planted

SURVEY_ERROR = 10
"""Error of the invented measurements, 0.01 m2."""

_FIRST_DAY = date(2025, 3, 3)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that an auditor should find; areas in 0.01 m2."""

    kind: str
    cause: str
    place: str
    unit: str = ""
    detail: str = ""
    value: int = 0
    expected: int = 0


@dataclass(slots=True)
class Tables:
    """What planting adds to the ledger beside the rooms."""

    answers: list[Answer] = field(default_factory=list)
    refits: list[Refit] = field(default_factory=list)
    survey: list[Survey] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    roll: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """Difference between the posts table and the occupancy, by group."""


def plant(world: World, wanted: Planted, rng: Random) -> Tables:
    """Change today's rooms and add survey and refit rows; every kind in its own rooms."""
    tables = Tables()
    _over_standard(world, wanted.over_standard, tables, rng)
    _idle(world, wanted.idle, tables, rng)
    _mismatches(world, wanted.mismatch, tables, rng)
    _refits(world, wanted.refit, tables, rng)
    return tables


def _sum(inside: Counter[tuple[str, str, str]], world_limits: dict[str, str]) -> int:
    return sum(n * LIMITS[world_limits[u]][g] for (u, _, g), n in inside.items())


def _levels(world: World) -> dict[str, str]:
    return {u.code: u.level for u in world.units}


def _over_standard(world: World, count: int, tables: Tables, rng: Random) -> None:
    """A person who sits lawfully alone is given a spare room above the standard."""
    levels, planned = _levels(world), {u.code for u in world.units if u.planned}
    places: list[tuple[RoomDraft, Block]] = []
    for block in world.blocks:
        for room in block.rooms:
            inside = world.today.get(room.code)
            if inside and sum(inside.values()) == 1 and {g[0] for g in inside} <= planned:
                total = _sum(inside, levels)
                if room.area <= total <= highest_sum_short(room.area):
                    places.append((room, block))
    rng.shuffle(places)
    left = count
    for room, block in places:
        if not left:
            break
        total = _sum(world.today[room.code], levels)
        larger = [
            r
            for r in block.rooms
            if r.is_office
            and r.code not in world.today
            and r.code not in tables.touched
            and total + 100 <= r.area <= 2 * total
        ]
        if not larger:
            continue
        goal = min(larger, key=lambda r: (r.floor != room.floor, r.area, r.code))
        world.today[goal.code] = world.today.pop(room.code)
        goal.allocated, goal.idle_reported = room.allocated, None
        room.allocated, room.idle_reported = "", True
        tables.touched |= {room.code, goal.code}
        tables.answers.append(
            Answer(
                "over_standard", "planted", goal.code, goal.allocated, "leader", goal.area, total
            )
        )
        left -= 1
    if left:
        raise RuntimeError(f"{left} over-standard offices could not be planted")


def _idle(world: World, count: int, tables: Tables, rng: Random) -> None:
    """Idle offices that nobody reported."""
    busy = {r.floor for r in world.rooms if r.code in world.today}
    market = {r.code for b in world.blocks if b.site.tenure == "market" for r in b.rooms}
    idle = [
        r
        for r in world.rooms
        if r.is_office
        and r.code not in world.today
        and r.code not in tables.touched
        and r.code not in market
        and r.floor in busy
    ]
    for room in rng.sample(idle, count):
        room.idle_reported = False
        tables.touched.add(room.code)
        tables.answers.append(
            Answer("idle", "planted", room.code, room.allocated, "not reported", room.area, 0)
        )


def _mismatches(world: World, count: int, tables: Tables, rng: Random) -> None:
    """Survey, drawing, holder or roll differ from the ledger."""
    offices = [r for r in world.rooms if r.is_office]
    for room in offices:
        room.drawing_area = room.area
    occupied = [r for r in offices if r.code in world.today and r.code not in tables.touched]
    rng.shuffle(occupied)
    roll = count // 6
    holder = count // 5
    drawing = count // 4
    survey = count - roll - holder - drawing
    measured = {r.code: r.area for r in offices}
    for _ in range(survey):
        room = occupied.pop()
        measured[room.code] = room.area + rng.choice((-1, 1)) * rng.randrange(60, 300)
        _answer(tables, "survey", room, measured[room.code], room.area)
    for _ in range(drawing):
        room = occupied.pop()
        room.drawing_area = room.area + rng.choice((-1, 1)) * rng.randrange(60, 300)
        _answer(tables, "drawing", room, room.drawing_area, room.area)
    _holders(world, occupied, holder, tables, rng)
    _roll(world, roll, tables, rng)
    for index, room in enumerate(offices):
        area = measured[room.code]
        noise = rng.randrange(-SURVEY_ERROR, SURVEY_ERROR + 1) if area == room.area else 0
        day = _FIRST_DAY + timedelta(days=index // 120)
        tables.survey.append(
            Survey(room=room.code, measured=area + noise, day=day, error=SURVEY_ERROR)
        )


def _answer(tables: Tables, detail: str, room: RoomDraft, value: int, expected: int) -> None:
    tables.touched.add(room.code)
    tables.answers.append(
        Answer("ledger_mismatch", "planted", room.code, room.allocated, detail, value, expected)
    )


def _holders(
    world: World, occupied: list[RoomDraft], count: int, tables: Tables, rng: Random
) -> None:
    """Rooms allocated to one unit of the building and occupied by another."""
    neighbours: dict[str, list[str]] = {}
    for block in world.blocks:
        codes = [u.code for u in block.units if u.planned]
        neighbours |= {r.code: codes for r in block.rooms}
    left = count
    while left:
        room = occupied.pop()
        inside = {g[0] for g in world.today[room.code]}
        others = [u for u in neighbours[room.code] if u not in inside]
        if len(inside) > 1 or not others or not inside <= set(neighbours[room.code]):
            continue
        room.allocated = rng.choice(others)
        tables.touched.add(room.code)
        tables.answers.append(
            Answer("ledger_mismatch", "planted", room.code, min(inside), "holder " + room.allocated)
        )
        left -= 1


def _roll(world: World, count: int, tables: Tables, rng: Random) -> None:
    """Posts in post differ from the people seated."""
    units = [u for u in world.units if u.planned and u.divisions]
    for unit in rng.sample(units, count):
        division = unit.divisions[0][0]
        grade = min((g for d, g in unit.posts if d == division), key=unit.limit)
        seated = unit.in_post[division, grade]
        difference = 1 if seated < unit.posts[division, grade] else -1
        tables.roll[unit.code, division, grade] = difference
        tables.answers.append(
            Answer(
                "ledger_mismatch",
                "planted",
                division,
                unit.code,
                f"roll {grade}",
                seated + difference,
                seated,
            )
        )


def _refits(world: World, count: int, tables: Tables, rng: Random) -> None:
    """Major works without approval, among daily and approved ones."""
    rooms = [
        r
        for r in world.rooms
        if r.use in ("office", "service")
        and r.status == "available"
        and r.code not in tables.touched
    ]
    chosen = rng.sample(rooms, min(count * 3, len(rooms)))
    for index, room in enumerate(chosen):
        day = date(2023, 1, 5) + timedelta(days=rng.randrange(900))
        cost = rng.randrange(8, 90) * 1000
        if index < count:
            tables.refits.append(Refit(place=room.code, day=day, kind="major", cost=cost))
            tables.answers.append(
                Answer(
                    "refit_without_approval", "planted", room.code, room.allocated, str(day), cost
                )
            )
        elif index % 2:
            tables.refits.append(Refit(place=room.code, day=day, kind="daily", cost=cost // 20))
        else:
            number = f"机管修〔{day.year}〕{index}号"
            tables.refits.append(
                Refit(place=room.code, day=day, kind="major", cost=cost, approval=number)
            )
    tables.refits.sort(key=lambda r: (r.day, r.place))
