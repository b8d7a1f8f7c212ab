"""The rectification list as a workbook: new, or an old one brought up to date in a copy."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
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
    MACHINE,
    PRINTED,
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
_GREY, _ONE_LINE = Font(color="FF808080", size=8), Alignment(vertical="top")
_SIDE = Side(style="thin", color="FFA6A6A6")
_GRID = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_NUMBER = "number"
_MARGIN = 0.5
_TEXTS = (
    Words(
        "编号（最右一列）是同一问题在各月之间的标识，请勿改动；可以增加列、增加没有编号的行，"
        "复查时原样保留；序号按行重新编排。",
        "The key (last column) identifies a problem from month to month: leave it as it is. "
        "Columns and rows without a key may be added; a recheck keeps them as they are and "
        "numbers the rows anew.",
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
        "报称已整改的，把状态填为“已整改待核”；无法由台账核实的，现场核实后人工填“已销号”和证据；没有证据的另行提示。",
        "What is said to be cured gets the status claimed; what the ledger cannot show is closed "
        "by hand, with evidence, after a look on site; a row closed without evidence is named.",
    ),
    Words(
        "整改时限：条款有规定的按规定，其余为内部要求，无法定依据。台账面积为登记的使用面积，"
        "实测面积只填实测记录的数值。",
        "Due: as a clause says, else a policy without legal source. The area is the usable area "
        "on record in the ledger; measured is filled from a survey only.",
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
            _number(book[home.name], home, [r for r in old.rows if _on(r, home)], len(added))
    _summary(book, checked.counts(), old.lang)
    save_workbook(book, path, keep_created=True)


def _new_sheet(book: Workbook, name: Words, rows: Sequence[ListRow], lang: Lang) -> None:
    columns = [c.sheet_column() for c in LIST_COLUMNS]
    numbered = [row.with_values(number=n) for n, row in enumerate(rows, 1)]
    cells = [[shown(row, column, lang) for column in LIST_COLUMNS] for row in numbered]
    sheet = add_sheet(book, _say(name, lang), columns, cells, lang)
    positions = {c.key: n for n, c in enumerate(LIST_COLUMNS)}
    for number, row in enumerate(rows, 2):
        _dress(sheet, positions, row, number, lang)
    for key in MACHINE:
        sheet.cell(1, positions[key] + 1).font = _GREY
    sheet.freeze_panes = f"{get_column_letter(positions['rule'] + 1)}2"
    last = get_column_letter(positions[PRINTED] + 1)
    sheet.print_area = f"A1:{last}{len(rows) + 1}"
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, _MARGIN)
    footer = sheet.oddFooter
    if footer is not None:
        footer.center.text = "&P / &N"
    at = positions["status"] + 1
    letter = get_column_letter(at)
    words = ",".join(_say(w, lang) for w in STATUS.values())
    choices = DataValidation(type="list", formula1=f'"{words}"', allow_blank=False)
    sheet.add_data_validation(choices)
    choices.add(f"{letter}2:{letter}{max(2, len(rows) + 1)}")


def _update(sheet: Worksheet, known: ListSheet, was: ListRow, row: ListRow, lang: Lang) -> None:
    changed = False
    for key, position in known.positions.items():
        if key == _NUMBER:
            continue
        old, new = shown(was, BY_KEY[key], lang), shown(row, BY_KEY[key], lang)
        if old != new and not (old is None and new == ""):
            cell, changed = sheet.cell(row.place.row or 0, position + 1), True
            fill_cell(cell, new, BY_KEY[key].sheet_column().kind, styled=False)
            if key == "status":
                _colour(cell, row)
    if changed:
        _heighten(sheet, known.positions, row, row.place.row or 0, lang)


def _append(sheet: Worksheet, known: ListSheet, rows: Sequence[ListRow], lang: Lang) -> None:
    """New rows below the last one, drawn like it where it has a format of its own."""
    for number, row in enumerate(rows, known.last_row + 1):
        for key, position in known.positions.items():
            cell = sheet.cell(number, position + 1)
            fill_cell(cell, shown(row, BY_KEY[key], lang), BY_KEY[key].sheet_column().kind)
        _dress(sheet, known.positions, row, number, lang)
    last = known.last_row + len(rows)
    if sheet.auto_filter.ref:
        left, top, right, _ = range_boundaries(sheet.auto_filter.ref)
        start, end = get_column_letter(left or 1), get_column_letter(right or 1)
        sheet.auto_filter.ref = f"{start}{top}:{end}{last}"
    _print_to(sheet, known.last_row, last)
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            if area.max_row == known.last_row:
                area.max_row = last


def _print_to(sheet: Worksheet, before: int, last: int) -> None:
    """A print area that ended with the rows grows with them; any other is the planner's own."""
    area = str(sheet.print_area or "").rpartition("!")[2].replace("$", "")
    if not area or "," in area:
        return
    left, top, right, bottom = range_boundaries(area)
    if left and right and top and bottom == before:
        start, end = get_column_letter(left), get_column_letter(right)
        sheet.print_area = f"{start}{top}:{end}{last}"


def _dress(
    sheet: Worksheet, positions: Mapping[str, int], row: ListRow, number: int, lang: Lang
) -> None:
    """Colour, grey columns and height of a new row."""
    for key, position in positions.items():
        cell = sheet.cell(number, position + 1)
        cell.border = _GRID
        if key == "status":
            _colour(cell, row)
        elif key in MACHINE:
            cell.font, cell.alignment = _GREY, _ONE_LINE
    _heighten(sheet, positions, row, number, lang)


def _heighten(
    sheet: Worksheet, positions: Mapping[str, int], row: ListRow, number: int, lang: Lang
) -> None:
    lines = 1
    for key, position in positions.items():
        if key in MACHINE:
            continue
        width = sheet.column_dimensions[get_column_letter(position + 1)].width
        lines = max(lines, text_lines(shown(row, BY_KEY[key], lang), width))
    # Wrapping at words and before closing marks takes more lines than the signs alone.
    spare = 1 if lines > 2 else 0
    sheet.row_dimensions[number].height = row_height(lines + spare)


def _number(sheet: Worksheet, known: ListSheet, old: Sequence[ListRow], added: int) -> None:
    """Number rows from 1 in the order in which they stand; rows by hand count, but stay as is."""
    if _NUMBER not in known.positions:
        return
    at = known.positions[_NUMBER] + 1
    rows = [(r.place.row or 0, "|" in r.key) for r in old]
    rows += [(known.last_row + n, True) for n in range(1, added + 1)]
    for number, (row, keyed) in enumerate(sorted(rows), 1):
        if keyed and sheet.cell(row, at).value != number:
            fill_cell(sheet.cell(row, at), number, "count", styled=False)


def _on(row: ListRow, sheet: ListSheet) -> bool:
    return row.place.sheet == sheet.name


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
