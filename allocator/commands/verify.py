"""`allocator verify`: the independent check of a plan; no solver is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from allocator.commands.framework import FINDINGS, new_command, show_findings, show_json
from allocator.commands.inputs import plan_folder
from allocator.commands.text_table import text_table
from allocator.messages import pick

_AREAS = (
    ("stock", "可调配房源", "stock"),
    ("held", "单位占用", "held by units"),
    ("common", "公共服务用房", "common service rooms"),
    ("stranded", "零散闲置", "stranded"),
    ("released", "整层腾空", "released"),
    ("hidden", "隐性闲置", "hidden"),
    ("hidden_same_basis", "隐性闲置（同口径）", "hidden, same basis"),
    ("short", "低于标准", "short of the standard"),
    ("service_short", "服务用房缺口", "service rooms short"),
    ("reserve", "预留", "growth reserve"),
)


@new_command(
    "verify",
    "独立复核方案：由台账、标准和方案重新计算一切。\n\n有错误时退出码为 1，无法读取时为 2。",
    "Check a plan independently: everything is worked out again from its own files.\n\n"
    "Exit code 1 with errors, 2 if it cannot be read.",
)
@click.argument("plan", type=click.Path(path_type=Path))
def command(plan: Path, as_json: bool) -> None:
    """Verify the bundle `plan`."""
    from allocator.verify.verify import verify_bundle

    result = verify_bundle(plan_folder(plan))
    if as_json:
        found = [f.as_json() for f in result.findings]
        show_json({"plan": str(plan), "summary": result.summary, "findings": found})
    else:
        show_findings(result.findings, machine=False, err=False)
        click.echo(_summary_text(result.summary))
    if not result.ok:
        raise click.exceptions.Exit(FINDINGS)


def _summary_text(summary: dict[str, Any]) -> str:
    lines = [
        pick(
            f"情景 {summary['scenario']}，声明状态 {summary['status']}，"
            f"共核对 {summary['rules']} 条规则",
            f"scenario {summary['scenario']}, declared status {summary['status']}, "
            f"{summary['rules']} rules checked",
        )
    ]
    if "areas" in summary:
        head = [pick("重新计算（平方米）", "recomputed, m²"), pick("现状", "today"),
                pick("方案", "plan")]  # fmt: skip
        rows = [
            [pick(zh, en), f"{summary['before'][key]:,.2f}", f"{summary['areas'][key]:,.2f}"]
            for key, zh, en in _AREAS
        ]
        people = summary["people"]
        lines += [
            text_table([head, *rows], "<>>"),
            pick(
                f"应安排编制 {people['posts']}，已安排 {people['housed']}，"
                f"未安排 {people['unhoused']}，调整 {people['moved']} 人",
                f"posts {people['posts']}, seated {people['housed']}, not seated "
                f"{people['unhoused']}, people moved {people['moved']}",
            ),
        ]
        for tier in summary["tiers"]:
            lines.append(f"  {tier['name']}: {tier['value']:,.4f} {tier['unit']}")
    named = "、".join(summary.get("bounds_checked", ()))
    if summary["bound_checked"]:
        also = named.replace("、", ", ")
        lines.append(pick(f"证明界已依证书复算：{named}", f"bound checked: {also}"))
    else:
        lines.append(pick("证明界未复核", "bound not checked"))
    lines.append(
        pick("复核通过", "verified")
        if summary["ok"]
        else pick(f"未通过：{summary['errors']} 项错误", f"failed: {summary['errors']} errors")
    )
    return "\n".join(lines)
