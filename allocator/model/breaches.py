"""Hard rules over several parts of a plan: what a part-by-part search must still mend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil

from allocator.measure import Measured
from allocator.plan import Assignment
from allocator.problem import Problem


class Breaches:
    """Counts broken musts, pins of rooms, reserve seats and moves past the cap."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.musts = [r for r in problem.scenario.relations if r.kind != "near"]
        self.pins = [
            p
            for pins in problem.pins_of.values()
            for p in pins
            if p.kind == "room" and problem.units[p.unit].planned
        ]

    def count(self, rows: list[Assignment], measured: Measured) -> int:
        """0 for a lawful plan; the search minimises it before anything else."""
        cap = self.problem.policy.people_moved_cap
        past_cap = 0 if cap is None else max(0, measured.people.moved - cap)
        in_use = frozenset(measured.areas.floors_in_use)
        return past_cap + len(self.broken(rows)) + self._pins(rows) + self._reserve(rows, in_use)

    def broken(self, rows: Iterable[Assignment]) -> list[tuple[str, str]]:
        """Pairs of units whose same-place or apart rule does not hold."""
        if not self.musts:
            return []
        problem = self.problem
        floors: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.people:
                floors[row.unit].add(problem.floor_of[row.room])
        found: list[tuple[str, str]] = []
        for rule in self.musts:
            a, b = floors.get(rule.a), floors.get(rule.b)
            if not a or not b:
                continue
            if rule.kind == "apart":
                kept = not a & b
            elif rule.kind == "same_floor":
                kept = a == b
            else:
                above = {
                    "same_building": problem.building_of_floor,
                    "same_site": problem.site_of_floor,
                }[rule.kind]
                kept = {above[f] for f in a} == {above[f] for f in b}
            if not kept:
                found.append((rule.a, rule.b))
        return found

    def _pins(self, rows: Iterable[Assignment]) -> int:
        """Pinned rooms without enough people of the pinned group, or held by two units."""
        seats: dict[str, list[Assignment]] = defaultdict(list)
        for row in rows:
            seats[row.room].append(row)
        broken = 0
        for pin in self.pins:
            inside = seats.get(pin.place, [])
            if self.problem.rooms[pin.place].use == "service":
                broken += {row.unit for row in inside} != {pin.unit}
                continue
            people = sum(
                row.people
                for row in inside
                if row.unit == pin.unit
                and pin.division in ("", row.division)
                and pin.grade in ("", row.grade)
            )
            broken += people < pin.people
        return broken

    def _reserve(self, rows: Iterable[Assignment], in_use: frozenset[str]) -> int:
        """Seats that the growth reserve lacks, over all sites."""
        problem = self.problem
        held = {row.room for row in rows}
        people: dict[str, int] = defaultdict(int)
        for row in rows:
            if row.people and problem.units[row.unit].planned:
                people[problem.site_of[row.room]] += row.people
        free: dict[str, int] = defaultdict(int)
        for room in problem.stock:
            if room.use == "office" and room.floor in in_use and room.code not in held:
                free[problem.site_of[room.code]] += room.area // problem.lowest_limit
        rate = problem.policy.reserve
        return sum(max(0, ceil(rate * n) - free[s]) for s, n in people.items())
