"""Codes to the names people use: units, grades, places. Names come from the ledger as they are."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.problem import Problem
from allocator.report.words import Text
from standards.catalog import UnknownFigure


class Names:
    """Looks up names; a blank name falls back to the code."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._divisions = {d.code: d.name or d.code for d in problem.scenario.ledger.divisions}

    def unit(self, code: str) -> str:
        """The unit's name."""
        unit = self._problem.units.get(code)
        return (unit.name if unit else "") or code

    def division(self, code: str) -> str:
        """The division's name, blank for the unit itself."""
        return self._divisions.get(code, code)

    def grade(self, unit: str, code: str) -> Text:
        """The grade in both languages, as the standard names it."""
        known = self._problem.units.get(unit)
        try:
            grade = self._problem.scenario.standard.grade(known.level if known else "", code)
        except UnknownFigure:
            return Text(code, code)
        return Text(grade.zh, grade.en)

    def site(self, code: str) -> str:
        """The site's name."""
        site = self._problem.sites.get(code)
        return (site.name if site else "") or code

    def building(self, code: str) -> str:
        """Site and building."""
        building = self._problem.buildings.get(code)
        if building is None:
            return code
        return f"{self.site(building.site)} · {building.name or code}"

    def level(self, floor: str) -> str:
        """A floor's sign: 3F, and B1 below ground."""
        level = self._problem.floors[floor].level
        return f"{level}F" if level >= 0 else f"B{-level}"

    def floor(self, code: str) -> str:
        """Site, building and floor."""
        if code not in self._problem.floors:
            return code
        return f"{self.building(self._problem.building_of_floor[code])} · {self.level(code)}"

    def place(self, code: str) -> str:
        """Any unit, site, building, floor or room by its code."""
        if code in self._problem.units:
            return self.unit(code)
        if code in self._problem.sites:
            return self.site(code)
        if code in self._problem.buildings:
            return self.building(code)
        if code in self._problem.rooms:
            room = self._problem.rooms[code]
            return f"{self.floor(room.floor)} · {room.number}"
        return self.floor(code)

    def lease(self, code: str) -> str:
        """A leased place: a site, else a building, else a floor, never a room."""
        if code in self._problem.sites:
            return self.site(code)
        return self.building(code) if code in self._problem.buildings else self.floor(code)

    def rooms(self, codes: Iterable[str]) -> str:
        """Room numbers of one building, floor by floor."""
        rooms = [self._problem.rooms[code] for code in codes]
        order = sorted(rooms, key=lambda r: (self._problem.floors[r.floor].level, r.number, r.code))
        return " ".join(room.number or room.code for room in order)
