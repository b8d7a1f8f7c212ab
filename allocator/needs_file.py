"""A file of ancillary rooms that units need: YAML or CSV, one entry a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocator.domain import Ledger
from allocator.entitlement_lines import Needs
from allocator.findings import Finding, InputError, Place
from allocator.ledger.choices import YES_NO
from allocator.ledger.sources import csv_lines
from allocator.strict_yaml import read_document_file
from allocator.yaml_fields import Node, Problems, suggestion

HEADINGS = {
    "unit": ("unit", "单位", "单位编码"),
    "canteen": ("canteen", "食堂"),
    "cars": ("cars", "汽车", "汽车位", "汽车库"),
    "bicycles": ("bicycles", "自行车", "自行车库"),
    "ebikes": ("ebikes", "电动自行车", "电动自行车库"),
    "motorcycles": ("motorcycles", "摩托车", "摩托车库"),
    "guards": ("guards", "警卫", "警卫岗位", "警卫用房"),
}
"""Field -> headings of its column; the first is the English one."""
COUNTS = ("cars", "bicycles", "ebikes", "motorcycles", "guards")
MOST = 1_000_000
_FLAGS = {
    word.lower(): choice.key == "yes"
    for choice in YES_NO
    for word in (choice.key, choice.zh, *choice.synonyms)
}


def read_needs_file(path: Path, ledger: Ledger) -> dict[str, Needs]:
    """Needs by unit code from a YAML list (or a mapping with key `needs`), or from a CSV file.

    Units may be given by name. Raises InputError with every wrong cell or value.
    """
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return _from_yaml(path, ledger)
    if suffix == ".csv":
        return _from_csv(path, ledger)
    finding = Finding(
        "needs-format", "附属用房需求应为 YAML 或 CSV 文件",
        "a file of needs is a YAML or CSV file", Place(path.name), path.suffix,
        ".yaml / .csv", "请另存为 CSV UTF-8", "Maybe save it as CSV UTF-8",
    )  # fmt: skip
    raise InputError([finding])


def _units(ledger: Ledger) -> tuple[dict[str, str], dict[str, str]]:
    """(code or name -> code of units with an entitlement, the same of all others)."""
    names = Counter(unit.name for unit in ledger.units)
    planned: dict[str, str] = {}
    others: dict[str, str] = {}
    for unit in ledger.units:
        known = planned if unit.planned else others
        known[unit.code] = unit.code
        if names[unit.name] == 1:
            known.setdefault(unit.name, unit.code)
    return planned, others


def _stranger(text: str, others: Mapping[str, str]) -> tuple[str, str]:
    if text in others:
        return "该单位不核定面积", "the unit has no entitlement"
    return "台账中没有这个单位", "the ledger has no such unit"


# -- YAML ---------------------------------------------------------------------------------------


def _from_yaml(path: Path, ledger: Ledger) -> dict[str, Needs]:
    problems = Problems(read_document_file(path, path.name))
    node: Node | None = problems.root()
    if node is not None and isinstance(node.value, dict):
        node = node.fields(("needs",)).get("needs")
    units = _units(ledger)
    found: dict[str, Needs] = {}
    for item in node.items() if node is not None else ():
        _yaml_entry(item, units, found)
    if problems.findings:
        raise InputError(problems.findings)
    return found


def _yaml_entry(
    item: Node, units: tuple[dict[str, str], dict[str, str]], found: dict[str, Needs]
) -> None:
    fields = item.fields(("unit",), ("canteen", *COUNTS))
    values: dict[str, Any] = {}
    if "canteen" in fields:
        values["canteen"] = bool(fields["canteen"].flag())
    for key in COUNTS:
        if key in fields:
            values[key] = fields[key].integer(0, MOST) or 0
    node = fields.get("unit")
    text = node.text() if node is not None else None
    if node is None or text is None:
        return
    if text not in units[0]:
        zh, en = _stranger(text, units[1])
        node.add("unknown-unit", zh, en, advice=suggestion(text, units[0]))
    elif units[0][text] in found:
        node.add("duplicate-entry", "重复列出", "listed twice")
    else:
        found[units[0][text]] = Needs(**values)


# -- CSV ----------------------------------------------------------------------------------------


def _from_csv(path: Path, ledger: Ledger) -> dict[str, Needs]:
    rows = [
        (number, row)
        for number, row in enumerate(csv_lines(path), 1)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        zh, en = "文件为空", "the file is empty"
        raise InputError([_fault(path, 1, "", "", zh, en, ",".join(HEADINGS))])
    (top, heading), *body = rows
    reader = _Reader(path, ledger)
    reader.read_heading(top, heading)
    if not reader.findings:
        for number, row in body:
            reader.read_row(number, row)
    if reader.findings:
        raise InputError(reader.findings)
    return reader.found


class _Reader:
    """Rows below the heading; every wrong cell becomes a finding."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.found: dict[str, Needs] = {}
        self._columns: dict[str, int] = {}
        self._units, self._others = _units(ledger)

    def read_heading(self, number: int, heading: list[str]) -> None:
        """Find the columns; an unknown or repeated one would be lost, so it is refused."""
        words = {word: key for key, named in HEADINGS.items() for word in named}
        for index, cell in enumerate(heading):
            text = cell.strip()
            key = words.get(text.lower())
            if key is not None and key not in self._columns:
                self._columns[key] = index
            elif key is not None:
                self._add(number, text, text, "列重复", "the column stands there twice", "")
            elif text:
                self._add(
                    number, text, text, "未知的列", "unknown column", " / ".join(HEADINGS),
                    suggestion(text, words),
                )  # fmt: skip
        if "unit" not in self._columns:
            zh, en = "缺少列 单位", "column unit is missing"
            self._add(number, "unit", ",".join(heading), zh, en, " / ".join(HEADINGS["unit"]))

    def read_row(self, number: int, row: list[str]) -> None:
        """One unit's needs."""
        values: dict[str, Any] = {}
        for key in self._columns:
            text = self._text(row, key)
            if key == "canteen" and text:
                values[key] = self._flag(number, text)
            elif key in COUNTS and text:
                values[key] = self._count(number, key, text)
        text = self._text(row, "unit")
        unit = self._units.get(text)
        if not text:
            self._add(number, "unit", "", "单位不能为空", "unit must not be blank", "单位 unit")
        elif unit is None:
            zh, en = _stranger(text, self._others)
            advice = suggestion(text, self._units)
            self._add(number, "unit", text, zh, en, "单位编码 unit code", advice)
        elif unit in self.found:
            self._add(number, "unit", text, "重复列出", "listed twice", "")
        else:
            self.found[unit] = Needs(**values)

    def _text(self, row: list[str], key: str) -> str:
        index = self._columns[key]
        return row[index].strip() if index < len(row) else ""

    def _flag(self, number: int, text: str) -> bool:
        if text.lower() not in _FLAGS:
            zh, en = "应为是或否", "yes or no expected"
            self._add(number, "canteen", text, zh, en, "是 yes / 否 no")
        return _FLAGS.get(text.lower(), False)

    def _count(self, number: int, key: str, text: str) -> int:
        plain = text.isascii() and text.isdecimal() and len(text) <= 9
        count = int(text) if plain else -1
        if not 0 <= count <= MOST:
            zh, en = "应为不小于 0 的整数", "a whole number from 0 expected"
            self._add(number, key, text, zh, en, f"0 .. {MOST}")
            return 0
        return count

    def _add(
        self, row: int, column: str, value: str, zh: str, en: str, expected: str,
        advice: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        self.findings.append(_fault(self.path, row, column, value, zh, en, expected, advice))


def _fault(
    path: Path, row: int | None, column: str, value: str, zh: str, en: str, expected: str,
    advice: tuple[str, str] = ("", ""),
) -> Finding:  # fmt: skip
    plain = ("请更正后重试", "Maybe correct the cell and try again")
    return Finding(
        "needs-file", zh, en, Place(path.name, "", row, column), value, expected,
        *(advice if advice[0] else plain),
    )  # fmt: skip
