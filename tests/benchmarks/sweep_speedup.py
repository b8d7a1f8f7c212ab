"""How much faster a sweep of four tasks is on two cores than one after the other.

    python -m tests.benchmarks.sweep_speedup -o out/sweep-speedup

Four seeds of a generated district, each with the same deterministic work and one worker, so that
both runs do the same and must give the same bytes; only `--jobs` differs. The figure is wall time
at one job over wall time at two, start of the processes included; the requirement is 1.7. A pair
counts only if the machine was quiet: what others used of its processors, by /proc/stat, is printed.
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
QUIET = 0.1
"""Most cores that others may use meanwhile."""


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
        (wall, others), (faster, more_others) = took[1], took[given.jobs]
        quiet = max(others, more_others) <= QUIET
        if quiet:
            ratios.append(wall / faster)
        print(
            f"{given.tasks} tasks: 1 job {wall:.1f} s, {given.jobs} jobs {faster:.1f} s: "
            f"{wall / faster:.2f} x; others used {others:.2f} and {more_others:.2f} cores"
            + ("" if quiet else ": not counted"),
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
    """Wall seconds of one sweep from nothing, as a user starts it, and the cores others used."""
    shutil.rmtree(out, ignore_errors=True)
    words = ["sweep", scenario, "--grid", grid, "-o", out, "--jobs", jobs]
    own, every, started = _own(), _machine(), time.monotonic()
    subprocess.run(
        [sys.executable, "-c", "from allocator.cli import main; main()", *map(str, words)],
        check=True, capture_output=True,
    )  # fmt: skip
    wall = time.monotonic() - started
    return wall, max(0.0, _machine() - every - (_own() - own)) / wall


def _own() -> float:
    """Processor seconds of this process and all it has started."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _machine() -> float:
    """Processor seconds of everything; 0 where the system does not say."""
    path = Path("/proc/stat")
    if not path.exists():
        return 0.0
    user, nice, system, _, _, irq, softirq, steal = map(int, path.read_text().split()[1:9])
    ticks: int = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq + steal) / ticks


if __name__ == "__main__":
    main()
