"""The columns of the rectification list: headings in both languages, widths, and allowed values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocator.audit.rectify import ListRow, Status, Value
from allocator.audit.rule import Words
from allocator.findings import Lang, Severity
from allocator.ledger.choices import Choice, normal
from allocator.ledger.column_types import Column, Kind
from allocator.report.sheets import CellValue, SheetColumn, SheetKind

LIST_SHEET = Words("整改台账", "rectification")
CHECK_SHEET = Words("待核实", "to check")

STATUS: dict[Status, Words] = {
    "open": Words("未整改", "open"),
    "claimed": Words("已整改待核", "claimed"),
    "closed": Words("已销号", "closed"),
    "reopened": Words("复发", "came back"),
    "no_evidence": Words("无法核实", "no evidence"),
}
SEVERITY: dict[Severity, Words] = {
    "error": Words("错误", "error"),
    "warning": Words("警告", "warning"),
    "info": Words("提示", "note"),
}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list: `kind` as in a ledger; choices are stored by key, shown by word."""

    key: str
    title: Words
    width: float
    kind: Kind = "text"
    choices: tuple[tuple[str, Words], ...] = ()

    def parsed_as(self) -> Column:
        """The column as the reader of cells knows it."""
        choices = tuple(Choice(key, words.zh, (words.en,)) for key, words in self.choices)
        return Column(key=self.key, zh=self.title.zh, kind=self.kind, choices=choices)

    def sheet_column(self) -> SheetColumn:
        """The column as the writer of sheets knows it."""
        kinds: dict[Kind, SheetKind] = {"area": "area", "count": "count", "date": "day"}
        return SheetColumn(self.title, self.width, kinds.get(self.kind, "text"))


LIST_COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("number", Words("序号", "no."), 5, "count"),
    ListColumn("unit", Words("单位", "unit"), 15),
    ListColumn("place", Words("位置", "place"), 20),
    ListColumn("room", Words("房间", "room"), 12),
    ListColumn("rule", Words("问题类别", "category"), 15),
    ListColumn("problem", Words("问题", "problem"), 35),
    ListColumn("clause", Words("条款", "clause"), 26),
    ListColumn("standard", Words("标准面积", "standard (m2)"), 10, "area"),
    ListColumn("area", Words("台账面积", "area (m2)"), 10, "area"),
    ListColumn("measured", Words("实测面积", "measured (m2)"), 10, "area"),
    ListColumn("over", Words("超标面积", "excess (m2)"), 10, "area"),
    ListColumn("way", Words("整改方式", "measure"), 40),
    ListColumn("responsible", Words("责任单位", "responsible unit"), 14),
    ListColumn("due", Words("整改时限", "due"), 12, "date"),
    ListColumn("status", Words("状态", "status"), 11, "choice", tuple(STATUS.items())),
    ListColumn("evidence", Words("证据", "evidence"), 24),
    ListColumn("review", Words("复查", "rechecks"), 24),
    ListColumn("cause", Words("原因", "cause"), 14),
    ListColumn("why_not", Words("未整改原因", "why not cured"), 14),
    ListColumn("approver", Words("审批单位", "approved by"), 12),
    ListColumn("grade", Words("使用人职级", "grades"), 16),
    ListColumn("severity", Words("严重程度", "severity"), 10, "choice", tuple(SEVERITY.items())),
    ListColumn("rooms_before", Words("整改前间数", "rooms before"), 8, "count"),
    ListColumn("area_before", Words("整改前面积", "area before (m2)"), 10, "area"),
    ListColumn("rooms_after", Words("整改后间数", "rooms after"), 8, "count"),
    ListColumn("area_after", Words("整改后面积", "area after (m2)"), 10, "area"),
    ListColumn("first_found", Words("首次发现", "first found"), 12, "date"),
    ListColumn("last_checked", Words("最近复查", "last checked"), 12, "date"),
    ListColumn("returns", Words("复发次数", "times back"), 8, "count"),
    ListColumn("rule_id", Words("规则代号", "rule id"), 8),
    ListColumn("key", Words("编号", "key"), 8),
)
"""What a planner hands out, then what keeps a list from month to month."""
PRINTED = "review"
"""The last column of the printed list."""
MACHINE = ("rule_id", "key")
"""Columns for the program: narrow, grey, in one line."""
BY_KEY = {column.key: column for column in LIST_COLUMNS}
_BEFORE = {"规则": "rule"}
"""Headings of the lists of the version before."""
BY_HEADING = {
    normal(heading): column.key
    for column in LIST_COLUMNS
    for heading in (column.key, *column.title)
} | {normal(heading): key for heading, key in _BEFORE.items()}
NEEDED = ("key", "status", "last_checked", "area", "problem")
"""Columns without which a list cannot be checked again."""
_ONLY_NEW = ("number", "place", "area", "rule_id")


def as_now(positions: dict[str, int]) -> dict[str, int]:
    """Columns by key; a list of the version before has the ledger's area as measured (实测面积)."""
    if "measured" in positions and not any(key in positions for key in _ONLY_NEW):
        return {("area" if k == "measured" else k): at for k, at in positions.items()}
    return positions


def shown(row: ListRow, column: ListColumn, lang: Lang) -> CellValue:
    """A cell of a row in one language; areas stay in 0.01 m2."""
    if column.key == "key":
        return row.key
    value: Value = row.values.get(column.key)
    if isinstance(value, Words):
        return value.zh if lang == "zh" else value.en
    if column.choices and isinstance(value, str):
        words = dict(column.choices).get(value)
        return value if words is None else words.zh if lang == "zh" else words.en
    if value is None or isinstance(value, (str, int, date)):
        return value
    raise TypeError(f"no value of a list: {value!r}")
