"""One level of a pack or overlay: its grades and its service rate, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast, get_args

from allocator.findings import Finding
from allocator.quantity import area_from_m2
from allocator.yaml_fields import Node
from standards.catalog import Confidence, Figure, Grade, ServiceRate
from standards.repealed import REPEALED_AREA as REPEALED_AREA
from standards.repealed import REPEALED_NAMES as REPEALED_NAMES
from standards.repealed import repealed_figure

LEVELS = ("central", "provincial", "municipal", "county", "township")
"""Organ levels in the order in which a standard lists them."""
CONFIDENCES: tuple[str, ...] = get_args(Confidence)
UNVERIFIED = "UNVERIFIED"
TOWNSHIP_LIMIT = 2400
_GRADE_KEYS = ("zh", "en", "clause", "confidence")
_AMOUNTS = ("area_m2", "weight")
_RATE_KEYS = ("low_posts", "high", "high_posts", "low")


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """What one file says about a level: whole grades, already completed from the pack."""

    grades: tuple[Grade, ...] = ()
    service: ServiceRate | None = None


def read_level(
    level: str, node: Node, known: Sequence[Grade], warnings: list[Finding]
) -> LevelFigures:
    """Grades and service rate; an overlay's grade may leave out what `known` already says."""
    found = node.fields((), ("grades", "service"))
    grades: list[Grade] = []
    for item in found["grades"].items() if "grades" in found else ():
        grade = _read_grade(level, item, known)
        if grade is None:
            continue
        if grade.code in (other.code for other in grades):
            item.add("duplicate-entry", "职级重复", "the grade is listed twice", value=grade.code)
        grades.append(grade)
        warnings.extend(_grade_warnings(grade, item))
    service = _read_service(level, found["service"]) if "service" in found else None
    return LevelFigures(tuple(grades), service)


def read_confidence(node: Node) -> Confidence | None:
    """How sure a figure is; a figure nobody confirmed is refused."""
    if node.value == UNVERIFIED:
        node.add(
            "unverified-figure",
            "未核实的数字不能作为默认值",
            "a figure that is not verified cannot be a default",
            expected=", ".join(CONFIDENCES),
            advice=(
                "请查到条文后填写，或删除这一项，由用户提供",
                "Maybe look up the clause, or leave the figure out so that the user is asked.",
            ),
        )
        return None
    return cast("Confidence | None", node.choice(CONFIDENCES))


def read_figure(node: Node) -> Figure | None:
    """A number with clause and confidence; a ratio is above 0 and at most 1.

    A further figure may be a cut: a share down to -1.
    """
    found = node.fields(("value", "clause", "confidence"))
    if len(found) < 3:
        return None
    ratio, cut = str(node.path[-1]).startswith("ratio_"), node.path[0] == "figures"
    value = found["value"].number(-1 if cut else 0, 1 if ratio else None, above=ratio)
    clause, confidence = found["clause"].text(), read_confidence(found["confidence"])
    if value is None or clause is None or confidence is None:
        return None
    return Figure(value=value, clause=clause, confidence=confidence)


def _read_grade(level: str, node: Node, known: Sequence[Grade]) -> Grade | None:
    code_node = node.child("code") if node.has("code") else None
    code = code_node.text() if code_node else None
    base = next((grade for grade in known if grade.code == code), None)
    required = ("code",) if base else ("code", *_GRADE_KEYS)
    found = node.fields(required, (*(_GRADE_KEYS if base else ()), *_AMOUNTS, "aliases"))
    if any(key not in found for key in required):
        return None
    old = grade_as_data(base) if base else {}
    texts = [found[k].text() if k in found else old.get(k) for k in ("code", "zh", "en", "clause")]
    amount = _read_amount(node, found, base)
    if "confidence" in found:
        confidence = read_confidence(found["confidence"])
    else:
        confidence = base.confidence if base else None
    aliases = [text for text, _ in found["aliases"].texts()] if "aliases" in found else []
    if amount is None or confidence is None or not all(texts):
        return None
    code, zh, en, clause = (str(text) for text in texts)
    return Grade(
        code=code,
        level=level,
        zh=zh,
        en=en,
        area=amount[0],
        weight=amount[1],
        clause=clause,
        confidence=confidence,
        aliases=_with_brackets(zh, [*(base.aliases if base else ()), *aliases]),
    )


def _read_amount(
    node: Node, found: Mapping[str, Node], base: Grade | None
) -> tuple[int, Fraction | None] | None:
    """(area, weight): a grade has one or the other; an area from a weight comes later."""
    if all(key in found for key in _AMOUNTS):
        zh, en = "面积和换算人数只能写一个", "either an area or a weight"
        found["weight"].add("two-amounts", zh, en)
        return None
    if "weight" in found:
        weight = found["weight"].number(0, 1000, above=True)
        return None if weight is None else (0, weight)
    if "area_m2" in found:
        metres = found["area_m2"].number(0, 1000, above=True)
        return None if metres is None else (area_from_m2(metres), None)
    if base is None:
        expected = " / ".join(_AMOUNTS)
        node.add("missing-key", "缺少 area_m2", "area_m2 is missing", value="", expected=expected)
        return None
    return base.area, base.weight


def _with_brackets(zh: str, aliases: Sequence[str]) -> tuple[str, ...]:
    """The aliases, each name also with full-width and half-width brackets, without repeats."""
    to_full, to_half = str.maketrans("()", "（）"), str.maketrans("（）", "()")
    names = (zh, *aliases)
    variants = [name.translate(table) for name in names for table in (to_half, to_full)]
    return tuple(dict.fromkeys(name for name in (*aliases, *variants) if name != zh))


def _grade_warnings(grade: Grade, node: Node) -> list[Finding]:
    place = node.problems.place(node.path)
    found: list[Finding] = []
    if grade.area == REPEALED_AREA:
        found.append(repealed_figure(node.problems, node.path, grade.zh))
    if grade.level == "township" and grade.area > TOWNSHIP_LIMIT:
        found.append(
            Finding(
                "township-above-limit",
                "乡级办公室面积原则上不超过 24 平方米",
                "township offices are in principle not above 24 m2",
                place,
                grade.zh,
                "<= 24 m2",
                severity="warning",
                clause="第十一条",
            )
        )
    return found


def _read_service(level: str, node: Node) -> ServiceRate | None:
    if node.has("rate"):
        found = node.fields(("rate", "clause", "confidence"))
    else:
        required = (*_RATE_KEYS, "clause", "confidence")
        found = node.fields(required, ("numerator", "denominator"))
    numbers = {
        key: found[key].number(0, above=key == "denominator")
        for key in found
        if key not in ("clause", "confidence")
    }
    clause = found["clause"].text() if "clause" in found else None
    confidence = read_confidence(found["confidence"]) if "confidence" in found else None
    if clause is None or confidence is None or None in numbers.values():
        return None
    known = {key: value for key, value in numbers.items() if value is not None}
    if "rate" in known:
        known |= {"low_posts": Fraction(0), "high_posts": Fraction(0)}
        known |= {"high": known["rate"], "low": known["rate"]}
    if any(key not in known for key in _RATE_KEYS) or not _posts_fit(found, known):
        return None
    if known["high"] == known["low"] and "numerator" not in known:
        known |= {"low_posts": Fraction(0), "high_posts": Fraction(0)}  # One rate for all.
    numerator, denominator = _line(known)
    rate = ServiceRate(
        level=level,
        low_posts=int(known["low_posts"]),
        high_posts=int(known["high_posts"]),
        high=known["high"],
        low=known["low"],
        numerator=known.get("numerator", numerator),
        denominator=known.get("denominator", denominator),
        clause=clause,
        confidence=confidence,
    )
    _check_continuous(node, rate)
    return rate


def _posts_fit(found: Mapping[str, Node], known: Mapping[str, Fraction]) -> bool:
    whole = True
    for key in ("low_posts", "high_posts"):
        if known[key].denominator != 1:
            found[key].wrong_type("整数", "a whole number")
            whole = False
    if whole and known["high_posts"] < known["low_posts"]:
        zh, en = "分段点次序颠倒", "break points in the wrong order"
        found["high_posts"].add("out-of-range", zh, en, expected=f">= {known['low_posts']}")
        return False
    return whole


def _line(known: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """(numerator, denominator) of the straight line between the two ends."""
    fall, posts = known["high"] - known["low"], known["high_posts"] - known["low_posts"]
    if fall == 0 or posts == 0:
        return known["high"], Fraction(1)
    denominator = posts / fall
    return known["high"] * denominator + known["low_posts"], denominator


def _check_continuous(node: Node, rate: ServiceRate) -> None:
    """The middle formula must meet both ends: the wrong break points give a jump."""
    if rate.high_posts - rate.low_posts < 2:
        return
    for posts, end in ((rate.low_posts, rate.high), (rate.high_posts, rate.low)):
        middle = (rate.numerator - posts) / rate.denominator
        if middle != end:
            node.add(
                "service-rate-jump",
                f"{posts} 人处中间公式与端点不相接",
                f"the formula between the break points does not meet the rate at {posts} posts",
                value=str(middle),
                expected=str(end),
            )


def merge_grades(base: Sequence[Grade], levels: Mapping[str, LevelFigures]) -> tuple[Grade, ...]:
    """The pack's grades with those of a file in their places; new ones end their level."""
    by_level: dict[str, dict[str, Grade]] = {}
    for grade in base:
        by_level.setdefault(grade.level, {})[grade.code] = grade
    for level, figures in levels.items():
        for grade in figures.grades:
            by_level.setdefault(level, {})[grade.code] = grade
    return tuple(grade for level in LEVELS for grade in by_level.get(level, {}).values())


def merge_service(
    base: Sequence[ServiceRate], levels: Mapping[str, LevelFigures]
) -> tuple[ServiceRate, ...]:
    """The pack's service rates with those of a file in their places."""
    rates = {rate.level: rate for rate in base}
    rates |= {level: figures.service for level, figures in levels.items() if figures.service}
    return tuple(rates[level] for level in LEVELS if level in rates)


def check_grades(root: Node, grades: Sequence[Grade]) -> None:
    """Report names that would mean two grades of one level."""
    seen: dict[tuple[str, str], str] = {}
    for grade in grades:
        for name in dict.fromkeys((grade.code, grade.zh, *grade.aliases)):
            other = seen.setdefault((grade.level, name), grade.code)
            if other != grade.code:
                path = ("levels", grade.level)
                zh = f"同一名称指两个职级：{other}、{grade.code}"
                en = f"one name for two grades: {other} and {grade.code}"
                root.problems.add(path, "ambiguous-name", zh, en, value=name)


def grade_as_data(grade: Grade) -> dict[str, Any]:
    """One grade as it stands in a pack file."""
    data: dict[str, Any] = {"code": grade.code, "zh": grade.zh, "en": grade.en}
    if grade.aliases:
        data["aliases"] = list(grade.aliases)
    if grade.weight is None:
        data["area_m2"] = Fraction(grade.area, 100)
    else:
        data["weight"] = grade.weight
    return data | {
        "clause": grade.clause,
        "confidence": grade.confidence,
    }


def service_as_data(rate: ServiceRate) -> dict[str, Any]:
    """One service rate as it stands in a pack file."""
    return {
        "low_posts": rate.low_posts,
        "high": rate.high,
        "high_posts": rate.high_posts,
        "low": rate.low,
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "clause": rate.clause,
        "confidence": rate.confidence,
    }
