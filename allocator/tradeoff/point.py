"""One point of the front of people moved against area released, and what neighbours exchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from allocator.plan import Plan

KNEE = 2
"""A knee: each person below it releases at least so many times what each one above it does."""


@dataclass(frozen=True, slots=True)
class Point:
    """A verified plan made for a cap on people moved or a price of each; areas in 0.01 m2."""

    cap: int | None
    price: Fraction | None
    """m2 per person moved."""
    moved: int
    released: int
    """Today's stock less what the plan uses, rented rooms of the market included."""
    bound: int | None
    """No lawful plan that houses as many and moves no more people releases more."""
    weighed: Fraction | None
    """Least area in use + price x people moved of any plan that houses as many, m2."""
    stock: int
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
            "price_m2": None if self.price is None else float(self.price),
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


def point_of(plan: Plan, cap: int | None, price: Fraction | None, folder: str) -> Point:
    """The point of a plan made for a cap on people moved, a price of each, or neither."""
    index = next(i for i, t in enumerate(plan.tiers) if "used" in t.terms)
    tier, stock = plan.tiers[index], plan.before.stock
    released = stock - round(tier.terms["used"] * 100)
    bound = None
    if price is None and tier.bound is not None:
        bound = max(released, floor(stock - tier.bound * 100))
    return Point(
        cap=cap,
        price=price,
        moved=plan.people.moved,
        released=released,
        bound=bound,
        weighed=None if price is None else tier.bound,
        stock=stock,
        proved=price is None and plan.status == "optimal",
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


def bounded(points: Sequence[Point]) -> list[Point]:
    """Every point with the best bound that any of the solves gives for its people moved.

    A bound without cap or price holds for any number of people, one of a cap up to the cap.
    """
    return [replace(p, bound=_bound(p, points)) for p in points]


def _bound(point: Point, points: Iterable[Point]) -> int | None:
    found = [
        other.bound
        for other in points
        if other.bound is not None and (other.cap is None or point.moved <= other.cap)
    ]
    found += [
        floor(other.stock - 100 * (other.weighed - other.price * point.moved))
        for other in points
        if other.weighed is not None and other.price is not None
    ]
    return max(point.released, min(found)) if found else None
