"""What a file really is by its first bytes and marks, whatever its name says."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_END = b"PK\x05\x06"
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: key, the suffixes it goes by, its name in both languages."""

    key: str
    suffixes: tuple[str, ...]
    zh: str
    en: str


XLSX = FileKind("xlsx", (".xlsx", ".xlsm"), ".xlsx 工作簿", "an .xlsx workbook")
XLS = FileKind("xls", (".xls",), "旧式 .xls 工作簿", "an old .xls workbook")
ENCRYPTED = FileKind("encrypted", (), "加密的工作簿", "a workbook locked by a password")
TEXT = FileKind("text", (".csv", ".txt"), "文本或 CSV", "text or CSV")
UTF16 = FileKind("utf16", (".csv", ".txt"), "UTF-16 文本", "UTF-16 text")
HTML = FileKind("html", (".html", ".htm"), "网页 (HTML)", "a web page (HTML)")
PDF = FileKind("pdf", (".pdf",), "PDF 文件", "a PDF file")
EMPTY = FileKind("empty", (), "空文件", "an empty file")
ARCHIVE = FileKind("zip", (".zip",), "ZIP 压缩包", "a ZIP archive")
CUT = FileKind("cut", (), "不完整的压缩包", "an archive cut short")
UNKNOWN = FileKind("unknown", (), "无法识别的文件", "a file of unknown kind")

_IN_ZIP: tuple[tuple[bytes, FileKind], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
     FileKind("ods", (".ods",), "OpenDocument 表格 (.ods)", "an OpenDocument spreadsheet (.ods)")),
    (b"mimetypeapplication/vnd.oasis.opendocument",
     FileKind("odt", (".odt",), "OpenDocument 文档", "an OpenDocument document")),
    (b"xl/workbook.bin",
     FileKind("xlsb", (".xlsb",), "二进制工作簿 (.xlsb)", "a binary workbook (.xlsb)")),
    (b"xl/workbook.xml", XLSX),
    (b"word/document.xml", FileKind("docx", (".docx",), "Word 文档", "a Word document")),
    (b"ppt/presentation.xml", FileKind("pptx", (".pptx",), "演示文稿", "a presentation")),
)  # fmt: skip
_IN_OLE: tuple[tuple[str, FileKind], ...] = (
    ("EncryptedPackage", ENCRYPTED),
    ("WordDocument", FileKind("doc", (".doc",), "旧式 Word 文档", "an old Word document")),
    ("PowerPoint Document", FileKind("ppt", (".ppt",), "旧式演示文稿", "an old presentation")),
)
_HEADS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF", PDF),
    (b"{\\rtf", FileKind("rtf", (".rtf",), "RTF 文档", "an RTF document")),
    (b"\x89PNG", FileKind("png", (".png",), "图片", "a picture")),
    (b"\xff\xd8\xff", FileKind("jpeg", (".jpg", ".jpeg"), "图片", "a picture")),
    (b"\x1f\x8b", FileKind("gzip", (".gz",), "压缩包", "a compressed archive")),
    (b"7z\xbc\xaf", FileKind("7z", (".7z",), "压缩包", "a compressed archive")),
    (b"Rar!", FileKind("rar", (".rar",), "压缩包", "a compressed archive")),
    (b"SQLite format 3", FileKind("sqlite", (), "数据库", "a database")),
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
)


def kind_of(path: Path) -> FileKind:
    """The kind of a regular file of bounded size."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            return EMPTY
        if head.startswith((ZIP, OLE)):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _of_zip(data) if head.startswith(ZIP) else _of_ole(data)
    for mark, kind in _HEADS:
        if head.startswith(mark):
            return kind
    return _of_text(head)


def _of_zip(data: mmap.mmap) -> FileKind:
    if data.rfind(_ZIP_END) < 0:
        return CUT
    return next((kind for mark, kind in _IN_ZIP if data.find(mark) >= 0), ARCHIVE)


def _of_ole(data: mmap.mmap) -> FileKind:
    # Names of streams stand in UTF-16; a workbook's is Workbook or Book, with nothing else known.
    for mark, kind in _IN_OLE:
        if data.find(mark.encode("utf-16-le")) >= 0:
            return kind
    return XLS


def _of_text(head: bytes) -> FileKind:
    if b"\0" in head:
        return UNKNOWN
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")):
        return HTML
    if start.startswith(b"<?xml") and b"schemas-microsoft-com:office:spreadsheet" in start:
        return FileKind("xml", (".xml",), "XML 表格 (2003)", "an XML spreadsheet of 2003")
    if start.startswith(b"<"):
        return HTML if b"<html" in start else UNKNOWN
    control = sum(b < 9 or 13 < b < 32 for b in head)
    return UNKNOWN if control > len(head) // 50 else TEXT
