"""One cell into one value: a parser per kind of column, and the refusal of everything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias

from allocator.ledger.cell_faults import CellFault
from allocator.ledger.choices import Choice, normal
from allocator.ledger.column_types import LIST_SEPARATORS, Column
from allocator.ledger.sources import Cell
from allocator.quantity import area_from_m2, half_up

Parser: TypeAlias = Callable[[Cell], Any]
"""A cell to its value, None for a blank. Raises BadCell."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_QUOTIENT = re.compile(r"([+-]?\d{1,18})/(\d{1,18})", re.ASCII)
_DATE = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?: 00:00(?::00)?)?", re.ASCII
)
_STOREY = re.compile(
    r"(负|地下|b|-)?(?:第|f)?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:层|楼|f|l)?",
    re.ASCII | re.IGNORECASE,
)
_CHINESE = re.compile("(?:([二三四五六七八九])?(十))?([一二三四五六七八九])?")
_DIGITS = "零一二三四五六七八九"
_LIST = re.compile(f"[{LIST_SEPARATORS}]")
AREA_MEASURES = ("平方米", "平米", "平方", "平", "m2", "m^2")
COUNT_MEASURES = ("人", "名", "个", "间", "位")
_LARGEST = Decimal(10) ** 12
_EXACT_DIGITS = 10**15


class BadCell(ValueError):
    """A cell that does not fit its column."""

    def __init__(
        self, code: str, zh: str, en: str, expected: str, advice_zh: str = "", advice_en: str = ""
    ) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en
        self.expected = expected
        self.advice_zh = advice_zh or f"请改为：{expected}"
        self.advice_en = advice_en or f"Maybe it should be: {expected}"


def shown(cell: Cell) -> str:
    """A cell as text, for messages and for text columns; blanks at the ends are cut."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, CellFault):
        return cell.text
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def parser_of(column: Column) -> Parser:
    """The parser of a column; every value it has seen is remembered, as ledgers repeat."""
    parse = _maker(column)
    known: dict[tuple[type, Cell], Any] = {}

    def remembered(cell: Cell) -> Any:
        key = (type(cell), cell)
        if key in known:
            return known[key]
        if isinstance(cell, CellFault):
            raise _fault(cell)
        value = None if shown(cell) == "" else parse(cell)
        if len(known) < 50_000:
            known[key] = value
        return value

    return remembered


def _maker(column: Column) -> Parser:
    simple: dict[str, Parser] = {
        "text": parse_text, "date": parse_date, "level": parse_level, "decimal": parse_fraction,
        "ratio": parse_ratio,
    }  # fmt: skip
    if column.kind in simple:
        return simple[column.kind]
    if column.kind in ("code", "ref"):
        return lambda cell: parse_code(cell, column.forbidden)
    if column.kind == "refs":
        return lambda cell: tuple(_entries(parse_text(cell)))
    if column.kind == "area":
        return lambda cell: area_from_m2(
            parse_number(without_measure(cell, AREA_MEASURES), column.minimum)
        )
    if column.kind == "money":
        return lambda cell: half_up(Fraction(parse_number(cell, column.minimum)))
    if column.kind == "count":
        return lambda cell: parse_whole(without_measure(cell, COUNT_MEASURES), column.minimum)
    if column.kind == "integer":
        return lambda cell: parse_whole(cell, column.minimum)
    words = {normal(w): c.key for c in column.choices for w in (c.key, c.zh, *c.synonyms)}
    if column.kind == "flag":
        return lambda cell: _choice(cell, words, column.choices) == "yes"
    if column.kind == "choice":
        return lambda cell: _choice(cell, words, column.choices)
    return lambda cell: tuple(
        _choice(entry, words, column.choices) for entry in _entries(parse_text(cell))
    )


def _fault(cell: CellFault) -> BadCell:
    if cell.kind == "outside":
        return BadCell(
            "outside-formula", "公式引用其他工作簿或外部程序，数值无法核对",
            "the formula asks another workbook or program, so its value cannot be checked",
            "值 / a value", "请改为粘贴数值", "Maybe paste the values instead of the formulas",
        )  # fmt: skip
    if cell.kind == "error":
        return BadCell(
            "error-cell", "公式结果为错误值", "the formula ends in an error",
            "值 / a value", "请修正公式或直接填值", "Maybe correct the formula or enter the value",
        )  # fmt: skip
    return BadCell(
        "formula-without-value", "公式没有计算结果", "the formula has no calculated value",
        "值 / a value", "请在表格软件中打开并保存一次，或直接填值",
        "Maybe open and save the file in a spreadsheet program, or enter the value",
    )  # fmt: skip


def parse_text(cell: Cell) -> str:
    """Text with line ends as \\n; a number as it is shown without a fraction of zero."""
    if isinstance(cell, (date, time, timedelta)):
        raise BadCell(
            "date-in-text", "文本被表格软件变成了日期",
            "the spreadsheet program made this text a date",
            "文本 / text", "请将该列设为文本格式后重新填写",
            "Maybe format the column as text and enter it again",
        )  # fmt: skip
    if isinstance(cell, float) and abs(cell) >= _EXACT_DIGITS:
        raise BadCell(
            "number-too-long", "数字超过 15 位，表格软件已丢失末位",
            "a number beyond 15 digits has lost its end",
            "文本 / text", "请以文本格式填写", "Maybe enter it as text",
        )  # fmt: skip
    text = shown(cell).replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise BadCell(
            "control-character", "含有控制字符", "it holds control characters", "文本 / text",
            "请删除后重新输入", "Maybe delete it and type it again",
        )  # fmt: skip
    return text


def parse_code(cell: Cell, forbidden: str = "") -> str:
    """A code: text without white space inside and without `forbidden` signs."""
    text = parse_text(cell)
    bad = sorted({c for c in text if c in forbidden})
    if bad or any(c.isspace() for c in text):
        zh, en = (" ".join(bad),) * 2 if bad else ("空格", "white space")
        raise BadCell(
            "bad-code", f"编码中含有不允许的字符：{zh}", f"the code holds signs not allowed: {en}",
            "不含空格的编码 / a code without spaces", "请删除编码中的空格和分隔符",
            "Maybe remove spaces and separators from the code",
        )  # fmt: skip
    return text


def without_measure(cell: Cell, measures: tuple[str, ...]) -> Cell:
    """A number typed with its measure, such as 25.5㎡ or 3人, without it; other cells as is."""
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip()
    folded = text.casefold()
    measure = next((m for m in measures if folded.endswith(m)), "")
    number = text[: len(text) - len(measure)].rstrip()
    return number if _NUMBER.fullmatch(number) else cell


def parse_number(cell: Cell, minimum: int | None = None) -> Decimal:
    """A finite decimal number, at least `minimum`."""
    expected = "数字 / number" if minimum is None else f"≥ {minimum} 的数字 / number ≥ {minimum}"
    text = unicodedata.normalize("NFKC", shown(cell))
    if isinstance(cell, (bool, date, time, timedelta)) or not _NUMBER.fullmatch(text):
        raise BadCell(
            "bad-number", "不是数字", "not a number", expected,
            "请只填数字，不带单位、逗号或文字", "Maybe remove units, commas and words",
        )  # fmt: skip
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadCell("bad-number", "不是数字", "not a number", expected) from None
    if abs(number) > _LARGEST or (number and number.adjusted() < -12):
        raise BadCell(
            "number-out-of-range", "数字超出合理范围", "the number is out of range", expected
        )
    if minimum is not None and number < minimum:
        zh = "不能为负数" if minimum == 0 else f"不能小于 {minimum}"
        en = "it must not be negative" if minimum == 0 else f"it must not be less than {minimum}"
        raise BadCell("number-too-small", zh, en, expected)
    return number


def parse_whole(cell: Cell, minimum: int | None = None) -> int:
    """A whole number, at least `minimum`."""
    number = parse_number(cell, minimum)
    if number != number.to_integral_value():
        raise BadCell(
            "not-whole", "必须是整数", "it must be a whole number", "整数 / whole number",
            "人数、间数等只能是整数",
            "Maybe a share was entered; people and rooms are counted whole",
        )  # fmt: skip
    return int(number)


def parse_fraction(cell: Cell) -> Fraction:
    """A decimal number or a quotient p/q, exactly."""
    match = _QUOTIENT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match and int(match.group(2)):
        return Fraction(int(match.group(1)), int(match.group(2)))
    return Fraction(parse_number(cell))


def parse_ratio(cell: Cell) -> Fraction:
    """A number above 0 and not above 1."""
    ratio = parse_fraction(cell)
    if not 0 < ratio <= 1:
        raise BadCell(
            "ratio-out-of-range", "系数应大于 0 且不超过 1", "a ratio lies above 0 and not above 1",
            "0 < K <= 1", "65% 请填 0.65", "Maybe 65 % should be 0.65",
        )  # fmt: skip
    return ratio


def parse_level(cell: Cell) -> int:
    """The number of a storey: 3, -1, 3F, B1, 3层, 八层, 地下一层."""
    text = unicodedata.normalize("NFKC", shown(cell))
    match = _STOREY.fullmatch(text)
    if isinstance(cell, (bool, date, time, timedelta)) or match is None:
        raise _not_storey()
    written = match.group(2)
    number = int(written) if written.isdigit() else _chinese_number(written)
    if number is None:
        raise _not_storey()
    return -number if match.group(1) else number


def _not_storey() -> BadCell:
    return BadCell(
        "bad-level", "不是楼层数", "not the number of a storey", "3 / -1 / 3F / B1 / 3层 / 三层",
        "请填一个楼层数，地下为负数或 B1", "Maybe enter one whole number, negative below ground",
    )  # fmt: skip


def _chinese_number(text: str) -> int | None:
    """九, 十, 十二, 二十, 二十三 as numbers."""
    match = _CHINESE.fullmatch(text)
    if match is None:
        return None
    tens, ten, ones = (match.group(n) or "" for n in (1, 2, 3))
    return (10 * (_DIGITS.index(tens) if tens else 1) if ten else 0) + (
        _DIGITS.index(ones) if ones else 0
    )


def parse_date(cell: Cell) -> date:
    """A date cell, or text such as 2025-01-31, 2025/1/31, 2025年1月31日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
    try:
        if match is None:
            raise ValueError
        return date(int(match.group(1)), int(match.group(3)), int(match.group(4)))
    except ValueError:
        raise BadCell(
            "bad-date", "不是日期", "not a date", "2025-12-31 / 2025年12月31日",
            "请填年-月-日，并设为日期格式", "Maybe enter year-month-day, formatted as a date",
        ) from None  # fmt: skip


def _entries(text: str) -> list[str]:
    entries = [e.strip() for e in _LIST.split(text) if e.strip()]
    twice = sorted({e for e in entries if entries.count(e) > 1})
    if twice:
        raise BadCell(
            "repeated-entry", f"重复的项：{twice[0]}", f"an entry stands twice: {twice[0]}",
            "每项一次 / each entry once", "请删除重复项", "Maybe delete the second one",
        )  # fmt: skip
    return entries


def _choice(cell: Cell, words: dict[str, str], choices: tuple[Choice, ...]) -> str:
    key = words.get(normal(shown(cell)))
    if key is None:
        raise BadCell(
            "bad-choice", "不是允许的取值", "not one of the allowed values",
            " / ".join(f"{c.key} {c.zh}" for c in choices),
            "请从下拉列表中选择", "Maybe choose from the drop-down list",
        )  # fmt: skip
    return key
