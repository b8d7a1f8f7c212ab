"""`python -m tests.benchmarks.run`: every method on every instance, then tables and a picture.

Finished pairs are kept in the output folder, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

from tests.benchmarks.instances import SCALES, SECONDS, SEEDS, Instance, instance
from tests.benchmarks.methods import AVAILABLE, METHODS
from tests.benchmarks.one import RESULT, STARTED
from tests.benchmarks.tables import write_tables
from tests.benchmarks.watched import watched

ROOT = Path(__file__).parents[2]
GRACE = 30.0
"""Seconds past the budget after which a method is killed; it must have its rows by then."""
LOADING = 300.0
"""Seconds that a process may take to read its input."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Who runs at once, and on which cores; no numbers where the system cannot pin."""

    cores: tuple[tuple[int, ...], ...]
    workers: int
    """Of every method."""
    stop: Event = field(default_factory=Event)
    """Set when the run is given up: what is under way is killed and not kept."""

    @property
    def beside(self) -> int:
        """Methods that run at once."""
        return len(self.cores)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is missing and write the tables anew after every scale."""
    given = _arguments(arguments)
    out: Path = given.output.resolve()
    results: list[dict[str, Any]] = []
    for scale in given.scale:
        seconds = given.seconds or SECONDS[scale]
        # Nothing is generated and no table is written while a method runs.
        made = [instance(scale, seed, out / "instances") for seed in given.seeds]
        results += _pairs(made, given.methods, seconds, _lanes(given), out)
        write_tables(out, results)
    print((out / "bench.md").read_text(encoding="utf-8"))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", nargs="+", choices=SCALES, default=list(SCALES))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--seconds", type=int, help="budget; default: by scale")
    parser.add_argument("--workers", type=int, default=2, help="cores of the whole run")
    parser.add_argument(
        "--side-by-side",
        action="store_true",
        help="every method on one core, as many at once as there are cores",
    )
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("-o", "--output", type=Path, default=Path("out/bench"))
    given = parser.parse_args(arguments)
    given.cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if given.side_by_side and not 2 <= given.workers <= len(given.cores):
        parser.error(
            f"--side-by-side needs 2 cores or more to pin to; there are {len(given.cores)}"
        )
    return given


def _lanes(given: argparse.Namespace) -> Lanes:
    cores = given.cores[: given.workers]
    if given.side_by_side:
        return Lanes(tuple((core,) for core in cores), 1)
    return Lanes((tuple(cores),), given.workers)


def _pairs(
    made: Sequence[Instance], methods: Sequence[str], seconds: int, lanes: Lanes, out: Path
) -> list[dict[str, Any]]:
    """All methods on these instances, in this order; a lane takes the next when it is free."""
    free: SimpleQueue[tuple[int, ...]] = SimpleQueue()
    for cores in lanes.cores:
        free.put(cores)

    def one(task: tuple[Instance, str]) -> dict[str, Any]:
        cores = free.get()
        try:
            return _pair(*task, seconds, lanes, cores, out)
        finally:
            free.put(cores)

    with ThreadPoolExecutor(lanes.beside) as pool:
        try:
            return list(pool.map(one, [(case, name) for case in made for name in methods]))
        finally:
            lanes.stop.set()


def _pair(
    made: Instance, name: str, seconds: int, lanes: Lanes, cores: tuple[int, ...], out: Path
) -> dict[str, Any]:
    """The result of one method on one instance, from the folder or by running it."""
    facts = {
        "scale": made.scale,
        "seed": made.seed,
        "method": name,
        "budget": seconds,
        "workers": lanes.workers,
        "beside": lanes.beside,
        "rooms": made.rooms,
    }
    beside = f"-{lanes.beside}-beside" if lanes.beside > 1 else ""
    folder = out / "runs" / f"{made.name}-{seconds}s-{lanes.workers}w{beside}" / name
    kept = folder / "pair.json"
    if kept.is_file():
        pair: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if pair["status"] not in ("failed", "skipped"):
            return {**facts, **pair}
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in (folder / STARTED, folder / RESULT):
        leftover.unlink(missing_ok=True)
    why = AVAILABLE[name]() if name in AVAILABLE else ""
    if why:
        result: dict[str, Any] = {"status": "skipped", "why": why}
    else:
        result = _run(made, name, seconds, lanes, cores, folder)
    pair = {**facts, **result}
    part = kept.with_suffix(".part")
    part.write_text(json.dumps(pair, indent=1) + "\n", encoding="utf-8")
    part.replace(kept)
    shown = (pair["status"], pair.get("unhoused"), pair.get("space"), pair.get("why", ""))
    print(made.name, name, *shown, file=sys.stderr, flush=True)
    return pair


def _run(
    made: Instance, name: str, seconds: int, lanes: Lanes, cores: tuple[int, ...], folder: Path
) -> dict[str, Any]:
    started: list[float] = []

    def end(spent: float) -> bool:
        """Past budget and grace once its method began, or too long in loading."""
        if not started and (folder / STARTED).exists():
            started.append(spent)
        if lanes.stop.is_set():
            return True
        if started:
            return spent > started[0] + seconds * 1.1 + GRACE + _checking(made)
        return spent > LOADING

    command = [sys.executable, "-m", "tests.benchmarks.one", str(made.folder), str(folder)]
    command += ["--method", name, "--seconds", str(seconds), "--workers", str(lanes.workers)]
    command += ["--seed", "0", "--cores", *map(str, cores)]
    done = watched(command, ROOT, folder / "log.txt", end)
    if lanes.stop.is_set():
        raise KeyboardInterrupt
    path = folder / RESULT
    if path.is_file():
        result = dict(json.loads(path.read_text(encoding="utf-8")))
    elif done.killed:
        result = {"status": "no-plan", "why": "killed past its budget"}
    else:
        result = {"status": "failed", "why": f"exit code {done.code}"}
    return {**result, "peak_mib": done.peak_mib, "with_check_seconds": round(done.seconds, 1)}


def _checking(made: Instance) -> float:
    """Seconds that writing and checking a plan may take besides."""
    return {"district": 10.0, "pilot": 20.0, "city": 60.0}.get(made.scale, 300.0)


if __name__ == "__main__":
    main()
