"""How large a grid the cells of a sheet need, before anything fills that grid.

A reader of workbooks makes room for every cell up to the last one with a value, so that one value
in the last row of the last column would need 17 thousand million cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})\d')
_PLAIN_DIGITS = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_PLAIN_FILLED = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>(?!</c>|<v></v></c>|<v\s?/></c>)'
)
_PREFIXED = re.compile(rb":c[\s/>]")
_OTHER_SHAPE = re.compile(rb"<c[>/\t\r\n]")
_TAG = re.compile(
    rb"<(?:[^\s<>:/\"']*:)?(row|c)((?:[\s/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)>", re.DOTALL
)
_ROW = re.compile(rb"""\sr\s*=\s*["']\s*(\d+)""")
_REF = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)(\d+)""")
_EMPTY = re.compile(rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v[^<>]*></(?:\w+:)?v>)?\s*</(?:\w+:)?c\s*>")


@dataclass(frozen=True, slots=True)
class Extent:
    """The grid a sheet needs: its last row and last column, counted from 1."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """Cells of the grid."""
        return self.rows * self.columns


def column_number(letters: bytes) -> int:
    """The number of a column by its letters, from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """The letters of a column by its number from 1."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def extent_of(data: bytes, enough: int) -> Extent:
    """The grid of a sheet's XML. At most `enough` cells: an upper bound; beyond: exact."""
    letters = set(_PLAIN_LETTERS.findall(data))
    digits = _PLAIN_DIGITS.findall(data)
    plain = len(digits) == data.count(b"<c ")
    if not plain or _PREFIXED.search(data) or _OTHER_SHAPE.search(data):
        return _walked(data)
    bound = Extent(
        max(map(int, set(digits)), default=0), max(map(column_number, letters), default=0)
    )
    if bound.cells <= enough:
        return bound
    rows = columns = 0
    known: dict[bytes, int] = {}
    for match in _PLAIN_FILLED.finditer(data):
        column, row = match.groups()
        if column not in known:
            known[column] = column_number(column)
            columns = max(columns, known[column])
        rows = max(rows, int(row))
    return Extent(rows, columns)


def _walked(data: bytes) -> Extent:
    rows = columns = 0
    for row, column, end, closed in cells_of(data):
        if closed or _EMPTY.match(data, end):
            continue
        rows, columns = max(rows, row), max(columns, column)
    return Extent(rows, columns)


def cells_of(data: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Row, column (from 1), end of the opening tag, closed at once; positions may be implied."""
    row = column = 0
    for match in _TAG.finditer(data):
        name, attributes = match.groups()
        if name == b"row":
            given = _ROW.search(attributes)
            row, column = int(given.group(1)[:12]) if given else row + 1, 0
            continue
        ref = _REF.search(attributes)
        if ref:
            at, column = int(ref.group(2)[:12]), column_number(ref.group(1)[:6])
            yield at, column, match.end(), attributes.endswith(b"/")
        else:
            column += 1
            yield row, column, match.end(), attributes.endswith(b"/")
