"""Rooms of one building given out anew on the floors in use, so that more people stay in theirs.

With the floors, the units and the rooms of requests as they are, office area held = standards +
hidden - short, so the priced tier falls by `stranded` + `short` per area held more, rises by
`hidden` + `short` per hidden area, and falls by the rate of a move per person who stays in the
room of today. That is a small model beside the whole packing of a building.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from ortools.sat.python import cp_model

from allocator.domain import Group, Room
from allocator.plan import Assignment
from allocator.problem import Problem

WORK = 0.3
"""Most work of one building."""
SCALE = 100
"""Objective units in 0.01 m2-equivalents."""


@dataclass(frozen=True, slots=True)
class Polishing:
    """Rows of units wholly inside one building, and limits."""

    rows: tuple[Assignment, ...]
    taken: frozenset[str]
    """Rooms that others hold."""
    floors: frozenset[str]
    """All floors of the building that are in use."""
    seats: int
    """Free seats that must be left there."""
    deadline: float | None
    seed: int


def polish(problem: Problem, asked: Polishing) -> tuple[tuple[Assignment, ...] | None, float]:
    """Better rows for the same people and the work it took; None where none were found."""
    return _Model(problem, asked).solve()


class _Model:
    """People per room and group; a room is shared by people of one unit, or has a single seat."""

    def __init__(self, problem: Problem, asked: Polishing) -> None:
        self.problem, self.asked = problem, asked
        self.model = cp_model.CpModel()
        policy = problem.policy
        self.share, self.tolerance = policy.min_share, policy.tolerance
        rates = {n: r for t in policy.tiers if "used" in dict(t.terms) for n, r in t.terms}
        short = rates.get("short", Fraction(0))
        self.held_rate = rates.get("stranded", Fraction(0)) + short
        self.hidden_rate = rates.get("hidden", Fraction(0)) + short
        self.stay_rate = rates.get("moved_building", Fraction(0)) * 100
        self.keep = [r for r in asked.rows if not r.people]
        kept = {r.room for r in self.keep} | asked.taken
        floors = {problem.floor_of[r.room] for r in asked.rows} | asked.floors
        self.rooms = [
            r
            for f in sorted(floors)
            for r in problem.stock_by_floor.get(f, ())
            if r.use == "office" and r.code not in kept
        ]
        self.count: dict[Group, int] = defaultdict(int)
        self.now: dict[tuple[str, Group], int] = defaultdict(int)
        for row in asked.rows:
            if row.people:
                self.count[row.group] += row.people
                self.now[row.room, row.group] += row.people
        self.people: dict[tuple[str, Group], cp_model.IntVar] = {}
        self.holds: dict[str, list[cp_model.IntVar]] = defaultdict(list)
        self.gain: list[tuple[Fraction, cp_model.IntVar]] = []
        for room in self.rooms:
            self._room(room)
        self._everybody()

    def _room(self, room: Room) -> None:
        problem, model = self.problem, self.model
        units: dict[str, list[Group]] = defaultdict(list)
        for group in self.count:
            if problem.permitted(group.unit, room) and problem.group_permitted(group, room):
                limit = problem.limit(group.unit, group.grade)
                if problem.single(group.unit, group.grade):
                    if self.share * limit <= room.area <= limit + self.tolerance:
                        self._alone(room, group, limit)
                else:
                    units[group.unit].append(group)
        for unit, groups in units.items():
            self._shared(room, unit, groups)
        if self.holds[room.code]:
            model.add_at_most_one(self.holds[room.code])

    def _alone(self, room: Room, group: Group, limit: int) -> None:
        held = self.model.new_bool_var("")
        self.holds[room.code].append(held)
        self.people[room.code, group] = held
        hidden = max(0, room.area - limit)
        self.gain.append((self.held_rate * room.area - self.hidden_rate * hidden, held))
        self._stay(room, group, held, 1)
        self.model.add_hint(held, int(self.now.get((room.code, group), 0) > 0))

    def _shared(self, room: Room, unit: str, groups: list[Group]) -> None:
        model, problem = self.model, self.problem
        limits = {g: problem.limit(unit, g.grade) for g in groups}
        most = floor(room.area / self.share)
        least = room.area - self.tolerance
        if sum(limits[g] * self.count[g] for g in groups) < least or most < min(limits.values()):
            return
        held = model.new_bool_var("")
        self.holds[room.code].append(held)
        inside = []
        now = 0
        for g in groups:
            top = min(self.count[g], most // limits[g])
            if not top:
                continue
            n = model.new_int_var(0, top, "")
            self.people[room.code, g] = n
            here = self.now.get((room.code, g), 0)
            now += here
            model.add_hint(n, here)
            inside.append((limits[g], n))
            self._stay(room, g, n, top)
        model.add_hint(held, int(now > 0))
        total = sum(limit * n for limit, n in inside)
        model.add(total <= most * held)
        model.add(total >= max(1, least) * held)
        if self.tolerance:
            model.add(sum(n for _, n in inside) >= held)
            hidden = model.new_int_var(0, self.tolerance, "")
            model.add(hidden >= room.area * held - total)
            self.gain.append((-self.hidden_rate, hidden))
        self.gain.append((self.held_rate * room.area, held))

    def _stay(self, room: Room, group: Group, people: cp_model.IntVar, top: int) -> None:
        own = min(top, self.problem.today_people.get(group, {}).get(room.code, 0))
        if own:
            stays = self.model.new_int_var(0, own, "")
            self.model.add(stays <= people)
            self.model.add_hint(stays, min(own, self.now.get((room.code, group), 0)))
            self.gain.append((self.stay_rate, stays))

    def _everybody(self) -> None:
        model = self.model
        of: dict[Group, list[cp_model.IntVar]] = defaultdict(list)
        for (_, group), n in self.people.items():
            of[group].append(n)
        for group, count in self.count.items():
            model.add(sum(of[group]) == count)
        low = self.problem.lowest_limit
        seats = [(r.area // low, h) for r in self.rooms for h in self.holds[r.code]]
        total = sum(r.area // low for r in self.rooms)
        model.add(total - sum(s * h for s, h in seats) >= min(self.asked.seats, total))
        model.maximize(sum(round(rate * SCALE) * what for rate, what in self.gain))

    def solve(self) -> tuple[tuple[Assignment, ...] | None, float]:
        """Rows, if any were found within the limits, and the work."""
        solver = self._solver()
        status = solver.solve(self.model)
        work = float(solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, work
        rows = list(self.keep)
        for (room, group), n in self.people.items():
            if people := int(solver.value(n)):
                rows.append(Assignment(room, group.unit, group.division, group.grade, people))
        return tuple(sorted(rows)), work

    def _solver(self) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        p = solver.parameters
        p.num_workers, p.linearization_level = 1, 2
        p.catch_sigint_signal = False  # it would take Ctrl-C away from this program
        p.random_seed, p.max_deterministic_time = self.asked.seed, WORK
        if self.asked.deadline is not None:
            p.max_time_in_seconds = max(0.05, self.asked.deadline - time.monotonic())
        return solver
