"""The rectification list as a workbook: new, or an old one brought up to date in a copy."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from allocator.audit.recheck import OUTCOMES, Outcome, Recheck
from allocator.audit.rectify import ListRow, Status
from allocator.audit.rule import Words
from allocator.findings import Lang
from allocator.ledger.write import save_workbook
from allocator.report.rectify_columns import (
    BY_KEY,
    CHECK_SHEET,
    LIST_COLUMNS,
    LIST_SHEET,
    STATUS,
    shown,
)
from allocator.report.rectify_read import ListSheet, OldList
from allocator.report.sheets import (
    FILLS,
    CellValue,
    SheetColumn,
    add_sheet,
    fill_cell,
    row_height,
    text_lines,
)

SUMMARY_SHEET = Words("复查汇总", "recheck")
ABOUT_SHEET = Words("说明", "notes")
_SUMMARY = (
    SheetColumn(Words("结果", "outcome"), 34),
    SheetColumn(Words("条数", "rows"), 10, "count"),
)
_ABOUT = (SheetColumn(Words("说明", "notes"), 110),)
_COLOURS: Mapping[Status, Any] = {
    "open": FILLS["error"],
    "reopened": FILLS["error"],
    "no_evidence": FILLS["warning"],
    "claimed": FILLS["info"],
}
_PLAIN = PatternFill()
_TEXTS = (
    Words(
        "编号是同一问题在各月之间的标识，请勿改动；可以增加列、增加没有编号的行，复查时原样保留。",
        "The key identifies a problem from month to month: leave it as it is. Columns and rows "
        "without a key may be added; a recheck keeps them as they are.",
    ),
    Words(
        "原因、整改方式、整改时限、审批单位、未整改原因由人工填写，复查不改动；"
        "其余各列随台账更新，新旧数值写入“复查”列。",
        "Cause, measure, due, approved by and why not cured belong to people and are never "
        "overwritten; the other columns follow the ledger, old and new figures go to rechecks.",
    ),
    Words(
        "销号须有证据：新台账须仍有该对象的记录且判定不再构成问题，或已登记例外；"
        "记录消失、结论未定、面积改小而无新的实测，均为“无法核实”。",
        "A row is closed on evidence alone: the new ledger still has a record of the thing and it "
        "is no problem any more, or an exception is registered. A record that vanished, an open "
        "verdict, or an area made smaller without a new survey is no evidence.",
    ),
    Words(
        "报称已整改的，把状态填为“已整改待核”；无法由台账核实的，现场核实后人工填“已销号”和证据。",
        "What is said to be cured gets the status claimed; what the ledger cannot show is closed "
        "by hand, with evidence, after a look on site.",
    ),
    Words(
        "整改时限：条款有规定的按规定，其余为内部要求，无法定依据。实测面积为台账登记的使用面积。",
        "Due: as a clause says, else a policy without legal source. The area is the usable area "
        "on record in the ledger.",
    ),
)


def write_list(rows: Iterable[ListRow], path: Path, lang: Lang) -> None:
    """Write a new list, at once: one sheet of findings, one of what has to be looked into."""
    listed = list(rows)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, to_check in ((LIST_SHEET, False), (CHECK_SHEET, True)):
        _new_sheet(book, name, [r for r in listed if r.to_check is to_check], lang)
    add_sheet(book, _say(ABOUT_SHEET, lang), _ABOUT, [[_say(t, lang)] for t in _TEXTS], lang)
    save_workbook(book, path)


def write_rechecked(old: OldList, checked: Recheck, path: Path) -> None:
    """Write a copy of the old list brought up to date, at once, in the language of the old one.

    Only cells whose value changed are written: whatever people added stays as it is.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(old.path, rich_text=True)
    sheets = {sheet.name: sheet for sheet in old.sheets}
    before = {row.place: row for row in old.rows}
    for row, _ in checked.rows:
        was = before.get(row.place)
        if was is not None:
            _update(book[row.place.sheet], sheets[row.place.sheet], was, row, old.lang)
    new = [row for row, _ in checked.rows if row.place not in before]
    for to_check, name in ((False, LIST_SHEET), (True, CHECK_SHEET)):
        added = [row for row in new if row.to_check is to_check]
        home = next((s for s in old.sheets if s.to_check is to_check), None)
        if home is None and added:
            _new_sheet(book, name, added, old.lang)
        elif home is not None:
            _append(book[home.name], home, added, old.lang)
    _summary(book, checked.counts(), old.lang)
    save_workbook(book, path, keep_created=True)


def _new_sheet(book: Workbook, name: Words, rows: Sequence[ListRow], lang: Lang) -> None:
    columns = [c.sheet_column() for c in LIST_COLUMNS]
    cells = [[shown(row, column, lang) for column in LIST_COLUMNS] for row in rows]
    sheet = add_sheet(book, _say(name, lang), columns, cells, lang)
    at = next(n for n, c in enumerate(LIST_COLUMNS, 1) if c.key == "status")
    for number, row in enumerate(rows, 2):
        _colour(sheet.cell(number, at), row)
    letter = get_column_letter(at)
    words = ",".join(_say(w, lang) for w in STATUS.values())
    choices = DataValidation(type="list", formula1=f'"{words}"', allow_blank=False)
    sheet.add_data_validation(choices)
    choices.add(f"{letter}2:{letter}{max(2, len(rows) + 1)}")


def _update(sheet: Worksheet, known: ListSheet, was: ListRow, row: ListRow, lang: Lang) -> None:
    changed = False
    for key, position in known.positions.items():
        old, new = shown(was, BY_KEY[key], lang), shown(row, BY_KEY[key], lang)
        if old != new and not (old is None and new == ""):
            cell, changed = sheet.cell(row.place.row or 0, position + 1), True
            fill_cell(cell, new, BY_KEY[key].sheet_column().kind, styled=False)
            if key == "status":
                _colour(cell, row)
    if changed:
        _heighten(sheet, known, row, row.place.row or 0, lang)


def _append(sheet: Worksheet, known: ListSheet, rows: Sequence[ListRow], lang: Lang) -> None:
    """New rows below the last one, drawn like it where it has a format of its own."""
    for number, row in enumerate(rows, known.last_row + 1):
        for key, position in known.positions.items():
            cell = sheet.cell(number, position + 1)
            fill_cell(cell, shown(row, BY_KEY[key], lang), BY_KEY[key].sheet_column().kind)
            if key == "status":
                _colour(cell, row)
        _heighten(sheet, known, row, number, lang)
    last = known.last_row + len(rows)
    if sheet.auto_filter.ref:
        left, top, right, _ = range_boundaries(sheet.auto_filter.ref)
        start, end = get_column_letter(left or 1), get_column_letter(right or 1)
        sheet.auto_filter.ref = f"{start}{top}:{end}{last}"
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            if area.max_row == known.last_row:
                area.max_row = last


def _heighten(sheet: Worksheet, known: ListSheet, row: ListRow, number: int, lang: Lang) -> None:
    lines = 1
    for key, position in known.positions.items():
        width = sheet.column_dimensions[get_column_letter(position + 1)].width
        lines = max(lines, text_lines(shown(row, BY_KEY[key], lang), width))
    sheet.row_dimensions[number].height = row_height(lines)


def _colour(cell: Any, row: ListRow) -> None:
    status = row.values.get("status")
    found = next((fill for name, fill in _COLOURS.items() if name == status), None)
    cell.fill = found or _PLAIN


def _summary(book: Workbook, counts: Mapping[Outcome, int], lang: Lang) -> None:
    for name in SUMMARY_SHEET:
        if name in book.sheetnames:
            # Last month's counts; the sheet is the program's own.
            del book[name]
    rows: list[list[CellValue]] = [[_say(OUTCOMES[o], lang), n] for o, n in counts.items()]
    add_sheet(book, _say(SUMMARY_SHEET, lang), _SUMMARY, rows, lang)


def _say(words: Words, lang: Lang) -> str:
    return words.zh if lang == "zh" else words.en
