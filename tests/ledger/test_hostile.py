"""Files made to harm: refused with a sentence, in seconds and in bounded memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from allocator.findings import InputError, Place
from allocator.ledger import hostile
from allocator.ledger.check import check_ledger
from allocator.ledger.package import open_package
from allocator.ledger.read import read_ledger, read_ledger_with_places
from allocator.ledger.sheet_extent import Extent, extent_of
from tests.ledger.books import book_of, write_csv
from tests.ledger.hostile_files import FILES, ONE, WORKBOOKS, edited, parts, save, sheet
from tests.ledger.ledgers import full_ledger

ROOT = Path(__file__).parents[2]
pytest.importorskip("resource", reason="memory is bounded by POSIX limits")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What a reader of bounded memory says about every file."""
    folder = tmp_path_factory.mktemp("hostile")
    paths: dict[str, Path] = {}
    for number, (name, (content, _)) in enumerate(WORKBOOKS.items()):
        paths[name] = save(folder / f"w{number}.xlsx", content())
    for number, (name, (file, make, _, _)) in enumerate(FILES.items()):
        (folder / f"f{number}").mkdir()
        paths[name] = folder / f"f{number}" / file
        make(paths[name])
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.limited_reader", *map(str, paths.values())],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=100, encoding="utf-8",
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(paths, lines, strict=True))


def _assert_refused(answer: dict[str, Any], code: str) -> None:
    assert answer["exit"] == 0, answer
    assert len(answer["codes"]) == 1
    assert answer["codes"][0] in code.split("|"), answer
    zh, en = answer["texts"]
    assert re.search("[\u4e00-\u9fff].*建议", zh)
    assert "advice: Maybe" in en and not re.search("[\u4e00-\u9fff]", en.split("expected")[0])
    assert answer["seconds"] < 60  # It ends; how fast is no subject of a test.
    assert answer["peak"] < 700


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook_is_refused(name: str, answers: dict[str, dict[str, Any]]) -> None:
    _assert_refused(answers[name], WORKBOOKS[name][1])


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused(name: str, answers: dict[str, dict[str, Any]]) -> None:
    _, _, code, sentence = FILES[name]
    _assert_refused(answers[name], code)
    assert sentence in answers[name]["texts"][1]


def _refusal(path: Path) -> str:
    with pytest.raises(InputError, match=r"\S") as caught:
        read_ledger(path, None)
    (finding,) = caught.value.findings
    return f"{finding.code} {finding.en} {finding.value}"


def test_the_sentences_of_the_large_files_name_their_cause(
    answers: dict[str, dict[str, Any]],
) -> None:
    said = {name: answer["texts"][1] for name, answer in answers.items()}
    assert "1,048,576 rows × 16,384 columns" in said["last cell"]
    assert "[s1]:1048576:XFD" in said["last cell"]
    assert "zip bomb" in said["bomb"]
    assert "media/a.png inflates to too much" in said["bomb in a picture"]
    assert "DOCTYPE" in said["entities in the texts"]
    assert "two sheets are one part" in said["many sheets in one part"]
    assert "more than 2000 parts" in said["many parts"]
    assert "texts of all cells" in said["one long text in every cell"]


def test_the_bytes_of_all_parts_are_limited_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.xlsx", parts(ONE, ONE, ONE))
    whole = sum(i.file_size for i in zipfile.ZipFile(path).infolist())
    monkeypatch.setattr(hostile, "MAX_TOTAL", whole - 1)
    assert re.match("too-large part xl/worksheets/sheet3.xml inflates", _refusal(path))
    monkeypatch.setattr(hostile, "MAX_TOTAL", whole)
    assert len(open_package(path, Place("a.xlsx")).sheets) == 3


def test_the_cells_of_all_sheets_are_limited_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.xlsx", parts(ONE, ONE, sheet(b'<row><c r="B2"><v>1</v></c></row>')))
    monkeypatch.setattr("allocator.ledger.package.MAX_CELLS", 5)
    assert _refusal(path).startswith("too-large the cells up to the last value")
    monkeypatch.setattr("allocator.ledger.package.MAX_CELLS", 6)
    assert len(open_package(path, Place("a.xlsx")).sheets) == 3


def test_a_million_formatted_blank_rows_are_no_data(tmp_path: Path) -> None:
    blank = b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (i, i)
                     for i in range(2000, 1_048_577))  # fmt: skip

    def edit(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet4.xml":
            return data
        return data.replace(b"</sheetData>", blank + b"</sheetData>")

    path = edited(tmp_path / "a.xlsx", edit)
    assert read_ledger(path, None) == full_ledger()


@pytest.mark.parametrize(
    ("rows", "extent"),
    [
        (b'<row r="1"><c r="A1"><v>1</v></c></row>', (1, 1)),
        (b'<row r="9"><c r="C9" t="inlineStr"><is><t>x</t></is></c></row>', (9, 3)),
        (b'<row r="9"><c r="C9" s="1"/><c r="AB8"><v>1</v></c></row>', (8, 28)),
        (b'<row r="9"><c r="C9" s="1"><v></v></c><c r="D9" s="1"></c></row>', (0, 0)),
        (b'<row><c><v>1</v></c></row><row r="7"/><row><c/><c><v>1</v></c></row>', (8, 2)),
        (b'<row r="3"><c r="E3"><v>1</v></c><c><v>2</v></c></row>', (3, 6)),
        (b'<y:row r="3"><y:c s="2" r="b3"><y:v>1</y:v></y:c></y:row>', (3, 2)),
        (b"<row r='3'><c x='>' r='B3'><v>1</v></c></row>", (3, 2)),
    ],
)
def test_the_grid_reaches_to_the_last_value(
    tmp_path: Path, rows: bytes, extent: tuple[int, int]
) -> None:
    assert extent_of(sheet(rows), 0) == Extent(*extent)
    book = CalamineWorkbook.from_path(str(save(tmp_path / "a.xlsx", parts(sheet(rows)))))
    end = book.get_sheet_by_index(0).end
    assert (end[0] + 1, end[1] + 1) == extent if end else extent == (0, 0)
    bound = extent_of(sheet(rows), 1000)
    assert bound.rows >= extent[0] and bound.columns >= extent[1]


# formula, its attributes, whether it asks another workbook or program
FORMULAS: list[tuple[str, bool]] = [
    ("SUM(A1:A3)", False), ("楼!B2*1.5", False), ("'1号 楼'!B2", False), ("T[1]*Sheet2!A1", False),
    ("Table1[[#This Row],[面积]]", False), ("T[[1]:[2]]", False), ('"[1]Sheet!A1"', False),
    ('"a|b"!x', False), ("A1*[1]Sheet1!B2", True), ("[12]!Rate", True), ("'[2]My Sheet'!A1", True),
    ("'C:\\x\\[b.xlsx]S'!A1", True), ("[b.xlsx]S!A1", True), ("cmd|'/c calc'!A0", True),
    ("WEBSERVICE(A1)", True), ('RTD("x",,"y")', True), ("Rates*2", True), ("Ratestable", False),
    ("A1|B1", False), ("1+" * 30_000 + "1", True), ("a|" * 15_000, False),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "outside"), FORMULAS)
def test_a_value_from_elsewhere_is_a_fault(tmp_path: Path, formula: str, outside: bool) -> None:
    escaped = formula.replace("&", "&amp;").encode()

    def edit(name: str, data: bytes) -> bytes:
        if name == "xl/workbook.xml":
            names = b'<definedNames><definedName name="Rates">[1]S!$A$1</definedName>'
            return re.sub(rb"<definedNames\s*/>|</sheets>", b"</sheets>" + names
                          + b"</definedNames>", data, count=1)  # fmt: skip
        if name == "xl/worksheets/sheet4.xml":
            cell = b'<c r="E2"><f>' + escaped + b"</f><v>18.05</v></c>"
            return re.sub(rb'<c r="E2".*?</c>', lambda _: cell, data)
        return data

    path = edited(tmp_path / "a.xlsx", edit)
    if not outside:
        ledger, places = read_ledger_with_places(path, None)
        assert ledger == full_ledger()
        (note,) = [f for f in check_ledger(ledger, None, places) if f.code == "calculated-formulas"]
        assert (note.severity, note.value, note.place.sheet) == ("info", "1", "rooms")
        return
    with pytest.raises(InputError, match="its value cannot be checked") as caught:
        read_ledger(path, None)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.row, finding.place.column) == (
        "outside-formula", 2, "area_m2",
    )  # fmt: skip
    assert finding.value == (f"={formula}" if len(formula) < 80 else "=[1]!?")
    assert finding.advice_zh == "请改为粘贴数值"
    assert finding.advice_en == "Maybe paste the values instead of the formulas"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (b'<c r="E2"><f t="shared" ref="E2:E3" si="0">[1]S!A1</f><v>18.05</v></c>|'
         b'<c r="E3"><f t="shared" si="0"/><v>50</v></c>', [2, 3]),
        (b'<c r="E2"><f t="array" ref="E2:E3">[1]S!A1:A2</f><v>18.05</v></c>|'
         b'<c r="E3"><v>50</v></c>', [2, 3]),
        (b'<c r="E2"><f t="shared" ref="E2:E3" si="0">A1</f><v>18.05</v></c>|'
         b'<c r="E3"><f t="shared" si="0"/></c>', [3]),
        (b'<c r="E2"><f><![CDATA[[1]S!A1]]></f><v>18.05</v></c>|<c r="E3"><v>50</v></c>', [2]),
        (b'<c t="e" r="E2"><v>#REF!</v></c>|<c r="E3"><f>A1</f></c>', [2, 3]),
    ],
)  # fmt: skip
def test_formulas_that_share_or_spread(tmp_path: Path, cells: bytes, found: list[int]) -> None:
    first, second = cells.split(b"|")

    def edit(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet4.xml":
            return data
        data = re.sub(rb'<c r="E2".*?</c>', lambda _: first, data)
        return re.sub(rb'<c r="E3".*?</c>', lambda _: second, data)

    path = edited(tmp_path / "a.xlsx", edit)
    with pytest.raises(InputError, match=r"\S") as caught:
        read_ledger(path, None)
    assert [f.place.row for f in caught.value.findings] == found


def test_a_cell_without_a_reference_has_its_counted_place(tmp_path: Path) -> None:
    def edit(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet4.xml":
            return data
        data = re.sub(rb'<c r="E2".*?</c>', b'<c r="E2"><f>A1</f></c>', data)
        return re.sub(rb' r="[A-Z]*[23]"', b"", data)

    path = edited(tmp_path / "a.xlsx", edit)
    with pytest.raises(InputError, match="no calculated value") as caught:
        read_ledger(path, None)
    place = caught.value.findings[0].place
    assert (place.row, place.column) == (2, "area_m2")


def test_links_pictures_and_macros_are_left_alone(tmp_path: Path) -> None:
    path = edited(tmp_path / "a.xlsx", lambda _, data: data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 100)
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
        archive.writestr("xl/media/image1.png", b"\x89PNG")
    macros = path.rename(tmp_path / "a.xlsm")
    assert read_ledger(macros, None) == full_ledger()
    names = zipfile.ZipFile(open_package(macros, Place("a")).archive).namelist()
    assert not [n for n in names if n.endswith((".bin", ".png"))]


def test_a_linked_file_is_read(tmp_path: Path) -> None:
    path = edited(tmp_path / "a.xlsx", lambda _, data: data)
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    assert read_ledger(link, None) == full_ledger()


def test_faults_beyond_the_limit_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allocator.ledger.raw.MAX_FINDINGS", 3)
    book = book_of(full_ledger())
    for row in book["rooms"][1:]:
        row[3] = row[5] = "?"
    write_csv(book, tmp_path)
    with pytest.raises(InputError, match="3 more faults are not listed") as caught:
        read_ledger(tmp_path, None)
    assert [f.code for f in caught.value.findings] == ["bad-choice"] * 3 + ["too-many-findings"]
