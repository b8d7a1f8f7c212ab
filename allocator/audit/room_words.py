"""Rooms, their holders, use and status, as rules on rooms choose and name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from allocator.audit.case import Case, Seat
from allocator.audit.rule import Subject, Words
from allocator.domain import Room, RoomStatus, Unit, Use

USE_WORDS: dict[Use, Words] = {
    "office": Words("办公", "office"),
    "service": Words("服务", "service"),
    "equipment": Words("设备", "equipment"),
    "ancillary": Words("附属", "ancillary"),
    "business": Words("技术业务", "business"),
}
STATUS_WORDS: dict[RoomStatus, Words] = {
    "available": Words("可用", "available"),
    "sealed": Words("封存", "sealed"),
    "unavailable": Words("停用", "unavailable"),
    "let": Words("出租", "let"),
}
CATEGORY_WORDS = {
    "business_institution": Words("生产经营类事业单位", "business institution"),
    "enterprise": Words("企业", "enterprise"),
    "association": Words("协会", "association"),
}
FEATURE_WORDS = {
    "secure": Words("保密", "secure"),
    "public_counter": Words("对外窗口", "public counter"),
    "archive_load": Words("档案荷载", "archive load"),
    "accessible": Words("无障碍", "accessible"),
}


NOTHING = Words("-", "-")


def listed(words: Iterable[Words], blank: Words = NOTHING) -> Words:
    """Several names as one; `blank` for none."""
    parts = list(words)
    if not parts:
        return blank
    return Words("、".join(w.zh for w in parts), ", ".join(w.en for w in parts))


def named(case: Case, codes: Iterable[str]) -> Words:
    """Units by name in the order of their codes."""
    names = [case.name(code) for code in sorted(set(codes))]
    return listed(Words(name, name) for name in names)


def holders(seats: Iterable[Seat]) -> list[str]:
    """Codes of the units with a row in the room, smallest first."""
    return sorted({seat.unit for seat in seats})


def responsible(case: Case, room: str) -> str:
    """The unit that answers for a room: of its rows, else the one it is allocated to, or blank."""
    units = holders(case.seats_in.get(room, ()))
    return units[0] if units else case.rooms[room].allocated_unit


def in_hands(case: Case, seats: Sequence[Seat]) -> Words:
    """Whether anybody is recorded in a room: its units, or that no row names it."""
    if not seats:
        return Words("没有占用登记", "the occupancy names nobody")
    names = named(case, (seat.unit for seat in seats))
    people = sum(seat.people for seat in seats)
    return Words(
        f"登记由{names.zh}使用（{people} 人）",
        f"the occupancy names {names.en} ({people} people)",
    )


def unit_named(case: Case, text: str) -> Unit | None:
    """The unit of the ledger with this code, else with this name."""
    text = text.strip()
    if text in case.units:
        return case.units[text]
    return next((unit for unit in case.ledger.units if unit.name == text), None)


def rooms_where(case: Case, where: Callable[[Room], object]) -> Iterable[Subject]:
    """Rooms that meet a condition, in the order of the ledger."""
    return (Subject("room", room.code) for room in case.ledger.rooms if where(room))


def all_rooms(case: Case) -> Iterable[Subject]:
    """Every room."""
    return rooms_where(case, lambda room: True)
