"""The day of an audit: given, or today."""

from __future__ import annotations

from datetime import date, datetime

import click

from allocator.commands.framework import option

day_option = option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    zh="审计日期，用于比较期限（默认今天）。",
    en="Day of the audit, for terms of use (default: today).",
)


def day_of(given: datetime | None) -> date:
    """The day given, else today's."""
    return given.date() if given else date.today()
