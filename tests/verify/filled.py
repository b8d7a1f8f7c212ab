"""Plans whose figures are filled in by the checker itself, for tests of rules rather than sums."""

from __future__ import annotations

from typing import Any

from allocator.quantity import m2
from allocator.scenario import Scenario
from allocator.verify.caps import raised_caps
from allocator.verify.context import Context, build_context
from allocator.verify.plan_format import AREA_KEYS, PEOPLE_KEYS, PLACE_KEYS, parse_plan
from allocator.verify.tiers import tier_value
from allocator.verify.world import World


def seat(
    room: str, unit: str, grade: str = "", people: int = 0, division: str = "", purpose: str = ""
) -> dict[str, Any]:
    """One assignment row."""
    return {
        "room": room,
        "unit": unit,
        "division": division,
        "grade": grade,
        "people": people,
        "purpose": purpose,
    }


def unplaced(unit: str, grade: str, people: int, division: str = "") -> dict[str, Any]:
    """One row of people without a seat."""
    return {
        "unit": unit,
        "division": division,
        "grade": grade,
        "people": people,
        "reason": "no room fits",
        "rule": "room_rule",
        "nearest": "",
    }


def context_of(
    scenario: Scenario, rows: list[dict[str, Any]], common_floors: tuple[str, ...] = ()
) -> Context:
    """Everything the checker counts for these rows."""
    return build_context(World(scenario), parse_plan(_blank(scenario, rows, common_floors)))


def filled(
    scenario: Scenario,
    rows: list[dict[str, Any]],
    common_floors: tuple[str, ...] = (),
    **parts: Any,
) -> dict[str, Any]:
    """A plan of these rows with every figure as counted; `parts` replace top keys."""
    plan = _blank(scenario, rows, common_floors)
    context = context_of(scenario, rows, common_floors)
    plan["areas"] = _areas(context.measured.areas)
    plan["before"] = _areas(context.today.areas)
    plan["people"] = {key: getattr(context.people, key) for key in PEOPLE_KEYS}
    plan["caps"] = [
        {"unit": unit, "sites": cap.sites, "buildings": cap.buildings}
        for unit, cap in raised_caps(context.world, context.caps).items()
    ]
    plan["tiers"] = []
    for tier in scenario.policy.tiers:
        value = float(tier_value(tier, context.quantities))
        terms = {term: float(context.quantities[term]) for term, _ in tier.terms}
        plan["tiers"].append(
            {
                "name": tier.name,
                "unit": tier.unit,
                "best": value,
                "slack": float(tier.slack),
                "value": value,
                "bound": None,
                "proven": False,
                "bound_checked": False,
                "terms": terms,
            }
        )
    return plan | parts


def _areas(areas: Any) -> dict[str, Any]:
    numbers = {key: m2(getattr(areas, key)) for key in AREA_KEYS}
    return numbers | {key: list(getattr(areas, key)) for key in PLACE_KEYS}


def _blank(
    scenario: Scenario, rows: list[dict[str, Any]], common_floors: tuple[str, ...]
) -> dict[str, Any]:
    areas = dict.fromkeys(AREA_KEYS, 0) | {key: [] for key in PLACE_KEYS}
    return {
        "format": "allocator-plan/1",
        "scenario": scenario.name,
        "status": "feasible",
        "tiers": [],
        "bounds": [],
        "areas": areas | {"common_floors": list(common_floors)},
        "before": areas,
        "people": dict.fromkeys(PEOPLE_KEYS, 0),
        "assignments": rows,
        "unplaced": [],
        "exceptions": [],
        "caps": [],
        "provenance": {
            "inputs": {},
            "standard": scenario.standard.identity(),
            "versions": {},
            "seed": 0,
            "workers": 1,
            "budget": {},
        },
    }
