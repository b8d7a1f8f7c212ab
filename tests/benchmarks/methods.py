"""All methods of the table by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from tests.benchmarks.attempt import Method

OURS = "ours"

METHODS: dict[str, tuple[str, str]] = {
    OURS: ("tests.benchmarks.ours", "ours"),
    "greedy": ("tests.benchmarks.greedy", "greedy"),
    "annealing": ("tests.benchmarks.anneal", "anneal"),
    "cp-sat": ("tests.benchmarks.monolith", "cp_sat"),
    "highs": ("tests.benchmarks.mip", "highs"),
    "timefold": ("tests.benchmarks.timefold_units", "timefold"),
}
"""Module and function, so that each process loads only what its method needs."""


def method(name: str) -> Method:
    """The function of a method, made ready to start."""
    module, function = METHODS[name]
    loaded = import_module(module)
    prepare: Callable[[], None] | None = getattr(loaded, "prepare", None)
    if prepare is not None:
        prepare()
    found: Method = getattr(loaded, function)
    return found


def _needs_jdk() -> str:
    if shutil.which("java") is None:
        return "no JDK is present"
    if find_spec("timefold") is None:
        return "the package timefold 1.24 is not installed (the extra `timefold` has it)"
    return ""


AVAILABLE: dict[str, Callable[[], str]] = {"timefold": _needs_jdk}
"""Why a method cannot run here; blank if it can."""
