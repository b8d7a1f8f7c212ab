"""Findings about a readable ledger, placed by table, row and column."""

from __future__ import annotations

from allocator.findings import Finding, Place, Severity
from allocator.ledger.columns import TABLES
from allocator.ledger.read import Places

_ORDER = {table.key: number for number, table in enumerate(TABLES)}


class Remarks:
    """Collects findings; without `places` they carry the table's key and the column only."""

    def __init__(self, places: Places | None) -> None:
        self._places = places
        self._found: list[tuple[tuple[int, int, str, str], Finding]] = []

    def add(
        self,
        severity: Severity,
        code: str,
        where: tuple[str, int | None, str],
        zh: str,
        en: str,
        *,
        value: object = "",
        expected: str = "",
        advice: tuple[str, str] = ("", ""),
    ) -> None:
        """Add a finding at `where`: table key, row index in the ledger, column key."""
        table, index, column = where
        finding = Finding(
            code, zh, en, self._place(table, index, column), str(value), expected, *advice, severity
        )
        rank = (_ORDER[table], -1 if index is None else index, code, en)
        self._found.append((rank, finding))

    def _place(self, table: str, index: int | None, column: str) -> Place:
        if self._places is None:
            return Place(sheet=table, column=column)
        if index is None:
            parsed = self._places.tables.get(table)
            return Place(sheet=table) if parsed is None else Place(parsed.file, parsed.sheet)
        return self._places.of(table, index, column)

    def sorted(self) -> tuple[Finding, ...]:
        """All findings in the order of the ledger."""
        return tuple(f for _, f in sorted(self._found, key=lambda pair: pair[0]))
