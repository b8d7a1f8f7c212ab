"""What the checker of a bound reads from the scenario: units, buildings and what each may do.

A second reading of the rules, on its own: the bound's engine shares nothing with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd

from allocator.domain import Group, Room
from allocator.verify.areas import share_at_sites
from allocator.verify.caps import unit_caps
from allocator.verify.layout import today
from allocator.verify.leases import lease_floors
from allocator.verify.permits import permitted_offices
from allocator.verify.world import RENTED, World


class NotCertifiable(Exception):
    """The scenario has a feature that no certificate speaks of."""


@dataclass(frozen=True, slots=True)
class Party:
    """One unit that must be housed whole in one building; areas in 0.01 m2."""

    code: str
    people: int
    entitled: int
    owed: int
    """Sum of standards of its people, and the least areas it asked offices for."""
    standards: int
    """The same with the largest areas: it cannot hold more."""
    shared: int
    """Sum of standards of people who may share a room."""
    alone: tuple[int, ...]
    """Standards of people who sit alone, one entry each."""


@dataclass(frozen=True, slots=True)
class House:
    """One building with stock: its floors in order, free of rooms that others keep."""

    code: str
    site: str
    floors: tuple[str, ...]
    always: frozenset[str]
    """Floors in use in every plan."""
    area: dict[str, int]
    """Stock area per floor, kept rooms included."""
    offices: dict[str, tuple[Room, ...]]
    service: dict[str, int]
    market: bool
    leases: tuple[tuple[frozenset[str], int], ...]
    """(floors here, leased area) of each lease; one of several buildings is divided by stock."""


class Estate:
    """Parties and houses of a scenario. Raises NotCertifiable."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept = self._kept_rooms()
        self.groups: dict[str, list[Group]] = defaultdict(list)
        for group, posts in world.planned_posts.items():
            if posts:
                self.groups[group.unit].append(group)
        self._supported()
        self.parties = tuple(self._party(u) for u in sorted(self.groups))
        self.share = share_at_sites(world, today(world))
        self.stock: dict[str, list[Room]] = defaultdict(list)
        for room in world.rooms.values():
            if world.could_be_stock(room):
                self.stock[room.floor].append(room)
        self.leases = self._leases()
        self.houses = self._houses()
        self.allowed: dict[str, frozenset[str]] = {}
        self.rooms_of: dict[str, frozenset[str]] = {}
        for party in self.parties:
            rooms = [r for r in permitted_offices(world, party.code) if r.code not in self.kept]
            self.rooms_of[party.code] = frozenset(r.code for r in rooms)
            self.allowed[party.code] = frozenset(world.where[r.code].building for r in rooms)
        self.shared_limits = sorted(
            {self._limit(g) for gs in self.groups.values() for g in gs if not self._single(g)}
        )
        self.alone_limits = sorted({s for p in self.parties for s in p.alone})
        self.step = gcd(*self.shared_limits) if self.shared_limits else 1
        self.today = self._today()
        self.total_people = sum(p.people for p in self.parties)

    # -- units -----------------------------------------------------------------------------

    def _limit(self, group: Group) -> int:
        return self.world.limit(group.unit, group.grade)

    def _single(self, group: Group) -> bool:
        level = self.world.units[group.unit].level
        return (level, group.grade) in self.world.policy.single

    def _supported(self) -> None:
        world, policy = self.world, self.world.policy
        caps = unit_caps(world)
        odd = any(
            request.unit not in self.groups and world.planned(request.unit)
            for request in world.scenario.ledger.requests
        ) or any(
            pin.unit not in self.groups and world.planned(pin.unit) for pin in world.scenario.pins
        )
        if (
            not self.groups
            or odd
            or policy.exceptions != "none"
            or world.scenario.exceptions
            or world.scenario.shared
            or policy.tolerance
            or policy.min_share <= 0
            or any(caps[u].buildings != 1 for u in self.groups)
        ):
            raise NotCertifiable

    def _party(self, unit: str) -> Party:
        posts = self.world.planned_posts
        groups = self.groups[unit]
        asked = [
            q for q in self.world.scenario.ledger.requests if q.unit == unit and q.use == "office"
        ]
        alone = [self._limit(g) for g in groups if self._single(g) for _ in range(posts[g])]
        shared = sum(posts[g] * self._limit(g) for g in groups if not self._single(g))
        return Party(
            code=unit,
            people=sum(posts[g] for g in groups),
            entitled=self.world.entitlement[unit],
            owed=shared + sum(alone) + sum(q.count * q.area_min for q in asked),
            standards=shared + sum(alone) + sum(q.count * q.area_max for q in asked),
            shared=shared,
            alone=tuple(sorted(alone)),
        )

    def _today(self) -> dict[str, dict[Group, Counter[str]]]:
        """People in post today per unit, group and room."""
        found: dict[str, dict[Group, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for row in self.world.scenario.ledger.occupancy:
            if row.people and self.world.planned_posts.get(row.group, 0):
                found[row.unit][row.group][row.room] += row.people
        return {unit: dict(groups) for unit, groups in found.items()}

    # -- places ----------------------------------------------------------------------------

    def _kept_rooms(self) -> frozenset[str]:
        """Rooms that no plan can give away: business rooms, rooms of bodies that stay."""
        world = self.world
        kept = set()
        for code, holders in world.holders_today.items():
            room = world.rooms[code]
            if room.status != "available":
                continue
            stays = world.policy.ineligible == "keep" and any(
                world.ineligible(u) and world.units[u].status == "active" for u in holders
            )
            if room.use == "business" or (room.use in ("office", "service") and stays):
                kept.add(code)
        return frozenset(kept)

    def hidden_kept(self) -> int:
        """Area of offices and service rooms that bodies without entitlement keep."""
        rooms = [self.world.rooms[code] for code in self.kept]
        return sum(r.area for r in rooms if r.use in ("office", "service"))

    def _leases(self) -> list[tuple[frozenset[str], int]]:
        world = self.world
        found = []
        for (kind, code), floors in sorted(lease_floors(world).items()):
            if kind == "site" and world.market_opened(code):
                continue
            rented = [f for f in floors if world.tenure(f) in RENTED]
            area = sum(r.area for f in rented for r in self.stock.get(f, ()))
            found.append((frozenset(floors), area))
        return found

    def _houses(self) -> tuple[House, ...]:
        world = self.world
        floors: dict[str, list[str]] = defaultdict(list)
        for code in sorted(self.stock):
            floors[world.floors[code].building].append(code)
        let = {r.floor for r in world.rooms.values() if r.status == "let"}
        always = let | {world.rooms[code].floor for code in self.kept}
        return tuple(
            self._house(code, tuple(inside), frozenset(always & set(inside)))
            for code, inside in sorted(floors.items())
        )

    def _house(self, code: str, floors: tuple[str, ...], always: frozenset[str]) -> House:
        site = self.world.buildings[code].site
        total = {f: sum(r.area for r in self.stock[f]) for f in floors}
        leases = []
        for under, area in self.leases:
            mine = under & set(floors)
            here = sum(total[f] for f in mine)
            whole = sum(r.area for f in under for r in self.stock.get(f, ()))
            if here:
                leases.append((mine, area * here // whole))
        free = {f: [r for r in self.stock[f] if r.code not in self.kept] for f in floors}
        return House(
            code=code,
            site=site,
            floors=floors,
            always=always,
            area=total,
            offices={f: tuple(r for r in free[f] if r.use == "office") for f in floors},
            service={f: sum(r.area for r in free[f] if r.use == "service") for f in floors},
            market=self.world.market_opened(site),
            leases=tuple(leases),
        )

    # -- moves -----------------------------------------------------------------------------

    def moving(self, unit: str, house: House) -> tuple[int, int, int]:
        """People with a seat before and after; the most that stay on the site, in the house."""
        world = self.world
        every = around = inside = 0
        for group, rooms in self.today.get(unit, {}).items():
            posts = world.planned_posts[group]
            every += min(posts, sum(rooms.values()))
            where = [(world.where[r], n) for r, n in rooms.items()]
            around += min(posts, sum(n for w, n in where if w.site == house.site))
            inside += min(posts, sum(n for w, n in where if w.building == house.code))
        return every, around, inside

    def staying(self, unit: str, house: House) -> list[tuple[int, dict[str, int]]]:
        """Per standard of the unit: its posts, and per floor the most who keep their room."""
        world = self.world
        divided = any(p.unit == unit and (p.division or p.grade) for p in world.scenario.pins)
        divided |= any(f.unit == unit and f.division for f in world.scenario.forbids)
        sets: dict[tuple[str, str], list[Group]] = defaultdict(list)
        for group in self.groups[unit]:
            sets[group.division if divided else "", group.grade].append(group)
        result = []
        for groups in sets.values():
            stay: Counter[str] = Counter()
            rooms = {r for g in groups for r in self.today.get(unit, {}).get(g, ())}
            for code in sorted(rooms & self.rooms_of[unit]):
                room = world.rooms[code]
                if world.where[code].building == house.code:
                    stay[room.floor] += self._stay_in(unit, groups, room)
            result.append((sum(world.planned_posts[g] for g in groups), dict(stay)))
        return result

    def _stay_in(self, unit: str, groups: list[Group], room: Room) -> int:
        policy, limit = self.world.policy, self._limit(groups[0])
        today = sum(
            min(self.today[unit].get(g, Counter())[room.code], self.world.planned_posts[g])
            for g in groups
        )
        if self._single(groups[0]):
            return min(today, int(policy.min_share * limit <= room.area <= limit))
        return min(today, floor(Fraction(room.area) / (policy.min_share * limit)))
