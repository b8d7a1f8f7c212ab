"""The lines that a standard declares, worked out one after another for a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

from allocator.domain import Unit
from allocator.entitlement_lines import (
    Line,
    Needs,
    ancillary_lines,
    grades_with_posts,
    gross_area,
)
from allocator.quantity import m2_text
from allocator.strict_yaml import exact_text
from standards.catalog import (
    Confidence,
    Figure,
    Grade,
    LineKind,
    Standard,
    Term,
    UnknownFigure,
)

_SURE: tuple[str, ...] = get_args(Confidence)
"""From the surest to the least sure."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One unit's entitlement as it is written, line after line; areas exact, in 0.01 m2."""

    unit: Unit
    counts: Mapping[str, int]
    standard: Standard
    needs: Needs
    lines: list[Line] = field(default_factory=list)
    areas: dict[str, Fraction] = field(default_factory=dict)
    ancillary: Fraction | None = None

    @property
    def posts(self) -> int:
        """Established posts of all grades."""
        return sum(self.counts.values())

    def add(self, term: Term, clause: str, confidence: str, sums: str, area: Fraction) -> None:
        """Write a line with its arithmetic."""
        self.areas[term.item] = area
        self.lines.append(
            Line(
                unit=self.unit.code,
                item=term.item,
                zh=term.zh,
                en=term.en,
                clause=clause,
                confidence=confidence,
                arithmetic=f"{sums} = {m2_text(area)}",
                area=area,
            )
        )

    def parts(self, term: Term) -> list[Fraction] | None:
        """The areas that a line builds on; None if one of them is not known."""
        given = {t.item for t in self.standard.terms if t.kind == "given"}
        wanted = [item for item in term.of if item in self.areas or item not in given]
        if any(item not in self.areas for item in wanted):
            return None
        return [self.areas[item] for item in wanted]


def work_out(unit: Unit, counts: Mapping[str, int], standard: Standard, needs: Needs) -> Sheet:
    """All lines of a unit; those whose figure the standard lacks are left out."""
    sheet = Sheet(unit=unit, counts=counts, standard=standard, needs=needs)
    for term in standard.terms:
        if term.kind == "gross" and sheet.ancillary is None:
            sheet.ancillary = ancillary_lines(unit, sheet.posts, standard, needs, sheet.lines)
        _KINDS[term.kind](sheet, term)
    if sheet.ancillary is None:
        sheet.ancillary = ancillary_lines(unit, sheet.posts, standard, needs, sheet.lines)
    return sheet


def _grades(sheet: Sheet, term: Term) -> None:
    """Posts x office area of the grade."""
    used = grades_with_posts(sheet.unit, sheet.counts, sheet.standard)
    if used is None:
        return
    total = sum((Fraction(count * grade.area) for grade, count in used), Fraction(0))
    sums = " + ".join(f"{count}×{exact_text(Fraction(g.area, 100))}" for g, count in used)
    clause, confidence = _said([grade for grade, _ in used])
    sheet.add(term, clause, confidence, sums or "0", total)


def _heads(sheet: Sheet, term: Term) -> None:
    """Posts x weight of the grade x the figure of one head."""
    used = grades_with_posts(sheet.unit, sheet.counts, sheet.standard)
    figure = _figure(sheet, term)
    if used is None or figure is None:
        return
    heads = sum((count * (grade.weight or 0) for grade, count in used), Fraction(0))
    plain = all(grade.weight == 1 for grade, _ in used)
    shown = " + ".join(
        str(count) if plain else f"{count}×{exact_text(grade.weight or 0)}" for grade, count in used
    )
    if len(used) > 1 or not plain:
        shown = f"({shown})"
    clause, confidence = _said([*(grade for grade, _ in used), figure])
    sums = f"{shown or 0}×{exact_text(figure.value)}"
    sheet.add(term, clause, confidence, sums if used else "0", heads * figure.value * 100)


def _service(sheet: Sheet, term: Term) -> None:
    """Posts x the level's rate."""
    try:
        rate = sheet.standard.service_rate(sheet.unit.level)
    except UnknownFigure:
        return
    per_post = exact_text(rate.per_post(sheet.posts))
    if rate.low_posts < sheet.posts < rate.high_posts:
        top, bottom = exact_text(rate.numerator), exact_text(rate.denominator)
        per_post = f"({top}-{sheet.posts})/{bottom}"
    area = sheet.standard.service_area(sheet.unit.level, sheet.posts)
    sheet.add(term, rate.clause, rate.confidence, f"{sheet.posts}×{per_post}", area)


def _share(sheet: Sheet, term: Term) -> None:
    """A share of lines above, never of what is there today."""
    parts, figure = sheet.parts(term), _figure(sheet, term)
    if parts is None or figure is None:
        return
    base = m2_text(parts[0]) if len(parts) == 1 else f"({_sum_of(parts)})"
    sums = f"{exact_text(figure.value * 100)}%×{base}"
    area = sum(parts, Fraction(0)) * figure.value
    sheet.add(term, figure.clause, figure.confidence, sums, area)


def _given(sheet: Sheet, term: Term) -> None:
    """An amount that the user states; no line without one."""
    amount = dict(sheet.needs.given).get(term.item)
    if amount is not None:
        sheet.add(term, term.clause, "local", m2_text(amount), Fraction(amount))


def _total(sheet: Sheet, term: Term) -> None:
    """The sum of lines above, as sure as the least sure of them."""
    parts = sheet.parts(term)
    if parts is None:
        return
    said = [word for line in sheet.lines if line.item in term.of for word in _words(line)]
    confidence = max(said, key=_SURE.index, default="")
    sheet.add(term, term.clause, confidence, _sum_of(parts), sum(parts, Fraction(0)))


def _gross(sheet: Sheet, term: Term) -> None:
    """Lines above over a coefficient, plus ancillary rooms; a building's own is written once."""
    parts, figure, own = sheet.parts(term), _figure(sheet, term), sheet.needs.ratio
    first = not any(t.kind == "gross" and t.item in sheet.areas for t in sheet.standard.terms)
    if parts is None or figure is None or (own is not None and not first):
        return
    usable, ancillary = sum(parts, Fraction(0)), sheet.ancillary or Fraction(0)
    ratio = figure.value if own is None else own
    extra = m2_text(ancillary) if ancillary else "0"
    by = sheet.needs.ratio_sums if own is not None else ""
    by = by or exact_text(ratio)
    sums = f"{m2_text(usable)}/{f'({by})' if '/' in by else by} + {extra}"
    confidence = figure.confidence if own is None else "local"
    shown = term if own is None else _of_this_building(term)
    sheet.add(shown, figure.clause, confidence, sums, gross_area(usable, ratio, ancillary))


def _of_this_building(term: Term) -> Term:
    zh, en = "建筑面积（本楼系数）", "gross floor area (the building's own coefficient)"
    return Term(item=term.item, kind=term.kind, zh=zh, en=en)


_KINDS: dict[LineKind, Callable[[Sheet, Term], None]] = {
    "grades": _grades,
    "heads": _heads,
    "service": _service,
    "share": _share,
    "given": _given,
    "total": _total,
    "gross": _gross,
}


def _figure(sheet: Sheet, term: Term) -> Figure | None:
    try:
        return sheet.standard.figure(term.figure)
    except UnknownFigure:
        return None


def _sum_of(parts: Iterable[Fraction]) -> str:
    """`951.00+800.00`, a cut with its minus alone."""
    return "+".join(m2_text(part) for part in parts).replace("+-", "-") or "0"


def _said(figures: Iterable[Grade | Figure]) -> tuple[str, str]:
    """(clauses, confidences) of the figures used, each once."""
    listed = list(figures)
    return _joined(f.clause for f in listed), _joined(f.confidence for f in listed)


def _joined(texts: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(texts))


def _words(line: Line) -> list[str]:
    return [word for word in line.confidence.split("、") if word in _SURE]
