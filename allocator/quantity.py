"""Areas as whole numbers of 0.01 m2; the only module that rounds them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import TypeAlias

Area: TypeAlias = int
"""An area in units of 0.01 m2."""

Exact: TypeAlias = int | Fraction


def half_up(value: Exact) -> int:
    """Round an exact number to the nearest integer, halves upwards."""
    return floor(Fraction(value) + Fraction(1, 2))


def area_from_m2(value: int | str | Decimal | Fraction) -> Area:
    """Turn square metres into 0.01 m2, half up.

    Raises ValueError for text that is not a finite decimal number.
    """
    if isinstance(value, Fraction):
        return half_up(value * 100)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"not a decimal number: {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    return half_up(Fraction(number) * 100)


def m2(area: Exact) -> float:
    """Square metres with two decimals, for JSON; half up."""
    return half_up(area) / 100


def m2_text(area: Exact) -> str:
    """Square metres with two decimals and thousands separators, for people."""
    cents = half_up(area)
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}.{rest:02d}"
