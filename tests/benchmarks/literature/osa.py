"""Office space allocation (Ülker and Landa-Silva): entities into rooms, misuse and soft wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

ALLOCATION, NON_ALLOCATION, ONE_OF, CAPACITY, SAME_ROOM, NOT_SAME_ROOM = range(6)
NOT_SHARING, ADJACENCY, NEARBY, AWAY = range(6, 10)

SCALE = 100
"""Sizes carry two decimals."""

PENALTY = {
    ALLOCATION: 2000,
    NON_ALLOCATION: 1000,
    CAPACITY: 1000,
    SAME_ROOM: 1000,
    NOT_SAME_ROOM: 1000,
    NOT_SHARING: 5000,
    ADJACENCY: 1000,
    NEARBY: 1000,
    AWAY: 1000,
}
"""Of a violated soft wish, in 1/SCALE."""
NEARBY_GENERATED = 1118
"""Nearby in the generated instances; the authors' own value of one needs it."""


class Wish(NamedTuple):
    """One constraint: kind, hard or not, and its two codes as in the file."""

    kind: int
    hard: bool
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Case:
    """Sizes in 1/SCALE; `near` is what a broken wish to be near costs."""

    name: str
    sizes: tuple[int, ...]
    capacity: tuple[int, ...]
    floor: tuple[int, ...]
    next_to: tuple[frozenset[int], ...]
    """Adjacent rooms, the room itself among them."""
    wishes: tuple[Wish, ...]
    near: int

    def penalty(self, wish: Wish) -> int:
        """Cost of breaking a soft wish."""
        return self.near if wish.kind == NEARBY else PENALTY[wish.kind]


def read_osa(path: Path) -> Case:
    """A file of the collection; the leading line with a bound may be missing."""
    sections: dict[str, list[list[str]]] = defaultdict(list)
    section = ""
    for line in path.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words and words[0].isalpha() and len(words) == 1:
            section = words[0]
        elif words and words[0][0].isdigit():
            sections[section].append(words)
    rooms = sections["ROOMS"]
    generated = not path.stem.startswith("nott")
    return Case(
        path.stem,
        tuple(_scaled(row[2]) for row in sections["ENTITIES"]),
        tuple(_scaled(row[2]) for row in rooms),
        tuple(int(row[1]) for row in rooms),
        tuple(frozenset({int(row[0]), *map(int, row[4:])}) for row in rooms),
        tuple(Wish(int(r[1]), r[2] == "1", int(r[3]), int(r[4])) for r in sections["CONSTRAINTS"]),
        NEARBY_GENERATED if generated else PENALTY[NEARBY],
    )


def _scaled(text: str) -> int:
    number = Decimal(text) * SCALE
    if number != int(number):
        raise ValueError(f"{text} has more than two decimals")
    return int(number)


def kept(case: Case, wish: Wish, at: Sequence[int], load: Sequence[int]) -> bool:
    """Whether a wish holds; in allocation wishes the first code is the entity."""
    a, b = wish.a, wish.b
    if wish.kind == ALLOCATION:
        return at[a] == b
    if wish.kind == NON_ALLOCATION:
        return at[a] != b
    if wish.kind == CAPACITY:
        return load[a] <= case.capacity[a]
    if wish.kind == NOT_SHARING:
        return sum(room == at[a] for room in at) == 1
    if wish.kind == SAME_ROOM:
        return at[a] == at[b]
    if wish.kind == NOT_SAME_ROOM:
        return at[a] != at[b]
    if wish.kind == ADJACENCY:
        return at[b] in case.next_to[at[a]]
    if wish.kind == NEARBY:
        return case.floor[at[a]] == case.floor[at[b]]
    if wish.kind == AWAY:
        return case.floor[at[a]] != case.floor[at[b]]
    raise ValueError(f"constraint type {wish.kind} is unknown")


def value(case: Case, at: Sequence[int]) -> int:
    """Misuse and broken soft wishes in 1/SCALE; raises ValueError where a hard one is broken."""
    load = [0] * len(case.capacity)
    for entity, room in enumerate(at):
        load[room] += case.sizes[entity]
    broken = [w for w in case.wishes if not kept(case, w, at, load)]
    if any(w.hard for w in broken):
        raise ValueError(f"{sum(w.hard for w in broken)} hard constraints are broken")
    misuse = sum(max(c - x, 2 * (x - c)) for c, x in zip(case.capacity, load, strict=True))
    return misuse + sum(case.penalty(w) for w in broken)
