"""Checks of people and requests: seats, unplaced posts, requests, moves cap, reserve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from allocator.domain import Group, Request, Room
from allocator.findings import Finding
from allocator.quantity import m2_text
from allocator.verify.context import PIN, Context, asked_and_given, requests_by_purpose
from allocator.verify.layout import NOT_CHOSEN
from allocator.verify.moves import housed_by_group
from allocator.verify.permits import missing_features
from allocator.verify.say import at, broken


def seats(context: Context) -> Iterator[Finding]:
    """No group has more seats than posts, and every seat row has people and a grade."""
    for position, row in context.rows:
        if not row.purpose and row.people == 0:
            yield broken(
                "seats",
                f"房间 {row.room} 单位 {row.unit} 的座位行没有人",
                f"the seat row of unit {row.unit} in room {row.room} has no people",
                value=0,
                expected=">= 1",
                place=at(f"assignments[{position}].people"),
            )
    for group, housed in sorted(housed_by_group(context.plan.assignments).items()):
        posts = context.world.planned_posts.get(group, 0)
        if housed > posts:
            yield broken(
                "seats",
                f"{_zh(group)} 安排过多",
                f"{_en(group)} has more seats than posts",
                value=housed,
                expected=f"<= {posts}",
            )


def unplaced(context: Context) -> Iterator[Finding]:
    """Housed and unplaced make up the posts of each group; each row says why."""
    housed = housed_by_group(context.plan.assignments)
    rest: Counter[Group] = Counter()
    for position, row in enumerate(context.plan.unplaced):
        if row.grade:
            rest[Group(row.unit, row.division, row.grade)] += row.people
        blank = not row.reason.strip() or not row.rule.strip()
        if blank or (row.grade and row.people == 0) or (not row.grade and row.people):
            yield broken(
                "unplaced",
                f"单位 {row.unit} 的未安排行缺少人数、理由或规则",
                f"an unplaced row of unit {row.unit} lacks people, reason or rule",
                value=row.people,
                place=at(f"unplaced[{position}]"),
            )
    for group in sorted(context.world.planned_posts.keys() | rest.keys()):
        posts = context.world.planned_posts.get(group, 0)
        missing = max(0, posts - housed[group])
        if rest[group] != missing:
            yield broken(
                "unplaced",
                f"{_zh(group)} 未安排人数不符",
                f"unplaced people of {_en(group)} do not add up",
                value=rest[group],
                expected=missing,
                place=at("unplaced"),
            )


def requests(context: Context) -> Iterator[Finding]:
    """Rooms for purposes: asked for, in number and area, alone in their room, or unplaced."""
    yield from _purposes(context)
    missing: Counter[tuple[str, str]] = Counter(
        (row.unit, row.nearest) for row in context.plan.unplaced if not row.grade
    )
    asked = asked_and_given(context.world, context.plan)
    for key in sorted(asked.keys() | missing.keys()):
        count, given = asked.get(key, (0, ()))
        if len(given) + missing[key] != count:
            yield broken(
                "requests",
                f"单位 {key[0]} 需求 {key[1]}: 已安排 {len(given)},未安排 {missing[key]}",
                f"request {key[1]} of unit {key[0]}: {len(given)} given, {missing[key]} unplaced",
                value=len(given) + missing[key],
                expected=count,
            )
    for key, wanted in sorted(requests_by_purpose(context.world).items()):
        yield from _rooms_fit(context, wanted, asked[key][1])


def people_moved_cap(context: Context) -> Iterator[Finding]:
    """People moved within the cap, if there is one."""
    cap = context.world.policy.people_moved_cap
    if cap is not None and context.people.moved > cap:
        yield broken(
            "people_moved_cap",
            f"移动 {context.people.moved} 人",
            f"{context.people.moved} people move",
            value=context.people.moved,
            expected=f"<= {cap}",
        )


def reserve(context: Context) -> Iterator[Finding]:
    """Unheld seats on floors in use at every site with people."""
    if not context.world.lowest_limit:
        return
    for row in context.measured.reserve:
        if row.seats < row.need:
            yield broken(
                "reserve",
                f"办公区 {row.site} 只留 {row.seats} 个座位",
                f"site {row.site} keeps {row.seats} seats unheld",
                value=row.seats,
                expected=f">= {row.need}",
            )


def _purposes(context: Context) -> Iterator[Finding]:
    """Rows with a purpose: known, without people, and alone in their room."""
    asked = requests_by_purpose(context.world)
    pinned = {(p.unit, p.place) for p in context.world.scenario.pins if p.kind == "room"}
    rows_in: Counter[str] = Counter(row.room for _, row in context.rows)
    for position, row in context.rows:
        if not row.purpose or row.purpose in NOT_CHOSEN:
            continue
        known = (row.unit, row.purpose) in asked or (
            row.purpose == PIN and (row.unit, row.room) in pinned
        )
        if not known or row.people or row.grade or rows_in[row.room] > 1:
            yield broken(
                "requests",
                f"房间 {row.room} 单位 {row.unit} 用途 {row.purpose} 的行不符",
                f"room {row.room}, unit {row.unit}, purpose {row.purpose}: nobody asked for it, "
                "or it has people or a second row",
                value=row.purpose,
                place=at(f"assignments[{position}]"),
            )


def _rooms_fit(
    context: Context, wanted: list[Request], given: tuple[str, ...]
) -> Iterator[Finding]:
    """Each room meets a request of its purpose; several requests share a purpose by matching."""
    rooms = [context.world.rooms[code] for code in given]
    for room in rooms:
        faults = [_fault(room, request) for request in wanted]
        if "" in faults:
            continue
        rule, value, expected = _describe(room, wanted[0], faults[0])
        yield broken(
            rule,
            f"房间 {room.code} 不合单位 {wanted[0].unit} 的需求 {wanted[0].purpose}",
            f"room {room.code} does not meet request {wanted[0].purpose} of unit {wanted[0].unit}",
            value=value,
            expected=expected,
        )
    slots = [request for request in wanted for _ in range(request.count)]
    fitting = [room for room in rooms if any(not _fault(room, r) for r in wanted)]
    if len(fitting) <= len(slots) and _matched(fitting, slots) < len(fitting):
        yield broken(
            "requests",
            f"单位 {wanted[0].unit} 需求 {wanted[0].purpose} 的房间不能各合一项",
            f"rooms for {wanted[0].purpose} of unit {wanted[0].unit} do not meet one request each",
            value=", ".join(room.code for room in fitting),
        )


def _fault(room: Room, request: Request) -> str:
    """The rule by which a room does not meet a request; blank if it does."""
    if room.use != request.use:
        return "use"
    if missing_features(request.features, room):
        return "features"
    return "" if request.area_min <= room.area <= request.area_max else "requests"


def _describe(room: Room, request: Request, fault: str) -> tuple[str, str, str]:
    if fault == "use":
        return fault, room.use, request.use
    if fault == "features":
        return fault, ",".join(room.features), ",".join(request.features)
    span = f"{m2_text(request.area_min)} - {m2_text(request.area_max)}"
    return fault, m2_text(room.area), span


def _matched(rooms: list[Room], slots: list[Request]) -> int:
    """How many rooms can each meet a request of their own (augmenting paths)."""
    room_in: dict[int, int] = {}
    fits: dict[int, list[int]] = defaultdict(list)
    for n, room in enumerate(rooms):
        fits[n] = [s for s, request in enumerate(slots) if not _fault(room, request)]

    def place(room: int, seen: set[int]) -> bool:
        for slot in fits[room]:
            if slot in seen:
                continue
            seen.add(slot)
            if slot not in room_in or place(room_in[slot], seen):
                room_in[slot] = room
                return True
        return False

    return sum(place(n, set()) for n in range(len(rooms)))


def _zh(group: Group) -> str:
    return f"单位 {group.unit} 内设机构 {group.division or '-'} 级别 {group.grade}"


def _en(group: Group) -> str:
    return f"unit {group.unit}, division {group.division or '-'}, grade {group.grade}"
