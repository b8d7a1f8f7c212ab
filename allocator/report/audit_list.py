"""Findings as the rows of a list: one table for workbooks and CSV, and the counts of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from allocator.audit.place_words import place_words
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import AuditRule, Measure, Words
from allocator.audit.run import AuditFinding, AuditResult
from allocator.findings import Lang
from allocator.quantity import m2
from allocator.report.audit_tables import SEVERITY
from allocator.report.sheets import CellValue, SheetColumn

_MEASURE = {
    "area": Words("平方米", "m2"),
    "people": Words("人", "people"),
    "rooms": Words("间", "rooms"),
    "yuan": Words("元", "yuan"),
    "text": Words("", ""),
}
_CERTAINTY = {
    "certain": Words("确定", "certain"),
    "depends": Words("取决于其他事实", "depends"),
    "survey": Words("须实测", "needs a survey"),
}


COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn(Words("编号", "key"), 22),
    SheetColumn(Words("规则", "rule"), 18),
    SheetColumn(Words("类别", "kind"), 24),
    SheetColumn(Words("严重程度", "severity"), 9),
    SheetColumn(Words("待核实", "to check"), 8),
    SheetColumn(Words("责任单位编码", "unit"), 12),
    SheetColumn(Words("责任单位", "unit name"), 20),
    SheetColumn(Words("位置", "place"), 30),
    SheetColumn(Words("楼", "building"), 12),
    SheetColumn(Words("层", "storey"), 6, "count"),
    SheetColumn(Words("房号", "room number"), 9),
    SheetColumn(Words("值", "value"), 10, "number"),
    SheetColumn(Words("应为", "expected"), 10, "number"),
    SheetColumn(Words("差", "difference"), 10, "number"),
    SheetColumn(Words("计量", "measure"), 8),
    SheetColumn(Words("问题", "problem"), 52),
    SheetColumn(Words("确定性", "certainty"), 11),
    SheetColumn(Words("取决于", "depends on"), 18),
    SheetColumn(Words("登记例外", "exception"), 12),
    SheetColumn(Words("条款", "clause"), 28),
    SheetColumn(Words("建议", "advice"), 36),
    SheetColumn(Words("台账位置", "location"), 24),
)
"""What every list of findings holds."""
SEVERITY_AT, LOCATION_AT = 3, len(COLUMNS) - 1
"""Columns from 0 that workbooks colour and link."""

RULE_COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn(Words("规则", "rule"), 26),
    SheetColumn(Words("代号", "id"), 20),
    SheetColumn(Words("类别", "kind"), 20),
    SheetColumn(Words("严重程度", "severity"), 9),
    SheetColumn(Words("待核实", "to check"), 8),
    SheetColumn(Words("问题", "found"), 8, "count"),
    SheetColumn(Words("未定", "undecided"), 10, "count"),
    SheetColumn(Words("已判", "judged"), 8, "count"),
    SheetColumn(Words("条款", "clause"), 60),
)


def finding_cells(
    result: AuditResult,
    found: AuditFinding,
    lang: Lang,
    remedies: Mapping[str, Words],
) -> list[CellValue]:
    """The cells of one finding in the order of `COLUMNS`."""
    judged, rule, case = found.judgement, found.rule, result.case

    def say(words: Any) -> str:
        return str(words.zh if lang == "zh" else words.en)

    building: CellValue = None
    storey: CellValue = None
    number: CellValue = None
    room = case.rooms.get(judged.subject.code)
    if room is not None and judged.subject.kind in ("room", "row"):
        (_, _, floor), (_, _, house), _ = case.levels(room.floor)
        building, storey = getattr(house, "name", None), getattr(floor, "level", None)
        number = room.number
    value, expected = judged.value, judged.expected
    gap = None if value is None or expected is None else value - expected
    amounts = [amount_cell(judged.measure, a) for a in (value, expected, gap)]
    doubts = ("、" if lang == "zh" else ", ").join(say(d.words) for d in judged.doubts)
    return [
        found.key,
        say(rule.title),
        kind_text(rule, lang),
        say(SEVERITY[found.severity]),
        say(Words("是", "yes")) if rule.to_check else None,
        judged.unit,
        case.name(judged.unit) if judged.unit else None,
        say(place_words(case, judged)),
        building,
        storey,
        number,
        *amounts,
        say(_MEASURE[judged.measure]) if value is not None else None,
        say(found.sentence()),
        say(_CERTAINTY[judged.certainty]),
        doubts,
        judged.exception,
        rule.clause,
        say(remedies.get(found.key, rule.advice)),
        found.place.text(),
    ]


def kind_text(rule: AuditRule, lang: Lang) -> str:
    """The rule in words beside the family that answer files name."""
    zh, en = rule.title
    return f"{zh}（{rule.kind}）" if lang == "zh" else f"{en} ({rule.kind})"


def amount_cell(measure: Measure, amount: int | None) -> CellValue:
    """A number for people: m2 with decimals, everything else whole."""
    return m2(amount) if measure == "area" and amount is not None else amount


def rule_cells(result: AuditResult, lang: Lang) -> list[list[CellValue]]:
    """One row a rule that was applied, in the order of `RULE_COLUMNS`."""
    found = Counter(f.rule.id for f in result.findings)
    undecided = Counter(f.rule.id for f in result.undecided)
    rows: list[list[CellValue]] = []
    for name, rule in AUDIT_RULES.items():
        if name in result.judged:
            severity, title = SEVERITY[rule.severity], rule.title
            rows.append(
                [
                    title.zh if lang == "zh" else title.en,
                    name,
                    kind_text(rule, lang),
                    severity.zh if lang == "zh" else severity.en,
                    ("是" if lang == "zh" else "yes") if rule.to_check else None,
                    found[name],
                    undecided[name],
                    result.judged[name],
                    rule.clause,
                ]
            )
    return rows
