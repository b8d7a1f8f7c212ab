"""How much faster a sweep of four tasks is on two cores than one after the other.

    python -m tests.benchmarks.sweep_speedup -o out/sweep-speedup

Four seeds of a generated district, each with the same deterministic work and one worker, so that
both runs do the same and must give the same bytes; only `--jobs` differs. The figure is wall time
at one job over wall time at two, start of the processes included; the requirement is 1.7. A pair
counts only if the machine was quiet: one job that gets a core to itself takes hardly more wall time
than processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.instances import instance
from tests.sweep.sweeps_run import results

TARGET = 1.7
QUIET = 1.1
"""Wall over processor time of one job, above which something else had the core."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both in turn, print each pair, the median ratio, and write them to speedup.json."""
    given = _arguments(arguments)
    out: Path = given.output
    made = instance("district", given.seed, out / "instances")
    grid = out / "grid.yaml"
    seeds = ", ".join(map(str, range(given.tasks)))
    grid.write_text(
        f"set: {{solve.work: {given.work}, policy.tiers: [unhoused, space]}}\n"
        f"axes: {{solve.seed: [{seeds}]}}\n",
        encoding="utf-8",
    )
    ratios = []
    for repeat in range(given.repeats):
        # Which of the two comes first changes, so that a drift of the machine favours neither.
        order = (1, given.jobs) if repeat % 2 == 0 else (given.jobs, 1)
        took = {jobs: _sweep(made.folder, grid, out / f"jobs-{jobs}", jobs) for jobs in order}
        if results(out / "jobs-1") != results(out / f"jobs-{given.jobs}"):
            raise SystemExit("the two sweeps differ")
        (wall, cpu), (faster, more_cpu) = took[1], took[given.jobs]
        quiet = wall <= QUIET * cpu
        if quiet:
            ratios.append(wall / faster)
        print(
            f"{given.tasks} tasks: 1 job {wall:.1f} s ({cpu:.1f} s of processor), "
            f"{given.jobs} jobs {faster:.1f} s ({more_cpu:.1f} s): {wall / faster:.2f} x"
            + ("" if quiet else "; not counted, the machine was busy"),
            flush=True,
        )
    record = {"tasks": given.tasks, "work": given.work, "jobs": given.jobs, "ratios": ratios}
    (out / "speedup.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if not ratios:
        raise SystemExit("no pair counted: the machine was busy")
    word = "reached" if median(ratios) >= TARGET else "missed"
    print(f"median {median(ratios):.2f} x, target {TARGET} x: {word}")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=101, help="seed of the district")
    parser.add_argument("--tasks", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=int, default=20, help="work units of each task")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args(arguments)


def _sweep(scenario: Path, grid: Path, out: Path, jobs: int) -> tuple[float, float]:
    """Wall and processor seconds of one sweep from nothing, as a user starts it."""
    shutil.rmtree(out, ignore_errors=True)
    words = ["sweep", scenario, "--grid", grid, "-o", out, "--jobs", jobs]
    before = _processor()
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", "from allocator.cli import main; main()", *map(str, words)],
        check=True, capture_output=True,
    )  # fmt: skip
    return time.monotonic() - started, _processor() - before


def _processor() -> float:
    used = os.times()
    return used.children_user + used.children_system


if __name__ == "__main__":
    main()
