"""What a change of standard does to one ledger: entitlements, verdicts, and by which figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

from allocator.audit.build import settings_of, today_case
from allocator.audit.case import Case
from allocator.audit.run import AuditFinding, AuditResult, audit
from allocator.domain import Ledger
from allocator.entitlement import entitle
from allocator.findings import Finding, InputError, Place
from allocator.ledger.read import Reading, read_for_audit
from allocator.policy_file import default_policy
from standards.catalog import Standard, UnknownFigure
from standards.figures import Change, differences

VerdictKind: TypeAlias = Literal["appeared", "disappeared", "changed"]
ROOM_WIDE = ("room_slivers",)
"""Rules that compare a room with the smallest figure of the whole standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementChange:
    """One line of one unit; areas in 0.01 m2, exact, None where a standard gives no such line."""

    unit: str
    name: str
    item: str
    zh: str
    en: str
    old: Fraction | None
    new: Fraction | None
    why: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """One audit finding that only one standard gives, or that has other figures under the other."""

    kind: VerdictKind
    old: AuditFinding | None
    new: AuditFinding | None
    why: tuple[Change, ...]

    @property
    def finding(self) -> AuditFinding:
        """The finding under the newer standard, else under the older."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change has at least one side")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChange:
    """What differs for a ledger between two standards."""

    changes: tuple[Change, ...]
    entitlements: tuple[EntitlementChange, ...]
    verdicts: tuple[VerdictChange, ...]


def ledger_change(path: Path, old: Standard, new: Standard, on: date) -> LedgerChange:
    """Audit and entitle the ledger under both standards.

    Raises InputError for a ledger that cannot be read, or whose grades one of the standards lacks.
    """
    before, after = read_for_audit(path, old), read_for_audit(path, new)
    _require_shared_grades(path, before, after, old, new)
    changes = differences(old, new)
    audits = [
        _audited(reading, standard, on) for reading, standard in ((before, old), (after, new))
    ]
    return LedgerChange(
        changes=changes,
        entitlements=_entitlement_changes(before.ledger, after.ledger, old, new, changes),
        verdicts=_verdict_changes(audits[0], audits[1], changes),
    )


def _audited(reading: Reading, standard: Standard, on: date) -> AuditResult:
    settings = settings_of(default_policy(standard), on)
    case = today_case(reading.ledger, standard, settings, loose=reading.loose)
    places = reading.places
    return audit(case, lambda cell: places.of(cell.table, cell.row or 0, cell.column))


# -- grades -------------------------------------------------------------------------------------


def _require_shared_grades(
    path: Path, before: Reading, after: Reading, old: Standard, new: Standard
) -> None:
    """Refuse two standards of which one knows none of the grades that a level uses.

    A single grade that one of them lacks is a finding of the audit like any other.
    """
    found: list[Finding] = []
    for reading, standard, other in ((before, old, new), (after, new, old)):
        used = _grades_used(reading)
        known = {level for level, grade in used if _knows(standard, level, grade)}
        found += [
            _not_shared(path, level, grade, place, standard, other)
            for (level, grade), place in used.items()
            if level not in known
        ]
    if found:
        raise InputError(found)


def _grades_used(reading: Reading) -> dict[tuple[str, str], Place]:
    """(level, grade) of posts and seats, each with its first place."""
    ledger, found = reading.ledger, dict[tuple[str, str], Place]()
    levels = _levels(ledger)
    rows = [("posts", i, row.unit, row.grade) for i, row in enumerate(ledger.posts)]
    rows += [("occupancy", i, row.unit, row.grade) for i, row in enumerate(ledger.occupancy)]
    for table, index, unit, grade in rows:
        if grade and unit in levels:
            found.setdefault((levels[unit], grade), reading.places.of(table, index, "grade"))
    return found


def _levels(ledger: Ledger) -> dict[str, str]:
    return {unit.code: unit.level for unit in ledger.units}


def _knows(standard: Standard, level: str, grade: str) -> bool:
    try:
        standard.grade(level, grade)
    except UnknownFigure:
        return False
    return True


def _not_shared(
    path: Path, level: str, grade: str, place: Place, standard: Standard, other: Standard
) -> Finding:
    names = [f"{g.code} {g.zh}" for g in standard.grades if g.level == level]
    return Finding(
        "grade-not-shared",
        f"标准 {standard.code}（{standard.place}）的 {level} 级没有职级 {grade}，"
        f"无法与 {other.code}（{other.place}）比较同一台账",
        f"the standard {standard.code} ({standard.place}) has no grade {grade} at level {level}, "
        f"so that this ledger cannot be compared with {other.code} ({other.place})",
        place if place.file else Place(file=path.name),
        grade,
        " / ".join(names) or f"{standard.code}: {level} -",
        advice_zh="两个标准的职级要相同才能比较；请换用同一地方的标准，或不加 --ledger 只比较指标",
        advice_en="Maybe compare two standards of one place, or leave out --ledger to compare "
        "the figures alone",
    )


# -- entitlements -------------------------------------------------------------------------------


def _entitlement_changes(
    before: Ledger, after: Ledger, old: Standard, new: Standard, changes: Sequence[Change]
) -> tuple[EntitlementChange, ...]:
    olds = {e.unit: e for e in entitle(before, old)}
    news = {e.unit: e for e in entitle(after, new)}
    found: list[EntitlementChange] = []
    rests = _Rests(before, after, changes)
    for unit, now in news.items():
        was = olds[unit]
        areas = [{line.item: line for line in e.lines} for e in (was, now)]
        for item in dict.fromkeys((*areas[0], *areas[1])):
            first, second = areas[0].get(item), areas[1].get(item)
            line = second or first
            if line is None or (first and second and first.area == second.area):
                continue
            found.append(
                EntitlementChange(
                    unit=unit,
                    name=now.name,
                    item=item,
                    zh=line.zh,
                    en=line.en,
                    old=first.area if first else None,
                    new=second.area if second else None,
                    why=rests.of_line(unit, item, (old, new)),
                )
            )
    return tuple(found)


class _Rests:
    """Which of the changed figures something rests on."""

    def __init__(self, before: Ledger, after: Ledger, changes: Sequence[Change]) -> None:
        self.changes = changes
        self.level = _levels(after)
        self.grades: dict[str, set[str]] = {}
        for row in (*before.posts, *after.posts):
            key = f"grade/{self.level.get(row.unit)}/{row.grade}"
            self.grades.setdefault(row.unit, set()).add(key)

    def among(self, keys: Iterable[str]) -> tuple[Change, ...]:
        """The changes of these figures, in the order of the standard."""
        wanted = set(keys)
        return tuple(change for change in self.changes if change.key in wanted)

    def of_line(self, unit: str, item: str, standards: Iterable[Standard]) -> tuple[Change, ...]:
        """The changes behind one line of a unit, its parts' included."""
        keys: set[str] = set()
        for standard in standards:
            terms = {term.item: term for term in standard.terms}
            waiting = [item]
            while waiting:
                name = waiting.pop()
                term = terms.get(name)
                if term is None:
                    continue
                keys.add(f"line/{name}")
                waiting += term.of
                if term.figure:
                    keys |= {term.figure, f"figure/{term.figure}"}
                if term.kind in ("grades", "heads"):
                    keys |= self.grades.get(unit, set())
                if term.kind == "service":
                    keys.add(f"service/{self.level.get(unit)}")
        return self.among(keys)


# -- verdicts -----------------------------------------------------------------------------------


def _verdict_changes(
    before: AuditResult, after: AuditResult, changes: Sequence[Change]
) -> tuple[VerdictChange, ...]:
    olds = {finding.key: finding for finding in before.findings}
    news = {finding.key: finding for finding in after.findings}
    rests = _Rests(before.case.ledger, after.case.ledger, changes)
    found: list[VerdictChange] = []
    for key in (*olds, *(key for key in news if key not in olds)):
        was, now = olds.get(key), news.get(key)
        kind: VerdictKind
        if was is None or now is None:
            kind = "disappeared" if now is None else "appeared"
        elif _figures_of(was) != _figures_of(now):
            kind = "changed"
        else:
            continue
        one = now or was
        if one is not None:
            why = _why(one, before.case, after.case, rests)
            found.append(VerdictChange(kind=kind, old=was, new=now, why=why))
    return tuple(found)


def _figures_of(finding: AuditFinding) -> tuple[object, ...]:
    judged = finding.judgement
    return judged.value, judged.expected, finding.severity


_LINES: Mapping[str, str] = {
    "service_over": "service",
    "equipment_over": "equipment",
    "aggregate_over": "usable",
}
"""Rules that hold a unit to one line of its entitlement."""


def _why(finding: AuditFinding, before: Case, after: Case, rests: _Rests) -> tuple[Change, ...]:
    """The changed figures that the verdict rests on."""
    subject, unit = finding.judgement.subject, finding.judgement.unit
    item = _LINES.get(finding.rule.id)
    if item:
        found = rests.of_line(unit, item, (before.standard, after.standard))
        return (*rests.among(("individual",)), *found)
    heads = [
        key
        for standard in (before.standard, after.standard)
        for term in standard.terms
        if term.kind == "heads"
        for key in (term.figure, f"figure/{term.figure}")
    ]
    if subject.kind == "room" or subject.code in before.rooms:
        keys = {
            f"grade/{rests.level.get(seat.unit)}/{seat.grade}"
            for case in (before, after)
            for seat in case.seats_in.get(subject.code, ())
        }
        if finding.rule.id in ROOM_WIDE or not keys:
            keys |= {change.key for change in rests.changes if change.key.startswith("grade/")}
        return rests.among((*keys, *heads, "individual"))
    level = rests.level.get(unit, "")
    if subject.grade:
        return rests.among((f"grade/{level}/{subject.grade}", *heads))
    return rests.among(
        (*(c.key for c in rests.changes if f"/{level}" in c.key), *heads, "individual")
    )
