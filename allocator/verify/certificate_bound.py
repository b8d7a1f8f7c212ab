"""A lower bound worked out from a certificate's prices, in whole numbers rounded downwards.

Every unit sits in exactly one building. At prices of units, people, service area and free seats
each building chooses by itself; the least sum of its costs less the prices, over its floor sets
and sets of units told apart by seats taken and single seats, added to all prices, is a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from allocator.verify.certificate_estate import Estate, House, NotCertifiable, Party
from allocator.verify.certificate_rooms import HIGH, Free, Rooms, Whole

PARTS = 1000
"""Cost units in 0.01 m2-equivalents."""
SEATS = 40
"""Free seats told apart in one building."""
MOST_DIGITS = 1_000_000
"""Rates with greater numerators or denominators could leave 64 bits."""
WIDEST = 40
"""Numbers of people told apart in one state."""
LOW = -(1 << 58)


@dataclass(frozen=True, slots=True)
class Prices:
    """Multipliers in cost units; missing entries are 0."""

    unit: Mapping[str, int]
    person: Mapping[str, int]
    service: Mapping[str, int]
    seat: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Opening:
    """One set of floors in use in a building; areas in 0.01 m2."""

    floors: frozenset[str]
    fixed: int
    """Cost before anybody sits there, in cost units."""
    office: int
    service: int
    shared: int
    """Most standards of people who share rooms."""
    single_rooms: int
    useless: int
    useless_seats: int
    free_area: Whole
    """Least area left free for 0, 1, 2, ... seats."""
    free_shared: Whole
    """Least of `shared` lost by them."""
    held: tuple[tuple[int, int], ...]
    """(standards taken, area held) after each room, the best rooms first."""


@dataclass(frozen=True, slots=True)
class State:
    """Arrays over (seat weight, single seats): value of the best units, and what they may be."""

    best: Whole
    least: Whole
    most: Whole
    standards: Whole


class Bound:
    """Evaluates prices for one estate and the rates of a tier's terms."""

    def __init__(self, estate: Estate, rates: Mapping[str, Fraction]) -> None:
        self.estate = estate
        self.policy = estate.world.policy
        self.rates = rates
        self.low = estate.world.lowest_limit
        self.stranded, self.short = self.rate("stranded"), self.rate("short")
        moved = [self.rate(n) for n in ("moved_building", "moved_site", "moved_far")]
        digits = [*rates.values(), self.policy.reserve]
        if any(max(abs(f.numerator), f.denominator) > MOST_DIGITS for f in map(Fraction, digits)):
            raise NotCertifiable
        if moved != sorted(moved) or min(rates.values(), default=0) < 0 or not self.low:
            raise NotCertifiable
        self.near, self.middle, self.far = moved
        sites = [h.site for h in estate.houses]
        self.alone = {s for s in sites if sites.count(s) == 1}

    def rate(self, name: str) -> Fraction:
        """Rate of a term, 0 where the tier lacks it."""
        return Fraction(self.rates.get(name, 0))

    def value(self, prices: Prices) -> int:
        """The bound in cost units."""
        total = sum(prices.unit.get(p.code, 0) for p in self.estate.parties)
        total += floor(self.rate("hidden") * self.estate.hidden_kept() * PARTS)
        return total + sum(self._house(house, prices) for house in self.estate.houses)

    # -- one building ----------------------------------------------------------------------

    def _house(self, house: House, prices: Prices) -> int:
        alone = house.site in self.alone
        guests = [p for p in self.estate.parties if house.code in self.estate.allowed[p.code]]
        rooms = [r for f in house.floors for r in house.offices[f]]
        facts = Rooms(self.estate, rooms)
        sets = list(_floor_sets(house))
        top = min(SEATS, int(self.policy.reserve * self.estate.total_people) + 1)
        free = (
            Free(facts, house.offices, top, {r.code: r.area for r in rooms}),
            Free(facts, house.offices, top, facts.most),
        )
        openings = [self._opening(house, floors, facts, free) for floors in sets]
        top = max(o.shared for o in openings) // self.estate.step
        weights = [facts.weight(p) for p in guests]
        wide = max(o.single_rooms for o in openings) + 1 if alone else 1
        if alone:
            wide = min(wide, 1 + sum(len(p.alone) for p in guests))
        states = _Knapsack(top + 1, wide, told=alone)
        price = prices.person.get(house.code, 0) if alone else 0
        values = [self._gain(p, house, prices, price) for p in guests]
        inside = np.array([[f in floors for f in house.floors] for floors in sets], dtype=np.int64)
        stays = [self._stays(p, house, inside) for p in guests]
        for party, weight, value, stay in zip(guests, weights, values, stays, strict=True):
            states.add(party, weight, None if stay.any() else value)
        homes = [(w, len(p.alone), v, s) for p, w, v, s in
                 zip(guests, weights, values, stays, strict=True) if s.any()]  # fmt: skip
        least = HIGH
        ratio = [Fraction(p.entitled, p.people) for p in guests] or [Fraction(0)]
        width = int((states.most - states.least)[states.reached].max()) + 1
        price = price if width <= WIDEST else 0
        if alone and not price and prices.person.get(house.code, 0):
            return self._house(house, Prices(prices.unit, {}, prices.service, prices.seat))
        for row, opening in enumerate(openings):
            best = states.best.copy()
            for weight, singles, value, stay in homes:
                _extend(best, weight, singles if alone else 0, value + int(stay[row]))
            if alone:
                cost = self._cost_alone(house, opening, states, (min(ratio), max(ratio)), price)
            else:
                cost = self._cost_together(house, opening, states, facts.density, prices)
            seats = np.arange(top + 1)[:, None] * self.estate.step
            fits = states.reached & (seats <= opening.shared)
            if alone:
                fits &= np.arange(wide)[None, :] <= opening.single_rooms
            least = min(least, int(np.where(fits, cost - best, HIGH).min()))
        return least

    def _gain(self, party: Party, house: House, prices: Prices, person: int) -> int:
        """Price of a unit less its own cost in a building."""
        every, around, inside = self.estate.moving(party.code, house)
        moving = self.far * every - (self.far - self.middle) * around
        moving -= (self.middle - self.near) * inside
        own = floor(self.short * party.owed * PARTS) + floor(max(Fraction(0), moving) * 100 * PARTS)
        gain = prices.unit.get(party.code, 0) - own
        if house.site in self.alone:
            return gain - party.people * person
        entitled = Fraction(prices.service.get(house.site, 0)) * self.estate.share[house.site]
        seats = self.policy.reserve * (self._seat_price(house.site, prices) - self._credit())
        return gain - floor(entitled * party.entitled) - party.people * floor(seats)

    def _stays(self, party: Party, house: House, inside: Whole) -> Whole:
        """What the unit saves per floor set by people who keep their rooms.

        `inside`: floor sets (rows) as 1 for each of the house's floors (columns).
        """
        each = -floor(-self.near * 100 * PARTS)
        saved = np.zeros(len(inside), dtype=np.int64)
        for posts, stay in self.estate.staying(party.code, house) if self.near else []:
            if stay:
                here = np.array([stay.get(f, 0) for f in house.floors], dtype=np.int64)
                saved += np.minimum(posts, inside @ here)
        return each * saved

    def _credit(self) -> int:
        return ceil(self.stranded * self.low * PARTS)

    def _seat_price(self, site: str, prices: Prices) -> int:
        """A price below the seat's credit would let the reserve grow for nothing."""
        return max(self._credit(), prices.seat.get(site, 0))

    # -- floor sets ------------------------------------------------------------------------

    def _opening(
        self, house: House, floors: frozenset[str], facts: Rooms, free: tuple[Free, Free]
    ) -> Opening:
        offices = [r for f in sorted(floors) for r in house.offices[f]]
        area = sum(house.area[f] for f in floors)
        leased = sum(a for under, a in house.leases if under & floors)
        leased += area if house.market else 0
        useless = [r for r in offices if not facts.usable(r)]
        order = tuple(sorted(floors))
        return Opening(
            floors=floors,
            fixed=floor((self.rate("used") * area + self.rate("leased") * leased) * PARTS),
            office=sum(r.area for r in offices),
            service=sum(house.service[f] for f in floors),
            shared=sum(facts.most[r.code] for r in offices),
            single_rooms=sum(1 for r in offices if facts.single[r.code]),
            useless=sum(r.area for r in useless),
            useless_seats=sum(r.area // self.low for r in useless),
            free_area=free[0].of(order),
            free_shared=free[1].of(order),
            held=facts.held(floors),
        )

    def _held(self, opening: Opening, standards: Whole) -> Whole:
        """Most office area that people of these standards hold, rooms divisible."""
        taken = np.array([t for t, _ in opening.held], dtype=np.int64)
        area = np.array([a for _, a in opening.held], dtype=np.int64)
        at = np.searchsorted(taken, standards, side="right") - 1
        after = np.minimum(at + 1, len(taken) - 1)
        step = np.maximum(1, taken[after] - taken[at])
        more = -(-(standards - taken[at]) * (area[after] - area[at]) // step)
        return np.asarray(np.minimum(area[at] + more, area[-1]), dtype=np.int64)

    # -- costs -----------------------------------------------------------------------------

    def _cost_alone(
        self,
        house: House,
        opening: Opening,
        states: _Knapsack,
        ratio: tuple[Fraction, Fraction],
        price: int,
    ) -> Whole:
        """Cost per state of a building that has its site to itself."""
        held = self._held(opening, np.maximum(states.standards, 0))
        least = np.where(states.reached, states.least, 0)
        most = np.where(states.reached, states.most, 0)
        everyone = int(most.max())
        serve = self._serve(house, opening, ratio, everyone)
        need = np.array(
            [
                min(ceil(self.policy.reserve * p), len(opening.free_area) - 1)
                for p in range(everyone + 1)
            ]
        )
        taken = np.arange(least.shape[0])[:, None] * self.estate.step
        area, shared = opening.free_area, opening.free_shared
        cost = np.full(least.shape, HIGH, dtype=np.int64)
        for more in range(int((most - least).max()) + 1):
            people = np.minimum(least + more, most)
            seats = need[people]
            free = np.maximum(area[seats], opening.office - held)
            fits = (free <= opening.office) & (taken <= opening.shared - shared[seats])
            free = np.minimum(free, opening.office)
            here = (
                opening.fixed
                + _times(self.stranded + self.short, free)
                - _up(self.short, opening.office)
                - _up_each(self.stranded, np.minimum(seats * self.low, free))
                + serve[people]
                - price * people
            )
            cost = np.minimum(cost, np.where(fits & (least + more <= most), here, HIGH))
        return cost

    def _serve(
        self, house: House, opening: Opening, ratio: tuple[Fraction, Fraction], everyone: int
    ) -> Whole:
        """Cost of services for 0, 1, 2, ... people."""
        share, missing = self.estate.share[house.site], self.rate("service_short")
        asked = self._service_asked(house)
        costs = []
        for people in range(everyone + 1):
            offered = min(opening.service, floor(ratio[1] * people) + 1 + asked)
            wanted = floor(share * ratio[0] * people)
            cost = self.stranded * (opening.service - offered)
            costs.append(floor((cost + missing * max(0, wanted - offered)) * PARTS))
        return np.array(costs, dtype=np.int64)

    def _service_asked(self, house: House) -> int:
        """Service area that requests and pins may hold in a building."""
        scenario, rooms = self.estate.world.scenario, self.estate.world.rooms
        asked = sum(q.count * q.area_max for q in scenario.ledger.requests if q.use == "service")
        pins = {p.place for p in scenario.pins if p.kind == "room"}
        mine = {r for r in pins if self.estate.world.where[r].building == house.code}
        return asked + sum(rooms[r].area for r in mine if rooms[r].use == "service")

    def _cost_together(
        self, house: House, opening: Opening, states: _Knapsack, density: Fraction, prices: Prices
    ) -> Whole:
        """Cost per state of a building that shares its site, at the site's prices."""
        both = self.stranded + self.short
        seat = self._seat_price(house.site, prices)
        service = prices.service.get(house.site, 0)
        if not 0 <= service <= self.rate("service_short") * PARTS:
            raise NotCertifiable
        if both and seat > both * density * PARTS:
            raise NotCertifiable
        lump = opening.fixed - _up(self.short, opening.office) - seat * opening.useless_seats
        lump += floor(both * opening.useless * PARTS) - service * opening.service
        if not both:
            return lump - seat * self._seats_left(opening, states.best.shape)
        held = self._held(opening, np.maximum(states.standards, 0))
        free = np.maximum(opening.useless, opening.office - held)
        per_area = floor(both * PARTS - Fraction(seat) / density)
        return np.asarray(lump + per_area * (free - opening.useless), dtype=np.int64)

    def _seats_left(self, opening: Opening, shape: tuple[int, ...]) -> Whole:
        """Most seats past the useless rooms' that may stay free beside the seats taken."""
        left = np.maximum(0, opening.shared - np.arange(shape[0]) * self.estate.step)
        found = np.searchsorted(opening.free_shared, left, side="right") - 1
        every = opening.office // self.low
        found = np.where(found >= len(opening.free_shared) - 1, every, found)
        return np.maximum(0, found - opening.useless_seats)[:, None]


def _floor_sets(house: House) -> Iterable[frozenset[str]]:
    free = [f for f in house.floors if f not in house.always]
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            yield house.always.union(chosen)


def _extend(best: Whole, weight: int, singles: int, value: int) -> None:
    """Offer one more unit to every state, once."""
    rows, columns = best.shape
    if weight < rows and singles < columns:
        old = best[: rows - weight, : columns - singles] + value
        np.maximum(best[weight:, singles:], old, out=best[weight:, singles:])


def _times(rate: Fraction, areas: Whole) -> Whole:
    return np.asarray(areas * (rate.numerator * PARTS) // rate.denominator, dtype=np.int64)


def _up(rate: Fraction, area: int) -> int:
    return ceil(rate * area * PARTS)


def _up_each(rate: Fraction, areas: Whole) -> Whole:
    return -np.asarray(-areas * (rate.numerator * PARTS) // rate.denominator, dtype=np.int64)


class _Knapsack:
    """Sets of units by seat weight and, if `told`, single seats; larger ones are left out."""

    def __init__(self, rows: int, wide: int, *, told: bool) -> None:
        shape = (rows, wide)
        self.told = told
        self.best = np.full(shape, LOW, dtype=np.int64)
        self.least = np.full(shape, HIGH, dtype=np.int64)
        self.most = np.full(shape, LOW, dtype=np.int64)
        self.standards = np.full(shape, LOW, dtype=np.int64)
        for table in (self.best, self.least, self.most, self.standards):
            table[0, 0] = 0

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """States that some units make."""
        return self.most >= 0

    def add(self, party: Party, weight: int, value: int | None) -> None:
        """One more unit; value None: it is offered later, its people count now."""
        singles = len(party.alone) if self.told else 0
        if value is not None:
            _extend(self.best, weight, singles, value)
        _extend(self.most, weight, singles, party.people)
        _extend(self.standards, weight, singles, party.standards)
        rows, columns = self.least.shape
        if weight < rows and singles < columns:
            old = self.least[: rows - weight, : columns - singles] + party.people
            part = self.least[weight:, singles:]
            np.minimum(part, old, out=part)
