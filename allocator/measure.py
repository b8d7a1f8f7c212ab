"""The plan side's figures: areas, people, moves and tier terms of today or of a plan.

Written from the space identities and tiers; the checker computes the same figures on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from allocator.domain import Group
from allocator.overlap import fold, most, people_moved
from allocator.plan import BUSINESS, KEPT, Areas, Assignment, People
from allocator.problem import Problem
from allocator.quantity import half_up

SHARE_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class RoomUse:
    """One held room: sum of standards, hidden and short in 0.01 m2, and the parts per unit."""

    standards: int
    hidden: int
    short: int
    part: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one set of assignments; terms are in the units of `scenario.TERMS`."""

    areas: Areas
    people: People
    terms: dict[str, Fraction]
    seated: dict[Group, int]


class Measure:
    """Measures assignments against one problem; today's figures are computed once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._requests = {(q.unit, q.purpose): q.area_max for q in problem.scenario.ledger.requests}
        self.share: dict[str, Fraction] = {}
        rows = today_rows(problem)
        supply = self.supply(rows, self._floors_today()[0])
        policy_share = problem.policy.service_share
        for site in problem.sites:
            entitled, offered = supply[2][site], supply[3][site]
            share = policy_share
            if entitled:
                share = min(share, Fraction(floor(SHARE_STEPS * offered / entitled), SHARE_STEPS))
            self.share[site] = share
        in_use, common = self._floors_today()
        self.before = self._areas(rows, in_use, common, today=True)[0]

    # -- floors ------------------------------------------------------------------------------

    def _floors_today(self) -> tuple[frozenset[str], tuple[str, ...]]:
        problem = self.problem
        held = {problem.floor_of[room] for room in problem.holders_today}
        held |= {r.floor for r in problem.scenario.ledger.rooms if r.status == "let"}
        common = {r.floor for r in problem.scenario.ledger.rooms if "common" in r.features}
        return frozenset(held | common), tuple(sorted(common - held))

    def floors_in_use(self, rows: Iterable[Assignment], common: Iterable[str]) -> frozenset[str]:
        """Floors that a plan keeps in use."""
        held = {self.problem.floor_of[row.room] for row in rows}
        return frozenset(held | self.problem.floors_always_in_use | set(common))

    # -- one room ------------------------------------------------------------------------------

    def room_use(self, code: str, rows: list[Assignment]) -> RoomUse:
        """Standards, hidden and short of one held office room."""
        problem, area = self.problem, self.problem.rooms[code].area
        units = sorted({row.unit for row in rows})
        by_unit = dict.fromkeys(units, 0)
        for row in rows:
            unit = problem.units[row.unit]
            if unit.category_ineligible or row.purpose == KEPT:
                continue
            if row.people:
                by_unit[row.unit] += row.people * problem.limit(row.unit, row.grade)
            elif row.purpose:
                by_unit[row.unit] += min(area, self._requests.get((row.unit, row.purpose), area))
        total = sum(by_unit.values())
        part = {u: Fraction(by_unit[u], total) if total else Fraction(1, len(units)) for u in units}
        return RoomUse(total, max(0, area - total), max(0, total - area), part)

    # -- areas -----------------------------------------------------------------------------

    def supply(
        self, rows: Iterable[Assignment], in_use: frozenset[str]
    ) -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, Fraction]]:
        """Per site: unheld service area, common, entitlement seated there, service offered."""
        problem = self.problem
        holders: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            holders[row.room].add(row.unit)
        seated_unit: dict[str, int] = defaultdict(int)
        seated_site: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            site = problem.site_of[row.room]
            if row.people and problem.units[row.unit].planned:
                seated_unit[row.unit] += row.people
                seated_site[row.unit, site] += row.people
        held_there: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for code, units in holders.items():
            room = problem.rooms[code]
            if room.use == "service" and room.status == "available":
                for unit in units:
                    if problem.units[unit].planned:
                        held_there[unit, problem.site_of[code]] += Fraction(room.area, len(units))
        unheld: dict[str, int] = defaultdict(int)
        for room in problem.stock:
            if room.use == "service" and room.floor in in_use and room.code not in holders:
                unheld[problem.site_of[room.code]] += room.area
        entitled: dict[str, int] = defaultdict(int)
        wanted: dict[str, Fraction] = defaultdict(Fraction)
        held_site: dict[str, Fraction] = defaultdict(Fraction)
        for (unit, site), people in seated_site.items():
            share = half_up(Fraction(problem.service_entitlement[unit] * people, seated_unit[unit]))
            entitled[site] += share
            wanted[site] += max(Fraction(0), share - held_there.get((unit, site), Fraction(0)))
        for (_, site), area in held_there.items():
            held_site[site] += area
        common = {s: half_up(min(Fraction(unheld[s]), wanted[s])) for s in problem.sites}
        offered = {s: held_site[s] + common[s] for s in problem.sites}
        return unheld, common, entitled, offered

    def _areas(
        self,
        rows: list[Assignment],
        in_use: frozenset[str],
        common_floors: tuple[str, ...],
        *,
        today: bool,
    ) -> tuple[Areas, dict[str, Fraction]]:
        problem = self.problem
        by_room: dict[str, list[Assignment]] = defaultdict(list)
        for row in rows:
            by_room[row.room].append(row)
        stock = [
            r for r in problem.stock if r.floor not in problem.market_floors or r.floor in in_use
        ]
        held = sum(r.area for r in stock if r.code in by_room)
        released = sum(r.area for r in stock if r.floor not in in_use)
        unheld_office: dict[str, int] = defaultdict(int)
        for room in stock:
            if room.use == "office" and room.floor in in_use and room.code not in by_room:
                unheld_office[problem.site_of[room.code]] += room.area
        unheld, common, entitled, offered = self.supply(rows, in_use)
        common_total = sum(common.values())
        stranded = sum(unheld_office.values()) + sum(unheld.values()) - common_total
        hidden, short, hidden_unit, short_unit = self._hidden_and_short(by_room)
        reserve = 0
        for site, people in self._seated_by_site(rows).items():
            need = ceil(problem.policy.reserve * people)
            reserve += min(need * problem.lowest_limit, unheld_office[site])
        missing = sum(
            ceil(max(Fraction(0), self.share.get(s, Fraction(0)) * entitled[s] - offered[s]))
            for s in problem.sites
        )
        kept_leases = [x for x in problem.leases if in_use & set(x.floors)]
        market = sum(r.area for r in stock if r.floor in problem.market_floors)
        stock_floors = set(problem.stock_by_floor) - problem.market_floors
        released_floors = sorted(stock_floors - in_use)
        busy = {problem.building_of_floor[f] for f in in_use}
        empty = {problem.building_of_floor[f] for f in released_floors} - busy
        same_basis = self._same_basis(hidden_unit) if today else Fraction(hidden)
        areas = Areas(
            stock=sum(r.area for r in stock),
            held=held,
            common=common_total,
            stranded=stranded,
            released=released,
            hidden=hidden,
            short=short,
            service_short=missing,
            reserve=reserve,
            hidden_same_basis=half_up(same_basis),
            leased_kept=sum(x.area for x in kept_leases) + market,
            common_floors=common_floors,
            floors_in_use=tuple(sorted(in_use)),
            released_floors=tuple(released_floors),
            released_buildings=tuple(sorted(empty)),
            leases_ended=tuple(x.place for x in problem.leases if x not in kept_leases),
        )
        return areas, short_unit

    def _hidden_and_short(
        self, by_room: Mapping[str, list[Assignment]]
    ) -> tuple[int, int, dict[str, Fraction], dict[str, Fraction]]:
        problem = self.problem
        short = 0
        hidden = Fraction(0)
        hidden_unit: dict[str, Fraction] = defaultdict(Fraction)
        short_unit: dict[str, Fraction] = defaultdict(Fraction)
        service: dict[str, Fraction] = defaultdict(Fraction)
        for code, rows in by_room.items():
            room = problem.rooms[code]
            if room.status != "available":
                continue
            if room.use == "service":
                units = {row.unit for row in rows}
                for unit in units:
                    service[unit] += Fraction(room.area, len(units))
            if room.use != "office":
                continue
            use = self.room_use(code, rows)
            hidden += use.hidden
            short += use.short
            for unit, part in use.part.items():
                hidden_unit[unit] += part * use.hidden
                short_unit[unit] += part * use.short
        for unit, area in service.items():
            excess = max(Fraction(0), area - problem.service_entitlement.get(unit, 0))
            hidden += excess
            hidden_unit[unit] += excess
        return half_up(hidden), short, hidden_unit, short_unit

    def _same_basis(self, hidden_unit: Mapping[str, Fraction]) -> Fraction:
        """Hidden area less the standards of vacant posts, per unit not below 0."""
        problem = self.problem
        vacant: dict[str, int] = defaultdict(int)
        for row in problem.scenario.ledger.posts:
            if not problem.units[row.unit].category_ineligible:
                empty = max(0, row.established - row.in_post)
                vacant[row.unit] += empty * problem.limit(row.unit, row.grade)
        return sum(
            (max(Fraction(0), area - vacant[u]) for u, area in hidden_unit.items()), Fraction(0)
        )

    def _seated_by_site(self, rows: Iterable[Assignment]) -> dict[str, int]:
        seated: dict[str, int] = defaultdict(int)
        for row in rows:
            if row.people and self.problem.units[row.unit].planned:
                seated[self.problem.site_of[row.room]] += row.people
        return seated

    # -- a whole plan ------------------------------------------------------------------------

    def plan(self, rows: Iterable[Assignment], common: Iterable[str]) -> Measured:
        """Areas, people and tier terms of a plan's assignments and common floors."""
        rows = list(rows)
        problem = self.problem
        in_use = self.floors_in_use(rows, common)
        held = self.floors_in_use(rows, ())
        areas, short_unit = self._areas(rows, in_use, tuple(sorted(in_use - held)), today=False)
        seats = [r for r in rows if r.people and problem.units[r.unit].planned]
        seated: dict[Group, int] = defaultdict(int)
        for row in seats:
            seated[row.group] += row.people
        moved = self.moves(seats)
        posts = sum(problem.planned.values())
        housed = sum(seated.values())
        people = People(
            posts=posts,
            housed=housed,
            unhoused=posts - housed,
            over_establishment=self._over_establishment(),
            moved=sum(moved),
            moved_building=moved[0],
            moved_site=moved[1],
            moved_far=moved[2],
        )
        near, off_floor, outside = self._together(seats)
        past = self.past_rule(rows)
        terms = {
            "unhoused": Fraction(posts - housed + self._missing_requests(rows)),
            "exceptions": Fraction(len({r for r, _ in past - problem.registered_exceptions})),
            "used": Fraction(areas.stock - areas.released, 100),
            "hidden": Fraction(areas.hidden, 100),
            "stranded": Fraction(areas.stranded - areas.reserve, 100),
            "short": Fraction(areas.short, 100),
            "service_short": Fraction(areas.service_short, 100),
            "leased": Fraction(areas.leased_kept, 100),
            "moved_building": Fraction(moved[0]),
            "moved_site": Fraction(moved[1]),
            "moved_far": Fraction(moved[2]),
            "near": Fraction(near),
            "off_main_floor": Fraction(off_floor),
            "outside_main_building": Fraction(outside),
            "short_per_person": Fraction(self._short_per_person(seats, short_unit)),
        }
        return Measured(areas, people, terms, dict(seated))

    def _over_establishment(self) -> int:
        seats: dict[Group, int] = defaultdict(int)
        for row in self.problem.scenario.ledger.posts:
            if self.problem.units[row.unit].planned:
                seats[row.group] += row.in_post
        return sum(max(0, n - self.problem.planned.get(g, 0)) for g, n in seats.items())

    def missing_requests(self, rows: Iterable[Assignment]) -> list[tuple[str, str, int]]:
        """(unit, purpose, rooms missing) of each request of a planned unit that is not met."""
        given: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            if row.purpose and not row.people:
                given[row.unit, row.purpose] += 1
        return [
            (q.unit, q.purpose, q.count - given[q.unit, q.purpose])
            for q in self.problem.scenario.ledger.requests
            if self.problem.units[q.unit].planned and given[q.unit, q.purpose] < q.count
        ]

    def _missing_requests(self, rows: Iterable[Assignment]) -> int:
        return sum(count for _, _, count in self.missing_requests(rows))

    def past_rule(self, rows: Iterable[Assignment]) -> set[tuple[str, str]]:
        """(room, unit) of office rooms with people whose area breaks the room rule."""
        policy = self.problem.policy
        by_room: dict[str, list[Assignment]] = defaultdict(list)
        for row in rows:
            if row.purpose not in (KEPT, BUSINESS):
                by_room[row.room].append(row)
        past: set[tuple[str, str]] = set()
        for code, inside in by_room.items():
            if self.problem.rooms[code].use != "office" or not any(r.people for r in inside):
                continue
            use, area = self.room_use(code, inside), self.problem.rooms[code].area
            if not policy.min_share * use.standards <= area <= use.standards + policy.tolerance:
                past |= {(code, row.unit) for row in inside}
        return past

    def moves(self, seats: Iterable[Assignment]) -> tuple[int, int, int]:
        """People moved within a building, within a site and farther."""
        return people_moved(self.problem, seats)

    def main_places(self, seats: Iterable[Assignment]) -> dict[str, tuple[str, str]]:
        """Main (building, floor) of each unit with seats: most people, ties by code."""
        problem = self.problem
        floors: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in seats:
            floors[row.unit][problem.floor_of[row.room]] += row.people
        places: dict[str, tuple[str, str]] = {}
        for unit, counts in floors.items():
            building = most(fold(counts, problem.building_of_floor))
            inside = {f: n for f, n in counts.items() if problem.building_of_floor[f] == building}
            places[unit] = (building, most(inside))
        return places

    def _together(self, seats: list[Assignment]) -> tuple[int, int, int]:
        problem = self.problem
        places = self.main_places(seats)
        off_floor = outside = 0
        for row in seats:
            main_building, main_floor = places[row.unit]
            if problem.building_of[row.room] != main_building:
                outside += row.people
            elif problem.floor_of[row.room] != main_floor:
                off_floor += row.people
        near = 0
        for relation in problem.scenario.relations:
            a, b = places.get(relation.a), places.get(relation.b)
            if relation.kind == "near" and a and b:
                people = min(problem.people_of[relation.a], problem.people_of[relation.b])
                near += relation.weight * people * self.steps(a, b)
        return near, off_floor, outside

    def steps(self, a: tuple[str, str], b: tuple[str, str]) -> int:
        """0 same floor, 1 same building, 2 same site, 3 elsewhere."""
        site = self.problem.site_of_building
        return 0 if a == b else 1 if a[0] == b[0] else 2 if site[a[0]] == site[b[0]] else 3

    def _short_per_person(self, seats: list[Assignment], short_unit: Mapping[str, Fraction]) -> int:
        people: dict[str, int] = defaultdict(int)
        for row in seats:
            people[row.unit] += row.people
        return max((ceil(short_unit[u] / n) for u, n in people.items()), default=0)

    # -- tiers -----------------------------------------------------------------------------

    def tier_values(self, terms: Mapping[str, Fraction]) -> tuple[Fraction, ...]:
        """Value of each tier of the policy, in order."""
        return tuple(
            sum((rate * terms[name] for name, rate in tier.terms), Fraction(0))
            for tier in self.problem.policy.tiers
        )


def today_rows(problem: Problem) -> list[Assignment]:
    """Today's occupancy as assignments: people by group, or a held room without people."""
    rows: list[Assignment] = []
    seated: set[tuple[str, str]] = set()
    for row in problem.scenario.ledger.occupancy:
        if row.people:
            rows.append(Assignment(row.room, row.unit, row.division, row.grade, row.people))
            seated.add((row.room, row.unit))
    for room, units in problem.holders_today.items():
        rows += [Assignment(room, u) for u in units if (room, u) not in seated]
    return sorted(rows)
