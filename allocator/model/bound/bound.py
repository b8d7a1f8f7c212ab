"""Lower bounds of the priced tier and of the area kept open, with certificates to re-evaluate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.measure import Measure
from allocator.model.bound.ascent import Pace, climb
from allocator.model.bound.block import Ints
from allocator.model.bound.dual import Dual
from allocator.model.bound.prices import Prices
from allocator.model.bound.terms import SCALE, Terms, Unsupported
from allocator.model.relaxation import Relaxation, least_area_in_use, sharpened
from allocator.problem import Problem

SPEED = 60_000_000
"""Knapsack entries (units x states) that one unit of work pays for."""
RELAXATION = "unit-prices/1"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to climb: a monotonic deadline, or deterministic work (about core-seconds).

    With `work` no clock is read and the same effort gives the same bytes. Neither: until the
    steps have become too small to gain, which takes about 400 evaluations.
    """

    deadline: float | None = None
    work: float | None = None
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Bound:
    """A valid lower bound and what a checker needs to find it again.

    `value`: 0.01 m2-equivalents (space) or 0.01 m2 (area in use); None if nothing was found, as
    when no plan houses everybody.
    `certificate`: plain data for `certificate.json`; None where the bound comes from the
    aggregate (unusual rules, posts left unhoused), which no checker re-evaluates.
    """

    value: int | None
    certificate: dict[str, Any] | None


def bound(
    problem: Problem, measure: Measure, effort: Effort, start: dict[str, Any] | None = None
) -> Bound:
    """No lawful plan that houses everybody has a priced tier below this value.

    `start`: a certificate to climb from, of this or of a similar problem.

    Call it in a worker process beside the search: it holds one core until the effort is spent
    and takes up to a tenth past its deadline at ten cities (one evaluation). More effort never
    gives a lower value. Where the policy or scenario has rules that this bound does not model
    (proposed or registered exceptions, shared rooms, a tolerance, units of several buildings,
    buildings of more than eleven floors) the aggregate's bound comes back without a certificate.
    Where the tables of a building would not fit into memory the same, and None where the
    aggregate is too large as well.
    """
    try:
        dual = Dual(Terms(problem, measure))
    except Unsupported:
        seconds = None if effort.deadline is None else _left(effort)
        return Bound(sharpened(Relaxation(problem, measure, 0), seconds).bound, None)
    return _climbed(dual, effort, {"tier": _priced_tier(problem)}, start)


def released_bound(problem: Problem, measure: Measure, effort: Effort) -> Bound:
    """A bound on stock - released (0.01 m2) of plans that house everybody, solved for it alone.

    stock - value is what no lawful plan can release more than. As `bound` in all else; only
    meaningful where no market floor is in the stock.
    """
    try:
        dual = Dual(Terms(problem, measure, {"used": Fraction(1)}))
    except Unsupported:
        seconds = None if effort.deadline is None else _left(effort)
        return Bound(least_area_in_use(problem, measure, seconds), None)
    return _climbed(dual, effort, {"quantity": "released"})


def _left(effort: Effort) -> float:
    return max(0.1, (effort.deadline or 0.0) - time.monotonic())


def _priced_tier(problem: Problem) -> str:
    return next(t.name for t in problem.policy.tiers if "used" in dict(t.terms))


def _climbed(
    dual: Dual, effort: Effort, subject: dict[str, str], start: dict[str, Any] | None = None
) -> Bound:
    terms = dual.terms
    rounds = None
    if effort.work is not None:
        entries = len(terms.units) * sum(table.size for table in dual.tables)
        rounds = max(3, int(effort.work * SPEED / max(1, entries)))
    best, prices = climb(
        dual,
        Pace(effort.deadline, rounds, effort.stop),
        None if start is None else _stored(dual, start["prices"]),
    )
    if best > dual.ceiling():
        return Bound(None, None)
    value = best // SCALE
    return Bound(value, {**subject, **_certificate(terms, prices, value)})


def _stored(dual: Dual, prices: dict[str, dict[str, int]]) -> Prices:
    """The prices of a certificate, within the limits of this problem; the usual ones for the rest.

    Any prices give a valid bound, so it does not matter which problem they were found for.
    """
    t, usual = dual.terms, dual.start()

    def taken(name: str, codes: Iterable[str], default: Ints) -> Ints:
        known = prices.get(name, {})
        return np.array([known.get(c, int(n)) for c, n in zip(codes, default, strict=True)],
                        dtype=np.int64)  # fmt: skip

    service = taken("service", t.sites, usual.service)
    seat = taken("seat", t.sites, usual.seat)
    return replace(
        usual,
        unit=taken("unit", t.units, usual.unit),
        person=taken("person", [b.building for b in t.blocks], usual.person),
        service=np.clip(service, 0, dual.service_high),
        seat=np.clip(seat, dual.seat_low, dual.seat_high),
    )


def _certificate(terms: Terms, prices: Prices, value: int) -> dict[str, Any]:
    """All prices that are not 0, in 1/SCALE of 0.01 m2-equivalents."""
    alone = {b.building: int(n) for b, n in zip(terms.blocks, prices.person, strict=True)
             if b.alone and n}  # fmt: skip
    several = sorted({b.site for b in terms.blocks if not b.alone})
    return {
        "relaxation": RELAXATION,
        "given": "everybody housed",
        "bound": value,
        "prices": {
            "unit": {u: int(n) for u, n in zip(terms.units, prices.unit, strict=True)},
            "person": alone,
            "service": {terms.sites[s]: int(prices.service[s]) for s in several},
            "seat": {terms.sites[s]: int(prices.seat[s]) for s in several},
        },
    }
