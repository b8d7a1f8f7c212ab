"""Sharing: people of the same unit join the large room, or its people join a colleague's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from allocator.audit.remedies_board import Board
from allocator.audit.remedies_lots import Lot
from allocator.audit.remedies_types import Move, Option


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people of one room (blank: without a room) that could sit elsewhere."""

    room: str
    lot: Lot
    whole: bool


def shares(board: Board, room: str) -> list[Option]:
    """Every lawful way to share, cheapest first; holders of single offices have no company.

    Cost: another site last, then people placed anew, most overruns cured, fewest people of another
    division together, a room emptied, distance, area short of the standards, codes. At most two
    pieces join a room, two only where they are fewer people than the best single piece.
    """
    lot = board.lot_in(room)
    if lot is None or lot.single or not lot.people:
        return []
    found = list(_leaving(board, room, lot))
    if board.permits(lot, room, room):
        found += _joining(board, room, lot)
    return sorted(found, key=lambda option: option.cost)


def _leaving(board: Board, room: str, lot: Lot) -> Iterable[Option]:
    """The people of the room join one other room of their unit."""
    for other in board.colleagues(lot.unit, room):
        theirs = board.lot_in(other)
        if theirs is None or theirs.single or not theirs.people:
            continue
        together = board.lots.of((*lot.parts, *theirs.parts))
        if together is None or not together.fits(board.area(other)):
            continue
        if board.permits(lot, other, room):
            moves = tuple(Move(group, n, room, other) for group, n in lot.parts)
            yield _option(board, moves, (room, other), together, other, empties=True)


def _joining(board: Board, room: str, lot: Lot) -> list[Option]:
    """People of other rooms, or without a room, join the people of the room."""
    pieces = [p for p in _pieces(board, room, lot) if board.permits(p.lot, room, p.room or room)]
    found = [o for piece in pieces if (o := _joined(board, room, lot, (piece,)))]
    best = min((_people(o.moves) for o in found), default=None)
    area, lacking = board.area(room), board.area(room) - lot.most
    for one, two in combinations(pieces, 2):
        both = one.lot.standard + two.lot.standard
        if both < lacking or board.lots.least(lot.standard + both) > area:
            continue
        fewer = best is None or one.lot.people + two.lot.people < best
        if one.room != two.room and fewer:
            option = _joined(board, room, lot, (one, two))
            found += [option] if option else []
    return found


def _joined(board: Board, room: str, lot: Lot, pieces: tuple[Piece, ...]) -> Option | None:
    together = board.lots.of((*lot.parts, *(part for p in pieces for part in p.lot.parts)))
    if together is None or not together.fits(board.area(room)):
        return None
    moves = tuple(Move(group, n, p.room, room) for p in pieces for group, n in p.lot.parts)
    rooms = (room, *(p.room for p in pieces if p.room))
    empties = any(p.whole for p in pieces)
    return _option(board, moves, rooms, together, room, empties=empties)


def _pieces(board: Board, room: str, lot: Lot) -> Iterable[Piece]:
    """Whole rooms of the unit, and people of one group that a lawful room can spare."""
    for other in board.colleagues(lot.unit, room):
        theirs = board.lot_in(other)
        if theirs is None or not theirs.people:
            continue
        if not theirs.single:
            yield Piece(other, theirs, True)
        for group, count in theirs.parts:
            if board.lots.is_single(group):
                continue
            for people in range(1, count + (len(theirs.parts) > 1)):
                part = board.lots.of([(group, people)])
                rest = board.lots.of((g, n - people if g == group else n) for g, n in theirs.parts)
                if part and rest and rest.fits(board.area(other)):
                    yield Piece(other, part, False)
    for group, count in board.without_room(lot.unit):
        if not board.lots.is_single(group):
            for people in range(1, count + 1):
                part = board.lots.of([(group, people)])
                if part:
                    yield Piece("", part, False)


def _option(
    board: Board, moves: tuple[Move, ...], rooms: tuple[str, ...], together: Lot, host: str,
    *, empties: bool,
) -> Option:  # fmt: skip
    cured = sum(board.is_over(room) for room in rooms)
    divisions = [group.division for group, n in together.parts for _ in range(n)]
    others = len(divisions) - max(divisions.count(d) for d in set(divisions))
    steps = [board.distance(m.from_room, m.to_room) * m.people for m in moves if m.from_room]
    far = any(board.distance(m.from_room, m.to_room) > 2 for m in moves if m.from_room)
    short = together.most - board.area(host)
    cost = (far, _people(moves), -cured, others, not empties, sum(steps), short, rooms, moves)
    return Option(kind="share", cost=cost, moves=moves)


def _people(moves: tuple[Move, ...]) -> int:
    return sum(move.people for move in moves)
