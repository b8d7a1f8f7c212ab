"""Tasks: what the grid asks for, resolved against the scenario, under a key that says it all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from allocator.findings import Finding, InputError
from allocator.scenario import Scenario
from allocator.scenario_data import scenario_as_yaml
from allocator.scenario_file import read_scenario
from allocator.sweep.grid import Grid, TaskSpec
from standards.load import dump_standard

DIGITS = 12
"""Hexadecimal digits of the hash in a key."""
LONGEST = 48
"""Most letters of the readable part of a key."""


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario to solve. `scenario` is None with findings when it cannot be read."""

    key: str
    name: str
    choices: dict[str, str]
    scenario: Scenario | None
    findings: tuple[Finding, ...] = ()


def versions() -> dict[str, str]:
    """The packages on which the bytes of a plan depend."""
    return {name: version(name) for name in ("space-allocator", "ortools")}


def without_sources(scenario: Scenario) -> Scenario:
    """The problem itself, whatever files it was read from."""
    return replace(scenario, sources={})


def digest(scenario: Scenario) -> str:
    """Hash of everything that decides the plan: the resolved scenario, budget and versions."""
    total = hashlib.sha256()
    for part in (
        scenario_as_yaml(without_sources(scenario), "", ""),
        repr(scenario.ledger),
        dump_standard(scenario.standard),
        repr(sorted(versions().items())),
    ):
        total.update(hashlib.sha256(part.encode()).digest())
    return total.hexdigest()[:DIGITS]


def task_key(name: str, hashed: str) -> str:
    """A folder name on any system: what the task is called and what it is."""
    readable = re.sub(r"[^\w.-]+", "-", name).strip("-._")[:LONGEST].rstrip("-._")
    return f"{readable or 'task'}-{hashed}"


def resolve(grid: Grid, spec: TaskSpec, path: Path) -> Task:
    """The task with its scenario; what is wrong with it stands where the grid says it."""
    try:
        scenario = read_scenario(path, spec.overrides())
    except InputError as error:
        findings = tuple(grid.located(spec, f) for f in error.findings)
        hashed = hashlib.sha256(repr(sorted(spec.overrides().items())).encode()).hexdigest()
        key = task_key(spec.name, hashed[:DIGITS])
        return Task(key, spec.name, spec.choices, None, findings)
    return Task(task_key(spec.name, digest(scenario)), spec.name, spec.choices, scenario)


def resolved_tasks(grid: Grid, path: Path) -> Iterator[Task]:
    """The grid's tasks one by one; whichever resolves to an earlier one is left out."""
    seen: dict[str, str] = {}
    for spec in grid.tasks():
        task = resolve(grid, spec, path)
        if seen.setdefault(task.key[-DIGITS:], task.key) == task.key:
            yield task


def check_base(grid: Grid, path: Path) -> Scenario:
    """The scenario with what every task sets; raises InputError, located, before any task."""
    spec = grid.base()
    try:
        return read_scenario(path, spec.overrides())
    except InputError as error:
        raise InputError(grid.located(spec, f) for f in error.findings) from None
