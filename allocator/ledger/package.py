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
from xml.etree import ElementTree

from allocator.findings import Place
from allocator.ledger.cell_faults import SheetFacts, is_outside, scan_sheet
from allocator.ledger.hostile import MAX_CELLS, inflated_parts, malformed, too_large
from allocator.ledger.sheet_extent import extent_of

MAX_TEXT = 100_000_000
"""Signs of all texts as cells: a text stored once may stand in a million cells."""
MAX_SHEETS, MAX_MERGED = 200, 200_000
"""Sheets and merged ranges: each costs a pass over what it covers."""

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
    index: dict[str, bytes] = {}
    facts: dict[str, SheetFacts] = {}
    budget = _Budget(place)
    names: tuple[str, ...] | None = None
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, data in inflated_parts(path, place):
            archive.writestr(zipfile.ZipInfo(name), data)
            if name in _INDEX:
                index[name] = data
            elif name.lower().endswith("sharedstrings.xml"):
                budget.keep_texts(data)
            budget.spend(name, data)
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                if names is None:
                    names = _outside_names(index)
                facts[name] = scan_sheet(data, names)
    written.seek(0)
    parts = _sheet_parts(index, place)
    return Package(written, {sheet: facts[part] for sheet, part in parts if part in facts})


_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_INDEX = (_BOOK, _LINKS)


class _Budget:
    """Cells and text that the reader of the workbook is going to need."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cells = MAX_CELLS
        self._text = MAX_TEXT
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
        """Count a part's grid and texts. Raises Refused where too little is left."""
        extent = extent_of(data, self._cells)
        self._cells -= extent.cells
        if self._cells < 0:
            raise too_large(
                Place(self._place.file, posixpath.basename(name), extent.rows),
                f"数据区过大：{extent.rows:,} 行 × {extent.columns:,} 列",
                f"the cells up to the last value are too many: {extent.rows:,} rows "
                f"× {extent.columns:,} columns",
                f"{extent.cells:,}", f"{MAX_CELLS:,}",
            )  # fmt: skip
        if data.count(b"mergeCell ") > MAX_MERGED:
            raise malformed(
                self._place, f"合并单元格超过 {MAX_MERGED:,} 处",
                f"it has more than {MAX_MERGED:,} merged ranges", posixpath.basename(name),
            )  # fmt: skip
        longest = self._longest
        if (
            not longest
            or data.count(b'"s"') * longest + data.count(b"'s'") * longest <= MAX_TEXT // MAX_SHEETS
        ):
            return
        for match in _TEXT_CELL.finditer(data):
            number = int(match.group(1))
            self._text -= self._lengths[number] if number < len(self._lengths) else 0
        if self._text < 0:
            raise too_large(
                Place(self._place.file, posixpath.basename(name)),
                "文本总量过大", "the texts of all cells are too long together",
                f"> {MAX_TEXT:,}", f"{MAX_TEXT:,}",
            )  # fmt: skip


def _sheet_parts(index: Mapping[str, bytes], place: Place) -> list[tuple[str, str]]:
    """Sheet names with their parts; a part belongs to one sheet."""
    relations = ElementTree.fromstring(index[_LINKS])
    targets = {r.get("Id", ""): r.get("Target", "") for r in relations}
    parts: list[tuple[str, str]] = []
    for element in ElementTree.fromstring(index[_BOOK]).iter():
        if _local(element.tag) != "sheet":
            continue
        key = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
        target = targets.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        parts.append((element.get("name", ""), posixpath.normpath(part)))
    if len(parts) > MAX_SHEETS:
        raise malformed(
            place, f"工作表超过 {MAX_SHEETS} 张", f"it has more than {MAX_SHEETS} sheets",
            str(len(parts)),
        )  # fmt: skip
    if len({part for _, part in parts}) < len(parts):
        raise malformed(place, "两张工作表共用一个部件", "two sheets are one part", "")
    return parts


def _outside_names(index: Mapping[str, bytes]) -> tuple[str, ...]:
    """Defined names that ask another workbook."""
    if b"definedName" not in index[_BOOK]:
        return ()
    return tuple(
        element.get("name", "")
        for element in ElementTree.fromstring(index[_BOOK]).iter()
        if _local(element.tag) == "definedName" and is_outside(element.text or "")
    )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
