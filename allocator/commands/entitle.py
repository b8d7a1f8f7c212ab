"""`allocator entitle`: what a standard allows each unit, beside what it holds today."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.entitle_table import balance_table
from allocator.commands.framework import (
    input_error,
    new_command,
    option,
    show_findings,
    show_json,
)
from allocator.commands.inputs import (
    ledger_or_scenario,
    read_standard,
    refuse_scenario,
    require_free,
)
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.domain import Ledger
    from allocator.entitlement_balance import Balance
    from allocator.entitlement_lines import Needs
    from allocator.findings import Finding
    from standards.catalog import Standard

_COLUMNS = ("unit", "name", "item", "zh", "en", "arithmetic", "area_m2", "clause", "confidence")


@new_command(
    "entitle",
    "按标准核定各单位面积，逐项列出算式与条款，并与现有用房比较。\n\n"
    "LEDGER 为台账（.xlsx 或 CSV 文件夹，须用 --standard 指明标准）或情景。",
    "Work out each unit's entitlement, line by line, with arithmetic and clause, and compare it "
    "with what the unit holds.\n\n"
    "LEDGER is a ledger (.xlsx or a folder of CSV, with --standard) or a scenario.",
)
@click.argument("ledger", type=click.Path(path_type=Path))
@option(
    "--standard", zh="标准代号或文件（台账必填）。", en="Standard: code or file (for a ledger)."
)
@option("--overlay", multiple=True, zh="地方标准，可重复。", en="Local overlay; repeatable.")
@option("--unit", "units", multiple=True, zh="只列这些单位。", en="Only these units; repeatable.")
@option(
    "--given", multiple=True,
    zh="由用户给出的面积，写成 单位:项目=平方米，可重复。",
    en="An amount left to the user, as unit:line=m2; repeatable.",
)  # fmt: skip
@option(
    "--needs", type=click.Path(path_type=Path), metavar="FILE",
    zh="附属用房需求（YAML 或 CSV：单位、食堂、汽车、自行车、电动自行车、摩托车、警卫）。",
    en="Ancillary needs (YAML or CSV: unit, canteen, cars, bicycles, ebikes, motorcycles, "
    "guards).",
)  # fmt: skip
@option(
    "--form", type=click.Path(path_type=Path), metavar="FILE.xlsx",
    zh="另存为核定面积表（.xlsx）。", en="Also write the form of approved areas (.xlsx).",
)  # fmt: skip
@option(
    "-o", "--output", type=click.Path(path_type=Path),
    zh="另存为 .csv 或 .xlsx。", en="Also write .csv or .xlsx.",
)  # fmt: skip
@option("--force", is_flag=True, zh="覆盖已有文件。", en="Overwrite an existing file.")
def command(
    ledger: Path,
    standard: str | None,
    overlay: tuple[str, ...],
    units: tuple[str, ...],
    given: tuple[str, ...],
    needs: Path | None,
    form: Path | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print and write the lines of entitlement and the comparison with today."""
    from allocator.entitlement import entitlement_findings
    from allocator.entitlement_balance import (
        balance_rows,
        balance_totals,
        held_by_nobody,
        held_without_entitlement,
    )

    _check_outputs(output, form, (ledger, needs), force=force)
    read = _read(ledger, standard, overlay)
    chosen = _only(read.ledger, units, ledger)
    asked = _needs(read, chosen, given, needs)
    worked = _work_out(read, chosen, asked)
    findings = (
        *entitlement_findings(chosen, read.standard, asked),
        *held_without_entitlement(chosen, worked.held),
        *held_by_nobody(read.ledger, read.standard),
    )
    if output is not None:
        _write(worked.lines, output)
    if form is not None:
        from allocator.report.entitlement_form import write_form

        write_form(worked.balances, chosen, read.standard, form, lang())
    if as_json:
        show_json(
            {
                "standard": read.standard.identity(),
                "lines": worked.lines,
                "units": balance_rows(worked.balances, read.standard),
                "totals": balance_totals(worked.balances, read.standard),
                "findings": [f.as_json() for f in (*read.notes, *findings)],
            }
        )
        return
    show_findings((*read.notes, *findings), machine=False)
    click.echo(_line_table(worked.lines))
    click.echo()
    click.echo(balance_table(worked.balances, read.standard))


@dataclass(frozen=True, slots=True)
class _Read:
    """What the command was given, read."""

    ledger: Ledger
    standard: Standard
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Worked:
    """Lines of entitlement as plain data, and the units' balances."""

    lines: list[dict[str, Any]]
    balances: tuple[Balance, ...]
    held: dict[str, Any]


def _check_outputs(
    output: Path | None, form: Path | None, inputs: tuple[Path | None, ...], *, force: bool
) -> None:
    """Refuse outputs of another kind, in the way, or on top of an input or each other."""
    if output is not None and output.suffix.lower() not in (".csv", ".xlsx"):
        raise click.BadParameter(pick("应为 .csv 或 .xlsx", "use .csv or .xlsx"))
    if form is not None and form.suffix.lower() != ".xlsx":
        raise click.BadParameter(pick("核定面积表应为 .xlsx", "the form is an .xlsx file"))
    taken = {path.resolve() for path in inputs if path is not None}
    for path in (output, form):
        if path is None:
            continue
        if path.resolve() in taken:
            raise input_error(
                "output-is-input", "输出文件与其他文件相同", "an output is also another file here",
                file=str(path), advice=("请换一个名称", "Maybe choose another name"),
            )  # fmt: skip
        taken.add(path.resolve())
        require_free(path, force=force)


def _read(target: Path, standard: str | None, overlays: tuple[str, ...]) -> _Read:
    """A ledger with the standard named, or a scenario with its own."""
    if standard is None:
        from allocator.scenario_file import read_scenario

        if overlays:
            raise click.UsageError(pick("--overlay 需要 --standard", "--overlay needs --standard"))
        scenario = read_scenario(ledger_or_scenario(target))
        return _Read(scenario.ledger, scenario.standard)
    from allocator.ledger.read import read_ledger_with_places

    refuse_scenario(target)
    pack = read_standard(standard, overlays)
    ledger, places = read_ledger_with_places(target, pack)
    return _Read(ledger, pack, places.notes)


def _only(ledger: Ledger, units: tuple[str, ...], target: Path) -> Ledger:
    """The ledger with only the units asked for."""
    from dataclasses import replace

    unknown = sorted(set(units) - {u.code for u in ledger.units})
    if unknown:
        raise input_error(
            "unknown-unit", "台账中没有这个单位", "the ledger has no such unit",
            file=str(target), value=", ".join(unknown),
            advice=("请使用单位编码", "Maybe use the unit's code"),
        )  # fmt: skip
    if not units:
        return ledger
    return replace(ledger, units=tuple(u for u in ledger.units if u.code in units))


def _needs(
    read: _Read, chosen: Ledger, given: tuple[str, ...], path: Path | None
) -> dict[str, Needs]:
    """Ancillary needs of the file, with the amounts given on the command line."""
    from dataclasses import replace

    from allocator.entitlement_given import given_needs
    from allocator.entitlement_lines import Needs
    from allocator.needs_file import read_needs_file

    amounts = given_needs(given, chosen, read.standard)
    asked = {} if path is None else read_needs_file(path, read.ledger)
    for unit, amount in amounts.items():
        asked[unit] = replace(asked.get(unit, Needs()), given=amount.given)
    return asked


def _work_out(read: _Read, chosen: Ledger, asked: dict[str, Needs]) -> _Worked:
    from allocator.entitlement import entitlement_rows
    from allocator.entitlement_balance import balances, own_ratios
    from allocator.present import present

    held = present(read.ledger, read.standard)
    lines = entitlement_rows(chosen, read.standard, own_ratios(held, asked))
    return _Worked(lines, balances(chosen, read.standard, held, asked), held)


def _line_table(rows: Sequence[dict[str, Any]]) -> str:
    heads = [pick("单位", "unit"), pick("项目", "item"), pick("算式", "arithmetic"),
             pick("平方米", "m²"), pick("条款", "clause")]  # fmt: skip
    lines = [
        [r["name"], r[lang()], r["arithmetic"], f"{r['area_m2']:,.2f}", r["clause"]] for r in rows
    ]
    return text_table([heads, *lines], "<<<><")


def _write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    from allocator.ledger.write import save_workbook, write_at_once

    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({c: _text_only(row[c]) for c in _COLUMNS} for row in rows)
        write_at_once(path, lambda part: part.write_bytes(text.getvalue().encode("utf-8-sig")))
        return
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = pick("核定面积", "entitlement")
    for number, row in enumerate([dict(zip(_COLUMNS, _COLUMNS, strict=True)), *rows], 1):
        for column, key in enumerate(_COLUMNS, 1):
            cell = sheet.cell(number, column, row[key])
            if isinstance(row[key], str):
                cell.data_type = "s"  # Text that begins with = is no formula.
    save_workbook(book, path)


def _text_only(value: Any) -> Any:
    """A spreadsheet takes no cell of a CSV for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
