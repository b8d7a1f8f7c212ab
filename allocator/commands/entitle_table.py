"""The comparison of approved and present areas as a table for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.commands.text_table import text_table
from allocator.messages import pick
from allocator.quantity import m2_text

if TYPE_CHECKING:
    from allocator.entitlement_balance import Balance
    from standards.catalog import Standard

Column = tuple[str, "Callable[[Balance], int | Fraction | None]"]


def balance_table(rows: Sequence[Balance], standard: Standard) -> str:
    """A row per unit and the totals, areas in m2; over and short each added up on its own."""
    columns = [*_people(), *_areas(standard)]
    heads = [pick("单位", "unit"), *(name for name, _ in columns)]
    lines = [[b.unit.name, *(_shown(value(b)) for _, value in columns)] for b in rows]
    lines.append([pick("合计", "total"), *(_shown(_total(rows, value)) for _, value in columns)])
    return text_table([heads, *lines], "<" + ">" * len(columns))


def _people() -> list[Column]:
    return [
        (pick("编制", "posts"), lambda b: b.present.staff.established),
        (pick("实有", "in post"), lambda b: b.present.staff.in_post),
        (pick("超编", "over"), lambda b: b.present.staff.over),
        (pick("空编", "vacant"), lambda b: b.present.staff.vacant),
    ]


def _areas(standard: Standard) -> list[Column]:
    from allocator.entitlement_balance import held_area

    held = pick("现有", "held")
    usable: list[Column] = [
        (pick("使用面积核定", "usable approved"), lambda b: b.entitlement.usable),
        (held, lambda b: b.present.usable),
    ]
    if not standard.individual:
        return [
            *usable,
            *_both(lambda b: b.usable),
            (pick("业务用房", "business"), lambda b: held_area(b, "business")),
        ]
    return [
        (pick("办公核定", "office approved"), lambda b: b.entitlement.office),
        (held, lambda b: held_area(b, "office")),
        (_over(), lambda b: b.office_over),
        (_short(), lambda b: b.office_lack),
        (pick("服务核定", "service approved"), lambda b: b.entitlement.service),
        (held, lambda b: held_area(b, "service")),
        *_both(lambda b: b.service),
        (pick("设备核定", "equipment approved"), lambda b: b.entitlement.equipment),
        (held, lambda b: held_area(b, "equipment")),
        *_both(lambda b: b.equipment),
        *usable,
        (pick("业务用房", "business"), lambda b: held_area(b, "business")),
    ]


def _both(difference: Callable[[Balance], Fraction | None]) -> list[Column]:
    """What is over and what is short, apart."""

    def part(balance: Balance, sign: int) -> Fraction | None:
        found = difference(balance)
        return None if found is None else max(Fraction(0), sign * found)

    return [(_over(), lambda b: part(b, 1)), (_short(), lambda b: part(b, -1))]


def _over() -> str:
    return pick("超", "over")


def _short() -> str:
    return pick("缺", "short")


def _total(
    rows: Sequence[Balance], value: Callable[[Balance], int | Fraction | None]
) -> int | Fraction | None:
    known = [found for b in rows if (found := value(b)) is not None]
    if not known:
        return None
    whole = all(isinstance(found, int) for found in known)
    exact = sum((Fraction(found) for found in known), Fraction(0))
    return int(exact) if whole else exact


def _shown(value: int | Fraction | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else m2_text(value)
