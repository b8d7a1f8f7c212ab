"""A resolved scenario in words and as data: operations, units, posts, entitlement, settings."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from allocator.commands.text_table import text_table
from allocator.entitlement import entitle
from allocator.messages import pick
from allocator.quantity import m2, m2_text
from allocator.scenario_data import scenario_as_yaml
from allocator.strict_yaml import load_yaml

if TYPE_CHECKING:
    from allocator.domain import Ledger
    from allocator.entitlement import Entitlement
    from allocator.restructure.replay import Done
    from allocator.scenario import Change
    from allocator.scenario_file import Resolution
    from standards.catalog import Standard

_SHOWN = 6
"""Most changes shown of an operation, unless all are wanted."""
_SETTINGS = ("pins", "forbid", "relations", "exceptions", "shared", "agreements", "market_open")
_LINES = ("office", "service", "equipment", "usable")


def operations_as_json(found: Resolution) -> list[dict[str, Any]]:
    """Each operation with its changes, or why it was not carried out."""
    return [
        {
            "number": done.step.number,
            "operation": done.step.kind,
            "label": done.step.label,
            "carried_out": done.carried_out,
            "depends_on": done.depends_on,
            "faults": [{"code": f.code, "zh": f.zh, "en": f.en, "value": f.value}
                       for f in done.faults],
            "changes": [_change(change) for change in done.changes],
        }
        for done in found.done
    ]  # fmt: skip


def resolved_as_json(found: Resolution) -> dict[str, Any]:
    """The resolved scenario as data; areas in m2."""
    scenario = found.scenario
    assert scenario is not None
    settings, _ = load_yaml(scenario_as_yaml(scenario, "", ""), "")
    before = found.ledger or scenario.ledger
    reasons = {done.step.reason for done in found.done}
    return {
        "scenario": scenario.name,
        "standard": scenario.standard.identity(),
        "operations": operations_as_json(found),
        "other_changes": [_change(c) for c in scenario.changes if c.reason not in reasons],
        "before": _totals(before, scenario.standard),
        "after": _totals(scenario.ledger, scenario.standard),
        "units": _units(before, scenario.ledger, scenario.standard),
        "lineage": settings["lineage"],
        "settings": {key: settings[key] for key in _SETTINGS},
        "sources": settings["sources"],
    }


def _change(change: Change) -> dict[str, str]:
    return {"place": change.place, "what": change.what, "old": change.old, "new": change.new}


def _totals(ledger: Ledger, standard: Standard) -> dict[str, Any]:
    planned = {unit.code for unit in ledger.units if unit.planned}
    posts = [row for row in ledger.posts if row.unit in planned]
    made = entitle(ledger, standard)
    return {
        "units": len(planned),
        "established": sum(row.established for row in posts),
        "in_post": sum(row.in_post for row in posts),
        "people_in_rooms": sum(seat.people for seat in ledger.occupancy),
        "entitlement_m2": {
            key: m2(sum((getattr(e, key) or Fraction(0) for e in made), Fraction(0)))
            for key in _LINES
        },
    }


def _units(before: Ledger, after: Ledger, standard: Standard) -> list[dict[str, Any]]:
    """Units whose posts, name, level or entitlement differ."""
    sides = [_by_unit(ledger, standard) for ledger in (before, after)]
    codes = list({**sides[0], **sides[1]})
    return [
        {"unit": code, "before": sides[0].get(code), "after": sides[1].get(code)}
        for code in codes
        if sides[0].get(code) != sides[1].get(code)
    ]


def _by_unit(ledger: Ledger, standard: Standard) -> dict[str, dict[str, Any]]:
    established: Counter[str] = Counter()
    in_post: Counter[str] = Counter()
    for row in ledger.posts:
        established[row.unit] += row.established
        in_post[row.unit] += row.in_post
    made = {e.unit: e for e in entitle(ledger, standard)}
    return {
        unit.code: {
            "name": unit.name,
            "level": unit.level,
            "established": established[unit.code],
            "in_post": in_post[unit.code],
            "entitlement_m2": _areas(made[unit.code]) if unit.code in made else None,
        }
        for unit in ledger.units
        if unit.status == "active"
    }


def _areas(made: Entitlement) -> dict[str, float | None]:
    areas = {key: getattr(made, key) for key in _LINES}
    return {key: None if area is None else m2(area) for key, area in areas.items()}


def operations_text(found: Resolution, *, every: bool) -> str:
    """The operations in order, one block each."""
    if not found.done:
        return pick("没有改组操作", "no operations")
    return "\n".join(line for done in found.done for line in _block(done, every=every))


def _block(done: Done, *, every: bool) -> list[str]:
    step = done.step
    head = f"{step.number}. {step.kind or '?'}" + (f": {step.label}" if step.label else "")
    if done.depends_on is not None:
        why = pick(
            f"取决于未执行的第 {done.depends_on} 项", f"depends on operation {done.depends_on}"
        )
        return [f"{head} - {pick('未执行', 'not carried out')}: {why}"]
    if not done.carried_out:
        why = "; ".join(pick(f.zh, f.en) + (f" ({f.value})" if f.value else "")
                        for f in done.faults)  # fmt: skip
        why = why or pick("无法读取", "could not be read")
        return [f"{head} - {pick('未执行', 'not carried out')}: {why}"]
    if not done.changes:
        return [f"{head} - {pick('没有变化（已是如此）', 'changes nothing: it is so already')}"]
    counts = Counter(change.what for change in done.changes)
    shown = ", ".join(f"{what} {count}" for what, count in counts.items())
    changes = done.changes if every else done.changes[:_SHOWN]
    lines = [f"   {c.place}  {c.what}: {c.old or '-'} -> {c.new or '-'}" for c in changes]
    rest = len(done.changes) - len(changes)
    if rest:
        lines.append(pick(f"   另有 {rest} 处变化（--all 全部列出）",
                          f"   and {rest} more changes (--all lists them)"))  # fmt: skip
    return [f"{head} ({shown})", *lines]


def resolved_text(found: Resolution, data: dict[str, Any], *, every: bool) -> str:
    """The resolved scenario for people."""
    parts = [
        pick(f"情景 {data['scenario']}，标准 {data['standard']}",
             f"scenario {data['scenario']}, standard {data['standard']}"),
        operations_text(found, every=every),
    ]  # fmt: skip
    other = data["other_changes"]
    if other:
        parts.append(pick(f"其他变化 {len(other)} 处:", f"{len(other)} other changes:"))
        shown = other if every else other[:_SHOWN]
        parts += [f"   {c['place']}  {c['what']}: {c['old'] or '-'} -> {c['new'] or '-'}"
                  for c in shown]  # fmt: skip
        if len(other) > len(shown):
            parts.append("   ...")
    parts.append(_totals_table(data["before"], data["after"]))
    if data["units"]:
        parts.append(_unit_table(data["units"]))
    counts = [f"{key} {len(value)}" for key, value in data["settings"].items() if value]
    parts.append(pick("设置: ", "settings: ") + (", ".join(counts) or "-"))
    return "\n".join(parts)


def _totals_table(before: dict[str, Any], after: dict[str, Any]) -> str:
    names = [("units", pick("单位", "units")), ("established", pick("编制", "established posts")),
             ("in_post", pick("实有", "in post")),
             ("people_in_rooms", pick("在室人数", "people in rooms"))]  # fmt: skip
    rows = [["", pick("改组前", "before"), pick("改组后", "after")]]
    rows += [[name, f"{before[key]:,}", f"{after[key]:,}"] for key, name in names]
    areas = [("office", pick("核定办公室", "office entitlement, m2")),
             ("service", pick("核定服务用房", "service entitlement, m2")),
             ("usable", pick("核定使用面积", "usable entitlement, m2"))]  # fmt: skip
    sides = (before["entitlement_m2"], after["entitlement_m2"])
    rows += [[name, *(m2_text(round(side[key] * 100)) for side in sides)] for key, name in areas]
    return text_table(rows, "<>>")


def _unit_table(units: list[dict[str, Any]]) -> str:
    heads = [pick("单位", "unit"), pick("名称", "name"), pick("编制", "posts"),
             pick("实有", "in post"), pick("核定使用面积", "usable m2")]  # fmt: skip
    rows = [heads]
    for row in units:
        sides = (row["before"] or {}, row["after"] or {})
        usable = [(side.get("entitlement_m2") or {}).get("usable") for side in sides]
        shown = ["-" if area is None else m2_text(round(area * 100)) for area in usable]
        rows.append(
            [
                row["unit"],
                _arrow([str(side.get("name", "-")) for side in sides]),
                _arrow([str(side.get("established", "-")) for side in sides]),
                _arrow([str(side.get("in_post", "-")) for side in sides]),
                _arrow(shown),
            ]
        )
    return text_table(rows, "<<<<<")


def _arrow(pair: list[str]) -> str:
    return pair[0] if pair[0] == pair[1] else f"{pair[0]} -> {pair[1]}"
