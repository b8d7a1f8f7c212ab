from functools import cache
from pathlib import Path

from allocator.scenario import Scenario
from allocator.scenario_file import read_scenario
from scenarios.locate import bundled_scenario
from tests.viz.builders import compact_plan
from viz.city import draw_city
from viz.rooms import View
from viz.stacking import draw_before_after, draw_stacking
from viz.theme import save_figure


@cache
def bundled() -> Scenario:
    """The bundled city with its restructuring."""
    return read_scenario(bundled_scenario("inspected-city"))


def test_the_bundled_city_adds_up() -> None:
    plan = compact_plan(bundled())
    view = View(bundled())
    for state, areas in ((view.today(), plan.before), (view.of_plan(plan), plan.areas)):
        sites = view.site_areas(state).values()
        for part in ("stock", "held", "common", "stranded", "released"):
            assert sum(getattr(site, part) for site in sites) == getattr(areas, part), part


def test_the_bundled_city_is_drawn_on_one_page_without_missing_glyphs(tmp_path: Path) -> None:
    plan = compact_plan(bundled())
    figure = draw_city(bundled(), plan)
    assert figure.get_size_inches()[1] < 16
    save_figure(figure, tmp_path / "city.png", dpi=40)
    first = bundled().ledger.sites[0].code
    save_figure(draw_stacking(bundled(), site=first), tmp_path / "today.png", dpi=40)
    save_figure(draw_before_after(bundled(), plan, site=first), tmp_path / "both.svg")
    assert (tmp_path / "both.svg").stat().st_size < 1_000_000
