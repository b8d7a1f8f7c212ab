"""Cross-checks on units, posts, relations and requests."""

from __future__ import annotations

from collections import Counter

from allocator.domain import Ledger, Request, Room, Unit
from allocator.ledger.remarks import Remarks
from standards.catalog import Standard, UnknownFigure

RESERVED_PURPOSES = ("pin", "business", "kept")
"""Purposes that plans use for rooms that no request asked for."""


def check_units(ledger: Ledger, standard: Standard | None, remarks: Remarks) -> None:
    """Abolished units, circles of parents, posts out of range, impossible requests."""
    units = {u.code: u for u in ledger.units}
    _abolished(ledger, units, remarks)
    _parents(ledger, units, remarks)
    _names(ledger, remarks)
    _posts(ledger, units, remarks)
    _relations(ledger, remarks)
    _requests(ledger, units, remarks)
    if standard is not None:
        _levels(ledger, standard, remarks)


def _abolished(ledger: Ledger, units: dict[str, Unit], remarks: Remarks) -> None:
    posts: Counter[str] = Counter()
    for row in ledger.posts:
        posts[row.unit] += max(row.established, row.in_post)
    rooms: Counter[str] = Counter(u for _, u in _holdings(ledger))
    for index, unit in enumerate(ledger.units):
        if unit.status == "active":
            _active(index, unit, remarks)
            continue
        for code, count, zh, en in (
            ("abolished-unit-with-posts", posts[unit.code], "仍有编制或人员", "still has posts"),
            ("abolished-unit-with-rooms", rooms[unit.code], "仍占用房间", "still holds rooms"),
        ):
            if count:
                remarks.add(
                    "warning", code, ("units", index, "status"),
                    f"已撤销单位 {unit.code} {zh}", f"the abolished unit {unit.code} {en}",
                    value=count, expected="0",
                    advice=("请转到承接单位", "Maybe they belong to the successor now"),
                )  # fmt: skip
        heir = units.get(unit.successor)
        if heir is None or heir.status == "abolished":
            remarks.add(
                "warning", "successor-missing", ("units", index, "successor"),
                f"已撤销单位 {unit.code} 没有存续的承接单位",
                f"the abolished unit {unit.code} has no active successor", value=unit.successor,
                expected="units", advice=("请填写承接单位", "Maybe the successor was left out"),
            )  # fmt: skip


def _holdings(ledger: Ledger) -> list[tuple[str, str]]:
    """Distinct (room, unit) of occupancy and allocation."""
    held = {(o.room, o.unit) for o in ledger.occupancy}
    held |= {(r.code, r.allocated_unit) for r in ledger.rooms if r.allocated_unit}
    return sorted(held)


def _active(index: int, unit: Unit, remarks: Remarks) -> None:
    if unit.abolished_on is not None or unit.successor:
        column = "abolished_on" if unit.abolished_on is not None else "successor"
        remarks.add(
            "warning", "active-unit-with-end", ("units", index, column),
            f"存续单位 {unit.code} 却有撤销日期或承接单位",
            f"the active unit {unit.code} has a date of abolition or a successor",
            value=unit.abolished_on or unit.successor, expected="空白 / blank",
            advice=("请核对机构状态", "Maybe its status is abolished"),
        )  # fmt: skip


def _parents(ledger: Ledger, units: dict[str, Unit], remarks: Remarks) -> None:
    for index, unit in enumerate(ledger.units):
        above, seen = unit.parent, {unit.code}
        while above and above not in seen:
            seen.add(above)
            above = units[above].parent
        if above == unit.code:
            remarks.add(
                "error", "parent-circle", ("units", index, "parent"),
                f"单位 {unit.code} 的上级关系成环", f"unit {unit.code} is above itself",
                value=unit.parent, advice=("请改正上级单位", "Maybe the parent is wrong"),
            )  # fmt: skip


def _names(ledger: Ledger, remarks: Remarks) -> None:
    first: dict[str, str] = {}
    for index, unit in enumerate(ledger.units):
        other = first.setdefault(unit.name, unit.code)
        if other != unit.code:
            remarks.add(
                "warning", "duplicate-unit-name", ("units", index, "name"),
                f"单位 {unit.code} 与 {other} 同名", f"units {unit.code} and {other} have one name",
                value=unit.name, advice=("请核对是否重复", "Maybe a unit was entered twice"),
            )  # fmt: skip


def _posts(ledger: Ledger, units: dict[str, Unit], remarks: Remarks) -> None:
    owner = {d.code: d.unit for d in ledger.divisions}
    with_posts = {p.unit for p in ledger.posts}
    for index, unit in enumerate(ledger.units):
        if unit.planned and unit.code not in with_posts:
            remarks.add(
                "warning", "unit-without-posts", ("units", index, "unit"),
                f"单位 {unit.code} 没有编制行", f"unit {unit.code} has no posts", value=unit.code,
                advice=("请补录编制", "Maybe its posts were left out"),
            )  # fmt: skip
    for index, row in enumerate(ledger.posts):
        where = "/".join(part for part in (row.unit, row.division, row.grade) if part)
        if row.division and owner[row.division] != row.unit:
            _foreign_division("posts", index, row.division, owner[row.division], row.unit, remarks)
        if row.in_post > row.established:
            remarks.add(
                "warning", "in-post-above-established", ("posts", index, "in_post"),
                f"{where} 实有 {row.in_post} 超过编制 {row.established}",
                f"{where}: {row.in_post} in post, {row.established} established",
                value=row.in_post, expected=f"<= {row.established}",
                advice=("请核对编制与人事台账", "Maybe one of the two rolls is out of date"),
            )  # fmt: skip
        low, high = row.established_min, row.established_max
        if low is not None and high is not None and low > high:
            remarks.add(
                "error", "posts-range", ("posts", index, "established_min"),
                f"{where} 编制下限大于上限", f"{where}: the lower limit is above the upper",
                value=low, expected=f"<= {high}", advice=("请核对", "Maybe they are interchanged"),
            )  # fmt: skip
        elif (low or 0) > row.established or (high is not None and high < row.established):
            remarks.add(
                "warning", "established-out-of-range", ("posts", index, "established"),
                f"{where} 编制数不在上下限之间", f"{where}: established lies outside its limits",
                value=row.established, expected=f"{low if low is not None else 0}..{high or ''}",
                advice=("请核对", "Maybe the limits are out of date"),
            )  # fmt: skip


def _foreign_division(
    table: str, index: int, division: str, owner: str, unit: str, remarks: Remarks
) -> None:
    remarks.add(
        "error", "division-of-another-unit", (table, index, "division"),
        f"内设机构 {division} 属于 {owner}，不属于 {unit}",
        f"division {division} belongs to {owner}, not to {unit}", value=division, expected=owner,
        advice=("请改正单位或内设机构", "Maybe the unit or the division is wrong"),
    )  # fmt: skip


def check_divisions(ledger: Ledger, remarks: Remarks) -> None:
    """Occupancy rows whose division belongs to another unit."""
    owner = {d.code: d.unit for d in ledger.divisions}
    for index, row in enumerate(ledger.occupancy):
        if row.division and owner[row.division] != row.unit:
            _foreign_division(
                "occupancy", index, row.division, owner[row.division], row.unit, remarks
            )


def _relations(ledger: Ledger, remarks: Remarks) -> None:
    together: dict[frozenset[str], str] = {}
    for row in ledger.relations:
        if row.kind in ("same_floor", "same_building", "same_site"):
            together[frozenset((row.a, row.b))] = row.kind
    for index, row in enumerate(ledger.relations):
        if row.a == row.b:
            remarks.add(
                "error", "relation-with-itself", ("relations", index, "b"),
                f"单位 {row.a} 与自身的关系", f"unit {row.a} is related to itself", value=row.b,
                expected="≠ a", advice=("请改正单位乙", "Maybe the second unit is wrong"),
            )  # fmt: skip
        elif row.kind == "apart" and together.get(frozenset((row.a, row.b))) == "same_floor":
            remarks.add(
                "error", "relations-contradict", ("relations", index, "kind"),
                f"{row.a} 与 {row.b} 既要分开又要同层",
                f"{row.a} and {row.b} must be apart and on the same floor",
                value="apart", advice=("请保留其一", "Maybe one of the two is out of date"),
            )  # fmt: skip


def _requests(ledger: Ledger, units: dict[str, Unit], remarks: Remarks) -> None:
    offered: dict[str, list[Room]] = {"office": [], "service": []}
    for room in ledger.rooms:
        if room.status == "available" and room.use in offered:
            offered[room.use].append(room)
    for index, request in enumerate(ledger.requests):
        where = f"{request.unit}/{request.purpose}"
        if request.use not in offered:
            remarks.add(
                "error", "request-use", ("requests", index, "use"),
                f"需求 {where} 的用途不能分配",
                f"request {where} asks for a use that is not given out",
                value=request.use, expected="office 办公 / service 服务",
                advice=("请改正用途", "Maybe service is meant"),
            )  # fmt: skip
        elif not _enough_rooms(offered[request.use], request):
            remarks.add(
                "warning", "request-without-room", ("requests", index, "area_min"),
                f"台账中满足需求 {where} 的房间不足 {request.count} 间",
                f"fewer than {request.count} rooms of the ledger suit request {where}",
                value=request.count, advice=("请放宽面积或特性", "Maybe the limits are too narrow"),
            )  # fmt: skip
        if request.purpose in RESERVED_PURPOSES:
            remarks.add(
                "error", "reserved-purpose", ("requests", index, "purpose"),
                f"用房目的 {request.purpose} 是保留词",
                f"the purpose {request.purpose} is reserved",
                value=request.purpose, expected=f"≠ {', '.join(RESERVED_PURPOSES)}",
                advice=("请换一个名称", "Maybe choose another word"),
            )  # fmt: skip
        if not units[request.unit].planned:
            remarks.add(
                "warning", "request-of-unplanned-unit", ("requests", index, "unit"),
                f"单位 {request.unit} 不参与分配，其需求不会满足",
                f"unit {request.unit} is not planned; its request is not served",
                value=request.unit,
                advice=("请删除该需求", "Maybe the request is obsolete"),
            )  # fmt: skip


def _enough_rooms(rooms: list[Room], request: Request) -> bool:
    features = set(request.features) - {"common"}
    suiting = sum(
        request.area_min <= r.area <= request.area_max and features <= set(r.features)
        for r in rooms
    )
    return suiting >= request.count


def _levels(ledger: Ledger, standard: Standard, remarks: Remarks) -> None:
    """Levels for which the standard holds no figures: nobody there can be given an area."""
    graded = {g.level for g in standard.grades}
    for index, unit in enumerate(ledger.units):
        if not unit.planned:
            continue
        lacking = []
        if unit.level not in graded:
            lacking.append(("level-without-grades", "各级面积", "office areas"))
        try:
            if standard.has_service:
                standard.service_rate(unit.level)
        except UnknownFigure:
            lacking.append(("level-without-service-rate", "服务用房面积", "service rate"))
        for code, zh, en in lacking:
            remarks.add(
                "warning", code, ("units", index, "level"),
                f"建设标准 {standard.code} 没有 {unit.level} 级的{zh}，单位 {unit.code} 无法核定",
                f"standard {standard.code} has no {en} for level {unit.level} of unit {unit.code}",
                value=unit.level, expected=" / ".join(sorted(graded)),
                advice=("请用地方标准文件补充", "Maybe add the figures in a local overlay"),
            )  # fmt: skip
