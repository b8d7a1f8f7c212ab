"""A resolved scenario as YAML text, every setting written out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allocator.domain import Relation
from allocator.policy_file import policy_as_data
from allocator.scenario import Forbid, Pin, Scenario
from allocator.strict_yaml import dump_yaml


def scenario_as_yaml(scenario: Scenario, ledger: str, standard: str) -> str:
    """The text of `scenario.yaml` in a bundle; `ledger` and `standard` are the names beside it."""
    budget = scenario.budget
    data: dict[str, Any] = {
        "resolved": True,
        "name": scenario.name,
        "ledger": ledger,
        "standard": standard,
        "policy": policy_as_data(scenario.policy),
        "pins": [_pin(pin) for pin in scenario.pins],
        "forbid": [_forbid(forbid) for forbid in scenario.forbids],
        "relations": [_relation(relation) for relation in scenario.relations],
        "exceptions": [asdict(exception) for exception in scenario.exceptions],
        "shared": [{"room": room, "units": list(units)} for room, units in scenario.shared],
        "agreements": [
            {"site": site, "units": "*" if units == ("*",) else list(units)}
            for site, units in scenario.agreements
        ],
        "market_open": sorted(scenario.market_open),
        "solve": asdict(budget),
        "changes": [asdict(change) for change in scenario.changes],
        "sources": dict(sorted(scenario.sources.items())),
    }
    return dump_yaml(data)


def _pin(pin: Pin) -> dict[str, Any]:
    data: dict[str, Any] = {"unit": pin.unit, pin.kind: pin.place}
    data |= {key: getattr(pin, key) for key in ("division", "grade") if getattr(pin, key)}
    return data | ({"people": pin.people} if pin.kind == "room" else {})


def _forbid(forbid: Forbid) -> dict[str, Any]:
    data = {"unit": forbid.unit, forbid.kind: forbid.place}
    return data | ({"division": forbid.division} if forbid.division else {})


def _relation(relation: Relation) -> dict[str, Any]:
    data: dict[str, Any] = {"a": relation.a, "b": relation.b, "kind": relation.kind}
    return data | ({"weight": relation.weight} if relation.kind == "near" else {"must": True})
