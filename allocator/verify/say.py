"""Findings of the checker: rule id, both sentences, place, value, expected, advice, clause."""

from __future__ import annotations

from fractions import Fraction

from allocator.findings import Finding, Place
from allocator.rules import RULES

PLAN = "plan.json"


def broken(
    rule: str,
    zh: str,
    en: str,
    *,
    value: object = "",
    expected: object = "",
    place: Place | None = None,
) -> Finding:
    """A finding of severity error under a registered rule."""
    entry = RULES[rule]
    return Finding(
        code=rule,
        zh=f"{entry.zh};{zh}",
        en=f"{entry.en}; {en}",
        place=place or Place(file=PLAN),
        value=str(value),
        expected=str(expected),
        advice_zh=entry.advice_zh,
        advice_en=entry.advice_en,
        clause=entry.clause,
    )


def at(path: str) -> Place:
    """A place in plan.json by its path, such as `areas.held`."""
    return Place(file=PLAN, column=path)


def number(value: Fraction | int) -> str:
    """An exact number as text: whole, decimal, or to six places."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{float(exact):.6f}".rstrip("0").rstrip(".")
