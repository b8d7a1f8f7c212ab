"""What a scenario asks for, thing by thing, and the scenario with some of it laid aside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from allocator.domain import Ledger, Room
from allocator.explain.prices import Price
from allocator.places import STOCK_USES
from allocator.scenario import Pin, Policy, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing asked for; `subject` is the pin, relation, unit code ... that it is about.

    `zh`, `en` say what is asked; `way_zh`, `way_en` what laying it aside means.
    """

    kind: str
    subject: Any
    zh: str
    en: str
    way_zh: str
    way_en: str
    price: Price
    source: int = 0
    level: Fraction | int = 0
    """To what a number is relaxed."""


def lay_aside(scenario: Scenario, things: Iterable[Asked]) -> Scenario:
    """The scenario without these things."""
    by_kind: dict[str, list[Asked]] = {}
    for thing in things:
        by_kind.setdefault(thing.kind, []).append(thing)
    gone = {kind: {t.subject for t in found} for kind, found in by_kind.items()}
    posts = gone.get("posts", set())
    people_pins = _people_pins(scenario, posts)
    return replace(
        scenario,
        ledger=_ledger(scenario.ledger, gone),
        policy=_policy(scenario, by_kind),
        pins=tuple(
            p for p in scenario.pins if p not in gone.get("pin", ()) and p not in people_pins
        ),
        forbids=tuple(f for f in scenario.forbids if f not in gone.get("forbid", ())),
        relations=tuple(r for r in scenario.relations if r not in gone.get("relation", ())),
        agreements=(*scenario.agreements, *((s, ("*",)) for s in sorted(gone.get("title", ())))),
        market_open=scenario.market_open | gone.get("market", set()),
    )


def _people_pins(scenario: Scenario, units: Collection[str]) -> set[Pin]:
    """Pins of rooms that keep people of units whose posts are laid aside."""
    service = {r.code for r in scenario.ledger.rooms if r.use == "service"}
    return {
        p for p in scenario.pins
        if p.unit in units and p.kind == "room" and p.place not in service
    }  # fmt: skip


def _ledger(ledger: Ledger, gone: dict[str, set[Any]]) -> Ledger:
    opened = {code for rooms in gone.get("closed", ()) for code in rooms}
    posts, requests = gone.get("posts", set()), gone.get("request", set())
    free = gone.get("territory", set())
    if not (opened or posts or requests or free):
        return ledger
    return replace(
        ledger,
        rooms=tuple(replace(r, status="available") if r.code in opened else r
                    for r in ledger.rooms),
        posts=tuple(replace(p, established=0, in_post=0) if p.unit in posts else p
                    for p in ledger.posts),
        requests=tuple(q for q in ledger.requests if (q.unit, q.purpose) not in requests),
        units=tuple(replace(u, territory="") if u.code in free else u for u in ledger.units),
    )  # fmt: skip


def _policy(scenario: Scenario, by_kind: dict[str, list[Asked]]) -> Policy:
    policy, changes = scenario.policy, dict[str, Any]()
    fields = {
        "sites_cap": "sites_per_unit", "buildings_cap": "buildings_per_unit",
        "min_share": "min_share", "tolerance": "tolerance",
    }  # fmt: skip
    for kind, name in fields.items():
        for thing in by_kind.get(kind, ()):
            changes[name] = thing.level
    if "people_moved" in by_kind:
        changes["people_moved_cap"] = None
    if "reserve" in by_kind:
        changes["reserve"] = Fraction(0)
    if "business" in by_kind:
        changes["business"] = "free"
    if "ineligible" in by_kind:
        changes["ineligible"] = "vacate"
    if "single" in by_kind:
        changes["single"] = policy.single - {t.subject for t in by_kind["single"]}
    return replace(policy, **changes) if changes else policy


def closed_rooms(scenario: Scenario) -> dict[str, list[Room]]:
    """Sealed or unavailable office and service rooms by what closed them, else by floor.

    Keys are like `sites.close: B2`, or a floor code for what the ledger itself keeps closed.
    """
    why = {
        c.place: c.reason
        for c in scenario.changes
        if c.what == "status" and c.reason.startswith(("sites.close", "sites.seal"))
    }
    found: dict[str, list[Room]] = {}
    for room in scenario.ledger.rooms:
        if room.use in STOCK_USES and room.status in ("sealed", "unavailable"):
            found.setdefault(why.get(room.code, room.floor), []).append(room)
    return found
