"""Where the headings of a flat sheet stand: one row, or several with groups over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from allocator.ledger.asides import plain
from allocator.ledger.cells import shown
from allocator.ledger.choices import normal
from allocator.ledger.column_types import Column, Table
from allocator.ledger.flat_columns import (
    PLACE_LIST,
    ROOM_LIST,
    UNIT_LIST,
    counted,
    grade_heading,
    is_unread,
)
from allocator.ledger.sources import Cell, RawTable

_TOP = 30
_DEEPEST = 3
_CODES = frozenset(map(normal, ("room", "房间编码", "unit code", "单位编码", "单位代码")))
_NAMING = ("building", "site", "number", "unit", "floor")
_HOLDS = ("tenure", "title_registered", "title_holder", "rent_per_year", "kind", "usable_ratio",
    "high_rise")  # fmt: skip


@dataclass(frozen=True, slots=True)
class GradeColumn:
    """A column of counts of one grade: established posts, or people in post."""

    position: int
    grade: str
    heading: str
    counts: str


@dataclass(slots=True)
class Heads:
    """The headings of one sheet as one of the flat tables; rows from 0, `bottom` included."""

    table: Table
    top: int
    bottom: int
    texts: dict[int, str] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    grades: list[GradeColumn] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    twice: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def score(self) -> int:
        """How many headings are known."""
        return len(self.positions) + len(self.grades)


def find_heads(raw: RawTable, grades: frozenset[str]) -> tuple[Heads | None, Heads | None]:
    """(the headings that make the sheet a flat list, the best guess at what else it may be).

    `grades`: plain names of the standard's grades.
    """
    guesses = [
        heads
        for table in (ROOM_LIST, UNIT_LIST, PLACE_LIST)
        if (heads := _match(raw, table, grades)) is not None
    ]
    sure = next((heads for heads in guesses if _is_list(heads)), None)
    best = max(guesses, key=lambda heads: heads.score, default=None)
    return sure, best


def _is_list(heads: Heads) -> bool:
    has = heads.positions.__contains__
    if any(normal(text) in _CODES for text in heads.texts.values()):
        return False
    if heads.table is ROOM_LIST:
        return has("number") and has("area_m2") and (has("building") or has("unit"))
    if heads.table is UNIT_LIST:
        posts = has("grade") and has("established")
        return has("unit") and (has("level") or bool(heads.grades) or posts)
    return (has("building") or has("site")) and any(has(key) for key in _HOLDS)


def _words(table: Table) -> dict[str, Column]:
    return {normal(h): c for c in table.columns for h in (c.key, c.zh, *c.synonyms)}


def _match(raw: RawTable, table: Table, grades: frozenset[str]) -> Heads | None:
    words = _words(table)

    def known(text: str) -> bool:
        return normal(text) in words or (
            table is UNIT_LIST and grade_heading(text, grades) is not None
        )

    rows = [[shown(cell) for cell in row] for row in raw.rows[:_TOP]]
    top = next((i for i, row in enumerate(rows) if sum(map(known, row)) >= 2), None)
    if top is None:
        return None
    bottom = top
    named = [i for i, text in enumerate(rows[top]) if _key(text, words) in _NAMING]
    while bottom + 1 < min(len(rows), top + _DEEPEST) and _goes_on(rows[bottom + 1], named, known):
        bottom += 1
    heads = Heads(table, top, bottom)
    above = top - 1 if top and _is_group_row(rows[top - 1], rows[top]) else top
    _read_texts(heads, raw, rows, above)
    _place(heads, words, grades)
    return heads


def _key(text: str, words: dict[str, Column]) -> str:
    column = words.get(normal(text))
    return column.key if column else ""


def _goes_on(row: Sequence[str], named: Sequence[int], known: Callable[[str], bool]) -> bool:
    """A further row of headings: words only, one of them known, none under what names a row."""
    texts = [text for text in row if text]
    return (
        bool(texts)
        and not any(i < len(row) and row[i] for i in named)
        and not any(c.isdigit() for text in texts for c in normal(text))
        and any(known(text) or is_unread(text) for text in texts)
    )


def _is_group_row(row: Sequence[str], below: Sequence[str]) -> bool:
    """Groups are several, or one that does not begin the table; a title is neither."""
    filled = [i for i, text in enumerate(row) if text]
    start = next((i for i, text in enumerate(below) if text), 0)
    return len(filled) >= 2 or (len(filled) == 1 and filled[0] > start)


def _read_texts(heads: Heads, raw: RawTable, rows: list[list[str]], above: int) -> None:
    """The lowest text of each column, and the texts above it with merged cells spread out."""
    spread = _spread(raw, rows, above, heads.bottom)
    width = max(map(len, spread), default=0)
    for position in range(width):
        column = [row[position] for row in spread if position < len(row) and row[position]]
        column = list(dict.fromkeys(column))
        if column:
            heads.texts[position] = column[-1]
            heads.groups[position] = " ".join(column[:-1])


def _spread(raw: RawTable, rows: list[list[str]], above: int, bottom: int) -> list[list[str]]:
    width = max((len(row) for row in rows[above : bottom + 1]), default=0)
    block = [[*row, *[""] * (width - len(row))] for row in rows[above : bottom + 1]]
    for first, left, last, right in raw.merged:
        if above <= first <= bottom and left < len(rows[first]):
            end = min(right + 1, width)
            for i in range(first, min(last, bottom) + 1):
                block[i - above][left:end] = [rows[first][left]] * (end - left)
    if not raw.merged:
        _spread_right(block)
    return block


def _spread_right(block: list[list[str]]) -> None:
    """Without merges (CSV) a blank beside a group belongs to it where headings stand below."""
    for upper, lower in pairwise(block):
        for position in range(1, len(upper)):
            if not upper[position] and lower[position]:
                upper[position] = upper[position - 1]


def _place(heads: Heads, words: dict[str, Column], grades: frozenset[str]) -> None:
    for position, text in heads.texts.items():
        column = words.get(normal(text))
        grade = grade_heading(text, grades) if heads.table is UNIT_LIST else None
        if column is not None:
            _place_column(heads, position, text, column)
        elif grade is not None:
            word, rest = grade
            group = heads.groups[position]
            counts = counted(rest) or counted(plain(group)) or "established"
            heads.grades.append(GradeColumn(position, word, " ".join(text.split()), counts))
        elif not is_unread(text):
            heads.unknown.append((position, text))


def _place_column(heads: Heads, position: int, text: str, column: Column) -> None:
    first = heads.headings.get(column.key)
    heading = " ".join(text.split())
    if first is None:
        heads.positions[column.key], heads.headings[column.key] = position, heading
    elif column.key == "grade":
        # 职务 is a title, 职级 the grade: where both stand, the grade is read.
        if "级" in text and "级" not in first:
            heads.positions["grade"], heads.headings["grade"] = position, heading
    elif not is_unread(text):
        heads.twice.append((position, text, first))


def cell_text(row: Sequence[Cell], position: int) -> str:
    """A cell of a row as text, blank beyond its end."""
    return shown(row[position]) if position < len(row) else ""
