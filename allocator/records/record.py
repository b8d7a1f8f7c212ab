"""What a tier's value is made of: one record per place and unit, and what two lists differ in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.quantity import Exact
from allocator.rule import POLICY
from allocator.rules import RULES

Kind: TypeAlias = Literal["room", "floor", "building", "site", ""]
"""What kind of place a record stands at; blank: nowhere in particular."""

ROUNDING = "rounding"
"""Subject of the record that says what rounding a term changed."""

RATE_SOURCE = POLICY
"""Where every rate comes from."""

RULE_OF_TERM: Mapping[str, str] = {
    "unhoused": "unplaced",
    "exceptions": "exceptions",
    "used": "identity_stock",
    "hidden": "areas_hidden",
    "stranded": "areas_stranded",
    "short": "areas_short",
    "service_short": "areas_service_short",
    "leased": "areas_leased_kept",
    "moved_building": "people_moved_building",
    "moved_site": "people_moved_site",
    "moved_far": "people_moved_far",
    "near": "tier_terms",
    "off_main_floor": "tier_terms",
    "outside_main_building": "tier_terms",
    "short_per_person": "tier_terms",
}
"""The rule of the register that holds each term; `requests` holds the requests in `unhoused`."""

Key: TypeAlias = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One part of one term of one tier; `amount` is in the term's unit (areas in m2).

    `unit` is blank where no unit is meant. `subject` tells records of one unit and place apart: a
    group, a purpose, the building left, the other unit, or what kind of area it is.
    """

    tier: str
    term: str
    rule: str
    unit: str
    kind: Kind
    place: str
    subject: str
    amount: Fraction
    rate: Fraction
    zh: str
    en: str

    @property
    def key(self) -> Key:
        """What makes two records of different plans the same line."""
        return (self.tier, self.term, self.unit, self.kind, self.place, self.subject)

    @property
    def value(self) -> Fraction:
        """The record's part of the tier's value, in the tier's unit."""
        return self.rate * self.amount

    @property
    def clause(self) -> str:
        """Where the rule behind the amount comes from; the rate is always policy."""
        return RULES[self.rule].clause


def amounts(records: Iterable[Record]) -> dict[tuple[str, str], Fraction]:
    """Sum of amounts by (tier, term)."""
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for record in records:
        sums[record.tier, record.term] += record.amount
    return dict(sums)


def tier_values(records: Iterable[Record]) -> dict[str, Fraction]:
    """Sum of rate x amount by tier."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for record in records:
        sums[record.tier] += record.value
    return dict(sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One record in two plans; None where a plan has no such record."""

    before: Record | None
    after: Record | None

    @property
    def record(self) -> Record:
        """The later record, or the one that is gone."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def amount(self) -> Fraction:
        """Later less earlier amount, in the term's unit."""
        return _number(self.after, "amount") - _number(self.before, "amount")

    @property
    def value(self) -> Fraction:
        """Change of the tier's value; with a changed rate it differs from rate x amount."""
        return _number(self.after, "value") - _number(self.before, "value")

    @property
    def zh(self) -> str:
        """The change in Chinese."""
        if self.before is None:
            return f"新增：{self.record.zh}"
        if self.after is None:
            return f"不再有：{self.record.zh}"
        return f"由“{self.before.zh}”变为“{self.after.zh}”"

    @property
    def en(self) -> str:
        """The change in English."""
        if self.before is None:
            return f"new: {self.record.en}"
        if self.after is None:
            return f"gone: {self.record.en}"
        return f"from '{self.before.en}' to '{self.after.en}'"


def _number(record: Record | None, name: Literal["amount", "value"]) -> Fraction:
    return Fraction(0) if record is None else Fraction(getattr(record, name))


def subtract(a: Iterable[Record], b: Iterable[Record]) -> tuple[RecordChange, ...]:
    """What changes from `a` to `b`: tiers in their order, the largest change of value first."""
    old = {record.key: record for record in a}
    new = {record.key: record for record in b}
    order = {tier: place for place, tier in enumerate(dict.fromkeys(k[0] for k in (*old, *new)))}
    changes = []
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if _figures(before) != _figures(after):
            changes.append(RecordChange(before=before, after=after))
    changes.sort(key=lambda c: (order[c.record.tier], -abs(c.value), c.record.key))
    return tuple(changes)


def _figures(record: Record | None) -> tuple[Exact, Exact]:
    return (0, 0) if record is None else (record.amount, record.value)
