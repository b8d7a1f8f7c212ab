"""One method on one instance, in its own process: writes the bundle and a result beside it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from allocator.findings import InputError
from allocator.problem import Problem
from allocator.scenario import Scenario
from tests.benchmarks.attempt import OVER, Attempt, Clock, Method
from tests.benchmarks.bundles import NotLawful, checked, plan_of
from tests.benchmarks.instances import priced_scenario
from tests.benchmarks.methods import method

RESULT = "result.json"
STARTED = "started"
"""Written when the budget begins, so that the parent can time its kill."""


def run(
    folder: Path, name: str, seconds: int, workers: int, seed: int, out: Path
) -> dict[str, Any]:
    """The result of one method: status ok, no-plan or unlawful, with what the check measured."""
    scenario = priced_scenario(folder, seconds, workers, seed)
    run_method = method(name)
    (out / STARTED).touch()
    clock = Clock(seconds)
    attempt = _in_time(run_method, scenario, clock)
    spent = clock.spent
    result: dict[str, Any] = {"seconds": round(spent, 2), **_judged(scenario, name, attempt, out)}
    result["method_bound"] = None if attempt.bound is None else float(attempt.bound)
    result["trace"] = _trace(attempt, result)
    result["notes"] = attempt.notes
    return result


def _trace(attempt: Attempt, result: dict[str, Any]) -> list[tuple[float, float]]:
    """The method's own values, and at the end what the check found in its plan."""
    points = [(round(p.seconds, 2), round(p.value, 2)) for p in attempt.trace]
    if result["status"] == "ok" and not result["unhoused"]:
        last = (result["seconds"], round(result["space"], 2))
        if all(value > last[1] for _, value in points):
            points.append(last)
    return points


def _in_time(run_method: Method, scenario: Scenario, clock: Clock) -> Attempt:
    """The method's answer, or its draft when it does not end in time and has one."""
    answers: list[Attempt | Exception] = []

    def work() -> None:
        try:
            answers.append(run_method(scenario, clock))
        except Exception as fault:  # handed to the caller
            answers.append(fault)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(clock.seconds * OVER + 2)
    if not answers and clock.draft is not None:
        clock.draft.notes["stopped"] = "did not end in time: its start counts"
        return clock.draft
    thread.join()
    answer = answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _judged(scenario: Any, name: str, attempt: Attempt, out: Path) -> dict[str, Any]:
    if attempt.rows is None:
        return {"status": "no-plan", "why": str(attempt.notes.get("status", "none found"))}
    plan = attempt.plan
    if plan is None:
        plan = plan_of(Problem(scenario), attempt.rows, attempt.common, name)
    try:
        return {"status": "ok", **checked(out / "plan", scenario, plan)}
    except NotLawful as fault:
        return {"status": "unlawful", "why": str(fault)}
    except InputError as fault:
        return {"status": "unlawful", "why": fault.findings[0].text("en")}


def _keep_to_cores(cores: set[int]) -> None:
    """However many threads and processes the method starts; where the system can."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


def main() -> None:
    """Called by the runner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("instance", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--method", required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cores", type=int, nargs="*", default=[], help="numbers of its cores")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    _keep_to_cores(set(given.cores))
    try:
        result = run(
            given.instance, given.method, given.seconds, given.workers, given.seed, given.out
        )
    except Exception as fault:  # the table says what went wrong; the run goes on
        traceback.print_exc()
        result = {"status": "failed", "why": f"{type(fault).__name__}: {fault}"}
    (given.out / RESULT).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    # A method that did not end in time may hang in its thread.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
