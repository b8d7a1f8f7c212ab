"""Pytest plugin of `make accept`: refuses a machine that lacks something, writes a table."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The file for the table."""
    parser.addoption("--accept-table", default="out/accept.md", help="where the table is written")


def missing() -> list[str]:
    """What the full run needs and this machine does not have."""
    found = []
    reference = os.environ.get("ALLOCATOR_REFERENCE", "")
    if not reference or not Path(reference).is_dir():
        found.append("ALLOCATOR_REFERENCE must name the folder of reference data")
    for package in ("playwright", "distributed"):
        if importlib.util.find_spec(package) is None:
            found.append(f"the package {package} is not installed")
    if not any(shutil.which(name) for name in CHROMIUM):
        found.append(f"no browser found: {', '.join(CHROMIUM)}")
    return found


def pytest_configure(config: pytest.Config) -> None:
    """Fail before the first test when a check could only be skipped."""
    if lacking := missing():
        raise pytest.UsageError("accept: " + "; ".join(lacking))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(Path(config.getoption("--accept-table"))))


class Table:
    """Collects one line per test with its outcome, seconds and recorded properties."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, tuple[str, float, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the call, and a set-up that skipped or failed."""
        if report.when == "call" or report.outcome != "passed":
            facts = "; ".join(f"{name} {value}" for name, value in report.user_properties)
            self.lines[report.nodeid] = (report.outcome, report.duration, facts)

    def pytest_sessionfinish(self) -> None:
        """Write the table, sorted by test."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        rows = ["| test | outcome | seconds | counts |", "|---|---|---|---|"]
        for name, (outcome, seconds, facts) in sorted(self.lines.items()):
            shown = name.replace("|", "\\|")
            rows.append(f"| {shown} | {outcome} | {seconds:.1f} | {facts} |")
        counts: dict[str, int] = {}
        for outcome, _, _ in self.lines.values():
            counts[outcome] = counts.get(outcome, 0) + 1
        total = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        self.path.write_text("\n".join([total, "", *rows]) + "\n", encoding="utf-8")
