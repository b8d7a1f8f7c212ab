"""Compile a function, and keep the machine code where the installation lets us."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

STAMP = tuple(
    (path.name, path.stat().st_mtime, path.stat().st_size)
    for path in sorted(Path(__file__).parent.glob("*.py"))
)
"""All files of the package: compiled code has the functions it calls built into it."""


def compiled(function: Function) -> Function:
    """The function compiled at its first call; cached on disk unless nothing there is writable."""
    try:
        made: Any = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba finds no place for its cache
        return cast(Function, njit(nogil=True)(function))
    # By itself the cache would only see changes of the file that the function stands in.
    made._cache._cache_file._source_stamp = STAMP
    return cast(Function, made)
