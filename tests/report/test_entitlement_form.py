"""The form of approved areas as a file: figures by hand, totals, headings, bytes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocator.domain import Ledger
from allocator.entitlement_balance import balances
from allocator.entitlement_lines import Needs
from allocator.findings import Lang
from allocator.present import present
from allocator.report.entitlement_form import write_form
from standards.catalog import Standard
from standards.load import load_standard
from tests.builders import (
    building,
    floor,
    holds,
    make_ledger,
    office,
    posts,
    room,
    service,
    site,
    sits,
    tiny_standard,
    unit,
)

FIRST = 5
"""The row of the first unit, below the title, the line of measure and two headings."""


def town(**changes: Any) -> Ledger:
    """fin in two buildings of different coefficients, tax in one without any; a shared office.

    A101 33 m2 is shared by fin's chief (24) and tax's clerk (9): nobody over. A102 20 m2 holds one
    clerk of fin: 11 over. B101 12 m2 holds tax's clerk: 3 over. A103 is fin's and empty.
    """
    tables: dict[str, Any] = {
        "sites": [site("S")],
        "buildings": [
            building("A", "S", usable_ratio=Fraction(7, 10)),
            building("B", "S"),
            building("C", "S", usable_ratio=Fraction(1, 2)),
        ],
        "floors": [floor("A1", "A"), floor("B1", "B"), floor("C1", "C")],
        "rooms": [
            office("A101", "A1", 33),
            office("A102", "A1", 20),
            office("A103", "A1", 10),
            office("A104", "A1", 40, status="sealed"),
            office("B101", "B1", 12),
            service("C101", "C1", 6, allocated_unit="fin"),
            service("C102", "C1", 50),
            room("C103", "C1", "business", 70, allocated_unit="tax"),
        ],
        "units": [unit("fin", name="财政局"), unit("tax", name="=税务局")],
        "posts": [
            posts("fin", "chief", 1),
            posts("fin", "clerk", 3, 1),
            posts("tax", "clerk", 1, 2),
        ],
        "occupancy": [
            sits("A101", "fin", "chief"),
            sits("A101", "tax", "clerk"),
            sits("A102", "fin", "clerk"),
            holds("A103", "fin"),
            holds("A104", "fin"),
            sits("B101", "tax", "clerk"),
        ],
    }  # fmt: skip
    return make_ledger(**(tables | changes))


def written(
    folder: Path,
    ledger: Ledger,
    lang: Lang = "zh",
    standard: Standard | None = None,
    needs: Mapping[str, Needs] | None = None,
    name: str = "form.xlsx",
) -> Path:
    pack = standard or tiny_standard()
    path = folder / name
    rows = balances(ledger, pack, present(ledger, pack), needs)
    write_form(rows, ledger, pack, path, lang)
    return path


def headings(sheet: Worksheet) -> list[str]:
    """`group/title` of every column, merged headings spread out."""
    found, group = [], ""
    for column in range(1, sheet.max_column + 1):
        top, below = sheet.cell(3, column).value, sheet.cell(4, column).value
        if below is None:
            found.append(str(top))
            continue
        group = str(top) if top is not None else group
        found.append(f"{group}/{below}")
    return found


def table(path: Path) -> list[dict[str, Any]]:
    """The rows of units and the totals, by heading."""
    sheet = load_workbook(path).worksheets[0]
    heads = headings(sheet)
    rows = []
    for number in range(FIRST, sheet.max_row + 1):
        rows.append({h: sheet.cell(number, i).value for i, h in enumerate(heads, 1)})
        if rows[-1]["单位"] == "合计":
            break
    return rows


def test_figures_of_a_unit_by_hand(tmp_path: Path) -> None:
    fin, tax, total = table(written(tmp_path, town()))
    assert (fin["序号"], fin["单位"], fin["级别"]) == (1, "财政局", "市级")
    assert (fin["编制数（按职级）/正职"], fin["编制数（按职级）/科员"]) == (1, 3)
    assert [fin[f"人员/{k}"] for k in ("编制合计", "实有人数", "超编", "空编")] == [4, 2, 0, 2]
    assert [tax[f"人员/{k}"] for k in ("编制合计", "实有人数", "超编", "空编")] == [1, 2, 1, 0]
    # 24 + 3 x 9; 4 posts x 2; 9 % of both.
    approved = [fin[f"核定面积/{k}"] for k in ("办公室", "服务用房", "设备用房", "使用面积合计")]
    assert approved == [51, 8, 5.31, 64.31]
    # 33 x 24/33 + 20 + 10, the sealed 40 left out; the service room allocated to it.
    held = [fin[f"现有面积/{k}"] for k in ("办公室", "服务用房", "设备用房", "使用面积合计")]
    assert held == [54, 6, 0, 60]
    assert fin["超（+）缺（-）/办公室超"] == 11
    assert fin["超（+）缺（-）/办公室缺"] == 0
    assert fin["超（+）缺（-）/服务用房缺"] == -2
    assert fin["超（+）缺（-）/设备用房缺"] == -5.31
    assert (tax["超（+）缺（-）/办公室超"], tax["技术业务用房（单列）"]) == (3, 70)
    assert total["超（+）缺（-）/办公室超"] == 14


def test_a_unit_in_two_buildings_has_the_coefficient_of_what_it_holds(tmp_path: Path) -> None:
    path = written(tmp_path, town())
    fin, tax, _ = table(path)
    ratio = 60 / (54 / 0.7 + 6 / 0.5)
    assert fin["核定面积/所用系数 K"] == round(ratio, 4)
    assert fin["核定面积/建筑面积（含附属）"] == round(64.31 / ratio, 2)
    # tax sits in A (0.7) with 9 m2 and in B, of which nothing is known, with 12: 0.65.
    assert tax["核定面积/所用系数 K"] == round(21 / (9 / 0.7 + 12 / 0.65), 4)
    lines = load_workbook(path).worksheets[1]
    said = {(r[0], r[1]): r[2] for r in lines.iter_rows(min_row=2, values_only=True)}
    shown = said["财政局", "使用面积系数 K（本单位用房）"]
    assert shown == "K = (54.00+6.00)/(54.00/0.7+6.00/0.5) = 0.6731（楼的系数）"
    assert said["=税务局", "使用面积系数 K（本单位用房）"].endswith("（楼的系数、标准：多层）")
    gross = said["财政局", "建筑面积（系数 K，含附属）"]
    assert gross == f"64.31/((54.00+6.00)/(54.00/0.7+6.00/0.5)) + 0 = {64.31 / ratio:.2f}"
    assert said["财政局", "现有办公室超标（逐间相加）"] == "A102 11.00 = 11.00"


def test_a_high_rise_without_a_coefficient_has_the_standards_for_its_kind(tmp_path: Path) -> None:
    ledger = make_ledger(
        sites=[site("S")], buildings=[building("A", "S", high_rise=True)],
        floors=[floor("A1", "A")], rooms=[office("A101", "A1", 9)], units=[unit("u", name="某局")],
        posts=[posts("u", "clerk", 1)], occupancy=[sits("A101", "u", "clerk")],
    )  # fmt: skip
    path = written(tmp_path, ledger)
    row, _ = table(path)
    # (9 + 2) x 1.09 / 0.6
    assert (row["核定面积/所用系数 K"], row["核定面积/建筑面积（含附属）"]) == (0.6, 19.98)
    lines = list(load_workbook(path).worksheets[1].iter_rows(min_row=2, values_only=True))
    assert [line[1] for line in lines] == [
        "办公室", "服务用房", "设备用房", "使用面积合计",
        "使用面积系数 K（本单位用房）", "建筑面积（系数 K，含附属）",
    ]  # fmt: skip
    assert (lines[4][2], lines[5][2]) == ("K = 0.6（标准：高层）", "11.99/0.6 + 0 = 19.98")


def test_without_rooms_the_standards_coefficient_is_used(tmp_path: Path) -> None:
    fin, tax, _ = table(written(tmp_path, town(occupancy=[], rooms=[])))
    assert (fin["核定面积/所用系数 K"], fin["核定面积/建筑面积（含附属）"]) == (0.65, 98.94)
    assert tax["现有面积/使用面积合计"] == 0


def test_totals_add_exact_areas_and_round_once(tmp_path: Path) -> None:
    # Equipment per unit: 9 % of (9 + 2) = 0.99; gross 11.99 / 0.65 = 18.4461538..., three times.
    units = [unit(code) for code in ("a", "b", "c")]
    ledger = make_ledger(
        sites=[site("S")], buildings=[building("A", "S")], floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", 10)], units=units,
        posts=[posts(code, "clerk", 1) for code in ("a", "b", "c")],
        occupancy=[sits("A101", code, "clerk") for code in ("a", "b", "c")],
    )  # fmt: skip
    *rows, total = table(written(tmp_path, ledger))
    gross = "核定面积/建筑面积（含附属）"
    assert [row[gross] for row in rows] == [18.45] * 3
    assert total[gross] == 55.34
    assert [row["现有面积/办公室"] for row in rows] == [3.33] * 3
    assert total["现有面积/办公室"] == 10
    assert total["核定面积/所用系数 K"] is None


def test_totals_fit_their_columns(tmp_path: Path) -> None:
    ledger = make_ledger(units=[unit("u")], posts=[posts("u", "clerk", 1_234_567)])
    sheet = load_workbook(written(tmp_path, ledger)).worksheets[0]
    heads = headings(sheet)
    at = {
        "编制数（按职级）/科员": "1,234,567",
        "核定面积/使用面积合计": "13,456,780.30",
        "超（+）缺（-）/办公室缺": "-11,111,103.00",
    }
    for heading, shown in at.items():
        cell = sheet.cell(FIRST + 1, heads.index(heading) + 1)
        assert f"{cell.value:,.{2 * ('.' in shown)}f}" == shown
        assert sheet.column_dimensions[cell.column_letter].width > len(shown)


def test_an_overrun_never_fills_a_lack(tmp_path: Path) -> None:
    # One clerk in 20 m2 is 11 over although the unit lacks 7 of its 27 m2.
    ledger = make_ledger(
        sites=[site("S")], buildings=[building("A", "S")], floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", 20)], units=[unit("a"), unit("b")],
        posts=[posts("a", "clerk", 3, 1), posts("b", "clerk", 1, 0)],
        occupancy=[sits("A101", "a", "clerk")],
    )  # fmt: skip
    a, b, total = table(written(tmp_path, ledger))
    over, short = "超（+）缺（-）/办公室超", "超（+）缺（-）/办公室缺"
    assert (a[over], a[short]) == (11, -7)
    assert (b[over], b[short]) == (0, -9)
    assert (total[over], total[short]) == (11, -16)


def test_ancillary_rooms_are_gross_area_on_top(tmp_path: Path) -> None:
    pack = load_standard("cn-2014")
    ledger = make_ledger(
        units=[unit("u", name="某局")],
        posts=[posts("u", "bureau_head", 1), posts("u", "deputy_bureau_head", 4),
               posts("u", "below_bureau", 95)],
    )  # fmt: skip
    needs = {"u": Needs(canteen=True, cars=10)}
    plain, _ = table(written(tmp_path, ledger, standard=pack))
    more, _ = table(written(tmp_path, ledger, standard=pack, needs=needs, name="more.xlsx"))
    gross = "核定面积/建筑面积（含附属）"
    assert (plain[gross], plain["核定面积/使用面积合计"]) == (2936.29, 1908.59)
    assert (more[gross], more["核定面积/其中附属用房"]) == (3706.29, 770)


def test_remarks_say_what_is_left_out(tmp_path: Path) -> None:
    fin, tax, _ = table(written(tmp_path, town()))
    assert fin["备注"] == "无人办公室 1 间 10.00；封存 40.00（未计）；与其他单位合用 1 间"
    assert tax["备注"] == "与其他单位合用 1 间"
    sheet = load_workbook(written(tmp_path, town())).worksheets[0]
    texts = [c.value for row in sheet.iter_rows(min_row=FIRST + 3) for c in row if c.value]
    assert any("公用的服务用房 1 间，50.00 平方米" in str(text) for text in texts)


def test_signatures_are_labels_without_names(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, town())).worksheets[0]
    row = [sheet.cell(FIRST + 4, i).value for i in range(1, sheet.max_column + 1)]
    assert [v for v in row if v] == ["填报单位（盖章）：", "填报日期：", "审核："]


def test_the_sheet_prints_on_one_width_with_headings_repeated(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, town())).worksheets[0]
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.cell(1, 1).value == "办公用房面积核定表：测试标准"
    second = [c.value for c in sheet[2] if c.value]
    assert second == [
        "依据标准：tiny@1", "计量单位：使用面积，平方米（建筑面积、附属用房除外）"
    ]  # fmt: skip


def test_no_text_is_a_formula_and_numbers_are_numbers(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, town()))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert [c.coordinate for c in cells if c.data_type == "f"] == []
    names = [c for c in cells if c.value == "=税务局"]
    assert len(names) > 5 and {c.data_type for c in names} == {"s"}
    sheet = book.worksheets[0]
    numbers = [sheet.cell(FIRST, i).value for i in range(4, sheet.max_column)]
    assert [v for v in numbers if isinstance(v, str)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_same_input_same_bytes(tmp_path: Path, lang: Lang) -> None:
    first = written(tmp_path, town(), lang, name="1.xlsx")
    second = written(tmp_path, town(), lang, name="2.xlsx")
    assert first.read_bytes() == second.read_bytes()


def test_english_says_the_same(tmp_path: Path) -> None:
    zh = load_workbook(written(tmp_path, town())).worksheets[0]
    en = load_workbook(written(tmp_path, town(), "en", name="en.xlsx")).worksheets[0]
    assert en.title == "approved areas"
    for number in range(FIRST, FIRST + 3):
        ours = [zh.cell(number, i).value for i in range(4, zh.max_column)]
        assert ours == [en.cell(number, i).value for i in range(4, en.max_column)]
    said = [str(c.value) for row in en.iter_rows() for c in row if c.value]
    others = [t for t in said if not t.isascii() and t not in ("财政局", "=税务局")]
    assert others == []


def test_a_standard_without_individual_limits_is_compared_as_a_whole(tmp_path: Path) -> None:
    ledger = make_ledger(
        sites=[site("S")], buildings=[building("A", "S")], floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", 100)], units=[unit("u", "central")],
        posts=[posts("u", "fte", 10)], occupancy=[sits("A101", "u", "fte", 10)],
    )  # fmt: skip
    pack = load_standard("uk")
    sheet = load_workbook(written(tmp_path, ledger, standard=pack)).worksheets[0]
    heads = headings(sheet)
    assert [h for h in heads if h.startswith("超")] == [
        "超（+）缺（-）/使用面积合计超", "超（+）缺（-）/使用面积合计缺"
    ]  # fmt: skip
    assert sheet.cell(FIRST, heads.index("超（+）缺（-）/使用面积合计超") + 1).value == 20
