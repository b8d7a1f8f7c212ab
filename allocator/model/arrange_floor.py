"""A floor as a corridor: its rooms in order, what each holds, and what may change places.

The neighbours of a room are the rooms before and after it by `position`, without positions by
number; the ledger does not say on which side of the corridor a room lies. Toilets, stairs and
machine rooms (equipment, ancillary) lie between rooms without parting them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from allocator.domain import Room
from allocator.model.packing import FIXED
from allocator.plan import Assignment
from allocator.problem import Problem

CORRIDOR_USES = ("office", "service", "business")

Content: TypeAlias = tuple[Assignment, ...]
"""What one room holds: its rows with a blank room code, sorted; empty for an unheld room."""

Label: TypeAlias = tuple[str, str]
"""A unit (division blank) or a division of a unit."""


class Size(NamedTuple):
    """Rooms that a content may change between at no cost to any tier: same use, area, features."""

    use: str
    area: int
    features: tuple[str, ...]


class Load(NamedTuple):
    """What the figures see of a content: its unit, sum of standards (0.01 m2) and requests."""

    unit: str
    standards: int
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """Rooms along the corridor. Room r holds `contents[holds[r]]`."""

    code: str
    rooms: tuple[str, ...]
    sizes: tuple[Size | None, ...]
    """None: what the room holds stays there."""
    contents: tuple[Content, ...]
    loads: tuple[Load, ...]
    holds: tuple[int, ...]
    may: tuple[frozenset[int], ...]
    """Contents that each room may hold, each size keeping as many rooms of every load."""
    stays: dict[tuple[int, int], int]
    """People who sit in room r today and would stay if it held content c; zeros left out."""

    def labels(self, content: int, *, divisions: bool) -> frozenset[Label]:
        """The units, or the divisions, that have something in a content."""
        rows = self.contents[content]
        if divisions:
            return frozenset((r.unit, r.division) for r in rows if r.division and r.people)
        return frozenset((r.unit, "") for r in rows)

    def staying(self, holds: Sequence[int]) -> int:
        """People who stay in their room."""
        return sum(self.stays.get(pair, 0) for pair in enumerate(holds))

    def fragments(self, holds: Sequence[int], *, divisions: bool) -> int:
        """Maximal runs of neighbouring rooms, over all units or all divisions."""
        count = 0
        before: frozenset[Label] = frozenset()
        for content in holds:
            here = self.labels(content, divisions=divisions)
            count += len(here - before)
            before = here
        return count

    def fewest(self, *, divisions: bool) -> int:
        """Units or divisions on the floor: each has at least one fragment."""
        return len({x for c in self.holds for x in self.labels(c, divisions=divisions)})

    def rows(self, holds: Sequence[int]) -> list[Assignment]:
        """The floor's assignments."""
        return [
            Assignment(room, r.unit, r.division, r.grade, r.people, r.purpose)
            for room, content in zip(self.rooms, holds, strict=True)
            for r in self.contents[content]
        ]


def along_corridor(rooms: Iterable[Room]) -> list[Room]:
    """A floor's rooms that have neighbours, by position, then number and code."""

    def place(room: Room) -> tuple[bool, int, int, str, str]:
        position = room.position
        return position is None, position or 0, len(room.number), room.number, room.code

    return sorted((r for r in rooms if r.use in CORRIDOR_USES), key=place)


class Floors:
    """Floors of plans for one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        on: dict[str, list[Room]] = defaultdict(list)
        for room in problem.scenario.ledger.rooms:
            on[room.floor].append(room)
        self.corridors = {f: along_corridor(on[f]) for f in problem.stock_by_floor}
        self._stock = {room.code for room in problem.stock}
        pinned = {p.place for ps in problem.pins_of.values() for p in ps if p.kind == "room"}
        exceptions = {room for room, _ in problem.registered_exceptions}
        self._bound = pinned | exceptions | problem.fixed_rooms | problem.shared_units.keys()
        self._requests = {
            (q.unit, q.purpose): frozenset(q.features) for q in problem.scenario.ledger.requests
        }

    def read(self, rows: Iterable[Assignment]) -> list[Floor]:
        """The floors on which a plan holds rooms, by code."""
        inside: dict[str, dict[str, list[Assignment]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            blank = Assignment("", row.unit, row.division, row.grade, row.people, row.purpose)
            inside[self.problem.floor_of[row.room]][row.room].append(blank)
        return [self._floor(f, inside[f]) for f in sorted(inside) if f in self.corridors]

    def _floor(self, code: str, inside: dict[str, list[Assignment]]) -> Floor:
        corridor = self.corridors[code]
        held = [tuple(sorted(inside.get(room.code, ()))) for room in corridor]
        contents = tuple(sorted(set(held)))
        index = {content: c for c, content in enumerate(contents)}
        loads = tuple(self._load(content) for content in contents)
        holds = tuple(index[content] for content in held)
        sizes = tuple(self._size(r, c) for r, c in zip(corridor, held, strict=True))
        found = {(size, loads[c]) for size, c in zip(sizes, holds, strict=True) if size is not None}
        movable = {c for size, c in zip(sizes, holds, strict=True) if size is not None}
        may = tuple(
            frozenset({holds[r]})
            | frozenset(
                c
                for c in movable
                if (sizes[r], loads[c]) in found and self._permitted(contents[c], room)
            )
            if sizes[r] is not None
            else frozenset({holds[r]})
            for r, room in enumerate(corridor)
        )
        stays = {
            (r, c): people
            for r, room in enumerate(corridor)
            for c in may[r]
            if (people := self._staying(contents[c], room.code))
        }
        names = tuple(room.code for room in corridor)
        return Floor(code, names, sizes, contents, loads, holds, may, stays)

    def _size(self, room: Room, content: Content) -> Size | None:
        bound = room.code not in self._stock or room.code in self._bound
        units = {row.unit for row in content}
        if bound or len(units) > 1 or any(row.purpose in FIXED for row in content):
            return None
        return Size(room.use, room.area, tuple(sorted(room.features)))

    def _load(self, content: Content) -> Load:
        if not content:
            return Load("", 0, ())
        problem = self.problem
        standards = sum(
            row.people * problem.limit(row.unit, row.grade)
            for row in content
            if row.people and problem.units[row.unit].planned
        )
        return Load(content[0].unit, standards, tuple(r.purpose for r in content if r.purpose))

    def _permitted(self, content: Content, room: Room) -> bool:
        """Whether the room may be held so, as far as pins, forbids and features go."""
        problem = self.problem
        for row in content:
            if not problem.units[row.unit].planned:
                return False
            if row.people:
                if not problem.permitted(row.unit, room):
                    return False
                if not problem.group_permitted(row.group, room):
                    return False
            else:
                wanted = tuple(self._requests.get((row.unit, row.purpose), ()))
                if not problem.permitted(row.unit, room, wanted):
                    return False
        return True

    def _staying(self, content: Content, room: str) -> int:
        people = Counter({row.group: row.people for row in content if row.people})
        today = self.problem.today_people
        return sum(min(n, today.get(g, {}).get(room, 0)) for g, n in people.items())
