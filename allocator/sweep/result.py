"""How a task ended, and what can be told about it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from allocator.findings import Finding, Place

Word: TypeAlias = Literal[
    "done", "impossible", "no_plan", "bad_input", "refused", "crashed", "lost"
]
"""done: a verified plan; refused: the independent check found errors; lost: its workers died."""

EXIT: dict[Word, int] = {
    "done": 0, "impossible": 3, "no_plan": 4, "bad_input": 2, "refused": 4, "crashed": 4, "lost": 4
}  # fmt: skip
"""The exit code that `allocator solve` would have given."""

FINAL: frozenset[Word] = frozenset({"done", "impossible"})
"""What solving again cannot change."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended and why."""

    word: Word
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {"result": self.word, "findings": [f.as_json() for f in self.findings]}


def ended_from_json(data: dict[str, Any]) -> Ended:
    """The reverse; raises KeyError or TypeError for anything else."""
    findings = tuple(
        Finding(**{**item, "place": Place(**item["place"])}) for item in data["findings"]
    )
    return Ended(data["result"], findings)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a running task: seconds, tier, value and bound in the tier's unit."""

    seconds: float
    tier: str
    value: Fraction
    bound: Fraction | None


def crashed(error: BaseException) -> Ended:
    """An error of the program itself: told, and no reason to stop the other tasks."""
    reason = f"{type(error).__name__}: {error}".split("\n")[0][:300]
    return Ended(
        "crashed",
        (
            Finding(
                "task-crashed",
                f"任务出错中止: {reason}",
                f"the task broke off: {reason}",
                advice_zh="请重新运行；若再次出现请报告",
                advice_en="Maybe run it again, and report it if it happens again",
            ),
        ),
    )


def lost(attempts: int) -> Ended:
    """Its worker process died each time."""
    return Ended(
        "lost",
        (
            Finding(
                "worker-lost",
                f"工作进程 {attempts} 次意外终止",
                f"its worker process died {attempts} times",
                advice_zh="可能内存不足，请减少同时任务数",
                advice_en="Maybe memory ran out: take fewer tasks at a time",
            ),
        ),
    )
