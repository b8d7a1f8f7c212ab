"""Solve, verify, write: the one way a plan leaves the program."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import input_error
from allocator.commands.inputs import is_free_folder, require_writable
from allocator.findings import Finding, InputError, errors
from allocator.messages import pick
from allocator.scenario import Budget

if TYPE_CHECKING:
    from allocator.plan import Plan, Status
    from allocator.scenario import Scenario
    from allocator.solve import Step
    from allocator.sweep.result import Progress


class Refused(Exception):
    """The independent check found errors in a plan; nothing is written (exit code 4)."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(f.text("en") for f in findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a solve led to; `kept`: the plan that stood there before is still the best."""

    status: Status
    plan: Plan | None
    kept: bool
    log: tuple[Step, ...]
    findings: tuple[Finding, ...]
    """Remarks of the independent check; none of them is an error."""
    seconds: float
    peak_memory_mib: int | None


def solve_into(
    scenario: Scenario,
    folder: Path,
    stop: Callable[[], bool],
    *,
    force: bool = False,
    show: Callable[[Step], None] | None = None,
    begin: Plan | None = None,
) -> Outcome:
    """Solve, let the checker judge, write the bundle; an older plan gives way to a better one.

    `show` takes each step of progress; without it, it is a line on standard error. `begin` is
    where the search starts if no plan is there, and may belong to another scenario.
    Raises InputError if something else is in the way, Refused if the plan fails the check.
    """
    from allocator.bundle import write_bundle
    from allocator.solve import solve
    from allocator.verify.verify import verify_bundle

    started = time.monotonic()
    start = _plan_there(folder, scenario, force=force)
    solved = solve(scenario, show or progress_of(scenario), stop, start, begin)
    plan = solved.plan
    found: list[Finding] = []
    kept = start is not None and (plan is None or plan is start)
    seconds = round(time.monotonic() - started, 2)
    peak = peak_memory_mib(scenario.budget.workers)
    if kept:
        plan = start
    elif plan is not None:

        def accept(draft: Path) -> None:
            found.extend(verify_bundle(draft).findings)
            if errors(found):
                raise Refused(errors(found))

        run = run_record(solved.log, seconds, peak) | {"rooms": solved.rooms}
        plan = with_checked_bounds(scenario, plan)
        plan = write_bundle(folder, scenario, plan, run, accept)
    return Outcome(
        status=plan.status if plan is not None else solved.status,
        plan=plan,
        kept=kept,
        log=solved.log,
        findings=(*found, *solved.conflicts),
        seconds=seconds,
        peak_memory_mib=peak,
    )


def with_checked_bounds(scenario: Scenario, plan: Plan) -> Plan:
    """The plan with its bounds marked as the checker evaluates them.

    A bound that the checker does not reach, as one proved by columns, stays unchecked; that of
    released area is lowered to what it gets.
    """
    from allocator.verify.certificate import applies, certify
    from allocator.verify.world import World

    if plan.certificate is None:
        return plan
    certified = certify(World(scenario), plan.certificate)
    if certified.findings:
        raise Refused(tuple(certified.findings))
    tiers = list(plan.tiers)
    for position, tier in enumerate(tiers):
        value = certified.tiers.get(tier.name)
        if value is not None and tier.bound is not None and applies(tiers, position):
            least = Fraction(floor(value * 10), 1000)
            tiers[position] = replace(tier, bound_checked=tier.bound <= least)
    bounds = plan.bounds
    if certified.in_use is not None:
        most = ceil(plan.areas.stock - certified.in_use)
        bounds = tuple(
            replace(b, bound=max(b.bound, most), bound_checked=True)
            if b.quantity == "released"
            else b
            for b in bounds
        )
    return replace(plan, tiers=tuple(tiers), bounds=bounds)


def _plan_there(folder: Path, scenario: Scenario, *, force: bool) -> Plan | None:
    """The plan of an existing bundle of the same inputs; InputError for anything in the way."""
    from allocator.bundle import is_bundle, read_bundle
    from allocator.verify.verify import verify_bundle

    require_writable(folder.parent)
    if is_free_folder(folder):
        return None
    if not folder.is_dir() or not is_bundle(folder):
        raise _in_the_way(folder, "目标位置已有其他文件", "something else is in the way")
    if force:
        return None
    try:
        old, plan = read_bundle(folder)
        damaged = not verify_bundle(folder).ok
    except InputError:
        damaged = True
    if damaged:
        raise _in_the_way(folder, "已有方案未通过复核", "the plan there does not verify")
    if _inputs_of(old) != _inputs_of(scenario):
        raise _in_the_way(folder, "已有方案出自其他输入", "the plan there has other inputs")
    return plan


def _inputs_of(scenario: Scenario) -> Scenario:
    """What makes two scenarios the same problem: all but the budget and the files' hashes."""
    return replace(scenario, budget=Budget(), sources={})


def _in_the_way(folder: Path, zh: str, en: str) -> InputError:
    return input_error(
        "output-in-the-way",
        zh,
        en,
        file=str(folder),
        advice=(
            "请换一个文件夹；若是方案，可加 --force 替换",
            "Maybe choose another folder; a plan is replaced with --force",
        ),
    )


def progress_of(scenario: Scenario) -> Callable[[Step], None]:
    """Shows each step as one line on standard error."""
    units = {tier.name: tier.unit for tier in scenario.policy.tiers}
    return lambda step: click.echo(step_text(step, units.get(step.tier, "")), err=True)


def step_text(step: Step | Progress, unit: str) -> str:
    """Time, tier, value, bound, and the gap in the tier's unit and in percent."""
    from allocator.report.proof import shown
    from allocator.report.words import UNIT, known

    words = pick(*known(UNIT, unit))
    text = f"{step.seconds:8.1f} s  {step.tier:<9} {pick('值', 'value')} {shown(step.value, unit)}"
    if step.bound is None:
        return f"{text} {words}  {pick('界 无', 'bound none')}"
    gap = step.value - step.bound
    share = float(gap / max(Fraction(1), step.value)) * 100
    return (
        f"{text}  {pick('界', 'bound')} {shown(step.bound, unit)}"
        f"  {pick('差', 'gap')} {shown(gap, unit)} {words} ({share:.2f} %)"
    )


def run_record(log: tuple[Step, ...], seconds: float, peak: int | None) -> dict[str, Any]:
    """The content of `run.json`: what a clock and this machine measured."""
    return {
        "seconds": seconds,
        "peak_memory_mib": peak,
        "log": [
            {
                "seconds": step.seconds,
                "tier": step.tier,
                "value": float(step.value),
                "bound": None if step.bound is None else float(step.bound),
            }
            for step in log
        ],
    }


def peak_memory_mib(workers: int) -> int | None:
    """At most so much memory at once: this process and `workers` times its largest child."""
    try:
        import resource
    except ImportError:
        return None
    per_mib = 1024 * 1024 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round((own + max(1, workers) * child) / per_mib)
