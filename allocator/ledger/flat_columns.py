"""Headings of flat ledgers: one list of rooms, one of units, and if need be one of places."""

from __future__ import annotations

import re
from dataclasses import replace

from allocator.ledger.asides import plain
from allocator.ledger.choices import Choice, normal
from allocator.ledger.column_types import Column, Table, holding_columns
from allocator.ledger.columns import BUILDINGS, IGNORED, OCCUPANCY, POSTS, ROOMS, SITES, UNITS

_TENURES = (
    Choice("owned", "否", ("自有", "自有产权", "国有", "不是", "n", "no", "owned")),
    Choice("leased", "租用", ("租", "租赁", "承租", "租入", "leased", "rented")),
    Choice("borrowed", "借用", ("借", "借入", "无偿借用", "borrowed")),
)
"""A plain 是 says neither which of the two nor what it costs, so it is no answer."""


def _text(key: str, zh: str, *synonyms: str, required: bool = False) -> Column:
    return Column(key=key, zh=zh, kind="text", required=required, synonyms=synonyms)


def _as(column: Column, zh: str = "", *synonyms: str, **changes: object) -> Column:
    """A column of the ledger under another heading; its own headings stay accepted."""
    words = (*synonyms, column.zh, *column.synonyms) if zh else (*column.synonyms, *synonyms)
    return replace(column, zh=zh or column.zh, synonyms=words, **changes)  # type: ignore[arg-type]


def _holding() -> tuple[Column, ...]:
    columns = {c.key: c for c in holding_columns(False)}
    columns["tenure"] = _as(
        columns["tenure"],
        "是否租(借)用",
        "是否租借用",
        "是否租用或借用",
        "租借情况",
        choices=_TENURES,
    )
    columns["title_registered"] = _as(columns["title_registered"], "权属登记情况", "权属登记")
    return tuple(columns.values())


_BUILDING = ("建筑物名称", "建筑物", "建筑", "楼名称", "楼栋名称", "楼宇名称", "大楼名称", "楼栋",
    "楼宇", "楼号", "办公楼", "办公楼名称", "大楼")  # fmt: skip
_SITE = _text("site", "办公地点", "办公区", "办公区名称", "所在办公区", "办公地址", "地址", "坐落",
    "院落")  # fmt: skip
_DIVISION = _text("division", "使用科室", "科室", "处室", "使用处室", "内设机构", "科室名称",
    "处室名称", "所属科室")  # fmt: skip
HOLDING = _holding()

ROOM_LIST = Table(
    key="room_list", zh="房间清单",
    columns=(
        _text("building", "建筑名称", *_BUILDING, required=True),
        _SITE,
        Column(key="floor", zh="楼层", kind="level", required=True, minimum=None,
            synonyms=("所在楼层", "层", "层数", "层号", "楼层号")),
        _text("number", "房号", "房间号", "门牌号", "房间编号", "室号", "房间号码", required=True),
        _text("use", "实际用途", "用途", "房间用途", "用房类型", "现用途", required=True),
        _text("unit", "使用单位", "单位", "单位名称", "占用单位", "使用单位名称"),
        _DIVISION,
        ROOMS.column("area_m2"),
        _as(OCCUPANCY.column("people"), "使用人数", "现有人数", required=False),
        _as(OCCUPANCY.column("grade"), "职级", "职务职级", "职务(职级)", "职级(职务)", "使用人职级",
            "使用人职务"),
        Column(key="limit", zh="按标准核定面积", kind="area", synonyms=("核定面积", "标准面积")),
        _text("remark", "备注", "说明"),
        _as(ROOMS.column("status"), required=False),
        ROOMS.column("features"),
        ROOMS.column("position"),
        _text("approved_use", "核定用途", "批准用途"),
        _text("allocated_unit", "核定使用单位", "分配单位"),
        ROOMS.column("lent_to"),
        ROOMS.column("idle_reported"),
        ROOMS.column("drawing_m2"),
        OCCUPANCY.column("desks"),
        OCCUPANCY.column("until"),
        *HOLDING,
    ),
)  # fmt: skip

UNIT_LIST = Table(
    key="unit_list", zh="单位清单",
    columns=(
        _text("unit", "单位", "单位名称", "使用单位", "单位全称", required=True),
        _as(UNITS.column("level"), required=False),
        _as(UNITS.column("category"), required=False),
        _SITE,
        _DIVISION,
        _as(POSTS.column("grade"), "职级"),
        _as(POSTS.column("established"), "编制", "编制人数", "编制总数", "核定编制数", "编制数合计",
            required=False),
        _as(POSTS.column("in_post"), "实有人数", "现有人数", "在职人数", "实有总数",
            required=False),
        POSTS.column("established_min"),
        POSTS.column("established_max"),
        POSTS.column("borrowed"),
        _text("parent", "上级单位", "主管单位", "主管部门"),
        UNITS.column("territory"),
        UNITS.column("features"),
        UNITS.column("status"),
        UNITS.column("abolished_on"),
        _text("successor", "承接单位", "承继单位"),
        *HOLDING,
    ),
)  # fmt: skip

PLACE_LIST = Table(
    key="place_list", zh="房屋清单",
    columns=(
        _text("building", "建筑名称", *_BUILDING),
        _SITE,
        _as(SITES.column("kind"), required=False),
        SITES.column("territory"),
        BUILDINGS.column("usable_ratio"),
        BUILDINGS.column("high_rise"),
        *HOLDING,
    ),
)  # fmt: skip

FLAT_TABLES = (ROOM_LIST, UNIT_LIST, PLACE_LIST)

_UNREAD = frozenset(
    plain(word)
    for word in (
        *IGNORED, "建筑面积", "占地面积", "用地面积", "总建筑面积", "总使用面积", "使用面积",
        "基本办公用房",
        "办公用房", "办公室用房", "办公室", "服务用房", "设备用房", "附属用房", "附属",
        "技术业务用房", "业务用房",
        "业务", "出租", "闲置", "出借", "建成年份", "建成时间", "是否整改", "整改方式", "整改情况",
        "超标面积",
        "编号", "栏次", "小计", "合计", "总计",
    )
)  # fmt: skip
"""Headings of real ledgers that hold running numbers, remarks, sums or results."""

_GRADE = re.compile(
    r"((?:正|副)?[部省厅司局处市县科乡](?:\([部省厅司局处科]\))?级(?:正职|副职|及?以下)?)"
    r"(?:\(?(编制|实有|在编|在职|现有|核定)?(?:人数|职数|数)?\)?)"
)
_IN_POST = re.compile("实有|在编|在职|现有|在岗|实际")
_ESTABLISHED = re.compile("编制|核定|定编|三定|职数")


def is_unread(heading: str) -> bool:
    """Whether a heading is known and its column not needed."""
    word = normal(heading).removesuffix("面积") if len(normal(heading)) > 2 else normal(heading)
    return plain(heading) in _UNREAD or normal(heading) in _UNREAD or word in _UNREAD


def grade_heading(heading: str, names: frozenset[str]) -> tuple[str, str] | None:
    """(grade,
    rest) of a heading such as 正局(处)级 or 副局级实有人数; `names`: plain grade names."""
    word = normal(heading)
    if word in names:
        return word, ""
    match = _GRADE.fullmatch(word)
    return (match.group(1), match.group(2) or "") if match else None


def counted(words: str) -> str:
    """Whether group headings mean posts in post or established ones, or blank if they say none."""
    if _IN_POST.search(words):
        return "" if "编制" in words.replace("在编", "") else "in_post"
    return "established" if _ESTABLISHED.search(words) else ""
