"""Every set of units that fits a building by seats, with a valid least cost of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from allocator.model.columns.case import Case, House, Unsuited
from allocator.model.columns.knapsack import Knapsack
from allocator.model.columns.taking import Ints

MOST_SETS = 600_000
"""Most unit sets of all buildings together."""
MOST_STATES = 3_000_000
"""Most states of one building's knapsack."""
Rows: TypeAlias = npt.NDArray[np.intp]
NONE = 1 << 40
"""Cost of what is impossible."""


@dataclass
class Sets:
    """Unit sets of one building (rows) and their least cost per floor set and free seats.

    Where the building is alone on its site there is one column, the least over all floor sets
    with the site's services and reserve; else floor sets x free seats. Costs in cost units.
    """

    house: int
    masks: Ints
    """Bit i: unit i is inside."""
    cost: Ints
    exact: npt.NDArray[np.bool_]
    """Costs that a packing attains."""

    def units(self, row: int) -> tuple[int, ...]:
        """The units of a set."""
        mask = int(self.masks[row])
        return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Unit sets of a building before they are priced; arrays by set."""

    masks: Ints
    bits: Ints
    takes: Ints
    people: Ints
    seats: Ints
    """Seats to keep free, by people."""
    free: int
    """Most free seats that are told apart."""
    parts: list[tuple[tuple[int, ...], Rows, tuple[int, ...]]]
    """Units that could stay, the sets with just those, and their greatest state."""


class Enumeration:
    """Enumerates and prices the sets of all buildings. Raises Unsuited where there are too many.

    `most`: core-seconds that pricing may take; it is known before it begins.
    """

    def __init__(self, case: Case, most: float) -> None:
        if len(case.units) > 60:
            raise Unsuited("units")
        self.case = case
        self.knapsack = Knapsack(case)
        self.left = MOST_SETS
        self.plans = [self._plan(h) for h in case.houses]
        effort = sum(
            self.knapsack.effort(h, top)
            for h, plan in zip(case.houses, self.plans, strict=True)
            for _, _, top in plan.parts
        )
        if effort > most:
            raise Unsuited("effort")

    def _plan(self, house: House) -> _Plan:
        """The sets of one building, and by which units could stay."""
        case, knapsack = self.case, self.knapsack
        masks = self._fitting(house)
        bits = (masks[:, None] >> np.arange(len(case.units))) & 1
        people = bits @ np.array(case.people, dtype=np.int64)
        seats = np.array([case.reserved(int(p)) for p in range(int(people.max()) + 1)])
        free = self._most_free(house, int(seats.max()))
        homes = knapsack.homes(house)
        inside = np.zeros(len(masks), dtype=np.int64)
        for k, i in enumerate(homes):
            inside += bits[:, i] << k
        takes = bits @ knapsack.takes
        parts = []
        for key in np.unique(inside):
            rows = np.flatnonzero(inside == key)
            top = (*(int(x) for x in takes[rows].max(axis=0)), free)
            _check_size(top)
            parts.append((tuple(i for k, i in enumerate(homes) if key >> k & 1), rows, top))
        return _Plan(masks, bits, takes, people, seats, free, parts)

    def sets(self, at: int) -> Sets:
        """All sets of one building, priced."""
        case, plan = self.case, self.plans[at]
        house, masks, bits = case.houses[at], plan.masks, plan.bits
        each = [
            case.cost("short") * case.need[i] + case.moving(i, house)
            for i in range(len(case.units))
        ]
        fixed = bits @ np.array(each, dtype=np.int64)
        fixed -= case.cost("stranded") * (bits @ self._office_requests(house))
        columns = plan.free + 1
        width = 1 if house.alone else len(house.sets) * columns
        cost = np.full((len(masks), width), NONE, dtype=np.int64)
        for homes, rows, top in plan.parts:
            state = tuple(plan.takes[rows].T)
            for f, table in self.knapsack.by_floors(house, homes, top):
                lump = house.opening[f] + case.cost("stranded") * house.office[f]
                if house.alone:
                    free = plan.seats[plan.people[rows]]
                    saved = table[(*state, free)].astype(np.int64)
                    whole = lump - saved + self._site(house, f, rows, plan)
                    whole[saved < 0] = NONE
                    cost[rows, 0] = np.minimum(cost[rows, 0], whole)
                else:
                    saved = table[state].astype(np.int64)
                    whole = np.where(saved < 0, NONE, lump - saved)
                    cost[rows, f * columns : (f + 1) * columns] = whole
        cost = np.where(cost >= NONE, NONE, cost + fixed[:, None])
        possible = np.flatnonzero((cost < NONE).any(axis=1))
        return Sets(at, masks[possible], cost[possible], np.zeros((len(possible), width), bool))

    def _most_free(self, house: House, own: int) -> int:
        """Most free seats that the site may ask of a building."""
        if house.alone:
            return own
        case, site = self.case, house.site
        floors = [f for h in case.houses if h.site == site for f in h.floors]
        may = [
            i
            for i, u in enumerate(case.units)
            if any(f in case.problem.permitted_floors[u] for f in floors)
        ]
        least = case.rule.min_share * min(*self.knapsack.shared, *self.knapsack.single, case.low)
        seats = sum(
            max(1, int(r.area / least))
            for h in case.houses
            if h.site == site
            for rooms in h.rooms
            for r in rooms
        )
        people = sum(case.people[i] for i in may)
        return case.reserved(min(people, seats))

    def _site(self, house: House, f: int, rows: Rows, plan: _Plan) -> Ints:
        """Services and reserve of a building alone on its site."""
        case = self.case
        entitled = plan.bits[rows] @ np.array(case.entitled, dtype=np.int64)
        offered = np.minimum(house.service[f], entitled)
        share = case.share[house.site]
        wanted = -(-(share.numerator * entitled) // share.denominator)
        missing = np.maximum(0, wanted - offered)
        stranded = case.cost("stranded")
        cost = stranded * (house.service[f] - offered) + case.cost("service_short") * missing
        cost -= stranded * case.low * plan.seats[plan.people[rows]]
        return np.asarray(cost, dtype=np.int64)

    def _office_requests(self, house: House) -> Ints:
        """Office area that a unit's requests may hold at most in a building."""
        area = np.zeros(len(self.case.units), dtype=np.int64)
        for k, (i, q) in enumerate(self.case.requests):
            rooms = self.case.serving(house, k)
            if q.use == "office" and rooms:
                area[i] += q.count * max(r.area for r in rooms)
        return area

    def _fitting(self, house: House) -> Ints:
        """Masks of all sets whose people fit with all floors open, units kept together."""
        case, knapsack = self.case, self.knapsack
        parties = [party for party in case.parties if all(self._may_enter(i, house) for i in party)]
        limit = self._room_for(house)
        takes = knapsack.takes
        top = np.minimum(takes.sum(axis=0), limit)
        _check_size((*(int(x) for x in top), 0))
        table = knapsack.with_all_floors(house, (*(int(x) for x in top), 0))
        fits = table[..., 0] >= 0
        masks = np.zeros(1, dtype=np.int64)
        states = np.zeros((1, takes.shape[1]), dtype=np.int64)
        for party in parties:
            added = states + takes[list(party)].sum(axis=0)
            inside = (added <= top).all(axis=1)
            inside[inside] = fits[tuple(added[inside].T)]
            bit = sum(1 << i for i in party)
            masks = np.concatenate([masks, masks[inside] | bit])
            states = np.concatenate([states, added[inside]])
            if len(masks) > self.left:
                raise Unsuited("sets")
        self.left -= len(masks)
        return masks

    def _room_for(self, house: House) -> Ints:
        """Most shared standards (in steps) and single seats per standard of a whole building."""
        knapsack = self.knapsack
        limit = np.zeros(knapsack.takes.shape[1], dtype=np.int64)
        for rooms in house.rooms:
            for room in rooms:
                best: dict[int, int] = {}
                for way in knapsack.ways(room, ()):
                    best[way.axis] = max(best.get(way.axis, 0), way.step)
                for axis, step in best.items():
                    limit[axis] += step
        return limit

    def _may_enter(self, i: int, house: House) -> bool:
        """Whether a unit finds an office and the rooms it asked for in a building."""
        case = self.case
        if not any(case.may_sit(i, r) for rooms in house.rooms for r in rooms):
            return False
        return all(
            len(case.serving(house, k)) >= q.count
            for k, (j, q) in enumerate(case.requests)
            if i == j
        )


def _check_size(top: tuple[int, ...]) -> None:
    size = 1
    for n in top:
        size *= n + 1
    if size > MOST_STATES:
        raise Unsuited("states")
