"""The one table of ledger tables and columns: keys, Chinese headings, synonyms, types."""

from __future__ import annotations

from allocator.ledger.choices import (
    CATEGORIES,
    LEVELS,
    REFIT_KINDS,
    RELATION_KINDS,
    SITE_KINDS,
    STATUSES,
    UNIT_STATUSES,
    USES,
    YES_NO,
)
from allocator.ledger.column_types import (
    LIST_SEPARATORS,
    Column,
    Table,
    area_column,
    code_column,
    count_column,
    features_column,
    holding_columns,
    name_column,
    ref_column,
)

IGNORED = (
    "序号", "备注", "remark", "remarks", "note", "notes", "no.", "是否超标", "此次是否调整",
    "超标但未整改原因", "按标准核定面积", "建设年代",
)  # fmt: skip
"""Headings of real ledgers that hold running numbers, remarks or results: known, not read."""

NOTES_SHEETS = (
    "说明", "填写说明", "填表说明", "问题清单", "notes", "readme", "instructions", "findings",
)  # fmt: skip
"""Sheets for people that are not read."""


UNIT_FORBIDDEN = LIST_SEPARATORS + "*"

SITES = Table(
    key="sites", zh="办公区", synonyms=("院落", "site", "办公区表"), needed=True, filled=True,
    unique=("site",),
    columns=(
        code_column("site", "办公区编码", "办公区", "办公区编号", "site code"),
        name_column("办公区名称"),
        Column(
            key="kind", zh="办公区类型", kind="choice", required=True, choices=SITE_KINDS,
            synonyms=("类型", "办公形式"),
        ),
        Column(
            key="territory", zh="属地", kind="text", synonyms=("区域", "辖区"),
            note_zh="与单位属地相同或空白才可使用",
            note_en="must equal the territory of its units, or be blank",
        ),
        *holding_columns(True),
        Column(
            key="agreement", zh="使用协议", kind="refs", to=("units",), synonyms=("协议单位",),
            note_zh="可使用未统一登记房屋的单位编码，用 ; 分隔，* 表示全部",
            note_en="units that may use rooms without registered title, separated by ;, * for all",
        ),
        Column(key="x_km", zh="X坐标", kind="decimal", minimum=None, note_zh="公里", note_en="km"),
        Column(key="y_km", zh="Y坐标", kind="decimal", minimum=None, note_zh="公里", note_en="km"),
    ),
)  # fmt: skip

BUILDINGS = Table(
    key="buildings", zh="楼", synonyms=("楼栋", "建筑", "建筑物", "building", "楼表"),
    needed=True, filled=True, unique=("building",),
    columns=(
        code_column("building", "楼编码", "楼", "楼号", "楼栋编码", "建筑编码"),
        ref_column("site", "所在办公区", "sites", "办公区", "办公区编码"),
        name_column("楼名称", "建筑名称", "楼栋名称"),
        Column(
            key="usable_ratio", zh="使用面积系数", kind="ratio", synonyms=("使用系数", "K"),
            note_zh="使用面积与建筑面积之比，0 到 1", note_en="usable over gross area, 0 to 1",
        ),
        Column(key="high_rise", zh="是否高层", kind="flag", choices=YES_NO, synonyms=("高层",)),
        *holding_columns(False),
    ),
)  # fmt: skip

FLOORS = Table(
    key="floors", zh="楼层", synonyms=("层", "floor", "楼层表"), needed=True, filled=True,
    unique=("floor",),
    columns=(
        code_column("floor", "楼层编码", "楼层", "层编码"),
        ref_column("building", "所在楼", "buildings", "楼", "楼编码", "楼号", "建筑编码"),
        Column(
            key="level", zh="层数", kind="level", required=True, minimum=None,
            synonyms=("层号", "层次", "第几层"),
            note_zh="1 为首层，地下为负数；3层、B1 也可以",
            note_en="1 ground floor, below ground negative; 3F and B1 are read",
        ),
        Column(key="drawing", zh="图纸", kind="text", synonyms=("图纸文件", "平面图")),
        *holding_columns(False),
    ),
)  # fmt: skip

ROOMS = Table(
    key="rooms", zh="房间", synonyms=("房屋", "room", "房间表", "房间台账"), needed=True,
    filled=True,
    unique=("room",),
    columns=(
        code_column("room", "房间编码", "房间", "房间编号"),
        ref_column("floor", "所在楼层", "floors", "楼层", "楼层编码"),
        Column(
            key="number", zh="房号", kind="text", required=True, synonyms=("门牌号", "房间号"),
            note_zh="按文本填写", note_en="enter as text",
        ),
        Column(
            key="use", zh="用途", kind="choice", required=True, choices=USES,
            synonyms=("实际用途", "房间用途", "用房类型"),
        ),
        area_column("area_m2", "使用面积", "area", "面积", "房间面积", "实际使用面积", field="area",
            required=True),
        Column(
            key="status", zh="状态", kind="choice", required=True, choices=STATUSES,
            synonyms=("房间状态", "使用状态"),
        ),
        features_column("特性"),
        Column(
            key="position", zh="走廊顺序", kind="integer", minimum=None, synonyms=("位置序号",
                "顺序"),
            note_zh="沿走廊的次序，整数", note_en="order along the corridor, whole number",
        ),
        Column(key="outline", zh="轮廓", kind="text", synonyms=("轮廓坐标",)),
        Column(
            key="approved_use", zh="核定用途", kind="choice", choices=USES, synonyms=("批准用途",),
        ),
        ref_column("allocated_unit", "核定使用单位", "units", "分配单位", required=False),
        Column(key="lent_to", zh="出借对象", kind="text", synonyms=("出借给", "借给")),
        Column(
            key="idle_reported", zh="闲置已报备", kind="flag", choices=YES_NO,
            synonyms=("闲置是否上报",),
        ),
        area_column("drawing_m2", "图纸面积", "图上面积", field="drawing_area"),
    ),
)  # fmt: skip

UNITS = Table(
    key="units", zh="单位", synonyms=("单位表", "使用单位", "unit", "部门"), needed=True,
    filled=True,
    unique=("unit",),
    columns=(
        code_column("unit", "单位编码", "单位", "单位编号", "单位代码", forbidden=UNIT_FORBIDDEN),
        name_column("单位名称"),
        Column(
            key="level", zh="级别", kind="choice", required=True, choices=LEVELS,
            synonyms=("机关级别", "单位级别", "层级"),
        ),
        Column(
            key="category", zh="单位类型", kind="choice", required=True, choices=CATEGORIES,
            synonyms=("单位性质", "类别"),
        ),
        ref_column("parent", "上级单位", "units", "主管单位", "主管部门", required=False),
        Column(key="territory", zh="属地", kind="text", synonyms=("区域", "辖区")),
        features_column("用房要求"),
        Column(
            key="status", zh="机构状态", kind="choice", choices=UNIT_STATUSES, synonyms=("状态",),
            note_zh="空白为存续", note_en="blank: active",
        ),
        Column(key="abolished_on", zh="撤销日期", kind="date"),
        ref_column("successor", "承接单位", "units", "承继单位", required=False),
    ),
)  # fmt: skip

DIVISIONS = Table(
    key="divisions", zh="内设机构", synonyms=("科室", "处室", "division"), unique=("division",),
    columns=(
        code_column("division", "内设机构编码", "内设机构", "科室编码", "处室编码"),
        ref_column("unit", "所属单位", "units", "单位", "单位编码"),
        name_column("内设机构名称", "科室名称", "处室名称"),
    ),
)  # fmt: skip

_UNIT = ("使用单位", "单位", "单位编码")
_DIVISION = ("使用科室", "科室", "处室", "内设机构编码")

POSTS = Table(
    key="posts", zh="编制", synonyms=("岗位", "人员编制", "编制表", "post"), needed=True,
    unique=("unit", "division", "grade"),
    columns=(
        ref_column("unit", "单位编码", "units", *_UNIT),
        ref_column("division", "内设机构", "divisions", *_DIVISION, required=False),
        Column(
            key="grade", zh="职级", kind="text", required=True, synonyms=("职务", "职务级别",
                "等级"),
            note_zh="建设标准的级别编码或中文名称",
            note_en="grade of the standard: code or Chinese name",
        ),
        count_column("established", "编制数", "编制", "核定编制", "三定编制", required=True),
        count_column("in_post", "实有人数", "在编人数", "实有", "在岗人数", required=True),
        count_column("established_min", "编制下限"),
        count_column("established_max", "编制上限"),
        count_column("borrowed", "借调人数", "借调"),
    ),
)  # fmt: skip

OCCUPANCY = Table(
    key="occupancy", zh="现状占用", synonyms=("占用", "使用现状", "现状使用", "使用情况"),
    needed=True,
    columns=(
        ref_column("room", "房间编码", "rooms", "房间", "房间编号"),
        ref_column("unit", "使用单位", "units", *_UNIT),
        ref_column("division", "内设机构", "divisions", *_DIVISION, required=False),
        Column(
            key="grade", zh="职级", kind="text", synonyms=("职务", "职务级别", "等级"),
            note_zh="有人时必填；无人使用的房间空白",
            note_en="needed with people; blank for a room held without people",
        ),
        count_column("people", "使用人数", "人数", "办公人数", required=True),
        count_column("desks", "工位数", "工位", "办公桌数"),
        Column(key="until", zh="使用截止", kind="date", synonyms=("截止日期", "使用期限")),
    ),
)  # fmt: skip

REQUESTS = Table(
    key="requests", zh="用房需求", synonyms=("需求", "request"),
    columns=(
        ref_column("unit", "单位编码", "units", *_UNIT),
        Column(key="purpose", zh="用房目的", kind="text", required=True,
            synonyms=("目的", "事由", "需求名称")),
        Column(key="use", zh="用途", kind="choice", required=True, choices=USES,
            synonyms=("用房类型",)),
        area_column("area_min", "最小面积", "面积下限", field="area_min", required=True),
        area_column("area_max", "最大面积", "面积上限", field="area_max", required=True),
        count_column("count", "间数", "数量", required=True, minimum=1),
        features_column("特性"),
    ),
)  # fmt: skip

RELATIONS = Table(
    key="relations", zh="单位关系", synonyms=("关系", "relation", "邻近关系"), unique=("a", "b",
        "kind"),
    columns=(
        ref_column("a", "单位甲", "units", "单位A", "甲"),
        ref_column("b", "单位乙", "units", "单位B", "乙"),
        Column(
            key="kind", zh="关系", kind="choice", required=True, choices=RELATION_KINDS,
            synonyms=("关系类型",),
        ),
        Column(
            key="weight", zh="权重", kind="count", minimum=1,
            note_zh="仅邻近关系填写，正整数", note_en="for near only, a whole number from 1",
        ),
        Column(
            key="must", zh="必须", kind="flag", choices=YES_NO, synonyms=("是否必须",),
            note_zh="邻近以外的关系填 是", note_en="yes for every kind but near",
        ),
    ),
)  # fmt: skip

REFITS = Table(
    key="refits", zh="维修改造", synonyms=("维修", "改造", "装修", "refit"),
    columns=(
        ref_column("room", "房间编码", "rooms", "房间", required=False, field="place"),
        ref_column("floor", "楼层编码", "floors", "楼层", required=False, field="place"),
        Column(key="date", zh="日期", kind="date", field="day", required=True),
        Column(
            key="kind", zh="类别", kind="choice", required=True, choices=REFIT_KINDS,
            synonyms=("维修类别", "类型"),
        ),
        Column(key="cost", zh="费用", kind="money", synonyms=("金额", "造价"), note_zh="元",
            note_en="yuan"),
        Column(key="approval", zh="批准文号", kind="text", synonyms=("审批文号", "批准单位")),
    ),
)  # fmt: skip

SURVEY = Table(
    key="survey", zh="实测", synonyms=("实测面积", "测绘", "测量"),
    columns=(
        ref_column("room", "房间编码", "rooms", "房间", "房间编号"),
        area_column("measured_m2", "实测面积", "测量面积", field="measured", required=True),
        Column(key="date", zh="日期", kind="date", field="day", required=True,
            synonyms=("测量日期",)),
        area_column("error_m2", "测量误差", "误差", field="error"),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    SITES, BUILDINGS, FLOORS, ROOMS, UNITS, DIVISIONS, POSTS, OCCUPANCY, REQUESTS, RELATIONS,
    REFITS, SURVEY,
)  # fmt: skip
"""All tables in the order of `Ledger`."""


def table(key: str) -> Table:
    """The table with this key."""
    return next(t for t in TABLES if t.key == key)
