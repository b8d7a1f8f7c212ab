"""Which buildings and units to plan anew after a change of one unit, cheapest by estimate first.

Estimates count standards against office area; they only order the parts, which are then exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from allocator.model.packing import FIXED
from allocator.plan import Assignment
from allocator.problem import Problem

TIGHT = Fraction(92, 100)
"""Part of a building's seats that units are expected to fill without being packed exactly."""
ROOMS = 200
"""Most stock rooms of a part."""
TARGETS = 4
"""Most buildings that the changed unit is tried in."""
CHAINS = 3
"""Most ways of making room in one of them."""
SAME_SITE, ELSEWHERE = 200, 400
"""Estimated cost of a person who moves, by how far, 0.01 m2."""


@dataclass(frozen=True, slots=True)
class Part:
    """Units to place in buildings, the rest frozen."""

    units: tuple[str, ...]
    buildings: tuple[str, ...]


class Parts:
    """The parts around one unit, for one set of rows."""

    def __init__(self, problem: Problem, rows: Iterable[Assignment], unit: str) -> None:
        self.problem, self.unit = problem, unit
        self.floors: dict[str, list[str]] = defaultdict(list)
        self.rooms: dict[str, int] = defaultdict(int)
        self.seats: dict[str, Fraction] = defaultdict(Fraction)
        self.area: dict[str, int] = defaultdict(int)
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.held: dict[str, int] = defaultdict(int)
        self.free: dict[str, int] = defaultdict(int)
        self._count(list(rows))
        self.inside: dict[str, set[str]] = defaultdict(set)
        for code, places in self.homes.items():
            for building in places:
                self.inside[building].add(code)

    def _count(self, rows: list[Assignment]) -> None:
        """Standards seated, office area, and area free on floors in use, by building."""
        problem = self.problem
        in_use = {problem.floor_of[row.room] for row in rows} | problem.floors_always_in_use
        taken = {row.room for row in rows}
        for floor, rooms in problem.stock_by_floor.items():
            building = problem.building_of_floor[floor]
            self.floors[building].append(floor)
            self.rooms[building] += len(rooms)
            for room in rooms:
                if room.use == "office" and room.code not in problem.fixed_rooms:
                    self.area[building] += room.area
                    if floor in in_use and room.code not in taken:
                        self.free[building] += room.area
        share = problem.policy.min_share or Fraction(1)
        self.seats.update({b: area / share * TIGHT for b, area in self.area.items()})
        for row in rows:
            if row.purpose in FIXED:
                continue
            building = problem.building_of[row.room]
            self.homes[row.unit].add(building)
            if row.people and row.unit != self.unit:
                self.held[building] += row.people * problem.limit(row.unit, row.grade)

    # -- parts -----------------------------------------------------------------------------

    def alone(self) -> list[Part]:
        """The unit on its own in each of the buildings that promise most; the others stay."""
        return [Part((self.unit,), (building,)) for building in self._targets()]

    def ranked(self) -> Iterator[Part]:
        """The parts to try, each once: first one for every target, then further ways."""
        ways = [list(self._ways(building)) for building in self._targets()]
        seen: set[Part] = set()
        for turn in range(max(map(len, ways), default=0)):
            for way in ways:
                if turn < len(way) and way[turn] not in seen:
                    seen.add(way[turn])
                    yield way[turn]

    def _ways(self, building: str) -> Iterator[Part]:
        """The building alone where the unit fits; room made by passing others on; exchanges."""
        fits = self._lacking(building) <= 0
        if fits:
            yield self._part((building,))
        chains = self._chains(building)
        home = (sorted(self.homes.get(self.unit, ())) or self._before(building))[:1]
        others = [other for other in home if other != building]
        for movers, target in chains[:2]:
            yield self._part((building, target), free_only=movers)
        for other in others:
            yield self._part((building, other))
        for movers, target in chains[2:]:
            yield self._part((building, target), free_only=movers)
        for _, target in chains:
            yield self._part((building, target))
        for other in others:
            for _, target in chains[:2]:
                if target != other and self._size((building, other, target)) <= ROOMS:
                    yield self._part((building, other, target))
        if not fits:
            yield self._part((building,))

    def _before(self, building: str) -> list[str]:
        """Where the unit's people are today, most first."""
        problem = self.problem
        people: dict[str, int] = defaultdict(int)
        for group in problem.groups_of[self.unit]:
            for room, count in problem.today_people.get(group, {}).items():
                people[problem.building_of[room]] += count
        return sorted((b for b in people if b != building and b in self.rooms),
                      key=lambda b: (-people[b], b))  # fmt: skip

    def _part(self, buildings: tuple[str, ...], free_only: tuple[str, ...] = ()) -> Part:
        """All units wholly inside; `free_only`: those of the first building, others frozen."""
        wanted = buildings[:1] if free_only else buildings
        units = {u for b in wanted for u in self.inside[b] if self.homes[u] <= set(buildings)}
        return Part(tuple(sorted(units | {self.unit})), buildings)

    def _size(self, buildings: tuple[str, ...]) -> int:
        return sum(self.rooms[b] for b in buildings)

    # -- estimates ---------------------------------------------------------------------------

    def _targets(self) -> list[str]:
        """Where the unit may be now: where it is, then what is cheapest by estimate."""
        may = [b for b in sorted(self.rooms) if self._may(self.unit, b)]
        home = self.homes.get(self.unit, set())
        return sorted(may, key=lambda b: (b not in home, self._cost(self.unit, b), b))[:TARGETS]

    def _may(self, unit: str, building: str) -> bool:
        problem = self.problem
        return any(
            room.use == "office" and problem.permitted(unit, room)
            for floor in self.floors[building]
            if floor in problem.permitted_floors[unit]
            for room in problem.stock_by_floor[floor]
        )

    def _lacking(self, building: str) -> Fraction:
        """Standards by which the seats fall short if the unit comes."""
        return self.problem.need(self.unit) + self.held[building] - self.seats[building]

    def _cost(self, unit: str, building: str) -> Fraction:
        """Area opened, people moved, and what must be passed on, in 0.01 m2."""
        problem = self.problem
        need = problem.need(unit)
        free = self.free[building]
        opened = max(0, need - free) - Fraction(min(need, free), 2)
        lacking = self._lacking(building) if unit == self.unit else Fraction(0)
        return opened + self._moves(unit, building) + 3 * max(Fraction(0), lacking)

    def _moves(self, unit: str, building: str) -> int:
        """People who change building, at the usual rates, in 0.01 m2."""
        problem, cost = self.problem, 0
        site = problem.site_of_building[building]
        for group in problem.groups_of[unit]:
            for room, people in problem.today_people.get(group, {}).items():
                if problem.building_of[room] != building:
                    cost += people * (SAME_SITE if problem.site_of[room] == site else ELSEWHERE)
        return cost

    def _chains(self, building: str) -> list[tuple[tuple[str, ...], str]]:
        """Units to pass on, and where to, so that the unit fits; cheapest first."""
        lacking = self._lacking(building)
        found: list[tuple[Fraction, tuple[str, ...], str]] = []
        here = sorted(u for u in self.inside[building] if u != self.unit)
        movers: list[tuple[str, ...]] = [(u,) for u in here if self.problem.need(u) >= lacking]
        for units in movers or ([tuple(here)] if here else []):
            need = sum(self.problem.need(u) for u in units)
            for target in self.rooms:
                room = self.seats[target] - self.held[target] - need
                if target == building or room < 0 or not all(self._may(u, target) for u in units):
                    continue
                if self._size((building, target)) > ROOMS:
                    continue
                cost = sum((self._cost(u, target) for u in units), Fraction(0))
                found.append((cost, units, target))
        found.sort()
        chains: list[tuple[tuple[str, ...], str]] = []
        for _, units, target in found:
            if target not in {t for _, t in chains} and len(chains) < CHAINS:
                chains.append((units, target))
        return chains
