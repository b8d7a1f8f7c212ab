"""One building of the bound: its floor sets, and what each of them offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

INFINITE = 1 << 60
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Home:
    """What a unit saves in its own building: cost saved per floor set, in cost units."""

    unit: int
    saved: Ints


@dataclass
class Block:
    """One building: its floor sets F (rows) and what each offers."""

    building: str
    site: int
    alone: bool
    """Whether the site has no other building."""
    floors: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]
    fixed: Ints
    """Cost of each floor set before anybody sits there."""
    office: Ints
    service: Ints
    unusable: Ints
    """Area of offices that no lawful use fits."""
    unusable_seats: Ints
    capacity: Ints
    """Most standards that people who share rooms may have there, 0.01 m2."""
    least: tuple[int, ...]
    """Per alone limit: the least shared standards that a single seat takes away."""
    singles: Ints
    """Rooms that a person who sits alone may have."""
    free_area: Ints
    """Least area to leave free for 0, 1, 2, ... seats (columns); INFINITE where impossible."""
    free_capacity: Ints
    """Least capacity lost by leaving free 0, 1, 2, ... seats (columns)."""
    held: Ints
    """Most office area that people with 0, 1, 2, ... grid steps of standards hold (columns)."""
    density: Fraction
    """Least area per free seat of any usable room."""
    homes: list[Home] = field(default_factory=list)


def nothing(top: int) -> Ints:
    """Worth of no rooms, by seats (at least): 0 seats only."""
    best = np.full(top + 1, INFINITE, dtype=np.int64)
    best[0] = 0
    return best


def joined(a: Ints, b: Ints) -> Ints:
    """Least area of two floors together, by seats (at least)."""
    top = len(a) - 1
    padded = np.concatenate([np.full(top, INFINITE, dtype=np.int64), b])
    shifted = np.lib.stride_tricks.sliding_window_view(padded, top + 1)[::-1]
    best: Ints = np.minimum(INFINITE, (a[:, None] + shifted).min(axis=0))
    return best
