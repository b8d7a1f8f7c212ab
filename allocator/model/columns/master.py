"""What ties columns together, and the bound that any prices of it give, in whole numbers.

A column is a unit set of a building with a floor set and a number of free seats. Every unit is
in one column; services, reserve and leases that buildings of one site share are rows here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.model.columns.case import Case
from allocator.model.columns.sets import NONE, Sets
from allocator.model.columns.taking import Ints

SCALE = 1000
"""Prices are whole numbers of 1/SCALE cost units."""


@dataclass(frozen=True, slots=True)
class Column:
    """A unit set (row) of a building with the place of its cost (floor set, free seats)."""

    house: int
    row: int
    place: int


@dataclass
class Prices:
    """Whole multipliers in 1/SCALE cost units."""

    unit: Ints
    site: Ints
    """Per pair that must share a site (rows) and site: paid where the first unit sits."""
    entitled: Ints
    """Per site: of service area offered beyond what is entitled there, per 0.01 m2."""
    missing: Ints
    """Per site: of service area that is missing, per 0.01 m2."""
    seat: Ints
    """Per site: of a free seat."""
    lease: Ints
    """Per lease of several buildings (rows) and building."""


@dataclass
class Bounded:
    """A bound in cost units (ceiling of whole numbers) and what each column adds to it."""

    value: int
    room: list[Ints]
    """Per building: how far each column's choice lifts the bound, in 1/SCALE cost units."""
    exact: int
    """The bound in 1/SCALE cost units."""


class Master:
    """The columns of all buildings and the rows that tie them together."""

    def __init__(self, case: Case, sets: list[Sets]) -> None:
        self.case, self.sets = case, sets
        self.several = [not h.alone for h in case.houses]
        units = np.arange(len(case.units))
        self.bits = [(s.masks[:, None] >> units) & 1 for s in sets]
        self.width = [
            s.cost.shape[1] // len(h.sets) if not h.alone else 1
            for s, h in zip(sets, case.houses, strict=True)
        ]
        self.service = [self._service(k) for k in range(len(sets))]
        self.free = [
            np.arange(s.cost.shape[1]) % w if several else np.zeros(1, dtype=np.int64)
            for s, w, several in zip(sets, self.width, self.several, strict=True)
        ]
        self.pairs = [
            (case.index[r.a], case.index[r.b])
            for r in case.problem.scenario.relations
            if r.kind == "same_site" and r.a in case.index and r.b in case.index
        ]
        self.leases = [self._lease(k) for k in range(len(case.leases))]
        always = case.problem.floors_always_in_use
        self.kept = [bool(always & set(lease.floors)) for lease in case.leases]
        self.joint = [
            s
            for s in range(len(case.sites))
            if any(h.site == s and not h.alone for h in case.houses)
        ]
        """Sites of several buildings."""

    def floors(self, column: Column) -> int | None:
        """The floor set of a column; None where the building is alone on its site."""
        if not self.several[column.house]:
            return None
        return column.place // self.width[column.house]

    def _service(self, k: int) -> Ints:
        house = self.case.houses[k]
        if house.alone:
            return np.zeros(1, dtype=np.int64)
        return np.repeat(np.array(house.service, dtype=np.int64), self.width[k])

    def _lease(self, which: int) -> list[Ints]:
        """Per building: which places of its columns use a lease of several buildings."""
        floors = set(self.case.leases[which].floors)
        found = []
        for k, house in enumerate(self.case.houses):
            used = [int(any(house.floors[i] in floors for i in m)) for m in house.sets]
            if house.alone:
                used = used[:1]
            found.append(np.repeat(np.array(used, dtype=np.int64), self.width[k]))
        return found

    # -- the bound ---------------------------------------------------------------------------

    def reduced(self, k: int, prices: Prices) -> Ints:
        """Reduced costs of a building's columns, rounded down, in 1/SCALE cost units."""
        case, house = self.case, self.case.houses[k]
        worth = -prices.unit.copy()
        for (a, b), row in zip(self.pairs, prices.site, strict=True):
            worth[a] -= row[house.site]
            worth[b] += row[house.site]
        places = np.zeros(self.sets[k].cost.shape[1], dtype=np.int64)
        if not house.alone:
            s, share = house.site, case.share[house.site]
            missing, entitled = int(prices.missing[s]), int(prices.entitled[s])
            rate = case.problem.policy.reserve
            seat = int(prices.seat[s]) - case.cost("stranded") * case.low * SCALE
            for i in range(len(case.units)):
                area = case.entitled[i]
                worth[i] += missing * share.numerator * area // share.denominator - entitled * area
                worth[i] += seat * rate.numerator * case.people[i] // rate.denominator
            places += (entitled - missing) * self.service[k] - int(prices.seat[s]) * self.free[k]
        for row, used in zip(prices.lease, self.leases, strict=True):
            places += int(row[k]) * used[k]
        cost = self.sets[k].cost
        whole = cost * SCALE + (self.bits[k] @ worth)[:, None] + places
        whole[cost >= NONE] = NONE * SCALE
        return whole

    def bounded(self, prices: Prices) -> Bounded:
        """The bound that these prices give, exact in whole numbers."""
        case = self.case
        value = int(prices.unit.sum()) + case.constant * SCALE
        rate = case.problem.policy.reserve
        for s in self.joint:
            seat = int(prices.seat[s]) - case.cost("stranded") * case.low * SCALE
            value += (min(0, seat) * (rate.denominator - 1)) // rate.denominator
        for k, lease in enumerate(case.leases):
            whole = case.cost("leased") * lease.area * SCALE
            rest = whole - int(prices.lease[k].sum())
            value += rest if self.kept[k] else min(0, rest)
        rooms = []
        for k in range(len(self.sets)):
            reduced = self.reduced(k, prices)
            least = int(reduced.min())
            value += least
            rooms.append(reduced - least)
        return Bounded(-(-value // SCALE), rooms, value)


def order(column: Column) -> tuple[int, int, int]:
    """The order columns are taken in."""
    return column.house, column.row, column.place
