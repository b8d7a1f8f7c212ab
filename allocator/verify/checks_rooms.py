"""Checks of single rooms: room rule, exceptions, single offices, sharing, use, status."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from allocator.domain import Group
from allocator.findings import Finding
from allocator.plan import BUSINESS, KEPT
from allocator.quantity import m2_text
from allocator.verify.context import PIN, Context
from allocator.verify.layout import NOT_CHOSEN
from allocator.verify.permits import missing_features
from allocator.verify.say import at, broken, number


def room_rule(context: Context) -> Iterator[Finding]:
    """Rooms past the rule that nobody registered and, under `propose`, nobody listed."""
    policy = context.world.policy
    allowed = _registered(context)
    if policy.exceptions == "propose":
        allowed |= {(row.room, row.unit) for row in context.plan.exceptions}
    for room, units in sorted(context.units_in.items()):
        if room not in context.past_rule or any((room, unit) in allowed for unit in units):
            continue
        standards = context.past_rule[room]
        low, high = m2_text(policy.min_share * standards), m2_text(standards + policy.tolerance)
        area = m2_text(context.world.rooms[room].area)
        yield broken(
            "room_rule",
            f"房间 {room} 面积 {area},单位 {'、'.join(sorted(units))} 应为 {low} 至 {high}",
            f"room {room} of {area} m2, unit {', '.join(sorted(units))}",
            value=area,
            expected=f"{low} - {high}",
        )


def exceptions(context: Context) -> Iterator[Finding]:
    """Each allowed room past the rule is listed with a reason; nothing else is listed."""
    listed = {(row.room, row.unit): row for row in context.plan.exceptions}
    units_in = context.units_in
    for room, unit in sorted(_registered(context)):
        units = units_in.get(room, set())
        past = room in context.past_rule and unit in units
        if past and not any((room, other) in listed for other in units):
            yield broken(
                "exceptions",
                f"房间 {room}(单位 {unit})未列入 exceptions",
                f"room {room} of unit {unit} is not listed in exceptions",
                expected=f"{room}, {unit}",
                place=at("exceptions"),
            )
    for position, row in enumerate(context.plan.exceptions):
        place = at(f"exceptions[{position}]")
        if row.room not in context.past_rule or row.unit not in units_in.get(row.room, set()):
            yield broken(
                "exceptions",
                f"房间 {row.room}(单位 {row.unit})并未越出房间规则",
                f"room {row.room} of unit {row.unit} is listed but not past the room rule",
                value=row.room,
                place=place,
            )
        elif not row.reason.strip():
            yield broken(
                "exceptions",
                f"房间 {row.room} 没有理由",
                f"room {row.room} has no reason",
                place=place,
            )
        elif row.area is not None and row.area * 100 != context.world.rooms[row.room].area:
            yield broken(
                "exceptions",
                f"房间 {row.room} 面积不符",
                f"room {row.room} is listed with another area",
                value=number(row.area),
                expected=m2_text(context.world.rooms[row.room].area),
                place=place,
            )


def single(context: Context) -> Iterator[Finding]:
    """A holder of a single grade is the only person in the room."""
    singles = context.world.policy.single
    people: Counter[str] = Counter()
    alone: list[tuple[str, Group]] = []
    for (room, group), count in context.layout.seats.items():
        people[room] += count
        if (context.world.units[group.unit].level, group.grade) in singles:
            alone.append((room, group))
    for room, group in sorted(alone):
        if people[room] > 1:
            yield broken(
                "single",
                f"房间 {room} 单位 {group.unit} 级别 {group.grade} 与他人同室",
                f"room {room}: grade {group.grade} of unit {group.unit} does not sit alone",
                value=people[room],
                expected=1,
            )


def one_unit_per_room(context: Context) -> Iterator[Finding]:
    """Several units in a room only where sharing is registered for all of them."""
    shared: dict[str, set[str]] = defaultdict(set)
    for room, codes in context.world.scenario.shared:
        shared[room] |= set(codes)
    purposes: dict[str, set[str]] = defaultdict(set)
    for _, row in context.rows:
        purposes[row.room].add(row.purpose)
    for room, units in sorted(context.layout.holders.items()):
        left_as_today = len(purposes[room]) == 1 and purposes[room] <= set(NOT_CHOSEN)
        if len(units) > 1 and not left_as_today and not set(units) <= shared[room]:
            yield broken(
                "one_unit_per_room",
                f"房间 {room} 有单位 {'、'.join(units)}",
                f"room {room} holds units {', '.join(units)}",
                value=len(units),
                expected=1,
            )


def use(context: Context) -> Iterator[Finding]:
    """Seats in offices, pinned rooms of use service, kept and business rooms of their own use."""
    wanted = {
        "": ("office",),
        PIN: ("service",),
        KEPT: ("office", "service"),
        BUSINESS: ("business",),
    }
    for position, row in context.rows:
        actual = context.world.rooms[row.room].use
        if row.purpose in wanted and actual not in wanted[row.purpose]:
            yield broken(
                "use",
                f"房间 {row.room} 用途为 {actual},单位 {row.unit}",
                f"room {row.room} of unit {row.unit} has use {actual}",
                value=actual,
                expected=" or ".join(wanted[row.purpose]),
                place=at(f"assignments[{position}]"),
            )


def features(context: Context) -> Iterator[Finding]:
    """Rooms with people have the features of their unit."""
    for room, units in sorted(context.units_in.items()):
        for unit in sorted(units):
            needed = context.world.units[unit].features
            lacking = missing_features(needed, context.world.rooms[room])
            if lacking:
                yield broken(
                    "features",
                    f"房间 {room} 缺少单位 {unit} 要求的 {'、'.join(lacking)}",
                    f"room {room} lacks {', '.join(lacking)} for unit {unit}",
                    value=",".join(context.world.rooms[room].features),
                    expected=",".join(needed),
                )


def status(context: Context) -> Iterator[Finding]:
    """Only available rooms are assigned."""
    for position, row in context.rows:
        room = context.world.rooms[row.room]
        if room.status != "available":
            yield broken(
                "status",
                f"房间 {row.room} 状态为 {room.status},单位 {row.unit}",
                f"room {row.room} of unit {row.unit} is {room.status}",
                value=room.status,
                expected="available",
                place=at(f"assignments[{position}]"),
            )


def market(context: Context) -> Iterator[Finding]:
    """No chosen room on a market site that the scenario does not open."""
    for room, unit in context.chosen_rooms:
        if not context.world.offered(context.world.rooms[room]):
            site = context.world.where[room].site
            yield broken(
                "market",
                f"房间 {room}(单位 {unit})在未启用的房源 {site}",
                f"room {room} of unit {unit} lies on site {site}, which is not opened",
                value=site,
            )


def _registered(context: Context) -> set[tuple[str, str]]:
    return {(entry.room, entry.unit) for entry in context.world.scenario.exceptions}
