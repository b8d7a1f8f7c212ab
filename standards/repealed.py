"""Figures and words of the repealed Chinese standard of 1999, which still circulate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

from allocator.findings import Finding
from allocator.strict_yaml import YamlPath
from allocator.yaml_fields import Problems

REPEALED_AREA = 600
"""The lowest grade of 1999: 6 m2, in 0.01 m2."""
REPEALED_NAMES = ("一级办公用房", "二级办公用房", "三级办公用房")
REPEALED_SOURCE = "计投资〔1999〕2250号"
_BRACKETS = str.maketrans("", "", "〔〕[]【】()（） \t\n\u3000")


def repealed_words(text: str) -> bool:
    """Whether a text names a class of offices of 1999, or the document that set them."""
    plain = _plain(text)
    return any(_plain(word) in plain for word in (*REPEALED_NAMES, REPEALED_SOURCE))


def _plain(text: str) -> str:
    return normalize("NFKC", text).translate(_BRACKETS)


def repealed_findings(problems: Problems) -> list[Finding]:
    """A warning for every text of a file that names the repealed standard."""
    return [
        repealed_figure(problems, path, text)
        for path, text in _texts((), problems.document.data)
        if repealed_words(text)
    ]


def repealed_figure(problems: Problems, path: YamlPath, value: str) -> Finding:
    """The warning at one value."""
    return Finding(
        "repealed-figure",
        "这是已废止的 1999 年标准的指标",
        "a figure of the repealed 1999 standard",
        problems.place(path),
        value,
        advice_zh="请改用现行标准的指标",
        advice_en="Maybe use the figure of the standard in force.",
        severity="warning",
    )


def _texts(path: YamlPath, value: Any) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _texts((*path, key), entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _texts((*path, index), entry)
