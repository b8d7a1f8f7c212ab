"""Every lawful plan of a tiny scenario, one by one: the optimum of all tiers, or impossible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from allocator.domain import Group
from allocator.plan import BUSINESS, KEPT, Assignment
from allocator.scenario import Scenario
from tests.oracle.fills import Fill, fills_of, pins_without_room
from tests.oracle.values import Case, tier_values
from tests.oracle.world import World

Values = tuple[Fraction, ...]


class BruteForce:
    """All plans of a scenario; the first tier must count the unhoused alone."""

    def __init__(self, scenario: Scenario) -> None:
        self.world = World(scenario)
        assert scenario.policy.tiers[0].terms == (("unhoused", Fraction(1)),)
        self.fills = fills_of(self.world)
        self.possible = not pins_without_room(self.world) and all(self.fills.values())
        self._seen: dict[int, set[Values]] = {}

    @property
    def choices(self) -> int:
        """The product of the rooms' choices, an upper limit of the number of plans."""
        product = 1
        for fills in self.fills.values():
            product *= len(fills)
        return product

    # -- enumeration ---------------------------------------------------------------------

    @cached_property
    def by_unhoused(self) -> dict[int, list[tuple[Fill, ...]]]:
        """Assignments without more people or request rooms than there are, by unhoused."""
        requests: dict[tuple[str, str], int] = {
            (q.unit, q.purpose): q.count for q in self.world.scenario.ledger.requests
        }
        found: dict[int, list[tuple[Fill, ...]]] = {}
        total = sum(self.world.planned.values()) + sum(
            q.count for q in self.world.scenario.ledger.requests if self.world.units[q.unit].planned
        )
        if self.possible:
            left: Counter[object] = Counter(self.world.planned)
            left.update(requests)
            for used, fills in self._extend([*self.fills.values()], left):
                found.setdefault(total - used, []).append(fills)
        return found

    def _extend(
        self, rooms: Sequence[list[Fill]], left: Counter[object]
    ) -> Iterator[tuple[int, tuple[Fill, ...]]]:
        if not rooms:
            yield 0, ()
            return
        for fill in rooms[0]:
            takes: list[tuple[object, int]] = [*fill.seats]
            if fill.request:
                takes.append((fill.request, 1))
            if any(left[key] < count for key, count in takes):
                continue
            for key, count in takes:
                left[key] -= count
            used = sum(count for _, count in takes)
            for more, rest in self._extend(rooms[1:], left):
                yield used + more, (fill, *rest)
            for key, count in takes:
                left[key] += count

    def values_at(self, unhoused: int) -> set[Values]:
        """Tier values of every lawful plan with so many unhoused."""
        if unhoused not in self._seen:
            self._seen[unhoused] = {
                tier_values(self.world, case.terms(common))
                for fills in self.by_unhoused.get(unhoused, ())
                if (case := Case(self.world, fills)).lawful()
                for common in self.openings(case)
                if case.reserve_holds(common)
            }
        return self._seen[unhoused]

    def openings(self, case: Case) -> Iterator[tuple[str, ...]]:
        """Every choice of floors kept open only for their service rooms."""
        closed = sorted(self.world.floors_for_service - case.used_floors)
        for count in range(len(closed) + 1):
            yield from combinations(closed, count)

    # -- answers -------------------------------------------------------------------------

    @cached_property
    def best(self) -> Values | None:
        """The best value of each tier in turn, each within the slack of those before."""
        tiers = self.world.policy.tiers
        least = next((u for u in sorted(self.by_unhoused) if self.values_at(u)), None)
        if least is None:
            return None
        best = [Fraction(least)]
        for index in range(1, len(tiers)):
            limits = [b + t.slack for b, t in zip(best, tiers, strict=False)]
            value = self.least(index, limits)
            assert value is not None
            best.append(value)
        return tuple(best)

    def least(self, index: int, limits: Sequence[Fraction]) -> Fraction | None:
        """The least value of a tier over plans whose earlier tiers are within the limits."""
        within = [
            values[index]
            for unhoused in sorted(self.by_unhoused)
            if not limits or unhoused <= limits[0]
            for values in self.values_at(unhoused)
            if all(v <= limit for v, limit in zip(values, limits, strict=False))
        ]
        return min(within, default=None)

    # -- judging somebody's plan ---------------------------------------------------------

    def judge(
        self, rows: Iterable[Assignment], common: Sequence[str]
    ) -> tuple[list[str], Values | None]:
        """What is unlawful in a plan, and its tier values when nothing is."""
        rows = list(rows)
        faults = self._fixed_faults(rows)
        fills: list[Fill] = []
        for room in sorted({r.room for r in rows} - {*self.world.kept} - {*self.world.business}):
            held = tuple(
                sorted(
                    (r.unit, r.division, r.grade, r.people, r.purpose)
                    for r in rows
                    if r.room == room
                )
            )
            match = [f for f in self.fills.get(room, ()) if f.rows == held]
            if match:
                fills += match
            else:
                faults.append(f"room {room} may not hold {held}")
        faults += [
            f"pins of room {room}"
            for room, choices in self.fills.items()
            if not any(f.room == room for f in fills) and not any(not f.rows for f in choices)
        ]
        faults += self._too_many(fills)
        case = Case(self.world, fills)
        if not case.lawful():
            faults.append("caps, relations or people moved")
        if not case.reserve_holds(common):
            faults.append("reserve")
        if tuple(sorted(common)) not in {*self.openings(case)}:
            faults.append(f"floors kept open {common}")
        return faults, None if faults else tier_values(self.world, case.terms(common))

    def _fixed_faults(self, rows: list[Assignment]) -> list[str]:
        """Rooms kept by bodies without entitlement and technical business rooms."""
        faults = []
        for room, units in self.world.kept.items():
            there = [r for r in rows if r.room == room]
            if {r.unit for r in there} != units or any(r.purpose != KEPT for r in there):
                faults.append(f"kept room {room}")
        for room, units in self.world.business.items():
            there = [r for r in rows if r.room == room]
            if {r.unit for r in there} != units or any(
                r.purpose != BUSINESS or r.people for r in there
            ):
                faults.append(f"business room {room}")
        return faults

    def _too_many(self, fills: list[Fill]) -> list[str]:
        seated: Counter[Group] = Counter()
        asked: Counter[tuple[str, str]] = Counter()
        for fill in fills:
            seated.update(dict(fill.seats))
            if fill.request:
                asked[fill.request] += 1
        requests = {(q.unit, q.purpose): q.count for q in self.world.scenario.ledger.requests}
        return [f"too many of {g}" for g, n in seated.items() if n > self.world.planned[g]] + [
            f"too many rooms for {key}" for key, n in asked.items() if n > requests[key]
        ]
