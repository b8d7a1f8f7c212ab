from __future__ import annotations

import re
import shutil
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from allocator.domain import Room
from allocator.findings import InputError
from allocator.ledger.cells import BadCell, parse_date, parse_fraction, parse_level, parse_text
from allocator.ledger.read import read_ledger, read_ledger_with_places
from allocator.ledger.sources import escape, sha256_of, unescape
from allocator.ledger.write import write_ledger_csv, write_ledger_xlsx
from tests.ledger.books import book_of, write_csv, write_xlsx
from tests.ledger.ledgers import full_ledger, small_standard


def test_a_real_looking_workbook_with_titles_remarks_and_blank_rows(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    headings = ["房间编码", "楼层", "房号", "实际用途", "使用面积（㎡）", "状态", "特性", "备注"]
    book["rooms"] = [
        ["某市办公用房台账"] + [""] * 7,
        [""] * 8,
        headings,
        ["R1", "F1", 301.0, "办公", 18.05, "在用", "", "朝南"],
        [""] * 8,
        [302.0, "F1", 302.0, "会议室", 50.0, "可用", "涉密；公用", ""],
        ["-R3", "F2", 3.5, "技术业务用房", 0.07, "封存", "", ""],
    ]
    book["occupancy"][2][0] = 302.0
    book["rooms"] = [["", *row] for row in book["rooms"]]
    book["说明"] = [["please read"]]
    book["Sheet9"] = []
    write_xlsx(book, tmp_path / "l.xlsx", merge=("rooms", "A1:I1"))
    ledger, places = read_ledger_with_places(tmp_path / "l.xlsx", small_standard())
    assert [r.code for r in ledger.rooms] == ["R1", "302", "-R3"]
    assert [r.number for r in ledger.rooms] == ["301", "302", "3.5"]
    assert [r.use for r in ledger.rooms] == ["office", "service", "business"]
    assert [r.area for r in ledger.rooms] == [1805, 5000, 7]
    assert ledger.rooms[1].features == ("secure", "common")
    assert [places.of("rooms", i).row for i in range(3)] == [4, 6, 7]
    assert places.of("rooms", 1, "area_m2").column == "使用面积（㎡）"
    assert places.of("rooms", 9).row is None


def test_grades_become_codes_of_the_standard(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["posts"][1][2] = "局(处)级以下"
    book["occupancy"][1][3] = "科员"
    write_csv(book, tmp_path)
    ledger = read_ledger(tmp_path, small_standard())
    assert ledger.posts[0].grade == ledger.occupancy[0].grade == "clerk"
    assert read_ledger(tmp_path, None).occupancy[0].grade == "科员"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings_are_read_and_named(tmp_path: Path, encoding: str) -> None:
    write_csv(book_of(full_ledger()), tmp_path, encoding)
    ledger, places = read_ledger_with_places(tmp_path, None)
    assert ledger == full_ledger()
    named = "gb18030" if encoding == "gb18030" else "utf-8-sig"
    # A file of ASCII alone is UTF-8 whatever wrote it.
    assert dict(places.encodings())[f"{tmp_path.name}/sites.csv"] == named


def test_optional_sheets_and_columns_may_be_left_out(tmp_path: Path) -> None:
    write_ledger_csv(full_ledger(), tmp_path)
    for name in ("requests", "relations", "refits", "survey"):
        (tmp_path / f"{name}.csv").unlink()
    ledger = read_ledger(tmp_path, None)
    assert ledger == replace(full_ledger(), requests=(), relations=(), refits=(), survey=())


def test_a_blank_optional_sheet_is_no_sheet(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["survey"] = []
    write_xlsx(book, tmp_path / "l.xlsx")
    assert read_ledger(tmp_path / "l.xlsx", None) == replace(full_ledger(), survey=())


def test_a_calculated_formula_is_its_value(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["rooms"][1][4] = "=3*6.0166"
    write_xlsx(book, tmp_path / "l.xlsx", formulas=True)
    with zipfile.ZipFile(tmp_path / "l.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "l.xlsx", "w") as archive:
        for name, data in parts.items():
            data = re.sub(rb"</f><v\s*/>|</f><v></v>", b"</f><v>18.049800000000001</v>", data)
            archive.writestr(name, data)
    assert read_ledger(tmp_path / "l.xlsx", None) == full_ledger()


@pytest.mark.parametrize(
    ("cell", "level"),
    [(3.0, 3), ("3", 3), ("-1", -1), (-2.0, -2), ("3层", 3), ("3F", 3), ("B1", -1), ("负1层", -1),
     ("地下2层", -2), ("第12层", 12), ("８F", 8), ("八层", 8), ("地下一层", -1), ("二十三层", 23)],
)  # fmt: skip
def test_storeys(cell: Any, level: int) -> None:
    assert parse_level(cell) == level


@pytest.mark.parametrize(
    "cell",
    [date(2025, 1, 3), datetime(2025, 1, 3, 4, 5), "2025-01-03", "2025/1/3", "2025.1.3",
     "2025年1月3日", " 2025-01-03 00:00:00"],
)  # fmt: skip
def test_dates(cell: Any) -> None:
    assert parse_date(cell) == date(2025, 1, 3)


@pytest.mark.parametrize("cell", ["1/0", "1e5/2", "", "--1", "1.2.3", "１,２"])
def test_no_fractions(cell: str) -> None:
    with pytest.raises(BadCell, match="not a number"):
        parse_fraction(cell)


def test_fractions_are_exact() -> None:
    assert parse_fraction(0.1) == Fraction(1, 10)
    assert parse_fraction("-1/3") == Fraction(-1, 3)


def test_text_keeps_lines_and_loses_outer_blanks() -> None:
    assert parse_text(" \u3000a\r\nb\t") == "a\nb"
    assert parse_text(301.0) == "301"
    assert parse_text(True) == "TRUE"


@pytest.mark.parametrize("text", ["=1", "+a", "-b", "@c", "'d", "''", "'=x", "plain", ""])
def test_texts_that_look_like_formulas_are_marked_and_unmarked(text: str) -> None:
    assert unescape(escape(text)) == text
    assert escape(text)[:1] not in ("=", "+", "-", "@")


def test_the_hash_of_a_folder_is_that_of_its_csv_files(tmp_path: Path) -> None:
    write_ledger_csv(full_ledger(), tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "readme.txt").write_text("x")
    assert sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")
    (tmp_path / "b" / "rooms.csv").rename(tmp_path / "b" / "rooms2.csv")
    assert sha256_of(tmp_path / "a") != sha256_of(tmp_path / "b")
    (tmp_path / "f").write_bytes(b"abc")
    assert sha256_of(tmp_path / "f").startswith("ba7816bf")


def test_a_hundred_thousand_rooms_take_seconds(tmp_path: Path) -> None:
    rooms = tuple(
        Room(code=f"Q{i}", floor="F1", number=str(i), use="office", area=900 + i % 900)
        for i in range(100_000)
    )
    big = replace(full_ledger(), rooms=full_ledger().rooms + rooms)
    write_ledger_csv(big, tmp_path)
    start = time.process_time()
    assert read_ledger(tmp_path, small_standard()) == big
    # Some 2 s; the limit allows for a busy machine and still catches quadratic work.
    assert time.process_time() - start < 15


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.xlsx"
    write_ledger_xlsx(full_ledger(), path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_ledger_xlsx(full_ledger(), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["l.xlsx"]


def test_totals_and_notes_below_a_table_and_measures_in_cells_are_read_over(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    area = book["rooms"][0].index("area_m2")
    book["rooms"][1][area], book["rooms"][2][area] = "１８．０５㎡", "50.00 平方米"
    people = book["occupancy"][0].index("people")
    book["occupancy"][1][people] = "2人"
    total = [""] * len(book["rooms"][0])
    total[0], total[area] = "合 计", "68.12"
    book["rooms"].append(total)
    book["rooms"].append(["注：面积为使用面积。"])
    book["units"].append(["填表人：", "", "审核人："])
    write_xlsx(book, tmp_path / "l.xlsx", merge=("rooms", "A6:E6"))
    assert read_ledger(tmp_path / "l.xlsx", small_standard()) == full_ledger()


def test_a_row_with_a_code_is_no_total(tmp_path: Path) -> None:
    book = book_of(full_ledger())
    book["rooms"].append(["合计", "F1", "", "", "", ""])
    write_xlsx(book, tmp_path / "l.xlsx")
    with pytest.raises(InputError, match="number must not be blank"):
        read_ledger(tmp_path / "l.xlsx", small_standard())
