"""The independent check: a plan against its scenario, or a whole bundle, no solver loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, errors
from allocator.plan import Areas
from allocator.quantity import m2
from allocator.rules import RULES
from allocator.scenario import Scenario
from allocator.verify import (
    checks_files,
    checks_numbers,
    checks_people,
    checks_places,
    checks_rooms,
)
from allocator.verify.bundle import (
    check_assignments_csv,
    check_hashes,
    check_transfers_csv,
    read_scenario_copy,
)
from allocator.verify.certificate import (
    Certified,
    certify,
    checked,
    compare,
    read_certificate,
    released_checked,
)
from allocator.verify.context import Context, Given, build_context, given
from allocator.verify.json_fields import load_json
from allocator.verify.plan_format import AREA_KEYS, PEOPLE_KEYS, PLACE_KEYS, PlanData, parse_plan
from allocator.verify.tiers import tier_value
from allocator.verify.world import World

Check = Callable[[Context], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    checks_files.duplicates,
    checks_files.in_order,
    checks_files.provenance,
    checks_rooms.room_rule,
    checks_rooms.exceptions,
    checks_rooms.single,
    checks_rooms.one_unit_per_room,
    checks_rooms.use,
    checks_rooms.features,
    checks_rooms.status,
    checks_rooms.market,
    checks_places.title,
    checks_places.territory,
    checks_places.business,
    checks_places.business_kept,
    checks_places.kept,
    checks_places.eligible,
    checks_places.pins,
    checks_places.forbids,
    checks_places.relation_same_site,
    checks_places.relation_same_building,
    checks_places.relation_same_floor,
    checks_places.relation_apart,
    checks_places.caps_sites,
    checks_places.caps_buildings,
    checks_places.caps_listed,
    checks_people.people_moved_cap,
    checks_people.reserve,
    checks_people.seats,
    checks_people.unplaced,
    checks_people.requests,
    checks_numbers.common_floors,
    checks_numbers.areas,
    checks_numbers.before,
    checks_numbers.people,
    checks_numbers.identity_stock,
    checks_numbers.identity_office,
    checks_numbers.area_format,
    checks_numbers.tier_list,
    checks_numbers.tier_terms,
    checks_numbers.tier_value_check,
    checks_numbers.tier_best,
    checks_numbers.tier_bound,
    checks_numbers.tier_proven,
    checks_numbers.bounds,
    checks_numbers.plan_status,
)
"""Every check of a plan, in the order of its findings."""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What the check of a bundle found, and the figures it recomputed."""

    findings: tuple[Finding, ...]
    summary: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return not errors(self.findings)


def verify_plan(scenario: Scenario, plan: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything wrong with a plan, `plan` being the content of plan.json.

    Raises InputError if the plan cannot be read at all (missing keys, wrong types), or if the
    scenario's own ledger and standard do not hang together.
    """
    return Checker(scenario).check(plan)


class Checker:
    """Checks plans of one scenario in memory; what no plan changes is worked out once.

    `like`: the checker of a scenario that may differ in pins and forbids only; what they do not
    touch is taken over. Raises InputError as `verify_plan`.
    """

    def __init__(self, scenario: Scenario, like: Checker | None = None) -> None:
        self.world = World(scenario)
        known = None if like is None else (like.world, like.given)
        self.given: Given = given(self.world, known)

    def check(self, plan: Mapping[str, Any]) -> tuple[Finding, ...]:
        """Everything wrong with a plan, as `verify_plan`; bounds stay unchecked."""
        return _verify(self.world, plan, Certified(), self.given)[0]


def verify_bundle(folder: Path) -> VerifyResult:
    """Check a bundle from its own files alone.

    Raises InputError if a file is missing or cannot be read into a plan or a scenario.
    """
    data = load_json(folder / "plan.json")
    plan = parse_plan(data)
    hashes = check_hashes(folder, plan.inputs)
    content, unreadable = read_certificate(folder)
    try:
        scenario = read_scenario_copy(folder)
    except InputError as error:
        raise InputError((*hashes, *error.findings)) from None
    world = World(scenario)
    certified = Certified() if content is None else certify(world, content)
    findings, context = _verify(world, data, certified)
    findings = (*hashes, *unreadable, *findings, *check_assignments_csv(folder, plan.assignments))
    if context is not None:
        findings = (*findings, *check_transfers_csv(folder, context))
    summary = _summary(plan.scenario, plan.status, findings, context)
    summary["bounds_checked"] = _bounds_checked(world, plan, certified)
    summary["bound_checked"] = bool(summary["bounds_checked"]) and not errors(findings)
    return VerifyResult(findings, summary)


def _bounds_checked(world: World, plan: PlanData, certified: Certified) -> list[str]:
    """Tiers and quantities whose stated bound the certificate gives."""
    tiers = [t.name for n, t in enumerate(plan.tiers) if checked(plan, n, certified)]
    alone = [
        row.quantity
        for n, row in enumerate(plan.bounds)
        if released_checked(world, plan, n, certified)
    ]
    return [*tiers, *alone]


def _verify(
    world: World, data: Mapping[str, Any], certified: Certified, same: Given | None = None
) -> tuple[tuple[Finding, ...], Context | None]:
    plan = parse_plan(data)
    strange = tuple(checks_files.unknown(world, plan))
    if strange:
        return strange, None
    context = build_context(world, plan, same)
    found = [finding for check in CHECKS for finding in check(context)]
    return (*found, *certified.findings, *compare(world, plan, certified)), context


def _summary(
    name: str, status: str, findings: tuple[Finding, ...], context: Context | None
) -> dict[str, Any]:
    """Plain data for `--json`; areas in m2, recomputed, never copied from the plan."""
    summary: dict[str, Any] = {
        "scenario": name,
        "status": status,
        "ok": not errors(findings),
        "errors": len(errors(findings)),
        "bound_checked": False,
        "rules": len(RULES),
    }
    if context is not None:
        summary["areas"] = _areas(context.measured.areas)
        summary["before"] = _areas(context.today.areas)
        summary["people"] = {key: getattr(context.people, key) for key in PEOPLE_KEYS}
        summary["tiers"] = [
            {
                "name": tier.name,
                "unit": tier.unit,
                "value": float(tier_value(tier, context.quantities)),
                "terms": {term: float(context.quantities[term]) for term, _ in tier.terms},
            }
            for tier in context.world.policy.tiers
        ]
    return summary


def _areas(areas: Areas) -> dict[str, Any]:
    numbers: dict[str, Any] = {key: m2(getattr(areas, key)) for key in AREA_KEYS}
    return numbers | {key: list(getattr(areas, key)) for key in PLACE_KEYS}
