"""Compile a function, and keep the machine code where the installation lets us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function compiled at its first call; cached on disk unless nothing there is writable."""
    try:
        return cast(Function, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no place for its cache
        return cast(Function, njit(nogil=True)(function))
