"""Flat ledgers: what offices type is read as the ledger that was meant, or refused with advice."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from allocator.domain import (
    Building,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Room,
    Site,
    Unit,
)
from allocator.findings import Place
from allocator.ledger.check import check_ledger
from allocator.ledger.read import (
    Spot,
    read_for_audit,
    read_ledger,
    read_ledger_with_places,
)
from standards.catalog import Standard
from standards.load import load_standard
from tests.ledger.flat_books import (
    ROOM_HEADINGS,
    ROOMS,
    UNIT_HEADINGS,
    UNITS,
    plain_book,
    read_book,
    room,
    set_cell,
    write_book,
)


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_standard("cn-2014")


def _posts(unit_name: str, grade: str, established: int, in_post: int) -> Posts:
    return Posts(
        unit=unit_name, division="", grade=grade, established=established, in_post=in_post,
        in_post_known=False,
    )  # fmt: skip


def plain_ledger() -> Ledger:
    """What `plain_book` means."""

    def made(number: str, floor: str, area: int, use: Any = "office") -> Room:
        code = f"1号楼-{number}"
        return Room(code=code, floor=f"1号楼-{floor}F", number=number, use=use, area=area)

    def sits(number: str, name: str, grade: str = "", people: int = 0) -> Occupancy:
        return Occupancy(room=f"1号楼-{number}", unit=name, grade=grade, people=people)

    finance, review = "市财政局", "市审计局"
    return Ledger(
        sites=(
            Site(code="1号楼", name="1号楼", kind="independent", tenure="owned", title_holder="",
                 title_registered=True),
        ),
        buildings=(Building(code="1号楼", site="1号楼", name="1号楼"),),
        floors=(
            Floor(code="1号楼-3F", building="1号楼", level=3),
            Floor(code="1号楼-4F", building="1号楼", level=4),
        ),
        rooms=(
            made("301", "3", 2400), made("302", "3", 1800), made("303", "3", 6050, "service"),
            made("401", "4", 1800), made("402", "4", 2700), made("403", "4", 2000),
        ),
        units=(
            Unit(code=finance, name=finance, level="municipal"),
            Unit(code=review, name=review, level="municipal"),
        ),
        posts=(
            _posts(finance, "bureau_head", 1, 1), _posts(finance, "deputy_bureau_head", 1, 0),
            _posts(finance, "below_bureau", 2, 2), _posts(review, "bureau_head", 1, 0),
            _posts(review, "deputy_bureau_head", 1, 1), _posts(review, "below_bureau", 3, 3),
        ),
        occupancy=(
            sits("301", finance, "bureau_head", 1), sits("302", finance, "below_bureau", 2),
            sits("303", finance), sits("401", review, "deputy_bureau_head", 1),
            sits("402", review, "below_bureau", 3),
        ),
    )  # fmt: skip


def test_the_headings_of_real_ledgers_are_read_without_editing(
    tmp_path: Path, standard: Standard
) -> None:
    ledger, places = read_book(plain_book(), tmp_path, standard)
    assert ledger == plain_ledger()
    assert places.of("rooms", 1, "area_m2") == Place("l.xlsx", ROOMS, 3, "使用面积")
    assert places.spot("rooms", 1, "area_m2") == Spot("l.xlsx", ROOMS, 3, 8)
    assert places.spot("posts", 1, "established") == Spot("l.xlsx", UNITS, 2, 14)
    assert places.of("rooms", 1, "status") == Place("l.xlsx", ROOMS, 3, "实际用途")
    assert places.of("occupancy", 1, "grade") == Place("l.xlsx", ROOMS, 3, "职务")
    assert places.of("posts", 1, "established") == Place("l.xlsx", UNITS, 2, "副局(处)级")
    assert places.of("units", 1, "level") == Place("l.xlsx", UNITS, 3, "级别")
    assert places.of("floors", 1, "level") == Place("l.xlsx", ROOMS, 5, "楼层")


def test_ornaments_of_real_sheets_change_nothing(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    rows = book[ROOMS]
    wide = len(ROOM_HEADINGS)
    for row, area in ((1, "２４．０"), (2, "18㎡"), (3, "60.50 平方米"), (5, " 27 m²")):
        rows[row][ROOM_HEADINGS.index("使用面积")] = area
    rows[1][ROOM_HEADINGS.index("房号")] = "３０１"
    rows[2][ROOM_HEADINGS.index("使用人数")] = "2人"
    rows[4][ROOM_HEADINGS.index("楼层")] = "四层"
    rows[5][ROOM_HEADINGS.index("楼层")] = "4F"
    rows[1][ROOM_HEADINGS.index("职务")] = "正局（处）级"
    total = ["合  计", *[""] * 6, "167.50", *[""] * (wide - 8)]
    book[ROOMS] = [
        ["××市市直机关办公用房台账"],
        ["填报单位：市机关事务管理局", *[""] * 6, "单位：㎡", "", "填报日期：2025年3月"],
        *rows[:4],
        ["市财政局小计", *[""] * 6, "102.50", *[""] * (wide - 8)],
        [],
        ["××市市直机关办公用房台账"],
        list(ROOM_HEADINGS),
        *rows[4:],
        total,
        ["注：1.面积为使用面积，不含阳台。"],
        ["2.数据截至2025年3月底，以后调整另行上报。"],
        ["填表人：", "", "", "审核人："],
    ]
    book[UNITS].append(["合计", 9, *[""] * 10, 2, 2, 5])
    book["封面"] = [["办公用房统计报表"]]
    book["说明"] = [["请按表填写"]]
    merges = {ROOMS: ["A1:O1", "A7:G7", "A15:O15"]}
    ledger, places = read_book(book, tmp_path, standard, merges)
    assert ledger == plain_ledger()
    assert places.of("rooms", 0).row == 4
    assert places.of("rooms", 3).row == 11
    notes = {(n.code, n.place.sheet): n.zh for n in places.notes}
    assert ("sheet-not-read", "封面") in notes
    assert "7、14、15、16、17" in notes["rows-skipped", ROOMS]


def test_a_folder_of_csv_is_read_alike(tmp_path: Path, standard: Standard) -> None:
    for name, rows in plain_book().items():
        with (tmp_path / f"{name}.csv").open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(rows)
    ledger, places = read_ledger_with_places(tmp_path, standard)
    assert ledger == plain_ledger()
    codes = [f.code for f in check_ledger(ledger, standard, places)]
    assert "csv-encoding" in codes and "assumed-in-post" in codes


def test_merged_cells_carry_their_value_and_an_area_counts_once(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    more = room("", "", "", "", "", "", 1, "副局级")
    book[ROOMS].insert(3, more)
    merges = {ROOMS: [f"{column}3:{column}4" for column in "BCDEFH"]}
    ledger, places = read_book(book, tmp_path, standard, merges)
    assert ledger.rooms == plain_ledger().rooms
    extra = Occupancy(room="1号楼-302", unit="市财政局", grade="deputy_bureau_head", people=1)
    assert ledger.occupancy[2] == extra
    assert places.of("occupancy", 2, "people") == Place("l.xlsx", ROOMS, 4, "使用人数")
    assert ledger.posts[1].in_post == 1


def test_a_room_repeated_for_more_people_counts_once(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    book[ROOMS].append(room("1号楼", "3层", "302", "办公室", "市财政局", 18, 1, "副局级"))
    ledger, _ = read_book(book, tmp_path, standard)
    assert ledger.rooms == plain_ledger().rooms
    assert sum(o.people for o in ledger.occupancy) == 8


def test_headings_in_two_rows_tell_posts_from_people_in_post(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    grades = UNIT_HEADINGS[-3:]
    book[UNITS] = [
        ["××市办公用房情况表"],
        ["单位", "单位类型", "级别", "使用面积", "", "编制数", "", "", "实有人数", "", ""],
        ["", "", "", "基本办公用房面积", "出借", *grades, *grades],
        ["市财政局", "行政机关", "市级", 102.5, 0, 1, 1, 2, 1, 0, 2],
        ["市审计局", "党政机关", "市级", 65, 0, 1, 1, 3, 1, 1, 3],
    ]
    merges = {UNITS: ["A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:H2", "I2:K2"]}
    ledger, places = read_book(book, tmp_path, standard, merges)
    assert [(p.established, p.in_post) for p in ledger.posts] == [
        (1, 1), (1, 0), (2, 2), (1, 1), (1, 1), (3, 3),
    ]  # fmt: skip
    assert "assumed-in-post" not in [n.code for n in places.notes]
    assert places.of("posts", 0, "in_post") == Place("l.xlsx", UNITS, 4, "正局(处)级")
    assert ledger.units == plain_ledger().units


def test_posts_may_stand_in_rows_and_then_keep_divisions(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    book[UNITS] = [row[:4] for row in book[UNITS]]
    book["编制"] = [
        ["单位", "科室", "职级", "编制数", "实有人数"],
        ["市财政局", "局领导", "正局级", 1, 1],
        ["市财政局", "预算科", "局(处)级以下", 2, 2],
        ["市审计局", "", "副局级", 1, 1],
        ["市审计局", "", "局(处)级以下", 3, 4],
    ]
    ledger, _ = read_book(book, tmp_path, standard)
    assert [d.code for d in ledger.divisions] == ["市财政局-局领导", "市财政局-预算科"]
    assert [o.division for o in ledger.occupancy[:2]] == ["市财政局-局领导", "市财政局-预算科"]
    assert [(p.division, p.in_post) for p in ledger.posts][1:3] == [("市财政局-预算科", 2), ("", 1)]


def test_what_the_sheets_do_not_say_is_assumed_aloud(tmp_path: Path, standard: Standard) -> None:
    _, places = read_book(plain_book(), tmp_path, standard)
    notes = {n.code: n for n in places.notes}
    assert {n.severity for n in notes.values()} == {"info"}
    assert notes["assumed-title-registered"].en == "title not stated, taken as registered: 1号楼"
    assert "权属登记情况" in notes["assumed-title-registered"].advice_zh
    for code in ("assumed-tenure", "assumed-kind", "assumed-site", "assumed-in-post"):
        assert notes[code].advice_en.startswith("Maybe")
    assert notes["divisions-not-used"].place == Place("l.xlsx", ROOMS, 2, "使用科室")


def test_a_sheet_of_buildings_gives_title_and_tenure(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    book[ROOMS][5][1] = "2号楼"
    book["房屋权属"] = [
        ["建筑名称", "办公地点", "权属登记情况", "建设年代", "是否租（借）用", "权属登记人"],
        ["1号楼", "市行政中心", "已登记", 1998, "否", ""],
        ["2号楼", "市行政中心", "未登记", 2003, "租用", "某置业公司"],
    ]
    ledger, places = read_book(book, tmp_path, standard)
    assert [s.code for s in ledger.sites] == ["市行政中心"]
    first, second = ledger.buildings
    assert (first.tenure, first.title_registered) == ("owned", True)
    assert (second.tenure, second.title_registered) == ("leased", False)
    assert second.title_holder == "某置业公司"
    assert places.of("buildings", 1, "tenure") == Place("l.xlsx", "房屋权属", 3, "是否租（借）用")
    assert not {"assumed-tenure", "assumed-site"} & {n.code for n in places.notes}


def test_facts_of_an_office_address_go_to_its_site(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    for row, cells in enumerate(("权属登记情况", "未登记", "未登记")):
        book[UNITS][row].append(cells)
    for row in (1, 2):
        book[UNITS][row][UNIT_HEADINGS.index("办公地点")] = "人民路1号"
    ledger, places = read_book(book, tmp_path, standard)
    assert [(s.code, s.title_registered) for s in ledger.sites] == [("人民路1号", False)]
    assert ledger.buildings[0].site == "人民路1号"
    assert "1号楼 → 人民路1号" in next(n.zh for n in places.notes if n.code == "assumed-site")


@pytest.mark.parametrize(
    ("use", "name", "area", "people", "expected"),
    [
        ("小会议室", "公用", 30, "", {"use": "service", "features": ("common",)}),
        ("卫生间", "", 12, "", {"use": "service"}),
        ("机房", "", 12, "—", {"use": "equipment"}),
        ("食堂", "公用", "1,200.5", "", {"use": "ancillary", "area": 120050}),
        ("业务用房", "市财政局", 30, 0, {"use": "business"}),
        ("出租", "某超市", 30, 5, {"status": "let"}),
        ("出借", "某协会", 30, 2, {"lent_to": "某协会"}),
        ("出借", "市审计局", 30, 0, {"lent_to": "市审计局"}),
        ("闲置", "—", 30, "", {"use": "office", "status": "available"}),
        ("局长办公室", "市财政局", 30, 0, {"use": "office"}),
    ],
)
def test_words_of_use(
    tmp_path: Path,
    standard: Standard,
    use: str,
    name: str,
    area: Any,
    people: Any,
    expected: dict[str, Any],
) -> None:
    book = plain_book()
    book[ROOMS].append(room("1号楼", "地下一层", "B01", use, name, area, people))
    ledger, _ = read_book(book, tmp_path, standard)
    made = ledger.rooms[-1]
    assert made.floor == "1号楼-B1"
    assert {key: getattr(made, key) for key in expected} == expected
    assert sum(o.people for o in ledger.occupancy) == 7


def test_the_repealed_standard_is_named(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "按标准核定面积", 12)(book)
    set_cell(ROOMS, 6, "备注", "按三级办公用房核定")(book)
    _, places = read_book(book, tmp_path, standard)
    warned = [n for n in places.notes if n.code == "repealed-standard"]
    assert [(n.place.row, n.place.column, n.value) for n in warned] == [
        (3, "按标准核定面积", "12"),
        (6, "备注", "按三级办公用房核定"),
    ]
    assert all(n.severity == "warning" and "局(处)级以下 9.00" in n.expected for n in warned)


def test_an_audit_sets_rows_of_unknown_units_aside(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "使用单位", "市财证局")(book)
    reading = read_for_audit(write_book(book, tmp_path / "l.xlsx"), standard)
    assert [(x.kind, x.code, x.row) for x in reading.loose] == [("unit", "市财证局", 3)]
    assert len(reading.ledger.occupancy) == 4
    assert reading.places.of("occupancy", 1, "people").row == 4
    assert reading.places.notes


def test_names_that_differ_in_width_or_blanks_are_one(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "使用单位", "市 财政局")(book)
    set_cell(ROOMS, 3, "建筑名称", "１号楼")(book)
    assert read_ledger(write_book(book, tmp_path / "l.xlsx"), standard) == plain_ledger()


def test_one_sheet_per_building_and_a_row_of_column_numbers(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    numbers = [f"({n})" for n in range(1, len(ROOM_HEADINGS) + 1)]
    second = [row for row in book[ROOMS] if row[ROOM_HEADINGS.index("楼层")] == "4层"]
    book[ROOMS] = [book[ROOMS][0], numbers, *book[ROOMS][1:4]]
    book["四层"] = [list(ROOM_HEADINGS), *second]
    ledger, places = read_book(book, tmp_path, standard)
    assert ledger == plain_ledger()
    assert places.of("rooms", 0) == Place("l.xlsx", ROOMS, 3, "")
    assert places.of("rooms", 3, "use") == Place("l.xlsx", "四层", 2, "实际用途")
    assert places.of("occupancy", 4, "people") == Place("l.xlsx", "四层", 3, "使用人数")


def test_a_unit_at_two_addresses_has_its_posts_once(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    finance = book[UNITS][1]
    finance[UNIT_HEADINGS.index("办公地点")] = "人民路1号"
    book[UNITS].insert(2, [""] * len(finance))
    book[UNITS][2][UNIT_HEADINGS.index("办公地点")] = "解放路2号"
    merges = {UNITS: [f"{column}2:{column}3" for column in "ABCDMNO"]}
    ledger, _ = read_book(book, tmp_path, standard, merges)
    assert ledger == plain_ledger()


def test_the_cross_check_finds_nothing_wrong_with_a_clean_flat_ledger(
    tmp_path: Path, standard: Standard
) -> None:
    ledger, places = read_book(plain_book(), tmp_path, standard)
    findings = check_ledger(ledger, standard, places)
    assert {f.severity for f in findings} == {"info"}
