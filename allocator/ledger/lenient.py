"""Rows set aside instead of refused: an audit reports them and judges the rest of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.ledger.cells import BadCell
from allocator.ledger.loose import Loose, LooseKind
from allocator.ledger.raw import Collector, Parsed, finding_of

_KINDS: Mapping[str, LooseKind] = {
    "units": "unit", "rooms": "room", "divisions": "division", "floors": "floor",
}  # fmt: skip
_STRUCTURE = {("rooms", "floor")}
"""References that everything else is counted by: an unknown code there is never set aside."""
_PLACES = ("room", "floor", "number")
"""Columns without which a row says nothing, though each alone may be blank."""
_SUMS = ("established", "in_post", "borrowed")
_BOUNDS = ("established_min", "established_max")


class Lenient:
    """Collects rows that name something unknown, and takes them out of the tables at the end."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[int, int, int], Loose]] = []
        self._left_out: dict[str, set[int]] = {}
        self._blanks: list[tuple[str, int, str, str]] = []

    def takes(self, parsed: Parsed, key: str, to: str) -> bool:
        """Whether an unknown code in this column, a reference to table `to`, may be set aside."""
        return to in _KINDS and (parsed.table.key, key) not in _STRUCTURE

    def add(self, parsed: Parsed, index: int, key: str, code: str, to: str, bad: BadCell) -> None:
        """Set aside a cell that names `code`, unknown in table `to` or (blank) as a grade."""
        kind: LooseKind = _KINDS[to] if to else "grade"
        found = finding_of(parsed, index, key, bad)
        values = {k: cells[index] for k, cells in parsed.values.items()}
        row = parsed.row_numbers[index]
        name = parsed.table.key
        loose = Loose(kind, name, key, code, row, values, found)
        self._found.append((parsed.rank(index, key), loose))
        if not to:
            return
        if parsed.table.column(key).required or key in _PLACES:
            self._left_out.setdefault(name, set()).add(index)
        else:
            self._blanks.append((name, index, key, code))

    def sorted(self) -> tuple[Loose, ...]:
        """All of them in the order of the input."""
        return tuple(loose for _, loose in sorted(self._found, key=lambda pair: pair[0]))

    def report(self, out: Collector) -> None:
        """Count them as faults after all: something else makes the ledger unreadable."""
        for rank, loose in self._found:
            out.add(loose.finding, rank)

    def take_out(self, tables: Mapping[str, Parsed]) -> None:
        """Blank the cells and drop the rows; what named a dropped division loses that name.

        Posts that are of one group after that are added up, so that no post is lost.
        """
        for name, index, key, code in self._blanks:
            cells = tables[name].values[key]
            many = tables[name].table.column(key).kind == "refs"
            cells[index] = tuple(c for c in cells[index] if c != code) if many else None
        gone = self._left_out.get("divisions", set())
        if gone:
            codes = tables["divisions"].column("division")
            _forget(tables, {codes[i] for i in gone})
        if "posts" in tables:
            spared = self._left_out.setdefault("posts", set())
            spared |= _joined(tables["posts"], spared)
        for name, rows in self._left_out.items():
            if rows:
                _drop(tables[name], rows)


def _forget(tables: Mapping[str, Parsed], divisions: set[Any]) -> None:
    for name in ("posts", "occupancy"):
        if name not in tables:
            continue
        column = tables[name].column("division")
        for index, code in enumerate(column):
            if code in divisions:
                column[index] = None


def _joined(posts: Parsed, left_out: set[int]) -> set[int]:
    """Rows added to an earlier row of their group."""
    columns = [posts.column(key) for key in ("unit", "division", "grade")]
    first: dict[tuple[Any, ...], int] = {}
    joined: set[int] = set()
    for index, group in enumerate(zip(*columns, strict=True)):
        if index in left_out:
            continue
        at = first.setdefault(group, index)
        if at == index:
            continue
        established = posts.values["established"]
        for key in _BOUNDS:
            column = posts.column(key)
            if column[at] is not None or column[index] is not None:
                column[at] = sum(
                    established[i] if column[i] is None else column[i] for i in (at, index)
                )
        for key in _SUMS:
            column = posts.column(key)
            if column[at] is not None or column[index] is not None:
                column[at] = (column[at] or 0) + (column[index] or 0)
        if "in_post_known" in posts.values:
            sure = posts.values["in_post_known"]
            sure[at] = sure[at] and sure[index]
        joined.add(index)
    return joined


def _drop(parsed: Parsed, rows: set[int]) -> None:
    keep = [i for i in range(len(parsed.row_numbers)) if i not in rows]
    parsed.row_numbers = [parsed.row_numbers[i] for i in keep]
    parsed.raw = [parsed.raw[i] for i in keep]
    parsed.values = {key: [cells[i] for i in keep] for key, cells in parsed.values.items()}
    moved = {old: new for new, old in enumerate(keep)}
    parsed.bad = {(moved[i], key) for i, key in parsed.bad if i in moved}
