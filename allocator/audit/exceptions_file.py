"""A file of registered exceptions to the room rule: YAML or CSV with room, unit and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from allocator.domain import Ledger
from allocator.findings import Finding, InputError, Place
from allocator.ledger.sources import csv_lines
from allocator.scenario import RoomException
from allocator.scenario_parts import read_exceptions
from allocator.scenario_places import Index
from allocator.strict_yaml import read_document_file
from allocator.yaml_fields import Problems, suggestion

HEADINGS = {
    "room": ("room", "房间", "房间编码", "房号"),
    "unit": ("unit", "单位", "单位编码", "使用单位"),
    "reason": ("reason", "理由", "原因", "例外理由", "未整改原因", "超标但未整改原因"),
}
"""Column key -> headings; the first is the English one. Other columns are not read."""


def read_exceptions_file(path: Path, ledger: Ledger) -> tuple[RoomException, ...]:
    """Exceptions from a YAML list (or a mapping with key `exceptions`), or from a CSV file.

    Units may be given by name in CSV. Raises InputError with every wrong cell or value.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        return _from_yaml(path, ledger)
    if path.suffix.lower() == ".csv":
        return _from_csv(path, ledger)
    finding = Finding(
        "exceptions-format", "例外清单应为 YAML 或 CSV 文件",
        "a list of exceptions is a YAML or CSV file", Place(path.name), path.suffix,
        ".yaml / .csv", "请另存为 CSV UTF-8", "Maybe save it as CSV UTF-8",
    )  # fmt: skip
    raise InputError([finding])


def _from_yaml(path: Path, ledger: Ledger) -> tuple[RoomException, ...]:
    problems = Problems(read_document_file(path, path.name))
    node = problems.root()
    if isinstance(node.value, dict):
        listed = node.fields(("exceptions",)).get("exceptions")
        found = () if listed is None else read_exceptions(listed, Index(ledger, None))
    else:
        found = read_exceptions(node, Index(ledger, None))
    if problems.findings:
        raise InputError(problems.findings)
    return found


def _from_csv(path: Path, ledger: Ledger) -> tuple[RoomException, ...]:
    rows = csv_lines(path)
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    if not filled:
        raise InputError(
            [_fault(path, 1, "", "", "文件为空", "the file is empty", "room,unit,reason")]
        )
    (top, heading), *body = filled
    columns = _columns(heading)
    missing = [key for key in HEADINGS if key not in columns]
    if missing:
        strange = [h.strip() for i, h in enumerate(heading) if i not in columns.values()]
        raise InputError(
            [
                _fault(
                    path, top, key, ",".join(heading), f"缺少列 {HEADINGS[key][1]}",
                    f"column {key} is missing", " / ".join(HEADINGS[key]),
                    next((s for h in strange if (s := suggestion(h, HEADINGS[key]))[0]), ("", "")),
                )
                for key in missing
            ]
        )  # fmt: skip
    reader = _Reader(path, ledger, columns)
    found = tuple(reader.entries(body))
    if reader.findings:
        raise InputError(reader.findings)
    return found


def _columns(heading: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(heading):
        for key, names in HEADINGS.items():
            if cell.strip().lower() in names:
                found.setdefault(key, index)
    return found


class _Reader:
    """Rows below the heading; every wrong cell becomes a finding."""

    def __init__(self, path: Path, ledger: Ledger, columns: dict[str, int]) -> None:
        self.path = path
        self.columns = columns
        self.findings: list[Finding] = []
        self._rooms = {room.code: room.code for room in ledger.rooms}
        self._units = {unit.code: unit.code for unit in ledger.units}
        names = Counter(unit.name for unit in ledger.units)
        for unit in ledger.units:
            if names[unit.name] == 1:
                self._units.setdefault(unit.name, unit.code)

    def entries(self, body: list[tuple[int, list[str]]]) -> Iterator[RoomException]:
        """The exceptions; each pair of room and unit once."""
        seen: dict[tuple[str, str], int] = {}
        for number, row in body:
            room = self._known(number, row, "room", self._rooms)
            unit = self._known(number, row, "unit", self._units)
            reason = self._text(number, row, "reason")
            if room is None or unit is None or reason is None:
                continue
            if (room, unit) in seen:
                first = seen[room, unit]
                zh, en = f"重复列出，第 {first} 行已有", f"listed twice, already in row {first}"
                self.findings.append(_fault(self.path, number, "room", room, zh, en, ""))
                continue
            seen[room, unit] = number
            yield RoomException(room=room, unit=unit, reason=reason)

    def _text(self, number: int, row: list[str], key: str) -> str | None:
        index = self.columns[key]
        text = row[index].strip() if index < len(row) else ""
        if text:
            return text
        name = HEADINGS[key][1]
        zh, en = f"{name}不能为空", f"{key} must not be blank"
        self.findings.append(_fault(self.path, number, key, "", zh, en, f"{name} {key}"))
        return None

    def _known(self, number: int, row: list[str], key: str, known: dict[str, str]) -> str | None:
        text = self._text(number, row, key)
        if text is None or text in known:
            return None if text is None else known[text]
        name = HEADINGS[key][1]
        zh, en = f"台账中没有这个{name}", f"the ledger has no such {key}"
        advice = suggestion(text, known)
        self.findings.append(
            _fault(self.path, number, key, text, zh, en, f"{name}编码 {key} code", advice)
        )
        return None


def _fault(
    path: Path, row: int | None, column: str, value: str, zh: str, en: str, expected: str,
    advice: tuple[str, str] = ("", ""),
) -> Finding:  # fmt: skip
    plain = ("请更正后重试", "Maybe correct the cell and try again")
    return Finding(
        "exceptions-file", zh, en, Place(path.name, "", row, column), value, expected,
        *(advice if advice[0] else plain),
    )  # fmt: skip
