"""Cross-checks on today's occupancy."""

from __future__ import annotations

from collections import Counter

from allocator.domain import Group, Ledger, Occupancy, Room, Site
from allocator.ledger.check_units import check_divisions
from allocator.ledger.remarks import Remarks

_STATUS = {"sealed": "封存", "unavailable": "不可用", "let": "出租"}


def check_people(ledger: Ledger, remarks: Remarks) -> None:
    """People against posts, and people and holders against rooms."""
    check_divisions(ledger, remarks)
    _against_posts(ledger, remarks)
    rooms = {r.code: r for r in ledger.rooms}
    sites = _site_of_floor(ledger)
    territory = {u.code: u.territory for u in ledger.units}
    holders: dict[str, str] = {}
    for index, row in enumerate(ledger.occupancy):
        room = rooms[row.room]
        _in_room(index, row, room, remarks)
        _at_site(index, row, sites[room.floor], territory[row.unit], remarks)
        other = holders.setdefault(row.room, row.unit)
        if other != row.unit:
            remarks.add(
                "warning", "room-of-two-units", ("occupancy", index, "unit"),
                f"房间 {row.room} 由 {other} 和 {row.unit} 共用",
                f"room {row.room} is held by {other} and {row.unit}", value=row.unit,
                expected=other, advice=("请核对是否确为合用", "Maybe one of them has moved out"),
            )  # fmt: skip


def _against_posts(ledger: Ledger, remarks: Remarks) -> None:
    in_post = {p.group: p.in_post for p in ledger.posts}
    known = all(p.in_post_known for p in ledger.posts)
    # People in post that were taken from the rooms are at most the posts.
    zh, en = ("实有", "in post") if known else ("编制", "established")
    housed: Counter[Group] = Counter()
    first: dict[Group, int] = {}
    for index, row in enumerate(ledger.occupancy):
        if row.people:
            housed[row.group] += row.people
            first.setdefault(row.group, index)
    for group, people in sorted(housed.items()):
        where = "/".join(part for part in (group.unit, group.division, group.grade) if part)
        if people > in_post.get(group, 0):
            code = "people-above-in-post" if group in in_post else "people-without-posts"
            limit = in_post.get(group, 0)
            remarks.add(
                "error", code, ("occupancy", first[group], "people"),
                f"{where} 现状占用 {people} 人，超过{zh} {limit} 人",
                f"{where}: {people} people in rooms, {limit} {en}", value=people,
                expected=f"<= {limit}",
                advice=("请核对人事台账与房间台账", "Maybe somebody is counted twice or has left"),
            )  # fmt: skip
    missing: Counter[str] = Counter()
    for group, count in in_post.items():
        missing[group.unit] += max(0, count - housed[group])
    for index, unit in enumerate(ledger.units):
        if missing[unit.code]:
            remarks.add(
                "warning", "people-without-room", ("units", index, "unit"),
                f"单位 {unit.code} 实有人员中 {missing[unit.code]} 人没有登记房间",
                f"{missing[unit.code]} people in post of unit {unit.code} have no room today",
                value=missing[unit.code], expected="0",
                advice=("请补录现状占用", "Maybe occupancy rows are missing"),
            )  # fmt: skip


def _in_room(index: int, row: Occupancy, room: Room, remarks: Remarks) -> None:
    if row.people and room.status != "available":
        remarks.add(
            "error", "people-in-closed-room", ("occupancy", index, "room"),
            f"房间 {room.code} 已{_STATUS[room.status]}，却有 {row.people} 人",
            f"room {room.code} is {room.status} but holds {row.people} people", value=room.status,
            expected="available 可用", advice=("请核对房间状态", "Maybe its status is wrong"),
        )  # fmt: skip
    elif room.status in ("sealed", "unavailable"):
        remarks.add(
            "warning", "closed-room-held", ("occupancy", index, "room"),
            f"房间 {room.code} 已{_STATUS[room.status]}，仍登记由 {row.unit} 使用",
            f"room {room.code} is {room.status} but still held by {row.unit}", value=room.status,
            expected="available 可用", advice=("请核对房间状态", "Maybe its status is wrong"),
        )  # fmt: skip
    if row.people and room.use != "office":
        remarks.add(
            "warning", "people-outside-office", ("occupancy", index, "room"),
            f"房间 {room.code} 用途不是办公，却有 {row.people} 人办公",
            f"{row.people} people sit in room {room.code}, which is no office", value=room.use,
            expected="office 办公", advice=("请核对用途", "Maybe its use was changed"),
        )  # fmt: skip
    if room.allocated_unit and room.allocated_unit != row.unit:
        remarks.add(
            "warning", "held-by-another-unit", ("occupancy", index, "unit"),
            f"房间 {room.code} 核定给 {room.allocated_unit}，实际由 {row.unit} 使用",
            f"room {room.code} is allocated to {room.allocated_unit} but used by {row.unit}",
            value=row.unit, expected=room.allocated_unit,
            advice=("请核对是否转让使用", "Maybe it was passed on"),
        )  # fmt: skip
    if row.grade and not row.people:
        remarks.add(
            "warning", "grade-without-people", ("occupancy", index, "people"),
            f"房间 {room.code} 填了职级但人数为零", f"room {room.code} has a grade but no people",
            value=row.grade, expected="> 0",
            advice=("请补填人数或清空职级", "Maybe the number of people was left out"),
        )  # fmt: skip


def _site_of_floor(ledger: Ledger) -> dict[str, Site]:
    sites = {s.code: s for s in ledger.sites}
    of_building = {b.code: sites[b.site] for b in ledger.buildings}
    return {f.code: of_building[f.building] for f in ledger.floors}


def _at_site(index: int, row: Occupancy, site: Site, territory: str, remarks: Remarks) -> None:
    if site.territory and territory and site.territory != territory:
        remarks.add(
            "warning", "outside-territory", ("occupancy", index, "room"),
            f"单位 {row.unit} 属地为 {territory}，房间 {row.room} 属地为 {site.territory}",
            f"unit {row.unit} belongs to {territory}, room {row.room} to {site.territory}",
            value=site.territory, expected=territory, advice=("请核对属地",
                "Maybe a territory is wrong"),
        )  # fmt: skip
    if site.tenure == "market":
        remarks.add(
            "error", "market-room-held", ("occupancy", index, "room"),
            f"房间 {row.room} 所在办公区 {site.code} 为市场房源，尚未租用，不应有人使用",
            f"room {row.room} lies on {site.code}, a market site not yet rented", value=row.unit,
            expected="leased 租用", advice=("请改为租用", "Maybe the site is leased already"),
        )  # fmt: skip
