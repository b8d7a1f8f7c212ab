"""Ledgers into CSV folders and workbooks that read back as the same ledger."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from allocator.domain import Ledger
from allocator.findings import Lang
from allocator.ledger.column_types import LIST_SEPARATORS, Column, Table
from allocator.ledger.columns import TABLES
from allocator.ledger.sources import escape

_JOIN = LIST_SEPARATORS[0]
_NO_TIME = datetime(1980, 1, 1)
_MODIFIED = re.compile(rb"[0-9T:-]+Z<(?=/dcterms:modified>)")


def write_ledger_csv(ledger: Ledger, folder: Path) -> None:
    """Write every table as `<key>.csv`, UTF-8 with BOM, English headings, areas with 2 places.

    The files are replaced one by one, each at once; other files of the folder stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        rows = [[c.key for c in table.columns]]
        rows += [
            [_csv_cell(column, value) for column, value in row] for row in table_rows(ledger, table)
        ]

        def fill(part: Path, rows: list[list[str]] = rows) -> None:
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file, lineterminator="\r\n").writerows(rows)

        write_at_once(folder / f"{table.key}.csv", fill)


def write_ledger_xlsx(ledger: Ledger, path: Path, lang: Lang = "zh") -> None:
    """Write one workbook with headings, sheet names and choices in one language, at once."""
    book = Workbook(write_only=True)
    for table in TABLES:
        sheet = book.create_sheet(table.sheet(lang))
        sheet.freeze_panes = "A2"
        sheet.append([c.heading(lang) for c in table.columns])
        for row in table_rows(ledger, table):
            sheet.append([_xlsx_cell(sheet, column, value, lang) for column, value in row])
    save_workbook(book, path)


def save_workbook(book: Workbook, path: Path, keep_created: bool = False) -> None:
    """Save at once, and the same workbook as the same bytes: no time of writing is kept."""
    if not keep_created:
        book.properties.created = _NO_TIME
    written = io.BytesIO()
    book.save(written)

    def fill(part: Path) -> None:
        with zipfile.ZipFile(written) as old, zipfile.ZipFile(part, "w") as new:
            for item in old.infolist():
                data = old.read(item)
                if item.filename == "docProps/core.xml":
                    data = _MODIFIED.sub(_NO_TIME.isoformat().encode() + b"Z<", data)
                fixed = zipfile.ZipInfo(item.filename, _NO_TIME.timetuple()[:6])
                new.writestr(fixed, data, zipfile.ZIP_DEFLATED)

    write_at_once(path, fill)


def write_at_once(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a temporary file beside `path`, then rename it: readers see old or new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        fill(part)
        if path.exists():
            shutil.copymode(path, part)
        else:
            # mkstemp makes the file private; a ledger is as readable as any other new file.
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def table_rows(ledger: Ledger, table: Table) -> Iterator[list[tuple[Column, Any]]]:
    """The rows of a table of a ledger as (column, domain value)."""
    rooms = {r.code for r in ledger.rooms}
    for item in getattr(ledger, table.key):
        row = [(column, getattr(item, column.attribute)) for column in table.columns]
        if table.key == "refits":
            kept = "room" if item.place in rooms else "floor"
            row = [(c, None if c.field == "place" and c.key != kept else v) for c, v in row]
        elif table.key == "relations":
            row = [(c, None if c.key == "weight" and item.kind != "near" else v) for c, v in row]
        yield row


def _decimal_text(value: Fraction) -> str:
    """An exact decimal, or p/q where there is none."""
    rest = value.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 12:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def _csv_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "area":
        return f"{value // 100}.{value % 100:02d}"
    if column.kind in ("ratio", "decimal"):
        return _decimal_text(value)
    if column.kind == "flag":
        return "yes" if value else "no"
    if column.kind == "date":
        return str(value.isoformat())
    if column.kind in ("count", "integer", "level", "money"):
        return str(value)
    return escape(_JOIN.join(value) if isinstance(value, tuple) else value)


def _xlsx_cell(sheet: Any, column: Column, value: Any, lang: Lang) -> Any:
    if value is None or value == "" or value == ():
        return None
    if column.kind == "area":
        cell = WriteOnlyCell(sheet, value / 100)
        cell.number_format = "0.00"
        return cell
    if column.kind in ("count", "integer", "level", "money"):
        return value
    if column.kind == "date" and value >= date(1900, 3, 1):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, _xlsx_text(column, value, lang))
    # Text is stored as text: a cell that begins with = is never a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _xlsx_text(column: Column, value: Any, lang: Lang) -> str:
    words = {c.key: c.zh if lang == "zh" else c.key for c in column.choices}
    if column.kind == "flag":
        return words["yes" if value else "no"]
    if column.kind in ("choice", "choices"):
        entries = (value,) if isinstance(value, str) else value
        return _JOIN.join(words[e] for e in entries)
    if column.kind == "date":
        return str(value.isoformat())
    if column.kind in ("ratio", "decimal"):
        return _decimal_text(value)
    return _JOIN.join(value) if isinstance(value, tuple) else str(value)
