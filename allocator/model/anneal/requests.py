"""Requests as compiled search sees them, and the names behind its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.domain import Request, Room
from allocator.model.anneal.layout import Array
from allocator.model.kinds import Kind
from allocator.problem import Problem

NO_ROOM = 62
"""The bit of a feature that no room has."""


@dataclass(frozen=True)
class Names:
    """What the numbers stand for."""

    units: list[str]
    parties: list[Kind]
    buildings: list[str]
    floors: list[str]
    rooms: list[str]
    requests: list[Request]


def needs(features: Sequence[str], bits: dict[str, int]) -> int:
    """Bits of features; one that no room has gets a bit of its own."""
    return sum({1 << bits.get(x, NO_ROOM) for x in features})


def of_requests(
    problem: Problem, names: Names, rooms: list[Room], bits: dict[str, int]
) -> dict[str, Any]:
    """Tables of what is asked for, and where there is a room for it."""
    asked = names.requests
    return {
        "request": (
            [q.use == "office" for q in asked],
            [q.area_min for q in asked],
            [q.area_max for q in asked],
            [needs(q.features, bits) for q in asked],
        ),
        "request_floors": _floors_for(problem, names, rooms),
    }


def _floors_for(problem: Problem, names: Names, rooms: list[Room]) -> Array:
    """(request, building): bits of the permitted floors with a room that fits."""
    number = {f: i for i, f in enumerate(names.floors)}
    building = {b: i for i, b in enumerate(names.buildings)}
    at = np.array([building[problem.building_of_floor[f]] for f in names.floors], np.int64)
    begins = np.searchsorted(at, np.arange(len(names.buildings)))
    bit = np.left_shift(1, np.minimum(np.arange(len(at)) - begins[at], NO_ROOM)).astype(np.int64)
    fits: dict[tuple[str, int, int, tuple[str, ...]], Array] = {}
    found = np.zeros((len(names.requests), len(names.buildings)), np.int64)
    for i, q in enumerate(names.requests):
        key = (q.use, q.area_min, q.area_max, tuple(q.features))
        if key not in fits:
            fits[key] = np.zeros(len(at), bool)
            fits[key][[
                number[r.floor]
                for r in rooms
                if r.use == q.use
                and q.area_min <= r.area <= q.area_max
                and set(q.features) <= set(r.features)
            ]] = True  # fmt: skip
        allowed = np.zeros(len(at), bool)
        allowed[[number[f] for f in problem.permitted_floors[q.unit]]] = True
        np.bitwise_or.at(found[i], at, np.where(fits[key] & allowed, bit, 0))
    return found
