"""`allocator demo`: the bundled city from ledger to report, in one command."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.days import day_of
from allocator.commands.framework import new_command, option, show_json
from allocator.commands.headline import first_line, headline_json, headline_text
from allocator.commands.inputs import replace_folder, require_own_folder, scenario_file
from allocator.commands.solving import Outcome, peak_memory_mib, run_record, solve_into
from allocator.commands.stopping import stop_on_signal
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.compare import Comparison
    from allocator.scenario import Scenario

MARKER = "demo.json"


@new_command(
    "demo",
    "求解内置合成城市，复核，与现状比较，写出报告和图；不打开任何窗口。",
    "Solve the bundled synthetic city, verify, compare with today, write report and pictures.",
)
@option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("out/demo"), show_default=True,
    zh="结果文件夹。", en="Folder for the results.",
)  # fmt: skip
@option(
    "--scenario", default="inspected-city", show_default=True,
    zh="情景文件或内置情景名称。", en="Scenario file or name of a bundled scenario.",
)  # fmt: skip
@option(
    "--seconds",
    metavar="N",
    type=click.IntRange(min=1),
    zh="求解时限（秒）。",
    en="Budget in seconds.",
)
def command(output: Path, scenario: str, seconds: int | None, as_json: bool) -> None:
    """Solve, verify, compare, report."""
    from allocator.commands.solve import show_unplaced, try_to_solve
    from allocator.compare import compare_with_today
    from allocator.scenario_file import read_scenario

    started = time.monotonic()
    require_own_folder(output, MARKER)
    overrides = {"solve.seconds": seconds} if seconds else {}
    problem = read_scenario(scenario_file(scenario), overrides)
    if not as_json:
        click.echo(_introduction(problem))
    shown: dict[str, Any] = {}

    def fill(draft: Path) -> None:
        with stop_on_signal() as stop:
            outcome = try_to_solve(lambda: solve_into(problem, draft / "plan", stop), as_json)
        if outcome.plan is None:
            return
        found = compare_with_today(problem, outcome.plan)
        _write_results(problem, outcome, found, draft)
        peak = peak_memory_mib(problem.budget.workers)
        measured = {"seconds": round(time.monotonic() - started, 1), "peak_memory_mib": peak,
                    "solve_seconds": outcome.seconds}  # fmt: skip
        data = {**headline_json(outcome.plan, found), **measured}
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (draft / MARKER).write_text(text + "\n", encoding="utf-8")
        shown.update(plan=outcome.plan, found=found, data=data)

    replace_folder(output, fill)
    if as_json:
        show_json({**shown["data"], "folder": str(output)})
        return
    data = shown["data"]
    click.echo(first_line(shown["plan"], shown["found"]))
    click.echo(headline_text(shown["plan"], shown["found"]))
    show_unplaced(shown["plan"], most=5)
    click.echo(
        pick(
            f"方案已复核。用时 {data['seconds']} 秒（求解 "
            f"{data['solve_seconds']} 秒），内存峰值不超过 {data['peak_memory_mib']} MiB",
            f"verified. {data['seconds']} s in all, {data['solve_seconds']} s "
            f"of them solving; peak memory at most {data['peak_memory_mib']} MiB",
        )
    )
    click.echo(
        pick("报告: ", "report: ") + str(output / "report.html")
        + pick("；图: ", "; pictures: ") + str(output / "pictures")
        + pick("；方案: ", "; plan: ") + str(output / "plan")
    )  # fmt: skip


def _introduction(problem: Scenario) -> str:
    ledger = problem.ledger
    counts = (len(ledger.sites), len(ledger.units), len(ledger.rooms))
    return pick(
        f"情景 {problem.name}：{counts[0]} 个办公区，{counts[1]} 个单位，{counts[2]} 个房间"
        "（内置情景均为合成数据）",
        f"scenario {problem.name}: {counts[0]} sites, {counts[1]} units, {counts[2]} rooms "
        "(bundled scenarios are synthetic)",
    )


def _write_results(problem: Scenario, outcome: Outcome, found: Comparison, folder: Path) -> None:
    from allocator.commands.pictures import draw_plan
    from allocator.commands.report import page_of

    page = page_of(folder / "plan", day_of(None))
    (folder / "report.html").write_text(page, encoding="utf-8")
    assert outcome.plan is not None
    record = run_record(outcome.log, outcome.seconds, outcome.peak_memory_mib)
    draw_plan(problem, outcome.plan, found, record["log"], folder / "pictures")
