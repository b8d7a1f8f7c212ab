"""Plans that cannot be read give located findings, never a traceback."""

from __future__ import annotations

from typing import Any

import pytest

from allocator.findings import InputError
from allocator.verify.verify import verify_plan
from tests.builders import add, change, posts
from tests.verify.cases import small_plan, small_scenario


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "allocator-plan/2"),
        ("status", "fine"),
        ("areas", None),
        ("areas.held", "115"),
        ("areas.held", float("nan")),
        ("areas.held", float("inf")),
        pytest.param("areas.held", 10**5000, id="huge"),
        ("areas.held", True),
        ("areas.common_floors", "A1"),
        ("areas.common_floors", [1]),
        ("people.moved", 1.5),
        ("people.moved", -1),
        ("tiers", {}),
        ("tiers.0", 7),
        ("tiers.0.bound", "0"),
        ("tiers.0.proven", 1),
        ("tiers.0.terms", []),
        ("tiers.0.terms.unhoused", None),
        ("assignments.0.people", "1"),
        ("assignments.0.room", None),
        ("unplaced", [{}]),
        ("exceptions", [{"room": "A101", "unit": "fin", "reason": "x", "area": "40"}]),
        ("caps", [{"unit": "fin"}]),
        ("provenance.inputs", ["ledger"]),
        ("provenance.versions.python", 3.11),
    ],
)
def test_wrong_types_are_located(path: str, value: Any) -> None:
    plan = small_plan()
    *parents, last = path.split(".")
    place: Any = plan
    for part in parents:
        place = place[int(part) if part.isdigit() else part]
    place[int(last) if last.isdigit() else last] = value
    with pytest.raises(InputError, match=parents[0] if parents else last) as caught:
        verify_plan(small_scenario(), plan)
    for finding in caught.value.findings:
        assert finding.code == "format"
        assert finding.place.file == "plan.json"
        assert finding.place.column
        assert finding.zh and finding.en


def test_every_missing_key_is_reported_at_once() -> None:
    with pytest.raises(InputError, match="missing") as caught:
        verify_plan(small_scenario(), {})
    places = {finding.place.column for finding in caught.value.findings}
    assert set(small_plan()) - {"changes"} <= places


def test_a_ledger_that_does_not_hang_together_is_refused() -> None:
    scenario = change(small_scenario(), "rooms", "A101", floor="Z1")
    with pytest.raises(InputError, match="'Z1', which is not in floors"):
        verify_plan(scenario, small_plan())


def test_a_grade_without_a_standard_is_refused() -> None:
    scenario = add(small_scenario(), "posts", posts("edu", "envoy", 1))
    with pytest.raises(InputError, match="no grade 'envoy'"):
        verify_plan(scenario, small_plan())
