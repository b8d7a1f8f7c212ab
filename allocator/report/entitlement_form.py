"""The official form of approved areas (核定面积表) as a workbook, with the arithmetic behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from allocator.audit.rule import Words
from allocator.domain import Ledger
from allocator.entitlement_balance import Balance
from allocator.findings import Lang
from allocator.ledger.write import save_workbook
from allocator.present import not_held
from allocator.quantity import half_up, m2, m2_text
from allocator.report.entitlement_columns import (
    FormColumn,
    FormValue,
    form_columns,
    grade_posts,
    ratio_shown,
    remarks,
    say,
    total_of,
)
from allocator.report.entitlement_details import ROOM_WORDS, add_arithmetic, add_rooms
from allocator.report.sheets import (
    put,
    row_height,
    text_lines,
)
from standards.catalog import Standard

FORM_SHEET = Words("核定面积表", "approved areas")
TITLE = Words("办公用房面积核定表", "Approved office areas")
SIGNATURES = (
    Words("填报单位（盖章）：", "Reported by (seal):"),
    Words("填报日期：", "Date:"),
    Words("审核：", "Reviewed by:"),
)
TOTAL = Words("合计", "total")
NUMBER = Words("序号", "no.")
REMARKS = Words("备注", "remarks")
NOTES = (
    Words(
        "核定面积按编制数计算。办公室超（+）为各房间超出在座人员标准之和，人员之间、单位之间不相抵；"
        "服务用房、设备用房在本单位内相抵；超与缺分列，合计不相抵。空置办公室不计入超标，列于备注。",
        "Areas are approved by established posts. Offices over (+): what each room is above the "
        "standards of the people in it, added up and never netted between people or units; "
        "service and equipment rooms are netted within the unit. Over and short have columns of "
        "their own, so totals net nothing. Empty offices are no overrun; see remarks.",
    ),
    Words(
        "合用办公室按在座人员标准分摊，其他合用房间由各使用单位均摊；封存、不可用、出租的房间"
        "不计；技术业务用房单列，不与办公用房相抵。超编按内设机构和职级逐组计，另列，"
        "不计入核定。",
        "Offices in common are divided by the standards of the people in them, other rooms "
        "equally; sealed, unavailable and let rooms are not counted; business rooms stand apart "
        "and are never netted. People above the posts of their division and grade are shown "
        "apart and approve nothing.",
    ),
    Words(
        "系数 K：现有用房所在楼有使用面积系数的，K = 现有使用面积 ÷ 各楼折算建筑面积之和，否则用"
        "标准的系数；建筑面积 = 使用面积合计 ÷ K + 附属用房。各栏按未舍入的数求和，四舍五入一次。",
        "K: usable area held over the gross area it takes, building by building, where a building "
        "held has a coefficient; else the standard's. Gross = usable / K + ancillary rooms. "
        "Totals add unrounded figures and are rounded half up once.",
    ),
)

_A4 = 9
_THIN = Side(style="thin", color="FF404040")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_BOLD = Font(name="Calibri", bold=True)
_GREY = PatternFill("solid", fgColor="FFE7E6E6")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_RIGHT = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
_FORMATS = {
    # A nought as a dash: what stands out on paper is what is there.
    "area": '#,##0.00;-#,##0.00;"–"',
    "count": '#,##0;-#,##0;"–"',
    "ratio": "0.00##",
    "text": "General",
}
_HEAD, _SUBHEAD, _FIRST = 3, 4, 5
"""Rows of the two headings and of the first unit."""


def write_form(
    rows: Sequence[Balance], ledger: Ledger, standard: Standard, path: Path, lang: Lang
) -> None:
    """Write the form, at once: the table, every line's arithmetic, and the rooms counted."""
    book = Workbook()
    form = book.worksheets[0]
    form.title = say(FORM_SHEET, lang)
    made = form_columns(grade_posts(ledger, standard, rows), standard)
    columns = [_wide_enough(column, rows) for column in made]
    _fill_form(form, rows, columns, standard, lang, [*_common(ledger, standard), *NOTES])
    add_arithmetic(book, rows, lang)
    add_rooms(book, rows, lang)
    save_workbook(book, path)


def _wide_enough(column: FormColumn, rows: Sequence[Balance]) -> FormColumn:
    """The column no narrower than its total, which is bold; too narrow a cell shows only signs."""
    total = total_of(column, rows)
    if not isinstance(total, (int, Fraction)):
        return column
    text = m2_text(total) if column.kind == "area" else f"{half_up(total):,}"
    return replace(column, width=max(column.width, len(text) + 1.5))


# -- the table ----------------------------------------------------------------------------------


def _fill_form(
    sheet: Worksheet,
    rows: Sequence[Balance],
    columns: Sequence[FormColumn],
    standard: Standard,
    lang: Lang,
    notes: Sequence[Words],
) -> None:
    last = len(columns) + 2
    _top(sheet, standard, last, lang)
    _headings(sheet, columns, lang)
    noted = _REMARK_WIDTH
    for number, row in enumerate(rows, 1):
        at = _FIRST + number - 1
        _cell(sheet, at, 1, number, "count", lang)
        for index, column in enumerate(columns, 2):
            _cell(sheet, at, index, column.value(row), column.kind, lang)
        text = say(remarks(row), lang)
        _cell(sheet, at, last, text, "text", lang)
        lines = max(text_lines(text, noted), text_lines(row.unit.name, columns[0].width))
        sheet.row_dimensions[at].height = row_height(lines)
    at = _FIRST + len(rows)
    _cell(sheet, at, 1, "", "text", lang)
    _cell(sheet, at, 2, say(TOTAL, lang), "text", lang)
    for index, column in enumerate(columns[1:], 3):
        _cell(sheet, at, index, total_of(column, rows), column.kind, lang)
    _cell(sheet, at, last, "", "text", lang)
    for index in range(1, last + 1):
        sheet.cell(at, index).font = _BOLD
        sheet.cell(at, index).fill = _GREY
    sheet.row_dimensions[at].height = row_height(1)
    _bottom(sheet, at + 1, last, lang, notes)
    _page(sheet)


_REMARK_WIDTH = 23


def _top(sheet: Worksheet, standard: Standard, last: int, lang: Lang) -> None:
    name = standard.zh if lang == "zh" else standard.en
    mark = "：" if lang == "zh" else ": "
    put(sheet.cell(1, 1), f"{say(TITLE, lang)}{mark}{name}")
    sheet.cell(1, 1).font = Font(name="Calibri", bold=True, size=16)
    sheet.cell(1, 1).alignment = _MIDDLE
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=last)
    sheet.row_dimensions[1].height = 28
    basis = Words(f"依据标准：{standard.identity()}", f"Standard: {standard.identity()}")
    measure = Words("计量单位：使用面积，平方米（建筑面积、附属用房除外）",
                    "Unit: usable area, m2 (but for gross area and ancillary rooms)")  # fmt: skip
    half = last // 2
    for start, end, words, side in (
        (1, half, basis, _LEFT),
        (half + 1, last, measure, _RIGHT),
    ):
        put(sheet.cell(2, start), say(words, lang))
        sheet.cell(2, start).alignment = side
        sheet.merge_cells(start_row=2, start_column=start, end_row=2, end_column=end)
    sheet.row_dimensions[2].height = row_height(1)


def _headings(sheet: Worksheet, columns: Sequence[FormColumn], lang: Lang) -> None:
    groups = [None, *(column.group for column in columns), None]
    titles = [NUMBER, *(column.title for column in columns), REMARKS]
    widths = [5, *(column.width for column in columns), _REMARK_WIDTH]
    for index, (group, title, width) in enumerate(zip(groups, titles, widths, strict=True), 1):
        for at in (_HEAD, _SUBHEAD):
            cell = sheet.cell(at, index)
            cell.font, cell.fill, cell.border = _BOLD, _GREY, _BOX
            cell.alignment = _MIDDLE
        sheet.column_dimensions[get_column_letter(index)].width = width
        put(sheet.cell(_SUBHEAD if group else _HEAD, index), say(title, lang))
        if group is None:
            sheet.merge_cells(
                start_row=_HEAD, start_column=index, end_row=_SUBHEAD, end_column=index
            )
        elif groups[index - 2] != group:
            end = index + sum(1 for other in groups[index:] if other == group)
            put(sheet.cell(_HEAD, index), say(group, lang))
            sheet.merge_cells(start_row=_HEAD, start_column=index, end_row=_HEAD, end_column=end)
    tallest = max(
        ceil(text_lines(say(t, lang), w) / (1 if g else 2))
        for g, t, w in zip(groups, titles, widths, strict=True)
    )
    sheet.row_dimensions[_HEAD].height = row_height(1)
    sheet.row_dimensions[_SUBHEAD].height = row_height(tallest)


def _cell(sheet: Worksheet, row: int, column: int, value: FormValue, kind: str, lang: Lang) -> None:
    cell: Any = sheet.cell(row, column)
    cell.border = _BOX
    if isinstance(value, Words):
        value = say(value, lang)
    if isinstance(value, str):
        cell.alignment = _LEFT
        put(cell, value)
        return
    put(cell, _number(value, kind))
    cell.number_format = _FORMATS[kind]
    cell.alignment = _RIGHT


def _number(value: int | Fraction | None, kind: str) -> int | float | None:
    if value is None:
        return None
    if kind == "area":
        return m2(value)
    return half_up(value) if kind == "count" else ratio_shown(value)


def _bottom(sheet: Worksheet, row: int, last: int, lang: Lang, notes: Sequence[Words]) -> None:
    """Places to sign, blank, and how the figures were made."""
    third = last // len(SIGNATURES)
    for index, words in enumerate(SIGNATURES):
        start = index * third + 1
        put(sheet.cell(row + 1, start), say(words, lang))
        sheet.cell(row + 1, start).alignment = _LEFT
        end = last if index == len(SIGNATURES) - 1 else start + third - 1
        sheet.merge_cells(start_row=row + 1, start_column=start, end_row=row + 1, end_column=end)
    sheet.row_dimensions[row + 1].height = 30
    width = sum(sheet.column_dimensions[get_column_letter(i)].width for i in range(1, last + 1))
    for at, words in enumerate(notes, row + 2):
        text = say(words, lang)
        put(sheet.cell(at, 1), text)
        sheet.cell(at, 1).alignment = _LEFT
        sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=last)
        sheet.row_dimensions[at].height = row_height(text_lines(text, width * 0.95))


def _common(ledger: Ledger, standard: Standard) -> Iterator[Words]:
    """Service and equipment rooms in common use, without which the units seem to lack more."""
    rooms = not_held(ledger, standard)
    for use in ("service", "equipment"):
        areas = [room.area for room in rooms if room.use == use]
        if areas:
            word, area = ROOM_WORDS[use], m2_text(sum(areas))
            yield Words(
                f"另有公用的{word.zh}用房 {len(areas)} 间，{area} 平方米，不属任何单位，"
                "未计入各单位现有面积。",
                f"Besides, {len(areas)} {word.en} rooms in common use, {area} m2, are held by no "
                "unit and are in nobody's figures.",
            )


def _page(sheet: Worksheet) -> None:
    sheet.freeze_panes = f"C{_FIRST}"
    sheet.print_title_rows = f"1:{_SUBHEAD}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "&P / &N"
