"""The generator's own figures: limits, single offices, service areas (GB text of 2014, 0.01 m2).

Written down a second time on purpose: the answers must not rest on the code they test.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

LIMITS = {
    "municipal": {"bureau_head": 2400, "deputy_bureau_head": 1800, "below_bureau": 900},
    "provincial": {
        "department_head": 3000,
        "deputy_department_head": 2400,
        "division_head": 1800,
        "deputy_division_head": 1200,
        "below_division": 900,
    },
}
"""Office limit per person (art. 11) of the grades that are generated."""

LEADERS = {
    "municipal": ("bureau_head", "deputy_bureau_head"),
    "provincial": ("department_head", "deputy_department_head"),
}
"""Grades whose holders sit alone, highest first."""

LOWEST = 900
"""Lowest limit of both levels: one seat of the growth reserve."""

MIN_SHARE = Fraction(65, 100)
RESERVE = Fraction(3, 100)
"""Room rule and growth reserve of the default policy."""


def highest_sum_short(area: int) -> int:
    """The largest sum of standards that a room of this area may carry."""
    return floor(area / MIN_SHARE)


def service_entitlement(level: str, posts: int) -> int:
    """Service rooms of a unit (art. 12) in 0.01 m2, half up."""
    high, low, over = {"municipal": (8, 6, 1000), "provincial": (9, 7, 1100)}[level]
    if posts <= 200:
        rate = Fraction(high)
    elif posts >= 400:
        rate = Fraction(low)
    else:
        rate = Fraction(over - posts, 100)
    return floor(rate * posts * 100 + Fraction(1, 2))
