"""The report's tables as plain rows; the page formats them, an export writes them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.compare import Comparison
from allocator.plan import Areas, Plan
from allocator.problem import Problem
from allocator.quantity import half_up, m2
from allocator.report.names import Names
from allocator.report.words import (
    CHANGE_WHAT,
    DISTANCE,
    KIND,
    RULE,
    VALUE,
    Text,
    known,
)

ColumnKind: TypeAlias = Literal["text", "area", "count", "delta", "excess", "share"]
"""`area`, `delta` and `excess` are 0.01 m2; the last two are printed with their sign, and an
excess above 0 is marked. `share` is in whole per cent."""
Cell: TypeAlias = str | int | Text | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's key for exports, its heading and how its cells are printed."""

    key: str
    title: Text
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns; `unit` links the row with the blocks of a unit."""

    cells: tuple[Cell, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `live` tables can be sorted and filtered."""

    key: str
    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    live: bool = False

    def plain(self, lang: Literal["zh", "en"]) -> list[list[str | int | float]]:
        """Heading and rows in one language, areas in m2, for CSV."""
        heading: list[str | int | float] = [getattr(c.title, lang) for c in self.columns]
        rows = [
            [_plain(cell, c.kind, lang) for cell, c in zip(row.cells, self.columns, strict=True)]
            for row in self.rows
        ]
        return [heading, *rows]


def _plain(cell: Cell, kind: ColumnKind, lang: Literal["zh", "en"]) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, Text):
        return cell.zh if lang == "zh" else cell.en
    return m2(cell) if kind in ("area", "delta", "excess") and isinstance(cell, int) else cell


def _table(
    key: str, caption: Text, columns: Sequence[Column], rows: Sequence[Row], live: bool = False
) -> Table:
    return Table(key, caption, tuple(columns), tuple(rows), live)


def _column(key: str, zh: str, en: str, kind: ColumnKind = "text") -> Column:
    return Column(key, Text(zh, en), kind)


_AREA_LINES: tuple[tuple[str, Text], ...] = (
    ("stock", Text("可调配房源", "Stock")),
    ("held", Text("单位占用", "Held by units")),
    ("common", Text("公共服务用房", "Common service rooms")),
    ("stranded", Text("零散闲置（在用楼层）", "Stranded on floors in use")),
    ("released", Text("整层腾空", "Released whole floors")),
    ("reserve", Text("零散闲置中预留的周转面积", "Growth reserve within stranded")),
    ("hidden", Text("超标准占用（实测）", "Hidden, as measured")),
    ("hidden_same_basis", Text("超标准占用（同口径）", "Hidden, same basis")),
    ("short", Text("低于标准的面积", "Short of the standard")),
    ("service_short", Text("服务用房缺口", "Service rooms short")),
    ("leased_kept", Text("保留的租借面积", "Leased or borrowed area kept")),
)


def balance_table(before: Areas, after: Areas) -> Table:
    """The space identity and its companions, before and after."""
    columns = (
        _column("item", "项目", "Item"),
        _column("before", "调整前（㎡）", "Before (m²)", "area"),
        _column("after", "调整后（㎡）", "After (m²)", "area"),
        _column("change", "增减（㎡）", "Change (m²)", "delta"),
    )
    rows = [
        Row((name, old := getattr(before, key), new := getattr(after, key), new - old))
        for key, name in _AREA_LINES
    ]
    caption = Text("面积平衡表（使用面积）", "Balance of usable area")
    return _table("balance", caption, columns, rows)


def site_table(problem: Problem, names: Names, comparison: Comparison) -> Table:
    """One row per site."""
    columns = (
        _column("site", "办公区", "Site"),
        _column("kind", "类型", "Kind"),
        _column("stock", "可调配房源", "Stock", "area"),
        _column("in_use_before", "在用 调整前", "In use before", "area"),
        _column("in_use_after", "在用 调整后", "In use after", "area"),
        _column("stranded_before", "零散闲置 调整前", "Stranded before", "area"),
        _column("stranded_after", "零散闲置 调整后", "Stranded after", "area"),
        _column("released", "新增腾空", "Newly released", "delta"),
        _column("floors", "新腾空楼层", "Floors newly released", "count"),
        _column("people_before", "人员 调整前", "People before", "count"),
        _column("people_after", "人员 调整后", "People after", "count"),
    )
    rows = [
        Row(
            (
                names.site(row.site),
                known(KIND, problem.sites[row.site].kind),
                row.after.stock,
                row.before.in_use,
                row.after.in_use,
                row.before.stranded,
                row.after.stranded,
                row.after.released - row.before.released,
                len(row.floors_released),
                row.before.people,
                row.after.people,
            )
        )
        for row in comparison.sites
    ]
    return _table(
        "sites",
        Text("各办公区调整前后（面积：㎡）", "Sites before and after (areas in m²)"),
        columns,
        rows,
        True,
    )


def service_table(names: Names, comparison: Comparison) -> Table:
    """Service rooms offered against entitled, sites where somebody sits before or after."""
    columns = (
        _column("site", "办公区", "Site"),
        _column("entitled_before", "核定 调整前", "Entitled before", "area"),
        _column("offered_before", "可用 调整前", "Offered before", "area"),
        _column("ratio_before", "满足率 调整前", "Ratio before", "share"),
        _column("entitled_after", "核定 调整后", "Entitled after", "area"),
        _column("offered_after", "可用 调整后", "Offered after", "area"),
        _column("ratio_after", "满足率 调整后", "Ratio after", "share"),
    )
    rows = [
        Row(
            (
                names.site(row.site),
                row.before.service_entitled,
                row.before.service_offered,
                percent(row.before.service_offered, row.before.service_entitled),
                row.after.service_entitled,
                row.after.service_offered,
                percent(row.after.service_offered, row.after.service_entitled),
            )
        )
        for row in comparison.sites
        if row.before.people or row.after.people
    ]
    return _table(
        "service",
        Text("服务用房保障（面积：㎡）", "Service rooms (areas in m²)"),
        columns,
        rows,
        True,
    )


def percent(part: int, whole: int) -> int | None:
    """A share in whole per cent, half up; None when there is nothing to share."""
    return half_up(Fraction(part * 100, whole)) if whole else None


def transfer_table(names: Names, comparison: Comparison) -> Table:
    """The transfers, one row each."""
    columns = (
        _column("transfer", "序号", "No.", "count"),
        _column("unit", "单位", "Unit"),
        _column("from", "调出", "From"),
        _column("from_rooms", "腾退房间", "Rooms left"),
        _column("to", "调入", "To"),
        _column("to_rooms", "安排房间", "Rooms taken"),
        _column("distance", "距离", "Distance"),
        _column("people", "人数", "People", "count"),
        _column("area_from", "原面积", "Area left", "area"),
        _column("area_to", "新面积", "Area taken", "area"),
    )
    rows = [
        Row(
            (
                line.number,
                names.unit(line.unit),
                names.building(line.from_building),
                names.rooms(line.from_rooms),
                names.building(line.to_building),
                names.rooms(line.to_rooms),
                DISTANCE[line.distance],
                line.people,
                line.area_from,
                line.area_to,
            ),
            line.unit,
        )
        for line in comparison.transfers
    ]
    return _table(
        "transfers", Text("调整清单（面积：㎡）", "Transfers (areas in m²)"), columns, rows, True
    )


def unit_table(names: Names, comparison: Comparison) -> Table:
    """The units, one row each."""
    columns = (
        _column("unit", "单位", "Unit"),
        _column("people_today", "现有人员", "People today", "count"),
        _column("people_planned", "应安排", "To seat", "count"),
        _column("people_seated", "已安排", "Seated", "count"),
        _column("people_moved", "调整人数", "Moved", "count"),
        _column("entitlement", "办公室核定", "Office standard", "area"),
        _column("office_before", "办公室 调整前", "Office before", "area"),
        _column("office_after", "办公室 调整后", "Office after", "area"),
        _column("difference", "较核定", "Against standard", "excess"),
        _column("service_before", "服务用房 调整前", "Service before", "area"),
        _column("service_after", "服务用房 调整后", "Service after", "area"),
        _column("building_before", "主要办公地点 调整前", "Main place before"),
        _column("building_after", "主要办公地点 调整后", "Main place after"),
    )
    rows = [
        Row(
            (
                names.unit(row.unit),
                row.people_today,
                row.people_planned,
                row.people_seated,
                row.people_moved,
                row.entitlement,
                row.office_before,
                row.office_after,
                row.office_after - row.entitlement,
                row.service_before,
                row.service_after,
                names.building(row.building_before) if row.building_before else "—",
                names.building(row.building_after) if row.building_after else "—",
            ),
            row.unit,
        )
        for row in comparison.units
    ]
    caption = Text("各单位用房情况（面积：㎡）", "Units before and after (areas in m²)")
    return _table("units", caption, columns, rows, True)


def unplaced_table(names: Names, plan: Plan) -> Table:
    """Who and which requests found no room, with the reason."""
    columns = (
        _column("unit", "单位", "Unit"),
        _column("division", "内设机构", "Division"),
        _column("grade", "职级", "Grade"),
        _column("people", "人数", "People", "count"),
        _column("reason", "原因", "Reason"),
        _column("nearest", "最接近的房间", "Nearest room"),
    )
    rows = [
        Row(
            (
                names.unit(row.unit),
                names.division(row.division),
                names.grade(row.unit, row.grade) if row.grade else Text("房间需求", "room request"),
                row.people if row.grade else None,
                Text(RULE[row.rule].zh if row.rule in RULE else row.reason, row.reason),
                row.nearest,
            ),
            row.unit,
        )
        for row in plan.unplaced
    ]
    caption = Text("未安排事项及原因", "Not placed, with reasons")
    return _table("unplaced", caption, columns, rows)


def exception_table(problem: Problem, names: Names, plan: Plan) -> Table:
    """Rooms past the room rule, registered or proposed, with area and reason."""
    columns = (
        _column("room", "房间", "Room"),
        _column("unit", "单位", "Unit"),
        _column("area", "面积（㎡）", "Area (m²)", "area"),
        _column("reason", "理由", "Reason"),
    )
    rows = []
    for entry in plan.exceptions:
        room, unit = str(entry.get("room", "")), str(entry.get("unit", ""))
        area = problem.rooms[room].area if room in problem.rooms else None
        cells = (names.place(room), names.unit(unit), area, str(entry.get("reason", "")))
        rows.append(Row(cells, unit))
    return _table("exceptions", Text("例外房间", "Exceptions"), columns, rows)


def cap_table(names: Names, plan: Plan) -> Table:
    """Units too large for the policy's number of sites or buildings."""
    columns = (
        _column("unit", "单位", "Unit"),
        _column("sites", "办公区上限", "Sites at most", "count"),
        _column("buildings", "楼栋上限", "Buildings at most", "count"),
    )
    rows = [
        Row(
            (names.unit(str(cap["unit"])), int(cap["sites"]), int(cap["buildings"])),
            str(cap["unit"]),
        )
        for cap in plan.caps
    ]
    caption = Text("允许分散办公的单位", "Units that may use more places")
    return _table("caps", caption, columns, rows)


def change_table(problem: Problem, names: Names) -> Table:
    """What the scenario changed in the ledger."""
    columns = (
        _column("place", "对象", "Object"),
        _column("what", "事项", "What"),
        _column("old", "原值", "Before"),
        _column("new", "现值", "After"),
        _column("reason", "依据", "Reason"),
    )
    rows = [
        Row(
            (
                names.place(change.place),
                known(CHANGE_WHAT, change.what),
                known(VALUE, change.old),
                known(VALUE, change.new),
                change.reason,
            )
        )
        for change in problem.scenario.changes
    ]
    caption = Text("情景对台账的改动", "What the scenario changed in the ledger")
    return _table("changes", caption, columns, rows)
