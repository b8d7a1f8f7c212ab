"""The rectification list (整改台账): findings as rows with a deadline, kept from month to month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from allocator.audit.case import Case, Seat
from allocator.audit.headcount import grade_name
from allocator.audit.place_words import place_words, room_of
from allocator.audit.room_words import holders, listed, named, responsible
from allocator.audit.rule import AuditRule, Judgement, Subject, Words
from allocator.audit.run import AuditFinding, AuditResult
from allocator.domain import Group
from allocator.findings import Place

Status: TypeAlias = Literal["open", "claimed", "closed", "reopened", "no_evidence"]
"""`claimed`: the unit says it is done, nobody has checked yet; set by people, never here."""
Value: TypeAlias = str | int | date | Words | None
"""A cell: text, a choice by its key, a count or 0.01 m2, a day, words of either language."""

DAYS = 60
"""Days to cure a finding where no clause sets them: policy, no legal source."""

FOUND = (
    "unit", "place", "room", "rule", "problem", "clause", "standard", "area", "measured", "over",
    "responsible", "grade", "severity", "rule_id",
)  # fmt: skip
"""Columns that say what is found; they follow the latest ledger while the finding stands."""
MANUAL = ("cause", "way", "due", "approver", "why_not")
"""Columns that belong to the planner once they are filled: never overwritten."""

_AGAINST_STANDARD = (
    "over_standard", "under_share", "service_over", "equipment_over", "aggregate_over",
)  # fmt: skip
"""Rules whose value is an area held and whose expected value is what the standard allows."""

NOBODY = Words("无持有单位", "held by nobody")
"""Who answers for a room that no unit holds."""

_NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of the list; `values` by column key. `place` is where an old row stands."""

    key: str
    values: Mapping[str, Value]
    to_check: bool = False
    place: Place = _NOWHERE

    def text(self, column: str) -> str:
        """A cell as written in the old list, blank for any other value."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def number(self, column: str) -> int | None:
        """A count or an area in 0.01 m2."""
        value = self.values.get(column)
        return value if isinstance(value, int) else None

    def day(self, column: str) -> date | None:
        """A day."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None

    def with_values(self, **values: Value) -> ListRow:
        """The row with some cells replaced."""
        return replace(self, values={**self.values, **values})


def rectification(
    result: AuditResult,
    days: int = DAYS,
    remedies: Mapping[str, Words] | None = None,
) -> tuple[ListRow, ...]:
    """Errors and warnings as a new list, found and due from the day of the audit on.

    `remedies` by finding key replace the advice of the rule.
    """
    return tuple(new_row(result.case, f, days, remedies or {}) for f in on_list(result))


def on_list(result: AuditResult) -> Iterable[AuditFinding]:
    """Findings that somebody has to cure or to look into."""
    return (f for f in result.findings if f.severity in ("error", "warning"))


def new_row(case: Case, finding: AuditFinding, days: int, remedies: Mapping[str, Words]) -> ListRow:
    """The first row of a finding."""
    on, rule, judged = case.settings.on, finding.rule, finding.judgement
    before = footprint(case, judged.subject)
    due = on + timedelta(days=days if rule.days is None else rule.days)
    values: dict[str, Value] = {
        **found_values(case, finding),
        "way": remedies.get(finding.key, rule.advice),
        "rooms_before": before[0] if before else None,
        "area_before": before[1] if before else None,
        "due": due,
        "status": "open",
        "first_found": on,
        "last_checked": on,
        "returns": 0,
    }
    return ListRow(key=finding.key, values=values, to_check=rule.to_check)


def found_values(case: Case, finding: AuditFinding) -> dict[str, Value]:
    """The columns `FOUND` of a finding."""
    rule, judged = finding.rule, finding.judgement
    room = room_of(case, judged)
    standard, area = _areas(case, rule, judged, room)
    over = None if standard is None or area is None else max(0, area - standard)
    seats = case.seats_in.get(room, []) if room else _seats(case, judged.subject)
    units = holders(seats) or [judged.unit]
    most = judged.expected if rule.id == "two_offices" else None
    said = finding.as_finding()
    return {
        "unit": named(case, units) if units != [""] else None,
        "place": place_words(case, judged),
        "room": room or None,
        "rule": rule.title,
        "problem": Words(said.zh, said.en),
        "clause": rule.clause,
        "standard": standard,
        "area": area,
        "measured": _surveyed(case, room),
        "over": over,
        "responsible": _responsible(case, judged, room),
        "grade": _grades(case, seats, most) if seats else None,
        "severity": finding.severity,
        "rule_id": rule.id,
    }


def footprint(case: Case, subject: Subject, unit: str | None = None) -> tuple[int, int] | None:
    """Rooms and area (0.01 m2) that a finding is about; None where it is about none.

    A room counts only while it is in the hands of the unit of this name, if one is given.
    """
    if _is_room(case, subject):
        names = {case.name(s.unit) for s in case.seats_in.get(subject.code, ())}
        gone = unit is not None and unit not in names
        return (0, 0) if gone else (1, case.rooms[subject.code].area)
    if subject.kind in ("group", "unit"):
        rooms = {s.room for s in _seats(case, subject)}
        return len(rooms), sum(case.rooms[code].area for code in rooms)
    return None


def _areas(
    case: Case, rule: AuditRule, judged: Judgement, room: str
) -> tuple[int | None, int | None]:
    if rule.id in _AGAINST_STANDARD:
        return judged.expected, judged.value
    return None, case.rooms[room].area if room else None


def _surveyed(case: Case, room: str) -> int | None:
    """What a survey up to the day of the audit measured; the ledger's area is never one."""
    survey = case.surveys.get(room)
    return survey.measured if survey and survey.day <= case.settings.on else None


def _responsible(case: Case, judged: Judgement, room: str) -> Value:
    unit = judged.unit or (responsible(case, room) if room else "")
    if unit:
        return case.name(unit)
    # Somebody whom the ledger does not know is still somebody.
    return NOBODY if room and room not in case.strangers else None


def _is_room(case: Case, subject: Subject) -> bool:
    return subject.kind in ("room", "row") and subject.code in case.rooms


def _seats(case: Case, subject: Subject) -> list[Seat]:
    """Rows of the room, group or unit."""
    if _is_room(case, subject):
        return case.seats_in.get(subject.code, [])
    if subject.kind == "group":
        group = Group(subject.unit, subject.division, subject.grade)
        return [s for s in case.seats_of.get(subject.unit, ()) if s.group == group]
    if subject.kind == "unit":
        return case.seats_of.get(subject.code, [])
    return []


def _grades(case: Case, seats: Iterable[Seat], most: int | None = None) -> Words | None:
    """Such as `正职×1、科员×2`; one person in several rooms counts once, so no more than `most`."""
    counts: dict[Words, int] = {}
    for seat in seats:
        if seat.people:
            name = grade_name(case, seat.group)
            counts[name] = counts.get(name, 0) + seat.people
    if not counts:
        return None
    if most is not None:
        counts = {name: max(1, min(n, most)) for name, n in counts.items()}
    return listed(Words(f"{w.zh}×{n}", f"{w.en}×{n}") for w, n in counts.items())
