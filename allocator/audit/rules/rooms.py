"""Rules on one office and the people in it: too large, too small, empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from allocator.audit.case import Case, Seat
from allocator.audit.clauses import (
    GRADES,
    POLICY,
    RIGHT_USE,
    UNIFIED,
)
from allocator.audit.ranges import Range, Verdict, any_of, exceeds
from allocator.audit.room_words import STATUS_WORDS, USE_WORDS
from allocator.audit.rule import BOTH, AuditRule, Doubt, Judgement, Share, Subject, Words
from allocator.domain import Room
from allocator.quantity import half_up, m2_text

OFFICE = GRADES.and_(RIGHT_USE)
BY_HEAD = Words("（按人平均分摊）", " (charged by head)")
NOBODY = Words("无持有单位", "held by nobody")


def offices(case: Case) -> Iterable[Subject]:
    """Every office that may be used, market sites left out."""
    for room in case.ledger.rooms:
        if room.use == "office" and room.status == "available" and not case.on_market(room):
            yield Subject("room", room.code)


def _occupied(case: Case) -> Iterable[Subject]:
    """Offices with people, or given for an office request."""
    for subject in offices(case):
        seats = case.seats_in.get(subject.code)
        if seats and (any(s.people for s in seats) or case.standards(subject.code).high):
            yield subject


def _judged(case: Case, subject: Subject) -> tuple[Room, list[Seat]] | None:
    """The room and its seats, unless the standard says nothing about rooms or these units."""
    room = case.rooms.get(subject.code)
    if room is None or not case.standard.individual:
        return None  # Some standards know totals only.
    seats = case.seats_in.get(room.code, [])
    if any(not case.planned(s.unit) for s in seats):
        # Rooms of bodies without entitlement are not judged against standards.
        return None
    return room, seats


def _in_use(case: Case, room: Room, limit: Range) -> bool:
    """Whether the room is an office with people in it, or given for an office request."""
    usable = room.use == "office" and room.status == "available" and not case.on_market(room)
    return usable and limit.high > 0


def _no_longer(case: Case, room: Room) -> Judgement | None:
    """The verdict on a room that is no office in use: cured, if the ledger says why.

    None where people are still recorded there, or where nobody is and nobody said so either.
    """
    if any(s.people for s in case.seats_in.get(room.code, ())):
        return None
    if room.use != "office":
        use = USE_WORDS[room.use]
        why = Words(f"现登记为{use.zh}用房，无人入座", f"is now a room for {use.en}, nobody in it")
    elif room.status != "available":
        status = STATUS_WORDS[room.status]
        why = Words(f"现登记为“{status.zh}”，无人入座", f"is now {status.en}, with nobody in it")
    elif room.idle_reported:
        why = Words("现无人入座，已报备闲置", "has nobody in it now and is reported as idle")
    else:
        return None
    return Judgement(
        subject=Subject("room", room.code),
        breach=False,
        unit=room.allocated_unit,
        facts={"room": room.code, "state": why},
        cells=(case.cell("rooms", room.code, "use"),),
        measure="area",
        value=room.area,
        expected=0,
    )


def occupants(case: Case, seats: Iterable[Seat]) -> str:
    """Who sits there, with the arithmetic: `1×18.00 + 2×9.00`."""
    parts = []
    for seat in seats:
        limit = case.limit(case.units[seat.unit].level, seat.grade) if seat.people else None
        if limit is not None:
            parts.append(f"{seat.people}×{m2_text(limit)}")
        elif seat.people:
            parts.append(f"{seat.people}×?")
    return " + ".join(parts) or "0"


def shares(case: Case, room: Room, seats: Iterable[Seat]) -> tuple[Share, ...]:
    """What each group is charged of a shared room: by standard, or by head (`split`)."""
    counted = [(s, case.limit(case.units[s.unit].level, s.grade) or 0) for s in seats if s.people]
    total = sum(s.people * limit for s, limit in counted)
    heads = sum(s.people for s, _ in counted)
    found = []
    for seat, limit in counted:
        own = seat.people * limit
        equal = case.settings.split == "equal" or not total
        part = Fraction(seat.people, heads) if equal else Fraction(own, total)
        charged = half_up(room.area * part)
        found.append(
            Share(
                seat.unit, seat.division, seat.grade, seat.people, own, charged,
                max(0, charged - own),
            )
        )  # fmt: skip
    return tuple(found)


def _over(case: Case, subject: Subject) -> Judgement | None:
    found = _judged(case, subject)
    if found is None:
        return None
    room, seats = found
    limit = case.standards(room.code)
    if not _in_use(case, room, limit):
        return _no_longer(case, room)
    # Without a standard on record nothing is held against the room but what is certain.
    favour = limit.at(limit.high) if case.unknown_in(room.code) else limit
    verdict = exceeds(case.area(room), favour.plus(case.settings.tolerance))
    if case.settings.split == "equal":
        verdict = any_of((verdict, *_by_head(case, room, seats)))
    area, sums = m2_text(room.area), m2_text(limit.nominal)
    spare = m2_text(case.settings.tolerance)
    state = Words(
        f"使用面积 {area} 平方米，不超过标准合计 {sums} 平方米加容差 {spare} 平方米",
        f"has {area} m2, within the standards of its people, {sums} m2, and the tolerance of "
        f"{spare} m2",
    )
    return _room_judgement(case, room, limit.nominal, verdict, state)


def _by_head(case: Case, room: Room, seats: list[Seat]) -> Iterator[Verdict]:
    """Whether a group's equal share of the room is above the standards of its people."""
    heads, area = sum(s.people for s in seats), case.area(room)
    for seat in seats:
        if seat.people:
            low, nominal, high = (
                half_up(Fraction(a * seat.people, heads))
                for a in (area.low, area.nominal, area.high)
            )
            charged = Range(low, nominal, high, area.doubts)
            limit = case.standard_of(seat)
            if case.limit(case.units[seat.unit].level, seat.grade) is None:
                limit = limit.at(limit.high)
            yield exceeds(charged, limit.plus(case.settings.tolerance))


def _under(case: Case, subject: Subject) -> Judgement | None:
    found = _judged(case, subject)
    if found is None:
        return None
    room, _ = found
    limit = case.standards(room.code)
    if not _in_use(case, room, limit):
        return _no_longer(case, room)
    share = case.settings.min_share
    verdict = exceeds(limit.times(share.numerator), case.area(room).times(share.denominator))
    least = m2_text(half_up(limit.nominal * share))
    state = Words(
        f"使用面积 {m2_text(room.area)} 平方米，不低于最低比例 {least} 平方米",
        f"has {m2_text(room.area)} m2, at least the least share of {least} m2",
    )
    return _room_judgement(case, room, limit.nominal, verdict, state)


def _room_judgement(
    case: Case, room: Room, limit: int, verdict: Verdict, state: Words
) -> Judgement:
    seats = case.seats_in[room.code]
    charged = shares(case, room, seats)
    units = sorted({s.unit for s in seats})
    seat = seats[0]
    by_head = case.settings.split == "equal" and len(charged) > 1
    over = sum(s.over for s in charged) if by_head else max(0, room.area - limit)
    return Judgement(
        subject=Subject("room", room.code),
        breach=verdict.breach,
        unit=units[0],
        facts={
            "room": room.code,
            "units": "、".join(case.name(u) for u in units),
            "people": sum(s.people for s in seats),
            "area_m2": room.area,
            "limit_m2": limit,
            "over_m2": over,
            "by_head": BY_HEAD if by_head else Words("", ""),
            "state": state,
            "lack_m2": max(0, limit - room.area),
            "least_m2": half_up(limit * case.settings.min_share),
            "tolerance_m2": case.settings.tolerance,
            "sum": occupants(case, seats),
        },
        cells=(case.cell("rooms", room.code, "area_m2"), case.seat_cell(seat, "people")),
        measure="area",
        value=room.area,
        expected=limit,
        doubts=verdict.doubts,
        shares=charged,
        exception=exception_of(case, room.code, units),
    )


def exception_of(case: Case, room: str, units: Iterable[str]) -> str:
    """The reason of a registered exception for this room and one of these units, or blank."""
    held = set(units)
    return next((e.reason for e in case.exceptions if e.room == room and e.unit in held), "")


def _idle(reported: bool) -> Callable[[Case, Subject], Judgement | None]:
    """Judge whether an office is empty and its idleness (not) reported."""

    def judge(case: Case, subject: Subject) -> Judgement | None:
        room = case.rooms.get(subject.code)
        if room is None or room.use != "office" or room.status != "available":
            return None
        if case.on_market(room) or room.lent_to or room.code in case.strangers:
            return None  # Somebody else may sit there, whom the ledger does not count.
        seats = case.seats_in.get(room.code, [])
        people = sum(s.people for s in seats)
        known = bool(room.idle_reported)
        holders = sorted({s.unit for s in seats} or ({room.allocated_unit} - {""}))
        doubts: tuple[Doubt, ...] = ()
        if not people and not reported and room.idle_reported is None:
            zh, en = f"房间 {room.code} 是否已报备", f"whether room {room.code} was reported"
            doubts = (Doubt(Words(zh, en)),)
        return Judgement(
            subject=subject,
            breach=not people and known == reported,
            unit=holders[0] if holders else "",
            facts={
                "room": room.code,
                "units": "、".join(case.name(u) for u in holders) or NOBODY,
                "area_m2": room.area,
                "people": people,
                "state": Words(f"现有 {people} 人", f"holds {people} people now")
                if people
                else Words("已报备闲置", "is reported as idle"),
            },
            cells=(case.cell("rooms", room.code, "idle_reported"),),
            measure="area",
            value=room.area,
            expected=0,
            detail="reported" if reported else "not reported",
            doubts=doubts,
        )

    return judge


ROOM_RULES = (
    AuditRule(
        id="over_standard",
        kind="over_standard",
        title=Words("办公室超标准", "office above the standard"),
        breach=Words(
            "房间 {room}（{units}，{people} 人）使用面积 {area_m2} 平方米，入座人员标准合计 "
            "{sum} = {limit_m2} 平方米，超出 {over_m2} 平方米{by_head}",
            "room {room} ({units}, {people} seated) has {area_m2} m2; the standards of its people "
            "are {sum} = {limit_m2} m2, exceeded by {over_m2} m2{by_head}",
        ),
        fine=Words("房间 {room} {state}", "room {room} {state}"),
        clause=OFFICE,
        severity="error",
        advice=Words(
            "请按调换、合用、转为公共用房的顺序整改，不得隔断",
            "Maybe swap the room, else share it, else turn it to common use; never wall it off",
        ),
        subjects=_occupied,
        judge=_over,
        views=BOTH,
    ),
    AuditRule(
        id="under_share",
        kind="under_share",
        title=Words("办公室低于最低比例", "office below the least share"),
        breach=Words(
            "房间 {room}（{units}，{people} 人）使用面积 {area_m2} 平方米，低于标准合计 {limit_m2} "
            "平方米的最低比例 {least_m2} 平方米",
            "room {room} ({units}, {people} seated) has {area_m2} m2, less than {least_m2} m2, the "
            "least share of the standards of its people, {limit_m2} m2",
        ),
        fine=Words("房间 {room} {state}", "room {room} {state}"),
        clause=POLICY,
        severity="warning",
        advice=Words("请减少室内人数或调换较大房间", "Maybe seat fewer people there or swap it"),
        subjects=_occupied,
        judge=_under,
        views=BOTH,
    ),
    AuditRule(
        id="idle_unreported",
        kind="idle",
        title=Words("闲置办公室未报备", "idle office not reported"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米，{units}）无人使用且没有报备闲置",
            "room {room} ({area_m2} m2, {units}) is empty and was not reported as idle",
        ),
        fine=Words(
            "房间 {room} {state}",
            "room {room} {state}",
        ),
        clause=UNIFIED,
        severity="error",
        advice=Words(
            "请登记报备，并纳入统一调剂", "Maybe report it, and include it in the next allocation"
        ),
        subjects=offices,
        judge=_idle(reported=False),
    ),
    AuditRule(
        id="idle_reported",
        kind="idle",
        title=Words("闲置办公室（已报备）", "idle office (reported)"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米，{units}）无人使用，已报备闲置",
            "room {room} ({area_m2} m2, {units}) is empty and reported as idle",
        ),
        fine=Words("房间 {room} 现有 {people} 人", "room {room} holds {people} people now"),
        clause=UNIFIED,
        severity="info",
        advice=Words("请纳入统一调剂", "Maybe include it in the next allocation"),
        subjects=offices,
        judge=_idle(reported=True),
    ),
)
