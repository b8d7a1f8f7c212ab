"""Which rules a random case puts to the test."""

from __future__ import annotations

from fractions import Fraction

from allocator.scenario import Scenario
from tests.oracle.brute_force import BruteForce
from tests.oracle.world import RENTED, World


def rules_met(scenario: Scenario, oracle: BruteForce) -> set[str]:
    """Names of `RULES` that the case contains."""
    world = oracle.world
    met = _places(scenario, world) | _wishes(scenario, world) | _policy(scenario)
    met |= _units(scenario, world)
    if oracle.best is None:
        met.add("impossible")
    return met


def _chosen(pairs: dict[str, bool]) -> set[str]:
    return {name for name, yes in pairs.items() if yes}


def _places(scenario: Scenario, world: World) -> set[str]:
    ledger = scenario.ledger
    tenures = {world.tenure(f) for f in ledger.floors}
    unregistered = [f for f in ledger.floors if not world.registered(f)]
    return _chosen(
        {
            "two sites": len(ledger.sites) == 2,
            "several buildings": len(ledger.buildings) > 1,
            "three floors": len(ledger.floors) == 3,
            "service room": any(r.use == "service" for r in world.stock.values()),
            "let room": any(r.status == "let" for r in ledger.rooms),
            "sealed room": any(r.status in ("sealed", "unavailable") for r in ledger.rooms),
            "leased": "leased" in tenures,
            "borrowed": "borrowed" in tenures,
            "tenure of a building": any(b.tenure in RENTED for b in ledger.buildings),
            "tenure of a floor": any(f.tenure in RENTED for f in ledger.floors),
            "market open": bool(scenario.market_open),
            "market closed": any(
                s.tenure == "market" and s.code not in scenario.market_open for s in ledger.sites
            ),
            "unregistered": bool(unregistered),
            "agreement": bool(unregistered)
            and (bool(scenario.agreements) or any(s.agreement for s in ledger.sites)),
            "title holder": any(world.title_holder(f) for f in unregistered),
            "common today": any("common" in r.features for r in ledger.rooms),
        }
    )


def _units(scenario: Scenario, world: World) -> set[str]:
    ledger = scenario.ledger
    planned = world.planned_units.values()
    firms = [u for u in ledger.units if u.category_ineligible]
    held = any(u.code in holders for u in firms for holders in world.holders.values())
    grades = [g for g in world.planned if world.units[g.unit].level == "provincial"]
    return _chosen(
        {
            "territory": any(
                u.territory and s.territory and u.territory != s.territory
                for u in planned
                for s in ledger.sites
            ),
            "features": any(u.features for u in planned),
            "business stays": bool(world.business) and scenario.policy.business == "stay",
            "business free": bool(world.business) and scenario.policy.business == "free",
            "kept": bool(world.kept),
            "vacated": held and scenario.policy.ineligible == "vacate",
            "divisions": any(g.division for g in world.planned),
            "single grades": any(world.sits_alone(g) for g in world.planned),
            "mixed grades": len({g.grade for g in grades if not world.sits_alone(g)}) > 1,
            "cap raised": any(
                cap != (scenario.policy.sites_per_unit, scenario.policy.buildings_per_unit)
                for cap in world.caps.values()
            ),
        }
    )


def _wishes(scenario: Scenario, world: World) -> set[str]:
    pins, forbids = scenario.pins, scenario.forbids
    kinds = {r.kind for r in scenario.relations}
    requests = scenario.ledger.requests
    return _chosen(
        {
            "office request": any(q.use == "office" for q in requests),
            "service request": any(q.use == "service" for q in requests),
            "pin to a place": any(p.kind != "room" for p in pins),
            "pin to a room": any(p.kind == "room" for p in pins),
            "pin of a part": any(p.division or p.grade for p in pins),
            "forbid": any(not f.division for f in forbids),
            "forbid of a division": any(f.division for f in forbids),
            **{kind: kind in kinds for kind in ("near", "same_site", "same_building")},
            **{kind: kind in kinds for kind in ("same_floor", "apart")},
            "shared room": bool(scenario.shared),
            "registered exception": bool(scenario.exceptions),
        }
    )


def _policy(scenario: Scenario) -> set[str]:
    policy = scenario.policy
    return {
        f"reserve {policy.reserve}",
        f"service share {policy.service_share}",
        f"min share {policy.min_share}",
        f"tolerance {policy.tolerance}",
        f"sites per unit {policy.sites_per_unit}",
        f"buildings per unit {policy.buildings_per_unit}",
        f"basis {policy.basis}",
        f"exceptions {policy.exceptions}",
        *(["people moved cap"] if policy.people_moved_cap is not None else []),
        *(["slack"] if any(t.slack for t in policy.tiers) else []),
    }


RULES = (
    "two sites",
    "several buildings",
    "three floors",
    "service room",
    "let room",
    "sealed room",
    "leased",
    "borrowed",
    "tenure of a building",
    "tenure of a floor",
    "market open",
    "market closed",
    "unregistered",
    "agreement",
    "title holder",
    "common today",
    "territory",
    "features",
    "business stays",
    "business free",
    "kept",
    "vacated",
    "divisions",
    "single grades",
    "mixed grades",
    "cap raised",
    "office request",
    "service request",
    "pin to a place",
    "pin to a room",
    "pin of a part",
    "forbid",
    "forbid of a division",
    "near",
    "same_site",
    "same_building",
    "same_floor",
    "apart",
    "shared room",
    "registered exception",
    "people moved cap",
    "slack",
    "impossible",
    *(f"reserve {share}" for share in (Fraction(0), Fraction(3, 100), Fraction(3, 10))),
    *(f"service share {share}" for share in (Fraction(0), Fraction(1, 2), Fraction(9, 10))),
    *(f"min share {share}" for share in (Fraction(13, 20), Fraction(4, 5))),
    *(f"tolerance {area}" for area in (0, 100)),
    *(f"sites per unit {cap}" for cap in (1, 2)),
    *(f"buildings per unit {cap}" for cap in (1, 2)),
    *(f"basis {basis}" for basis in ("established", "in_post", "larger")),
    *(f"exceptions {how}" for how in ("none", "propose")),
)
"""Each in at least one case in twenty."""
