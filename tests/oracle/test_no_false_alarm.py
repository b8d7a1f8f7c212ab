"""Plans solved by either engine pass the independent check, and keep the space identity."""

import json
from pathlib import Path

import pytest

import allocator.solve as solving
from allocator.bundle import plan_as_json, write_bundle
from allocator.domain import Unit
from allocator.findings import errors
from allocator.plan import Plan
from allocator.quantity import half_up
from allocator.scenario import Scenario
from allocator.solve import solve
from allocator.verify.verify import verify_bundle, verify_plan
from tests.oracle.random_cases import case

FEW = range(1_000, 1_026)
MANY = range(1_026, 1_290)
BUNDLED = 4
"""One plan in so many is written to disk and read back."""


def keeps_identity(plan: Plan) -> None:
    """stock = held + common + stranded + released, today and in the plan, to 0.01 m2."""
    for areas in (plan.areas, plan.before):
        assert areas.stock == areas.held + areas.common + areas.stranded + areas.released


def office_identity(scenario: Scenario, plan: Plan) -> None:
    """Office area held = sum of standards + hidden - short, from the rows alone."""
    rooms = {r.code: r for r in scenario.ledger.rooms}
    units = {u.code: u for u in scenario.ledger.units}
    most = {(q.unit, q.purpose): q.area_max for q in scenario.ledger.requests}
    offices = {r.room for r in plan.assignments if rooms[r.room].use == "office"}
    area = sum(rooms[code].area for code in offices)
    standards = 0
    for row in plan.assignments:
        if row.room not in offices:
            continue
        if row.people and row.purpose != "kept":
            limit = scenario.standard.limit(units[row.unit].level, row.grade)
            standards += row.people * limit
        elif (row.unit, row.purpose) in most:
            standards += min(rooms[row.room].area, most[row.unit, row.purpose])
    hidden_service = 0
    for unit in units.values():
        held = sum(
            rooms[r.room].area
            for r in plan.assignments
            if r.unit == unit.code and rooms[r.room].use == "service"
        )
        hidden_service += max(0, held - entitled(scenario, unit))
    assert area == standards + plan.areas.hidden - hidden_service - plan.areas.short


def entitled(scenario: Scenario, unit: Unit) -> int:
    """Service rooms of a unit by its established posts; none for bodies without entitlement."""
    if not unit.planned:
        return 0
    posts = sum(p.established for p in scenario.ledger.posts if p.unit == unit.code)
    return half_up(scenario.standard.service_area(unit.level, posts))


def check(seed: int, folder: Path) -> bool:
    """No error for the plan of a seed, if there is one."""
    scenario, _ = case(seed)
    plan = solve(scenario).plan
    if plan is None:
        return False
    keeps_identity(plan)
    office_identity(scenario, plan)
    found = verify_plan(scenario, json.loads(json.dumps(plan_as_json(plan))))
    assert errors(found) == ()
    if seed % BUNDLED == 0:
        bundle = folder / f"plan-{seed}"

        def accept(draft: Path) -> None:
            assert errors(verify_bundle(draft).findings) == ()

        write_bundle(bundle, scenario, plan, {}, accept)
        assert errors(verify_bundle(bundle).findings) == ()
    return True


@pytest.mark.parametrize("size", [solving.EXACT_SIZE, 0], ids=["exact", "search"])
def test_no_false_alarm(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", size)
    assert sum(check(seed, tmp_path) for seed in FEW) >= 20


@pytest.mark.accept
@pytest.mark.parametrize("size", [solving.EXACT_SIZE, 0], ids=["exact", "search"])
def test_no_false_alarm_on_many(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "EXACT_SIZE", size)
    assert sum(check(seed, tmp_path) for seed in MANY) >= 200
