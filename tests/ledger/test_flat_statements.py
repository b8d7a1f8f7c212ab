"""What flat ledgers state beside the data: totals in post, titles, approved areas, empty rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allocator.audit.register import AUDIT_RULES
from allocator.findings import Finding, InputError, Place
from allocator.ledger.check import check_ledger
from allocator.ledger.read import read_for_audit
from standards.catalog import Standard
from standards.load import load_standard
from tests.audit.people_cases import group, make_case
from tests.ledger.flat_books import (
    ROOMS,
    UNITS,
    Sheets,
    plain_book,
    read_book,
    room,
    set_cell,
    write_book,
)

TITLES = "职务对照"


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_standard("cn-2014")


def _notes(book: Sheets, tmp_path: Path, standard: Standard, code: str) -> list[Finding]:
    return [n for n in read_book(book, tmp_path, standard)[1].notes if n.code == code]


def _refused(book: Sheets, tmp_path: Path, standard: Standard) -> list[Finding]:
    with pytest.raises(InputError, match=r"\S") as caught:
        read_book(book, tmp_path, standard)
    return list(caught.value.findings)


# -- people in post -----------------------------------------------------------------------------


def _with_totals(*totals: Any) -> Sheets:
    book = plain_book()
    for row, cell in zip(book[UNITS], ("实有人数", *totals), strict=True):
        row.insert(2, cell)
    return book


def test_a_total_in_post_is_compared_with_the_rooms(tmp_path: Path, standard: Standard) -> None:
    found = _notes(_with_totals(7, 4), tmp_path, standard, "in-post-total")
    assert [(n.place, n.value, n.expected, n.severity) for n in found] == [
        (Place("l.xlsx", UNITS, 2, "实有人数"), "7", "3", "warning")
    ]
    assert "7" in found[0].zh and "3" in found[0].zh and found[0].advice_en.startswith("Maybe")
    assert not _notes(_with_totals(3, 4), tmp_path, standard, "in-post-total")
    assert not _notes(_with_totals("", ""), tmp_path, standard, "in-post-total")


def test_a_total_in_post_that_is_no_number_is_told_and_not_refused(
    tmp_path: Path, standard: Standard
) -> None:
    found = _notes(_with_totals("3（含借调1）", 4), tmp_path, standard, "in-post-not-compared")
    assert [(n.place.row, n.value) for n in found] == [(2, "3（含借调1）")]


def test_people_in_post_taken_from_the_rooms_are_marked_and_not_judged(
    tmp_path: Path, standard: Standard
) -> None:
    book = _with_totals(7, 4)
    ledger, _ = read_book(book, tmp_path, standard)
    assert ledger.posts and not any(p.in_post_known for p in ledger.posts)
    case = make_case(
        standard=standard, sites=ledger.sites, buildings=ledger.buildings, floors=ledger.floors,
        rooms=ledger.rooms, units=ledger.units, divisions=(), posts=ledger.posts,
        occupancy=ledger.occupancy,
    )  # fmt: skip
    for rule in ("roll_above", "roll_differs", "division_unhoused"):
        subjects = list(AUDIT_RULES[rule].subjects(case))
        assert subjects and all(AUDIT_RULES[rule].judge(case, s) is None for s in subjects), rule
    assert AUDIT_RULES["roll_above"].judge(case, group("市财政局", "bureau_head")) is None


def test_more_people_than_posts_are_not_called_more_than_in_post(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "使用人数", 5)(book)
    ledger, places = read_book(book, tmp_path, standard)
    (found,) = [f for f in check_ledger(ledger, standard, places) if f.severity == "error"]
    assert found.code == "people-above-in-post"
    assert "5 people in rooms, 2 established" in found.en and "超过编制 2 人" in found.zh


def test_people_in_post_counted_by_grade_are_known(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    book[UNITS] = [row[:4] for row in book[UNITS]]
    book["编制"] = [
        ["单位", "职级", "编制数", "实有人数"],
        ["市财政局", "正局级", 1, 1], ["市财政局", "局(处)级以下", 2, 2],
        ["市审计局", "副局级", 1, 1], ["市审计局", "局(处)级以下", 3, 4],
    ]  # fmt: skip
    ledger, places = read_book(book, tmp_path, standard)
    assert all(p.in_post_known for p in ledger.posts)
    assert "in-post-total" not in [n.code for n in places.notes]


# -- titles -------------------------------------------------------------------------------------


def _titled(*rows: list[Any], headings: tuple[str, ...] = ("职务", "职级")) -> Sheets:
    book = plain_book()
    set_cell(ROOMS, 2, "职务", "局长")(book)
    set_cell(ROOMS, 5, "职务", "副局长")(book)
    book[TITLES] = [["××市职务职级对照"], list(headings), *rows, ["注：按三定规定。"]]
    return book


def test_titles_get_their_grades_once(tmp_path: Path, standard: Standard) -> None:
    book = _titled(["局 长", "正局（处）级"], ["副局长", "副局级"])
    ledger, places = read_book(book, tmp_path, standard)
    assert ledger == read_book(plain_book(), tmp_path, standard)[0]
    assert "sheet-not-read" not in [n.code for n in places.notes]
    book["职务职级对照表"] = book.pop(TITLES)
    assert read_book(book, tmp_path, standard)[0] == ledger


def test_a_title_may_have_a_grade_by_unit_or_by_level(tmp_path: Path, standard: Standard) -> None:
    book = _titled(
        ["局长", "正局级", "", "市级"], ["局长", "正科级", "", "县级"],
        ["副局长", "正局级", "", ""], ["副局长", "副局级", "市审计局", ""],
        headings=("职务", "职级", "单位", "级别"),
    )  # fmt: skip
    ledger, _ = read_book(book, tmp_path, standard)
    assert ledger == read_book(plain_book(), tmp_path, standard)[0]


def test_a_grade_of_the_standard_is_no_title(tmp_path: Path, standard: Standard) -> None:
    book = _titled(
        ["局长", "正局级"], ["副局长", "副局级"], ["局(处)级以下", "正局级"],
    )  # fmt: skip
    assert read_book(book, tmp_path, standard)[0] == read_book(plain_book(), tmp_path, standard)[0]


@pytest.mark.parametrize(
    ("row", "code", "column", "words"),
    [
        (["副局长", "副司局"], "unknown-grade", "职级", "misspelt"),
        (["副局长", ""], "blank-cell", "职级", "fill it in"),
        (["局长", "副局级"], "rows-contradict", "职级", "单位"),
        (["副局长", "副局级", "市审计"], "unknown-reference", "单位", "Maybe 市审计局 is meant"),
    ],
)
def test_faults_of_the_sheet_of_titles_stand_there(
    tmp_path: Path, standard: Standard, row: list[str], code: str, column: str, words: str
) -> None:
    book = _titled(["局长", "正局级"], row, headings=("职务", "职级", "单位"))
    found = next(f for f in _refused(book, tmp_path, standard) if f.place.sheet == TITLES)
    assert (found.code, found.place) == (code, Place("l.xlsx", TITLES, 4, column))
    assert words in found.advice_en and found.advice_en.startswith("Maybe")


def test_a_sheet_of_titles_without_headings_is_refused(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    book[TITLES] = [["局长", "正局级"]]
    found = _refused(book, tmp_path, standard)
    assert [(f.code, f.place.sheet) for f in found] == [("missing-column", TITLES)]


def test_a_title_without_a_grade_is_set_aside_for_an_audit(
    tmp_path: Path, standard: Standard
) -> None:
    book = _titled(["局长", "正局级"])
    (strict,) = _refused(book, tmp_path, standard)
    assert strict.code == "unknown-grade" and strict.place.row == 5
    assert TITLES in strict.advice_zh and TITLES in strict.advice_en
    reading = read_for_audit(write_book(book, tmp_path / "l.xlsx"), standard)
    assert [(x.kind, x.code, x.row) for x in reading.loose] == [("grade", "副局长", 5)]
    assert [o.grade for o in reading.ledger.occupancy if o.people == 1] == ["bureau_head", "副局长"]


# -- empty rooms, names -------------------------------------------------------------------------


def test_an_office_of_nobody_with_a_zero_is_empty(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    book[ROOMS].append(room("1号楼", "4层", "404", "办公室", "", 20, 0, 备注="闲置"))
    ledger, places = read_book(book, tmp_path, standard)
    made = ledger.rooms[-1]
    assert (made.number, made.use, made.status) == ("404", "office", "available")
    assert "1号楼-404" not in {o.room for o in ledger.occupancy}
    (note,) = [n for n in places.notes if n.code == "assumed-empty"]
    assert note.place == Place("l.xlsx", ROOMS, 8, "使用单位")
    set_cell(ROOMS, 8, "使用人数", "")(book)
    assert [f.code for f in _refused(book, tmp_path, standard)] == ["blank-cell"]


def test_a_unit_spelt_a_little_differently_is_asked_about(
    tmp_path: Path, standard: Standard
) -> None:
    book = plain_book()
    set_cell(ROOMS, 3, "使用单位", "市财政")(book)
    (found,) = _refused(book, tmp_path, standard)
    assert found.advice_en == "Maybe 市财政局 is meant" and "市财政局" in found.advice_zh


# -- claims -------------------------------------------------------------------------------------


def _claimed(*rows: tuple[int, Any, str]) -> Sheets:
    book = plain_book()
    for row, limit, says in rows:
        set_cell(ROOMS, row, "按标准核定面积", limit)(book)
        set_cell(ROOMS, row, "是否超标", says)(book)
    return book


def test_a_row_that_contradicts_its_own_areas_is_warned_of(
    tmp_path: Path, standard: Standard
) -> None:
    book = _claimed(
        (2, 23, "否"), (3, 18, "是"), (5, 18, "否"), (6, 26, "超标"), (4, "见附件", "否")
    )
    found = _notes(book, tmp_path, standard, "claim-contradicts")
    assert [(n.place.row, n.place.column, n.value, n.expected) for n in found] == [
        (2, "是否超标", "否", "24.00 > 23.00"), (3, "是否超标", "是", "18.00 ≤ 18.00"),
    ]  # fmt: skip
    (told,) = _notes(book, tmp_path, standard, "claims-not-used")
    assert told.severity == "info" and "按标准核定面积、是否超标" in told.zh
    assert not _notes(plain_book(), tmp_path, standard, "claims-not-used")


def test_rows_of_one_room_are_not_compared_one_by_one(tmp_path: Path, standard: Standard) -> None:
    book = _claimed((3, 9, "否"))
    more = room("1号楼", "3层", "302", "办公室", "市财政局", 18, 1, "副局级")
    book[ROOMS].append(more)
    assert not _notes(book, tmp_path, standard, "claim-contradicts")


def test_many_contradictions_are_counted(tmp_path: Path, standard: Standard) -> None:
    book = plain_book()
    for number in range(60):
        book[ROOMS].append(
            room("1号楼", "4层", f"5{number:02}", "闲置", "", 20, 按标准核定面积=10, 是否超标="否")
        )
    found = _notes(book, tmp_path, standard, "claim-contradicts")
    assert len(found) == 51
    assert found[-1].en.endswith(": 10")
