"""The command line: one file a command, read when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

import click

from allocator import messages
from allocator.commands.click_words import teach_click
from allocator.commands.framework import Option, in_this_language, lang_option

COMMANDS = (
    "demo", "template", "check", "entitle", "audit", "solve", "verify", "compare", "report",
    "explain", "tradeoff", "generate", "standards", "scenario", "sweep",
)  # fmt: skip
"""In the order of the help text."""

_HELP = (
    "党政机关办公用房调配：核定、求解、复核、比较，全程离线。",
    "Space allocation for government offices: who is entitled to what, who should sit where,"
    " and what that releases. Runs offline.",
)


class Commands(click.Group):
    """The commands by name; the language is fixed before anything is parsed."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Run with these arguments (those of the process by default)."""
        given = list(sys.argv[1:] if args is None else args)
        chosen = messages.lang_of_arguments(given) or messages.lang_of_locale(os.environ)
        messages.use(chosen)
        teach_click()
        return super().main(given, *rest, **settings)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"allocator.commands.{cmd_name}").command
        return found

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`."""
        return in_this_language(super().get_help_option(ctx))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The introduction in the language spoken now."""
        self.help = messages.pick(*_HELP)
        super().format_help_text(ctx, formatter)


@click.group(cls=Commands, name="allocator")
@lang_option
@click.version_option(
    version("space-allocator"),
    prog_name="allocator",
    message="%(prog)s %(version)s",
    cls=Option,
    words=("显示版本后退出。", "Show the version and exit."),
)
def commands() -> None:  # noqa: D103 - the help text exists in two languages
    pass


def main() -> None:
    """The entry point of the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show a sign shows its code instead of failing.
            stream.reconfigure(errors="backslashreplace")
    commands()
