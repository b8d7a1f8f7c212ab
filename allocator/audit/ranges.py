"""Figures that are only known within limits, and the verdicts that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allocator.audit.rule import Doubt


@dataclass(frozen=True, slots=True)
class Range:
    """`low` <= true value <= `high`; `nominal` is the figure on record, `doubts` say why."""

    low: int
    nominal: int
    high: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether only one value is possible."""
        return self.low == self.high

    def at(self, nominal: int) -> Range:
        """The same limits with another figure on record."""
        return Range(self.low, nominal, self.high, self.doubts)

    def plus(self, amount: int) -> Range:
        """The same figure raised by a fixed amount."""
        return Range(self.low + amount, self.nominal + amount, self.high + amount, self.doubts)

    def times(self, factor: int) -> Range:
        """The same figure multiplied by a factor that is not negative."""
        return Range(self.low * factor, self.nominal * factor, self.high * factor, self.doubts)


def exactly(value: int) -> Range:
    """A figure without doubt."""
    return Range(value, value, value)


def total(ranges: list[Range]) -> Range:
    """The sum of independent figures."""
    return Range(
        sum(r.low for r in ranges),
        sum(r.nominal for r in ranges),
        sum(r.high for r in ranges),
        tuple(dict.fromkeys(d for r in ranges for d in r.doubts)),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the figures on record are a breach, and what could turn that; none: certain."""

    breach: bool
    doubts: tuple[Doubt, ...] = ()


def exceeds(a: Range, b: Range) -> Verdict:
    """Whether a > b. No doubts only if all values within both ranges agree."""
    breach = a.nominal > b.nominal
    if a.low > b.high or a.high <= b.low:
        return Verdict(breach)
    a_alone = (a.low > b.nominal) != (a.high > b.nominal)
    b_alone = (a.nominal > b.low) != (a.nominal > b.high)
    # Where only both together can turn the verdict, both are named.
    neither = not a_alone and not b_alone
    doubts = (a.doubts if a_alone or neither else ()) + (b.doubts if b_alone or neither else ())
    return Verdict(breach, tuple(dict.fromkeys(doubts)))


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether any of them is a breach; certain as soon as one surely is."""
    found = list(verdicts)
    if any(v.breach and not v.doubts for v in found):
        return Verdict(True)
    doubts = tuple(dict.fromkeys(d for v in found for d in v.doubts))
    return Verdict(any(v.breach for v in found), doubts)
