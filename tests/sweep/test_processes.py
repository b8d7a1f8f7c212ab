"""Workers of this machine: killed ones are replaced, and their tasks are done again."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from allocator.scenario import Scenario
from allocator.scenario_file import read_scenario
from allocator.sweep.events import Event, Finished, Run, Started
from allocator.sweep.processes import ATTEMPTS, Processes
from allocator.sweep.result import Ended
from tests.cli_runs import TINY, run
from tests.sweep import fake_runs
from tests.sweep.fake_runs import marks

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL")

MOST = 60.0


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(TINY / "scenario.yaml", {"solve.work": 1, "solve.workers": 1})


def _ends(
    names: list[str], scenario: Scenario, place: Path, jobs: int, run: Run = fake_runs.run
) -> tuple[dict[str, Ended], list[Event]]:
    backend = Processes(jobs, run)
    events: list[Event] = []
    try:
        for name in names:
            backend.submit(name, scenario, place / name)
        started = time.monotonic()
        while backend.running():
            assert time.monotonic() - started < MOST
            events += backend.poll(0.2)
    finally:
        backend.close()
    return {e.key: e.ended for e in events if isinstance(e, Finished)}, events


def test_killed_workers_lose_nothing(scenario: Scenario, tmp_path: Path) -> None:
    names = ["a", "dies-once-1", "raises-1", "b", "dies-1", "c"]
    ends, events = _ends(names, scenario, tmp_path, 2)
    words = {name: ended.word for name, ended in ends.items()}
    assert words == {
        "a": "done", "b": "done", "c": "done",
        "dies-once-1": "done", "dies-1": "lost", "raises-1": "crashed",
    }  # fmt: skip
    assert {name: marks(tmp_path / name) for name in names} == {
        "a": 1, "b": 1, "c": 1, "dies-once-1": 2, "dies-1": ATTEMPTS, "raises-1": 1,
    }  # fmt: skip
    attempts = [e.attempt for e in events if isinstance(e, Started) and e.key == "dies-1"]
    assert attempts == [1, 2, 3]
    assert "a fault of the program" in ends["raises-1"].findings[0].en


def test_closing_ends_workers_in_the_middle(scenario: Scenario, tmp_path: Path) -> None:
    backend = Processes(1, fake_runs.run)
    backend.submit("slow-1", scenario, tmp_path / "slow-1")
    started = time.monotonic()
    while not marks(tmp_path / "slow-1"):
        assert time.monotonic() - started < MOST
        backend.poll(0.1)
    closed = time.monotonic()
    backend.close()
    assert time.monotonic() - closed < 10
    assert backend.running() == 0


def test_a_plan_whose_worker_died_at_once_is_not_made_again(
    scenario: Scenario, tmp_path: Path
) -> None:
    ends, _ = _ends(["t"], scenario, tmp_path, 1, fake_runs.die_after_writing)
    assert ends["t"].word == "done" and marks(tmp_path / "t") == 2
    run("verify", tmp_path / "t")
