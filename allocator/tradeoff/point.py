"""One point of the front of people moved against area released, and what neighbours exchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from allocator.plan import Plan

KNEE = 2
"""A knee: each person below it releases at least so many times what each one above it does."""


@dataclass(frozen=True, slots=True)
class Point:
    """A verified plan with at most `cap` people moved (None: no limit); areas in 0.01 m2."""

    cap: int | None
    moved: int
    released: int
    bound: int | None
    """No lawful plan that houses as many and moves at most `cap` people releases more."""
    proved: bool
    """Whether no such plan releases more, and none that releases as much moves fewer."""
    earlier: tuple[Fraction, ...]
    """Values of the tiers before: posts unhoused and requests unmet, proposed exceptions."""
    unhoused: int
    leases: int
    floors: int
    folder: str

    def as_json(self) -> dict[str, Any]:
        """Plain data; areas in m2."""
        return {
            "cap": self.cap,
            "moved": self.moved,
            "released_m2": self.released / 100,
            "bound_m2": None if self.bound is None else self.bound / 100,
            "status": "proved" if self.proved else "bounded" if self.bound else "unproved",
            "unhoused": self.unhoused,
            "leases_ended": self.leases,
            "floors_released": self.floors,
            "plan": self.folder,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """From one point of the front to the next: m2 released per further person moved."""

    below: Point
    above: Point

    @property
    def rate(self) -> Fraction:
        """In m2 per person."""
        return Fraction(self.above.released - self.below.released, 100) / (
            self.above.moved - self.below.moved
        )


@dataclass(frozen=True, slots=True)
class Front:
    """Points in order of people moved, each releasing more than the ones before."""

    points: tuple[Point, ...]
    dominated: tuple[Point, ...]
    """Plans beside the front: another one moves no more people and releases no less."""
    steps: tuple[Step, ...]
    knees: frozenset[int]
    """People moved at the points where the next person begins to bring much less."""
    complete: bool
    """Whether every point is proved and none lies between two of them."""

    def at_most(self, people: int) -> Point | None:
        """The point that releases most with so many people moved."""
        return max(
            (p for p in self.points if p.moved <= people), key=lambda p: p.released, default=None
        )


def point_of(plan: Plan, cap: int | None, folder: str) -> Point:
    """The point of a plan made for a cap on people moved."""
    index = next(i for i, t in enumerate(plan.tiers) if t.terms.keys() == {"used"})
    released = plan.tiers[index]
    stock = plan.areas.stock
    bound = None
    if released.bound is not None:
        bound = max(plan.areas.released, stock - int(released.bound * 100))
    return Point(
        cap=cap,
        moved=plan.people.moved,
        released=plan.areas.released,
        bound=bound,
        proved=plan.status == "optimal",
        earlier=tuple(t.value for t in plan.tiers[:index]),
        unhoused=plan.people.unhoused,
        leases=len(plan.areas.leases_ended),
        floors=len(plan.areas.released_floors),
        folder=folder,
    )


def front_of(points: Iterable[Point], *, closed: bool) -> Front:
    """The points that no other one dominates; `closed`: caps were lowered one by one to the end."""
    best: list[Point] = []
    beside: list[Point] = []
    for point in sorted(points, key=lambda p: (p.moved, -p.released, not p.proved)):
        if best and point.released <= best[-1].released:
            beside.append(point)
        else:
            best.append(point)
    steps = tuple(Step(a, b) for a, b in pairwise(best))
    return Front(
        tuple(best),
        tuple(beside),
        steps,
        frozenset(_knees(steps)),
        closed and all(p.proved for p in best),
    )


def _knees(steps: Sequence[Step]) -> Iterable[int]:
    for before, after in pairwise(steps):
        if before.rate >= KNEE * after.rate:
            yield before.above.moved


def tightened(points: Iterable[Point]) -> list[Point]:
    """Bounds that also use those of greater caps: fewer people moved never release more."""
    found: list[Point] = []
    least: int | None = None
    for point in sorted(points, key=lambda p: (p.cap is not None, -(p.cap or 0))):
        if point.bound is not None:
            least = point.bound if least is None else min(least, point.bound)
        if least is not None:
            point = Point(**{**_fields(point), "bound": max(least, point.released)})
        found.append(point)
    return found


def _fields(point: Point) -> dict[str, Any]:
    return {name: getattr(point, name) for name in Point.__slots__}
