"""`allocator compare`: plans side by side, today among them."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import new_command, option, show_json
from allocator.commands.inputs import read_verified, replace_folder, require_own_folder
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick
from allocator.quantity import Exact, m2, m2_text

if TYPE_CHECKING:
    from allocator.compare import Grid, GridRow
    from allocator.plan import Plan
    from allocator.scenario import Scenario

TODAY = "today"
MARKER = "comparison.json"


@new_command(
    "compare",
    "并排比较方案；today 表示现状。\n\n差值均对第一个方案。",
    "Put plans side by side; `today` is a plan too.\n\nDifferences are against the first.",
)
@click.argument("plans", nargs=-1, required=True)
@option(
    "-o", "--output", type=click.Path(path_type=Path),
    zh="写出表格与图的文件夹。", en="Folder for the table and the pictures.",
)  # fmt: skip
def command(plans: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Compare bundles with each other and with today."""
    from allocator.compare import compare_plans

    if len(plans) < 2:
        raise click.UsageError(
            pick("至少给出两个方案（可用 today）", "give two plans at least (one may be `today`)")
        )
    if all(plan == TODAY for plan in plans):
        raise click.UsageError(pick("至少要有一个方案文件夹", "one of them must be a plan folder"))
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
    grid = compare_plans(read)
    if output is not None:
        replace_folder(output, lambda draft: _write(read, grid, draft))
    if as_json:
        show_json(_as_data(grid))
        return
    heads = [pick("指标", "quantity"), pick("单位", "unit"), *grid.names]
    rows = [
        [pick(row.zh, row.en), _unit(row), *(_shown(row, value) for value in row.values)]
        for row in grid.rows
    ]
    click.echo(text_table([heads, *rows], "<<" + ">" * len(grid.names)))
    if output is not None:
        click.echo(pick(f"已写入 {output}", f"written to {output}"))


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


def _unit(row: GridRow) -> str:
    units = {"area": ("平方米", "m²"), "count": ("", ""), "yuan": ("元/年", "yuan a year")}
    return pick(*units[row.unit]) if row.unit in units else row.unit


def _shown(row: GridRow, value: Exact | None) -> str:
    if value is None:
        return "-"
    if row.unit == "area":
        return m2_text(value)
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.2f}"


def _plain(row: GridRow, value: Exact | None) -> Any:
    if value is None or row.unit in ("count", "yuan"):
        return value
    return m2(value) if row.unit == "area" else float(Fraction(value))


def _as_data(grid: Grid) -> dict[str, Any]:
    return {
        "plans": list(grid.names),
        "rows": [
            {
                "key": row.key,
                "zh": row.zh,
                "en": row.en,
                "unit": "m2" if row.unit == "area" else row.unit,
                "values": [_plain(row, value) for value in row.values],
                "differences": [_plain(row, value) for value in row.deltas],
                "verdicts": list(row.verdicts),
            }
            for row in grid.rows
        ],
    }


def _write(read: list[tuple[str, Scenario, Plan]], grid: Grid, folder: Path) -> None:
    import json

    from allocator.commands.pictures import draw_side_by_side

    data = _as_data(grid)
    (folder / MARKER).write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["key", lang(), "unit", *grid.names])
    for row in data["rows"]:
        writer.writerow([row["key"], row[lang()], row["unit"], *row["values"]])
    (folder / "comparison.csv").write_bytes(text.getvalue().encode("utf-8-sig"))
    draw_side_by_side(read, folder)
