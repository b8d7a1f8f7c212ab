"""Posts and people by group and division: ranges, indexes and names that several rules share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from allocator.audit.case import Case, Seat
from allocator.audit.ranges import Range, exactly
from allocator.audit.rule import Cell, Doubt, Subject, Words
from allocator.domain import Division, Group, Posts
from standards.catalog import UnknownFigure

T = TypeVar("T")


def once(case: Case, make: Callable[[Case], T]) -> T:
    """What `make` derives from a case, derived once and kept with the case like its indexes."""
    kept = vars(case)
    name = f"{make.__module__}.{make.__qualname__}"
    if name not in kept:
        kept[name] = make(case)
    return cast("T", kept[name])


# -- subjects -----------------------------------------------------------------------------------


def group_subject(group: Group) -> Subject:
    """The subject of a group, shown under its division, or its unit if it has none."""
    return Subject("group", group.division or group.unit, group.unit, group.division, group.grade)


def group_of(subject: Subject) -> Group:
    """The group of a subject."""
    return Group(subject.unit, subject.division, subject.grade)


def groups(case: Case) -> list[Group]:
    """Groups with posts in the order of the table, then those that only sit somewhere."""
    return once(case, _groups)


def _groups(case: Case) -> list[Group]:
    seated = (s.group for s in case.seats if s.people or s.grade)
    return list(dict.fromkeys((*case.posts, *seated)))


def group_subjects(case: Case) -> Iterator[Subject]:
    """Every group of posts or seats."""
    return (group_subject(group) for group in groups(case))


def is_single(case: Case, group: Group) -> bool:
    """Whether holders of this grade sit alone."""
    unit = case.units.get(group.unit)
    return unit is not None and (unit.level, group.grade) in case.settings.single


# -- counts -------------------------------------------------------------------------------------


def borrowed_doubt(case: Case, unit: str) -> Doubt:
    """That nobody knows whether the unit's borrowed staff count."""
    name = case.name(unit)
    return Doubt(Words(f"{name}借调人员是否计入", f"whether borrowed staff of {name} count"))


def provisional_doubt(case: Case, unit: str) -> Doubt:
    """That the unit's posts are provisional."""
    name = case.name(unit)
    return Doubt(Words(f"{name}暂定编制", f"provisional posts of {name}"))


def grade_doubt(case: Case, unit: str, grade: str) -> Doubt:
    """That nobody knows the grade."""
    name = case.name(unit)
    return Doubt(Words(f"{name}职级 {grade}", f"grade {grade} of {name}"))


def in_post(case: Case, row: Posts) -> Range:
    """People in post; those borrowed may not count."""
    if not row.borrowed or not row.in_post:
        return exactly(row.in_post)
    low = max(0, row.in_post - row.borrowed)
    return Range(low, row.in_post, row.in_post, (borrowed_doubt(case, row.unit),))


def established(case: Case, row: Posts) -> Range:
    """Established posts within their provisional limits."""
    count = row.established
    low = count if row.established_min is None else min(row.established_min, count)
    high = count if row.established_max is None else max(row.established_max, count)
    if low == high:
        return exactly(count)
    return Range(low, count, high, (provisional_doubt(case, row.unit),))


def planned_posts(case: Case, row: Posts) -> Range:
    """Posts that a plan seats, by the basis of the settings; none of an abolished unit."""
    unit = case.units.get(row.unit)
    if unit is None or unit.status == "abolished":
        return exactly(0)
    basis = case.settings.basis
    if basis == "established":
        return established(case, row)
    if basis == "in_post":
        return in_post(case, row)
    a, b = established(case, row), in_post(case, row)
    return Range(
        max(a.low, b.low), max(a.nominal, b.nominal), max(a.high, b.high), (*a.doubts, *b.doubts)
    )


def at_least(least: int, a: Range) -> Range:
    """The figure raised to `least` where it is lower."""
    return Range(max(least, a.low), max(least, a.nominal), max(least, a.high), a.doubts)


# -- indexes ------------------------------------------------------------------------------------


def division_posts(case: Case) -> dict[tuple[str, str], list[Posts]]:
    """Rows of posts by unit and division."""
    found: dict[tuple[str, str], list[Posts]] = defaultdict(list)
    for row in case.post_rows:
        found[row.unit, row.division].append(row)
    return dict(found)


def division_seated(case: Case) -> dict[tuple[str, str], int]:
    """People seated by unit and division."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for group, people in case.seated.items():
        found[group.unit, group.division] += people
    return dict(found)


def single_rooms(case: Case) -> dict[Group, list[Seat]]:
    """Per single group its first row in each room that it uses or keeps, in row order."""
    found: dict[Group, dict[str, Seat]] = defaultdict(dict)
    for seat in case.seats:
        if (seat.people or seat.grade) and is_single(case, seat.group):
            found[seat.group].setdefault(seat.room, seat)
    return {group: list(rooms.values()) for group, rooms in found.items()}


def first_seats(case: Case) -> dict[Group, Seat]:
    """The first row of each group that sits somewhere."""
    found: dict[Group, Seat] = {}
    for seat in case.seats:
        if seat.people or seat.grade:
            found.setdefault(seat.group, seat)
    return found


# -- words and cells ----------------------------------------------------------------------------


def _divisions(case: Case) -> dict[str, Division]:
    return {d.code: d for d in case.ledger.divisions}


def division_name(case: Case, unit: str, division: str) -> Words:
    """Unit and division by name, the unit alone for a blank division."""
    name = case.name(unit)
    if not division:
        return Words(f"{name}（不分内设机构）", f"{name} (no division)")
    known = once(case, _divisions).get(division)
    inner = known.name if known else division
    return Words(f"{name}{inner}", f"{name}, {inner}")


def group_name(case: Case, group: Group) -> Words:
    """Unit, division and grade by name."""
    place = division_name(case, group.unit, group.division)
    if not group.division:
        name = case.name(group.unit)
        place = Words(name, name)
    grade = grade_name(case, group)
    return Words(f"{place.zh}{grade.zh}", f"{place.en}, {grade.en}")


def grade_name(case: Case, group: Group) -> Words:
    """The grade by name, or as written where the standard has no such grade."""
    unit = case.units.get(group.unit)
    if unit is not None and group.grade:
        try:
            grade = case.standard.grade(unit.level, group.grade)
        except UnknownFigure:
            return Words(group.grade, group.grade)
        return Words(grade.zh, grade.en)
    return Words(group.grade or "（空白）", group.grade or "(blank)")


def group_cells(case: Case, group: Group, column: str, seat_column: str) -> tuple[Cell, ...]:
    """The cell of the group's posts, then that of its first seat."""
    cells = []
    if group in case.posts:
        cells.append(case.cell("posts", group, column))
    seat = once(case, first_seats).get(group)
    if seat is not None:
        cells.append(case.seat_cell(seat, seat_column))
    return tuple(cells)
