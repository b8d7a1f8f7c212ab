"""`allocator check`: what contradicts itself in a ledger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from allocator.commands.framework import (
    FINDINGS,
    new_command,
    option,
    show_findings,
    show_json,
)
from allocator.commands.inputs import read_standard
from allocator.messages import pick


@new_command(
    "check",
    "检查台账：列出全部问题及其位置。\n\n有错误时退出码为 1，无法读取时为 2。",
    "Check a ledger: every fault, located.\n\nExit code 1 with errors, 2 if it cannot be read.",
)
@click.argument("ledger", type=click.Path(path_type=Path))
@option("--standard", zh="标准代号或文件，用于核对职级。", en="Standard (code or file) for grades.")
@option("--overlay", multiple=True, zh="地方标准，可重复。", en="Local overlay; repeatable.")
def command(ledger: Path, standard: str | None, overlay: tuple[str, ...], as_json: bool) -> None:
    """Read and cross-check `ledger`."""
    from allocator.ledger.check import check_ledger
    from allocator.ledger.read import read_ledger_with_places

    if overlay and not standard:
        raise click.UsageError(pick("--overlay 需要 --standard", "--overlay needs --standard"))
    pack = read_standard(standard, overlay) if standard else None
    read, places = read_ledger_with_places(ledger, pack)
    findings = check_ledger(read, pack, places)
    counts = Counter(f.severity for f in findings)
    if as_json:
        show_json(
            {
                "ledger": str(ledger),
                "standard": pack.identity() if pack else None,
                "counts": {name: counts[name] for name in ("error", "warning", "info")},
                "findings": [f.as_json() for f in findings],
            }
        )
    else:
        show_findings(findings, machine=False, err=False)
        if pack is None:
            click.echo(
                pick(
                    "提示: 未给出 --standard，职级未与标准核对",
                    "note: no --standard given, so grades were not checked against one",
                )
            )
        click.echo(
            pick(
                f"台账可读：错误 {counts['error']} 项，警告 {counts['warning']} 项，"
                f"提示 {counts['info']} 项",
                f"the ledger can be read: {counts['error']} errors, {counts['warning']} warnings,"
                f" {counts['info']} notes",
            )
        )
    if counts["error"]:
        raise click.exceptions.Exit(FINDINGS)
