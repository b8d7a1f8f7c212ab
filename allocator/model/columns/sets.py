"""Every set of units that fits a building by seats, with a valid least cost of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allocator.model.columns.case import Case, House, Unsuited
from allocator.model.columns.knapsack import Knapsack
from allocator.model.columns.taking import Ints

MOST_SETS = 600_000
"""Most unit sets of all buildings together."""
MOST_STATES = 3_000_000
"""Most states of one building's knapsack."""
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


class Enumeration:
    """Enumerates and prices the sets of all buildings. Raises Unsuited where there are too many."""

    def __init__(self, case: Case) -> None:
        if len(case.units) > 60:
            raise Unsuited("units")
        self.case = case
        self.knapsack = Knapsack(case)
        self.left = MOST_SETS

    def sets(self, at: int) -> Sets:
        """All sets of one building."""
        case, knapsack = self.case, self.knapsack
        house = case.houses[at]
        masks = self._fitting(house)
        bits = (masks[:, None] >> np.arange(len(case.units))) & 1
        takes = bits @ knapsack.takes
        people = bits @ np.array(case.people, dtype=np.int64)
        fixed = bits @ np.array(
            [
                case.cost("short") * case.need[i] + case.moving(i, house)
                for i in range(len(case.units))
            ],
            dtype=np.int64,
        )
        fixed -= case.cost("stranded") * (bits @ self._office_requests(house))
        seats = np.array([case.reserved(int(p)) for p in range(int(people.max()) + 1)])
        homes = knapsack.homes(house)
        inside = sum((bits[:, i] << k for k, i in enumerate(homes)), np.zeros(len(masks), np.int64))
        top_free = self._most_free(house, int(seats.max()))
        width = 1 if house.alone else len(house.sets) * (top_free + 1)
        cost = np.full((len(masks), width), NONE, dtype=np.int64)
        for key in np.unique(inside):
            rows = np.flatnonzero(inside == key)
            here = tuple(i for k, i in enumerate(homes) if key >> k & 1)
            top = tuple(int(x) for x in takes[rows].max(axis=0))
            _check_size((*top, top_free))
            state = tuple(takes[rows].T)
            for f, table in knapsack.by_floors(house, here, (*top, top_free)):
                lump = house.opening[f] + case.cost("stranded") * house.office[f]
                if house.alone:
                    free = seats[people[rows]]
                    saved = table[(*state, free)].astype(np.int64)
                    whole = lump - saved + self._site(house, f, rows, bits, people, seats)
                    whole[saved < 0] = NONE
                    cost[rows, 0] = np.minimum(cost[rows, 0], whole)
                else:
                    saved = table[state].astype(np.int64)
                    whole = np.where(saved < 0, NONE, lump - saved)
                    cost[rows, f * (top_free + 1) : (f + 1) * (top_free + 1)] = whole
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

    def _site(
        self, house: House, f: int, rows: Ints, bits: Ints, people: Ints, seats: Ints
    ) -> Ints:
        case = self.case
        entitled = bits[rows] @ np.array(case.entitled, dtype=np.int64)
        offered = np.minimum(house.service[f], entitled)
        share = case.share[house.site]
        wanted = -(-(share.numerator * entitled) // share.denominator)
        missing = np.maximum(0, wanted - offered)
        stranded = case.cost("stranded")
        cost = stranded * (house.service[f] - offered) + case.cost("service_short") * missing
        return np.asarray(cost - stranded * case.low * seats[people[rows]], dtype=np.int64)

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
        *_, (_, table) = knapsack.by_floors(house, (), (*(int(x) for x in top), 0))
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
