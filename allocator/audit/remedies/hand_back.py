"""Handing back: a second office of people who may have one each is no matter of exchange."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.audit.case import Seat
from allocator.audit.headcount import group_subject
from allocator.audit.register import AUDIT_RULES
from allocator.audit.remedies.board import Board
from allocator.audit.remedies.lawful import ROOM_RULE
from allocator.audit.remedies.types import Move, Option
from allocator.audit.rule import Subject
from allocator.domain import Group

SEVERAL = "two_offices"


@dataclass(frozen=True, slots=True)
class _Several:
    """A group with more rooms than people: its rooms, and the people that may have one."""

    group: Group
    seats: tuple[Seat, ...]
    allowed: int


def hand_backs(board: Board, room: str) -> list[Option]:
    """Giving the room up, where its people keep a lawful one without it; at most one option.

    A second office is no swap: it is unlawful by itself (办法 art. 19), however large, so nothing
    need be exchanged for it. People that the ledger counts in both rooms leave the list (a move
    to nowhere); where the other room is kept for them without people, they move there. Larger
    rooms come first among those kept, after rooms that are in use.
    """
    rows = board.case.seats_in.get(room, [])
    counts: dict[Group, int] = {}
    for row in rows:
        if row.purpose or not board.lots.is_single(row.group):
            return []
        counts[row.group] = counts.get(row.group, 0) + row.people
    moves: list[Move] = []
    kept: list[str] = []
    for group, people in counts.items():
        several = _several(board, group)
        if several is None:
            return []
        remains = [seat for seat in several.seats if seat.room != room]
        lawful = [seat.room for seat in _used_first(board, remains) if _keeps(board, seat)]
        if not lawful:
            return []
        target = ""
        if sum(seat.people for seat in remains) < several.allowed and people:
            # Not everybody on the roll would have a seat: somebody takes a room kept for them.
            empty = [r for r in lawful if not any(s.people for s in board.case.seats_in[r])]
            if people > 1 or not empty or board.distance(room, empty[0]) > 2:
                return []
            target = empty[0]
            lawful.sort(key=lambda r: r != target)
        if people:
            moves.append(Move(group, people, room, target))
        kept += lawful[: several.allowed]
    if not moves:
        return []
    return [Option(kind="hand_back", cost=(room,), moves=tuple(moves), kept=tuple(kept))]


def _several(board: Board, group: Group) -> _Several | None:
    """What the register says of the group's rooms as they now are; None where they are not many."""
    rule = AUDIT_RULES.get(SEVERAL)
    case = board.case_of(group.unit)
    judged = rule.judge(case, group_subject(group)) if rule and case.view in rule.views else None
    if judged is None or not judged.breach or judged.expected is None:
        return None
    seats = tuple(s for s in case.seats if s.group == group and (s.people or s.grade))
    return _Several(group, seats, int(judged.expected))


def _used_first(board: Board, seats: list[Seat]) -> list[Seat]:
    return sorted(seats, key=lambda s: (not s.people, -board.area(s.room), s.room))


def _keeps(board: Board, seat: Seat) -> bool:
    """Whether the room alone is a lawful office for a person of the row."""
    room = board.case.rooms[seat.room]
    if not board.usable(room):
        return False
    if not seat.people:
        lot = board.lots.of([(seat.group, 1)])
        company = any(s.group != seat.group for s in board.case.seats_in[seat.room])
        return lot is not None and not company and lot.fits(room.area)
    lot = board.lot_in(seat.room)
    if lot is None or not lot.alone:
        return False
    for name in ROOM_RULE:
        rule = AUDIT_RULES.get(name)
        judged = rule.judge(board.case, Subject("room", seat.room)) if rule else None
        if judged is not None and judged.breach:
            return False
    return True
