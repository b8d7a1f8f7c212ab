"""`allocator entitle`: the standard it judges by, the comparison with today, needs and form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli_runs import TINY, run, run_json, tiny_copy

LEDGER = TINY / "ledger"
CN = ("--standard", "cn-2014")


# -- the standard is named or taken from a scenario, never guessed ------------------------------


def test_a_ledger_without_a_standard_lists_the_bundled_ones() -> None:
    message = run("entitle", LEDGER, code=2).stderr
    assert "a ledger does not say which standard it is judged by" in message
    for pack in ("au", "cn-2014", "in-2017", "jp-soumu", "uk"):
        assert pack in message
    assert "请用 --standard 指明" in run("entitle", LEDGER, code=2, lang="zh").stderr


@pytest.mark.parametrize("target", ["tiny", str(TINY), str(TINY / "scenario.yaml")])
def test_a_scenario_supplies_its_standard(target: str) -> None:
    assert run_json("entitle", target) == run_json("entitle", LEDGER, *CN)


@pytest.mark.parametrize("target", ["tiny", str(TINY), str(TINY / "scenario.yaml")])
def test_a_scenario_takes_no_second_standard(target: str) -> None:
    message = run("entitle", target, "--standard", "uk", code=2).stderr
    assert "a scenario names its own standard" in message
    assert "Maybe leave out --standard" in message


def test_an_overlay_needs_a_standard() -> None:
    message = run("entitle", "tiny", "--overlay", "hubei-township", code=2).stderr
    assert "--overlay needs --standard" in message


# -- what is approved beside what is held -------------------------------------------------------


def test_the_tiny_city_by_hand() -> None:
    data = run_json("entitle", "tiny")
    rows = {row["name"]: row for row in data["units"]}
    # 住房局: 18 + 4 x 9 approved, 49.00 held, and 6.00 above the standard of one person.
    housing = rows["市住房局"]
    assert housing["approved_m2"]["office"] == 54.0
    assert housing["held_m2"]["office"] == 49.0
    assert housing["difference_m2"]["office_over"] == 6.0
    assert housing["difference_m2"]["office_lack"] == 5.0
    finance = rows["市财政局"]["posts"]
    assert (finance["established"], finance["in_post"], finance["vacant"]) == (5, 3, 2)
    assert data["totals"]["held_m2"]["office"] == 136.0
    (common,) = [f for f in data["findings"] if f["code"] == "held-by-nobody"]
    assert "2 service rooms, 32.00 m2" in common["en"]


def test_one_unit_keeps_its_share_of_rooms_that_others_sit_in(tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path)
    path = copy / "ledger" / "occupancy.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    first = rows[1].split(",")
    other = next(r.split(",") for r in rows[2:] if r.split(",")[1] != first[1] and r.split(",")[4])
    other[0] = first[0]
    path.write_text("\n".join([*rows, ",".join(other)]) + "\n", encoding="utf-8-sig")
    data = run_json("entitle", copy)
    alone = run_json("entitle", copy, "--unit", first[1])
    (row,) = alone["units"]
    assert row == next(r for r in data["units"] if r["unit"] == first[1])
    assert row["shared_rooms"][0]["room"] == first[0]


def test_a_row_a_unit_and_the_totals_follow_the_lines() -> None:
    output = run("entitle", "tiny", lang="zh").stdout
    lines, table = output.split("\n\n")
    assert "1×24 + 4×9 = 60.00" in lines
    names = [line.split()[0] for line in table.splitlines()]
    assert names == ["单位", "市财政局", "市住房局", "市统计局", "市档案馆", "合计"]
    assert "超编" in table and "缺" in table


def test_a_buildings_own_coefficient_replaces_the_standards(tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path)
    path = copy / "ledger" / "buildings.csv"
    heading, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    at = heading.split(",").index("usable_ratio")
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[at] = "0.7"
    text = "\n".join([heading, *(",".join(row) for row in cells)]) + "\n"
    path.write_text(text, encoding="utf-8-sig")
    data = run_json("entitle", copy)
    gross = [line for line in data["lines"] if line["item"] == "gross" and line["unit"]]
    assert gross[0]["arithmetic"] == "109.00/0.7 + 0 = 155.71"
    assert not [line for line in data["lines"] if line["item"] == "gross_high_rise"]
    assert data["units"][0]["coefficient"] == {
        "value": 0.7,
        "sums": "0.7",
        "sources": ["building"],
    }
    assert data["units"][0]["approved_m2"]["gross"] == 155.71


# -- needs --------------------------------------------------------------------------------------


def needs(folder: Path, text: str, name: str = "needs.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_needs_from_csv_and_yaml_are_the_same(tmp_path: Path) -> None:
    table = needs(tmp_path, "单位,食堂,汽车,警卫\n市财政局,是,3,1\nhousing,,2,\n")
    text = "- {unit: finance, canteen: true, cars: 3, guards: 1}\n- {unit: housing, cars: 2}\n"
    listed = needs(tmp_path, text, "needs.yaml")
    found = run_json("entitle", "tiny", "--needs", table)
    assert found == run_json("entitle", "tiny", "--needs", listed)
    finance = {line["item"]: line for line in found["lines"] if line["unit"] == "finance"}
    assert finance["canteen"]["arithmetic"] == "5×3.7 = 18.50"
    assert finance["cars"]["area_m2"] == 120.0
    assert finance["gross"]["arithmetic"] == "109.00/0.65 + 163.50 = 331.19"
    assert found["totals"]["approved_m2"]["ancillary"] == 243.5


def test_every_wrong_cell_of_the_needs_is_told_at_once(tmp_path: Path) -> None:
    table = needs(tmp_path, "unit,canteen,cars\nfinanse,yes,3\nhousing,perhaps,-1\nhousing,,x\n")
    data = json.loads(run("entitle", "tiny", "--needs", table, "--json", code=2).stdout)
    places = [(f["place"]["row"], f["place"]["column"]) for f in data["findings"]]
    assert places == [
        (2, "unit"), (3, "canteen"), (3, "cars"), (4, "cars"), (4, "unit"),
    ]  # fmt: skip
    assert all(f["place"]["file"] == "needs.csv" for f in data["findings"])
    assert all(f["advice_en"].startswith("Maybe ") for f in data["findings"])


# -- the form -----------------------------------------------------------------------------------


def test_the_form_is_written_at_once_and_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        run("entitle", "tiny", "--form", tmp_path / name, lang="zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("党政机关办公用房建设标准" in text for text in texts)
    assert any("填报单位" in text for text in texts)
    assert "exists already" in run("entitle", "tiny", "--form", tmp_path / "a.xlsx", code=2).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("name", ["form.csv", "form"])
def test_the_form_is_a_workbook(tmp_path: Path, name: str) -> None:
    message = run("entitle", "tiny", "--form", tmp_path / name, code=2).stderr
    assert "the form is an .xlsx file" in message
    assert list(tmp_path.iterdir()) == []


def test_no_output_lies_on_top_of_another(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    message = run("entitle", "tiny", "-o", path, "--form", path, "--force", code=2).stderr
    assert "an output is also another file here" in message
    assert not path.exists()
