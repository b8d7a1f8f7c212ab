"""What `allocator audit` prints, and the same for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import SEVERITY, input_error
from allocator.commands.text_table import text_table
from allocator.findings import Place
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.audit.remedies.types import Remedy
    from allocator.audit.rule import AuditRule
    from allocator.audit.run import AuditFinding, AuditResult


LISTED = 40
"""Findings and remedies printed unless all are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which findings are printed (all without names), and how many rooms to measure."""

    measure: int = 20
    rules: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    every: bool = False

    def checked(self, result: AuditResult) -> Shown:
        """The same with units by code; InputError for rules and units that do not exist."""
        from allocator.audit.register import AUDIT_RULES
        from allocator.audit.room_words import unit_named

        unknown = [name for name in self.rules if name not in AUDIT_RULES]
        if unknown:
            raise input_error(
                "unknown-rule", "没有这条规则", "there is no such rule", value=", ".join(unknown),
                expected=", ".join(AUDIT_RULES), advice=("请使用规则编号", "Maybe use its id"),
            )  # fmt: skip
        found = {name: unit_named(result.case, name) for name in self.units}
        strangers = [name for name, unit in found.items() if unit is None]
        if strangers:
            raise input_error(
                "unknown-unit", "台账中没有这个单位", "the ledger has no such unit",
                value=", ".join(strangers),
                advice=("请使用单位编码或全称", "Maybe use its code or full name"),
            )  # fmt: skip
        return replace(self, units=tuple(unit.code for unit in found.values() if unit))

    def shows(self, found: AuditFinding) -> bool:
        """Whether this finding is printed."""
        return (not self.rules or found.rule.id in self.rules) and (
            not self.units or found.judgement.unit in self.units
        )


def audit_json(
    target: Path, result: AuditResult, shown: Shown, advice: Mapping[str, Remedy]
) -> dict[str, Any]:
    """Everything as plain data; areas in m2. Counts are of the whole audit."""
    from allocator.audit.measurements import measurements
    from allocator.audit.reconcile import reconciliation

    settings = result.case.settings
    data: dict[str, Any] = {
        "target": str(target),
        "view": result.case.view,
        "standard": result.case.standard.identity(),
        "on": settings.on.isoformat(),
        "settings": {
            "tolerance_m2": settings.tolerance / 100,
            "min_share": float(settings.min_share),
            "drawing_tolerance_m2": settings.drawing_tolerance / 100,
            "area_error_m2": settings.area_error / 100,
            "split": settings.split,
        },
        "counts": {name: result.count(name) for name in ("error", "warning", "info")},
        "judged": dict(result.judged),
        "findings": [f.as_json() for f in result.findings if shown.shows(f)],
        "undecided": [f.as_json() for f in result.undecided if shown.shows(f)],
        "measure": measurements(result, shown.measure).as_json(),
    }
    if result.case.view == "today":
        data["reconciliation"] = [pair.as_json() for pair in reconciliation(result)]
    if advice:
        data["remedies"] = {key: remedy.as_json() for key, remedy in advice.items()}
    return data


def show_audit(result: AuditResult, shown: Shown, advice: Mapping[str, Remedy]) -> None:
    """Findings one a line, then the tables."""
    listed = [f for f in result.findings if shown.shows(f)]
    click.echo(_lines([_line(found) for found in listed], shown))
    for part in (
        _rules(result),
        _reconciliation(result),
        _measurements(result, shown.measure),
        _remedies(result, shown, advice),
        _counts(result),
    ):
        if part:
            click.echo(part)


def _line(found: AuditFinding) -> str:
    """Severity, rule, place in the file, sentence and clause."""
    finding = found.as_finding()
    where = f" {found.place.text()}" if found.place != Place() else ""
    text = " ".join(getattr(finding, lang()).split("\n"))
    return (
        f"{pick(*SEVERITY[found.severity])} {found.rule.id}{where}: {text} [{_clause(found.rule)}]"
    )


def _clause(rule: AuditRule) -> str:
    return pick(rule.clause, rule.clause.en)


def _lines(lines: Sequence[str], shown: Shown) -> str:
    """The lines, or the first of many and how to see the rest."""
    if shown.every or len(lines) <= LISTED:
        return "\n".join(lines)
    rest = len(lines) - LISTED
    more = pick(
        f"…… 另有 {rest:,} 条：加 --all 全部列出，用 --rule、--unit 筛选，或用 -o 写入文件",
        f"... and {rest:,} more: --all prints them, --rule and --unit choose, -o writes a file",
    )
    return "\n".join((*lines[:LISTED], more, ""))


def _rules(result: AuditResult) -> str:
    from collections import Counter

    from allocator.audit.register import AUDIT_RULES

    counts = Counter(f.rule.id for f in result.findings)
    rows = [
        [name, getattr(rule.title, lang()), f"{counts[name]:,}", f"{result.judged[name]:,}",
         _clause(rule)]
        for name, rule in AUDIT_RULES.items()
        if name in result.judged
    ]  # fmt: skip
    head = ["", pick("规则", "rule"), pick("问题", "found"), pick("已判", "judged"),
            pick("条款", "clause")]  # fmt: skip
    return text_table([head, *rows], "<<>><")


def _reconciliation(result: AuditResult) -> str:
    from allocator.audit.reconcile import reconciliation

    pairs = reconciliation(result) if result.case.view == "today" else ()
    if not pairs:
        return ""
    head = [pick("台账互校", "records against each other"), pick("已比对", "compared"),
            pick("不一致", "differ")]  # fmt: skip
    rows = [[getattr(p.title, lang()), f"{p.compared:,}", f"{p.differ:,}"] for p in pairs]
    return "\n" + text_table([head, *rows], "<>>")


def _measurements(result: AuditResult, limit: int) -> str:
    from allocator.audit.measurements import measurements
    from allocator.quantity import m2_text

    wanted = measurements(result, limit)
    if not wanted.rooms:
        return ""
    head = [pick("优先实测", "measure first"), pick("平方米", "m²"),
            pick("可定论", "verdicts settled")]  # fmt: skip
    rows = [[r.room, m2_text(r.area), f"{len(r.settles):,}"] for r in wanted.rooms]
    return "\n" + text_table([head, *rows], "<>>")


def _remedies(result: AuditResult, shown: Shown, advice: Mapping[str, Remedy]) -> str:
    if not advice:
        return ""
    from allocator.audit.remedies.advise import summary
    from allocator.audit.remedies.words import ORDER
    from allocator.quantity import m2_text

    visible = {f.key for f in result.findings if shown.shows(f)}
    lines = [f"{r.rank}. {getattr(r.words, lang())}" for k, r in advice.items() if k in visible]
    head = [pick("整改办法", "remedies"), pick("房间", "rooms"), pick("移动人数", "people moved"),
            pick("消除超标平方米", "m² cured")]  # fmt: skip
    rows = [
        [getattr(name, lang()), f"{rooms:,}", f"{people:,}", m2_text(area)]
        for name, rooms, people, area in summary(advice)
    ]
    return "\n".join(("", getattr(ORDER, lang()), *lines, text_table([head, *rows], "<>>>"), ""))


def _counts(result: AuditResult) -> str:
    errors, warnings, notes = (result.count(s) for s in ("error", "warning", "info"))
    counts = pick(
        f"错误 {errors:,} 项，警告 {warnings:,} 项，提示 {notes:,} 项",
        f"{errors:,} errors, {warnings:,} warnings, {notes:,} notes",
    )
    if not result.undecided:
        return counts
    return counts + pick(
        f"；另有 {len(result.undecided):,} 项按登记数字不构成问题，但不能排除",
        f"; {len(result.undecided):,} open verdicts: no finding on record, yet not excluded",
    )
