"""`python -m tests.benchmarks.literature.run`: the reference cases by our way of search."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.attempt import Clock
from tests.benchmarks.literature import assignment, osa
from tests.benchmarks.literature.engine import Outcome, solve_assignment, solve_rooms
from tests.benchmarks.literature.reference import VARIABLE, reference, table

SECONDS = {"gqap": 60, "gap": 60, "osa": 240}
KINDS = tuple(SECONDS)
OSA_KNOWN = {
    "nott1b": (253.35, 98.65), "nott1c": (304.55, 304.55), "nott1d": (201.55, 201.55),
    "nott1e": (177.70, 177.70), "s000_v000": (0.0, 0.0), "p000_n000": (82.54, 40.0),
    "p010_n010": (161.94, 56.4), "p025_n000": (155.66, 116.0), "p025_n005": (184.96, 106.5),
    "p000_n025": (287.66, 240.2), "s100_v000": (203.6, 91.0), "s100_v100": (442.14, 100.94),
    "s000_v100": (230.66, 70.0),
}  # fmt: skip
"""Value and bound of plain CP-SAT, from the notes beside the cases."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is missing; the table is written after every case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--cases", nargs="+", help="only these names")
    parser.add_argument("--seconds", type=int, help="budget per case; default: by kind")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, default=Path("out/bench/literature"))
    given = parser.parse_args(arguments)
    folder = reference()
    if folder is None:
        sys.exit(f"{VARIABLE} names no folder with the reference cases")
    given.output.mkdir(parents=True, exist_ok=True)
    kept = given.output / "literature.json"
    rows: list[dict[str, Any]] = json.loads(kept.read_text()) if kept.is_file() else []
    for kind in given.kinds:
        seconds = given.seconds or SECONDS[kind]
        for name, run, known in _cases(kind, folder):
            key = (kind, name, seconds, given.workers)
            done = {(r["kind"], r["case"], r["budget"], r["workers"]) for r in rows}
            if key in done or (given.cases and name not in given.cases):
                continue
            outcome, scale = run(Clock(seconds), given.workers)
            rows.append(_row(key, outcome, scale, known))
            print(rows[-1], file=sys.stderr, flush=True)
            kept.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
            (given.output / "literature.md").write_text(markdown(rows), encoding="utf-8")
    print(markdown(rows))


Run = Callable[[Clock, int], tuple[Outcome, int]]
Known = tuple[float | None, float | None]


def _cases(kind: str, folder: Path) -> list[tuple[str, Run, Known]]:
    """(name, how to run it, known value and bound)."""
    found: list[tuple[str, Run, Known]] = []
    if kind == "gqap":
        for row in table(folder / "gqap" / "optima-lee-ma.csv"):
            best = float(row["proven_optimum"])
            found.append((row["instance"], _pairs(folder, row["instance"]), (best, best)))
        for row in table(folder / "gqap" / "best-known-cordeau.csv"):
            best = float(row["best_known"])
            found.append((row["instance"], _pairs(folder, row["instance"]), (best, None)))
    if kind == "gap":
        for row in table(folder / "gap" / "best-known.csv"):
            name = row["Path"].rpartition("/")[2]
            best, bound = float(row["Best known solution value"]), float(row["Best known bound"])
            path = folder / "gap" / name
            found.append((name, _linear(path), (best, bound)))
    if kind == "osa":
        for path in sorted((folder / "osa").glob("*_*.txt")) + sorted(
            (folder / "osa").glob("nott*.txt")
        ):
            found.append((path.stem, _rooms(path), OSA_KNOWN.get(path.stem, (None, None))))
    return found


def _pairs(folder: Path, name: str) -> Run:
    case = assignment.read_gqap(folder / "gqap" / f"{name}.txt")
    return lambda clock, workers: (solve_assignment(case, clock, workers), 1)


def _linear(path: Path) -> Run:
    case = assignment.read_gap(path)
    return lambda clock, workers: (solve_assignment(case, clock, workers), 1)


def _rooms(path: Path) -> Run:
    case = osa.read_osa(path)
    return lambda clock, workers: (solve_rooms(case, clock, workers), osa.SCALE)


def _row(
    key: tuple[str, str, int, int], outcome: Outcome, scale: int, known: Known
) -> dict[str, Any]:
    kind, name, seconds, workers = key
    value = None if outcome.value is None else outcome.value / scale
    bound = None if outcome.bound is None else outcome.bound / scale
    return {
        "kind": kind,
        "case": name,
        "budget": seconds,
        "workers": workers,
        "value": value,
        "bound": bound,
        "proved": value is not None and value == bound,
        "known_value": known[0],
        "known_bound": known[1],
        "above_known": value / known[0] - 1 if value is not None and known[0] else None,
        "seconds": round(outcome.seconds, 1),
        "at": list(outcome.at),
    }


def markdown(rows: list[dict[str, Any]]) -> str:
    """One line per case."""
    lines = [
        "| kind | case | value | bound | proved | known value | known bound | above known "
        "| seconds | budget |",
        "|---" * 10 + "|",
    ]
    for r in rows:
        above = "-" if r["above_known"] is None else f"{100 * r['above_known']:.3f} %"
        numbers = [
            "-" if r[k] is None else f"{r[k]:,.2f}".removesuffix(".00")
            for k in ("value", "bound", "known_value", "known_bound")
        ]
        lines.append(
            f"| {r['kind']} | {r['case']} | {numbers[0]} | {numbers[1]} "
            f"| {'yes' if r['proved'] else 'no'} | {numbers[2]} | {numbers[3]} | {above} "
            f"| {r['seconds']} | {r['budget']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
