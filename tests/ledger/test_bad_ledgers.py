"""Broken ledgers: every fault is found once, at its place, with sentences in both languages."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from allocator.findings import Finding, InputError
from allocator.ledger.read import read_ledger
from tests.ledger.books import Book, book_of, write_csv, write_xlsx
from tests.ledger.ledgers import full_ledger, small_standard

# sheet, row of the file (1 is the heading), column, the bad cell, the code that is expected
CELLS: list[tuple[str, int, str, Any, str]] = [
    ("rooms", 2, "area_m2", "18.05亩", "bad-number"),
    ("rooms", 2, "area_m2", "1,805", "bad-number"),
    ("rooms", 2, "area_m2", "1_0", "bad-number"),
    ("rooms", 2, "area_m2", "nan", "bad-number"),
    ("rooms", 2, "area_m2", "inf", "bad-number"),
    ("rooms", 2, "area_m2", "", "blank-cell"),
    ("rooms", 2, "area_m2", "   ", "blank-cell"),
    ("rooms", 2, "area_m2", "-3", "number-too-small"),
    ("rooms", 2, "area_m2", "1e300", "number-out-of-range"),
    ("rooms", 2, "area_m2", "1e-300", "number-out-of-range"),
    ("rooms", 3, "use", "办公室室", "bad-choice"),
    ("rooms", 3, "status", "", "blank-cell"),
    ("rooms", 3, "floor", "F9", "unknown-reference"),
    ("rooms", 3, "features", "secure;secret", "bad-choice"),
    ("rooms", 3, "features", "secure;secure", "repeated-entry"),
    ("rooms", 3, "allocated_unit", "市财政局", "unknown-reference"),
    ("rooms", 3, "position", "1.5", "not-whole"),
    ("sites", 2, "kind", "unknown", "bad-choice"),
    ("sites", 2, "tenure", "", "blank-cell"),
    ("sites", 2, "title_registered", "maybe", "bad-choice"),
    ("sites", 3, "lease_end", "2025-02-30", "bad-date"),
    ("sites", 3, "lease_end", "soon", "bad-date"),
    ("sites", 3, "lease_end", 45000, "bad-date"),
    ("sites", 3, "rent_per_year", "-1", "number-too-small"),
    ("sites", 3, "agreement", "U1;U9", "unknown-reference"),
    ("sites", 2, "x_km", "east", "bad-number"),
    ("buildings", 2, "usable_ratio", "65", "ratio-out-of-range"),
    ("buildings", 2, "usable_ratio", "0", "ratio-out-of-range"),
    ("buildings", 2, "site", "S9", "unknown-reference"),
    ("floors", 3, "level", "top", "bad-level"),
    ("floors", 3, "building", "", "blank-cell"),
    ("units", 2, "level", "national", "bad-choice"),
    ("units", 3, "successor", "U7", "unknown-reference"),
    ("units", 3, "abolished_on", "2025-13-01", "bad-date"),
    ("divisions", 2, "unit", "U7", "unknown-reference"),
    ("posts", 2, "grade", "厅局级", "unknown-grade"),
    ("posts", 2, "established", "2.5", "not-whole"),
    ("posts", 2, "in_post", "-1", "number-too-small"),
    ("posts", 2, "division", "D7", "unknown-reference"),
    ("occupancy", 2, "people", "1.5", "not-whole"),
    ("occupancy", 2, "people", "", "blank-cell"),
    ("occupancy", 2, "grade", "", "blank-cell"),
    ("occupancy", 2, "grade", "市长", "unknown-grade"),
    ("occupancy", 2, "unit", "U8", "unknown-reference"),
    ("occupancy", 2, "room", "R8", "unknown-reference"),
    ("requests", 2, "area_min", "90", "area-range"),
    ("requests", 2, "count", "0", "number-too-small"),
    ("requests", 2, "purpose", "", "blank-cell"),
    ("relations", 2, "weight", "", "relation-weight"),
    ("relations", 2, "weight", "2.5", "not-whole"),
    ("relations", 2, "must", "yes", "relation-must"),
    ("relations", 3, "must", "", "relation-must"),
    ("relations", 3, "must", "no", "relation-must"),
    ("relations", 3, "weight", "2", "relation-weight"),
    ("relations", 2, "kind", "beside", "bad-choice"),
    ("refits", 2, "room", "", "refit-place"),
    ("refits", 3, "room", "R1", "refit-place"),
    ("refits", 3, "floor", "F9", "unknown-reference"),
    ("survey", 2, "room", "R9", "unknown-reference"),
    ("survey", 2, "date", "", "blank-cell"),
    ("survey", 2, "measured_m2", "x", "bad-number"),
]  # fmt: skip


def _drop(sheet: str) -> Any:
    return lambda book: book.pop(sheet)


def _drop_column(sheet: str, column: str) -> Any:
    def edit(book: Book) -> None:
        position = book[sheet][0].index(column)
        for row in book[sheet]:
            del row[position]

    return edit


def _add_column(sheet: str, heading: str, value: Any) -> Any:
    def edit(book: Book) -> None:
        book[sheet][0].append(heading)
        book[sheet][1].append(value)

    return edit


def _repeat_row(sheet: str, row: int) -> Any:
    return lambda book: book[sheet].append(list(book[sheet][row - 1]))


def _rename(sheet: str, name: str) -> Any:
    return lambda book: book.update({name: book.pop(sheet)})


def _add_sheet(name: str) -> Any:
    return lambda book: book.update({name: [["x"], ["1"]]})


def _copy_sheet(sheet: str, name: str) -> Any:
    return lambda book: book.update({name: [list(r) for r in book[sheet]]})


def _clear(sheet: str) -> Any:
    return lambda book: book.update({sheet: book[sheet][:1]})


def _code(sheet: str, row: int, code: str) -> Any:
    def edit(book: Book) -> None:
        book[sheet].append([code, *book[sheet][row - 1][1:]])

    return edit


# name, the edit, code, sheet, row, column
SHEETS: list[tuple[str, Any, str, str, int | None, str]] = [
    ("missing sheet", _drop("occupancy"), "missing-sheet", "occupancy", None, ""),
    ("misspelt sheet", _rename("survey", "surveys2"), "unknown-sheet", "surveys2", None, ""),
    ("sheet nobody knows", _add_sheet("costs"), "unknown-sheet", "costs", None, ""),
    ("sheet twice", _copy_sheet("survey", "实测"), "duplicate-sheet", "实测", None, ""),
    ("missing column", _drop_column("rooms", "status"), "missing-column", "rooms", 1, "status"),
    ("unknown column", _add_column("rooms", "paint", "red"), "unknown-column", "rooms", 1, "paint"),
    ("column twice", _add_column("rooms", "面积", "1"), "duplicate-column", "rooms", 1, "面积"),
    ("no heading", _add_column("survey", "", "x"), "cell-without-heading", "survey", 2, "E"),
    ("duplicate site", _repeat_row("sites", 3), "duplicate-code", "sites", 4, "site"),
    ("duplicate room", _repeat_row("rooms", 2), "duplicate-code", "rooms", 5, "room"),
    ("duplicate unit", _repeat_row("units", 2), "duplicate-code", "units", 4, "unit"),
    ("duplicate division", _repeat_row("divisions", 2), "duplicate-code", "divisions", 3,
     "division"),
    ("posts twice", _repeat_row("posts", 3), "duplicate-code", "posts", 4, "unit"),
    ("relation twice", _repeat_row("relations", 2), "duplicate-code", "relations", 4, "a"),
    ("space in a code", _code("rooms", 2, "R 9"), "bad-code", "rooms", 5, "room"),
    ("wide space in a code", _code("rooms", 2, "R　9"), "bad-code", "rooms", 5, "room"),
    ("separator in a unit code", _code("units", 2, "U1;U2"), "bad-code", "units", 4, "unit"),
    ("no rooms", _clear("rooms"), "empty-table", "rooms", 1, ""),
]  # fmt: skip


def _findings(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputError, match=r"\S") as caught:
        read_ledger(path, small_standard())
    return caught.value.findings


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def _assert_complete(findings: tuple[Finding, ...], file: str) -> None:
    for finding in findings:
        assert file in finding.place.file
        assert _has_chinese(finding.zh)
        assert finding.en and not _has_chinese(finding.en.replace(finding.value, ""))
        assert _has_chinese(finding.advice_zh)
        assert finding.advice_en.startswith("Maybe")
        assert finding.severity == "error"
        assert finding.place.sheet in finding.text("zh")


def _write(book: Book, kind: str, folder: Path) -> Path:
    if kind == "csv":
        write_csv(book, folder / "ledger")
        return folder / "ledger"
    write_xlsx(book, folder / "ledger.xlsx")
    return folder / "ledger.xlsx"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("sheet", "row", "column", "cell", "code"), CELLS)
def test_a_bad_cell_is_found_where_it_stands(
    tmp_path: Path, kind: str, sheet: str, row: int, column: str, cell: Any, code: str
) -> None:
    book = book_of(full_ledger())
    book[sheet][row - 1][book[sheet][0].index(column)] = cell
    findings = _findings(_write(book, kind, tmp_path))
    assert [f.code for f in findings] == [code]
    place = findings[0].place
    assert (place.sheet, place.row, place.column) == (sheet, row, column)
    assert findings[0].value == str(cell).strip()
    assert findings[0].expected
    _assert_complete(findings, "ledger")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("edit", "code", "sheet", "row", "column"),
    [case[1:] for case in SHEETS],
    ids=[case[0] for case in SHEETS],
)
def test_a_bad_sheet_is_found_where_it_stands(
    tmp_path: Path, kind: str, edit: Any, code: str, sheet: str, row: int | None, column: str
) -> None:
    book = book_of(full_ledger())
    edit(book)
    findings = _findings(_write(book, kind, tmp_path))
    found, *others = sorted(findings, key=lambda f: f.code != code)
    assert found.code == code
    # Rows that name a room of an empty table are findings of their own.
    assert {f.code for f in others} <= ({"unknown-reference"} if code == "empty-table" else set())
    assert (found.place.sheet, found.place.row, found.place.column) == (sheet, row, column)
    _assert_complete(findings, "ledger")


# cells that only a workbook can hold: name, sheet, row, column, value, code
WORKBOOK_CELLS: list[tuple[str, str, int, str, Any, str]] = [
    ("reference error", "rooms", 2, "area_m2", "#REF!", "error-cell"),
    ("error in an optional cell", "rooms", 2, "drawing_m2", "#DIV/0!", "error-cell"),
    ("formula never calculated", "rooms", 2, "area_m2", "=1+1", "formula-without-value"),
    ("number made a date", "rooms", 2, "number", datetime(2025, 3, 12), "date-in-text"),
    ("date for an area", "rooms", 2, "area_m2", date(2025, 3, 12), "bad-number"),
    ("long code lost its end", "rooms", 2, "number", 1.2345678901234567e18, "number-too-long"),
    ("true for an area", "rooms", 2, "area_m2", True, "bad-number"),
]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "cell", "code"),
    [case[1:] for case in WORKBOOK_CELLS],
    ids=[case[0] for case in WORKBOOK_CELLS],
)
def test_a_cell_only_workbooks_hold(
    tmp_path: Path, sheet: str, row: int, column: str, cell: Any, code: str
) -> None:
    book = book_of(full_ledger())
    book[sheet][row - 1][book[sheet][0].index(column)] = cell
    write_xlsx(book, tmp_path / "ledger.xlsx", formulas=True)
    findings = _findings(tmp_path / "ledger.xlsx")
    assert [f.code for f in findings] == [code]
    place = findings[0].place
    assert (place.file, place.sheet, place.row, place.column) == ("ledger.xlsx", sheet, row, column)
    _assert_complete(findings, "ledger.xlsx")


def test_merged_cells_are_named_and_not_guessed(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    write_xlsx(book, tmp_path / "ledger.xlsx", merge=("rooms", "B2:B3"))
    findings = _findings(tmp_path / "ledger.xlsx")
    assert [f.code for f in findings] == ["merged-cells"]
    assert (findings[0].place.row, findings[0].place.column) == (2, "floor")


def test_all_faults_come_in_one_run_in_the_order_of_the_file(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    for sheet, row, column, cell in (
        ("survey", 2, "measured_m2", "x"), ("rooms", 4, "area_m2", "x"),
        ("rooms", 2, "use", "x"), ("rooms", 2, "floor", "x"), ("sites", 3, "tenure", ""),
    ):  # fmt: skip
        book[sheet][row - 1][book[sheet][0].index(column)] = cell
    findings = _findings(_write(book, "csv", tmp_path))
    assert [(f.place.sheet, f.place.row, f.place.column) for f in findings] == [
        ("sites", 3, "tenure"), ("rooms", 2, "floor"), ("rooms", 2, "use"),
        ("rooms", 4, "area_m2"), ("survey", 2, "measured_m2"),
    ]  # fmt: skip


def test_the_advice_names_the_code_when_a_name_was_written(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["occupancy"][1][1] = "市财政局"
    finding = _findings(_write(book, "csv", tmp_path))[0]
    assert finding.advice_en == "Maybe U1 is meant"
    assert finding.advice_zh == "是否应为 U1？"


# name of the file, its bytes (None: not there), code
FILES: list[tuple[str, bytes | None, str]] = [
    ("absent.xlsx", None, "missing-file"),
    ("ledger.xls", b"\xd0\xcf\x11\xe0", "not-workbook"),
    ("ledger.txt", b"x", "not-workbook"),
    ("rooms.csv", b"room\n1\n", "single-csv"),
    ("text.xlsx", b"not a workbook", "not-workbook"),
    ("empty.xlsx", b"", "empty-file"),
    ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not-workbook"),
    ("broken.xlsx", b"PK\x03\x04" + b"\0" * 40, "corrupt-workbook"),
]


@pytest.mark.parametrize(("name", "data", "code"), FILES, ids=[case[0] for case in FILES])
def test_a_file_that_is_no_ledger(tmp_path: Path, name: str, data: bytes | None, code: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    findings = _findings(path)
    assert [f.code for f in findings] == [code]
    _assert_complete(findings, name)


def test_a_workbook_cut_short_is_damaged(tmp_path: Path) -> None:
    write_xlsx(book_of(full_ledger()), tmp_path / "whole.xlsx")
    data = (tmp_path / "whole.xlsx").read_bytes()
    for share in (10, 50, 90, 99):
        (tmp_path / "cut.xlsx").write_bytes(data[: len(data) * share // 100])
        assert [f.code for f in _findings(tmp_path / "cut.xlsx")] == ["corrupt-workbook"]


def test_random_damage_is_never_a_crash(tmp_path: Path) -> None:
    write_xlsx(book_of(full_ledger()), tmp_path / "whole.xlsx")
    data = (tmp_path / "whole.xlsx").read_bytes()
    dice = random.Random(4)
    damaged = 0
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(3):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        (tmp_path / "broken.xlsx").write_bytes(broken)
        try:
            read_ledger(tmp_path / "broken.xlsx", None)
        except InputError as error:
            damaged += [f.code for f in error.findings] == ["corrupt-workbook"]
    assert damaged > 100


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfer\0o\0o\0m\0", "csv-encoding"),
        (b"room,\xff\xff\n", "csv-encoding"),
        (b'room,"floor\n1,2\n', "csv-syntax"),
    ],
)
def test_a_csv_file_that_cannot_be_decoded(tmp_path: Path, data: bytes, code: str) -> None:
    folder = _write(book_of(full_ledger()), "csv", tmp_path)
    (folder / "survey.csv").write_bytes(data)
    findings = _findings(folder)
    assert [f.code for f in findings] == [code]
    assert findings[0].place.file == "ledger/survey.csv"
    _assert_complete(findings, "survey.csv")


def test_control_characters_are_refused(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["rooms"][2][2] = "a\x01b"
    findings = _findings(_write(book, "csv", tmp_path))
    assert [(f.code, f.place.row, f.place.column) for f in findings] == [
        ("control-character", 3, "number")
    ]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_named_once(tmp_path: Path, separator: str) -> None:
    folder = _write(book_of(full_ledger()), "csv", tmp_path)
    text = (folder / "occupancy.csv").read_text("utf-8")
    (folder / "occupancy.csv").write_text(text.replace(",", separator), "utf-8")
    findings = _findings(folder)
    assert [(f.code, f.place.row) for f in findings] == [("csv-separator", 1)]
    _assert_complete(findings, "occupancy.csv")


def test_one_group_under_two_names_of_its_grade_is_a_duplicate(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["posts"].append(list(book["posts"][1]))
    book["posts"][3][2] = "科员"
    findings = _findings(_write(book, "csv", tmp_path))
    assert [(f.code, f.place.row) for f in findings] == [("duplicate-code", 4)]


def test_a_column_of_another_sheet_is_told_where_it_belongs(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["rooms"][0].append("使用科室")
    finding = _findings(_write(book, "csv", tmp_path))[0]
    assert finding.advice_en == "Maybe the column belongs to sheet posts"


def test_an_empty_folder_is_no_ledger(tmp_path: Path) -> None:
    assert [f.code for f in _findings(tmp_path)] == ["missing-file"]
