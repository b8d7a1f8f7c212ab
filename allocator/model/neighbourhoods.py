"""Which buildings and units to plan again together: related, wasteful ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from random import Random

from allocator.model.packing import FIXED
from allocator.plan import Assignment
from allocator.problem import Problem

LARGEST = 260
"""Most stock rooms of a neighbourhood; beyond that a subproblem seldom closes."""


class Neighbourhoods:
    """Chooses sets of buildings; remembers which kinds of choice paid."""

    def __init__(self, problem: Problem, share: Mapping[tuple[str, str], float], seed: int) -> None:
        self.problem = problem
        self.random = Random(seed)
        self.rooms: dict[str, int] = defaultdict(int)
        for floor, rooms in problem.stock_by_floor.items():
            self.rooms[problem.building_of_floor[floor]] += len(rooms)
        self.buildings = sorted(self.rooms)
        self.wished: dict[str, set[str]] = defaultdict(set)
        for unit, building in share:
            self.wished[unit].add(building)
        self.may: dict[str, set[str]] = defaultdict(set)
        for unit in problem.planned_units:
            for floor in problem.permitted_floors[unit]:
                self.may[unit].add(problem.building_of_floor[floor])
        self.pay: dict[str, float] = {"site": 1.0, "waste": 1.0, "wish": 1.0, "one": 0.6}
        self.tabu: dict[frozenset[str], int] = {}
        self.round = 0

    def propose(
        self, rows: list[Assignment], busy: frozenset[str]
    ) -> tuple[str, frozenset[str], tuple[str, ...]] | None:
        """(kind of choice, buildings, units) that touch no busy building; None if none found."""
        self.round += 1
        homes: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.purpose not in FIXED:
                homes[row.unit].add(self.problem.building_of[row.room])
        waste = self._waste(rows)
        names = sorted(self.pay)
        for _ in range(60):
            name = self.random.choices(names, [self.pay[n] for n in names])[0]
            chosen = self._choose(name, homes, waste)
            if not chosen or chosen & busy or self.tabu.get(chosen, -1) >= self.round:
                continue
            units = self._units(chosen, homes)
            if units:
                return name, chosen, units
        return None

    def learn(self, name: str, chosen: frozenset[str], *, improved: bool) -> None:
        """Reward a kind of choice that paid; rest a choice that did not."""
        self.pay[name] = max(0.2, self.pay[name] * (1.3 if improved else 0.93))
        self.pay[name] = min(self.pay[name], 4.0)
        if improved:
            self.tabu = {c: r for c, r in self.tabu.items() if not c & chosen}
        else:
            self.tabu[chosen] = self.round + 400

    def _waste(self, rows: Iterable[Assignment]) -> dict[str, int]:
        """Unheld stock on floors in use by building, 0.01 m2."""
        held = {row.room for row in rows}
        in_use = {self.problem.floor_of[r] for r in held} | self.problem.floors_always_in_use
        waste: dict[str, int] = defaultdict(int)
        for floor in in_use:
            for room in self.problem.stock_by_floor.get(floor, ()):
                if room.code not in held and room.use == "office":
                    waste[self.problem.building_of_floor[floor]] += room.area
        return waste

    def _choose(
        self, name: str, homes: Mapping[str, set[str]], waste: Mapping[str, int]
    ) -> frozenset[str] | None:
        weights = [1 + waste.get(b, 0) for b in self.buildings]
        first = self.random.choices(self.buildings, weights)[0]
        chosen = {first}
        if name == "one":
            return frozenset(chosen)
        related = self._related(name, first, homes, weights)
        want = self.random.choice((2, 2, 3, 3, 4))
        for other in related:
            if len(chosen) >= want:
                break
            size = sum(self.rooms[b] for b in chosen) + self.rooms[other]
            if other not in chosen and size <= LARGEST:
                chosen.add(other)
        return frozenset(chosen) if len(chosen) > 1 else None

    def _related(
        self, name: str, first: str, homes: Mapping[str, set[str]], weights: list[int]
    ) -> list[str]:
        """Candidates to plan together with the first building, most wanted first."""
        site = self.problem.site_of_building
        here = sorted(u for u, at in homes.items() if first in at and u in self.may)
        if name == "site":
            found = [b for b in self.buildings if site[b] == site[first]]
        elif name == "wish":
            wished = {b for u in here for b in self.wished[u]}
            wished |= {
                b for u, to in sorted(self.wished.items()) if first in to for b in homes.get(u, ())
            }
            found = sorted(wished & set(self.buildings))
        else:
            may = {b for u in here for b in self.may[u]}
            pool = [b for b in self.buildings if b in may] or self.buildings
            weight = dict(zip(self.buildings, weights, strict=True))
            found = self.random.choices(pool, [weight[b] for b in pool], k=6)
        found = [b for b in dict.fromkeys(found) if b != first]
        self.random.shuffle(found)
        return found

    def _units(self, chosen: frozenset[str], homes: Mapping[str, set[str]]) -> tuple[str, ...]:
        """Units wholly inside the chosen buildings, and those without any room yet."""
        inside = {
            u
            for u in self.problem.planned_units
            if (homes.get(u) and homes[u] <= chosen)
            or (not homes.get(u) and self.problem.people_of[u] and self.may[u] & chosen)
        }
        return tuple(sorted(inside))
