"""The terms of the tiers over the room-level model; areas in 0.01 m2, the rest in counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from allocator.model.exact_comfort import Short, share_of_room, short_per_person
from allocator.model.exact_rooms import RoomModel
from allocator.model.exact_rules import Places
from allocator.plan import KEPT
from allocator.quantity import half_up

CENTS = frozenset({"used", "hidden", "stranded", "short", "service_short", "leased"})
"""Terms that the model counts in 0.01 m2 and the policy rates in m2."""

FEW_PEOPLE = 20
"""Units up to this size have their share of the service entitlement read from a table."""


class Terms:
    """Linear expressions of every term; minimised, each equals the measured figure."""

    def __init__(self, built: RoomModel, places: Places) -> None:
        self.built, self.places = built, places
        self.model, self.problem = built.model, built.problem
        self.total_area = sum(r.area for r in self.problem.stock) + 1
        self.values: dict[str, Any] = {}
        self.shorts: dict[str, list[Short]] = defaultdict(list)
        self._unhoused()
        self._space()
        self._moves()
        self.values["short_per_person"] = short_per_person(built, self.shorts, self.total_area)

    def _unhoused(self) -> None:
        posts = sum(self.problem.planned.values())
        seated = sum(self.built.seated.values())
        self.values["unhoused"] = posts - seated + sum(self.built.missing.values())
        self.values["exceptions"] = sum(self.built.past_rule.values())

    # -- space -----------------------------------------------------------------------------

    def _space(self) -> None:
        problem, built = self.problem, self.built
        used = sum(
            built.in_use[f] * sum(r.area for r in rooms)
            for f, rooms in problem.stock_by_floor.items()
        )
        self.values["used"] = used
        hidden, short = self._office_fit()
        service_hidden = self._service_hidden()
        self.values["hidden"] = hidden + service_hidden + self._kept_hidden()
        self.values["short"] = short
        stranded: list[Any] = []
        missing: list[Any] = []
        for site in sorted({problem.site_of[r.code] for r in problem.stock}):
            left, lacking = self._site(site)
            stranded.append(left)
            missing.append(lacking)
        self.values["stranded"] = sum(stranded)
        self.values["service_short"] = sum(missing)
        self.values["leased"] = self._leased()

    def _office_fit(self) -> tuple[Any, Any]:
        """Hidden and short area of offices with people."""
        problem, built, model = self.problem, self.built, self.model
        hidden: list[Any] = []
        short: list[Any] = []
        units_in: dict[str, list[str]] = defaultdict(list)
        for room, unit in built.held:
            units_in[room].append(unit)
        for room, units in sorted(units_in.items()):
            area = problem.rooms[room].area
            limits = {g: problem.limit(g.unit, g.grade) for (r, g) in built.people if r == room}
            standards = sum(built.people[room, g] * s for g, s in limits.items())
            top = sum(s * problem.planned[g] for g, s in limits.items())
            literals = [built.held[room, u] for u in units]
            held: Any = sum(literals)
            if room in problem.shared_units:
                held = model.new_bool_var("")
                model.add_max_equality(held, literals)
            lacking = model.new_int_var(0, max(top, 1), f"short {room}")
            model.add(lacking >= standards - area * held)
            short.append(lacking)
            self._short_by_unit(room, units, lacking, max(top, 1))
            if self._may_hide(room, units):
                over = model.new_int_var(0, area, f"hidden {room}")
                model.add(over >= area * held - standards)
                hidden.append(over)
        return sum(hidden), sum(short)

    def _short_by_unit(self, room: str, units: list[str], lacking: Any, top: int) -> None:
        """A room's short area counts for the unit in it, or in shares for units together."""
        built, sharing = self.built, self.problem.shared_units.get(room, frozenset())
        for unit in units:
            if len(units) == 1:
                part = Short(lacking)
            elif unit in sharing:
                part = share_of_room(built, room, unit)
            else:
                part = Short(self.model.new_int_var(0, top, f"short {room} {unit}"))
                self.model.add(part.amount >= lacking).only_enforce_if(built.held[room, unit])
            self.shorts[unit].append(part)

    def _may_hide(self, room: str, units: list[str]) -> bool:
        policy = self.problem.policy
        return (
            policy.tolerance > 0
            or policy.exceptions == "propose"
            or any((room, u) in self.problem.registered_exceptions for u in units)
        )

    def _kept_hidden(self) -> int:
        """Rooms that bodies without entitlement keep are hidden in full."""
        problem = self.problem
        kept = {r.room for r in problem.fixed_rows if r.purpose == KEPT}
        office = sum(problem.rooms[r].area for r in kept if problem.rooms[r].use == "office")
        service: dict[str, int] = defaultdict(int)
        for row in problem.fixed_rows:
            if row.purpose == KEPT and problem.rooms[row.room].use == "service":
                service[row.unit] += problem.rooms[row.room].area
        return office + sum(service.values())

    def _service_held(self, unit: str, site: str | None) -> Any:
        """Service area a unit holds by requests and pins, on one site or in all."""
        problem, built = self.problem, self.built
        rooms = [
            given * problem.rooms[room].area
            for (room, index), given in built.given.items()
            if built.requests[index].unit == unit
            and problem.rooms[room].use == "service"
            and site in (None, problem.site_of[room])
        ]
        pinned = sum(
            problem.rooms[room].area
            for room, holder in built.pinned_service.items()
            if holder == unit and site in (None, problem.site_of[room])
        )
        return sum(rooms) + pinned

    def _service_hidden(self) -> Any:
        parts: list[Any] = []
        for unit in self.problem.planned_units:
            held = self._service_held(unit, None)
            if isinstance(held, int) and not held:
                continue
            over = self.model.new_int_var(0, self.total_area, f"service hidden {unit}")
            self.model.add(over >= held - self.problem.service_entitlement[unit])
            parts.append(over)
        return sum(parts)

    def _site(self, site: str) -> tuple[Any, Any]:
        """Stranded less reserve, and service area missing, of one site."""
        problem, built, model = self.problem, self.built, self.model
        rooms = [r for r in problem.stock if problem.site_of[r.code] == site]
        open_area = {
            use: sum(
                r.area * (built.in_use[r.floor] - built.taken(r.code))
                for r in rooms
                if r.use == use
            )
            for use in ("office", "service")
        }
        entitled, wanted, held = self._service_wanted(site)
        common = model.new_int_var(0, self.total_area, f"common {site}")
        model.add(common <= open_area["service"])
        model.add(common <= wanted)
        share = self.built.measure.share[site]
        missing = model.new_int_var(0, self.total_area * 10, f"service short {site}")
        model.add(
            share.denominator * missing
            >= share.numerator * entitled - share.denominator * (held + common)
        )
        reserve = self._reserve(site, open_area["office"])
        return open_area["office"] + open_area["service"] - common - reserve, missing

    def _service_wanted(self, site: str) -> tuple[Any, Any, Any]:
        """Entitlement seated at a site, that part not yet held, and the area held there."""
        entitled: list[Any] = []
        wanted: list[Any] = []
        held_all: list[Any] = []
        for unit in self.problem.planned_units:
            held = self._service_held(unit, site)
            held_all.append(held)
            if ("site", unit, site) not in self.places.seats:
                continue
            share = self._entitled_at(unit, site)
            entitled.append(share)
            if isinstance(held, int) and not held:
                wanted.append(share)
            else:
                rest = self.model.new_int_var(0, self.total_area * 10, "")
                self.model.add_max_equality(rest, [share - held, 0])
                wanted.append(rest)
        return sum(entitled), sum(wanted), sum(held_all)

    def _entitled_at(self, unit: str, site: str) -> Any:
        """Service entitlement divided by people seated, half up (design 2)."""
        problem, model = self.problem, self.model
        whole = problem.service_entitlement[unit]
        here = self.places.seats["site", unit, site]
        if problem.caps[unit][0] == 1 or len(self.places.of("site", unit)) == 1:
            return whole * self.places.present["site", unit, site]
        people = problem.people_of[unit]
        total = model.new_int_var(0, people, f"seated {unit}")
        model.add(total == sum(self.places.seats["site", unit, s] for s in self._sites(unit)))
        share = model.new_int_var(0, whole, f"entitled {unit} {site}")
        if people > FEW_PEOPLE:
            _divide_half_up(model, share, whole, here, total, people)
            return share
        rows = [(0, t, 0) for t in range(people + 1)]
        rows += [
            (n, t, half_up(Fraction(whole * n, t)))
            for t in range(1, people + 1)
            for n in range(1, t + 1)
        ]
        model.add_allowed_assignments([here, total, share], rows)
        return share

    def _sites(self, unit: str) -> list[str]:
        return sorted(self.places.of("site", unit))

    def _reserve(self, site: str, open_office: Any) -> Any:
        """Growth reserve: the hard rule on unheld seats, and its area (at rate 0)."""
        problem, built, model = self.problem, self.built, self.model
        rate, low = problem.policy.reserve, problem.lowest_limit
        people = sum(
            seats for (k, _, s), seats in self.places.seats.items() if k == "site" and s == site
        )
        if isinstance(people, int) or not rate:
            return 0
        top = sum(problem.people_of.values())
        need = model.new_int_var(0, top, f"reserve seats {site}")
        model.add(rate.denominator * need >= rate.numerator * people)
        model.add(rate.denominator * need <= rate.numerator * people + rate.denominator - 1)
        free = sum(
            (r.area // low) * (built.in_use[r.floor] - built.taken(r.code))
            for r in problem.stock
            if r.use == "office" and problem.site_of[r.code] == site
        )
        model.add(free >= need)
        return need * low

    def _leased(self) -> Any:
        problem, built = self.problem, self.built
        parts: list[Any] = []
        for lease in problem.leases:
            if set(lease.floors) & problem.floors_always_in_use:
                parts.append(lease.area)
                continue
            kept = self.model.new_bool_var(f"lease {lease.place}")
            for floor in lease.floors:
                if floor in built.in_use:
                    self.model.add_implication(built.in_use[floor], kept)
            parts.append(kept * lease.area)
        for floor in sorted(problem.market_floors & set(problem.stock_by_floor)):
            area = sum(r.area for r in problem.stock_by_floor[floor])
            parts.append(built.in_use[floor] * area)
        return sum(parts)

    # -- moves -----------------------------------------------------------------------------

    def _moves(self) -> None:
        """People moved by distance: differences of overlaps per room, building, site, all."""
        problem, built, model = self.problem, self.built, self.model
        overlap: dict[str, list[Any]] = defaultdict(list)
        falling = self._falling_rates()
        for group in problem.planned:
            before = problem.today_people.get(group)
            if not before:
                continue
            seats = {r: v for (r, g), v in built.people.items() if g == group}
            for kind, key in (("room", None), *self.places.keys.items()):
                if kind == "floor":
                    continue
                then: dict[str, int] = defaultdict(int)
                now: dict[str, list[Any]] = defaultdict(list)
                for room, count in before.items():
                    then[key[room] if key else room] += count
                for room, seat in seats.items():
                    now[key[room] if key else room].append(seat)
                for place in sorted(set(then) & set(now)):
                    same = model.new_int_var(0, then[place], f"stay {group} {place}")
                    if kind in falling:
                        model.add_min_equality(same, [sum(now[place]), then[place]])
                    else:
                        model.add(same <= sum(now[place]))
                    overlap[kind].append(same)
            total = sum(before.values())
            every = model.new_int_var(0, total, f"present {group}")
            model.add_min_equality(every, [built.seated[group], total])
            overlap["all"].append(every)
        room, building, site, every = (sum(overlap[k]) for k in ("room", "building", "site", "all"))
        self.values["moved_building"] = building - room
        self.values["moved_site"] = site - building
        self.values["moved_far"] = every - site
        cap = problem.policy.people_moved_cap
        if cap is not None:
            model.add(every - room <= cap)

    def _falling_rates(self) -> set[str]:
        """Overlaps that a policy would like small, since moving farther costs less there."""
        steps = {
            "room": (None, "moved_building"),
            "building": ("moved_building", "moved_site"),
            "site": ("moved_site", "moved_far"),
        }
        found: set[str] = set()
        for tier in self.problem.policy.tiers:
            rates: dict[str | None, Fraction] = {None: Fraction(0), **dict(tier.terms)}
            for kind, (near, far) in steps.items():
                if rates.get(far, Fraction(0)) < rates.get(near, Fraction(0)):
                    found.add(kind)
        return found


def _divide_half_up(model: Any, share: Any, whole: int, here: Any, total: Any, people: int) -> None:
    """share = whole x here / total, half up; 0 when nobody is here."""
    model.add(share <= whole * here)
    product = model.new_int_var(0, whole * people, "")
    model.add_multiplication_equality(product, [share, total])
    model.add(2 * product <= 2 * whole * here + total)
    model.add(2 * product + 2 * total >= 2 * whole * here + total + 1).only_enforce_if(
        _some(model, total)
    )


def _some(model: Any, count: Any) -> Any:
    """A literal: whether a count is above 0."""
    literal = model.new_bool_var("")
    model.add(count >= 1).only_enforce_if(literal)
    model.add(count == 0).only_enforce_if(~literal)
    return literal


def scaled(values: Mapping[str, Any], terms: tuple[tuple[str, Fraction], ...]) -> tuple[Any, int]:
    """A tier as an integer expression and the factor that turns it back into its unit."""
    rates = [
        (name, rate / 100 if name in CENTS else Fraction(rate)) for name, rate in terms if rate
    ]
    factor = 1
    for _, rate in rates:
        factor = factor * rate.denominator // _gcd(factor, rate.denominator)
    return sum(int(rate * factor) * values[name] for name, rate in rates), factor


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a
