"""`allocator audit`: what is wrong today, in a plan, or in anybody's draft; no solver is loaded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.audit_input import Asked, audited, number_option
from allocator.commands.audit_outputs import (
    Marked,
    Outputs,
    numbered,
    output_options,
    prepared,
    show_written,
    write_outputs,
)
from allocator.commands.audit_text import Shown, audit_json, show_audit
from allocator.commands.days import day_of, day_option
from allocator.commands.framework import (
    FINDINGS,
    input_error,
    new_command,
    option,
    show_findings,
    show_json,
)
from allocator.commands.inputs import plan_folder
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.audit.remedies.types import Remedy
    from allocator.audit.run import AuditResult


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
    "--plan", "draft", type=click.Path(path_type=Path), metavar="DRAFT",
    zh="审计这份方案（.xlsx 或 CSV：房间、单位、内设机构、职级、人数）而不是现状；"
    "不写内设机构时按单位和职级比较。",
    en="Audit this plan (.xlsx or CSV: room, unit, division, grade, people) instead of today; "
    "without divisions it is compared by unit and grade.",
)  # fmt: skip
@option(
    "--exceptions", type=click.Path(path_type=Path), metavar="FILE",
    zh="已登记的结构性例外（YAML 或 CSV：房间、单位、理由）。",
    en="Registered structural exceptions (YAML or CSV: room, unit, reason).",
)  # fmt: skip
@day_option
@option(
    "--tolerance", metavar="M2",
    zh="每间办公室的容差，平方米。", en="Tolerance per office, m2.",
)  # fmt: skip
@option(
    "--min-share", metavar="SHARE",
    zh="房间面积占标准的最低比例，0 到 1。", en="Least share of the standard, 0 to 1.",
)  # fmt: skip
@option(
    "--split", type=click.Choice(["proportional", "equal"]),
    zh="合用办公室按标准比例或平均分摊。", en="Charge shared offices by standard or by head.",
)  # fmt: skip
@option(
    "--drawing-tolerance", metavar="M2",
    zh="图纸与台账允许相差，平方米（默认 0.5）。", en="Drawing against ledger, m2 (default 0.5).",
)  # fmt: skip
@option(
    "--area-error", metavar="M2",
    zh="未实测房间面积的误差，平方米（默认 0）。", en="Error of unmeasured areas, m2 (default 0).",
)  # fmt: skip
@option(
    "--measure", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
    zh="列出最多 N 个优先实测的房间。", en="Name at most N rooms to measure first.",
)  # fmt: skip
@option(
    "--remedies", is_flag=True,
    zh="逐间列出超标办公室的整改办法。", en="Advise a remedy for every over-standard office.",
)  # fmt: skip
@option("--all", "every", is_flag=True, zh="逐条列出全部问题。", en="Print every finding.")
@option(
    "--rule", "rules", multiple=True, metavar="ID",
    zh="只列这些规则（汇总表第一列）的问题，可重复。",
    en="Print only findings of these rules (first column of the summary); repeatable.",
)  # fmt: skip
@option(
    "--unit", "units", multiple=True,
    zh="只列这些责任单位（编码或名称）的问题，可重复。",
    en="Print only findings of these units (code or name); repeatable.",
)  # fmt: skip
@output_options
def command(
    target: Path,
    standard: str | None,
    overlay: tuple[str, ...],
    draft: Path | None,
    exceptions: Path | None,
    day: datetime | None,
    tolerance: str | None,
    min_share: str | None,
    split: str | None,
    drawing_tolerance: str | None,
    area_error: str | None,
    measure: int,
    remedies: bool,
    every: bool,
    rules: tuple[str, ...],
    units: tuple[str, ...],
    as_json: bool,
    **outputs: Any,
) -> None:
    """Audit `target`, write what is asked for and print the findings."""
    if overlay and not standard:
        raise click.UsageError(pick("--overlay 需要 --standard", "--overlay needs --standard"))
    shown = Shown(measure=measure, rules=rules, units=units, every=every)
    asked = Outputs(**outputs)
    _refuse_lists_of_plans(asked, draft, target)
    before = prepared(asked, target, draft, exceptions)
    settings = {
        "tolerance": _area("--tolerance", tolerance),
        "min_share": number_option("--min-share", min_share, 1),
        "split": split,
        "drawing_tolerance": _area("--drawing-tolerance", drawing_tolerance),
        "area_error": _area("--area-error", area_error),
    }
    found = audited(
        Asked(
            target=target,
            day=day_of(day),
            standard=standard,
            overlays=overlay,
            draft=draft,
            exceptions=exceptions,
            settings=tuple((name, value) for name, value in settings.items() if value is not None),
        )
    )
    result = found.result
    shown = shown.checked(result)
    own = Marked(workbook=found.file, places=found.places) if found.file and found.places else None
    advice = _remedies(result) if remedies or asked.named() else {}
    data = audit_json(target, result, shown, advice if remedies else {})
    words = numbered(advice)
    written = write_outputs(asked, before, result, lambda: data, own=own, remedies=words)
    if as_json:
        show_json({**data, "notes": [n.as_json() for n in found.notes], **written.as_json()})
    else:
        show_findings(found.notes, machine=False)
        show_audit(result, shown, advice if remedies else {})
        show_written(written)
    if result.count("error"):
        raise click.exceptions.Exit(FINDINGS)


def _refuse_lists_of_plans(asked: Outputs, draft: Path | None, target: Path) -> None:
    """A rectification list is about what is, not about what somebody plans."""
    from allocator.bundle import is_bundle

    planned = draft is not None or is_bundle(plan_folder(target))
    if planned and (asked.rectify is not None or asked.recheck is not None):
        raise input_error(
            "list-of-a-plan", "整改台账只能依据现状台账，不能依据方案",
            "a rectification list is kept on today's ledger, not on a plan",
            file=str(draft or target),
            advice=("请去掉 --plan，对台账审计", "Maybe audit the ledger itself, without --plan"),
        )  # fmt: skip
    if planned and asked.sample is not None:
        raise input_error(
            "sample-of-a-plan", "抽查依据现状台账，不能依据方案",
            "units are drawn from today's ledger, not from a plan", file=str(draft or target),
            advice=("请去掉 --plan，对台账抽样", "Maybe draw from the ledger itself"),
        )  # fmt: skip


def _area(name: str, text: str | None) -> int | None:
    """0.01 m2 of an option in m2."""
    from allocator.quantity import area_from_m2

    number = number_option(name, text)
    return None if number is None else area_from_m2(number)


def _remedies(result: AuditResult) -> dict[str, Remedy]:
    from allocator.audit.remedies.advise import remedies

    return remedies(result)
