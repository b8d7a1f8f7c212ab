"""`allocator entitle`: what a standard allows each unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from allocator.commands.framework import (
    input_error,
    new_command,
    option,
    show_findings,
    show_json,
)
from allocator.commands.inputs import read_standard, require_free
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick

_COLUMNS = ("unit", "name", "item", "zh", "en", "arithmetic", "area_m2", "clause", "confidence")


@new_command(
    "entitle",
    "按标准核定各单位面积，逐项列出算式与条款。",
    "Work out each unit's entitlement, line by line, with arithmetic and clause.",
)
@click.argument("ledger", type=click.Path(path_type=Path))
@option("--standard", required=True, zh="标准代号或文件。", en="Standard: code or file.")
@option("--overlay", multiple=True, zh="地方标准，可重复。", en="Local overlay; repeatable.")
@option("--unit", "units", multiple=True, zh="只列这些单位。", en="Only these units; repeatable.")
@option(
    "--given", multiple=True,
    zh="由用户给出的面积，写成 单位:项目=平方米，可重复。",
    en="An amount left to the user, as unit:line=m2; repeatable.",
)  # fmt: skip
@option(
    "-o", "--output", type=click.Path(path_type=Path),
    zh="另存为 .csv 或 .xlsx。", en="Also write .csv or .xlsx.",
)  # fmt: skip
@option("--force", is_flag=True, zh="覆盖已有文件。", en="Overwrite an existing file.")
def command(
    ledger: Path,
    standard: str,
    overlay: tuple[str, ...],
    units: tuple[str, ...],
    given: tuple[str, ...],
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print and write the lines of entitlement."""
    from dataclasses import replace

    from allocator.entitlement import entitlement_findings, entitlement_rows
    from allocator.entitlement_given import given_needs
    from allocator.ledger.read import read_ledger

    if output is not None:
        if output.suffix.lower() not in (".csv", ".xlsx"):
            raise click.BadParameter(pick("应为 .csv 或 .xlsx", "use .csv or .xlsx"))
        require_free(output, force=force)
    pack = read_standard(standard, overlay)
    read = read_ledger(ledger, pack)
    unknown = sorted(set(units) - {u.code for u in read.units})
    if unknown:
        raise input_error(
            "unknown-unit", "台账中没有这个单位", "the ledger has no such unit",
            file=str(ledger), value=", ".join(unknown),
            advice=("请使用单位编码", "Maybe use the unit's code"),
        )  # fmt: skip
    if units:
        read = replace(read, units=tuple(u for u in read.units if u.code in units))
    needs = given_needs(given, read, pack)
    rows = entitlement_rows(read, pack, needs)
    findings = entitlement_findings(read, pack, needs)
    if output is not None:
        _write(rows, output)
    if as_json:
        show_json(
            {
                "standard": pack.identity(),
                "lines": rows,
                "findings": [f.as_json() for f in findings],
            }
        )
        return
    show_findings(findings, machine=False)
    heads = [pick("单位", "unit"), pick("项目", "item"), pick("算式", "arithmetic"),
             pick("平方米", "m²"), pick("条款", "clause")]  # fmt: skip
    lines = [
        [r["name"], r[lang()], r["arithmetic"], f"{r['area_m2']:,.2f}", r["clause"]] for r in rows
    ]
    click.echo(text_table([heads, *lines], "<<<><"))


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
