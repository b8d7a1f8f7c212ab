"""Rules on how a room is used: let, lent, passed on, by bodies without entitlement, for what."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.case import Case
from allocator.audit.clauses import (
    NO_LENDING,
    NOT_ENTITLED,
    POLICY,
    RIGHT_USE,
)
from allocator.audit.room_words import (
    CATEGORY_WORDS,
    STATUS_WORDS,
    USE_WORDS,
    all_rooms,
    holders,
    in_hands,
    listed,
    named,
    responsible,
    rooms_where,
    unit_named,
)
from allocator.audit.rule import BOTH, AuditRule, Cell, Judgement, Subject, Words
from allocator.domain import Room, Unit

KEPT_APART = RIGHT_USE.with_note("不得改变使用功能", "no change of function").and_(POLICY)
_HANDED_OUT = ("office", "service", "business")
_WITHOUT_DESKS = ("service", "equipment", "ancillary")


# -- let, lent, passed on -----------------------------------------------------------------------


def _let(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    return Judgement(
        subject=subject,
        breach=room.status == "let",
        unit=responsible(case, room.code),
        facts={
            "room": room.code,
            "use": USE_WORDS[room.use],
            "status": STATUS_WORDS[room.status],
            "area_m2": room.area,
            "held": in_hands(case, case.seats_in.get(room.code, [])),
        },
        cells=(case.cell("rooms", room.code, "status"),),
        measure="area",
        value=room.area,
    )


def _lent_rooms(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.lent_to.strip())


def _lender(case: Case, room: Room, borrower: Unit | None) -> str:
    """Whose room it is: the unit it is allocated to, else one that sits there; never itself."""
    units = (room.allocated_unit, *holders(case.seats_in.get(room.code, ())))
    other = borrower.code if borrower else ""
    return next((unit for unit in units if unit not in ("", other)), "")


def _lent(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    inside = unit_named(case, room.lent_to)
    return _lending(case, room, inside, bool(room.lent_to.strip()) and inside is None)


def _passed_on(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    inside = unit_named(case, room.lent_to)
    # A room "lent" to the very unit that it is allocated to is where it belongs.
    breach = inside is not None and inside.code != room.allocated_unit
    return _lending(case, room, inside, breach)


def _lending(case: Case, room: Room, borrower: Unit | None, breach: bool) -> Judgement:
    lender = _lender(case, room, borrower)
    to = room.lent_to.strip()
    name = borrower.name if borrower else to
    recorded = (
        Words(f"登记的出借对象为“{name}”", f"is recorded as lent to {name}")
        if to
        else Words("没有出借登记", "is not recorded as lent")
    )
    return Judgement(
        subject=Subject("room", room.code),
        breach=breach,
        unit=lender or (borrower.code if borrower else ""),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "lender": named(case, (lender,)) if lender else Words("未登记", "not recorded"),
            "borrower": name,
            "recorded": recorded,
            "held": in_hands(case, case.seats_in.get(room.code, [])),
        },
        cells=(case.cell("rooms", room.code, "lent_to"),),
        detail=to,
    )


# -- bodies without entitlement -----------------------------------------------------------------


def _handed_out(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.use in _HANDED_OUT and room.code in case.seats_in)


def _ineligible(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or room.use not in _HANDED_OUT:
        return None
    seats = case.seats_in.get(room.code, [])
    wrong = [s for s in seats if case.units[s.unit].category_ineligible]
    units = holders(wrong)
    bodies = [
        Words(
            f"{case.name(code)}（{CATEGORY_WORDS[case.units[code].category].zh}）",
            f"{case.name(code)} ({CATEGORY_WORDS[case.units[code].category].en})",
        )
        for code in units
    ]
    return Judgement(
        subject=subject,
        breach=bool(wrong),
        unit=units[0] if units else responsible(case, room.code),
        facts={
            "room": room.code,
            "use": USE_WORDS[room.use],
            "area_m2": room.area,
            "bodies": listed(bodies),
            "people": sum(s.people for s in wrong),
            "held": in_hands(case, seats),
        },
        cells=(
            *(case.seat_cell(s, "unit") for s in wrong),
            case.cell("rooms", room.code, "use"),
        ),
        measure="area",
        value=room.area,
    )


# -- function -----------------------------------------------------------------------------------


def _netted_at_all(room: Room, people: int) -> bool:
    return room.use == "business" and (people > 0 or room.approved_use == "office")


def _people(case: Case, room: Room) -> int:
    return sum(s.people for s in case.seats_in.get(room.code, ()))


def _with_function(case: Case) -> Iterable[Subject]:
    return rooms_where(
        case,
        lambda room: (
            (room.approved_use is not None or room.use in _WITHOUT_DESKS)
            and not _netted_at_all(room, _people(case, room))
        ),
    )


def _function(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or (room.approved_use is None and room.use not in _WITHOUT_DESKS):
        return None
    people = _people(case, room)
    if _netted_at_all(room, people):
        return None  # The subject of business_netted.
    other = room.approved_use is not None and room.approved_use != room.use
    seated = people > 0 and room.use in _WITHOUT_DESKS
    use_cells = (
        case.cell("rooms", room.code, "use"),
        case.cell("rooms", room.code, "approved_use"),
    )
    seat_cells = _people_cells(case, room) if seated else ()
    return _use_judgement(
        case, room, other or seated, use_cells if other else (*seat_cells, *use_cells)
    )


def _business_rooms(case: Case) -> Iterable[Subject]:
    return rooms_where(case, lambda room: room.use == "business")


def _business(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    people = _people(case, room)
    if room.use != "business" and room.approved_use not in (None, room.use):
        return None  # The subject of function_changed.
    cells = (
        *_people_cells(case, room),
        case.cell("rooms", room.code, "use"),
        case.cell("rooms", room.code, "approved_use"),
    )
    return _use_judgement(case, room, _netted_at_all(room, people), cells)


def _people_cells(case: Case, room: Room) -> tuple[Cell, ...]:
    seats = case.seats_in.get(room.code, ())
    return tuple(case.seat_cell(s, "people") for s in seats if s.people)


def _use_judgement(case: Case, room: Room, breach: bool, cells: tuple[Cell, ...]) -> Judgement:
    approved, people = room.approved_use, _people(case, room)
    use = USE_WORDS[room.use]
    what = []
    if approved is not None and approved != room.use:
        was = USE_WORDS[approved]
        what.append(
            Words(
                f"核定用途为{was.zh}，登记的实际用途为{use.zh}",
                f"approved as {was.en}, recorded in use as {use.en}",
            )
        )
    if people and room.use != "office":
        what.append(
            Words(
                f"登记为{use.zh}用房而有 {people} 人登记在内办公",
                f"recorded as a room for {use.en}, with {people} people seated in it",
            )
        )
    return Judgement(
        subject=Subject("room", room.code),
        breach=breach,
        unit=responsible(case, room.code),
        facts={
            "room": room.code,
            "area_m2": room.area,
            "use": use,
            "approved": USE_WORDS[approved] if approved else Words("未登记", "not recorded"),
            "what": Words("；".join(w.zh for w in what), "; ".join(w.en for w in what)),
            "held": in_hands(case, case.seats_in.get(room.code, [])),
        },
        cells=cells,
        detail=room.use,
    )


USE_RULES = (
    AuditRule(
        id="let_out",
        kind="let_out",
        title=Words("办公用房出租", "room let out"),
        breach=Words(
            "房间 {room}（{use}用房，{area_m2} 平方米）登记状态为出租；{held}",
            "room {room} ({use}, {area_m2} m2) is recorded as let out; {held}",
        ),
        fine=Words(
            "房间 {room} 登记状态为“{status}”，已不是出租；{held}",
            "room {room} is recorded as {status}, not as let out; {held}",
        ),
        clause=NO_LENDING,
        severity="error",
        advice=Words(
            "请核对租赁合同，依法终止出租并收回统一调剂",
            "Maybe check the lease, end it as the law allows and take the room back",
        ),
        subjects=all_rooms,
        judge=_let,
    ),
    AuditRule(
        id="lent_out",
        kind="lent_out",
        title=Words("办公用房出借给台账外单位", "room lent to an outsider"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米，出借单位：{lender}）{recorded}，不是台账内的单位；"
            "{held}",
            "room {room} ({area_m2} m2, lender: {lender}) {recorded}, whom the ledger does not "
            "know; {held}",
        ),
        fine=Words(
            "房间 {room} {recorded}，没有出借给台账外单位；{held}",
            "room {room} {recorded}: it is lent to nobody outside the ledger; {held}",
        ),
        clause=NO_LENDING,
        severity="error",
        advice=Words(
            "请收回房间；对方确属本级单位的，请补入单位表",
            "Maybe take the room back; enter the borrower as a unit if it is one",
        ),
        subjects=_lent_rooms,
        judge=_lent,
    ),
    AuditRule(
        id="passed_on",
        kind="passed_on",
        title=Words("办公用房转借其他单位", "room passed on to another unit"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米，出借单位：{lender}）{recorded}，属于单位之间自行调剂；"
            "{held}",
            "room {room} ({area_m2} m2, lender: {lender}) {recorded}, another unit of the ledger; "
            "{held}",
        ),
        fine=Words(
            "房间 {room} {recorded}，没有转借给其他单位；{held}",
            "room {room} {recorded}: it is not passed on to another unit; {held}",
        ),
        clause=RIGHT_USE,
        severity="error",
        advice=Words(
            "请退回原单位，或报机关事务管理部门重新核定",
            "Maybe return it, or have the administration allocate it anew",
        ),
        subjects=_lent_rooms,
        judge=_passed_on,
    ),
    AuditRule(
        id="ineligible_use",
        kind="ineligible_use",
        title=Words("无核定资格的单位占用", "room held by a body without entitlement"),
        breach=Words(
            "房间 {room}（{use}用房，{area_m2} 平方米）登记由{bodies}占用，{people} 人；"
            "这类单位不核定办公用房",
            "room {room} ({use}, {area_m2} m2) is recorded as held by {bodies}, {people} people; "
            "such bodies are not entitled to offices",
        ),
        fine=Words(
            "房间 {room}（{use}用房）没有无核定资格单位的占用登记；{held}",
            "room {room} ({use}) is recorded with no body that lacks entitlement; {held}",
        ),
        clause=NOT_ENTITLED,
        severity="error",
        advice=Words(
            "请核对单位类别；类别属实的，限期腾退",
            "Maybe check the category of the body; if it is right, have the room vacated",
        ),
        subjects=_handed_out,
        judge=_ineligible,
        views=BOTH,
    ),
    AuditRule(
        id="function_changed",
        kind="function_changed",
        title=Words("改变使用功能", "function of a room changed"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）{what}", "room {room} ({area_m2} m2) is {what}"
        ),
        fine=Words(
            "房间 {room} 登记用途为{use}，核定用途为{approved}，两者没有不符；{held}",
            "room {room} is recorded in use as {use}, approved: {approved}, with no conflict; "
            "{held}",
        ),
        clause=RIGHT_USE,
        severity="error",
        advice=Words(
            "请恢复核定用途，或报批变更；登记有误的请更正",
            "Maybe restore the approved use or have the change approved; correct a wrong entry",
        ),
        subjects=_with_function,
        judge=_function,
        views=BOTH,
    ),
    AuditRule(
        id="business_netted",
        kind="business_netted",
        title=Words("技术业务用房与办公室混用", "technical business rooms mixed with offices"),
        breach=Words(
            "房间 {room}（{area_m2} 平方米）{what}；技术业务用房应单独核算，不得与办公室面积相抵",
            "room {room} ({area_m2} m2) is {what}; technical business area is kept apart and never "
            "netted against offices",
        ),
        fine=Words(
            "房间 {room} 登记用途为{use}，核定用途为{approved}，没有与技术业务用房混用；{held}",
            "room {room} is recorded in use as {use}, approved: {approved}, not mixed with "
            "technical business area; {held}",
        ),
        clause=KEPT_APART,
        severity="error",
        advice=Words(
            "请按核定用途登记；人员应安排在办公室内",
            "Maybe enter the approved use, and seat the people in offices",
        ),
        subjects=_business_rooms,
        judge=_business,
        views=BOTH,
    ),
)
