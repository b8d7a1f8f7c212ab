"""Reading for the audit: rows that name something unknown are set aside, all else is a fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocator.findings import InputError
from allocator.ledger.read import read_for_audit, read_ledger, read_ledger_with_places
from tests.ledger.books import Book, book_of, write_csv, write_xlsx
from tests.ledger.ledgers import full_ledger, small_standard

# table, row of the file, column, cell, kind, what becomes of the row
CASES: list[tuple[str, int, str, str, str, str]] = [
    ("posts", 2, "unit", "U9", "unit", "left out"),
    ("posts", 2, "division", "D9", "division", "blank"),
    ("posts", 2, "grade", "厅局级", "grade", "as written"),
    ("occupancy", 2, "room", "R9", "room", "left out"),
    ("occupancy", 2, "unit", "U9", "unit", "left out"),
    ("occupancy", 2, "division", "D9", "division", "blank"),
    ("occupancy", 2, "grade", "市长", "grade", "as written"),
    ("rooms", 3, "allocated_unit", "市财政局", "unit", "blank"),
    ("units", 3, "parent", "U9", "unit", "blank"),
    ("units", 3, "successor", "U9", "unit", "blank"),
    ("sites", 3, "agreement", "U1;U9", "unit", "shorter"),
    ("requests", 2, "unit", "U9", "unit", "left out"),
    ("relations", 2, "a", "U9", "unit", "left out"),
    ("relations", 3, "b", "U9", "unit", "left out"),
    ("refits", 2, "room", "R9", "room", "left out"),
    ("refits", 3, "floor", "F9", "floor", "left out"),
    ("survey", 2, "room", "R9", "room", "left out"),
]


def _with(*cells: tuple[str, int, str, Any]) -> Book:
    book = book_of(full_ledger())
    for table, row, column, cell in cells:
        book[table][row - 1][book[table][0].index(column)] = cell
    return book


def _write(book: Book, folder: Path) -> Path:
    write_csv(book, folder / "ledger")
    return folder / "ledger"


@pytest.mark.parametrize(("table", "row", "column", "cell", "kind", "outcome"), CASES)
def test_an_unknown_name_is_set_aside(
    tmp_path: Path, table: str, row: int, column: str, cell: str, kind: str, outcome: str
) -> None:
    path = _write(_with((table, row, column, cell)), tmp_path)
    with pytest.raises(InputError, match=r"U9|R9|F9|D9|财|厅|市长") as strict:
        read_ledger(path, small_standard())
    reading = read_for_audit(path, small_standard())
    assert tuple(x.finding for x in reading.loose) == strict.value.findings
    (loose,) = reading.loose
    code = "U9" if table == "sites" else cell
    assert (loose.kind, loose.table, loose.column, loose.code, loose.row) == (
        kind, table, column, code, row,
    )  # fmt: skip
    whole, rows = getattr(full_ledger(), table), getattr(reading.ledger, table)
    changed = whole[row - 2]
    if outcome == "left out":
        assert rows == tuple(r for r in whole if r != changed)
    else:
        plain = {"blank": "", "as written": cell, "shorter": ("U1",)}[outcome]
        assert rows[row - 2] == replace(changed, **{column: plain})
        assert rows[: row - 2] + rows[row - 1 :] == whole[: row - 2] + whole[row - 1 :]
    others = {f: getattr(full_ledger(), f) for f in ("buildings", "floors", "divisions")}
    assert {f: getattr(reading.ledger, f) for f in others} == others


def test_the_values_of_a_row_set_aside_are_kept(tmp_path: Path) -> None:
    path = _write(_with(("occupancy", 2, "unit", "U9")), tmp_path)
    (loose,) = read_for_audit(path, small_standard()).loose
    assert loose.values["room"] == "R1"
    assert (loose.values["grade"], loose.values["people"]) == ("clerk", 2)


def test_a_clean_ledger_has_nothing_loose(tmp_path: Path) -> None:
    path = _write(book_of(full_ledger()), tmp_path)
    reading = read_for_audit(path, small_standard())
    assert (reading.ledger, reading.loose) == (full_ledger(), ())
    assert reading.places.of("rooms", 2) == read_ledger_with_places(path, None)[1].of("rooms", 2)


def test_without_a_standard_no_grade_is_loose(tmp_path: Path) -> None:
    path = _write(_with(("posts", 2, "grade", "厅局级")), tmp_path)
    assert read_for_audit(path, None).loose == ()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_places_stay_right_behind_rows_left_out(tmp_path: Path, kind: str) -> None:
    book = book_of(full_ledger())
    heading, first, second = book["occupancy"]
    unknown = ["R8", *first[1:]]
    book["occupancy"] = [heading, unknown, first, [""] * 7, unknown, unknown, second, unknown]
    if kind == "csv":
        path = _write(book, tmp_path)
    else:
        path = tmp_path / "ledger.xlsx"
        write_xlsx(book, path)
    reading = read_for_audit(path, small_standard())
    assert reading.ledger == full_ledger()
    assert [x.row for x in reading.loose] == [2, 5, 6, 8]
    assert [x.finding.place.row for x in reading.loose] == [2, 5, 6, 8]
    assert [reading.places.of("occupancy", i, "people").row for i in range(2)] == [3, 7]
    assert reading.places.of("occupancy", 1, "people").column == "people"
    assert reading.places.of("occupancy", 2).row is None


def test_what_named_a_division_of_an_unknown_unit_loses_that_name(tmp_path: Path) -> None:
    path = _write(_with(("divisions", 2, "unit", "U9")), tmp_path)
    reading = read_for_audit(path, small_standard())
    assert [(x.kind, x.table, x.code) for x in reading.loose] == [("unit", "divisions", "U9")]
    assert reading.ledger.divisions == ()
    assert [p.division for p in reading.ledger.posts] == ["", ""]
    assert [o.division for o in reading.ledger.occupancy] == ["", ""]


def test_posts_of_one_group_after_that_are_added_up(tmp_path: Path) -> None:
    book = _with(("posts", 2, "division", "D9"), ("posts", 2, "grade", "head"))
    path = _write(book, tmp_path)
    reading = read_for_audit(path, small_standard())
    (row,) = reading.ledger.posts
    assert (row.division, row.grade) == ("", "head")
    assert (row.established, row.in_post, row.borrowed) == (3 + 1, 2 + 1, 1)
    # Without limits of its own the first row counts with its 3 established posts.
    assert (row.established_min, row.established_max) == (3 + 1, 3 + 2)


def test_one_row_may_be_loose_twice(tmp_path: Path) -> None:
    cells = (("occupancy", 2, "room", "R9"), ("occupancy", 2, "unit", "U9"))
    reading = read_for_audit(_write(_with(*cells), tmp_path), small_standard())
    assert [(x.kind, x.code) for x in reading.loose] == [("room", "R9"), ("unit", "U9")]
    assert len(reading.ledger.occupancy) == 1


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "code"),
    [
        ("rooms", 2, "floor", "F9", "unknown-reference"),
        ("floors", 2, "building", "B9", "unknown-reference"),
        ("buildings", 2, "site", "S9", "unknown-reference"),
        ("rooms", 2, "area_m2", "", "blank-cell"),
        ("posts", 3, "established", "x", "bad-number"),
    ],
)
def test_every_other_fault_still_makes_it_unreadable(
    tmp_path: Path, table: str, row: int, column: str, cell: str, code: str
) -> None:
    book = _with((table, row, column, cell), ("occupancy", 2, "unit", "U9"))
    path = _write(book, tmp_path)
    with pytest.raises(InputError, match=r"\S") as caught:
        read_for_audit(path, small_standard())
    places = [(f.code, f.place.sheet, f.place.column) for f in caught.value.findings]
    assert places == [(code, table, column), ("unknown-reference", "occupancy", "unit")]
    with pytest.raises(InputError, match=r"\S") as strict:
        read_ledger(path, small_standard())
    assert strict.value.findings == caught.value.findings
