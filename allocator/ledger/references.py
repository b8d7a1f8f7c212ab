"""Codes that must be unique and codes that must exist."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from allocator.ledger.cells import BadCell
from allocator.ledger.column_types import Column
from allocator.ledger.columns import table
from allocator.ledger.lenient import Lenient
from allocator.ledger.raw import Collector, Parsed, add_bad

_GUESS_LIMIT = 3000
_GUESSES = 200


def check_references(
    tables: Mapping[str, Parsed], out: Collector, lenient: Lenient | None = None
) -> None:
    """Report duplicate keys, and references to rows that do not exist.

    With `lenient` those that an audit can do without go there.
    """
    codes = {key: _codes(parsed) for key, parsed in tables.items()}
    guess = _Guess(tables)
    for parsed in tables.values():
        _check_unique(parsed, out)
        for column in parsed.table.columns:
            if column.to and all(to in codes for to in column.to):
                known: set[str] = set().union(*(codes[to] for to in column.to))
                _check_column(parsed, column, known, guess, out, lenient)


def _codes(parsed: Parsed) -> set[str]:
    """The codes of a table; those of bad cells too, so that one fault is reported once."""
    key = parsed.table.columns[0].key
    if parsed.table.unique != (key,):
        return set()
    shown = {parsed.shown(i, k) for i, k in parsed.bad if k == key}
    return {c for c in parsed.column(key) if c is not None} | shown


def _check_unique(parsed: Parsed, out: Collector) -> None:
    keys = parsed.table.unique
    if not keys:
        return
    first: dict[tuple[str, ...], int] = {}
    columns = [parsed.column(key) for key in keys]
    for index, values in enumerate(zip(*columns, strict=True)):
        if values[0] is None or any((index, key) in parsed.bad for key in keys):
            continue
        row = tuple("" if v is None else str(v) for v in values)
        if parsed.table.key == "relations":
            row = (*sorted(row[:2]), *row[2:])
        if row not in first:
            first[row] = index
            continue
        earlier = parsed.row_numbers[first[row]]
        name = " / ".join(v for v in row if v)
        bad = BadCell(
            "duplicate-code", f"与第 {earlier} 行重复：{name}",
            f"the same as row {earlier}: {name}",
            "唯一 / unique", "请合并两行或改正编码", "Maybe join the two rows or correct the code",
        )  # fmt: skip
        add_bad(parsed, index, keys[0], bad, out)


class _Guess:
    """Advice for an unknown code: the code of that name, or one spelt much like it."""

    def __init__(self, tables: Mapping[str, Parsed]) -> None:
        self._left = _GUESSES
        self._codes = {key: _codes(parsed) for key, parsed in tables.items()}
        self._by_name: dict[str, dict[str, str]] = {}
        for key, parsed in tables.items():
            names, codes = parsed.column("name"), parsed.column(parsed.table.columns[0].key)
            self._by_name[key] = {
                name: code for name, code in zip(names, codes, strict=True) if name and code
            }

    def near(self, to: str, value: str) -> str:
        """A code that may be meant, or blank."""
        if value in self._by_name.get(to, {}):
            return self._by_name[to][value]
        codes = self._codes.get(to, set())
        if self._left <= 0 or len(codes) > _GUESS_LIMIT:
            return ""
        self._left -= 1
        return next(iter(difflib.get_close_matches(value, sorted(codes), 1, 0.75)), "")


def _check_column(
    parsed: Parsed,
    column: Column,
    known: set[str],
    guess: _Guess,
    out: Collector,
    lenient: Lenient | None,
) -> None:
    for index, value in enumerate(parsed.column(column.key)):
        if value is None or (column.kind == "ref" and value in known):
            continue
        entries = (value,) if column.kind == "ref" else value
        for entry in entries:
            if entry in known or (entry == "*" and column.kind == "refs"):
                continue
            to = column.to[0]
            near = guess.near(to, entry)
            zh, en = (f"是否应为 {near}？", f"Maybe {near} is meant") if near else ("", "")
            name = table(to).zh
            bad = BadCell(
                "unknown-reference", f"“{name}”表中没有 {entry}", f"table {to} has no {entry}",
                f"{name} / {to}", zh or f"请先在“{name}”表中登记，或改正编码",
                en or f"Maybe add it to {to}, or correct the code",
            )  # fmt: skip
            if lenient is not None and lenient.takes(parsed, column.key, to):
                lenient.add(parsed, index, column.key, entry, to, bad)
            else:
                add_bad(parsed, index, column.key, bad, out)
