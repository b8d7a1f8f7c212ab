"""`python -m tests.benchmarks.replan`: answers after one change, on random changes of a plan.

Every change starts from the same plan and is taken back afterwards. *Housed*: the first verified
plan that houses as many posts as any found within the seconds given to the change. No answer costs
more than the naive repair, which houses the changed unit beside everybody else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from allocator.bundle import is_bundle, read_bundle
from allocator.commands.inputs import scenario_file
from allocator.commands.solving import solve_into
from allocator.desk.change import Change, PostCount
from allocator.desk.session import Session
from allocator.findings import InputError
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.scenario import Budget, Forbid, Pin, Scenario
from allocator.scenario_file import read_scenario
from tests.benchmarks.instances import SCALES, instance
from tests.benchmarks.statistics import quantile

KINDS = ("pin building", "pin site", "forbid floor", "forbid building", "posts")
DRAWS = 200
"""Most draws of one change; a kind that is never possible is left out."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Row:
    """One change; seconds since it was made, wall and CPU of all processes of the session."""

    kind: str
    what: str
    posts: int
    first_s: float
    first_path_s: float
    housed_s: float
    housed_cpu_s: float
    """Of all processes."""
    housed_path_s: float
    """Of this process alone, which measures and checks every plan."""
    answers: int
    unhoused: float
    first_unhoused: float
    housed_value: float
    last_value: float
    bound: float | None
    bound_s: float | None
    make_s: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Solve once, then time the changes and write the table."""
    given = _arguments(arguments)
    given.output.mkdir(parents=True, exist_ok=True)
    scenario, plan = _start(given)
    rows = []
    with Session(scenario, plan, given.workers) as session:
        for kind, change in _changes(session, given.changes, Random(given.seed)):
            rows.append(_timed(session, kind, change, given.seconds))
            print(json.dumps(asdict(rows[-1])), flush=True)
    _write(given.output, rows)
    print((given.output / "replan.md").read_text(encoding="utf-8"))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("out/replan"))
    parser.add_argument("--scale", choices=SCALES, help="a generated instance, else a scenario")
    parser.add_argument("--instance", type=int, default=101, help="seed of the instance")
    parser.add_argument("--scenario", default="inspected-city")
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=10, help="wall seconds per change")
    parser.add_argument("--start-seconds", type=int, default=120, help="for the first plan")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1, help="of the changes")
    return parser.parse_args(arguments)


def _start(given: argparse.Namespace) -> tuple[Scenario, Plan]:
    """The plan in the output folder, solved if it is not there yet."""
    name = f"{given.scale}-{given.instance}" if given.scale else given.scenario
    folder = given.output / name
    if not is_bundle(folder):
        path = scenario_file(given.scenario)
        if given.scale:
            made = instance(given.scale, given.instance, given.output / "instances")
            path = made.folder / "scenario.yaml"
        wanted = {"solve.seconds": given.start_seconds, "solve.workers": given.workers}
        solve_into(read_scenario(path, wanted), folder, lambda: False, show=lambda _: None)
    return read_bundle(folder)


# -- changes -------------------------------------------------------------------------------


def _changes(session: Session, count: int, random: Random) -> Iterator[tuple[str, Change]]:
    """Changes that are possible, kinds in turn; the session stands at the scenario again."""
    problem = Problem(session.scenario)
    plan = session.plan
    assert plan is not None
    homes: dict[str, dict[str, None]] = {}
    for row in plan.assignments:
        if row.people and row.unit in problem.planned_units:
            homes.setdefault(row.unit, {})[problem.floor_of[row.room]] = None
    for turn in range(count):
        kind = KINDS[turn % len(KINDS)]
        for _ in range(DRAWS):
            unit = random.choice(sorted(homes))
            change = _drawn(problem, kind, unit, list(homes[unit]), random)
            if change is None:
                continue
            try:
                session.change(change)
            except InputError:
                continue
            session.undo()
            yield kind, change
            break


def _drawn(
    problem: Problem, kind: str, unit: str, floors: list[str], random: Random
) -> Change | None:
    building = problem.building_of_floor[random.choice(floors)]
    if kind == "posts":
        group = random.choice(problem.groups_of[unit])
        count = problem.planned[group] + random.choice((-1, 1)) * random.randint(1, 10)
        return PostCount(
            unit=unit, division=group.division, grade=group.grade, established=max(0, count)
        )
    if kind == "forbid floor":
        return Forbid(unit=unit, kind="floor", place=random.choice(floors))
    if kind == "forbid building":
        return Forbid(unit=unit, kind="building", place=building)
    roomy = sorted(b for b in _roomy(problem, unit) if b != building)
    if kind == "pin site":
        here = problem.site_of_building[building]
        sites = sorted({problem.site_of_building[b] for b in roomy} - {here})
        return Pin(unit=unit, kind="site", place=random.choice(sites)) if sites else None
    return Pin(unit=unit, kind="building", place=random.choice(roomy)) if roomy else None


def _roomy(problem: Problem, unit: str) -> set[str]:
    """Buildings that would seat the whole unit by count if they were empty."""
    low = min(problem.limit(unit, g.grade) for g in problem.groups_of[unit])
    seats: dict[str, int] = {}
    for room in problem.stock:
        if room.use == "office" and problem.permitted(unit, room):
            building = problem.building_of[room.code]
            most = int(room.area / (problem.policy.min_share * low))
            seats[building] = seats.get(building, 0) + most
    return {b for b, n in seats.items() if n >= problem.people_of[unit]}


# -- timing --------------------------------------------------------------------------------


def _timed(session: Session, kind: str, change: Change, seconds: int) -> Row:
    began, cpu, own = time.monotonic(), _cpu(), time.process_time()
    session.change(change)
    make = time.monotonic() - began
    seen: list[tuple[float, float, float, Plan]] = []
    for answer in session.replan(Budget(seconds=seconds)):
        spent = time.process_time() - own
        seen.append((time.monotonic() - began, _cpu() - cpu, spent, answer.plan))
    session.undo()
    unhoused = min(plan.tiers[0].value for *_, plan in seen)
    housed = next(answer for answer in seen if answer[3].tiers[0].value == unhoused)
    last = seen[-1][3]
    bound_s = next((at for at, *_, plan in seen if plan.tiers[1].bound is not None), None)
    return Row(
        kind=kind,
        what=str(change),
        posts=last.people.posts,
        first_s=round(seen[0][0], 2),
        first_path_s=round(seen[0][2], 2),
        housed_s=round(housed[0], 2),
        housed_cpu_s=round(housed[1], 2),
        housed_path_s=round(housed[2], 2),
        answers=len(seen),
        unhoused=float(unhoused),
        first_unhoused=float(seen[0][3].tiers[0].value),
        housed_value=float(housed[3].tiers[1].value),
        last_value=float(last.tiers[1].value),
        bound=None if last.tiers[1].bound is None else float(last.tiers[1].bound),
        bound_s=None if bound_s is None else round(bound_s, 2),
        make_s=round(make, 3),
    )


def _cpu() -> float:
    """CPU seconds of this process and of the session's processes so far."""
    total = time.process_time()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    for pid in children.read_text(encoding="ascii").split():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        except OSError:
            continue
        user, system = fields.split()[11:13]
        total += (int(user) + int(system)) / TICKS
    return total


# -- the table -----------------------------------------------------------------------------


def _write(folder: Path, rows: list[Row]) -> None:
    with (folder / "replan.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    head = (
        "change", "n", "first s", "housed s: median", "p95", "worst",
        "CPU s of the checking process: median", "p95", "CPU s of all: median", "p95",
        "all housed", "bound s", "improved later",
    )  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for kind in (*KINDS, "all"):
        some = [row for row in rows if kind in ("all", row.kind)]
        if some:
            lines.append(_line(kind, some))
    (folder / "replan.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(kind: str, rows: list[Row]) -> str:
    wall = [row.housed_s for row in rows]
    cells = [
        kind,
        str(len(rows)),
        _shown([row.first_s for row in rows], 0.5),
        *(_shown(wall, share) for share in (0.5, 0.95, 1.0)),
        *(_shown([row.housed_path_s for row in rows], share) for share in (0.5, 0.95)),
        *(_shown([row.housed_cpu_s for row in rows], share) for share in (0.5, 0.95)),
        f"{sum(1 for row in rows if not row.unhoused)}/{len(rows)}",
        _shown([row.bound_s for row in rows if row.bound_s is not None], 0.5),
        f"{sum(1 for row in rows if row.last_value < row.housed_value)}/{len(rows)}",
    ]
    return "| " + " | ".join(cells) + " |"


def _shown(values: list[float], share: float) -> str:
    found = quantile(values, share)
    return "-" if found is None else f"{found:.2f}"


if __name__ == "__main__":
    main()
