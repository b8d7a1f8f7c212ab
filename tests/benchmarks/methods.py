"""All methods of the table by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tests.benchmarks.attempt import Method

OURS = "ours"

METHODS: dict[str, tuple[str, str]] = {
    OURS: ("tests.benchmarks.ours", "ours"),
    "greedy": ("tests.benchmarks.greedy", "greedy"),
    "annealing": ("tests.benchmarks.anneal", "anneal"),
    "cp-sat": ("tests.benchmarks.monolith", "cp_sat"),
    "highs": ("tests.benchmarks.mip", "highs"),
}
"""Module and function, so that each process loads only what its method needs."""


class Unavailable(Exception):
    """The method cannot run here; says why."""


def method(name: str) -> Method:
    """The function of a method."""
    module, function = METHODS[name]
    found: Method = getattr(import_module(module), function)
    return found


AVAILABLE: dict[str, Callable[[], str]] = {}
"""Why a method cannot run here; blank if it can."""
