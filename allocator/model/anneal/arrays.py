"""Loops over arrays: numba compiles them many times faster than slices and numpy's functions."""

from __future__ import annotations

from allocator.model.anneal.jit import inner
from allocator.model.anneal.layout import Array


@inner
def fill_with(a: Array, value: float) -> None:
    """Every item of a vector."""
    for i in range(a.shape[0]):
        a[i] = value


@inner
def copy(source: Array, target: Array) -> None:
    """One vector into another of the same length."""
    for i in range(source.shape[0]):
        target[i] = source[i]


@inner
def add(source: Array, target: Array) -> None:
    """One vector onto another."""
    for i in range(source.shape[0]):
        target[i] += source[i]


@inner
def least(a: Array, count: int) -> int:
    """Where the least of the first items is, the first of equals."""
    best = 0
    for i in range(1, count):
        if a[i] < a[best]:
            best = i
    return best


@inner
def rank(a: Array, low: int, high: int, value: float) -> int:
    """The first place from `low` on whose item is not below the value; items rise, else `high`."""
    while low < high:
        middle = (low + high) // 2
        if a[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
