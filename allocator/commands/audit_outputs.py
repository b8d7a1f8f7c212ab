"""What `allocator audit` writes: lists of findings, marked copies, rectification lists, samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from allocator.commands.framework import input_error, option, show_findings
from allocator.commands.inputs import require_free
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.audit.recheck import Recheck
    from allocator.audit.remedies.types import Remedy
    from allocator.audit.rule import Words
    from allocator.audit.run import AuditResult
    from allocator.audit.sample import Sample
    from allocator.ledger.read import Places
    from allocator.report.rectify_read import OldList

Function = TypeVar("Function", bound=Callable[..., Any])

_FINDINGS = (".xlsx", ".csv", ".json", ".html")
_MARKED = (".xlsx", ".xlsm")
_LIST = (".xlsx",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The options of the command that say what is written."""

    output: Path | None = None
    mark: Path | None = None
    rectify: Path | None = None
    days: int = 60
    recheck: Path | None = None
    sample: int | None = None
    seed: int = 0
    force: bool = False

    def named(self) -> list[tuple[str, Path, tuple[str, ...]]]:
        """Option, file and permitted endings of everything that is written."""
        found = (
            ("--output", self.output, _FINDINGS),
            ("--mark", self.mark, _MARKED),
            ("--rectify", self.rectify, _LIST),
        )
        return [(name, path, ends) for name, path, ends in found if path is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The planner's own workbook with the places of its rows."""

    workbook: Path
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was read before the audit, so that a fault in it stops everything."""

    old: OldList | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written, for people and machines."""

    files: tuple[tuple[str, str], ...] = ()
    recheck: Recheck | None = None
    sample: Sample | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys of what was not asked for are left out."""
        found: dict[str, Any] = {}
        if self.files:
            found["written"] = dict(self.files)
        if self.recheck is not None:
            found["recheck"] = {
                "counts": self.recheck.counts(),
                "left_alone": [note.as_json() for note in self.recheck.notes],
            }
        if self.sample is not None:
            found["sample"] = self.sample.as_json()
        return found


def output_options(function: Function) -> Function:
    """Add the options of `Outputs` to a command."""
    path = click.Path(path_type=Path)
    for add in (
        option("--force", is_flag=True, zh="覆盖已有文件。", en="Overwrite existing files."),
        option(
            "--seed", type=int, default=0, show_default=True,
            zh="抽查的随机种子。", en="Seed of the sample.",
        ),
        option(
            "--sample", type=click.IntRange(min=1), metavar="N",
            zh="分层随机抽取 N 个二级及派出单位供抽查。",
            en="Draw N secondary and dispatched units for inspection.",
        ),
        option(
            "--recheck", type=path, metavar="OLD.xlsx",
            zh="复查上期整改台账；结果写入 --rectify。",
            en="Check last month's list again; the result goes to --rectify.",
        ),
        option(
            "--days", type=click.IntRange(min=0), default=60, show_default=True,
            zh="条款没有规定时的整改天数（内部要求）。",
            en="Days to cure a finding where no clause sets them (policy).",
        ),
        option(
            "--rectify", type=path, metavar="LIST.xlsx",
            zh="写出整改台账。", en="Write the rectification list.",
        ),
        option(
            "--mark", type=path, metavar="COPY.xlsx",
            zh="写出标记了问题单元格的台账副本，原文件不动。",
            en="Write a copy of the workbook with the cells of findings marked.",
        ),
        option(
            "-o", "--output", type=path, metavar="FILE",
            zh="写出问题清单：.xlsx、.csv、.json 或 .html。",
            en="Write the findings: .xlsx, .csv, .json or .html.",
        ),
    ):  # fmt: skip
        function = add(function)
    return function


def prepared(outputs: Outputs, target: Path, *others: Path | None) -> Prepared:
    """Refuse outputs that cannot be written and read the old list, before any time is spent.

    `others`: further files that are read and so never written.
    """
    if outputs.recheck is not None and outputs.rectify is None:
        raise input_error(
            "option-missing", "--recheck 须与 --rectify 同用", "--recheck needs --rectify",
            value=str(outputs.recheck), expected="--rectify NEW.xlsx",
            advice=("请用 --rectify 指明新台账", "Maybe name the new list with --rectify"),
        )  # fmt: skip
    seen = {path.resolve(): "--recheck" for path in (outputs.recheck,) if path}
    seen |= {path.resolve(): "TARGET" for path in (target, *others) if path}
    for name, path, ends in outputs.named():
        if path.suffix.lower() not in ends:
            raise input_error(
                "wrong-ending", f"{name} 的文件名结尾不对", f"{name} has the wrong ending",
                file=str(path), value=path.suffix, expected=" / ".join(ends),
                advice=("请改文件名", "Maybe change the name"),
            )  # fmt: skip
        other = seen.setdefault(path.resolve(), name)
        # The old list may be brought up to date in place, if that is forced.
        if other != name and (other, name) != ("--recheck", "--rectify"):
            raise input_error(
                "same-file", f"{name} 与 {other} 是同一个文件", f"{name} and {other} are one file",
                file=str(path), advice=("请换一个文件名", "Maybe choose another name"),
            )  # fmt: skip
        require_free(path, force=outputs.force)
    if outputs.sample is not None and outputs.output is not None:
        _needs_sheets(outputs.output)
    if outputs.recheck is None:
        return Prepared()
    from allocator.report.rectify_read import read_list

    return Prepared(old=read_list(outputs.recheck))


def _needs_sheets(path: Path) -> None:
    if path.suffix.lower() in (".csv", ".html"):
        raise input_error(
            "one-table", "这种文件放不下抽查名单",
            "such a file has no room for the sample",
            file=str(path), expected=".xlsx / .json",
            advice=("请改用 .xlsx", "Maybe write an .xlsx file"),
        )  # fmt: skip


def numbered(remedies: Mapping[str, Remedy]) -> dict[str, Words]:
    """Remedies in words by finding key, each with its turn, which other remedies refer to."""
    from allocator.audit.rule import Words

    return {
        key: Words(f"第 {r.rank} 项 {r.words.zh}", f"No. {r.rank}, {r.words.en}")
        for key, r in remedies.items()
    }


def write_outputs(
    outputs: Outputs,
    before: Prepared,
    result: AuditResult,
    data: Callable[[], Mapping[str, Any]],
    *,
    own: Marked | None = None,
    remedies: Mapping[str, Words] | None = None,
) -> Written:
    """Write everything asked for, each file at once.

    `own`: the planner's workbook, if the input was one; `data`: what `--json` prints.
    """
    sample = None
    if outputs.sample is not None:
        from allocator.audit.sample import draw_sample

        sample = draw_sample(result.case.ledger, outputs.sample, outputs.seed)
    told = remedies or {}
    checked = _write_list(outputs, before, result, told)
    if outputs.mark is not None:
        _write_marked(outputs.mark, result, own, told)
    files = tuple((name.lstrip("-"), str(path)) for name, path, _ in outputs.named())
    written = Written(files=files, recheck=checked, sample=sample)
    if outputs.output is not None:
        _write_findings(outputs.output, result, {**data(), **written.as_json()}, sample, told)
    return written


def _write_findings(
    path: Path,
    result: AuditResult,
    data: Mapping[str, Any],
    sample: Sample | None,
    remedies: Mapping[str, Words],
) -> None:
    if path.suffix.lower() == ".json":
        import json

        from allocator.ledger.write import write_at_once

        text = json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"
        write_at_once(path, lambda part: part.write_text(text, encoding="utf-8"))
        return
    if path.suffix.lower() == ".html":
        from allocator.ledger.write import write_at_once
        from allocator.report.audit_html import render_audit

        page = render_audit(result, Path(str(data["target"])).name, lang(), remedies)
        write_at_once(path, lambda part: part.write_text(page, encoding="utf-8"))
        return
    from allocator.report.audit_workbook import write_findings

    write_findings(result, path, lang(), remedies=remedies, sample=sample)


def _write_marked(
    path: Path, result: AuditResult, own: Marked | None, remedies: Mapping[str, Words]
) -> None:
    from allocator.ledger.sources import WORKBOOKS
    from allocator.report.marked_workbook import mark_ledger, mark_workbook

    if own is not None and own.workbook.suffix.lower() in WORKBOOKS:
        notes = mark_workbook(own.workbook, result, path, lang(), own.places, remedies=remedies)
        show_findings(notes, machine=False)
        return
    mark_ledger(result, path, lang(), remedies=remedies)
    click.echo(
        pick(
            "提示: 输入不是工作簿，已把台账写成工作簿再标记",
            "note: the input is no workbook; its ledger was written as one and marked",
        ),
        err=True,
    )


def _write_list(
    outputs: Outputs, before: Prepared, result: AuditResult, remedies: Mapping[str, Words]
) -> Recheck | None:
    if outputs.rectify is None:
        return None
    from allocator.audit.recheck import recheck
    from allocator.audit.rectify import rectification
    from allocator.report.rectify_workbook import write_list, write_rechecked

    if before.old is None:
        rows = rectification(result, outputs.days, remedies)
        write_list(rows, outputs.rectify, lang())
        return None
    checked = recheck(before.old.rows, result, outputs.days, remedies)
    write_rechecked(before.old, checked, outputs.rectify)
    return checked


def show_written(written: Written) -> None:
    """The recheck, the sample and the files, for people."""
    if written.recheck is not None:
        from allocator.audit.recheck import OUTCOMES

        show_findings(written.recheck.notes, machine=False)
        counts = written.recheck.counts()
        rows = [[pick(*OUTCOMES[name]), f"{count:,}"] for name, count in counts.items()]
        head = [pick("复查结果", "recheck"), pick("条数", "rows")]
        click.echo(text_table([head, *rows], "<>"))
    if written.sample is not None:
        from allocator.report.sample_sheet import draw_words, drawn_texts, stratum_texts

        click.echo(pick(*draw_words(written.sample)))
        click.echo(text_table(stratum_texts(written.sample, lang()), "<<<>>>"))
        click.echo(text_table(drawn_texts(written.sample, lang()), "<<<<<<<>>"))
    for name, path in written.files:
        click.echo(pick(f"已写出 {path}（--{name}）", f"written: {path} (--{name})"), err=True)
