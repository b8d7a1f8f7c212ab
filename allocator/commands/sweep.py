"""`allocator sweep`: many scenarios from a grid of options, each into its own verified plan."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import (
    BAD_INPUT,
    DONE,
    IMPOSSIBLE,
    NO_PLAN,
    finding_line,
    new_command,
    option,
    show_json,
)
from allocator.commands.inputs import require_own_folder, scenario_file
from allocator.commands.stopping import stop_on_signal
from allocator.commands.sweep_text import (
    counts_text,
    ended_text,
    kept_text,
    started_text,
    stepped_text,
    summary_table,
)
from allocator.findings import Finding, InputError
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.sweep.drive import Drive
    from allocator.sweep.events import Backend
    from allocator.sweep.result import Ended, Progress
    from allocator.sweep.summary import Row
    from allocator.sweep.tasks import Task

EVERY = 5.0
"""Seconds between two lines about one running task, and between two writings of the summary."""
FINISHED_STAY = ("正在停止，已完成的任务都保留", "stopping; finished tasks stay")


@new_command(
    "sweep",
    "按选项网格批量求解，每个任务各有一个复核过的方案文件夹。\n\n"
    "中断后用同一命令继续，已完成的任务不会重做。任务无解或出错不影响其他任务。"
    "退出码：0 全部有方案；3 有任务证明无解；2 有任务设置错误；4 有任务没有方案或被中断。",
    "Solve a grid of options, each task into its own verified plan.\n\n"
    "The same command goes on after a stop; finished tasks are never done again. A task that"
    " fails does not stop the others. Exit codes: 0 a plan for each; 3 some proved impossible;"
    " 2 some set wrongly; 4 some without a plan, or stopped.",
)
@click.argument("scenario")
@option(
    "--grid", required=True, type=click.Path(path_type=Path), zh="网格文件（YAML）。",
    en="Grid file (YAML).",
)  # fmt: skip
@option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    zh="结果文件夹；已有的结果会接着用。", en="Folder for the results; those there are used.",
)  # fmt: skip
@option(
    "--jobs", metavar="N", type=click.IntRange(min=1),
    zh="同时任务数（默认全部核）。", en="Tasks at a time (default: all cores).",
)  # fmt: skip
@option(
    "--cluster", metavar="tcp://HOST:PORT",
    zh="在 dask 集群上求解；该地址须可信。", en="Solve on a dask cluster, one that you trust.",
)  # fmt: skip
def command(
    scenario: str, grid: Path, output: Path, jobs: int | None, cluster: str | None, as_json: bool
) -> None:
    """Read, resume, solve, summarise."""
    from allocator.sweep.drive import Drive
    from allocator.sweep.folder import JOURNAL, Folder
    from allocator.sweep.grid import read_grid
    from allocator.sweep.tasks import check_base, resolved_tasks

    if jobs and cluster:
        raise click.UsageError(
            pick("--jobs 与 --cluster 只能给一个", "give --jobs or --cluster, not both")
        )
    path = scenario_file(scenario)
    try:
        options = read_grid(grid)
    except InputError as error:
        raise InputError([*error.findings, *findings_of(path)]) from None
    base = check_base(options, path)
    require_own_folder(output, JOURNAL)
    with (
        closing(_backend(jobs, cluster)) as backend,
        Folder(output) as folder,
        stop_on_signal(FINISHED_STAY) as stop,
    ):
        screen = Screen(base.name, output, len(options))
        drive = Drive(folder, backend, screen)
        gone = _run(drive, resolved_tasks(options, path), stop)
        if drive.exhausted:
            screen.total = len(drive.tasks)
        data = screen.write()
    stopped = gone or not drive.exhausted or data["counts"]["waiting"] > 0
    _show(screen, data, len(options), output, as_json=as_json)
    raise click.exceptions.Exit(exit_code(screen.rows.values(), stopped=stopped))


def findings_of(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a scenario, so that one run shows it beside the faults of the grid."""
    from allocator.scenario_file import read_scenario

    try:
        read_scenario(path)
    except InputError as error:
        return error.findings
    return ()


def _backend(jobs: int | None, cluster: str | None) -> Backend:
    from allocator.commands.sweep_task import run_task

    if cluster:
        from allocator.sweep.cluster import Cluster

        return Cluster(cluster, run_task)
    from allocator.sweep.processes import Processes, cores

    return Processes(jobs or cores(), run_task)


def _run(drive: Drive, tasks: Any, stop: Any) -> bool:
    """Run; whether the place where tasks run was lost."""
    from allocator.sweep.events import Gone

    try:
        drive.run(tasks, stop)
    except Gone as gone:
        click.echo(finding_line(gone.finding), err=True)
        return True
    return False


def exit_code(rows: Iterable[Row], *, stopped: bool) -> int:
    """0 only if every task has a plan; else the gravest of what happened."""
    from allocator.sweep.result import EXIT

    codes = {EXIT[row.ended.word] for row in rows} | ({NO_PLAN} if stopped else set())
    return next((code for code in (NO_PLAN, BAD_INPUT, IMPOSSIBLE) if code in codes), DONE)


@dataclass(slots=True)
class Screen:
    """Progress lines on standard error, the rows so far, and the summary kept up to date."""

    scenario: str
    output: Path
    total: int
    rows: dict[str, Row] = field(default_factory=dict)
    kept_count: int = 0
    _running: set[str] = field(default_factory=set)
    _said: dict[str, float] = field(default_factory=dict)
    _written: float = 0.0

    def kept(self, task: Task, ended: Ended) -> None:
        """An earlier run has finished the task."""
        self.kept_count += 1
        self._add(task, ended)
        self._say(kept_text(self.rows[task.key]))

    def started(self, task: Task, attempt: int) -> None:
        """A worker took the task."""
        self._running.add(task.key)
        self._said[task.key] = time.monotonic()
        self._say(started_text(task.key, attempt))

    def stepped(self, task: Task, progress: Progress) -> None:
        """A running task came on; not every step is worth a line."""
        now = time.monotonic()
        if now - self._said.get(task.key, now) >= EVERY:
            self._said[task.key] = now
            self._say(stepped_text(task.key, progress))

    def ended(self, task: Task, ended: Ended) -> None:
        """The task ended in this run."""
        self._running.discard(task.key)
        self._add(task, ended)
        self._say(ended_text(self.rows[task.key]))
        for finding in ended.findings:
            click.echo("    " + finding_line(finding), err=True)

    def _add(self, task: Task, ended: Ended) -> None:
        from allocator.sweep.summary import read_row

        self.rows[task.key] = read_row(self.output, task, ended)
        if time.monotonic() - self._written >= EVERY:
            self.write()

    def write(self) -> dict[str, Any]:
        """Write sweep.json and sweep.csv; returns the first one's content."""
        from allocator.sweep.summary import write_summary

        rows = [row for _, row in sorted(self.rows.items())]
        waiting = self.total - len(rows)
        data = write_summary(self.output, self.scenario, rows, waiting)
        self._written = time.monotonic()
        return data

    def _say(self, text: str) -> None:
        click.echo(counts_text(self.rows.values(), len(self._running), self.total) + text, err=True)


def _show(screen: Screen, data: dict[str, Any], asked: int, output: Path, *, as_json: bool) -> None:
    from allocator.sweep.summary import CSV_FILE

    same = asked - screen.total
    if same:
        click.echo(
            pick(
                f"与其他任务相同、只求解一次的任务: {same}",
                f"tasks equal to others, solved only once: {same}",
            ),
            err=True,
        )
    if as_json:
        show_json({**data, "kept": screen.kept_count, "folder": str(output)})
        return
    rows = [row for _, row in sorted(screen.rows.items())]
    click.echo(summary_table(rows))
    counts = data["counts"]
    failed = len(rows) - counts["done"]
    click.echo(
        pick(
            f"任务: 完成 {counts['done']}，没有方案 {failed}，未做 {counts['waiting']}；"
            f"其中此前已有结果 {screen.kept_count}；汇总: {output / CSV_FILE}",
            f"tasks: {counts['done']} done, {failed} without a plan, {counts['waiting']} not run; "
            f"{screen.kept_count} of them settled before; summary: {output / CSV_FILE}",
        )
    )
