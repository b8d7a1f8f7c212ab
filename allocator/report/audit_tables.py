"""The audit's tables: rules with their counts, findings, open verdicts, rooms to measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from allocator.audit.case import Case
from allocator.audit.measurements import Measurements
from allocator.audit.place_words import place_words, room_place
from allocator.audit.reconcile import reconciliation
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Words
from allocator.audit.run import AuditFinding, AuditResult, certainty_words
from allocator.report.tables import Column, ColumnKind, Row, Table
from allocator.report.words import Text

SEVERITY = {
    "error": Text("错误", "Error"),
    "warning": Text("警告", "Warning"),
    "info": Text("提示", "Note"),
}
TO_CHECK = Text("待核实", "To check")


def rule_table(today: AuditResult, plan: AuditResult | None = None) -> Table:
    """One row a rule that was applied: found and judged today, and after the plan."""
    results = [r for r in (today, plan) if r is not None]
    found = [Counter(f.rule.id for f in r.findings) for r in results]
    columns = [_column("rule", "规则", "Rule"), _column("severity", "程度", "Severity")]
    columns += [
        _column("found", *_named(today, "问题", "Found"), "count"),
        _column("judged", *_named(today, "已判", "Judged"), "count"),
    ]
    if plan is not None:
        columns += [
            _column("found_after", "方案问题", "Found in the plan", "count"),
            _column("judged_after", "方案已判", "Judged in the plan", "count"),
        ]
    columns.append(_column("clause", "条款", "Clause"))
    rows = []
    for name, rule in AUDIT_RULES.items():
        if not any(name in r.judged for r in results):
            continue
        counts: list[int | None] = []
        for result, count in zip(results, found, strict=True):
            judged = result.judged.get(name)
            counts += [None, None] if judged is None else [count[name], judged]
        severity = TO_CHECK if rule.to_check else SEVERITY[rule.severity]
        rows.append(Row((_text(rule.title), severity, *counts, Text(rule.clause, rule.clause.en))))
    caption = Text("按规则汇总", "Rules and what they found")
    return Table("rules", caption, tuple(columns), tuple(rows))


def _named(result: AuditResult, zh: str, en: str) -> Text:
    """Words for a column or list, with what was audited."""
    if result.case.view == "plan":
        return Text(f"方案{zh}", f"{en} in the plan")
    return Text(f"现状{zh}", f"{en} today")


def finding_table(
    key: str,
    caption: Text,
    case: Case,
    findings: Iterable[AuditFinding],
    remedies: Mapping[str, Words] | None = None,
) -> Table:
    """One row a finding or open verdict; `remedies` by finding key replace the rule's advice."""
    columns = (
        _column("rule", "规则", "Rule"),
        _column("severity", "程度", "Severity"),
        _column("unit", "责任单位", "Unit"),
        _column("place", "位置", "Place"),
        _column("problem", "问题", "Problem"),
        _column("certainty", "确定性", "Certainty"),
        _column("advice", "建议", "Advice"),
    )
    rows = [_finding_row(case, found, remedies or {}) for found in findings]
    return Table(key, caption, columns, tuple(rows), live=True)


def _finding_row(case: Case, found: AuditFinding, remedies: Mapping[str, Words]) -> Row:
    judged, rule = found.judgement, found.rule
    severity = TO_CHECK if rule.to_check else SEVERITY[found.severity]
    certainty = certainty_words(judged)
    return Row(
        (
            _text(rule.title),
            severity,
            case.name(judged.unit) if judged.unit else "",
            _text(place_words(case, judged)),
            _text(found.sentence()),
            _text(certainty) if certainty.zh else Text("确定", "certain"),
            _text(remedies.get(found.key, rule.advice)),
        ),
        unit=judged.unit,
    )


def reconciliation_table(result: AuditResult) -> Table:
    """How far establishment, roll, room ledger, survey and drawings agree."""
    columns = (
        _column("records", "两套记录", "Two records"),
        _column("compared", "已比对", "Compared", "count"),
        _column("differ", "不一致", "Differ", "count"),
    )
    rows = [Row((_text(p.title), p.compared, p.differ)) for p in reconciliation(result)]
    caption = Text("台账互校", "Records against each other")
    return Table("reconciliation", caption, columns, tuple(rows))


def measurement_table(case: Case, wanted: Measurements) -> Table:
    """The rooms to measure first, largest first."""
    columns = (
        _column("room", "房间", "Room"),
        _column("place", "位置", "Place"),
        _column("area", "台账面积（㎡）", "Area in the ledger (m²)", "area"),
        _column("settles", "可定论的判断", "Verdicts settled", "count"),
    )
    rows = [
        Row((line.room, room_place(case, line.room), line.area, len(line.settles)))
        for line in wanted.rooms
    ]
    caption = Text(
        f"优先实测的房间：{wanted.settled:,} 项未定判断可由此定论（共 {wanted.open:,} 项未定）",
        f"Rooms to measure first: they settle {wanted.settled:,} of {wanted.open:,} open verdicts",
    )
    return Table("measure", caption, columns, tuple(rows))


def _text(words: Words) -> Text:
    return Text(words.zh, words.en)


def _column(key: str, zh: str, en: str, kind: ColumnKind = "text") -> Column:
    return Column(key, Text(zh, en), kind)


def tables_of(
    today: AuditResult,
    plan: AuditResult | None,
    wanted: Measurements,
    remedies: Mapping[str, Words] | None = None,
) -> Sequence[Table]:
    """The tables of the audit section, empty ones left out except the counts."""
    made = [rule_table(today, plan)]
    if today.case.view == "today" and reconciliation(today):
        made.append(reconciliation_table(today))
    lists = [
        ("findings_today", _named(today, "问题清单", "Findings"), today, today.findings),
        ("open_today", _named(today, "未定判断", "Open verdicts"), today, today.undecided),
    ]
    if plan is not None:
        lists += [
            ("findings_plan", Text("方案问题清单", "Findings in the plan"), plan, plan.findings),
            ("open_plan", Text("方案未定判断", "Open verdicts in the plan"), plan, plan.undecided),
        ]
    made += [
        finding_table(key, caption, result.case, found, remedies)
        for key, caption, result, found in lists
        if found
    ]
    if wanted.rooms:
        made.append(measurement_table(today.case, wanted))
    return made
