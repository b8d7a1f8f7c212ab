"""A resolved scenario as YAML text, every setting written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from allocator.domain import Group, Relation
from allocator.policy_file import policy_as_data
from allocator.restructure.lineage import Flow, Lineage
from allocator.scenario import Forbid, Pin, Scenario
from allocator.strict_yaml import dump_yaml
from allocator.yaml_fields import Node


def scenario_as_yaml(scenario: Scenario, ledger: str, standard: str) -> str:
    """The text of `scenario.yaml` in a bundle; `ledger` and `standard` are the names beside it."""
    budget = scenario.budget
    data: dict[str, Any] = {
        "resolved": True,
        "name": scenario.name,
        "ledger": ledger,
        "standard": standard,
        "policy": policy_as_data(scenario.policy),
        "pins": [pin_as_data(pin) for pin in scenario.pins],
        "forbid": [forbid_as_data(forbid) for forbid in scenario.forbids],
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
        "lineage": _lineage(scenario.lineage),
        "sources": dict(sorted(scenario.sources.items())),
    }
    return dump_yaml(data)


def pin_as_data(pin: Pin) -> dict[str, Any]:
    """A pin as it stands in a scenario file."""
    data: dict[str, Any] = {"unit": pin.unit, pin.kind: pin.place}
    data |= {key: getattr(pin, key) for key in ("division", "grade") if getattr(pin, key)}
    return data | ({"people": pin.people} if pin.kind == "room" else {})


def forbid_as_data(forbid: Forbid) -> dict[str, Any]:
    """A forbid as it stands in a scenario file."""
    data = {"unit": forbid.unit, forbid.kind: forbid.place}
    return data | ({"division": forbid.division} if forbid.division else {})


def _relation(relation: Relation) -> dict[str, Any]:
    data: dict[str, Any] = {"a": relation.a, "b": relation.b, "kind": relation.kind}
    return data | ({"weight": relation.weight} if relation.kind == "near" else {"must": True})


def _lineage(lineage: Lineage) -> dict[str, Any]:
    return {
        "units": [{"old": old, "new": list(new)} for old, new in lineage.units],
        "divisions": [
            {"old": old, "unit": unit, "new": new} for old, (unit, new) in lineage.divisions
        ],
        "posts": [_flow(flow) for flow in lineage.flows],
    }


def _flow(flow: Flow) -> dict[str, Any]:
    ends = {key: asdict(group) for key, group in (("from", flow.old), ("to", flow.new)) if group}
    return {**ends, "established": flow.established, "in_post": flow.in_post}


def read_lineage(node: Node) -> Lineage:
    """The lineage of a resolved scenario."""
    found = node.fields(("units", "divisions", "posts"))
    units = [
        (_text(fields["old"]), tuple(text for text, _ in fields["new"].texts()))
        for fields in _rows(found, "units", ("old", "new"))
    ]
    divisions = [
        (_text(fields["old"]), (_text(fields["unit"]), _text(fields["new"])))
        for fields in _rows(found, "divisions", ("old", "unit", "new"))
    ]
    flows = [
        Flow(
            old=_group(fields.get("from")),
            new=_group(fields.get("to")),
            established=fields["established"].integer() or 0,
            in_post=fields["in_post"].integer() or 0,
        )
        for fields in _rows(found, "posts", ("established", "in_post"), ("from", "to"))
    ]
    return Lineage(units=tuple(units), divisions=tuple(divisions), flows=tuple(flows))


def _rows(
    found: dict[str, Node], key: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Iterator[dict[str, Node]]:
    """The complete rows of a list; what is missing in others is reported."""
    for item in found[key].items() if key in found else ():
        fields = item.fields(needed, optional)
        if all(name in fields for name in needed):
            yield fields


def _text(node: Node) -> str:
    return node.text(blank=True) or ""


def _group(node: Node | None) -> Group | None:
    if node is None:
        return None
    found = node.fields(("unit", "division", "grade"))
    return Group(
        *(_text(found[key]) if key in found else "" for key in ("unit", "division", "grade"))
    )
