"""The headline of a plan: today beside the plan, tiers with bounds, all from the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allocator.commands.text_table import text_table
from allocator.messages import pick
from allocator.quantity import m2, m2_text

if TYPE_CHECKING:
    from allocator.compare import Comparison
    from allocator.plan import Plan


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity today and in the plan; areas in 0.01 m2, else counts. None: does not apply."""

    key: str
    zh: str
    en: str
    before: int | None
    after: int | None
    area: bool = True


def headline_lines(found: Comparison) -> tuple[Line, ...]:
    """What a planner asks first, in the order of the answer."""
    before, after, people = found.before, found.after, found.people
    service, planned = found.service_before, found.service_after
    return (
        Line("stock", "可调配房源", "stock", before.stock, after.stock),
        Line("idle", "闲置合计（零散＋隐性，同口径）", "idle: stranded + hidden, same basis",
             found.idle_before, found.idle_after),
        Line("stranded", "  在用楼层零散闲置", "  stranded on floors in use",
             before.stranded, after.stranded),
        Line("hidden_same_basis", "  隐性闲置（同口径）", "  hidden, same basis",
             before.hidden_same_basis, after.hidden_same_basis),
        Line("hidden", "隐性闲置（实测）", "hidden as measured", before.hidden, after.hidden),
        Line("released", "整层腾空", "released in whole floors", before.released, after.released),
        Line("from_idle", "  新增：盘活闲置", "  gained from idle space", None, found.from_idle),
        Line("from_closer", "  新增：紧凑安排", "  gained from closer seating",
             None, found.from_closer),
        Line("short", "低于标准的面积", "short of the standard", before.short, after.short),
        Line("service_offered", "服务用房供给", "service rooms offered", service[1], planned[1]),
        Line("service_entitled", "服务用房核定", "service rooms entitled", service[0], planned[0]),
        Line("service_short", "服务用房缺口", "service rooms short",
             before.service_short, after.service_short),
        Line("reserve", "预留周转面积", "growth reserve kept", before.reserve, after.reserve),
        Line("leased_kept", "保留的租借面积", "leased or borrowed area kept",
             before.leased_kept, after.leased_kept),
        Line("floors_released", "新腾空楼层", "floors newly released",
             None, len(found.floors_released), area=False),
        Line("floors_taken", "新启用楼层", "floors newly taken into use",
             None, len(found.floors_taken), area=False),
        Line("buildings_released", "新腾空楼栋", "buildings newly released",
             None, len(found.buildings_released), area=False),
        Line("leases_ended", "退租处数", "leases ended",
             None, len(found.leases_ended), area=False),
        Line("rent_saved", "每年节约租金（元）", "rent saved, yuan a year",
             None, found.rent_saved, area=False),
        Line("posts", "应安排编制", "posts to seat", None, people.posts, area=False),
        Line("unhoused", "未安排编制", "posts without a seat", None, people.unhoused, area=False),
        Line("losing_seat", "  其中现有座位而方案未安排", "  seated today, no seat in the plan",
             None, found.losing_seat, area=False),
        Line("over_establishment", "超编人员", "people over establishment",
             None, people.over_establishment, area=False),
        Line("moved", "调整人数", "people moved", None, people.moved, area=False),
        Line("moved_building", "  楼内", "  within a building",
             None, people.moved_building, area=False),
        Line("moved_site", "  院内", "  within a site", None, people.moved_site, area=False),
        Line("moved_far", "  跨办公区", "  to another site", None, people.moved_far, area=False),
    )  # fmt: skip


def _number(line: Line, value: int | None, *, signed: bool = False) -> str:
    if value is None:
        return ""
    text = m2_text(value) if line.area else f"{value:,}"
    return f"+{text}" if signed and value > 0 else text


def headline_text(plan: Plan, found: Comparison) -> str:
    """The headline as text: table, tiers with bounds, and what they promise."""
    from allocator.report.proof import bound_sentence, checked_text, promise
    from allocator.report.sentences import closer_sentence, service_sentence

    rows = [[pick("平方米（使用面积）", "m² of usable area"), pick("现状", "today"),
             pick("方案", "plan"), pick("变化", "change")]]  # fmt: skip
    for line in headline_lines(found):
        before, after = line.before, line.after
        change = after - before if before is not None and after is not None else None
        name = pick(line.zh, line.en)
        signed = _number(line, change, signed=True)
        rows.append([name, _number(line, before), _number(line, after), signed])
    parts = [text_table(rows, "<>>>"), "", tiers_text(found), ""]
    parts.append(pick(*promise(plan, found)))
    parts += [pick(*bound_sentence(bound)) for bound in plan.bounds]
    names = [tier.name for tier in plan.tiers if tier.bound_checked]
    names += [bound.quantity for bound in plan.bounds if bound.bound_checked]
    texts = (closer_sentence(found), service_sentence(found), checked_text(names))
    parts += [pick(*text) for text in texts]
    return "\n".join(parts)


def tiers_text(found: Comparison) -> str:
    """One line per tier: value, bound, gap in its unit and percent, and how sure it is."""
    from allocator.report.proof import shown
    from allocator.report.words import TIER, UNIT, WORD, known

    rows = [[pick("目标", "tier"), pick("值", "value"), pick("证明界", "bound"),
             pick("差", "gap"), "%", pick("单位", "unit"), pick("结论", "word")]]  # fmt: skip
    for line in found.tiers:
        tier = line.result
        bound = "-" if tier.bound is None else shown(tier.bound, tier.unit)
        gap = "-" if line.gap is None else shown(line.gap, tier.unit)
        share = "-" if line.share is None else f"{float(line.share) * 100:.2f}"
        rows.append(
            [
                pick(*known(TIER, tier.name)), shown(tier.value, tier.unit), bound, gap, share,
                pick(*known(UNIT, tier.unit)), pick(*WORD[line.word]),
            ]
        )  # fmt: skip
    return text_table(rows, "<>>>><<")


def first_line(plan: Plan, found: Comparison) -> str:
    """The status word, the posts without a seat, and requests without a room if there are any."""
    from allocator.report.proof import status_text

    word = pick(*status_text(plan, found))
    text = pick(
        f"状态: {word}；未安排编制: {plan.people.unhoused}",
        f"status: {word}; posts without a seat: {plan.people.unhoused}",
    )
    rooms = sum(not row.grade for row in plan.unplaced)
    return text + pick(
        f"；未满足的用房需求: {rooms}", f"; requests without a room: {rooms}"
    ) * bool(rooms)


def headline_json(plan: Plan, found: Comparison) -> dict[str, Any]:
    """The same figures as plain data, areas in m2."""
    from allocator.bundle import plan_as_json

    lines = {}
    for line in headline_lines(found):
        before, after = line.before, line.after
        if line.area:
            before = None if before is None else m2(before)  # type: ignore[assignment]
            after = None if after is None else m2(after)  # type: ignore[assignment]
        lines[line.key] = {"before": before, "after": after}
    whole = plan_as_json(plan)
    return {
        "scenario": plan.scenario,
        "status": plan.status,
        "optimal": found.optimal,
        "headline": lines,
        "tiers": whole["tiers"],
        "bounds": whole["bounds"],
        "unplaced": whole["unplaced"],
        "exceptions": whole["exceptions"],
    }
