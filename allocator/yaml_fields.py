"""Typed access to a located YAML document; every wrong value becomes a finding, none is guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeVar

from allocator.findings import Finding, Place
from allocator.strict_yaml import Document, YamlPath, exact_text

OVERRIDES = "overrides"
"""The file name shown for values that do not come from a file."""

Choice = TypeVar("Choice", bound=str)


def suggestion(wrong: str, known: Iterable[str]) -> tuple[str, str]:
    """Advice in Chinese and English naming the nearest known word; blanks if none is near."""
    near = get_close_matches(wrong, sorted(set(known)), n=1, cutoff=0.6)
    if not near:
        return "", ""
    return f"是否想写“{near[0]}”？", f'Maybe "{near[0]}" was meant.'


class Problems:
    """The findings about one document, and the paths that came from elsewhere."""

    def __init__(self, document: Document, overridden: Collection[YamlPath] = ()) -> None:
        self.document = document
        self.overridden = tuple(overridden)
        self.findings: list[Finding] = []

    def root(self) -> Node:
        """The whole document."""
        return Node(self, (), self.document.data)

    def place(self, path: YamlPath, *, key: bool = False) -> Place:
        """Where a value stands: line and column, or the dotted path of an override."""
        for start in self.overridden:
            if path[: len(start)] == start:
                return Place(OVERRIDES, "", None, ".".join(str(part) for part in path))
        return self.document.place(path, key=key)

    def add(
        self,
        path: YamlPath,
        code: str,
        zh: str,
        en: str,
        *,
        value: str = "",
        expected: str = "",
        advice: tuple[str, str] = ("", ""),
        key: bool = False,
        clause: str = "",
    ) -> None:
        """Add an error at a path."""
        place = self.place(path, key=key)
        self.findings.append(Finding(code, zh, en, place, value, expected, *advice, clause=clause))


@dataclass(frozen=True, slots=True)
class Node:
    """One value and its path. Readers return None after reporting what is wrong."""

    problems: Problems
    path: YamlPath
    value: Any

    def add(self, code: str, zh: str, en: str, **more: Any) -> None:
        """Add an error about this value, shown with its text."""
        more.setdefault("value", self.shown())
        self.problems.add(self.path, code, zh, en, **more)

    def shown(self) -> str:
        """The value as written, shortened."""
        raw = self.problems.document.raw.get(self.path)
        text = raw if raw is not None else _plain(self.value)
        return text if len(text) <= 60 else text[:57] + "..."

    def wrong_type(self, expected_zh: str, expected_en: str) -> None:
        """Report that the value has another type than expected."""
        if self.value is None:
            self.add("blank-value", f"没有值，应为{expected_zh}", f"blank, {expected_en} expected")
        else:
            self.add("wrong-type", f"应为{expected_zh}", f"{expected_en} expected")

    def has(self, key: str) -> bool:
        """Whether this is a mapping with the key."""
        return isinstance(self.value, dict) and key in self.value

    def child(self, key: str) -> Node:
        """The value of a key that is there."""
        return Node(self.problems, (*self.path, key), self.value[key])

    def is_mapping(self) -> bool:
        """Whether this is a mapping; reports it if not."""
        if isinstance(self.value, dict):
            return True
        self.wrong_type("键值表", "a mapping")
        return False

    def fields(
        self, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, Node]:
        """The known keys of a mapping; unknown and missing ones are reported."""
        if not self.is_mapping():
            return {}
        known = (*required, *optional)
        found: dict[str, Node] = {}
        for key in self.value:
            child = self.child(str(key))
            if key in known:
                found[key] = child
            else:
                self.problems.add(
                    child.path,
                    "unknown-key",
                    "未知的键",
                    "unknown key",
                    value=str(key),
                    expected=", ".join(known),
                    advice=suggestion(str(key), known),
                    key=True,
                )
        for key in required:
            if key not in self.value:
                self.add("missing-key", f"缺少 {key}", f"{key} is missing", value="", expected=key)
        return found

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys and values of a mapping with free keys."""
        if self.is_mapping():
            for key in self.value:
                yield str(key), self.child(str(key))

    def items(self) -> Iterator[Node]:
        """The values of a list; a null is an empty list only where the key stands blank."""
        if not isinstance(self.value, list):
            self.wrong_type("列表", "a list")
            return
        for index, value in enumerate(self.value):
            yield Node(self.problems, (*self.path, index), value)

    def text(self, *, blank: bool = False) -> str | None:
        """Text; numbers and dates are taken as written (a code may look like a number)."""
        raw = self.problems.document.raw.get(self.path)
        if self.value is None or isinstance(self.value, (dict, list, bool)):
            self.wrong_type("文字", "text")
            return None
        if isinstance(self.value, str):
            found = self.value.strip()
        else:
            found = raw if raw is not None else _plain(self.value)
        if not found and not blank:
            self.add("blank-value", "不能为空", "must not be blank")
            return None
        return found

    def texts(self) -> list[tuple[str, Node]]:
        """A list of texts, each with its node; duplicates are reported."""
        found: dict[str, Node] = {}
        for item in self.items():
            text = item.text()
            if text is None:
                continue
            if text in found:
                item.add("duplicate-entry", "重复列出", "listed twice")
            found.setdefault(text, item)
        return list(found.items())

    def flag(self) -> bool | None:
        """true or false."""
        if isinstance(self.value, bool):
            return self.value
        self.wrong_type(" true 或 false", "true or false")
        return None

    def choice(self, options: Collection[Choice]) -> Choice | None:
        """One of the words listed."""
        for option in options:
            if self.value == option:
                return option
        self.add(
            "unknown-value",
            "不是可选的值",
            "not one of the possible values",
            expected=", ".join(options),
            advice=suggestion(str(self.value), options),
        )
        return None

    def integer(self, low: int = 0, high: int | None = None) -> int | None:
        """A whole number of low..high."""
        number = self.number(low, high)
        if number is not None and number.denominator != 1:
            self.wrong_type("整数", "a whole number")
            return None
        return None if number is None else int(number)

    def number(
        self,
        low: int | None = 0,
        high: int | None = None,
        *,
        above: bool = False,
        below: bool = False,
    ) -> Fraction | None:
        """An exact number of low..high; `above` and `below` leave out the ends.

        Text such as 2/3 counts: it is how a number without end is written.
        """
        number = _exact(self.value)
        if number is None:
            self.wrong_type("数字", "a number")
            return None
        too_low = low is not None and (number < low or (above and number == low))
        too_high = high is not None and (number > high or (below and number == high))
        if too_low or too_high:
            left = "" if low is None else f"{low} {'<' if above else '<='} "
            right = "" if high is None else f" {'<' if below else '<='} {high}"
            self.add("out-of-range", "超出允许范围", "out of range", expected=f"{left}x{right}")
            return None
        return number


def _exact(value: Any) -> Fraction | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, str) and len(value) <= 60:
        top, slash, bottom = value.partition("/")
        if slash and top.lstrip("-").isdecimal() and bottom.isdecimal() and int(bottom):
            return Fraction(int(top), int(bottom))
    return None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Decimal, Fraction)):
        return exact_text(value)
    if value is None:
        return ""
    return (
        "{...}" if isinstance(value, dict) else "[...]" if isinstance(value, list) else str(value)
    )
