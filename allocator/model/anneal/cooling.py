"""What annealing is asked for and what it gives back; nothing here is compiled."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import Assignment

HOT = 60.0
"""Temperature at the start, m2-equivalents."""
WARM = HOT / 3
"""The same of short coolings and of those of some sites only."""
TRIAL = 0.001
"""Work of a cooling that is only run to compile it."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """One run: from these homes (None: not placed) for seconds, or for work without a clock."""

    homes: tuple[tuple[str, str | None], ...]
    seed: int
    deadline: float | None
    """Monotonic time to stop at."""
    work: float
    """Deterministic units, when there is no deadline."""
    hot: float = HOT
    press: int = 0
    sites: tuple[str, ...] = ()
    """The only sites whose units move, and among which; none: all."""


@dataclass(frozen=True, slots=True)
class Cooled:
    """The best homes found, and their rooms; rows of fixed and pinned rooms are not among them."""

    homes: tuple[tuple[str, str | None], ...]
    rows: tuple[Assignment, ...]
    common: tuple[str, ...]
    work: float
