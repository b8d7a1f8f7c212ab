"""A small town of five buildings, and what its units hold there today."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from allocator.domain import Ledger
from allocator.entitlement_balance import Balance, balances
from allocator.present import Present, present
from standards.catalog import Standard
from tests.builders import building, floor, make_ledger, posts, site, tiny_standard, unit

TINY = tiny_standard()


def town(**tables: Any) -> Ledger:
    """Three buildings: A with 0.65 of its own, B with 0.6, C and the high-rise D without."""
    plain: dict[str, Any] = {
        "sites": [site("S"), site("M", tenure="market")],
        "buildings": [
            building("A", "S", usable_ratio=Fraction(13, 20)),
            building("B", "S", usable_ratio=Fraction(3, 5)),
            building("C", "S"),
            building("D", "S", high_rise=True),
            building("E", "M"),
        ],
        "floors": [floor(f"{code}1", code) for code in "ABCDE"],
        "units": [unit("fin"), unit("edu")],
        "posts": [posts("fin", "chief", 1), posts("fin", "clerk", 4), posts("edu", "clerk", 2)],
    }
    return make_ledger(**(plain | tables))


def of(ledger: Ledger, code: str = "fin", standard: Standard = TINY) -> Present:
    return present(ledger, standard)[code]


def balance(ledger: Ledger, code: str = "fin", standard: Standard = TINY, **more: Any) -> Balance:
    made = balances(ledger, standard, present(ledger, standard), more.get("needs"))
    return next(b for b in made if b.unit.code == code)
