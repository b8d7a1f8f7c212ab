"""Rooms a unit holds by use, and what the standard allows it, both as ranges in 0.01 m2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from allocator.audit.case import Case
from allocator.audit.headcount import established, grade_doubt, once
from allocator.audit.ranges import Range, exactly, total
from allocator.domain import Room, Unit
from allocator.entitlement import entitle, service_entitlement
from allocator.quantity import half_up
from standards.catalog import UnknownFigure

CAPPED_USES = ("office", "service", "equipment")


@dataclass(frozen=True, slots=True)
class Held:
    """One room that a unit holds, with the number of units that hold it."""

    room: Room
    holders: int


def held_rooms(case: Case) -> dict[tuple[str, str], list[Held]]:
    """Rooms by (unit, use): of its rows, else (today) of the unit a room is allocated to.

    Rooms that may not be used and rooms only offered on the market are left out.
    """
    return once(case, _held_rooms)


def _held_rooms(case: Case) -> dict[tuple[str, str], list[Held]]:
    found: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for room in case.ledger.rooms:
        if room.use not in CAPPED_USES or room.status != "available" or case.on_market(room):
            continue
        units = sorted({seat.unit for seat in case.seats_in.get(room.code, ())})
        if not units and case.view == "today" and room.allocated_unit:
            units = [room.allocated_unit]
        for unit in units:
            found[unit, room.use].append(Held(room, len(units)))
    return dict(found)


def area_of(case: Case, held: list[Held]) -> Range:
    """The area of rooms, each divided equally among its holders; the sum half up to 0.01 m2."""
    parts = lcm(*(h.holders for h in held))
    whole = total([case.area(h.room).times(parts // h.holders) for h in held])
    low, nominal, high = (
        half_up(Fraction(area, parts)) for area in (whole.low, whole.nominal, whole.high)
    )
    return Range(low, nominal, high, whole.doubts)


# -- what the standard allows -------------------------------------------------------------------


def allowed_service(case: Case, unit: Unit) -> Range | None:
    """Service rooms for the established posts; None if posts or rate are not on record."""
    if unit.code not in case.posts_of:
        return None
    posts = case.established(unit.code)
    try:
        return _over_posts(posts, lambda n: service_entitlement(case.standard, unit.level, n))
    except UnknownFigure:
        return None


def _over_posts(posts: Range, figure: Callable[[int], int]) -> Range:
    """A figure over all counts that provisional posts allow: a rate may fall with size."""
    if posts.sure:
        return exactly(figure(posts.nominal))
    figures = [figure(count) for count in range(posts.low, posts.high + 1)]
    return Range(min(figures), figure(posts.nominal), max(figures), posts.doubts)


def allowed_office(case: Case, unit: Unit) -> Range | None:
    """Offices for the established posts; grades that nobody knows up to the level's largest."""
    rows = case.posts_of.get(unit.code)
    largest = max((g.area for g in case.standard.grades if g.level == unit.level), default=None)
    if rows is None or largest is None:
        return None
    parts = []
    for row in rows:
        posts, limit = established(case, row), case.limit(unit.level, row.grade)
        if limit is not None:
            parts.append(posts.times(limit))
        elif posts.high:
            doubt = grade_doubt(case, unit.code, row.grade)
            parts.append(Range(0, 0, posts.high * largest, (*posts.doubts, doubt)))
    return total(parts)


def allowed_equipment(case: Case, unit: Unit) -> Range | None:
    """Equipment rooms: the standard's share of offices and service rooms allowed, half up."""
    office, figure = allowed_office(case, unit), case.standard.equipment
    if office is None or figure is None:
        return None  # No posts, no grades, or a standard without a share for equipment.
    posts = case.established(unit.code)
    try:
        exact = [
            case.standard.service_area(unit.level, n) for n in range(posts.low, posts.high + 1)
        ]
    except UnknownFigure:
        return None
    share = figure.value
    doubts = tuple(dict.fromkeys((*office.doubts, *posts.doubts)))
    return Range(
        half_up(share * (office.low + min(exact))),
        half_up(share * (office.nominal + exact[posts.nominal - posts.low])),
        half_up(share * (office.high + max(exact))),
        doubts,
    )


def allowed_usable(case: Case, unit: Unit) -> Range | None:
    """Usable area in all for the established posts; None where the standard lacks a figure."""
    if unit.code not in case.posts_of:
        return None
    low, nominal, high = (
        areas.get(unit.code)
        for areas in (once(case, _least), once(case, _usable), once(case, _most))
    )
    if low is None or nominal is None or high is None:
        return None
    return Range(min(low, nominal), nominal, max(high, nominal), case.established(unit.code).doubts)


def _usable(case: Case) -> Mapping[str, int]:
    made = entitle(case.ledger, case.standard)
    return {e.unit: half_up(e.usable) for e in made if e.usable is not None}


def _least(case: Case) -> Mapping[str, int]:
    return _usable(_with_posts(case, lambda posts: posts.low))


def _most(case: Case) -> Mapping[str, int]:
    return _usable(_with_posts(case, lambda posts: posts.high))


def _with_posts(case: Case, end: Callable[[Range], int]) -> Case:
    """The case with every provisional count at one end of its limits."""
    posts = tuple(
        replace(row, established=end(established(case, row))) for row in case.ledger.posts
    )
    return replace(case, ledger=replace(case.ledger, posts=posts))
