"""Worksheets: names, heights and what a cell may hold."""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl import Workbook

from allocator.audit.rule import Words
from allocator.report.sheets import SheetColumn, add_sheet, free_name, text_lines


def test_sheet_names_fit_into_31_signs() -> None:
    book = Workbook()
    long = "a/b:" + "名" * 40
    names = []
    for _ in range(11):
        names.append(free_name(book, long))
        book.create_sheet(names[-1])
    assert len(set(names)) == 11
    assert {len(n) for n in names} == {31}
    assert names[0].startswith("a-b-名")
    assert names[-1].endswith(" (11)")
    assert free_name(book, "SHEET") == "SHEET (2)"


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("abc", 1), ("一二三四五", 2), ("a\nb\n", 3), ("x" * 20, 3), (5, 1)],
)
def test_lines_count_chinese_signs_twice(text: str, lines: int) -> None:
    assert text_lines(text, 10) == lines


def test_kinds_set_formats() -> None:
    columns = [
        SheetColumn(Words("面积", "area"), 10, "area"),
        SheetColumn(Words("数", "count"), 10, "count"),
        SheetColumn(Words("日", "day"), 12, "day"),
        SheetColumn(Words("字", "text"), 10),
    ]
    book = Workbook()
    sheet = add_sheet(book, "x", columns, [(1234, 0, date(2026, 1, 5), "=1"), (None, 7, None, "")],
                      "en")  # fmt: skip
    assert [c.value for c in sheet[1]] == ["area", "count", "day", "text"]
    assert [c.value for c in sheet[2]] == [12.34, 0, date(2026, 1, 5), "=1"]
    assert [c.data_type for c in sheet[2]] == ["n", "n", "d", "s"]
    assert [c.value for c in sheet[3]] == [None, 7, None, None]
    assert sheet["A2"].number_format == "#,##0.00"
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:D3", "B2")
