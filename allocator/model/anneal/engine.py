"""The one compiled function that Python calls: so all that it calls is compiled but once."""

from __future__ import annotations

import numpy as np

from allocator.model.anneal.building import MASK, VARIANT
from allocator.model.anneal.chain import Memo, State, members, settle, walk
from allocator.model.anneal.jit import entry
from allocator.model.anneal.layout import Array, Data
from allocator.model.anneal.local import ROOMS, load
from allocator.model.anneal.pack import pack

WALK, SETTLE = -1, -2
NO_MIX = np.zeros(1)


@entry
def engine(
    d: Data, m: Memo, t: State, job: int, proposals: int, heat: float, mix: Array, seed: int
) -> None:
    """Propose, or price the homes from scratch, or pack the building with the number `job`."""
    if job == WALK:
        walk(d, m, t, proposals, heat, mix, seed)
    elif job == SETTLE:
        settle(d, m, t)
    else:
        n = members(t, job)
        if load(d, job, t.units, n, t.work):
            variant = int(t.figures[job, VARIANT])
            pack(d, job, int(t.figures[job, MASK]), t.units, n, t.work, variant)
        else:
            t.work.sizes[ROOMS] = 0


def price(d: Data, m: Memo, t: State) -> None:
    """All costs from scratch."""
    engine(d, m, t, SETTLE, 0, 1.0, NO_MIX, 0)


def propose(d: Data, m: Memo, t: State, proposals: int, heat: float, mix: Array, seed: int) -> None:
    """So many proposals at one temperature; `mix` is the running sum of the moves' shares."""
    engine(d, m, t, WALK, proposals, heat, mix, seed)


def lay_out(d: Data, m: Memo, t: State, b: int) -> None:
    """The rooms of a building with the units at home there, into `work`."""
    engine(d, m, t, b, 0, 1.0, NO_MIX, 0)
