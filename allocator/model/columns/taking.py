"""The compiled inner loop of the knapsack: one more room against every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])
Saved = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


def _compiled(function: Function) -> Function:
    """Compile when first called; the machine code is kept unless nothing there is writable."""
    options: dict[str, Any] = {"nogil": True}
    try:
        return cast(Function, njit(cache=True, **options)(function))
    except RuntimeError:  # numba finds no place for its cache
        return cast(Function, njit(**options)(function))


@_compiled
def take_rooms(
    table: Saved,
    sizes: Ints,
    seats: Ints,
    first: Ints,
    axis: Ints,
    step: Ints,
    saved: Saved,
) -> Saved:
    """The table after some rooms: each left free, or taken in one of its ways.

    `table`: states flat in C order, axes of `sizes`, the last one free seats (at least). `seats`:
    free seats of each room. Ways of room r: first[r] up to first[r + 1] of axis, step and saved.
    """
    last = sizes[-1]
    old, new = table.copy(), np.empty_like(table)
    for r in range(len(seats)):
        s = min(seats[r], last - 1)
        for base in range(0, len(old), last):
            for g in range(s):
                new[base + g] = old[base]
            for g in range(s, last):
                new[base + g] = old[base + g - s]
        for way in range(first[r], first[r + 1]):
            inner = 1
            for k in range(axis[way] + 1, len(sizes)):
                inner *= sizes[k]
            block = inner * sizes[axis[way]]
            shift = inner * step[way]
            gain = np.int32(saved[way])
            for base in range(0, len(old), block):
                come, into = old[base : base + block - shift], new[base + shift : base + block]
                for x in range(len(into)):
                    into[x] = max(into[x], come[x] + gain)
        old, new = new, old
    return old
