"""The Lagrangian dual: a price per unit, per person and per site; one knapsack per building.

Any prices give a valid bound: the sum of unit prices plus, per building, the least of what a
floor set costs less what the best set of units brings, seats being counted whole. A building's
state is the seat weight taken; where it has its site to itself also the number of single seats.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from allocator.model.bound.block import INFINITE, Block, Ints
from allocator.model.bound.prices import Answer, Flags, Prices, Table, least_between, times, up
from allocator.model.bound.terms import SCALE, Terms, Unsupported

WIDEST = 40
"""Most different numbers of people in one state that are told apart."""
CHUNK = 6_000_000
"""Most entries of the choices kept at a time."""
NEVER = -(1 << 58)
LARGEST = 250_000_000
"""Most entries of one building's tables (floor sets x states x people told apart)."""
Class: TypeAlias = tuple[int, tuple[int, ...]]


class Dual:
    """Evaluates the bound at prices."""

    def __init__(self, terms: Terms) -> None:
        self.terms = t = terms
        self.rate = {n: Fraction(r) for n, r in t.rates.items()}
        self.stranded, self.short = self._rate("stranded"), self._rate("short")
        self.share = [t.measure.share[s] for s in t.sites]
        self.alone = np.array([b.alone for b in t.blocks])
        self.site = np.array([b.site for b in t.blocks])
        self.tops = [int(b.capacity.max()) // t.step for b in t.blocks]
        self.kind = [self._class(j) for j in range(len(t.blocks))]
        self.wide = {k: self._most_singles(k) + 1 for k in sorted(set(self.kind))}
        self.weight = {
            k: t.weights(k[1]) * w + (t.singles if k[0] else 0) for k, w in self.wide.items()
        }
        self._limits()
        self._affordable()
        self.spread = np.ones(len(t.blocks), dtype=bool)
        self.tables = [self._table(j) for j in range(len(t.blocks))]
        fixed = [floor(self.short * int(s) * SCALE) for s in t.owed]
        self.own_cost = np.array(fixed, dtype=np.int64)[:, None] + t.moves

    def _rate(self, name: str) -> Fraction:
        return self.rate.get(name, Fraction(0))

    def _affordable(self) -> None:
        """Raises Unsupported where the tables would not fit into memory."""
        t = self.terms
        for j, block in enumerate(t.blocks):
            size = len(block.sets) * (self.tops[j] + 1) * self.wide[self.kind[j]]
            if block.alone:
                size *= WIDEST
            if size > LARGEST:
                raise Unsupported(block.building)

    def _limits(self) -> None:
        """Least and greatest prices."""
        t = self.terms
        low = t.problem.lowest_limit
        self.seat_low = ceil(self.stranded * low * SCALE)
        density = [
            min((b.density for b in t.blocks if b.site == s), default=Fraction(low))
            for s in range(len(t.sites))
        ]
        both = self.stranded + self.short
        high = [max(self.seat_low, floor(both * d * SCALE)) for d in density]
        if not both:
            high = [5 * low * SCALE] * len(high)
        self.seat_high = np.array(high, dtype=np.int64)
        self.service_high = floor(self._rate("service_short") * SCALE)

    def ceiling(self) -> int:
        """More than any plan costs, in cost units: a bound beyond it says that none exists."""
        t = self.terms
        rates = sum(self._rate(n) for n in ("used", "hidden", "stranded", "leased"))
        stock = sum(r.area for r in t.problem.stock)
        cost = rates * 2 * stock + self.short * int(t.owed.sum())
        cost += self._rate("service_short") * int(t.entitled.sum())
        cost += self._rate("moved_far") * 100 * int(t.people.sum())
        return ceil((cost + 100) * SCALE)

    def start(self) -> Prices:
        """Prices to begin with: each unit pays for its standards, and for idle space a tenth."""
        t = self.terms
        worth = self.short * 11 / 10 or self._rate("used")
        unit = np.array([floor(worth * int(s) * SCALE) for s in t.standards])
        seat = floor((self.stranded + self.short) * t.problem.lowest_limit * SCALE)
        return Prices(
            unit.astype(np.int64),
            np.zeros(len(t.blocks), dtype=np.int64),
            np.full(len(t.sites), self.service_high * 3 // 4, dtype=np.int64),
            np.minimum(self.seat_high, seat).astype(np.int64),
        )

    # -- static tables -----------------------------------------------------------------------

    def _class(self, j: int) -> Class:
        """Buildings of one class count states alike; size 0 where a site has several of them."""
        block = self.terms.blocks[j]
        size = 1 + sum(self.tops[j] > 20 * 1.3**n for n in range(40)) if block.alone else 0
        return size, block.least

    def _most_singles(self, kind: Class) -> int:
        """Most single seats that are told apart in a class; more make the bound weaker only."""
        t = self.terms
        if kind[0] == 0:
            return 0
        top = max(c for c, k in zip(self.tops, self.kind, strict=True) if k == kind)
        most = np.zeros(top + 1, dtype=np.int64)
        for w, k in zip(t.weights(kind[1]), t.singles, strict=True):
            if w == 0:
                most += k
            elif w <= top:
                most[w:] = np.maximum(most[w:], most[: top + 1 - w] + k)
        rooms = max(
            int(b.singles.max()) for b, k in zip(t.blocks, self.kind, strict=True) if k == kind
        )
        return min(rooms, int(most.max()))

    def _table(self, j: int) -> Table:
        t = self.terms
        block = t.blocks[j]
        wide = self.wide[self.kind[j]]
        size = (self.tops[j] + 1) * wide
        least, most, area = self._ranges(j, size)
        reached = most >= 0
        state = np.arange(size)
        seats = state // wide * t.step
        possible = reached & (block.capacity[:, None] >= seats)
        if block.alone:
            possible &= block.singles[:, None] >= state % wide
        grid = np.minimum(np.maximum(area, 0) // t.grid, block.held.shape[1] - 1)
        hold = block.held[:, grid]
        people = np.where(reached, least, 0)
        none = np.zeros(0, dtype=np.int64)
        if block.alone:
            cost = self._alone(j, people, np.where(reached, most, 0), hold, possible)
            return Table(size, cost, people, none, none, possible)
        free = np.maximum(block.unusable[:, None], block.office[:, None] - hold)
        both = times(self.stranded + self.short, block.unusable)
        lump = block.fixed - up(self.short, block.office) + both
        spare = free - block.unusable[:, None]
        if not self.stranded + self.short:
            spare = self._seats_left(block, seats)
        return Table(size, None, people, lump, spare, possible)

    def _seats_left(self, block: Block, seats: Ints) -> Ints:
        """Most seats past those of useless rooms that may stay free beside the seats taken."""
        left = np.maximum(0, block.capacity[:, None] - seats)
        top = block.free_capacity.shape[1] - 1
        found = np.zeros(left.shape, dtype=np.int64)
        for row, lost in enumerate(block.free_capacity):
            found[row] = np.searchsorted(lost, left[row], side="right") - 1
        low = self.terms.problem.lowest_limit
        every = (block.office // low)[:, None]
        found = np.where(found >= top, every, found)
        return np.maximum(0, found - block.unusable_seats[:, None])

    def _ranges(self, j: int, size: int) -> tuple[Ints, Ints, Ints]:
        """Per state: least and most people, most standards of any units that make it."""
        t = self.terms
        least = np.full(size, INFINITE, dtype=np.int64)
        most = np.full(size, NEVER, dtype=np.int64)
        area = np.full(size, NEVER, dtype=np.int64)
        for table in (least, most, area):
            table[0] = 0
        weight = self.weight[self.kind[j]]
        for i in np.flatnonzero(t.allowed[:, j]):
            w = weight[i]
            if w < size:
                least[w:] = np.minimum(least[w:], least[: size - w] + t.people[i])
                most[w:] = np.maximum(most[w:], most[: size - w] + t.people[i])
                area[w:] = np.maximum(area[w:], area[: size - w] + t.standards[i])
        return least, most, area

    def _alone(self, j: int, least: Ints, most: Ints, hold: Ints, possible: Flags) -> Ints:
        """Cost per floor set, state and people above the least."""
        t = self.terms
        block = t.blocks[j]
        width = int((most - least).max()) + 1
        self.spread[j] = width <= WIDEST
        serve = self._service(j, block, int(most.max()))
        rate, low = t.problem.policy.reserve, t.problem.lowest_limit
        taken = np.arange(len(least)) // self.wide[self.kind[j]] * t.step
        top = block.free_area.shape[1] - 1
        need = np.array([min(ceil(rate * p), top) for p in range(int(most.max()) + 1)])
        layers = []
        for w in range(width if self.spread[j] else 1):
            people = np.minimum(least + w, most)
            seats = need[people]
            free = np.maximum(block.free_area[:, seats], block.office[:, None] - hold)
            cost = (
                times(self.stranded + self.short, np.minimum(free, INFINITE >> 22))
                - up(self.short, block.office)[:, None]
                - up(self.stranded, np.minimum(seats * low, free))
                + block.fixed[:, None]
            )
            serving = serve[:, people] if self.spread[j] else least_between(serve, least, most)
            fits = possible & (free <= block.office[:, None]) & (least + w <= most)
            fits &= taken <= block.capacity[:, None] - block.free_capacity[:, seats]
            layers.append(np.where(fits, cost + serving, INFINITE))
        return np.stack(layers, axis=2)

    def _service(self, j: int, block: Block, everyone: int) -> Ints:
        """Services of each floor set (rows) for 0, 1, 2, ... people (columns)."""
        t = self.terms
        rows = np.flatnonzero(t.allowed[:, j])
        ratio = [Fraction(int(t.entitled[i]), int(t.people[i])) for i in rows] or [Fraction(0)]
        held = self._service_asked(block)
        columns = []
        for people in range(everyone + 1):
            offered = np.minimum(block.service, floor(max(ratio) * people) + 1 + held)
            wanted = floor(self.share[block.site] * min(ratio) * people)
            cost = times(self.stranded, block.service - offered)
            cost = cost + times(self._rate("service_short"), np.maximum(0, wanted - offered))
            columns.append(cost)
        return np.stack(columns, axis=1)

    def _service_asked(self, block: Block) -> int:
        """Most service area that requests and pins may hold in a building."""
        p = self.terms.problem
        asked = sum(q.count * q.area_max for q in p.scenario.ledger.requests if q.use == "service")
        pinned = {
            pin.place
            for pins in p.pins_of.values()
            for pin in pins
            if pin.kind == "room" and p.rooms[pin.place].use == "service"
        }
        return asked + sum(p.rooms[r].area for r in pinned if p.building_of[r] == block.building)

    # -- evaluation --------------------------------------------------------------------------

    def evaluate(self, prices: Prices) -> Answer:
        """The bound at these prices, exact in whole cost units."""
        t = self.terms
        rate = t.problem.policy.reserve
        seats = (prices.seat - self.seat_low) * rate.numerator // rate.denominator
        person = np.where(self.spread, prices.person, 0)
        per_person = np.where(self.alone, person, seats[self.site])
        value = prices.unit[:, None] - self.own_cost - t.people[:, None] * per_person[None, :]
        for s, share in enumerate(self.share):
            columns = np.flatnonzero((self.site == s) & ~self.alone)
            if len(columns):
                entitled = t.entitled * int(prices.service[s]) * share.numerator
                value[:, columns] -= (entitled // share.denominator)[:, None]
        value[~t.allowed] = NEVER
        answer = Answer(
            int(prices.unit.sum()) + t.constant,
            np.ones(len(t.units)),
            np.zeros(len(t.blocks)),
            np.zeros(len(t.sites)),
            np.zeros(len(t.sites)),
            [],
        )
        for which in self._groups():
            self._some(which, value, prices, answer)
        return answer

    def _groups(self) -> list[list[int]]:
        """Buildings of one class, so that their knapsacks run side by side."""
        groups: dict[tuple[Class, int], list[int]] = {}
        for j in sorted(range(len(self.tops)), key=lambda j: (self.tables[j].size, j)):
            most = max(1, CHUNK // (self.tables[j].size * len(self.terms.units)))
            place = sum(len(g) for (k, _), g in groups.items() if k == self.kind[j])
            groups.setdefault((self.kind[j], place // most), []).append(j)
        return list(groups.values())

    def _some(self, which: list[int], value: Ints, prices: Prices, answer: Answer) -> None:
        """Add the least cost of some buildings to the answer."""
        t = self.terms
        weight = self.weight[self.kind[which[0]]]
        part = value[:, which]
        for row, j in enumerate(which):
            for home in t.blocks[j].homes:
                part[home.unit, row] = NEVER
        size = max(self.tables[j].size for j in which)
        best = np.full((len(which), size), NEVER, dtype=np.int64)
        best[:, 0] = 0
        taken = np.zeros((len(t.units), len(which), size), dtype=bool)
        useful = np.flatnonzero((part > NEVER // 2).any(axis=1) & (weight < size))
        for i in useful:
            w = weight[i]
            offer = best[:, : size - w] + part[i][:, None]
            np.greater(offer, best[:, w:], out=taken[i, :, w:])
            np.maximum(best[:, w:], offer, out=best[:, w:])
        for row, j in enumerate(which):
            size_j = self.tables[j].size
            self._building(
                j, best[row, :size_j], taken[:, row], useful[::-1], value, prices, answer
            )

    def _building(
        self,
        j: int,
        best: Ints,
        taken: Flags,
        order: npt.NDArray[np.intp],
        value: Ints,
        prices: Prices,
        answer: Answer,
    ) -> None:
        t = self.terms
        block, size = t.blocks[j], len(best)
        weight = self.weight[self.kind[j]]
        rows = np.broadcast_to(best, (len(block.sets), size)).copy()
        picks: list[tuple[int, Flags]] = []
        for home in block.homes:
            w = int(weight[home.unit])
            if w >= size or not t.allowed[home.unit, j]:
                continue
            offer = rows[:, : size - w] + (value[home.unit, j] + home.saved)[:, None]
            pick = np.zeros(rows.shape, dtype=bool)
            pick[:, w:] = offer > rows[:, w:]
            np.maximum(rows[:, w:], offer, out=rows[:, w:])
            picks.append((home.unit, pick))
        cost, people = self._cost(j, prices)
        net = cost - rows
        f, q = (int(x) for x in np.unravel_index(int(net.argmin()), net.shape))
        answer.value += int(net[f, q])
        units, at = [], q
        for unit, pick in reversed(picks):
            if pick[f, at]:
                units.append(unit)
                at -= int(weight[unit])
        for i in order:
            if at and taken[i, at]:
                units.append(int(i))
                at -= int(weight[i])
        answer.columns.append((j, f, tuple(sorted(units))))
        self._direction(j, f, q, units, people, answer)

    def _direction(
        self, j: int, f: int, q: int, units: list[int], people: Ints | None, answer: Answer
    ) -> None:
        t = self.terms
        block, table = t.blocks[j], self.tables[j]
        answer.unit[units] -= 1
        seated = int(t.people[units].sum())
        if people is not None:
            answer.person[j] = seated - int(people[f, q])
            return
        entitled = float(self.share[block.site]) * float(t.entitled[units].sum())
        answer.service[block.site] += entitled - float(block.service[f])
        dense = float(block.density) if self.stranded + self.short else 1.0
        seats = float(block.unusable_seats[f]) + table.spare[f, q] / dense
        answer.seat[block.site] += float(t.problem.policy.reserve) * seated - seats

    def _cost(self, j: int, prices: Prices) -> tuple[Ints, Ints | None]:
        """Cost per floor set and state; beside it the people it counts with, if it does."""
        table, block = self.tables[j], self.terms.blocks[j]
        if table.alone_cost is not None:
            price = int(prices.person[j]) if self.spread[j] else 0
            width = table.alone_cost.shape[2]
            if width == 1:
                people = np.broadcast_to(table.people, table.possible.shape)
                return table.alone_cost[:, :, 0] - price * people, people
            counts = table.people[:, None] + np.arange(width)
            net = table.alone_cost - price * counts
            best = net.argmin(axis=2)
            cost = np.take_along_axis(net, best[:, :, None], axis=2)[:, :, 0]
            return cost, table.people + best
        seat = int(prices.seat[block.site])
        both = self.stranded + self.short
        per_area = floor(both * SCALE - Fraction(seat) / block.density) if both else -seat
        service = int(prices.service[block.site]) * block.service
        lump = table.lump - seat * block.unusable_seats - service
        cost = lump[:, None] + per_area * table.spare
        cost[~table.possible] = INFINITE
        return cost, None
