"""Area standards as values: figures with clause and confidence, and the arithmetic they define."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["high", "medium-high", "medium", "derived", "local"]
LineKind: TypeAlias = Literal["grades", "heads", "service", "share", "given", "total", "gross"]
"""How a line is worked out: `grades` posts x office area of the grade; `heads` posts x weight of
the grade x one figure; `service` posts x the level's service rate; `share` a figure x the sum of
earlier lines; `given` an amount that the user states; `total` the sum of earlier lines; `gross`
the sum of earlier lines over a coefficient, plus ancillary rooms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a standard with where it stands and how sure it is."""

    value: Fraction
    clause: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade of one organ level; `area` is its office limit in 0.01 m2 (使用面积).

    With a `weight` the grade counts as so many heads, and `area` is what these heads get.
    """

    code: str
    level: str
    zh: str
    en: str
    area: int
    clause: str
    confidence: Confidence
    aliases: tuple[str, ...] = ()
    weight: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRate:
    """Service rooms per post of one level: `high` up to `low_posts`, `low` from `high_posts`.

    Between them (`numerator` - x) / `denominator`; all in m2 per post, x posts.
    """

    level: str
    low_posts: int
    high_posts: int
    high: Fraction
    low: Fraction
    numerator: Fraction
    denominator: Fraction
    clause: str
    confidence: Confidence

    def per_post(self, posts: int) -> Fraction:
        """m2 of service rooms per post for a unit of `posts` posts."""
        if posts <= self.low_posts:
            return self.high
        if posts >= self.high_posts:
            return self.low
        return (self.numerator - posts) / self.denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of every entitlement under a standard, in the order in which it is worked out.

    `figure` names the figure that it takes, `of` the earlier lines. `office`, `service`,
    `equipment`, `usable`, `gross` and `gross_high_rise` are the lines that others look up.
    """

    item: str
    kind: LineKind
    zh: str
    en: str
    figure: str = ""
    of: tuple[str, ...] = ()
    clause: str = ""


PLAIN_TERMS = (
    Term(item="office", kind="grades", zh="办公室", en="offices"),
    Term(item="service", kind="service", zh="服务用房", en="service rooms"),
    Term(
        item="equipment", kind="share", zh="设备用房", en="equipment rooms", figure="equipment",
        of=("office", "service"),
    ),
    Term(
        item="usable", kind="total", zh="使用面积合计", en="usable area",
        of=("office", "service", "equipment"), clause="面积计算公式",
    ),
    Term(
        item="gross", kind="gross", zh="建筑面积（多层）", en="gross floor area (multi-storey)",
        figure="ratio_multi_storey", of=("usable",),
    ),
    Term(
        item="gross_high_rise", kind="gross", zh="建筑面积（高层）",
        en="gross floor area (high-rise)", figure="ratio_high_rise", of=("usable",),
    ),
)  # fmt: skip
"""The lines of a pack that declares none: those of the Chinese standard."""


NAMED_FIGURES = ("equipment", "ratio_multi_storey", "ratio_high_rise")
"""Figures of the whole pack that have a field of their own."""


class UnknownFigure(LookupError):
    """The standard holds no confirmed figure for what was asked; the user must supply it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A dated, located rule pack.

    `individual`: the area of a grade is a cap on each person's room; else only totals count.
    Dates are years, months or days as far as they are known, blank where they are not.
    """

    code: str
    version: str
    zh: str
    en: str
    place: str
    source: str
    grades: tuple[Grade, ...]
    service: tuple[ServiceRate, ...]
    equipment: Figure | None = None
    ratio_multi_storey: Figure | None = None
    ratio_high_rise: Figure | None = None
    ancillary: tuple[tuple[str, Figure], ...] = ()
    overlays: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    """Who set the figures of the overlays, `code: authority`."""
    figures: tuple[tuple[str, Figure], ...] = ()
    """Further figures by name."""
    terms: tuple[Term, ...] = PLAIN_TERMS
    individual: bool = True
    issued: str = ""
    in_force: str = ""
    repealed: str = ""

    def grade(self, level: str, name: str) -> Grade:
        """The grade with this code, name or alias at a level; UnknownFigure if none or several."""
        wanted = name.strip()
        here = [grade for grade in self.grades if grade.level == level]
        for grade in here:
            if wanted in (grade.code, grade.zh, *grade.aliases):
                return grade
        english = [grade for grade in here if grade.en == wanted]
        if len(english) == 1:
            return english[0]
        raise UnknownFigure(f"{self.code}: no grade {name!r} at level {level!r}")

    def limit(self, level: str, grade: str) -> int:
        """Office limit per person in 0.01 m2."""
        return self.grade(level, grade).area

    def figure(self, name: str) -> Figure:
        """A figure of the whole pack by name; UnknownFigure if it has none."""
        found = getattr(self, name) if name in NAMED_FIGURES else dict(self.figures).get(name)
        if not isinstance(found, Figure):
            raise UnknownFigure(f"{self.code}: no figure {name!r}")
        return found

    @property
    def has_service(self) -> bool:
        """Whether service rooms are a line of their own."""
        return any(term.kind == "service" for term in self.terms)

    def service_rate(self, level: str) -> ServiceRate:
        """The service rule of a level; UnknownFigure if the pack has none."""
        for rate in self.service:
            if rate.level == level:
                return rate
        raise UnknownFigure(f"{self.code}: no service rate for level {level!r}")

    def service_area(self, level: str, posts: int) -> Fraction:
        """Service rooms of a unit in 0.01 m2, exact: posts x rate x 100."""
        return self.service_rate(level).per_post(posts) * posts * 100

    def identity(self) -> str:
        """`code@version` with the overlays applied, for provenance."""
        return "+".join((f"{self.code}@{self.version}", *self.overlays))
