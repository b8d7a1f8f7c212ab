"""What a worker of a sweep does with one task: solve, verify, write, and tell how it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.commands.solving import Refused, solve_into
from allocator.findings import InputError
from allocator.scenario import Scenario
from allocator.sweep.folder import is_finished
from allocator.sweep.result import Ended, Progress

if TYPE_CHECKING:
    from allocator.solve import Step


def run_task(
    scenario: Scenario,
    folder: Path,
    show: Callable[[Progress], None],
    stop: Callable[[], bool],
) -> Ended:
    """Solve one scenario into its folder, unless a worker that died since has done it."""
    if is_finished(folder, scenario):
        return Ended("done")

    def step(found: Step) -> None:
        show(Progress(found.seconds, found.tier, found.value, found.bound))

    try:
        outcome = solve_into(scenario, folder, stop, show=step)
    except Refused as refused:
        return Ended("refused", refused.findings)
    except InputError as error:
        return Ended("bad_input", error.findings)
    if outcome.plan is not None:
        return Ended("done")
    impossible = outcome.status == "infeasible"
    return Ended("impossible" if impossible else "no_plan", outcome.findings)
