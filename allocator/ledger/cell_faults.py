"""Cells of a sheet whose value cannot be relied on: errors, uncalculated and outside formulas.

A reader of workbooks returns blanks for the first two, and a blank would pass for "not given". A
formula that asks another workbook or program has a value of some other day and place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from allocator.ledger.sheet_extent import cells_of, column_number

FaultKind: TypeAlias = Literal["error", "not_calculated", "outside"]
Position: TypeAlias = tuple[int, int]

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?=[\s/>])([^<>]*)>")
_ANY_FORMULA = (re.compile(rb"<f[\s/>]"), re.compile(rb":f[\s/>]"))
_ANY_ERROR = (re.compile(rb"=\s*\"e\""), re.compile(rb"=\s*'e'"))
_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^<]*)>[^<>]*")
_ERROR = re.compile(rb"<(?:[\w.-]+:)?c\s([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v|t)(?:\s[^<>]*)?>([^<]+)<")
_END = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_REF = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_RANGE = re.compile(rb"""\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_SHARED = re.compile(rb"""\bsi\s*=\s*["'](\d+)["']""")
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_STEPS_BACK = 6
_LONGEST_CELL = 400_000
"""Bytes from a formula to the end of its cell: 8,192 signs of formula and 32,767 of value."""
_LARGEST_ARRAY = 100_000
_SHOWN = 80

_TEXTS = re.compile(r'"(?:[^"]|"")*"')
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"[\w.?\\]+")
_OUTSIDE = re.compile(
    r"(?<![\w\].\[])\[\d+\][^\[\]'+\-*/^&=<>(),;{}\s]*!"
    r"|\[[^\[\]]+\.(?:xl\w{1,3}|ods|csv)\]"
    r"|\w\|[^\[\](),]*!"
    r"|\b(?:WEBSERVICE|RTD)\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a reliable value: an error such as #REF!, or the formula that is at fault."""

    text: str
    kind: FaultKind


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Faults by (row, column) from 0, and how many other formulas the sheet has."""

    faults: Mapping[Position, CellFault] = field(default_factory=dict)
    formulas: int = 0


def is_outside(formula: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a formula asks another workbook, a DDE server or the network.

    `names`: defined names that do, case folded.
    """
    plain = _TEXTS.sub("", formula)
    if any("[" in quoted for quoted in _QUOTED.findall(plain)):
        return True
    plain = _QUOTED.sub("''", plain)
    if _OUTSIDE.search(plain):
        return True
    return bool(names) and not names.isdisjoint(w.casefold() for w in _NAME.findall(plain))


@dataclass(frozen=True, slots=True)
class _Formula:
    """One formula: its cell's opening tag, its own attributes, its text, and its value if any."""

    at: int
    cell: bytes
    attributes: bytes
    text: str
    value: bytes | None


def scan_sheet(data: bytes, outside_names: frozenset[str] = frozenset()) -> SheetFacts:
    """Faults and formulas in a sheet's XML."""
    faults: dict[Position, CellFault] = {}
    places = _Places(data)
    formulas = 0
    if any(mark.search(data) for mark in _ANY_FORMULA):
        formulas = _scan_formulas(data, outside_names, places, faults)
    if any(mark.search(data) for mark in _ANY_ERROR):
        for match in _ERROR.finditer(data):
            stop = _END.search(data, match.end(), match.end() + _LONGEST_CELL)
            value = _VALUE.search(data, match.end(), stop.start() if stop else match.end())
            text = value.group(1).decode("utf-8", "replace") if value else "#"
            faults[places.of(match.start(), match.group(1))] = CellFault(text, "error")
    return SheetFacts(faults, formulas)


def _scan_formulas(
    data: bytes, names: frozenset[str], places: _Places, faults: dict[Position, CellFault]
) -> int:
    found = list(_formulas(data))
    shared = {si.group(1): f.text for f in found if f.text and (si := _SHARED.search(f.attributes))}
    sound = 0
    for formula in found:
        si = _SHARED.search(formula.attributes)
        text = formula.text or (shared.get(si.group(1), "") if si else "")
        position = places.of(formula.at, formula.cell)
        fault = CellFault(f"={text}"[:_SHOWN], "outside")
        if is_outside(text, names):
            faults[position] = fault
            for other in _array(formula.attributes):
                faults[other] = fault
        elif formula.value is None and not _IS_TEXT.search(formula.cell):
            # A formula whose result is an empty string is a blank cell, not a fault.
            faults.setdefault(position, CellFault("=", "not_calculated"))
        else:
            sound += 1
    return sound


def _formulas(data: bytes) -> Iterable[_Formula]:
    for match in _FORMULA.finditer(data):
        cell = _cell_before(data, match.start())
        if cell is None:
            continue
        attributes = match.group(1)
        text = ""
        if not attributes.endswith(b"/"):
            end = data.find(b"<", match.end())
            text = html.unescape(data[match.end() : end].decode("utf-8", "replace"))
            if data.startswith(b"<!", end):
                # No program writes a formula as CDATA: what it asks is not looked into.
                text = "[1]!CDATA"
        stop = _END.search(data, match.end(), match.end() + _LONGEST_CELL)
        value = _VALUE.search(data, match.end(), stop.start() if stop else match.end())
        yield _Formula(
            cell.start(), cell.group(1), attributes, text, value.group(1) if value else None
        )


def _cell_before(data: bytes, at: int) -> re.Match[bytes] | None:
    """The opening tag of the cell that holds what begins at `at`; formulas elsewhere have none."""
    start = at
    for _ in range(_STEPS_BACK):
        start = data.rfind(b"<", 0, start)
        if start < 0:
            return None
        if match := _CELL.match(data, start, at):
            return None if match.group(1).endswith(b"/") else match
    return None


def _array(attributes: bytes) -> list[Position]:
    """The cells that an array formula fills."""
    match = _RANGE.search(attributes)
    if match is None or b"array" not in attributes:
        return []
    left, top, right, bottom = match.groups()
    rows = range(int(top) - 1, int(bottom))
    columns = range(column_number(left) - 1, column_number(right))
    if len(rows) * len(columns) > _LARGEST_ARRAY:
        return []
    return [(r, c) for r in rows for c in columns]


class _Places:
    """The position of a cell by its opening tag; counted from the start where it is implied."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._implied: dict[int, Position] | None = None

    def of(self, at: int, attributes: bytes) -> Position:
        """Row and column from 0."""
        ref = _REF.search(attributes)
        if ref:
            return int(ref.group(2)) - 1, column_number(ref.group(1)) - 1
        if self._implied is None:
            self._implied = {
                self._data.rfind(b"<", 0, end): (row - 1, column - 1)
                for row, column, end, _ in cells_of(self._data)
            }
        return self._implied.get(at, (0, 0))
