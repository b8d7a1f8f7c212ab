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
        self.wish(share)
        self.may: dict[str, set[str]] = defaultdict(set)
        for unit in problem.planned_units:
            for floor in problem.permitted_floors[unit]:
                self.may[unit].add(problem.building_of_floor[floor])
        self.serving = self._serving()
        self.bound: dict[str, list[str]] = defaultdict(list)
        for relation in problem.scenario.relations:
            if relation.kind != "near":
                self.bound[relation.a].append(relation.b)
                self.bound[relation.b].append(relation.a)
        self.pay: dict[str, float] = {"site": 0.7, "waste": 1.0, "wish": 2.0, "one": 0.5}
        self.tabu: dict[frozenset[str], int] = {}
        self.alone: list[str] | None = None
        """Buildings that are still to be packed on their own, once each, before all else."""
        self.round = 0

    def _serving(self) -> dict[str, set[str]]:
        """Per unit with requests: buildings with a room for one of them."""
        found: dict[str, set[str]] = defaultdict(set)
        for asked in self.problem.scenario.ledger.requests:
            for room in self.problem.stock if asked.unit in self.may else ():
                if (
                    room.use == asked.use
                    and asked.area_min <= room.area <= asked.area_max
                    and set(asked.features) <= set(room.features)
                ):
                    found[asked.unit].add(self.problem.building_of[room.code])
        return found

    def propose(
        self, rows: list[Assignment], left_over: tuple[str, ...], busy: frozenset[str]
    ) -> tuple[str, frozenset[str], tuple[str, ...]] | None:
        """(kind of choice, buildings, units) that touch no busy building; None if none found."""
        self.round += 1
        homes: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.purpose not in FIXED:
                homes[row.unit].add(self.problem.building_of[row.room])
        waste = self._waste(rows)
        if not left_over:
            alone = self._next_alone(homes, waste, busy)
            if alone is not None:
                return alone
        names = sorted(self.pay)
        for _ in range(60):
            name = self.random.choices(names, [self.pay[n] for n in names])[0]
            if left_over and self.random.random() < 0.7:
                name, chosen = "left over", self._for_left_over(left_over, homes, waste)
            else:
                chosen = self._choose(name, homes, waste)
            if not chosen or chosen & busy or self.tabu.get(chosen, -1) >= self.round:
                continue
            units = self._units(chosen, homes)
            if units:
                return name, chosen, units
        return None

    def _next_alone(
        self, homes: Mapping[str, set[str]], waste: Mapping[str, int], busy: frozenset[str]
    ) -> tuple[str, frozenset[str], tuple[str, ...]] | None:
        """The most wasteful building that was not yet packed on its own."""
        if self.alone is None:
            inside = {b for at in homes.values() for b in at if b in self.rooms}
            self.alone = sorted(inside, key=lambda b: (-waste.get(b, 0), b))
        for building in [b for b in self.alone if b not in busy]:
            self.alone.remove(building)
            chosen = frozenset({building})
            units = self._units(chosen, homes)
            if units:
                return "alone", chosen, units
        return None

    def learn(self, name: str, chosen: frozenset[str], *, improved: bool) -> None:
        """Reward a kind of choice that paid; rest a choice that did not."""
        if name in self.pay:
            self._reward(name, improved=improved)
        if improved:
            self.tabu = {c: r for c, r in self.tabu.items() if not c & chosen}
        else:
            self.tabu[chosen] = self.round + 400

    def _reward(self, name: str, *, improved: bool) -> None:
        self.pay[name] = max(0.2, self.pay[name] * (1.3 if improved else 0.93))
        self.pay[name] = min(self.pay[name], 4.0)

    def _for_left_over(
        self,
        units: tuple[str, ...],
        homes: Mapping[str, set[str]],
        waste: Mapping[str, int],
    ) -> frozenset[str] | None:
        """A unit with people or requests left over: where it is, and places that may serve it."""
        unit = self.random.choice(units)
        may = sorted(self.may[unit] & set(self.buildings))
        if unit in self.serving and self.random.random() < 0.5:
            may = [b for b in may if b in self.serving[unit]] or may
        if not may:
            return None
        chosen = set(homes.get(unit, ())) & self.may[unit] & set(self.buildings)
        for other in self.bound[unit]:
            chosen |= {b for b in sorted(homes.get(other, ())) if self._fits(chosen, b)}
        if self.random.random() < 0.5:
            chosen |= {b for b in sorted(self.wished[unit] & set(may)) if self._fits(chosen, b)}
        sites = {self.problem.site_of_building[b] for b in chosen}
        near = [b for b in may if self.problem.site_of_building[b] in sites] or may
        for pool in (near, may, may)[: self.random.choice((1, 2, 3))]:
            other = self.random.choices(pool, [1 + waste.get(b, 0) for b in pool])[0]
            if self._fits(chosen, other):
                chosen.add(other)
        return frozenset(chosen)

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

    def wish(self, share: Mapping[tuple[str, str], float]) -> None:
        """Take over where the aggregate would put each unit."""
        self.wished = defaultdict(set)
        for unit, building in share:
            self.wished[unit].add(building)

    def _choose(
        self, name: str, homes: Mapping[str, set[str]], waste: Mapping[str, int]
    ) -> frozenset[str] | None:
        want = self.random.choice((2, 2, 2, 3, 3, 4))
        if name == "wish":
            return self._along_wishes(homes, want)
        weights = [1 + waste.get(b, 0) for b in self.buildings]
        first = self.random.choices(self.buildings, weights)[0]
        if name == "one":
            return frozenset({first})
        chosen = {first}
        for other in self._related(name, first, homes, weights):
            if len(chosen) < want and self._fits(chosen, other):
                chosen.add(other)
        return frozenset(chosen) if len(chosen) > 1 else None

    def _fits(self, chosen: set[str], other: str) -> bool:
        size = sum(self.rooms[b] for b in chosen | {other})
        return size <= LARGEST

    def _along_wishes(self, homes: Mapping[str, set[str]], want: int) -> frozenset[str] | None:
        """A unit's place today and in the aggregate, and the places those wishes touch."""
        edges = sorted(
            (unit, home, wish)
            for unit, wishes in self.wished.items()
            for home in homes.get(unit, ())
            for wish in wishes
            if home != wish and home in self.rooms and wish in self.rooms
        )
        if not edges:
            return None
        _, home, wish = self.random.choice(edges)
        chosen = {home, wish}
        self.random.shuffle(edges)
        for _, a, b in edges:
            if len(chosen) >= want:
                break
            if len({a, b} & chosen) == 1 and self._fits(chosen, a if b in chosen else b):
                chosen |= {a, b}
        return frozenset(chosen)

    def _related(
        self, name: str, first: str, homes: Mapping[str, set[str]], weights: list[int]
    ) -> list[str]:
        """Candidates to plan together with the first building, most wanted first."""
        site = self.problem.site_of_building
        if name == "site":
            found = [b for b in self.buildings if site[b] == site[first]]
        else:
            here = {u for u, at in homes.items() if first in at}
            may = {b for u in here for b in self.may.get(u, ())}
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
