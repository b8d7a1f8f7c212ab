"""Area standards as values: figures with clause and confidence, and the arithmetic they define."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["high", "medium-high", "medium", "derived", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a standard with where it stands and how sure it is."""

    value: Fraction
    clause: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade of one organ level; `area` is its office limit in 0.01 m2 (使用面积)."""

    code: str
    level: str
    zh: str
    en: str
    area: int
    clause: str
    confidence: Confidence
    aliases: tuple[str, ...] = ()


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


class UnknownFigure(LookupError):
    """The standard holds no confirmed figure for what was asked; the user must supply it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A dated, located rule pack."""

    code: str
    version: str
    zh: str
    en: str
    place: str
    source: str
    grades: tuple[Grade, ...]
    service: tuple[ServiceRate, ...]
    equipment: Figure
    ratio_multi_storey: Figure
    ratio_high_rise: Figure
    ancillary: tuple[tuple[str, Figure], ...] = ()
    overlays: tuple[str, ...] = ()

    def grade(self, level: str, name: str) -> Grade:
        """The grade with this code, Chinese name or alias at a level; UnknownFigure if none."""
        wanted = name.strip()
        for grade in self.grades:
            if grade.level == level and wanted in (grade.code, grade.zh, *grade.aliases):
                return grade
        raise UnknownFigure(f"{self.code}: no grade {name!r} at level {level!r}")

    def limit(self, level: str, grade: str) -> int:
        """Office limit per person in 0.01 m2."""
        return self.grade(level, grade).area

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
