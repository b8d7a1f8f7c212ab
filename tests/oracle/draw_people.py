"""Random units, posts and who sits where today."""

from __future__ import annotations

from collections import Counter

from allocator.domain import Division, Level, Posts, Unit
from tests.oracle.draft import Draft

LEVELS: tuple[Level, ...] = ("municipal", "municipal", "provincial")
GRADES = {
    "municipal": ("bureau_head", "deputy_bureau_head", "below_bureau"),
    "provincial": ("division_head", "deputy_division_head", "below_division"),
}


def add_units(draft: Draft) -> None:
    pick = draft.random.choice
    level = pick(LEVELS)
    features = sorted({f for r in draft.rooms for f in r.features} - {"common"})
    for index in range(pick((2, 2, 3))):
        draft.units.append(
            Unit(
                code=f"U{index}",
                name=f"unit {index}",
                level=pick(LEVELS) if draft.chance(0.1) else level,
                territory=pick(("east", "west")) if draft.chance(0.25) else "",
                features=(pick(features),) if features and draft.chance(0.12) else (),
            )
        )
    if draft.chance(0.3):
        draft.units.append(
            Unit(
                code="X",
                name="firm",
                level="municipal",
                category=pick(("enterprise", "association", "business_institution")),
            )
        )
        if draft.chance(0.3):
            draft.posts.append(
                Posts(unit="X", division="", grade="below_bureau", established=3, in_post=1)
            )
    for unit in draft.planned():
        if draft.chance(0.35):
            for name in ("a", "b"):
                code = f"{unit.code}{name}"
                draft.divisions.append(Division(code=code, unit=unit.code, name=code))


def add_posts(draft: Draft) -> None:
    pick = draft.random.choice
    wanted = pick((4, 5, 6, 7))
    heads: set[str] = set()
    counts: Counter[tuple[str, str, str]] = Counter()
    while sum(counts.values()) < wanted:
        unit = pick(draft.planned())
        grades = GRADES[unit.level]
        grade = pick((*grades, grades[2], grades[2]))
        if grade == grades[0]:
            if unit.code in heads:
                continue
            heads.add(unit.code)
        parts = [d.code for d in draft.divisions if d.unit == unit.code] or [""]
        counts[unit.code, pick(parts) if grade != grades[0] else "", grade] += 1
    for (code, division, grade), count in sorted(counts.items()):
        in_post = max(0, count + pick((0, 0, 0, 0, -1, 1)))
        draft.posts.append(
            Posts(unit=code, division=division, grade=grade, established=count, in_post=in_post)
        )


def add_today(draft: Draft) -> None:
    """Who sits where; nobody on a site that could only be rented."""
    pick = draft.random.choice
    closed = {b.code for b in draft.buildings if draft.on_market(b.site)}
    closed = {f.code for f in draft.floors if f.building in closed}
    rooms = [r for r in draft.rooms if r.floor not in closed]
    offices = [r for r in rooms if r.use == "office"]
    for posts in draft.posts if offices else ():
        favourite = pick(offices)
        for _ in range(posts.in_post):
            if draft.chance(0.12) or posts.unit == "X":
                continue
            room = favourite if draft.chance(0.5) else pick(offices)
            if draft.chance(0.04):
                room = pick(rooms)
            draft.people[room.code, posts.unit, posts.division, posts.grade] += 1
    for room in rooms:
        if room.use == "business" and draft.chance(0.85):
            draft.people[room.code, pick(draft.planned()).code, "", ""] += 0
        elif room.use != "business" and draft.chance(0.1):
            if draft.chance(0.5):
                draft.change_room(room.code, allocated_unit=pick(draft.planned()).code)
            else:
                draft.people[room.code, pick(draft.planned()).code, "", ""] += 0
    if any(u.code == "X" for u in draft.units):
        mixed = {room for room, *_ in draft.people}
        rooms = [r for r in draft.rooms if r.floor not in closed]
        free = [r for r in rooms if r.code not in mixed and not r.allocated_unit]
        free = [r for r in free if r.use in ("office", "service")]
        if free:
            people = draft.chance(0.5)
            grade = "below_bureau" if people else ""
            draft.people[pick(free).code, "X", "", grade] += int(people)
