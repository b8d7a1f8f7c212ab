"""Flat ledgers, as offices keep them: one list of rooms and one of units, by their headings.

Codes are made from names: a building's is its name, a room's is building-number, a unit's its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allocator.findings import Finding, Place
from allocator.ledger.asides import plain
from allocator.ledger.cells import shown
from allocator.ledger.choices import normal
from allocator.ledger.columns import NOTES_SHEETS, TABLES
from allocator.ledger.flat_claims import tell_claims
from allocator.ledger.flat_columns import FLAT_TABLES, PLACE_LIST, ROOM_LIST, UNIT_LIST
from allocator.ledger.flat_heads import Heads, find_heads
from allocator.ledger.flat_notes import Notes
from allocator.ledger.flat_people import (
    compare_totals,
    divisions_of,
    posts_of,
    tell_divisions,
    tell_empty,
    tell_unheld,
    warn_repealed,
)
from allocator.ledger.flat_places import read_places
from allocator.ledger.flat_posts import no_posts, read_posts
from allocator.ledger.flat_rooms import missing_columns, read_rooms
from allocator.ledger.flat_sheet import FlatSheet, read_sheet
from allocator.ledger.flat_table import code_of, listed
from allocator.ledger.flat_titles import is_title_sheet, read_titles
from allocator.ledger.flat_units import read_units
from allocator.ledger.raw import Collector, Parsed, parse_table
from allocator.ledger.sources import RawTable
from standards.catalog import Standard

_OF_LEDGER = ("sites", "buildings", "floors", "occupancy")
"""Sheets that only a ledger in tables has."""
_ALSO = ("requests", "relations", "refits", "survey")
"""Sheets of the ledger in tables that may stand beside the lists."""
_ENOUGH = 3


@dataclass(slots=True)
class _Sheets:
    lists: list[tuple[RawTable, Heads]] = field(default_factory=list)
    titles: list[RawTable] = field(default_factory=list)
    others: list[tuple[RawTable, Heads | None]] = field(default_factory=list)


def is_flat(tables: Sequence[RawTable], standard: Standard | None) -> bool:
    """Whether the headings are those of a flat ledger and not of a ledger in tables."""
    found = _sort(tables, standard)
    if any(heads.table is ROOM_LIST for _, heads in found.lists):
        return True
    words = {normal(n) for t in TABLES if t.key in _OF_LEDGER for n in (t.key, t.zh, *t.synonyms)}
    if any(normal(raw.sheet) in words for raw in tables):
        return False
    guesses = [heads for _, heads in found.others if heads is not None]
    return any(
        heads.table in (ROOM_LIST, UNIT_LIST) and heads.score >= _ENOUGH
        for heads in (*guesses, *(heads for _, heads in found.lists))
    )


def _sort(tables: Sequence[RawTable], standard: Standard | None) -> _Sheets:
    names = frozenset(
        plain(name)
        for grade in (standard.grades if standard is not None else ())
        for name in (grade.zh, *grade.aliases)
    )
    also = {normal(n) for t in TABLES if t.key in _ALSO for n in (t.key, t.zh, *t.synonyms)}
    found = _Sheets()
    for raw in tables:
        if is_title_sheet(raw):
            found.titles.append(raw)
            continue
        sure, best = find_heads(raw, names)
        if sure is not None and normal(raw.sheet) not in also:
            found.lists.append((raw, sure))
        else:
            found.others.append((raw, best))
    return found


def read_flat(
    tables: Sequence[RawTable], standard: Standard | None, file: str, out: Collector
) -> tuple[dict[str, Parsed], tuple[Finding, ...]]:
    """The tables of the ledger, and notes on what was assumed or not read; faults go to `out`."""
    found, notes = _sort(tables, standard), Notes()
    sheets = [read_sheet(raw, heads, n, out) for n, (raw, heads) in enumerate(found.lists)]
    for sheet in sheets:
        _headings(sheet, notes, out)
    by_kind = {t.key: [s for s in sheets if s.heads.table is t] for t in FLAT_TABLES}
    room_sheets, unit_sheets = by_kind[ROOM_LIST.key], by_kind[UNIT_LIST.key]
    _missing_lists(found, room_sheets, unit_sheets, standard, file, out)
    units = read_units(unit_sheets, out)
    _empty(room_sheets, unit_sheets, out)
    posts = read_posts(unit_sheets, units, standard, out)
    titles = read_titles(found.titles, units, standard, len(found.lists), out)
    rooms = read_rooms(room_sheets, units, posts, standard, titles, out)
    place_sheets = by_kind[PLACE_LIST.key]
    sites, buildings = read_places(room_sheets, place_sheets, units, unit_sheets, rooms, notes)
    divisions = divisions_of(rooms, posts)
    made = [sites, buildings, rooms.floors, rooms.rooms]
    if unit_sheets:
        # Without a list of units every unit would be unknown.
        made += [units.table(), divisions, posts_of(posts, rooms, notes), rooms.seats]
    parsed: dict[str, Parsed] = {rows.key: rows.parsed() for rows in made}
    if unit_sheets:
        compare_totals(rooms, posts, notes)
    tell_divisions(rooms, posts, notes)
    tell_unheld(rooms, notes)
    tell_empty(rooms, notes)
    tell_claims(room_sheets, notes)
    warn_repealed(rooms, units, standard, notes)
    parsed.update(_beside(found.others, room_sheets, notes, out))
    _skipped(sheets, notes)
    return {t.key: parsed[t.key] for t in TABLES if t.key in parsed}, tuple(notes.found)


def _headings(sheet: FlatSheet, notes: Notes, out: Collector) -> None:
    for position, text, first in sheet.heads.twice:
        out.add(
            Finding(
                "duplicate-column", f"列“{first}”与“{text}”含义相同",
                f"the columns {first} and {text} mean the same", sheet.heading_place(text), text,
                first, "请只保留一列", "Maybe delete one of the two",
            ),
            (sheet.order, sheet.heads.bottom + 1, position),
        )  # fmt: skip
    if sheet.heads.unknown:
        names = listed([" ".join(text.split()) for _, text in sheet.heads.unknown])
        notes.add(
            "warning", "column-not-read", sheet.heading_place(),
            f"以下列不认识，未读取：{names}",
                f"these columns are not known and were not read: {names}",
            ("如需读取，请改用模板中的列名", "Maybe rename them as in the README, if they matter"),
        )  # fmt: skip


def _missing_lists(
    found: _Sheets,
    rooms: Sequence[FlatSheet],
    units: Sequence[FlatSheet],
    standard: Standard | None,
    file: str,
    out: Collector,
) -> None:
    guesses = [(raw, heads) for raw, heads in found.others if heads is not None]
    for number, (raw, heads) in enumerate(guesses, len(found.lists)):
        if heads.table is ROOM_LIST and heads.score >= _ENOUGH:
            missing_columns(FlatSheet(raw, heads, number, out), out)
    unclear = any(h.table is ROOM_LIST and h.score >= _ENOUGH for _, h in guesses)
    if not rooms and not unclear:
        out.add(_missing_list(file, "房间", "rooms", ROOM_LIST_HEADINGS))
    if not units:
        out.add(_missing_list(file, "单位", "units", UNIT_LIST_HEADINGS))
        out.add(no_posts(Place(file, "单位"), standard))


def _empty(rooms: Sequence[FlatSheet], units: Sequence[FlatSheet], out: Collector) -> None:
    for sheets in (rooms, units):
        if sheets and not any(sheet.rows for sheet in sheets):
            first = sheets[0]
            out.add(
                Finding(
                    "empty-table", "表中没有数据行", "the list has no rows",
                    first.heading_place(), "",
                    "≥ 1 行 / row", "请填写数据", "Maybe the data is missing",
                ),
                (first.order, first.heads.bottom + 1, 0),
            )  # fmt: skip


def _missing_list(file: str, zh: str, en: str, headings: str) -> Finding:
    return Finding(
        "missing-sheet", f"缺少{zh}表", f"the list of {en} is missing", Place(file, zh), "",
        headings, f"请增加一张表，列名为：{headings}",
        f"Maybe add a sheet with these headings: {headings}",
    )  # fmt: skip


ROOM_LIST_HEADINGS = "建筑名称 楼层 房号 实际用途 使用单位 使用面积 使用人数 职级"
UNIT_LIST_HEADINGS = "单位 级别 单位类型 正局(处)级 副局(处)级 局(处)级以下"


def _beside(
    others: Sequence[tuple[RawTable, Heads | None]],
    rooms: Sequence[FlatSheet],
    notes: Notes,
    out: Collector,
) -> Mapping[str, Parsed]:
    """Tables of the ledger beside the lists; every other sheet is named and left unread."""
    words = {normal(n): t for t in TABLES if t.key in _ALSO for n in (t.key, t.zh, *t.synonyms)}
    parsed: dict[str, Parsed] = {}
    for raw, heads in others:
        table = words.get(normal(raw.sheet))
        blank = not any(shown(cell) for row in raw.rows for cell in row if cell != "")
        if blank or normal(raw.sheet) in map(normal, NOTES_SHEETS):
            continue
        if table is not None and table.key not in parsed:
            parsed[table.key] = _by_names(parse_table(raw, table, TABLES.index(table), out))
        elif heads is None or heads.table is not ROOM_LIST or heads.score < _ENOUGH:
            notes.add(
                "warning", "sheet-not-read", Place(raw.file, raw.sheet),
                "该表不是房间表、单位表或房屋表，未读取",
                "the sheet is no list of rooms, units or buildings and was not read",
                ("如应读取，请核对其列名", "Maybe its headings are misspelt, if it matters"),
            )  # fmt: skip
    return parsed


def _by_names(parsed: Parsed) -> Parsed:
    """References to units and places by name become references by code."""
    for column in parsed.table.columns:
        if column.kind == "ref" and column.key in parsed.values:
            cells = parsed.values[column.key]
            parsed.values[column.key] = [code_of(c) if c is not None else None for c in cells]
    return parsed


def _skipped(sheets: Sequence[FlatSheet], notes: Notes) -> None:
    for sheet in sheets:
        if sheet.skipped:
            rows = listed([str(number) for number in sheet.skipped], 20)
            notes.add(
                "info", "rows-skipped", sheet.heading_place(),
                f"合计行和表下说明未作数据读取：第 {rows} 行",
                f"totals and notes were not read as data: rows {rows}",
            )  # fmt: skip
