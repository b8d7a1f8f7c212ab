"""Flat ledgers as planners type them: sheets of cells with merges, and one plain example."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook

from allocator.domain import Ledger
from allocator.ledger.read import Places, read_ledger_with_places
from standards.catalog import Standard

Sheets: TypeAlias = dict[str, list[list[Any]]]
Edit: TypeAlias = Callable[[Sheets], Any]
ROOMS, UNITS = "办公用房台账", "单位情况"

ROOM_HEADINGS = [
    "序号", "建筑名称", "楼层", "房号", "实际用途", "使用单位", "使用科室", "使用面积",
    "按标准核定面积", "是否超标", "此次是否调整", "使用人数", "职务", "备注", "超标但未整改原因",
]  # fmt: skip
UNIT_HEADINGS = [
    "单位", "编制", "单位类型", "级别", "办公地点", "建筑面积", "基本办公用房面积", "附属", "业务",
    "出租", "闲置", "出借", "正局(处)级", "副局(处)级", "局(处)级以下",
]  # fmt: skip


def room(
    building: str,
    floor: Any,
    number: Any,
    use: str,
    unit: str,
    area: Any,
    people: Any = "",
    grade: str = "",
    **more: Any,
) -> list[Any]:
    """A row of the room sheet, by heading."""
    cells = {
        "建筑名称": building, "楼层": floor, "房号": number, "实际用途": use, "使用单位": unit,
        "使用面积": area, "使用人数": people, "职务": grade, **more,
    }  # fmt: skip
    return [cells.get(heading, "") for heading in ROOM_HEADINGS]


def unit(name: str, total: Any, counts: Iterable[Any], **more: Any) -> list[Any]:
    """A row of the unit sheet: a municipal organ with its posts by grade."""
    cells = {"单位": name, "编制": total, "单位类型": "行政机关", "级别": "市级", **more}
    cells.update(zip(UNIT_HEADINGS[-3:], counts, strict=True))
    return [cells.get(heading, "") for heading in UNIT_HEADINGS]


def plain_book() -> Sheets:
    """Two units in one building, typed without any ornament."""
    return {
        ROOMS: [
            list(ROOM_HEADINGS),
            room("1号楼", "3层", "301", "办公室", "市财政局", 24, 1, "正局级", 使用科室="局领导"),
            room("1号楼", "3层", "302", "办公室", "市财政局", 18, 2, "局(处)级以下",
                 使用科室="预算科"),
            room("1号楼", "3层", "303", "会议室", "市财政局", 60.5),
            room("1号楼", "4层", "401", "办公室", "市审计局", 18, 1, "副局(处)级"),
            room("1号楼", "4层", "402", "办公室", "市审计局", 27, 3, "局(处)级以下"),
            room("1号楼", "4层", "403", "闲置", "", 20),
        ],
        UNITS: [
            list(UNIT_HEADINGS),
            unit("市财政局", 4, [1, 1, 2]),
            unit("市审计局", 5, [1, 1, 3]),
        ],
    }  # fmt: skip


def write_book(sheets: Sheets, path: Path, merges: dict[str, list[str]] | None = None) -> Path:
    """Write the cells as typed: texts stay texts; `merges` are ranges by sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row_number, row in enumerate(rows, 1):
            for column_number, value in enumerate(row, 1):
                if value != "":
                    sheet.cell(row_number, column_number, value)
        for merged in (merges or {}).get(name, ()):
            sheet.merge_cells(merged)
    book.save(path)
    return path


def read_book(
    book: Sheets, tmp_path: Path, standard: Standard, merges: dict[str, list[str]] | None = None
) -> tuple[Ledger, Places]:
    """The ledger of a book and its places."""
    return read_ledger_with_places(write_book(book, tmp_path / "l.xlsx", merges), standard)


def set_cell(sheet: str, row: int, heading: str, value: Any) -> Edit:
    """Type a value; `row` is the row of the file, 1 the headings."""

    def edit(book: Sheets) -> None:
        book[sheet][row - 1][book[sheet][0].index(heading)] = value

    return edit
