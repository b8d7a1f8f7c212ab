"""Strict YAML: 1.2 scalars, located faults, and text that reads back equal."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.findings import InputError
from allocator.strict_yaml import (
    dump_yaml,
    exact_text,
    load_yaml,
    read_document,
    read_document_file,
)

SCALARS = [
    ("010", 10),
    ("0o10", 8),
    ("0x1F", 31),
    ("-7", -7),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("none", "none"),
    ("0.65", Decimal("0.65")),
    (".5", Decimal("0.5")),
    ("1e3", Decimal("1e3")),
    (".inf", ".inf"),
    ("2025-01-01", "2025-01-01"),
    ("'010'", "010"),
    ('"true"', "true"),
    ("2/3", "2/3"),
]


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_plain_scalars_follow_yaml_1_2(written: str, value: object) -> None:
    data, _ = load_yaml(f"x: {written}", "f.yaml")
    assert data == {"x": value}
    assert type(data["x"]) is type(value)


def test_marks_locate_every_value_from_one() -> None:
    text = "# 注释\n名称: 甲\nlist:\n  - a\n  - {k: 010}\n"
    document = read_document(text, "f.yaml")
    assert document.marks[("名称",)] == (2, 5)
    assert document.marks[("list", 0)] == (4, 5)
    assert document.marks[("list", 1, "k")] == (5, 9)
    assert document.keys[("list", 1, "k")] == (5, 6)
    assert document.raw[("list", 1, "k")] == "010"
    assert document.place(("list", 1, "gone")).text() == "f.yaml:5:5"


def test_byte_order_mark_and_empty_documents() -> None:
    assert load_yaml("\ufeffa: 1", "f.yaml")[0] == {"a": 1}
    assert load_yaml("", "f.yaml")[0] is None


BROKEN = [
    ("a: [1\nb: 2", "yaml-syntax", "2:2"),
    ("a: b: c", "yaml-syntax", "1:5"),
    ('a: "open', "yaml-syntax", "1:9"),
    ("\t- x", "yaml-syntax", "1:1"),
    ("a: 1\nb: 2\na: 3", "yaml-duplicate-key", "3:1"),
    ("a: {c: 1, c: 2}", "yaml-duplicate-key", "1:11"),
    ("a: &x [1]\nb: *x", "yaml-alias", "1:4"),
    ("a: !!python/object:os.system x", "yaml-tag", "1:4"),
    ("a: 1\n---\nb: 2", "yaml-documents", "2:1"),
    ("? [1]\n: 2", "yaml-key", "1:3"),
    ("[" * 100, "yaml-depth", "1:41"),
    ("a: 1\nb: \x07", "yaml-character", "2:4"),
    ("a: " + "9" * 5000, "yaml-number", "1:4"),
    ("a: 1e999999999", "yaml-number", "1:4"),
]


@pytest.mark.parametrize(("text", "code", "where"), BROKEN)
def test_broken_text_is_one_located_finding(text: str, code: str, where: str) -> None:
    with pytest.raises(InputError, match=f"f.yaml:{where}: ") as caught:
        load_yaml(text, "f.yaml")
    finding = caught.value.findings[0]
    assert finding.code == code
    assert finding.zh and finding.en


def test_all_duplicate_keys_are_reported_at_once() -> None:
    with pytest.raises(InputError, match="already on line 1") as caught:
        load_yaml("a: 1\na: 2\nb: {c: 1, c: 2}", "f.yaml")
    assert [f.place.text() for f in caught.value.findings] == ["f.yaml:2:1", "f.yaml:3:11"]


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{c}: &{c} [*{chr(ord(c) - 1)}]\n" for c in "bcdefgh")
    with pytest.raises(InputError, match=r"f\.yaml:1:4: anchors and aliases are not allowed"):
        load_yaml(bomb, "f.yaml")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_document_file(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="is a folder"):
        read_document_file(tmp_path)
    path = tmp_path / "gbk.yaml"
    path.write_bytes("a: 1\nb: 单位".encode("gbk"))
    with pytest.raises(InputError, match=r"gbk.yaml:2:4: the file is not UTF-8"):
        read_document_file(path, "gbk.yaml")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(13, 20), "0.65"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(2, 3), "2/3"),
        (Decimal("24.00"), "24"),
        (Decimal("1E-7"), "0.0000001"),
        (7, "7"),
    ],
)
def test_exact_text_loses_nothing(number: int | Decimal | Fraction, text: str) -> None:
    assert exact_text(number) == text


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)
_WORDS = st.sampled_from(["010", "1e5", "089", "0o7", "yes", "null", "~", "1:30", "=", "<<", "- x"])
_NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-99, max_value=99)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | _NUMBERS | _TEXT | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT | _WORDS, inner, max_size=3),
    max_leaves=8,
)


def test_a_value_used_twice_is_written_out_twice() -> None:
    shared = ["a"]
    assert load_yaml(dump_yaml({"x": shared, "y": shared}), "f.yaml")[0] == {"x": ["a"], "y": ["a"]}


@settings(max_examples=150, derandomize=True, deadline=None)
@given(_VALUES)
def test_what_is_dumped_reads_back_equal(value: object) -> None:
    assert load_yaml(dump_yaml({"x": value}), "f.yaml")[0] == {"x": value}
