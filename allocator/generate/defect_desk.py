"""A ledger on the desk: rows that may be changed, and places nobody has touched yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from allocator.domain import Division, Floor, Ledger, Occupancy, Posts, Room, Unit, Use
from allocator.generate.figures import LEADERS
from allocator.generate.plant import Answer


@dataclass(slots=True)
class Desk:
    """The tables of a ledger as lists; `taken` are rooms and units that a finding already uses."""

    ledger: Ledger
    rng: Random
    answers: list[Answer]
    floors: list[Floor] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    divisions: list[Division] = field(default_factory=list)
    posts: list[Posts] = field(default_factory=list)
    occupancy: list[Occupancy] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    level: str = ""
    _shared: set[str] = field(default_factory=set)
    _added: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Copy the tables, and take every place that has an answer."""
        self.floors = list(self.ledger.floors)
        self.rooms, self.units = list(self.ledger.rooms), list(self.ledger.units)
        self.divisions, self.posts = list(self.ledger.divisions), list(self.ledger.posts)
        self.occupancy = list(self.ledger.occupancy)
        self.taken = {a.place for a in self.answers} | {
            a.unit for a in self.answers if a.kind in ("service_over", "ledger_mismatch")
        }
        self.level = self.units[0].level

    # -- choosing -----------------------------------------------------------------------------

    def plain_rooms(self) -> Iterator[Room]:
        """Offices with one row of people of an ordinary unit and no answer, in random order."""
        rows: dict[str, list[Occupancy]] = defaultdict(list)
        for row in self.occupancy:
            rows[row.room].append(row)
        plain = {u.code for u in self.units if u.planned and not u.features}
        rooms = [
            r
            for r in self.rooms
            if r.use == "office"
            and r.status == "available"
            and r.code not in self.taken
            and len(rows[r.code]) == 1
            and rows[r.code][0].people
            and rows[r.code][0].unit in plain
            and rows[r.code][0].unit == r.allocated_unit
        ]
        self.rng.shuffle(rooms)
        yield from rooms

    def take_room(self) -> tuple[Room, Occupancy]:
        """One such room with its row; nobody takes it again. Raises ValueError if none is left."""
        room = next(self.plain_rooms(), None)
        if room is None:
            raise ValueError("too few rooms for so many defects")
        self.taken.add(room.code)
        return room, next(o for o in self.occupancy if o.room == room.code)

    def take_unit(self, *, alone: bool = False) -> Unit:
        """An ordinary unit that holds no service or equipment room and has no answer.

        `alone`: no other defect may change its posts. Raises ValueError where none is left.
        """
        uses = {r.code: r.use for r in self.rooms}
        holding = {o.unit for o in self.occupancy if uses.get(o.room) in ("service", "equipment")}
        holding |= {r.allocated_unit for r in self.rooms if r.use in ("service", "equipment")}
        homes = {o.unit for o in self.occupancy}
        units = [
            u
            for u in self.units
            if u.planned
            and not u.features
            and u.code in homes
            and u.code not in holding
            and u.code not in self.taken
            and not (alone and u.code in self._shared)
        ]
        if not units:
            raise ValueError("too few units for so many defects")
        unit = self.rng.choice(units)
        (self.taken if alone else self._shared).add(unit.code)
        return unit

    def home(self, unit: str) -> str:
        """A floor on which the unit sits."""
        floors = {r.code: r.floor for r in self.rooms}
        return next(floors[o.room] for o in self.occupancy if o.unit == unit and o.people)

    def leader(self, unit: Unit) -> str:
        """The lowest grade whose holders sit alone."""
        return LEADERS[unit.level][-1]

    # -- changing -----------------------------------------------------------------------------

    def change_room(self, code: str, **changes: Any) -> None:
        """Replace fields of a room."""
        self.rooms = [replace(r, **changes) if r.code == code else r for r in self.rooms]

    def change_seat(self, row: Occupancy, **changes: Any) -> None:
        """Replace fields of an occupancy row."""
        self.occupancy = [replace(o, **changes) if o is row else o for o in self.occupancy]

    def add_room(self, floor: str, use: Use, area: int, **fields: Any) -> Room:
        """A new room on a floor."""
        self._added["room"] += 1
        number = f"8{self._added['room']:03d}"
        code = f"{floor.rpartition('-')[0]}-{number}"
        plain: dict[str, Any] = {
            "code": code,
            "floor": floor,
            "number": number,
            "use": use,
            "area": area,
        }
        room = Room(**(plain | {"position": 8000 + self._added["room"]} | fields))
        self.rooms.append(room)
        self.taken.add(room.code)
        return room

    def add_posts(self, unit: str, grades: dict[str, int], *, seat: str = "") -> str:
        """A new division of a unit with these posts, all in post, and seated in room `seat`."""
        self._added["division"] += 1
        division = f"{unit}-9{self._added['division']}"
        self.divisions.append(
            Division(code=division, unit=unit, name=f"专项{self._added['division']}处")
        )
        for grade, count in grades.items():
            self.posts.append(
                Posts(unit=unit, division=division, grade=grade, established=count, in_post=count)
            )
            if seat:
                self.occupancy.append(
                    Occupancy(room=seat, unit=unit, division=division, grade=grade, people=count)
                )
        return division

    def hold(self, room: Room, unit: str) -> None:
        """Let a unit hold a room without people."""
        self.occupancy.append(Occupancy(room=room.code, unit=unit))

    def answer(
        self, kind: str, place: str, unit: str = "", detail: str = "", value: int = 0,
        expected: int = 0,
    ) -> None:  # fmt: skip
        """Note what an auditor should find."""
        self.answers.append(Answer(kind, "planted", place, unit, detail, value, expected))
