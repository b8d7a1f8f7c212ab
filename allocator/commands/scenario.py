"""`allocator scenario`: what a scenario comes to, and whether it still applies elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import (
    BAD_INPUT,
    FINDINGS,
    new_command,
    new_group,
    option,
    show_findings,
    show_json,
)
from allocator.commands.inputs import replace_folder, require_own_folder, scenario_file
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.findings import Finding
    from allocator.scenario_file import Resolution

_MARKER = "scenario.yaml"


@new_group(
    "scenario",
    "查看情景的执行结果：改组操作、编制、核定面积；或在另一台账上重放。",
    "Show what a scenario comes to: operations, posts, entitlement; or replay it elsewhere.",
)
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Needs a subcommand."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    elif as_json:
        raise click.UsageError(
            pick("请把 --json 写在子命令之后", "put --json after the subcommand")
        )


@new_command(
    "show",
    "逐项列出改组操作及其变化（旧 → 新），单位、编制和核定面积的前后对比，以及定位等设置。\n\n"
    "SCENARIO 为情景文件、文件夹或内置情景名称。",
    "Show each operation with what it changed (old -> new), units, posts and entitlement before "
    "and after, and the settings.\n\n"
    "SCENARIO is a scenario file, its folder, or the name of a bundled one.",
)
@click.argument("scenario")
@option("--all", "every", is_flag=True, zh="列出每一条变化。", en="List every single change.")
def show(scenario: str, every: bool, as_json: bool) -> None:
    """Print the resolved scenario."""
    from allocator.findings import InputError
    from allocator.scenario_file import resolve_scenario

    found = resolve_scenario(scenario_file(scenario))
    if found.scenario is None:
        raise InputError(found.findings)
    _print(found, (), every=every, as_json=as_json)


@new_command(
    "replay",
    "在另一台账（如下月台账）上重放情景，指出哪些不再适用及原因。\n\n"
    "有不适用的，退出码为 1；加 --skip 则略去它们，列出其余结果。",
    "Replay a scenario on another ledger, such as next month's, and say what no longer applies.\n\n"
    "Exit code 1 if something does not; with --skip it is left out and the rest is shown.",
)
@click.argument("scenario")
@option(
    "--ledger", required=True, type=click.Path(path_type=Path),
    zh="要重放的台账（.xlsx 或 CSV 文件夹）。", en="The ledger: .xlsx or a folder of CSV.",
)  # fmt: skip
@option("--skip", is_flag=True, zh="略去不再适用的。", en="Leave out what no longer applies.")
@option("--all", "every", is_flag=True, zh="列出每一条变化。", en="List every single change.")
@option(
    "-o", "--output", type=click.Path(path_type=Path),
    zh="把执行结果（情景、台账、标准）写入文件夹。",
    en="Write the resolved scenario with ledger and standard to a folder.",
)  # fmt: skip
def replay(
    scenario: str, ledger: Path, skip: bool, every: bool, output: Path | None, as_json: bool
) -> None:
    """Print what applies on the other ledger and what does not."""
    from allocator.scenario_file import resolve_scenario, write_scenario

    if output is not None:
        require_own_folder(output, _MARKER)
    found = resolve_scenario(scenario_file(scenario), ledger=ledger, skip=skip)
    if found.scenario is None:
        _say_what_fails(found, as_json=as_json)
        raise click.exceptions.Exit(FINDINGS if found.ledger is not None else BAD_INPUT)
    if output is not None:
        made = found.scenario
        replace_folder(output, lambda folder: write_scenario(made, folder))
    _print(found, found.skipped, every=every, as_json=as_json)


def _print(found: Resolution, skipped: tuple[Finding, ...], *, every: bool, as_json: bool) -> None:
    from allocator.commands.scenario_text import resolved_as_json, resolved_text

    data = resolved_as_json(found)
    if as_json:
        show_json({**data, "skipped": [finding.as_json() for finding in skipped]})
        return
    show_findings(skipped, machine=False)
    click.echo(resolved_text(found, data, every=every))


def _say_what_fails(found: Resolution, *, as_json: bool) -> None:
    from allocator.commands.scenario_text import operations_as_json, operations_text

    steps: list[dict[str, Any]] = operations_as_json(found)
    if as_json:
        findings = [finding.as_json() for finding in found.findings]
        show_json({"operations": steps, "findings": findings})
        return
    show_findings(found.findings, machine=False)
    click.echo(operations_text(found, every=False))


command.add_command(show)
command.add_command(replay)
