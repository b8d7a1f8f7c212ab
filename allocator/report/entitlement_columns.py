"""The columns of the approved-area form, each with how it is read off a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.audit.rule import Words
from allocator.domain import Ledger
from allocator.entitlement_balance import APARTS, Balance, held_area
from allocator.findings import Lang
from allocator.ledger.choices import LEVELS
from allocator.present import Apart
from allocator.quantity import half_up, m2_text
from standards.catalog import Standard, UnknownFigure

FormKind: TypeAlias = Literal["text", "area", "count", "ratio"]
FormValue: TypeAlias = str | Words | int | Fraction | None
Category: TypeAlias = Literal["office", "service", "equipment", "usable"]
GradePosts: TypeAlias = Mapping[str, Mapping[Words, int]]
"""Established posts by unit and name of grade."""

_STATUS: dict[Apart, Words] = {
    "sealed": Words("封存", "sealed"),
    "unavailable": Words("不可用", "unavailable"),
    "let": Words("出租", "let"),
    "market": Words("市场房源", "offered on the market"),
}
_NAMES: dict[Category, Words] = {
    "office": Words("办公室", "offices"),
    "service": Words("服务用房", "service rooms"),
    "equipment": Words("设备用房", "equipment rooms"),
    "usable": Words("使用面积合计", "usable area"),
}
_APPROVED = Words("核定面积", "approved")
_TODAY = Words("现有面积", "held today")
_GAPS = Words("超（+）缺（-）", "over (+) and short (-)")
_STAFF = Words("人员", "people")
_POSTS = Words("编制数（按职级）", "posts by grade")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """`group` is the heading above; `summed` columns have a total of their exact values."""

    title: Words
    width: float
    value: Callable[[Balance], FormValue]
    kind: FormKind = "area"
    group: Words | None = None
    summed: bool = True


def form_columns(posts: GradePosts, standard: Standard) -> tuple[FormColumn, ...]:
    """All columns but the running number and the remarks, for the grades these units use."""
    return (
        FormColumn(
            title=Words("单位", "unit"), width=20, kind="text", summed=False,
            value=lambda b: b.unit.name,
        ),
        FormColumn(
            title=Words("级别", "level"), width=9.5, kind="text", summed=False,
            value=lambda b: level_words(b.unit.level),
        ),
        *_grade_columns(posts, standard),
        *_staff_columns(),
        *_approved_columns(),
        *(_held(category) for category in _NAMES),
        *_gap_columns(standard),
        FormColumn(
            title=Words("技术业务用房（单列）", "business rooms (apart)"), width=9,
            value=lambda b: held_area(b, "business"),
        ),
    )  # fmt: skip


# -- posts --------------------------------------------------------------------------------------


def grade_posts(ledger: Ledger, standard: Standard, rows: Iterable[Balance]) -> GradePosts:
    """Established posts of the units by the names that the standard gives their grades."""
    found: dict[str, dict[Words, int]] = {b.unit.code: {} for b in rows}
    levels = {b.unit.code: b.unit.level for b in rows}
    for row in ledger.posts:
        if row.unit not in found:
            continue
        try:
            grade = standard.grade(levels[row.unit], row.grade)
            name = Words(grade.zh, grade.en)
        except UnknownFigure:
            name = Words(row.grade, row.grade)
        counts = found[row.unit]
        counts[name] = counts.get(name, 0) + row.established
    return found


def _grade_columns(posts: GradePosts, standard: Standard) -> list[FormColumn]:
    """A column for each name, in the standard's order; levels that share a name share it."""
    used = {name for counts in posts.values() for name, count in counts.items() if count}
    order = list(dict.fromkeys(Words(g.zh, g.en) for g in standard.grades))
    named = [name for name in order if name in used]
    named += sorted(used - set(order), key=lambda name: name.zh)
    return [
        FormColumn(title=name, width=7, kind="count", group=_POSTS, value=_posts_named(posts, name))
        for name in named
    ]


def _posts_named(posts: GradePosts, name: Words) -> Callable[[Balance], FormValue]:
    return lambda balance: posts[balance.unit.code].get(name, 0)


def _staff_columns() -> list[FormColumn]:
    def column(zh: str, en: str, value: Callable[[Balance], FormValue]) -> FormColumn:
        return FormColumn(title=Words(zh, en), width=6.5, kind="count", group=_STAFF, value=value)

    return [
        column("编制合计", "posts", lambda b: b.present.staff.established),
        column("实有人数", "in post", lambda b: b.present.staff.in_post),
        column("超编", "over", lambda b: b.present.staff.over),
        column("空编", "vacant", lambda b: b.present.staff.vacant),
    ]


# -- areas --------------------------------------------------------------------------------------


def _approved_columns() -> list[FormColumn]:
    def column(zh: str, en: str, value: Callable[[Balance], FormValue]) -> FormColumn:
        return FormColumn(title=Words(zh, en), width=10, group=_APPROVED, value=value)

    return [
        *(_approved(category) for category in _NAMES),
        column("建筑面积（含附属）", "gross (with ancillary)", gross_area),
        FormColumn(
            title=Words("所用系数 K", "K used"), width=6.5, kind="ratio", group=_APPROVED,
            value=lambda b: None if gross_area(b) is None else b.ratio, summed=False,
        ),
        column("其中附属用房", "ancillary in it", lambda b: b.entitlement.ancillary),
    ]  # fmt: skip


def gross_area(balance: Balance) -> Fraction | None:
    """The approved gross floor area with the ancillary rooms asked for, 0.01 m2."""
    return None if balance.gross is None else balance.gross + balance.entitlement.ancillary


def _approved(category: Category) -> FormColumn:
    return FormColumn(
        title=_NAMES[category], width=10, group=_APPROVED, value=lambda b: _allowed(b, category)
    )


def _allowed(balance: Balance, category: Category) -> Fraction | None:
    entitlement = balance.entitlement
    areas: dict[Category, Fraction | None] = {
        "office": entitlement.office,
        "service": entitlement.service,
        "equipment": entitlement.equipment,
        "usable": entitlement.usable,
    }
    return areas[category]


def _held(category: Category) -> FormColumn:
    return FormColumn(
        title=_NAMES[category], width=10, group=_TODAY, value=lambda b: held_area(b, category)
    )


def _gap_columns(standard: Standard) -> list[FormColumn]:
    """Over and short apart, so that no sum nets one unit's overrun with another's lack."""
    kept: tuple[Category, ...] = ("usable",)
    if standard.individual:
        kept = ("office", "service", "equipment")
    found = []
    for category in kept:
        name = _NAMES[category]
        over, short = (
            Words(f"{name.zh}超", f"{name.en} over"),
            Words(f"{name.zh}缺", f"{name.en} short"),
        )
        found += [
            FormColumn(title=over, width=10, group=_GAPS, value=_over(category)),
            FormColumn(title=short, width=10, group=_GAPS, value=_short(category)),
        ]
    return found


def _over(category: Category) -> Callable[[Balance], FormValue]:
    if category == "office":
        return lambda balance: balance.office_over
    return lambda balance: _part(_netted(balance, category), 1)


def _short(category: Category) -> Callable[[Balance], FormValue]:
    if category == "office":
        return lambda b: None if b.office_lack is None else -b.office_lack
    return lambda balance: _part(_netted(balance, category), -1)


def _netted(balance: Balance, category: Category) -> Fraction | None:
    if category == "service":
        return balance.service
    return balance.equipment if category == "equipment" else balance.usable


def _part(difference: Fraction | None, sign: int) -> Fraction | None:
    """The part of a difference above (1) or below (-1) zero, with its sign."""
    if difference is None:
        return None
    return difference if difference * sign > 0 else Fraction(0)


def total_of(column: FormColumn, rows: Iterable[Balance]) -> FormValue:
    """The sum of a column's exact values; None if nothing is known or it has no total."""
    if not column.summed:
        return None
    values = [column.value(row) for row in rows]
    known = [Fraction(v) for v in values if isinstance(v, (int, Fraction))]
    return sum(known, Fraction(0)) if known else None


def ratio_shown(ratio: int | Fraction) -> float:
    """A coefficient with four decimals, half up."""
    return half_up(Fraction(ratio) * 10_000) / 10_000


# -- words --------------------------------------------------------------------------------------


def say(words: Words, lang: Lang) -> str:
    """The words in one language."""
    return words.zh if lang == "zh" else words.en


def level_words(level: str) -> Words:
    """The name of an organ level."""
    return next((Words(c.zh, c.key) for c in LEVELS if c.key == level), Words(level, level))


def remarks(balance: Balance) -> Words:
    """What the figures of a unit leave out or rest on."""
    today, staff = balance.present, balance.present.staff
    found: list[Words] = []
    if not staff.recorded:
        found.append(Words("无编制记录", "no posts on record"))
    if staff.provisional:
        found.append(Words("编制暂定", "provisional posts"))
    if staff.borrowed:
        found.append(
            Words(
                f"实有含借调 {staff.borrowed} 人", f"borrowed among those in post: {staff.borrowed}"
            )
        )
    empty = today.empty_offices
    if area := _area(h.area for h in empty):
        zh, en = f"无人办公室 {len(empty)} 间 {area}", f"empty offices {len(empty)}: {area}"
        found.append(Words(zh, en))
    if area := _area([today.area("ancillary")]):
        found.append(Words(f"现有附属用房 {area}", f"ancillary rooms held {area}"))
    for why in APARTS:
        if area := _area(h.area for h in today.apart(why)):
            word = _STATUS[why]
            found.append(Words(f"{word.zh} {area}（未计）", f"{word.en} {area} (not counted)"))
    shared = sum(1 for held in today.counted if held.shared)
    if shared:
        found.append(Words(f"与其他单位合用 {shared} 间", f"rooms shared with others: {shared}"))
    if today.not_judged and balance.standard.individual:
        rooms = "、".join(h.room.code for h in today.not_judged[:5])
        found.append(Words(f"未判超标：{rooms}", f"overrun not judged: {rooms}"))
    return Words("；".join(w.zh for w in found), "; ".join(w.en for w in found))


def _area(areas: Iterable[Fraction]) -> str:
    """The sum in m2, blank if it is nothing."""
    total = sum(areas, Fraction(0))
    return m2_text(total) if half_up(total) else ""
