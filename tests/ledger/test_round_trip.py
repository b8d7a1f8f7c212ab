"""What the writers write, the readers read back as the same ledger."""

from __future__ import annotations

import csv
import re
import tempfile
import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from allocator.domain import (
    CATEGORIES,
    FEATURES,
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Refit,
    Relation,
    Request,
    Room,
    Site,
    Survey,
    Unit,
)
from allocator.findings import Lang
from allocator.ledger.check import check_ledger
from allocator.ledger.columns import TABLES
from allocator.ledger.read import read_ledger, read_ledger_with_places
from allocator.ledger.write import write_ledger_csv, write_ledger_xlsx
from tests.ledger.ledgers import full_ledger, small_standard

FEW = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

LETTERS = st.sampled_from("aZ09=+-@'\"#中局\U00020000é/_.")
CODES = st.text(LETTERS, min_size=1, max_size=6)
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from(" ,;，、\n\t*")), max_size=8).map(str.strip)
NAMES = TEXTS.filter(bool)
AREAS = st.integers(0, 10**9)
COUNTS = st.integers(0, 10**6)
DAYS = st.dates(date(1850, 1, 1), date(2199, 12, 31))
FRACTIONS = st.fractions(-1000, 1000, max_denominator=1000)
FLAGS = st.booleans()
FEATURE_LISTS = st.lists(st.sampled_from(FEATURES), unique=True, max_size=3).map(tuple)
USES = st.sampled_from(["office", "service", "equipment", "ancillary", "business"])
TENURES = st.sampled_from(["owned", "leased", "borrowed", "market"])


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _unique_codes(size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(CODES, unique=True, min_size=1, max_size=size)


@st.composite
def _holding(draw: st.DrawFn, inherits: bool) -> dict[str, Any]:
    return {
        "tenure": draw(_maybe(TENURES) if inherits else TENURES),
        "title_holder": draw(_maybe(NAMES) if inherits else TEXTS),
        "title_registered": draw(_maybe(FLAGS) if inherits else FLAGS),
        "rent_per_year": draw(_maybe(st.integers(0, 10**12))),
        "lease_end": draw(_maybe(DAYS)),
    }


@st.composite
def _space(draw: st.DrawFn, units: list[str]) -> dict[str, Any]:
    sites = draw(_unique_codes(2))
    buildings = draw(_unique_codes(2))
    floors = draw(_unique_codes(3))
    rooms = draw(_unique_codes(4))
    optional_unit = st.just("") | st.sampled_from(units)
    agreements = st.lists(st.sampled_from(units), unique=True, max_size=3).map(tuple)
    return {
        "sites": tuple(
            Site(
                code=code, name=draw(NAMES),
                kind=draw(st.sampled_from(["centralized", "independent", "dispatched"])),
                territory=draw(TEXTS), agreement=draw(st.just(("*",)) | agreements),
                x_km=draw(_maybe(FRACTIONS)), y_km=draw(_maybe(FRACTIONS)),
                **draw(_holding(False)),
            ) for code in sites
        ),
        "buildings": tuple(
            Building(
                code=code, site=draw(st.sampled_from(sites)), name=draw(NAMES),
                usable_ratio=draw(_maybe(st.fractions(Fraction(1, 9), 1, max_denominator=99))),
                high_rise=draw(FLAGS), **draw(_holding(True)),
            ) for code in buildings
        ),
        "floors": tuple(
            Floor(
                code=code, building=draw(st.sampled_from(buildings)),
                level=draw(st.integers(-9, 200)), drawing=draw(TEXTS), **draw(_holding(True)),
            ) for code in floors
        ),
        "rooms": tuple(
            Room(
                code=code, floor=draw(st.sampled_from(floors)), number=draw(NAMES),
                use=draw(USES), area=draw(AREAS),
                status=draw(st.sampled_from(["available", "sealed", "unavailable", "let"])),
                features=draw(FEATURE_LISTS), position=draw(_maybe(st.integers(-5, 500))),
                outline=draw(TEXTS), approved_use=draw(_maybe(USES)),
                allocated_unit=draw(optional_unit), lent_to=draw(TEXTS),
                idle_reported=draw(_maybe(FLAGS)), drawing_area=draw(_maybe(AREAS)),
            ) for code in rooms
        ),
        "refits": tuple(
            Refit(
                place=place, day=draw(DAYS), kind=draw(st.sampled_from(["daily", "major"])),
                cost=draw(_maybe(st.integers(0, 10**12))), approval=draw(TEXTS),
            ) for place in draw(st.lists(st.sampled_from(rooms + floors), max_size=2))
        ),
        "survey": tuple(
            Survey(room=room, measured=draw(AREAS), day=draw(DAYS), error=draw(AREAS))
            for room in draw(st.lists(st.sampled_from(rooms), max_size=2))
        ),
    }  # fmt: skip


@st.composite
def _people(draw: st.DrawFn, units: list[str], rooms: list[str]) -> dict[str, Any]:
    divisions = draw(_unique_codes(2))
    optional_unit = st.just("") | st.sampled_from(units)
    a_unit, a_division = st.sampled_from(units), st.just("") | st.sampled_from(divisions)
    groups = st.tuples(a_unit, a_division, NAMES)
    areas = st.tuples(AREAS, AREAS).map(sorted)
    relations = st.one_of(
        st.tuples(st.just("near"), st.integers(1, 99), st.just(False)),
        st.tuples(st.sampled_from(["same_floor", "same_site", "apart"]), st.just(0), st.just(True)),
    )
    return {
        "units": tuple(
            Unit(
                code=code, name=draw(NAMES),
                level=draw(st.sampled_from(["central", "municipal", "township"])),
                category=draw(st.sampled_from(CATEGORIES)), parent=draw(optional_unit),
                territory=draw(TEXTS), features=draw(FEATURE_LISTS),
                status=draw(st.sampled_from(["active", "abolished"])),
                abolished_on=draw(_maybe(DAYS)), successor=draw(optional_unit),
            ) for code in units
        ),
        "divisions": tuple(
            Division(code=d, unit=draw(a_unit), name=draw(NAMES)) for d in divisions
        ),
        "posts": tuple(
            Posts(
                unit=unit, division=division, grade=grade, established=draw(COUNTS),
                in_post=draw(COUNTS), established_min=draw(_maybe(COUNTS)),
                established_max=draw(_maybe(COUNTS)), borrowed=draw(COUNTS),
            ) for unit, division, grade in draw(st.lists(groups, unique=True, max_size=3))
        ),
        "occupancy": tuple(
            Occupancy(
                room=draw(st.sampled_from(rooms)), unit=unit, division=division, grade=grade,
                people=draw(COUNTS), desks=draw(_maybe(COUNTS)), until=draw(_maybe(DAYS)),
            ) for unit, division, grade in draw(st.lists(groups, max_size=3))
        ),
        "requests": tuple(
            Request(
                unit=draw(a_unit), purpose=draw(NAMES), use=draw(USES), area_min=low,
                area_max=high, count=draw(st.integers(1, 9)), features=draw(FEATURE_LISTS),
            ) for low, high in draw(st.lists(areas, max_size=2))
        ),
        "relations": tuple(
            Relation(a=draw(a_unit), b=draw(a_unit), kind=kind, weight=weight, must=must)
            for kind, weight, must in draw(st.lists(relations, max_size=1))
        ),
    }  # fmt: skip


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    units = draw(_unique_codes(3))
    space = draw(_space(units))
    people = draw(_people(units, [r.code for r in space["rooms"]]))
    return Ledger(**space, **people)


@FEW
@given(ledgers())
def test_any_ledger_survives_csv(ledger: Ledger) -> None:
    with tempfile.TemporaryDirectory() as name:
        write_ledger_csv(ledger, Path(name))
        again, places = read_ledger_with_places(Path(name), None)
    assert again == ledger
    # Whatever the data, the cross-checks end, and each finding has a row of a file.
    for finding in check_ledger(ledger, small_standard(), places):
        assert finding.place.file and finding.place.row and finding.place.column


@FEW
@given(ledgers(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_any_ledger_survives_another_encoding(ledger: Ledger, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        write_ledger_csv(ledger, Path(name))
        for file in Path(name).iterdir():
            text = file.read_bytes().decode("utf-8-sig")
            file.write_bytes(text.encode(encoding))
        assert read_ledger(Path(name), None) == ledger


@FEW
@given(ledgers(), st.sampled_from(["zh", "en"]))
def test_any_ledger_survives_a_workbook(ledger: Ledger, lang: Lang) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ledger.xlsx"
        write_ledger_xlsx(ledger, path, lang)
        assert read_ledger(path, None) == ledger


def test_the_full_ledger_survives_csv_and_is_written_the_same_twice(tmp_path: Path) -> None:
    write_ledger_csv(full_ledger(), tmp_path / "a")
    write_ledger_csv(full_ledger(), tmp_path / "b")
    assert read_ledger(tmp_path / "a", small_standard()) == full_ledger()
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert names == sorted(f"{t.key}.csv" for t in TABLES)
    for name in names:
        data = (tmp_path / "a" / name).read_bytes()
        assert data == (tmp_path / "b" / name).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_full_ledger_survives_a_workbook(tmp_path: Path, lang: Lang) -> None:
    write_ledger_xlsx(full_ledger(), tmp_path / "a.xlsx", lang)
    assert read_ledger(tmp_path / "a.xlsx", small_standard()) == full_ledger()


def test_a_workbook_keeps_no_time_of_writing(tmp_path: Path) -> None:
    write_ledger_xlsx(full_ledger(), tmp_path / "l.xlsx")
    with zipfile.ZipFile(tmp_path / "l.xlsx") as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = re.findall(rb"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml"))
    assert times == [b"1980-01-01T"] * 2


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_ledger_xlsx(full_ledger(), tmp_path / "l.xlsx", "en")
    book = load_workbook(tmp_path / "l.xlsx")
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert book["sites"]["F2"].value == "=机关事务管理局"
    write_ledger_csv(full_ledger(), tmp_path)
    with (tmp_path / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][5] == "'=机关事务管理局"
    assert rows[2][1] == "'-租用楼"


def test_a_chinese_workbook_is_chinese(tmp_path: Path) -> None:
    write_ledger_xlsx(full_ledger(), tmp_path / "l.xlsx", "zh")
    book = load_workbook(tmp_path / "l.xlsx")
    assert book.sheetnames == [t.zh for t in TABLES]
    assert [c.value for c in book["房间"][2]][:6] == ["R1", "F1", "301", "办公", 18.05, "可用"]
