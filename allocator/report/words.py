"""The report's fixed wording, Chinese and English side by side."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


STATUS = {
    "optimal": Text("最优（已证明）", "Optimal (proved)"),
    "slack": Text("容许范围内最优（已证明）", "Optimal within the declared slack (proved)"),
    "feasible": Text("可行，未证明最优", "Feasible, not proved optimal"),
    "infeasible": Text("条件相互矛盾，无可行方案", "Impossible: the conditions contradict"),
    "unknown": Text("未得出结论", "No conclusion reached"),
}

WORD = {
    "proved": Text("已证明最优", "proved"),
    "bounded": Text("有证明界", "bounded"),
    "unproved": Text("无证明界", "unproved"),
}

TIER = {
    "unhoused": Text("人员安排", "Posts seated"),
    "exceptions": Text("例外房间", "Exceptions"),
    "space": Text("节约用房", "Space"),
    "together": Text("集中办公", "Together"),
    "comfort": Text("使用均衡", "Comfort"),
}

UNIT = {
    "posts": Text("个编制", "posts"),
    "m2": Text("平方米", "m²"),
    "m2-equivalents": Text("折算平方米", "m²-equivalents"),
    "person-steps": Text("人次·级", "person-steps"),
    "0.01 m2": Text("平方米", "m²"),
    "rooms": Text("间", "rooms"),
    "people": Text("人", "people"),
}

TERM = {
    "unhoused": Text("未安排编制", "posts without a seat"),
    "exceptions": Text("超出房间规则的房间", "rooms past the room rule"),
    "used": Text("在用楼层房源面积", "stock on floors in use"),
    "hidden": Text("超标准占用面积", "area held above standard"),
    "stranded": Text("零散闲置面积（扣除预留）", "stranded area less the reserve"),
    "short": Text("低于标准的面积", "area short of the standard"),
    "service_short": Text("服务用房缺口", "service rooms short"),
    "leased": Text("保留的租借面积", "leased or borrowed area kept"),
    "moved_building": Text("楼内调整人数", "people moved within a building"),
    "moved_site": Text("同一办公区内调整人数", "people moved within a site"),
    "moved_far": Text("跨办公区调整人数", "people moved to another site"),
    "near": Text("业务相近单位间距", "distance between related units"),
    "off_main_floor": Text("不在主楼层的人数", "people off the main floor"),
    "outside_main_building": Text("不在主楼栋的人数", "people outside the main building"),
    "short_per_person": Text("人均不足面积最大值", "largest shortfall per person"),
}

QUANTITY = {
    "released": Text("整层腾空面积", "area released in whole floors"),
    "stranded": Text("零散闲置面积", "stranded area"),
    "hidden": Text("超标准占用面积", "area held above standard"),
    "moved": Text("调整人数", "people moved"),
}

GIVEN = {
    "unhoused at its value": Text(
        "在未安排编制数不多于本方案的前提下", "with no more posts left unseated than in this plan"
    ),
}

DISTANCE = {
    "building": Text("楼内", "same building"),
    "site": Text("同一办公区", "same site"),
    "far": Text("跨办公区", "other site"),
}

STATE = {
    "common": Text("公共服务用房", "common service rooms"),
    "stranded": Text("闲置（在用楼层）", "idle on a floor in use"),
    "released": Text("整层腾空", "whole floor empty"),
    "closed": Text("封存、不可用或出租", "sealed, unavailable or let"),
    "other": Text("设备、附属用房", "equipment and ancillary rooms"),
}

KIND = {
    "centralized": Text("集中办公区", "centralized"),
    "independent": Text("独立办公区", "independent"),
    "dispatched": Text("派出机构驻地", "dispatched"),
}

RULE = {
    "permits": Text(
        "没有权属、属地和业务用房条件允许该单位使用的办公室",
        "no office room whose title, territory or business tie permits the unit",
    ),
    "features": Text(
        "受功能要求、指定位置和禁用范围限制，没有可用办公室",
        "features, pins and forbids of the unit exclude every office room",
    ),
    "room_rule": Text(
        "允许使用的办公室面积均与该职级标准不符",
        "no permitted room fits the standard of the grade",
    ),
    "capacity": Text(
        "允许使用的办公室座位总数不足", "the permitted rooms have too few seats in all"
    ),
    "taken": Text("面积适宜的办公室均已安排他人", "every room that fits is held by other people"),
    "packing": Text(
        "座位总数虽足，但受房间大小、集中办公和预留要求限制，无法排入",
        "seats suffice by count, but rooms, caps and the growth reserve leave none that fits",
    ),
    "requests": Text(
        "没有符合用途、面积和位置要求的房间",
        "no room of the wanted use and size where the unit is",
    ),
}

CHANGE_WHAT = {
    "status": Text("房间状态", "room status"),
    "market": Text("市场房源", "market site"),
}

VALUE = {
    "available": Text("可用", "available"),
    "sealed": Text("封存", "sealed"),
    "unavailable": Text("不可用", "unavailable"),
    "let": Text("出租", "let"),
    "open": Text("启用", "open"),
    "closed": Text("不启用", "closed"),
    "established": Text("三定编制数", "established posts"),
    "in_post": Text("在岗人数", "people in post"),
    "larger": Text("编制数与在岗人数取大", "the larger of posts and people"),
    "none": Text("不提出例外", "none"),
    "propose": Text("可由求解提出例外", "may be proposed"),
    "stay": Text("不移动", "stay"),
    "free": Text("可移动", "free"),
    "keep": Text("维持现有房间", "keep their rooms"),
    "vacate": Text("全部腾退", "vacate"),
}


def known(words: dict[str, Text], key: str) -> Text:
    """The wording of a key, or the key itself in both languages."""
    return words.get(key, Text(key, key))
