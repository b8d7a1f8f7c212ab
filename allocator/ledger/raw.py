"""Raw tables matched to the column table, with columns of parsed values and all faults placed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from allocator.findings import Finding, Place
from allocator.ledger.asides import begins_aside, is_aside
from allocator.ledger.cells import BadCell, Parser, parser_of, shown
from allocator.ledger.choices import normal
from allocator.ledger.column_types import Column, Table
from allocator.ledger.columns import IGNORED, NOTES_SHEETS, TABLES
from allocator.ledger.sources import Cell, RawTable

_IGNORED = frozenset(normal(h) for h in IGNORED)
_TITLE_ROWS = 10


MAX_FINDINGS = 100_000
"""Findings kept: a table of a million cells without sense would fill the memory with sentences."""


class Collector:
    """Findings kept in the order of tables, rows and columns, whatever order they are met in."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[int, int, int], Finding]] = []
        self._untold = 0

    def add(self, finding: Finding, order: tuple[int, int, int] = (-1, 0, 0)) -> None:
        """Keep a finding; `order` is table, row, column."""
        if len(self._found) < MAX_FINDINGS:
            self._found.append((order, finding))
        else:
            self._untold += 1

    def sorted(self) -> tuple[Finding, ...]:
        """All findings in the order of the input, and a last one for those beyond the limit."""
        found = [f for _, f in sorted(self._found, key=lambda pair: pair[0])]
        if self._untold:
            found.append(
                Finding(
                    "too-many-findings", f"另有 {self._untold:,} 个问题未列出",
                    f"{self._untold:,} more faults are not listed", Place(),
                    f"{MAX_FINDINGS + self._untold:,}", f"≤ {MAX_FINDINGS:,}",
                    "请先改正已列出的问题", "Maybe the file is not a ledger",
                )
            )  # fmt: skip
        return tuple(found)


@dataclass(slots=True)
class Parsed:
    """One table read: `values[key][i]` is the value of data row i, `row_numbers[i]` its row."""

    table: Table
    order: int
    file: str = ""
    sheet: str = ""
    encoding: str = ""
    formulas: int = 0
    heading_row: int = 1
    headings: dict[str, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    row_numbers: list[int] = field(default_factory=list)
    raw: list[list[Cell]] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    bad: set[tuple[int, str]] = field(default_factory=set)

    def column(self, key: str) -> list[Any]:
        """The values of a column, None where blank, bad or without the column."""
        return self.values.get(key) or [None] * len(self.row_numbers)

    def place(self, index: int | None, key: str = "") -> Place:
        """Where data row `index` stands; the heading row for None."""
        row = self.heading_row if index is None else self.row_numbers[index]
        return Place(self.file, self.sheet, row, self.headings.get(key, key))

    def rank(self, index: int | None, key: str = "") -> tuple[int, int, int]:
        """The order of a finding at this place."""
        row = self.heading_row if index is None else self.row_numbers[index]
        return (self.order, row, self.positions.get(key, 999))

    def shown(self, index: int, key: str) -> str:
        """The cell as it stands in the file."""
        position = self.positions.get(key)
        row = self.raw[index]
        return shown(row[position]) if position is not None and position < len(row) else ""


def match_tables(
    tables: Sequence[RawTable], unread: Iterable[str], file: str, out: Collector
) -> dict[str, RawTable]:
    """The raw table of every table key; unknown, double and missing sheets are findings.

    `unread` are sheets that exist but could not be read, which is a finding already.
    """
    names = {normal(n): t for t in TABLES for n in (t.key, t.zh, *t.synonyms)}
    matched: dict[str, RawTable] = {}
    for raw in tables:
        name = normal(raw.sheet)
        place = Place(raw.file, raw.sheet)
        known = names.get(name)
        blank = not any(shown(cell) for row in raw.rows for cell in row if cell != "")
        if known is None:
            if not blank and name not in {normal(n) for n in NOTES_SHEETS}:
                out.add(_unknown_sheet(raw, place))
        elif blank and not known.needed:
            continue
        elif known.key in matched:
            out.add(
                Finding(
                    "duplicate-sheet", f"“{known.zh}”表出现两次", f"table {known.key} stands twice",
                    place, raw.sheet, f"{matched[known.key].sheet}", "请合并为一张表",
                    "Maybe join the two sheets",
                )
            )  # fmt: skip
        else:
            matched[known.key] = raw
    present = {names[normal(name)].key for name in unread if normal(name) in names}
    for table in TABLES:
        if table.needed and table.key not in matched and table.key not in present:
            out.add(
                Finding(
                    "missing-sheet", f"缺少“{table.zh}”表", f"sheet {table.key} is missing",
                    Place(file, table.key), "", f"{table.zh} / {table.key}",
                    "请增加该表，或用 allocator template 生成模板",
                    "Maybe add the sheet, or start from `allocator template`",
                ),
                (TABLES.index(table), 0, 0),
            )  # fmt: skip
    return matched


def _unknown_sheet(raw: RawTable, place: Place) -> Finding:
    return Finding(
        "unknown-sheet", "不认识的表名", "the name of the sheet is not known", place, raw.sheet,
        ", ".join(f"{t.zh}/{t.key}" for t in TABLES), "请改名或删除；说明文字请放在“说明”表",
        "Maybe rename or delete it; texts for people belong on a sheet named notes",
    )  # fmt: skip


def parse_table(raw: RawTable, table: Table, order: int, out: Collector) -> Parsed:
    """Find the headings, then read every column."""
    parsed = Parsed(table, order, raw.file, raw.sheet, raw.encoding, raw.formulas)
    known = {normal(h): c for c in table.columns for h in (c.key, c.zh, *c.synonyms)}
    heading_index = _heading_index(raw.rows, known)
    if heading_index is None:
        parsed.heading_row = 1
        headings: list[Cell] = []
    else:
        parsed.heading_row = heading_index + 1
        headings = raw.rows[heading_index]
    _match_headings(parsed, headings, known, raw, out)
    for number, row in enumerate(raw.rows[parsed.heading_row :], parsed.heading_row + 1):
        if any(shown(cell) for cell in row if cell != "") and not _is_aside(parsed, row):
            parsed.row_numbers.append(number)
            parsed.raw.append(row)
    if table.filled and not parsed.row_numbers and heading_index is not None:
        out.add(
            Finding(
                "empty-table", f"“{table.zh}”表没有数据行", f"table {table.key} has no rows",
                parsed.place(None), "", "≥ 1 行 / row", "请填写数据", "Maybe the data is missing",
            ),
            parsed.rank(None),
        )  # fmt: skip
    _find_merged(parsed, raw, out)
    for column in table.columns:
        if column.key in parsed.positions:
            parsed.values[column.key] = _parse_column(parsed, column, out)
    return parsed


def _heading_index(rows: Sequence[Sequence[Cell]], known: dict[str, Column]) -> int | None:
    """The first row with two known headings; else the first with two cells, past titles."""
    top = rows[: _TITLE_ROWS * 3]
    filled = [(i, [n for c in row if (n := normal(shown(c)))]) for i, row in enumerate(top)]
    filled = [(i, names) for i, names in filled if names][:_TITLE_ROWS]
    for i, names in filled:
        if sum(n in known for n in names) >= 2:
            return i
    for i, names in filled:
        if len(names) >= 2:
            return i
    return filled[0][0] if filled else None


def _match_headings(
    parsed: Parsed,
    headings: Sequence[Cell],
    known: dict[str, Column],
    raw: RawTable,
    out: Collector,
) -> None:
    table = parsed.table
    width = max((len(r) for r in raw.rows), default=0)
    for position in range(width):
        text = shown(headings[position]) if position < len(headings) else ""
        place = Place(parsed.file, parsed.sheet, parsed.heading_row, text)
        rank = (parsed.order, parsed.heading_row, position)
        name = normal(text)
        column = known.get(name)
        if not name:
            _extra_cells(parsed, raw, position, out)
        elif column is None:
            if name not in _IGNORED:
                out.add(
                    Finding(
                        "unknown-column", "不认识的列名", "the heading is not known", place, text,
                        ", ".join(c.zh for c in table.columns), *_column_advice(name),
                    ),
                    rank,
                )  # fmt: skip
        elif column.key in parsed.positions:
            out.add(
                Finding(
                    "duplicate-column", f"列“{column.zh}”出现两次",
                    f"column {column.key} stands twice", place, text,
                    f"{parsed.headings[column.key]}", "请只保留一列", "Maybe delete one of the two",
                ),
                rank,
            )  # fmt: skip
        else:
            parsed.positions[column.key] = position
            parsed.headings[column.key] = " ".join(text.split())
    for column in table.columns:
        if column.required and column.key not in parsed.positions:
            out.add(
                Finding(
                    "missing-column", f"缺少列“{column.zh}”", f"column {column.key} is missing",
                    Place(parsed.file, parsed.sheet, parsed.heading_row, column.key), "",
                    f"{column.zh} / {column.key}", "请增加该列", "Maybe it has another heading",
                ),
                parsed.rank(None),
            )  # fmt: skip


def _is_aside(parsed: Parsed, row: Sequence[Cell]) -> bool:
    """Totals and notes are no data; what else is required of a row must be blank in them."""
    first = next((text for cell in row if cell != "" and (text := shown(cell))), "")
    if not begins_aside(first):
        return False
    named = [
        shown(row[parsed.positions[c.key]])
        for c in parsed.table.columns
        if c.required
        and c.kind not in ("area", "count", "money")
        and parsed.positions.get(c.key, len(row)) < len(row)
    ]
    return is_aside(first, named)


def _column_advice(name: str) -> tuple[str, str]:
    """Where a heading unknown on this sheet is known, or what else to do with it."""
    for table in TABLES:
        if any(name in map(normal, (c.key, c.zh, *c.synonyms)) for c in table.columns):
            return (
                f"该列属于“{table.zh}”表，请移到该表",
                f"Maybe the column belongs to sheet {table.key}",
            )
    return "请改为已知列名，或删除该列", "Maybe rename the column as in the template, or delete it"


def _extra_cells(parsed: Parsed, raw: RawTable, position: int, out: Collector) -> None:
    for number, row in enumerate(raw.rows[parsed.heading_row :], parsed.heading_row + 1):
        if position < len(row) and (text := shown(row[position])) and not _is_aside(parsed, row):
            out.add(
                Finding(
                    "cell-without-heading", "该单元格所在列没有列名",
                    "the cell's column has no heading",
                    Place(parsed.file, parsed.sheet, number, get_column_letter(position + 1)),
                    text, "", "请补上列名或清空", "Maybe add the heading or clear the cell",
                ),
                (parsed.order, number, position),
            )  # fmt: skip


def _find_merged(parsed: Parsed, raw: RawTable, out: Collector) -> None:
    """A merged cell leaves blanks behind its first cell; which value they have is not guessed."""
    numbers = parsed.row_numbers
    told: dict[str, int] = {}
    keys = sorted((position, key) for key, position in parsed.positions.items())
    for top, left, bottom, right in raw.merged:
        touched = [key for position, key in keys if left <= position <= right]
        first, end = bisect_left(numbers, top + 1), bisect_right(numbers, bottom + 1)
        if first == end or not touched or (top, left) == (bottom, right):
            continue
        key = touched[0]
        out.add(
            Finding(
                "merged-cells", "数据区有合并单元格", "cells are merged among the data",
                Place(parsed.file, parsed.sheet, top + 1, parsed.headings[key]),
                f"{top + 1}-{bottom + 1}", "每格一个值 / one value per cell",
                "请取消合并并逐格填写", "Maybe unmerge them and fill in every cell",
            ),
            (parsed.order, top + 1, left),
        )  # fmt: skip
        for k in touched:
            start = max(bisect_right(numbers, top + 1), told.get(k, 0))
            parsed.bad.update((index, k) for index in range(start, end))
            told[k] = max(end, told.get(k, 0))


def _parse_column(parsed: Parsed, column: Column, out: Collector) -> list[Any]:
    position = parsed.positions[column.key]
    parse: Parser = parser_of(column)
    values: list[Any] = []
    for index, row in enumerate(parsed.raw):
        try:
            value = parse(row[position]) if position < len(row) else None
        except BadCell as bad:
            add_bad(parsed, index, column.key, bad, out)
            value = None
        else:
            if value is None and column.required:
                add_blank(parsed, index, column, out)
        values.append(value)
    return values


def add_bad(parsed: Parsed, index: int, key: str, bad: BadCell, out: Collector) -> None:
    """Report a cell that does not fit; the cell counts as bad from here on."""
    parsed.bad.add((index, key))
    out.add(finding_of(parsed, index, key, bad), parsed.rank(index, key))


def finding_of(parsed: Parsed, index: int, key: str, bad: BadCell) -> Finding:
    """A bad cell at its place."""
    return Finding(
        bad.code, bad.zh, bad.en, parsed.place(index, key), parsed.shown(index, key),
        bad.expected, bad.advice_zh, bad.advice_en,
    )  # fmt: skip


def add_blank(parsed: Parsed, index: int, column: Column, out: Collector) -> None:
    """Report a blank required cell, unless a finding stands there already."""
    if (index, column.key) in parsed.bad:
        return
    bad = BadCell(
        "blank-cell", f"“{column.zh}”不能为空", f"{column.key} must not be blank",
        f"{column.zh} / {column.key}", "请补填；空白不按零处理",
        "Maybe it was left out; blank is not zero",
    )  # fmt: skip
    add_bad(parsed, index, column.key, bad, out)
