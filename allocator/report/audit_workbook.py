"""The findings of an audit as a workbook or a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocator.audit.rule import Words
from allocator.audit.run import AuditFinding, AuditResult
from allocator.audit.sample import Sample
from allocator.findings import Lang
from allocator.ledger.sources import escape
from allocator.ledger.write import save_workbook, write_at_once
from allocator.report.audit_list import (
    COLUMNS,
    RULE_COLUMNS,
    SEVERITY_AT,
    finding_cells,
    rule_cells,
)
from allocator.report.sample_sheet import add_sample
from allocator.report.sheets import FILLS, CellValue, SheetColumn, add_sheet

FINDINGS = Words("问题清单", "findings")
UNDECIDED = Words("未定", "undecided")
RULES = Words("规则汇总", "rules")
ABOUT = Words("说明", "notes")
_ABOUT_COLUMNS = (SheetColumn(Words("项目", "item"), 18), SheetColumn(Words("内容", "content"), 90))
_VIEWS = {"today": Words("现状", "today"), "plan": Words("方案", "a plan")}


def write_findings(
    result: AuditResult,
    path: Path,
    lang: Lang,
    *,
    remedies: Mapping[str, Words] | None = None,
    sample: Sample | None = None,
) -> None:
    """Write the findings, at once: `.csv` holds the list alone, everything else is a workbook.

    `remedies` by finding key replace the advice of the rule; a sample gets a sheet of its own.
    """
    told = remedies or {}
    if path.suffix.lower() == ".csv":
        _write_csv(result, path, lang, told)
        return
    book = Workbook()
    book.remove(book.worksheets[0])
    add_findings(book, FINDINGS, result, result.findings, lang, told)
    add_findings(book, UNDECIDED, result, result.undecided, lang, told)
    add_sheet(book, say(RULES, lang), RULE_COLUMNS, rule_cells(result, lang), lang)
    if sample is not None:
        add_sample(book, sample, lang)
    add_sheet(book, say(ABOUT, lang), _ABOUT_COLUMNS, about(result, lang), lang)
    save_workbook(book, path)


def add_findings(
    book: Workbook,
    name: Words,
    result: AuditResult,
    found: Iterable[AuditFinding],
    lang: Lang,
    remedies: Mapping[str, Words],
) -> Worksheet:
    """A sheet with one line a finding, its severity coloured."""
    listed = list(found)
    rows = [finding_cells(result, f, lang, remedies) for f in listed]
    sheet = add_sheet(book, say(name, lang), COLUMNS, rows, lang)
    for row, finding in enumerate(listed, 2):
        sheet.cell(row, SEVERITY_AT + 1).fill = FILLS[finding.severity]
    return sheet


def about(result: AuditResult, lang: Lang) -> list[list[CellValue]]:
    """What was audited, by which standard, and how to read the lists."""
    counts = [result.count(s) for s in ("error", "warning", "info")]
    lines = (
        (Words("审计对象", "audited"), _VIEWS[result.case.view]),
        (Words("建设标准", "standard"), _same(result.case.standard.identity())),
        (Words("审计日期", "day"), _same(_day(result.case.settings.on))),
        (
            Words("问题", "findings"),
            Words(
                f"错误 {counts[0]:,} 项，警告 {counts[1]:,} 项，提示 {counts[2]:,} 项；"
                f"未定 {len(result.undecided):,} 项",
                f"{counts[0]:,} errors, {counts[1]:,} warnings, {counts[2]:,} notes; "
                f"{len(result.undecided):,} undecided",
            ),
        ),
        (
            Words("待核实", "to check"),
            Words(
                "标“是”的只是疑点，须现场核实，不作为违规认定",
                "a yes marks a question to look into on site, never an accusation",
            ),
        ),
        (
            Words("确定性", "certainty"),
            Words(
                "“确定”：数据误差不影响结论；“取决于其他事实”：列出的事实可改变结论；"
                "“须实测”：实测列出的房间即可定论",
                "certain: no error of the data changes the verdict; depends: the facts listed "
                "could; needs a survey: measuring the rooms listed settles it",
            ),
        ),
        (
            Words("未定", "undecided"),
            Words(
                "按登记数据不构成问题、但数据误差可能使其成立的判断",
                "verdicts that are no finding on the figures on record but could be one",
            ),
        ),
        (
            Words("编号", "key"),
            Words(
                "同一问题在以后各月的审计中编号不变，请勿改动",
                "the same problem keeps its key in later audits; leave it as it is",
            ),
        ),
    )
    return [[say(name, lang), say(text, lang)] for name, text in lines]


def say(words: Words, lang: Lang) -> str:
    """The words in one language."""
    return words.zh if lang == "zh" else words.en


def _same(text: str) -> Words:
    return Words(text, text)


def _day(day: date) -> str:
    return day.isoformat()


def _write_csv(result: AuditResult, path: Path, lang: Lang, remedies: Mapping[str, Words]) -> None:
    rows: list[list[str]] = [[c.heading(lang) for c in COLUMNS]]
    for finding in result.findings:
        rows.append([_csv_cell(v) for v in finding_cells(result, finding, lang, remedies)])

    def fill(part: Path) -> None:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\r\n").writerows(rows)

    write_at_once(path, fill)


def _csv_cell(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return escape(value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)
