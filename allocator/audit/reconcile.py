"""Five records side by side: establishment, personnel roll, room ledger, survey and drawings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from allocator.audit.rule import Words
from allocator.audit.run import AuditResult

_PAIRS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    ("posts-units", Words("三定编制 与 单位名录", "establishment and list of units"),
     ("posts_without_unit",)),
    ("posts-roll", Words("三定编制 与 人事台账", "establishment and personnel roll"),
     ("roll_above",)),
    ("roll-rooms", Words("人事台账 与 房间台账", "personnel roll and room ledger"),
     ("roll_differs", "division_unhoused", "two_offices")),
    ("allocation-use", Words("核定使用单位 与 实际使用", "allocation and actual use"),
     ("holder_differs",)),
    ("ledger-survey", Words("房间台账 与 实测面积", "room ledger and survey"),
     ("survey_differs",)),
    ("ledger-drawing", Words("房间台账 与 图纸面积", "room ledger and drawing"),
     ("drawing_differs",)),
)  # fmt: skip
"""Pairs of records with the rules that compare them; each mismatch is a finding of its own."""
_ROLL = ("roll_above", "roll_differs", "division_unhoused")
"""Rules of which one judges something wherever there is a roll; several offices need none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records: how many things could be compared, and how many of them differ."""

    key: str
    title: Words
    compared: int
    differ: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "records": self.key,
            **self.title._asdict(),
            "compared": self.compared,
            "differ": self.differ,
        }


def reconciliation(result: AuditResult) -> tuple[Pair, ...]:
    """The pairs of records of which at least one thing could be compared."""
    differ = Counter(f.rule.id for f in result.findings)
    pairs = []
    for key, title, rules in _PAIRS:
        if key == "roll-rooms" and not any(result.judged.get(rule) for rule in _ROLL):
            continue
        compared = max((result.judged.get(rule, 0) for rule in rules), default=0)
        if compared:
            pairs.append(Pair(key, title, compared, sum(differ[rule] for rule in rules)))
    return tuple(pairs)
