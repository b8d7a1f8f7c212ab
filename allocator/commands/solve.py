"""`allocator solve`: a verified plan for a scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocator.commands.framework import (
    IMPOSSIBLE,
    NO_PLAN,
    finding_line,
    new_command,
    option,
    show_findings,
    show_json,
)
from allocator.commands.headline import first_line, headline_json, headline_text
from allocator.commands.inputs import scenario_file
from allocator.commands.solving import Outcome, Refused, solve_into
from allocator.commands.stopping import stop_on_signal
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.plan import Plan
    from allocator.scenario import Scenario

POSITIVE = click.IntRange(min=1)


@new_command(
    "solve",
    "求解情景，复核后写出方案文件夹。\n\n"
    "SCENARIO 是情景文件或内置情景名称。按 Ctrl-C 保留最好的方案。",
    "Solve a scenario and write the verified plan.\n\n"
    "SCENARIO is a file or the name of a bundled scenario. Ctrl-C keeps the best plan.",
)
@click.argument("scenario")
@option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    zh="方案文件夹；已有同一输入的方案时从它开始。",
    en="Plan folder; a plan of the same inputs there is the start.",
)
@option(
    "--start",
    metavar="PLAN",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    zh="从另一情景的方案出发：仍然合规的房间安排保留为起点。",
    en="Begin from the plan of another scenario: what is still lawful of it is the start.",
)
@option(
    "--seconds", metavar="N", type=POSITIVE, zh="时限（秒）。", en="Wall-clock budget in seconds."
)
@option(
    "--work",
    metavar="N",
    type=POSITIVE,
    zh="确定性工作量，结果可重复。",
    en="Deterministic work units; repeatable.",
)
@option(
    "--workers", metavar="N", type=POSITIVE, zh="并行进程数。", en="Number of parallel workers."
)
@option("--seed", metavar="N", type=click.IntRange(min=0), zh="随机种子。", en="Random seed.")
@option("--force", is_flag=True, zh="替换已有方案。", en="Replace the plan that is there.")
def command(
    scenario: str,
    output: Path,
    start: Path | None,
    seconds: int | None,
    work: int | None,
    workers: int | None,
    seed: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Solve, verify and write."""
    from allocator.bundle import read_bundle
    from allocator.scenario_file import read_scenario

    if seconds and work:
        raise click.UsageError(
            pick("--seconds 与 --work 只能给一个", "give --seconds or --work, not both")
        )
    given = {"seconds": seconds, "work": work, "workers": workers, "seed": seed}
    overrides = {f"solve.{key}": value for key, value in given.items() if value is not None}
    problem = read_scenario(scenario_file(scenario), overrides)
    begin = None if start is None else read_bundle(start)[1]
    with stop_on_signal() as stop:
        outcome = try_to_solve(
            lambda: solve_into(problem, output, stop, force=force, begin=begin), as_json
        )
    show_outcome(problem, outcome, output, as_json)


def try_to_solve(run: Callable[[], Outcome], as_json: bool) -> Outcome:
    """The outcome with a plan; else say why there is none and leave with exit code 3 or 4."""
    try:
        outcome = run()
    except Refused as refused:
        show_findings(refused.findings, machine=as_json)
        click.echo(
            pick(
                "方案未通过独立复核，没有写出任何文件",
                "the plan failed the independent check; nothing was written",
            ),
            err=True,
        )
        raise click.exceptions.Exit(NO_PLAN) from None
    if outcome.plan is not None:
        return outcome
    impossible = outcome.status == "infeasible"
    if as_json:
        show_json(
            {
                "status": outcome.status,
                "plan": None,
                "seconds": outcome.seconds,
                "findings": [f.as_json() for f in outcome.findings],
            }
        )
    else:
        show_findings(outcome.findings, machine=False)
    click.echo(
        pick("状态: 条件相互矛盾，已证明无可行方案", "status: proved impossible as asked")
        if impossible
        else pick(
            "状态: 未求得方案，没有写出任何文件", "status: stopped without a plan; nothing written"
        ),
        err=True,
    )
    raise click.exceptions.Exit(IMPOSSIBLE if impossible else NO_PLAN)


def show_outcome(problem: Scenario, outcome: Outcome, output: Path, as_json: bool) -> None:
    """Status, headline and where the plan is."""
    from allocator.compare import compare_with_today

    plan = outcome.plan
    assert plan is not None
    found = compare_with_today(problem, plan)
    if as_json:
        show_json(
            {
                **headline_json(plan, found),
                "plan": str(output),
                "kept": outcome.kept,
                "seconds": outcome.seconds,
                "peak_memory_mib": outcome.peak_memory_mib,
                "findings": [f.as_json() for f in outcome.findings],
            }
        )
        return
    click.echo(first_line(plan, found))
    click.echo(headline_text(plan, found))
    for finding in outcome.findings:
        click.echo(finding_line(finding), err=True)
    show_unplaced(plan)
    if outcome.kept:
        click.echo(
            pick(
                f"没有找到更好的方案，{output} 中原方案不变",
                f"no better plan was found; the one in {output} stays",
            )
        )
    else:
        click.echo(
            pick(
                f"方案已复核并写入 {output}（{outcome.seconds} 秒，内存峰值不超过 "
                f"{outcome.peak_memory_mib} MiB）",
                f"verified and written to {output} ({outcome.seconds} s, peak memory at most "
                f"{outcome.peak_memory_mib} MiB)",
            )
        )


def show_unplaced(plan: Plan, most: int = 20) -> None:
    """Posts without a seat and requests without a room, with the reason, on standard error."""
    from allocator.report.words import RULE, known

    for row in plan.unplaced[:most]:
        who = " ".join(part for part in (row.unit, row.division, row.grade) if part)
        reason = pick(*known(RULE, row.rule)) if row.rule in RULE else row.reason
        if row.grade:
            text = pick(f"未安排: {who} {row.people} 人", f"not seated: {who}, {row.people} people")
        else:
            text = pick(f"未找到用房: {who} {row.nearest}", f"no room for: {who} {row.nearest}")
        click.echo(f"{text}: {reason}", err=True)
    rest = len(plan.unplaced) - most
    if rest > 0:
        click.echo(pick(f"另有 {rest} 行见 plan.json", f"{rest} more rows in plan.json"), err=True)
