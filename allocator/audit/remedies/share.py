"""Sharing: people of the same unit join the large room, or its people join a colleague's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import nsmallest
from itertools import combinations, islice

from allocator.audit.remedies.board import Board
from allocator.audit.remedies.lots import Lot, Piece
from allocator.audit.remedies.types import Move, Option

MOST_JOIN = 12
"""People without a room who join one room together; vacant posts of a plan may be many."""
MOST_PIECES = 30
"""Pieces tried in pairs: fewest people, then nearest; it only matters in very large units."""
MOST_OPTIONS = 30


def shares(board: Board, room: str) -> list[Option]:
    """Lawful ways to share, cheapest first; holders of single offices have no company.

    Cost: people placed anew, most overruns cured, fewest divisions split, fewest people who join
    another division, a room emptied, distance, area short of the standards, codes. At most two
    pieces join a room, two only where they are fewer people than the best single piece.
    """
    lot = board.lot_in(room)
    if lot is None or lot.single or not lot.people:
        return []
    found = list(_leaving(board, room, lot))
    if board.permits(lot, room, room):
        found += _joining(board, room, lot)
    return sorted(found, key=lambda option: option.cost)


def _leaving(board: Board, room: str, lot: Lot) -> Iterator[Option]:
    """The people of the room join one other room of their unit."""
    for other in board.colleagues(lot.unit, room):
        theirs = board.lot_in(other)
        if theirs is None or theirs.single or not theirs.people:
            continue
        if not board.lots.fit(lot.standard + theirs.standard, board.area(other)):
            continue
        if board.permits(lot, other, room):
            yield _option(board, (Piece(room, lot, whole=True),), theirs, other)


def _joining(board: Board, room: str, lot: Lot) -> list[Option]:
    """People of other rooms, or without a room, join the people of the room."""
    area, pieces = board.area(room), list(_pieces(board, room, lot))
    found = [
        _option(board, (piece,), lot, room)
        for piece in pieces
        if board.lots.fit(lot.standard + piece.lot.standard, area) and _may(board, piece, room)
    ]
    best = min((option.cost[0] for option in found), default=None)
    if best is not None and best <= 2:
        return found
    pieces.sort(key=lambda p: (p.lot.people, board.distance(p.room or room, room), p.room))
    near = [p for p in islice(pieces, MOST_PIECES) if _may(board, p, room)]
    pairs = [
        _option(board, pair, lot, room)
        for pair in combinations(near, 2)
        if pair[0].room != pair[1].room
        and board.lots.fit(lot.standard + pair[0].lot.standard + pair[1].lot.standard, area)
        and (best is None or pair[0].lot.people + pair[1].lot.people < best)
    ]
    return found + nsmallest(MOST_OPTIONS, pairs, key=lambda option: option.cost)


def _may(board: Board, piece: Piece, room: str) -> bool:
    return board.permits(piece.lot, room, piece.room or room)


def _pieces(board: Board, room: str, lot: Lot) -> Iterator[Piece]:
    """People of the unit in other rooms and in none."""
    for other in board.colleagues(lot.unit, room):
        yield from board.pieces_in(other)
    for group, count in board.without_room(lot.unit):
        if not board.lots.is_single(group):
            for people in range(1, min(count, MOST_JOIN) + 1):
                part = board.lots.of([(group, people)])
                if part:
                    yield Piece("", part)


def _option(board: Board, pieces: tuple[Piece, ...], lot: Lot, host: str) -> Option:
    """Pieces that join the people (`lot`) of the room `host`."""
    rooms = (host, *(p.room for p in pieces if p.room))
    divisions = {group.division for group, _ in lot.parts}
    parts = [(p.room, group, n) for p in pieces for group, n in p.lot.parts]
    people = standard = steps = 0
    for piece in pieces:
        people, standard = people + piece.lot.people, standard + piece.lot.standard
        steps += board.distance(piece.room, host) * piece.lot.people if piece.room else 0
    cost = (
        people,
        -sum(board.is_over(room) for room in rooms),
        sum(_splits(board, piece, divisions) for piece in pieces),
        sum(n for _, group, n in parts if group.division not in divisions),
        not any(piece.whole for piece in pieces),
        steps,
        lot.most + standard - board.area(host),
        rooms,
        parts,
    )
    moves = tuple(Move(group, n, source, host) for source, group, n in parts)
    return Option(kind="share", cost=cost, moves=moves)


def _splits(board: Board, piece: Piece, host: set[str]) -> int:
    """Divisions that a piece parts: some stay in its room, and none of them is with the host."""
    if piece.whole or not piece.room:
        return 0
    left = Counter({s.group: 0 for s in board.case.seats_in[piece.room]})
    for seat in board.case.seats_in[piece.room]:
        left[seat.group] += seat.people
    left.subtract(dict(piece.lot.parts))
    staying = {group.division for group, people in left.items() if people > 0}
    return len(staying & {group.division for group, _ in piece.lot.parts} - host)
