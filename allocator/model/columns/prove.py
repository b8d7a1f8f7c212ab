"""Proof by columns: every set of units that fits a building, priced from below, then exactly.

`prove(problem, measure, incumbent, effort) -> Proof` bounds the priced tier over all lawful plans
that house everybody, and finds such plans. It enumerates the unit sets of each building that fit
by seats (`sets`), bounds the cost of each by a dynamic programme that forgets only which unit
sits in which room (`knapsack`), and chooses one set per building so that every unit is in one
(`master`). The chosen sets are packed exactly (`exact`), their costs rise, and the choice is made
again, until a choice of exactly costed sets is cheapest: then the plan is proved optimal.

The bound is valid whenever the proof stops: at the deadline, with its work spent, or when asked
to. `incumbent` is the value of a lawful plan, None without one; plans come back only if they
cost less, measured as whole plans. With `work` no clock is read and nothing runs beside, so the
same effort gives the same bytes; a unit is about a core-second. Where a rule is met that columns
do not carry, or too many sets fit, the answer is None: rules and limits stand in `case` and
`sets`.

What couples buildings of one site (services, reserve, leases of several buildings, units that
must share a site) stands in the master with whole numbers. `proven` says that the plan returned,
or else the incumbent, measures exactly what the bound says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from allocator.measure import Measure
from allocator.model.breaches import Breaches
from allocator.model.columns.case import Case, Unsuited
from allocator.model.columns.choice import Choice, choose
from allocator.model.columns.exact import Order, Packed, pack
from allocator.model.columns.master import SCALE, Bounded, Column, Master, order
from allocator.model.columns.relaxed import relax
from allocator.model.columns.seating import rows_of
from allocator.model.columns.sets import NONE, Enumeration
from allocator.plan import Assignment
from allocator.problem import Problem

WINDOW = 2_500
"""Columns of one choice, at first at most."""
FIRST = Fraction(1, 1000)
"""First window: columns that lift the bound by less than this share."""
PRICING = 0.4
"""Share of the effort that pricing the sets may take; where it needs more, no proof is begun."""
PACK = 2.0
"""Most work of one packing; tried again with four times as much when it did not close."""
CHOICE = 30.0
"""Most work of one choice."""
OVERHEAD = 0.05
"""Work of building one model."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Monotonic deadline, or deterministic work; and a question whether to stop."""

    deadline: float | None = None
    work: float | None = None
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Proof:
    """`bound`: no lawful plan that houses everybody costs less (the priced tier's unit).

    `rows` and `common`: a lawful plan that costs less than the incumbent; None: none found.
    """

    bound: Fraction | None
    rows: tuple[Assignment, ...] | None
    common: tuple[str, ...]
    value: Fraction | None
    """Value of the rows."""
    proven: bool
    spent: float
    """Work done."""


def prove(
    problem: Problem, measure: Measure, incumbent: Fraction | None, effort: Effort
) -> Proof | None:
    """Bound and improve the priced tier; None where columns do not fit the problem."""
    try:
        return Prover(problem, measure, incumbent, effort).run()
    except Unsuited:
        return None


class Prover:
    """One run of the proof."""

    def __init__(
        self, problem: Problem, measure: Measure, incumbent: Fraction | None, effort: Effort
    ) -> None:
        self.problem, self.measure, self.effort = problem, measure, effort
        self.spent = 0.0
        self.case = case = Case(problem, measure)
        self.enumeration = Enumeration(case, self._most())
        self.tier = next(i for i, t in enumerate(problem.policy.tiers) if "used" in dict(t.terms))
        self.breaches = Breaches(problem)
        self.upper = None if incumbent is None else case.units_of(incumbent)
        self.lower: int | None = None
        self.best: tuple[tuple[Assignment, ...], tuple[str, ...], Fraction] | None = None
        self.packed: dict[Column, Packed] = {}
        self.tried: dict[Order, float] = {}
        self.active: set[Column] = set()
        self.width, self.most = 0, WINDOW

    def _known(self) -> tuple[object, ...]:
        """What a round may change."""
        return self.lower, self.upper, self.width, sum(self.tried.values())

    def run(self) -> Proof:
        """Until proved or over."""
        sets = []
        for k in range(len(self.case.houses)):
            if self._over():
                return self._proof()
            sets.append(self.enumeration.sets(k))
        self.spent += self.enumeration.knapsack.work
        if any(not len(s.masks) for s in sets):
            return self._proof()
        self.master = Master(self.case, sets)
        while not self._over() and not self._closed():
            before = self._known()
            found = self._relaxed()
            if found is None or found.value > self.case.ceiling:
                break
            self._choose(found)
            if self._known() == before:
                break  # what is known cannot be told apart any further
        return self._proof()

    # -- one round -----------------------------------------------------------------------------

    def _relaxed(self) -> Bounded | None:
        """The relaxation, again while packing what it uses exactly raises a cost."""
        while True:
            prices, values = relax(self.master, self.active)
            self.spent += OVERHEAD
            found = self.master.bounded(prices)
            self._raise_to(found.value)
            if self._over() or self._closed():
                return None
            rough = [
                c
                for c in sorted(values, key=order)
                if not self._exact(c) and self._order(c) not in self.tried
            ]
            if not self._pack(rough):
                return found

    def _choose(self, found: Bounded) -> None:
        """Choose among the columns that lift the bound little; pack what was chosen."""
        self.width = max(self.width, int(FIRST * abs(found.value)))
        columns, width = self._window(found)
        below = found.value + width + 1
        """Choices with a column outside the window cost at least this."""
        if self.upper is not None:
            below = min(below, self.upper)
        left = self._left()
        choice = choose(self.master, columns, below, min(CHOICE, left[0]), left[1])
        self.spent += choice.work + OVERHEAD
        self._raise_to(below if choice.bound is None else min(choice.bound, below))
        if choice.bound is None:
            self.most = self.most * 2 if width < self.width else self.most
            self.width *= 2
        elif choice.cost is not None:
            self._pack([c for c in choice.columns if not self._exact(c)])
            self._assemble(choice)

    def _window(self, found: Bounded) -> tuple[list[Column], int]:
        """Columns that lift the bound by at most the width, or less where they are too many."""
        rest = found.value * SCALE - found.exact
        width = self.width
        if self.upper is not None:
            width = min(width, self.upper - 1 - found.value)
        lifts = [
            np.where(self._distinct(k), room, NONE * SCALE) for k, room in enumerate(found.room)
        ]
        inside = np.concatenate([r[r <= rest + width * SCALE] for r in lifts])
        if len(inside) > self.most:
            least = int(np.partition(inside, self.most)[self.most])
            width = max(0, (least - 1 - rest) // SCALE)
        columns = [
            Column(k, int(row), int(place))
            for k, room in enumerate(lifts)
            for row, place in np.argwhere(room <= rest + width * SCALE)
        ]
        return columns, width

    def _distinct(self, k: int) -> npt.NDArray[np.bool_]:
        """Columns that no column with more free seats at the same cost makes useless."""
        cost, width = self.master.sets[k].cost, self.master.width[k]
        found = cost < NONE
        if width > 1:
            shaped = cost.reshape(len(cost), -1, width)
            same = shaped[:, :, :-1] == shaped[:, :, 1:]
            kept = np.ones(shaped.shape, dtype=bool)
            kept[:, :, :-1] = ~same
            found &= kept.reshape(cost.shape)
        return found

    # -- packing -------------------------------------------------------------------------------

    def _exact(self, column: Column) -> bool:
        return bool(self.master.sets[column.house].exact[column.row, column.place])

    def _pack(self, columns: list[Column]) -> bool:
        """Pack columns exactly; whether any cost rose or became exact."""
        changed = False
        for column in columns:
            if self._over():
                return False
            changed = self._pack_one(column) or changed
        return changed

    def _order(self, column: Column) -> Order:
        master = self.master
        return Order(
            column.house,
            master.sets[column.house].units(column.row),
            master.floors(column),
            int(master.free[column.house][column.place]),
        )

    def _pack_one(self, column: Column) -> bool:
        master, asked = self.master, self._order(column)
        sets, width = master.sets[column.house], master.width[column.house]
        floors, free = asked.floors, asked.free
        work = self.tried.get(asked, PACK / 4) * 4
        self.tried[asked] = work
        left = self._left()
        done = pack(self.case, asked, min(work, left[0]), left[1])
        self.spent += done.work + OVERHEAD
        first = column.place
        last = first if floors is None else (floors + 1) * width - 1
        bound = NONE if done.bound is None else done.bound
        row = sets.cost[column.row]
        before = int(row[first])
        row[first : last + 1] = np.maximum(row[first : last + 1], bound)
        if done.cost is None:
            return bool(int(row[first]) > before)
        reach = first if floors is None else min(last, first + done.free - free)
        for place in range(first, reach + 1):
            at = Column(column.house, column.row, place)
            old = self.packed.get(at)
            if old is None or old.cost is None or done.cost <= old.cost:
                self.packed[at] = done
            if done.exact:
                sets.exact[column.row, place] = True
        return done.exact or int(row[first]) > before

    def _assemble(self, choice: Choice) -> None:
        """The plan of a choice, where every building of it has been packed."""
        parts = [self.packed.get(c) for c in choice.columns]
        if any(p is None for p in parts):
            return
        packings = [p for p in parts if p is not None]
        rows = [*self.problem.fixed_rows]
        common = {f for p in packings for f in p.common}
        for p in packings:
            rows += rows_of(self.case, p.filled)
        rows.sort()
        measured = self.measure.plan(rows, common)
        if measured.terms["unhoused"] or self.breaches.count(rows, measured):
            return
        value = self.measure.tier_values(measured.terms)[self.tier]
        cost = self.case.units_of(value)
        if self.upper is None or cost < self.upper:
            self.upper = cost
            self.best = tuple(rows), tuple(sorted(common)), value

    # -- limits --------------------------------------------------------------------------------

    def _raise_to(self, bound: int) -> None:
        self.lower = bound if self.lower is None else max(self.lower, bound)

    def _closed(self) -> bool:
        return self.upper is not None and self.lower is not None and self.lower >= self.upper

    def _over(self) -> bool:
        effort = self.effort
        if effort.work is not None and self.spent >= effort.work:
            return True
        if effort.deadline is not None and time.monotonic() >= effort.deadline:
            return True
        return effort.stop()

    def _most(self) -> float:
        """Core-seconds that pricing may take."""
        work, seconds = self._left()
        return PRICING * (work if seconds is None else min(work, seconds))

    def _left(self) -> tuple[float, float | None]:
        """Work and wall seconds left."""
        effort = self.effort
        work = float("inf") if effort.work is None else max(0.01, effort.work - self.spent)
        seconds = None if effort.deadline is None else effort.deadline - time.monotonic()
        return work, seconds

    def _proof(self) -> Proof:
        case = self.case
        lower = self.lower
        if lower is not None and lower > case.ceiling:
            lower = None  # no plan houses everybody
        elif lower is not None and self.upper is not None:
            lower = min(lower, self.upper)
        rows, common, value = self.best or (None, (), None)
        bound = None if lower is None else case.value(lower)
        return Proof(bound, rows, common, value, self._closed(), self.spent)
