"""The lines and the table that `allocator sweep` prints."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from allocator.commands.text_table import text_table
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.sweep.result import Progress
    from allocator.sweep.summary import Row

MOST_ROWS = 40
"""Rows on the screen; the files hold all."""

WORDS = {
    "done": ("完成", "done"),
    "impossible": ("证明无解", "proved impossible"),
    "no_plan": ("未求得方案", "stopped without a plan"),
    "bad_input": ("设置错误", "set wrongly"),
    "refused": ("未通过复核", "failed the independent check"),
    "crashed": ("出错中止", "broke off"),
    "lost": ("工作进程终止", "its workers died"),
}


def counts_text(rows: Collection[Row], running: int, total: int) -> str:
    """How far the sweep is, before every line of progress."""
    failed = sum(row.ended.word != "done" for row in rows)
    text = pick(f"[{len(rows)}/{total} 运行 {running}", f"[{len(rows)}/{total} running {running}")
    return text + (pick(f" 失败 {failed}", f" failed {failed}") if failed else "") + "] "


def started_text(key: str, attempt: int) -> str:
    """A task was taken."""
    if attempt > 1:
        return pick(f"第 {attempt} 次开始 {key}", f"started for the {attempt}. time: {key}")
    return pick(f"开始 {key}", f"started {key}")


def stepped_text(key: str, progress: Progress) -> str:
    """A task came on: value, bound and gap of the tier it works on."""
    from allocator.commands.solving import step_text

    return f"{key} {step_text(progress, _UNITS.get(progress.tier, ''))}"


_UNITS = {"unhoused": "posts", "exceptions": "rooms", "space": "m2-equivalents",
          "together": "person-steps", "comfort": "0.01 m2"}  # fmt: skip
"""Units of the default tiers, for lines of progress; other tiers go without."""


def kept_text(row: Row) -> str:
    """A task needs no work."""
    word = pick(*WORDS[row.ended.word])
    return pick(f"此前已有结果（{word}）{row.task.key}", f"settled before ({word}) {row.task.key}")


def ended_text(row: Row) -> str:
    """A task ended, with the figures of its priced tier."""
    text = f"{pick(*WORDS[row.ended.word])} {row.task.key}"
    tier = _priced(row)
    if tier is None:
        return text
    value, bound, gap = _figures(tier)
    return f"{text}: {tier['name']} {pick('值', 'value')} {value}" + (
        pick("，无界", ", no bound") if tier["bound"] is None
        else f" {pick('界', 'bound')} {bound} {pick('差', 'gap')} {gap} %"
    )  # fmt: skip


def _priced(row: Row) -> dict[str, Any] | None:
    """The tier that prices the space, else the last one; None without a plan."""
    if row.plan is None or not row.plan["tiers"]:
        return None
    tiers: list[dict[str, Any]] = row.plan["tiers"]
    return next((tier for tier in tiers if "used" in tier["terms"]), tiers[-1])


def _figures(tier: dict[str, Any]) -> tuple[str, str, str]:
    from allocator.report.proof import shown
    from allocator.sweep.summary import gap_of

    value, bound = tier["value"], tier["bound"]
    percent = gap_of(tier)[1]
    return (
        shown(Fraction(repr(value)), tier["unit"]),
        "-" if bound is None else shown(Fraction(repr(bound)), tier["unit"]),
        "-" if percent is None else f"{percent:.2f}",
    )


def summary_table(rows: Sequence[Row]) -> str:
    """One line a task; areas in m2."""
    table = [[pick("任务", "task"), pick("结果", "result"), pick("未安排", "unhoused"),
              pick("调整人数", "moved"), pick("现状腾空", "released today"),
              pick("方案腾空", "released"), pick("目标值", "value"), pick("证明界", "bound"),
              pick("差 %", "gap %")]]  # fmt: skip
    for row in rows[:MOST_ROWS]:
        plan, tier = row.plan, _priced(row)
        figures = [""] * 7
        if plan is not None and tier is not None:
            people = plan["people"]
            areas = (f"{plan[view]['released']:,.2f}" for view in ("before", "areas"))
            figures = [str(people["unhoused"]), str(people["moved"]), *areas, *_figures(tier)]
        table.append([row.task.key, pick(*WORDS[row.ended.word]), *figures])
    text = text_table(table, "<<>>>>>>>")
    rest = len(rows) - MOST_ROWS
    if rest > 0:
        text += "\n" + pick(f"另有 {rest} 个任务见汇总文件", f"{rest} more in the summary files")
    return text
