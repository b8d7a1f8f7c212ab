"""Sharing: people of the same unit join the large room, or its people join a colleague's."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from allocator.audit.remedies_board import Board
from allocator.audit.remedies_lots import Lot, Piece
from allocator.audit.remedies_types import Move, Option

MOST_JOIN = 12
"""People without a room who join one room together; vacant posts of a plan may be many."""
MOST_PIECES = 200
"""Pieces that are tried in pairs, fewest people and nearest first."""


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
        if not board.lots.fit(lot.standard + theirs.standard, board.area(other)):
            continue
        together = board.lots.of((*lot.parts, *theirs.parts))
        if together and board.permits(lot, other, room):
            moves = tuple(Move(group, n, room, other) for group, n in lot.parts)
            yield _option(board, moves, (room, other), together, other, empties=True)


def _joining(board: Board, room: str, lot: Lot) -> list[Option]:
    """People of other rooms, or without a room, join the people of the room."""
    area, pieces = board.area(room), list(_pieces(board, room, lot))
    found = [
        option
        for piece in pieces
        if board.lots.fit(lot.standard + piece.lot.standard, area)
        and (option := _joined(board, room, lot, (piece,)))
    ]
    best = min((_people(o.moves) for o in found), default=None)
    if best is not None and best <= 2:
        return found
    pieces.sort(key=lambda p: (p.lot.people, board.distance(p.room or room, room), p.room))
    for one, two in combinations(pieces[:MOST_PIECES], 2):
        fits = board.lots.fit(lot.standard + one.lot.standard + two.lot.standard, area)
        fewer = best is None or one.lot.people + two.lot.people < best
        if fits and fewer and one.room != two.room:
            option = _joined(board, room, lot, (one, two))
            found += [option] if option else []
    return found


def _joined(board: Board, room: str, lot: Lot, pieces: tuple[Piece, ...]) -> Option | None:
    if not all(board.permits(p.lot, room, p.room or room) for p in pieces):
        return None
    together = board.lots.of((*lot.parts, *(part for p in pieces for part in p.lot.parts)))
    if together is None:
        return None
    moves = tuple(Move(group, n, p.room, room) for p in pieces for group, n in p.lot.parts)
    rooms = (room, *(p.room for p in pieces if p.room))
    empties = any(p.whole for p in pieces)
    return _option(board, moves, rooms, together, room, empties=empties)


def _pieces(board: Board, room: str, lot: Lot) -> Iterable[Piece]:
    """People of the unit in other rooms and in none."""
    for other in board.colleagues(lot.unit, room):
        yield from board.pieces_in(other)
    for group, count in board.without_room(lot.unit):
        if not board.lots.is_single(group):
            for people in range(1, min(count, MOST_JOIN) + 1):
                part = board.lots.of([(group, people)])
                if part:
                    yield Piece("", part)


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
