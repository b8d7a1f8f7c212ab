"""Vacating a large room: its people go to several rooms, and it is turned to common use."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, TypeAlias

from allocator.audit.remedies.board import Board
from allocator.audit.remedies.lots import Lot
from allocator.audit.remedies.types import Move, Option, RemedyKind
from allocator.domain import Group

MOST_STEPS = 4_000
"""Partial answers looked at per room; only rooms with many people and many choices meet it."""
MOST_OPTIONS = 12

Parts: TypeAlias = tuple[tuple[Group, int], ...]


def spread(board: Board, room: str) -> list[Option]:
    """The people of a room join colleagues in several rooms: a way to share."""
    return _vacated(board, room, "share")


def conversions(board: Board, room: str) -> list[Option]:
    """The people of a room go to empty rooms or join colleagues; the room is free for all.

    Cost: divisions split, counting each further room, then steps, rooms used, area short of the
    standards, codes.
    """
    return _vacated(board, room, "common")


def _vacated(board: Board, room: str, kind: RemedyKind) -> list[Option]:
    seats = board.case.seats_in.get(room, [])
    counts: dict[Group, int] = {}
    for seat in seats:
        if seat.purpose:
            return []
        if seat.people:
            counts[seat.group] = counts.get(seat.group, 0) + seat.people
    lots = [board.lots.of([part]) for part in counts.items()]
    if not lots or any(lot is None for lot in lots):
        return []
    first = {lot.parts[0][0]: -lot.standard // lot.people for lot in lots if lot}
    parts = tuple(sorted(counts.items(), key=lambda part: (first[part[0]], part)))
    search = _Search(board, room, kind)
    search.place(parts, (), (0, 0, 0, 0))
    return sorted(search.found, key=lambda option: option.cost)[:MOST_OPTIONS]


class _Search:
    """Depth first over lots and rooms, nearest rooms first; found options only get cheaper."""

    def __init__(self, board: Board, room: str, kind: RemedyKind) -> None:
        self.board = board
        self.room = room
        self.kind = kind
        self.steps = 0
        self.found: list[Option] = []
        self._hosts: dict[Lot, list[tuple[tuple[int, ...], str]]] = {}

    def place(self, left: Parts, moves: tuple[Move, ...], cost: tuple[int, ...]) -> None:
        """Find rooms for everybody who is left."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            return
        if not left:
            used = tuple(m.to_room for m in moves)
            self.found.append(Option(kind=self.kind, cost=(*cost, used), moves=moves))
            return
        if self.found and cost >= min(o.cost for o in self.found)[:4]:
            return
        taken = {m.to_room for m in moves}
        for lot in islice(_lots(self.board, left), 40):
            gone = dict(lot.parts)
            rest = tuple((g, n - gone.get(g, 0)) for g, n in left if n > gone.get(g, 0))
            for price, target in self._places(lot):
                if target not in taken:
                    there = tuple(Move(g, n, self.room, target) for g, n in lot.parts)
                    _, steps, rooms, short = cost
                    all_moves = (*moves, *there)
                    total = (
                        self._splits(all_moves), steps + price[0], rooms + 1, short + price[1],
                    )  # fmt: skip
                    self.place(rest, all_moves, total)

    def _places(self, lot: Lot) -> list[tuple[tuple[int, ...], str]]:
        """As many nearest rooms as could be taken by others, and one more."""
        if lot not in self._hosts:
            people = sum(s.people for s in self.board.case.seats_in[self.room])
            self._hosts[lot] = sorted(self._all_places(lot))[: people + 1]
        return self._hosts[lot]

    def _all_places(self, lot: Lot) -> Iterator[tuple[tuple[int, ...], str]]:
        board = self.board
        if self.kind == "common":
            for target in board.free_for(lot, self.room):
                yield self._price(lot, target, lot.most), target
        if lot.single:
            return
        for target in board.colleagues(lot.unit, self.room):
            theirs = board.lot_in(target)
            if theirs is None or theirs.single or not theirs.people:
                continue
            fits = board.lots.fit(lot.standard + theirs.standard, board.area(target))
            if fits and board.permits(lot, target, self.room):
                yield self._price(lot, target, lot.most + theirs.standard), target

    def _price(self, lot: Lot, target: str, most: int) -> tuple[int, ...]:
        steps = self.board.distance(self.room, target)
        return (steps * lot.people, most - self.board.area(target))

    def _splits(self, moves: tuple[Move, ...]) -> int:
        """Rooms of each division beyond the first; holders of single offices sit apart anyway."""
        rooms = {
            (m.group.unit, m.group.division, m.to_room)
            for m in moves
            if not self.board.lots.is_single(m.group)
        }
        return len(rooms) - len({place[:2] for place in rooms})


def _lots(board: Board, left: Parts) -> Iterator[Lot]:
    """Lots that hold somebody of the first group left, largest first; single people alone."""
    (first, most), *others = left
    if board.lots.is_single(first):
        lot = board.lots.of([(first, 1)])
        if lot:
            yield lot
        return
    ranges: list[Any] = [range(most, 0, -1)]
    groups = [first]
    for group, count in others:
        if group.unit == first.unit and not board.lots.is_single(group):
            groups.append(group)
            ranges.append(range(count, -1, -1))
    for counts in product(*ranges):
        lot = board.lots.of((g, n) for g, n in zip(groups, counts, strict=True) if n)
        if lot:
            yield lot
