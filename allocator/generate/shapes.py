"""How large each scale is, and how its sites are built and used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from allocator.domain import SiteKind

Scale: TypeAlias = Literal["tiny-random", "district", "pilot", "city", "ten-cities"]

PUBLISHED_OFFICES = 3_200
"""Offices measured in the published city inspection; the findings below belong to them."""


@dataclass(frozen=True, slots=True)
class KindShape:
    """Sites of one kind: how many, with how many buildings and units, and how full they are."""

    sites: int
    buildings: int
    units: int
    floor_area: int
    """Office area of a usual floor in 0.01 m2."""
    spare: tuple[tuple[float, float, float], ...]
    """(probability, least, most): spare office area over the lawful need."""


@dataclass(frozen=True, slots=True)
class Planted:
    """How many findings are planted, by kind."""

    over_standard: int
    idle: int
    mismatch: int
    refit: int


@dataclass(frozen=True, slots=True)
class Shape:
    """All parameters of a scale."""

    level: str
    kinds: dict[SiteKind, KindShape]
    posts: int
    """Established posts of all units together."""
    sizes: tuple[int, int, int, float]
    """Smallest, median and largest unit in posts, and the spread of the logarithm."""
    modules: tuple[int, int]
    planted: Planted
    requests: int
    business: int
    near: int
    special_units: int
    """Units with a feature need, of each kind."""
    ineligible: int
    leases: tuple[int, int, int]
    """Leased or borrowed sites, buildings and single floors."""
    foreign_titles: int
    market_sites: int
    cross_drift: float = 0.04
    """Share of units that history spread over a second building."""
    seconds: int = 60


def planted_for(offices: int) -> Planted:
    """Findings in the published proportion (32, 45, 68, 41 of 3,200 offices)."""

    def share(count: int) -> int:
        return max(1, round(count * offices / PUBLISHED_OFFICES))

    return Planted(share(32), share(45), share(68), share(41))


_HALF_USED = ((0.25, 0.3, 0.6), (0.75, 0.0, 0.03))
_FULL_OR_LOOSE = ((0.5, 0.0, 0.03), (0.5, 0.1, 0.24))
_BRANCH = ((1.0, 0.0, 0.08),)

CITY = Shape(
    level="municipal",
    kinds={
        "centralized": KindShape(28, 43, 126, 25_500, _FULL_OR_LOOSE),
        "independent": KindShape(56, 59, 64, 19_000, _HALF_USED),
        "dispatched": KindShape(32, 33, 40, 16_500, _BRANCH),
    },
    posts=8_350,
    sizes=(8, 29, 150, 0.55),
    modules=(1400, 2000),
    planted=Planted(32, 45, 68, 41),
    requests=24,
    business=14,
    near=130,
    special_units=2,
    ineligible=3,
    leases=(6, 3, 4),
    foreign_titles=3,
    market_sites=1,
    seconds=100,
)


def _ten_times(shape: Shape) -> Shape:
    kinds: dict[SiteKind, KindShape] = {
        kind: KindShape(k.sites * 10, k.buildings * 10, k.units * 10, k.floor_area, k.spare)
        for kind, k in shape.kinds.items()
    }
    planted = shape.planted
    return Shape(
        level=shape.level,
        kinds=kinds,
        posts=shape.posts * 10,
        sizes=shape.sizes,
        modules=shape.modules,
        planted=Planted(
            planted.over_standard * 10, planted.idle * 10, planted.mismatch * 10, planted.refit * 10
        ),
        requests=shape.requests * 10,
        business=shape.business * 10,
        near=shape.near * 10,
        special_units=shape.special_units * 10,
        ineligible=shape.ineligible * 10,
        leases=(shape.leases[0] * 10, shape.leases[1] * 10, shape.leases[2] * 10),
        foreign_titles=shape.foreign_titles * 10,
        market_sites=shape.market_sites * 10,
        seconds=300,
    )


SHAPES: dict[Scale, Shape] = {
    "district": Shape(
        level="municipal",
        kinds={
            "centralized": KindShape(2, 6, 14, 25_500, _FULL_OR_LOOSE),
            "independent": KindShape(3, 3, 4, 19_000, _HALF_USED),
            "dispatched": KindShape(1, 1, 2, 16_500, _BRANCH),
        },
        posts=740,
        sizes=(8, 30, 110, 0.6),
        modules=(1400, 2000),
        planted=planted_for(400),
        requests=3,
        business=2,
        near=14,
        special_units=1,
        ineligible=0,
        leases=(1, 0, 1),
        foreign_titles=0,
        market_sites=0,
        cross_drift=0.1,
    ),
    "pilot": Shape(
        level="provincial",
        kinds={"centralized": KindShape(7, 40, 80, 20_100, ((0.55, 0.0, 0.03), (0.45, 0.06, 0.2)))},
        posts=3_950,
        sizes=(15, 46, 160, 0.5),
        modules=(1600, 2000),
        planted=planted_for(2_600),
        requests=12,
        business=6,
        near=60,
        special_units=1,
        ineligible=1,
        leases=(0, 3, 3),
        foreign_titles=2,
        market_sites=0,
        seconds=100,
    ),
    "city": CITY,
    "ten-cities": _ten_times(CITY),
}
