"""Who sits where while remedies are tried one after the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from allocator.audit.case import MIXED, Case, Seat
from allocator.audit.remedies.lots import Lot, Lots, Piece
from allocator.audit.remedies.types import Move, touched
from allocator.domain import Group, Room, Use


@dataclass(frozen=True, slots=True)
class Undo:
    """What stood in the touched rooms before."""

    seats: dict[str, list[Seat]]
    rooms: dict[str, Room]
    open_posts: dict[Group, int]


class Board:
    """The case with its seats and rooms in motion, and what the law says of each room.

    Only `case.seats_in` and `case.rooms` follow the moves, so only rules on single rooms may be
    asked. `settled`: rooms where a remedy has put or kept people; nobody moves twice. `emptied`:
    rooms that a remedy has emptied, with its turn.
    """

    def __init__(self, start: Case) -> None:
        self.start = start
        self.case = replace(start)
        self.lots = Lots(self.case)
        self.settled: set[str] = set()
        self.emptied: dict[str, int] = {}
        self.open_posts = _open_posts(start)
        self._excepted = {e.room for e in start.exceptions}
        self._rooms_of: dict[str, set[str]] = defaultdict(set)
        self._home: dict[str, set[str]] = defaultdict(set)
        for seat in start.seats:
            if seat.people:
                self._rooms_of[seat.unit].add(seat.room)
                self._home[seat.unit].add(start.building_of(seat.room))
        self._today = {(o.unit, start.site_of(o.room)) for o in start.ledger.occupancy}
        self._by_area: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for room in start.ledger.rooms:
            if self.usable(room):
                self._by_area[start.building_of(room.code)].append((room.area, room.code))
        for rooms in self._by_area.values():
            rooms.sort()
        self.divisions = {(d.unit, d.code): d.name for d in start.ledger.divisions}
        self.service_held = _service_held(start)
        self._lot_in: dict[str, Lot | None] = {}
        self._pieces_in: dict[str, tuple[Piece, ...]] = {}
        self._overrun: dict[str, int] = {}

    # -- rooms --------------------------------------------------------------------------------

    def usable(self, room: Room) -> bool:
        """Whether anybody may be moved into the room at all.

        Halls of which a part serves something else, lent rooms and registered exceptions are
        left as they are.
        """
        return (
            room.use == "office"
            and room.status == "available"
            and room.approved_use in (None, "office")
            and not room.lent_to
            and not self.case.on_market(room)
            and room.code not in self._excepted
            and "common" not in room.features
            and not any(f in room.features for f in MIXED)
        )

    def area(self, room: str) -> int:
        """Area of a room on record."""
        return self.case.rooms[room].area

    def distance(self, a: str, b: str) -> int:
        """0 same floor, 1 same building, 2 same site, 3 elsewhere."""
        case = self.case
        if case.rooms[a].floor == case.rooms[b].floor:
            return 0
        if case.building_of(a) == case.building_of(b):
            return 1
        return 2 if case.site_of(a) == case.site_of(b) else 3

    def permits(self, lot: Lot, room: str, origin: str, agreed: str = "") -> bool:
        """Whether every rule but the room rule lets people from `origin` sit in `room`.

        Nobody is sent to another site, nor a unit to a building in which it has no room.
        `agreed`: the unit that gives the room up.
        """
        found = self.case.rooms[room]
        if room in self.settled or found.allocated_unit not in ("", lot.unit, agreed):
            return False
        if not lot.features <= set(found.features) or not self.usable(found):
            return False
        if self.case.building_of(room) not in self._home[lot.unit]:
            return False
        if self.distance(origin, room) > 2:
            return False
        site = self.case.levels(found.floor)[2][2]
        territories = {getattr(site, "territory", ""), self.case.units[lot.unit].territory}
        if len(territories - {""}) > 1:
            return False
        return self._title(lot.unit, room, origin)

    def _title(self, unit: str, room: str, origin: str) -> bool:
        """People stay within what is registered, or within the same unregistered place."""
        barred = self._unregistered(room)
        if barred is None:
            return True
        if barred != self._unregistered(origin):
            return False
        if self.case.view == "today":
            return True
        site = self.case.site_of(room)
        levels = self.case.levels(self.case.rooms[room].floor)
        agreed = (*getattr(levels[2][2], "agreement", ()), *self.case.agreements.get(site, ()))
        holder = next((h.title_holder for _, _, h in levels if h.title_holder is not None), "")
        named = {unit, self.case.name(unit)}
        return (unit, site) in self._today or holder in named or unit in agreed or "*" in agreed

    def _unregistered(self, room: str) -> str | None:
        levels = self.case.levels(self.case.rooms[room].floor)
        for _, code, holding in levels:
            if holding.title_registered is not None:
                return None if holding.title_registered else code
        return None

    # -- people -------------------------------------------------------------------------------

    def lot_in(self, room: str) -> Lot | None:
        """Everybody in a room as one lot; None where they cannot move together or at all."""
        if room not in self._lot_in:
            seats = self.case.seats_in.get(room, [])
            if len(seats) == 1 and seats[0].purpose:
                self._lot_in[room] = self.lots.asked(seats[0])
            elif any(s.purpose for s in seats) or len({s.unit for s in seats}) != 1:
                self._lot_in[room] = None
            else:
                self._lot_in[room] = self.lots.of((s.group, s.people) for s in seats)
        return self._lot_in[room]

    def pieces_in(self, room: str) -> tuple[Piece, ...]:
        """Who of a room could sit elsewhere so that the rest keeps the room rule."""
        if room not in self._pieces_in:
            lot = self.lot_in(room)
            known = lot is not None and lot.people > 0
            self._pieces_in[room] = (
                self.lots.pieces(room, self.area(room), lot) if lot and known else ()
            )
        return self._pieces_in[room]

    def is_free(self, room: str, unit: str) -> bool:
        """Whether nobody sits in the room and no other unit holds it."""
        return all(
            not (s.people or s.purpose or s.grade) and s.unit == unit
            for s in self.case.seats_in.get(room, ())
        )

    def overrun(self, room: str) -> int:
        """Area above the standards of the people in a room; 0 for an empty one."""
        if room not in self._overrun:
            seats = self.case.seats_in.get(room, ())
            used = any(s.people or s.purpose for s in seats)
            above = self.area(room) - self.case.standards(room).nominal if used else 0
            self._overrun[room] = max(0, above)
        return self._overrun[room]

    def is_over(self, room: str) -> bool:
        """Whether the overrun is more than the tolerance."""
        return self.overrun(room) > self.case.settings.tolerance

    def between(self, unit: str, least: int, most: int) -> Iterable[str]:
        """Usable rooms of `least` to `most` in the buildings of a unit."""
        for building in sorted(self._home[unit]):
            rooms = self._by_area[building]
            for _, code in rooms[
                bisect_left(rooms, (least, "")) : bisect_right(rooms, (most + 1,))
            ]:
                yield code

    def free_for(self, lot: Lot, origin: str) -> Iterable[str]:
        """Empty rooms in which a lot may sit alone."""
        for room in self.between(lot.unit, lot.least, lot.most):
            if self.is_free(room, lot.unit) and self.permits(lot, room, origin):
                yield room

    def colleagues(self, unit: str, room: str) -> list[str]:
        """Other rooms in which people of a unit sit whom no remedy has moved."""
        kept = self.settled | self._excepted | {room}
        return sorted(self._rooms_of[unit] - kept)

    def without_room(self, unit: str) -> list[tuple[Group, int]]:
        """People of a unit whom no room has, by group."""
        groups = sorted(row.group for row in self.case.posts_of.get(unit, ()))
        return [(g, n) for g in groups if (n := self.open_posts.get(g, 0)) > 0]

    # -- moves --------------------------------------------------------------------------------

    def apply(self, moves: Iterable[Move], common: str = "") -> Undo:
        """Carry out moves at one time; `common` becomes a room of common use."""
        moves = tuple(moves)
        case = self.case
        places = tuple(dict.fromkeys((*touched(moves), *((common,) if common else ()))))
        undo = Undo(
            {room: list(case.seats_in.get(room, ())) for room in places},
            {room: case.rooms[room] for room in places},
            dict(self.open_posts),
        )
        rows: list[Seat] = []
        for move in moves:
            rows += self._taken(move)
        for room in places:
            arriving = [row for row in rows if row.room == room]
            staying = [s for s in case.seats_in.get(room, ()) if s.people or s.purpose]
            self._put(room, undo.seats[room], [*staying, *arriving])
            self._allot(room, moves, undo.rooms)
        if common:
            # The conversion is approved with the remedy, so the approved use follows.
            self._reuse(common)
        return undo

    def settle(self, rooms: Iterable[str], rank: int) -> tuple[int, ...]:
        """Keep what was applied: whoever sits there stays. The turns that it had to wait for."""
        needs: set[int] = set()
        for room in rooms:
            if room in self.emptied:
                needs.add(self.emptied.pop(room))
            if self.case.seats_in.get(room):
                self.settled.add(room)
            else:
                self.emptied[room] = rank
        return tuple(sorted(needs))

    def undo(self, undo: Undo) -> None:
        """Take moves back."""
        for room, seats in undo.seats.items():
            self._put(room, self.case.seats_in.get(room, []), seats)
            self.case.rooms[room] = undo.rooms[room]
        self.open_posts = undo.open_posts

    def case_of(self, unit: str) -> Case:
        """A case of the seats of one unit as they are now, for rules on its groups."""
        seats = (s for rows in self.case.seats_in.values() for s in rows if s.unit == unit)
        return replace(self.case, seats=tuple(sorted(seats, key=lambda s: (s.index, s.room))))

    def settled_case(self) -> Case:
        """A case of the seats and rooms as they are now."""
        rooms = tuple(self.case.rooms[r.code] for r in self.start.ledger.rooms)
        seats = [seat for rows in self.case.seats_in.values() for seat in rows]
        return replace(
            self.start,
            ledger=replace(self.start.ledger, rooms=rooms),
            seats=tuple(sorted(seats, key=lambda s: s.index)),
        )

    def _put(self, room: str, old: list[Seat], seats: list[Seat]) -> None:
        for seat in old:
            self._rooms_of[seat.unit].discard(room)
        if seats:
            self.case.seats_in[room] = seats
        else:
            self.case.seats_in.pop(room, None)
        for seat in seats:
            if seat.people:
                self._rooms_of[seat.unit].add(room)
        self._lot_in.pop(room, None)
        self._pieces_in.pop(room, None)
        self._overrun.pop(room, None)

    def _taken(self, move: Move) -> list[Seat]:
        """The rows that move, taken out of the room they leave."""
        group, to_room = move.group, move.to_room
        if not move.from_room:
            self.open_posts[group] -= move.people
            index = next((s.index for s in self.start.seats_of.get(group.unit, ())), 0)
            return [
                Seat(
                    room=to_room, unit=group.unit, division=group.division, grade=group.grade,
                    people=move.people, index=index,
                )
            ]  # fmt: skip
        rows: list[Seat] = []
        left: list[Seat] = []
        wanted = move.people
        for seat in self.case.seats_in[move.from_room]:
            if seat.group != group or not (wanted or (not move.people and seat.purpose)):
                left.append(seat)
                continue
            people = min(wanted, seat.people)
            wanted -= people
            # Desks are furniture: the ledger counts them anew where people arrive.
            rows.append(replace(seat, room=to_room, people=people, desks=None))
            if people < seat.people:
                desks = None if seat.desks is None else max(0, seat.desks - people)
                left.append(replace(seat, people=seat.people - people, desks=desks))
        self.case.seats_in[move.from_room] = left
        return rows

    def _allot(self, room: str, moves: tuple[Move, ...], before: dict[str, Room]) -> None:
        """Allotments follow the people; an empty room is handed back, which reports it."""
        found = self.case.rooms[room]
        units = sorted({s.unit for s in self.case.seats_in.get(room, ())})
        if not units:
            self.case.rooms[room] = replace(found, allocated_unit="", idle_reported=True)
            return
        sources = (before[m.from_room] for m in moves if m.to_room == room and m.from_room)
        follows = any(source.allocated_unit == units[0] for source in sources)
        if found.allocated_unit not in units and (found.allocated_unit or follows):
            self.case.rooms[room] = replace(found, allocated_unit=units[0])

    def _reuse(self, room: str) -> None:
        found = self.case.rooms[room]
        approved: Use | None = None if found.approved_use is None else "service"
        self.case.rooms[room] = replace(found, use="service", approved_use=approved)


def _open_posts(case: Case) -> dict[Group, int]:
    """People of planned units whom no room has: in post today, posts to be seated in a plan."""
    basis = "in_post" if case.view == "today" else case.settings.basis
    found: dict[Group, int] = {}
    for row in case.ledger.posts:
        wanted = {
            "in_post": row.in_post,
            "established": row.established,
            "larger": max(row.in_post, row.established),
        }[basis]
        missing = wanted - case.seated.get(row.group, 0)
        if missing > 0 and row.unit in case.units and case.planned(row.unit):
            found[row.group] = missing
    return found


def _service_held(case: Case) -> dict[str, int]:
    """Area of the service rooms that each unit holds."""
    found: dict[str, int] = defaultdict(int)
    for room in case.ledger.rooms:
        if room.use == "service" and room.status == "available":
            held = {s.unit for s in case.seats_in.get(room.code, ())} or {room.allocated_unit}
            for unit in held - {""}:
                found[unit] += room.area
    return found
