"""Worksheets for people to read and filter: headings, widths, wrapped text, nothing a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, Literal, TypeAlias
from unicodedata import east_asian_width

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from allocator.audit.rule import Words
from allocator.findings import Lang, Severity
from allocator.quantity import m2

SheetKind: TypeAlias = Literal["text", "area", "count", "number", "day"]
"""`area`: 0.01 m2, shown in m2; `number`: with two decimals where it is a float."""
CellValue: TypeAlias = str | int | float | date | None

MOST_TEXT = 32_767
"""Signs that a cell can hold."""
LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_FORMULA = ("=", "+", "-", "@")

FILLS: dict[Severity, PatternFill] = {
    "error": PatternFill("solid", fgColor="FFF4B6B6"),
    "warning": PatternFill("solid", fgColor="FFFFE699"),
    "info": PatternFill("solid", fgColor="FFDDEBF7"),
}


def _border(style: Literal["medium", "dashed", "dotted"], color: str) -> Border:
    side = Side(style=style, color=color)
    return Border(left=side, right=side, top=side, bottom=side)


BORDERS: dict[Severity, Border] = {
    "error": _border("medium", "FFC00000"),
    "warning": _border("dashed", "FF7F6000"),
    "info": _border("dotted", "FF1F4E79"),
}
"""Severities differ by line as well as by colour, so that a grey print tells them apart."""
_A3 = 8
_LINE, _HIGHEST = 14.5, 400
_WRAPPED, _TOP = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
_RULED = Border(bottom=Side(style="hair", color="FF808080"))
_HEADING = PatternFill("solid", fgColor="FFD9D9D9")
_NUMBERS = {
    "area": "#,##0.00",
    "count": "#,##0",
    "number": "#,##0",
    "day": "yyyy-mm-dd",
    "text": "General",
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A heading, the width of its column in signs, and what its cells hold."""

    title: Words
    width: float
    kind: SheetKind = "text"

    def heading(self, lang: Lang) -> str:
        """The heading in one language."""
        return self.title.zh if lang == "zh" else self.title.en


def free_name(book: Workbook, wanted: str) -> str:
    """A sheet name not used in the book, in any case, of at most 31 signs."""
    name = wanted.translate(_FORBIDDEN).strip("'")[:LONGEST_NAME] or "sheet"
    used = {title.casefold() for title in book.sheetnames}
    found, number = name, 2
    while found.casefold() in used:
        end = f" ({number})"
        found, number = name[: LONGEST_NAME - len(end)] + end, number + 1
    return found


def add_sheet(
    book: Workbook,
    name: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[CellValue]],
    lang: Lang,
) -> Worksheet:
    """A sheet with frozen headings, a filter on them, and one line a row."""
    sheet: Worksheet = book.create_sheet(free_name(book, name))
    for number, column in enumerate(columns, 1):
        cell = sheet.cell(1, number)
        put(cell, column.heading(lang))
        cell.font = Font(bold=True)
        cell.fill = _HEADING
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[1].height = row_height(
        max(text_lines(column.heading(lang), column.width) for column in columns)
    )
    for row_number, row in enumerate(rows, 2):
        lines = 1
        for number, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            fill_cell(sheet.cell(row_number, number), value, column.kind)
            if value is not None:
                lines = max(lines, text_lines(value, column.width))
        sheet.row_dimensions[row_number].height = row_height(lines)
    sheet.freeze_panes = "B2"
    last = max(sheet.max_row, 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def text_lines(value: CellValue, width: float) -> int:
    """Lines that a wrapped text takes in a column; Chinese signs are two wide."""
    if not isinstance(value, str):
        return 1
    room = max(1, int(width) - 1)
    return sum(max(1, ceil(_shown_width(line) / room)) for line in value.split("\n"))


def _shown_width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def row_height(lines: int) -> float:
    """Points; written down because not every program fits rows to wrapped text by itself."""
    return min(_HIGHEST, _LINE * lines + 1)


def fill_cell(cell: Any, value: CellValue, kind: SheetKind, styled: bool = True) -> None:
    """A value in the format of its kind; without `styled` the look of the cell stays."""
    if kind == "area" and isinstance(value, int):
        value = m2(value)
    put(cell, value)
    if styled:
        cell.alignment = _WRAPPED if isinstance(value, str) else _TOP
        cell.border = _RULED
    if not isinstance(value, str):
        exact = kind == "number" and isinstance(value, float)
        cell.number_format = _NUMBERS["area" if exact else kind]


def put(cell: Any, value: CellValue) -> None:
    """Set a value; a text is never a formula, is cut to what a cell holds and can be written."""
    if not isinstance(value, str) or not value:
        cell.value = None if value == "" else value
        return
    text = clean(value)
    cell.value = text[: MOST_TEXT - 1] + "…" if len(text) > MOST_TEXT else text
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        # The format keeps it a text when somebody edits the cell.
        cell.number_format = "@"


def clean(text: str) -> str:
    """A text without the signs that no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
