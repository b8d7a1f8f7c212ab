"""One change of a scenario: a pin, a forbid or a post count, judged as the scenario file is.

A change gives a new scenario or an InputError; the scenario it starts from stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from allocator.domain import Group, Posts
from allocator.findings import InputError
from allocator.scenario import Change as Record
from allocator.scenario import Forbid, Pin, Scenario
from allocator.scenario_data import forbid_as_data, pin_as_data
from allocator.scenario_parts import read_forbids, read_pins
from allocator.scenario_places import Index
from allocator.strict_yaml import Document
from allocator.yaml_fields import OVERRIDES, Node, Problems

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCount:
    """The established posts of one group from now on; the group may be a new one."""

    unit: str
    grade: str
    established: int
    division: str = ""


Change: TypeAlias = Pin | Forbid | PostCount


def changed(scenario: Scenario, change: Change) -> Scenario:
    """The scenario with one more pin or forbid, or with another post count.

    Raises InputError with every problem, in the words of the scenario file's reader.
    """
    index = Index(scenario.ledger, scenario.standard)
    if isinstance(change, Pin):
        pins = [pin_as_data(pin) for pin in (*scenario.pins, change)]
        return replace(scenario, pins=_read("pins", pins, lambda n: read_pins(n, index)))
    if isinstance(change, Forbid):
        forbids = [forbid_as_data(forbid) for forbid in (*scenario.forbids, change)]
        return replace(scenario, forbids=_read("forbid", forbids, lambda n: read_forbids(n, index)))
    data = {"unit": change.unit, "grade": change.grade, "established": change.established}
    if change.division:
        data["division"] = change.division
    group, count = _read("posts", data, lambda n: _read_count(n, index))
    return _with_count(scenario, group, count)


def _read(name: str, data: Any, read: Callable[[Node], Read]) -> Read:
    """What a reader of the scenario file makes of plain data; InputError with its findings."""
    problems = Problems(Document(OVERRIDES, {name: data}), ((name,),))
    found = read(problems.root().child(name))
    if problems.findings:
        raise InputError(problems.findings)
    return found


def _read_count(node: Node, index: Index) -> tuple[Group, int]:
    found = node.fields(("unit", "grade", "established"), ("division",))
    unit = index.unit(found.get("unit"), planned=True)
    count = found["established"].integer(0, 100_000)
    if unit is None:
        return Group("", "", ""), 0
    division = index.division(found["division"], unit) if "division" in found else ""
    grade = index.grade(found["grade"], unit)
    return Group(unit, division or "", grade or ""), count or 0


def _with_count(scenario: Scenario, group: Group, count: int) -> Scenario:
    """The scenario whose ledger counts these posts, with a line in its record of changes."""
    rows = list(scenario.ledger.posts)
    at = next((n for n, row in enumerate(rows) if row.group == group), None)
    old = 0 if at is None else rows[at].established
    if at is None:
        rows.append(
            Posts(
                unit=group.unit,
                division=group.division,
                grade=group.grade,
                established=count,
                in_post=0,
            )
        )
    else:
        rows[at] = replace(rows[at], established=count)
    record = Record(
        place="/".join(part for part in (group.unit, group.division, group.grade) if part),
        what="established",
        old=str(old),
        new=str(count),
        reason="posts",
    )
    ledger = replace(scenario.ledger, posts=tuple(rows))
    return replace(scenario, ledger=ledger, changes=(*scenario.changes, record))
