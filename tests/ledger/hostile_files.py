"""Files made to harm whoever opens them, built from a few lines each."""

from __future__ import annotations

import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.ledger.books import book_of, write_xlsx
from tests.ledger.ledgers import full_ledger

MIB = 1 << 20
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
Parts = dict[str, bytes]


def sheet(rows: bytes, extra: bytes = b"") -> bytes:
    """A sheet's XML with these rows."""
    body = b"<sheetData>" + rows + b"</sheetData>" + extra
    return _HEAD + b'<worksheet xmlns="' + MAIN.encode() + b'">' + body + b"</worksheet>"


def parts(*sheets: bytes, targets: Iterable[str] = ()) -> Parts:
    """The parts of a workbook of these sheets."""
    named = list(targets) or [f"worksheets/sheet{i}.xml" for i in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, len(named) + 1)
    )
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_REL}/worksheet" Target="{t}"/>'
        for i, t in enumerate(named, 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>'
    root = f'<Relationship Id="r" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    around = f'<Relationships xmlns="{package}/relationships">%s</Relationships>'
    found = {
        "_rels/.rels": (around % root).encode(),
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>'.encode(),
        "xl/workbook.xml": _HEAD + book.encode(),
        "xl/_rels/workbook.xml.rels": (around % links).encode(),
    }
    return found | {f"xl/worksheets/sheet{i}.xml": s for i, s in enumerate(sheets, 1)}


def save(path: Path, content: Parts, pack: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write the parts as an archive."""
    with zipfile.ZipFile(path, "w", pack, compresslevel=1) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def edited(path: Path, edit: Callable[[str, bytes], bytes]) -> Path:
    """A whole, readable ledger with each part put through `edit`."""
    write_xlsx(book_of(full_ledger()), path)
    with zipfile.ZipFile(path) as archive:
        content = {name: edit(name, archive.read(name)) for name in archive.namelist()}
    return save(path, content)


ONE = sheet(b'<row r="1"><c r="A1"><v>1</v></c></row>')


def _far(cell: bytes) -> Parts:
    return parts(sheet(b'<row r="1"><c r="A1"><v>1</v></c>' + cell + b"</row>"))


def _laughs(depth: int) -> bytes:
    lines = [f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, depth)]
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{"".join(lines)}]>'.encode()


def _with_doctype(name: str, kind: bytes) -> Parts:
    found = parts(ONE)
    plain = found.get(name, b"<sst><si><t>a</t></si></sst>").removeprefix(_HEAD)
    return found | {name: _HEAD + kind + plain}


def _one_long_text() -> Parts:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i)
                    for i in range(1, 100_001))  # fmt: skip
    text = b"<sst><si><t>" + b"ab" * 50_000 + b"</t></si></sst>"
    return parts(sheet(rows)) | {"xl/sharedStrings.xml": text}


def _merged() -> bytes:
    areas = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (i, i) for i in range(200_001))
    return sheet(b"", b"<mergeCells>" + areas + b"</mergeCells>")


def _unclosed(count: int) -> bytes:
    return sheet(b"".join(b'<c r="A%d"><f>%d</f>' % (i, i * i) for i in range(count)))


def _arrays(count: int) -> bytes:
    """Every array formula fills all rows of the sheet."""
    return sheet(b"".join(
        b'<row r="%d"><c r="A%d"><f t="array" ref="A1:A9000">[1]S!A1</f><v>1</v></c></row>' % (i, i)
        for i in range(1, count)) + b'<row r="9000"><c r="A9000"><v>1</v></c></row>')  # fmt: skip


WORKBOOKS: dict[str, tuple[Callable[[], Parts], str]] = {
    "bomb": (lambda: parts(b" " * (9 * MIB)), "too-large"),
    "bomb in a picture": (lambda: parts(ONE) | {"xl/media/a.png": bytes(129 * MIB)}, "too-large"),
    "bomb in the list of sheets": (
        lambda: parts(ONE) | {"xl/workbook.xml": b" " * (9 * MIB)}, "too-large"),
    "many parts": (
        lambda: parts(ONE) | {f"x/{i}.xml": b"<x/>" for i in range(2100)}, "unsafe-workbook"),
    "many sheets": (lambda: parts(*[ONE] * 201), "unsafe-workbook"),
    "many sheets in one part": (
        lambda: parts(ONE, targets=["worksheets/sheet1.xml"] * 9), "unsafe-workbook"),
    "many merged ranges": (lambda: parts(_merged()), "unsafe-workbook"),
    "last cell": (lambda: _far(b'<c r="XFD1048576"><v>1</v></c>'), "too-large"),
    "last cell, prefix": (lambda: _far(b'<x:c r="XFD1048576"><v>1</v></x:c>'), "too-large"),
    "last cell, attributes turned": (
        lambda: _far(b'<c s="0" r="XFD1048576"><v>1</v></c>'), "too-large"),
    "last cell, tab": (lambda: _far(b'<c\tr="XFD1048576"><v>1</v></c>'), "too-large"),
    "last cell, implied": (
        lambda: _far(b'</row><row r="1048576"><c r="XFC1048576"/><c><v>1</v></c>'), "too-large"),
    "far beyond any sheet": (lambda: _far(b'<c r="ZZZZ99999999"><v>1</v></c>'), "too-large"),
    "entities in the texts": (
        lambda: _with_doctype("xl/sharedStrings.xml", _laughs(12)), "unsafe-workbook"),
    "entities in the list of sheets": (
        lambda: _with_doctype("xl/workbook.xml", _laughs(12)), "unsafe-workbook"),
    "entity from a file": (
        lambda: _with_doctype("xl/worksheets/sheet1.xml", b'<!DOCTYPE x SYSTEM "a.txt">'),
        "unsafe-workbook"),
    "UTF-16": (
        lambda: parts(ONE) | {"xl/workbook.xml": "<workbook/>".encode("utf-16")},
        "unsafe-workbook"),
    "another encoding": (
        lambda: parts(ONE) | {"xl/workbook.xml": b"<?xml version='1.0' encoding='cp037'?><x/>"},
        "unsafe-workbook"),
    "formulas in cells never closed": (lambda: parts(_unclosed(150_000)), "corrupt-workbook"),
    "array formulas over each other": (
        lambda: parts(_arrays(2000)), "corrupt-workbook"),
    "one long text in every cell": (_one_long_text, "too-large"),
}  # fmt: skip


def _lying(path: Path) -> None:
    """The directory declares 100 bytes where 9 MiB come out."""
    data = bytearray(save(path, parts(b" " * (9 * MIB))).read_bytes())
    size = struct.pack("<I", 9 * MIB)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(data)


def _overlapping(path: Path) -> None:
    """Every entry of the directory points at the same bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w") as archive:
            for i in range(3):
                archive.writestr(f"xl/worksheets/{i}.xml", ONE)
                archive.filelist[-1].header_offset = 0
            archive.writestr("xl/workbook.xml", ONE)


def _twice(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("xl/workbook.xml", "xl/Workbook.xml"):
                archive.writestr(name, ONE)


def _cut(path: Path) -> None:
    data = save(path, parts(ONE)).read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def _zip_of(name: str) -> Callable[[Path], object]:
    return lambda path: save(path, {name: b"<x/>"}, zipfile.ZIP_STORED)


def _ods(path: Path) -> None:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    save(path, {"mimetype": kind, "content.xml": b"<x/>"}, zipfile.ZIP_STORED)


def _folder(file: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
    def build(path: Path) -> None:
        path.mkdir()
        make(path / file)

    return build


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(65 * MIB)


def _bomb_stream(path: Path) -> None:
    """Larger than it could be written at once: 2 GiB of blanks packed chunk by chunk."""
    save(path, parts(ONE))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        block = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
        entry = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
        archive.writestr(entry, block * 2048)
        entry.compress_type = zipfile.ZIP_DEFLATED


FILES: dict[str, tuple[str, Callable[[Path], object], str, str]] = {
    "header that lies": ("a.xlsx", _lying, "corrupt-workbook", "damaged"),
    "overlapping parts": ("a.xlsx", _overlapping, "unsafe-workbook", "overlap"),
    "a part twice": ("a.xlsx", _twice, "unsafe-workbook", "twice"),
    "cut short": ("a.xlsx", _cut, "corrupt-workbook", "cut short"),
    "LZMA": ("a.xlsx", lambda p: save(p, parts(ONE), zipfile.ZIP_LZMA), "unsafe-workbook",
             "deflate"),
    "2 GiB of blanks": ("a.xlsx", _bomb_stream, "corrupt-workbook|too-large", ""),
    "locked": ("a.xlsx", _bytes(_OLE + "EncryptedPackage".encode("utf-16-le")),
               "encrypted-workbook", "password"),
    "old workbook": ("a.xls", _bytes(_OLE + "Workbook".encode("utf-16-le")), "not-workbook",
                     "old .xls"),
    "old workbook renamed": ("a.xlsx", _bytes(_OLE + "Workbook".encode("utf-16-le")),
                             "not-workbook", "ends in .xlsx but the content is an old .xls"),
    "old document": ("a.xlsx", _bytes(_OLE + "WordDocument".encode("utf-16-le")),
                     "not-workbook", "Word"),
    "CSV renamed": ("a.xlsx", _bytes(b"room,floor\n1,2\n"), "not-workbook", "CSV"),
    "OpenDocument": ("a.ods", _ods, "not-workbook", "OpenDocument"),
    "OpenDocument renamed": ("a.xlsx", _ods, "not-workbook", "OpenDocument"),
    "PDF": ("a.xlsx", _bytes(b"%PDF-1.7 ..."), "not-workbook", "PDF"),
    "Word document": ("a.xlsx", _zip_of("word/document.xml"), "not-workbook", "Word"),
    "web page": ("a.xlsx", _bytes(b"\xef\xbb\xbf\n <HTML><table>"), "not-workbook", "web page"),
    "another archive": ("a.xlsx", _zip_of("photo.jpg"), "not-workbook", "ZIP"),
    "binary workbook": ("a.xlsx", _zip_of("xl/workbook.bin"), "not-workbook", "xlsb"),
    "workbook named .xls": ("a.xls", lambda p: save(p, parts(ONE)), "not-workbook",
                            "rename it to end in .xlsx"),
    "workbook named .csv": ("a.csv", lambda p: save(p, parts(ONE)), "not-workbook",
                            "rename it to end in .xlsx"),
    "empty": ("a.xlsx", _bytes(b""), "empty-file", "empty"),
    "very large": ("a.xlsx", _sparse, "too-large", "too large"),
    "pipe": ("a.xlsx", os.mkfifo, "not-a-file", "pipe"),
    "device": ("a.xlsx", lambda p: p.symlink_to(os.devnull.replace("null", "zero")),
               "not-a-file", "device"),
    "link to itself": ("a.xlsx", lambda p: p.symlink_to(p.name), "missing-file", "not exist"),
    "folder of a pipe": ("f", _folder("rooms.csv", os.mkfifo), "not-a-file", "pipe"),
    "folder of a device": (
        "f", _folder("rooms.csv", lambda p: p.symlink_to(os.devnull.replace("null", "zero"))),
        "not-a-file", "device"),
    "folder of a folder": ("f", _folder("rooms.csv", os.mkdir), "not-a-file", ""),
    "folder of a workbook": ("f", _folder("rooms.csv", lambda p: save(p, parts(ONE))), "not-csv",
                             "workbook"),
    "one line of 3 MB": ("f", _folder("rooms.csv", _bytes(b"a" * 3_000_000)), "too-large", "line"),
    "a million columns": ("f", _folder("rooms.csv", _bytes(b"," * 1_000_000)), "too-large",
                          "columns"),
    "a million columns in quoted lines": (
        "f", _folder("rooms.csv", _bytes(b'"\n",' * 1_000_000)), "too-large", "columns"),
    "many cells": ("f", _folder("rooms.csv", _bytes((b"," * 900 + b"\n") * 7_000)), "too-large",
                   "cells"),
    "blank lines": ("f", _folder("rooms.csv", _bytes(b"\n" * 7_000_000)), "too-large", "cells"),
    "NUL bytes": ("f", _folder("rooms.csv", _bytes(b"room\0,floor\n")), "csv-encoding", "NUL"),
    "UTF-16 text": ("f", _folder("rooms.csv", _bytes("房间,楼层".encode("utf-16"))),
                    "csv-encoding", "UTF-16"),
    "large file": ("f", _folder("rooms.csv", _sparse), "too-large", "too large"),
}  # fmt: skip
