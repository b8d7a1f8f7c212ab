"""Tables of plain text whose columns line up with Chinese in them."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width


def shown_width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def text_table(rows: Sequence[Sequence[str]], align: str, indent: str = "") -> str:
    """Rows as lines; `align` has one `<` or `>` per column, the last left one is not padded."""
    widths = [max((shown_width(row[i]) for row in rows), default=0) for i in range(len(align))]
    lines = []
    for row in rows:
        cells = []
        for cell, width, side in zip(row, widths, align, strict=True):
            pad = " " * (width - shown_width(cell))
            cells.append(cell + pad if side == "<" else pad + cell)
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)
