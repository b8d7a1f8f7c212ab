"""The scenario that takes a way out: differences to a base file, or the whole where they cannot say
it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.domain import Relation
from allocator.explain.asked import Asked, lay_aside
from allocator.findings import InputError
from allocator.scenario import Forbid, Pin, Scenario
from allocator.scenario_data import forbid_as_data, pin_as_data
from allocator.scenario_file import FILE, read_scenario, write_scenario
from allocator.scenario_layers import read_chain
from allocator.strict_yaml import dump_yaml

_LISTS = {"pin": "pins", "forbid": "forbid", "relation": "relations"}
_NUMBERS = {"min_share": "min_share", "reserve": "reserve"}
_CAPS = {"sites_cap": "sites_per_unit", "buildings_cap": "buildings_per_unit"}


def write_way(scenario: Scenario, things: tuple[Asked, ...], base: Path, folder: Path,
              name: str) -> bool:  # fmt: skip
    """Write `scenario.yaml` of a way out into a folder; whether it holds differences only.

    Differences are kept only if reading them back gives the very scenario that was solved.
    """
    wanted = lay_aside(scenario, things)
    folder.mkdir(parents=True, exist_ok=True)
    data = _differences(things, base)
    if data is not None:
        path = folder / FILE
        shown = Path(os.path.relpath(base.resolve(), folder.resolve())).as_posix()
        comment = [thing.way_en for thing in things]
        path.write_text(dump_yaml({"name": name, "base": shown, **data}, comment), "utf-8")
        try:
            if _same(read_scenario(path), wanted):
                return True
        except InputError:
            pass
        path.unlink()
    write_scenario(replace(wanted, name=name), folder)
    return False


def _same(a: Scenario, b: Scenario) -> bool:
    """Whether two scenarios ask for the same; entries of lists in any order."""
    return (
        a.ledger == b.ledger
        and a.policy == b.policy
        and a.market_open == b.market_open
        and all(
            {*getattr(a, key)} == {*getattr(b, key)}
            for key in ("pins", "forbids", "relations", "exceptions", "shared", "agreements")
        )
    )


def _differences(things: Iterable[Asked], base: Path) -> dict[str, Any] | None:
    """What to write beside `base:`, or None where a scenario file cannot say it."""
    below = read_chain(base).document.data
    if "resolved" in below:
        return None
    data: dict[str, Any] = {}
    for thing in things:
        kind, subject = thing.kind, thing.subject
        policy: dict[str, Any] = {}
        if kind in _LISTS:
            entry = _entry(below.get(_LISTS[kind], ()), subject)
            if entry is None:
                return None
            data.setdefault("without", {}).setdefault(_LISTS[kind], []).append(entry)
        elif kind in _NUMBERS:
            policy = {_NUMBERS[kind]: thing.level}
        elif kind == "tolerance":
            policy = {"tolerance_m2": int(thing.level) // 100}
        elif kind in _CAPS:
            policy = {"caps": {_CAPS[kind]: thing.level}}
        elif kind == "people_moved":
            policy = {"caps": {"people_moved": None}}
        elif kind == "single":
            policy = {"single": {subject[0]: {subject[1]: False}}}
        elif kind in ("business", "ineligible"):
            policy = {kind: {"business": "free", "ineligible": "vacate"}[kind]}
        elif kind == "closed":
            opened = data.setdefault("sites", {}).setdefault("open", [])
            opened += [{"room": code} for code in subject]
        elif kind == "market":
            data.setdefault("sites", {}).setdefault("open", []).append({"site": subject})
        elif kind == "title":
            data.setdefault("agreements", []).append({"site": subject, "units": "*"})
        else:
            return None
        _lay_over(data.setdefault("policy", {}), policy)
    if not data.get("policy"):
        data.pop("policy", None)
    return data


def _lay_over(under: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict):
            _lay_over(under.setdefault(key, {}), value)
        else:
            under[key] = value


def _entry(entries: Any, subject: Pin | Forbid | Relation) -> Any | None:
    """The entry of the base that means the thing."""
    if isinstance(subject, Relation):
        pair = {subject.a, subject.b}
        return next(
            (e for e in entries if {e.get("a"), e.get("b")} == pair and e["kind"] == subject.kind),
            None,
        )
    wanted = pin_as_data(subject) if isinstance(subject, Pin) else forbid_as_data(subject)
    return next((e for e in entries if e == wanted or {**e, "people": 1} == wanted), None)
