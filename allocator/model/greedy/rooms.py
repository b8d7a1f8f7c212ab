"""A greedy packer of rooms: one unit after another into the free rooms of some buildings.

Keeps the room rule, permits, requests and the reserve; exceptions and shared rooms are not used.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil

from allocator.domain import Group, Relation, Request, Room
from allocator.plan import Assignment
from allocator.problem import Problem


@dataclass
class Seating:
    """What one unit takes in a building: people per room, request rooms, people left over."""

    people: dict[str, dict[Group, int]] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    """Purpose by room."""
    left: int = 0

    @property
    def rooms(self) -> set[str]:
        """All rooms taken."""
        return set(self.people) | set(self.requests)

    def rows(self, unit: str) -> list[Assignment]:
        """As rows of a plan."""
        found = [
            Assignment(room, g.unit, g.division, g.grade, n)
            for room, inside in self.people.items()
            for g, n in inside.items()
        ]
        return found + [Assignment(r, unit, purpose=p) for r, p in self.requests.items()]


class Packer:
    """Packs units by rules of thumb; areas in 0.01 m2."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        policy = problem.policy
        self.share, self.tolerance = policy.min_share, policy.tolerance
        self.above, self.below = policy.min_share.numerator, policy.min_share.denominator
        self.floors_at: dict[str, list[str]] = defaultdict(list)
        for floor in problem.stock_by_floor:
            self.floors_at[problem.site_of_floor[floor]].append(floor)
        self.rooms_in: dict[str, list[Room]] = defaultdict(list)
        for floor in sorted(problem.stock_by_floor):
            for room in problem.stock_by_floor[floor]:
                if room.code not in problem.fixed_rooms:
                    self.rooms_in[problem.building_of_floor[floor]].append(room)
        self.order = {
            r.code: (problem.floors[r.floor].level, r.floor, r.position or 0, r.code)
            for rooms in self.rooms_in.values()
            for r in rooms
        }
        self._may: dict[tuple[str, str], list[Room]] = {}
        self.musts: dict[str, list[Relation]] = defaultdict(list)
        self.requests: dict[str, list[Request]] = defaultdict(list)
        for relation in problem.scenario.relations:
            if relation.kind != "near":
                self.musts[relation.a].append(relation)
                self.musts[relation.b].append(relation)
        for request in problem.scenario.ledger.requests:
            self.requests[request.unit].append(request)

    def may(self, unit: str, building: str) -> list[Room]:
        """Rooms of a building that the unit may hold for people, in corridor order."""
        key = (unit, building)
        if key not in self._may:
            self._may[key] = [
                r
                for r in sorted(self.rooms_in[building], key=lambda r: self.order[r.code])
                if r.use == "office" and self.problem.permitted(unit, r)
            ]
        return self._may[key]

    def seat(
        self,
        unit: str,
        building: str,
        taken: set[str],
        open_floors: set[str],
        barred: frozenset[str] = frozenset(),
    ) -> Seating:
        """The unit in one building: leaders first, then the others, then its requests."""
        free = [
            r for r in self.may(unit, building) if r.code not in taken and r.floor not in barred
        ]
        free.sort(key=lambda r: (r.floor not in open_floors, *self.order[r.code]))
        seating = Seating()
        queue: list[tuple[int, Group]] = []
        for group in self.problem.groups_of[unit]:
            limit = self.problem.limit(unit, group.grade)
            people = self.problem.planned[group]
            if self.problem.single(unit, group.grade):
                self._alone(group, limit, people, free, seating)
            else:
                queue += [(limit, group)] * people
        queue.sort(key=lambda p: (-p[0], p[1]))
        self._together(queue, free, seating)
        self._requests(unit, building, taken, open_floors, barred, seating)
        return seating

    def most(self, area: int) -> int:
        """Largest sum of standards that a room may take."""
        return int(area / self.share)

    def _not_over(self, standards: int, area: int) -> bool:
        """Whether a room is not too full; in whole numbers, since this runs often."""
        return self.above * standards <= area * self.below

    def _lawful(self, area: int, standards: int) -> bool:
        return self._not_over(standards, area) and area <= standards + self.tolerance

    def _alone(
        self, group: Group, limit: int, people: int, free: list[Room], seating: Seating
    ) -> None:
        for _ in range(people):
            fits = (r for r in free if self._lawful(r.area, limit) and self._ok(group, r))
            room = next(fits, None)
            if room is None:
                seating.left += 1
                continue
            free.remove(room)
            seating.people[room.code] = {group: 1}

    def _ok(self, group: Group, room: Room) -> bool:
        return self.problem.group_permitted(group, room)

    def _together(self, queue: list[tuple[int, Group]], free: list[Room], seating: Seating) -> None:
        """Fill rooms as full as the rule allows; the last people join, or borrow neighbours."""
        sums: dict[str, int] = {}
        inside: dict[str, list[tuple[int, Group]]] = {}
        area = {r.code: r.area for r in free}
        for room in free:
            if not queue:
                break
            total, chosen = 0, []
            for index, (limit, group) in enumerate(queue):
                if self._not_over(total + limit, room.area) and self._ok(group, room):
                    total += limit
                    chosen.append(index)
            if not chosen or total + self.tolerance < room.area:
                continue
            inside[room.code] = [queue[i] for i in chosen]
            sums[room.code] = total
            for index in reversed(chosen):
                del queue[index]
        for person in list(queue):
            for code, total in sums.items():
                if self._not_over(total + person[0], area[code]):
                    inside[code].append(person)
                    sums[code] += person[0]
                    queue.remove(person)
                    break
        if queue:
            self._borrow(queue, [r for r in free if r.code not in inside], area, inside, sums)
        seating.left += len(queue)
        for code, people in inside.items():
            counts: dict[Group, int] = defaultdict(int)
            for _, group in people:
                counts[group] += 1
            seating.people[code] = dict(counts)

    def _borrow(
        self,
        queue: list[tuple[int, Group]],
        free: list[Room],
        area: dict[str, int],
        inside: dict[str, list[tuple[int, Group]]],
        sums: dict[str, int],
    ) -> None:
        """Open one more room for the last people with others from rooms that are overfull."""
        for room in sorted(free, key=lambda r: r.area):
            total, moved = sum(limit for limit, _ in queue), []
            if not self._not_over(total, room.area):
                continue
            for code in sorted(inside):
                rest = sums[code]
                for person in inside[code]:
                    if total + self.tolerance >= room.area:
                        break
                    fits = self._not_over(total + person[0], room.area)
                    if fits and rest - person[0] + self.tolerance >= area[code]:
                        rest -= person[0]
                        total += person[0]
                        moved.append((code, person))
            if not self._lawful(room.area, total):
                continue
            for code, person in moved:
                inside[code].remove(person)
                sums[code] -= person[0]
            inside[room.code] = [*queue, *(person for _, person in moved)]
            sums[room.code] = total
            queue.clear()
            return

    def _requests(
        self,
        unit: str,
        building: str,
        taken: set[str],
        open_floors: set[str],
        barred: frozenset[str],
        seating: Seating,
    ) -> None:
        for request in self.requests[unit]:
            may = [
                r
                for r in self.rooms_in[building]
                if r.use == request.use
                and request.area_min <= r.area <= request.area_max
                and r.code not in taken
                and r.code not in seating.rooms
                and r.floor not in barred
                and self.problem.permitted(unit, r, request.features)
            ]
            floors = open_floors | {self.problem.floor_of[c] for c in seating.rooms}
            may.sort(key=lambda r: (r.floor not in floors, r.area, r.code))
            for room in may[: request.count]:
                seating.requests[room.code] = request.purpose
            seating.left += max(0, request.count - len(may))

    # -- the growth reserve ------------------------------------------------------------------

    def reserve_kept(
        self, site: str, people: int, taken: set[str], open_floors: set[str]
    ) -> tuple[str, ...] | None:
        """Floors to keep open besides so that the site's reserve is there; None if it cannot."""
        problem = self.problem
        need = ceil(problem.policy.reserve * people)
        free: dict[str, int] = defaultdict(int)
        services: set[str] = set()
        for floor in self.floors_at[site]:
            for room in problem.stock_by_floor[floor]:
                if room.use == "service":
                    services.add(floor)
                elif room.code not in taken and room.code not in problem.fixed_rooms:
                    free[floor] += room.area // problem.lowest_limit
        have = sum(n for f, n in free.items() if f in open_floors)
        more: list[str] = []
        closed = sorted((f for f in free if f not in open_floors and f in services),
                        key=lambda f: (free[f], f))  # fmt: skip
        while have < need and closed:
            enough = [f for f in closed if have + free[f] >= need]
            floor = enough[0] if enough else closed[-1]
            closed.remove(floor)
            more.append(floor)
            have += free[floor]
        return tuple(more) if have >= need else None
