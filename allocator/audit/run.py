"""An audit run: every rule on every subject, as findings, open verdicts and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from allocator.audit.case import Case
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import AuditRule, Cell, Judgement, Words
from allocator.findings import Finding, Place, Severity
from allocator.quantity import m2, m2_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One breach, or one verdict that the data leave `undecided`, with its place in the input."""

    rule: AuditRule
    judgement: Judgement
    place: Place
    undecided: bool = False

    @property
    def key(self) -> str:
        """Rule and subject: the same problem has the same key in next month's audit."""
        return f"{self.rule.id}|{self.judgement.subject.key}"

    @property
    def severity(self) -> Severity:
        """That of the rule; what is not certain is no error, exceptions are only reported."""
        if self.judgement.exception or self.undecided:
            return "info"
        unsure = self.rule.severity == "error" and self.judgement.doubts
        return "warning" if unsure else self.rule.severity

    def sentence(self) -> Words:
        """What is wrong, with the figures."""
        template = self.rule.fine if self.undecided else self.rule.breach
        return filled(template, self.judgement.facts)

    def as_finding(self) -> Finding:
        """The finding as every other part of the program lists them."""
        words, judged = self.sentence(), self.judgement
        if self.rule.to_check:
            words = Words(f"待核实：{words.zh}", f"to check: {words.en}")
        if judged.exception and not self.undecided:
            words = Words(
                f"已登记例外（{judged.exception}）：{words.zh}",
                f"registered exception ({judged.exception}): {words.en}",
            )
        certainty = certainty_words(judged)
        if certainty.zh:
            words = Words(f"{words.zh}（{certainty.zh}）", f"{words.en} ({certainty.en})")
        return Finding(
            self.rule.id, words.zh, words.en, self.place,
            quantity_text(judged, judged.value), quantity_text(judged, judged.expected),
            self.rule.advice.zh, self.rule.advice.en, self.severity, str(self.rule.clause),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain data; areas in m2."""
        judged, words = self.judgement, self.sentence()
        area = judged.measure == "area"
        return {
            "key": self.key,
            "rule": self.rule.id,
            "kind": self.rule.kind,
            "detail": judged.detail,
            "severity": self.severity,
            "to_check": self.rule.to_check,
            "place": judged.place or judged.subject.code,
            "unit": judged.unit,
            "division": judged.subject.division,
            "grade": judged.subject.grade,
            "value": m2(judged.value) if area and judged.value is not None else judged.value,
            "expected": (
                m2(judged.expected) if area and judged.expected is not None else judged.expected
            ),
            "measure": "m2" if area else judged.measure,
            "certainty": judged.certainty,
            "depends": [d.words._asdict() for d in judged.doubts],
            "exception": judged.exception,
            "zh": words.zh,
            "en": words.en,
            "clause": str(self.rule.clause),
            "clause_en": self.rule.clause.en,
            "advice_zh": self.rule.advice.zh,
            "advice_en": self.rule.advice.en,
            "shares": [
                {
                    "unit": s.unit,
                    "division": s.division,
                    "grade": s.grade,
                    "people": s.people,
                    "standard_m2": m2(s.standard),
                    "charged_m2": m2(s.charged),
                    "over_m2": m2(s.over),
                }
                for s in judged.shares
            ],
            "location": self.place.text(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What an audit says. `judged` counts the subjects of each rule, breaches and others."""

    case: Case
    findings: tuple[AuditFinding, ...]
    undecided: tuple[AuditFinding, ...]
    """Verdicts that are no breach on the figures on record, but could be one."""
    judged: Mapping[str, int]

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(f.severity == severity for f in self.findings)


def by_table(cell: Cell) -> Place:
    """The place of a cell in the table as a bundle writes it: one heading, then the rows."""
    row = None if cell.row is None else cell.row + 2
    return Place(sheet=cell.table, row=row, column=cell.column)


def audit(
    case: Case,
    locate: Callable[[Cell], Place] = by_table,
    rules: Iterable[str] = AUDIT_RULES,
) -> AuditResult:
    """Judge every subject by every rule of the case's view, or by those named.

    `locate` gives the place of a cell in the planner's own files.
    """
    found: list[AuditFinding] = []
    undecided: list[AuditFinding] = []
    judged: Counter[str] = Counter()
    for name in rules:
        rule = AUDIT_RULES[name]
        if case.view not in rule.views:
            continue
        for subject in rule.subjects(case):
            judgement = rule.judge(case, subject)
            if judgement is None:
                continue
            judged[rule.id] += 1
            if judgement.breach:
                found.append(_finding(case, rule, judgement, locate))
            elif judgement.doubts:
                undecided.append(replace(_finding(case, rule, judgement, locate), undecided=True))
    return AuditResult(
        case=case, findings=tuple(found), undecided=tuple(undecided), judged=dict(judged)
    )


def _finding(
    case: Case, rule: AuditRule, judgement: Judgement, locate: Callable[[Cell], Place]
) -> AuditFinding:
    cells = [cell for cell in judgement.cells if cell.row is not None]
    if case.view == "plan":
        # The plan is what can be mended, so its own row comes before the ledger's.
        cells.sort(key=lambda cell: cell.table != case.seat_table)
    place = (cells[0].place or locate(cells[0])) if cells else Place()
    return AuditFinding(rule=rule, judgement=judgement, place=place)


def filled(words: Words, facts: Mapping[str, object]) -> Words:
    """A sentence with its facts; areas with two decimals."""
    shown = {
        name: m2_text(value) if name.endswith("_m2") and isinstance(value, int) else value
        for name, value in facts.items()
    }
    zh = {name: v.zh if isinstance(v, Words) else v for name, v in shown.items()}
    en = {name: v.en if isinstance(v, Words) else v for name, v in shown.items()}
    return Words(words.zh.format(**zh), words.en.format(**en))


def certainty_words(judgement: Judgement) -> Words:
    """What the verdict hangs on; blank if it is certain."""
    if judgement.certainty == "certain":
        return Words("", "")
    zh = "、".join(d.words.zh for d in judgement.doubts)
    en = ", ".join(d.words.en for d in judgement.doubts)
    if judgement.certainty == "survey":
        return Words(f"须实测：{zh}", f"needs a survey: {en}")
    return Words(f"取决于：{zh}", f"depends on {en}")


def quantity_text(judgement: Judgement, amount: int | None) -> str:
    """A value for people: m2 with two decimals, or a plain count."""
    if amount is None:
        return ""
    return m2_text(amount) if judgement.measure == "area" else f"{amount:,}"
