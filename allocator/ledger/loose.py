"""Rows of a readable ledger that name what the ledger or the standard does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from allocator.findings import Finding

LooseKind: TypeAlias = Literal["unit", "room", "floor", "division", "grade"]


@dataclass(frozen=True, slots=True)
class Loose:
    """One row with an unknown code in `column`; `values` are its cells by column key.

    A row with an unknown grade stays in the ledger with the grade as written; where the column
    may be blank the row stays with that cell blank; every other row is left out. `row` is its
    number in the file, `finding` is what a strict reading says.
    """

    kind: LooseKind
    table: str
    column: str
    code: str
    row: int
    values: Mapping[str, Any]
    finding: Finding
