"""Files of registered exceptions: YAML and CSV, every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.audit.exceptions_file import read_exceptions_file
from allocator.domain import Ledger
from allocator.findings import InputError
from allocator.scenario import RoomException
from tests.builders import building, floor, make_ledger, office, site, unit

WANTED = (
    RoomException(room="A101", unit="fin", reason="文物建筑"),
    RoomException(room="A102", unit="law", reason="bearing wall"),
)


def ledger() -> Ledger:
    """Two rooms, two units."""
    return make_ledger(
        sites=[site("S")], buildings=[building("A", "S")], floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", 18), office("A102", "A1", 18)],
        units=[unit("fin", name="财政局"), unit("law")],
    )  # fmt: skip


def write(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """A file of that text."""
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def faults(path: Path) -> list[tuple[int | None, str, str]]:
    """Row, column and value of every fault of a file."""
    with pytest.raises(InputError) as caught:
        read_exceptions_file(path, ledger())
    assert all(f.zh and f.en and f.place.file == path.name for f in caught.value.findings)
    return [(f.place.row, f.place.column, f.value) for f in caught.value.findings]


YAML = """\
- {room: A101, unit: fin, reason: 文物建筑}
- {room: A102, unit: law, reason: bearing wall}
"""


@pytest.mark.parametrize("head", ["", "exceptions:\n"])
def test_yaml_lists_with_and_without_a_heading(tmp_path: Path, head: str) -> None:
    assert read_exceptions_file(write(tmp_path, "e.yaml", head + YAML), ledger()) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding_with_chinese_headings_and_names(
    tmp_path: Path, encoding: str
) -> None:
    text = "序号,房间,使用单位,理由\n1,A101,财政局,文物建筑\n\n2,A102,law,bearing wall\n"
    assert read_exceptions_file(write(tmp_path, "e.csv", text, encoding), ledger()) == WANTED


def test_every_wrong_cell_of_a_csv_is_located(tmp_path: Path) -> None:
    text = "room,unit,reason\nA199,fin,x\nA101,nobody,\nA102,law,a\nA102,law,b\nA101\n"
    assert faults(write(tmp_path, "e.csv", text)) == [
        (2, "room", "A199"),
        (3, "unit", "nobody"),
        (3, "reason", ""),
        (5, "room", "A102"),
        (6, "unit", ""),
        (6, "reason", ""),
    ]


def test_wrong_values_of_yaml_are_located(tmp_path: Path) -> None:
    text = "exceptions:\n  - {room: A199, unit: fin, reason: x}\n  - {room: A101, unit: fin}\n"
    assert [row for row, _, _ in faults(write(tmp_path, "e.yaml", text))] == [2, 3]
    assert faults(write(tmp_path, "f.yaml", "other: []\n"))
    assert faults(write(tmp_path, "g.yaml", "3\n"))


def test_missing_columns_are_named_with_what_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, "e.csv", "\nroom,unit,reasn\nA101,fin,x\n")
    assert faults(path) == [(2, "reason", "room,unit,reasn")]
    with pytest.raises(InputError, match='Maybe "reason" was meant'):
        read_exceptions_file(path, ledger())


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("e.csv", b"", "the file is empty"),
        ("e.csv", b'room,unit,reason\n"A101,fin', "malformed"),
        ("e.csv", b"\xff\xff\x00", "it is no text"),
        ("e.xlsx", b"PK", "a YAML or CSV file"),
        ("none.csv", None, "does not exist"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words):
        read_exceptions_file(tmp_path / name, ledger())
