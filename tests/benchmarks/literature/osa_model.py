"""The room-level model of office space allocation in CP-SAT; costs in 1/SCALE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ortools.sat.python import cp_model

from tests.benchmarks.literature import osa
from tests.benchmarks.literature.osa import Case, Wish


class Rooms:
    """The whole model; parts are copies with the other entities fixed."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.model = cp_model.CpModel()
        self.entities, self.rooms = range(len(case.sizes)), range(len(case.capacity))
        self.x = {(e, r): self.model.new_bool_var("") for e in self.entities for r in self.rooms}
        self.costs: list[Any] = [sum(case.capacity) - sum(case.sizes)]
        for e in self.entities:
            self.model.add_exactly_one(self.x[e, r] for r in self.rooms)
        self.over = [self.model.new_int_var(0, sum(case.sizes), "") for _ in self.rooms]
        for r in self.rooms:
            load = sum(case.sizes[e] * self.x[e, r] for e in self.entities)
            self.model.add(self.over[r] >= load - case.capacity[r])
            # Underuse less overuse is constant over all rooms, so misuse is 3 x overuse more.
            self.costs.append(3 * self.over[r])
        self.floors: dict[int, dict[int, Any]] = {}
        for wish in case.wishes:
            if wish.kind != osa.NOT_SHARING:
                self._wish(wish)
        self._not_sharing([w for w in case.wishes if w.kind == osa.NOT_SHARING])
        self.objective = sum(self.costs)
        self.model.minimize(self.objective)

    def read(self, solver: cp_model.CpSolver) -> tuple[int, ...]:
        """Room of each entity."""
        found = [0] * len(self.entities)
        for (e, r), chosen in self.x.items():
            if solver.value(chosen):
                found[e] = r
        return tuple(found)

    def hint(self, at: Sequence[int]) -> None:
        """Start from this."""
        self.model.clear_hints()
        for (e, r), chosen in self.x.items():
            self.model.add_hint(chosen, int(at[e] == r))

    def part(self, at: Sequence[int], free: Collection[int], most: int) -> cp_model.CpModel:
        """The model with all but the free entities fixed, asked for at most this value."""
        self.hint(at)
        model = self.model.clone()
        for e in self.entities:
            if e not in free:
                model.add(self.x[e, at[e]] == 1)
        model.add(self.objective <= most)
        return model

    def _broken(self, wish: Wish) -> Any:
        """A literal that allows the wish to be broken; 0 for hard ones."""
        if wish.hard:
            return 0
        literal = self.model.new_bool_var("")
        self.costs.append(self.case.penalty(wish) * literal)
        return literal

    def _on_floor(self, e: int) -> dict[int, Any]:
        if e not in self.floors:
            self.floors[e] = {
                f: sum(self.x[e, r] for r in self.rooms if self.case.floor[r] == f)
                for f in sorted(set(self.case.floor))
            }
        return self.floors[e]

    def _wish(self, wish: Wish) -> None:
        model, x, a, b = self.model, self.x, wish.a, wish.b
        broken = self._broken(wish)
        if wish.kind == osa.ALLOCATION:
            model.add(x[a, b] + broken == 1)
        elif wish.kind == osa.NON_ALLOCATION:
            model.add(x[a, b] <= broken)
        elif wish.kind == osa.CAPACITY:
            model.add(self.over[a] <= sum(self.case.sizes) * broken)
        elif wish.kind == osa.SAME_ROOM:
            for r in self.rooms:
                model.add(x[a, r] <= x[b, r] + broken)
                model.add(x[b, r] <= x[a, r] + broken)
        elif wish.kind == osa.NOT_SAME_ROOM:
            for r in self.rooms:
                model.add(x[a, r] + x[b, r] <= 1 + broken)
        elif wish.kind == osa.ADJACENCY:
            for r in self.rooms:
                near = sum(x[b, q] for q in self.case.next_to[r])
                model.add(x[a, r] <= near + broken)
        elif wish.kind == osa.NEARBY:
            here, there = self._on_floor(a), self._on_floor(b)
            for f in here:
                model.add(here[f] <= there[f] + broken)
                model.add(there[f] <= here[f] + broken)
        elif wish.kind == osa.AWAY:
            here, there = self._on_floor(a), self._on_floor(b)
            for f in here:
                model.add(here[f] + there[f] <= 1 + broken)
        else:
            raise ValueError(f"constraint type {wish.kind} is unknown")

    def _not_sharing(self, wishes: Sequence[Wish]) -> None:
        """Per room at most one entity that sits there alone as it wishes, and nobody else then."""
        alone: dict[tuple[int, int], Any] = {}
        for wish in wishes:
            broken = self._broken(wish)
            for r in self.rooms:
                if wish.hard:
                    alone[wish.a, r] = self.x[wish.a, r]
                else:
                    alone[wish.a, r] = self.model.new_bool_var("")
                    self.model.add(alone[wish.a, r] <= self.x[wish.a, r])
            self.model.add(sum(alone[wish.a, r] for r in self.rooms) + broken == 1)
        wished = {wish.a for wish in wishes}
        for r in self.rooms:
            for e in self.entities:
                others = [alone[a, r] for a in sorted(wished) if a != e]
                if others:
                    self.model.add(self.x[e, r] + sum(others) <= 1)
