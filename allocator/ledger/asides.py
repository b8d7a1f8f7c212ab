"""Rows of a table that are no data: totals, and notes and signatures below the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_TOTAL = re.compile(r".*(?:合计|小计|总计|共计|累计)|(?:sub|grand)?total")
_TOTAL_WORD = re.compile(r"(?:本页|本表)?(?:合计|小计|总计|共计|累计)|(?:sub|grand)?total")
_NOTE = re.compile(
    r"(?:注|备注|附注|说明|填表说明|填表|填表人|填报人|填报单位|填报日期|填表日期|制表|制表人|审核|审核人|"
    r"单位负责人|负责人|联系人|联系电话|经办人|复核人|单位盖章|note|notes|remark|remarks)"
    r"(?:\(.{1,8}\))?[:.。]?.*"
)
_NOTE_MARK = re.compile(
    r"(?:注|备注|附注|说明|填表说明|note|notes|remark|remarks)\d{0,2}[:.、]|.{2,8}:"
)


@lru_cache(50_000)
def plain(text: str) -> str:
    """A text without width, case and white space, to be compared with words."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def is_total_word(text: str) -> bool:
    """Whether a cell says 合计, 小计, 总计 or the like and nothing else."""
    return _TOTAL_WORD.fullmatch(plain(text)) is not None


def is_total(text: str) -> bool:
    """Whether a cell ends in such a word, as 市财政局小计 does."""
    return _TOTAL.fullmatch(plain(text)) is not None


def is_note(text: str) -> bool:
    """Whether a cell begins a note or a signature: 注：, 备注：, 填表人：."""
    word = plain(text)
    return _NOTE.fullmatch(word) is not None and _NOTE_MARK.match(word) is not None


def begins_aside(first: str) -> bool:
    """Whether the first filled cell of a row marks a total or a note."""
    return is_total_word(first) or is_note(first)


def is_aside(first: str, named: Sequence[str]) -> bool:
    """Whether a row is a total or a note; `named` are the cells that name the subject of a row.

    Such a row begins with the word, and nothing else is named in it.
    """
    others = (t for t in named if t and t != first)
    return begins_aside(first) and all(is_note(t) for t in others)
