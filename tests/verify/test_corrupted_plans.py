"""The hand-made plan passes; every way of breaking it is caught under the right rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from allocator.domain import Relation
from allocator.findings import Finding
from allocator.rules import RULES
from allocator.scenario import Forbid, Pin, RoomException, Scenario
from allocator.verify.verify import verify_plan
from tests.builders import change, request, with_policy
from tests.verify.cases import small_plan, small_scenario

Plan = dict[str, Any]
PlanEdit = Callable[[Plan], object]
ScenarioEdit = Callable[[Scenario], Scenario]


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in findings}


def row(plan: Plan, room: str) -> dict[str, Any]:
    return next(entry for entry in plan["assignments"] if entry["room"] == room)


def move(old: str, new: str) -> PlanEdit:
    """Everybody of one room to another room, kept in order."""

    def edit(plan: Plan) -> None:
        row(plan, old)["room"] = new
        plan["assignments"].sort(key=lambda entry: (entry["room"], entry["unit"]))

    return edit


def put(path: str, value: Any) -> PlanEdit:
    """A value at a dotted path; numbers are positions in lists."""

    def edit(plan: Plan) -> None:
        *parents, last = path.split(".")
        place: Any = plan
        for part in parents:
            place = place[int(part) if part.isdigit() else part]
        place[int(last) if last.isdigit() else last] = value

    return edit


def also(**entry: Any) -> PlanEdit:
    """One more assignment, in order."""

    def edit(plan: Plan) -> None:
        plain = {"division": "", "grade": "", "people": 0, "purpose": ""}
        plan["assignments"].append(plain | entry)
        plan["assignments"].sort(key=lambda e: (e["room"], e["unit"], e["division"], e["grade"]))

    return edit


def drop(room: str) -> PlanEdit:
    return lambda plan: plan["assignments"].remove(row(plan, room))


def relate(kind: Any) -> ScenarioEdit:
    must = Relation(a="fin", b="edu", kind=kind, must=True)
    return lambda scenario: replace(scenario, relations=(*scenario.relations, must))


def pin(**parts: Any) -> ScenarioEdit:
    return lambda scenario: replace(scenario, pins=(Pin(**parts),))


def forbid(**parts: Any) -> ScenarioEdit:
    return lambda scenario: replace(scenario, forbids=(Forbid(**parts),))


def policy(**changes: Any) -> ScenarioEdit:
    return lambda scenario: with_policy(scenario, **changes)


def alter(table: str, code: str, **changes: Any) -> ScenarioEdit:
    return lambda scenario: change(scenario, table, code, **changes)


def register(room: str, unit: str) -> ScenarioEdit:
    entry = RoomException(room=room, unit=unit, reason="listed building")
    return lambda scenario: replace(scenario, exceptions=(entry,))


def both(*edits: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def edit(thing: Any) -> Any:
        for one in edits:
            thing = one(thing) or thing
        return thing

    return edit


def no_edit(plan: Plan) -> None:
    pass


def same(scenario: Scenario) -> Scenario:
    return scenario


UNPLACED = {
    "unit": "edu",
    "division": "",
    "grade": "clerk",
    "people": 1,
    "reason": "no room fits",
    "rule": "room_rule",
    "nearest": "",
}

BROKEN: list[tuple[str, PlanEdit, ScenarioEdit]] = [
    # Rooms.
    ("room_rule", move("A203", "B101"), same),  # 30 for a chief of 24
    ("room_rule", move("A201", "A202"), same),  # 9 for two clerks, 0.65 x 18 = 11.7
    ("room_rule", move("A203", "B101"), register("B101", "fin")),  # another unit's exception
    ("exceptions", move("A203", "B101"), register("B101", "edu")),  # allowed, but not listed
    (
        "exceptions",
        put("exceptions", [{"room": "A201", "unit": "edu", "reason": "x"}]),  # within the rule
        same,
    ),
    (
        "exceptions",
        both(
            move("A203", "B101"),
            put("exceptions", [{"room": "B101", "unit": "edu", "reason": " "}]),
        ),
        policy(exceptions="propose"),
    ),
    ("single", no_edit, policy(single=frozenset({("municipal", "clerk")}))),
    (
        "one_unit_per_room",
        also(room="A103", unit="edu", grade="clerk", people=1),
        same,
    ),
    ("use", move("A201", "A104"), same),  # posts in a service room
    ("use", move("A204", "A202"), same),  # a service request in an office
    ("features", no_edit, alter("units", "edu", features=("secure",))),
    (
        "features",
        no_edit,
        lambda s: replace(
            s, ledger=replace(s.ledger, requests=(_archive(features=("archive_load",)),))
        ),
    ),
    ("status", no_edit, alter("rooms", "A203", status="sealed")),
    ("status", no_edit, alter("rooms", "A204", status="let")),
    ("market", move("A203", "L102"), alter("sites", "S2", tenure="market")),
    # Who may be where.
    (
        "title",
        move("A201", "L102"),
        both(
            alter("sites", "S2", title_registered=False),
            lambda s: replace(
                s,
                ledger=replace(
                    s.ledger, occupancy=tuple(o for o in s.ledger.occupancy if o.room[0] != "L")
                ),
            ),
        ),
    ),
    (
        "territory",
        no_edit,
        both(
            alter("units", "edu", territory="north"),
            alter("sites", "S1", territory="south"),
        ),
    ),
    ("business", move("A101", "L101"), same),  # fin's business room is on S1
    ("business_kept", drop("A105"), same),
    ("business_kept", put("assignments.3.unit", "edu"), same),
    ("kept", drop("B102"), same),
    ("kept", put("assignments.7.people", 2), same),
    ("kept", no_edit, policy(ineligible="vacate")),
    ("eligible", also(room="B101", unit="ent"), same),
    ("pins", no_edit, pin(unit="edu", kind="room", place="A202")),
    ("pins", no_edit, pin(unit="edu", kind="room", place="A201", grade="clerk", people=3)),
    ("pins", no_edit, pin(unit="fin", kind="floor", place="A2")),
    ("pins", no_edit, pin(unit="edu", kind="site", place="S2", grade="chief")),
    ("forbids", no_edit, forbid(unit="edu", kind="building", place="A")),
    ("forbids", no_edit, forbid(unit="fin", kind="room", place="A103", division="d1")),
    ("relation_same_site", move("A203", "L101"), relate("same_site")),
    ("relation_same_building", move("A203", "B101"), relate("same_building")),
    ("relation_same_floor", no_edit, relate("same_floor")),
    ("relation_apart", move("A103", "A202"), relate("apart")),
    ("caps_sites", move("A203", "L101"), same),
    ("caps_buildings", move("A203", "B101"), same),
    ("caps_listed", put("caps", [{"unit": "edu", "sites": 2, "buildings": 1}]), same),
    ("people_moved_cap", no_edit, policy(people_moved_cap=2)),
    ("reserve", no_edit, policy(reserve=Fraction(3, 5))),  # needs 5 seats, A202 1 + B101 3
    # People.
    ("seats", put("assignments.4.people", 3), same),
    ("seats", also(room="B101", unit="fin", grade="clerk", people=1), same),  # no division
    ("seats", put("assignments.4.people", 0), same),
    ("unplaced", put("assignments.4.people", 1), same),
    ("unplaced", put("unplaced", [UNPLACED]), same),
    (
        "unplaced",
        both(put("assignments.4.people", 1), put("unplaced", [UNPLACED | {"reason": ""}])),
        same,
    ),
    ("requests", drop("A204"), same),
    ("requests", put("assignments.6.purpose", "library"), same),
    ("requests", put("assignments.6.people", 1), same),
    ("requests", move("A204", "A104"), same),  # 10 m2, asked for 5 to 9
    ("requests", put("unplaced", [UNPLACED | {"grade": "", "people": 0}]), same),
    # Figures.
    ("common_floors", put("areas.common_floors", ["A1"]), same),  # held anyway
    ("areas_stock", put("areas.stock", 210.01), same),
    ("areas_held", put("areas.held", 115.01), same),
    ("areas_common", put("areas.common", 9.0), same),
    ("areas_stranded", put("areas.stranded", 38.0), same),
    ("areas_released", put("areas.released", 47.0), same),
    ("areas_hidden", put("areas.hidden", 13.99), same),
    ("areas_short", put("areas.short", 0.0), same),
    ("areas_service_short", put("areas.service_short", 1.0), same),
    ("areas_reserve", put("areas.reserve", 0.0), same),
    ("areas_hidden_same_basis", put("areas.hidden_same_basis", 0.0), same),
    ("areas_leased_kept", put("areas.leased_kept", 46.0), same),
    ("areas_floors_in_use", put("areas.floors_in_use", ["A1", "A2"]), same),
    ("areas_released_floors", put("areas.released_floors", ["B1", "L1"]), same),
    ("areas_released_buildings", put("areas.released_buildings", []), same),
    ("areas_leases_ended", put("areas.leases_ended", []), same),
    ("area_format", put("areas.held", 115.004), same),
    ("before_hidden", put("before.hidden", 40.0), same),
    ("before_hidden_same_basis", put("before.hidden_same_basis", 39.0), same),
    ("before_common_floors", put("before.common_floors", ["A2"]), same),
    ("before_leased_kept", put("before.leased_kept", 0.0), same),
    ("identity_stock", put("areas.stranded", 38.0), same),
    ("identity_stock", put("before.held", 150.0), same),
    ("identity_office", put("areas.short", 6.0), same),
    ("people_posts", put("people.posts", 9), same),
    ("people_housed", put("people.housed", 7), same),
    ("people_unhoused", put("people.unhoused", 1), same),
    ("people_over_establishment", put("people.over_establishment", 1), same),
    ("people_moved", put("people.moved", 2), same),
    ("people_moved_building", put("people.moved_building", 0), same),
    ("people_moved_site", put("people.moved_site", 1), same),
    ("people_moved_far", put("people.moved_far", 1), same),
    # Tiers.
    ("tier_list", put("tiers.1.name", "area"), same),
    ("tier_list", put("tiers.1.slack", 5.0), same),
    ("tier_list", lambda plan: plan["tiers"].pop(), same),
    ("tier_terms", put("tiers.1.terms.stranded", 39.0), same),
    ("tier_terms", lambda plan: plan["tiers"][1]["terms"].pop("leased"), same),
    ("tier_value", put("tiers.1.value", 201.5), same),
    ("tier_value", put("tiers.3.value", 233), same),
    ("tier_best", put("tiers.1.best", 201.0), same),
    ("tier_bound", put("tiers.1.bound", 203.0), same),
    ("tier_bound", put("tiers.0.bound_checked", True), same),
    ("tier_proven", put("tiers.1.proven", True), same),
    ("tier_proven", put("tiers.0.proven", False), same),
    ("bounds", put("bounds.0.value", 45.0), same),
    ("bounds", put("bounds.0.bound", 40.0), same),  # the plan itself releases more
    ("bounds", put("bounds.0.quantity", "happiness"), same),
    ("plan_status", put("status", "optimal"), same),
    ("plan_status", put("status", "infeasible"), same),
    # The document.
    ("unknown", put("assignments.0.room", "Z999"), same),
    ("unknown", put("assignments.0.unit", "nobody"), same),
    ("unknown", put("assignments.0.grade", "emperor"), same),
    ("unknown", put("areas.common_floors", ["Z9"]), same),
    ("duplicates", lambda plan: plan["assignments"].insert(0, plan["assignments"][0]), same),
    ("sorted", lambda plan: plan["assignments"].reverse(), same),
    ("provenance", put("scenario", "another"), same),
    ("provenance", put("provenance.standard", "cn-2014@1"), same),
    ("provenance", put("provenance.inputs.ledger", "abc"), same),
]


def _archive(**changes: Any) -> Any:
    return request("edu", "archive", "service", 5, 9, **changes)


def test_the_correct_plan_has_no_finding() -> None:
    assert verify_plan(small_scenario(), small_plan()) == ()


@pytest.mark.parametrize(
    ("rule", "edit_plan", "edit_scenario"),
    BROKEN,
    ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(BROKEN)],
)
def test_a_broken_plan_is_caught(
    rule: str, edit_plan: PlanEdit, edit_scenario: ScenarioEdit
) -> None:
    plan = small_plan()
    edit_plan(plan)
    found = [f for f in verify_plan(edit_scenario(small_scenario()), plan) if f.code == rule]
    assert found, f"{rule} not caught"
    for finding in found:
        assert finding.clause == RULES[rule].clause
        assert finding.zh.startswith(RULES[rule].zh)
        assert finding.en.startswith(RULES[rule].en)
        assert finding.advice_zh and finding.advice_en.startswith("Maybe")
        assert finding.place.file == "plan.json"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("areas.common_floors", ["A1"], {"common_floors"}),
        ("areas.leased_kept", 46.0, {"areas_leased_kept"}),
        ("areas.reserve", 0.0, {"areas_reserve"}),
        ("areas.held", 115.01, {"areas_held", "identity_stock"}),
        ("areas.short", 0.0, {"areas_short", "identity_office"}),
        ("people.moved", 2, {"people_moved"}),
        ("tiers.1.value", 201.5, {"tier_value"}),
        ("tiers.1.best", 201.0, {"tier_best"}),
        ("tiers.0.proven", False, {"tier_proven"}),
        ("bounds.0.bound", 40.0, {"bounds"}),
        ("scenario", "another", {"provenance"}),
    ],
)
def test_one_wrong_figure_gives_no_false_alarm(path: str, value: Any, expected: set[str]) -> None:
    plan = small_plan()
    put(path, value)(plan)
    assert codes(verify_plan(small_scenario(), plan)) == expected


def test_every_rule_of_a_plan_is_broken_by_some_case() -> None:
    """Rules of the bundle's files are broken in the tests of bundles."""
    of_bundles = {"format", "hashes", "assignments_csv", "transfers", "certificate"}
    before = {rule for rule in RULES if rule.startswith("before_")}
    assert set(RULES) - of_bundles - before <= {rule for rule, _, _ in BROKEN}


@pytest.mark.parametrize("key", [rule for rule in RULES if rule.startswith("before_")])
def test_each_figure_of_today_is_recomputed(key: str) -> None:
    plan = small_plan()
    name = key.removeprefix("before_")
    old = plan["before"][name]
    plan["before"][name] = [*old, "A2"] if isinstance(old, list) else old + 1
    assert key in codes(verify_plan(small_scenario(), plan))
