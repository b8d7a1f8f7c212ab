"""What a marked copy cannot keep is told; macros stay where the name says so."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from allocator.ledger.read import read_for_audit
from allocator.report.lost_parts import lost_parts
from allocator.report.marked_workbook import mark_workbook
from tests.builders import tiny_standard
from tests.report.test_audit_workbook import audited, book_of


def with_parts(source: Path, target: Path, parts: dict[str, bytes]) -> Path:
    """A copy of a workbook with more files in it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return target


def with_macros(source: Path, target: Path) -> Path:
    """The workbook as one with macros, as far as a reader looks."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                ).replace(
                    b"</Types>",
                    b'<Override PartName="/xl/vbaProject.bin" '
                    b'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
                )
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rId99" Target="vbaProject.bin" Type='
                    b'"http://schemas.microsoft.com/office/2006/relationships/vbaProject"/>'
                    b"</Relationships>",
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"macro")
    return target


@pytest.mark.parametrize(
    ("part", "data", "word"),
    [
        ("xl/charts/chart1.xml", b"<c/>", "charts"),
        ("xl/slicers/slicer1.xml", b"<s/>", "slicers"),
        ("xl/ctrlProps/ctrlProp1.xml", b"<c/>", "form controls"),
        ("xl/threadedComments/threadedComment1.xml", b"<t/>", "threads of comments"),
        ("xl/cellimages.xml", b"<e/>", "pictures in cells"),
        ("xl/media/image1.emf", b"x", "vector pictures"),
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/drawings/drawing9.xml", b"<xdr:wsDr><xdr:sp macro=''/></xdr:wsDr>", "shapes"),
        ("xl/worksheets/sheet99.xml", b"<x14:sparklineGroup type='a'/>", "sparklines"),
        ("xl/worksheets/sheet99.xml", b"<x14:dataValidation a=''/>", "some drop-down lists"),
    ],
)
def test_lost_parts_are_named(tmp_path: Path, part: str, data: bytes, word: str) -> None:
    plain = book_of(tmp_path)
    assert lost_parts(plain) == ()
    found = lost_parts(with_parts(plain, tmp_path / "more.xlsx", {part: data}))
    assert [(f.code, f.severity) for f in found] == [("copy-lacks", "info")]
    assert word in found[0].en
    assert found[0].place.file == "more.xlsx"


@pytest.mark.parametrize(("ending", "kept"), [(".xlsm", True), (".xlsx", False)])
def test_macros_are_kept_in_a_workbook_for_macros(tmp_path: Path, ending: str, kept: bool) -> None:
    source = with_macros(book_of(tmp_path), tmp_path / "own.xlsm")
    result, places = audited(source)
    out = tmp_path / f"copy{ending}"
    notes = mark_workbook(source, result, out, "zh", places)
    assert [n.code for n in notes] == ([] if kept else ["copy-lacks"])
    with zipfile.ZipFile(out) as package:
        assert ("xl/vbaProject.bin" in package.namelist()) is kept
        types = package.read("[Content_Types].xml")
    assert (b"macroEnabled" in types) is kept
    assert load_workbook(out)["房间"]["A2"].value == "A1"
    assert read_for_audit(out, tiny_standard()).ledger == result.case.ledger
