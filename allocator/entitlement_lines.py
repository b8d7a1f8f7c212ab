"""What a line of an entitlement is, what a user may ask for, and ancillary rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from allocator.domain import Unit
from allocator.quantity import Exact, m2_text
from allocator.strict_yaml import exact_text
from standards.catalog import Figure, Grade, Standard, UnknownFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line; `area` is exact, in 0.01 m2. The sum is shown in m2 with two decimals."""

    unit: str
    item: str
    zh: str
    en: str
    clause: str
    confidence: str
    arithmetic: str
    area: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Ancillary rooms to provide: canteen for all posts, parking spaces, guard posts.

    `given` holds the amounts, in 0.01 m2 by item, of the lines that a standard leaves to the user.
    """

    canteen: bool = False
    cars: int = 0
    bicycles: int = 0
    ebikes: int = 0
    motorcycles: int = 0
    guards: int = 0
    given: tuple[tuple[str, int], ...] = ()
    ratio: Fraction | None = None
    """The building's own usable area over gross area, instead of the standard's."""
    ratio_sums: str = ""
    """How `ratio` was worked out, where several buildings make it up."""


def gross_area(usable: Exact, ratio: Fraction, ancillary: Exact = 0) -> Fraction:
    """Gross floor area: usable area over the coefficient, plus ancillary rooms."""
    return Fraction(usable) / ratio + ancillary


def canteen(standard: Standard, posts: int) -> Fraction:
    """Canteen in 0.01 m2 of gross floor area."""
    return _stepped(standard, posts, "canteen_first", "canteen_first_posts", "canteen_beyond")


def cars(standard: Standard, spaces: int) -> Fraction:
    """Car parking in 0.01 m2 of gross floor area."""
    return _stepped(standard, spaces, "car_first", "car_first_spaces", "car_beyond")


def ancillary_figure(standard: Standard, name: str) -> Figure:
    """An ancillary figure by name; UnknownFigure if the standard has none."""
    figure = dict(standard.ancillary).get(name)
    if figure is None:
        raise UnknownFigure(f"{standard.code}: no ancillary figure {name!r}")
    return figure


def _stepped(standard: Standard, count: int, first: str, limit: str, beyond: str) -> Fraction:
    cut = min(Fraction(count), ancillary_figure(standard, limit).value)
    rates = ancillary_figure(standard, first).value, ancillary_figure(standard, beyond).value
    return (cut * rates[0] + (count - cut) * rates[1]) * 100


def grades_with_posts(
    unit: Unit, counts: Mapping[str, int], standard: Standard
) -> list[tuple[Grade, int]] | None:
    """Grades with posts in the standard's order, or None if one has no figure."""
    found: dict[Grade, int] = {}
    for name, count in counts.items():
        try:
            grade = standard.grade(unit.level, name)
        except UnknownFigure:
            if count:
                return None
            continue
        found[grade] = found.get(grade, 0) + count
    return [(grade, found[grade]) for grade in standard.grades if found.get(grade)]


_SIMPLE = (
    ("bicycles", "bicycle", "自行车库", "bicycle parking"),
    ("ebikes", "ebike", "电动自行车库", "e-bike parking"),
    ("motorcycles", "motorcycle", "摩托车库", "motorcycle parking"),
    ("guards", "guard", "警卫用房", "guard rooms"),
)
_STEPPED = (
    ("canteen", "canteen", "canteen_first_posts", "食堂", "canteen"),
    ("cars", "car", "car_first_spaces", "汽车库", "car parking"),
)


def ancillary_lines(
    unit: Unit, posts: int, standard: Standard, needs: Needs, lines: list[Line]
) -> Fraction:
    """Ancillary rooms asked for, in 0.01 m2 of gross floor area; those unknown are left out."""
    known = dict(standard.ancillary)
    total = Fraction(0)
    counts = {"canteen": posts if needs.canteen else 0, "cars": needs.cars}
    for item, name, limit, zh, en in _STEPPED:
        count = counts[item]
        if not count or f"{name}_first" not in known:
            continue
        first, beyond = known[f"{name}_first"], known[f"{name}_beyond"]
        area = _stepped(standard, count, f"{name}_first", limit, f"{name}_beyond")
        cut = min(Fraction(count), known[limit].value)
        sums = f"{exact_text(cut)}×{exact_text(first.value)}"
        if count > cut:
            sums += f" + {exact_text(count - cut)}×{exact_text(beyond.value)}"
        lines.append(_ancillary_line(unit, item, (zh, en), first, sums, area))
        total += area
    for item, name, zh, en in _SIMPLE:
        count = getattr(needs, item)
        if not count or name not in known:
            continue
        area = known[name].value * count * 100
        sums = f"{count}×{exact_text(known[name].value)}"
        lines.append(_ancillary_line(unit, item, (zh, en), known[name], sums, area))
        total += area
    return total


def _ancillary_line(
    unit: Unit, item: str, words: tuple[str, str], figure: Figure, sums: str, area: Fraction
) -> Line:
    return Line(
        unit=unit.code,
        item=item,
        zh=words[0],
        en=words[1],
        clause=figure.clause,
        confidence=figure.confidence,
        arithmetic=f"{sums} = {m2_text(area)}",
        area=area,
    )


def missing_ancillary(needs: Needs, standard: Standard) -> list[tuple[str, str]]:
    """Ancillary figures asked for that the standard does not hold, in both languages."""
    known = dict(standard.ancillary)
    asked = [(item, f"{name}_first", zh, en) for item, name, _, zh, en in _STEPPED]
    asked += [(item, name, zh, en) for item, name, zh, en in _SIMPLE]
    return [
        (f"{zh}的面积", f"the area of {en}")
        for item, name, zh, en in asked
        if getattr(needs, item) and name not in known
    ]
