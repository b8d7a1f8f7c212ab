"""What a standard allows each unit: line by line, with clause and the arithmetic substituted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.domain import INELIGIBLE, Ledger, Unit
from allocator.entitlement_lines import Line, Needs, missing_ancillary
from allocator.entitlement_terms import work_out
from allocator.findings import Finding, Severity
from allocator.quantity import Area, half_up, m2, m2_text
from standards.catalog import Standard, UnknownFigure

INELIGIBLE_CLAUSE = "《党政机关办公用房管理办法》第二十一条"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """One unit's entitlement in 0.01 m2, exact. None where the standard has no line or figure.

    `gross` is for multi-storey buildings (or the building's own coefficient), `gross_high_rise`
    for high-rise ones; both include the ancillary rooms asked for.
    """

    unit: str
    name: str
    level: str
    posts: int
    lines: tuple[Line, ...]
    office: Fraction | None
    service: Fraction | None
    equipment: Fraction | None
    usable: Fraction | None
    ancillary: Fraction
    gross: Fraction | None
    gross_high_rise: Fraction | None

    @property
    def service_entitlement(self) -> Area | None:
        """Service rooms rounded half up to 0.01 m2, as plans use them."""
        return None if self.service is None else half_up(self.service)


def service_entitlement(standard: Standard, level: str, posts: int) -> Area:
    """Service rooms of a unit with `posts` established posts, half up; UnknownFigure if unset."""
    return half_up(standard.service_area(level, posts))


def service_entitlements(ledger: Ledger, standard: Standard) -> dict[str, Area]:
    """Service entitlement of every planned unit; UnknownFigure for a level without a rate."""
    posts = established_posts(ledger)
    return {
        unit.code: service_entitlement(standard, unit.level, posts.get(unit.code, 0))
        for unit in ledger.units
        if unit.planned
    }


def established_posts(ledger: Ledger) -> dict[str, int]:
    """Established posts of each unit that has any row of posts."""
    posts: dict[str, int] = {}
    for row in ledger.posts:
        posts[row.unit] = posts.get(row.unit, 0) + row.established
    return posts


def entitle(
    ledger: Ledger, standard: Standard, needs: Mapping[str, Needs] | None = None
) -> tuple[Entitlement, ...]:
    """The entitlement of every planned unit, in the ledger's order.

    `needs` adds ancillary rooms and a building's own coefficient by unit code. Lines whose figure
    the standard lacks are left out; `entitlement_findings` names them.
    """
    made = needs or {}
    counts = _posts_by_grade(ledger)
    return tuple(
        _entitle_unit(unit, counts.get(unit.code, {}), standard, made.get(unit.code, Needs()))
        for unit in ledger.units
        if unit.planned
    )


def _posts_by_grade(ledger: Ledger) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in ledger.posts:
        grades = counts.setdefault(row.unit, {})
        grades[row.grade] = grades.get(row.grade, 0) + row.established
    return counts


def _entitle_unit(
    unit: Unit, counts: Mapping[str, int], standard: Standard, needs: Needs
) -> Entitlement:
    sheet = work_out(unit, counts, standard, needs)
    areas = sheet.areas
    return Entitlement(
        unit=unit.code,
        name=unit.name,
        level=unit.level,
        posts=sheet.posts,
        lines=tuple(sheet.lines),
        office=areas.get("office"),
        service=areas.get("service"),
        equipment=areas.get("equipment"),
        usable=areas.get("usable"),
        ancillary=sheet.ancillary or Fraction(0),
        gross=areas.get("gross"),
        gross_high_rise=areas.get("gross_high_rise", areas.get("gross")),
    )


def entitlement_findings(
    ledger: Ledger, standard: Standard, needs: Mapping[str, Needs] | None = None
) -> tuple[Finding, ...]:
    """Units without entitlement, and figures that the standard does not hold."""
    found: list[Finding] = []
    counts = _posts_by_grade(ledger)
    for unit in ledger.units:
        if unit.status == "abolished":
            found.append(
                _finding("unit-abolished", unit, "已撤销，不核定面积", "abolished", "info")
            )
        elif unit.category in INELIGIBLE:
            zh = "不属于核定范围，不得占用办公用房"
            en = "may not occupy offices: no entitlement"
            found.append(_finding("unit-not-eligible", unit, zh, en, "warning", INELIGIBLE_CLAUSE))
        else:
            missing = _missing(unit, counts.get(unit.code, {}), standard)
            missing += missing_ancillary((needs or {}).get(unit.code, Needs()), standard)
            for zh, en in missing:
                found.append(_unknown(unit, standard, zh, en))
    return (*found, *_not_given(ledger, standard, needs or {}))


def _not_given(
    ledger: Ledger, standard: Standard, needs: Mapping[str, Needs]
) -> tuple[Finding, ...]:
    """Amounts left to the user that nobody stated; the totals are without them."""
    found = []
    for term in standard.terms:
        lacking = [
            unit.name
            for unit in ledger.units
            if unit.planned and term.item not in dict(needs.get(unit.code, Needs()).given)
        ]
        if term.kind == "given" and lacking:
            zh = f"{term.zh}面积须由用户给出：{len(lacking)} 个单位没有给出，未计入合计"
            en = f"the user states the {term.en}: not given for {len(lacking)} units, not counted"
            found.append(
                Finding(
                    "amount-not-given", zh, en, value=", ".join(lacking[:5]), severity="info",
                    clause=term.clause,
                )
            )  # fmt: skip
    return tuple(found)


def _missing(unit: Unit, counts: Mapping[str, int], standard: Standard) -> list[tuple[str, str]]:
    missing: list[tuple[str, str]] = []
    for name, count in sorted(counts.items()):
        try:
            standard.limit(unit.level, name)
        except UnknownFigure:
            if count:
                missing.append((f"职级 {name} 的办公室面积", f"the office area of grade {name}"))
    try:
        if standard.has_service:
            standard.service_rate(unit.level)
    except UnknownFigure:
        missing.append(
            (f"{unit.level} 级的服务用房面积", f"the service rate of level {unit.level}")
        )
    return missing


def _unknown(unit: Unit, standard: Standard, zh: str, en: str) -> Finding:
    return Finding(
        "unknown-figure",
        f"{unit.name}：标准 {standard.identity()} 没有核实的{zh}",
        f"{unit.name}: the standard {standard.identity()} has no confirmed figure for {en}",
        value=unit.code,
        advice_zh="请用地方标准文件补充，写明批准机关",
        advice_en="Maybe add an overlay file with the figure and its authority.",
    )


def _finding(
    code: str, unit: Unit, zh: str, en: str, severity: Severity, clause: str = ""
) -> Finding:
    return Finding(
        code,
        f"{unit.name}：{zh}",
        f"{unit.name}: {en}",
        value=unit.code,
        severity=severity,
        clause=clause,
    )


def entitlement_rows(
    ledger: Ledger, standard: Standard, needs: Mapping[str, Needs] | None = None
) -> list[dict[str, Any]]:
    """Every line as plain data for tables and JSON, areas in m2 half up; then the totals."""
    made = entitle(ledger, standard, needs)
    names = {entitlement.unit: entitlement.name for entitlement in made}
    rows = [
        _row(line.unit, names[line.unit], line)
        for entitlement in made
        for line in entitlement.lines
    ]
    for term in standard.terms:
        lines = [line for e in made for line in e.lines if line.item == term.item]
        if term.item == "gross_high_rise":
            continue
        if lines:
            rows.append(_row("", "合计 Total", _total(lines)))
    return rows


def _total(lines: Sequence[Line]) -> Line:
    """The sum of one item over the units, from the unrounded areas."""
    area = sum((line.area for line in lines), Fraction(0))
    return Line(
        unit="",
        item=lines[0].item,
        # Gross areas by unlike coefficients have unlike names.
        zh="、".join(dict.fromkeys(line.zh for line in lines)),
        en=", ".join(dict.fromkeys(line.en for line in lines)),
        clause="",
        confidence="",
        arithmetic=f"{len(lines)} 个单位 units = {m2_text(area)}",
        area=area,
    )


def _row(unit: str, name: str, line: Line) -> dict[str, Any]:
    return {
        "unit": unit,
        "name": name,
        "item": line.item,
        "zh": line.zh,
        "en": line.en,
        "clause": line.clause,
        "confidence": line.confidence,
        "arithmetic": line.arithmetic,
        "area_m2": m2(line.area),
    }
