"""Rooms, and who is in them, from the room sheets of a flat ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.findings import Finding
from allocator.ledger.asides import plain
from allocator.ledger.cells import BadCell
from allocator.ledger.flat_columns import ROOM_LIST
from allocator.ledger.flat_posts import PostBook
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.flat_table import Rows, code_of, source_of, unwidened
from allocator.ledger.flat_titles import Titles
from allocator.ledger.flat_units import UnitBook, refuse_other_name
from allocator.ledger.flat_uses import RoomUse, use_of
from allocator.ledger.raw import Collector
from standards.catalog import Standard

_NEEDED = ("building", "floor", "number", "use", "unit", "area_m2", "grade", "people")
_NOBODY = frozenset(
    map(plain, ("无", "暂无", "空", "闲置", "空置", "未分配", "无人", "-", "—", "——", "/"))
)
_EVERYBODY = frozenset(map(plain, ("公用", "共用", "公共", "各单位共用", "公共使用", "共同使用")))
_SAME = ("use", "area_m2", "status", "drawing_m2", "approved_use", "allocated_unit")
_ROOM = {
    "room": "number", "status": "use", "idle_reported": "use", "lent_to": "unit",
    **{k: k for k in ("floor", "number", "use", "area_m2", "features", "position",
        "approved_use", "allocated_unit", "drawing_m2")},
}  # fmt: skip
_SEAT = {
    "room": "number",
    **{k: k for k in ("unit", "division", "grade", "people", "desks", "until")},
}


@dataclass(slots=True)
class RoomBook:
    """What the room sheets say; buildings and floors by code, with the row that names them first.

    `seated`: people by unit, division's plain name and grade; `peopled`: row, unit, grade, people.
    `unheld`: rooms other than offices of which nobody is named; `empty`: offices likewise.
    """

    rooms: Rows = field(default_factory=lambda: Rows("rooms"))
    seats: Rows = field(default_factory=lambda: Rows("occupancy"))
    floors: Rows = field(default_factory=lambda: Rows("floors"))
    buildings: dict[str, FlatRow] = field(default_factory=dict)
    floor_codes: dict[str, str] = field(default_factory=dict)
    units_in: dict[str, dict[str, None]] = field(default_factory=dict)
    seated: dict[tuple[str, str, str], int] = field(default_factory=dict)
    peopled: list[tuple[FlatRow, str, str, int]] = field(default_factory=list)
    read: list[FlatRow] = field(default_factory=list)
    unheld: list[FlatRow] = field(default_factory=list)
    empty: list[FlatRow] = field(default_factory=list)


def read_rooms(
    sheets: Sequence[FlatSheet],
    units: UnitBook,
    posts: PostBook,
    standard: Standard | None,
    titles: Titles,
    out: Collector,
) -> RoomBook:
    """Every room once, however many rows it takes, and everybody in it."""
    reader = _Reader(units, posts, standard, titles)
    for sheet in sheets:
        missing_columns(sheet, out)
        for row in sheet.rows:
            reader.read(row)
    return reader.book


def missing_columns(sheet: FlatSheet, out: Collector) -> None:
    """Report the columns that a list of rooms cannot do without."""
    for key in _NEEDED:
        if sheet.has(key):
            continue
        column = ROOM_LIST.column(key)
        words = " / ".join((column.zh, *column.synonyms[:4]))
        out.add(
            Finding(
                "missing-column", f"缺少列“{column.zh}”", f"column {key} is missing",
                sheet.heading_place(column.zh), "", words,
                f"请增加“{column.zh}”列，或改用其中一个列名",
                f"Maybe add a column {column.zh}, or give the one meant one of these names",
            ),
            (sheet.order, sheet.heads.bottom + 1, 999),
        )  # fmt: skip


@dataclass(slots=True)
class _Known:
    """A room met before."""

    row: FlatRow
    floor: str
    values: dict[str, Any]


class _Reader:
    def __init__(
        self, units: UnitBook, posts: PostBook, standard: Standard | None, titles: Titles
    ) -> None:
        self.book = RoomBook()
        self._units = units
        self._standard = standard
        self._titles = titles
        self._known: dict[str, _Known] = {}
        self._room_of_row: dict[tuple[FlatSheet, int], str] = {}
        self._divided = {line.unit for line in posts.lines if line.division}

    def read(self, row: FlatRow) -> None:
        """One row: a room, or more people of a room above."""
        sheet = row.sheet
        self.book.read.append(row)
        values = {key: sheet.value(row, key) for key in ("building", "floor", "number", "use")}
        values["area_m2"] = sheet.value(row, "area_m2")
        if not row.bad and all(value is None for value in values.values()):
            sheet.refuse(row, "number", _NO_ROOM)
            return
        for key, value in values.items():
            if value is None:
                sheet.refuse_blank(row, key)
        if values["building"] is None or values["number"] is None:
            return
        building = code_of(values["building"])
        room = f"{building}-{code_of(values['number'])}"
        self._room_of_row[sheet, row.number] = room
        refuse_other_name(row, self.book.buildings.setdefault(building, row), "building")
        self._area_of_one_room(row, room)
        use = self._use(row, values["use"])
        floor = self._floor(row, building, values["floor"])
        if use is None or floor is None or row.bad:
            return
        unit = self._unit(row, use)
        self._room(row, room, floor, use, unit, values)
        self._seat(row, room, building, use, unit)

    def _use(self, row: FlatRow, text: str | None) -> RoomUse | None:
        if text is None:
            return None
        try:
            return use_of(text)
        except BadCell as bad:
            row.sheet.refuse(row, "use", bad)
            return None

    def _floor(self, row: FlatRow, building: str, level: int | None) -> str | None:
        if level is None:
            return None
        code = f"{building}-B{-level}" if level < 0 else f"{building}-{level}F"
        if code not in self.book.floor_codes:
            self.book.floor_codes[code] = building
            columns = {"floor": "floor", "building": "building", "level": "floor"}
            values = {"floor": code, "building": building, "level": level}
            self.book.floors.add(row, source_of(row.sheet, columns), values)
        return code

    def _area_of_one_room(self, row: FlatRow, room: str) -> None:
        top = row.spread_from("area_m2")
        if top is None or self._room_of_row.get((row.sheet, top), room) == room:
            return
        row.sheet.refuse(
            row, "area_m2",
            BadCell(
                "merged-area", "一个面积合并给了几间房", "one area is merged over several rooms",
                "每间一个面积 / one area per room", "请拆分单元格，逐间填写使用面积",
                "Maybe unmerge it and give each room its own area",
            ),
        )  # fmt: skip

    def _unit(self, row: FlatRow, use: RoomUse) -> str:
        """The unit as a code, blank for nobody, `*` for everybody."""
        text = row.sheet.value(row, "unit")
        if text is None:
            if use.state == "lent" and row.sheet.value(row, "lent_to") is None:
                row.sheet.refuse_blank(row, "unit", _NO_BORROWER)
            elif use.state == "used" and use.use in ("office", "business"):
                # A zero that was typed says that nobody is there; a blank says nothing.
                if row.sheet.value(row, "people") == 0 and row.spread_from("people") is None:
                    self.book.empty.append(row)
                else:
                    row.sheet.refuse_blank(row, "unit", _NO_UNIT)
            elif use.state == "used":
                self.book.unheld.append(row)
            return ""
        if plain(text) in _EVERYBODY:
            return "*"
        return "" if plain(text) in _NOBODY else code_of(text)

    def _room(
        self, row: FlatRow, room: str, floor: str, use: RoomUse, unit: str, read: dict[str, Any]
    ) -> None:
        sheet = row.sheet
        features = sheet.value(row, "features") or ()
        if unit == "*" and use.use != "office" and "common" not in features:
            features = (*features, "common")
        values: dict[str, Any] = {
            "room": room, "floor": floor, "number": unwidened(read["number"]), "use": use.use,
            "area_m2": read["area_m2"], "features": features or None,
            "status": "let" if use.state == "let" else sheet.value(row, "status") or "available",
            "approved_use": self._approved(row),
            "lent_to": self._borrower(row, use, unit),
            "allocated_unit": _code(sheet.value(row, "allocated_unit")),
            **{k: sheet.value(row, k) for k in ("position", "idle_reported", "drawing_m2")},
        }  # fmt: skip
        known = self._known.get(room)
        if known is not None:
            self._compare(row, known, floor, values)
            return
        self._known[room] = _Known(row, floor, values)
        columns = dict(_ROOM)
        columns.update({k: k for k in ("status", "lent_to", "idle_reported") if sheet.has(k)})
        self.book.rooms.add(row, source_of(sheet, columns), values, row.bad)

    def _compare(self, row: FlatRow, known: _Known, floor: str, values: dict[str, Any]) -> None:
        """More rows of one room agree about the room, whose area counts once."""
        keys = [key for key in _SAME if values[key] != known.values[key]]
        if floor != known.floor:
            keys.insert(0, "floor")
        for key in keys:
            heading = key if row.sheet.has(key) else "use"
            row.sheet.refuse(
                row, heading,
                BadCell(
                    "rows-contradict",
                    f"房号 {row.text('number')} 与第 {known.row.number} 行是同一间，但此格不一致",
                    f"room {row.text('number')} stands in row {known.row.number} as well, where "
                    "this cell differs", known.row.text(heading),
                    "若为同一间，请填相同的值（面积只计一次）；"
                    "若为两间，请用不同房号，如 301-1、301-2",
                    "Maybe it is one room: repeat the same value (its area counts once); or two: "
                    "give them different numbers, such as 301-1 and 301-2",
                ),
            )  # fmt: skip

    def _approved(self, row: FlatRow) -> str | None:
        text = row.sheet.value(row, "approved_use")
        if text is None:
            return None
        try:
            return use_of(text).use
        except BadCell as bad:
            row.sheet.refuse(row, "approved_use", bad)
            return None

    def _borrower(self, row: FlatRow, use: RoomUse, unit: str) -> str | None:
        named = row.sheet.value(row, "lent_to")
        if named is not None or use.state != "lent":
            return str(named) if named is not None else None
        return unit if unit in self._units.facts else row.sheet.value(row, "unit")

    def _seat(self, row: FlatRow, room: str, building: str, use: RoomUse, unit: str) -> None:
        sheet = row.sheet
        people = sheet.value(row, "people")
        if row.spread_from("people") is not None:
            sheet.refuse(row, "people", _MERGED_PEOPLE)
            return
        if "people" in row.bad:
            return
        if people is None and use.state == "used" and use.use in ("office", "business") and unit:
            sheet.refuse_blank(row, "people", _NO_PEOPLE)
            return
        if people and use.state == "idle":
            sheet.refuse(row, "people", _IDLE_PEOPLE)
            return
        outsider = use.state in ("let", "lent") and unit not in self._units.facts
        if people and unit in ("", "*") and not outsider:
            sheet.refuse_blank(row, "unit", _NO_UNIT)
            return
        if not unit or unit == "*" or outsider:
            return
        self._occupy(row, room, building, unit, people or 0)

    def _occupy(self, row: FlatRow, room: str, building: str, unit: str, people: int) -> None:
        sheet = row.sheet
        grade = sheet.value(row, "grade")
        level = self._units.level(unit)
        code = self._titles.grade(self._standard, unit, level, grade) if grade and people else None
        division = sheet.value(row, "division") if unit in self._divided else None
        values = {
            "room": room, "unit": unit, "division": division, "grade": code, "people": people,
            "desks": sheet.value(row, "desks"), "until": sheet.value(row, "until"),
        }  # fmt: skip
        self.book.seats.add(row, source_of(sheet, _SEAT), values, row.bad)
        self.book.units_in.setdefault(building, {})[unit] = None
        if code is not None:
            key = (unit, plain(division or ""), code)
            self.book.seated[key] = self.book.seated.get(key, 0) + people
            self.book.peopled.append((row, unit, code, people))


def _code(name: str | None) -> str | None:
    return code_of(name) if name else None


_NO_ROOM = BadCell(
    "row-without-room", "该行没有房间信息", "the row names no room", "房号 / number",
    "若为说明，请以“注：”开头或移到“说明”表；若为数据，请逐格填写或与上一行合并单元格",
    "Maybe it is a note: begin it with 注： or move it to a sheet 说明; or fill in its cells",
)  # fmt: skip
_NO_UNIT = (
    "空白不沿用上一行：请填使用单位或合并单元格；无人使用时在实际用途填“闲置”，多单位共用填“公用”",
    "Maybe repeat the unit or merge the cells, for a blank is not filled from above; write 闲置 as "
    "its use if nobody has the room, 公用 as its unit if everybody does",
)
_NO_BORROWER = (
    "出借的房间请在使用单位填写借用方",
    "Maybe name the borrower under 使用单位",
)
_NO_PEOPLE = (
    "空白不按零处理：无人则填 0；一间房有几行时逐行填写人数",
    "Maybe 0 is meant, if nobody sits there; blank is not zero",
)
_MERGED_PEOPLE = BadCell(
    "merged-people", "一个人数合并给了几行", "one number of people is merged over several rows",
    "每行一个人数 / one number per row", "请拆分单元格，逐行填写人数，没有则填 0",
    "Maybe unmerge it and give the number for each row, 0 where nobody sits",
)  # fmt: skip
_IDLE_PEOPLE = BadCell(
    "idle-with-people", "用途为闲置，却有使用人数", "the room is called idle but has people",
    "0", "请核对用途与人数", "Maybe it is in use: correct its use or the number",
)  # fmt: skip
