"""Rules on who is still in a room that should be empty: sealed, unit abolished, term over."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.case import Case, Seat
from allocator.audit.clauses import (
    POLICY,
    PUBLISHED,
    RIGHT_USE,
)
from allocator.audit.room_words import (
    STATUS_WORDS,
    holders,
    in_hands,
    named,
    responsible,
    rooms_where,
)
from allocator.audit.rule import BOTH, AuditRule, Doubt, Judgement, Subject, Words

# -- sealed rooms -------------------------------------------------------------------------------


def _closed(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.status in ("sealed", "unavailable"))


def _sealed(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or room.status == "let":
        return None
    seats = case.seats_in.get(room.code, [])
    return Judgement(
        subject=subject,
        breach=room.status != "available" and bool(seats),
        unit=responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "status": STATUS_WORDS[room.status],
            "held": in_hands(case, seats),
        },
        cells=(
            *(case.seat_cell(s, "room") for s in seats),
            case.cell("rooms", room.code, "status"),
        ),
        detail=room.status,
    )


# -- terms --------------------------------------------------------------------------------------


def _abolished_seats(case: Case, room: str) -> list[Seat]:
    return [s for s in case.seats_in.get(room, ()) if case.units[s.unit].status == "abolished"]


def _of_abolished(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: _abolished_seats(case, room.code))


def _not_vacated(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    on = case.settings.on
    due, unknown = [], []
    for seat in _abolished_seats(case, room.code):
        day = case.units[seat.unit].abolished_on
        if day is None:
            unknown.append(seat)
        elif day <= on:
            due.append(seat)
    seats = due or unknown
    units = holders(seats)
    return Judgement(
        subject=subject,
        breach=bool(seats),
        unit=units[0] if units else responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "units": named(case, units),
            "people": sum(s.people for s in seats),
            "when": _when(case, units),
            "heir": _heirs(case, units),
            "on": on.isoformat(),
            "held": in_hands(case, case.seats_in.get(room.code, [])),
        },
        cells=tuple(
            cell
            for s in seats
            for cell in (
                case.seat_cell(s, "unit"),
                case.cell("units", s.unit, "abolished_on"),
            )
        ),
        detail="abolished",
        doubts=() if due else tuple(_abolished_when(case, code) for code in units),
    )


def _abolished_when(case: Case, code: str) -> Doubt:
    name = case.name(code)
    return Doubt(Words(f"{name}的撤销日期（未登记）", f"the day {name} was abolished (blank)"))


def _when(case: Case, units: list[str]) -> Words:
    days = sorted({d.isoformat() for u in units if (d := case.units[u].abolished_on) is not None})
    return Words("、".join(days) or "日期未登记", ", ".join(days) or "on a day not recorded")


def _heirs(case: Case, units: list[str]) -> Words:
    heirs = {case.units[code].successor for code in units} - {""}
    if not heirs:
        return Words("承接单位未登记", "no successor is recorded")
    names = named(case, heirs)
    return Words(f"承接单位为{names.zh}", f"the successor is {names.en}")


def _with_term(case: Case) -> Iterable[Subject]:
    return (
        subject
        for subject in rooms_where(
            case, lambda room: any(s.until for s in case.seats_in.get(room.code, ()))
        )
        if _term(case, subject) is not None
    )


def _term(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    on, seats = case.settings.on, case.seats_in.get(room.code, [])
    over = [s for s in seats if s.until is not None and s.until < on]
    if not over and any(s.until is None for s in seats):
        return None  # A blank term proves nothing about who may stay.
    units = holders(over)
    days = sorted({s.until.isoformat() for s in over if s.until})
    return Judgement(
        subject=subject,
        breach=bool(over),
        unit=units[0] if units else responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "units": named(case, units),
            "people": sum(s.people for s in over),
            "until": Words("、".join(days), ", ".join(days)),
            "on": on.isoformat(),
            "held": in_hands(case, seats),
        },
        cells=tuple(case.seat_cell(s, "until") for s in over),
        detail="until",
    )


STAY_RULES = (
    AuditRule(
        id="sealed_used",
        kind="sealed_used",
        title=Words("封存或停用的房间仍有占用", "sealed or unavailable room in use"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）登记状态为“{status}”，占用表却{held}",
            "room {room} ({area_m2} m2) is recorded as {status}, yet {held}",
        ),
        fine=Words(
            "房间 {room} 登记状态为“{status}”，{held}，没有封存或停用期间的占用",
            "room {room} is recorded as {status}; {held}: nobody is in a sealed or unavailable "
            "room there",
        ),
        clause=POLICY,
        severity="error",
        advice=Words(
            "请腾空房间，或更正房间状态或占用登记",
            "Maybe clear the room, or correct its status or the occupancy",
        ),
        subjects=_closed,
        judge=_sealed,
        views=BOTH,
    ),
    AuditRule(
        id="not_vacated",
        kind="not_vacated",
        title=Words("撤销单位未腾退", "abolished unit still in a room"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）仍登记由已撤销的{units}使用（{people} 人，撤销日期："
            "{when}），{heir}",
            "room {room} ({area_m2} m2) is still recorded with {units}, abolished {when} "
            "({people} people); {heir}",
        ),
        fine=Words(
            "房间 {room} 没有截至 {on} 已撤销单位的占用登记；{held}",
            "room {room} is recorded with no unit abolished by {on}; {held}",
        ),
        clause=PUBLISHED.with_note(
            "合并后未腾退；交回期限未核实", "not vacated after a merger; term not confirmed"
        ),
        severity="error",
        advice=Words(
            "请腾退交回；由承接单位继续使用的，请重新核定并更新占用登记",
            "Maybe hand it back, or have it allocated to the successor and update the occupancy",
        ),
        subjects=_of_abolished,
        judge=_not_vacated,
    ),
    AuditRule(
        id="term_over",
        kind="not_vacated",
        title=Words("使用期满未腾退", "term over, room not vacated"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米，{units}，{people} 人）登记使用期至 {until}，截至 {on} "
            "仍在占用表内",
            "room {room} ({area_m2} m2, {units}, {people} people) was recorded until {until} and "
            "is still in the occupancy on {on}",
        ),
        fine=Words(
            "房间 {room} 在 {on} 没有期满的占用登记；{held}",
            "room {room} has no row whose term is over on {on}; {held}",
        ),
        clause=RIGHT_USE,
        severity="error",
        advice=Words(
            "请在调离或退休后一个月内收回；仍在岗的请更新使用期",
            "Maybe take it back within a month of transfer or retirement, or update the term",
        ),
        subjects=_with_term,
        judge=_term,
        days=30,
    ),
)
