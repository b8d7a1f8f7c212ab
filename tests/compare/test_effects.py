"""What bounds decide about a change of input, ranks, colours and units that differ."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from allocator.compare import FIGURES, compare_plans, today_as_plan
from allocator.compare_effects import as_start, effects
from allocator.compare_thresholds import Threshold, read_thresholds
from allocator.compare_units import unit_differences
from allocator.findings import InputError
from allocator.plan import Plan, TierResult
from allocator.solve import solve
from tests.builders import change
from tests.report.cases import plan_of, small

SCENARIO, PLAN = small()


def with_tiers(*figures: tuple[int, int | None]) -> Plan:
    """A plan whose tiers have these values and bounds."""
    names = ("unhoused", "space", "together")
    tiers = tuple(
        TierResult(
            name=name, unit="posts", best=Fraction(value), slack=Fraction(0),
            value=Fraction(value), bound=None if bound is None else Fraction(bound), terms={},
        )
        for name, (value, bound) in zip(names, figures, strict=False)
    )  # fmt: skip
    return replace(PLAN, tiers=tiers)


@pytest.mark.parametrize(
    ("before", "after", "interval", "decision"),
    [
        ((10, 10), (10, 10), (0, 0), "same"),
        ((10, 10), (12, 12), (2, 2), "rises"),
        ((10, 10), (12, 9), (-1, 2), "open"),
        ((10, 8), (20, 15), (5, 12), "rises"),
        ((20, 15), (10, 8), (-12, -5), "falls"),
        ((10, 8), (20, 10), (0, 12), "open"),
        ((10, None), (20, 20), None, "open"),
    ],
)
def test_a_change_is_decided_only_where_the_interval_leaves_zero_out(
    before: tuple[int, int | None], after: tuple[int, int | None], interval: object, decision: str
) -> None:
    (found,) = effects(with_tiers(before), with_tiers(after))
    assert found.interval == interval
    assert found.decision == decision
    assert found.change == after[0] - before[0]


def test_a_later_tier_is_open_while_an_earlier_one_is_not_proved() -> None:
    sure, unsure = with_tiers((0, 0), (10, 10)), with_tiers((1, 0), (10, 10))
    assert effects(sure, sure)[1].decision == "same"
    for pair in ((sure, unsure), (unsure, sure)):
        assert effects(*pair)[1].interval is None
        assert effects(*pair)[1].decision == "open"


def test_a_start_never_stands_in_the_way_of_what_is_found() -> None:
    scenario = change(SCENARIO, "rooms", PLAN.assignments[0].room, status="sealed")
    start = as_start(PLAN, scenario)
    assert PLAN.assignments[0].room not in {row.room for row in start.assignments}
    solved = solve(replace(scenario, budget=replace(scenario.budget, seconds=None, work=2)),
                   start=start)  # fmt: skip
    assert solved.plan is not None and solved.plan is not start


def test_equal_plans_share_a_rank_and_the_next_counts_them_all() -> None:
    today = today_as_plan(SCENARIO)
    plans = [("today", SCENARIO, today), ("a", SCENARIO, PLAN), ("b", SCENARIO, PLAN)]
    rows = {row.key: row for row in compare_plans(plans).rows}
    assert rows["released"].ranks == (3, 1, 1)
    assert rows["moved"].ranks == (1, 2, 2)
    assert rows["stock"].ranks == (None, None, None)
    assert rows["released"].colours == (None, None, None)


def test_thresholds_colour_what_they_name() -> None:
    limits = read_thresholds(None, FIGURES)
    today = today_as_plan(SCENARIO)
    grid = compare_plans([("today", SCENARIO, today), ("plan", SCENARIO, PLAN)], limits)
    rows = {row.key: row for row in grid.rows}
    assert rows["unhoused"].values[1] == 2 and rows["unhoused"].colours[1] == "red"
    share = Fraction(rows["idle"].values[1], rows["stock"].values[1])
    wanted = (
        "red" if share > Fraction(15, 100) else "yellow" if share > Fraction(2, 25) else "green"
    )
    assert rows["idle"].colours[1] == wanted
    assert {key for key, row in rows.items() if any(row.colours)} == set(limits)


@pytest.mark.parametrize(
    ("value", "colour"), [(0, "green"), (8, "green"), (9, "yellow"), (15, "yellow"), (16, "red")]
)
def test_at_a_limit_the_milder_colour_holds(value: int, colour: str) -> None:
    limit = Threshold(share_of="stock", yellow_above=Fraction(8, 100), red_above=Fraction(15, 100))
    assert limit.colour(value, 100) == colour
    assert limit.colour(value, 0) is None
    below = Threshold(red_below=Fraction(-15), yellow_below=Fraction(-8))
    assert below.colour(-value, None) == colour


def test_a_file_replaces_only_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text("format: allocator-thresholds/1\nunhoused: {yellow_above: 0, red_above: 3}\n")
    found = read_thresholds(path, FIGURES)
    assert found["unhoused"].colour(2, None) == "yellow"
    assert found["idle"] == read_thresholds(None, FIGURES)["idle"]
    assert found["unhoused"].text("en") == "yellow > 0, red > 3"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("unhosed: {red_above: 0}", "unknown-key"),
        ("unhoused: {red: 0}", "unknown-key"),
        ("unhoused: {}", "threshold-empty"),
        ("unhoused: {red_above: many}", "wrong-type"),
        ("idle: {share_of: stok, red_above: 1}", "unknown-value"),
    ],
)
def test_a_wrong_threshold_is_located(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(f"format: allocator-thresholds/1\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_thresholds(path, FIGURES)
    assert code in {finding.code for finding in caught.value.findings}
    assert caught.value.findings[0].place.row


def test_only_units_that_differ_are_listed_the_largest_change_first() -> None:
    assert unit_differences([("a", SCENARIO, PLAN), ("b", SCENARIO, PLAN)]) == ()
    kept = tuple(row for row in PLAN.assignments if row.unit != "sw")
    without = plan_of(SCENARIO, kept)
    (row,) = unit_differences([("a", SCENARIO, PLAN), ("b", SCENARIO, without)])
    areas = {r.code: r.area for r in SCENARIO.ledger.rooms}
    rooms = {r.room for r in PLAN.assignments if r.unit == "sw"}
    assert row.unit == "sw" and row.size == sum(areas[room] for room in rooms)
    assert row.places[0].rooms == tuple(sorted(rooms)) and row.places[1].rooms == ()
    assert row.places[0].people == 3 and row.places[1].area == 0
    today = today_as_plan(SCENARIO)
    rows = unit_differences([("today", SCENARIO, today), ("a", SCENARIO, PLAN)])
    assert [r.size for r in rows] == sorted((r.size for r in rows), reverse=True)
