"""The rectification list as a file: written, filled in by people, read back, brought up to date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from allocator.audit.recheck import Recheck, recheck
from allocator.audit.rectify import ListRow, rectification
from allocator.findings import InputError, Lang
from allocator.report.rectify_columns import LIST_COLUMNS
from allocator.report.rectify_read import read_list
from allocator.report.rectify_workbook import write_list, write_rechecked
from tests.audit.list_cases import (
    FEBRUARY,
    JANUARY,
    MARCH,
    january,
    month,
    offices,
    said,
)
from tests.builders import office, sits

ZH = [c.title.zh for c in LIST_COLUMNS]
AT = {c.key: n for n, c in enumerate(LIST_COLUMNS, 1)}
SHARED = [
    sits("A1", "tax", "chief"), sits("A1", "tax", "clerk"), sits("A2", "fin", "chief"),
    sits("A3", "fin", "clerk", 3),
]  # fmt: skip


def written(tmp_path: Path, lang: Lang = "zh") -> Path:
    path = tmp_path / "january.xlsx"
    write_list(rectification(month(JANUARY)), path, lang)
    return path


def edited(path: Path, edit: Callable[[Worksheet], None], sheet: str = "整改台账") -> Path:
    book = load_workbook(path)
    edit(book[sheet])
    book.save(path)
    return path


def rechecked(path: Path, on: date, to: str = "new.xlsx", **changes: Any) -> tuple[Path, Recheck]:
    old, out = read_list(path), path.with_name(to)
    checked = recheck(old.rows, month(on, **changes))
    write_rechecked(old, checked, out)
    return out, checked


def cells(path: Path, sheet: str = "整改台账") -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def column(path: Path, key: str, sheet: str = "整改台账") -> list[Any]:
    return [row[AT[key] - 1] for row in cells(path, sheet)[1:]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_reads_back_as_it_was_written(tmp_path: Path, lang: Lang) -> None:
    path = written(tmp_path, lang)
    old = read_list(path)
    assert old.lang == lang
    blanks = {c.key: None for c in LIST_COLUMNS if c.key not in ("key", "number")}
    wanted = [(r.key, blanks | dict(r.values)) for r in said(rectification(month(JANUARY)), lang)]
    assert [(r.key, dict(r.values)) for r in old.rows] == wanted


def test_the_sheets_and_their_headings(tmp_path: Path) -> None:
    path = written(tmp_path)
    book = load_workbook(path)
    assert book.sheetnames == ["整改台账", "待核实", "说明"]
    for name in ("整改台账", "待核实"):
        assert [c.value for c in book[name][1]] == ZH
        assert book[name].freeze_panes == "E2"
    assert book["整改台账"].auto_filter.ref == "A1:AE4"
    assert column(path, "status") == ["未整改"] * 3
    assert column(path, "due")[0] == date(2026, 3, 6)
    assert column(path, "area") == [30, 30, 30]
    assert column(path, "measured") == [""] * 3
    rule = book["整改台账"].data_validations.dataValidation[0]
    assert rule.formula1 == '"未整改,已整改待核,已销号,复发,无法核实"'
    assert str(rule.sqref) == "O2:O4"


def test_questions_stand_on_their_own_sheet(tmp_path: Path) -> None:
    rooms = [office("A301-1", "F", 3), office("A301-2", "F", 3)]
    rows = rectification(month(JANUARY, rules=("room_slivers",), rooms=rooms, occupancy=[]))
    write_list(rows, tmp_path / "list.xlsx", "zh")
    assert len(cells(tmp_path / "list.xlsx")) == 1
    assert column(tmp_path / "list.xlsx", "key", "待核实") == [rows[0].key]
    assert [r.to_check for r in read_list(tmp_path / "list.xlsx").rows] == [True]


def test_a_recheck_changes_only_what_it_says(tmp_path: Path) -> None:
    def by_people(sheet: Worksheet) -> None:
        sheet.cell(2, AT["cause"], "并房")
        sheet.cell(2, AT["due"], date(2026, 6, 30))
        sheet.cell(3, AT["way"], "=CONCATENATE(1,2)")
        sheet.cell(1, len(ZH) + 1, "分管领导意见")
        sheet.cell(3, len(ZH) + 1, "同意").fill = PatternFill("solid", fgColor="FF00FF00")
        sheet.cell(4, len(ZH) + 1, "=1/0")
        sheet.insert_rows(3)
        sheet.cell(3, AT["key"], "补充-1")
        sheet.cell(3, AT["problem"], "电梯厅堆放文件柜")

    path = edited(written(tmp_path), by_people)
    _fill_formula(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    new, checked = rechecked(path, FEBRUARY, occupancy=SHARED, rooms=offices(30, 28, 30))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert checked.counts() == {
        "closed": 1, "excepted": 0, "stays_closed": 0, "bare": 0, "kept": 2, "reopened": 0,
        "no_evidence": 0, "new": 0, "untouched": 1,
    }  # fmt: skip
    sheet = load_workbook(new)["整改台账"]
    assert [c.value for c in sheet[1]] == [*ZH, "分管领导意见"]
    assert [sheet.cell(n, 1).value for n in (2, 3, 4, 5)] == [1, None, 3, 4]
    assert [sheet.cell(n, AT["key"]).value for n in (2, 3, 4, 5)] == [
        "over_standard|room|A1|||", "补充-1", "over_standard|room|A2|||",
        "over_standard|room|A3|||",
    ]  # fmt: skip
    assert [sheet.cell(n, AT["status"]).value for n in (2, 3, 4, 5)] == [
        "已销号", None, "未整改", "未整改",
    ]  # fmt: skip
    assert sheet.cell(2, AT["cause"]).value == "并房"
    assert sheet.cell(2, AT["due"]).value.date() == date(2026, 6, 30)  # type: ignore[union-attr]
    assert "2026-02-02 台账：房间 A1 使用面积 30.00" in str(sheet.cell(2, AT["evidence"]).value)
    assert sheet.cell(3, AT["problem"]).value == "电梯厅堆放文件柜"
    assert sheet.cell(4, AT["way"]).value == "=CONCATENATE(1,2)"
    assert sheet.cell(4, AT["area"]).value == 28
    assert "台账面积 30.00 → 28.00" in str(sheet.cell(4, AT["review"]).value)
    extra = sheet.cell(4, len(ZH) + 1)
    assert (extra.value, extra.fill.fgColor.rgb) == ("同意", "FF00FF00")
    assert sheet.cell(5, len(ZH) + 1).value == "=1/0"
    assert column(new, "room")[0] == "A1"
    assert dict(cells(new, "复查汇总")[1:])["本次销号"] == 1


def _fill_formula(path: Path) -> None:
    """The value that a spreadsheet program keeps beside a formula."""
    import zipfile

    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = "xl/worksheets/sheet1.xml"
    start = parts[name].index(b"CONCATENATE(1,2)</f>") + len(b"CONCATENATE(1,2)</f>")
    end = parts[name].index(b"</c>", start)
    cell = parts[name].rindex(b"<c ", 0, start)
    head = parts[name][cell:start].replace(b"<c ", b'<c t="str" ', 1)
    parts[name] = parts[name][:cell] + head + b"<v>12</v>" + parts[name][end:]
    with zipfile.ZipFile(path, "w") as new:
        for part, data in parts.items():
            new.writestr(part, data)


def test_new_findings_go_below_and_the_filter_grows(tmp_path: Path) -> None:
    path = edited(written(tmp_path), lambda sheet: sheet.delete_rows(3, 2))
    sheet = load_workbook(path)["整改台账"]
    assert sheet.max_row == 2
    edited(path, lambda sheet: setattr(sheet.auto_filter, "ref", "A1:AE2"))
    new, _ = rechecked(path, FEBRUARY)
    assert column(new, "key") == [f"over_standard|room|A{n}|||" for n in (1, 2, 3)]
    assert column(new, "first_found") == [JANUARY, FEBRUARY, FEBRUARY]
    assert load_workbook(new)["整改台账"].auto_filter.ref == "A1:AE4"


def test_three_months(tmp_path: Path) -> None:
    february, _ = rechecked(written(tmp_path), FEBRUARY, "february.xlsx", occupancy=SHARED)
    march, checked = rechecked(february, MARCH, "march.xlsx")
    assert [r.outcome for r in checked.rows] == ["reopened", "kept", "kept"]
    assert column(march, "status") == ["复发", "未整改", "未整改"]
    assert column(march, "returns") == [1, 0, 0]
    assert "原销号证据：2026-02-02 台账" in column(march, "review")[0]
    assert column(march, "evidence") == ["", "", ""]
    assert load_workbook(march).sheetnames.count("复查汇总") == 1


def test_an_english_list_stays_english(tmp_path: Path) -> None:
    new, _ = rechecked(written(tmp_path, "en"), FEBRUARY, occupancy=SHARED)
    rows = cells(new, "rectification")
    assert rows[1][AT["status"] - 1] == "closed"
    assert rows[1][AT["evidence"] - 1].startswith("ledger of 2026-02-02: room A1")


def test_same_input_same_bytes(tmp_path: Path) -> None:
    path = written(tmp_path)
    one, _ = rechecked(path, FEBRUARY, "one.xlsx", occupancy=SHARED)
    two, _ = rechecked(path, FEBRUARY, "two.xlsx", occupancy=SHARED)
    assert one.read_bytes() == two.read_bytes()
    write_list(rectification(month(JANUARY)), tmp_path / "again.xlsx", "zh")
    write_list(rectification(month(JANUARY)), tmp_path / "once.xlsx", "zh")
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "once.xlsx").read_bytes()


def test_the_list_may_be_updated_in_place(tmp_path: Path) -> None:
    path = written(tmp_path)
    rechecked(path, FEBRUARY, path.name, occupancy=SHARED)
    assert column(path, "status")[0] == "已销号"


def test_every_fault_of_an_old_list_is_located(tmp_path: Path) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet.cell(2, AT["status"], "差不多了")
        sheet.cell(3, AT["status"]).value = None
        sheet.cell(3, AT["measured"], "三十")
        sheet.cell(4, AT["due"], "开春")
        sheet.cell(5, AT["key"], "over_standard|room|A1|||")
        sheet.cell(5, AT["status"], "未整改")

    path = edited(written(tmp_path), spoil)
    with pytest.raises(InputError) as raised:
        read_list(path)
    found = {(f.code, f.place.row, f.place.column) for f in raised.value.findings}
    assert found == {
        ("bad-choice", 2, "状态"), ("blank-cell", 3, "状态"), ("bad-number", 3, "实测面积"),
        ("bad-date", 4, "整改时限"), ("duplicate-key", 5, "编号"),
    }  # fmt: skip
    assert all(f.advice_en.startswith("Maybe") for f in raised.value.findings)
    assert all(f.place.sheet == "整改台账" for f in raised.value.findings)


def test_merged_rows_and_missing_columns_are_told(tmp_path: Path) -> None:
    path = edited(written(tmp_path), lambda sheet: sheet.merge_cells("L2:L3"))
    with pytest.raises(InputError, match="cells are merged among the data"):
        read_list(path)
    path = edited(written(tmp_path), lambda sheet: sheet.delete_cols(AT["status"]))
    with pytest.raises(InputError, match="column status is missing"):
        read_list(path)


def test_other_files_are_no_list(tmp_path: Path) -> None:
    from allocator.ledger.write import write_ledger_xlsx
    from tests.audit.list_cases import city

    write_ledger_xlsx(city(), tmp_path / "ledger.xlsx")
    for name in ("ledger.xlsx", "list.csv"):
        with pytest.raises(InputError, match="this is not a rectification list"):
            read_list(tmp_path / name)
    with pytest.raises(InputError, match="does not exist"):
        read_list(tmp_path / "none.xlsx")


def test_title_rows_and_renamed_sheets_are_no_obstacle(tmp_path: Path) -> None:
    def titled(sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "某市办公用房整改台账（一月）"
        sheet.title = "一月"

    old = read_list(edited(written(tmp_path), titled))
    assert [r.place.row for r in old.rows] == [3, 4, 5]
    assert [r.key for r in old.rows] == [r.key for r in january()]


def test_a_row_of_the_future_is_kept(tmp_path: Path) -> None:
    path = edited(
        written(tmp_path), lambda s: s.cell(2, AT["key"], "next_rule|room|A1|||") and None
    )
    new, checked = rechecked(path, FEBRUARY)
    assert [n.place.row for n in checked.notes] == [2]
    first: ListRow = read_list(new).rows[0]
    assert first.key == "next_rule|room|A1|||"
    assert first.values == read_list(path).rows[0].values


# -- for a planner --------------------------------------------------------------------------------

BEFORE_ZH = (
    "编号 规则 严重程度 单位 房间 使用人职级 标准面积 实测面积 超标面积 问题 条款 原因 整改方式 "
    "整改前间数 整改前面积 整改后间数 整改后面积 责任单位 整改时限 审批单位 未整改原因 复查 状态 "
    "证据 首次发现 最近复查 复发次数"
)
BEFORE_EN = (
    "key,rule,severity,unit,room,grades,standard (m2),area (m2),excess (m2),problem,clause,cause,"
    "measure,rooms before,area before (m2),rooms after,area after (m2),responsible unit,due,"
    "approved by,why not cured,rechecks,status,evidence,first found,last checked,times back"
)
BEFORE = {"zh": BEFORE_ZH.split(" "), "en": BEFORE_EN.split(",")}
"""The headings of the version before: the key first, the ledger's area called measured."""


def as_before(path: Path, lang: Lang) -> Path:
    """The list in the columns of the version before."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    rows = [dict(zip(ZH, row, strict=True)) for row in sheet.iter_rows(values_only=True)]
    names = {"实测面积": "台账面积", "规则": "问题类别"}
    title = sheet.title
    book.remove(sheet)
    old = book.create_sheet(title, 0)
    old.append(BEFORE[lang])
    for row in rows[1:]:
        old.append([row[names.get(head, head)] for head in BEFORE["zh"]])
    book.save(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_of_the_version_before_is_read_by_its_headings(tmp_path: Path, lang: Lang) -> None:
    path = as_before(written(tmp_path, lang), lang)
    old = read_list(path)
    assert old.lang == lang
    assert [(r.key, r.number("area"), r.number("measured")) for r in old.rows] == [
        (f"over_standard|room|A{n}|||", 3000, None) for n in (1, 2, 3)
    ]
    new, checked = rechecked(path, FEBRUARY, rooms=offices(30, 28, 24), occupancy=SHARED)
    assert [r.outcome for r in checked.rows] == ["closed", "kept", "no_evidence"]
    rows = cells(new, "整改台账" if lang == "zh" else "rectification")
    assert rows[0] == BEFORE[lang]
    assert [row[0] for row in rows[1:]] == [r.key for r in old.rows]
    assert [row[7] for row in rows[1:]] == [30, 28, 30]


def test_an_area_that_was_deleted_is_not_taken_from_the_survey(tmp_path: Path) -> None:
    path = edited(written(tmp_path), lambda sheet: sheet.delete_cols(AT["area"]))
    with pytest.raises(InputError, match="missing"):
        read_list(path)


def test_the_printed_list_is_what_a_planner_hands_out(tmp_path: Path) -> None:
    path = written(tmp_path)
    sheet = load_workbook(path)["整改台账"]
    assert ZH[:17] == [
        "序号", "单位", "位置", "房间", "问题类别", "问题", "条款", "标准面积", "台账面积",
        "实测面积", "超标面积", "整改方式", "责任单位", "整改时限", "状态", "证据", "复查",
    ]  # fmt: skip
    assert ZH[-2:] == ["规则代号", "编号"]
    assert sheet.print_area == "'整改台账'!$A$1:$Q$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert (sheet.page_setup.fitToHeight, sheet.print_title_rows) == (0, "$1:$1")
    assert column(path, "number") == [1, 2, 3]
    assert column(path, "place")[0] == "site S · building B · 1F · A1"
    assert column(path, "rule")[0] == "办公室超标准"
    key = sheet.cell(2, AT["key"])
    assert key.font.color.rgb == "FF808080"
    assert not key.alignment.wrap_text
    clause, width = str(sheet.cell(2, AT["clause"]).value), LIST_COLUMNS[AT["clause"] - 1].width
    assert (sheet.row_dimensions[2].height or 0) >= 14.5 * len(clause) * 2 / width


def test_rows_are_numbered_anew_and_printed_to_the_last(tmp_path: Path) -> None:
    path = edited(written(tmp_path), lambda sheet: sheet.delete_rows(2))
    edited(path, lambda sheet: setattr(sheet, "print_area", "A1:Q3"))
    edited(path, lambda sheet: sheet.cell(2, 1, "a") and None)
    new, _ = rechecked(path, FEBRUARY)
    assert column(new, "key") == [f"over_standard|room|A{n}|||" for n in (2, 3, 1)]
    assert column(new, "number") == [1, 2, 3]
    assert load_workbook(new)["整改台账"].print_area == "'整改台账'!$A$1:$Q$4"
