"""Ledgers as plain sheets of cells, to be broken on purpose and written without the writers."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook

from allocator.domain import Ledger
from allocator.ledger.columns import TABLES
from allocator.ledger.write import write_ledger_csv

Book: TypeAlias = dict[str, list[list[Any]]]


def book_of(ledger: Ledger) -> Book:
    """The cells of a ledger by sheet; the first row holds English headings."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_ledger_csv(ledger, folder)
        book: Book = {}
        for table in TABLES:
            with (folder / f"{table.key}.csv").open(encoding="utf-8-sig", newline="") as file:
                book[table.key] = [list(row) for row in csv.reader(file)]
        return book


def write_csv(book: Book, folder: Path, encoding: str = "utf-8") -> None:
    """Write the cells as they are, one file per sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet, rows in book.items():
        with (folder / f"{sheet}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)


def write_xlsx(
    book: Book, path: Path, formulas: bool = False, merge: tuple[str, str] | None = None
) -> None:
    """Write the cells as they are; texts with = or # become formulas and errors on request."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in book.items():
        sheet = workbook.create_sheet(name)
        for row_number, row in enumerate(rows, 1):
            for column_number, value in enumerate(row, 1):
                if value == "":
                    continue
                unescaped = value[1:] if isinstance(value, str) and value[0] == "'" else value
                cell = sheet.cell(row_number, column_number, unescaped)
                if isinstance(value, str) and not (formulas and value[0] in "=#"):
                    cell.data_type = "s"
        if merge and merge[0] == name:
            sheet.merge_cells(merge[1])
    workbook.save(path)
