"""Annealing in a process: from homes of units to better ones, with the rooms of the best."""

from __future__ import annotations

import time
from collections import defaultdict

import numpy as np

from allocator.measure import Measure
from allocator.model.anneal.building import MASK
from allocator.model.anneal.chain import (
    Memo,
    State,
    new_memo,
    new_state,
)
from allocator.model.anneal.cooling import Cooled, Cooling
from allocator.model.anneal.engine import lay_out, price, propose
from allocator.model.anneal.layout import FIRST_CHOICE, FIRST_FLOOR, Array
from allocator.model.anneal.local import FIRST_HERE, HOLDER, PARTY, REQUEST, ROOMS, SEATED
from allocator.model.anneal.tables import tables
from allocator.model.realise import seat_groups
from allocator.plan import Assignment
from allocator.problem import Problem

MIX = (4.0, 3.0, 1.0, 0.3, 1.0, 0.5)
"""Shares of the proposals: relocate, swap, cycle, empty a building, two for one, back."""
COLD = 1.0
"""Temperature at the end, m2-equivalents."""
PROPOSALS = 200_000
"""Proposals that a unit of work pays for."""
LOOK = 0.2
"""Seconds between looks at the clock."""
FEWEST, STEPS = 200, 40


class Annealer:
    """Tables and memory of one problem, kept between runs."""

    def __init__(self, problem: Problem, measure: Measure, press: int = 0) -> None:
        self.problem = problem
        self.press = press
        self.data, self.names = tables(problem, measure, press)
        self.number = {b: i for i, b in enumerate(self.names.buildings)}
        self.memo: Memo = new_memo(self.data)

    def run(self, cooling: Cooling) -> Cooled:
        """Anneal; the result has the least cost seen, or the start's homes."""
        home, back = self._homes(cooling)
        state = new_state(self.data, home, back)
        price(self.data, self.memo, state)
        mix = np.cumsum(MIX) / sum(MIX)
        self._restrict(cooling, state)
        work = 0.0
        if state.active[0]:
            if cooling.deadline is None:
                work = self._by_work(cooling, state, mix)
            else:
                self._by_clock(cooling, state, mix, cooling.deadline)
        homes = tuple(
            (u, self.names.buildings[b] if b >= 0 else None)
            for u, b in zip(self.names.units, state.best.tolist(), strict=True)
        )
        rows, common = self._rows(state)
        return Cooled(homes, rows, common, work)

    def _homes(self, cooling: Cooling) -> tuple[Array, Array]:
        """Homes that are open to the units; others start at the first building open to them."""
        wanted = dict(cooling.homes)
        d = self.data
        home: list[int] = []
        for i, unit in enumerate(self.names.units):
            open_to = d.choice[d.unit[i, FIRST_CHOICE] : d.unit[i + 1, FIRST_CHOICE]]
            at = self.number.get(wanted.get(unit) or "", -1)
            if at not in open_to:
                at = int(open_to[0]) if len(open_to) else -1
            home.append(at)
        places = np.array(home, np.int64)
        back = d.moving.argmin(axis=1) if d.moving.size else places
        return places, back

    def _restrict(self, cooling: Cooling, state: State) -> None:
        """Let only units move that are at home at the named sites, and only among these."""
        sites = set(cooling.sites)
        site = self.problem.site_of_building
        inside = [not sites or site[b] in sites for b in self.names.buildings]
        state.inside[:] = inside
        units = [u for u, b in enumerate(state.home.tolist()) if not sites or b < 0 or inside[b]]
        state.active[0] = len(units)
        state.active[1 : len(units) + 1] = units

    def _by_work(self, cooling: Cooling, state: State, mix: Array) -> float:
        each = int(cooling.work * PROPOSALS / STEPS)
        if not each:
            return 0.0
        for step in range(STEPS):
            heat = 100 * cooling.hot * (COLD / cooling.hot) ** (step / STEPS)
            propose(self.data, self.memo, state, each, heat, mix, cooling.seed * 1000 + step)
        return each * STEPS / PROPOSALS

    def _by_clock(self, cooling: Cooling, state: State, mix: Array, deadline: float) -> None:
        begun = time.monotonic()
        each, step = FEWEST, 0
        while (now := time.monotonic()) < deadline:
            done = (now - begun) / max(0.01, deadline - begun)
            heat = 100 * cooling.hot * (COLD / cooling.hot) ** done
            propose(self.data, self.memo, state, each, heat, mix, cooling.seed * 100_003 + step)
            took = time.monotonic() - now
            each = max(FEWEST, int(each * min(3.0, LOOK / max(took, 1e-3))))
            step += 1

    def _rows(self, state: State) -> tuple[tuple[Assignment, ...], tuple[str, ...]]:
        """Rooms of the best homes, and floors kept open for their service rooms."""
        state.home[:] = state.best
        price(self.data, self.memo, state)
        problem, names, d, w = self.problem, self.names, self.data, state.work
        rows: list[Assignment] = []
        common: list[str] = []
        seats: dict[int, dict[str, int]] = defaultdict(dict)
        for b in range(len(names.buildings)):
            mask = int(state.figures[b, MASK])
            lay_out(d, self.memo, state, b)
            held: set[str] = set()
            first = int(w.sizes[FIRST_HERE])
            for j in range(int(w.sizes[ROOMS])):
                code, holder = names.rooms[first + j], int(w.room[j, HOLDER])
                if holder <= REQUEST:
                    asked = names.requests[REQUEST - holder]
                    rows.append(Assignment(code, asked.unit, purpose=asked.purpose))
                elif holder >= 0:
                    seats[int(w.side[holder, PARTY])][code] = int(w.room[j, SEATED])
                if holder >= 0 or holder <= REQUEST:
                    held.add(problem.floor_of[code])
            f0, f1 = int(d.building[b, FIRST_FLOOR]), int(d.building[b + 1, FIRST_FLOOR])
            common += [
                f
                for i, f in enumerate(names.floors[f0:f1])
                if (mask >> i) & 1 and f not in held and self._kept_for_service(f)
            ]
        for party in sorted(seats):
            rows += seat_groups(problem, names.parties[party], seats[party])
        return tuple(sorted(rows)), tuple(sorted(common))

    def _kept_for_service(self, floor: str) -> bool:
        problem = self.problem
        return floor not in problem.floors_always_in_use and any(
            r.use == "service" for r in problem.stock_by_floor[floor]
        )
