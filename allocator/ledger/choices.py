"""Enumerations of ledger cells: keys, Chinese words and synonyms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value: its key, its Chinese word and other words accepted for it."""

    key: str
    zh: str
    synonyms: tuple[str, ...] = ()


def normal(heading: str) -> str:
    """A heading or choice without case, width, spaces, underscores and trailing (unit) or *."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"[\s_\-*]+", "", text)
    return re.sub(
        r"\((?:m2|平方米|平米|元|元/年|年|km|公里|人|名|间|个|必填|选填|required|optional)\)$",
        "",
        text,
    )


YES_NO = (
    Choice("yes", "是", ("true", "y", "1", "已", "有")),
    Choice("no", "否", ("false", "n", "0", "未", "无")),
)
REGISTERED = (
    Choice("yes", "是", ("true", "y", "1", "已", "已登记", "已办理", "已统一登记", "已办证")),
    Choice("no", "否", (
        "false", "n", "0", "未", "未登记", "未办理", "未统一登记", "未办证", "无证",
        "登记在本单位", "登记在使用单位",
    )),
)  # fmt: skip
SITE_KINDS = (
    Choice("centralized", "集中办公区", ("集中", "集中办公", "centralised")),
    Choice("independent", "独立办公区", ("独立", "独立办公", "分散", "分散办公区")),
    Choice("dispatched", "派出机构驻地", ("派出", "派驻", "派出机构")),
)
TENURES = (
    Choice("owned", "自有", ("自有产权", "国有", "own")),
    Choice("leased", "租用", ("租赁", "承租", "租入", "rented")),
    Choice("borrowed", "借用", ("借入", "无偿借用")),
    Choice("market", "市场", ("市场房源", "可租", "市场可租")),
)
USES = (
    Choice("office", "办公", (
        "办公室", "办公用房", "办公室用房", "基本办公用房", "领导办公室", "一般工作人员办公室",
        "工作人员办公室", "领导人员办公室", "集体办公室",
    )),
    # The rooms that article 12 lists.
    Choice("service", "服务", (
        "服务用房", "会议", "会议室", "公共服务", "接待室", "档案室", "档案库", "档案库房",
        "图书资料室", "图书室",
        "资料室", "阅览室", "网络用房", "信息网络用房", "机关信息网络用房", "机要室", "保密室",
        "机要保密室", "文印室", "收发室", "医务室", "值班室", "储藏室", "库房", "物业用房",
        "物业及工勤人员用房", "工勤用房", "开水间", "茶水间", "卫生间", "洗手间", "厕所",
    )),
    # The rooms that article 13 lists.
    Choice("equipment", "设备", (
        "设备用房", "机房", "设备间", "变配电室", "配电室", "配电间", "水泵房", "水箱间",
        "中水处理间", "锅炉房", "热力交换站", "空调机房", "通信机房", "电梯机房",
        "智能化系统设备用房", "消防控制室",
    )),
    Choice("ancillary", "附属", (
        "附属用房", "食堂", "餐厅", "厨房", "停车库", "车库", "汽车库", "自行车库", "警卫用房",
        "人防设施", "人防用房",
    )),
    Choice("business", "技术业务", ("业务", "技术业务用房", "业务用房", "特殊业务用房")),
)  # fmt: skip
STATUSES = (
    Choice("available", "可用", ("在用", "使用", "正常", "闲置")),
    Choice("sealed", "封存", ("已封存",)),
    Choice("unavailable", "不可用", ("停用", "维修", "维修中")),
    Choice("let", "出租", ("已出租", "出租出借", "对外出租")),
)
FEATURES = (
    Choice("secure", "涉密", ("保密", "涉密场所")),
    Choice("public_counter", "对外窗口", ("窗口", "对外服务", "服务窗口")),
    Choice("archive_load", "档案承重", ("承重", "档案荷载", "档案")),
    Choice("accessible", "无障碍", ()),
    Choice("common", "公用", ("共用", "公共")),
)
LEVELS = (
    Choice("central", "中央", ("中央级", "中央机关")),
    Choice("provincial", "省级", ("省", "省级机关", "自治区", "直辖市", "省直", "省直机关")),
    Choice("municipal", "市级", ("市", "市级机关", "地市级", "市直", "市直机关")),
    Choice(
        "county", "县级", ("县", "县级机关", "区县级", "区级", "县直", "区直", "县(区)级", "县区级")
    ),
    Choice("township", "乡级", ("乡", "乡镇", "乡镇级", "镇级")),
)
CATEGORIES = (
    Choice("organ", "机关", (
        "行政机关", "党政机关", "行政", "党委", "党委机关", "党的机关", "人大机关", "政府机关",
        "政协机关", "监察机关", "审判机关", "检察机关", "民主党派", "群团机关", "人民团体",
        "参公事业单位", "参照公务员法管理的事业单位", "参公管理事业单位",
    )),
    Choice("institution", "事业单位", (
        "事业", "全额拨款事业单位", "差额拨款事业单位", "公益一类", "公益二类",
        "公益一类事业单位", "公益二类事业单位", "行政类事业单位",
    )),
    Choice("business_institution", "生产经营类事业单位", ("经营类事业单位", "生产经营类")),
    Choice("enterprise", "企业", ("国有企业", "国企", "公司")),
    Choice("association", "协会", ("社团", "社会团体", "协会商会", "行业协会", "学会", "商会")),
)  # fmt: skip
UNIT_STATUSES = (
    Choice("active", "存续", ("在编", "正常", "有效")),
    Choice("abolished", "撤销", ("已撤销", "撤并")),
)
RELATION_KINDS = (
    Choice("near", "邻近", ("靠近", "就近")),
    Choice("same_floor", "同层", ("同一层",)),
    Choice("same_building", "同楼", ("同一楼", "同栋")),
    Choice("same_site", "同办公区", ("同院", "同一办公区")),
    Choice("apart", "分开", ("分离", "隔离", "不同层")),
)
REFIT_KINDS = (
    Choice("daily", "日常维修", ("日常", "小修")),
    Choice("major", "大中修", ("大修", "中修")),
)
