"""What is wrong today by the generator's own arithmetic: rooms, and the areas of the identity."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from allocator.generate.drafts import RoomDraft, World
from allocator.generate.figures import LIMITS, MIN_SHARE, service_entitlement
from allocator.generate.plant import Answer


@dataclass(frozen=True, slots=True)
class Figures:
    """Today's areas in 0.01 m2."""

    stock: int
    held: int
    common: int
    stranded: int
    released: int
    hidden: int
    short: int

    @property
    def idle_share(self) -> float:
        """Hidden and stranded area over stock."""
        return (self.hidden + self.stranded) / self.stock


def room_answers(world: World, planted: list[Answer]) -> list[Answer]:
    """Over-standard, idle and under-share offices that history left, in room order."""
    known = {(a.kind, a.place) for a in planted}
    unplanned = {u.code for u in world.units if not u.planned}
    levels = {u.code: u.level for u in world.units}
    found = []
    for block in world.blocks:
        if block.site.tenure == "market":
            continue
        for room in block.rooms:
            if not room.is_office:
                continue
            inside = world.today.get(room.code)
            if not inside:
                detail = "reported" if room.idle_reported else "not reported"
                found.append(
                    Answer("idle", "history", room.code, room.allocated, detail, room.area)
                )
                continue
            unit = min(group[0] for group in inside)
            if unit in unplanned:
                continue
            total = sum(n * LIMITS[levels[u]][g] for (u, _, g), n in inside.items())
            if room.area > total:
                found.append(
                    Answer("over_standard", "history", room.code, unit, "", room.area, total)
                )
            elif room.area < MIN_SHARE * total:
                found.append(
                    Answer("under_share", "history", room.code, unit, "", room.area, total)
                )
    return [a for a in found if (a.kind, a.place) not in known]


def figures(world: World) -> Figures:
    """Stock, held, common, stranded, released, hidden and short of today."""
    stock = [
        (block.site.code, room)
        for block in world.blocks
        if block.site.tenure != "market"
        for room in block.rooms
        if room.use in ("office", "service") and room.status == "available"
    ]
    held = {r.code for r in world.rooms if r.allocated or world.today.get(r.code)}
    in_use = {
        r.floor
        for r in world.rooms
        if r.code in held or r.status == "let" or "common" in r.features
    }
    hidden, short = _hidden_and_short(world, [r for _, r in stock if r.code in held])
    wanted = _service_wanted(world, [(s, r) for s, r in stock if r.code in held])
    loose: dict[str, int] = defaultdict(int)
    unheld = 0
    for site, room in stock:
        if room.floor in in_use and room.code not in held:
            unheld += room.area
            loose[site] += room.area if room.use == "service" else 0
    common = sum(min(area, wanted[site]) for site, area in loose.items())
    return Figures(
        stock=sum(r.area for _, r in stock),
        held=sum(r.area for _, r in stock if r.code in held),
        common=common,
        stranded=unheld - common,
        released=sum(r.area for _, r in stock if r.floor not in in_use),
        hidden=hidden,
        short=short,
    )


def _hidden_and_short(world: World, held: list[RoomDraft]) -> tuple[int, int]:
    units = {u.code: u for u in world.units}
    hidden = short = 0
    service: dict[str, int] = defaultdict(int)
    for room in held:
        if room.use == "service":
            service[room.allocated] += room.area
            continue
        total = sum(
            n * units[u].limit(g)
            for (u, _, g), n in world.today.get(room.code, {}).items()
            if units[u].planned
        )
        hidden += max(0, room.area - total)
        short += max(0, total - room.area)
    for code, area in service.items():
        unit = units[code]
        hidden += max(0, area - service_entitlement(unit.level, unit.people))
    return hidden, short


def _service_wanted(world: World, held: list[tuple[str, RoomDraft]]) -> dict[str, int]:
    """Per site, the service entitlement of the people there less what their units hold there."""
    site_of = {r.code: b.site.code for b in world.blocks for r in b.rooms}
    seated: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for code, inside in world.today.items():
        for (unit, _, _), count in inside.items():
            seated[unit, site_of[code]] += count
            total[unit] += count
    holds: dict[tuple[str, str], int] = defaultdict(int)
    for site, room in held:
        if room.use == "service":
            holds[room.allocated, site] += room.area
    units = {u.code: u for u in world.units if u.planned}
    wanted: dict[str, int] = defaultdict(int)
    for (code, site), people in seated.items():
        if code in units:
            entitled = service_entitlement(units[code].level, units[code].people)
            share = floor(Fraction(entitled * people, total[code]) + Fraction(1, 2))
            wanted[site] += max(0, share - holds[code, site])
    return wanted
