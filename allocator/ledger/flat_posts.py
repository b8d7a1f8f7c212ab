"""Posts from the unit sheets of a flat ledger: a column per grade, or a row per grade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from allocator.findings import Finding, Place
from allocator.ledger.cells import BadCell
from allocator.ledger.choices import LEVELS
from allocator.ledger.column_types import Column
from allocator.ledger.columns import POSTS
from allocator.ledger.flat_heads import GradeColumn
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.flat_table import code_of
from allocator.ledger.flat_units import UnitBook, grade_code
from allocator.ledger.raw import Collector
from standards.catalog import Standard

_EXTRA = ("established_min", "established_max", "borrowed")
_GRADES = "正局(处)级、副局(处)级、局(处)级以下"
_COUNT: Column = POSTS.column("established")


@dataclass(slots=True)
class PostLine:
    """Posts of one unit, division (by name) and grade; `in_post` None where no sheet says it."""

    row: FlatRow
    unit: str
    division: str
    grade: str
    established: int | None
    in_post: int | None
    columns: dict[str, tuple[int, str]]
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class PostBook:
    """All counts of posts; `in_post_given`: some sheet counts people in post by grade.

    `in_post_rows`: rows by unit whose 实有人数 is of the unit as a whole.
    """

    lines: list[PostLine] = field(default_factory=list)
    in_post_given: bool = False
    in_post_rows: dict[str, list[FlatRow]] = field(default_factory=dict)


def read_posts(
    sheets: Iterable[FlatSheet], book: UnitBook, standard: Standard | None, out: Collector
) -> PostBook:
    """The posts on all unit sheets; totals only compare."""
    counter = _Counter(book, standard)
    for sheet in sheets:
        for row in sheet.rows:
            name = sheet.value(row, "unit")
            if name is not None:
                counter.read(row, code_of(name))
    counter.finish(sheets, out)
    return counter.posts


class _Counter:
    """Counts one row after the other, and compares totals at the end."""

    def __init__(self, book: UnitBook, standard: Standard | None) -> None:
        self.posts = PostBook()
        self._book = book
        self._standard = standard
        self._totals: dict[str, tuple[FlatRow, int]] = {}
        self._sums: dict[str, int] = {}
        self._blanks: dict[str, list[tuple[FlatRow, GradeColumn]]] = {}
        self._bad: set[str] = set()

    def read(self, row: FlatRow, unit: str) -> None:
        """The counts of one row."""
        if row.sheet.has("grade"):
            self._long(row, unit)
            return
        if row.text("in_post") and row.spread_from("in_post") is None:
            self.posts.in_post_rows.setdefault(unit, []).append(row)
        if row.sheet.has("established") and row.spread_from("established") is None:
            total = row.sheet.value(row, "established")
            if total is not None:
                self._totals[unit] = (row, total + self._totals.get(unit, (row, 0))[1])
        if row.sheet.heads.grades:
            self._wide(row, unit)

    def _long(self, row: FlatRow, unit: str) -> None:
        sheet = row.sheet
        grade, count = sheet.value(row, "grade"), sheet.value(row, "established")
        for key, value in (("grade", grade), ("established", count)):
            if value is None and sheet.has(key):
                sheet.refuse_blank(row, key)
        if grade is None or count is None:
            return
        heads = sheet.heads
        columns = {k: (p, heads.headings[k]) for k, p in heads.positions.items()}
        line = PostLine(
            row, unit, sheet.value(row, "division") or "",
            grade_code(self._standard, self._book.level(unit), grade), count,
            sheet.value(row, "in_post"), columns,
            {key: sheet.value(row, key) for key in _EXTRA},
        )  # fmt: skip
        self.posts.in_post_given |= line.in_post is not None
        self.posts.lines.append(line)

    def _wide(self, row: FlatRow, unit: str) -> None:
        level = self._book.level(unit)
        counts: dict[str, dict[str, tuple[int, GradeColumn]]] = {}
        for column in row.sheet.heads.grades:
            if row.merged.get(column.position) is not None:
                continue
            key = f"{column.counts} {column.position}"
            value = row.sheet.value_at(row, column.position, key, _COUNT)
            if key in row.bad:
                self._bad.add(unit)
            elif value is not None:
                grade = grade_code(self._standard, level, column.grade)
                counts.setdefault(grade, {})[column.counts] = (value, column)
            elif column.counts == "established":
                self._blanks.setdefault(unit, []).append((row, column))
        for grade, by in counts.items():
            self._add(row, unit, grade, by)

    def _add(
        self, row: FlatRow, unit: str, grade: str, by: dict[str, tuple[int, GradeColumn]]
    ) -> None:
        established, present = by.get("established"), by.get("in_post")
        if established is not None:
            self._sums[unit] = self._sums.get(unit, 0) + established[0]
        if not any(entry and entry[0] for entry in (established, present)):
            return
        unit_column = (row.sheet.heads.positions["unit"], row.sheet.heads.headings["unit"])
        shown = (established or present)[1]  # type: ignore[index]
        columns = {"unit": unit_column, "grade": (shown.position, shown.heading)}
        for key, entry in (("established", established), ("in_post", present)):
            column = entry[1] if entry else shown
            columns[key] = (column.position, column.heading)
        self.posts.in_post_given |= present is not None
        self.posts.lines.append(
            PostLine(
                row, unit, "", grade, established[0] if established else None,
                present[0] if present else None, columns,
            )
        )  # fmt: skip

    def _levels(self) -> list[str]:
        levels = (self._book.level(unit) for unit in self._book.facts)
        return [level for level in levels if level is not None]

    def finish(self, sheets: Iterable[FlatSheet], out: Collector) -> None:
        """Totals against sums, and blanks that no total explains."""
        sheets = list(sheets)
        if not any(_counts_posts(sheet) for sheet in sheets):
            if sheets:
                place = next((s for s in sheets if s.has("established")), sheets[0])
                out.add(
                    no_posts(place.heading_place(), self._standard, self._levels()),
                    (place.order, 0, 999),
                )
            return
        for unit, (row, total) in self._totals.items():
            if unit in self._sums and unit not in self._bad and self._sums[unit] != total:
                row.sheet.refuse(row, "established", _wrong_total(self._sums[unit], total))
        for unit, blanks in self._blanks.items():
            known = self._totals.get(unit)
            explained = known is not None and (unit in self._sums or known[1] == 0)
            if explained or (unit not in self._sums and not self._book.planned(unit)):
                continue
            for row, column in blanks:
                row.sheet.refuse(row, f"blank {column.position}", _blank_count(), column.position)


def _counts_posts(sheet: FlatSheet) -> bool:
    by_row = sheet.has("grade") and sheet.has("established")
    return by_row or any(c.counts == "established" for c in sheet.heads.grades)


def no_posts(place: Place, standard: Standard | None, levels: Iterable[str] = ()) -> Finding:
    """No sheet counts posts by grade: the one fact an entitlement cannot do without."""
    wanted = tuple(dict.fromkeys(levels)) or tuple(c.key for c in LEVELS)
    names = [
        f"{choice.zh} {choice.key}：{'、'.join(grades)}"
        for choice in LEVELS
        if choice.key in wanted
        and (grades := [g.zh for g in standard.grades if g.level == choice.key] if standard else [])
    ]
    return Finding(
        "missing-posts", "没有按职级的编制数，编制总数不能代替",
        "no sheet counts posts by grade, and a total cannot stand for them", place, "",
        "；".join(names) or _GRADES,
        f"请在单位表中按职级各增加一列（如 {_GRADES}），或另加一张表：单位、职级、编制数、实有人数",
        "Maybe add one column per grade to the list of units, or a sheet with the columns "
        "单位, 职级, 编制数, 实有人数 (unit, grade, established, in_post)",
    )  # fmt: skip


def _wrong_total(parts: int, total: int) -> BadCell:
    return BadCell(
        "posts-total", f"各职级合计 {parts}，与编制 {total} 不符",
        f"the grades add up to {parts}, not to {total}", str(parts),
        "请改正编制或各职级人数；若各职级填的是实有人数，请在其上方标题写“实有人数”，并另列编制",
        "Maybe one number is mistyped; if the grades count people in post, write 实有人数 above "
        "them and add the established posts",
    )  # fmt: skip


def _blank_count() -> BadCell:
    return BadCell(
        "blank-cell", "没有填人数", "the number is missing", "0 / 整数 whole number",
        "没有则填 0；或填写“编制”总数，与其余职级之和相等时空白即为零",
        "Maybe 0 is meant; with a total under 编制 that the other grades add up to, blanks are 0",
    )  # fmt: skip
