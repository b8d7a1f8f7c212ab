from dataclasses import replace

import pytest

from allocator.domain import Posts
from allocator.quantity import area_from_m2, m2_text
from tests.viz.builders import compact_plan, scenario
from tests.viz.pictures import LOG, city, crowded, small
from viz.balance import balance_of, balance_rows
from viz.city import city_areas, city_rows
from viz.occupancy import draw_occupancy, occupancy_pages, occupancy_rows, unit_areas
from viz.progress import draw_progress, progress_rows
from viz.stacking import before_after_rows, draw_stacking, stacking_rows


def _number(shown: str) -> int:
    return area_from_m2(shown.replace(",", "").replace("−", "-").lstrip("+"))


def test_the_table_of_a_stack_carries_every_block() -> None:
    case, plan = small()
    head, *rows = stacking_rows(case, site="S1", lang="en")
    assert head == ("building", "floor", "kind", "unit", "rooms", "people", "area m²")
    assert sum(_number(row[-1]) for row in rows) == sum(r.area for r in case.ledger.rooms)
    assert sum(int(row[5]) for row in rows) == sum(o.people for o in case.ledger.occupancy)
    _, *planned = stacking_rows(
        case, plan.assignments, site="S1", floors_in_use=plan.areas.floors_in_use
    )
    released = sum(_number(row[-1]) for row in planned if row[2] == "整层腾空")
    assert released == plan.areas.released


def test_the_table_of_differences_adds_up() -> None:
    case, plan = small()
    _, *rows = before_after_rows(case, plan, site="S1")
    assert all(_number(r[4]) - _number(r[3]) == _number(r[5]) != 0 for r in rows)
    assert sum(_number(r[5]) for r in rows) == plan.areas.held - plan.before.held


def test_the_city_lists_the_largest_gain_first() -> None:
    case, plan = city()
    pairs = city_areas(case, plan)
    gains = [new.released - old.released for old, new in pairs.values()]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == plan.areas.released - plan.before.released
    floors = sum(new.released_floors for _, new in pairs.values())
    assert floors == len(plan.areas.released_floors)
    _, *rows = city_rows(case, plan)
    assert len(rows) == 2 * len(case.ledger.sites)
    assert sum(_number(r[6]) for r in rows[1::2]) == plan.areas.released


def test_occupancy_is_sorted_by_excess_and_paged() -> None:
    case, plan = crowded()
    areas = unit_areas(case, plan)
    assert [a.excess for a in areas] == sorted((a.excess for a in areas), reverse=True)
    assert len(areas) == 230
    assert occupancy_pages(case) == 6
    assert len(occupancy_rows(case, plan)) == 231
    with pytest.raises(ValueError, match="no page 7: there are 6"):
        draw_occupancy(case, page=7)


def test_entitlement_is_the_standards_of_established_posts() -> None:
    case = scenario(units=1, buildings=(1,), rooms=3)
    posts = (
        Posts(unit="U000", division="", grade="head", established=1, in_post=1),
        Posts(unit="U000", division="", grade="staff", established=2, in_post=9),
    )
    case = replace(case, ledger=replace(case.ledger, posts=posts))
    (area,) = unit_areas(case)
    assert area.entitled == 1800 + 2 * 900
    enterprise = replace(case.ledger.units[0], category="enterprise")
    case = replace(case, ledger=replace(case.ledger, units=(enterprise,)))
    assert [a.entitled for a in unit_areas(case)] == [0]
    assert "无核定面积" in {t.get_text() for ax in draw_occupancy(case).axes for t in ax.texts}


@pytest.mark.parametrize("made", [small, city, crowded])
def test_the_balance_closes_to_the_hundredth(made: object) -> None:
    _, plan = made()  # type: ignore[operator]
    b = balance_of(plan)
    assert b.idle_today - b.idle_left + b.closer + b.other == b.new
    assert b.from_idle + b.closer == b.new == plan.areas.released - plan.before.released
    assert b.total == plan.areas.released
    rows = dict(balance_rows(plan, lang="en"))
    assert rows["released in all"] == m2_text(plan.areas.released)


def test_idle_space_is_on_the_same_basis_and_closer_seating_apart() -> None:
    plan = compact_plan(scenario())
    before = replace(plan.before, hidden=9_000, hidden_same_basis=2_000, short=100)
    plan = replace(plan, before=before, areas=replace(plan.areas, short=700))
    assert balance_of(plan).hidden_today == 2_000
    assert balance_of(plan).closer == 600


def test_progress_shows_the_last_difference() -> None:
    rows = progress_rows(LOG, lang="en")
    assert rows[1] == ("0.4", "—", "3,000")
    assert rows[-1] == ("21.0", "5,200", "5,100")
    texts = {t.get_text() for ax in draw_progress(LOG, lang="en").axes for t in ax.texts}
    assert {"value 5,200", "bound 5,100", "difference 100"} <= texts


def test_a_plan_counts_floors_by_its_own_rows_when_none_are_given() -> None:
    case, plan = small()
    named = draw_stacking(case, plan.assignments, site="S1")
    texts = [t.get_text() for ax in named.axes for t in ax.texts]
    assert any(t.startswith("腾出") for t in texts)
    assert any("方案" in t for t in texts)
