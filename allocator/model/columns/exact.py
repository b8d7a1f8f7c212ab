"""One building with a given set of units, packed exactly by CP-SAT: the true cost of a column.

Where the building has its site to itself, services and reserve are part of the model and floors
open as they please; else one floor set and a number of free seats are given, and the site's
figures are left to the master.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from allocator.domain import Room
from allocator.model.columns.case import Case, House, Seats
from allocator.model.columns.seating import Filled, Taken
from allocator.model.kinds import fills


@dataclass(frozen=True, slots=True)
class Order:
    """What to pack: units (by index) in a house; `floors` None where it is alone on its site."""

    house: int
    units: tuple[int, ...]
    floors: int | None
    free: int
    """Free seats to keep; a house alone on its site knows its own."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Least cost found to be possible, and the packing if one was found.

    `bound`: no packing of the order costs less (None: none exists).
    """

    bound: int | None
    cost: int | None
    free: int
    filled: tuple[Filled, ...]
    common: tuple[str, ...]
    work: float

    @property
    def exact(self) -> bool:
        """Whether the packing is a cheapest one."""
        return self.cost is not None and self.cost == self.bound


@dataclass
class _Class:
    """Rooms of a floor that are alike for the units in question."""

    floor: int
    use: str
    area: int
    rooms: list[str]
    units: tuple[int, ...]
    requests: tuple[int, ...]
    today: dict[tuple[Seats, int], int]
    """People of a pool in each room today, where there are any."""
    taken: list[Any] = field(default_factory=list)
    parts: list[tuple[Taken, Any]] = field(default_factory=list)


class Model:
    """The CP-SAT model of one order."""

    def __init__(self, case: Case, order: Order) -> None:
        self.case, self.order = case, order
        self.house: House = case.houses[order.house]
        self.model = cp_model.CpModel()
        self.asked = [k for k, (i, _) in enumerate(case.requests) if i in order.units]
        self.cost: Any = sum(case.moving(i, self.house) for i in order.units)
        self.inside: dict[tuple[int, int], list[Any]] = defaultdict(list)
        self.free: Any = 0
        self._floors()
        self.classes = self._classes()
        self.seated: dict[Seats, list[Any]] = {s: [] for i in order.units for s in case.seats[i]}
        self.stays: dict[tuple[Seats, int], list[Any]] = defaultdict(list)
        self.given: dict[int, list[Any]] = {k: [] for k in self.asked}
        for room_class in self.classes:
            self._class(room_class)
        for seats, parts in self.seated.items():
            self.model.add(sum(parts) == seats.count)
        for k, parts in self.given.items():
            self.model.add(sum(parts) == case.requests[k][1].count)
        self._stay_limits()
        self._open_floors()
        self._musts()
        if self.house.alone:
            self._site()
        else:
            self.model.add(self.free >= order.free)
        self.model.minimize(self.cost)

    def _floors(self) -> None:
        case, house, order = self.case, self.house, self.order
        if order.floors is not None:
            members = house.sets[order.floors]
            self.open: list[Any] = [int(i in members) for i in range(len(house.floors))]
            self.cost += house.opening[order.floors]
            return
        problem = case.problem
        always = house.sets[0]
        self.open = [
            1 if i in always else self.model.new_bool_var(f"open {f}")
            for i, f in enumerate(house.floors)
        ]
        chosen = self.model.new_int_var(0, max(house.opening), "opening")
        self.cost += chosen
        area = [sum(r.area for r in problem.stock_by_floor[f]) for f in house.floors]
        used = sum(a * u for a, u in zip(area, self.open, strict=True)) * case.cost("used")
        rented = case.cost("leased")
        for f, u, a in zip(house.floors, self.open, area, strict=True):
            used += rented * a * u if f in problem.market_floors else 0
        for lease in problem.leases:
            mine = [i for i, f in enumerate(house.floors) if f in lease.floors]
            if not mine:
                continue
            kept: Any = 1
            if not problem.floors_always_in_use & set(lease.floors):
                kept = self.model.new_bool_var(f"lease {lease.place}")
                for i in mine:
                    self.model.add(kept >= self.open[i])
            used += rented * lease.area * kept
        self.model.add(chosen == used)

    def _classes(self) -> list[_Class]:
        case, house, order = self.case, self.house, self.order
        serving: dict[str, list[int]] = defaultdict(list)
        for k in self.asked:
            for room in case.serving(house, k):
                serving[room.code].append(k)
        found: dict[Any, _Class] = {}
        for at, code in enumerate(house.floors):
            if isinstance(self.open[at], int) and not self.open[at]:
                continue
            for room in case.problem.stock_by_floor[code]:
                if room.code in case.problem.fixed_rooms:
                    continue
                today = self._today(room)
                office = room.use == "office"
                may = tuple(i for i in order.units if office and case.may_sit(i, room))
                requests = tuple(serving.get(room.code, ()))
                if not office and not requests:
                    continue
                kept = tuple(today.items())
                key = (at, room.use, room.area, may, requests, kept)
                new = _Class(at, room.use, room.area, [], may, requests, today)
                found.setdefault(key, new).rooms.append(room.code)
        return list(found.values())

    def _today(self, room: Room) -> dict[tuple[Seats, int], int]:
        if room.use != "office" or not self.case.cost("moved_building"):
            return {}
        today = self.case.today.get(room.code, {})
        return {at: n for at, n in today.items() if at[0].unit in self.order.units}

    # -- rooms -------------------------------------------------------------------------------

    def _class(self, c: _Class) -> None:
        case, count = self.case, len(c.rooms)
        for i in c.units:
            shared = [s for s in case.seats[i] if not s.single]
            for s in case.seats[i]:
                if s.single and case.rule.fits(c.area, s.limit):
                    rooms = self.model.new_int_var(0, min(count, s.count), "")
                    self._seat(c, Taken(i, ((s, 1),)), rooms, (s.limit - c.area) * rooms)
                    self._stay(c, s, [(1, rooms)], None)
            if len(shared) == 1:
                self._one_standard(c, shared[0])
            elif shared:
                self._mixed(c, i, shared)
        for k in c.requests:
            rooms = self.model.new_int_var(0, min(count, case.requests[k][1].count), "")
            self.given[k].append(rooms)
            c.taken.append(rooms)
            c.parts.append((Taken(case.requests[k][0], (), k), rooms))
        taken = sum(c.taken)
        use = self.open[c.floor]
        if c.taken:
            self.model.add(taken <= count * use)
        if c.use == "office":
            self.cost += case.cost("stranded") * c.area * (count * use - taken)
            self.free += (c.area // case.low) * (count * use - taken)

    def _seat(self, c: _Class, taken: Taken, rooms: Any, short: Any) -> None:
        """Rooms of a class taken one way; the short area is priced."""
        c.taken.append(rooms)
        c.parts.append((taken, rooms))
        self.cost += self.case.cost("short") * short
        self.inside[taken.unit, c.floor].append(rooms)
        for seats, people in taken.people:
            if people:
                self.seated[seats].append(people * rooms)

    def _one_standard(self, c: _Class, s: Seats) -> None:
        least, most = self.case.rule.seats(c.area, s.limit)
        if least > most:
            return
        rooms = self.model.new_int_var(0, min(len(c.rooms), s.count // least), "")
        people = self.model.new_int_var(0, min(s.count, most * len(c.rooms)), "")
        self.model.add(people >= least * rooms)
        self.model.add(people <= most * rooms)
        c.taken.append(rooms)
        c.parts.append((Taken(s.unit, ((s, 0),)), (rooms, people)))
        self.cost += self.case.cost("short") * (s.limit * people - c.area * rooms)
        self.inside[s.unit, c.floor].append(rooms)
        self.seated[s].append(people)
        self._stay(c, s, [(most, rooms)], people)

    def _mixed(self, c: _Class, i: int, shared: list[Seats]) -> None:
        """All ways of mixing several standards in a room."""
        limits = tuple(s.limit for s in shared)
        made = []
        for way in fills(self.case.rule, c.area, limits):
            if any(n > s.count for n, s in zip(way, shared, strict=True)):
                continue
            rooms = self.model.new_int_var(0, len(c.rooms), "")
            short = sum(n * limit for n, limit in zip(way, limits, strict=True)) - c.area
            self._seat(c, Taken(i, tuple(zip(shared, way, strict=True))), rooms, short * rooms)
            made.append((way, rooms))
        for at, s in enumerate(shared):
            self._stay(c, s, [(way[at], rooms) for way, rooms in made if way[at]], None)

    def _stay(self, c: _Class, s: Seats, ways: list[tuple[int, Any]], people: Any) -> None:
        """People who keep their room, rewarded; `ways`: (seats in each room, rooms)."""
        here = [(p, c.today[s, p]) for p in range(len(s.pools)) if (s, p) in c.today]
        if not here or not ways:
            return
        all_kept = []
        for p, today in here:
            kept = self.model.new_int_var(0, min(s.count, today * len(c.rooms)), "")
            self.model.add(kept <= sum(min(n, today) * rooms for n, rooms in ways))
            self.stays[s, p].append(kept)
            self.cost -= self.case.cost("moved_building") * 100 * kept
            all_kept.append(kept)
        total = sum(today for _, today in here)
        if len(here) > 1:
            most = sum(min(n, total) * rooms for n, rooms in ways)
            self.model.add(sum(all_kept) <= most)
        if people is not None:
            self.model.add(sum(all_kept) <= people)

    def _stay_limits(self) -> None:
        """A shrunk group keeps no more than it has seats."""
        for (s, p), parts in self.stays.items():
            planned = sum(self.case.problem.planned[g] for g in s.pools[p])
            self.model.add(sum(parts) <= planned)

    # -- floors, rules, site -------------------------------------------------------------------

    def _open_floors(self) -> None:
        """A floor without service rooms is open only where a room on it is held."""
        problem, house = self.case.problem, self.house
        held: dict[int, list[Any]] = defaultdict(list)
        for c in self.classes:
            held[c.floor] += c.taken
        for at, code in enumerate(house.floors):
            services = any(r.use == "service" for r in problem.stock_by_floor[code])
            if not services and code not in problem.floors_always_in_use:
                self.model.add(self.open[at] <= sum(held[at]))

    def _present(self, i: int) -> dict[int, Any]:
        found = {}
        for (unit, at), parts in sorted(self.inside.items(), key=lambda x: x[0]):
            if unit == i:
                here = self.model.new_bool_var("")
                top = sum(len(c.rooms) for c in self.classes if c.floor == at)
                self.model.add(sum(parts) <= top * here)
                self.model.add(sum(parts) >= here)
                found[at] = here
        return found

    def _musts(self) -> None:
        """Relations by floor between units of the building."""
        case, made = self.case, {}
        for r in case.problem.scenario.relations:
            pair = [case.index.get(u, -1) for u in (r.a, r.b)]
            if r.kind not in ("apart", "same_floor") or not set(pair) <= set(self.order.units):
                continue
            for i in pair:
                if i not in made:
                    made[i] = self._present(i)
            a, b = (made[i] for i in pair)
            for at in sorted(set(a) | set(b)):
                left, right = a.get(at, 0), b.get(at, 0)
                if r.kind == "same_floor":
                    self.model.add(left == right)
                else:
                    self.model.add(left + right <= 1)

    def _site(self) -> None:
        case, house = self.case, self.house
        entitled = sum(case.entitled[i] for i in self.order.units)
        seats = case.reserved(sum(case.people[i] for i in self.order.units))
        self.model.add(self.free >= seats)
        self.cost -= case.cost("stranded") * case.low * seats
        single = dict(zip(house.sets, house.service, strict=True))
        always = single[house.sets[0]]
        service: Any = always
        for at, use in enumerate(self.open):
            if not isinstance(use, int):
                own = tuple(sorted({*house.sets[0], at}))
                service += (single[own] - always) * use
        if isinstance(service, int):
            self.cost += case.serving_cost(house.site, service, entitled)
            return
        cost = [case.serving_cost(house.site, s, entitled) for s in house.service]
        priced = self.model.new_int_var(0, max(cost), "services")
        offered = self.model.new_int_var(0, entitled, "offered")
        self.model.add(offered <= service)
        share = case.share[house.site] * entitled
        wanted = -(-share.numerator // share.denominator)
        missing = self.model.new_int_var(0, max(0, wanted), "missing")
        self.model.add(missing >= wanted - offered)
        stranded, short = case.cost("stranded"), case.cost("service_short")
        self.model.add(priced == stranded * (service - offered) + short * missing)
        self.cost += priced


def pack(case: Case, order: Order, work: float, seconds: float | None = None) -> Packed:
    """Pack an order; `work` is CP-SAT's deterministic time, `seconds` a wall limit beside it."""
    built = Model(case, order)
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1
    parameters.catch_sigint_signal = False  # it would take Ctrl-C away from this program
    parameters.linearization_level = 2
    parameters.max_deterministic_time = work
    if seconds is not None:
        parameters.max_time_in_seconds = max(0.05, seconds)
    status = solver.solve(built.model)
    spent = float(solver.response_proto.deterministic_time)
    if status == cp_model.INFEASIBLE:
        return Packed(None, None, 0, (), (), spent)
    bound = _whole_bound(solver)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Packed(bound, None, 0, (), (), spent)

    def value(expression: Any) -> int:
        return expression if isinstance(expression, int) else int(solver.value(expression))

    filled = tuple(
        Filled(tuple(c.rooms), tuple((taken, _count(x, value)) for taken, x in c.parts))
        for c in built.classes
    )
    floors = built.house.floors
    in_use = [f for f, use in zip(floors, built.open, strict=True) if value(use)]
    held = {
        floors[c.floor] for c in built.classes if any(value(rooms) for rooms in c.taken)
    } | case.problem.floors_always_in_use
    common = tuple(f for f in in_use if f not in held)
    cost = round(solver.objective_value)
    return Packed(min(bound, cost), cost, value(built.free), filled, common, spent)


def _whole_bound(solver: cp_model.CpSolver) -> int:
    """The bound in whole cost units: the response keeps it exact far beyond our sums."""
    bound = solver.best_objective_bound
    return int(-(-(bound - 1e-6) // 1))


def _count(part: Any, value: Any) -> tuple[int, int]:
    """(rooms, people): people 0 where they follow from the rooms."""
    if isinstance(part, tuple):
        return value(part[0]), value(part[1])
    return value(part), 0
