"""Invented names of units, divisions, sites and territories; no real place is meant."""

from __future__ import annotations

from random import Random

_BUREAUS = (
    "发展和改革", "教育", "科学技术", "工业和信息化", "民族宗教事务", "公安", "民政", "司法",
    "财政", "人力资源和社会保障", "自然资源和规划", "生态环境", "住房和城乡建设", "交通运输",
    "水务", "农业农村", "商务", "文化和旅游", "卫生健康", "退役军人事务", "应急管理", "审计",
    "外事", "国有资产监督管理", "市场监督管理", "体育", "统计", "医疗保障", "机关事务管理",
    "信访", "行政审批服务", "城市管理", "林业和园林", "地方金融管理", "档案", "气象", "地震",
    "粮食和物资储备", "乡村振兴", "大数据管理", "知识产权", "投资促进", "残疾人事务", "供销合作",
    "港航事务", "消防救援", "保密", "广播电视", "人民防空", "海洋发展", "药品监督管理", "能源",
    "口岸", "移民事务", "社会工作", "政策研究",
)  # fmt: skip
_SUFFIXES = ("局", "综合服务中心", "执法支队", "事业发展中心", "信息中心", "研究院", "考试培训中心",
             "监测评价中心", "资金管理中心", "指挥保障中心")  # fmt: skip
_DEPARTMENTS = ("厅", "综合服务中心", "执法总队", "事业发展中心")
_DIVISIONS = (
    "综合", "政策法规", "规划财务", "人事教育", "行业管理", "监督检查", "行政审批", "科技信息",
    "宣传教育", "项目建设", "资产管理", "安全监管", "标准质量", "统计调查", "对外合作", "机关党委",
)  # fmt: skip
_FIRST = ("青", "云", "临", "永", "安", "宁", "松", "梅", "兰", "石", "清", "白", "丰", "和", "金",
          "龙")  # fmt: skip
_SECOND = ("岚", "溪", "泽", "川", "陵", "湖", "桥", "浦", "岗", "源")


def unit_names(level: str, count: int) -> list[str]:
    """Distinct names, bureaus first; a numeral keeps them apart beyond the first few hundred."""
    before, suffixes = ("省", _DEPARTMENTS) if level == "provincial" else ("市", _SUFFIXES)
    names = [before + body + suffix for suffix in suffixes for body in _BUREAUS]
    rounds = -(-count // len(names))
    return [n if i == 0 else f"{n}（第{i + 1}）" for i in range(rounds) for n in names][:count]


def division_names(count: int, rng: Random) -> list[str]:
    """Names of the divisions of one unit; numbered when a name comes back."""
    order = [_DIVISIONS[0], *rng.sample(_DIVISIONS[1:], len(_DIVISIONS) - 1)]
    return [
        order[i % len(order)] + ("处" if i < len(order) else f"{i // len(order) + 1}处")
        for i in range(count)
    ]


def place_name(index: int) -> str:
    """An invented place name, distinct for each index."""
    first, rest = _FIRST[index % len(_FIRST)], index // len(_FIRST)
    second, turn = _SECOND[rest % len(_SECOND)], rest // len(_SECOND)
    return first + second + (str(turn + 1) if turn else "")
