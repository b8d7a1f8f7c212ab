"""Anybody's plan: codes or names, one sheet among several, every fault at its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocator.domain import Division, Floor, Ledger, Room, Unit
from allocator.findings import Finding, InputError
from allocator.ledger.draft import Draft, DraftRow, read_draft
from allocator.ledger.write import write_ledger_csv, write_ledger_xlsx
from tests.ledger.books import Book, write_csv, write_xlsx
from tests.ledger.ledgers import full_ledger, small_standard


def _ledger() -> Ledger:
    full = full_ledger()
    return replace(
        full,
        floors=(*full.floors, Floor(code="F3", building="B2", level=3)),
        rooms=(
            *full.rooms,
            Room(code="R4", floor="F3", number="301", use="office", area=1800),
            Room(code="R5", floor="F3", number="305", use="office", area=1800),
        ),
        units=(*full.units, Unit(code="U3", name="同名局", level="municipal"),
               Unit(code="U4", name="同名局", level="municipal")),
        divisions=(*full.divisions, Division(code="D2", unit="U3", name="办公室")),
    )  # fmt: skip


HEAD: list[Any] = ["房间编码", "使用单位", "内设机构", "职级", "使用人数"]
GOOD: list[Any] = ["R1", "U1", "D1", "clerk", 2]
ROW = DraftRow(room="R1", unit="U1", division="D1", grade="clerk", people=2)


def _read(folder: Path, rows: list[list[Any]], sheet: str = "Sheet1") -> Draft:
    write_xlsx({sheet: rows}, folder / "plan.xlsx")
    return read_draft(folder / "plan.xlsx", _ledger(), small_standard())


def _refused(folder: Path, rows: list[list[Any]]) -> tuple[Finding, ...]:
    with pytest.raises(InputError, match=r"\S") as caught:
        _read(folder, rows)
    for finding in caught.value.findings:
        assert finding.advice_en.startswith("Maybe") and finding.advice_zh
        assert finding.place.file == "plan.xlsx"
    return caught.value.findings


def test_a_plan_with_titles_totals_notes_and_what_the_ledger_knows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["某局调配方案"],
        [],
        ["序号", *HEAD, "使用面积", "备注"],
        [1, *GOOD, 18.05, "朝南"],
        [],
        [2, "-R3", "市财政局", "", "", 0, "x", ""],
        ["合计", "", "", "", "", 2, "", ""],
        ["注：人数按编制"],
    ]
    draft = _read(tmp_path, rows)
    assert draft.rows == (ROW, DraftRow(room="-R3", unit="U1", index=1))
    assert draft.loose == ()
    place = draft.places.of("plan", 1, "unit")
    assert (place.file, place.sheet, place.row, place.column) == (
        "plan.xlsx", "Sheet1", 6, "使用单位",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cells", "room"),
    [
        (["房间编码"], ["R5"], "R5"),
        (["房间编码"], [305.0], "R5"),
        (["房号"], ["305"], "R5"),
        (["楼", "房号"], ["1号楼", 301], "R1"),
        (["楼", "房号"], ["B2", "301"], "R4"),
        (["楼层", "房号"], ["3层", "３０１"], "R4"),
        (["楼层", "房间"], ["F1", "301"], "R1"),
        (["办公区", "房号"], ["市行政中心", "301"], "R1"),
        (["房间编码", "房号"], ["R4", "whatever"], "R4"),
        (["房间编码", "房号"], ["", "305"], "R5"),
    ],
)
def test_a_room_by_code_or_number(
    tmp_path: Path, heading: list[str], cells: list[Any], room: str
) -> None:
    draft = _read(tmp_path, [[*heading, *HEAD[1:]], [*cells, *GOOD[1:]]])
    assert draft.rows == (replace(ROW, room=room),)


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (["R1", "市财政局", "办公室", "局(处)级以下", 1], replace(ROW, people=1)),
        (["R1", "U3", "办公室", "科员", 1], DraftRow(room="R1", unit="U3", division="D2",
                                                   grade="clerk", people=1)),
        (["R1", " 市 财政局", "", "科员", 1], replace(ROW, division="", people=1)),
    ],
)  # fmt: skip
def test_names_for_codes(tmp_path: Path, cells: list[Any], row: DraftRow) -> None:
    assert _read(tmp_path, [HEAD, cells]).rows == (row,)


@pytest.mark.parametrize(
    ("column", "cell", "code", "expected"),
    [
        ("房间编码", "301", "ambiguous-room", "R1 / R4"),
        ("使用单位", "同名局", "ambiguous-unit", "U3 / U4"),
        ("使用人数", "1.5", "not-whole", "整数 / whole number"),
        ("使用人数", "", "blank-cell", "使用人数 / people"),
        ("使用单位", "", "blank-cell", "使用单位 / unit"),
        ("职级", "", "blank-cell", "职级 / grade"),
        ("房间编码", "", "blank-cell", "房间编码 / room"),
    ],
)
def test_a_bad_cell_is_found_where_it_stands(
    tmp_path: Path, column: str, cell: str, code: str, expected: str
) -> None:
    bad = [cell if head == column else value for head, value in zip(HEAD, GOOD, strict=True)]
    (finding,) = _refused(tmp_path, [HEAD, GOOD, bad])
    assert (finding.code, finding.expected) == (code, expected)
    assert (finding.place.row, finding.place.column) == (3, column)


def test_all_faults_come_in_one_run(tmp_path: Path) -> None:
    rows = [HEAD, ["301", "同名局", "", "clerk", "x"], ["R9", "U1", "", "clerk", 1]]
    found = _refused(tmp_path, rows)
    assert [(f.code, f.place.row) for f in found] == [
        ("ambiguous-room", 2), ("ambiguous-unit", 2), ("bad-number", 2), ("unknown-reference", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "kind", "column", "code", "rows"),
    [
        (["R9", "U1", "D1", "clerk", 1], "room", "room", "R9", 1),
        (["R1", "某局", "D1", "clerk", 1], "unit", "unit", "某局", 1),
        (["R1", "U1", "D2", "clerk", 1], "division", "division", "D2", 2),
        (["R1", "U1", "D1", "市长", 1], "grade", "grade", "市长", 2),
    ],
)
def test_what_nobody_knows_is_loose(
    tmp_path: Path, cells: list[Any], kind: str, column: str, code: str, rows: int
) -> None:
    draft = _read(tmp_path, [HEAD, cells, GOOD])
    (loose,) = draft.loose
    assert (loose.kind, loose.table, loose.column, loose.code, loose.row) == (
        kind, "plan", column, code, 2,
    )  # fmt: skip
    assert loose.finding.place.row == 2 and loose.finding.advice_en.startswith("Maybe")
    assert len(draft.rows) == rows
    assert draft.rows[-1] == replace(ROW, index=rows - 1)
    assert draft.places.of("plan", rows - 1, "room").row == 3
    if rows == 2:
        kept = {"division": "", "grade": code}
        assert getattr(draft.rows[0], column) == kept[column]


def test_the_sheet_with_the_headings_of_a_plan_is_read(tmp_path: Path) -> None:
    sheets: Book = {"说明": [["请看"]], "汇总": [["单位", "人数"], ["U1", 2]], "草案": [HEAD, GOOD]}
    write_xlsx(sheets, tmp_path / "plan.xlsx")
    assert read_draft(tmp_path / "plan.xlsx", _ledger(), None).rows == (ROW,)
    sheets["旧草案"] = [HEAD]
    write_xlsx(sheets, tmp_path / "plan.xlsx")
    with pytest.raises(InputError, match="several sheets") as several:
        read_draft(tmp_path / "plan.xlsx", _ledger(), None)
    assert several.value.findings[0].value == "草案, 旧草案"
    sheets["方案"] = sheets.pop("草案")
    write_xlsx(sheets, tmp_path / "plan.xlsx")
    assert read_draft(tmp_path / "plan.xlsx", _ledger(), None).rows == (ROW,)
    write_xlsx({"a": [["x", "y"]], "b": [["z"]]}, tmp_path / "plan.xlsx")
    with pytest.raises(InputError, match="no sheet has the headings of a plan"):
        read_draft(tmp_path / "plan.xlsx", _ledger(), None)


def test_headings_that_are_missing_or_unknown_are_named(tmp_path: Path) -> None:
    found = _refused(tmp_path, [["房间编码", "使用单位", "颜色"], ["R1", "U1", "red"]])
    assert [(f.code, f.place.column) for f in found] == [
        ("unknown-column", "颜色"), ("missing-column", "people"),
    ]  # fmt: skip
    found = _refused(tmp_path, [HEAD[1:], GOOD[1:]])
    assert [f.zh for f in found] == ["缺少列“房间编码”或“房号”"]


def test_our_own_assignments_and_single_files(tmp_path: Path) -> None:
    head = ["room", "unit", "division", "grade", "people", "purpose"]
    rows = [head, ["'-R3", "U1", "", "", "0", "会议室"], ["R1", "U1", "D1", "clerk", "2", ""]]
    write_csv({"assignments": rows, "transfers": [["x"], ["1"]]}, tmp_path / "plan")
    expected = (DraftRow(room="-R3", unit="U1", purpose="会议室"), replace(ROW, index=1))
    assert read_draft(tmp_path / "plan", _ledger(), small_standard()).rows == expected
    file = tmp_path / "plan" / "assignments.csv"
    assert read_draft(file, _ledger(), small_standard()).rows == expected
    with pytest.raises(InputError, match="does not exist"):
        read_draft(tmp_path / "none.csv", _ledger(), None)
    (tmp_path / "plan.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="a PDF file"):
        read_draft(tmp_path / "plan.xlsx", _ledger(), None)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_occupancy_of_a_whole_ledger_is_a_plan(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("l" if kind == "csv" else "l.xlsx")
    write = write_ledger_csv if kind == "csv" else write_ledger_xlsx
    write(full_ledger(), path)
    rows = read_draft(path, full_ledger(), small_standard()).rows
    assert [(r.room, r.unit, r.grade, r.people) for r in rows] == [
        ("R1", "U1", "clerk", 2), ("R2", "U1", "", 0),
    ]  # fmt: skip
