"""Typed access to parsed JSON that gathers every problem with its path."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from allocator.findings import Finding, InputError
from allocator.verify.say import at, broken

T = TypeVar("T")
LARGEST = 10**15
"""No figure of an estate comes near it; beyond it numbers are refused."""


class Gathered:
    """Problems met while reading; `raise_if_any` ends the reading."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, path: str, zh: str, en: str, value: object = "", expected: object = "") -> None:
        """Note one problem at a path."""
        self.findings.append(
            broken(
                "format",
                f"{path}: {zh}" if path else zh,
                f"{path}: {en}" if path else en,
                value=shown(value),
                expected=expected,
                place=at(path),
            )
        )

    def raise_if_any(self) -> None:
        """Raise InputError with everything gathered."""
        if self.findings:
            raise InputError(self.findings)


class Fields:
    """One JSON object at a path."""

    def __init__(self, data: Any, path: str, out: Gathered) -> None:
        self.path = path
        self.out = out
        self.data: dict[str, Any] = {}
        if isinstance(data, dict):
            self.data = data
        else:
            out.add(path, "不是对象", "not an object", data, "object")

    def text(self, key: str) -> str:
        """A string, possibly blank."""
        return self._get(key, "string", lambda v: isinstance(v, str), str, "")

    def flag(self, key: str) -> bool:
        """true or false."""
        return self._get(key, "true or false", lambda v: isinstance(v, bool), bool, False)

    def count(self, key: str) -> int:
        """A whole number of 0 or more."""
        return self._get(key, "whole number of 0 or more", _is_count, int, 0)

    def exact(self, key: str) -> Fraction:
        """A finite number, exactly as its decimal text."""
        return self._get(key, "finite number", is_number, as_fraction, Fraction(0))

    def maybe_exact(self, key: str) -> Fraction | None:
        """A finite number or null."""
        if key in self.data and self.data[key] is None:
            return None
        return self.exact(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        items: list[str] = self._get(key, "list of strings", _is_texts, list, [])
        return tuple(items)

    def objects(self, key: str) -> list[Fields]:
        """A list of objects."""
        items: list[Any] = self._get(key, "list", lambda v: isinstance(v, list), list, [])
        return [Fields(item, f"{self.path_of(key)}[{n}]", self.out) for n, item in enumerate(items)]

    def object(self, key: str) -> Fields:
        """A nested object."""
        if key not in self.data:
            self.out.add(self.path_of(key), "缺少", "missing", expected="object")
            return Fields({}, self.path_of(key), self.out)
        return Fields(self.data[key], self.path_of(key), self.out)

    def path_of(self, key: str) -> str:
        """The path of a key below this object."""
        return f"{self.path}.{key}" if self.path else key

    def _get(
        self, key: str, kind: str, fits: Callable[[Any], bool], make: Callable[[Any], T], other: T
    ) -> T:
        if key not in self.data:
            self.out.add(self.path_of(key), "缺少", "missing", expected=kind)
            return other
        value = self.data[key]
        if not fits(value):
            self.out.add(self.path_of(key), "类型或取值不对", "wrong type or value", value, kind)
            return other
        return make(value)


def is_number(value: Any) -> bool:
    """A finite JSON number of a sane size; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # Not a number and the infinities fail this comparison too.
    return -LARGEST < value < LARGEST


def as_fraction(value: int | float) -> Fraction:
    """The number its shortest decimal text means."""
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(value)))


def shown(value: object) -> str:
    """A value as short text."""
    if isinstance(value, int) and abs(value) >= LARGEST:
        return "a number beyond all measure"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def load_json(path: Path) -> Any:
    """Parse a JSON file; InputError for unreadable text, NaN, infinities and repeated keys."""
    out = Gathered()
    try:
        return json.loads(
            path.read_bytes().decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_repeats,
        )
    except OSError as error:
        out.add("", "无法读取文件", "the file cannot be read", error.strerror or "")
    except UnicodeDecodeError as error:
        out.add("", "不是 UTF-8 文本", f"not UTF-8 text at byte {error.start}")
    except (ValueError, RecursionError) as error:
        out.add("", "不是有效的 JSON", f"not valid JSON: {error}")
    raise InputError(out.findings)


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"key {key!r} stands twice in one object")
        result[key] = value
    return result


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
