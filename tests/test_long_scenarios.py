"""The bundled city at its own budget: what the README claims of it, run by `make accept`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from allocator.bundle import write_bundle
from allocator.compare import compare_with_today
from allocator.findings import errors
from allocator.quantity import m2_text
from allocator.scenario_file import read_scenario
from allocator.solve import solve
from allocator.verify.verify import verify_bundle
from scenarios.locate import bundled_scenario


@pytest.mark.accept
@pytest.mark.parametrize("name", ["inspected-city", "pilot-province"])
def test_idle_space_is_halved_with_everybody_housed(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    scenario = read_scenario(bundled_scenario(name))
    plan = solve(scenario).plan
    assert plan is not None

    def accept(draft: Path) -> None:
        assert not errors(verify_bundle(draft).findings)

    plan = write_bundle(tmp_path / "plan", scenario, plan, {}, accept)
    found = compare_with_today(scenario, plan)
    record_property("idle m2", f"{m2_text(found.idle_before)} -> {m2_text(found.idle_after)}")
    record_property("released m2", m2_text(found.released_gain))
    record_property("moved", plan.people.moved)
    assert plan.people.unhoused == 0
    assert plan.unplaced == ()
    assert plan.exceptions == ()
    assert 2 * found.idle_after <= found.idle_before
    assert plan.status == "feasible" or all(tier.proven for tier in plan.tiers)
    areas = plan.areas
    assert areas.stock == areas.held + areas.common + areas.stranded + areas.released
