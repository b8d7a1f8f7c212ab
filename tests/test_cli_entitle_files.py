"""`allocator entitle` on files: the table in figures by hand, the reader's notes, safe outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.ledger.write import write_ledger_xlsx
from tests.builders import building, floor, make_ledger, office, posts, service, site, sits, unit
from tests.cli_runs import run, run_json
from tests.ledger.flat_books import plain_book, write_book
from tests.place_ledgers import write_ledger as write_place

CN = ("--standard", "cn-2014")


def town(folder: Path) -> Path:
    """A bureau of 3 posts with 2 in post: its head in 30 m2 (24 allowed), one clerk in 9 m2."""
    ledger = make_ledger(
        sites=[site("S")], buildings=[building("A", "S")], floors=[floor("A1", "A")],
        rooms=[
            office("A101", "A1", 30), office("A102", "A1", 9),
            office("A103", "A1", 50, status="sealed", allocated_unit="fin"),
            service("A104", "A1", 30, allocated_unit="fin"),
        ],
        units=[unit("fin", name="财政局"), unit("tax", name="税务局")],
        posts=[posts("fin", "bureau_head", 1), posts("fin", "below_bureau", 2, 1)],
        occupancy=[sits("A101", "fin", "bureau_head"), sits("A102", "fin", "below_bureau")],
    )  # fmt: skip
    path = folder / "town.xlsx"
    write_ledger_xlsx(ledger, path)
    return path


def test_the_row_of_a_unit_and_the_totals(tmp_path: Path) -> None:
    output = run("entitle", town(tmp_path), *CN, "--unit", "fin", lang="zh").stdout
    heads, row, total = output.rstrip().split("\n")[-3:]
    assert heads.split()[:5] == ["单位", "编制", "实有", "超编", "空编"]
    # 24 + 2 x 9 = 42 approved, 39 held, 6 over, 3 short; 3 x 8 = 24 service rooms against 30.
    assert row.split() == [
        "财政局", "3", "2", "0", "1", "42.00", "39.00", "6.00", "3.00",
        "24.00", "30.00", "6.00", "0.00", "5.94", "0.00", "0.00", "5.94",
        "71.94", "69.00", "0.00",
    ]  # fmt: skip
    assert total.split() == ["合计", *row.split()[1:]]


def test_what_cannot_be_compared_is_blank_not_nothing(tmp_path: Path) -> None:
    data = run_json("entitle", town(tmp_path), *CN)
    fin, tax = data["units"]
    assert fin["apart"]["sealed"] == {"rooms": 1, "area_m2": 50.0}
    assert tax["posts"]["recorded"] is False
    assert tax["difference_m2"]["service_over"] is None
    table = run("entitle", town(tmp_path), *CN, lang="zh").stdout.split("\n\n")[1]
    assert table.splitlines()[2].split()[:9] == [
        "税务局", "0", "0", "0", "0", "0.00", "0.00", "0.00", "-"
    ]  # fmt: skip


def test_a_total_of_nothing_known_is_blank(tmp_path: Path) -> None:
    ledger = write_place(tmp_path / "india", "central", {"pay_14_18": 1})
    table = run("entitle", ledger, "--standard", "in-2017", lang="zh").stdout.split("\n\n")[1]
    heads, row, total = (line.split() for line in table.splitlines())
    at = heads.index("服务核定")
    # The unit's name, The office, is two words.
    assert row[at + 1 : at + 3] == total[at : at + 2] == ["-", "30.00"]


def test_cars_beyond_the_first_200_spaces(tmp_path: Path) -> None:
    needs = tmp_path / "needs.csv"
    needs.write_text("单位,汽车\n财政局,250\n", encoding="utf-8")
    base = ("entitle", town(tmp_path), *CN)
    more = {x["item"]: x for x in run_json(*base, "--needs", needs)["lines"] if x["unit"] == "fin"}
    assert more["cars"]["arithmetic"] == "200×40 + 50×38 = 9,900.00"
    plain = {x["item"]: x for x in run_json(*base)["lines"] if x["unit"] == "fin"}
    assert more["gross"]["area_m2"] - plain["gross"]["area_m2"] == pytest.approx(9900)


def test_faulty_needs_leave_nothing_behind(tmp_path: Path) -> None:
    ledger, needs = town(tmp_path), tmp_path / "needs.csv"
    needs.write_text("unit,cars\nfinn,x\nfin,-1\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    form = ("--form", tmp_path / "form.xlsx", "-o", tmp_path / "lines.csv")
    result = run("entitle", ledger, *CN, "--needs", needs, *form, code=2)
    assert [line.split()[1] for line in result.stderr.strip().split("\n")] == [
        "needs.csv:2:cars:", "needs.csv:2:unit:", "needs.csv:3:cars:"
    ]  # fmt: skip
    assert not result.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_the_ledger_is_never_written_over(tmp_path: Path) -> None:
    ledger = town(tmp_path)
    before = ledger.read_bytes()
    for name in ("--form", "--output"):
        result = run("entitle", ledger, *CN, name, ledger, "--force", code=2)
        assert "an output is also another file here" in result.stderr
    assert ledger.read_bytes() == before


def test_what_the_reader_assumed_is_told(tmp_path: Path) -> None:
    flat = write_book(plain_book(), tmp_path / "flat.xlsx")
    result = run("entitle", flat, *CN, lang="zh")
    assert "权属登记情况" in result.stderr
    assert "权属登记情况" not in result.stdout
    codes = {f["code"] for f in run_json("entitle", flat, *CN)["findings"]}
    assert "assumed-title-registered" in codes
