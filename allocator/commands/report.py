"""`allocator report`: a verified plan as one self-contained page."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from allocator.commands.days import day_of, day_option
from allocator.commands.framework import input_error, new_command, option, show_json
from allocator.commands.inputs import plan_folder, require_free
from allocator.messages import lang, pick

FORMATS = ("html", "docx", "xlsx", "pdf")
WRITTEN = ("html",)


def page_of(folder: Path, on: date) -> str:
    """The report of a bundle with the independent check and the audit; InputError if wrong.

    `on`: the day that terms of use are compared with.
    """
    from allocator.audit.build import plan_case, scenario_case
    from allocator.audit.run import audit
    from allocator.bundle import read_bundle
    from allocator.compare import compare_with_today
    from allocator.findings import InputError, errors
    from allocator.report.html import render_html
    from allocator.verify.verify import verify_bundle

    scenario, plan = read_bundle(folder)
    checked = verify_bundle(folder)
    if errors(checked.findings):
        raise InputError(checked.findings)
    found = compare_with_today(scenario, plan)
    audits = (audit(scenario_case(scenario, on)), audit(plan_case(scenario, plan, on)))
    return render_html(
        scenario, plan, found, lang(),
        findings=checked.findings, bounds_checked=checked.summary["bounds_checked"], audits=audits,
    )  # fmt: skip


@new_command(
    "report",
    "把已复核的方案写成报告（本版本只有 html）。",
    "Write the report of a verified plan (html only in this version).",
)
@click.argument("plan", type=click.Path(path_type=Path))
@option("--to", "kinds", default="html", show_default=True, zh="格式。", en="Format.")
@option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    zh="报告文件。", en="File to write.",
)  # fmt: skip
@option("--force", is_flag=True, zh="覆盖已有文件。", en="Overwrite an existing file.")
@day_option
def command(
    plan: Path, kinds: str, output: Path, force: bool, day: datetime | None, as_json: bool
) -> None:
    """Check the plan, then write its report."""
    from allocator.ledger.write import write_at_once

    for kind in kinds.split(","):
        if kind not in FORMATS:
            raise click.BadParameter(
                pick(f"格式 {kind!r} 不存在，应为 html", f"no such format {kind!r}, use html")
            )
        if kind not in WRITTEN:
            raise input_error(
                "format-not-available", "本版本尚不支持该格式", "not available in this version",
                value=kind, expected="html", advice=("请用 --to html", "Maybe use --to html"),
            )  # fmt: skip
    if output.suffix.lower() not in (".html", ".htm"):
        raise click.BadParameter(pick("文件名应以 .html 结尾", "the name must end in .html"))
    require_free(output, force=force)
    page = page_of(plan_folder(plan), day_of(day))
    write_at_once(output, lambda part: part.write_text(page, encoding="utf-8"))
    if as_json:
        show_json({"plan": str(plan), "report": str(output)})
    else:
        click.echo(pick(f"报告已写入 {output}", f"report written to {output}"))
