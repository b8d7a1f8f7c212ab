"""Rules on records that disagree: survey, drawing, holder, two units in a room, refits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from allocator.audit.case import Case
from allocator.audit.clauses import (
    PUBLISHED,
    RIGHT_USE,
)
from allocator.audit.headcount import once
from allocator.audit.room_words import (
    holders,
    in_hands,
    named,
    responsible,
    rooms_where,
    unit_named,
)
from allocator.audit.rule import BOTH, AuditRule, Judgement, Subject, Words
from allocator.domain import Refit

# -- areas --------------------------------------------------------------------------------------


def _surveyed(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.code in case.surveys)


def _survey(case: Case, subject: Subject) -> Judgement | None:
    room, survey = case.rooms.get(subject.code), case.surveys.get(subject.code)
    if room is None or survey is None:
        return None
    gap = abs(survey.measured - room.area)
    return Judgement(
        subject=subject,
        breach=gap > survey.error,
        unit=responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "measured_m2": survey.measured,
            "error_m2": survey.error,
            "gap_m2": gap,
            "day": survey.day.isoformat(),
        },
        cells=(
            case.cell("survey", survey, "measured_m2"),
            case.cell("rooms", room.code, "area_m2"),
        ),
        measure="area",
        value=survey.measured,
        expected=room.area,
        detail="survey",
    )


def _drawn(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.drawing_area is not None)


def _drawing(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or room.drawing_area is None:
        return None
    gap = abs(room.drawing_area - room.area)
    return Judgement(
        subject=subject,
        breach=gap > case.settings.drawing_tolerance,
        unit=responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "drawn_m2": room.drawing_area,
            "gap_m2": gap,
            "tolerance_m2": case.settings.drawing_tolerance,
        },
        cells=(
            case.cell("rooms", room.code, "drawing_m2"),
            case.cell("rooms", room.code, "area_m2"),
        ),
        measure="area",
        value=room.drawing_area,
        expected=room.area,
        detail="drawing",
    )


# -- holders ------------------------------------------------------------------------------------


def _allocated(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.allocated_unit and room.code in case.seats_in)


def _holder(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or not room.allocated_unit:
        return None
    seats = case.seats_in.get(room.code, [])
    units = holders(seats)
    borrower = unit_named(case, room.lent_to)
    lent = borrower is not None and borrower.code in units
    return Judgement(
        subject=subject,
        breach=bool(units) and room.allocated_unit not in units and not lent,
        unit=units[0] if units else room.allocated_unit,
        facts={
            "room": room.code,
            "area_m2": room.area,
            "allocated": case.name(room.allocated_unit),
            "units": named(case, units),
            "held": in_hands(case, seats),
            "lent": Words("，已登记出借给该单位", ", to whom it is recorded as lent")
            if lent
            else Words("", ""),
        },
        cells=(
            *(case.seat_cell(s, "unit") for s in seats[:1]),
            case.cell("rooms", room.code, "allocated_unit"),
        ),
        detail=f"holder {room.allocated_unit}",
    )


def _with_seats(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.code in case.seats_in)


def _two_hands(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    seats = case.seats_in.get(room.code, [])
    units = holders(seats)
    allowed = set(case.shared.get(room.code, ()))
    return Judgement(
        subject=subject,
        breach=len(units) > 1 and not set(units) <= allowed,
        unit=units[0] if units else room.allocated_unit,
        facts={
            "room": room.code,
            "area_m2": room.area,
            "count": len(units),
            "units": named(case, units),
            "held": in_hands(case, seats),
        },
        # The first row that names another unit is the place to look.
        cells=tuple(
            case.seat_cell(s, "unit") for s in sorted(seats, key=lambda s: s.unit == seats[0].unit)
        ),
    )


# -- refits -------------------------------------------------------------------------------------


def _refits(case: Case) -> dict[str, Refit]:
    """Works by place and day, numbered where several fell on one day."""
    seen: Counter[str] = Counter()
    found: dict[str, Refit] = {}
    for row in case.ledger.refits:
        key = f"{row.place}@{row.day.isoformat()}"
        seen[key] += 1
        found[key if seen[key] == 1 else f"{key}#{seen[key]}"] = row
    return found


def _works(case: Case) -> Iterator[Subject]:
    return (Subject("row", key) for key, row in once(case, _refits).items() if row.kind == "major")


def _refit(case: Case, subject: Subject) -> Judgement | None:
    row = once(case, _refits).get(subject.code)
    if row is None or row.kind != "major":
        return None  # Calling the works daily is no approval of them.
    cost = Words("费用未登记", "cost not recorded")
    if row.cost is not None:
        cost = Words(f"{row.cost:,} 元", f"{row.cost:,} yuan")
    approved = row.approval.strip()
    return Judgement(
        subject=subject,
        breach=not approved,
        unit=responsible(case, row.place) if row.place in case.rooms else "",
        facts={
            "place": row.place,
            "day": row.day.isoformat(),
            "cost": cost,
            "approval": approved or Words("无批准文号", "no approval number"),
        },
        cells=(case.cell("refits", row, "approval"),),
        measure="yuan",
        value=row.cost,
        detail=row.day.isoformat(),
        place=row.place,
    )


RECORD_RULES = (
    AuditRule(
        id="survey_differs",
        kind="ledger_mismatch",
        title=Words("台账面积与实测不符", "area differs from the survey"),
        breach=Words(
            "房间 {room} 台账面积 {area_m2} 平方米，{day} 实测 {measured_m2} 平方米（误差 "
            "±{error_m2}），相差 {gap_m2} 平方米",
            "room {room}: {area_m2} m2 in the ledger, {measured_m2} m2 measured on {day} "
            "(±{error_m2}), a difference of {gap_m2} m2",
        ),
        fine=Words(
            "房间 {room} 台账面积 {area_m2} 平方米与 {day} 实测 {measured_m2} 平方米在误差 "
            "±{error_m2} 内一致",
            "room {room}: {area_m2} m2 in the ledger and {measured_m2} m2 measured on {day} agree "
            "within ±{error_m2}",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请核实后更正台账，或复测", "Maybe correct the ledger, or have the room measured again"
        ),
        subjects=_surveyed,
        judge=_survey,
    ),
    AuditRule(
        id="drawing_differs",
        kind="ledger_mismatch",
        title=Words("台账面积与图纸不符", "area differs from the drawing"),
        breach=Words(
            "房间 {room} 台账面积 {area_m2} 平方米，图纸面积 {drawn_m2} 平方米，相差 {gap_m2} "
            "平方米，超过允许的 {tolerance_m2} 平方米",
            "room {room}: {area_m2} m2 in the ledger, {drawn_m2} m2 in the drawing, a difference "
            "of {gap_m2} m2 where {tolerance_m2} m2 are let pass",
        ),
        fine=Words(
            "房间 {room} 台账面积 {area_m2} 平方米与图纸面积 {drawn_m2} 平方米一致（允许相差 "
            "{tolerance_m2}）",
            "room {room}: {area_m2} m2 in the ledger and {drawn_m2} m2 in the drawing agree "
            "within {tolerance_m2} m2",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请核实是否改动过隔墙，更正台账或图纸",
            "Maybe a wall was moved: correct the ledger or the drawing",
        ),
        subjects=_drawn,
        judge=_drawing,
    ),
    AuditRule(
        id="holder_differs",
        kind="ledger_mismatch",
        title=Words("核定使用单位与实际不符", "holder differs from the allocation"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）核定给{allocated}，占用登记为{units}：台账核定与实际"
            "使用不一致，或已转借，请核实",
            "room {room} ({area_m2} m2) is allocated to {allocated} but recorded in use by "
            "{units}: a record is wrong or the room was passed on; please check which",
        ),
        fine=Words(
            "房间 {room} 核定给{allocated}；{held}{lent}，没有不一致",
            "room {room} is allocated to {allocated}; {held}{lent}: no conflict",
        ),
        clause=RIGHT_USE.and_(PUBLISHED),
        severity="warning",
        advice=Words(
            "请核实后更正台账，或收回重新核定",
            "Maybe correct the ledger, or take the room back and allocate it anew",
        ),
        subjects=_allocated,
        judge=_holder,
    ),
    AuditRule(
        id="two_hands",
        kind="two_hands",
        title=Words("一间房登记给多个单位", "room in the hands of several units"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）登记由 {count} 个单位使用：{units}，没有合用登记",
            "room {room} ({area_m2} m2) is recorded with {count} units, {units}, and no sharing is "
            "registered",
        ),
        fine=Words(
            "房间 {room} 只登记一个单位，或合用已登记；{held}",
            "room {room} is recorded with one unit, or its sharing is registered; {held}",
        ),
        clause=RIGHT_USE,
        severity="warning",
        advice=Words(
            "请核对是否重复登记；确为合用的，请登记合用单位",
            "Maybe one row is out of date; register the sharing if it is real",
        ),
        subjects=_with_seats,
        judge=_two_hands,
        views=BOTH,
    ),
    AuditRule(
        id="refit_unapproved",
        kind="refit_without_approval",
        title=Words("大中修未经审批", "major refit without approval"),
        breach=Words(
            "{place} 于 {day} 进行大中修（{cost}），没有登记批准文号",
            "major works on {place} on {day} ({cost}) have no approval on record",
        ),
        fine=Words(
            "{place} 于 {day} 的大中修已登记批准文号：{approval}",
            "the major works on {place} on {day} have an approval on record: {approval}",
        ),
        clause=PUBLISHED,
        severity="error",
        advice=Words(
            "请补录批准文号；确未审批的，按规定处理",
            "Maybe enter the approval; if there was none, proceed as the rules demand",
        ),
        subjects=_works,
        judge=_refit,
    ),
)
