"""Seeded synthetic ledgers at several scales, with the findings that are in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from allocator.domain import Division, Ledger, Occupancy, Posts, Room, Unit
from allocator.generate.drafts import Block, RoomDraft, World
from allocator.generate.dress import dress
from allocator.generate.faults import fault_answers, merge_unhoused
from allocator.generate.history import drift
from allocator.generate.people import draw_units
from allocator.generate.plant import Answer, Tables, plant
from allocator.generate.settle import add_room, reserve_missing, settle
from allocator.generate.shapes import SHAPES, Scale, Shape
from allocator.generate.tiny import tiny_random
from allocator.generate.today import Figures, figures, room_answers
from allocator.plan import Assignment

SCALES: tuple[Scale, ...] = ("tiny-random", "district", "pilot", "city", "ten-cities")
"""Scales in order of size."""

_TOPICS = ("people", "places", "extras", "history")
_ATTEMPTS = 20
_IDLE_SHARE = (0.09, 0.19)
"""Limits of hidden and stranded area over stock; planting changes it by less than a hundredth."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A ledger, the data of its scenario file, and what an auditor should find in it."""

    ledger: Ledger
    scenario: dict[str, Any]
    answers: tuple[Answer, ...] = ()
    witness: tuple[Assignment, ...] = ()
    """Seats of a lawful plan with nobody unhoused: every site holds its own first units."""
    figures: Figures | None = field(default=None)


def generate(scale: Scale, seed: int) -> Generated:
    """Generate a ledger; the same scale and seed give the same value.

    Raises ValueError for an unknown scale.
    """
    if scale not in SCALES:
        raise ValueError(f"unknown scale {scale!r}, expected one of {', '.join(SCALES)}")
    if scale == "tiny-random":
        ledger, scenario = tiny_random(seed)
        return Generated(ledger, scenario)
    shape = SHAPES[scale]
    world = _world(scale, shape, seed)
    tables = plant(world, shape.planted, _stream(seed, scale, "planted"))
    planted = merge_unhoused(world, tables.answers, tables)
    answers = [*planted, *room_answers(world, planted), *fault_answers(world, tables)]
    scenario = {
        "name": f"{scale}-{seed}",
        "ledger": "ledger",
        "standard": "cn-2014",
        "solve": {"seconds": shape.seconds},
    }
    return Generated(
        _ledger(world, tables), scenario, tuple(answers), _witness(world), figures(world)
    )


def _world(scale: Scale, shape: Shape, seed: int) -> World:
    """The first world whose idle share lies within the limits; most seeds need no second one."""
    for attempt in range(_ATTEMPTS):
        streams = [_stream(seed, scale, f"{topic}/{attempt}") for topic in _TOPICS]
        people, places, extras, history = streams
        units = draw_units(shape, people)
        world = settle(shape, units, places)
        dress(world, shape, extras)
        _keep_reserve(world)
        drift(world, shape.cross_drift, history)
        if _IDLE_SHARE[0] <= figures(world).idle_share <= _IDLE_SHARE[1]:
            return world
    raise RuntimeError(f"{scale}, seed {seed}: idle share out of reach")


def _stream(seed: int, scale: str, topic: str) -> Random:
    """A random stream of its own, so that a change in one topic leaves the others alone."""
    return Random(f"{seed}/{scale}/{topic}")


def _keep_reserve(world: World) -> None:
    """Give back the growth reserve where sealed or let rooms were put."""
    for block in world.blocks:
        while block.lawful and reserve_missing(block):
            used = {r.floor for r in block.rooms if r.code in block.lawful}
            add_room(block, 1680, min(used))


def _witness(world: World) -> tuple[Assignment, ...]:
    purpose = {q.unit: q.purpose for q in world.requests}
    planned = {u.code for u in world.units if u.planned}
    rows = [
        Assignment(room, unit, division, grade, people)
        for block in world.blocks
        for room, inside in block.lawful.items()
        for (unit, division, grade), people in inside.items()
        if unit in planned
    ]
    rows += [
        Assignment(room, unit, purpose=purpose[unit])
        for block in world.blocks
        for unit, rooms in block.request_rooms.items()
        for room in rooms
    ]
    return tuple(sorted(rows))


def _ledger(world: World, tables: Tables) -> Ledger:
    blocks = world.blocks
    sites = {b.site.code: b.site for b in blocks}
    return Ledger(
        sites=tuple(sites.values()),
        buildings=tuple(b.building for b in blocks),
        floors=tuple(f for b in blocks for f in b.floors),
        rooms=tuple(_room(r) for r in world.rooms),
        units=tuple(
            Unit(
                code=u.code,
                name=u.name,
                level=u.level,  # type: ignore[arg-type]
                category=u.category,
                territory=u.territory,
                features=u.features,
            )
            for u in world.units
        ),
        divisions=tuple(
            Division(code=code, unit=u.code, name=name)
            for u in world.units
            for code, name in u.divisions
        ),
        posts=_posts(world, tables),
        occupancy=tuple(row for b in blocks for row in _occupancy(world, b)),
        requests=tuple(world.requests),
        relations=tuple(world.relations),
        refits=tuple(tables.refits),
        survey=tuple(tables.survey),
    )


def _room(room: RoomDraft) -> Room:
    return Room(
        code=room.code,
        floor=room.floor,
        number=room.number,
        use=room.use,
        area=room.area,
        status=room.status,
        features=tuple(sorted(room.features)),
        position=room.position,
        allocated_unit=room.allocated,
        idle_reported=room.idle_reported,
        drawing_area=room.drawing_area,
    )


def _posts(world: World, tables: Tables) -> tuple[Posts, ...]:
    return tuple(
        Posts(
            unit=u.code,
            division=division,
            grade=grade,
            established=count,
            in_post=u.in_post[division, grade] + tables.roll.get((u.code, division, grade), 0),
        )
        for u in world.units
        for (division, grade), count in u.posts.items()
        if count
    )


def _occupancy(world: World, block: Block) -> list[Occupancy]:
    rows = []
    for room in block.rooms:
        inside = world.today.get(room.code)
        if inside:
            rows += [
                Occupancy(room=room.code, unit=unit, division=division, grade=grade, people=people)
                for (unit, division, grade), people in sorted(inside.items())
            ]
        elif room.allocated and not room.is_office:
            rows.append(Occupancy(room=room.code, unit=room.allocated))
    return rows
