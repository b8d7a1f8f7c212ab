import pytest

from allocator.compare import compare_with_today
from allocator.problem import Problem
from allocator.report import tables
from allocator.report.names import Names
from allocator.report.stack import site_stacks
from allocator.report.words import Text
from tests.report.cases import random_case, small, stay_put

SCENARIO, PLAN = small()
FOUND = compare_with_today(SCENARIO, PLAN)
PROBLEM = Problem(SCENARIO)
NAMES = Names(PROBLEM)


def test_names_fall_back_to_codes_and_read_from_the_outside_in():
    assert NAMES.place("B1-301") == "东湖路租用点 · 租用楼 · 3F · 301"
    assert NAMES.place("cz") == "财政局"
    assert NAMES.place("nowhere") == "nowhere"
    assert NAMES.building("nowhere") == "nowhere"
    assert NAMES.grade("sw", "bureau_head") == Text("正局(处)级", "bureau head")
    assert NAMES.grade("sw", "captain") == Text("captain", "captain")
    assert NAMES.division("zh") == "综合科"


def test_every_table_has_as_many_cells_as_columns():
    made = (
        tables.balance_table(FOUND.before, FOUND.after),
        tables.site_table(PROBLEM, NAMES, FOUND),
        tables.service_table(NAMES, FOUND),
        tables.transfer_table(NAMES, FOUND),
        tables.unit_table(NAMES, FOUND),
        tables.unplaced_table(NAMES, PLAN),
        tables.exception_table(PROBLEM, NAMES, PLAN),
        tables.cap_table(NAMES, PLAN),
        tables.change_table(PROBLEM, NAMES),
    )
    for table in made:
        assert table.rows, table.key
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}
        assert len({column.key for column in table.columns}) == len(table.columns)


def test_plain_rows_are_square_metres_in_one_language():
    rows = tables.balance_table(FOUND.before, FOUND.after).plain("en")
    assert rows[0] == ["Item", "Before (m²)", "After (m²)", "Change (m²)"]
    assert rows[5] == ["Released whole floors", 0.0, 55.0, 55.0]
    chinese = tables.transfer_table(NAMES, FOUND).plain("zh")
    assert chinese[1] == [
        1,
        "财政局",
        "市行政中心 · 主楼",
        "201",
        "市行政中心 · 主楼",
        "102",
        "楼内",
        2,
        24.0,
        27.0,
    ]


def test_unplaced_people_keep_the_machine_reason_in_english():
    (row,) = tables.unplaced_table(NAMES, PLAN).rows
    assert row.cells[4] == Text(
        "允许使用的办公室座位总数不足", "no permitted room is left for these posts"
    )


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 0, None), (1, 3, 33), (1, 200, 1), (2, 1, 200)]
)
def test_shares_are_whole_per_cent_half_up(part, whole, share):
    assert tables.percent(part, whole) == share


@pytest.mark.parametrize("case", [small(), random_case(12, 30)], ids=["small", "city"])
def test_blocks_cover_every_room_and_add_up_to_the_areas(case):
    scenario, plan = case
    found = compare_with_today(scenario, plan)
    stacks = site_stacks(Problem(scenario), plan, found)
    floors = [f for s in stacks for b in s.buildings for f in b.floors]
    for floor in floors:
        for blocks in (floor.before, floor.after):
            assert sum(block.area for block in blocks) == floor.area
    for stage, areas in (("before", plan.before), ("after", plan.areas)):
        blocks = [block for floor in floors for block in getattr(floor, stage)]
        for kind in ("common", "stranded", "released"):
            assert sum(b.area for b in blocks if b.kind == kind) == getattr(areas, kind), kind
        assert sum(b.area for b in blocks if b.kind == "unit") == areas.held
    released = {f.floor for f in floors if f.mark == "released"}
    assert released == set(found.floors_released)
    assert {f.floor for f in floors if f.mark == "taken"} == set(found.floors_taken)


def test_floors_stand_from_the_top_down_and_neighbours_merge():
    stacks = {s.site: s for s in site_stacks(PROBLEM, PLAN, FOUND)}
    assert list(stacks) == ["B", "A"]
    top, ground = stacks["A"].buildings[0].floors
    assert (top.floor, ground.floor) == ("A1F2", "A1F1")
    first = ground.after[0]
    assert (first.unit, first.area, first.rooms) == ("cz", 4700, ("A1-101", "A1-102"))
    kinds = [block.kind for block in ground.before]
    assert kinds == ["unit", "stranded", "common", "stranded", "other"]
    assert [block.kind for block in top.after] == ["unit", "closed"]
    assert stacks["A"].widest == ground.area


def test_a_plan_that_changes_nothing_marks_no_floor():
    plan = stay_put(SCENARIO)
    found = compare_with_today(SCENARIO, plan)
    stacks = site_stacks(PROBLEM, plan, found)
    floors = [f for s in stacks for b in s.buildings for f in b.floors]
    assert {f.mark for f in floors} == {""}
    assert all(f.before == f.after for f in floors)
