"""`allocator standards`: the area standards that come with the program, shown and compared."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import (
    new_command,
    new_group,
    option,
    show_json,
)
from allocator.commands.inputs import read_standard
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from standards.catalog import Standard


@new_group(
    "standards",
    "列出、查看和比较建设标准与地方标准。\n\n不带子命令时列出内置标准。",
    "List, show and compare standards and local overlays.\n\nLists the bundled ones by default.",
)
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List packs with place, date and how sure their figures are, then overlays."""
    from standards.figures import confidence_counts
    from standards.load import bundled_overlays, bundled_standards, load_standard

    if context.invoked_subcommand is not None:
        if as_json:
            raise click.UsageError(
                pick("请把 --json 写在子命令之后", "put --json after the subcommand")
            )
        return
    packs: list[dict[str, Any]] = []
    for code in bundled_standards():
        pack = load_standard(code)
        packs.append(
            {
                **_about(pack),
                "levels": list(dict.fromkeys(grade.level for grade in pack.grades)),
                "grades": len(pack.grades),
                "confidence": confidence_counts(pack),
            }
        )
    overlays = bundled_overlays()
    if as_json:
        show_json({"standards": packs, "overlays": overlays})
        return
    heads = [pick("代号", "code"), pick("版本", "version"), pick("地域", "place"),
             pick("日期", "date"), pick("名称", "name"), pick("层级", "levels"),
             pick("指标可靠程度", "figures by confidence")]  # fmt: skip
    rows = [
        [p["code"], p["version"], p["place"], _dates(p), p[lang()], " ".join(p["levels"]),
         _counts(p["confidence"])]
        for p in packs
    ]  # fmt: skip
    click.echo(text_table([heads, *rows], "<<<<<<<"))
    click.echo(pick("地方标准: ", "overlays: ") + ", ".join(overlays))


def _about(pack: Standard) -> dict[str, Any]:
    names = ("code", "version", "zh", "en", "place", "source", "issued", "in_force", "repealed")
    return {name: getattr(pack, name) for name in names} | {"individual": pack.individual}


def _dates(about: dict[str, Any]) -> str:
    """The date of issue; that of repeal always."""
    repealed = about["repealed"]
    gone = pick(f"{repealed} 废止", f"repealed {repealed}") if repealed else ""
    return " ".join(part for part in (about["issued"], gone) if part) or "-"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


@new_command(
    "show",
    "列出一个标准的全部指标，附条款和可靠程度，以及每一行的算法。",
    "Show every figure of a standard with clause and confidence, and how each line is worked out.",
)
@click.argument("code")
@option("--overlay", multiple=True, zh="地方标准，可重复。", en="Local overlay; repeatable.")
def show(code: str, overlay: tuple[str, ...], as_json: bool) -> None:
    """Print one standard, overlays applied."""
    from allocator.commands.standards_tables import lines_table, rows_as_json, rows_table
    from standards.figures import asked_for, figure_rows, line_forms

    pack = read_standard(code, overlay)
    rows = [row for row in figure_rows(pack) if not row.key.startswith("line/")]
    forms, asked = list(line_forms(pack)), asked_for(pack)
    if as_json:
        lines = [
            {"item": t.item, "kind": t.kind, "zh": t.zh, "en": t.en, "form_zh": zh, "form_en": en,
             "figure": t.figure, "clause": t.clause}
            for t, zh, en in forms
        ]  # fmt: skip
        show_json(
            {
                **_about(pack),
                "identity": pack.identity(),
                "authorities": list(pack.authorities),
                "figures": rows_as_json(rows),
                "lines": lines,
                "asked": [{"zh": zh, "en": en} for zh, en in asked],
            }
        )
        return
    about = _about(pack)
    click.echo(f"{pack.identity()}  {about[lang()]}")
    click.echo(f"{pack.place}  {pack.source}  {_dates(about)}")
    for authority in pack.authorities:
        click.echo(pick("地方标准批准机关: ", "set by: ") + authority)
    click.echo("\n" + rows_table(rows))
    click.echo("\n" + lines_table(forms))
    for words in asked:
        click.echo(
            pick("未收录，须由用户提供: ", "not in the pack, to be supplied: ") + pick(*words)
        )


@new_command(
    "diff",
    "比较两个标准：增加、删除、改变的指标；加 --ledger 时列出台账中哪些核定面积和"
    "审计结论随之改变，以及由哪项指标引起。",
    "Compare two standards: figures added, removed, changed. With --ledger also which entitlements "
    "and audit verdicts of a ledger change, and by which figure.",
)
@click.argument("a")
@click.argument("b")
@option(
    "--overlay-a", multiple=True,
    zh="第一个标准的地方标准，可重复。", en="Overlay of the first; repeatable.",
)  # fmt: skip
@option(
    "--overlay-b", multiple=True,
    zh="第二个标准的地方标准，可重复。", en="Overlay of the second; repeatable.",
)  # fmt: skip
@option(
    "--ledger", type=click.Path(path_type=Path),
    zh="台账：比较其核定面积与审计结论。", en="A ledger: compare its entitlements and verdicts.",
)  # fmt: skip
@option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]),
    zh="审计日期（默认今天）。", en="Day of the audit (default: today).",
)  # fmt: skip
def diff(
    a: str,
    b: str,
    overlay_a: tuple[str, ...],
    overlay_b: tuple[str, ...],
    ledger: Path | None,
    day: datetime | None,
    as_json: bool,
) -> None:
    """Print what differs between two standards, and what that does to a ledger."""
    from allocator.commands.standards_tables import (
        change_as_json,
        changes_table,
        ledger_as_json,
        ledger_text,
    )
    from standards.figures import differences

    old, new = read_standard(a, overlay_a), read_standard(b, overlay_b)
    effect = None
    if ledger is not None:
        from allocator.standard_change import ledger_change

        effect = ledger_change(ledger, old, new, day.date() if day else date.today())
    changes = differences(old, new)
    if as_json:
        data: dict[str, Any] = {
            "a": old.identity(),
            "b": new.identity(),
            "changes": [change_as_json(change) for change in changes],
        }
        show_json(data | (ledger_as_json(effect) if effect else {}))
        return
    click.echo(f"{old.identity()} -> {new.identity()}")
    click.echo(changes_table(changes) if changes else pick("指标没有不同。", "No figure differs."))
    if effect is not None:
        click.echo("\n" + ledger_text(effect))


command.add_command(show)
command.add_command(diff)
