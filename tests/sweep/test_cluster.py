"""The same through a dask scheduler on the loopback, with workers killed in the middle."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allocator.scenario_file import read_scenario
from allocator.sweep.cluster import Cluster
from allocator.sweep.events import Finished
from tests.cli_runs import TINY, run, run_json
from tests.conftest import FULL
from tests.sweep import fake_runs
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
        dashboard_address="127.0.0.1:0", silence_logs=50,
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


def _ends(address: str, names: list[str], place: Path) -> dict[str, str]:
    scenario = read_scenario(TINY / "scenario.yaml", {"solve.work": 1, "solve.workers": 1})
    backend = Cluster(address, fake_runs.run)
    ends: dict[str, str] = {}
    try:
        for name in names:
            backend.submit(name, scenario, place / name)
        started = time.monotonic()
        while backend.running():
            assert time.monotonic() - started < MOST
            for event in backend.poll(0.2):
                if isinstance(event, Finished):
                    ends[event.key] = event.ended.word
    finally:
        backend.close()
    return ends


def test_what_a_task_does_to_its_worker_is_its_own_affair(cluster: Any, tmp_path: Path) -> None:
    # Without a plan "done" is refused when it arrives: a cluster is not believed.
    words = {"raises-1": "crashed", "done-1": "refused"}
    if FULL:
        words["dies-1"] = "lost"
    assert _ends(cluster.scheduler_address, list(words), tmp_path) == words
    assert list(tmp_path.glob("*/plan.json")) == []
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.accept
def test_a_scheduler_that_goes_away(grid: Path, tmp_path: Path) -> None:
    grid.write_text("axes: {solve.seed: [0, 1]}\nset: {solve.seconds: 60}\n", encoding="utf-8")
    out = tmp_path / "s"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=50,
    ) as made:  # fmt: skip
        process = start("pilot-province", grid, out, "--cluster", made.scheduler_address)
        wait_until(lambda: bool(journal(out, "started")), process)
    _, stderr = process.communicate(timeout=MOST)
    assert process.returncode == 4, stderr
    assert "the scheduler cannot be reached" in stderr and "Traceback" not in stderr
    assert journal(out, "ended") == []
