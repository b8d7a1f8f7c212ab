"""Amounts that a standard leaves to the user, such as a garage, read from `unit:line=m2`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from allocator.domain import Ledger
from allocator.entitlement_lines import Needs
from allocator.findings import Finding, InputError
from allocator.quantity import area_from_m2
from standards.catalog import Standard


def given_needs(texts: Iterable[str], ledger: Ledger, standard: Standard) -> dict[str, Needs]:
    """Needs by unit from texts `unit:line=m2`; the unit may be left out if there is only one.

    Raises InputError with every text that cannot be read.
    """
    units = [unit.code for unit in ledger.units if unit.planned]
    lines = [term.item for term in standard.terms if term.kind == "given"]
    needs: dict[str, Needs] = {}
    found: list[Finding] = []
    for text in texts:
        name, _, amount = text.partition("=")
        unit, _, item = name.strip().rpartition(":")
        unit = unit or (units[0] if len(units) == 1 else "")
        area = _area(amount)
        if unit not in units:
            found.append(_wrong(text, "没有这个单位", "there is no such unit", units))
        elif item not in lines:
            zh, en = (
                "标准没有这一项由用户给出的面积",
                "the standard leaves no such amount to the user",
            )
            found.append(_wrong(text, zh, en, lines))
        elif area is None:
            found.append(
                _wrong(text, "面积不是有效数字", "the area is no valid number", ["500.00"])
            )
        elif item in dict(needs.get(unit, Needs()).given):
            found.append(_wrong(text, "这一项给出了两次", "the amount is given twice", []))
        else:
            old = needs.get(unit, Needs())
            needs[unit] = replace(old, given=(*old.given, (item, area)))
    if found:
        raise InputError(found)
    return needs


def _area(text: str) -> int | None:
    try:
        area = area_from_m2(text)
    except ValueError:
        return None
    return area if 0 <= area <= 10**9 else None


def _wrong(text: str, zh: str, en: str, expected: list[str]) -> Finding:
    return Finding(
        "bad-amount",
        zh,
        en,
        value=text,
        expected=" / ".join(expected[:10]) or "-",
        advice_zh="请写成 单位:项目=平方米，例如 city:garage=500",
        advice_en="Maybe write unit:line=m2, such as city:garage=500",
    )
