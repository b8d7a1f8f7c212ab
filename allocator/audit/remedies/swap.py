"""Swapping rooms: with an empty office, or with the people of another office."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.remedies.board import Board
from allocator.audit.remedies.lots import Lot
from allocator.audit.remedies.types import Move, Option


def swaps(board: Board, room: str) -> list[Option]:
    """Every lawful swap of a room, cheapest first.

    Cost: people that move, distance, a room of another unit, how
    far below their standards the people sit afterwards, room code.
    """
    lot = board.lot_in(room)
    if lot is None or not lot.alone:
        return []
    found = [_option(board, room, lot, other, None) for other in board.free_for(lot, room)]
    found += [
        _option(board, room, lot, other, theirs)
        for other, theirs in _partners(board, room, lot)
    ]  # fmt: skip
    return sorted(found, key=lambda option: option.cost)


def _partners(board: Board, room: str, lot: Lot) -> Iterable[tuple[str, Lot]]:
    """Occupied rooms that fit the lot and whose people fit into its room."""
    area = board.area(room)
    for other in board.between(lot.unit, lot.least, lot.most):
        theirs = board.lot_in(other)
        if other == room or theirs is None or not theirs.people or not theirs.alone:
            continue
        if not theirs.fits(area) or not board.permits(lot, other, room, theirs.unit):
            continue
        if board.permits(theirs, room, other, lot.unit):
            yield other, theirs


def _option(board: Board, room: str, lot: Lot, other: str, theirs: Lot | None) -> Option:
    moves = [Move(group, people, room, other) for group, people in lot.parts]
    people, short = lot.people, lot.most - board.area(other)
    if theirs is not None:
        moves += [Move(group, count, other, room) for group, count in theirs.parts]
        people, short = people + theirs.people, short + theirs.most - board.area(room)
    steps = board.distance(room, other)
    agree = theirs is not None and theirs.unit != lot.unit
    cost = (people, steps, agree, short, other)
    return Option(kind="swap", cost=cost, moves=tuple(moves))
