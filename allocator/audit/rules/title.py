"""Rules on where a unit may be: title, territory, features of its rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from allocator.audit.case import Case
from allocator.audit.clauses import (
    PUBLISHED,
    UNIFIED,
)
from allocator.audit.headcount import once
from allocator.audit.room_words import (
    FEATURE_WORDS,
    holders,
    in_hands,
    listed,
    named,
    rooms_where,
)
from allocator.audit.rule import BOTH, PLAN, AuditRule, Judgement, Subject, Words
from allocator.domain import Holding, Room, Site, Unit

EVERYBODY = "*"

# -- title --------------------------------------------------------------------------------------


def _title(case: Case, floor: str) -> tuple[str, str, bool]:
    """Table and code of the level that states the title of a floor, and whether registered."""
    for table, code, holding in case.levels(floor):
        if holding.title_registered is not None:
            return table, code, holding.title_registered
    table, code, _ = case.levels(floor)[-1]
    return table, code, True


def _site(case: Case, floor: str) -> Site:
    site = case.levels(floor)[2][2]
    assert isinstance(site, Site)
    return site


def _title_places(case: Case) -> dict[str, list[tuple[str, bool, list[Room]]]]:
    """Places that state a title -> (table, registered, rooms); market sites left out.

    A site and a building may have one code.
    """
    found: dict[tuple[str, str, bool], list[Room]] = defaultdict(list)
    for room in case.ledger.rooms:
        if not case.on_market(room):
            found[_title(case, room.floor)].append(room)
    places: dict[str, list[tuple[str, bool, list[Room]]]] = defaultdict(list)
    for (table, code, registered), rooms in found.items():
        places[code].append((table, registered, rooms))
    return dict(places)


def _in_use(case: Case, room: Room) -> bool:
    """Whether the room has a row; what today's ledger allocates says nothing about a plan."""
    allocated = case.view == "today" and room.allocated_unit
    return bool(allocated) or room.code in case.seats_in


def _titled(case: Case) -> Iterator[Subject]:
    return (Subject("place", code) for code in once(case, _title_places))


def _unregistered(case: Case, subject: Subject) -> Judgement | None:
    places = once(case, _title_places).get(subject.code)
    if places is None:
        return None
    table, registered, rooms = min(places, key=lambda place: place[1])
    holding = next(h for t, c, h in case.levels(rooms[0].floor) if c == subject.code and t == table)
    held = [r for r in rooms if _in_use(case, r)]
    units = {u for r in held for u in holders(case.seats_in.get(r.code, ())) or [r.allocated_unit]}
    site = _site(case, rooms[0].floor)
    agreed = bool(site.agreement) or site.code in case.agreements
    return Judgement(
        subject=subject,
        breach=not registered and bool(held),
        facts={
            "place": getattr(holding, "name", "") or subject.code,
            "code": subject.code,
            "registered": Words("权属已统一登记", "is registered")
            if registered
            else Words("权属未统一登记", "is not registered"),
            "holder": _holder_of(case, rooms[0].floor) or Words("未登记", "not recorded"),
            "held": len(held),
            "area_m2": sum(r.area for r in held),
            "units": len(units),
            "agreed": Words("；已有使用协议", "; an agreement on its use is recorded")
            if agreed
            else Words("；没有使用协议", "; no agreement on its use is recorded"),
        },
        cells=(case.cell(table, subject.code, "title_registered"),),
        measure="rooms",
        value=len(held),
        expected=0,
    )


def _holder_of(case: Case, floor: str) -> str:
    levels: list[Holding] = [h for _, _, h in case.levels(floor)]
    return next((h.title_holder for h in levels if h.title_holder), "")


def _sites_today(case: Case) -> dict[str, set[str]]:
    """Sites on which each unit is today, whatever a plan says."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in case.ledger.occupancy:
        if row.room in case.rooms:
            found[row.unit].add(case.site_of(row.room))
    return found


def _open_to(case: Case, room: Room, unit: Unit) -> bool:
    site = _site(case, room.floor)
    agreed = {*site.agreement, *case.agreements.get(site.code, ())}
    holder = _holder_of(case, room.floor)
    return (
        unit.code in agreed
        or EVERYBODY in agreed
        or holder in (unit.code, unit.name)
        or site.code in once(case, _sites_today).get(unit.code, ())
    )


def _unregistered_rooms(case: Case) -> Iterable[Subject]:
    return rooms_where(
        case, lambda room: room.code in case.seats_in and not _title(case, room.floor)[2]
    )


def _barred(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    seats = case.seats_in.get(room.code, [])
    registered = _title(case, room.floor)[2]
    wrong = [s for s in seats if not registered and not _open_to(case, room, case.units[s.unit])]
    units = holders(wrong)
    return Judgement(
        subject=subject,
        breach=bool(wrong),
        unit=units[0] if units else (holders(seats) or [""])[0],
        facts={
            "room": room.code,
            "units": named(case, units),
            "holder": _holder_of(case, room.floor) or Words("未登记", "not recorded"),
            "registered": Words("权属已统一登记", "is registered")
            if registered
            else Words("权属未统一登记", "is not registered"),
            "held": in_hands(case, seats),
        },
        cells=tuple(case.seat_cell(s, "room") for s in wrong or seats),
    )


# -- territory and features -----------------------------------------------------------------------


def _with_territory(case: Case) -> Iterator[Subject]:
    for subject in rooms_where(case, lambda room: room.code in case.seats_in):
        if _territory(case, subject) is not None:
            yield subject


def _territory(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None or not _site(case, room.floor).territory:
        return None
    site, seats = _site(case, room.floor), case.seats_in.get(room.code, [])
    own = {s.unit: case.units[s.unit].territory for s in seats}
    wrong = sorted(u for u, t in own.items() if t and t != site.territory)
    if not wrong and not all(own.values()):
        return None  # A unit without a territory may be anywhere, which proves nothing.
    units = wrong or sorted(own)
    return Judgement(
        subject=subject,
        breach=bool(wrong),
        unit=units[0] if units else room.allocated_unit,
        facts={
            "room": room.code,
            "units": named(case, units),
            "own": "、".join(sorted({own[u] for u in units})),
            "site": site.territory,
            "held": in_hands(case, seats),
        },
        cells=tuple(case.seat_cell(s, "room") for s in seats if s.unit in units),
    )


def _needs(case: Case, unit: str) -> set[str]:
    return set(case.units[unit].features) - {"common"} if case.planned(unit) else set()


def _features(features: Iterable[str]) -> Words:
    words = (FEATURE_WORDS.get(f, Words(f, f)) for f in sorted(features))
    return listed(words, Words("无", "none"))


def _needing(case: Case) -> Iterable[Subject]:
    return rooms_where(
        case,
        lambda room: any(
            s.people and _needs(case, s.unit) for s in case.seats_in.get(room.code, ())
        ),
    )


def _feature(case: Case, subject: Subject) -> Judgement | None:
    room = case.rooms.get(subject.code)
    if room is None:
        return None
    seats = [s for s in case.seats_in.get(room.code, ()) if s.people]
    missing = {s.unit: _needs(case, s.unit) - set(room.features) for s in seats}
    units = sorted(u for u, lacks in missing.items() if lacks)
    lacks = sorted({f for u in units for f in missing[u]})
    return Judgement(
        subject=subject,
        breach=bool(units),
        unit=units[0] if units else (holders(seats) or [room.allocated_unit])[0],
        facts={
            "room": room.code,
            "units": named(case, units),
            "missing": _features(lacks),
            "needed": _features({f for s in seats for f in _needs(case, s.unit)}),
            "features": _features(room.features),
        },
        cells=(
            *(case.seat_cell(s, "room") for s in seats if s.unit in units),
            case.cell("rooms", room.code, "features"),
        ),
        detail=" ".join(lacks),
    )


TITLE_RULES = (
    AuditRule(
        id="title_unregistered",
        kind="title_unregistered",
        title=Words("权属未统一登记", "title not registered with the administration"),
        breach=Words(
            "{place}（{code}）权属未统一登记，登记人：{holder}；{units} 个单位在此使用 {held} 间、"
            "{area_m2} 平方米{agreed}",
            "the title of {place} ({code}) is not registered with the administration (holder: "
            "{holder}); {units} units use {held} rooms, {area_m2} m2, there{agreed}",
        ),
        fine=Words(
            "{place}（{code}）{registered}，在用 {held} 间",
            "the title of {place} ({code}) {registered}; {held} rooms there are in use",
        ),
        clause=UNIFIED.and_(PUBLISHED),
        severity="warning",
        advice=Words("请办理统一登记或使用协议", "Maybe register the title, or agree on its use"),
        subjects=_titled,
        judge=_unregistered,
        views=BOTH,
    ),
    AuditRule(
        id="title_barred",
        kind="title_barred",
        title=Words(
            "权属未登记的房间安排给外来单位", "room of unregistered title given to a newcomer"
        ),
        breach=Words(
            "房间 {room} 权属未统一登记（登记人：{holder}），方案安排给{units}，而该单位今日不在"
            "该办公区，也不是登记人，没有使用协议",
            "room {room}, whose title is not registered (holder: {holder}), is given to {units}, "
            "which is not at that site today, does not hold the title and has no agreement",
        ),
        fine=Words(
            "房间 {room} {registered}（登记人：{holder}）；{held}，没有不得进入的单位",
            "the title of room {room} {registered} (holder: {holder}); {held}: no unit that may "
            "not be there",
        ),
        clause=UNIFIED,
        severity="error",
        advice=Words(
            "请先登记权属或签订使用协议", "Maybe register the title or an agreement first"
        ),
        subjects=_unregistered_rooms,
        judge=_barred,
        views=PLAN,
    ),
    AuditRule(
        id="outside_territory",
        kind="outside_territory",
        title=Words("单位在属地之外", "unit outside its territory"),
        breach=Words(
            "房间 {room} 所在办公区属地为{site}，登记的{units}属地为{own}",
            "room {room} lies in territory {site}; {units}, recorded there, belongs to {own}",
        ),
        fine=Words(
            "房间 {room} 所在办公区属地为{site}；{held}，没有属地不同的单位",
            "room {room} lies in territory {site}; {held}: no unit of another territory",
        ),
        clause=UNIFIED,
        severity="warning",
        advice=Words(
            "请核对属地或调回本属地", "Maybe a territory is wrong, or the unit belongs back"
        ),
        subjects=_with_territory,
        judge=_territory,
        views=BOTH,
    ),
    AuditRule(
        id="feature_missing",
        kind="feature_missing",
        title=Words("房间不具备所需特性", "room without a feature its unit needs"),
        breach=Words(
            "房间 {room} 没有{units}所需的特性：{missing}",
            "room {room} lacks what {units} needs: {missing}",
        ),
        fine=Words(
            "房间 {room} 的特性：{features}；室内人员所属单位需要的特性：{needed}，没有缺少",
            "room {room} has: {features}; the units of its people need: {needed}: nothing missing",
        ),
        clause=UNIFIED,
        severity="error",
        advice=Words(
            "请调换到具备该特性的房间，或更正登记",
            "Maybe swap it for a room with the feature, or correct the entry",
        ),
        subjects=_needing,
        judge=_feature,
        views=BOTH,
    ),
)
