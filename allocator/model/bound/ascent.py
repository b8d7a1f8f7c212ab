"""Ascent of the dual: steps scaled per price, halved whenever a stretch of them gains nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from allocator.model.bound.dual import Dual
from allocator.model.bound.prices import Answer, Prices
from allocator.model.bound.terms import SCALE

FIRST = 0.06
"""First step as a share of each price's span."""
LAST = 0.00002
"""Smallest step; the ascent ends there."""
MOST = 5_000
"""Most evaluations."""
PATIENCE = 12
"""Steps without a gain until the step is halved."""
GAIN = 2e-5
"""Least gain of a stretch that counts, as a share of the value."""
REMEMBER, SPREAD = 0.75, 0.95
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """When to stop: monotonic seconds, or a number of evaluations; the same steps either way."""

    deadline: float | None
    rounds: int | None
    stop: Callable[[], bool] = lambda: False

    def over(self, done: int) -> bool:
        """Whether to stop after so many evaluations."""
        if self.rounds is not None and done >= self.rounds:
            return True
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return True
        return self.stop()


@dataclass
class _Moment:
    """Running mean and spread of one family of prices."""

    at: Reals
    mean: Reals
    square: Reals
    span: Reals
    norm: float


def climb(dual: Dual, pace: Pace, start: Prices | None = None) -> tuple[int, Prices]:
    """The best value found and its prices; a longer pace never gives a lower value."""
    prices = start or dual.start()
    moments = _moments(dual, prices)
    answer = dual.evaluate(prices)
    best, kept = answer.value, prices
    step, idle, done, mark = FIRST, 0, 1, answer.value
    ceiling = dual.ceiling()
    while step > LAST and done < MOST and best <= ceiling and not pace.over(done):
        prices = _advance(dual, moments, answer, step)
        answer = dual.evaluate(prices)
        done += 1
        if answer.value > best:
            best, kept = answer.value, prices
        if best > mark + abs(mark) * GAIN * step / FIRST:
            mark, idle = best, 0
            continue
        idle += 1
        if idle >= PATIENCE:
            step, idle = step / 2, 0
            for name, moment in moments.items():
                moment.at = getattr(kept, name).astype(np.float64)
    return best, kept


def _moments(dual: Dual, prices: Prices) -> dict[str, _Moment]:
    t = dual.terms
    entitled = max(1.0, float(t.entitled.sum()) / max(1, len(t.sites)))
    spans: dict[str, tuple[Reals, float]] = {
        "unit": (np.maximum(1.0, prices.unit.astype(np.float64)), 1.0),
        "person": (np.full(len(t.blocks), 2.5 * 100.0 * SCALE), 30.0),
        "service": (np.full(len(t.sites), float(max(1, dual.service_high))), 0.15 * entitled),
        "seat": (np.maximum(1.0, (dual.seat_high - dual.seat_low).astype(np.float64)), 3.0),
    }
    found = {}
    for field in fields(Prices):
        at = getattr(prices, field.name).astype(np.float64)
        span, norm = spans[field.name]
        found[field.name] = _Moment(at, np.zeros_like(at), np.full_like(at, 0.05), span, norm)
    return found


def _advance(dual: Dual, moments: dict[str, _Moment], answer: Answer, step: float) -> Prices:
    """The next prices, whole and within their limits."""
    for name, m in moments.items():
        gradient = getattr(answer, name) / m.norm
        m.mean = REMEMBER * m.mean + (1 - REMEMBER) * gradient
        m.square = SPREAD * m.square + (1 - SPREAD) * gradient * gradient
        m.at = m.at + step * m.span * m.mean / (np.sqrt(m.square) + 1e-2)
    service, seat = moments["service"], moments["seat"]
    service.at = np.clip(service.at, 0, dual.service_high)
    seat.at = np.clip(seat.at, dual.seat_low, dual.seat_high)
    whole = {name: np.rint(m.at).astype(np.int64) for name, m in moments.items()}
    return Prices(**whole)
