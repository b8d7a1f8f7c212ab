"""Cells of a workbook that hold no value: formula errors and formulas never calculated.

The reader of workbooks returns blanks for both, and a blank would pass for "not given".
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a value: an error text such as #REF!, or a formula without a result."""

    text: str
    calculated: bool


def find_cell_faults(path: Path) -> dict[str, dict[tuple[int, int], CellFault]]:
    """Faults by sheet name and (row, column) from 0.

    Raises BadZipFile, KeyError or SyntaxError (XML) for a damaged workbook.
    """
    found: dict[str, dict[tuple[int, int], CellFault]] = {}
    with zipfile.ZipFile(path) as archive:
        for name, part in _sheet_parts(archive):
            data = archive.read(part)
            if b't="e"' in data or _FORMULA.search(data):
                found[name] = _scan(data)
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id", ""): r.get("Target", "") for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    names = set(archive.namelist())
    parts = []
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_REL, ""), "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        if part in names:
            parts.append((sheet.get("name", ""), part))
    return parts


def _scan(data: bytes) -> dict[tuple[int, int], CellFault]:
    faults: dict[tuple[int, int], CellFault] = {}
    for match in _CELL.finditer(data):
        attributes, body = match.groups()
        is_error = b't="e"' in attributes
        formula = _FORMULA.search(body) is not None
        if not is_error and not formula:
            continue
        value = _VALUE.search(body)
        text = value.group(1).decode("utf-8", "replace") if value else ""
        # A formula whose result is an empty string is a blank cell, not a fault.
        if not is_error and (text or b't="str"' in attributes):
            continue
        place = _REF.search(attributes)
        if place is not None:
            faults[_position(place)] = CellFault(text or "=", is_error)
    return faults


def _position(place: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in place.group(1):
        column = column * 26 + letter - ord("A") + 1
    return int(place.group(2)) - 1, column - 1
