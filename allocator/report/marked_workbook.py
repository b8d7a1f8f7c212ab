"""A copy of the planner's own workbook with the cells of every finding marked."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from allocator.audit.rule import Cell, Words
from allocator.audit.run import AuditFinding, AuditResult
from allocator.findings import Finding, InputError, Lang, Place
from allocator.ledger.columns import TABLES
from allocator.ledger.read import Places, Spot
from allocator.ledger.write import save_workbook, write_ledger_xlsx
from allocator.report.audit_list import LOCATION_AT
from allocator.report.audit_tables import SEVERITY
from allocator.report.audit_workbook import FINDINGS, add_findings, say
from allocator.report.lost_parts import lost_parts
from allocator.report.sheets import BORDERS, FILLS, clean, text_lines

Locate: TypeAlias = Callable[[Cell], Spot | None]

LONGEST_COMMENT = 900
"""Signs of a comment that a planner can still read beside its cell."""
_AUTHOR = "allocator"
_HEADING_ROWS = 60
_ORDER = ("error", "warning", "info")
_DAMAGE = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError,
    zipfile.BadZipFile, NotImplementedError,
)  # fmt: skip
"""What openpyxl raises on workbooks that other programs read without complaint."""


def mark_workbook(
    source: Path,
    result: AuditResult,
    path: Path,
    lang: Lang,
    places: Places,
    *,
    remedies: Mapping[str, Words] | None = None,
) -> tuple[Finding, ...]:
    """Write a marked copy of `source`, at once, and say what the copy could not keep.

    Raises InputError if the workbook cannot be copied or would be overwritten.
    """
    _refuse(source, path)
    book = _loaded(source, keep_macros=source.suffix.lower() == path.suffix.lower() == ".xlsm")

    def locate(cell: Cell) -> Spot | None:
        if cell.place is not None:
            return _by_heading(book, cell.place)
        return places.spot(cell.table, cell.row or 0, cell.column)

    lost = lost_parts(source, macros_kept=bool(book.vba_archive))
    _mark(book, result, locate, source.name, lang, remedies or {})
    save_workbook(book, path, keep_created=True)
    return lost


def mark_ledger(
    result: AuditResult, path: Path, lang: Lang, *, remedies: Mapping[str, Words] | None = None
) -> None:
    """The same for a ledger that is no workbook: its tables are written as one, then marked."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "ledger.xlsx"
        write_ledger_xlsx(result.case.ledger, plain, lang)
        book = _loaded(plain, keep_macros=False)
    columns = {
        (t.key, c.key): (t.sheet(lang), n) for t in TABLES for n, c in enumerate(t.columns, 1)
    }

    def locate(cell: Cell) -> Spot | None:
        found = columns.get((cell.table, cell.column))
        if found is None or cell.row is None or cell.place is not None:
            return None
        return Spot(path.name, found[0], cell.row + 2, found[1])

    _mark(book, result, locate, path.name, lang, remedies or {})
    save_workbook(book, path)


def _refuse(source: Path, path: Path) -> None:
    finding: Finding | None = None
    if path.exists() and path.samefile(source):
        finding = Finding(
            "output-is-input", "输出文件就是原工作簿", "the output is the workbook itself",
            Place(path.name), str(path), "", "请换一个文件名", "Maybe choose another name",
        )  # fmt: skip
    elif path.suffix.lower() == ".xlsm" != source.suffix.lower():
        finding = Finding(
            "wrong-ending", "原工作簿没有宏，副本应为 .xlsx",
            "the workbook has no macros, so its copy is an .xlsx file", Place(path.name),
            path.suffix, ".xlsx", "请改文件名", "Maybe change the name",
        )  # fmt: skip
    if finding is not None:
        raise InputError([finding])


def _loaded(source: Path, keep_macros: bool) -> Workbook:
    try:
        # What the library warns of is said by `lost_parts`, in the planner's words.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(source, rich_text=True, keep_vba=keep_macros)
    except _DAMAGE as error:
        finding = Finding(
            "workbook-not-copied", "无法复制这个工作簿", "the workbook cannot be copied",
            Place(source.name), f"{type(error).__name__}: {error}", ".xlsx",
            "请在表格软件中另存为 .xlsx，或用 -o 单独输出问题清单",
            "Maybe save it again as .xlsx, or write the findings alone with -o",
        )  # fmt: skip
        raise InputError([finding]) from None


def _mark(
    book: Workbook,
    result: AuditResult,
    locate: Locate,
    file: str,
    lang: Lang,
    remedies: Mapping[str, Words],
) -> None:
    _keep_comments_readable(book)
    at: dict[tuple[str, str], dict[int, AuditFinding]] = defaultdict(dict)
    first: dict[int, tuple[str, str]] = {}
    for number, found in enumerate(result.findings):
        for cell in found.judgement.cells:
            spot = locate(cell) if cell.row is not None or cell.place is not None else None
            if spot is None or spot.file != file or spot.sheet not in book.sheetnames:
                continue
            target = _anchor(book[spot.sheet], spot.row, spot.column)
            place = (spot.sheet, target.coordinate)
            first.setdefault(number, place)
            at[place][number] = found
    for (sheet, coordinate), found_here in at.items():
        _mark_cell(book[sheet][coordinate], tuple(found_here.values()), lang, remedies)
    listed = add_findings(book, FINDINGS, result, result.findings, lang, remedies)
    for number, (sheet, coordinate) in first.items():
        _link(listed.cell(number + 2, LOCATION_AT + 1), sheet, coordinate)


def _anchor(sheet: Worksheet, row: int, column: int) -> Any:
    """The cell, or the first one of the merged range it lies in."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        inside = (r for r in sheet.merged_cells.ranges if cell.coordinate in r)
        merged = next(inside)
        return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _mark_cell(
    cell: Any, found: Sequence[AuditFinding], lang: Lang, remedies: Mapping[str, Words]
) -> None:
    worst = min((f.severity for f in found), key=_ORDER.index)
    cell.fill = FILLS[worst]
    cell.border = BORDERS[worst]
    text = comment_text(found, lang, remedies)
    if cell.comment is not None:
        before = say(Words("原批注", "comment before"), lang)
        text = f"{text}\n--- {before} ---\n{cell.comment.text}"
    cell.comment = _fitted(Comment(text, _AUTHOR))


def _fitted(comment: Comment) -> Comment:
    """The comment in a box that shows its text."""
    comment.width = 340
    lines = sum(text_lines(line, 50) for line in comment.text.split("\n"))
    comment.height = min(420, 24 + 18 * lines)
    return comment


def _keep_comments_readable(book: Workbook) -> None:
    """The library forgets how large the boxes of comments were drawn."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None:
                    _fitted(cell.comment)


def comment_text(found: Sequence[AuditFinding], lang: Lang, remedies: Mapping[str, Words]) -> str:
    """The findings of one cell, worst first, as many as a comment can hold."""
    ordered = sorted(found, key=lambda f: _ORDER.index(f.severity))
    parts: list[str] = []
    for number, finding in enumerate(ordered):
        advice = remedies.get(finding.key, finding.rule.advice)
        said = finding.as_finding()
        sentence = said.zh if lang == "zh" else said.en
        mark = say(Words("【{0}】", "[{0}]"), lang).format(
            getattr(SEVERITY[finding.severity], lang)
        )
        hint = say(Words("建议：", "Advice: "), lang)
        part = clean(f"{mark} {sentence}\n{hint}{say(advice, lang)}")
        if parts and sum(map(len, parts)) + len(part) > LONGEST_COMMENT:
            rest = len(ordered) - number
            more = Words(f"另有 {rest} 项，见问题清单", f"{rest} more, see the list of findings")
            parts.append(say(more, lang))
            break
        parts.append(part if len(part) <= LONGEST_COMMENT else part[: LONGEST_COMMENT - 1] + "…")
    return "\n".join(parts)


def _link(cell: Any, sheet: str, coordinate: str) -> None:
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{coordinate}")
    cell.font = Font(color="FF0563C1", underline="single")


def _by_heading(book: Workbook, place: Place) -> Spot | None:
    """The cell of a row that was left out of its table, found by the heading of its column."""
    if place.row is None or place.sheet not in book.sheetnames:
        return None
    sheet = book[place.sheet]
    for row in sheet.iter_rows(max_row=min(place.row - 1, _HEADING_ROWS)):
        for cell in row:
            if cell.value is not None and " ".join(str(cell.value).split()) == place.column:
                return Spot(place.file, place.sheet, place.row, cell.column or 1)
    return Spot(place.file, place.sheet, place.row, 1)
