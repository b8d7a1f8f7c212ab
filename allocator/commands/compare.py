"""`allocator compare`: plans side by side, today among them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import new_command, option, show_json
from allocator.commands.inputs import read_verified, replace_folder, require_own_folder
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.commands.compare_tables import Compared
    from allocator.plan import Plan
    from allocator.scenario import Scenario

TODAY = "today"
MARKER = "comparison.json"
WORK = 20


@new_command(
    "compare",
    "并排比较方案；today 表示现状。\n\n差值均对第一个方案。",
    "Put plans side by side; `today` is a plan too.\n\nDifferences are against the first.",
)
@click.argument("plans", nargs=-1, required=True)
@option(
    "-o", "--output", type=click.Path(path_type=Path),
    zh="写出表格与图的文件夹。", en="Folder for the tables and the pictures.",
)  # fmt: skip
@option(
    "--thresholds", metavar="FILE", type=click.Path(path_type=Path),
    zh="红黄绿界限（YAML），覆盖默认值。", en="Limits for red, yellow, green, over the defaults.",
)  # fmt: skip
@option(
    "--top", metavar="N", type=click.IntRange(min=1), default=5,
    zh="每级目标列出的记录数（默认 5）。", en="Records listed per tier (default 5).",
)  # fmt: skip
@option(
    "--why", is_flag=True,
    zh="逐项归因：每次只改一项输入重新求解，方案存于 -o 文件夹，可续跑。",
    en="Solve again with one input changed at a time; plans stay in -o, resumable.",
)  # fmt: skip
@option(
    "--work", metavar="N", type=click.IntRange(min=1),
    zh=f"每次重新求解的确定性工作量（默认 {WORK}）。",
    en=f"Deterministic work units of each re-solve (default {WORK}).",
)  # fmt: skip
def command(
    plans: tuple[str, ...],
    output: Path | None,
    thresholds: Path | None,
    top: int,
    why: bool,
    work: int | None,
    as_json: bool,
) -> None:
    """Compare bundles with each other and with today."""
    from allocator.commands.compare_tables import as_data, compared

    _check_usage(plans, output, why, work)
    if output is not None:
        require_own_folder(output, MARKER)
    read = _read(plans)
    if any(scenario.ledger != read[0][1].ledger for _, scenario, _ in read):
        click.echo(
            pick(
                "注意：所比较的方案依据的台账不同，today 为第一个方案的现状",
                "note: the plans come from different ledgers; `today` is that of the first plan",
            ),
            err=True,
        )
    found = compared(read, thresholds)
    data = as_data(found, top)
    if output is not None:
        replace_folder(output, lambda draft: _write(read, found, data, output, draft))
    if not as_json:
        _show(found, top)
    if why and output is not None:
        data["why"] = _explain(read, work or WORK, output, as_json)
        _write_json(output, data)
    if as_json:
        show_json(data)
    elif output is not None:
        click.echo(pick(f"已写入 {output}", f"written to {output}"))


def _check_usage(plans: tuple[str, ...], output: Path | None, why: bool, work: int | None) -> None:
    if len(plans) < 2:
        raise click.UsageError(
            pick("至少给出两个方案（可用 today）", "give two plans at least (one may be `today`)")
        )
    if all(plan == TODAY for plan in plans):
        raise click.UsageError(pick("至少要有一个方案文件夹", "one of them must be a plan folder"))
    if why and (output is None or len(plans) != 2 or TODAY in plans):
        raise click.UsageError(
            pick("--why 需要两个方案文件夹和 -o", "--why takes two plan folders and -o")
        )
    if work and not why:
        raise click.UsageError(pick("--work 只与 --why 同用", "--work goes with --why"))


def _read(plans: tuple[str, ...]) -> list[tuple[str, Scenario, Plan]]:
    """Every plan checked; today is that of the first plan's scenario."""
    from allocator.compare import today_as_plan

    folders = {plan: read_verified(Path(plan)) for plan in plans if plan != TODAY}
    scenario = next(iter(folders.values()))[0]
    read: list[tuple[str, Scenario, Plan]] = []
    for plan in plans:
        if plan == TODAY:
            read.append((TODAY, scenario, today_as_plan(scenario)))
        else:
            read.append((plan, *folders[plan]))
    return read


def _show(found: Compared, top: int) -> None:
    from allocator.commands.compare_tables import changes_text, grid_text, inputs_text, units_text

    parts = (grid_text(found), units_text(found), inputs_text(found), changes_text(found, top))
    click.echo("\n\n".join(part for part in parts if part))


def _explain(
    read: list[tuple[str, Scenario, Plan]], work: int, output: Path, as_json: bool
) -> dict[str, Any]:
    """Solve again with one input changed at a time; writes why.csv."""
    from allocator.commands.compare_tables import write_csv
    from allocator.commands.compare_why import COLUMNS, find_causes, why_as_data, why_rows, why_text

    first, second = ((scenario, plan) for _, scenario, plan in read)
    found = find_causes(first, second, work, output)
    write_csv(output / "why.csv", (COLUMNS, *why_rows(found)))
    if not as_json:
        click.echo("\n" + why_text(found))
    return why_as_data(found)


def _write_json(folder: Path, data: dict[str, Any]) -> None:
    import json

    from allocator.ledger.write import write_at_once

    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    write_at_once(folder / MARKER, lambda part: part.write_text(text, encoding="utf-8"))


def _write(
    read: list[tuple[str, Scenario, Plan]],
    found: Compared,
    data: dict[str, Any],
    old: Path,
    folder: Path,
) -> None:
    """Tables and pictures; re-solves that an earlier run kept come along."""
    from allocator.commands import compare_tables as tables
    from allocator.commands.compare_why import FOLDER
    from allocator.commands.pictures import draw_side_by_side

    _write_json(folder, data)
    tables.write_csv(folder / "comparison.csv", tables.grid_lines(found))
    tables.write_csv(folder / "units.csv", (tables.UNIT_COLUMNS, *tables.unit_lines(found)))
    tables.write_csv(folder / "inputs.csv", (tables.INPUT_COLUMNS, *tables.input_lines(found)))
    tables.write_csv(folder / "records.csv", (tables.RECORD_COLUMNS, *tables.record_lines(found)))
    draw_side_by_side(read, folder)
    if (old / FOLDER).is_dir():
        shutil.copytree(old / FOLDER, folder / FOLDER)
