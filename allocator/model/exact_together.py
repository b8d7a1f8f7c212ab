"""The closeness terms: main places, people off them, steps between near units."""

from __future__ import annotations

from typing import Any

from allocator.model.exact_rooms import RoomModel
from allocator.model.exact_rules import Places


class Together:
    """Main building and floor of each unit as literals, and the terms built on them."""

    def __init__(self, built: RoomModel, places: Places) -> None:
        self.built, self.places, self.model = built, places, built.model
        self.main: dict[tuple[str, str, str], Any] = {}
        off: list[Any] = []
        outside: list[Any] = []
        for unit in built.problem.planned_units:
            if not built.problem.people_of[unit] or not places.of("building", unit):
                continue
            floors, buildings = self._main_of(unit)
            off.append(floors)
            outside.append(buildings)
        self.off_main_floor = sum(off)
        self.outside_main_building = sum(outside)
        self.near = sum(self._near())

    def _main_of(self, unit: str) -> tuple[Any, Any]:
        """People off the main floor and outside the main building of one unit."""
        problem, model, seats = self.built.problem, self.model, self.places.seats
        people = problem.people_of[unit]
        somebody = self.places.somebody[unit]
        buildings = sorted(self.places.of("building", unit))
        floors = sorted(self.places.of("floor", unit))
        for kind, codes in (("building", buildings), ("floor", floors)):
            for code in codes:
                self.main[kind, unit, code] = model.new_bool_var(f"main {unit} {code}")
            model.add(sum(self.main[kind, unit, c] for c in codes) == somebody)
        outside = model.new_int_var(0, people, f"outside {unit}")
        off = model.new_int_var(0, people, f"off floor {unit}")
        total = sum(seats["building", unit, b] for b in buildings)
        for code in buildings:
            here = self.main["building", unit, code]
            for other in buildings:
                more = 1 if other < code else 0
                if other != code:
                    model.add(
                        seats["building", unit, code] >= seats["building", unit, other] + more
                    ).only_enforce_if(here)
            model.add(outside >= total - seats["building", unit, code]).only_enforce_if(here)
        for code in floors:
            building = problem.building_of_floor[code]
            here = self.main["floor", unit, code]
            model.add_implication(here, self.main["building", unit, building])
            for other in floors:
                if other == code or problem.building_of_floor[other] != building:
                    continue
                more = 1 if other < code else 0
                model.add(
                    seats["floor", unit, code] >= seats["floor", unit, other] + more
                ).only_enforce_if(here)
            model.add(
                off >= seats["building", unit, building] - seats["floor", unit, code]
            ).only_enforce_if(here)
        return off, outside

    def _near(self) -> list[Any]:
        """weight x min(people) x steps of each near relation between units with seats."""
        problem, model = self.built.problem, self.model
        terms: list[Any] = []
        for relation in problem.scenario.relations:
            a, b = relation.a, relation.b
            if relation.kind != "near" or not self._placed(a) or not self._placed(b):
                continue
            steps = model.new_int_var(0, 3, f"steps {a} {b}")
            same = [self._same_main(kind, a, b) for kind in ("floor", "building")]
            same.append(self._same_site(a, b))
            model.add(steps >= 3 - sum(same)).only_enforce_if(
                [self.places.somebody[a], self.places.somebody[b]]
            )
            people = min(problem.people_of[a], problem.people_of[b])
            terms.append(relation.weight * people * steps)
        return terms

    def _placed(self, unit: str) -> bool:
        return any(u == unit for (_, u, _) in self.main)

    def _same_main(self, kind: str, a: str, b: str) -> Any:
        """A count that is 1 only when both units have the same main floor or building."""
        at_a = {c: v for (k, u, c), v in self.main.items() if (k, u) == (kind, a)}
        at_b = {c: v for (k, u, c), v in self.main.items() if (k, u) == (kind, b)}
        return self._both([(at_a[c], at_b[c]) for c in sorted(set(at_a) & set(at_b))])

    def _same_site(self, a: str, b: str) -> Any:
        site = self.built.problem.site_of_building
        at: list[dict[str, list[Any]]] = [{}, {}]
        for index, unit in enumerate((a, b)):
            for (kind, u, code), literal in self.main.items():
                if kind == "building" and u == unit:
                    at[index].setdefault(site[code], []).append(literal)
        shared = sorted(set(at[0]) & set(at[1]))
        return self._both([(sum(at[0][s]), sum(at[1][s])) for s in shared])

    def _both(self, pairs: list[tuple[Any, Any]]) -> Any:
        same: list[Any] = []
        for left, right in pairs:
            both = self.model.new_bool_var("")
            self.model.add(both <= left)
            self.model.add(both <= right)
            same.append(both)
        return sum(same)
