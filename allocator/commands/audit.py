"""`allocator audit`: what is wrong today, in a plan, or in anybody's draft; no solver is loaded."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.audit_outputs import (
    Marked,
    Outputs,
    output_options,
    prepared,
    show_written,
    write_outputs,
)
from allocator.commands.framework import FINDINGS, new_command, option, show_findings, show_json
from allocator.commands.inputs import plan_folder, read_standard, scenario_file
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.audit.rule import Words
    from allocator.audit.run import AuditResult
    from allocator.ledger.read import Places


@new_command(
    "audit",
    "审计现状或方案：逐条列出问题，写明条款、位置、数值和整改建议。\n\n"
    "TARGET 为台账（.xlsx 或 CSV 文件夹）、情景或方案文件夹。有错误时退出码为 1。",
    "Audit today or a plan: every problem with clause, place, values and advice.\n\n"
    "TARGET is a ledger (.xlsx or a folder of CSV), a scenario or a plan folder. "
    "Exit code 1 with errors.",
)
@click.argument("target", type=click.Path(path_type=Path))
@option(
    "--standard", zh="标准代号或文件（台账必填）。", en="Standard: code or file (for a ledger)."
)
@option("--overlay", multiple=True, zh="地方标准，可重复。", en="Local overlay; repeatable.")
@option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]),
    zh="审计日期，用于比较期限（默认今天）。", en="Day of the audit, for terms (default: today).",
)  # fmt: skip
@output_options
def command(
    target: Path,
    standard: str | None,
    overlay: tuple[str, ...],
    day: datetime | None,
    as_json: bool,
    **outputs: Any,
) -> None:
    """Audit `target`, write what is asked for and print the findings."""
    on = day.date() if day else date.today()
    asked = Outputs(**outputs)
    before = prepared(asked, target)
    result, places = _audited(target, standard, overlay, on)
    own = Marked(workbook=target, places=places) if places else None
    data = _as_json(target, result)
    written = write_outputs(
        asked, before, result, lambda: data, own=own, remedies=_advice(result, asked)
    )
    if as_json:
        show_json({**data, **written.as_json()})
    else:
        show_findings([f.as_finding() for f in result.findings], machine=False, err=False)
        click.echo(_summary(result))
        show_written(written)
    if result.count("error"):
        raise click.exceptions.Exit(FINDINGS)


def _advice(result: AuditResult, asked: Outputs) -> dict[str, Words]:
    """Remedies in words by finding key, where a list is written that shows them."""
    if not asked.named() or result.case.view != "today":
        return {}
    from allocator.audit.remedies import remedies

    return {key: remedy.words for key, remedy in remedies(result).items()}


def _audited(
    target: Path, standard: str | None, overlay: tuple[str, ...], on: date
) -> tuple[AuditResult, Places | None]:
    from allocator.audit.build import plan_case, scenario_case, settings_of, today_case
    from allocator.audit.run import audit
    from allocator.bundle import is_bundle, read_bundle
    from allocator.ledger.read import read_ledger_with_places
    from allocator.policy_file import default_policy
    from allocator.scenario_file import read_scenario

    folder = plan_folder(target)
    if is_bundle(folder):
        return audit(plan_case(*read_bundle(folder), on)), None
    if standard is None:
        return audit(scenario_case(read_scenario(scenario_file(str(target))), on)), None
    pack = read_standard(standard, overlay)
    ledger, places = read_ledger_with_places(target, pack)
    case = today_case(ledger, pack, settings_of(default_policy(pack), on))
    return audit(case, lambda cell: places.of(cell.table, cell.row or 0, cell.column)), places


def _as_json(target: Path, result: AuditResult) -> dict[str, object]:
    return {
        "target": str(target),
        "view": result.case.view,
        "standard": result.case.standard.identity(),
        "on": result.case.settings.on.isoformat(),
        "counts": {name: result.count(name) for name in ("error", "warning", "info")},
        "judged": dict(result.judged),
        "findings": [f.as_json() for f in result.findings],
        "undecided": [f.as_json() for f in result.undecided],
    }


def _summary(result: AuditResult) -> str:
    from collections import Counter

    from allocator.audit.register import AUDIT_RULES
    from allocator.commands.text_table import text_table

    counts = Counter(f.rule.id for f in result.findings)
    rows = [
        [
            getattr(rule.title, lang()), f"{counts[name]:,}", f"{result.judged[name]:,}",
            rule.clause,
        ]
        for name, rule in AUDIT_RULES.items()
        if name in result.judged
    ]  # fmt: skip
    head = [pick("规则", "rule"), pick("问题", "found"), pick("已判", "judged"),
            pick("条款", "clause")]  # fmt: skip
    errors, warnings, notes = (result.count(s) for s in ("error", "warning", "info"))
    return "\n".join(
        (
            text_table([head, *rows], "<>><"),
            pick(
                f"错误 {errors:,} 项，警告 {warnings:,} 项，提示 {notes:,} 项；"
                f"另有 {len(result.undecided):,} 项未定",
                f"{errors:,} errors, {warnings:,} warnings, {notes:,} notes; "
                f"{len(result.undecided):,} verdicts are open",
            ),
        )
    )
