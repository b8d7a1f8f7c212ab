"""Random scenario settings over a very small ledger."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from allocator.domain import Ledger, Room


def tiny_settings(name: str, ledger: Ledger, rng: Random) -> dict[str, Any]:
    """The data of a scenario file: policy, pins, forbids, exceptions, sharing, agreements."""
    data: dict[str, Any] = {
        "name": name,
        "ledger": "ledger",
        "standard": "cn-2014",
        "policy": _policy(rng),
        "solve": {"seconds": 30, "workers": 1},
    }
    units = [u.code for u in ledger.units if u.planned]
    offices = [r for r in ledger.rooms if r.use == "office" and r.status == "available"]
    market = [s.code for s in ledger.sites if s.tenure == "market"]
    if market and rng.random() < 0.7:
        data["sites"] = {"open": market}
    if rng.random() < 0.3:
        data["pins"] = [_pin(ledger, units, offices, rng)]
    if rng.random() < 0.25:
        unit, (kind, place) = rng.choice(units), _place(ledger, rng)
        data["forbid"] = [{"unit": unit, kind: place}]
        if rng.random() < 0.4:
            data["forbid"][0]["division"] = f"{unit}-1"
    if offices and rng.random() < 0.2:
        data["exceptions"] = [
            {"room": rng.choice(offices).code, "unit": rng.choice(units), "reason": "会议纪要"}
        ]
    if offices and len(units) > 1 and rng.random() < 0.25:
        data["shared"] = [{"room": rng.choice(offices).code, "units": sorted(rng.sample(units, 2))}]
    if rng.random() < 0.25:
        everyone: str | list[str] = "*" if rng.random() < 0.4 else [rng.choice(units)]
        data["agreements"] = [{"site": rng.choice(ledger.sites).code, "units": everyone}]
    return data


def _policy(rng: Random) -> dict[str, Any]:
    policy: dict[str, Any] = {}
    choices: dict[str, tuple[Any, ...]] = {
        "min_share": (Decimal("0.5"), Decimal("0.8")),
        "reserve": (0, Decimal("0.2")),
        "tolerance_m2": (1, 2),
        "service_share": (0, 1),
        "basis": ("in_post", "larger"),
        "exceptions": ("propose",),
        "business": ("free",),
        "ineligible": ("vacate",),
    }
    for key, values in choices.items():
        if rng.random() < 0.2:
            policy[key] = rng.choice(values)
    caps: dict[str, int] = {}
    if rng.random() < 0.2:
        caps["people_moved"] = rng.randrange(0, 4)
    for key in ("sites_per_unit", "buildings_per_unit"):
        if rng.random() < 0.45:
            caps[key] = 2
    if caps:
        policy["caps"] = caps
    if rng.random() < 0.2:
        policy["rates"] = {"short": Decimal("0.5"), "leased": 2}
    return policy


def _place(ledger: Ledger, rng: Random) -> tuple[str, str]:
    kind = rng.choice(("site", "building", "floor", "room"))
    codes = {
        "site": [s.code for s in ledger.sites],
        "building": [b.code for b in ledger.buildings],
        "floor": [f.code for f in ledger.floors],
        "room": [r.code for r in ledger.rooms],
    }
    return kind, rng.choice(codes[kind])


def _pin(ledger: Ledger, units: list[str], offices: list[Room], rng: Random) -> dict[str, Any]:
    unit = rng.choice(units)
    kind, place = _place(ledger, rng)
    if kind == "room" and offices:
        place = rng.choice(offices).code
    pin: dict[str, Any] = {"unit": unit, kind: place}
    groups = [p for p in ledger.posts if p.unit == unit]
    if groups and rng.random() < 0.3:
        pin["grade"] = rng.choice(groups).grade
    return pin
