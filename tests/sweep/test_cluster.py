"""The same through a dask scheduler on the loopback, with workers killed in the middle."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli_runs import run, run_json
from tests.sweep.fake_runs import Inline
from tests.sweep.sweeps_run import MOST, journal, results, start, wait_until

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

GRID = """\
set: {solve.work: 1, policy.tiers: [unhoused, space]}
axes: {policy.min_share: [0.65, 0.66, 0.67]}
cases:
  - name: wrong
    set: {solve.work: -1}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, silence_logs=50,
    ) as made:  # fmt: skip
        yield made


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "grid.yaml"
    path.write_text(GRID, encoding="utf-8")
    return path


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_worker_loses_nothing(
    cluster: Any, grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "s"
    process = start("tiny", grid, out, "--cluster", cluster.scheduler_address)
    wait_until(lambda: bool(journal(out, "started")), process)
    victim = next(iter(cluster.workers.values()))
    os.kill(victim.pid, signal.SIGKILL)
    _, stderr = process.communicate(timeout=MOST)
    assert process.returncode == 2, stderr
    ends = [row["result"] for row in journal(out, "ended")]
    assert sorted(ends) == ["bad_input", "done", "done", "done"]
    monkeypatch.setattr("allocator.sweep.processes.Processes", Inline)
    here = tmp_path / "here"
    run("sweep", "tiny", "--grid", grid, "-o", here, code=2)
    assert results(here) == results(out)
    # What the cluster made counts on this machine, and the other way round.
    address = ("--cluster", cluster.scheduler_address)
    for folder, where in ((out, ()), (here, address)):
        started = len(journal(folder, "started"))
        assert run_json("sweep", "tiny", "--grid", grid, "-o", folder, *where, code=2)["kept"] == 3
        assert len(journal(folder, "started")) == started


def test_a_scheduler_that_is_not_there(
    grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allocator.sweep.cluster.PATIENCE", 0.5)
    for address in ("tcp://127.0.0.1:9", "somewhere"):
        out = tmp_path / "s"
        arguments = ("sweep", "tiny", "--grid", grid, "-o", out, "--cluster", address)
        assert "cannot be reached" in run(*arguments, code=2).stderr
        assert not out.exists()


def test_without_the_extra(grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    arguments = ("--grid", grid, "-o", tmp_path / "s", "--cluster", "tcp://127.0.0.1:9")
    assert "space-allocator[cluster]" in run("sweep", "tiny", *arguments, code=2).stderr
