"""The answers of `allocator explain` in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.explain.impossible import Impossible
    from allocator.explain.stays import Interval, Stay, Why

_ENOUGH = {
    True: ("能够满足", "enough"), False: ("不够", "not enough"),
    None: ("尚不能判定", "not decided"),
}  # fmt: skip
_AGAIN = {
    "equal": (
        "其他单位重新安排后，另有同样好的方案：该调整并非必需",
        "with everyone planned again a plan as good has it stay: the transfer is not necessary",
    ),
    "worse": (
        "其他单位重新安排后，凡留在原处的方案都更差（已证明）",
        "with everyone planned again every plan in which it stays is worse (proved)",
    ),
    "better": ("留在原处有更好的方案", "there is a better plan in which it stays"),
    "impossible": ("留在原处没有任何合规方案（已证明）", "no lawful plan has it stay (proved)"),
    "open": ("尚不能判定", "not decided"),
}


def impossible_text(found: Impossible) -> str:
    """Conflicts, ways out and the order of sources."""
    from allocator.explain.prices import GRANTORS, SOURCES
    from allocator.quantity import m2_text

    lines = [_verdict(found)]
    for number, conflict in enumerate(found.conflicts, start=1):
        sure = (
            pick("不可再减，每个较小的组合都能满足", "irreducible: every smaller set can be met")
            if conflict.irreducible
            else pick("未证明不可再减", "not proved irreducible")
        )
        lines.append(pick(f"矛盾 {number}（{sure}）", f"Conflict {number} ({sure})"))
        lines += [f"  - {pick(t.zh, t.en)}" for t in conflict.things]
    if found.conflicts and not found.conflicts_complete:
        more = ("可能还有其他矛盾，未全部查明", "there may be further conflicts: the list is open")
        lines.append(pick(*more))
    for number, way in enumerate(found.ways, start=1):
        zh = f"出路 {number}: 每年约 {way.total} 元当量"
        lines.append(pick(zh, f"Way out {number}: {way.total} yuan-equivalents a year"))
        for t in way.things:
            price = t.price
            cost = pick(
                f"{m2_text(price.area)} 平方米，{price.people} 人，每年 {price.yuan} 元",
                f"{m2_text(price.area)} m2, {price.people} people, {price.yuan} yuan a year",
            )
            granted = pick(f"由{GRANTORS[t.kind][0]}同意", f"granted by {GRANTORS[t.kind][1]}")
            lines.append(f"  - {pick(t.way_zh, t.way_en)} ({cost}; {granted})")
        earlier = found.earlier_source(way)
        if earlier:
            zh, en = SOURCES[earlier]
            first = (f"  依法应先{zh}：{zh}已能满足", f"  the law puts {en} first; that would do")
            lines.append(pick(*first))
    if found.housed is False and not found.ways_complete:
        lines.append(pick("出路未全部查明", "not all ways out were found"))
    for (zh, en), answer in zip(SOURCES[1:], found.enough, strict=False):
        words = _ENOUGH[answer]
        lines.append(
            pick(
                f"来源 {zh}（含之前各项）: {words[0]}",
                f"source {en} (with those before): {words[1]}",
            )
        )
    return "\n".join(lines)


def _verdict(found: Impossible) -> str:
    shown = ", ".join(found.units)
    local = pick(f"（局部：只看 {shown}）", f" (local: {shown} only)") if shown else ""
    words = {
        True: ("可以满足：所有编制都能依规就座", "possible: every post can have a lawful seat"),
        False: ("按要求无法满足，已证明", "proved impossible as asked"),
        None: ("尚不能判定：在工作量内既未求得方案，也未证明不可能",
               "not decided: within the work neither a plan nor a proof"),
    }[found.housed]  # fmt: skip
    return pick(*words) + local


def why_text(found: tuple[Why, ...]) -> str:
    """The answers for each transfer."""
    lines = []
    for why in found:
        t = why.transfer
        lines.append(
            pick(
                f"调整 {t.number}: {t.unit} {t.people} 人，{t.from_building} → {t.to_building}",
                f"Transfer {t.number}: unit {t.unit}, {t.people} people, "
                f"{t.from_building} -> {t.to_building}",
            )
        )
        if why.again is None:
            lines.append(pick("  在同一楼内调整", "  within its building"))
            continue
        if why.frozen is not None:
            lines.append(pick("  (a) 其他单位不动，它留下: ", "  (a) it stays, others frozen: ")
                         + _frozen(why.frozen))  # fmt: skip
        if why.taken:
            rooms = ", ".join(f"{room} ({unit})" for room, unit in why.taken)
            lines.append(pick(f"      其原房间在方案中由他人使用: {rooms}",
                              f"      its rooms of today that others hold: {rooms}"))  # fmt: skip
        again = pick(*_AGAIN[why.again.verdict])
        lines.append(pick(f"  (b) 它留下: {again}", f"  (b) it stays: {again}"))
        lines += [f"      {_interval(c)}" for c in why.again.changes if not c.zero]
    return "\n".join(lines) or pick("没有单位调整", "no unit moves")


def _frozen(stay: Stay) -> str:
    if stay.impossible:
        return pick("没有合规安排（局部）", "no lawful arrangement (local)")
    shown = [_interval(c) for c in stay.changes if not c.zero]
    return pick("（局部）", "(local) ") + ("; ".join(shown) or pick("无变化", "nothing changes"))


def _interval(change: Interval) -> str:
    name = f"{change.tier} ({change.unit})"
    if change.low is None or change.high is None:
        return f"{name}: {pick('尚不能判定', 'not decided')}"
    low, high = float(change.low), float(change.high)
    if low == high:
        return f"{name}: {low:+g}"
    open_ = "" if change.decided else pick("，尚不能判定", ", not decided")
    return f"{name}: [{low:+g}, {high:+g}]{open_}"


def why_as_json(found: tuple[Why, ...]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {
            "transfer": why.transfer.number,
            "unit": why.transfer.unit,
            "from_building": why.transfer.from_building,
            "to_building": why.transfer.to_building,
            "people": why.transfer.people,
            "frozen": None if why.frozen is None else {"local": True, **_stay(why.frozen)},
            "again": None if why.again is None else _stay(why.again),
            "taken": [{"room": room, "unit": unit} for room, unit in why.taken],
        }
        for why in found
    ]


def _stay(stay: Stay) -> dict[str, Any]:
    return {
        "verdict": stay.verdict,
        "changes": [
            {
                "tier": c.tier,
                "unit": c.unit,
                "low": None if c.low is None else float(c.low),
                "high": None if c.high is None else float(c.high),
                "decided": c.decided,
            }
            for c in stay.changes
        ],
    }
