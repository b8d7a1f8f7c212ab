"""Files of ancillary needs: both kinds read alike, and every fault is located in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.domain import Ledger
from allocator.entitlement_lines import Needs
from allocator.findings import Finding, InputError
from allocator.needs_file import read_needs_file
from tests.builders import make_ledger, unit

LEDGER: Ledger = make_ledger(
    units=[
        unit("fin", name="财政局"),
        unit("tax", name="税务局"),
        unit("shop", name="服务公司", category="enterprise"),
        unit("t1", name="同名局"),
        unit("t2", name="同名局"),
    ]
)
READ = {
    "fin": Needs(canteen=True, cars=250, bicycles=20, ebikes=3, motorcycles=1, guards=2),
    "tax": Needs(cars=0),
}


def written(folder: Path, text: str, name: str, encoding: str = "utf-8-sig") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return path


def faults(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        read_needs_file(path, LEDGER)
    return caught.value.findings


def at(findings: tuple[Finding, ...]) -> list[tuple[int | None, str, str, str]]:
    return [(f.place.row, f.place.column, f.value, f.en) for f in findings]


CSV = "单位,食堂,汽车,自行车,电动自行车,摩托车,警卫\r\n财政局,是,250,20,3,1,2\r\n\r\ntax,,0,,,,\r\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_with_chinese_headings_names_and_blank_lines(tmp_path: Path, encoding: str) -> None:
    assert read_needs_file(written(tmp_path, CSV, "n.csv", encoding), LEDGER) == READ


def test_csv_with_english_headings_in_any_order(tmp_path: Path) -> None:
    text = "cars,Unit,canteen\n7,fin,YES\n,tax,no\n"
    found = read_needs_file(written(tmp_path, text, "n.csv"), LEDGER)
    assert found == {"fin": Needs(canteen=True, cars=7), "tax": Needs()}


@pytest.mark.parametrize("head", ["", "needs:\n"])
def test_yaml_as_a_list_or_under_a_key(tmp_path: Path, head: str) -> None:
    text = head + (
        "- {unit: 财政局, canteen: true, cars: 250, bicycles: 20, ebikes: 3, motorcycles: 1, "
        "guards: 2}\n- {unit: tax, cars: 0}\n"
    )
    assert read_needs_file(written(tmp_path, text, "n.yaml", "utf-8"), LEDGER) == READ


def test_every_wrong_cell_of_a_csv_is_located(tmp_path: Path) -> None:
    text = (
        "unit,canteen,cars,guards\n"
        "fin,maybe,-1,2.5\n"
        "finn,,１２,\n"
        ",,1,\n"
        "shop,,1,\n"
        "同名局,,1,\n"
        "fin,,1000001,\n"
    )
    path = written(tmp_path, text, "needs.csv")
    whole = "a whole number from 0 expected"
    assert at(faults(path)) == [
        (2, "canteen", "maybe", "yes or no expected"),
        (2, "cars", "-1", whole),
        (2, "guards", "2.5", whole),
        (3, "cars", "１２", whole),
        (3, "unit", "finn", "the ledger has no such unit"),
        (4, "unit", "", "unit must not be blank"),
        (5, "unit", "shop", "the unit has no entitlement"),
        (6, "unit", "同名局", "the ledger has no such unit"),
        (7, "cars", "1000001", whole),
        (7, "unit", "fin", "listed twice"),
    ]
    found = faults(path)
    assert {f.place.file for f in found} == {"needs.csv"}
    assert all(f.advice_en.startswith("Maybe") and f.advice_zh for f in found)
    assert found[4].advice_en == 'Maybe "fin" was meant.'


def test_headings_that_would_be_lost_are_refused(tmp_path: Path) -> None:
    found = faults(written(tmp_path, "name,car,guards,guards\nfin,1,2,3\n", "needs.csv"))
    assert at(found) == [
        (1, "name", "name", "unknown column"),
        (1, "car", "car", "unknown column"),
        (1, "guards", "guards", "the column stands there twice"),
        (1, "unit", "name,car,guards,guards", "column unit is missing"),
    ]
    assert found[1].advice_en == 'Maybe "cars" was meant.'


def test_every_wrong_value_of_a_yaml_file_is_located(tmp_path: Path) -> None:
    text = (
        "- unit: finn\n"
        "  canteen: 1\n"
        "  car: 3\n"
        "- cars: 2.5\n"
        "- unit: shop\n"
        "  guards: -1\n"
        "- unit: tax\n"
        "- unit: 税务局\n"
        "- tax\n"
    )
    found = faults(written(tmp_path, text, "needs.yaml", "utf-8"))
    assert [(f.place.row, f.code) for f in found] == [
        (3, "unknown-key"), (2, "wrong-type"), (1, "unknown-unit"),
        (4, "missing-key"), (4, "wrong-type"),
        (6, "out-of-range"), (5, "unknown-unit"),
        (8, "duplicate-entry"), (9, "wrong-type"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("needs.csv", "", "the file is empty"),
        ("needs.csv", 'unit,cars\nfin,"7\n', "the CSV text is malformed"),
        ("needs.txt", "unit\nfin\n", "a file of needs is a YAML or CSV file"),
        ("needs.yaml", "needs: {fin: 1}\n", "a list expected"),
        ("needs.yaml", "need: []\n", "unknown key"),
    ],
)
def test_files_that_are_no_list_of_needs(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    assert sentence in [f.en for f in faults(written(tmp_path, text, name, "utf-8"))]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in ("none.csv", "none.yaml"):
        (found,) = faults(tmp_path / name)
        assert found.place.file == name


def test_a_file_in_no_known_encoding(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    path.write_bytes(b"unit\n\xff\xff\xff\n")
    assert faults(path)[0].en == "the encoding is neither UTF-8 nor GB18030"
