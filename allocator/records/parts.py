"""The parts of one set of assignments that the terms add up, before rates and tiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.domain import Room
from allocator.measure import Measure, RoomUse
from allocator.plan import Assignment
from allocator.problem import Problem
from allocator.records.record import Kind
from allocator.report.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a term, with its sentence; areas in m2, the rest in whole numbers."""

    amount: Fraction
    zh: str
    en: str
    unit: str = ""
    kind: Kind = ""
    place: str = ""
    subject: str = ""
    rule: str = ""
    """Rule of the register where it is not the term's own."""


class Held:
    """Assignments by room, with the floors in use and the seats of planned units."""

    def __init__(
        self, measure: Measure, rows: Iterable[Assignment], common_floors: Iterable[str]
    ) -> None:
        self.measure = measure
        self.rows = list(rows)
        self.problem: Problem = measure.problem
        self.names = Names(measure.problem)
        self.in_use = measure.floors_in_use(self.rows, common_floors)
        self.by_room: dict[str, list[Assignment]] = defaultdict(list)
        for row in self.rows:
            self.by_room[row.room].append(row)
        self.seats = [r for r in self.rows if r.people and self.problem.units[r.unit].planned]

    @cached_property
    def stock_in_use(self) -> tuple[Room, ...]:
        """Stock rooms on floors in use, by code."""
        rooms = (r for r in self.problem.stock if r.floor in self.in_use)
        return tuple(sorted(rooms, key=lambda r: r.code))

    @cached_property
    def offices(self) -> dict[str, RoomUse]:
        """Hidden and short of every held office room, by code."""
        rooms = self.problem.rooms
        return {
            code: self.measure.room_use(code, inside)
            for code, inside in sorted(self.by_room.items())
            if rooms[code].use == "office" and rooms[code].status == "available"
        }

    def shares(self, code: str) -> dict[str, Fraction]:
        """How a held room is divided among its units: by their standards, else equally."""
        if code in self.offices:
            return self.offices[code].part
        units = sorted({row.unit for row in self.by_room[code]})
        return {unit: Fraction(1, len(units)) for unit in units}


def m2_of(hundredths: int | Fraction) -> Fraction:
    """Square metres, exact, of 0.01 m2."""
    return Fraction(hundredths) / 100
