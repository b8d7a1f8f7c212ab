"""Lists of findings and marked copies, opened again as a planner's program opens them."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.rule import Words
from allocator.audit.run import AuditResult, audit
from allocator.audit.sample import draw_sample
from allocator.domain import Ledger
from allocator.findings import InputError
from allocator.ledger.read import Places, read_for_audit
from allocator.ledger.write import write_ledger_xlsx
from allocator.report.audit_list import COLUMNS
from allocator.report.audit_workbook import write_findings
from allocator.report.marked_workbook import (
    LONGEST_COMMENT,
    comment_text,
    mark_ledger,
    mark_workbook,
)
from tests.builders import (
    building,
    floor,
    make_ledger,
    office,
    posts,
    site,
    sits,
    tiny_standard,
    unit,
)
from tests.ledger.flat_books import plain_book, write_book

ON = date(2026, 1, 5)
HOSTILE = ("=1+1", "+cmd", "-2", "@SUM(A1)")


def ledger(name: str = "Tax") -> Ledger:
    """A1: a chief in 40 m2. A2: four clerks in 10 m2. A3: empty."""
    return make_ledger(
        sites=[site("S")],
        buildings=[building("B", "S")],
        floors=[floor("F", "B")],
        rooms=[office("A1", "F", 40), office("A2", "F", 10), office("A3", "F", 20)],
        units=[unit("tax", name=name), unit("sub", name="Sub", parent="tax")],
        posts=[posts("tax", "chief", 1), posts("tax", "clerk", 3, 4)],
        occupancy=[sits("A1", "tax", "chief"), sits("A2", "tax", "clerk", 4)],
    )


def audited(path: Path, *rules: str) -> tuple[AuditResult, Places]:
    """The audit of a workbook, with places."""
    reading = read_for_audit(path, tiny_standard())
    case = today_case(reading.ledger, tiny_standard(), Settings(on=ON), loose=reading.loose)
    named = rules or ("over_standard", "under_share", "idle_unreported", "roll_above")
    places = reading.places
    return audit(case, lambda c: places.of(c.table, c.row or 0, c.column), named), places


def book_of(tmp_path: Path, name: str = "Tax") -> Path:
    """The ledger as a workbook in Chinese."""
    path = tmp_path / "ledger.xlsx"
    write_ledger_xlsx(ledger(name), path)
    return path


def cells(path: Path, sheet: str) -> list[list[Any]]:
    """The sheet as another reader sees it."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- lists ----------------------------------------------------------------------------------------


def test_the_list_holds_every_finding_in_both_readers(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    out = tmp_path / "out.xlsx"
    write_findings(result, out, "zh", remedies={"over_standard|room|A1|||": Words("调换", "swap")})
    book = load_workbook(out)
    assert book.sheetnames == ["问题清单", "未定", "规则汇总", "说明"]
    rows = cells(out, "问题清单")
    head = [c.title.zh for c in COLUMNS]
    assert rows[0] == head
    first = dict(zip(head, rows[1], strict=True))
    assert first["编号"] == "over_standard|room|A1|||"
    assert (first["值"], first["应为"], first["差"], first["计量"]) == (40, 24, 16, "平方米")
    assert (first["楼"], first["层"], first["房号"]) == ("building B", 1, "A1")
    assert (first["责任单位编码"], first["责任单位"]) == ("tax", "Tax")
    assert first["类别"] == "办公室超标准（over_standard）"
    by_key = {row[0]: dict(zip(head, row, strict=True)) for row in rows[1:]}
    assert first["位置"] == "site S · building B · 1F · A1"
    assert by_key["roll_above|group|tax|tax||clerk"]["位置"] == "Tax · 科员"
    assert first["建议"] == "调换"
    assert first["台账位置"] == "ledger.xlsx[房间]:2:使用面积"
    assert len(rows) == 1 + len(result.findings)
    sheet = book["问题清单"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:V{len(rows)}"


def test_rules_are_counted(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    out = tmp_path / "out.xlsx"
    write_findings(result, out, "en")
    rows = {row[1]: row for row in cells(out, "rules")}
    assert rows["over_standard"][5:8] == [1, 0, 2]
    assert rows["roll_above"][5:8] == [1, 0, 2]
    assert [row[0] for row in cells(out, "findings")[1:]] == [f.key for f in result.findings]


def test_severities_differ_in_words_as_well_as_in_colour(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    out = tmp_path / "out.xlsx"
    write_findings(result, out, "zh")
    sheet = load_workbook(out)["问题清单"]
    shown = {(c.value, c.fill.fgColor.rgb) for c in sheet["D"][1:]}
    assert shown == {("错误", "FFF4B6B6"), ("警告", "FFFFE699")}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(tmp_path: Path, name: str) -> None:
    result, places = audited(book_of(tmp_path, name))
    for out, write in (
        (tmp_path / "list.xlsx", lambda p: write_findings(result, p, "zh")),
        (tmp_path / "mark.xlsx", lambda p: mark_workbook(
            tmp_path / "ledger.xlsx", result, p, "zh", places)),
    ):  # fmt: skip
        write(out)
        cell = load_workbook(out)["问题清单"]["G2"]
        assert (cell.value, cell.data_type, cell.number_format) == (name, "s", "@")
        assert cells(out, "问题清单")[1][6] == name
        assert not any(
            b"<f>" in zipfile.ZipFile(out).read(n) for n in zipfile.ZipFile(out).namelist()
        )
    assert load_workbook(tmp_path / "mark.xlsx")["单位"]["B2"].data_type == "s"


def test_csv_is_for_spreadsheets(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path, "=1+1"))
    out = tmp_path / "out.csv"
    write_findings(result, out, "zh")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [c.title.zh for c in COLUMNS]
    assert rows[1][6] == "'=1+1"
    assert rows[1][11:14] == ["40.00", "24.00", "16.00"]


def test_control_signs_and_long_texts_can_be_written(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    told = {f.key: Words("坏\x00字\x0b" + "长" * 40_000, "x") for f in result.findings}
    write_findings(result, tmp_path / "out.xlsx", "zh", remedies=told)
    text = load_workbook(tmp_path / "out.xlsx")["问题清单"]["U2"].value
    assert text is not None
    assert str(text).startswith("坏\ufffd字\ufffd长")
    assert len(str(text)) == 32_767


def test_the_sample_gets_sheets_of_its_own(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    out = tmp_path / "out.xlsx"
    write_findings(result, out, "zh", sample=draw_sample(result.case.ledger, 5, 7))
    assert cells(out, "抽查名单")[1][:5] == ["二级单位", "市级", "", "sub", "Sub"]
    assert cells(out, "抽查分层")[1][3:] == [1, 1, 0]
    assert cells(out, "抽查名单")[-1][0].startswith("抽签值 = sha256(种子|分层|单位编码)")
    assert load_workbook(out)["抽查名单"].auto_filter.ref == "A1:I2"


def test_same_audit_same_bytes(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    for name in ("a", "b"):
        result, places = audited(source)
        write_findings(result, tmp_path / f"{name}.xlsx", "zh")
        mark_workbook(source, result, tmp_path / f"{name}-mark.xlsx", "zh", places)
    assert sha(tmp_path / "a.xlsx") == sha(tmp_path / "b.xlsx")
    assert sha(tmp_path / "a-mark.xlsx") == sha(tmp_path / "b-mark.xlsx")


# -- marked copies --------------------------------------------------------------------------------


def marks(path: Path) -> dict[tuple[str, str], str]:
    """Sheet and cell of every comment."""
    book = load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }


def test_the_cells_of_findings_are_marked_in_a_copy(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    before = sha(source)
    result, places = audited(source)
    out = tmp_path / "copy.xlsx"
    assert mark_workbook(source, result, out, "zh", places) == ()
    assert sha(source) == before
    assert {f.key: f.place.column for f in result.findings} == {
        "over_standard|room|A1|||": "使用面积",
        "under_share|room|A2|||": "使用面积",
        "idle_unreported|room|A3|||": "闲置已报备",
        "roll_above|group|tax|tax||clerk": "实有人数",
    }
    found = marks(out)
    at = {h: n for n, h in enumerate(cells(source, "房间")[0])}
    area, idle = chr(65 + at["使用面积"]), chr(65 + at["闲置已报备"])
    assert set(found) == {
        ("房间", f"{area}2"), ("房间", f"{area}3"), ("房间", f"{idle}4"),
        ("现状占用", "E2"), ("现状占用", "E3"), ("编制", "D3"), ("编制", "E3"),
    }  # fmt: skip
    assert found["房间", f"{area}2"].startswith("【错误】 房间 A1（Tax，1 人）使用面积 40.00")
    sheet = load_workbook(out)["房间"]
    assert sheet[f"{area}2"].fill.fgColor.rgb == "FFF4B6B6"
    assert sheet[f"{area}2"].border.left.style == "medium"
    assert sheet[f"{area}3"].border.left.style == "dashed"
    assert sheet["A2"].fill.fill_type is None
    link = load_workbook(out)["问题清单"]["V2"].hyperlink
    assert link is not None and link.location == f"'房间'!{area}2"


def test_a_marked_copy_is_still_the_same_ledger(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    result, places = audited(source)
    mark_workbook(source, result, tmp_path / "copy.xlsx", "zh", places)
    again, _ = audited(tmp_path / "copy.xlsx")
    assert again.case.ledger == result.case.ledger
    assert [f.key for f in again.findings] == [f.key for f in result.findings]


def test_a_planners_own_layout_is_kept(tmp_path: Path) -> None:
    """Title rows, merges, formulas, charts, comments, hidden columns and other sheets."""
    book = plain_book()
    rows = book["办公用房台账"]
    rows[1][7] = "=20+20"
    book["办公用房台账"] = [["某市台账"], *rows]
    source = write_book(book, tmp_path / "own.xlsx", {"办公用房台账": ["A1:O1"]})
    own = load_workbook(source)
    sheet = own["办公用房台账"]
    # A program that calculates leaves the value beside the formula.
    sheet["H3"].comment = Comment("measured by hand", "planner")
    sheet.column_dimensions["N"].hidden = True
    own.create_sheet("说明")["A1"] = "=1+1"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=8, min_row=3, max_row=8))
    sheet.add_chart(chart, "Q2")
    own.save(source)
    _calculated(source, "H3", 40)
    result, places = audited_flat(source)
    before = sha(source)
    notes = mark_workbook(source, result, tmp_path / "copy.xlsx", "zh", places)
    assert sha(source) == before
    assert [n.code for n in notes] == ["copy-lacks", "copy-recalculates"]
    assert "图表" in notes[0].zh
    copy = load_workbook(tmp_path / "copy.xlsx")
    marked = copy["办公用房台账"]
    assert copy.sheetnames == ["办公用房台账", "单位情况", "说明", "问题清单"]
    assert marked["H3"].value == "=20+20"
    assert copy["说明"]["A1"].value == "=1+1"
    assert marked.column_dimensions["N"].hidden
    assert [str(r) for r in marked.merged_cells.ranges] == ["A1:O1"]
    text = marks(tmp_path / "copy.xlsx")["办公用房台账", "H3"]
    assert "301" in text and text.endswith("--- 原批注 ---\nmeasured by hand")


def audited_flat(path: Path) -> tuple[AuditResult, Places]:
    from standards.load import load_standard

    standard = load_standard("cn-2014", ())
    reading = read_for_audit(path, standard)
    case = today_case(reading.ledger, standard, Settings(on=ON))
    return audit(case, lambda c: reading.places.of(c.table, c.row or 0, c.column),
                 ("over_standard",)), reading.places  # fmt: skip


def _calculated(path: Path, cell: str, value: int) -> None:
    """Put a calculated value beside the formula of a cell."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    start = text.index("</f>", text.index(f'r="{cell}"'))
    end = text.index("</c>", start)
    parts[name] = f"{text[:start]}</f><v>{value}</v>{text[end:]}".encode()
    for other in [n for n in parts if n.startswith("xl/worksheets/sheet") and n != name]:
        body = parts[other].decode()
        parts[other] = body.replace("<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>").replace(
            "<f>1+1</f><v />", "<f>1+1</f><v>2</v>"
        ).encode()  # fmt: skip
    with zipfile.ZipFile(path, "w") as new:
        for part, data in parts.items():
            new.writestr(part, data)


def test_several_findings_share_a_cell(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    result, places = audited(source)
    twice = replace(result.findings[1], judgement=replace(
        result.findings[1].judgement, cells=result.findings[0].judgement.cells))  # fmt: skip
    both = replace(result, findings=(twice, result.findings[0]))
    mark_workbook(source, both, tmp_path / "copy.xlsx", "en", places)
    found = marks(tmp_path / "copy.xlsx")
    text = next(t for (sheet, cell), t in found.items() if sheet == "房间" and cell.endswith("2"))
    assert [line[:9] for line in text.split("\n") if line.startswith("[")] == [
        "[Error] r", "[Warning]",
    ]  # fmt: skip


def test_comments_stay_readable(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    many = [result.findings[0]] * 40
    text = comment_text(many, "zh", {})
    assert len(text) <= LONGEST_COMMENT + 60
    shown = text.count("【错误】")
    assert text.endswith(f"另有 {40 - shown} 项，见问题清单")
    long = comment_text(many[:1], "zh", {many[0].key: Words("长" * 5000, "x")})
    assert len(long) == LONGEST_COMMENT


def test_the_name_of_the_sheet_of_findings_is_free(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    result, places = audited(source)
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    mark_workbook(source, result, first, "zh", places)
    again, places = audited(first)
    mark_workbook(first, again, second, "zh", places)
    assert load_workbook(second).sheetnames[-2:] == ["问题清单", "问题清单 (2)"]


def test_rows_left_out_of_the_ledger_are_marked_where_they_stand(tmp_path: Path) -> None:
    path = book_of(tmp_path)
    book = load_workbook(path)
    book["现状占用"].append(["A3", "ghost", None, "clerk", 1])
    book.save(path)
    result, places = audited(path, "unknown_named")
    assert [f.key for f in result.findings] == ["unknown_named|row|ghost|||"]
    mark_workbook(path, result, tmp_path / "copy.xlsx", "zh", places)
    assert list(marks(tmp_path / "copy.xlsx")) == [("现状占用", "B4")]


def test_a_column_that_the_file_lacks_marks_the_first_cell_of_the_row(tmp_path: Path) -> None:
    path = book_of(tmp_path)
    book = load_workbook(path)
    sheet = book["房间"]
    column = next(c.column for c in sheet[1] if c.value == "闲置已报备")
    sheet.delete_cols(column)
    book.save(path)
    result, places = audited(path, "idle_unreported")
    mark_workbook(path, result, tmp_path / "copy.xlsx", "zh", places)
    assert list(marks(tmp_path / "copy.xlsx")) == [("房间", "A4")]


def test_a_ledger_that_is_no_workbook_is_written_as_one(tmp_path: Path) -> None:
    result, _ = audited(book_of(tmp_path))
    out = tmp_path / "from-csv.xlsx"
    mark_ledger(result, out, "en")
    found = marks(out)
    assert {sheet for sheet, _ in found} == {"rooms", "occupancy", "posts"}
    head = cells(out, "rooms")[0]
    area = chr(65 + head.index("area_m2"))
    assert ("rooms", f"{area}2") in found


def test_the_original_is_never_the_output(tmp_path: Path) -> None:
    source = book_of(tmp_path)
    result, places = audited(source)
    before = sha(source)
    with pytest.raises(InputError, match="the output is the workbook itself"):
        mark_workbook(source, result, source, "zh", places)
    with pytest.raises(InputError, match="its copy is an"):
        mark_workbook(source, result, tmp_path / "copy.xlsm", "zh", places)
    assert sha(source) == before
    assert list(tmp_path.iterdir()) == [source]
