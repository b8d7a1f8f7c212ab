"""The sentences of the report, made from records; every figure comes from the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.compare import Comparison
from allocator.quantity import Exact, half_up, m2_text
from allocator.report.names import Names
from allocator.report.words import UNIT, Text

LISTED = 5
"""How many places a sentence names; the details below it name all."""


@dataclass(frozen=True, slots=True)
class Card:
    """One headline number; `detail` stands below it."""

    key: str
    title: Text
    value: str
    unit: Text
    detail: Text


def number_text(value: Exact) -> str:
    """An exact number with thousands separators: four decimals at most, exact when they suffice.

    Bounds are compared with values, so that neither may be rounded more coarsely than needed.
    """
    parts = half_up(Fraction(value) * 10_000)
    whole, rest = divmod(abs(parts), 10_000)
    sign = "-" if parts < 0 else ""
    return f"{sign}{whole:,}.{rest:04d}".rstrip("0").rstrip(".")


def count_text(value: int) -> str:
    """A whole number with thousands separators."""
    return f"{value:,}"


def named_zh(names: Sequence[str]) -> str:
    """Names in a sentence: at most five, then how many there are."""
    listed = "、".join(names[:LISTED])
    return listed if len(names) <= LISTED else f"{listed}等"


def named_en(names: Sequence[str]) -> str:
    """Names in a sentence: at most five, then how many more there are."""
    listed = "; ".join(names[:LISTED])
    return listed if len(names) <= LISTED else f"{listed}; and {len(names) - LISTED} more"


def cards(comparison: Comparison) -> tuple[Card, ...]:
    """The headline numbers."""
    people, after = comparison.people, comparison.after
    gain = comparison.released_gain
    idle_change = comparison.idle_after - comparison.idle_before
    return (
        Card(
            "released",
            Text("新增整层腾空", "Newly released in whole floors"),
            m2_text(gain),
            UNIT["m2"],
            Text(
                f"盘活闲置 {m2_text(comparison.from_idle)}，"
                f"紧凑安排 {m2_text(comparison.from_closer)}",
                f"{m2_text(comparison.from_idle)} from idle space, "
                f"{m2_text(comparison.from_closer)} from closer seating",
            ),
        ),
        Card(
            "floors",
            Text("新腾空楼层", "Floors newly released"),
            count_text(len(comparison.floors_released)),
            Text("层", _plural(len(comparison.floors_released), "floor")),
            Text(
                f"其中整栋腾空 {len(comparison.buildings_released)} 栋",
                f"whole buildings: {len(comparison.buildings_released)}",
            ),
        ),
        Card(
            "idle",
            Text("闲置与超标准占用", "Idle space: stranded and hidden"),
            m2_text(comparison.idle_after),
            UNIT["m2"],
            Text(
                f"调整前 {m2_text(comparison.idle_before)}，{_rise_zh(idle_change)}",
                f"before {m2_text(comparison.idle_before)}, {_rise_en(idle_change)}",
            ),
        ),
        Card(
            "leases",
            Text("退租", "Leases ended"),
            count_text(len(comparison.leases_ended)),
            Text("处", _plural(len(comparison.leases_ended), "lease")),
            Text(
                f"每年节约租金 {count_text(comparison.rent_saved)} 元",
                f"rent saved: {count_text(comparison.rent_saved)} yuan a year",
            ),
        ),
        Card(
            "moved",
            Text("调整人数", "People moved"),
            count_text(people.moved),
            UNIT["people"],
            Text(
                f"楼内 {count_text(people.moved_building)}，"
                f"同一办公区 {count_text(people.moved_site)}，"
                f"跨办公区 {count_text(people.moved_far)}",
                f"same building {count_text(people.moved_building)}, "
                f"same site {count_text(people.moved_site)}, "
                f"other site {count_text(people.moved_far)}",
            ),
        ),
        Card(
            "housed",
            Text("已安排编制", "Posts seated"),
            count_text(people.housed),
            Text(f"/ {count_text(people.posts)} 个", f"of {count_text(people.posts)}"),
            Text(
                f"未安排 {people.unhoused}，服务用房缺口 {m2_text(after.service_short)} 平方米",
                f"not seated {people.unhoused}, service rooms short "
                f"{m2_text(after.service_short)} m²",
            ),
        ),
    )


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _rise_zh(change: int) -> str:
    if not change:
        return "持平"
    return f"{'增加' if change > 0 else '减少'} {m2_text(abs(change))}"


def _rise_en(change: int) -> str:
    if not change:
        return "unchanged"
    return f"{'up' if change > 0 else 'down'} {m2_text(abs(change))}"


def summary(comparison: Comparison, names: Names) -> tuple[Text, ...]:
    """The plan in a few sentences, as it would be handed in."""
    return (
        _space_sentence(comparison),
        _release_sentence(comparison, names),
        _lease_sentence(comparison, names),
        _people_sentence(comparison),
        _housed_sentence(comparison),
    )


def _space_sentence(found: Comparison) -> Text:
    before, after = found.before, found.after
    return Text(
        f"本方案统筹 {len(found.sites)} 个办公区、{len(found.units)} 个单位，"
        f"可调配房源 {m2_text(after.stock)} 平方米（使用面积）。调整后，在用楼层零散闲置由 "
        f"{m2_text(before.stranded)} 平方米变为 {m2_text(after.stranded)} 平方米，超标准占用"
        f"（同口径）由 {m2_text(before.hidden_same_basis)} 平方米变为 "
        f"{m2_text(after.hidden_same_basis)} 平方米，两项合计{_rise_zh_m2(found)}。",
        f"The plan covers {len(found.sites)} {_plural(len(found.sites), 'site')} and "
        f"{len(found.units)} {_plural(len(found.units), 'unit')} with "
        f"{m2_text(after.stock)} m² of usable stock. Stranded space on floors in use goes from "
        f"{m2_text(before.stranded)} to {m2_text(after.stranded)} m², area held above standard "
        f"(same basis) from {m2_text(before.hidden_same_basis)} to "
        f"{m2_text(after.hidden_same_basis)} m²; together "
        f"{_rise_en(found.idle_after - found.idle_before)} m².".replace(
            "unchanged m²", "unchanged"
        ),
    )


def _rise_zh_m2(found: Comparison) -> str:
    change = found.idle_after - found.idle_before
    return _rise_zh(change) + (" 平方米" if change else "")


def _release_sentence(found: Comparison, names: Names) -> Text:
    gain = found.released_gain
    total = m2_text(found.after.released)
    if not found.floors_released:
        tail_zh, tail_en = "本方案未新腾空整层。", "No whole floor is newly released."
    else:
        buildings = [names.building(code) for code in found.buildings_released]
        floors, houses = len(found.floors_released), len(buildings)
        zh_houses = f"，其中整栋腾空 {houses} 栋（{named_zh(buildings)}）" if houses else ""
        en_houses = f", among them {houses} whole buildings ({named_en(buildings)})"
        tail_zh = f"新腾空 {floors} 层{zh_houses}。"
        tail_en = f"Floors newly released: {floors}{en_houses if houses else ''}."
    if found.floors_taken:
        tail_zh += f"另启用原空置楼层 {len(found.floors_taken)} 层。"
        tail_en += f" Floors newly taken into use: {len(found.floors_taken)}."
    change_zh = f"比调整前{'增加' if gain >= 0 else '减少'} {m2_text(abs(gain))} 平方米"
    change_en = f"{m2_text(abs(gain))} m² {'more' if gain >= 0 else 'less'} than today"
    return Text(
        f"整层腾空共 {total} 平方米，{change_zh}。{tail_zh}",
        f"Whole floors released come to {total} m², {change_en}. {tail_en}",
    )


def _lease_sentence(found: Comparison, names: Names) -> Text:
    if not found.leases_ended:
        return Text("本方案不涉及退租。", "No lease ends.")
    places = [names.lease(lease.place) for lease in found.leases_ended]
    area = m2_text(sum(lease.area for lease in found.leases_ended))
    rent = count_text(found.rent_saved)
    return Text(
        f"可退还租借用房 {len(places)} 处（{named_zh(places)}），面积 {area} 平方米，"
        f"每年节约租金 {rent} 元。",
        f"Leases or loans that can end: {len(places)} ({named_en(places)}), {area} m², "
        f"saving {rent} yuan of rent a year.",
    )


def _people_sentence(found: Comparison) -> Text:
    people = found.people
    if not people.moved:
        return Text("本方案不调整人员办公地点。", "Nobody moves.")
    near, site, far = map(count_text, (people.moved_building, people.moved_site, people.moved_far))
    lines, moved = count_text(len(found.transfers)), count_text(people.moved)
    return Text(
        f"共需实施调整 {lines} 项，涉及 {moved} 人：楼内 {near} 人，同一办公区内 {site} 人，"
        f"跨办公区 {far} 人。",
        f"The plan takes {lines} {_plural(len(found.transfers), 'transfer')}; people moved: "
        f"{moved}, of whom {near} within a building, {site} within a site and {far} to another "
        "site.",
    )


def _housed_sentence(found: Comparison) -> Text:
    people = found.people
    posts, housed, unhoused, over = map(
        count_text, (people.posts, people.housed, people.unhoused, people.over_establishment)
    )
    zh = f"应安排编制 {posts} 个，已安排 {housed} 个，未安排 {unhoused} 个"
    en = f"Posts to seat: {posts}; seated {housed}, not seated {unhoused}"
    if found.losing_seat:
        lost = count_text(found.losing_seat)
        zh += f"，其中 {lost} 人现有座位而本方案未作安排"
        en += f"; {lost} of those are people seated today who lose their seat"
    if people.over_establishment:
        zh += f"；另有超编人员 {over} 人，不在核定座位之内，需另行研究"
        en += f". Beyond them, {over} people over establishment have no seat"
    return Text(zh + "。", en + ".")


def closer_sentence(found: Comparison) -> Text:
    """Which part of the gain is idle space and which is people sitting closer."""
    rise = found.after.short - found.before.short
    zh = (
        f"新增整层腾空 {m2_text(found.released_gain)} 平方米，其中盘活闲置 "
        f"{m2_text(found.from_idle)} 平方米，紧凑安排 {m2_text(found.from_closer)} 平方米。"
        f"低于标准的面积由 {m2_text(found.before.short)} 平方米变为 "
        f"{m2_text(found.after.short)} 平方米（{'增加' if rise > 0 else '减少' if rise else '持平'}"
        f"{' ' + m2_text(abs(rise)) + ' 平方米' if rise else ''}）。"
        "紧凑安排所得面积不计作闲置。"
    )
    en = (
        f"Of {m2_text(found.released_gain)} m² newly released, {m2_text(found.from_idle)} m² come "
        f"from idle space and {m2_text(found.from_closer)} m² from closer seating. Area short of "
        f"the standard goes from {m2_text(found.before.short)} to {m2_text(found.after.short)} m². "
        "What closer seating yields is never called idle space."
    )
    return Text(zh, en)


def service_sentence(found: Comparison) -> Text:
    """Service rooms entitled, offered and missing."""
    (old, had), (new, has) = found.service_before, found.service_after
    short = m2_text(found.after.service_short)
    return Text(
        f"服务用房：调整前核定 {m2_text(old)} 平方米，可用 {m2_text(had)} 平方米；调整后核定 "
        f"{m2_text(new)} 平方米，可用 {m2_text(has)} 平方米。"
        f"按政策保障比例计算，缺口 {short} 平方米。",
        f"Service rooms: today {m2_text(old)} m² entitled and {m2_text(had)} m² offered; in the "
        f"plan {m2_text(new)} m² and {m2_text(has)} m². Short of the share the policy asks for: "
        f"{short} m².",
    )
