"""Tables of the ledger filled from flat sheets, each row with the place it was typed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.findings import Place
from allocator.ledger.asides import plain
from allocator.ledger.cells import shown
from allocator.ledger.column_types import LIST_SEPARATORS, Table
from allocator.ledger.columns import TABLES, table
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.raw import Parsed
from allocator.ledger.sources import Cell

_SEPARATORS = re.compile(f"[{LIST_SEPARATORS}*]")


def code_of(name: str) -> str:
    """A code from a name: without width and white space, separators of lists replaced."""
    return _SEPARATORS.sub("-", re.sub(r"\s+", "", unwidened(name)))


def unwidened(text: str) -> str:
    """A text with full-width digits, letters and brackets made plain."""
    return unicodedata.normalize("NFKC", text).strip()


def same(a: str, b: str) -> bool:
    """Whether two names differ in width, case and white space only."""
    return plain(a) == plain(b)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the columns of a table stand on one sheet, by the key of the ledger's column."""

    sheet: FlatSheet
    positions: Mapping[str, int]
    headings: Mapping[str, str]


def source_of(
    sheet: FlatSheet, columns: Mapping[str, str], places: Mapping[str, tuple[int, str]] = {}
) -> Source:
    """`columns`: key of the ledger -> key of the flat table; `places`: key -> its column."""
    heads = sheet.heads
    found = {k: f for k, f in columns.items() if f in heads.positions}
    positions = {k: heads.positions[f] for k, f in found.items()}
    headings = {k: heads.headings[f] for k, f in found.items()}
    positions.update({key: place[0] for key, place in places.items()})
    headings.update({key: place[1] for key, place in places.items()})
    return Source(sheet, positions, headings)


class FoundRow(list[Cell]):
    """The cells of a row that was typed, with the sheet and the columns it is read by."""

    def __init__(self, row: FlatRow, source: Source) -> None:
        super().__init__(row.cells)
        self.source = source


@dataclass(slots=True)
class FlatParsed(Parsed):
    """A table whose rows may come from several sheets; each row of `raw` knows its place."""

    def place(self, index: int | None, key: str = "") -> Place:
        """Where the row was typed."""
        if index is None:
            return Place(self.file, self.sheet, self.heading_row, self.headings.get(key, ""))
        source = self._source(index)
        raw = source.sheet.raw
        return Place(raw.file, raw.sheet, self.row_numbers[index], source.headings.get(key, ""))

    def rank(self, index: int | None, key: str = "") -> tuple[int, int, int]:
        """The order of sheets, rows and columns as typed."""
        if index is None:
            return (self.order, self.heading_row, 999)
        source = self._source(index)
        position = source.positions.get(key, 999)
        return (source.sheet.order, self.row_numbers[index], position)

    def shown(self, index: int, key: str) -> str:
        """The cell as typed, or the code made from it where there is no such cell."""
        position = self._source(index).positions.get(key)
        row = self.raw[index]
        if position is None or position >= len(row):
            value = self.column(key)[index]
            return "" if value is None else str(value)
        return shown(row[position])

    def _source(self, index: int) -> Source:
        row = self.raw[index]
        assert isinstance(row, FoundRow)
        return row.source


@dataclass(slots=True)
class Rows:
    """A table of the ledger in the making: `typed[i]`, read by `sources[i]`, gives `records[i]`.

    `beside`: keys of the records that are no columns of the ledger.
    """

    key: str
    beside: tuple[str, ...] = ()
    typed: list[FlatRow] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    bad: set[tuple[int, str]] = field(default_factory=set)

    def add(
        self, row: FlatRow, source: Source, values: Mapping[str, Any], bad: Iterable[str] = ()
    ) -> None:
        """Add a row typed at `row`."""
        self.bad.update((len(self.records), key) for key in bad)
        self.typed.append(row)
        self.sources.append(source)
        self.records.append(dict(values))

    def parsed(self) -> FlatParsed:
        """The finished table."""
        made: Table = table(self.key)
        parsed = FlatParsed(made, TABLES.index(made))
        if self.sources:
            first = self.sources[0]
            raw = first.sheet.raw
            parsed.file, parsed.sheet, parsed.encoding = raw.file, raw.sheet, raw.encoding
            parsed.formulas = raw.formulas
            parsed.heading_row = first.sheet.heads.bottom + 1
            parsed.headings, parsed.positions = dict(first.headings), dict(first.positions)
        parsed.row_numbers = [row.number for row in self.typed]
        parsed.raw = [
            FoundRow(row, source) for row, source in zip(self.typed, self.sources, strict=True)
        ]
        parsed.values = {
            column.key: [record.get(column.key) for record in self.records]
            for column in made.columns
        }
        for key in self.beside:
            parsed.values[key] = [record.get(key) for record in self.records]
        parsed.bad = set(self.bad)
        return parsed


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first names of a list, and how many more there are."""
    rest = len(names) - most
    return "、".join(names[:most]) + (f" … +{rest}" if rest > 0 else "")
