"""Sweeps as processes of their own, and a wait for what their journals say."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli_runs import files

MOST = 120.0
"""Seconds after which a process that should have moved is a failure."""


def start(scenario: object, grid: Path, out: Path, *more: object) -> subprocess.Popen[str]:
    """A sweep in a process group of its own."""
    words = ["sweep", scenario, "--grid", grid, "-o", out, "--lang", "en", *more]
    return subprocess.Popen(
        [sys.executable, "-c", "from allocator.cli import main; main()", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        start_new_session=True,
    )  # fmt: skip


def journal(out: Path, event: str) -> list[dict[str, Any]]:
    """The whole lines of the journal about one kind of event."""
    path = out / "sweep.log"
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    found = []
    for line in lines:
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if data["event"] == event:
            found.append(data)
    return found


def wait_until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something to become true while the process lives."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < MOST and process.poll() is None
        time.sleep(0.02)


def results(folder: Path) -> dict[str, str]:
    """Everything but what a clock measured and the order in which tasks ran."""
    return {
        name: content
        for name, content in files(folder).items()
        if Path(name).name not in ("run.json", "sweep.log")
    }
