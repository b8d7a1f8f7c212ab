"""The whole problem aggregated to units and buildings: a bound for the priced tier, and a start.

Every lawful plan with the stated number of unhoused posts maps to a feasible point of no higher
cost, so the least cost here bounds all of them. Rooms appear as area, floors as switches.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from ortools.math_opt.python import mathopt

from allocator.measure import Measure
from allocator.model.kinds import kinds_of
from allocator.model.relaxation_cuts import leader_rooms, request_rooms, shared_seats
from allocator.model.stays import most_stays
from allocator.problem import Problem

MOST_PAIRS = 60_000
"""Pairs of a unit and a building it may use, beyond which no solver gets through the model."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A lower bound in 0.01 m2-equivalents (None: none found) and the share of units there."""

    bound: int | None
    share: dict[tuple[str, str], float]


class Relaxation:
    """The aggregated model; areas in m2 inside, for the solver's sake."""

    def __init__(
        self, problem: Problem, measure: Measure, unhoused: int, margin: float = 1.0
    ) -> None:
        """`margin` below 1 leaves room for packing: good for a start, not for a bound."""
        self.problem, self.measure = problem, measure
        self.margin = margin
        self.all_housed = not unhoused
        self.outside: list[Any] = []
        self.impossible = False
        self.model = mathopt.Model(name="aggregate")
        self.offices: dict[str, list[Any]] = defaultdict(list)
        self.share: dict[tuple[str, str], Any] = {}
        self.in_use: dict[str, Any] = {}
        self.rates = self._rates()
        self.costs: list[Any] = []
        self.seats_taken: dict[tuple[str, str], int] = {}
        self.seats_offered: dict[str, int] = {}
        self.kinds = {u: kinds_of(problem, u) for u in problem.planned_units}
        self.too_large = self._pairs() > MOST_PAIRS
        if not self.too_large:
            self._build(unhoused)

    def _pairs(self) -> int:
        """Pairs of a unit and a building with a floor it may use."""
        problem = self.problem
        buildings = {
            floors: len({problem.building_of_floor[f] for f in floors})
            for floors in set(problem.permitted_floors.values())
        }
        return sum(buildings[problem.permitted_floors[u]] for u in problem.planned_units)

    def _build(self, unhoused: int) -> None:
        problem = self.problem
        self._variables()
        # A request may be met where its unit has no office, if it may use several sites.
        self.may = {
            (u, problem.site_of_floor[f])
            for u in problem.planned_units
            for f in problem.permitted_floors[u]
        }
        self._capacity()
        for site in sorted(self.problem.sites):
            self._site(site)
        self._leases()
        if unhoused:
            left = self.model.add_variable(lb=0, ub=unhoused)
            self.model.add_linear_constraint(mathopt.fast_sum([*self.outside, -left]) <= 0)

    def _rates(self) -> dict[str, float]:
        rates: dict[str, float] = defaultdict(float)
        for tier in self.problem.policy.tiers:
            names = dict(tier.terms)
            if "used" in names:
                rates.update({n: float(r) for n, r in names.items()})
        return rates

    # -- variables -------------------------------------------------------------------------

    def _variables(self) -> None:
        problem = self.problem
        for floor in problem.stock_by_floor:
            if floor in problem.floors_always_in_use:
                self.in_use[floor] = 1.0
            else:
                self.in_use[floor] = self.model.add_variable(lb=0, ub=1, name=f"use {floor}")
        self.floors_of: dict[str, list[str]] = defaultdict(list)
        for floor in sorted(problem.stock_by_floor):
            self.floors_of[problem.building_of_floor[floor]].append(floor)
        for unit in problem.planned_units:
            if not problem.people_of[unit]:
                continue
            shares = []
            cost = self._move_costs(unit)
            for building in sorted(self._buildings(unit)):
                share = self.model.add_variable(lb=0, ub=1, name=f"{unit} in {building}")
                self.share[unit, building] = share
                shares.append(share)
                self.costs.append(cost(building) * share)
            everybody = mathopt.fast_sum(shares)
            if not shares:
                self.impossible = self.impossible or self.all_housed
                self.outside.append(problem.people_of[unit])
            elif self.all_housed:
                self.model.add_linear_constraint(everybody == 1)
            else:
                self.model.add_linear_constraint(everybody <= 1)
                self.outside.append(problem.people_of[unit] * (1 - everybody))

    def _buildings(self, unit: str) -> set[str]:
        """Buildings with an office room the unit may use."""
        problem = self.problem
        return {
            problem.building_of_floor[floor]
            for floor in problem.permitted_floors[unit]
            if any(
                r.use == "office" and problem.permitted(unit, r)
                for r in problem.stock_by_floor[floor]
            )
        }

    def _move_costs(self, unit: str) -> Callable[[str], float]:
        """Least cost of the unit's moves if all of it sits in a building, m2-equivalents."""
        problem = self.problem
        if problem.caps[unit][1] != 1 or not self.all_housed:
            return lambda building: 0.0
        middle, far = self.rates["moved_site"], self.rates["moved_far"]
        every, around, inside = most_stays(problem, unit)

        def cost(building: str) -> float:
            site = problem.site_of_building[building]
            stay = (far - middle) * around.get(site, 0) + middle * inside.get(building, 0)
            return max(0.0, far * every - stay)

        return cost

    # -- capacity --------------------------------------------------------------------------

    def _standards(self, unit: str) -> float:
        """Sum of standards of a whole unit, m2 (least possible when posts may stay unhoused)."""
        problem = self.problem
        if self.all_housed:
            return problem.need(unit) / 100
        low = min(problem.limit(unit, g.grade) for g in problem.groups_of[unit])
        return low * problem.people_of[unit] / 100

    def _capacity(self) -> None:
        problem, model = self.problem, self.model
        share = float(problem.policy.min_share)
        loose = problem.policy.exceptions == "propose" or bool(problem.registered_exceptions)
        self.held: dict[str, Any] = {}
        here: dict[str, list[str]] = defaultdict(list)
        for unit, building in self.share:
            here[building].append(unit)
        for building, floors in sorted(self.floors_of.items()):
            offices = self._open(floors, "office")
            need = mathopt.fast_sum(
                self._standards(u) * self.share[u, building] for u in here[building]
            )
            held = model.add_variable(lb=0, name=f"held {building}")
            hidden = model.add_variable(lb=0, name=f"hidden {building}")
            short = model.add_variable(lb=0, name=f"short {building}")
            model.add_linear_constraint(held <= offices)
            model.add_linear_constraint(short >= need - held + hidden)
            if self.all_housed:
                model.add_linear_constraint(held <= need + hidden)
            if not loose:
                model.add_linear_constraint(held >= share * need)
            if not loose and not problem.policy.tolerance:
                model.add_linear_constraint(hidden <= 0)
            self.held[building] = held
            self.costs.append(self.rates["short"] * short)
            self.costs.append(self.rates["hidden"] * hidden)
            for unit in here[building]:
                floors_may = [f for f in floors if f in problem.permitted_floors[unit]]
                if not any(isinstance(self.in_use[f], float) for f in floors_may):
                    model.add_linear_constraint(
                        self.share[unit, building]
                        <= mathopt.fast_sum(self.in_use[f] for f in floors_may)
                    )
            if not loose and self.all_housed:
                leader_rooms(self, building, here[building], floors)
                shared_seats(self, building, here[building], floors)
                request_rooms(self, building, floors)
        for floor, rooms in problem.stock_by_floor.items():
            area = sum(r.area for r in rooms) / 100
            self.costs.append(self.rates["used"] * area * self.in_use[floor])

    def _open(self, floors: list[str], use: str) -> Any:
        """Area of one use on the floors in use, without rooms others keep."""
        problem = self.problem
        return sum(
            self.in_use[f]
            * (
                sum(
                    r.area
                    for r in problem.stock_by_floor[f]
                    if r.use == use and r.code not in problem.fixed_rooms
                )
                / 100
            )
            for f in floors
        )

    # -- sites -----------------------------------------------------------------------------

    def _site(self, site: str) -> None:
        """Stranded, reserve and service of a site."""
        problem, model = self.problem, self.model
        buildings = [b for b in self.floors_of if problem.site_of_building[b] == site]
        if not buildings:
            return
        floors = [f for b in buildings for f in self.floors_of[b]]
        asked = self._request_area(site)
        open_office = self._open(floors, "office") - sum(self.held[b] for b in buildings)
        open_service = self._open(floors, "service")
        shares = [
            (u, v) for (u, b), v in self.share.items() if b in buildings and problem.caps[u][0] == 1
        ]
        # Each unit's entitlement at a site is rounded to 0.01 m2, so it may fall short by half.
        entitled = mathopt.fast_sum(
            max(0, problem.service_entitlement[u] - 1) / 100 * v for u, v in shares
        )
        most = mathopt.fast_sum((problem.service_entitlement[u] + 1) / 100 * v for u, v in shares)
        # A unit of several sites divides its people as it likes, so here lies none or all.
        several = {u for (u, b) in self.share if b in buildings and problem.caps[u][0] > 1}
        most += sum(problem.service_entitlement[u] + 1 for u in several) / 100
        common = model.add_variable(lb=0)
        missing = model.add_variable(lb=0)
        people = mathopt.fast_sum(problem.people_of[u] * v for u, v in shares)
        need = model.add_variable(lb=0)
        stranded = model.add_variable(lb=0)
        low = problem.lowest_limit / 100
        rate = float(problem.policy.reserve)
        model.add_linear_constraint(common <= open_service)
        if self.all_housed:  # else a share of a unit says little of its entitlement
            model.add_linear_constraint(common <= most)
            model.add_linear_constraint(
                missing >= float(self.measure.share[site]) * entitled - common - asked["service"]
            )
        model.add_linear_constraint(need >= rate * people)
        extra = sum(problem.people_of[u] for u in several) if self.all_housed else 0
        if self.all_housed:
            model.add_linear_constraint(need <= rate * people + rate * extra + 1)
        else:
            everyone = sum(problem.people_of.values())
            model.add_linear_constraint(need <= rate * everyone + 1)
        model.add_linear_constraint(
            stranded >= open_office + open_service - common - sum(asked.values()) - low * need
        )
        # The seats kept free have at least this area; rooms given to requests are not free.
        if self.all_housed:  # else a share of a unit says little of its entitlement
            model.add_linear_constraint(open_office >= low * need)
        self.costs.append(self.rates["stranded"] * stranded)
        self.costs.append(self.rates["service_short"] * missing)

    def _request_area(self, site: str) -> dict[str, float]:
        """Most area that requests may take at a site, m2 by use."""
        problem = self.problem
        area: dict[str, float] = {"office": 0.0, "service": 0.0}
        for request in problem.scenario.ledger.requests:
            if request.use in area and (request.unit, site) in self.may:
                area[request.use] += request.count * request.area_max / 100
        pinned = {
            p.place
            for pins in problem.pins_of.values()
            for p in pins
            if p.kind == "room" and problem.rooms[p.place].use == "service"
        }
        for room in pinned:
            if problem.site_of[room] == site:
                area["service"] += problem.rooms[room].area / 100
        return area

    def _leases(self) -> None:
        problem = self.problem
        for lease in problem.leases:
            floors = [f for f in lease.floors if f in self.in_use]
            kept = self.model.add_variable(lb=0, ub=1)
            if set(lease.floors) & problem.floors_always_in_use:
                self.model.add_linear_constraint(kept >= 1)
            for floor in floors:
                self.model.add_linear_constraint(kept >= self.in_use[floor])
            self.costs.append(self.rates["leased"] * lease.area / 100 * kept)

    # -- solving ---------------------------------------------------------------------------

    def integral(self) -> None:
        """Make floors switches, and units of one building whole."""
        for use in self.in_use.values():
            if not isinstance(use, float):
                use.integer = True
        for (unit, _), share in self.share.items():
            if self.problem.caps[unit][1] == 1 and self.all_housed:
                share.integer = True

    def solve(self, seconds: float | None) -> Relaxed:
        """The bound of the model as it stands; None seconds: until it is solved.

        Nothing where no plan houses everybody, or where the model would be too large.
        """
        if self.impossible or self.too_large:
            return Relaxed(None, {})
        self.model.minimize(mathopt.fast_sum(self.costs))
        limit = timedelta(seconds=seconds) if seconds else None
        parameters = mathopt.SolveParameters(time_limit=limit)
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=parameters)
        bound = result.dual_bound()
        share: dict[tuple[str, str], float] = {}
        if result.has_primal_feasible_solution():
            values = result.variable_values()
            share = {key: values[v] for key, v in self.share.items() if values[v] > 1e-6}
        if not math.isfinite(bound):
            return Relaxed(None, share)
        return Relaxed(math.floor(bound * 100 - abs(bound) * 1e-5 + self._constant()), share)

    def _constant(self) -> int:
        """Hidden area of rooms that bodies without entitlement keep, at its rate."""
        problem = self.problem
        kept = {r.room for r in problem.fixed_rows if r.purpose == "kept"}
        area = sum(problem.rooms[r].area for r in kept)
        return math.floor(Fraction(self.rates["hidden"]) * area)


def sharpened(relaxation: Relaxation, seconds: float | None) -> Relaxed:
    """The plain aggregate first, then with whole floors as long as time allows (half for each)."""
    seconds = None if seconds is None else seconds / 2
    plain = relaxation.solve(seconds)
    if seconds is None or plain.bound is None:
        return plain
    relaxation.integral()
    whole = relaxation.solve(seconds)
    bounds = [r.bound for r in (plain, whole) if r.bound is not None]
    return Relaxed(max(bounds), whole.share or plain.share)


def whole_units(relaxation: Relaxation, relaxed: Relaxed) -> dict[tuple[str, str], float]:
    """The aggregate's shares rounded to one building a unit, within the shared seats it offers.

    Units with the clearest wish choose first; one that fits nowhere it has a share stays out.
    """
    wishes: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (unit, building), share in relaxed.share.items():
        wishes[unit].append((-share, building))
    left = {b: relaxation.margin * n for b, n in relaxation.seats_offered.items()}
    rounded: dict[tuple[str, str], float] = {}
    for unit in sorted(wishes, key=lambda u: (min(wishes[u]), u)):
        for share, building in sorted(wishes[unit]):
            taken = relaxation.seats_taken.get((unit, building), 0)
            if taken <= left.get(building, float("inf")):
                rounded[unit, building] = -share
                if building in left:
                    left[building] -= taken
                break
    return rounded


def least_area_in_use(problem: Problem, measure: Measure, seconds: float | None) -> int | None:
    """A bound on stock minus released with everybody housed, 0.01 m2.

    Whole floors only within a time limit: without one the plain aggregate must do.
    """
    relaxation = Relaxation(problem, measure, 0)
    if relaxation.too_large:
        return None
    if seconds is not None:
        relaxation.integral()
    relaxation.costs = [
        sum(r.area for r in rooms) / 100 * relaxation.in_use[floor]
        for floor, rooms in problem.stock_by_floor.items()
    ]
    relaxation.rates = {"hidden": 0.0}  # rooms that others keep cost nothing here
    return relaxation.solve(seconds).bound
