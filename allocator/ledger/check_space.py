"""Cross-checks on sites, buildings, floors, rooms and surveys."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.domain import Building, Floor, Holding, Ledger, Room, Site
from allocator.ledger.remarks import Remarks
from allocator.quantity import m2_text

DRAWING_TOLERANCE = 50
"""Ledger and drawing may differ by this much, 0.01 m2."""


def check_space(ledger: Ledger, remarks: Remarks) -> None:
    """Empty places, double numbers, tenure without its figures, areas that disagree."""
    _empty_places(ledger, remarks)
    _double_numbers(ledger, remarks)
    _tenure(ledger, remarks)
    _room_areas(ledger, remarks)
    _survey(ledger, remarks)


def _empty_places(ledger: Ledger, remarks: Remarks) -> None:
    levels: tuple[tuple[str, str, Iterable[Site | Building | Floor], set[str]], ...] = (
        ("sites", "楼", ledger.sites, {b.site for b in ledger.buildings}),
        ("buildings", "楼层", ledger.buildings, {f.building for f in ledger.floors}),
        ("floors", "房间", ledger.floors, {r.floor for r in ledger.rooms}),
    )
    child = {"sites": "building", "buildings": "floor", "floors": "room"}
    for table, zh, items, used in levels:
        for index, item in enumerate(items):
            if item.code not in used:
                remarks.add(
                    "warning", f"{table[:-1]}-without-{child[table]}s", (table, index, table[:-1]),
                    f"{item.code} 没有{zh}", f"{item.code} has no {child[table]}", value=item.code,
                    advice=("请补录，或删除该行",
                        "Maybe rows are missing, or this one is too many"),
                )  # fmt: skip


def _double_numbers(ledger: Ledger, remarks: Remarks) -> None:
    numbers: dict[tuple[str, str], Room] = {}
    for index, room in enumerate(ledger.rooms):
        other = numbers.setdefault((room.floor, room.number), room)
        if other is not room:
            remarks.add(
                "warning", "duplicate-room-number", ("rooms", index, "number"),
                f"房间 {room.code} 与 {other.code} 在同一层且房号相同",
                f"rooms {room.code} and {other.code} have one number on one floor",
                value=room.number, advice=("请核对房号", "Maybe a room was entered twice"),
            )  # fmt: skip
    storeys: dict[tuple[str, int], Floor] = {}
    for index, floor in enumerate(ledger.floors):
        twin = storeys.setdefault((floor.building, floor.level), floor)
        if twin is not floor:
            remarks.add(
                "warning", "duplicate-floor-level", ("floors", index, "level"),
                f"楼层 {floor.code} 与 {twin.code} 层数相同",
                f"floors {floor.code} and {twin.code} have the same level",
                value=floor.level, advice=("请核对层数", "Maybe a level is mistyped"),
            )  # fmt: skip


def _tenure(ledger: Ledger, remarks: Remarks) -> None:
    sites = {s.code: s for s in ledger.sites}
    buildings = {b.code: b for b in ledger.buildings}
    for index, site in enumerate(ledger.sites):
        _holding(("sites", index, site.code), (site,), remarks)
    for index, building in enumerate(ledger.buildings):
        _holding(("buildings", index, building.code), (building, sites[building.site]), remarks)
    for index, floor in enumerate(ledger.floors):
        above = buildings[floor.building]
        _holding(("floors", index, floor.code), (floor, above, sites[above.site]), remarks)


def _holding(where: tuple[str, int, str], chain: tuple[Holding, ...], remarks: Remarks) -> None:
    """Judge what this level itself says; what it inherits was judged above."""
    table, index, code = where
    own = chain[0]
    tenure = next((h.tenure for h in chain if h.tenure is not None), None)
    rent = next((h.rent_per_year for h in chain if h.rent_per_year is not None), None)
    holder = next((h.title_holder for h in chain if h.title_holder is not None), "")
    if own.tenure in ("leased", "market") and rent is None:
        remarks.add(
            "warning", "lease-without-rent", (table, index, "rent_per_year"),
            f"{code} 为租用或市场房源，但没有年租金", f"{code} is {own.tenure} but has no rent",
            expected="元/年 yuan a year", advice=("请补填年租金", "Maybe the rent was left out"),
        )  # fmt: skip
    if own.lease_end is not None and tenure not in ("leased", "borrowed", "market"):
        remarks.add(
            "warning", "lease-end-without-lease", (table, index, "lease_end"),
            f"{code} 有租期截止但不是租用或借用",
            f"{code} has a lease end but is not leased or borrowed",
            value=own.lease_end, expected="leased 租用 / borrowed 借用",
            advice=("请核对权属性质", "Maybe the tenure is wrong"),
        )  # fmt: skip
    if own.rent_per_year and tenure == "owned":
        remarks.add(
            "warning", "rent-without-lease", (table, index, "rent_per_year"),
            f"{code} 为自有却有年租金", f"{code} is owned but has a rent", value=own.rent_per_year,
            advice=("请核对权属性质", "Maybe the tenure is wrong"),
        )  # fmt: skip
    if own.title_registered is False and not holder:
        remarks.add(
            "warning", "title-holder-missing", (table, index, "title_holder"),
            f"{code} 未统一登记且没有权属登记人",
            f"{code} is not registered and has no title holder",
            advice=("请补填权属登记人", "Maybe the holder was left out"),
        )  # fmt: skip


def _room_areas(ledger: Ledger, remarks: Remarks) -> None:
    for index, room in enumerate(ledger.rooms):
        if room.area == 0:
            remarks.add(
                "error", "zero-area", ("rooms", index, "area_m2"),
                f"房间 {room.code} 面积为零", f"room {room.code} has no area",
                value="0.00", expected="> 0", advice=("请补测", "Maybe the area was not measured"),
            )  # fmt: skip
        drawn = room.drawing_area
        if drawn is not None and abs(drawn - room.area) > DRAWING_TOLERANCE:
            remarks.add(
                "warning", "drawing-area-differs", ("rooms", index, "drawing_m2"),
                f"房间 {room.code} 台账面积 {m2_text(room.area)} 与图纸面积 {m2_text(drawn)} 不符",
                f"room {room.code}: {m2_text(room.area)} m2, but {m2_text(drawn)} m2 drawn",
                value=m2_text(drawn),
                expected=f"{m2_text(room.area)} ± {m2_text(DRAWING_TOLERANCE)}",
                advice=("请核对图纸或复测", "Maybe the drawing is out of date"),
            )  # fmt: skip


def _survey(ledger: Ledger, remarks: Remarks) -> None:
    rooms = {r.code: r for r in ledger.rooms}
    for index, survey in enumerate(ledger.survey):
        area = rooms[survey.room].area
        if abs(survey.measured - area) > survey.error:
            remarks.add(
                "warning", "survey-area-differs", ("survey", index, "measured_m2"),
                f"房间 {survey.room} 台账面积 {m2_text(area)} 与实测 {m2_text(survey.measured)} "
                f"相差超过误差 {m2_text(survey.error)}",
                f"room {survey.room}: {m2_text(area)} m2 in the ledger, measured "
                f"{m2_text(survey.measured)} with an error of {m2_text(survey.error)}",
                value=m2_text(survey.measured),
                expected=f"{m2_text(area)} ± {m2_text(survey.error)}",
                advice=("请复测并更正台账", "Maybe the ledger needs the measured area"),
            )  # fmt: skip
