"""The rows of a flat sheet: merged cells spread over their rows, totals and notes left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.findings import Finding, Place
from allocator.ledger.asides import begins_aside, is_note, is_total, plain
from allocator.ledger.cells import BadCell, Parser, parser_of, shown
from allocator.ledger.column_types import Column
from allocator.ledger.flat_columns import PLACE_LIST, ROOM_LIST
from allocator.ledger.flat_heads import Heads
from allocator.ledger.raw import Collector
from allocator.ledger.sources import Cell, RawTable

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?![\d,])", re.ASCII)
_MEASURE = re.compile("单位:[^0-9]{0,6}?(万平方米|万m2|公顷|亩|平方尺|平方英尺)")
_NOTHING = frozenset(("-", "—", "——", "/", "\\", "－"))
_NAMING = {ROOM_LIST.key: ("building", "floor", "number", "use", "unit", "division"),
    PLACE_LIST.key: ("building", "site")}  # fmt: skip
_NUMBERS = ("area", "count", "integer", "money", "ratio", "decimal")


@dataclass(slots=True, eq=False)
class FlatRow:
    """One row of data; `merged[position]` is the row number of the cell that it was spread from."""

    sheet: FlatSheet
    number: int
    cells: list[Cell]
    merged: Mapping[int, int]
    bad: set[str] = field(default_factory=set)

    def text(self, key: str) -> str:
        """The cell of a column as it stands, blank without the column."""
        position = self.sheet.heads.positions.get(key)
        if position is None or position >= len(self.cells):
            return ""
        return shown(self.cells[position])

    def spread_from(self, key: str) -> int | None:
        """The row of the merged cell's value, None if the cell has its own."""
        return self.merged.get(self.sheet.heads.positions.get(key, -1))

    def place(self, key: str) -> Place:
        """Where the cell of a column stands."""
        sheet = self.sheet
        return Place(
            sheet.raw.file, sheet.raw.sheet, self.number, sheet.heads.headings.get(key, key)
        )


@dataclass(slots=True, eq=False)
class FlatSheet:
    """A sheet as one of the flat tables."""

    raw: RawTable
    heads: Heads
    order: int
    out: Collector
    rows: list[FlatRow] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    _parsers: dict[str, Parser] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Whether the sheet has this column."""
        return key in self.heads.positions

    def heading_place(self, column: str = "") -> Place:
        """The row of the headings."""
        return Place(self.raw.file, self.raw.sheet, self.heads.bottom + 1, column)

    def value(self, row: FlatRow, key: str) -> Any:
        """The value of a cell, None if blank or bad; a bad one is reported."""
        position = self.heads.positions.get(key)
        if position is None:
            return None
        return self.value_at(row, position, key, self.heads.table.column(key))

    def value_at(self, row: FlatRow, position: int, key: str, column: Column) -> Any:
        """The value of a cell at a position, read as `column`; `key` marks it if it is bad."""
        if position >= len(row.cells) or key in row.bad:
            return None
        if column.key not in self._parsers:
            self._parsers[column.key] = parser_of(column)
        try:
            return self._parsers[column.key](tidy(row.cells[position], column))
        except BadCell as bad:
            self.refuse(row, key, bad, position)
            return None

    def quiet(self, row: FlatRow, position: int, column: Column) -> Any:
        """The value of a cell that nothing depends on: None if blank or bad, without a report."""
        if position >= len(row.cells):
            return None
        try:
            return parser_of(column)(tidy(row.cells[position], column))
        except BadCell:
            return None

    def refuse(self, row: FlatRow, key: str, bad: BadCell, position: int | None = None) -> None:
        """Report a cell of a row; its column counts as bad."""
        row.bad.add(key)
        at = self.heads.positions.get(key, 999) if position is None else position
        heading = self.heads.texts.get(at, self.heads.headings.get(key, key))
        place = Place(self.raw.file, self.raw.sheet, row.number, " ".join(heading.split()))
        value = shown(row.cells[at]) if at < len(row.cells) else ""
        self.out.add(
            Finding(
                bad.code, bad.zh, bad.en, place, value, bad.expected, bad.advice_zh, bad.advice_en
            ),
            (self.order, row.number, at),
        )

    def refuse_blank(self, row: FlatRow, key: str, advice: tuple[str, str] = ("", "")) -> None:
        """Report a cell that must be filled; blanks are never taken from the row above.

        A column that is not there is reported once, and not here.
        """
        if key in row.bad or not self.has(key):
            return
        column = self.heads.table.column(key)
        zh, en = advice if advice[0] else (
            "空白不沿用上一行：请逐行填写，或与上一行合并单元格",
            "Maybe repeat the value in this row, or merge it with the cell above; a blank is "
            "not filled from above",
        )  # fmt: skip
        self.refuse(
            row, key,
            BadCell("blank-cell", f"“{column.zh}”不能为空", f"{column.key} must not be blank",
                f"{column.zh} / {column.key}", zh, en),
        )  # fmt: skip


def tidy(cell: Cell, column: Column) -> Cell:
    """A typed cell without full-width signs, thousands separators and strokes for nothing."""
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip()
    if column.kind in _NUMBERS:
        if text in _NOTHING:
            return ""
        if column.kind == "count" and text == "无":
            return "0"
        return text.replace(",", "") if _THOUSANDS.match(text) else text
    return " ".join(text.split()) if column.kind in ("text", "choice", "flag") else text


def read_sheet(raw: RawTable, heads: Heads, order: int, out: Collector) -> FlatSheet:
    """The data rows below the headings."""
    sheet = FlatSheet(raw, heads, order, out)
    above = raw.rows[: heads.bottom + 1]
    printed = {plain(shown(cell)) for cell_row in above for cell in cell_row}
    for number, (cells, merged) in enumerate(_spread(raw, heads), heads.bottom + 2):
        row = FlatRow(sheet, number, cells, merged)
        texts = [text for cell in cells if cell != "" and (text := shown(cell))]
        # Printing repeats headings and titles on each page.
        if not texts or all(plain(text) in printed for text in texts) or _is_numbering(texts):
            continue
        if _is_aside(row, texts):
            sheet.skipped.append(number)
        else:
            sheet.rows.append(row)
    _refuse_wide_merges(sheet)
    _refuse_measure(sheet)
    return sheet


def _refuse_measure(sheet: FlatSheet) -> None:
    """A line above the table may say that areas are not in square metres."""
    for number, cells in enumerate(sheet.raw.rows[: sheet.heads.top], 1):
        for cell in cells:
            match = _MEASURE.search(plain(shown(cell)))
            if match:
                place = Place(sheet.raw.file, sheet.raw.sheet, number)
                sheet.out.add(
                    Finding(
                        "wrong-measure", f"面积单位为{match.group(1)}",
                        "the areas are not in square metres", place, shown(cell), "㎡",
                        "请换算成平方米", "Maybe convert the areas to square metres",
                    ),
                    (sheet.order, number, 0),
                )  # fmt: skip


def _spread(raw: RawTable, heads: Heads) -> list[tuple[list[Cell], dict[int, int]]]:
    """Rows below the headings with the value of a merged cell in each of its rows."""
    first = heads.bottom + 1
    rows: list[tuple[list[Cell], dict[int, int]]] = [(list(r), {}) for r in raw.rows[first:]]
    for top, left, bottom, _ in raw.merged:
        if top < first or top == bottom or top >= len(raw.rows):
            continue
        source = raw.rows[top]
        value = source[left] if left < len(source) else ""
        if value == "":
            continue
        for number in range(top + 1, min(bottom, len(raw.rows) - 1) + 1):
            cells, merged = rows[number - first]
            cells.extend([""] * (left + 1 - len(cells)))
            cells[left] = value
            merged[left] = top + 1
    return rows


def _is_numbering(texts: Sequence[str]) -> bool:
    """A row that numbers the columns, as forms have it."""
    words = [plain(text).strip("()") for text in texts]
    numbers = [word for word in words if word.isdigit()]
    return len(words) >= 4 and (
        numbers == [str(n + 1) for n in range(len(numbers))]
        and all(word in "甲乙丙丁栏次" or word.isdigit() for word in words)
    )


def _is_aside(row: FlatRow, texts: Sequence[str]) -> bool:
    """Totals name no room, notes name nothing: both stand among and below the data."""
    naming = _NAMING.get(row.sheet.heads.table.key, ("unit",))
    named = [text for key in naming if (text := row.text(key))]
    if row.sheet.heads.table is ROOM_LIST:
        number = row.text("number")
        total = [t for t in (texts[0], *named) if is_total(t)]
        use = row.text("use")
        if total and all(not t or is_total(t) for t in (number, use)):
            return True
        if is_note(texts[0]) and (not number or is_note(number)):
            return True
        # What follows a note in a single cell goes on with it.
        return not number and len(texts) == 1 and bool(row.sheet.skipped) and len(texts[0]) > 8
    if begins_aside(texts[0]) or any(is_total(t) for t in named[:1]):
        return all(t == texts[0] or is_total(t) or is_note(t) for t in named)
    return len(texts) == 1 and bool(row.sheet.skipped) and len(texts[0]) > 8


def _refuse_wide_merges(sheet: FlatSheet) -> None:
    """A cell merged over several columns has a value for one of them only."""
    rows = {row.number: row for row in sheet.rows}
    keys = {position: key for key, position in sheet.heads.positions.items()}
    for top, left, bottom, right in sheet.raw.merged:
        touched = [keys[p] for p in range(left, right + 1) if p in keys]
        row = next((rows[n] for n in range(top + 1, bottom + 2) if n in rows), None)
        if row is not None and len(touched) > 1:
            bad = BadCell(
                "merged-cells", "数据区的单元格横向合并，跨越多列",
                "a cell among the data is merged over several columns",
                "每列一个值 / one value per column", "请取消横向合并并逐列填写",
                "Maybe unmerge it and fill in each column",
            )  # fmt: skip
            sheet.refuse(row, touched[0], bad)
            row.bad.update(touched)
