"""Sites and buildings of a flat ledger: what the sheets say of them, and what is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.ledger.cells import BadCell
from allocator.ledger.flat_columns import HOLDING, ROOM_LIST
from allocator.ledger.flat_notes import Notes
from allocator.ledger.flat_rooms import RoomBook
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.flat_table import Rows, code_of, listed, source_of, unwidened
from allocator.ledger.flat_units import UnitBook, differing

_HOLDS = tuple(column.key for column in HOLDING)
_BUILDING_FACTS = (*_HOLDS, "usable_ratio", "high_rise")
_SITE_FACTS = (*_HOLDS, "kind", "territory")
_OF_SITE = ("kind", "territory")


@dataclass(slots=True)
class _Place:
    """A site or building: the row that says most of it, its name and what is said."""

    row: FlatRow
    name: str
    site: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    told: dict[str, FlatRow] = field(default_factory=dict)

    def tell(self, row: FlatRow, key: str, value: Any) -> None:
        """Keep a fact; a second row may repeat it, not contradict it."""
        first = self.told.setdefault(key, row)
        if self.facts.setdefault(key, value) != value:
            row.sheet.refuse(row, key, differing(first, self.name, first.text(key)))
        elif len(self.facts) == 1 and row.sheet.heads.table is not ROOM_LIST:
            self.row = row


@dataclass(slots=True)
class PlaceBook:
    """Sites and buildings by code."""

    sites: dict[str, _Place] = field(default_factory=dict)
    buildings: dict[str, _Place] = field(default_factory=dict)
    named: dict[str, FlatRow] = field(default_factory=dict)


def read_places(
    rooms: Sequence[FlatSheet],
    places: Sequence[FlatSheet],
    units: UnitBook,
    unit_sheets: Sequence[FlatSheet],
    found: RoomBook,
    notes: Notes,
) -> tuple[Rows, Rows]:
    """The tables of sites and buildings."""
    book = PlaceBook()
    for code, row in found.buildings.items():
        book.buildings[code] = _Place(row, unwidened(row.text("building")))
    for sheet in (*rooms, *places):
        for row in sheet.rows:
            _building_row(book, row)
    for sheet in unit_sheets:
        for row in sheet.rows:
            _unit_row(book, row)
    derived = _derive_sites(book, units, found)
    own = _own_sites(book)
    _unused_sites(book)
    _tell_assumptions(book, derived, own, notes)
    return _site_table(book, set(own)), _building_table(book)


def _facts(row: FlatRow, keys: Iterable[str]) -> list[tuple[str, Any]]:
    pairs = ((key, row.sheet.value(row, key)) for key in keys if row.sheet.has(key))
    return [(key, value) for key, value in pairs if value is not None]


def _building_row(book: PlaceBook, row: FlatRow) -> None:
    sheet = row.sheet
    name, site = sheet.value(row, "building"), sheet.value(row, "site")
    place = _site(book, site, row) if site is not None else None
    if name is None:
        if sheet.heads.table is ROOM_LIST:
            return
        if place is None:
            sheet.refuse_blank(row, "building" if sheet.has("building") else "site")
            return
        for key, value in _facts(row, _SITE_FACTS):
            place.tell(row, key, value)
        return
    code = code_of(name)
    building = book.buildings.setdefault(code, _Place(row, unwidened(name)))
    if site is not None and building.site not in ("", code_of(site)):
        sheet.refuse(row, "site", differing(book.named[code], name, building.site))
    elif site is not None:
        building.site = code_of(site)
        book.named.setdefault(code, row)
    keys = _HOLDS if sheet.heads.table is ROOM_LIST else _BUILDING_FACTS
    for key, value in _facts(row, keys):
        building.tell(row, key, value)
    if sheet.heads.table is not ROOM_LIST:
        for key, value in _facts(row, _OF_SITE):
            (place or _site(book, name, row)).tell(row, key, value)
            building.site = building.site or code


def _site(book: PlaceBook, name: str, row: FlatRow) -> _Place:
    return book.sites.setdefault(code_of(name), _Place(row, unwidened(name)))


def _unit_row(book: PlaceBook, row: FlatRow) -> None:
    facts = _facts(row, _HOLDS)
    site = row.sheet.value(row, "site")
    if not facts:
        return
    if site is None:
        row.sheet.refuse(row, facts[0][0], _NO_PLACE)
        return
    place = book.buildings.get(code_of(site)) or _site(book, site, row)
    for key, value in facts:
        place.tell(row, key, value)


def _derive_sites(book: PlaceBook, units: UnitBook, found: RoomBook) -> list[str]:
    """Sites from the 办公地点 of units all of whose rooms are in one building."""
    homes: dict[str, list[str]] = {}
    for inhabited, held_by in found.units_in.items():
        for unit in held_by:
            homes.setdefault(unit, []).append(inhabited)
    named: dict[str, dict[str, tuple[str, FlatRow]]] = {}
    for unit, where in homes.items():
        stated = units.places.get(unit, [])
        if len(where) == 1 and len({code_of(name) for name, _ in stated}) == 1:
            named.setdefault(where[0], {})[code_of(stated[0][0])] = stated[0]
    derived = []
    for code, building in book.buildings.items():
        candidates = named.get(code, {})
        if not building.site and len(candidates) == 1:
            name, row = next(iter(candidates.values()))
            _site(book, name, row)
            building.site = code_of(name)
            if building.site != code:
                derived.append(f"{building.name} → {unwidened(name)}")
    return derived


def _own_sites(book: PlaceBook) -> list[str]:
    """Buildings of which no site is stated are sites of their own."""
    own = []
    for code, building in book.buildings.items():
        if not building.site or building.site == code:
            if code not in book.sites:
                book.sites[code] = _Place(building.row, building.name)
                own.append(code)
            building.site = code
    return own


def _unused_sites(book: PlaceBook) -> None:
    """A fact about a site that no building stands on would be lost."""
    used = {building.site for building in book.buildings.values()}
    for code in [code for code in book.sites if code not in used]:
        site = book.sites.pop(code)
        for key, row in site.told.items():
            row.sheet.refuse(row, key, _NO_BUILDING)


def _tell_assumptions(
    book: PlaceBook, derived: Sequence[str], own: Sequence[str], notes: Notes
) -> None:
    first = next(iter(book.buildings.values()), None)
    if first is None:
        return
    place = first.row.sheet.heading_place()
    if derived:
        names = listed(derived)
        notes.assume(
            "assumed-site", place, f"楼所在办公区取自单位的办公地点：{names}",
            f"sites of buildings are taken from the units' 办公地点: {names}",
            "如不符，请在房间表增加“办公地点”列",
            "Maybe add a column 办公地点 to the list of rooms",
        )  # fmt: skip
    if own:
        names = listed([book.buildings[code].name for code in own])
        notes.assume(
            "assumed-site", place, f"未说明办公地点，每栋楼各作一个办公区：{names}",
            f"no 办公地点 is stated; each building is a site of its own: {names}",
            "如在同一院落，请在房间表增加“办公地点”列",
            "Maybe add a column 办公地点 to the list of rooms, if they share a compound",
        )  # fmt: skip
    for key, zh, en, heading in _ASSUMED:
        lacking = [
            building.name
            for building in book.buildings.values()
            if key not in building.facts and key not in book.sites[building.site].facts
        ]
        if lacking:
            names = listed(lacking)
            notes.assume(
                f"assumed-{key.replace('_', '-')}", place, f"{zh}：{names}", f"{en}: {names}",
                f"如不符，请增加“{heading}”列（可另列一张表：建筑名称、{heading}）",
                f"Maybe add a column {heading}, also on a sheet of its own with 建筑名称",
            )  # fmt: skip


def _site_table(book: PlaceBook, own: set[str]) -> Rows:
    rows = Rows("sites")
    for code in dict.fromkeys(building.site for building in book.buildings.values()):
        site = book.sites[code]
        name = "building" if code in own or not site.row.sheet.has("site") else "site"
        columns = {"site": name, "name": name, **{key: key for key in _SITE_FACTS}}
        values = {
            "kind": "independent", "tenure": "owned", "title_registered": True,
            **site.facts, "site": code, "name": site.name,
        }  # fmt: skip
        rows.add(site.row, source_of(site.row.sheet, columns), values)
    return rows


def _building_table(book: PlaceBook) -> Rows:
    rows = Rows("buildings")
    columns = {"building": "building", "name": "building", "site": "site",
        **{key: key for key in _BUILDING_FACTS}}  # fmt: skip
    for code, building in book.buildings.items():
        values = {**building.facts, "building": code, "name": building.name,
            "site": building.site}  # fmt: skip
        rows.add(building.row, source_of(building.row.sheet, columns), values)
    return rows


_ASSUMED = (
    ("title_registered", "未说明权属登记情况，按已登记处理",
     "title not stated, taken as registered", "权属登记情况"),
    ("tenure", "未说明是否租(借)用，按自有处理",
     "not stated whether leased or borrowed, taken as owned", "是否租(借)用"),
    ("kind", "未说明办公区类型，按独立办公区处理",
     "kind of site not stated, taken as independent", "办公区类型"),
)  # fmt: skip
_NO_PLACE = BadCell(
    "fact-without-place", "权属情况没有对应的办公地点", "this fact names no place",
    "办公地点 / 建筑名称", "请填写办公地点，或另列一张表：建筑名称、权属登记情况",
    "Maybe fill in 办公地点, or move the fact to a sheet with the column 建筑名称",
)  # fmt: skip
_NO_BUILDING = BadCell(
    "fact-without-building", "没有一栋楼属于这个办公地点", "no building stands at this place",
    "建筑名称 / 办公地点", "请在房间表增加“办公地点”列，或把该情况改填到建筑名称下",
    "Maybe add a column 办公地点 to the list of rooms, or state the fact by 建筑名称",
)  # fmt: skip
