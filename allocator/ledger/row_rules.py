"""Rules on several cells of one row: without them a row has no meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.ledger.cells import BadCell
from allocator.ledger.flat_table import FlatParsed
from allocator.ledger.lenient import Lenient
from allocator.ledger.raw import Collector, Parsed, add_bad, add_blank
from standards.catalog import Standard, UnknownFigure

_TITLES = (
    "；职务名称可在“职务对照”表中（列：职务、职级，可加单位或级别）统一对应到职级",
    "; titles are given their grades once on a sheet 职务对照 with the columns 职务, 职级, and if "
    "need be 单位 or 级别",
)
"""What only a flat ledger has."""


def check_rows(
    tables: Mapping[str, Parsed],
    standard: Standard | None,
    out: Collector,
    lenient: Lenient | None = None,
) -> None:
    """Report relations, requests, refits and occupancy that contradict themselves.

    Grades are replaced by the standard's codes; with `lenient` unknown ones stay as written.
    """
    if "requests" in tables:
        _requests(tables["requests"], out)
    if "relations" in tables:
        _relations(tables["relations"], out)
    if "refits" in tables:
        _refits(tables["refits"], out)
    if "occupancy" in tables:
        _occupancy(tables["occupancy"], out)
    if standard is not None and "units" in tables:
        units = tables["units"]
        levels = dict(zip(units.column("unit"), units.column("level"), strict=True))
        for key in ("posts", "occupancy"):
            if key in tables:
                _grades(tables[key], levels, standard, out, lenient)


def _requests(parsed: Parsed, out: Collector) -> None:
    pairs = zip(parsed.column("area_min"), parsed.column("area_max"), strict=True)
    for index, (low, high) in enumerate(pairs):
        if low is not None and high is not None and low > high:
            bad = BadCell(
                "area-range", "最小面积大于最大面积", "area_min is above area_max",
                "area_min <= area_max", "请检查两列是否颠倒", "Maybe the two are interchanged",
            )  # fmt: skip
            add_bad(parsed, index, "area_min", bad, out)


def _relations(parsed: Parsed, out: Collector) -> None:
    kinds, weights, musts = (parsed.column(k) for k in ("kind", "weight", "must"))
    for index, (kind, weight, must) in enumerate(zip(kinds, weights, musts, strict=True)):
        blank_weight = weight is None and (index, "weight") not in parsed.bad
        if kind is None:
            continue
        if kind == "near" and blank_weight:
            bad = BadCell(
                "relation-weight", "邻近关系须填权重", "a near relation needs a weight",
                "≥ 1 的整数 / whole number ≥ 1", "请填正整数权重",
                "Maybe enter a whole number such as 1",
            )  # fmt: skip
            add_bad(parsed, index, "weight", bad, out)
        elif kind == "near" and must:
            bad = BadCell(
                "relation-must", "邻近关系不能设为必须", "a near relation cannot be a must",
                "空白 / blank", "请改用同层、同楼或同办公区",
                "Maybe same_floor, same_building or same_site is meant",
            )  # fmt: skip
            add_bad(parsed, index, "must", bad, out)
        elif kind != "near" and not must and (index, "must") not in parsed.bad:
            bad = BadCell(
                "relation-must", "该关系须注明必须", "this kind of relation needs must",
                "是 / yes", "请在“必须”列填 是", "Maybe enter yes in column must",
            )  # fmt: skip
            add_bad(parsed, index, "must", bad, out)
        elif kind != "near" and weight is not None:
            bad = BadCell(
                "relation-weight", "该关系不用权重", "this kind of relation takes no weight",
                "空白 / blank", "请清空权重", "Maybe near is meant, or the weight is to be cleared",
            )  # fmt: skip
            add_bad(parsed, index, "weight", bad, out)


def _refits(parsed: Parsed, out: Collector) -> None:
    places = zip(parsed.column("room"), parsed.column("floor"), strict=True)
    for index, (room, floor) in enumerate(places):
        if (index, "room") in parsed.bad or (index, "floor") in parsed.bad:
            continue
        if (room is None) == (floor is None):
            bad = BadCell(
                "refit-place", "房间和楼层须且只能填一个", "give either the room or the floor",
                "room | floor", "请只填其中一列", "Maybe clear one of the two",
            )  # fmt: skip
            add_bad(parsed, index, "room", bad, out)


def _occupancy(parsed: Parsed, out: Collector) -> None:
    pairs = zip(parsed.column("people"), parsed.column("grade"), strict=True)
    for index, (people, grade) in enumerate(pairs):
        if people and grade is None and (index, "grade") not in parsed.bad:
            add_blank(parsed, index, parsed.table.column("grade"), out)


def _grades(
    parsed: Parsed,
    levels: Mapping[Any, Any],
    standard: Standard,
    out: Collector,
    lenient: Lenient | None,
) -> None:
    grades = parsed.column("grade")
    known: dict[tuple[str, str], str] = {}
    for index, (unit, grade) in enumerate(zip(parsed.column("unit"), grades, strict=True)):
        level = levels.get(unit)
        if grade is None or level is None:
            continue
        if (level, grade) not in known:
            try:
                known[level, grade] = standard.grade(level, grade).code
            except UnknownFigure:
                more = _TITLES if isinstance(parsed, FlatParsed) else ("", "")
                names = [f"{g.code} {g.zh}" for g in standard.grades if g.level == level]
                bad = BadCell(
                    "unknown-grade", f"建设标准 {standard.code} 在该级别没有职级 {grade}",
                    f"standard {standard.code} has no grade {grade} at level {level}",
                    " / ".join(names) or f"{standard.code}: {level} -",
                    "请按建设标准填写职级（局长等职务名称不是职级；一格有几个职级的请分行填写），"
                    f"并检查单位级别{more[0]}",
                    "Maybe a title was entered instead of a grade, or two grades in one cell, or "
                    f"the level of the unit is wrong{more[1]}",
                )  # fmt: skip
                if lenient is None:
                    add_bad(parsed, index, "grade", bad, out)
                else:
                    lenient.add(parsed, index, "grade", grade, "", bad)
                continue
        grades[index] = known[level, grade]
