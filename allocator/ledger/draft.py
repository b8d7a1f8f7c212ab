"""Anybody's plan as one table: room, unit, division, grade, people; codes or plain names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from allocator.domain import Ledger
from allocator.findings import Finding, InputError, Place
from allocator.ledger.cells import BadCell, shown
from allocator.ledger.choices import normal
from allocator.ledger.column_types import Column, Table, count_column
from allocator.ledger.draft_names import Names
from allocator.ledger.lenient import Lenient
from allocator.ledger.loose import Loose
from allocator.ledger.raw import Collector, Parsed, add_bad, add_blank, parse_table
from allocator.ledger.read import Places
from allocator.ledger.sources import RawTable, Source, read_any
from standards.catalog import Standard, UnknownFigure

OWN_FILE = "assignments.csv"
"""The plan inside a folder that our own solver wrote."""
_HEAD_ROWS = 30


def _text(key: str, zh: str, *synonyms: str, required: bool = False) -> Column:
    return Column(key=key, zh=zh, kind="text", required=required, synonyms=synonyms)


PLAN = Table(
    key="plan", zh="方案", synonyms=("assignments", "分配方案", "调配方案", "分配表"), filled=True,
    columns=(
        _text("room", "房间编码", "房间", "房间编号"),
        _text("number", "房号", "门牌号", "房间号", "室号"),
        _text("site", "办公区", "办公区编码", "所在办公区", "院落"),
        _text("building", "楼", "楼编码", "楼号", "所在楼", "楼名称", "楼栋", "建筑"),
        _text("floor", "楼层", "楼层编码", "所在楼层", "层", "层数", "level"),
        _text("unit", "使用单位", "单位", "单位编码", "单位名称", "拟用单位", "拟使用单位",
            "拟安排单位", "部门", required=True),
        _text("division", "内设机构", "使用科室", "科室", "处室", "内设机构编码", "内设机构名称"),
        _text("grade", "职级", "职务", "职务级别", "等级"),
        count_column("people", "使用人数", "人数", "办公人数", "安排人数", "拟安排人数",
            required=True),
        _text("purpose", "用房目的", "目的", "事由"),
    ),
)  # fmt: skip
_UNREAD = frozenset(
    normal(word)
    for word in (
        "desks", "工位数", "工位", "办公桌数", "until", "使用截止", "截止日期", "使用期限",
        "use", "用途", "实际用途", "房间用途", "area_m2", "使用面积", "面积", "房间面积",
        "status", "状态", "人均面积", "标准面积", "核定面积",
    )
)  # fmt: skip
"""Headings of what the ledger knows better than a plan does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """People of one group in one room by codes; `index` is the row for `Places.of("plan", ...)`."""

    room: str
    unit: str
    division: str = ""
    grade: str = ""
    people: int = 0
    purpose: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that was read: rows, their places, and the rows that name what nobody knows."""

    rows: tuple[DraftRow, ...]
    places: Places
    loose: tuple[Loose, ...]


def read_draft(path: Path, ledger: Ledger, standard: Standard | None) -> Draft:
    """Read a workbook, a CSV file or a folder with `assignments.csv`.

    Raises InputError with all findings; rows that name an unknown room or unit are only loose.
    """
    out = Collector()
    source = read_any(_file(Path(path)))
    if source.findings:
        raise InputError(source.findings)
    parsed = parse_table(_read_columns(_plan_sheet(source)), PLAN, 0, out)
    lenient = Lenient()
    _resolve(parsed, Names(ledger), lenient, out)
    _grades(parsed, ledger, standard, lenient, out)
    if out.sorted():
        lenient.report(out)
        raise InputError(out.sorted())
    lenient.take_out({PLAN.key: parsed})
    return Draft(_rows(parsed), Places({PLAN.key: parsed}), lenient.sorted())


def _file(path: Path) -> Path:
    own = path / OWN_FILE
    return own if path.is_dir() and own.exists() else path


# -- which sheet ------------------------------------------------------------------------------


def _heads(raw: RawTable) -> tuple[int, frozenset[str]]:
    """The row with most headings of a plan, and their keys."""
    words = {normal(h): c.key for c in PLAN.columns for h in (c.key, c.zh, *c.synonyms)}
    best: tuple[int, frozenset[str]] = (0, frozenset())
    for number, row in enumerate(raw.rows[:_HEAD_ROWS]):
        keys = frozenset(words[n] for cell in row if (n := normal(shown(cell))) in words)
        if len(keys) > len(best[1]):
            best = (number, keys)
    return best


def _fits(raw: RawTable) -> bool:
    keys = _heads(raw)[1]
    return {"unit", "people"} <= keys and bool(keys & {"room", "number"})


def _plan_sheet(source: Source) -> RawTable:
    """The one sheet whose headings fit. Raises InputError if none or several do."""
    fitting = [raw for raw in source.tables if _fits(raw)]
    named = {normal(n) for n in (PLAN.key, PLAN.zh, *PLAN.synonyms)}
    if len(fitting) > 1:
        fitting = [raw for raw in fitting if normal(raw.sheet) in named] or fitting
    if not fitting and len(source.tables) == 1:
        # The reader of tables says which headings the only sheet lacks.
        fitting = source.tables
    if len(fitting) == 1:
        return fitting[0]
    place = Place(source.path.name)
    headings = " / ".join(("房间编码", "使用单位", "职级", "使用人数"))
    if fitting:
        raise InputError(
            [
                Finding(
                    "several-plan-sheets", "有多张工作表的列名像方案，无法确定读哪一张",
                    "the headings of several sheets are those of a plan", place,
                    ", ".join(raw.sheet for raw in fitting), f"{PLAN.zh} / {PLAN.key}",
                    "请把方案所在的表命名为“方案”，或删除其他表",
                    "Maybe name the sheet of the plan 'plan', or delete the others",
                )
            ]
        )  # fmt: skip
    raise InputError(
        [
            Finding(
                "no-plan-sheet", "没有列名像方案的工作表",
                "no sheet has the headings of a plan", place,
                ", ".join(raw.sheet for raw in source.tables), headings,
                "请按现状占用表的列名填写方案", "Maybe use the headings of the sheet occupancy",
            )
        ]
    )  # fmt: skip


def _read_columns(raw: RawTable) -> RawTable:
    """The sheet without the columns that a plan repeats from the ledger."""
    top = _heads(raw)[0]
    heading = raw.rows[top] if raw.rows else []
    unread = {i for i, cell in enumerate(heading) if normal(shown(cell)) in _UNREAD}
    rows = [
        row if number < top else ["" if i in unread else cell for i, cell in enumerate(row)]
        for number, row in enumerate(raw.rows)
    ]
    return replace(raw, rows=rows) if unread else raw


# -- what is meant ------------------------------------------------------------------------------


def _resolve(parsed: Parsed, names: Names, lenient: Lenient, out: Collector) -> None:
    """Turn names and numbers into codes, cell by cell."""
    count = len(parsed.row_numbers)
    if "room" not in parsed.positions:
        parsed.headings["room"] = parsed.headings.get("number", "room")
        if "number" not in parsed.positions:
            room = Place(parsed.file, parsed.sheet, parsed.heading_row, "room")
            out.add(
                Finding(
                    "missing-column", "缺少列“房间编码”或“房号”", "column room is missing", room,
                    "", "房间编码 / room / 房号 / number", "请增加该列",
                    "Maybe it has another heading",
                ),
                parsed.rank(None),
            )  # fmt: skip
            return
    for key in ("room", "unit", "division"):
        parsed.values.setdefault(key, [None] * count)
    for index in range(count):
        _resolve_room(parsed, index, names, lenient, out)
        unit = parsed.values["unit"][index]
        if unit is None:
            continue
        known = _found(parsed, index, "unit", names.units(unit), lenient, out)
        parsed.values["unit"][index] = known or unit
        division = parsed.values["division"][index]
        if division is not None and known:
            found = names.divisions(known, division)
            code = _found(parsed, index, "division", found, lenient, out)
            parsed.values["division"][index] = code or division


def _resolve_room(
    parsed: Parsed, index: int, names: Names, lenient: Lenient, out: Collector
) -> None:
    room = parsed.values["room"][index]
    key = "room" if room is not None or "number" not in parsed.positions else "number"
    text = parsed.column(key)[index]
    if text is None:
        add_blank(parsed, index, PLAN.column(key), out)
        return
    where = {k: parsed.column(k)[index] for k in ("site", "building", "floor")}
    found = names.rooms(text, {k: str(v) for k, v in where.items() if v is not None})
    parsed.values["room"][index] = _found(parsed, index, key, found, lenient, out) or text


_TABLE_OF = {"room": "rooms", "number": "rooms", "unit": "units", "division": "divisions"}
_WORDS = {"room": ("房间", "room"), "number": ("房间", "room"), "unit": ("单位", "unit"),
          "division": ("内设机构", "division")}  # fmt: skip
_SHOWN = 5


def _found(
    parsed: Parsed,
    index: int,
    key: str,
    codes: Sequence[str],
    lenient: Lenient,
    out: Collector,
) -> str:
    """The one code, or blank after a finding (several) or a loose row (none)."""
    if len(codes) == 1:
        return codes[0]
    zh, en = _WORDS[key]
    text = str(parsed.shown(index, key))
    if codes:
        more = " ..." if len(codes) > _SHOWN else ""
        listed = " / ".join(codes[:_SHOWN]) + more
        by = (
            "请写编码，或增加“楼”“楼层”列",
            "Maybe write the code, or add columns building and floor",
        )
        if _TABLE_OF[key] != "rooms":
            by = ("请写编码", "Maybe write the code")
        bad = BadCell(
            f"ambiguous-{en}", f"有 {len(codes)} 个{zh}都叫 {text}",
            f"{len(codes)} {en}s go by {text}", listed, *by,
        )  # fmt: skip
        add_bad(parsed, index, key, bad, out)
        return ""
    owner_zh, owner_en = "台账中", "the ledger"
    if key == "division":
        unit = parsed.values["unit"][index]
        owner_zh, owner_en = f"单位 {unit} ", f"unit {unit}"
    bad = BadCell(
        "unknown-reference", f"{owner_zh}没有{zh} {text}", f"{owner_en} has no {en} {text}",
        f"{_TABLE_OF[key]}: 编码或名称 / code or name", f"请改正{zh}，或先在台账中登记",
        f"Maybe correct the {en}, or add it to the ledger",
    )  # fmt: skip
    lenient.add(parsed, index, key, text, _TABLE_OF[key], bad)
    return ""


def _grades(
    parsed: Parsed,
    ledger: Ledger,
    standard: Standard | None,
    lenient: Lenient,
    out: Collector,
) -> None:
    levels = {u.code: u.level for u in ledger.units}
    grades = parsed.values.setdefault("grade", [None] * len(parsed.row_numbers))
    units, people = parsed.column("unit"), parsed.column("people")
    for index, grade in enumerate(grades):
        if grade is None:
            if people[index]:
                add_blank(parsed, index, PLAN.column("grade"), out)
            continue
        level = levels.get(units[index])
        if standard is None or level is None:
            continue
        try:
            grades[index] = standard.grade(level, grade).code
        except UnknownFigure:
            names = [f"{g.code} {g.zh}" for g in standard.grades if g.level == level]
            bad = BadCell(
                "unknown-grade", f"建设标准 {standard.code} 在该级别没有职级 {grade}",
                f"standard {standard.code} has no grade {grade} at level {level}",
                " / ".join(names) or "-", "请按建设标准填写职级，并检查单位级别",
                "Maybe a title was entered instead of a grade",
            )  # fmt: skip
            lenient.add(parsed, index, "grade", grade, "", bad)


def _rows(parsed: Parsed) -> tuple[DraftRow, ...]:
    keys = ("room", "unit", "division", "grade", "people", "purpose")
    columns: list[list[Any]] = [parsed.column(key) for key in keys]
    return tuple(
        DraftRow(
            room=room,
            unit=unit,
            division=division or "",
            grade=grade or "",
            people=people or 0,
            purpose=purpose or "",
            index=index,
        )
        for index, (room, unit, division, grade, people, purpose) in enumerate(
            zip(*columns, strict=True)
        )
    )
