"""Sweeps that are killed or stopped in the middle, as processes of their own."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.cli_runs import run, run_json
from tests.sweep.fake_runs import Inline
from tests.sweep.sweeps_run import MOST, journal, results, start, wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX process groups")

GRID = """\
set: {solve.work: 1}
axes: {policy.min_share: [0.65, 0.66, 0.67]}
"""
TASKS = 3


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "grid.yaml"
    path.write_text(GRID, encoding="utf-8")
    return path


def test_killed_with_everything_and_started_again(
    grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "s"
    process = start("tiny", grid, out, "--jobs", 1)
    wait_until(lambda: bool(journal(out, "ended")), process)
    wait_until(lambda: len(journal(out, "started")) > len(journal(out, "ended")), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=MOST)
    finished = {row["task"] for row in journal(out, "ended")}
    begun = {row["task"] for row in journal(out, "started")}
    assert finished < begun

    monkeypatch.setattr("allocator.sweep.processes.Processes", Inline)
    data = run_json("sweep", "tiny", "--grid", grid, "-o", out, "--jobs", 1)
    assert data["counts"]["done"] == TASKS and data["kept"] >= len(finished)
    starts = Counter(row["task"] for row in journal(out, "started"))
    assert len(starts) == TASKS
    assert {key: starts[key] for key in finished} == dict.fromkeys(finished, 1)
    # Only what ran when the sweep was killed is done again.
    assert {key for key, count in starts.items() if count > 1} <= begun - finished
    for row in data["tasks"]:
        run("verify", out / row["task"])
    whole = tmp_path / "whole"
    run("sweep", "tiny", "--grid", grid, "-o", whole)
    assert results(whole) == results(out)


def test_workers_end_with_a_sweep_that_is_killed_alone(grid: Path, tmp_path: Path) -> None:
    grid.write_text(GRID.replace("work: 1", "seconds: 600"), encoding="utf-8")
    process = start("pilot-province", grid, tmp_path / "s", "--jobs", 1)
    wait_until(lambda: bool(journal(tmp_path / "s", "started")), process)
    process.kill()
    # The worker holds the other end of these pipes for as long as it lives.
    process.communicate(timeout=MOST)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_keeps_finished_tasks(number: signal.Signals, grid: Path, tmp_path: Path) -> None:
    out = tmp_path / "s"
    process = start("tiny", grid, out, "--jobs", 1)
    wait_until(lambda: bool(journal(out, "ended")), process)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # A terminal sends Ctrl-C to the workers, too.
    else:
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=MOST)
    assert process.returncode == 4, stderr
    assert "stopping; finished tasks stay" in stderr and "Traceback" not in stderr
    finished = {row["task"] for row in journal(out, "ended")}
    assert 1 <= len(finished) < TASKS
    assert (
        f"tasks: {len(finished)} done, 0 without a plan, {TASKS - len(finished)} not run" in stdout
    )
    left = {".sweep.lock", "sweep.csv", "sweep.json", "sweep.log"}
    assert {path.name for path in out.iterdir()} == left | finished
    for key in finished:
        run("verify", out / key)
