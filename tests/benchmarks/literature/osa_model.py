"""The room-level model of office space allocation in CP-SAT; costs in 1/SCALE."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ortools.sat.python import cp_model

from tests.benchmarks.literature import osa
from tests.benchmarks.literature.osa import Case, Wish


class Rooms:
    """The whole model, or a part: entities that may sit in one room only are no variables."""

    def __init__(self, case: Case, open_to: Mapping[int, Collection[int]] | None = None) -> None:
        self.case = case
        self.model = cp_model.CpModel()
        self.entities, self.rooms = range(len(case.sizes)), range(len(case.capacity))
        # Whether an entity sits in a room: a literal, or 0 or 1 where that is settled.
        self.x: dict[tuple[int, int], Any] = {}
        for e in self.entities:
            rooms = self.rooms if open_to is None else open_to.get(e, self.rooms)
            for r in self.rooms:
                free = r in rooms and len(rooms) > 1
                self.x[e, r] = self.model.new_bool_var("") if free else int(r in rooms)
            if len(rooms) > 1:
                self.model.add_exactly_one(self.x[e, r] for r in rooms)
        self.inside = [[e for e in self.entities if not self._elsewhere(e, r)] for r in self.rooms]
        self.costs: list[Any] = [sum(case.capacity) - sum(case.sizes)]
        self.over = [self.model.new_int_var(0, sum(case.sizes), "") for _ in self.rooms]
        for r in self.rooms:
            load = sum(case.sizes[e] * self.x[e, r] for e in self.inside[r])
            self._add(self.over[r] >= load - case.capacity[r])
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
            if chosen if isinstance(chosen, int) else solver.value(chosen):
                found[e] = r
        return tuple(found)

    def hint(self, at: Sequence[int]) -> None:
        """Start from this."""
        self.model.clear_hints()
        for (e, r), chosen in self.x.items():
            if not isinstance(chosen, int):
                self.model.add_hint(chosen, int(at[e] == r))

    def ask_below(self, value: int) -> None:
        """Only allocations that cost less."""
        self.model.add(self.objective <= value - 1)

    def _add(self, wanted: Any) -> None:
        """A constraint, unless it holds already."""
        if wanted is not True:
            self.model.add(wanted)

    def _elsewhere(self, e: int, r: int) -> bool:
        """Whether it is settled that an entity does not sit in a room."""
        return isinstance(self.x[e, r], int) and not self.x[e, r]

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
        x, a, b = self.x, wish.a, wish.b
        broken = self._broken(wish)
        if wish.kind == osa.ALLOCATION:
            self._add(x[a, b] + broken == 1)
        elif wish.kind == osa.NON_ALLOCATION:
            self._add(x[a, b] <= broken)
        elif wish.kind == osa.CAPACITY:
            inside = sum(self.case.sizes[e] for e in self.inside[a])
            most = max(0, inside - self.case.capacity[a])
            self._add(self.over[a] <= most * broken)
        elif wish.kind == osa.SAME_ROOM:
            for r in self.rooms:
                self._add(x[a, r] <= x[b, r] + broken)
                self._add(x[b, r] <= x[a, r] + broken)
        elif wish.kind == osa.NOT_SAME_ROOM:
            for r in self.rooms:
                self._add(x[a, r] + x[b, r] <= 1 + broken)
        elif wish.kind == osa.ADJACENCY:
            for r in self.rooms:
                near = sum(x[b, q] for q in self.case.next_to[r])
                self._add(x[a, r] <= near + broken)
        elif wish.kind == osa.NEARBY:
            here, there = self._on_floor(a), self._on_floor(b)
            for f in here:
                self._add(here[f] <= there[f] + broken)
                self._add(there[f] <= here[f] + broken)
        elif wish.kind == osa.AWAY:
            here, there = self._on_floor(a), self._on_floor(b)
            for f in here:
                self._add(here[f] + there[f] <= 1 + broken)
        else:
            raise ValueError(f"constraint type {wish.kind} is unknown")

    def _not_sharing(self, wishes: Sequence[Wish]) -> None:
        """Per room at most one entity that sits there alone as it wishes, and nobody else then."""
        alone: dict[tuple[int, int], Any] = {}
        for wish in wishes:
            broken = self._broken(wish)
            for r in self.rooms:
                if wish.hard or self._elsewhere(wish.a, r):
                    alone[wish.a, r] = self.x[wish.a, r]
                else:
                    alone[wish.a, r] = self.model.new_bool_var("")
                    self._add(alone[wish.a, r] <= self.x[wish.a, r])
            self._add(sum(alone[wish.a, r] for r in self.rooms) + broken == 1)
        for r in self.rooms:
            wishing = [wish.a for wish in wishes if not self._elsewhere(wish.a, r)]
            for e in self.inside[r] if wishing else ():
                others = [alone[a, r] for a in wishing if a != e]
                if others:
                    self._add(self.x[e, r] + sum(others) <= 1)
