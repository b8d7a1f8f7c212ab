"""The scenario as the plan side reads it: groups, today's rooms, permits and caps.

Everything here is derived once from the resolved scenario. The checker derives its own.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from allocator.domain import Group, Room, Unit
from allocator.places import STOCK_USES, Places
from allocator.plan import BUSINESS, KEPT, Assignment
from allocator.quantity import half_up
from allocator.scenario import Forbid, Pin


class Problem(Places):
    """Indexed view of a scenario; areas in 0.01 m2."""

    # -- people --------------------------------------------------------------------------------

    @cached_property
    def planned(self) -> dict[Group, int]:
        """Seats to plan per group, by the policy's basis; planned units only."""
        basis = self.policy.basis
        seats: dict[Group, int] = {}
        for row in self.scenario.ledger.posts:
            if not self.units[row.unit].planned:
                continue
            count = {
                "established": row.established,
                "in_post": row.in_post,
                "larger": max(row.established, row.in_post),
            }[basis]
            seats[row.group] = seats.get(row.group, 0) + count
        return {g: n for g, n in sorted(seats.items()) if n}

    @cached_property
    def groups_of(self) -> dict[str, list[Group]]:
        """Planned groups of each planned unit."""
        groups: dict[str, list[Group]] = {u: [] for u in self.planned_units}
        for group in self.planned:
            groups[group.unit].append(group)
        return groups

    @cached_property
    def people_of(self) -> dict[str, int]:
        """Planned people of each planned unit."""
        return {u: sum(self.planned[g] for g in gs) for u, gs in self.groups_of.items()}

    def limit(self, unit: str, grade: str) -> int:
        """Standard of one person in 0.01 m2."""
        key = (self.units[unit].level, grade)
        if key not in self._limits:
            self._limits[key] = self.scenario.standard.limit(*key)
        return self._limits[key]

    @cached_property
    def _limits(self) -> dict[tuple[str, str], int]:
        return {}

    def single(self, unit: str, grade: str) -> bool:
        """Whether holders of the grade sit alone."""
        return (self.units[unit].level, grade) in self.policy.single

    def need(self, unit: str) -> int:
        """Sum of standards of a unit's planned people, 0.01 m2."""
        return sum(self.planned[g] * self.limit(unit, g.grade) for g in self.groups_of[unit])

    @cached_property
    def established(self) -> dict[str, int]:
        """Established posts per unit."""
        total: dict[str, int] = dict.fromkeys(self.units, 0)
        for row in self.scenario.ledger.posts:
            total[row.unit] += row.established
        return total

    @cached_property
    def service_entitlement(self) -> dict[str, int]:
        """Service entitlement of each unit that has one, planned or not, 0.01 m2."""
        standard = self.scenario.standard
        return {
            code: half_up(standard.service_area(unit.level, self.established[code]))
            for code, unit in sorted(self.units.items())
            if unit.planned or (not unit.category_ineligible and self.established[code])
        }

    @cached_property
    def lowest_limit(self) -> int:
        """Lowest office limit among the levels of the planned units (the reserve's seat)."""
        levels = {self.units[u].level for u in self.planned_units}
        areas = [g.area for g in self.scenario.standard.grades if g.level in levels]
        return min(areas, default=1)

    # -- today -----------------------------------------------------------------------------

    @cached_property
    def today_people(self) -> dict[Group, dict[str, int]]:
        """People in post today, per group and room."""
        people: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.scenario.ledger.occupancy:
            if row.people:
                people[row.group][row.room] += row.people
        return {g: dict(rooms) for g, rooms in people.items()}

    @cached_property
    def holders_today(self) -> dict[str, tuple[str, ...]]:
        """Units that hold each room today: its occupants and the unit it is allocated to."""
        holders: dict[str, set[str]] = defaultdict(set)
        for row in self.scenario.ledger.occupancy:
            holders[row.room].add(row.unit)
        for room in self.scenario.ledger.rooms:
            if room.allocated_unit:
                holders[room.code].add(room.allocated_unit)
        return {room: tuple(sorted(units)) for room, units in holders.items()}

    @cached_property
    def sites_today(self) -> dict[str, frozenset[str]]:
        """Sites where each unit holds a room or has people today."""
        sites: dict[str, set[str]] = defaultdict(set)
        for room, units in self.holders_today.items():
            for unit in units:
                sites[unit].add(self.site_of[room])
        return {u: frozenset(s) for u, s in sites.items()}

    @cached_property
    def business_sites(self) -> dict[str, frozenset[str]]:
        """Sites where a unit holds technical business rooms."""
        sites: dict[str, set[str]] = defaultdict(set)
        for row in self.fixed_rows:
            if row.purpose == BUSINESS:
                sites[row.unit].add(self.site_of[row.room])
        return {u: frozenset(s) for u, s in sites.items()}

    @cached_property
    def fixed_rows(self) -> tuple[Assignment, ...]:
        """Rows of every plan: business rooms, and rooms that ineligible bodies keep."""
        people: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
        for row in self.scenario.ledger.occupancy:
            if row.people:
                people[row.room, row.unit].append(
                    Assignment(row.room, row.unit, row.division, row.grade, row.people, KEPT)
                )
        rows: list[Assignment] = []
        for code, units in sorted(self.holders_today.items()):
            room = self.rooms[code]
            if room.status != "available":
                continue
            for unit in units:
                holder = self.units[unit]
                if room.use == "business":
                    rows.append(Assignment(code, unit, purpose=BUSINESS))
                elif (
                    room.use in STOCK_USES
                    and holder.category_ineligible
                    and holder.status == "active"
                    and self.policy.ineligible == "keep"
                ):
                    rows += people.get((code, unit)) or [Assignment(code, unit, purpose=KEPT)]
        return tuple(rows)

    @cached_property
    def fixed_rooms(self) -> frozenset[str]:
        """Rooms taken by fixed rows."""
        return frozenset(row.room for row in self.fixed_rows)

    @cached_property
    def floors_always_in_use(self) -> frozenset[str]:
        """Floors that fixed rows or let rooms keep in use in every plan."""
        let = {r.floor for r in self.scenario.ledger.rooms if r.status == "let"}
        return frozenset(let | {self.floor_of[room] for room in self.fixed_rooms})

    # -- permits ---------------------------------------------------------------------------

    @cached_property
    def pins_of(self) -> dict[str, list[Pin]]:
        """Pins by unit."""
        pins: dict[str, list[Pin]] = defaultdict(list)
        for pin in self.scenario.pins:
            pins[pin.unit].append(pin)
        return pins

    @cached_property
    def forbids_of(self) -> dict[str, list[Forbid]]:
        """Forbids by unit."""
        forbids: dict[str, list[Forbid]] = defaultdict(list)
        for forbid in self.scenario.forbids:
            forbids[forbid.unit].append(forbid)
        return forbids

    def lies_in(self, room: str, kind: str, place: str) -> bool:
        """Whether a room is, or lies in, a place."""
        codes = {
            "room": room,
            "floor": self.floor_of[room],
            "building": self.building_of[room],
            "site": self.site_of[room],
        }
        return codes[kind] == place

    @cached_property
    def _agreed(self) -> dict[str, frozenset[str]]:
        agreed: dict[str, set[str]] = {s.code: set(s.agreement) for s in self.sites.values()}
        for site, units in self.scenario.agreements:
            agreed[site].update(units)
        return {s: frozenset(units) for s, units in agreed.items()}

    def _title_allows(self, unit: Unit, site: str, title: tuple[bool, str]) -> bool:
        registered, holder = title
        return (
            registered
            or site in self.sites_today.get(unit.code, frozenset())
            or holder in (unit.code, unit.name)
            or unit.code in self._agreed[site]
            or "*" in self._agreed[site]
        )

    def _site_allows(self, unit: Unit, site: str) -> bool:
        """Territory and business rooms: what a whole site permits a unit."""
        if unit.territory and self.sites[site].territory not in ("", unit.territory):
            return False
        stay = self.business_sites.get(unit.code)
        return not (stay and self.policy.business == "stay" and site not in stay)

    @cached_property
    def _floors_by_title(self) -> dict[str, dict[tuple[bool, str], list[str]]]:
        """Floors with stock of each site by their title."""
        floors: dict[str, dict[tuple[bool, str], list[str]]] = {}
        for floor in self.stock_by_floor:
            titles = floors.setdefault(self.site_of_floor[floor], {})
            titles.setdefault(self.title(floor), []).append(floor)
        return floors

    @cached_property
    def permitted_floors(self) -> dict[str, frozenset[str]]:
        """Floors with stock that each planned unit may use at all; equal sets are one object."""
        made: dict[tuple[tuple[str, tuple[bool, str]], ...], frozenset[str]] = {}
        permitted: dict[str, frozenset[str]] = {}
        for code in self.planned_units:
            unit = self.units[code]
            open_to = tuple(
                (site, title)
                for site, titles in self._floors_by_title.items()
                if self._site_allows(unit, site)
                for title in titles
                if self._title_allows(unit, site, title)
            )
            if open_to not in made:
                made[open_to] = frozenset(
                    f for site, title in open_to for f in self._floors_by_title[site][title]
                )
            permitted[code] = made[open_to]
        return permitted

    def permitted(self, unit: str, room: Room, features: tuple[str, ...] | None = None) -> bool:
        """Whether a unit may hold a stock room, other units aside.

        `features` None: the unit's own needs (people); else those of a request.
        """
        return room.code not in self.fixed_rooms and self._might_hold(unit, room, features)

    def _might_hold(self, unit: str, room: Room, features: tuple[str, ...] | None = None) -> bool:
        """The same, even where another body keeps the room."""
        if room.floor not in self.permitted_floors[unit]:
            return False
        wanted = self.units[unit].features if features is None else features
        if not set(wanted) <= set(room.features):
            return False
        for forbid in self.forbids_of.get(unit, ()):
            if not forbid.division and self.lies_in(room.code, forbid.kind, forbid.place):
                return False
        return all(
            self.lies_in(room.code, pin.kind, pin.place)
            for pin in self.pins_of.get(unit, ())
            if pin.kind != "room" and not pin.division and not pin.grade
        )

    def group_permitted(self, group: Group, room: Room) -> bool:
        """Whether people of a group may sit in a room the unit may hold (division pins)."""
        for forbid in self.forbids_of.get(group.unit, ()):
            concerned = forbid.division and forbid.division == group.division
            if concerned and self.lies_in(room.code, forbid.kind, forbid.place):
                return False
        for pin in self.pins_of.get(group.unit, ()):
            if pin.kind == "room" or not (pin.division or pin.grade):
                continue
            concerned = pin.division in ("", group.division) and pin.grade in ("", group.grade)
            if concerned and not self.lies_in(room.code, pin.kind, pin.place):
                return False
        return True

    @cached_property
    def shared_units(self) -> dict[str, frozenset[str]]:
        """Units that may sit together in a room."""
        return {room: frozenset(units) for room, units in self.scenario.shared}

    @cached_property
    def registered_exceptions(self) -> frozenset[tuple[str, str]]:
        """(room, unit) past the room rule by the scenario."""
        return frozenset((e.room, e.unit) for e in self.scenario.exceptions)

    @cached_property
    def impossible_pins(self) -> tuple[Pin, ...]:
        """Pins of rooms that no plan can keep: not to be held by the unit, or pinned to two."""
        stock = {r.code: r for r in self.stock}
        holders: dict[str, set[str]] = defaultdict(set)
        room_pins = [
            pin
            for unit, pins in sorted(self.pins_of.items())
            for pin in pins
            if pin.kind == "room" and self.units[unit].planned
        ]
        for pin in room_pins:
            holders[pin.place].add(pin.unit)
        return tuple(
            pin
            for pin in room_pins
            if pin.place not in stock
            or not self.permitted(
                pin.unit, stock[pin.place], () if stock[pin.place].use == "service" else None
            )
            or (len(holders[pin.place]) > 1 and pin.place not in self.shared_units)
        )

    # -- caps ------------------------------------------------------------------------------

    @cached_property
    def caps(self) -> dict[str, tuple[int, int]]:
        """Sites and buildings each planned unit may use."""
        return {u: self.caps_of(u) for u in self.planned_units}

    def caps_of(self, unit: str) -> tuple[int, int]:
        """Sites and buildings one planned unit may use."""
        people = self.people_of[unit]
        default = (self.policy.sites_per_unit, self.policy.buildings_per_unit)
        if not people:
            return default
        low = min(self.limit(unit, g.grade) for g in self.groups_of[unit])
        per_site, per_building = self._seats_open_to(unit, low)
        return (
            _smallest_cap(per_site, people, default[0]),
            _smallest_cap(per_building, people, default[1]),
        )

    def _seats_open_to(self, unit: str, low: int) -> tuple[list[int], list[int]]:
        """Seats of each site and building for people of a standard, counted once for equals."""
        special = unit in self.pins_of or unit in self.forbids_of
        floors, features = self.permitted_floors[unit], self.units[unit].features
        key = (floors, features, low, unit if special else "")
        if key not in self._seats:
            self._seats[key] = self._count_seats(unit, low)
        return self._seats[key]

    @cached_property
    def _seats(self) -> dict[Any, tuple[list[int], list[int]]]:
        return {}

    def _count_seats(self, unit: str, low: int) -> tuple[list[int], list[int]]:
        share = self.policy.min_share
        per_building: dict[str, int] = defaultdict(int)
        for floor in self.permitted_floors[unit]:
            for room in self.stock_by_floor[floor]:
                if room.use == "office" and self._might_hold(unit, room):
                    seats = room.area * share.denominator // (share.numerator * low)
                    per_building[self.building_of[room.code]] += seats
        per_site: dict[str, int] = defaultdict(int)
        for building, seats in per_building.items():
            per_site[self.site_of_building[building]] += seats
        return list(per_site.values()), list(per_building.values())


def _smallest_cap(seats: list[int], people: int, default: int) -> int:
    """The policy's cap, or the fewest largest places whose seats suffice, or all of them."""
    ordered = sorted((s for s in seats if s), reverse=True)
    if not ordered or sum(ordered[:default]) >= people:
        return default
    total = 0
    for count, value in enumerate(ordered, start=1):
        total += value
        if total >= people:
            return max(count, default)
    return max(len(ordered), default)
