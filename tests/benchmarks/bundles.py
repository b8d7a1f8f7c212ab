"""Rows of any method as a plan bundle, judged and measured by the independent check."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from allocator.bundle import write_bundle
from allocator.findings import errors
from allocator.measure import Measure
from allocator.plan import Assignment, Plan, TierResult
from allocator.problem import Problem
from allocator.scenario import Scenario
from allocator.unplaced import unplaced_rows
from allocator.verify.verify import verify_bundle


class NotLawful(Exception):
    """The independent check found errors: no plan in the sense of the table."""


def plan_of(
    problem: Problem, rows: tuple[Assignment, ...], common: tuple[str, ...], method: str
) -> Plan:
    """The plan of these rows, with its figures and without any bound."""
    scenario, measure = problem.scenario, Measure(problem)
    measured = measure.plan(rows, common)
    values = measure.tier_values(measured.terms)
    default = (problem.policy.sites_per_unit, problem.policy.buildings_per_unit)
    budget = scenario.budget
    return Plan(
        scenario=scenario.name,
        status="feasible",
        tiers=tuple(
            TierResult(
                name=tier.name,
                unit=tier.unit,
                best=value,
                slack=tier.slack,
                value=value,
                bound=None,
                terms={name: measured.terms[name] for name, _ in tier.terms},
            )
            for tier, value in zip(problem.policy.tiers, values, strict=True)
        ),
        bounds=(),
        areas=measured.areas,
        before=measure.before,
        people=measured.people,
        assignments=tuple(sorted(rows)),
        unplaced=unplaced_rows(problem, measure, rows, measured.seated),
        caps=tuple(
            {"unit": unit, "sites": sites, "buildings": buildings}
            for unit, (sites, buildings) in problem.caps.items()
            if (sites, buildings) != default
        ),
        provenance={
            "inputs": dict(scenario.sources),
            "standard": scenario.standard.identity(),
            "versions": {"space-allocator": version("space-allocator"), "method": method},
            "seed": budget.seed,
            "workers": budget.workers,
            "budget": {"seconds": budget.seconds},
            "changes": [
                {"place": c.place, "what": c.what, "old": c.old, "new": c.new, "reason": c.reason}
                for c in scenario.changes
            ],
        },
    )


def checked(folder: Path, scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Write the bundle and return the check's own figures; raises NotLawful with what fails."""
    summary: dict[str, Any] = {}

    def judge(draft: Path) -> None:
        result = verify_bundle(draft)
        found = errors(result.findings)
        if found:
            rules = sorted({f.code for f in found})
            raise NotLawful(f"{len(found)} errors ({', '.join(rules)}); {found[0].text('en')}")
        summary.update(result.summary)

    write_bundle(folder, scenario, plan, {}, judge)
    tiers = {t["name"]: t for t in summary["tiers"]}
    return {
        "unhoused": tiers["unhoused"]["value"],
        "space": tiers["space"]["value"],
        "released_m2": summary["areas"]["released"],
        "people_moved": summary["people"]["moved"],
        "bound_checked": bool(summary.get("bound_checked")),
    }
