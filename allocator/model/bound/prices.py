"""Prices, answers and tables of the dual, and areas at a rate in whole cost units."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from allocator.model.bound.block import Ints
from allocator.model.bound.terms import SCALE

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass
class Prices:
    """Multipliers, whole numbers of cost units (of 1/SCALE of 0.01 m2-equivalents)."""

    unit: Ints
    person: Ints
    """Per building that has its site to itself: price per person."""
    service: Ints
    """Per site of several buildings: price of 0.01 m2 of service area, in 1/SCALE."""
    seat: Ints
    """Per site of several buildings: price of a free seat."""


@dataclass
class Answer:
    """The bound at some prices and its direction of ascent."""

    value: int
    unit: Reals
    person: Reals
    service: Reals
    seat: Reals
    columns: list[tuple[int, int, tuple[int, ...]]]
    """(building, floor set, units) of each building's best choice."""


@dataclass
class Table:
    """What a building costs per floor set (rows) and state (columns), prices aside."""

    size: int
    alone_cost: Ints | None
    """With people above the least as third axis."""
    people: Ints
    """Least people of each state."""
    lump: Ints
    spare: Ints
    """Free area past what is useless."""
    possible: Flags


def times(rate: Fraction, areas: Ints) -> Ints:
    """rate x area in cost units, rounded down."""
    return np.asarray(rate.numerator * SCALE * areas // rate.denominator, dtype=np.int64)


def up(rate: Fraction, areas: Ints) -> Ints:
    """rate x area in cost units, rounded up."""
    return -np.asarray(rate.numerator * SCALE * -areas // rate.denominator, dtype=np.int64)


def least_between(table: Ints, least: Ints, most: Ints) -> Ints:
    """Least entry of each row between two columns, per state."""
    columns = [
        table[:, a : b + 1].min(axis=1) if b >= a else table[:, a]
        for a, b in zip(least, most, strict=True)
    ]
    return np.stack(columns, axis=1)
