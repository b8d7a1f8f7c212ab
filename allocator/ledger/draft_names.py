"""Which room, unit or division a plan means by a code, a name or a number on the door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from allocator.domain import Ledger
from allocator.ledger.asides import plain
from allocator.ledger.cells import BadCell, parse_level

_Index = dict[str, list[str]]


class Names:
    """Codes by what people call things; a code itself always comes first."""

    def __init__(self, ledger: Ledger) -> None:
        self._units = {u.code for u in ledger.units}
        self._unit_names = _index((u.name, u.code) for u in ledger.units)
        self._division_units = {d.code: d.unit for d in ledger.divisions}
        self._division_names = _index((f"{d.unit}\0{d.name}", d.code) for d in ledger.divisions)
        self._rooms = {r.code: r.floor for r in ledger.rooms}
        self._numbers = _index((r.number, r.code) for r in ledger.rooms)
        sites = {s.code: (s.code, s.name) for s in ledger.sites}
        buildings = {b.code: b for b in ledger.buildings}
        self._where: dict[str, dict[str, frozenset[str]]] = {}
        self._levels = {f.code: f.level for f in ledger.floors}
        for floor in ledger.floors:
            building = buildings[floor.building]
            self._where[floor.code] = {
                "site": frozenset(map(plain, sites[building.site])),
                "building": frozenset(map(plain, (building.code, building.name))),
                "floor": frozenset((plain(floor.code),)),
            }

    def units(self, text: str) -> list[str]:
        """Units by code or name."""
        return [text] if text in self._units else self._unit_names.get(plain(text), [])

    def divisions(self, unit: str, text: str) -> list[str]:
        """Divisions of a unit by code or name."""
        if self._division_units.get(text) == unit:
            return [text]
        return self._division_names.get(plain(f"{unit}\0{text}"), [])

    def rooms(self, text: str, where: Mapping[str, str]) -> list[str]:
        """Rooms by code, else by number, at the site, building and floor that are given."""
        if text in self._rooms and self._stands(text, where):
            return [text]
        return [code for code in self._numbers.get(plain(text), []) if self._stands(code, where)]

    def _stands(self, room: str, where: Mapping[str, str]) -> bool:
        floor = self._rooms[room]
        return all(self._is_at(floor, key, text) for key, text in where.items())

    def _is_at(self, floor: str, key: str, text: str) -> bool:
        if plain(text) in self._where[floor][key]:
            return True
        if key != "floor":
            return False
        try:
            return parse_level(text) == self._levels[floor]
        except BadCell:
            return False


def _index(pairs: Iterable[tuple[str, str]]) -> _Index:
    found: _Index = defaultdict(list)
    for name, code in pairs:
        found[plain(name)].append(code)
    return dict(found)
