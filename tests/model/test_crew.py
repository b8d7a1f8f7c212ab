"""Workers that die lose nothing and let nothing hang."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

from allocator.bundle import plan_as_json
from allocator.findings import errors
from allocator.generate.generate import generate
from allocator.measure import Measure
from allocator.model.crew import Crew
from allocator.policy_file import default_policy
from allocator.problem import Problem
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from allocator.verify.verify import verify_plan
from standards.load import load_standard


def district(seed: int) -> Scenario:
    """A generated district."""
    standard = load_standard("cn-2014")
    return Scenario(
        name="district",
        ledger=generate("district", seed).ledger,
        standard=standard,
        policy=default_policy(standard),
    )


def square_once_dead(item: tuple[int, str]) -> int:
    """The square; the first worker to see the number 3 dies of it."""
    number, marker = item
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_a_dead_worker_costs_no_result(tmp_path: Path) -> None:
    problem = Problem(district(1))
    marker = str(tmp_path / "died")
    with Crew(problem, Measure(problem), 2) as crew:
        found = crew.map(square_once_dead, [(n, marker) for n in range(6)])
    assert found == [0, 1, 4, 9, 16, 25]
    assert Path(marker).exists()


def test_killed_workers_do_not_end_a_solve() -> None:
    scenario = replace(district(2), budget=Budget(seconds=14, workers=2))
    killed: list[int] = []

    def kill() -> None:
        for wait in (4.0, 3.0):
            time.sleep(wait)
            children = [c for c in multiprocessing.active_children() if c.pid]
            for child in children[:1]:
                assert child.pid
                os.kill(child.pid, signal.SIGKILL)
                killed.append(child.pid)

    killer = threading.Thread(target=kill)
    begun = time.monotonic()
    killer.start()
    solved = solve(scenario)
    took = time.monotonic() - begun
    killer.join()
    assert killed
    assert solved.plan is not None
    assert took < 120
    assert errors(verify_plan(scenario, json.loads(json.dumps(plan_as_json(solved.plan))))) == ()
