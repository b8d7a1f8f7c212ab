"""The sheet 职务对照 of a flat ledger: which grade each job title has."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from allocator.findings import Finding, Place
from allocator.ledger.asides import begins_aside, plain
from allocator.ledger.cells import BadCell, shown
from allocator.ledger.choices import LEVELS, normal
from allocator.ledger.flat_heads import cell_text
from allocator.ledger.flat_table import code_of
from allocator.ledger.flat_units import UnitBook, grade_code, known_grade
from allocator.ledger.raw import Collector
from allocator.ledger.sources import Cell, RawTable
from standards.catalog import Standard

_SHEETS = frozenset(
    normal(name + end)
    for name in ("职务对照", "职务职级对照", "职务与职级对照")
    for end in ("", "表")
)
_HEADINGS = {
    "title": ("职务", "职务名称", "岗位"), "grade": ("职级", "职级名称"),
    "unit": ("单位", "单位名称", "使用单位"), "level": ("级别", "机关级别", "单位级别", "层级"),
}  # fmt: skip
_WORDS = {normal(word): key for key, words in _HEADINGS.items() for word in words}
_LEVELS = {plain(w): c.key for c in LEVELS for w in (c.key, c.zh, *c.synonyms)}
_TOP = 30


@dataclass(slots=True)
class Titles:
    """Grades as written by (unit or blank, level or blank, plain title)."""

    grades: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def grade(self, standard: Standard | None, unit: str, level: str | None, text: str) -> str:
        """The standard's code of a grade or of a title that the sheet knows, else as written."""
        title = plain(text)
        keys = ((unit, "", title), ("", level or "", title), ("", "", title))
        found = next((self.grades[key] for key in keys if key in self.grades), None)
        if found is None or known_grade(standard, level, text) is not None:
            return grade_code(standard, level, text)
        # A grade of another level leaves the title as it is, for that is what must be corrected.
        if standard is None or level is None:
            return grade_code(standard, level, found)
        return known_grade(standard, level, found) or grade_code(standard, level, text)


def is_title_sheet(raw: RawTable) -> bool:
    """Whether the sheet is called 职务对照 or the like."""
    return normal(raw.sheet) in _SHEETS


def read_titles(
    tables: Sequence[RawTable],
    units: UnitBook,
    standard: Standard | None,
    order: int,
    out: Collector,
) -> Titles:
    """The grades of all titles; what maps to no grade or to two is a fault of this sheet."""
    titles = Titles()
    for number, raw in enumerate(tables, order):
        _Reader(raw, number, units, standard, titles, out).read()
    return titles


@dataclass(slots=True)
class _Reader:
    raw: RawTable
    order: int
    units: UnitBook
    standard: Standard | None
    titles: Titles
    out: Collector
    positions: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def read(self) -> None:
        """Every row below the headings."""
        top = next((i for i, row in enumerate(self.raw.rows[:_TOP]) if self._heads(row)), None)
        if top is None:
            if any(shown(cell) for row in self.raw.rows for cell in row if cell != ""):
                self._refuse(1, "", _NO_HEADINGS)
            return
        for number, row in enumerate(self.raw.rows[top + 1 :], top + 2):
            texts = [text for cell in row if cell != "" and (text := shown(cell))]
            if texts and not begins_aside(texts[0]):
                self._row(number, row)

    def _heads(self, row: Sequence[Cell]) -> bool:
        found: dict[str, int] = {}
        for position, cell in enumerate(row):
            key = _WORDS.get(normal(shown(cell))) if cell != "" else None
            if key is not None:
                found.setdefault(key, position)
        if "title" not in found or "grade" not in found:
            return False
        self.positions = found
        return True

    def _row(self, number: int, row: Sequence[Cell]) -> None:
        cells = {key: cell_text(row, position) for key, position in self.positions.items()}
        for key in ("title", "grade"):
            if not cells[key]:
                self._refuse(number, key, _BLANK)
                return
        level = _LEVELS.get(plain(cells.get("level", "")), "")
        if cells.get("level") and not level:
            self._refuse(number, "level", _NO_LEVEL, cells["level"])
            return
        unit = code_of(cells.get("unit", ""))
        if unit and self.units.facts and unit not in self.units.facts:
            self._refuse(number, "unit", _unknown_unit(unit, self.units), cells["unit"])
            return
        if not self._is_grade(cells["grade"], self.units.level(unit) or level):
            self._refuse(number, "grade", self._no_grade(), cells["grade"])
            return
        key3 = (unit, "" if unit else level, plain(cells["title"]))
        first = self.rows.setdefault(key3, number)
        if plain(self.titles.grades.setdefault(key3, cells["grade"])) != plain(cells["grade"]):
            self._refuse(number, "grade", _two_grades(first), cells["grade"])

    def _is_grade(self, text: str, level: str) -> bool:
        if self.standard is None:
            return True
        levels = (level,) if level else tuple(c.key for c in LEVELS)
        return any(known_grade(self.standard, each, text) is not None for each in levels)

    def _no_grade(self) -> BadCell:
        names = dict.fromkeys(g.zh for g in self.standard.grades) if self.standard else {}
        return BadCell(
            "unknown-grade", "建设标准没有这个职级", "the standard has no such grade",
            " / ".join(names), "请按建设标准填写职级，并检查单位或级别",
            "Maybe it is misspelt, or of another level",
        )  # fmt: skip

    def _refuse(self, number: int, key: str, bad: BadCell, value: str = "") -> None:
        heading = _HEADINGS[key][0] if key else ""
        self.out.add(
            Finding(
                bad.code, bad.zh, bad.en, Place(self.raw.file, self.raw.sheet, number, heading),
                value, bad.expected, bad.advice_zh, bad.advice_en,
            ),
            (self.order, number, self.positions.get(key, 0)),
        )  # fmt: skip


def _unknown_unit(unit: str, units: UnitBook) -> BadCell:
    near = next(iter(difflib.get_close_matches(unit, sorted(units.facts), 1, 0.6)), "")
    return BadCell(
        "unknown-reference", f"“单位”表中没有 {unit}", f"table units has no {unit}", "单位 / units",
        f"是否应为 {near}？" if near else "请改正单位名称，或留空表示适用于所有单位",
        f"Maybe {near} is meant" if near else "Maybe leave it blank, for every unit",
    )  # fmt: skip


def _two_grades(first: int) -> BadCell:
    return BadCell(
        "rows-contradict", f"第 {first} 行给同一职务填了别的职级",
        f"row {first} gives this title another grade", "一个职务一个职级 / one grade per title",
        "请保留一行；各单位不同的，请填“单位”列",
        "Maybe one is mistyped; where units differ, name them in a column 单位",
    )  # fmt: skip


_NO_HEADINGS = BadCell(
    "missing-column", "没有“职务”“职级”两列", "the columns 职务 and 职级 are missing",
    "职务 / 职级 / 单位 / 级别", "请增加标题行：职务、职级（可另加单位或级别）",
    "Maybe the headings are misspelt: 职务, 职级, and if need be 单位 or 级别",
)  # fmt: skip
_BLANK = BadCell(
    "blank-cell", "不能为空", "the cell must not be blank", "职务、职级 / title and grade",
    "请补填，或删除该行", "Maybe delete the row, or fill it in",
)  # fmt: skip
_NO_LEVEL = BadCell(
    "bad-choice", "不认识的级别", "the level is not known",
    " / ".join(f"{c.zh} {c.key}" for c in LEVELS), "请改为其中之一，或留空",
    "Maybe use one of these, or leave it blank",
)  # fmt: skip
