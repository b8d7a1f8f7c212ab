"""The lawfulness and the terms of one whole assignment. Areas in 0.01 m2, exact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

from allocator.domain import Group
from tests.oracle.fills import Fill
from tests.oracle.world import World

AREA_TERMS = {"used", "hidden", "stranded", "short", "service_short", "leased"}


class Case:
    """One assignment (a fill per room) with the floors kept open only for service."""

    def __init__(self, world: World, fills: Sequence[Fill]) -> None:
        self.world = world
        self.fills = [f for f in fills if f.rows]
        self.used_floors = world.floors_always_in_use | {
            world.rooms[f.room].floor for f in self.fills
        }

    @cached_property
    def seats(self) -> dict[Group, Counter[str]]:
        """People per room of each group."""
        seats: dict[Group, Counter[str]] = {g: Counter() for g in self.world.planned}
        for fill in self.fills:
            for group, people in fill.seats:
                seats[group][fill.room] += people
        return seats

    @cached_property
    def unit_seats(self) -> dict[str, Counter[str]]:
        """People per room of each unit with people seated."""
        seats: dict[str, Counter[str]] = defaultdict(Counter)
        for group, rooms in self.seats.items():
            for room, people in rooms.items():
                seats[group.unit][room] += people
        return seats

    def by_place(self, rooms: Counter[str], above: dict[str, str]) -> Counter[str]:
        """The same people per site, building or floor."""
        places: Counter[str] = Counter()
        for room, people in rooms.items():
            places[above[room]] += people
        return places

    @cached_property
    def seated_at(self) -> dict[str, Counter[str]]:
        """People per site of each unit."""
        return {u: self.by_place(c, self.world.site_of) for u, c in self.unit_seats.items()}

    # -- rules that do not depend on the floors kept open ------------------------------------

    def lawful(self) -> bool:
        """Caps, relations and the cap on people moved."""
        return self._within_caps() and self._related() and self._few_moves()

    def _within_caps(self) -> bool:
        sites: dict[str, set[str]] = defaultdict(set)
        buildings: dict[str, set[str]] = defaultdict(set)
        for fill in self.fills:
            for unit in fill.units:
                sites[unit].add(self.world.site_of[fill.room])
                buildings[unit].add(self.world.building_of[fill.room])
        return all(
            len(sites[u]) <= self.world.caps[u][0] and len(buildings[u]) <= self.world.caps[u][1]
            for u in sites
        )

    def _related(self) -> bool:
        floor_of = {r: x.floor for r, x in self.world.rooms.items()}
        above = {
            "same_site": self.world.site_of,
            "same_building": self.world.building_of,
            "same_floor": floor_of,
            "apart": floor_of,
        }
        for relation in self.world.scenario.relations:
            if relation.kind == "near":
                continue
            if relation.a not in self.unit_seats or relation.b not in self.unit_seats:
                continue
            a, b = (
                {above[relation.kind][r] for r in self.unit_seats[u]}
                for u in (relation.a, relation.b)
            )
            if (a & b) if relation.kind == "apart" else (a != b):
                return False
        return True

    def _few_moves(self) -> bool:
        cap = self.world.policy.people_moved_cap
        return cap is None or sum(self.moves) <= cap

    @cached_property
    def moves(self) -> tuple[int, int, int]:
        """People moved within a building, within a site and to another site."""
        building = site = far = 0
        for group, after in self.seats.items():
            before = self.world.seats_today[group]
            stay = self._overlap(before, after)
            in_building, in_site = (
                self._overlap(self.by_place(before, up), self.by_place(after, up))
                for up in (self.world.building_of, self.world.site_of)
            )
            everybody = min(sum(before.values()), sum(after.values()))
            building += in_building - stay
            site += in_site - in_building
            far += everybody - in_site
        return building, site, far

    @staticmethod
    def _overlap(before: Counter[str], after: Counter[str]) -> int:
        return sum(min(n, after[place]) for place, n in before.items())

    # -- floors kept open --------------------------------------------------------------------

    def reserve_holds(self, common: Iterable[str]) -> bool:
        """Whether each site with people keeps its reserve of free seats."""
        in_use = self.used_floors | {*common}
        held = {f.room for f in self.fills} | {*self.world.kept}
        people = self._people_by_site()
        for site, count in people.items():
            seats = sum(
                floor(Fraction(r.area, self.world.lowest_limit))
                for c, r in self.world.stock.items()
                if r.use == "office"
                and c not in held
                and r.floor in in_use
                and self.world.site_of[c] == site
            )
            if seats < self.world.reserve_seats(count):
                return False
        return True

    def _people_by_site(self) -> Counter[str]:
        people: Counter[str] = Counter()
        for by_site in self.seated_at.values():
            people.update(by_site)
        return people

    @cached_property
    def unhoused(self) -> int:
        """Posts without a seat and request rooms missing."""
        posts = sum(self.world.planned.values())
        housed = sum(n for fill in self.fills for _, n in fill.seats)
        wanted = sum(
            q.count for q in self.world.scenario.ledger.requests if self.world.units[q.unit].planned
        )
        given = sum(1 for fill in self.fills if fill.request)
        return posts - housed + wanted - given

    @cached_property
    def fixed_terms(self) -> dict[str, int]:
        """The terms that no floor kept open for service changes."""
        building, site, far = self.moves
        near, off_floor, outside = self._together()
        hidden, short, worst = self._rooms()
        return {
            "unhoused": self.unhoused,
            "exceptions": sum(f.proposed for f in self.fills),
            "hidden": hidden,
            "short": short,
            "moved_building": building,
            "moved_site": site,
            "moved_far": far,
            "near": near,
            "off_main_floor": off_floor,
            "outside_main_building": outside,
            "short_per_person": worst,
        }

    def terms(self, common: Iterable[str]) -> dict[str, int]:
        """All terms; areas in 0.01 m2."""
        in_use = self.used_floors | {*common}
        return {**self.fixed_terms, **self._space(in_use), "leased": self._leased(in_use)}

    @cached_property
    def _service_held(self) -> dict[str, Counter[str]]:
        """Service area per unit and site."""
        held: dict[str, Counter[str]] = defaultdict(Counter)
        for fill in self.fills:
            if self.world.rooms[fill.room].use == "service":
                (unit,) = fill.units
                held[unit][self.world.site_of[fill.room]] += self.world.rooms[fill.room].area
        return held

    def _rooms(self) -> tuple[int, int, int]:
        """Hidden, short and the worst short per person of a unit."""
        world = self.world
        hidden = sum(world.rooms[c].area for c in world.kept)
        short = 0
        of_unit: dict[str, Fraction] = defaultdict(Fraction)
        for fill in self.fills:
            if not fill.seats:
                continue
            area = world.rooms[fill.room].area
            hidden += max(0, area - fill.standard)
            lacking = max(0, fill.standard - area)
            short += lacking
            for group, people in fill.seats:
                part = Fraction(people * world.limit(group), fill.standard)
                of_unit[group.unit] += lacking * part
        for unit, by_site in self._service_held.items():
            hidden += max(0, sum(by_site.values()) - world.service_entitlement[unit])
        worst = max(
            (ceil(s / sum(self.unit_seats[u].values())) for u, s in of_unit.items()), default=0
        )
        return hidden, short, worst

    @cached_property
    def _entitled(self) -> dict[str, Counter[str]]:
        return self.world.entitled(self.seated_at)

    def _space(self, in_use: frozenset[str]) -> dict[str, int]:
        world = self.world
        held = {f.room for f in self.fills} | {*world.kept}
        used = 0
        free: dict[str, Counter[str]] = {s: Counter() for s in world.sites}
        for code, room in world.stock.items():
            if room.floor in in_use:
                used += room.area
                if code not in held:
                    free[world.site_of[code]][room.use] += room.area
        stranded = lacking = 0
        people = self._people_by_site()
        for site, by_use in free.items():
            entitled = self._entitled[site]
            wanted = sum(max(0, e - self._service_held[u][site]) for u, e in entitled.items())
            wanted = max(0, wanted)
            common = min(by_use["service"], wanted)
            kept = min(world.reserve_seats(people[site]) * world.lowest_limit, by_use["office"])
            stranded += sum(by_use.values()) - common - kept
            own = sum(by_site[site] for by_site in self._service_held.values())
            share = world.service_share[site] * sum(entitled.values())
            lacking += ceil(max(Fraction(0), share - own - common))
        return {"used": used, "stranded": stranded, "service_short": lacking}

    def _leased(self, in_use: frozenset[str]) -> int:
        world = self.world
        kept = sum(
            world.rooms[c].area for floors, rooms in world.leases if floors & in_use for c in rooms
        )
        return kept + sum(
            r.area
            for c, r in world.stock.items()
            if world.on_market(world.site_of[c]) and r.floor in in_use
        )

    # -- together ----------------------------------------------------------------------------

    def _main_place(self, unit: str) -> tuple[str, str]:
        world = self.world
        buildings = self.by_place(self.unit_seats[unit], world.building_of)
        main = min(buildings, key=lambda b: (-buildings[b], b))
        floors: Counter[str] = Counter()
        for room, people in self.unit_seats[unit].items():
            if world.building_of[room] == main:
                floors[world.rooms[room].floor] += people
        return main, min(floors, key=lambda f: (-floors[f], f))

    def _together(self) -> tuple[int, int, int]:
        world = self.world
        main = {u: self._main_place(u) for u in self.unit_seats}
        off_floor = outside = near = 0
        for unit, rooms in self.unit_seats.items():
            for room, people in rooms.items():
                if world.building_of[room] != main[unit][0]:
                    outside += people
                elif world.rooms[room].floor != main[unit][1]:
                    off_floor += people
        for relation in world.scenario.relations:
            a, b = relation.a, relation.b
            if relation.kind != "near" or a not in main or b not in main:
                continue
            if main[a] == main[b]:
                steps = 0
            elif main[a][0] == main[b][0]:
                steps = 1
            else:
                sites = [world.buildings[main[u][0]].site for u in (a, b)]
                steps = 2 if sites[0] == sites[1] else 3
            near += relation.weight * min(world.people_of[a], world.people_of[b]) * steps
        return near, off_floor, outside


def tier_values(world: World, terms: dict[str, int]) -> tuple[Fraction, ...]:
    """The value of each tier, exact."""
    return tuple(
        sum(
            (rate * Fraction(terms[n], 100 if n in AREA_TERMS else 1) for n, rate in tier.terms),
            Fraction(0),
        )
        for tier in world.policy.tiers
    )
