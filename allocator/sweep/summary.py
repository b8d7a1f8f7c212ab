"""What a sweep found, one row a task: sweep.json and sweep.csv, read from the plans."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.ledger.sources import escape
from allocator.ledger.write import write_at_once
from allocator.sweep.result import EXIT, Ended
from allocator.sweep.tasks import Task

FORMAT = "allocator-sweep/1"
JSON_FILE = "sweep.json"
CSV_FILE = "sweep.csv"

_AREAS = ("released", "stranded", "hidden", "short", "service_short")
_PARTS = ("status", "tiers", "bounds", "people", "areas", "before")
_FIRST = ("task", "name", "result", "exit", "status")
_CHOICE = "choice "
_LAST = "reason"
_PEOPLE = ("posts", "unhoused", "moved")


@dataclass(frozen=True, slots=True)
class Row:
    """One task and its end; `plan` is the content of its plan.json, None without a plan."""

    task: Task
    ended: Ended
    plan: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The figures of the task as plain data; areas in m2."""
        data: dict[str, Any] = {
            "task": self.task.key,
            "name": self.task.name,
            "choices": self.task.choices,
            "result": self.ended.word,
            "exit": EXIT[self.ended.word],
            "status": None if self.plan is None else self.plan["status"],
        }
        if self.plan is None:
            return data | {"findings": [f.as_json() for f in self.ended.findings]}
        plan = self.plan
        return data | {
            "tiers": [self._tier(tier) for tier in plan["tiers"]],
            "bounds": plan["bounds"],
            "people": {key: plan["people"][key] for key in _PEOPLE},
            "areas": {key: plan["areas"][key] for key in _AREAS},
            "before": {key: plan["before"][key] for key in _AREAS},
        }

    def _tier(self, tier: dict[str, Any]) -> dict[str, Any]:
        shown = {key: tier[key] for key in ("name", "unit", "value", "bound", "proven")}
        gap, percent = gap_of(tier)
        return shown | {"gap": gap, "gap_percent": percent}


def gap_of(tier: dict[str, Any]) -> tuple[float | None, float | None]:
    """Value less bound in the tier's unit, and in percent of the value."""
    if tier["bound"] is None:
        return None, None
    value, bound = Fraction(repr(tier["value"])), Fraction(repr(tier["bound"]))
    gap = value - bound
    return float(gap), round(float(100 * gap / max(Fraction(1), value)), 4)


def read_row(folder: Path, task: Task, ended: Ended) -> Row:
    """The row of a task that ended; raises OSError if its plan has gone."""
    return Row(task, ended, read_plan(folder / task.key) if ended.word == "done" else None)


def read_plan(folder: Path) -> dict[str, Any]:
    """The figures of a bundle's plan.json, without its long lists."""
    data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    return {key: data[key] for key in _PARTS}


def counts_of(rows: Iterable[Row], waiting: int) -> dict[str, int]:
    """How many tasks ended how; `waiting` were not reached or were given up."""
    counts: dict[str, int] = dict.fromkeys(EXIT, 0)
    for row in rows:
        counts[row.ended.word] += 1
    return {**counts, "waiting": waiting}


def summary_as_json(scenario: str, rows: list[Row], waiting: int) -> dict[str, Any]:
    """The whole summary as plain data, without clock, place or machine."""
    return {
        "format": FORMAT,
        "scenario": scenario,
        "counts": counts_of(rows, waiting),
        "tasks": [row.as_json() for row in rows],
    }


def summary_as_csv(rows: list[Row]) -> str:
    """One line a task: choices, then figures; a text that looks like a formula is escaped."""
    table = [_flat(row) for row in rows]
    found = list(dict.fromkeys(column for line in table for column in line))
    choices = [column for column in found if column.startswith(_CHOICE)]
    first = [column for column in _FIRST if column in found]
    rest = [column for column in found if column not in {*first, *choices, _LAST}]
    columns = [*first, *choices, *rest, *([_LAST] if table else [])]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(line.get(column)) for column in columns] for line in table)
    return text.getvalue()


def _flat(row: Row) -> dict[str, Any]:
    data = row.as_json()
    line = {key: data[key] for key in _FIRST}
    line |= {_CHOICE + name: label for name, label in row.task.choices.items()}
    if row.plan is not None:
        people, areas, before = data["people"], data["areas"], data["before"]
        line |= {"unhoused": people["unhoused"], "people_moved": people["moved"],
                 "released_m2": areas["released"], "released_today_m2": before["released"],
                 "stranded_m2": areas["stranded"], "hidden_m2": areas["hidden"]}  # fmt: skip
        for bound in data["bounds"]:
            line[f"{bound['quantity']}_bound_{bound['unit']}"] = bound["bound"]
        for tier in data["tiers"]:
            for key in ("value", "bound", "gap", "gap_percent", "proven"):
                line[f"{tier['name']} {key}"] = tier[key]
    reasons = [f.text("en") for f in row.ended.findings] if row.plan is None else []
    return line | {_LAST: " | ".join(reasons)}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return escape(" ".join(value.split()))
    return value


def write_summary(folder: Path, scenario: str, rows: list[Row], waiting: int) -> dict[str, Any]:
    """Write both files, each at once; returns what sweep.json holds."""
    data = summary_as_json(scenario, rows, waiting)
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    _write(folder / JSON_FILE, text.encode())
    _write(folder / CSV_FILE, summary_as_csv(rows).encode("utf-8-sig"))
    return data


def _write(path: Path, content: bytes) -> None:
    write_at_once(path, lambda part: part.write_bytes(content))
