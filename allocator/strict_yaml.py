"""YAML read strictly: YAML 1.2 scalars, no duplicate keys, no aliases, every value located."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from allocator.findings import Finding, InputError, Place

YamlPath: TypeAlias = tuple[str | int, ...]
Mark: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""

MAX_DEPTH = 40
"""Deeper nesting is refused: no input of this project comes near it."""
MAX_DIGITS = 40
"""Longer numbers, or exponents beyond +-30, are refused: they only serve to exhaust memory."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data of one file with the place of every value.

    `marks` locates values, `keys` mapping keys; `raw` keeps the text of plain scalars that became
    numbers, truth values or null, so that a code such as 010 survives as it was written.
    """

    file: str
    data: Any
    marks: dict[YamlPath, Mark] = field(default_factory=dict)
    keys: dict[YamlPath, Mark] = field(default_factory=dict)
    raw: dict[YamlPath, str] = field(default_factory=dict)

    def place(self, path: YamlPath, *, key: bool = False) -> Place:
        """Where the value (or its key) stands; a path that is not there has its parent's place."""
        wanted = path
        while wanted and wanted not in self.marks:
            wanted = wanted[:-1]
        line, column = self.marks.get(wanted, (1, 1))
        if key and wanted == path:
            line, column = self.keys.get(path, (line, column))
        return Place(self.file, "", line, str(column))


def resolve(text: str) -> bool | int | Decimal | str | None:
    """The value of a plain scalar by the core schema of YAML 1.2; decimals stay exact.

    Raises ValueError for a number too long to be meant.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(_sized(text))
    if _OCTAL.fullmatch(text):
        return int(_sized(text)[2:], 8)
    if _HEX.fullmatch(text):
        return int(_sized(text), 16)
    if found := _DECIMAL.fullmatch(text):
        if abs(int(found.group(1) or 0)) > 30:
            raise ValueError("exponent out of range")
        return Decimal(_sized(text))
    return text


def _sized(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise ValueError("number too long")
    return text


def load_yaml(text: str, file: str) -> tuple[Any, dict[YamlPath, Mark]]:
    """Data and the place of every value; InputError with all problems, each located."""
    document = read_document(text, file)
    return document.data, document.marks


def read_document(text: str, file: str) -> Document:
    """As `load_yaml`, with the places of keys and the raw text of scalars as well."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader):
            builder.take(event)
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        builder.report("yaml-syntax", at, f"YAML 语法错误：{error.problem}", f"{error.problem}")
    except yaml.reader.ReaderError as error:
        at = _mark_of(text, error.position)
        builder.report("yaml-character", at, "含有不允许的字符", "a character YAML does not allow")
    if builder.findings:
        raise InputError(builder.findings)
    return Document(file, builder.data, builder.marks, builder.keys, builder.raw)


def read_document_file(path: Path, name: str = "") -> Document:
    """Read one UTF-8 file; InputError if it cannot be opened, decoded or parsed."""
    shown = name or path.as_posix()
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError([_unreadable(shown, path)]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        finding = Finding(
            "file-encoding",
            "文件不是 UTF-8 编码",
            "the file is not UTF-8",
            Place(shown, "", line, str(column)),
            expected="UTF-8",
            advice_zh="请另存为 UTF-8 编码",
            advice_en="Maybe save it again as UTF-8.",
        )
        raise InputError([finding]) from None
    return read_document(text, shown)


def _unreadable(shown: str, path: Path) -> Finding:
    what = ("是文件夹，不是文件", "is a folder, not a file") if path.is_dir() else ()
    zh, en = what or ("文件不存在或无法打开", "the file does not exist or cannot be opened")
    return Finding("file-missing", zh, en, Place(shown))


def _mark_of(text: str, position: int) -> Mark:
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Stop(Exception):
    """Nothing after this event can be read."""


@dataclass(slots=True)
class _Frame:
    container: dict[str, Any] | list[Any]
    path: YamlPath
    key: str | None = None


class _Builder:
    """Turns parser events into data; iterative, so deep nesting cannot exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.marks: dict[YamlPath, Mark] = {(): (1, 1)}
        self.keys: dict[YamlPath, Mark] = {}
        self.raw: dict[YamlPath, str] = {}
        self.findings: list[Finding] = []
        self._stack: list[_Frame] = []
        self._documents = 0

    def report(self, code: str, at: Mark, zh: str, en: str, value: str = "") -> None:
        """Add a finding of this file."""
        place = Place(self.file, "", at[0], str(at[1]))
        self.findings.append(Finding(code, zh, en, place, value))

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.report("yaml-documents", at, "文件只能有一个文档", "more than one document")
                raise _Stop
        elif isinstance(event, yaml.AliasEvent):
            self._alias(at, event.anchor)
            raise _Stop
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            if event.anchor is not None:
                self._alias(at, event.anchor)
            if event.tag is not None:
                self.report("yaml-tag", at, "不允许使用类型标签", "tags are not allowed", event.tag)
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, at)
            else:
                self._open([] if isinstance(event, yaml.SequenceStartEvent) else {}, at)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _alias(self, at: Mark, name: str | None) -> None:
        zh, en = "不允许使用锚点和引用", "anchors and aliases are not allowed"
        self.report("yaml-alias", at, zh, en, name or "")

    def _scalar(self, event: yaml.ScalarEvent, at: Mark) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            frame.key = event.value
            path = (*frame.path, event.value)
            if path in self.keys:
                first = self.keys[path][0]
                zh, en = f"键重复，第 {first} 行已有", f"duplicate key, already on line {first}"
                self.report("yaml-duplicate-key", at, zh, en, event.value)
            self.keys[path] = at
            return
        path = self._place(at)
        value: Any = event.value
        if event.implicit[0]:
            try:
                value = resolve(event.value)
            except ValueError:
                zh, en = "数字过长", "a number too long to be meant"
                self.report("yaml-number", at, zh, en, event.value[:MAX_DIGITS])
            if not isinstance(value, str):
                self.raw[path] = event.value
        self._put(value)

    def _open(self, container: dict[str, Any] | list[Any], at: Mark) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            self.report("yaml-key", at, "键必须是文字", "a key must be text")
            raise _Stop
        if len(self._stack) >= MAX_DEPTH:
            self.report("yaml-depth", at, "嵌套过深", "nested too deeply")
            raise _Stop
        path = self._place(at)
        self._put(container)
        self._stack.append(_Frame(container, path))

    def _place(self, at: Mark) -> YamlPath:
        path: YamlPath = ()
        if self._stack:
            frame = self._stack[-1]
            part = len(frame.container) if isinstance(frame.container, list) else frame.key
            path = (*frame.path, part if part is not None else "")
        self.marks[path] = at
        return path

    def _put(self, value: Any) -> None:
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        else:
            frame.container[frame.key or ""] = value
            frame.key = None


class _Dumper(yaml.CSafeDumper):
    """Block style, written so that the strict reader gives back the same data."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value out each time: the strict reader refuses aliases."""
        return True


def _needs_quotes(text: str) -> bool:
    try:
        return not isinstance(resolve(text), str)
    except ValueError:
        return True


def _text_node(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _needs_quotes(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number_node(dumper: _Dumper, number: Decimal | Fraction) -> yaml.ScalarNode:
    text = exact_text(number)
    if "/" in text:
        return _text_node(dumper, text)
    kind = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(Decimal, _number_node)
_Dumper.add_representer(Fraction, _number_node)


def exact_text(number: int | Decimal | Fraction) -> str:
    """A number without loss: decimals where they end, else numerator/denominator."""
    exact = Fraction(number)
    twos = fives = 0
    rest = exact.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    places = max(twos, fives)
    if places == 0:
        return str(exact.numerator)
    digits = str(abs(exact.numerator) * 10**places // exact.denominator).rjust(places + 1, "0")
    return f"{'-' if exact < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def dump_yaml(data: Any, comment: Iterable[str] = ()) -> str:
    """YAML text that `load_yaml` reads back equal (Fractions that do not end become text)."""
    head = "".join(f"# {line}\n" for line in comment)
    body: str = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=100,
        line_break="\n",
    )
    return head + body
