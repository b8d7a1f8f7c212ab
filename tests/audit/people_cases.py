"""Small cases for rules on people, and what a finding must say."""

from __future__ import annotations

from datetime import date
from typing import Any

from allocator.audit.build import draft_case, today_case
from allocator.audit.case import Case, Seat, Settings
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Cell, Judgement, Subject
from allocator.audit.run import AuditFinding, audit, filled
from allocator.domain import Division
from allocator.findings import Finding, Place
from allocator.ledger.loose import Loose, LooseKind
from tests.builders import building, floor, make_ledger, site, tiny_standard, unit

SINGLE = frozenset({("municipal", "chief")})


def make_case(
    *,
    plan: list[Seat] | None = None,
    loose: tuple[Loose, ...] = (),
    standard: Any = None,
    settings: dict[str, Any] | None = None,
    **tables: Any,
) -> Case:
    """One floor F; units tax (divisions D1, D2) and fin; chiefs sit alone. `plan`: its seats."""
    plain: dict[str, Any] = {
        "sites": [site("S")],
        "buildings": [building("B", "S")],
        "floors": [floor("F", "B")],
        "units": [unit("tax"), unit("fin")],
        "divisions": [
            Division(code="D1", unit="tax", name="audit division"),
            Division(code="D2", unit="tax", name="legal division"),
        ],
    }
    told = Settings(**({"on": date(2026, 1, 1), "single": SINGLE} | (settings or {})))
    ledger = make_ledger(**(plain | tables))
    case = today_case(ledger, standard or tiny_standard(), told, loose=loose)
    return case if plan is None else draft_case(case, plan)


def group(unit_code: str, grade: str, division: str = "") -> Subject:
    """The subject of a group."""
    return Subject("group", division or unit_code, unit_code, division, grade)


def loose_row(kind: LooseKind, table: str, column: str, code: str, **values: Any) -> Loose:
    """A row that the reader set aside, on row 7 of its file."""
    place = Place(file="ledger.xlsx", sheet=table, row=7, column=column)
    finding = Finding("unknown", "未知", "unknown", place)
    return Loose(kind, table, column, code, 7, {column: code} | values, finding)


def the_finding(case: Case, rule: str) -> AuditFinding:
    """The only breach of a rule; its sentences name both figures in either language."""
    result = audit(case, rules=(rule,))
    assert len(result.findings) == 1, [f.key for f in result.findings]
    found = result.findings[0]
    said, judged = found.as_finding(), found.judgement
    for text in (said.zh, said.en):
        assert "{" not in text
        if judged.measure in ("people", "rooms"):
            assert str(judged.value) in text
    if judged.measure == "area":
        assert said.value in said.zh
        assert said.expected in said.en
    assert said.advice_en.startswith("Maybe")
    assert said.clause
    return found


def no_finding(case: Case, rule: str, subject: Subject) -> Judgement:
    """A subject judged without breach and doubt: its evidence of cure can be read."""
    assert not audit(case, rules=(rule,)).findings
    judged = AUDIT_RULES[rule].judge(case, subject)
    assert judged is not None
    assert not judged.breach
    assert judged.certainty == "certain"
    assert judged.subject == subject
    words = filled(AUDIT_RULES[rule].fine, judged.facts)
    assert "{" not in words.zh + words.en
    return judged


def is_silent(case: Case, rule: str, subject: Subject) -> None:
    """The ledger says nothing about the subject."""
    assert AUDIT_RULES[rule].judge(case, subject) is None
    assert subject not in set(AUDIT_RULES[rule].subjects(case))


def open_verdict(case: Case, rule: str) -> list[str]:
    """What the verdict on the only breach or open subject hangs on."""
    result = audit(case, rules=(rule,))
    found = [*result.findings, *result.undecided]
    assert len(found) == 1, [f.key for f in found]
    assert found[0].as_finding().en
    return [d.words.en for d in found[0].judgement.doubts]


def says(
    found: AuditFinding, key: str, unit_code: str, value: int | None, expected: int | None,
    cell: tuple[str, int, str], detail: str = "",
) -> None:  # fmt: skip
    """The finding has exactly this key, unit, figures and place."""
    judged = found.judgement
    assert found.key == key
    assert (judged.unit, judged.value, judged.expected) == (unit_code, value, expected)
    assert judged.detail == detail
    assert judged.cells[0][:3] == Cell(*cell)[:3]
