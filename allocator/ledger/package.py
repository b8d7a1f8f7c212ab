"""A workbook taken apart under the limits of `hostile` and put together again for its reader."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocator.findings import Place
from allocator.ledger.cell_faults import SheetFacts, scan_sheet
from allocator.ledger.hostile import MAX_CELLS, inflated_parts, malformed, too_large
from allocator.ledger.package_index import Book, book_part, read_book
from allocator.ledger.sheet_extent import column_letters, extent_of

MAX_TEXT = 100_000_000
"""Bytes of all texts as cells, as many again uncounted: one text may stand in a million cells."""
MAX_MERGED = 200_000
"""Merged ranges: each costs a look at the rows it covers."""

_TEXT_END = re.compile(rb"</(?:[\w.-]+:)?si\s*>")
_TEXT_CELL = re.compile(rb"""\bt\s*=\s*["']s["'][^<>]*>\s*<(?:[\w.-]+:)?v[^<>]*>\s*(\d{1,9})\s*<""")


@dataclass(frozen=True, slots=True)
class Package:
    """The checked parts as one archive without packing, and what was seen in each sheet."""

    archive: io.BytesIO
    sheets: Mapping[str, SheetFacts]


def open_package(path: Path, place: Place) -> Package:
    """Take a workbook apart.

    Raises Refused; BadZipFile, zlib.error, KeyError, SyntaxError (XML) for a damaged one.
    """
    written = io.BytesIO()
    links: dict[str, bytes] = {}
    listing = ""
    book: Book | None = None
    facts: dict[str, SheetFacts] = {}
    budget = _Budget(place)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, data in inflated_parts(path, place):
            archive.writestr(zipfile.ZipInfo(name), data)
            key = name.lower()
            if not listing and not key.endswith((".rels", "[content_types].xml")):
                listing = book_part(links)
            if key.endswith(".rels"):
                links[key] = data
            elif key.endswith("sharedstrings.xml"):
                budget.keep_texts(data)
            elif key == listing:
                book = read_book(key, data, links, place)
            sheet = book.sheets.get(key) if book is not None else None
            budget.spend(sheet or posixpath.basename(name), data)
            if book is not None and key in book.sheets:
                facts[key] = scan_sheet(data, book.outside_names)
    if book is None:
        raise KeyError(listing)
    written.seek(0)
    return Package(written, {book.sheets[part]: found for part, found in facts.items()})


class _Budget:
    """Cells and text that the reader of the workbook is going to need."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cells = MAX_CELLS
        self._text = self._unread = MAX_TEXT
        self._lengths = array("L")
        self._longest = 0

    def keep_texts(self, data: bytes) -> None:
        """Note the length of every shared text."""
        start = 0
        for match in _TEXT_END.finditer(data):
            self._lengths.append(match.start() - start)
            start = match.end()
        self._longest = max(self._lengths, default=0)

    def spend(self, name: str, data: bytes) -> None:
        """Count the grid and texts of the part shown as `name`. Raises Refused if too large."""
        extent = extent_of(data, self._cells)
        self._cells -= extent.cells
        if self._cells < 0:
            raise too_large(
                Place(self._place.file, name, extent.rows, column_letters(extent.columns)),
                f"数据区过大：{extent.rows:,} 行 × {extent.columns:,} 列",
                f"the cells up to the last value are too many: {extent.rows:,} rows "
                f"× {extent.columns:,} columns",
                f"{extent.cells:,}", f"{MAX_CELLS:,}",
                (
                    "数据区下方或右侧可能误填了数值：按 Ctrl+End 找到末格，删除多余的行和列后保存",
                    "Maybe a value stands far below or beside the data: Ctrl+End finds the last "
                    "cell; delete the rows and columns there and save",
                ),
            )  # fmt: skip
        if data.count(b"mergeCell ") > MAX_MERGED:
            raise malformed(
                self._place, f"合并单元格超过 {MAX_MERGED:,} 处",
                f"it has more than {MAX_MERGED:,} merged ranges", name,
            )  # fmt: skip
        # Counting cells and taking the longest text for each is quick; reading them is exact.
        bound = self._longest and self._longest * (data.count(b'"s"') + data.count(b"'s'"))
        if bound <= self._unread:
            self._unread -= bound
            return
        for match in _TEXT_CELL.finditer(data):
            number = int(match.group(1))
            self._text -= self._lengths[number] if number < len(self._lengths) else 0
        if self._text < 0:
            raise too_large(
                Place(self._place.file, name),
                "文本总量过大", "the texts of all cells are too long together",
                f"> {MAX_TEXT:,}", f"{MAX_TEXT:,}",
            )  # fmt: skip
