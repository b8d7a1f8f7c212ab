"""Units, divisions and posts."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from allocator.generate.drafts import UnitDraft
from allocator.generate.names import division_names, unit_names
from allocator.generate.shapes import Shape


def draw_units(shape: Shape, rng: Random) -> list[UnitDraft]:
    """All units with divisions and established posts; their sizes add up to `shape.posts`."""
    count = sum(kind.units for kind in shape.kinds.values())
    names = unit_names(shape.level, count)
    units = []
    for index, posts in enumerate(_sizes(shape, count, rng)):
        unit = UnitDraft(f"U{index + 1:0{max(3, len(str(count)))}d}", names[index], shape.level)
        if index % 4 == 3:
            unit.category = "institution"
        _fill(unit, posts, rng)
        units.append(unit)
    return units


def _sizes(shape: Shape, count: int, rng: Random) -> Iterator[int]:
    """Lognormal sizes, scaled to the wanted total and cut to the limits."""
    low, median, high, spread = shape.sizes
    drawn = [rng.lognormvariate(0.0, spread) * median for _ in range(count)]
    factor = 1.0
    for _ in range(30):
        sizes = [min(high, max(low, round(x * factor))) for x in drawn]
        factor *= shape.posts / sum(sizes)
    yield from sizes


def _fill(unit: UnitDraft, posts: int, rng: Random) -> None:
    if unit.level == "provincial":
        _fill_provincial(unit, posts, rng)
    else:
        _fill_municipal(unit, posts, rng)


def _parts(people: int, parts: int, rng: Random) -> list[int]:
    """Nearly equal parts of three to twelve people."""
    base, rest = divmod(people, parts)
    sizes = [base + (index < rest) for index in range(parts)]
    for _ in range(parts):
        give, take = rng.randrange(parts), rng.randrange(parts)
        if sizes[give] > 3 and sizes[take] < 12:
            sizes[give] -= 1
            sizes[take] += 1
    return sizes


def _divisions(unit: UnitDraft, people: int, rng: Random) -> list[int]:
    wanted = max(3, round(people / rng.uniform(5.0, 9.0)), -(-people // 12))
    parts = min(wanted, 12, max(1, people // 3))
    names = division_names(parts, rng)
    unit.divisions = [(f"{unit.code}-{i + 1:02d}", name) for i, name in enumerate(names)]
    return _parts(people, parts, rng)


def _fill_municipal(unit: UnitDraft, posts: int, rng: Random) -> None:
    deputies = min(5, 2 + (posts >= 20) + (posts >= 45) + (posts >= 90))
    unit.posts["", "bureau_head"] = 1
    unit.posts["", "deputy_bureau_head"] = deputies
    parts = _divisions(unit, posts - 1 - deputies, rng)
    for (code, _), size in zip(unit.divisions, parts, strict=True):
        unit.posts[code, "below_bureau"] = size


def _fill_provincial(unit: UnitDraft, posts: int, rng: Random) -> None:
    deputies = min(5, 2 + (posts >= 30) + (posts >= 50) + (posts >= 90))
    unit.posts["", "department_head"] = 1
    unit.posts["", "deputy_department_head"] = deputies
    parts = _divisions(unit, posts - 1 - deputies, rng)
    for (code, _), size in zip(unit.divisions, parts, strict=True):
        seconds = 1 + (size >= 9)
        unit.posts[code, "division_head"] = 1
        unit.posts[code, "deputy_division_head"] = seconds
        unit.posts[code, "below_division"] = size - 1 - seconds
