"""The ledger reader: files into a `Ledger`, or every fault of them in one `InputError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Refit,
    Relation,
    Request,
    Room,
    Site,
    Survey,
    Unit,
)
from allocator.findings import Finding, InputError, Place
from allocator.ledger.columns import TABLES
from allocator.ledger.flat import is_flat, read_flat
from allocator.ledger.lenient import Lenient
from allocator.ledger.loose import Loose
from allocator.ledger.raw import Collector, Parsed, match_tables, parse_table
from allocator.ledger.references import check_references
from allocator.ledger.row_rules import check_rows
from allocator.ledger.sources import read_source
from standards.catalog import Standard

_TYPES: dict[str, type] = {
    "sites": Site, "buildings": Building, "floors": Floor, "rooms": Room, "units": Unit,
    "divisions": Division, "posts": Posts, "occupancy": Occupancy, "requests": Request,
    "relations": Relation, "refits": Refit, "survey": Survey,
}  # fmt: skip
_BESIDE = {"posts": ("in_post_known",)}
"""What a reader may say about a row that is no column of the ledger."""
_BLANK_TEXT = {("sites", "title_holder"), ("posts", "division")}
"""Cells whose blank is an empty text that the type gives no default for."""
NO_COLUMN = 999
"""The position in a table's order of a column that the file does not have."""


class Spot(NamedTuple):
    """A cell of a file: row and column are numbers from 1."""

    file: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where the rows of a ledger stand: `tables[key]` for the tables that were read."""

    tables: Mapping[str, Parsed]
    notes: tuple[Finding, ...] = ()
    """Infos and warnings of the reader: what a flat ledger leaves open, what was not read."""

    def of(self, table: str, index: int, column: str = "") -> Place:
        """The place of row `index` of a table of the ledger, at a column by its key."""
        parsed = self.tables.get(table)
        if parsed is None or index >= len(parsed.row_numbers):
            return Place(sheet=table, column=column)
        return parsed.place(index, column)

    def spot(self, table: str, index: int, column: str) -> Spot | None:
        """The cell that `of` names; the first cell of the row where the file lacks the column."""
        parsed = self.tables.get(table)
        if parsed is None or index >= len(parsed.row_numbers):
            return None
        keys = (column, *(c.key for c in parsed.table.columns))
        places = [p for key in keys if (p := parsed.rank(index, key)[2]) != NO_COLUMN]
        if not places:
            return None
        position = places[0] if parsed.rank(index, column)[2] != NO_COLUMN else min(places)
        place = parsed.place(index)
        return Spot(place.file, place.sheet, place.row or 1, position + 1)

    def encodings(self) -> tuple[tuple[str, str], ...]:
        """CSV files and the encoding each was read in."""
        return tuple((p.file, p.encoding) for p in self.tables.values() if p.encoding)


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger that agrees with itself, and the rows that were set aside for that."""

    ledger: Ledger
    places: Places
    loose: tuple[Loose, ...]


def read_ledger(path: Path, standard: Standard | None) -> Ledger:
    """Read a workbook or a folder of CSV; grades become the standard's codes if one is given.

    Raises InputError with all findings.
    """
    return read_ledger_with_places(path, standard)[0]


def read_ledger_with_places(path: Path, standard: Standard | None) -> tuple[Ledger, Places]:
    """Like `read_ledger`, and with the place of every row. Raises InputError."""
    out = Collector()
    parsed, notes = _read_tables(path, standard, out)
    # Rows first: only grades turned into codes show that two rows are the same.
    check_rows(parsed, standard, out)
    check_references(parsed, out)
    findings = out.sorted()
    if findings:
        raise InputError(findings)
    return _ledger(parsed), Places(parsed, notes)


def read_for_audit(path: Path, standard: Standard | None) -> Reading:
    """Read a ledger although some rows name unknown units, rooms, divisions or grades.

    Raises InputError with all findings, those about such rows too, if anything else is wrong.
    """
    out = Collector()
    lenient = Lenient()
    parsed, notes = _read_tables(path, standard, out)
    check_rows(parsed, standard, out, lenient)
    check_references(parsed, out, lenient)
    if out.sorted():
        lenient.report(out)
        raise InputError(out.sorted())
    lenient.take_out(parsed)
    return Reading(_ledger(parsed), Places(parsed, notes), lenient.sorted())


def _read_tables(
    path: Path, standard: Standard | None, out: Collector
) -> tuple[dict[str, Parsed], tuple[Finding, ...]]:
    """Every table that is there, by key, and notes; the faults of its cells go to `out`."""
    source = read_source(Path(path))
    for finding in source.findings:
        out.add(finding)
    if source.findings and not source.tables:
        raise InputError(out.sorted())
    if is_flat(source.tables, standard):
        return read_flat(source.tables, standard, source.path.name, out)
    unread = [f.place.sheet for f in source.findings]
    raw_tables = match_tables(source.tables, unread, source.path.name, out)
    parsed = {
        table.key: parse_table(raw_tables[table.key], table, order, out)
        for order, table in enumerate(TABLES)
        if table.key in raw_tables
    }
    return parsed, ()


def _ledger(parsed: Mapping[str, Parsed]) -> Ledger:
    return Ledger(**{key: _objects(table) for key, table in parsed.items()})


def _objects(parsed: Parsed) -> tuple[Any, ...]:
    """The rows as domain objects; a blank optional cell takes the default of the type."""
    make = _TYPES[parsed.table.key]
    key = parsed.table.key
    fields: list[tuple[str, list[Any]]] = []
    always: dict[str, Any] = {}
    for column in parsed.table.columns:
        if (key, column.key) in _BLANK_TEXT:
            always[column.attribute] = ""
        if column.key in parsed.values:
            fields.append((column.attribute, parsed.values[column.key]))
    beside = [name for name in _BESIDE.get(key, ()) if name in parsed.values]
    fields += [(name, parsed.values[name]) for name in beside]
    if key == "refits":
        fields = [f for f in fields if f[0] != "place"]
        rooms, floors = parsed.column("room"), parsed.column("floor")
        fields.append(("place", [a or b for a, b in zip(rooms, floors, strict=True)]))
    names = [name for name, _ in fields]
    rows = zip(*(values for _, values in fields), strict=True)
    return tuple(
        make(**always | {n: v for n, v in zip(names, row, strict=True) if v is not None})
        for row in rows
    )
