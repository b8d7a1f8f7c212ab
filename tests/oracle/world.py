"""What a scenario says, read anew for the brute force: permits, caps, entitlements, today.

Written from the words of the design alone; shares no code with the model or its measure.
Areas are in 0.01 m2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

from allocator.domain import Floor, Group, Room, Unit
from allocator.scenario import Scenario

RENTED = ("leased", "borrowed")


def rounded(value: Fraction) -> int:
    """Half up."""
    return floor(value + Fraction(1, 2))


class World:
    """A scenario with the questions that an assignment is judged by."""

    def __init__(self, scenario: Scenario) -> None:
        ledger = scenario.ledger
        self.scenario = scenario
        self.policy = scenario.policy
        self.sites = {s.code: s for s in ledger.sites}
        self.buildings = {b.code: b for b in ledger.buildings}
        self.floors = {f.code: f for f in ledger.floors}
        self.rooms = {r.code: r for r in sorted(ledger.rooms, key=lambda r: r.code)}
        self.units = {u.code: u for u in ledger.units}
        self.planned_units = {c: u for c, u in self.units.items() if u.planned}
        self.building_of = {r: self.floors[x.floor].building for r, x in self.rooms.items()}
        self.site_of = {r: self.buildings[b].site for r, b in self.building_of.items()}

    # -- people ----------------------------------------------------------------------------

    @cached_property
    def planned(self) -> dict[Group, int]:
        """Seats to plan per group."""
        counts: dict[Group, int] = {}
        for posts in self.scenario.ledger.posts:
            if not self.units[posts.unit].planned:
                continue
            wanted = {
                "established": posts.established,
                "in_post": posts.in_post,
                "larger": max(posts.established, posts.in_post),
            }[self.policy.basis]
            if wanted:
                counts[posts.group] = wanted
        return dict(sorted(counts.items()))

    @cached_property
    def people_of(self) -> dict[str, int]:
        """Planned people per unit."""
        counts: Counter[str] = Counter()
        for group, people in self.planned.items():
            counts[group.unit] += people
        return dict(counts)

    def limit(self, group: Group) -> int:
        """Office standard of one person of the group."""
        return self.scenario.standard.limit(self.units[group.unit].level, group.grade)

    def sits_alone(self, group: Group) -> bool:
        """Whether the grade has a room of its own."""
        return (self.units[group.unit].level, group.grade) in self.policy.single

    # -- today -----------------------------------------------------------------------------

    @cached_property
    def holders(self) -> dict[str, set[str]]:
        """Units that hold each room today."""
        held: dict[str, set[str]] = {r: set() for r in self.rooms}
        for row in self.scenario.ledger.occupancy:
            held[row.room].add(row.unit)
        for code, room in self.rooms.items():
            if room.allocated_unit:
                held[code].add(room.allocated_unit)
        return held

    @cached_property
    def seats_today(self) -> dict[Group, Counter[str]]:
        """People per room today of each planned group."""
        seats: dict[Group, Counter[str]] = {g: Counter() for g in self.planned}
        for row in self.scenario.ledger.occupancy:
            if row.people and row.group in seats:
                seats[row.group][row.room] += row.people
        return seats

    # -- places ----------------------------------------------------------------------------

    def tenure(self, place: Floor) -> str:
        """Tenure of a floor, inherited where it has none of its own."""
        building = self.buildings[place.building]
        return str(place.tenure or building.tenure or self.sites[building.site].tenure)

    def registered(self, place: Floor) -> bool:
        """Whether the title is registered with the administration."""
        building = self.buildings[place.building]
        for level in (place, building):
            if level.title_registered is not None:
                return level.title_registered
        return bool(self.sites[building.site].title_registered)

    def title_holder(self, place: Floor) -> str:
        """Who holds the title."""
        building = self.buildings[place.building]
        for level in (place, building):
            if level.title_holder is not None:
                return level.title_holder
        return self.sites[building.site].title_holder or ""

    def on_market(self, site: str) -> bool:
        """Whether the site is one that could be rented."""
        return self.sites[site].tenure == "market"

    @cached_property
    def stock(self) -> dict[str, Room]:
        """Rooms that a plan can give (those of an opened market site count when used)."""
        return {
            c: r
            for c, r in self.rooms.items()
            if r.use in ("office", "service")
            and r.status == "available"
            and not (
                self.on_market(self.site_of[c]) and self.site_of[c] not in self.scenario.market_open
            )
        }

    @cached_property
    def leases(self) -> list[tuple[set[str], set[str]]]:
        """Per lease the floors that keep it and the stock rooms whose area it is."""
        places: dict[tuple[str, str], set[str]] = defaultdict(set)
        for code, place in self.floors.items():
            building = self.buildings[place.building]
            site = self.sites[building.site]
            if site.tenure in RENTED:
                places["site", site.code].add(code)
            elif building.tenure in RENTED:
                places["building", building.code].add(code)
            elif place.tenure in RENTED:
                places["floor", code].add(code)
        return [
            (
                floors,
                {
                    c
                    for c, r in self.stock.items()
                    if r.floor in floors and self.tenure(self.floors[r.floor]) in RENTED
                },
            )
            for floors in places.values()
        ]

    # -- kept in every plan ----------------------------------------------------------------

    @cached_property
    def kept(self) -> dict[str, set[str]]:
        """Rooms that bodies without entitlement keep, with these bodies."""
        if self.policy.ineligible != "keep":
            return {}
        kept = {
            c: {u for u in self.holders[c] if self.units[u].category_ineligible} for c in self.stock
        }
        return {c: units for c, units in kept.items() if units}

    @cached_property
    def business(self) -> dict[str, set[str]]:
        """Technical business rooms with their holders."""
        return {
            c: self.holders[c]
            for c, r in self.rooms.items()
            if r.use == "business" and r.status == "available" and self.holders[c]
        }

    @cached_property
    def floors_always_in_use(self) -> frozenset[str]:
        """Floors that no plan can release."""
        fixed = {*self.kept, *self.business}
        let = {c for c, r in self.rooms.items() if r.status == "let"}
        return frozenset(self.rooms[c].floor for c in fixed | let)

    @cached_property
    def floors_for_service(self) -> frozenset[str]:
        """Floors that could be kept open for their service rooms."""
        return frozenset(r.floor for r in self.stock.values() if r.use == "service")

    # -- permits ---------------------------------------------------------------------------

    def may_use(self, unit: Unit, code: str) -> bool:
        """Title, territory, business site, pins and forbids of the whole unit."""
        room, site = self.rooms[code], self.sites[self.site_of[code]]
        scenario = self.scenario
        if not self.registered(self.floors[room.floor]):
            agreed = {*site.agreement}
            for where, who in scenario.agreements:
                if where == site.code:
                    agreed |= {*who}
            there = {
                u for r, us in self.holders.items() if self.site_of[r] == site.code for u in us
            }
            holder = self.title_holder(self.floors[room.floor])
            named = holder != "" and holder in (unit.code, unit.name)
            if not (named or unit.code in there or agreed & {unit.code, "*"}):
                return False
        if site.territory and unit.territory and site.territory != unit.territory:
            return False
        if self.policy.business == "stay":
            tied = {self.site_of[r] for r, us in self.business.items() if unit.code in us}
            if tied and site.code not in tied:
                return False
        for pin in scenario.pins:
            whole = pin.unit == unit.code and not pin.division and not pin.grade
            if whole and pin.kind != "room" and not self.within(code, pin.kind, pin.place):
                return False
        return not any(
            f.unit == unit.code and not f.division and self.within(code, f.kind, f.place)
            for f in scenario.forbids
        )

    def within(self, code: str, kind: str, place: str) -> bool:
        """Whether a room lies in a place."""
        return (
            place
            == {
                "room": code,
                "floor": self.rooms[code].floor,
                "building": self.building_of[code],
                "site": self.site_of[code],
            }[kind]
        )

    def may_seat(self, group: Group, code: str) -> bool:
        """Whether people of the group may sit in the room: all but the room rule."""
        unit = self.units[group.unit]
        if not self.may_use(unit, code) or not {*unit.features} <= {*self.rooms[code].features}:
            return False
        for pin in self.scenario.pins:
            part = pin.unit == group.unit and (pin.division or pin.grade) and pin.kind != "room"
            if (
                part
                and pin.division in ("", group.division)
                and pin.grade in ("", group.grade)
                and not self.within(code, pin.kind, pin.place)
            ):
                return False
        return not any(
            f.unit == group.unit
            and f.division
            and f.division == group.division
            and self.within(code, f.kind, f.place)
            for f in self.scenario.forbids
        )

    @cached_property
    def caps(self) -> dict[str, tuple[int, int]]:
        """Sites and buildings a unit may use."""
        return {
            u: (
                self._cap(u, self.site_of, self.policy.sites_per_unit),
                self._cap(u, self.building_of, self.policy.buildings_per_unit),
            )
            for u in self.planned_units
        }

    def _cap(self, unit: str, above: dict[str, str], usual: int) -> int:
        groups = [g for g in self.planned if g.unit == unit]
        if not groups:
            return usual
        low = min(self.limit(g) for g in groups) * self.policy.min_share
        seats: Counter[str] = Counter()
        for code, room in self.stock.items():
            fits = {*self.units[unit].features} <= {*room.features}
            if room.use == "office" and fits and self.may_use(self.units[unit], code):
                seats[above[code]] += floor(room.area / low)
        largest = sorted((n for n in seats.values() if n), reverse=True)
        for count in range(usual, len(largest) + 1):
            if sum(largest[:count]) >= self.people_of[unit]:
                return count
        return max(usual, len(largest))

    # -- service ---------------------------------------------------------------------------

    @cached_property
    def service_entitlement(self) -> dict[str, int]:
        """Service rooms of each unit that is planned; none for the others."""
        posts: Counter[str] = Counter()
        for row in self.scenario.ledger.posts:
            posts[row.unit] += row.established
        return {
            c: rounded(self.scenario.standard.service_area(u.level, posts[c]))
            for c, u in self.planned_units.items()
        }

    def entitled(self, seated: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
        """Service entitlement per site and unit, divided by people seated (unit -> site)."""
        shares: dict[str, Counter[str]] = {s: Counter() for s in self.sites}
        for unit, by_site in seated.items():
            total, whole = sum(by_site.values()), self.service_entitlement.get(unit, 0)
            for site, people in by_site.items():
                shares[site][unit] = rounded(Fraction(whole * people, total)) if total else 0
        return shares

    @cached_property
    def service_share(self) -> dict[str, Fraction]:
        """The policy's share per site, or today's ratio where that is less."""
        seated: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.scenario.ledger.occupancy:
            seated[row.unit][self.site_of[row.room]] += row.people
        entitled = self.entitled(seated)
        open_today = {
            r.floor
            for c, r in self.rooms.items()
            if self.holders[c] or r.status == "let" or "common" in r.features
        }
        held: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        free: Counter[str] = Counter()
        for code, room in self.stock.items():
            if room.use == "service" and self.holders[code]:
                for unit in self.holders[code]:
                    held[self.site_of[code], unit] += Fraction(room.area, len(self.holders[code]))
            elif room.use == "service" and room.floor in open_today:
                free[self.site_of[code]] += room.area
        shares = {}
        for site, by_unit in entitled.items():
            share, total = self.policy.service_share, sum(by_unit.values())
            if total:
                wanted = sum(
                    (max(Fraction(0), e - held[site, u]) for u, e in by_unit.items()), Fraction(0)
                )
                own = sum(
                    (a for (s, u), a in held.items() if s == site and u in self.planned_units),
                    Fraction(0),
                )
                offered = own + rounded(min(Fraction(free[site]), wanted))
                share = min(share, Fraction(floor(10_000 * offered / total), 10_000))
            shares[site] = share
        return shares

    # -- reserve ---------------------------------------------------------------------------

    @cached_property
    def lowest_limit(self) -> int:
        """The lowest office standard of the levels of planned units."""
        levels = {u.level for u in self.planned_units.values()}
        return min(g.area for g in self.scenario.standard.grades if g.level in levels)

    def reserve_seats(self, people: int) -> int:
        """Seats a site must keep free beside its people."""
        return ceil(self.policy.reserve * people)
