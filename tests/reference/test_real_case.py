"""Two real office floors for eleven real organs: published rooms and posts, nothing made up here.

The rooms are two Swiss federal floors, the posts the eleven provincial organs of Jiangxi in 2009.
Found through `ALLOCATOR_REFERENCE`; the data is not part of the project. What the sources leave
open is ASSUMED and named so: the uses of the second floor's rooms, the grades of the posts,
owned and registered titles, everybody in post, nobody seated today.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from allocator.bundle import write_bundle
from allocator.domain import Building, Floor, Ledger, Posts, Room, Site, Unit, Use
from allocator.findings import errors
from allocator.ledger.check import check_ledger
from allocator.ledger.read import read_ledger
from allocator.ledger.write import write_ledger_csv
from allocator.plan import Plan
from allocator.policy_file import default_policy
from allocator.quantity import area_from_m2, half_up
from allocator.scenario import Budget, Scenario
from allocator.solve import solve
from allocator.verify.verify import verify_bundle
from standards.load import load_standard

FOLDER = os.environ.get("ALLOCATOR_REFERENCE", "")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ALLOCATOR_REFERENCE names no folder with the reference cases"
)

BERN, SAMPLE = "bbl-fellerstrasse21", "bbl-cafm-sample"
ORGANS = 11
POSTS = 1_079
"""Approved posts of all eleven organs, as published."""

HEADS, DEPUTIES = 1, 4
"""ASSUMED: the report says leader sets are 1+4, 1+5 and so on, without the table per organ."""
DIVISION_SHARE = 15
"""ASSUMED: per cent of an organ's posts that are division heads, and as many deputies."""

WORK = 4
"""Deterministic units of search: some twenty seconds on one core."""


def rows(*path: str) -> list[dict[str, str]]:
    with Path(FOLDER, *path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def use_in_bern(row: dict[str, str]) -> Use:
    """Offices and meeting rooms as stamped; the store, stairs and shafts are ancillary."""
    uses: dict[str, Use] = {"office": "office", "meeting": "service"}
    return uses.get(row["use_group"], "ancillary")


def use_in_sample(row: dict[str, str]) -> Use:
    """ASSUMED, the drawing names no uses: 10-30 m2 an office, the room of 90 m2 for service."""
    area = float(row["area_m2"])
    if 10 <= area <= 30:
        return "office"
    return "service" if 85 <= area <= 95 else "ancillary"


def rooms_of(name: str) -> tuple[Room, ...]:
    """The rooms of a floor in the order of the list, which stands for the corridor."""
    use = use_in_bern if name == BERN else use_in_sample
    return tuple(
        Room(
            code=row["room_id"],
            floor=row["floor_id"],
            number=row["room_id"].rsplit(".", 1)[-1],
            use=use(row),
            area=area_from_m2(row["area_m2"]),
            position=position,
        )
        for position, row in enumerate(rows("rooms", name, "rooms.csv"), start=1)
    )


def posts_of(unit: str, total: int) -> tuple[Posts, ...]:
    """ASSUMED split of an organ's published total; in post as established."""
    share = half_up(Fraction(total * DIVISION_SHARE, 100))
    counts = {
        "department_head": HEADS,
        "deputy_department_head": DEPUTIES,
        "division_head": share,
        "deputy_division_head": share,
    }
    counts["below_division"] = total - sum(counts.values())
    return tuple(
        Posts(unit=unit, division="", grade=grade, established=count, in_post=count)
        for grade, count in counts.items()
    )


@cache
def ledger() -> Ledger:
    """Both floors as sites of their own, and the organs with their published totals."""
    organs = [row for row in rows("posts", "units.csv") if row["unit_id"].startswith("JX-")]
    sites, buildings, floors = [], [], []
    rooms: list[Room] = []
    for name in (BERN, SAMPLE):
        first = rows("rooms", name, "rooms.csv")[0]
        sites.append(
            Site(
                code=name,
                name=name,
                kind="independent",
                tenure="owned",
                title_holder="",
                title_registered=True,
            )
        )
        buildings.append(
            Building(code=first["building_id"], site=name, name=first["building_name"])
        )
        level = int(first["floor_order"])
        floors.append(Floor(code=first["floor_id"], building=first["building_id"], level=level))
        rooms += rooms_of(name)
    return Ledger(
        sites=tuple(sites),
        buildings=tuple(buildings),
        floors=tuple(floors),
        rooms=tuple(rooms),
        units=tuple(
            Unit(code=row["unit_id"], name=row["unit_name"], level="provincial") for row in organs
        ),
        posts=tuple(p for row in organs for p in posts_of(row["unit_id"], int(row["staff_total"]))),
    )


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The case as read back from the ledger written to disk."""
    standard = load_standard("cn-2014")
    folder = tmp_path_factory.mktemp("ledger")
    write_ledger_csv(ledger(), folder)
    read = read_ledger(folder, standard)
    return Scenario(
        name="two floors for eleven organs",
        ledger=read,
        standard=standard,
        policy=default_policy(standard),
        budget=Budget(seconds=None, work=WORK, workers=1),
    )


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    found = solve(scenario).plan
    assert found is not None
    return found


def test_ledger_is_what_was_published(scenario: Scenario) -> None:
    read, rooms = scenario.ledger, scenario.ledger.rooms
    assert replace(read, rooms=()) == replace(ledger(), rooms=())
    assert sorted(rooms, key=lambda r: r.code) == sorted(ledger().rooms, key=lambda r: r.code)
    assert len(read.units) == ORGANS
    assert sum(p.established for p in read.posts) == POSTS
    by_use = Counter(
        (use, r.code.startswith("2011")) for r in rooms for use in [r.use] if use != "ancillary"
    )
    assert by_use == {
        ("office", True): 23,
        ("service", True): 6,
        ("office", False): 22,
        ("service", False): 1,
    }
    bern = sum(r.area for r in rooms if r.use == "office" and r.code.startswith("2011"))
    assert bern // 100 == 873
    assert errors(check_ledger(read, scenario.standard)) == ()


def test_every_post_is_housed_or_unplaced_with_its_reason(plan: Plan) -> None:
    people = plan.people
    assert people.posts == POSTS == people.housed + people.unhoused
    assert people.housed == sum(a.people for a in plan.assignments) > 0
    assert people.unhoused == sum(u.people for u in plan.unplaced) > 0
    for row in plan.unplaced:
        assert row.people > 0 and row.grade and row.rule
        assert len(row.reason) > 20
    assert people.moved == 0


def test_most_organs_do_not_fit(plan: Plan) -> None:
    """Some 1,250 m2 of offices for 1,079 posts: most posts are left over, none is lost."""
    wanted: Counter[str] = Counter()
    for posts in ledger().posts:
        wanted[posts.unit] += posts.established
    left: Counter[str] = Counter()
    for row in plan.unplaced:
        left[row.unit] += row.people
    seated: Counter[str] = Counter()
    for assignment in plan.assignments:
        seated[assignment.unit] += assignment.people
    assert {u: seated[u] + left[u] for u in wanted} == dict(wanted)
    assert sum(left.values()) > POSTS * 0.8
    assert sum(seated.values()) > 100
    assert len([u for u in wanted if not left[u]]) <= 2
    assert {row.rule for row in plan.unplaced} <= {"capacity", "taken", "packing", "room_rule"}


def test_space_identity(plan: Plan) -> None:
    for areas in (plan.areas, plan.before):
        assert areas.stock == areas.held + areas.common + areas.stranded + areas.released
    assert plan.before.held == 0
    assert plan.before.released == plan.before.stock


def test_verified_from_its_bundle(scenario: Scenario, plan: Plan, tmp_path: Path) -> None:
    def accept(draft: Path) -> None:
        assert errors(verify_bundle(draft).findings) == ()

    write_bundle(tmp_path / "plan", scenario, plan, {}, accept)
    result = verify_bundle(tmp_path / "plan")
    assert result.ok
    assert result.summary["people"]["posts"] == POSTS


def test_no_better_first_tier_is_claimed(plan: Plan) -> None:
    first = plan.tiers[0]
    assert first.name == "unhoused"
    assert first.bound is not None and first.bound <= first.value
    assert plan.status != "optimal" or all(tier.proven for tier in plan.tiers)
