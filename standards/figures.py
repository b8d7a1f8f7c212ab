"""Every figure of a standard as one list, and what differs between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.strict_yaml import exact_text
from standards.catalog import NAMED_FIGURES, Figure, Grade, ServiceRate, Standard, Term
from standards.pack_fields import CONFIDENCES, LEVELS

ChangeKind: TypeAlias = Literal["added", "removed", "changed", "basis"]
"""`basis`: the same figure with another clause or confidence."""

LEVEL_WORDS: dict[str, tuple[str, str]] = {
    "central": ("中央", "central"),
    "provincial": ("省级", "provincial"),
    "municipal": ("市级", "municipal"),
    "county": ("县级", "county"),
    "township": ("乡级", "township"),
}
_NAMES: dict[str, tuple[str, str]] = {
    "equipment": ("设备用房比例", "share of equipment rooms"),
    "ratio_multi_storey": ("使用面积系数（多层）", "usable over gross area, multi-storey"),
    "ratio_high_rise": ("使用面积系数（高层）", "usable over gross area, high-rise"),
    "canteen_first": ("食堂，每人", "canteen per post"),
    "canteen_first_posts": ("食堂分段人数", "posts up to which that holds"),
    "canteen_beyond": ("食堂，超出人数每人", "canteen per further post"),
    "car_first": ("汽车库，每车位", "car parking per space"),
    "car_first_spaces": ("汽车库分段车位数", "spaces up to which that holds"),
    "car_beyond": ("汽车库，超出车位每车位", "car parking per further space"),
    "bicycle": ("自行车", "bicycle"),
    "ebike": ("电动自行车", "e-bike"),
    "motorcycle": ("摩托车", "motorcycle"),
    "actual": ("实际平均值（不是限额）", "actual average, no limit"),
    "guard": ("警卫用房，每岗", "guard room per guard post"),
}
_COUNTS = ("canteen_first_posts", "car_first_spaces")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One figure or line; `key` stays the same when its value changes."""

    key: str
    zh: str
    en: str
    value: str
    clause: str
    confidence: str
    value_zh: str = ""
    """The value in Chinese, where words belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two standards."""

    kind: ChangeKind
    old: FigureRow | None
    new: FigureRow | None

    @property
    def key(self) -> str:
        """The key of the figure."""
        row = self.new or self.old
        return row.key if row else ""

    @property
    def row(self) -> FigureRow:
        """The figure in the newer standard, else in the older one."""
        row = self.new or self.old
        if row is None:
            raise ValueError("a change has at least one side")
        return row


def figure_rows(standard: Standard) -> tuple[FigureRow, ...]:
    """All figures in the order of a pack file, then how its lines are worked out."""
    rows = [_grade_row(standard, grade) for grade in standard.grades]
    rows += [_service_row(rate) for rate in standard.service]
    rows += [
        _figure_row(standard, name, name, standard.figure(name), _unit_of(standard, name))
        for name in NAMED_FIGURES
        if getattr(standard, name)
    ]
    rows += [
        _figure_row(standard, f"figure/{name}", name, figure, _unit_of(standard, name))
        for name, figure in standard.figures
    ]
    rows += [
        _figure_row(standard, f"ancillary/{name}", name, figure, "" if name in _COUNTS else " m2")
        for name, figure in standard.ancillary
    ]
    return (*rows, _caps_row(standard), *(_line_row(term) for term in standard.terms))


def _grade_row(standard: Standard, grade: Grade) -> FigureRow:
    level = LEVEL_WORDS[grade.level]
    area = f"{exact_text(Fraction(grade.area, 100))} m2"
    return FigureRow(
        key=f"grade/{grade.level}/{grade.code}",
        zh=f"{level[0]} {grade.zh}",
        en=f"{level[1]}: {grade.en}",
        value=area if grade.weight is None else f"×{exact_text(grade.weight)}",
        clause=grade.clause,
        confidence=grade.confidence,
    )


def _service_row(rate: ServiceRate) -> FigureRow:
    level = LEVEL_WORDS[rate.level]
    return FigureRow(
        key=f"service/{rate.level}",
        zh=f"{level[0]} 服务用房，每人（x 人）",
        en=f"{level[1]}: service rooms per post (x posts)",
        value=_rate_text(rate),
        clause=rate.clause,
        confidence=rate.confidence,
    )


def _rate_text(rate: ServiceRate) -> str:
    """`8 m2 (x<=200); (1000-x)/100; 6 m2 (x>=400)`."""
    high, low = exact_text(rate.high), exact_text(rate.low)
    if rate.high == rate.low:
        return f"{high} m2"
    between = f"({exact_text(rate.numerator)}-x)/{exact_text(rate.denominator)}"
    return f"{high} m2 (x<={rate.low_posts}); {between}; {low} m2 (x>={rate.high_posts})"


def _unit_of(standard: Standard, name: str) -> str:
    kinds = {term.kind for term in standard.terms if term.figure == name}
    if "share" in kinds:
        return "%"
    return "" if "gross" in kinds or name.startswith("ratio_") else " m2"


def _figure_row(standard: Standard, key: str, name: str, figure: Figure, unit: str) -> FigureRow:
    zh, en = _NAMES.get(name) or _name_by_use(standard, name)
    number = figure.value * 100 if unit == "%" else figure.value
    return FigureRow(
        key=key,
        zh=zh,
        en=en,
        value=f"{exact_text(number)}{unit}",
        clause=figure.clause,
        confidence=figure.confidence,
    )


def _name_by_use(standard: Standard, name: str) -> tuple[str, str]:
    """A figure called after the line that takes it."""
    for term in standard.terms:
        if term.figure == name and term.kind == "heads":
            return f"{term.zh}，每（换算）人", f"{term.en} per (weighted) head"
        if term.figure == name:
            return f"{term.zh}比例", f"share: {term.en}"
    return name, name


def _caps_row(standard: Standard) -> FigureRow:
    return FigureRow(
        key="individual",
        zh="职级面积的效力",
        en="the area of a grade",
        value="caps each person's room" if standard.individual else "counts in totals only",
        value_zh="每人办公室的上限" if standard.individual else "只计入总量",
        clause="",
        confidence="",
    )


def _line_row(term: Term) -> FigureRow:
    return FigureRow(
        key=f"line/{term.item}",
        zh=f"算法：{term.zh}",
        en=f"worked out: {term.en}",
        value=_form(term, term.figure, {}),
        value_zh=_form(term, term.figure, {}, ("人数", "职级面积")),
        clause=term.clause,
        confidence="",
    )


def line_forms(standard: Standard) -> Iterator[tuple[Term, str, str]]:
    """Each line with its arithmetic in both languages, figures put in."""
    zh = {term.item: term.zh for term in standard.terms}
    en = {term.item: term.en for term in standard.terms}
    values = {
        row.key.rpartition("/")[2]: row.value
        for row in figure_rows(standard)
        if row.key.startswith("figure/") or row.key in NAMED_FIGURES
    }
    for term in standard.terms:
        number = values.get(term.figure, term.figure)
        yield term, _form(term, number, zh, ("人数", "职级面积")), _form(term, number, en)


def _form(
    term: Term,
    number: str,
    names: dict[str, str],
    words: tuple[str, str] = ("posts", "area of the grade"),
) -> str:
    """`9%×(offices + service rooms)`."""
    posts, area = words
    zh = posts != "posts"
    base = " + ".join(names.get(item, item) for item in term.of)
    rate = "服务用房指标" if zh else "service rate"
    ancillary = "附属用房" if zh else "ancillary rooms"
    return {
        "grades": f"Σ {posts}×{area}",
        "heads": f"Σ {posts}×{'换算系数' if zh else 'weight'} × {number}",
        "service": f"{posts}×{rate}",
        "share": f"{number}×({base})",
        "given": "由用户给出" if zh else "given by the user",
        "total": base,
        "gross": f"({base})/{number} + {ancillary}",
    }[term.kind]


def confidence_counts(standard: Standard) -> dict[str, int]:
    """How many figures have each confidence, the surest first."""
    counts = Counter(row.confidence for row in figure_rows(standard) if row.confidence)
    return {name: counts[name] for name in CONFIDENCES if counts[name]}


def asked_for(standard: Standard) -> tuple[tuple[str, str], ...]:
    """What the pack leaves to an overlay or to the user, in both languages."""
    graded = {grade.level for grade in standard.grades}
    rated = {rate.level for rate in standard.service}
    lacking = [level for level in LEVELS if level not in graded]
    found = []
    if lacking:
        zh = "、".join(LEVEL_WORDS[level][0] for level in lacking)
        en = ", ".join(LEVEL_WORDS[level][1] for level in lacking)
        found.append((f"职级与面积：{zh}", f"grades and areas: {en}"))
    lacking = [level for level in LEVELS if level in graded - rated and standard.has_service]
    if lacking:
        zh = "、".join(LEVEL_WORDS[level][0] for level in lacking)
        en = ", ".join(LEVEL_WORDS[level][1] for level in lacking)
        found.append((f"服务用房指标：{zh}", f"service rate: {en}"))
    found += [
        (f"面积：{term.zh}", f"amount: {term.en}")
        for term in standard.terms
        if term.kind == "given"
    ]
    return tuple(found)


def differences(old: Standard, new: Standard) -> tuple[Change, ...]:
    """What changes from one standard to the other, in the order of the first; then what is new."""
    before = {row.key: row for row in figure_rows(old)}
    after = {row.key: row for row in figure_rows(new)}
    found: list[Change] = []
    for key in (*before, *(key for key in after if key not in before)):
        was, now = before.get(key), after.get(key)
        kind: ChangeKind
        if was is None or now is None:
            kind = "removed" if now is None else "added"
        elif was.value != now.value:
            kind = "changed"
        elif (was.clause, was.confidence) != (now.clause, now.confidence):
            kind = "basis"
        else:
            continue
        found.append(Change(kind=kind, old=was, new=now))
    return tuple(found)
