"""A rectification list read back: rows with their places, or every fault of it in one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.audit.rectify import ListRow, Value
from allocator.findings import Finding, InputError, Lang, Place
from allocator.ledger.cells import BadCell, Parser, parser_of, shown
from allocator.ledger.choices import normal
from allocator.ledger.file_kinds import XLSX
from allocator.ledger.sources import Cell, RawTable, read_source
from allocator.report.rectify_columns import BY_HEADING, BY_KEY, CHECK_SHEET, NEEDED, as_now

_TITLE_ROWS = 20
_ENOUGH = 4
"""Known headings in one row that make a sheet a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSheet:
    """A sheet of the list: `positions` are columns by key from 0, `last_row` from 1."""

    name: str
    heading_row: int
    positions: dict[str, int]
    last_row: int
    to_check: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OldList:
    """A list as it stands in a workbook; `lang` is the language of its headings."""

    path: Path
    lang: Lang
    sheets: tuple[ListSheet, ...]
    rows: tuple[ListRow, ...]


def read_list(path: Path) -> OldList:
    """Read a list. Raises InputError with every fault of the cells that are used."""
    if path.suffix.lower() not in XLSX.suffixes:
        raise InputError([_not_a_list(path, ".xlsx")])
    source = read_source(path)
    if source.findings and not source.tables:
        raise InputError(source.findings)
    findings: list[Finding] = []
    sheets: list[ListSheet] = []
    rows: list[ListRow] = []
    chinese = 0
    for raw in source.tables:
        sheet = _list_sheet(raw, findings)
        if sheet is not None:
            sheets.append(sheet)
            rows += _rows(raw, sheet, findings)
            heading = raw.rows[sheet.heading_row - 1][sheet.positions["key"]]
            chinese += normal(shown(heading)) == normal(BY_KEY["key"].title.zh)
    if not sheets and not findings:
        findings.append(_not_a_list(path, "、".join(BY_KEY[k].title.zh for k in NEEDED)))
    findings += _twice(rows)
    if findings:
        raise InputError(findings)
    lang: Lang = "zh" if chinese else "en"
    return OldList(path=path, lang=lang, sheets=tuple(sheets), rows=tuple(rows))


def _not_a_list(path: Path, expected: str) -> Finding:
    return Finding(
        "not-a-list", "不是整改台账", "this is not a rectification list", Place(path.name),
        path.name, expected,
        "请使用 --rectify 生成的 .xlsx 整改台账", "Maybe give a list written by --rectify",
    )  # fmt: skip


def _list_sheet(raw: RawTable, findings: list[Finding]) -> ListSheet | None:
    """The sheet as a list, None for any other sheet; missing and double columns are findings."""
    for number, row in enumerate(raw.rows[:_TITLE_ROWS], 1):
        known = [(i, BY_HEADING.get(normal(shown(cell)))) for i, cell in enumerate(row)]
        found = [(i, key) for i, key in known if key is not None]
        if len({key for _, key in found}) < _ENOUGH or "key" not in {k for _, k in found}:
            continue
        positions: dict[str, int] = {}
        for position, key in found:
            place = Place(raw.file, raw.sheet, number, BY_KEY[key].title.zh)
            if key in positions:
                findings.append(
                    Finding(
                        "duplicate-column", "该列出现两次", "the column stands twice", place,
                        shown(row[position]), "", "请只保留一列", "Maybe delete one of the two",
                    )
                )  # fmt: skip
            positions.setdefault(key, position)
        positions = as_now(positions)
        for key in NEEDED:
            if key not in positions:
                findings.append(_missing(raw, number, key))
        filled = [n for n, r in enumerate(raw.rows, 1) if any(shown(c) for c in r)]
        return ListSheet(
            name=raw.sheet,
            heading_row=number,
            positions=positions,
            last_row=max(filled),
            to_check=normal(raw.sheet) in map(normal, CHECK_SHEET),
        )
    return None


def _missing(raw: RawTable, row: int, key: str) -> Finding:
    title = BY_KEY[key].title
    return Finding(
        "missing-column", f"缺少列“{title.zh}”", f"column {title.en} is missing",
        Place(raw.file, raw.sheet, row, title.zh), "", f"{title.zh} / {title.en}",
        "请恢复该列", "Maybe it was renamed or deleted",
    )  # fmt: skip


def _rows(raw: RawTable, sheet: ListSheet, findings: list[Finding]) -> list[ListRow]:
    parsers = {k: parser_of(BY_KEY[k].parsed_as()) for k in sheet.positions}
    found = []
    for number, cells in enumerate(raw.rows[sheet.heading_row :], sheet.heading_row + 1):
        if not any(shown(cell) for cell in cells):
            continue
        place = Place(raw.file, raw.sheet, number)
        position = sheet.positions["key"]
        key = shown(cells[position]) if position < len(cells) else ""
        if "|" not in key:
            # A row that people added has no key; nothing in it is read or changed.
            found.append(ListRow(key=key, values={}, to_check=sheet.to_check, place=place))
            continue
        values = _values(cells, sheet, parsers, place, findings)
        found.append(ListRow(key=key, values=values, to_check=sheet.to_check, place=place))
    findings += _merged(raw, sheet, found)
    return found


def _values(
    cells: Sequence[Cell],
    sheet: ListSheet,
    parsers: dict[str, Parser],
    place: Place,
    findings: list[Finding],
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    bad_status = False
    for key, position in sheet.positions.items():
        if key in ("key", "number") or position >= len(cells):
            continue
        try:
            parsed: Any = parsers[key](cells[position])
        except BadCell as bad:
            bad_status = bad_status or key == "status"
            at = Place(place.file, place.sheet, place.row, BY_KEY[key].title.zh)
            findings.append(
                Finding(
                    bad.code, bad.zh, bad.en, at, shown(cells[position]), bad.expected,
                    bad.advice_zh, bad.advice_en,
                )
            )  # fmt: skip
        else:
            values[key] = parsed
    if values.get("status") is None and "status" in sheet.positions and not bad_status:
        at = Place(place.file, place.sheet, place.row, BY_KEY["status"].title.zh)
        findings.append(
            Finding(
                "blank-cell", "“状态”不能为空", "status must not be blank", at, "",
                " / ".join(f"{w.zh} {w.en}" for _, w in BY_KEY["status"].choices),
                "请填写状态", "Maybe it was cleared; enter one of the words",
            )
        )  # fmt: skip
    return values


def _merged(raw: RawTable, sheet: ListSheet, rows: Sequence[ListRow]) -> list[Finding]:
    keyed = {row.place.row for row in rows if "|" in row.key}
    columns = set(sheet.positions.values())
    found = []
    for top, left, bottom, right in raw.merged:
        touched = keyed & set(range(top + 1, bottom + 2)) and columns & set(range(left, right + 1))
        if touched and (top, left) != (bottom, right):
            found.append(
                Finding(
                    "merged-cells", "数据区有合并单元格", "cells are merged among the data",
                    Place(raw.file, raw.sheet, top + 1), f"{top + 1}-{bottom + 1}",
                    "每格一个值 / one value per cell", "请取消合并并逐格填写",
                    "Maybe unmerge them and fill in every cell",
                )
            )  # fmt: skip
    return found


def _twice(rows: Sequence[ListRow]) -> list[Finding]:
    first: dict[str, Place] = {}
    found = []
    for row in rows:
        if "|" not in row.key:
            continue
        at = first.setdefault(row.key, row.place)
        if at is not row.place:
            found.append(
                Finding(
                    "duplicate-key", "编号出现两次", "the key stands twice",
                    Place(row.place.file, row.place.sheet, row.place.row, "编号"), row.key,
                    at.text(), "请只保留一行", "Maybe a row was copied; keep one of the two",
                )
            )  # fmt: skip
    return found
