"""What the bound needs of a problem, as integer tables per building: units, floor sets, areas.

Costs are whole numbers of 1/SCALE of 0.01 m2, rounded down, so that sums stay valid bounds.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import floor, gcd

import numpy as np

from allocator.domain import Room
from allocator.measure import Measure
from allocator.model.bound.block import INFINITE, Block, Home, Ints, joined, nothing
from allocator.model.kinds import Kind, Rule, fills, kinds_of
from allocator.model.stays import most_stays
from allocator.problem import Problem

SCALE = 1000
MOST_FLOORS = 11
"""Buildings with more floors that may open or close are beyond this bound."""
MOST_PAIRS = 500_000
"""Most pairs of a unit and a building; with more the tables outgrow memory."""
MOST_DIGITS = 1_000_000
"""Greatest numerator or denominator of a rate."""
MOST_SEATS = 40
"""Most seats to leave free that a building is asked for."""


class Unsupported(Exception):
    """The policy or scenario has a feature that this bound does not model."""


class Terms:
    """Units and buildings of a problem, with every constant of the bound."""

    def __init__(
        self, problem: Problem, measure: Measure, rates: dict[str, Fraction] | None = None
    ) -> None:
        """`rates`: those of the priced tier if None. Raises Unsupported."""
        self.problem, self.measure = problem, measure
        self.rates = priced_rates(problem) if rates is None else defaultdict(Fraction, rates)
        _supported(problem, self.rates)
        self.units = tuple(u for u in problem.planned_units if problem.people_of[u])
        self.index = {u: i for i, u in enumerate(self.units)}
        self.kinds = {u: kinds_of(problem, u) for u in self.units}
        self.people = np.array([problem.people_of[u] for u in self.units], dtype=np.int64)
        self.entitled = np.array(
            [problem.service_entitlement[u] for u in self.units], dtype=np.int64
        )
        need = [problem.need(u) for u in self.units]
        least, most = ([self._asked(u, most=m) for u in self.units] for m in (False, True))
        self.owed = np.array(need, dtype=np.int64) + np.array(least, dtype=np.int64)
        """Standards of people, and what requests hold at least: never short."""
        self.standards = np.array(need, dtype=np.int64) + np.array(most, dtype=np.int64)
        """Most office area that a unit may hold lawfully."""
        floors: dict[str, list[str]] = defaultdict(list)
        for code in sorted(problem.stock_by_floor):
            floors[problem.building_of_floor[code]].append(code)
        self.buildings = tuple(sorted(floors))
        if len(self.units) * len(self.buildings) > MOST_PAIRS:
            raise Unsupported
        self.sites = tuple(sorted({problem.site_of_building[b] for b in self.buildings}))
        count: dict[str, int] = defaultdict(int)
        for b in self.buildings:
            count[problem.site_of_building[b]] += 1
        self.limits = sorted({k.limit for ks in self.kinds.values() for k in ks if not k.single})
        self.alone_limits = sorted({k.limit for ks in self.kinds.values() for k in ks if k.single})
        self.rule = Rule(problem.policy.min_share, problem.policy.tolerance)
        self.singles = np.array(
            [sum(k.count for k in self.kinds[u] if k.single) for u in self.units], dtype=np.int64
        )
        self._room_facts()
        self.step = max(1, gcd(*self.limits) if self.limits else 1)
        self.grid = max(1, gcd(*(int(s) for s in self.standards)))
        self.blocks = [
            self._block(b, tuple(floors[b]), count[problem.site_of_building[b]] == 1)
            for b in self.buildings
        ]
        self.allowed = np.zeros((len(self.units), len(self.buildings)), dtype=bool)
        self.moves = np.zeros((len(self.units), len(self.buildings)), dtype=np.int64)
        self._places()
        kept = {r.room for r in problem.fixed_rows if r.purpose == "kept"}
        area = sum(problem.rooms[r].area for r in kept)
        self.constant = floor(self.rates["hidden"] * area * SCALE)

    def _asked(self, unit: str, *, most: bool) -> int:
        """Office area of a unit's requests: least or most."""
        return sum(
            q.count * (q.area_max if most else q.area_min)
            for q in self.problem.scenario.ledger.requests
            if q.unit == unit and q.use == "office"
        )

    # -- rooms -----------------------------------------------------------------------------

    def _room_facts(self) -> None:
        """Per room: most shared standards, and whether anybody may use it lawfully."""
        problem = self.problem
        asked = [q for q in problem.scenario.ledger.requests if q.use == "office"]
        limits = tuple(self.limits)
        self.most: dict[str, int] = {}
        self.usable: dict[str, bool] = {}
        self.takes: dict[str, int] = {}
        for room in problem.stock:
            if room.use != "office" or room.code in problem.fixed_rooms:
                continue
            ways = fills(self.rule, room.area, limits) if limits else ()
            self.most[room.code] = max(
                (sum(n * s for n, s in zip(w, limits, strict=True)) for w in ways), default=0
            )
            sums = [sum(n * s for n, s in zip(w, limits, strict=True)) for w in ways]
            sums += [s for s in self.alone_limits if self.rule.fits(room.area, s)]
            sums += [room.area for q in asked if q.area_min <= room.area <= q.area_max]
            if sums:
                self.takes[room.code] = min(sums)
            self.usable[room.code] = (
                bool(ways)
                or any(self.rule.fits(room.area, s) for s in self.alone_limits)
                or any(q.area_min <= room.area <= q.area_max for q in asked)
            )

    def weights(self, least: tuple[int, ...]) -> Ints:
        """Seats of each unit in steps, where a single seat takes `least` per alone limit."""
        takes = dict(zip(self.alone_limits, least, strict=True))
        raw = [
            sum(k.count * (takes[k.limit] if k.single else k.limit) for k in self.kinds[u])
            for u in self.units
        ]
        return np.array([w // self.step for w in raw], dtype=np.int64)

    def _least(self, offices: list[list[Room]]) -> tuple[int, ...]:
        """Per alone limit the least shared standards that a lawful single room takes away."""
        rooms = [r for rs in offices for r in rs]
        return tuple(
            min((self.most[r.code] for r in rooms if self.rule.fits(r.area, limit)), default=0)
            for limit in self.alone_limits
        )

    # -- buildings -------------------------------------------------------------------------

    def _block(self, building: str, floors: tuple[str, ...], alone: bool) -> Block:
        problem, rates = self.problem, self.rates
        always = [f for f in floors if f in problem.floors_always_in_use]
        free = [f for f in floors if f not in problem.floors_always_in_use]
        if len(free) > MOST_FLOORS:
            raise Unsupported(building)
        sets: list[tuple[int, ...]] = []
        for mask in range(1 << len(free)):
            chosen = {*always, *(f for i, f in enumerate(free) if mask >> i & 1)}
            sets.append(tuple(i for i, f in enumerate(floors) if f in chosen))
        inside = np.zeros((len(sets), len(floors)), dtype=np.int64)
        for row, members in enumerate(sets):
            inside[row, list(members)] = 1
        rooms = [self._floor_rooms(f) for f in floors]
        total = np.array([sum(r.area for r in problem.stock_by_floor[f]) for f in floors])
        market = np.array(
            [total[i] if f in problem.market_floors else 0 for i, f in enumerate(floors)]
        )
        area = inside @ total
        leased = inside @ market + self._leases(building, floors, inside)
        fixed = [
            floor((rates["used"] * int(a) + rates["leased"] * int(x)) * SCALE)
            for a, x in zip(area, leased, strict=True)
        ]
        low = problem.lowest_limit
        offices = [[r for r in rs if r.use == "office"] for rs in rooms]
        useless = [[r for r in rs if not self.usable[r.code]] for rs in offices]

        def by_set(values: list[int]) -> Ints:
            return inside @ np.array(values, dtype=np.int64)

        usable = [r for rs in offices for r in rs if self.usable[r.code] and r.area >= low]
        return Block(
            building=building,
            site=self.sites.index(problem.site_of_building[building]),
            alone=alone,
            floors=floors,
            sets=tuple(sets),
            fixed=np.array(fixed, dtype=np.int64),
            office=by_set([sum(r.area for r in rs) for rs in offices]),
            service=by_set([sum(r.area for r in rs if r.use == "service") for rs in rooms]),
            unusable=by_set([sum(r.area for r in rs) for rs in useless]),
            unusable_seats=by_set([sum(r.area // low for r in rs) for rs in useless]),
            capacity=by_set([sum(self.most[r.code] for r in rs) for rs in offices]),
            least=self._least(offices),
            singles=by_set([sum(1 for r in rs if self._alone_fits(r)) for rs in offices]),
            free_area=self._free(sets, offices, {r.code: r.area for rs in offices for r in rs}),
            free_capacity=self._free(sets, offices, self.most),
            held=self._held(sets, offices),
            density=min((Fraction(r.area, r.area // low) for r in usable), default=Fraction(low)),
        )

    def _alone_fits(self, room: Room) -> bool:
        return any(self.rule.fits(room.area, s) for s in self.alone_limits)

    def _floor_rooms(self, code: str) -> list[Room]:
        fixed = self.problem.fixed_rooms
        return [r for r in self.problem.stock_by_floor[code] if r.code not in fixed]

    def _leases(self, building: str, floors: tuple[str, ...], inside: Ints) -> Ints:
        """Leased area kept by each floor set; a lease of several buildings is split by stock."""
        problem = self.problem
        kept = np.zeros(len(inside), dtype=np.int64)
        for lease in problem.leases:
            mine = [i for i, f in enumerate(floors) if f in lease.floors]
            if not mine:
                continue
            here = sum(r.area for i in mine for r in problem.stock_by_floor[floors[i]])
            whole = sum(r.area for f in lease.floors for r in problem.stock_by_floor.get(f, ()))
            part = lease.area if here == whole else lease.area * here // max(1, whole)
            kept += part * (inside[:, mine].max(axis=1))
        return kept

    def _free(
        self, sets: list[tuple[int, ...]], offices: list[list[Room]], worth: dict[str, int]
    ) -> Ints:
        """Least worth of free rooms per floor set with 0, 1, 2, ... seats; useless ones first."""
        problem = self.problem
        rate, people = problem.policy.reserve, sum(problem.people_of.values())
        top = min(MOST_SEATS, int(rate * people) + 1)
        single = [self._free_on_floor(rs, worth, top) for rs in offices]
        rows: dict[tuple[int, ...], Ints] = {(): nothing(top)}
        table = []
        for members in sets:
            for end in range(1, len(members) + 1):
                head = members[:end]
                if head not in rows:
                    rows[head] = joined(rows[head[:-1]], single[head[-1]])
            table.append(rows[members])
        return np.array(table, dtype=np.int64)

    def _free_on_floor(self, offices: list[Room], worth: dict[str, int], top: int) -> Ints:
        best = nothing(top)
        seats = np.arange(top + 1)
        for room in offices:
            need = np.maximum(0, seats - room.area // self.problem.lowest_limit)
            with_room = np.minimum(INFINITE, best[need] + worth[room.code])
            best = np.minimum(best, with_room) if self.usable[room.code] else with_room
        return best

    def _held(self, sets: list[tuple[int, ...]], offices: list[list[Room]]) -> Ints:
        """Fractional knapsack: rooms with most area per standards they take come first."""
        rooms = [
            (Fraction(r.area, self.takes[r.code]), i, r.area, self.takes[r.code])
            for i, rs in enumerate(offices)
            for r in rs
            if r.code in self.takes
        ]
        rooms.sort(key=lambda x: (-x[0], x[1]))
        top = max((sum(r[3] for r in rooms)) // self.grid + 2, 2)
        table = np.zeros((len(sets), top), dtype=np.int64)
        steps = np.arange(top) * self.grid
        for row, members in enumerate(sets):
            mine = [(a, m) for _, i, a, m in rooms if i in members]
            area = np.concatenate([[0], np.cumsum([a for a, _ in mine])]).astype(np.int64)
            taken = np.concatenate([[0], np.cumsum([m for _, m in mine])]).astype(np.int64)
            at = np.searchsorted(taken, steps, side="right") - 1
            rest = steps - taken[at]
            nxt = np.minimum(at + 1, len(mine))
            a, m = area[nxt] - area[at], np.maximum(1, taken[nxt] - taken[at])
            table[row] = area[at] - (-(rest * a) // m)
            table[row] = np.minimum(table[row], area[-1])
        return table

    # -- units in buildings ----------------------------------------------------------------

    def _places(self) -> None:
        problem = self.problem
        near, middle, far = (self.rates[n] for n in ("moved_building", "moved_site", "moved_far"))
        place = {b: j for j, b in enumerate(self.buildings)}
        for i, unit in enumerate(self.units):
            for floor_code in problem.permitted_floors[unit]:
                j = place[problem.building_of_floor[floor_code]]
                if not self.allowed[i, j]:
                    self.allowed[i, j] = any(
                        r.use == "office" and problem.permitted(unit, r)
                        for r in problem.stock_by_floor[floor_code]
                    )
            every, around, inside = most_stays(problem, unit)
            for j, b in enumerate(self.buildings):
                site = problem.site_of_building[b]
                stay = (far - middle) * around.get(site, 0) + (middle - near) * inside.get(b, 0)
                cost = far * every - stay
                self.moves[i, j] = floor(max(Fraction(0), cost) * 100 * SCALE)
                if inside.get(b, 0) and near:
                    self._home(i, unit, j, near)

    def _home(self, i: int, unit: str, j: int, near: Fraction) -> None:
        """Most people that may keep their room, per floor set of the building."""
        block = self.blocks[j]
        saved = np.zeros(len(block.sets), dtype=np.int64)
        for kind in self.kinds[unit]:
            stay = np.array([self._stays(kind, f) for f in block.floors], dtype=np.int64)
            for row, members in enumerate(block.sets):
                saved[row] += min(kind.count, int(stay[list(members)].sum()))
        if saved.any():
            block.homes.append(Home(i, saved * _ceil(near * 100 * SCALE)))

    def _stays(self, kind: Kind, floor_code: str) -> int:
        """People of a kind who may lawfully stay in their rooms on a floor."""
        problem = self.problem
        stay = 0
        for room in problem.stock_by_floor[floor_code]:
            today = sum(
                min(problem.today_people.get(g, {}).get(room.code, 0), problem.planned[g])
                for g in kind.groups
            )
            if not today or room.use != "office" or not problem.permitted(kind.unit, room):
                continue
            if kind.single:
                most = int(self.rule.fits(room.area, kind.limit))
            else:
                most = floor(Fraction(room.area) / (self.rule.min_share * kind.limit))
            stay += min(today, most)
        return stay


def priced_rates(problem: Problem) -> dict[str, Fraction]:
    """Rates of the priced tier, every other term 0."""
    rates: dict[str, Fraction] = defaultdict(Fraction)
    for tier in problem.policy.tiers:
        names = dict(tier.terms)
        if "used" in names:
            rates.update(names)
    return rates


def _supported(problem: Problem, rates: dict[str, Fraction]) -> None:
    policy = problem.policy
    known = {
        "used",
        "hidden",
        "stranded",
        "short",
        "service_short",
        "leased",
        "moved_building",
        "moved_site",
        "moved_far",
    }
    ordered = rates["moved_building"] <= rates["moved_site"] <= rates["moved_far"]
    people = [u for u in problem.planned_units if problem.people_of[u]]
    without = {u for u in problem.planned_units if not problem.people_of[u]}
    asks = any(q.unit in without for q in problem.scenario.ledger.requests)
    pinned = any(u in without and ps for u, ps in problem.pins_of.items())
    if (
        policy.exceptions != "none"
        or problem.registered_exceptions
        or problem.scenario.shared
        or policy.tolerance
        or not ordered
        or asks
        or pinned
        or not people
        or not policy.min_share
        or min(rates.values(), default=0) < 0
        or any(_fine(f) for f in (*rates.values(), policy.reserve))
        or any(problem.caps[u][1] != 1 for u in people)
        or {n for n, r in rates.items() if r} - known
    ):
        raise Unsupported


def _fine(number: Fraction) -> bool:
    """Whether a rate has so many digits that products with areas could leave 64 bits."""
    return max(abs(number.numerator), number.denominator) > MOST_DIGITS


def _ceil(number: Fraction) -> int:
    return -floor(-number)
