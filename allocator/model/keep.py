"""What remains lawful of a plan's rows under another scenario: the start of a re-plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable

from allocator.domain import Group, Room
from allocator.model.homes import pinned_rows
from allocator.model.kinds import Rule
from allocator.model.packing import FIXED
from allocator.plan import Assignment
from allocator.problem import Problem


def still_lawful(
    problem: Problem, rows: Iterable[Assignment], units: Container[str] | None = None
) -> list[Assignment]:
    """Rows that break no rule of a room, a group or a unit by themselves, and the fixed rows.

    `units`: the only ones that anything has changed for since the rows were lawful. Rules over
    several units (musts, reserve, people moved) are not looked at. A room is kept with all its
    people or not at all.
    """
    fixed = [*problem.fixed_rows, *pinned_rows(problem)]
    rooms = _Rooms(problem, {row.room for row in fixed})
    by_room: dict[str, list[Assignment]] = defaultdict(list)
    for row in sorted(rows):
        if row.purpose not in FIXED:
            by_room[row.room].append(row)
    kept: list[Assignment] = []
    for code, inside in by_room.items():
        concerned = units is None or any(row.unit in units for row in inside)
        if rooms.take(code, inside) if concerned else code not in rooms.taken:
            kept += inside
    return sorted([*fixed, *_within_caps(problem, kept)])


def floors_kept(problem: Problem, floors: Iterable[str]) -> frozenset[str]:
    """Common floors of a plan that still have stock."""
    return frozenset(floors) & problem.stock_by_floor.keys()


class _Rooms:
    """Takes rooms one by one; posts and requests are given out once."""

    def __init__(self, problem: Problem, taken: set[str]) -> None:
        self.problem = problem
        self.taken = taken
        self.stock = {room.code: room for room in problem.stock}
        self.rule = Rule(problem.policy.min_share, problem.policy.tolerance)
        self.left = Counter(problem.planned)
        self.asked = Counter(
            {(q.unit, q.purpose): q.count for q in problem.scenario.ledger.requests}
        )

    def take(self, code: str, rows: list[Assignment]) -> bool:
        """Whether these rows may fill the room; if so, their posts and requests are used up."""
        room = self.stock.get(code)
        units = {row.unit for row in rows}
        shared = self.problem.shared_units.get(code, frozenset())
        if room is None or code in self.taken or not (len(units) == 1 or units <= shared):
            return False
        if not units <= set(self.problem.planned_units):
            return False
        people = Counter[Group]()
        for row in rows:
            if row.people:
                people[row.group] += row.people
        requests = Counter((row.unit, row.purpose) for row in rows if not row.people)
        if (
            any(n > self.left[group] for group, n in people.items())
            or any(n > self.asked[key] for key, n in requests.items())
            or (people and not self._may_sit(room, people))
            or not all(self._may_have(room, *key) for key in requests)
        ):
            return False
        self.left.subtract(people)
        self.asked.subtract(requests)
        return True

    def _may_sit(self, room: Room, people: Counter[Group]) -> bool:
        problem = self.problem
        if room.use != "office" or not all(
            problem.permitted(g.unit, room) and problem.group_permitted(g, room) for g in people
        ):
            return False
        if people.total() > 1 and any(problem.single(g.unit, g.grade) for g in people):
            return False
        if any((room.code, g.unit) in problem.registered_exceptions for g in people):
            return True
        standards = sum(n * problem.limit(g.unit, g.grade) for g, n in people.items())
        return self.rule.fits(room.area, standards)

    def _may_have(self, room: Room, unit: str, purpose: str) -> bool:
        return any(
            (q.unit, q.purpose, q.use) == (unit, purpose, room.use)
            and q.area_min <= room.area <= q.area_max
            and self.problem.permitted(unit, room, q.features)
            for q in self.problem.scenario.ledger.requests
        )


def _within_caps(problem: Problem, rows: list[Assignment]) -> list[Assignment]:
    """Rows of each unit in as many of its fullest places as it may use."""
    for key, which in ((problem.site_of, 0), (problem.building_of, 1)):
        people: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            people[row.unit][key[row.room]] += row.people
        allowed = {
            unit: {p for p, _ in sorted(at.items(), key=lambda x: (-x[1], x[0]))[: cap[which]]}
            for unit, at in people.items()
            if (cap := problem.caps[unit])
        }
        rows = [row for row in rows if key[row.room] in allowed[row.unit]]
    return rows
