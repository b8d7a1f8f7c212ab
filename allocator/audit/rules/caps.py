"""Rules on what a unit holds in all: service rooms, equipment rooms, usable area."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from allocator.audit.case import Case
from allocator.audit.clauses import (
    EQUIPMENT_ROOMS,
    OWN_TOTAL,
    RIGHT_USE,
    SERVICE_ROOMS,
)
from allocator.audit.holdings import (
    CAPPED_USES,
    Held,
    allowed_equipment,
    allowed_service,
    allowed_usable,
    area_of,
    held_rooms,
)
from allocator.audit.ranges import Range, exceeds
from allocator.audit.rule import BOTH, AuditRule, Judgement, Subject, Words
from allocator.domain import Unit

SERVICE = SERVICE_ROOMS.and_(RIGHT_USE)
EQUIPMENT = EQUIPMENT_ROOMS.and_(RIGHT_USE)
LISTED = 8
"""Rooms that a sentence names before it stops."""


def planned_units(case: Case) -> Iterable[Subject]:
    """Every unit entitled to space."""
    return (Subject("unit", u.code, u.code) for u in case.ledger.units if u.planned)


def _listed(held: list[Held]) -> Words:
    """The largest rooms by code, and how many more."""
    largest = sorted(held, key=lambda h: (-h.room.area, h.room.code))
    names = [h.room.code + (f" (1/{h.holders})" if h.holders > 1 else "") for h in largest]
    more = len(names) - LISTED
    zh, en = "、".join(names[:LISTED]), ", ".join(names[:LISTED])
    if more > 0:
        return Words(f"{zh}等 {len(names)} 间", f"{en} and {more} more")
    return Words(zh or "无", en or "none")


def _capped(
    uses: tuple[str, ...], limit: Callable[[Case, Unit], Range | None]
) -> Callable[[Case, Subject], Judgement | None]:
    """Judge whether a unit holds more of these uses than the limit allows."""

    def judge(case: Case, subject: Subject) -> Judgement | None:
        unit = case.units.get(subject.code)
        if unit is None or not unit.planned:
            return None
        allowed = limit(case, unit)
        if allowed is None:
            return None
        held = [h for use in uses for h in held_rooms(case).get((unit.code, use), ())]
        area = area_of(case, held)
        verdict = exceeds(area, allowed)
        largest = sorted(held, key=lambda h: (-h.room.area, h.room.code))
        return Judgement(
            subject=subject,
            breach=verdict.breach,
            unit=unit.code,
            facts={
                "unit": unit.name,
                "posts": case.established(unit.code).nominal,
                "rooms": len(held),
                "list": _listed(held),
                "held_m2": area.nominal,
                "allowed_m2": allowed.nominal,
                "over_m2": max(0, area.nominal - allowed.nominal),
            },
            cells=(
                case.cell("units", unit.code, "unit"),
                *(case.cell("rooms", h.room.code, "area_m2") for h in largest),
            ),
            measure="area",
            value=area.nominal,
            expected=allowed.nominal,
            doubts=verdict.doubts,
        )

    return judge


_over_in_total = _capped(CAPPED_USES, allowed_usable)


def _aggregate(case: Case, subject: Subject) -> Judgement | None:
    if getattr(case.standard, "individual", True):
        return None  # Such a standard caps every person's office, which is judged room by room.
    return _over_in_total(case, subject)


CAP_RULES = (
    AuditRule(
        id="service_over",
        kind="service_over",
        title=Words("服务用房超核定面积", "service rooms above what is allowed"),
        breach=Words(
            "{unit} 占有服务用房 {held_m2} 平方米（{list}），按编制 {posts} 名核定 {allowed_m2} "
            "平方米，超出 {over_m2} 平方米",
            "{unit} holds {held_m2} m2 of service rooms ({list}); {allowed_m2} m2 are allowed for "
            "{posts} established posts, exceeded by {over_m2} m2",
        ),
        fine=Words(
            "{unit} 占有服务用房 {held_m2} 平方米（{list}），不超过按编制 {posts} 名核定的 "
            "{allowed_m2} 平方米",
            "{unit} holds {held_m2} m2 of service rooms ({list}), within the {allowed_m2} m2 "
            "allowed for {posts} established posts",
        ),
        clause=SERVICE,
        severity="error",
        advice=Words(
            "请将多出的服务用房交回或改由多家单位共用，按单位合计冲抵",
            "Maybe hand the surplus back or share it with other units; it counts per unit",
        ),
        subjects=planned_units,
        judge=_capped(("service",), allowed_service),
        views=BOTH,
    ),
    AuditRule(
        id="equipment_over",
        kind="equipment_over",
        title=Words("设备用房超核定面积", "equipment rooms above what is allowed"),
        breach=Words(
            "{unit} 占有设备用房 {held_m2} 平方米（{list}），按核定的办公室与服务用房面积计算为 "
            "{allowed_m2} 平方米（编制 {posts} 名），超出 {over_m2} 平方米",
            "{unit} holds {held_m2} m2 of equipment rooms ({list}); {allowed_m2} m2 are allowed as "
            "a share of the offices and service rooms allowed for {posts} established posts, "
            "exceeded by {over_m2} m2",
        ),
        fine=Words(
            "{unit} 占有设备用房 {held_m2} 平方米（{list}），不超过按核定面积计算的 {allowed_m2} "
            "平方米（编制 {posts} 名）",
            "{unit} holds {held_m2} m2 of equipment rooms ({list}), within the {allowed_m2} m2 "
            "allowed for {posts} established posts",
        ),
        clause=EQUIPMENT,
        severity="error",
        advice=Words(
            "请核对是否为全楼共用设备用房；多出部分交回统一管理",
            "Maybe check whether the rooms serve the whole building; hand back the surplus",
        ),
        subjects=planned_units,
        judge=_capped(("equipment",), allowed_equipment),
        views=BOTH,
    ),
    AuditRule(
        id="aggregate_over",
        kind="aggregate_over",
        title=Words("使用面积合计超核定", "usable area above the total allowed"),
        breach=Words(
            "{unit} 占有办公室、服务用房和设备用房合计 {held_m2} 平方米（{list}），按编制 {posts} "
            "名核定 {allowed_m2} 平方米，超出 {over_m2} 平方米",
            "{unit} holds {held_m2} m2 of offices, service and equipment rooms in all ({list}); "
            "{allowed_m2} m2 are allowed for {posts} established posts, exceeded by {over_m2} m2",
        ),
        fine=Words(
            "{unit} 占有办公室、服务用房和设备用房合计 {held_m2} 平方米，不超过按编制 {posts} 名"
            "核定的 {allowed_m2} 平方米",
            "{unit} holds {held_m2} m2 of offices, service and equipment rooms in all, within the "
            "{allowed_m2} m2 allowed for {posts} established posts",
        ),
        clause=OWN_TOTAL,
        severity="error",
        advice=Words(
            "请交回多出的房间，或与其他单位合用",
            "Maybe hand back the surplus rooms or share them with other units",
        ),
        subjects=planned_units,
        judge=_aggregate,
        views=BOTH,
    ),
)
