"""Units from the unit sheets of a flat ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.domain import INELIGIBLE
from allocator.findings import Finding
from allocator.ledger.asides import plain
from allocator.ledger.cells import BadCell
from allocator.ledger.choices import LEVELS
from allocator.ledger.columns import UNITS
from allocator.ledger.flat_columns import grade_heading
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.flat_table import Rows, code_of, source_of, unwidened
from allocator.ledger.raw import Collector
from standards.catalog import Standard

_FACTS = ("level", "category", "parent", "territory", "features", "status", "abolished_on",
    "successor")  # fmt: skip
_REFS = ("parent", "successor")
_COLUMNS = {"unit": "unit", "name": "unit", **{key: key for key in _FACTS}}


@dataclass(slots=True)
class UnitBook:
    """What the unit sheets say; keyed by the unit's code."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, FlatRow] = field(default_factory=dict)
    places: dict[str, list[tuple[str, FlatRow]]] = field(default_factory=dict)

    def level(self, unit: str) -> str | None:
        """The organ level of a unit, None if unknown."""
        found = self.facts.get(unit, {}).get("level")
        return str(found) if found else None

    def planned(self, unit: str) -> bool:
        """Whether the unit may have posts that count."""
        facts = self.facts.get(unit, {})
        return facts.get("category") not in INELIGIBLE and facts.get("status") != "abolished"

    def table(self) -> Rows:
        """The table of units."""
        rows = Rows("units")
        for code, facts in self.facts.items():
            row = self.rows[code]
            name = unwidened(row.text("unit"))
            values = {"unit": code, "name": name, **facts}
            rows.add(row, source_of(row.sheet, _COLUMNS), values, row.bad)
        return rows


def grade_code(standard: Standard | None, level: str | None, text: str) -> str:
    """The standard's code of a grade as written, full-width or with a title before it in brackets.

    What the standard lacks at the level stays as written, for the reader to refuse.
    """
    return known_grade(standard, level, text) or unwidened(text).replace(" ", "")


def known_grade(standard: Standard | None, level: str | None, text: str) -> str | None:
    """The standard's code of a grade as written, None if it has no such grade at the level."""
    if standard is None or level is None:
        return None
    names = {
        plain(name): grade.code
        for grade in standard.grades
        if grade.level == level
        for name in (grade.code, grade.zh, *grade.aliases)
    }
    _, _, inner = plain(text).removesuffix(")").rpartition("(")
    return names.get(plain(text)) or names.get(inner)


def read_units(sheets: Sequence[FlatSheet], out: Collector) -> UnitBook:
    """Units with level and category; every sheet of units may say part of it."""
    book = UnitBook()
    homes = [s for s in sheets if s.has("level")] or list(sheets[:1])
    for sheet in sheets:
        _missing_columns(sheet, homes, out)
        for row in sheet.rows:
            name = sheet.value(row, "unit")
            if name is None:
                sheet.refuse_blank(row, "unit")
            elif sheet in homes:
                _facts(book, code_of(name), row)
    _complete(book, homes)
    return book


def _missing_columns(sheet: FlatSheet, homes: Sequence[FlatSheet], out: Collector) -> None:
    for key in ("level", "category"):
        if sheet is homes[0] and not any(home.has(key) for home in homes):
            column = UNITS.column(key)
            out.add(
                Finding(
                    "missing-column", f"缺少列“{column.zh}”", f"column {key} is missing",
                    sheet.heading_place(column.zh), "",
                    " / ".join(f"{c.zh} {c.key}" for c in column.choices),
                    f"请在单位表中增加“{column.zh}”列", f"Maybe add a column {column.zh} here",
                ),
                (sheet.order, sheet.heads.bottom + 1, 999),
            )  # fmt: skip


def _facts(book: UnitBook, code: str, row: FlatRow) -> None:
    known = book.facts.setdefault(code, {})
    first = book.rows.setdefault(code, row)
    refuse_other_name(row, first, "unit")
    for key in _FACTS:
        value = _level(row) if key == "level" else row.sheet.value(row, key)
        if value is None:
            continue
        if key in _REFS:
            value = code_of(value)
        if known.setdefault(key, value) != value:
            row.sheet.refuse(row, key, differing(first, row.text("unit"), first.text(key)))
    place = row.sheet.value(row, "site")
    if place is not None:
        book.places.setdefault(code, []).append((place, row))


def differing(first: FlatRow, name: str, value: str) -> BadCell:
    """The refusal of a row that says something else than an earlier one about the same thing."""
    return BadCell(
        "rows-contradict", f"“{name}”与第 {first.number} 行不一致",
        f"{name}: row {first.number} says something else", value,
        "同一对象各行应一致；请改正其中一行", "Maybe one of the two rows is mistyped",
    )  # fmt: skip


def refuse_other_name(row: FlatRow, first: FlatRow, key: str) -> None:
    """Report a name that gives the code of another one, for separators do not count in codes."""
    if plain(row.text(key)) != plain(first.text(key)):
        row.sheet.refuse(
            row, key,
            BadCell(
                "same-code", f"与第 {first.number} 行的“{first.text(key)}”只有标点不同，编码相同",
                f"only its punctuation differs from {first.text(key)} in row {first.number}, so "
                "both have one code",
                first.text(key), "若为同一对象请写成一样；若为两个，请改名加以区别",
                "Maybe they are one: write them alike; or two: give one of them another name",
            ),
        )  # fmt: skip


def _level(row: FlatRow) -> Any:
    text = row.text("level")
    words = {plain(w) for c in LEVELS for w in (c.key, c.zh, *c.synonyms)}
    if text and plain(text) not in words and grade_heading(text, frozenset()):
        row.sheet.refuse(
            row, "level",
            BadCell(
                "rank-not-level", "级别应为机关层级，而不是单位的行政级别",
                "this is the rank of the unit; the level of its organ is wanted",
                " / ".join(f"{c.zh} {c.key}" for c in LEVELS),
                "例如市直正处级单位填“市级”", "Maybe a unit of this rank in a city is 市级",
            ),
        )  # fmt: skip
        return None
    return row.sheet.value(row, "level")


def _complete(book: UnitBook, homes: Sequence[FlatSheet]) -> None:
    for code, facts in book.facts.items():
        row = book.rows[code]
        for key in ("level", "category"):
            if key not in facts and any(home.has(key) for home in homes):
                if row.sheet.has(key):
                    row.sheet.refuse_blank(row, key)
                else:
                    row.sheet.refuse(row, "unit", _no_fact(key))


def _no_fact(key: str) -> BadCell:
    column = UNITS.column(key)
    return BadCell(
        "blank-cell", f"没有一张表给出该单位的{column.zh}",
        f"no sheet gives the {key} of this unit",
        " / ".join(f"{c.zh} {c.key}" for c in column.choices),
        "请在单位表中登记", "Maybe add the unit to the list of units",
    )  # fmt: skip
