"""Rules for figures and files: what a plan states must follow from its rooms."""

from __future__ import annotations

from allocator.rule import (
    FILE_ADVICE,
    FORMAT,
    IDENTITY,
    PEOPLE,
    PLAN_ADVICE,
    SERVICE,
    SUM_ADVICE,
    TIERS,
    Rule,
)

AREA_NAMES = {
    "stock": ("房源面积", "stock"),
    "held": ("持有面积", "held area"),
    "common": ("公共服务面积", "common area"),
    "stranded": ("零散闲置面积", "stranded area"),
    "released": ("腾空面积", "released area"),
    "hidden": ("超标隐含面积", "hidden area"),
    "short": ("不足面积", "short area"),
    "service_short": ("服务用房缺口", "service shortage"),
    "reserve": ("增长预留面积", "growth reserve"),
    "hidden_same_basis": ("同口径隐含面积", "hidden area on the same basis"),
    "leased_kept": ("保留的租借面积", "leased or borrowed area kept"),
    "floors_in_use": ("在用楼层", "floors in use"),
    "released_floors": ("腾空楼层", "released floors"),
    "released_buildings": ("腾空楼", "released buildings"),
    "leases_ended": ("终止的租借", "leases ended"),
}
"""Figures of `areas` and `before` that are recomputed, with their words (zh, en)."""

PEOPLE_NAMES = {
    "posts": ("岗位数", "posts"),
    "housed": ("已安排人数", "people housed"),
    "unhoused": ("未安排人数", "posts without a seat"),
    "over_establishment": ("超编人数", "people over establishment"),
    "moved": ("移动人数", "people moved"),
    "moved_building": ("楼内移动人数", "people moved within a building"),
    "moved_site": ("办公区内移动人数", "people moved within a site"),
    "moved_far": ("跨办公区移动人数", "people moved to another site"),
}
"""Figures of `people` that are recomputed, with their words (zh, en)."""

AREA_RULES = tuple(
    Rule(
        f"areas_{key}",
        f"方案的{zh}等于按房间重算的值",
        f"the plan's {en} equals what the rooms give",
        SERVICE if key == "service_short" else IDENTITY,
        *SUM_ADVICE,
    )
    for key, (zh, en) in AREA_NAMES.items()
)
BEFORE_RULES = (
    *(
        Rule(
            f"before_{key}",
            f"今日的{zh}等于按占用重算的值",
            f"today's {en} equals what the occupancy gives",
            SERVICE if key == "service_short" else IDENTITY,
            *SUM_ADVICE,
        )
        for key, (zh, en) in AREA_NAMES.items()
    ),
    Rule(
        "before_common_floors",
        "今日只因公共用房在用的楼层如实列出",
        "before.common_floors lists today's floors in use only for common rooms",
        IDENTITY,
        *SUM_ADVICE,
    ),
)
PEOPLE_RULES = tuple(
    Rule(
        f"people_{key}",
        f"{zh}等于重算的值",
        f"{en} equals what the assignments give",
        PEOPLE,
        *SUM_ADVICE,
    )
    for key, (zh, en) in PEOPLE_NAMES.items()
)

NUMBER_RULES = (
    Rule(
        "identity_stock",
        "房源 = 持有 + 公共 + 零散闲置 + 腾空",
        "stock = held + common + stranded + released",
        IDENTITY,
        *SUM_ADVICE,
    ),
    Rule(
        "identity_office",
        "持有办公面积 = 标准之和 + 隐含(办公部分) - 不足",
        "office area held = sum of standards + hidden (office part) - short",
        IDENTITY,
        *SUM_ADVICE,
    ),
    Rule(
        "area_format",
        "面积以平方米计,最多两位小数",
        "areas are in m2 with at most two decimals",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "tier_list",
        "目标层级与政策一致",
        "the tiers are the policy's: names, units, slack and order",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "tier_terms",
        "层级各项等于重算的量",
        "each term of a tier equals the recomputed quantity",
        TIERS,
        *SUM_ADVICE,
    ),
    Rule(
        "tier_value",
        "层级值等于系数乘量之和",
        "the value of a tier is the sum of rate x quantity",
        TIERS,
        *SUM_ADVICE,
    ),
    Rule(
        "tier_best",
        "层级值不超过最好值加容许量",
        "the value of a tier is at most best + slack",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "tier_bound",
        "界不超过最好值和方案值,未复核的界不称已核",
        "a bound exceeds neither best nor value, and is not called checked",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "tier_proven",
        "只有界等于最好值才称已证明",
        "a tier is proven exactly when its bound equals its best",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "bounds",
        "单量的界与重算的量一致",
        "a bound for one quantity stands on the recomputed value and on its lawful side",
        TIERS,
        *SUM_ADVICE,
    ),
    Rule(
        "certificate",
        "证书格式正确,界不高于由证书价格复算的值",
        "the certificate is well formed and no bound exceeds what its prices give",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "plan_status",
        "各层均已证明且不超出容许量才称最优",
        "a plan is optimal only if every tier is proven and within its slack",
        TIERS,
        *PLAN_ADVICE,
    ),
    Rule(
        "transfers",
        "调整表与重算的移动一致,总距离最短,编号按单位和楼",
        "transfers.csv holds the recomputed moves, least distance first, numbered by unit and "
        "buildings",
        PEOPLE,
        *SUM_ADVICE,
    ),
)

FILE_RULES = (
    Rule("format", "方案格式正确", "the plan has the declared format", FORMAT, *FILE_ADVICE),
    Rule(
        "unknown",
        "方案只提到台账中的房间、单位、级别和楼层",
        "the plan names only rooms, units, grades and floors of the ledger",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "duplicates",
        "同一房间、单位、内设机构、级别和用途只有一行",
        "one row per room, unit, division, grade and purpose",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "sorted",
        "安排按房间、单位、内设机构、级别排序",
        "assignments stand in the order of their codes",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "assignments_csv",
        "assignments.csv 与 plan.json 一致",
        "assignments.csv equals the assignments of plan.json",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "hashes",
        "输入文件与记录的 SHA-256 一致",
        "the inputs have the SHA-256 that the plan records",
        FORMAT,
        *FILE_ADVICE,
    ),
    Rule(
        "provenance",
        "方案写明情景、标准、版本、种子和预算",
        "the plan names its scenario, standard, versions, seed, workers and budget",
        FORMAT,
        *FILE_ADVICE,
    ),
)
