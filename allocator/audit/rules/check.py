"""Questions, never accusations: rooms that look arranged on paper and need somebody to look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from allocator.audit.case import Case, Seat
from allocator.audit.clauses import (
    FRUGALITY,
    PUBLISHED,
)
from allocator.audit.headcount import is_single, once
from allocator.audit.ranges import Verdict, any_of, exactly, exceeds
from allocator.audit.rule import AuditRule, Judgement, Subject, Words
from allocator.audit.rules.rooms import occupants
from allocator.domain import Room
from allocator.quantity import half_up

WASTE = FRUGALITY.and_(PUBLISHED)
_PART = re.compile(r"(.*\d)(?:-\d+|[A-Za-z]|[甲乙丙丁戊己])")
"""A room number that reads like a part of another room: 301-1, 301A, 301甲."""


# -- sharing on paper ---------------------------------------------------------------------------


def _single_limits(case: Case, seats: Iterable[Seat]) -> list[int]:
    """Standards of the people there who may sit alone."""
    found = []
    for seat in seats:
        if seat.people and is_single(case, seat.group):
            limit = case.limit(case.units[seat.unit].level, seat.grade)
            found += [limit] if limit is not None else []
    return found


def _shared_singles(case: Case) -> Iterable[Subject]:
    for room in case.ledger.rooms:
        seats = case.seats_in.get(room.code, ())
        if sum(s.people for s in seats) > 1 and _single_limits(case, seats):
            yield Subject("room", room.code)


def _colocation(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or room.use != "office" or room.status != "available" or case.on_market(room):
        return None
    seats = case.seats_in.get(room.code, [])
    if not seats or any(not case.planned(s.unit) for s in seats):
        return None
    people, own = sum(s.people for s in seats), max(_single_limits(case, seats), default=0)
    everybody, area = case.standards(room.code), case.area(room)
    tolerance = case.settings.tolerance
    verdict = Verdict(False)
    if own and people > 1:
        alone = exceeds(area, exactly(own + tolerance))
        together = exceeds(area, everybody.plus(tolerance))
        verdict = _and_not(alone, together)
    units = sorted({s.unit for s in seats})
    first = next((s for s in seats if is_single(case, s.group)), seats[0])
    return Judgement(
        subject=subject,
        breach=verdict.breach,
        unit=units[0],
        facts={
            "room": room.code,
            "units": "、".join(case.name(u) for u in units),
            "people": people,
            "others": max(0, people - 1),
            "area_m2": room.area,
            "own_m2": own,
            "limit_m2": everybody.nominal,
            "sum": occupants(case, seats),
        },
        cells=(case.cell("rooms", room.code, "area_m2"), case.seat_cell(first, "people")),
        measure="area",
        value=room.area,
        expected=own,
        doubts=verdict.doubts,
    )


def _and_not(a: Verdict, b: Verdict) -> Verdict:
    """A holds and B does not; certain as soon as one of them settles it."""
    breach = a.breach and not b.breach
    if (not a.breach and not a.doubts) or (b.breach and not b.doubts):
        return Verdict(False)
    return Verdict(breach, tuple(dict.fromkeys((*a.doubts, *b.doubts))))


# -- desks --------------------------------------------------------------------------------------


def _with_desks(case: Case) -> Iterable[Subject]:
    codes = dict.fromkeys(s.room for s in case.seats if s.desks is not None)
    return (Subject("room", code) for code in codes)


def _desks(case: Case, subject: Subject) -> Judgement | None:
    seats = case.seats_in.get(subject.code, [])
    counted = [s for s in seats if s.desks is not None]
    if not counted:
        return None
    desks, people = sum(s.desks or 0 for s in counted), sum(s.people for s in seats)
    units = sorted({s.unit for s in seats})
    return Judgement(
        subject=subject,
        breach=desks > people,
        unit=units[0],
        facts={
            "room": subject.code,
            "units": "、".join(case.name(u) for u in units),
            "desks": desks,
            "people": people,
            "more": max(0, desks - people),
        },
        cells=tuple(case.seat_cell(s, "desks") for s in counted),
        measure="people",
        value=desks,
        expected=people,
    )


# -- rooms cut into slivers ---------------------------------------------------------------------


def _stem(number: str) -> str:
    """The number of the room that this one could be a part of, or its own."""
    part = _PART.fullmatch(number.strip())
    return part[1] if part else number.strip()


def _by_stem(case: Case) -> dict[tuple[str, str], list[Room]]:
    """Rooms by floor and stem."""
    found: dict[tuple[str, str], list[Room]] = defaultdict(list)
    for room in case.ledger.rooms:
        if not case.on_market(room):
            found[room.floor, _stem(room.number)].append(room)
    return dict(found)


def _is_divided(rooms: list[Room]) -> bool:
    return len(rooms) > 1 and any(_PART.fullmatch(r.number.strip()) for r in rooms)


def _divided(case: Case) -> Iterable[Subject]:
    for rooms in once(case, _by_stem).values():
        if _is_divided(rooms) and any(r.use == "office" for r in rooms):
            yield Subject("row", rooms[0].code)


def _slivers(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or case.on_market(room) or not case.standard.grades:
        return None
    rooms = once(case, _by_stem)[room.floor, _stem(room.number)]
    offices = [r for r in rooms if r.use == "office"]
    if not offices:
        return None
    lowest = min(g.area for g in case.standard.grades)
    share = case.settings.min_share
    verdict = Verdict(False)
    if _is_divided(rooms):
        least = exactly(lowest * share.numerator)
        verdict = any_of(exceeds(least, case.area(r).times(share.denominator)) for r in offices)
    smallest = min(offices, key=lambda r: r.area)
    units = sorted({s.unit for r in rooms for s in case.seats_in.get(r.code, ())})
    units = units or sorted({r.allocated_unit for r in rooms} - {""})
    return Judgement(
        subject=subject,
        breach=verdict.breach,
        unit=units[0] if units else "",
        facts={
            "list": "、".join(f"{r.number}（{r.code}）" for r in rooms),
            "codes": ", ".join(f"{r.number} ({r.code})" for r in rooms),
            "rooms": len(rooms),
            "room": smallest.code,
            "area_m2": smallest.area,
            "least_m2": half_up(lowest * share),
            "total_m2": sum(r.area for r in rooms),
        },
        cells=tuple(case.cell("rooms", r.code, "area_m2") for r in (smallest, *rooms)),
        measure="area",
        value=smallest.area,
        expected=half_up(lowest * share),
        doubts=verdict.doubts,
    )


CHECK_RULES = (
    AuditRule(
        id="colocation_nominal",
        kind="to_check_colocation",
        title=Words("合用是否属实", "is the room really shared"),
        breach=Words(
            "房间 {room}（{units}）使用面积 {area_m2} 平方米，超过其中一位可单独办公人员的标准 "
            "{own_m2} 平方米，计入同室另 {others} 人后为 {sum} = {limit_m2} 平方米，才不超标准；"
            "其他人员是否确实在此办公",
            "room {room} ({units}) has {area_m2} m2, more than the {own_m2} m2 of one person there "
            "who may sit alone; it is within the standards only with the other people: {others} "
            "more, {sum} = {limit_m2} m2. Do they really work there?",
        ),
        fine=Words(
            "房间 {room} 使用面积 {area_m2} 平方米，现有 {people} 人，标准合计 {sum} = {limit_m2} "
            "平方米；按登记数据，没有仅靠合用才不超标准的情形",
            "room {room} has {area_m2} m2 and {people} people, whose standards are {sum} = "
            "{limit_m2} m2; on record it is not sharing alone that keeps it within them",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请到现场查看工位和人员是否属实，再下结论",
            "Maybe look at the desks and ask who works there before concluding anything",
        ),
        subjects=_shared_singles,
        judge=_colocation,
        to_check=True,
    ),
    AuditRule(
        id="desks_added",
        kind="to_check_desks",
        title=Words("工位是否多于人数", "more desks than people?"),
        breach=Words(
            "房间 {room}（{units}）登记工位 {desks} 个、人员 {people} 人，多出 {more} 个工位；"
            "多出的工位是否有人使用",
            "room {room} ({units}) has {desks} desks for {people} people, {more} more. Does "
            "anybody use them?",
        ),
        fine=Words(
            "房间 {room} 登记工位 {desks} 个、人员 {people} 人，工位不多于人数",
            "room {room} has {desks} desks for {people} people, none to spare",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请到现场核实工位用途，补登使用人员或更正工位数",
            "Maybe look at the desks, then enter who uses them or correct their number",
        ),
        subjects=_with_desks,
        judge=_desks,
        to_check=True,
    ),
    AuditRule(
        id="room_slivers",
        kind="to_check_slivers",
        title=Words("房间是否经过隔断", "was a room divided"),
        breach=Words(
            "同层 {rooms} 间房号同源：{list}，合计 {total_m2} 平方米，其中 {room} 仅 {area_m2} "
            "平方米，低于可安排一人的最小面积 {least_m2} 平方米；是否由一间隔断而成",
            "{rooms} rooms on one floor have numbers of one stem: {codes}, {total_m2} m2 together; "
            "{room} has only {area_m2} m2, less than the {least_m2} m2 one person needs. Was one "
            "room divided?",
        ),
        fine=Words(
            "房间 {list} 中最小的办公室 {room} 为 {area_m2} 平方米，未发现低于 {least_m2} 平方米的"
            "同源隔间",
            "of the rooms {codes} the smallest, {room}, has {area_m2} m2; no part of a divided "
            "room is below {least_m2} m2",
        ),
        clause=WASTE,
        severity="warning",
        advice=Words(
            "请对照图纸并到现场核实；如系隔断，超出面积应转为公共用房",
            "Maybe compare the drawing and look on site; surplus area becomes common, not walled "
            "off",
        ),
        subjects=_divided,
        judge=_slivers,
        to_check=True,
    ),
)
