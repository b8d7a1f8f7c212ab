"""`allocator explain`: why impossible and the ways out; what it costs if a unit stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import input_error, new_command, option, show_json
from allocator.commands.inputs import (
    plan_folder,
    read_verified,
    replace_folder,
    require_own_folder,
    scenario_file,
)
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.explain.impossible import Housed
    from allocator.explain.stays import Planner
    from allocator.plan import Plan
    from allocator.scenario import Scenario

MARKER = "explain.json"


@new_command(
    "explain",
    "说明方案的每项调整：若单位留在原处会怎样；或说明情景为何无法满足：互相矛盾的要求（不可再减）、"
    "代价最小的全部出路。\n\n"
    "TARGET 是情景文件、内置情景名称或方案文件夹。价目表是政策取值，没有法定依据。",
    "What each transfer of a plan is for: what if the unit stayed; or why a scenario is impossible "
    "as asked: irreducible conflicts, and every cheapest way out.\n\n"
    "TARGET is a scenario file, the name of a bundled one, or a plan folder. The price table is "
    "policy and has no legal source.",
)
@click.argument("target")
@option(
    "--unit", "units", multiple=True, metavar="U",
    zh="只看这些单位（矛盾与出路的结论为局部）。",
    en="Only these units (conflicts and ways out are then local).",
)  # fmt: skip
@option(
    "--apply", "number", metavar="N", type=click.IntRange(min=1),
    zh="在 -o 文件夹写出采用第 N 条出路的情景。",
    en="Write the scenario that takes way out N into the folder of -o.",
)  # fmt: skip
@option(
    "--prices", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    zh="价目表文件。", en="A price table.",
)  # fmt: skip
@option(
    "--work", metavar="N", default=20, type=click.IntRange(min=1),
    zh="每次求解的工作量，默认 20。", en="Deterministic work units of each solve, 20 by default.",
)  # fmt: skip
@option(
    "--solves", metavar="N", default=1000, type=click.IntRange(min=1),
    zh="最多求解次数，默认 1000。", en="Solves at most, 1000 by default.",
)  # fmt: skip
@option("-o", "--output", type=click.Path(path_type=Path), zh="结果文件夹。", en="Output folder.")
def command(
    target: str, units: tuple[str, ...], number: int | None, prices: Path | None, work: int,
    solves: int, output: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Explain a plan or an impossible scenario."""
    if number is not None and output is None:
        raise click.UsageError(pick("--apply 需要 -o", "--apply needs -o"))
    if output is not None:
        require_own_folder(output, MARKER)
    scenario, plan, base = _read(target)
    unknown = sorted({*units} - {u.code for u in scenario.ledger.units if u.planned})
    if unknown:
        raise input_error(
            "unknown-unit", "没有这个参加安排的单位", "no such planned unit",
            value=", ".join(unknown),
        )  # fmt: skip
    if plan is not None and not plan.unplaced and number is None:
        data, text = _transfers(scenario, plan, units, work)
        _give(output, data, lambda folder: None)
    else:
        data, text = _conflicts(scenario, units, prices, (work, solves), number, base, output)
    if as_json:
        show_json(data)
    else:
        click.echo(text)


def _read(target: str) -> tuple[Scenario, Plan | None, Path]:
    from allocator.scenario_file import read_scenario

    folder = plan_folder(Path(target))
    if (folder / "plan.json").is_file():
        scenario, plan = read_verified(folder)
        return scenario, plan, folder / "inputs" / "scenario.yaml"
    base = scenario_file(target)
    return read_scenario(base), None, base


def _transfers(
    scenario: Scenario, plan: Plan, units: tuple[str, ...], work: int
) -> tuple[dict[str, Any], str]:
    from allocator.commands.explain_text import why_as_json, why_text
    from allocator.explain.stays import why_transfers

    found = why_transfers(scenario, plan, planning(work), units, exact=_small(scenario))
    return {"scenario": scenario.name, "transfers": why_as_json(found)}, why_text(found)


def _conflicts(
    scenario: Scenario, units: tuple[str, ...], prices: Path | None, effort: tuple[int, int],
    number: int | None, base: Path, output: Path | None,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    from allocator.commands.explain_text import impossible_text
    from allocator.explain.apply import write_way
    from allocator.explain.impossible import as_json, explain_impossible
    from allocator.explain.prices import read_prices

    work, solves = effort
    found = explain_impossible(
        scenario, by_solving(work), read_prices(prices), most=solves, units=units
    )
    if number is not None and number > len(found.ways):
        raise input_error(
            "unknown-way", "没有这条出路", "there is no such way out", value=str(number),
            expected=f"1..{len(found.ways)}" if found.ways else "",
        )  # fmt: skip
    data = as_json(found)

    def add(folder: Path) -> None:
        if number is not None:
            name = f"{scenario.name} / {pick('出路', 'way out')} {number}"
            write_way(scenario, found.ways[number - 1].things, base, folder, name)

    _give(output, data, add)
    return data, impossible_text(found)


def _give(output: Path | None, data: dict[str, Any], add: Callable[[Path], None]) -> None:
    """Write the answer as JSON, with what `add` puts beside it."""
    if output is None:
        return

    def fill(draft: Path) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (draft / MARKER).write_text(text + "\n", encoding="utf-8")
        add(draft)

    replace_folder(output, fill)


def _small(scenario: Scenario) -> bool:
    """Whether the scenario is solved exactly as a whole."""
    from allocator.model.exact import size
    from allocator.problem import Problem
    from allocator.solve import EXACT_SIZE

    return size(Problem(scenario)) <= EXACT_SIZE


def by_solving(work: int) -> Housed:
    """Judges a scenario by who is left without a seat."""
    from allocator.scenario import Budget, Tier
    from allocator.solve import solve

    tier = Tier(name="unhoused", unit="posts", terms=(("unhoused", Fraction(1)),))

    def housed(scenario: Scenario) -> bool | None:
        budget = Budget(seconds=None, work=work, workers=1)
        if _small(scenario):
            # The exact model proves one tier at a time; the others do not matter here.
            scenario = replace(scenario, policy=replace(scenario.policy, tiers=(tier,)))
        solved = solve(replace(scenario, budget=budget))
        if solved.status == "infeasible":
            return False
        if solved.plan is None:
            return None
        if not solved.plan.unplaced:
            return True
        first = solved.plan.tiers[0]
        counts = dict(first.terms).keys() == {"unhoused"}
        return False if counts and first.bound is not None and first.bound > 0 else None

    return housed


def planning(work: int) -> Planner:
    """Solves all tiers within a deterministic budget."""
    from allocator.explain.stays import Solution
    from allocator.scenario import Budget
    from allocator.solve import solve

    def planned(scenario: Scenario) -> Solution:
        budget = Budget(seconds=None, work=work, workers=1)
        solved = solve(replace(scenario, budget=budget))
        return Solution(impossible=solved.status == "infeasible", plan=solved.plan)

    return planned
