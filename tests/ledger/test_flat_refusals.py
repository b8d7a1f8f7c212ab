"""Flat ledgers that cannot be read: every refusal says where and what to change."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from allocator.findings import Finding, InputError, Place
from standards.catalog import Standard
from standards.load import load_standard
from tests.conftest import FULL
from tests.ledger.flat_books import (
    ROOM_HEADINGS,
    ROOMS,
    UNITS,
    Edit,
    Sheets,
    plain_book,
    read_book,
    room,
    set_cell,
    unit,
)


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_standard("cn-2014")


def refused(
    book: Sheets, tmp_path: Path, standard: Standard, merges: dict[str, list[str]] | None = None
) -> tuple[Finding, ...]:
    with pytest.raises(InputError, match=r"\S") as caught:
        read_book(book, tmp_path, standard, merges)
    return caught.value.findings


def _append(sheet: str, *cells: Any) -> Edit:
    return lambda book: book[sheet].append(list(cells))


def _cut_grades(book: Sheets) -> None:
    book[UNITS] = [row[:-3] for row in book[UNITS]]


def _two_names(book: Sheets) -> None:
    book[UNITS] += [unit("市发展、改革局", "", [0, 0, 0]), unit("市发展；改革局", "", [0, 0, 0])]


def _no_total_no_count(book: Sheets) -> None:
    book[UNITS][1][1] = book[UNITS][1][-2] = ""


def _lease(word: str) -> Edit:
    rows = [["建筑名称", "是否租(借)用"], ["1号楼", word]]
    return lambda book: book.update({"房屋": rows})


# name, edit, code, sheet, row, column, words of the advice or of what is expected
REFUSALS: list[tuple[str, Edit, str, str, int | None, str, str]] = [
    ("building left to the row above", set_cell(ROOMS, 3, "建筑名称", ""), "blank-cell", ROOMS, 3,
     "建筑名称", "merge it with the cell above"),
    ("number left to the row above", set_cell(ROOMS, 3, "房号", ""), "blank-cell", ROOMS, 3,
     "房号",
     "merge it with the cell above"),
    ("office without a unit", set_cell(ROOMS, 3, "使用单位", ""), "blank-cell", ROOMS, 3,
     "使用单位",
     "闲置"),
    ("people not given", set_cell(ROOMS, 3, "使用人数", ""), "blank-cell", ROOMS, 3,
     "使用人数",
     "blank is not zero"),
    ("grade not given", set_cell(ROOMS, 3, "职务", ""), "blank-cell", ROOMS, 3, "职务", "grade"),
    ("a title for a grade", set_cell(ROOMS, 2, "职务", "局长"), "unknown-grade", ROOMS, 2, "职务",
     "bureau_head 正局(处)级"),
    ("a grade of another level", set_cell(ROOMS, 2, "职务", "正科级"), "unknown-grade", ROOMS, 2,
     "职务", "正局(处)级"),
    ("a unit misspelt", set_cell(ROOMS, 3, "使用单位", "市财证局"), "unknown-reference", ROOMS, 3,
     "使用单位", "市财政局"),
    ("a use nobody knows", set_cell(ROOMS, 4, "实际用途", "棋牌室"), "unknown-use", ROOMS, 4,
     "实际用途", "服务 service"),
    ("two uses", set_cell(ROOMS, 4, "实际用途", "办公室兼会议室"), "unknown-use", ROOMS, 4,
     "实际用途", "main one"),
    ("idle with people", set_cell(ROOMS, 7, "使用人数", 2), "idle-with-people", ROOMS, 7,
     "使用人数",
     "correct its use"),
    ("an area as a sum", set_cell(ROOMS, 3, "使用面积", "12+6"), "bad-number", ROOMS, 3, "使用面积",
     "number"),
    ("two floors", set_cell(ROOMS, 3, "楼层", "3-4层"), "bad-level", ROOMS, 3, "楼层", "one whole"),
    ("one room, two areas", set_cell(ROOMS, 3, "房号", "301"), "rows-contradict", ROOMS, 3,
     "使用面积", "301-1 and 301-2"),
    ("a borrower left out", set_cell(ROOMS, 7, "实际用途", "出借"), "blank-cell", ROOMS, 7,
     "使用单位", "borrower"),
    ("no gross area instead", set_cell(ROOMS, 1, "使用面积", "建筑面积"), "missing-column", ROOMS,
     1,
     "使用面积", "Maybe add a column 使用面积"),
    ("no column of people", set_cell(ROOMS, 1, "使用人数", "姓名"), "missing-column", ROOMS, 1,
     "使用人数", "人数"),
    ("areas in another measure", lambda b: b[ROOMS].insert(0, ["计量单位：万平方米"]),
     "wrong-measure", ROOMS, 1, "", "square metres"),
    ("no posts by grade", _cut_grades, "missing-posts", UNITS, 1, "", "正局(处)级"),
    ("grades against the total", set_cell(UNITS, 2, "编制", 9), "posts-total", UNITS, 2, "编制",
     "实有人数"),
    ("a count left out", _no_total_no_count, "blank-cell", UNITS, 2, "副局(处)级", "Maybe 0"),
    ("the rank for the level", set_cell(UNITS, 2, "级别", "正处级"), "rank-not-level", UNITS, 2,
     "级别",
     "市级 municipal"),
    ("no level", set_cell(UNITS, 2, "级别", ""), "blank-cell", UNITS, 2, "级别", "level"),
    ("no kind of unit", set_cell(UNITS, 1, "单位类型", "类别名"), "missing-column", UNITS, 1,
     "单位类型", "事业单位 institution"),
    ("a unit twice", lambda b: b[UNITS].append(unit("市财政局", 4, [1, 1, 2])), "duplicate-code",
     UNITS, 4, "单位", "join the two rows"),
    ("leased or borrowed", _lease("是"), "bad-choice", "房屋", 2, "是否租(借)用", "leased 租用"),
    ("a title of no place", lambda b: [row.append(x) for row, x in zip(
        b[UNITS], ("权属登记情况", "未登记", ""), strict=True)], "fact-without-place", UNITS, 2,
     "权属登记情况", "办公地点"),
    ("punctuation alone", _two_names, "same-code", UNITS, 5,
     "单位", "write them alike"),
    ("a line without a mark", _append(ROOMS, "以上数据由各单位填报，截至2025年3月"),
     "row-without-room", ROOMS, 8, "房号", "begin it with 注："),
    ("headings only", lambda b: b.update({ROOMS: [list(ROOM_HEADINGS)]}), "empty-table", ROOMS, 1,
     "", "Maybe the data is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "code", "sheet", "row", "column", "words"),
    [case[1:] for case in REFUSALS],
    ids=[case[0] for case in REFUSALS],
)
def test_a_refusal_says_where_and_what_to_change(
    tmp_path: Path,
    standard: Standard,
    edit: Edit,
    code: str,
    sheet: str,
    row: int | None,
    column: str,
    words: str,
) -> None:
    book = plain_book()
    edit(book)
    findings = refused(book, tmp_path, standard)
    found = findings[0]
    assert (found.code, found.place) == (code, Place("l.xlsx", sheet, row, column))
    assert words in f"{found.expected} {found.advice_en} {found.advice_zh}"
    assert found.advice_en.startswith("Maybe")
    assert len({(f.code, f.place.row) for f in findings}) == 1


def test_merges_that_would_multiply_arerefused(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "使用面积", "")(book)
    found = refused(book, tmp_path, standard, {ROOMS: ["H2:H3"]})
    assert [(f.code, f.place.row, f.place.column) for f in found] == [
        ("merged-area", 3, "使用面积")
    ]
    book = plain_book()
    set_cell(ROOMS, 3, "使用人数", "")(book)
    found = refused(book, tmp_path, standard, {ROOMS: ["L2:L3"]})
    assert [(f.code, f.place.row) for f in found] == [("merged-people", 3)]
    found = refused(plain_book(), tmp_path, standard, {ROOMS: ["B2:C2"]})
    assert "merged-cells" in [f.code for f in found]


def test_a_missing_list_is_described_by_its_headings(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    del book[UNITS]
    found = refused(book, tmp_path, standard)
    assert [f.code for f in found] == ["missing-sheet", "missing-posts"]
    set_cell(ROOMS, 3, "使用面积", "约18")(book)
    assert "bad-number" in [f.code for f in refused(book, tmp_path, standard)]
    assert "单位 级别 单位类型" in found[0].advice_zh
    book = plain_book()
    del book[ROOMS]
    found = refused(book, tmp_path, standard)
    assert [f.code for f in found] == ["missing-sheet"]
    assert "建筑名称 楼层 房号" in found[0].advice_en


def test_a_second_list_of_rooms_with_a_wrong_heading_is_not_lost(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    book["2号楼"] = [
        [h.replace("房号", "编码") for h in ROOM_HEADINGS],
        room("2号楼", 1, "101", "办公室", "市财政局", 9, 1, "局(处)级以下"),
    ]
    found = refused(book, tmp_path, standard)
    assert [(f.code, f.place.sheet, f.place.column) for f in found] == [
        ("missing-column", "2号楼", "房号")
    ]


CELLS = [
    "", "合计", "小计", "注：x", "单位", "房号", "无", "-", "１２", "3-4层", "出租", "出借",
    "闲置", "公用", "正局级", 0, -1, 1e20, True, "编制", "实有人数", "；", "*", "(", "级别",
    "否", "是",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(200 if FULL else 30))
def test_whatever_is_typed_is_read_or_refused_with_advice(
    tmp_path: Path, standard: Standard, seed: int
) -> None:
    chance = random.Random(seed)
    book = plain_book()
    for _ in range(chance.randint(1, 3)):
        row = chance.choice(book[chance.choice((ROOMS, UNITS))])
        row[chance.randrange(len(row))] = chance.choice(CELLS)
    top, left = chance.randint(1, 8), chance.choice("BDFHLM")
    merges = {ROOMS: [f"{left}{top}:{left}{top + chance.randint(1, 3)}"]}
    try:
        ledger, _ = read_book(book, tmp_path, standard, merges)
    except InputError as error:
        for found in error.findings:
            assert found.place.file == "l.xlsx" and found.zh and found.advice_zh
            assert found.advice_en.startswith("Maybe")
    else:
        assert ledger.rooms and ledger.units and ledger.posts
