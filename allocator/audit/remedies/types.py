"""What a remedy is: who moves from where to where, what that cures, and in which turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from allocator.audit.rule import Words
from allocator.domain import Group
from allocator.quantity import m2

RemedyKind: TypeAlias = Literal["hand_back", "swap", "share", "common", "exception"]
"""A second office is handed back. All others in the order of the regulation: swap the room, share
it, turn it to common use; else register a structural exception. Walling off is none."""


class Move(NamedTuple):
    """People of one group that change rooms; `from_room` blank: they have no room yet.

    `to_room` blank: they sit in another room of theirs already, and this one is handed back.
    `people` 0 moves a room held without people, such as one given for a request.
    """

    group: Group
    people: int
    from_room: str
    to_room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to cure a room, not yet verified; the smallest `cost` of a kind comes first."""

    kind: RemedyKind
    cost: tuple[Any, ...]
    moves: tuple[Move, ...]
    kept: tuple[str, ...] = ()
    """Rooms that people keep who hand one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The remedy of one over-standard room; areas in 0.01 m2.

    `rank` is its turn, from 1; `needs` are the turns that must come before, because they empty
    a room that this one fills. `cured_by` names the finding whose remedy cures this room as well;
    then nobody moves for this one.
    """

    kind: RemedyKind
    room: str
    rooms: tuple[str, ...]
    """The counterparts: every other room that people leave, enter, or keep for one handed back."""
    moves: tuple[Move, ...]
    people_moved: int
    """People that leave one room for another."""
    area_gained: int
    """Area above the standards that goes, in all touched rooms together."""
    words: Words
    clause: str
    rank: int
    people_seated: int = 0
    """People without a room who get one, counted apart."""
    gains: tuple[tuple[str, int], ...] = ()
    """What of the area gained is due to other rooms; less than 0 where more is left to one."""
    needs: tuple[int, ...] = ()
    cured_by: str = ""
    measure: tuple[str, ...] = ()
    """Rooms to be measured first: the error of their areas could turn the verdict afterwards."""
    small: bool = False
    """Little is gained for the people moved: an exception or a tolerance is worth a thought."""

    def as_json(self) -> dict[str, Any]:
        """Plain data; areas in m2."""
        return {
            "rank": self.rank,
            "kind": self.kind,
            "room": self.room,
            "rooms": list(self.rooms),
            "moves": [
                {
                    "unit": move.group.unit,
                    "division": move.group.division,
                    "grade": move.group.grade,
                    "people": move.people,
                    "from_room": move.from_room,
                    "to_room": move.to_room,
                }
                for move in self.moves
            ],
            "people_moved": self.people_moved,
            "people_seated": self.people_seated,
            "area_gained": m2(self.area_gained),
            "gained_elsewhere": {room: m2(area) for room, area in self.gains},
            "needs": list(self.needs),
            "cured_by": self.cured_by,
            "measure": list(self.measure),
            "small": self.small,
            "zh": self.words.zh,
            "en": self.words.en,
            "clause": self.clause,
        }


def moved(moves: Iterable[Move]) -> int:
    """People that leave one room for another; those without a room do not count."""
    return sum(move.people for move in moves if move.from_room and move.to_room)


def seated(moves: Iterable[Move]) -> int:
    """People without a room who get one."""
    return sum(move.people for move in moves if not move.from_room)


def touched(moves: Iterable[Move]) -> tuple[str, ...]:
    """Every room that people leave or enter, each once, in the order of the moves."""
    rooms = (room for move in moves for room in (move.from_room, move.to_room))
    return tuple(dict.fromkeys(room for room in rooms if room))
