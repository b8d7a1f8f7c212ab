"""Input differences in groups that can be changed alone, each leaving a whole scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from allocator.compare_inputs import InputDifference, Piece, label, lines_of, pieces
from allocator.scenario import Scenario

MOST_GROUPS = 12
"""More groups than this are joined by table or list, then by part of the scenario."""

_NAMED = ("sites", "buildings", "floors", "rooms", "units", "divisions")
"""Tables whose codes other rows refer to."""

LISTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pieces that are changed together, with the lines they are made of."""

    name: str
    zh: str
    en: str
    pieces: tuple[Piece, ...]
    lines: tuple[InputDifference, ...]


def groups(a: Scenario, b: Scenario, most: int = MOST_GROUPS) -> tuple[Group, ...]:
    """All differences that can change a plan, at most about `most` groups, in their order.

    How long a search may take is left out: every re-solve gets the same work.
    """
    spent = {("budget", "seconds"), ("budget", "work")}
    units = {unit.code for scenario in (a, b) for unit in scenario.ledger.units}
    parts = _joined([p for p in pieces(a, b) if p.path not in spent], units)
    for depth in (2, 1):
        if len(parts) > most:
            parts = _by_path(parts, depth)
    return tuple(_group(number, part) for number, part in enumerate(parts, start=1))


def _joined(found: Sequence[Piece], units: Collection[str]) -> list[tuple[Piece, ...]]:
    """A row that comes or goes is joined with all that names it: neither can change alone.

    So is all that names a unit which became another one.
    """
    leader = list(range(len(found)))

    def find(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    naming: dict[str, list[int]] = defaultdict(list)
    for place, piece in enumerate(found):
        for word in set(_words((piece.old, piece.new))):
            naming[word].append(place)
    for place, piece in enumerate(found):
        for word in sorted(_binding(piece, units)):
            for other in naming[word]:
                first, second = sorted((find(place), find(other)))
                leader[second] = first
    parts: dict[int, list[Piece]] = defaultdict(list)
    for place, piece in enumerate(found):
        parts[find(place)].append(piece)
    # What became of units says best what a group is.
    return [
        tuple(sorted(part, key=lambda p: p.path[0] != "lineage"))
        for _, part in sorted(parts.items())
    ]


def _binding(piece: Piece, units: Collection[str]) -> set[str]:
    """The codes that bind a piece to whatever names them."""
    if piece.path[0] == "lineage":
        return set(_words((piece.old, piece.new))) & set(units)
    comes_or_goes = piece.old is None or piece.new is None
    if comes_or_goes and piece.key is not None and piece.path[-1] in _NAMED:
        return {piece.key[0]}
    return set()


def _words(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _words(tuple(value.items()))
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from _words(item)


def _by_path(parts: Iterable[tuple[Piece, ...]], depth: int) -> list[tuple[Piece, ...]]:
    """Groups that begin at the same table or list as one; the policy's keys stay apart at first."""
    found: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for part in parts:
        found[part[0].path[:depth]] += part
    return [tuple(part) for part in found.values()]


def _group(number: int, part: tuple[Piece, ...]) -> Group:
    lines = tuple(line for piece in part for line in lines_of(piece))
    zh = "；".join(line.zh for line in lines[:LISTED])
    en = "; ".join(line.en for line in lines[:LISTED])
    if len(lines) > LISTED:
        zh, en = f"{zh}；等 {len(lines)} 处", f"{en}; {len(lines)} differences in all"
    name = label(part[0].path)[1].replace(" ", "-")
    return Group(name=f"{number:02d}-{name}", zh=zh, en=en, pieces=part, lines=lines)
