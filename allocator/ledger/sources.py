"""Files into raw tables: one workbook, or one folder of CSV, with every cell's place kept."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from allocator.findings import Finding, InputError, Place
from allocator.ledger.cell_faults import CellFault, SheetFacts
from allocator.ledger.file_kinds import EMPTY, TEXT, UNKNOWN, UTF16, XLSX, FileKind, kind_of
from allocator.ledger.hostile import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_LINE,
    Refused,
    check_file,
    check_kind,
    damaged,
    too_large,
)
from allocator.ledger.package import open_package

Cell: TypeAlias = str | float | int | bool | date | datetime | time | timedelta | CellFault

_DAMAGE = (
    CalamineError, zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError,
    SyntaxError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the two readers of workbooks raise on damaged bytes, found by damaging them at random."""

WORKBOOKS = XLSX.suffixes
ENCODINGS = ("utf-8-sig", "gb18030")
ESCAPED = "=+-@'"
"""In CSV a text that begins with one of these is written with an apostrophe before it."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """One sheet or CSV file; `rows[i]` is row i + 1.

    `merged`: top, left, bottom, right of each merged range, from 0. `formulas`: how many of the
    values were calculated.
    """

    file: str
    sheet: str
    rows: list[list[Cell]]
    encoding: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """What a path holds, and what could not be read."""

    path: Path
    tables: list[RawTable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def csv_files(folder: Path) -> list[Path]:
    """The CSV files of a folder in the order of their names; hidden ones left out."""
    return sorted(
        (f for f in folder.iterdir() if f.suffix.lower() == ".csv" and f.name[0] not in ".~"),
        key=lambda f: f.name,
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder over the sorted names and bytes of its CSV files."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in csv_files(path):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def read_source(path: Path) -> Source:
    """Read a workbook or a folder of CSV; nothing is raised, all faults are findings."""
    if path.is_dir():
        return _read_folder(path)
    source = Source(path)
    place = Place(path.name)
    if not path.exists():
        source.findings.append(_missing(path, place))
    else:
        _read_workbook(path, place, source)
    return source


def read_any(path: Path) -> Source:
    """Like `read_source`, and a single CSV file is a source as well."""
    if path.suffix.lower() != ".csv" or path.is_dir() or not path.exists():
        return read_source(path)
    source = Source(path)
    place = Place(path.name, path.stem)
    try:
        source.tables.append(_read_csv(path, place, MAX_CELLS))
    except Refused as refused:
        source.findings.append(refused.finding)
    except OSError as error:
        source.findings.append(_unreadable(place, error))
    return source


def csv_lines(path: Path) -> list[list[str]]:
    """The rows of one CSV file. Raises InputError if it cannot be read."""
    if not path.is_file():
        raise InputError([_missing_csv(path)])
    source = read_any(path)
    if source.findings:
        raise InputError(source.findings)
    return [[str(cell) for cell in row] for row in source.tables[0].rows]


def _missing_csv(path: Path) -> Finding:
    return Finding(
        "missing-file", "文件不存在或无法打开", "the file does not exist or cannot be opened",
        Place(path.name), str(path), ".csv", "请检查路径与文件名",
        "Maybe the path or the name is misspelt",
    )  # fmt: skip


def _missing(path: Path, place: Place) -> Finding:
    return Finding(
        "missing-file", "找不到台账文件", "the ledger file does not exist", place, str(path),
        ".xlsx / CSV 文件夹 folder", "请检查路径与文件名", "Maybe the path or the name is misspelt",
    )  # fmt: skip


def _single_csv(path: Path, place: Place) -> Finding:
    return Finding(
        "single-csv", "单个 CSV 不能作为台账", "a single CSV file is not a ledger", place,
        path.name,
        ".xlsx / CSV 文件夹 folder", "请给出存放全部 CSV 的文件夹",
        "Maybe give the folder that holds all CSV files",
    )  # fmt: skip


def _read_workbook(path: Path, place: Place, source: Source) -> None:
    try:
        check_file(path, place)
        if path.suffix.lower() == ".csv" and kind_of(path).suffixes == TEXT.suffixes:
            raise Refused(_single_csv(path, place))
        check_kind(path, place)
        package = open_package(path, place)
        book = CalamineWorkbook.from_filelike(package.archive)
        package.archive.close()
        for name in book.sheet_names:
            if _is_grid(book, name):
                facts = package.sheets.get(name, SheetFacts())
                source.tables.append(_raw_table(book, name, facts, place.file))
    except Refused as refused:
        source.findings.append(refused.finding)
    except _DAMAGE as error:
        source.findings.append(damaged(place, f"{type(error).__name__}: {error}"))


def _raw_table(book: CalamineWorkbook, name: str, facts: SheetFacts, file: str) -> RawTable:
    sheet = book.get_sheet_by_name(name)
    rows: list[list[Cell]] = [list(r) for r in sheet.to_python(skip_empty_area=False)]
    _mark_arrays(rows, facts)
    for (row, column), fault in sorted(facts.faults.items()):
        _put(rows, row, column, fault)
    ranges = sheet.merged_cell_ranges or []
    merged = tuple(sorted((a[0], a[1], b[0], b[1]) for a, b in ranges))
    return RawTable(file, name, rows, merged=merged, formulas=facts.formulas)


def _mark_arrays(rows: list[list[Cell]], facts: SheetFacts) -> None:
    """Array formulas fill cells that do not say so themselves."""
    left = MAX_CELLS
    for area, fault in facts.arrays:
        for row in rows[area.top : area.bottom + 1]:
            filled = range(area.left, min(area.right + 1, len(row)))
            left -= len(filled)
            for column in filled:
                if row[column] != "":
                    row[column] = fault
        if left < 0:
            raise ValueError("array formulas cover each other")


def _is_grid(book: CalamineWorkbook, name: str) -> bool:
    kinds = {meta.name: str(meta.typ) for meta in book.sheets_metadata}
    return kinds.get(name, "").endswith("WorkSheet")


def _put(rows: list[list[Cell]], row: int, column: int, fault: CellFault) -> None:
    while len(rows) <= row:
        rows.append([])
    line = rows[row]
    line.extend([""] * (column + 1 - len(line)))
    line[column] = fault


def _read_folder(folder: Path) -> Source:
    source = Source(folder)
    files = csv_files(folder)
    if not files:
        source.findings.append(
            Finding(
                "missing-file", "文件夹中没有 CSV 文件", "the folder holds no CSV file",
                Place(folder.name), "", "sites.csv, buildings.csv ...",
                "请检查路径", "Maybe the path is wrong",
            )
        )  # fmt: skip
    cells = MAX_CELLS
    for file in files:
        try:
            table = _read_csv(file, Place(f"{folder.name}/{file.name}", file.stem), cells)
        except Refused as refused:
            source.findings.append(refused.finding)
        except OSError as error:
            place = Place(f"{folder.name}/{file.name}", file.stem)
            source.findings.append(_unreadable(place, error))
        else:
            cells -= sum(max(1, len(row)) for row in table.rows)
            source.tables.append(table)
    return source


def _unreadable(place: Place, error: OSError) -> Finding:
    return Finding(
        "unreadable-file", "文件无法打开", "the file cannot be opened", place,
        error.strerror or type(error).__name__, "CSV", "请检查文件是否存在及读取权限",
        "Maybe it was moved, or reading is not permitted",
    )  # fmt: skip


def _read_csv(file: Path, place: Place, cells: int) -> RawTable:
    """Read one file of at most `cells` cells. Raises Refused."""
    check_file(file, place)
    kind = kind_of(file)
    if kind not in (TEXT, EMPTY, UTF16, UNKNOWN):
        raise Refused(
            Finding(
                "not-csv", f"文件名以 .csv 结尾，内容实为{kind.zh}",
                f"the name ends in .csv but the content is {kind.en}", place, file.suffix, "CSV",
                "请另存为“CSV UTF-8”", "Maybe save it as 'CSV UTF-8'",
            )
        )  # fmt: skip
    data = file.read_bytes()
    if kind == UTF16 or b"\0" in data:
        raise Refused(_not_text(place, kind))
    # Lines may end in \r alone; a search by pattern would take quadratic time on long lines.
    if max(map(len, io.BytesIO(data.replace(b"\r", b"\n"))), default=0) > MAX_LINE + 1:
        raise too_large(
            place, "有一行过长", "one line is too long", f"> {MAX_LINE:,}", f"{MAX_LINE:,}"
        )
    decoded = _decode(data)
    if decoded is None:
        raise Refused(
            Finding(
                "csv-encoding", "编码既不是 UTF-8 也不是 GB18030",
                "the encoding is neither UTF-8 nor GB18030", place, "",
                "UTF-8 / GB18030", "请另存为“CSV UTF-8”", "Maybe save it as 'CSV UTF-8'",
            )
        )  # fmt: skip
    text, encoding = decoded
    try:
        rows = _csv_rows(text, place, cells)
    except csv.Error as error:
        raise Refused(
            Finding(
                "csv-syntax", "CSV 格式错误（引号不配对？）", "the CSV text is malformed",
                place, str(error), "CSV", "请检查引号是否配对",
                "Maybe a quotation mark is not closed",
            )
        ) from None  # fmt: skip
    first = next((row for row in rows if row), [])
    if len(first) == 1 and len(re.split("[;\t|]", str(first[0]))) > 2:
        raise Refused(
            Finding(
                "csv-separator", "CSV 不是用逗号分隔", "the cells are not separated by commas",
                Place(place.file, place.sheet, 1), str(first[0]), ",",
                "请另存为逗号分隔的 CSV", "Maybe save it with commas between the cells",
            )
        )  # fmt: skip
    return RawTable(place.file, file.stem, rows, encoding)


def _not_text(place: Place, kind: FileKind) -> Finding:
    zh, en = ("含有 NUL 字节，不是文本", "it holds NUL bytes, so it is no text")
    if kind == UTF16:
        zh, en = ("编码为 UTF-16", "the encoding is UTF-16")
    return Finding(
        "csv-encoding", zh, en, place, "", "UTF-8 / GB18030", "请另存为“CSV UTF-8”",
        "Maybe save it as 'CSV UTF-8'",
    )  # fmt: skip


def _decode(data: bytes) -> tuple[str, str] | None:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _csv_rows(text: str, place: Place, cells: int) -> list[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[Cell]] = []
    for row in reader:
        if len(row) > MAX_COLUMNS:
            raise too_large(
                Place(place.file, place.sheet, len(rows) + 1), "列数过多", "too many columns",
                f"{len(row):,}", f"{MAX_COLUMNS:,}",
            )  # fmt: skip
        cells -= max(1, len(row))
        if cells < 0:
            raise too_large(
                place, "单元格过多", "too many cells", f"> {MAX_CELLS:,}", f"{MAX_CELLS:,}"
            )
        rows.append([unescape(cell) if cell[:1] == "'" else cell for cell in row])
    return rows


def unescape(cell: str) -> str:
    """A CSV cell without the apostrophe that marks it as text."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in ESCAPED else cell


def escape(text: str) -> str:
    """A CSV cell that no spreadsheet program takes for a formula."""
    return f"'{text}" if text[:1] in tuple(ESCAPED) else text
