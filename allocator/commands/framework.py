"""Commands that speak two languages and turn every user mistake into lines and an exit code."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from allocator.findings import Finding, InputError, Place
from allocator.messages import LANGS, lang, pick

DONE, FINDINGS, BAD_INPUT, IMPOSSIBLE, NO_PLAN = range(5)
"""Exit codes: done; errors in readable input; bad usage or input; proved impossible; no plan."""

Function = TypeVar("Function", bound=Callable[..., Any])

SEVERITY = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "note")}
_FILE_FAULTS = {
    errno.ENOENT: ("文件或文件夹不存在", "no such file or folder", "请检查路径", "check the path"),
    errno.EACCES: ("没有权限", "permission denied", "请更换位置或权限", "use another place"),
    errno.EPERM: ("没有权限", "permission denied", "请更换位置或权限", "use another place"),
    errno.EROFS: ("磁盘只读", "the disk is read-only", "请更换位置", "use another place"),
    errno.EEXIST: (
        "目标已存在", "the output exists already", "请换一个名称，或加 --force",
        "choose another name, or add --force",
    ),
    errno.EISDIR: ("是文件夹，不是文件", "this is a folder", "请给出文件", "give a file"),
    errno.ENOTDIR: ("不是文件夹", "not a folder", "请检查路径", "check the path"),
    errno.ENOSPC: ("磁盘已满", "the disk is full", "请腾出空间", "free some space"),
    errno.EDQUOT: ("磁盘配额已满", "the disk quota is used up", "请腾出空间", "free some space"),
}  # fmt: skip


class Option(click.Option):
    """An option whose help exists in both languages."""

    def __init__(self, *args: Any, words: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The row of the help text, in the language spoken now."""
        self.help = pick(*self.words)
        return super().get_help_record(ctx)


class Command(click.Command):
    """A command whose help exists in both languages; see `run` for its errors."""

    def __init__(self, *args: Any, words: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence."""
        return pick(*self.words).split("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The whole text."""
        self.help = pick(*self.words)
        super().format_help_text(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`; click makes it once, in the language of that moment."""
        return in_this_language(super().get_help_option(ctx))

    def invoke(self, ctx: click.Context) -> Any:
        """Run; input, files and interrupts end in lines and an exit code, not in a traceback."""
        machine = bool(ctx.params.get("as_json"))
        try:
            return super().invoke(ctx)
        except InputError as error:
            show_findings(error.findings, machine=machine)
            ctx.exit(BAD_INPUT)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            show_findings([_file_finding(error)], machine=machine)
            ctx.exit(BAD_INPUT)
        except KeyboardInterrupt:
            click.echo(pick("已中止，没有方案写出。", "Stopped; nothing was written."), err=True)
            ctx.exit(NO_PLAN)


class Group(Command, click.Group):
    """A command with further commands below it, and one of its own where none is named."""


def in_this_language(help_option: click.Option | None) -> click.Option | None:
    """The option `--help` with its text in the language spoken now."""
    if help_option is not None:
        help_option.help = pick("显示本说明后退出。", "Show this message and exit.")
    return help_option


def new_command(name: str, zh: str, en: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command with `--lang` and `--json`; the function takes `as_json`."""

    def decorate(function: Callable[..., None]) -> click.Command:
        for add in (json_option, lang_option):
            function = add(function)
        return click.command(name, cls=Command, words=(zh, en))(function)

    return decorate


def new_group(name: str, zh: str, en: str) -> Callable[[Callable[..., None]], Group]:
    """Like `new_command`, with commands below it; the function also runs before each of these."""

    def decorate(function: Callable[..., None]) -> Group:
        for add in (json_option, lang_option):
            function = add(function)
        settings = {"words": (zh, en), "invoke_without_command": True}
        return click.group(name, cls=Group, **settings)(function)

    return decorate


def option(*names: str, zh: str, en: str, **settings: Any) -> Callable[[Function], Function]:
    """An option with its help in both languages."""
    return click.option(*names, cls=Option, words=(zh, en), **settings)


lang_option = option(
    "--lang",
    type=click.Choice(LANGS),
    expose_value=False,
    zh="语言：zh 或 en（默认按系统区域）。",
    en="Language: zh or en (default: from the locale).",
)
json_option = option(
    "--json", "as_json", is_flag=True, zh="输出机器可读的 JSON。", en="Output JSON."
)


def _file_finding(error: OSError) -> Finding:
    reason = error.strerror or str(error)
    zh, en, advice_zh, advice_en = _FILE_FAULTS.get(
        error.errno or 0,
        (f"读写失败（{reason}）", f"reading or writing failed ({reason})", "", ""),
    )
    return Finding(
        "file",
        zh,
        en,
        Place(file=str(error.filename or "")),
        advice_zh=advice_zh,
        advice_en=f"Maybe {advice_en}" if advice_en else "",
    )


def input_error(
    code: str, zh: str, en: str, *, file: str = "", value: str = "", expected: str = "",
    advice: tuple[str, str] = ("", ""),
) -> InputError:  # fmt: skip
    """One finding as an error that ends the command with exit code 2."""
    return InputError([Finding(code, zh, en, Place(file=file), value, expected, *advice)])


def finding_line(finding: Finding) -> str:
    """One finding in one line, severity first."""
    text = " ".join(finding.text(lang()).split("\n"))
    return f"{pick(*SEVERITY[finding.severity])}: {text}"


def show_findings(findings: Iterable[Finding], *, machine: bool, err: bool = True) -> None:
    """Findings one a line; for machines one JSON object on standard output."""
    if machine:
        show_json({"findings": [f.as_json() for f in findings]})
        return
    for finding in findings:
        click.echo(finding_line(finding), err=err)


def show_json(data: Any) -> None:
    """Data on standard output, in a stable order."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))
