"""A small estate with one correct plan, every figure of it worked out by hand.

Floors and rooms (m2)                                   today            plan
S1 owned   A  A1  A101 office 24                        fin chief        fin chief
                  A102 office 18                        fin 2 clerks     fin 2 clerks
                  A103 office 18                        fin 1 clerk      fin 2 clerks
                  A104 service 10                       fin              -
                  A105 business 30                      fin              fin (business)
              A2  A201 office 15                        -                edu 2 clerks
                  A202 office 9                         -                -
                  A203 office 20                        edu 1 clerk      edu chief
                  A204 service 8 (common)               -                edu archive (a request)
           B  B1  B101 office 30                        -                -
                  B102 office 12                        ent 1            ent 1 (kept)
S2 leased  L  L1  L101 office 30                        edu chief        -
                  L102 office 10                        edu 1 clerk      -
                  L103 service 6                        edu              -

Posts: fin 1 chief, 4 clerks of division d1 (3 in post); edu 1 chief, 2 clerks. ent is an
enterprise. Service entitlement 2 m2 per post: fin 10, edu 6.
"""

from __future__ import annotations

import copy
from typing import Any

from allocator.domain import Relation
from allocator.scenario import Scenario
from tests.builders import (
    building,
    floor,
    holds,
    make_ledger,
    make_scenario,
    office,
    posts,
    request,
    room,
    service,
    site,
    sits,
    unit,
)


def small_scenario() -> Scenario:
    """The estate of this module's docstring."""
    ledger = make_ledger(
        sites=[site("S1"), site("S2", tenure="leased", rent_per_year=50_000)],
        buildings=[building("A", "S1"), building("B", "S1"), building("L", "S2")],
        floors=[floor("A1", "A"), floor("A2", "A", 2), floor("B1", "B"), floor("L1", "L")],
        rooms=[
            office("A101", "A1", 24),
            office("A102", "A1", 18),
            office("A103", "A1", 18),
            service("A104", "A1", 10, allocated_unit="fin"),
            room("A105", "A1", "business", 30),
            office("A201", "A2", 15),
            office("A202", "A2", 9),
            office("A203", "A2", 20),
            service("A204", "A2", 8, features=("common",)),
            office("B101", "B1", 30),
            office("B102", "B1", 12),
            office("L101", "L1", 30),
            office("L102", "L1", 10),
            service("L103", "L1", 6),
        ],
        units=[unit("fin"), unit("edu"), unit("ent", category="enterprise")],
        posts=[
            posts("fin", "chief", 1),
            posts("fin", "clerk", 4, 3, division="d1"),
            posts("edu", "chief", 1),
            posts("edu", "clerk", 2),
        ],
        occupancy=[
            sits("A101", "fin", "chief"),
            sits("A102", "fin", "clerk", 2, division="d1"),
            sits("A103", "fin", "clerk", 1, division="d1"),
            holds("A105", "fin"),
            sits("A203", "edu", "clerk"),
            sits("B102", "ent", "clerk"),
            sits("L101", "edu", "chief"),
            sits("L102", "edu", "clerk"),
            holds("L103", "edu"),
        ],
        requests=[request("edu", "archive", "service", 5, 9)],
        relations=[Relation(a="fin", b="edu", kind="near", weight=2)],
    )
    return make_scenario(ledger)


def _row(
    code: str, of: str, grade: str = "", people: int = 0, division: str = "", purpose: str = ""
) -> dict[str, Any]:
    return {
        "room": code,
        "unit": of,
        "division": division,
        "grade": grade,
        "people": people,
        "purpose": purpose,
    }


def small_plan() -> dict[str, Any]:
    """The correct plan, a fresh copy on every call."""
    return copy.deepcopy(_PLAN)


_PLAN: dict[str, Any] = {
    "format": "allocator-plan/1",
    "scenario": "test",
    "status": "feasible",
    "tiers": [
        {
            "name": "unhoused",
            "unit": "posts",
            "best": 0,
            "slack": 0,
            "value": 0,
            "bound": 0,
            "proven": True,
            "bound_checked": False,
            "terms": {"unhoused": 0},
        },
        {
            # 164 + 0.5 x 14 + 0.5 x 30 + 7 + 1 x 1 + 4 x 2
            "name": "space",
            "unit": "m2-equivalents",
            "best": 202.0,
            "slack": 0.0,
            "value": 202.0,
            "bound": 150.5,
            "proven": False,
            "bound_checked": False,
            "terms": {
                "used": 164.0,  # 210 - 46
                "hidden": 14.0,
                "stranded": 30.0,  # 39 less the reserve of 9
                "short": 7.0,
                "service_short": 0.0,
                "leased": 0.0,
                "moved_building": 1,
                "moved_site": 0,
                "moved_far": 2,
            },
        },
        {
            "name": "together",
            "unit": "person-steps",
            "best": 6,
            "slack": 0,
            "value": 6,
            "bound": None,
            "proven": False,
            "bound_checked": False,
            # near: weight 2 x min(5, 3) people x 1 step (same building, floors A1 and A2)
            "terms": {"near": 6, "off_main_floor": 0, "outside_main_building": 0},
        },
        {
            "name": "comfort",
            "unit": "0.01 m2",
            "best": 234,
            "slack": 0,
            "value": 234,
            "bound": None,
            "proven": False,
            "bound_checked": False,
            "terms": {"short_per_person": 234},  # edu: 700 over 3 people, rounded up
        },
    ],
    "bounds": [
        {"quantity": "released", "unit": "m2", "value": 46.0, "bound": 60.0, "given": "unhoused 0"}
    ],
    "areas": {
        "stock": 210.0,  # A1 70, A2 52, B1 42, L1 46
        "held": 115.0,  # 24 + 18 + 18 + 15 + 20 + 8 + 12
        "common": 10.0,  # unheld A104 10; fin lacks 10, edu holds 8 of 6
        "hidden": 14.0,  # ent 12, archive 8 - 6
        "short": 7.0,  # A201 18 - 15, A203 24 - 20
        "service_short": 0.0,  # half of 16, offered 8 + 10
        "reserve": 9.0,  # ceil(0.03 x 8) = 1 seat of 9
        "stranded": 39.0,  # A104 10 + A202 9 + B101 30 less common 10
        "released": 46.0,
        "hidden_same_basis": 14.0,
        "leased_kept": 0.0,
        "common_floors": [],
        "floors_in_use": ["A1", "A2", "B1"],
        "released_floors": ["L1"],
        "released_buildings": ["L"],
        "leases_ended": ["S2"],
    },
    "before": {
        "stock": 210.0,
        "held": 148.0,  # 24 + 18 + 18 + 10 + 20 + 12 + 30 + 10 + 6
        "common": 2.0,  # S1: unheld A204 8; edu entitled to 6 x 1/3 = 2 there, fin lacks 0
        "hidden": 39.0,  # A103 9, A203 11, B102 12, L101 6, L102 1
        "short": 0.0,
        "service_short": 0.0,
        "reserve": 9.0,  # S1 one seat; S2 needs one but has no unheld office
        "stranded": 60.0,  # A201 15 + A202 9 + A204 8 + B101 30 less common 2
        "released": 0.0,
        "hidden_same_basis": 30.0,  # fin 9 - 9 vacant, edu 18, ent 12
        "leased_kept": 46.0,
        "common_floors": [],  # A2 is held anyway
        "floors_in_use": ["A1", "A2", "B1", "L1"],
        "released_floors": [],
        "released_buildings": [],
        "leases_ended": [],
    },
    "people": {
        "posts": 8,
        "housed": 8,
        "unhoused": 0,
        "over_establishment": 0,
        "moved": 3,
        "moved_building": 1,  # edu clerk A203 to A201
        "moved_site": 0,
        "moved_far": 2,  # edu chief L101 to A203, edu clerk L102 to A201
    },
    "assignments": [
        _row("A101", "fin", "chief", 1),
        _row("A102", "fin", "clerk", 2, division="d1"),
        _row("A103", "fin", "clerk", 2, division="d1"),
        _row("A105", "fin", purpose="business"),
        _row("A201", "edu", "clerk", 2),
        _row("A203", "edu", "chief", 1),
        _row("A204", "edu", purpose="archive"),
        _row("B102", "ent", "clerk", 1, purpose="kept"),
    ],
    "unplaced": [],
    "exceptions": [],
    "caps": [],
    "changes": [],
    "provenance": {
        "inputs": {"ledger": "0" * 64},
        "standard": "tiny@1",
        "versions": {"allocator": "0.1.0"},
        "seed": 0,
        "workers": 2,
        "budget": {"work": 10},
    },
}

TRANSFERS = (
    "transfer,unit,division,grade,people,from_room,to_room,area_from,area_to\n"
    "1,edu,,clerk,1,A203,A201,20.00,15.00\n"
    "2,edu,,chief,1,L101,A203,30.00,20.00\n"
    "2,edu,,clerk,1,L102,A201,10.00,15.00\n"
)
"""transfers.csv of the correct plan: within A, then from L to A."""
