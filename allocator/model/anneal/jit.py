"""Compile a function, and keep the machine code where the installation lets us."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

STAMP = tuple(
    (path.name, path.stat().st_mtime, path.stat().st_size)
    for path in sorted(Path(__file__).parent.glob("*.py"))
)
"""All files of the package: compiled code has the functions it calls built into it."""


OPEN: dict[str, Any] = {"nogil": True, "no_cfunc_wrapper": True}
CLOSED: dict[str, Any] = {**OPEN, "no_cpython_wrapper": True}
"""Options of functions that Python calls, and of those that only compiled ones call."""


def inner(function: Function) -> Function:
    """A function that only compiled ones call: built into them, without a door to Python."""
    made: Any = njit(**CLOSED)(function)
    return cast(Function, made)


def entry(function: Function) -> Function:
    """A function that Python calls; cached on disk unless nothing there is writable."""
    try:
        made: Any = njit(cache=True, **OPEN)(function)
    except RuntimeError:  # numba finds no place for its cache
        return cast(Function, njit(**OPEN)(function))
    # By itself the cache would only see changes of the file that the function stands in.
    made._cache._cache_file._source_stamp = STAMP
    return cast(Function, made)


def is_kept(function: Callable[..., Any]) -> bool:
    """Whether a run before this one compiled everything that `function` calls, for this machine."""
    marker = _marker(function)
    return marker is not None and marker.exists()


def keep(function: Callable[..., Any]) -> None:
    """Say that all of it is compiled; the next run loads it in a second or two."""
    marker = _marker(function)
    if marker is not None:
        with suppress(OSError):  # another run compiles again
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()


def _marker(function: Callable[..., Any]) -> Path | None:
    folder = getattr(getattr(function, "_cache", None), "cache_path", None)
    if folder is None:
        return None
    made_for = (STAMP, numba.__version__, get_host_cpu_name(), str(get_host_cpu_features()))
    digest = hashlib.sha256(repr(made_for).encode()).hexdigest()
    return Path(folder) / f"compiled-{digest[:16]}"
