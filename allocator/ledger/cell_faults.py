"""Cells of a sheet whose value cannot be relied on: errors, uncalculated and outside formulas.

A reader of workbooks returns blanks for the first two, and a blank would pass for "not given". A
formula that asks another workbook or program has a value of some other day and place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from allocator.ledger.sheet_extent import cells_of, column_number

FaultKind: TypeAlias = Literal["error", "not_calculated", "outside"]
Position: TypeAlias = tuple[int, int]

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?=[\s/>])([^<>]*)>")
_ANY_FORMULA = (re.compile(rb"<f[\s/>]"), re.compile(rb":f[\s/>]"))
_ANY_ERROR = (re.compile(rb"=\s*\"e\""), re.compile(rb"=\s*'e'"))
_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^<]*)>[^<>]*")
_ERROR = re.compile(rb"<(?:[\w.-]+:)?c\s([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?(?:v|t)(?:\s[^<>]*)?>([^<]+)<")
_NEXT = re.compile(rb"<(/?)(?:[\w.-]+:)?c(?=[\s/>])")
_REF = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_RANGE = re.compile(rb"""\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_SHARED = re.compile(rb"""\bsi\s*=\s*["'](\d+)["']""")
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_STEPS_BACK = 6
_LONGEST_FORMULA = 40_000
"""Bytes of a formula, which may have 8,192 signs; what a longer one asks is not looked into."""
_UNREAD = "[1]!?"
_SHOWN = 80

_TEXTS = re.compile(r'"(?:[^"]|"")*"')
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"[\w.?\\]+")
_OUTSIDE = re.compile(
    r"(?<![\w\].\[])\[\d+\][^\[\]'+\-*/^&=<>(),;{}\s]*!"
    r"|\[[^\[\]]+\.(?:xl\w{1,3}|ods|csv)\]"
    r"|\w\|[^\[\](),|]{0,300}!"
    r"|\b(?:WEBSERVICE|RTD)\(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell without a reliable value: an error such as #REF!, or the formula that is at fault."""

    text: str
    kind: FaultKind


class Area(NamedTuple):
    """A range of cells; rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Faults by (row, column) from 0, and how many other formulas the sheet has.

    `arrays`: ranges whose filled cells are all the result of one formula at fault.
    """

    faults: Mapping[Position, CellFault] = field(default_factory=dict)
    formulas: int = 0
    arrays: tuple[tuple[Area, CellFault], ...] = ()


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
    """Faults and formulas in a sheet's XML. Raises ValueError for cells that are not closed."""
    faults: dict[Position, CellFault] = {}
    arrays: list[tuple[Area, CellFault]] = []
    places = _Places(data)
    sound = 0
    for formula in _formulas(data) if any(m.search(data) for m in _ANY_FORMULA) else ():
        position = places.of(formula.at, formula.cell)
        fault = CellFault(f"={formula.text}"[:_SHOWN], "outside")
        if is_outside(formula.text, outside_names):
            faults[position] = fault
            if area := _array(formula.attributes):
                arrays.append((area, fault))
        elif formula.value is None and not _IS_TEXT.search(formula.cell):
            # A formula whose result is an empty string is a blank cell, not a fault.
            faults[position] = CellFault("=", "not_calculated")
        else:
            sound += 1
    for match in _ERROR.finditer(data) if any(m.search(data) for m in _ANY_ERROR) else ():
        if not match.group(1).endswith(b"/"):
            value = _VALUE.search(data, match.end(), _end_of_cell(data, match.end()))
            text = value.group(1).decode("utf-8", "replace") if value else "#"
            faults[places.of(match.start(), match.group(1))] = CellFault(text, "error")
    return SheetFacts(faults, sound, tuple(arrays))


def _formulas(data: bytes) -> Iterator[_Formula]:
    shared: dict[bytes, str] = {}
    for match in _FORMULA.finditer(data):
        cell = _cell_before(data, match.start())
        if cell is None:
            continue
        attributes = match.group(1)
        text = "" if attributes.endswith(b"/") else _text(data, match.end())
        if si := _SHARED.search(attributes):
            # The first of the cells that share a formula holds its text.
            text = shared.setdefault(si.group(1), text) if text else shared.get(si.group(1), "")
        value = _VALUE.search(data, match.end(), _end_of_cell(data, match.end()))
        found = value.group(1) if value else None
        yield _Formula(cell.start(), cell.group(1), attributes, text, found)


def _text(data: bytes, start: int) -> str:
    end = data.find(b"<", start)
    if data.startswith(b"<!", end) or end - start > _LONGEST_FORMULA:
        # No program writes a formula as CDATA or longer than that.
        return _UNREAD
    return html.unescape(data[start:end].decode("utf-8", "replace"))


def _end_of_cell(data: bytes, start: int) -> int:
    tag = _NEXT.search(data, start)
    if tag is None or not tag.group(1):
        raise ValueError("a cell is not closed")
    return tag.start()


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


def _array(attributes: bytes) -> Area | None:
    """The cells that an array formula fills."""
    match = _RANGE.search(attributes)
    if match is None or b"array" not in attributes:
        return None
    left, top, right, bottom = match.groups()
    return Area(int(top) - 1, column_number(left) - 1, int(bottom) - 1, column_number(right) - 1)


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
