"""What else is wrong today by the generator's own arithmetic: use, titles, rolls, service rooms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from allocator.generate.drafts import World
from allocator.generate.figures import service_entitlement
from allocator.generate.plant import Answer, Tables

_ROLL = "roll "


def fault_answers(world: World, tables: Tables) -> list[Answer]:
    """Findings that history left beside those on single offices, in the order of the world."""
    return [
        *_let(world),
        *_ineligible(world),
        *_titles(world),
        *_service(world),
        *_rolls(world, tables),
    ]


def _let(world: World) -> Iterator[Answer]:
    for room in world.rooms:
        if room.status == "let":
            yield Answer("let_out", "history", room.code, room.allocated, "", room.area)


def _ineligible(world: World) -> Iterator[Answer]:
    """Rooms in which bodies without entitlement sit, or which they hold."""
    outside = {u.code for u in world.units if not u.planned}
    for room in world.rooms:
        inside = {g[0] for g in world.today.get(room.code, ())}
        if not inside and not room.is_office and room.allocated:
            inside = {room.allocated}
        if inside & outside:
            unit = min(inside & outside)
            yield Answer("ineligible_use", "history", room.code, unit, "", room.area)


def _titles(world: World) -> Iterator[Answer]:
    """Sites whose title is not registered, with the rooms held there."""
    sites: Counter[str] = Counter()
    for block in world.blocks:
        site = block.site
        if site.title_registered is False and site.tenure != "market":
            sites[site.code] += sum(
                bool(r.allocated or world.today.get(r.code)) for r in block.rooms
            )
    for code, held in sites.items():
        if held:
            yield Answer("title_unregistered", "history", code, value=held)


def _service(world: World) -> Iterator[Answer]:
    """Units with more service rooms than their posts allow."""
    held: dict[str, int] = defaultdict(int)
    for block in world.blocks:
        if block.site.tenure == "market":
            continue
        for room in block.rooms:
            if room.use == "service" and room.status == "available" and room.allocated:
                held[room.allocated] += room.area
    for unit in world.units:
        allowed = service_entitlement(unit.level, unit.people)
        if unit.planned and held[unit.code] > allowed:
            yield Answer(
                "service_over", "history", unit.code, unit.code, "", held[unit.code], allowed
            )


def _rolls(world: World, tables: Tables) -> Iterator[Answer]:
    for unit in world.units:
        for (division, grade), count in unit.posts.items():
            key = (unit.code, division, grade)
            in_post = unit.in_post[division, grade] + tables.roll.get(key, 0)
            if in_post > count:
                place = division or unit.code
                yield Answer(
                    "roll_above_establishment", "history", place, unit.code, grade, in_post, count
                )


def merge_unhoused(world: World, answers: list[Answer], tables: Tables) -> list[Answer]:
    """A division of which nobody sits anywhere is one finding, not one a grade."""
    seated: Counter[tuple[str, str]] = Counter()
    in_post: Counter[tuple[str, str]] = Counter()
    for inside in world.today.values():
        for (unit, division, _), people in inside.items():
            seated[unit, division] += people
    for draft in world.units:
        for (division, grade), people in draft.in_post.items():
            in_post[draft.code, division] += people
            in_post[draft.code, division] += tables.roll.get((draft.code, division, grade), 0)
    merged = []
    for answer in answers:
        group = (answer.unit, answer.place)
        if answer.detail.startswith(_ROLL) and not seated[group] and in_post[group]:
            answer = replace(
                answer, kind="group_without_room", detail="", value=in_post[group], expected=0
            )
        merged.append(answer)
    return merged
