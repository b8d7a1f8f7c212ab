"""A problem cut into buildings: what each costs alone, in whole cost units, and what it offers.

A cost unit is 1/`factor` of 0.01 m2-equivalents, so that every rate is whole and sums are exact.
With all posts housed, each unit in one building and no room above its standards, the priced tier
is a sum over buildings plus three figures per site: services, growth reserve, leases.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm
from typing import Any

import networkx

from allocator.domain import Group, Room
from allocator.measure import Measure
from allocator.model.bound.terms import priced_rates
from allocator.model.kinds import Rule
from allocator.model.stays import most_stays
from allocator.places import Lease
from allocator.problem import Problem

MOST_FLOORS = 7
"""Floors of a building that may open or close; more make too many floor sets."""
KNOWN = {
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


class Unsuited(Exception):
    """The problem has a rule that columns do not carry, or is too large for them."""


@dataclass(frozen=True, slots=True)
class Seats:
    """People of a unit with one standard (0.01 m2), who sit alone or share rooms."""

    unit: int
    limit: int
    single: bool
    count: int
    pools: tuple[tuple[Group, ...], ...]
    """Groups whose people may stay in their rooms: together, or one that has shrunk."""


@dataclass(frozen=True, slots=True)
class House:
    """One building: its floors, sets of floors to open, and free office rooms per floor."""

    code: str
    site: int
    alone: bool
    """Whether its site has no other building with stock."""
    floors: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]
    """Floors in use, by place in `floors`; each holds those that are always in use."""
    rooms: tuple[tuple[Room, ...], ...]
    opening: tuple[int, ...]
    """Cost of each floor set before anybody sits there, its own leases included."""
    office: tuple[int, ...]
    """Free office area of each floor set, 0.01 m2."""
    service: tuple[int, ...]
    """Service area of each floor set that is not kept by other bodies, 0.01 m2."""


class Case:
    """Units, buildings and sites of a problem for the proof by columns. Raises Unsuited."""

    def __init__(self, problem: Problem, measure: Measure) -> None:
        self.problem, self.measure = problem, measure
        self.rates = priced_rates(problem)
        _check(problem, self.rates)
        self.factor = lcm(*(r.denominator for r in self.rates.values()), 1)
        self.units = tuple(u for u in problem.planned_units if problem.people_of[u])
        self.index = {u: i for i, u in enumerate(self.units)}
        self.rule = Rule(problem.policy.min_share, problem.policy.tolerance)
        self.low = problem.lowest_limit
        self.people = [problem.people_of[u] for u in self.units]
        self.entitled = [problem.service_entitlement[u] for u in self.units]
        self.seats = [self._seats(i) for i in range(len(self.units))]
        self.need = [problem.need(u) for u in self.units]
        self.requests = [
            (self.index[q.unit], q)
            for q in problem.scenario.ledger.requests
            if q.unit in self.index and q.count
        ]
        floors: dict[str, list[str]] = defaultdict(list)
        for code in sorted(problem.stock_by_floor):
            floors[problem.building_of_floor[code]].append(code)
        self.sites = tuple(sorted({problem.site_of_building[b] for b in floors}))
        count: dict[str, int] = defaultdict(int)
        for b in floors:
            count[problem.site_of_building[b]] += 1
        self.leases = [x for x in problem.leases if len(self._under(x)) > 1]
        """Leases of several buildings; the others are part of a building's own cost."""
        self.houses = tuple(
            self._house(b, tuple(floors[b]), count[problem.site_of_building[b]] == 1)
            for b in sorted(floors)
        )
        self.share = [measure.share[s] for s in self.sites]
        kept = {r.room for r in problem.fixed_rows if r.purpose == "kept"}
        self.constant = self.cost("hidden") * sum(problem.rooms[r].area for r in kept)
        self._fit_requests()

    def cost(self, name: str) -> int:
        """A rate in cost units: per 0.01 m2, or per 0.01 person for moves."""
        return int(self.rates[name] * self.factor)

    def value(self, cost: int) -> Fraction:
        """Cost units as a value of the priced tier."""
        return Fraction(cost, 100 * self.factor)

    def units_of(self, value: Fraction) -> int:
        """A value of the priced tier in cost units, rounded up."""
        return ceil(value * 100 * self.factor)

    @cached_property
    def ceiling(self) -> int:
        """More than any plan that houses everybody costs, in cost units."""
        stock = sum(r.area for r in self.problem.stock)
        rates = sum(self.cost(n) for n in ("used", "hidden", "stranded", "leased"))
        moves = self.cost("moved_far") * 100 * sum(self.people)
        service = self.cost("service_short") * (sum(self.entitled) + len(self.entitled))
        return 1 + rates * 2 * stock + self.cost("short") * sum(self.need) + service + moves

    # -- people ------------------------------------------------------------------------------

    def _seats(self, i: int) -> tuple[Seats, ...]:
        problem, unit = self.problem, self.units[i]
        alike: dict[tuple[int, bool], list[Group]] = defaultdict(list)
        for group in problem.groups_of[unit]:
            limit = problem.limit(unit, group.grade)
            alike[limit, problem.single(unit, group.grade)].append(group)
        found = []
        for (limit, single), groups in sorted(alike.items()):
            shrunk = [
                g
                for g in groups
                if sum(problem.today_people.get(g, {}).values()) > problem.planned[g]
            ]
            stable = tuple(g for g in groups if g not in shrunk)
            pools = tuple(p for p in (stable, *((g,) for g in shrunk)) if p)
            count = sum(problem.planned[g] for g in groups)
            found.append(Seats(i, limit, single, count, pools))
        return tuple(found)

    @cached_property
    def today(self) -> dict[str, dict[tuple[Seats, int], int]]:
        """Per room the people in it today, by standard and pool."""
        found: dict[str, dict[tuple[Seats, int], int]] = defaultdict(lambda: defaultdict(int))
        for seats in (s for unit in self.seats for s in unit):
            for at, pool in enumerate(seats.pools):
                for group in pool:
                    for room, people in self.problem.today_people.get(group, {}).items():
                        found[room][seats, at] += people
        return {room: dict(inside) for room, inside in found.items()}

    def moving(self, i: int, house: House) -> int:
        """Cost of a unit's moves into a building where nobody keeps the room, in cost units."""
        near, middle, far = (
            self.cost(n) * 100 for n in ("moved_building", "moved_site", "moved_far")
        )
        every, around, inside = most_stays(self.problem, self.units[i])
        site = around.get(self.sites[house.site], 0)
        building = inside.get(house.code, 0)
        return far * (every - site) + middle * (site - building) + near * building

    # -- places ------------------------------------------------------------------------------

    def _house(self, code: str, floors: tuple[str, ...], alone: bool) -> House:
        problem = self.problem
        always = [i for i, f in enumerate(floors) if f in problem.floors_always_in_use]
        free = [i for i in range(len(floors)) if i not in always]
        if len(free) > MOST_FLOORS:
            raise Unsuited(code)
        sets = tuple(
            tuple(sorted([*always, *(f for k, f in enumerate(free) if mask >> k & 1)]))
            for mask in range(1 << len(free))
        )
        rooms = [
            [r for r in problem.stock_by_floor[f] if r.code not in problem.fixed_rooms]
            for f in floors
        ]
        offices = [[r for r in rs if r.use == "office"] for rs in rooms]
        area = [sum(r.area for r in rs) for rs in offices]
        service = [sum(r.area for r in rs if r.use == "service") for rs in rooms]
        return House(
            code=code,
            site=self.sites.index(problem.site_of_building[code]),
            alone=alone,
            floors=floors,
            sets=sets,
            rooms=tuple(tuple(rs) for rs in offices),
            opening=tuple(self._opening(floors, members) for members in sets),
            office=tuple(sum(area[i] for i in members) for members in sets),
            service=tuple(sum(service[i] for i in members) for members in sets),
        )

    def _under(self, lease: Lease) -> set[str]:
        """Buildings with stock on the floors of a lease."""
        problem = self.problem
        return {problem.building_of_floor[f] for f in lease.floors if f in problem.stock_by_floor}

    def _opening(self, floors: tuple[str, ...], members: tuple[int, ...]) -> int:
        problem = self.problem
        chosen = {floors[i] for i in members}
        area = {f: sum(r.area for r in problem.stock_by_floor[f]) for f in chosen}
        leased = sum(area[f] for f in chosen & problem.market_floors)
        for lease in problem.leases:
            mine = self._under(lease) == {problem.building_of_floor[floors[0]]}
            always = problem.floors_always_in_use & set(lease.floors)
            if mine and (always or set(lease.floors) & chosen):
                leased += lease.area
        return self.cost("used") * sum(area.values()) + self.cost("leased") * leased

    def may_sit(self, i: int, room: Room) -> bool:
        """Whether people of a unit may sit in a free office room."""
        return self.problem.permitted(self.units[i], room)

    def serving(self, house: House, request: int) -> list[Room]:
        """Rooms of a building that may be given to a request."""
        i, q = self.requests[request]
        return [
            r
            for f in house.floors
            for r in self.problem.stock_by_floor[f]
            if r.use == q.use
            and q.area_min <= r.area <= q.area_max
            and self.problem.permitted(self.units[i], r, q.features)
        ]

    def _fit_requests(self) -> None:
        """Service rooms given to a unit stay within its entitlement, so they count as common."""
        most: dict[int, int] = defaultdict(int)
        for index, (i, q) in enumerate(self.requests):
            rooms = [r.area for h in self.houses for r in self.serving(h, index)]
            if q.use == "service":
                most[i] += q.count * max(rooms, default=0)
        if any(area > self.entitled[i] for i, area in most.items()):
            raise Unsuited("requests beyond the entitlement")

    @cached_property
    def parties(self) -> tuple[tuple[int, ...], ...]:
        """Units that must be in one building together; the others alone."""
        graph: Any = networkx.Graph()
        graph.add_nodes_from(range(len(self.units)))
        for r in self.problem.scenario.relations:
            together = r.kind in ("same_building", "same_floor")
            if together and r.a in self.index and r.b in self.index:
                graph.add_edge(self.index[r.a], self.index[r.b])
        parts = networkx.connected_components(graph)
        return tuple(sorted(tuple(sorted(part)) for part in parts))

    # -- sites -------------------------------------------------------------------------------

    def reserved(self, people: int) -> int:
        """Seats to keep free at a site with so many people."""
        return ceil(self.problem.policy.reserve * people)

    def serving_cost(self, site: int, service: int, entitled: int) -> int:
        """Idle and missing service area of a site, in cost units (0.01 m2 in)."""
        offered = min(service, entitled)
        missing = max(0, ceil(self.share[site] * entitled - offered))
        return self.cost("stranded") * (service - offered) + self.cost("service_short") * missing


def _check(problem: Problem, rates: dict[str, Fraction]) -> None:
    policy = problem.policy
    units = [u for u in problem.planned_units if problem.people_of[u]]
    without = set(problem.planned_units) - set(units)
    ordered = rates["moved_building"] <= rates["moved_site"] <= rates["moved_far"]
    narrow = any(p.kind == "room" or p.division or p.grade for p in problem.scenario.pins)
    if (
        policy.exceptions != "none"
        or problem.registered_exceptions
        or problem.scenario.shared
        or policy.tolerance
        or policy.people_moved_cap is not None
        or not policy.min_share
        or not ordered
        or not units
        or narrow
        or any(f.division for f in problem.scenario.forbids)
        or any(q.unit in without for q in problem.scenario.ledger.requests)
        or any(problem.caps[u][1] != 1 for u in units)
        or min(rates.values(), default=0) < 0
        or max(r.denominator for r in rates.values()) > 1000
        or {n for n, r in rates.items() if r} - KNOWN
    ):
        raise Unsuited("a rule that columns do not carry")
