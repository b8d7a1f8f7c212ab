"""What stands behind the form of approved areas: every line's arithmetic and the rooms counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from openpyxl import Workbook

from allocator.audit.rule import Words
from allocator.entitlement_balance import Balance
from allocator.findings import Lang
from allocator.present import HeldRoom
from allocator.quantity import m2, m2_text
from allocator.report.entitlement_columns import gross_area, ratio_shown, say
from allocator.report.sheets import CellValue, SheetColumn, add_sheet
from allocator.strict_yaml import exact_text

LINES_SHEET = Words("核定算式", "arithmetic")
ROOMS_SHEET = Words("现有用房明细", "rooms held")
_LINE_COLUMNS = (
    SheetColumn(Words("单位", "unit"), 24),
    SheetColumn(Words("项目", "item"), 34),
    SheetColumn(Words("算式（平方米）", "arithmetic (m2)"), 60),
    SheetColumn(Words("面积", "area"), 13, "number"),
    SheetColumn(Words("条款", "clause"), 34),
    SheetColumn(Words("可信度", "confidence"), 13),
)
_ROOM_COLUMNS = (
    SheetColumn(Words("单位", "unit"), 24),
    SheetColumn(Words("楼", "building"), 14),
    SheetColumn(Words("房间", "room"), 18),
    SheetColumn(Words("用途", "use"), 10),
    SheetColumn(Words("状态", "status"), 10),
    SheetColumn(Words("房间面积", "room area"), 12, "area"),
    SheetColumn(Words("本单位份额", "the unit's part"), 12),
    SheetColumn(Words("本单位人数", "people of the unit"), 10, "count"),
    SheetColumn(Words("本单位面积", "the unit's area"), 12, "number"),
    SheetColumn(Words("本单位超标", "the unit's overrun"), 12, "number"),
)
ROOM_WORDS = {
    "office": Words("办公", "office"),
    "service": Words("服务", "service"),
    "equipment": Words("设备", "equipment"),
    "ancillary": Words("附属", "ancillary"),
    "business": Words("技术业务", "business"),
    "available": Words("可用", "available"),
    "sealed": Words("封存", "sealed"),
    "unavailable": Words("不可用", "unavailable"),
    "let": Words("出租", "let"),
    "market": Words("市场房源", "market"),
}


def add_arithmetic(book: Workbook, rows: Sequence[Balance], lang: Lang) -> None:
    """A sheet with a line for every area approved, its arithmetic substituted, and its clause."""
    add_sheet(book, say(LINES_SHEET, lang), _LINE_COLUMNS, _line_cells(rows, lang), lang)


def add_rooms(book: Workbook, rows: Sequence[Balance], lang: Lang) -> None:
    """A sheet with every room held, the unit's part of it and its overrun."""
    add_sheet(book, say(ROOMS_SHEET, lang), _ROOM_COLUMNS, _room_cells(rows, lang), lang)


def _line_cells(rows: Sequence[Balance], lang: Lang) -> Iterator[list[CellValue]]:
    for row in rows:
        name = row.unit.name
        lines = row.entitlement.lines
        for line in lines:
            if row.gross is None or line.item not in _GROSS:
                yield [
                    name, line.zh if lang == "zh" else line.en, line.arithmetic, m2(line.area),
                    line.clause, line.confidence,
                ]  # fmt: skip
        gross = next((line for line in lines if line.item in _GROSS), None)
        if gross is not None and row.gross is not None:
            yield [name, say(_RATIO, lang), _ratio_line(row, lang), None, gross.clause, ""]
            yield [
                name, say(_GROSS_USED, lang), _gross_sums(row), m2(gross_area(row) or 0),
                gross.clause, gross.confidence,
            ]  # fmt: skip
        overs = row.present.over_rooms
        if overs and row.standard.individual:
            yield [name, say(_OVER, lang), _over_sums(overs), m2(row.present.office_over), "", ""]


_GROSS = ("gross", "gross_high_rise")
"""Lines of the standard for either kind of building; the form has one, by the unit's own K."""
_GROSS_USED = Words("建筑面积（系数 K，含附属）", "gross area by K, with ancillary")
_RATIO = Words("使用面积系数 K（本单位用房）", "coefficient K of its rooms")
_OVER = Words("现有办公室超标（逐间相加）", "offices over, room by room")
_SOURCES = {
    "building": Words("楼的系数", "the buildings' own"),
    "multi_storey": Words("标准：多层", "the standard's, multi-storey"),
    "high_rise": Words("标准：高层", "the standard's, high-rise"),
}


def _ratio_line(row: Balance, lang: Lang) -> str:
    """`K = (200.00+100.00)/(200.00/0.65+100.00/0.6) = 0.6324`, and whose coefficients."""
    parts = row.present.coefficient.parts
    sources = dict.fromkeys(part.source for part in parts) or {"multi_storey": None}
    said = "、".join(say(_SOURCES[s], lang) for s in sources)
    sums = row.ratio_sums
    value = "" if row.ratio is None or "/" not in sums else f" = {ratio_shown(row.ratio)}"
    return f"K = {sums}{value}（{said}）" if lang == "zh" else f"K = {sums}{value} ({said})"


def _gross_sums(row: Balance) -> str:
    """Usable area over the coefficient, and the ancillary rooms on top."""
    ancillary = row.entitlement.ancillary
    by = f"({row.ratio_sums})" if "/" in row.ratio_sums else row.ratio_sums
    extra = m2_text(ancillary) if ancillary else "0"
    usable, total = m2_text(row.entitlement.usable or 0), m2_text(gross_area(row) or 0)
    return f"{usable}/{by} + {extra} = {total}"


def _over_sums(held: Sequence[HeldRoom]) -> str:
    shown = [f"{h.room.code} {m2_text(h.over or 0)}" for h in held]
    total = sum((h.over or Fraction(0) for h in held), Fraction(0))
    return f"{' + '.join(shown)} = {m2_text(total)}"


def _room_cells(rows: Sequence[Balance], lang: Lang) -> Iterator[list[CellValue]]:
    for row in rows:
        for held in row.present.rooms:
            yield [
                row.unit.name,
                held.building,
                held.room.code,
                say(ROOM_WORDS[held.room.use], lang),
                say(ROOM_WORDS[held.apart or "available"], lang),
                held.room.area,
                exact_text(held.part),
                held.people,
                m2(held.area),
                None if held.over is None else m2(held.over),
            ]
