"""Ctrl-C and SIGTERM during a search: the best plan is kept, verified and written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli_runs import files, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX process groups")

MOST = 90
"""Seconds until a stopped program must have ended."""


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district") / "d"
    run("generate", "--scale", "district", "--seed", "3", "-o", folder)
    return folder / "scenario.yaml"


def _start(scenario: Path, output: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from allocator.cli import main; main()",
         "solve", str(scenario), "-o", str(output), "--seconds", "300", "--lang", "en"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        start_new_session=True,
    )  # fmt: skip


def _wait_for(process: subprocess.Popen[str], word: str) -> list[str]:
    """Lines of standard error up to the first that holds `word`; fails if there is none."""
    assert process.stderr is not None
    guard = threading.Timer(MOST, process.kill)
    guard.start()
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line)
        if word in line:
            break
    guard.cancel()
    assert lines and word in lines[-1], lines
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_best_plan_is_kept(number: signal.Signals, district: Path, tmp_path: Path) -> None:
    output = tmp_path / "plan"
    process = _start(district, output)
    _wait_for(process, " space ")
    sent = time.monotonic()
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # A terminal sends Ctrl-C to the workers, too.
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=MOST)
    assert time.monotonic() - sent < MOST
    assert process.returncode == 0, err
    assert "stopping with the best plan so far" in err
    assert out.startswith("status: ")
    assert json.loads((output / "plan.json").read_text(encoding="utf-8"))["status"] == "feasible"
    run("verify", output)
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_second_signal_aborts_and_writes_nothing(district: Path, tmp_path: Path) -> None:
    process = _start(district, tmp_path / "plan")
    _wait_for(process, " space ")
    os.killpg(process.pid, signal.SIGINT)
    _wait_for(process, "stopping")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=MOST)
    assert "Traceback" not in err
    assert process.returncode in (0, 4), err
    assert bool(files(tmp_path)) == (process.returncode == 0)
