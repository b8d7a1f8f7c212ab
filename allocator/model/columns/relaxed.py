"""The linear relaxation of the choice of columns, by column generation: prices that steer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from ortools.math_opt.python import mathopt

from allocator.model.columns.master import SCALE, Column, Master, Prices, order
from allocator.model.columns.sets import NONE
from allocator.model.columns.taking import Ints

BATCH = 25
"""Columns of one building that enter at a time."""
ROUNDS = 200
"""Most rounds of column generation."""
PENALTY = 1e5
"""Cost of a unit or building without a column, m2-equivalents."""
Reals = npt.NDArray[np.float64]


def relax(master: Master, active: set[Column]) -> tuple[Prices, dict[Column, float]]:
    """Prices of the best bound met and the columns' values; columns that enter join `active`."""
    best: tuple[Prices, int] | None = None
    values: dict[Column, float] = {}
    for _ in range(ROUNDS):
        dual = Relaxed(master, sorted(active, key=order)).solve()
        prices, values = _whole(master, dual), dual.values
        new = _entering(master, prices, active)
        found = master.bounded(prices).exact
        if best is None or found > best[1]:
            best = prices, found
        if not new:
            break
        active |= new
    assert best is not None
    return best[0], values


def _entering(master: Master, prices: Prices, active: set[Column]) -> set[Column]:
    found: set[Column] = set()
    for k in range(len(master.sets)):
        reduced = master.reduced(k, prices)
        place = reduced.argmin(axis=1)
        least = reduced[np.arange(len(place)), place]
        mine = [c for c in active if c.house == k]
        now = min((int(reduced[c.row, c.place]) for c in mine), default=NONE)
        rows = np.argsort(least, kind="stable")[:BATCH]
        for row in rows:
            if least[row] < now - SCALE // 10:
                found.add(Column(k, int(row), int(place[row])))
    return found - active


def _whole(master: Master, result: Dual) -> Prices:
    """The relaxation's prices as lawful whole numbers."""
    case = master.case

    def ints(values: Reals) -> Ints:
        return np.rint(values * SCALE).astype(np.int64)

    stranded, short = case.cost("stranded") * SCALE, case.cost("service_short") * SCALE
    missing = np.clip(ints(result.missing), 0, short)
    return Prices(
        ints(result.unit),
        ints(result.site),
        np.clip(ints(result.entitled), 0, stranded + missing),
        missing,
        np.maximum(0, ints(result.seat)),
        np.maximum(0, ints(result.lease)),
    )


@dataclass
class Dual:
    """Prices of the relaxation as it stands, and the value of each column."""

    unit: Reals
    site: Reals
    entitled: Reals
    missing: Reals
    seat: Reals
    lease: Reals
    values: dict[Column, float] = field(default_factory=dict)


class Relaxed:
    """The linear relaxation over some columns; costs in m2-equivalents for the solver's sake."""

    def __init__(self, master: Master, columns: list[Column]) -> None:
        self.master, self.columns = master, columns
        case = master.case
        self.scale = 1.0 / (100 * case.factor)
        self.model = model = mathopt.Model(name="columns")
        self.costs: list[tuple[float, mathopt.Variable]] = []
        self.unit = [model.add_linear_constraint(lb=1, ub=1) for _ in case.units]
        self.house = [model.add_linear_constraint(lb=1, ub=1) for _ in case.houses]
        for row in (*self.unit, *self.house):
            self._var(PENALTY, {row: 1.0})
        self.pair = [
            [model.add_linear_constraint(lb=0, ub=0) for _ in case.sites] for _ in master.pairs
        ]
        self.site = {s: self._site(s) for s in master.joint}
        self.lease: list[list[mathopt.LinearConstraint]] = []
        for k, lease in enumerate(case.leases):
            rows = [model.add_linear_constraint(ub=0) for _ in case.houses]
            price = case.cost("leased") * lease.area * self.scale
            self._var(price, dict.fromkeys(rows, -1.0), lb=float(master.kept[k]), ub=1.0)
            self.lease.append(rows)
        self.z = {c: self._column(c) for c in columns}
        model.minimize(mathopt.fast_sum(cost * v for cost, v in self.costs))

    def _var(
        self,
        cost: float,
        rows: dict[mathopt.LinearConstraint, float],
        lb: float = 0.0,
        ub: float = float("inf"),
    ) -> mathopt.Variable:
        v = self.model.add_variable(lb=lb, ub=ub)
        for row, value in rows.items():
            row.set_coefficient(v, value)
        self.costs.append((cost, v))
        return v

    def _site(self, s: int) -> dict[str, mathopt.LinearConstraint]:
        """Rows of a site of several buildings; areas in m2."""
        case, model = self.master.case, self.model
        stranded = case.cost("stranded") / case.factor
        rate = case.problem.policy.reserve
        rows = {
            "service": model.add_linear_constraint(ub=0),
            "entitled": model.add_linear_constraint(ub=0),
            "missing": model.add_linear_constraint(lb=0),
            "least": model.add_linear_constraint(lb=0),
            "most": model.add_linear_constraint(ub=1 - 1 / rate.denominator),
            "seat": model.add_linear_constraint(lb=0),
        }
        offered = {rows["service"]: 1.0, rows["entitled"]: 1.0, rows["missing"]: 1.0}
        self._var(-stranded, offered)
        self._var(case.cost("service_short") / case.factor, {rows["missing"]: 1.0})
        reserve = {rows["least"]: 1.0, rows["most"]: 1.0, rows["seat"]: -1.0}
        self._var(-stranded * case.low / 100, reserve)
        return rows

    def _column(self, c: Column) -> mathopt.Variable:
        master = self.master
        case, house = master.case, master.case.houses[c.house]
        units = master.sets[c.house].units(c.row)
        cost = int(master.sets[c.house].cost[c.row, c.place])
        rows = {self.unit[i]: 1.0 for i in units}
        rows[self.house[c.house]] = 1.0
        for (a, b), pair in zip(master.pairs, self.pair, strict=True):
            inside = (a in units) - (b in units)
            if inside:
                rows[pair[house.site]] = float(inside)
        if not house.alone:
            site = self.site[house.site]
            service = int(master.service[c.house][c.place])
            cost += case.cost("stranded") * service
            entitled = sum(case.entitled[i] for i in units) / 100
            people = sum(case.people[i] for i in units) * float(case.problem.policy.reserve)
            rows[site["service"]] = -service / 100
            rows[site["entitled"]] = -entitled
            rows[site["missing"]] = -float(case.share[house.site]) * entitled
            rows[site["least"]] = rows[site["most"]] = -people
            rows[site["seat"]] = float(master.free[c.house][c.place])
        for rest, used in zip(self.lease, master.leases, strict=True):
            if used[c.house][c.place]:
                rows[rest[c.house]] = 1.0
        return self._var(cost * self.scale, rows)

    def solve(self) -> Dual:
        """Solve with GLOP."""
        result = mathopt.solve(self.model, mathopt.SolverType.GLOP)
        case, master = self.master.case, self.master
        prices = result.dual_values()
        sites, unit = len(case.sites), 1 / self.scale

        def by_site(name: str, sign: float, scale: float) -> Reals:
            found = np.zeros(sites)
            for s, rows in self.site.items():
                found[s] = sign * prices[rows[name]] * scale
            return found

        area = float(case.factor)
        pairs = np.array([[prices[r] * unit for r in rows] for rows in self.pair])
        lease = np.array([[-prices[r] * unit for r in rows] for rows in self.lease])
        values = result.variable_values()
        return Dual(
            unit=np.array([prices[r] * unit for r in self.unit]),
            site=pairs.reshape(len(master.pairs), sites),
            entitled=by_site("entitled", -1.0, area),
            missing=by_site("missing", 1.0, area),
            seat=by_site("seat", 1.0, unit),
            lease=lease.reshape(len(case.leases), len(case.houses)),
            values={c: values[z] for c, z in self.z.items() if values[z] > 1e-7},
        )
