"""Files that would hang or exhaust the machine are refused here, before any reader opens them.

The limits lie far above a ledger of ten cities: 60,000 rooms and 2 million cells in a workbook of
6 MiB, which inflates to 63 MiB at a ratio of 14.
"""

from __future__ import annotations

import mmap
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from allocator.findings import Finding, Place
from allocator.ledger.file_kinds import CUT, EMPTY, ENCRYPTED, UNKNOWN, XLSX, FileKind, kind_of

MIB = 1 << 20
MAX_FILE = 64 * MIB
"""Bytes of one file: ten times the workbook of ten cities."""
MAX_PARTS = 2000
"""Files inside a workbook; each sheet has one, each picture one."""
MAX_PART, MAX_TOTAL = 128 * MIB, 256 * MIB
"""Inflated bytes of one part and of all: what a machine of 2 GiB still holds and reads."""
MAX_INDEX = 16 * MIB
"""Inflated bytes of a part that only lists sheets, names or links."""
MAX_RATIO, RATIO_FROM = 100, 4 * MIB
"""Inflated over packed bytes of a large XML part: values and blank cells alike reach 8 to 15."""
MAX_CELLS = 6_000_000
"""Cells up to the last value, over all sheets: three times ten cities, half a GiB of memory."""
MAX_COLUMNS, MAX_LINE = 1000, MIB
"""Columns of a CSV table and signs of one of its lines: a ledger has 20 columns."""

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = 30
_ENTRY = b"PK\x01\x02"
_CHUNK = 1 << 18
_LINKS = re.compile(r".*\.rels|\[content_types\]\.xml", re.IGNORECASE)
_BOOK = re.compile(r"(?:.*/)?workbook[^/]*\.xml", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


class Refused(Exception):
    """A file that is not opened; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.en)
        self.finding = finding


def check_file(path: Path, place: Place) -> None:
    """Raise Refused unless `path` is an ordinary file of bearable size; links are followed."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise Refused(
            Finding(
                "not-a-file", "不是普通文件（设备、管道或套接字）",
                "not an ordinary file but a device, pipe or socket", place, path.name,
                ".xlsx / CSV", "请给出磁盘上的文件", "Maybe give a file on disk",
            )
        )  # fmt: skip
    if state.st_size > MAX_FILE:
        raise too_large(
            place, "文件过大", "the file is too large", f"{state.st_size:,}", f"{MAX_FILE:,}"
        )


def check_kind(path: Path, place: Place, wanted: FileKind = XLSX) -> None:
    """Raise Refused unless name and content are both of the wanted kind."""
    kind = kind_of(path)
    suffix = path.suffix.lower()
    if kind == wanted and suffix in wanted.suffixes:
        return
    if kind == EMPTY:
        raise Refused(
            Finding(
                "empty-file", "文件是空的（0 字节）", "the file is empty", place, "0",
                wanted.suffixes[0], "请重新导出或重新复制该文件",
                "Maybe it was not saved or copied completely",
            )
        )  # fmt: skip
    if kind == ENCRYPTED:
        raise _locked(place)
    if kind == CUT or (kind == UNKNOWN and suffix in wanted.suffixes):
        raise Refused(damaged(place, kind.en))
    raise Refused(_other_kind(place, kind, wanted, suffix))


def _other_kind(place: Place, kind: FileKind, wanted: FileKind, suffix: str) -> Finding:
    zh = f"文件名以 {suffix or '无后缀'} 结尾，内容实为{kind.zh}"
    en = f"the name ends in {suffix or 'no suffix'} but the content is {kind.en}"
    if suffix in kind.suffixes or kind == UNKNOWN:
        zh, en = f"不是 .xlsx 工作簿，而是{kind.zh}", f"not an .xlsx workbook but {kind.en}"
    advice = ("请在表格软件中打开，另存为 .xlsx",
              "Maybe open it in a spreadsheet program and save it as .xlsx")  # fmt: skip
    if kind == wanted:
        advice = (f"请把后缀改为 {wanted.suffixes[0]}",
                  f"Maybe rename it to end in {wanted.suffixes[0]}")  # fmt: skip
    elif kind.key == "text":
        advice = (
            "CSV 台账请给出存放全部 CSV 的文件夹，或另存为 .xlsx",
            "Maybe give the folder that holds all CSV files, or save it as .xlsx",
        )
    return Finding("not-workbook", zh, en, place, suffix, ".xlsx / CSV 文件夹 folder", *advice)


def _locked(place: Place) -> Refused:
    return Refused(
        Finding(
            "encrypted-workbook", "工作簿设有打开密码", "the workbook is locked by a password",
            place, "", "无密码的 .xlsx / .xlsx without a password", "请取消密码保护后重新保存",
            "Maybe remove the password and save it again",
        )
    )  # fmt: skip


def damaged(place: Place, reason: str) -> Finding:
    """A workbook that is cut short or broken."""
    return Finding(
        "corrupt-workbook", "工作簿已损坏或不完整，无法读取",
        "the workbook is damaged or cut short", place, reason, ".xlsx",
        "请重新复制或下载，或在表格软件中打开并重新保存",
        "Maybe copy it again, or open it in a spreadsheet program and save it again",
    )  # fmt: skip


_SMALLER = (
    "请删除空白行列、图片等无关内容，或改存为 CSV 文件夹",
    "Maybe delete blank rows, pictures and the like, or save it as a folder of CSV",
)


def too_large(
    place: Place, zh: str, en: str, value: str, limit: str, advice: tuple[str, str] = _SMALLER
) -> Refused:
    """What would not fit into memory, with the limit it passes."""
    return Refused(
        Finding(
            "too-large", zh, en, place, value, f"≤ {limit}", *advice,
        )
    )  # fmt: skip


def malformed(place: Place, zh: str, en: str, value: str) -> Refused:
    """What no spreadsheet program writes."""
    return Refused(
        Finding(
            "unsafe-workbook", f"工作簿结构异常，未打开：{zh}", f"not opened, as {en}", place,
            value, "表格软件保存的 .xlsx / .xlsx as spreadsheet programs write it",
            "请在表格软件中新建工作簿，只粘贴数值",
            "Maybe paste the values into a new workbook",
        )
    )  # fmt: skip


def inflated_parts(path: Path, place: Place) -> Iterator[tuple[str, bytes]]:
    """The XML parts of a workbook, inflated under the limits; others are only measured.

    Links come first, then the list of sheets, then the texts. Raises Refused, or BadZipFile and
    zlib.error for a damaged archive.
    """
    _check_entries(path, place)
    total = 0
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _check_layout(entries, place)
        for entry in sorted(entries, key=lambda e: _reading_order(e.filename)):
            name = entry.filename
            kept = name.lower().endswith((".xml", ".rels"))
            data, size = _inflate(archive, entry, MAX_TOTAL - total, kept, place)
            total += size
            if kept:
                _check_xml(name, data, place)
                yield name, data


def _reading_order(name: str) -> tuple[int, str]:
    if _LINKS.fullmatch(name):
        return (0, name)
    if _BOOK.fullmatch(name):
        return (1, name)
    return (2 if name.lower().endswith("sharedstrings.xml") else 3, name)


def _check_entries(path: Path, place: Place) -> None:
    """Count the entries of the directory before anything builds a list of them."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at, count = data.find(_ENTRY), 0
        while at >= 0 and count <= MAX_PARTS:
            count += 1
            at = data.find(_ENTRY, at + 4)
    if count > MAX_PARTS:
        raise malformed(
            place, f"内含文件超过 {MAX_PARTS} 个", f"it holds more than {MAX_PARTS} parts", ""
        )


def _check_layout(entries: list[zipfile.ZipInfo], place: Place) -> None:
    end, seen = 0, set()
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename.replace("\\", "/").lstrip("/").lower()
        if entry.flag_bits & 1:
            raise _locked(place)
        if name in seen:
            raise malformed(place, "同一部件出现两次", "a part stands twice", entry.filename)
        if entry.header_offset < end:
            raise malformed(place, "部件互相重叠", "parts overlap", entry.filename)
        if entry.compress_type not in _PACKED:
            raise malformed(
                place, "压缩方式不是 deflate", "a part is not packed by deflate", entry.filename
            )
        seen.add(name)
        end = entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, keep: bool, place: Place
) -> tuple[bytes, int]:
    """The bytes of a part (none unless `keep`) and their number, whatever its header declares."""
    name = entry.filename
    cap = min(left, MAX_INDEX if _reading_order(name)[0] < 2 else MAX_PART)
    chunks: list[bytes] = []
    size = 0
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > cap:
                raise too_large(
                    place, f"部件 {name} 展开后过大", f"part {name} inflates to too much",
                    f"> {cap:,}", f"{MAX_PART:,}; Σ {MAX_TOTAL:,}",
                )  # fmt: skip
            if keep and size > RATIO_FROM and size > MAX_RATIO * entry.compress_size:
                raise too_large(
                    place, f"部件 {name} 压缩比异常（压缩炸弹？）",
                    f"part {name} is packed beyond any real sheet (a zip bomb?)",
                    f"{size:,} / {entry.compress_size:,}", f"{MAX_RATIO}:1",
                )  # fmt: skip
            if keep:
                chunks.append(chunk)
    return b"".join(chunks), size


def _check_xml(name: str, data: bytes, place: Place) -> None:
    encoding = _ENCODING.search(data[:200].removeprefix(b"\xef\xbb\xbf"))
    other = encoding is not None and encoding.group(1).lower() not in _ENCODINGS
    if other or b"\0" in data[:200]:
        raise malformed(place, "部件不是 UTF-8", "a part is not in UTF-8", name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise malformed(
            place, "含有 DOCTYPE 或实体定义", "a part declares a DOCTYPE or entities", name
        )
