from dataclasses import replace
from fractions import Fraction
from time import perf_counter

import pytest

from allocator.compare import (
    compare_plans,
    compare_with_today,
    is_optimal,
    tier_line,
    today_as_plan,
)
from allocator.plan import TierResult
from tests.report.cases import plan_of, random_case, small, stay_put

SCENARIO, PLAN = small()
RESULT = compare_with_today(SCENARIO, PLAN)
CITY = random_case(12, 30)


def tier(value, bound, best=None, slack=0):
    return TierResult(
        name="space",
        unit="m2-equivalents",
        best=Fraction(value if best is None else best),
        slack=Fraction(slack),
        value=Fraction(value),
        bound=None if bound is None else Fraction(bound),
        terms={},
    )


def test_the_lease_that_ends_is_named_with_its_rent():
    (lease,) = RESULT.leases_ended
    assert (lease.place, lease.area, lease.rent_per_year) == ("B", 5500, 480_000)
    assert RESULT.rent_saved == 480_000
    assert RESULT.floors_released == ("B1F3",)
    assert RESULT.floors_taken == ()
    assert RESULT.buildings_released == ("B1",)


def test_the_gain_is_split_into_closer_seating_and_idle_space():
    assert RESULT.released_gain == 5500
    assert RESULT.from_closer + RESULT.from_idle == RESULT.released_gain
    rise = RESULT.after.short - RESULT.before.short
    assert RESULT.from_closer == min(RESULT.released_gain, max(0, rise))


@pytest.mark.parametrize(
    ("short_before", "short_after", "released_after", "closer", "idle"),
    [
        (0, 1000, 5500, 1000, 4500),
        (0, 9000, 5500, 5500, 0),
        (900, 100, 5500, 0, 5500),
        (0, 400, -300, 0, -300),
    ],
)
def test_closer_seating_never_exceeds_the_gain_or_counts_as_idle(
    short_before, short_after, released_after, closer, idle
):
    before = replace(PLAN.before, short=short_before, released=0)
    after = replace(PLAN.areas, short=short_after, released=released_after)
    found = compare_with_today(SCENARIO, replace(PLAN, before=before, areas=after))
    assert (found.from_closer, found.from_idle) == (closer, idle)


def test_idle_is_stranded_and_hidden_on_the_same_basis():
    assert RESULT.idle_before == PLAN.before.stranded + PLAN.before.hidden_same_basis
    assert RESULT.idle_after == PLAN.areas.stranded + PLAN.areas.hidden
    assert RESULT.idle_ratio == Fraction(RESULT.idle_after, RESULT.idle_before)
    nothing = replace(RESULT, idle_before=0)
    assert nothing.idle_ratio is None


@pytest.mark.parametrize("case", [(SCENARIO, PLAN), CITY], ids=["small", "city"])
def test_site_rows_add_up_to_the_plans_areas(case):
    scenario, plan = case
    result = compare_with_today(scenario, plan)
    for rows, areas in (
        ([r.before for r in result.sites], plan.before),
        ([r.after for r in result.sites], plan.areas),
    ):
        for name in ("stock", "held", "common", "stranded", "released"):
            assert sum(getattr(r, name) for r in rows) == getattr(areas, name), name
        for row in rows:
            assert row.stock == row.held + row.common + row.stranded + row.released
            assert row.in_use == row.stock - row.released
    released = [f for row in result.sites for f in row.floors_released]
    assert tuple(sorted(released)) == result.floors_released


@pytest.mark.parametrize("case", [(SCENARIO, PLAN), CITY], ids=["small", "city"])
def test_unit_rows_add_up(case):
    scenario, plan = case
    result = compare_with_today(scenario, plan)
    assert sum(r.people_moved for r in result.units) == plan.people.moved
    assert sum(r.people_planned for r in result.units) == plan.people.posts
    assert sum(r.people_seated for r in result.units) == plan.people.housed
    held = sum(r.office_after + r.service_after for r in result.units)
    assert abs(held - plan.areas.held) <= len(result.units)


def test_a_unit_row_says_where_it_was_and_where_it_goes():
    row = next(r for r in RESULT.units if r.unit == "sw")
    assert (row.building_before, row.building_after) == ("B1", "A1")
    assert (row.people_today, row.people_planned, row.people_seated) == (4, 5, 3)
    assert (row.office_before, row.office_after) == (5500, 4200)
    assert row.entitlement == 4 * 900 + 2400
    assert row.service_entitlement == 5 * 800


def test_service_supply_is_offered_against_entitled():
    assert RESULT.service_before == (7200, 3200)
    entitled, offered = RESULT.service_after
    assert entitled == 7200
    assert offered == 4000


def test_proved_needs_the_bound_to_meet_the_value():
    assert tier_line(tier(100, None)).word == "unproved"
    assert tier_line(tier(100, 99)).word == "bounded"
    assert tier_line(tier(100, 100)).word == "proved"
    line = tier_line(tier(100, 99))
    assert (line.gap, line.share) == (1, Fraction(1, 100))
    assert tier_line(tier(Fraction(1, 2), 0)).share == Fraction(1, 2)


def test_optimal_is_believed_only_when_the_numbers_bear_it_out():
    assert not is_optimal(PLAN)
    claimed = replace(PLAN, status="optimal")
    assert not is_optimal(claimed)
    proved = plan_of(SCENARIO, PLAN.assignments, status="optimal", bounds="tight")
    assert is_optimal(proved)
    slipped = replace(proved, tiers=(tier(100, 90, best=90), *proved.tiers[1:]))
    assert not is_optimal(slipped)
    within = replace(proved, tiers=(tier(100, 90, best=90, slack=10), *proved.tiers[1:]))
    assert is_optimal(within)
    assert not is_optimal(replace(proved, tiers=()))


def test_today_written_as_a_plan_changes_nothing():
    plan = stay_put(SCENARIO)
    result = compare_with_today(SCENARIO, plan)
    assert result.transfers == ()
    assert result.released_gain == 0
    assert result.floors_released == result.floors_taken == ()
    assert result.people.moved == 0


def test_today_stands_beside_plans_in_a_grid():
    today = today_as_plan(SCENARIO)
    assert today.areas == PLAN.before
    grid = compare_plans([("today", SCENARIO, today), ("B", SCENARIO, PLAN)])
    rows = {row.key: row for row in grid.rows}
    assert grid.names == ("today", "B")
    released = rows["released"]
    assert released.values == (0, 5500)
    assert released.deltas == (0, 5500)
    assert released.verdicts == ("same", "better")
    assert rows["rent_saved"].values == (0, 480_000)
    assert rows["moved"].verdicts == ("same", "worse")
    assert rows["tier:space"].unit == "m2-equivalents"
    assert rows["tier:space"].deltas[1] == rows["tier:space"].values[1] - today.tiers[1].value
    assert len({row.key for row in grid.rows}) == len(grid.rows)


def test_a_tier_that_only_one_plan_has_is_blank_for_the_other():
    shorter = replace(PLAN, tiers=PLAN.tiers[:2])
    grid = compare_plans([("a", SCENARIO, PLAN), ("b", SCENARIO, shorter)])
    row = next(r for r in grid.rows if r.key == "tier:comfort")
    assert row.values[1] is None
    assert row.deltas == (0, None)
    assert row.verdicts == ("same", "same")


def test_a_city_is_compared_in_seconds():
    scenario, plan = random_case(116, 230)
    start = perf_counter()
    result = compare_with_today(scenario, plan)
    assert perf_counter() - start < 5
    assert len(result.sites) == 116
