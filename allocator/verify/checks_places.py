"""Checks of who may be where: title, territory, business, pins, forbids, relations, caps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from allocator.domain import Relation
from allocator.findings import Finding
from allocator.plan import BUSINESS, KEPT, Assignment
from allocator.scenario import Pin
from allocator.verify.caps import raised_caps
from allocator.verify.context import Context
from allocator.verify.permits import (
    business_allows,
    territory_allows,
    title_allows,
    within,
)
from allocator.verify.say import at, broken


def title(context: Context) -> Iterator[Finding]:
    """Unregistered rooms only for those who may use them."""
    for room, unit in context.chosen_rooms:
        if not title_allows(context.world, unit, context.world.where[room].floor):
            yield broken(
                "title",
                f"房间 {room} 未统一登记,单位 {unit} 无权使用",
                f"room {room} has no registered title and unit {unit} has no agreement",
                value=unit,
                expected=context.world.title_holder(context.world.where[room].floor),
            )


def territory(context: Context) -> Iterator[Finding]:
    """Territory of unit and site equal or blank."""
    for room, unit in context.chosen_rooms:
        site = context.world.where[room].site
        if not territory_allows(context.world, unit, site):
            yield broken(
                "territory",
                f"房间 {room} 在办公区 {site},单位 {unit} 属地不同",
                f"room {room} lies on site {site} outside the territory of unit {unit}",
                value=context.world.sites[site].territory,
                expected=context.world.units[unit].territory,
            )


def business(context: Context) -> Iterator[Finding]:
    """Units with technical business rooms stay at their sites."""
    for room, unit in context.chosen_rooms:
        site = context.world.where[room].site
        if not business_allows(context.world, unit, site):
            yield broken(
                "business",
                f"单位 {unit} 的房间 {room} 离开其技术业务用房所在办公区",
                f"room {room} of unit {unit} is away from its technical business rooms",
                value=site,
                expected=",".join(sorted(context.world.business_sites[unit])),
            )


def business_kept(context: Context) -> Iterator[Finding]:
    """Each business room held today has exactly its holders' rows."""
    world = context.world
    expected = Counter(
        Assignment(room, unit, purpose=BUSINESS)
        for room, holders in world.holders_today.items()
        if world.rooms[room].use == "business" and world.rooms[room].status == "available"
        for unit in holders
    )
    yield from _same_rows(context, "business_kept", BUSINESS, expected)


def kept(context: Context) -> Iterator[Finding]:
    """Bodies without entitlement keep exactly today's rows, or nothing under `vacate`."""
    yield from _same_rows(context, "kept", KEPT, _kept_rows(context))


def eligible(context: Context) -> Iterator[Finding]:
    """Seats, requests and pinned rooms only for units that receive space."""
    for room, unit in context.chosen_rooms:
        if not context.world.planned(unit):
            yield broken(
                "eligible",
                f"单位 {unit} 不应得到房间 {room}",
                f"unit {unit} must not receive room {room}",
                value=context.world.units[unit].category,
            )


def pins(context: Context) -> Iterator[Finding]:
    """Pinned rooms are held with their people; other pins hold every row they speak of."""
    for pin in context.world.scenario.pins:
        if not context.world.planned(pin.unit):
            continue
        check = _room_pin if pin.kind == "room" else _place_pin
        yield from check(context, pin)


def forbids(context: Context) -> Iterator[Finding]:
    """No row of the unit (or division) in a forbidden place."""
    by_unit = _chosen_by_unit(context)
    for entry in context.world.scenario.forbids:
        for position, row in by_unit.get(entry.unit, []):
            if entry.division and row.division != entry.division:
                continue
            if within(context.world, row.room, entry.kind, entry.place):
                yield broken(
                    "forbids",
                    f"单位 {row.unit} 的房间 {row.room} 在禁止的 {entry.place}",
                    f"room {row.room} of unit {row.unit} lies in forbidden {entry.place}",
                    value=row.room,
                    place=at(f"assignments[{position}]"),
                )


def relation_same_site(context: Context) -> Iterator[Finding]:
    """Two units on the same set of sites."""
    yield from _same_places(context, "same_site", "site")


def relation_same_building(context: Context) -> Iterator[Finding]:
    """Two units in the same set of buildings."""
    yield from _same_places(context, "same_building", "building")


def relation_same_floor(context: Context) -> Iterator[Finding]:
    """Two units on the same set of floors."""
    yield from _same_places(context, "same_floor", "floor")


def relation_apart(context: Context) -> Iterator[Finding]:
    """Two units without a common floor."""
    people_on = _people_on(context, "floor")
    for relation in _relations(context, "apart"):
        for floor in sorted(people_on[relation.a] & people_on[relation.b]):
            yield broken(
                "relation_apart",
                f"单位 {relation.a} 与 {relation.b} 同在 {floor}",
                f"units {relation.a} and {relation.b} share floor {floor}",
                value=floor,
            )


def caps_sites(context: Context) -> Iterator[Finding]:
    """Sites used by each unit."""
    for unit, used in _places_used(context, "site").items():
        if unit in context.caps and len(used) > context.caps[unit].sites:
            yield _over_cap("caps_sites", unit, used, context.caps[unit].sites)


def caps_buildings(context: Context) -> Iterator[Finding]:
    """Buildings used by each unit."""
    for unit, used in _places_used(context, "building").items():
        if unit in context.caps and len(used) > context.caps[unit].buildings:
            yield _over_cap("caps_buildings", unit, used, context.caps[unit].buildings)


def caps_listed(context: Context) -> Iterator[Finding]:
    """Raised caps stand in the plan with their numbers, no others."""
    expected = {
        unit: (cap.sites, cap.buildings)
        for unit, cap in raised_caps(context.world, context.caps).items()
    }
    listed = {unit: (sites, buildings) for unit, sites, buildings in context.plan.caps}
    for unit in sorted(expected.keys() | listed.keys()):
        if expected.get(unit) != listed.get(unit):
            yield broken(
                "caps_listed",
                f"单位 {unit} 的上限(办公区, 楼)不符",
                f"caps (sites, buildings) of unit {unit} differ",
                value=listed.get(unit, "not listed"),
                expected=expected.get(unit, "not listed"),
                place=at("caps"),
            )


def _kept_rows(context: Context) -> Counter[Assignment]:
    world = context.world
    rows: Counter[Assignment] = Counter()
    if world.policy.ineligible == "vacate":
        return rows

    def keeps(room: str, unit: str) -> bool:
        entry = world.rooms[room]
        active = world.units[unit].status == "active" and world.ineligible(unit)
        return active and entry.use in ("office", "service") and entry.status == "available"

    seen = set()
    for entry in world.scenario.ledger.occupancy:
        if keeps(entry.room, entry.unit):
            seen.add((entry.room, entry.unit))
            rows[
                Assignment(entry.room, entry.unit, entry.division, entry.grade, entry.people, KEPT)
            ] += 1
    for room, holders in world.holders_today.items():
        for unit in holders:
            if keeps(room, unit) and (room, unit) not in seen:
                rows[Assignment(room, unit, purpose=KEPT)] += 1
    return rows


def _same_rows(
    context: Context, rule: str, purpose: str, expected: Counter[Assignment]
) -> Iterator[Finding]:
    actual = Counter(row for _, row in context.rows if row.purpose == purpose)
    for row in sorted((expected - actual).elements()):
        yield broken(
            rule,
            f"缺少房间 {row.room} 单位 {row.unit} 的行",
            f"the row of unit {row.unit} in room {row.room} is missing",
            expected=f"{row.room}, {row.unit}, {row.people}",
            place=at("assignments"),
        )
    for row in sorted((actual - expected).elements()):
        yield broken(
            rule,
            f"多出房间 {row.room} 单位 {row.unit} 的行",
            f"unit {row.unit} has a row in room {row.room} that today's state does not give",
            value=f"{row.room}, {row.unit}, {row.people}",
            place=at("assignments"),
        )


def _chosen_by_unit(context: Context) -> dict[str, list[tuple[int, Assignment]]]:
    rows: dict[str, list[tuple[int, Assignment]]] = defaultdict(list)
    for position, row in context.chosen:
        rows[row.unit].append((position, row))
    return rows


def _speaks_of(pin: Pin, row: Assignment) -> bool:
    """Whether the pin's unit, division and grade cover the row."""
    if row.unit != pin.unit:
        return False
    return (not pin.division or row.division == pin.division) and (
        not pin.grade or row.grade == pin.grade
    )


def _room_pin(context: Context, pin: Pin) -> Iterator[Finding]:
    rows = [row for _, row in context.chosen if row.room == pin.place and row.unit == pin.unit]
    people = sum(row.people for row in rows if _speaks_of(pin, row) and not row.purpose)
    office = context.world.rooms[pin.place].use == "office"
    if not rows or (office and people < pin.people):
        yield broken(
            "pins",
            f"单位 {pin.unit} 应在房间 {pin.place}",
            f"unit {pin.unit} is pinned to room {pin.place}",
            value=people if office else len(rows),
            expected=pin.people if office else 1,
        )


def _place_pin(context: Context, pin: Pin) -> Iterator[Finding]:
    for position, row in context.chosen:
        if _speaks_of(pin, row) and not within(context.world, row.room, pin.kind, pin.place):
            yield broken(
                "pins",
                f"单位 {pin.unit} 的房间 {row.room} 不在指定的 {pin.place}",
                f"room {row.room} of unit {pin.unit} lies outside {pin.place}",
                value=row.room,
                expected=pin.place,
                place=at(f"assignments[{position}]"),
            )


def _people_on(context: Context, kind: str) -> dict[str, set[str]]:
    """Places with people per unit, people of kept rooms included."""
    places: dict[str, set[str]] = defaultdict(set)
    for _, row in context.rows:
        if row.people:
            places[row.unit].add(context.world.where[row.room].at(kind))
    return places


def _relations(context: Context, kind: str) -> Iterator[Relation]:
    return (relation for relation in context.world.scenario.relations if relation.kind == kind)


def _same_places(context: Context, kind: str, place: str) -> Iterator[Finding]:
    people_on = _people_on(context, place)
    for relation in _relations(context, kind):
        a, b = people_on[relation.a], people_on[relation.b]
        if a and b and a != b:
            yield broken(
                f"relation_{kind}",
                f"单位 {relation.a} 与 {relation.b} 所在不同",
                f"units {relation.a} and {relation.b} sit in different places",
                value=", ".join(sorted(a)),
                expected=", ".join(sorted(b)),
            )


def _places_used(context: Context, kind: str) -> dict[str, list[str]]:
    used: dict[str, set[str]] = defaultdict(set)
    for room, unit in context.chosen_rooms:
        if context.world.rooms[room].use in ("office", "service"):
            used[unit].add(context.world.where[room].at(kind))
    return {unit: sorted(places) for unit, places in sorted(used.items())}


def _over_cap(rule: str, unit: str, used: list[str], cap: int) -> Finding:
    return broken(
        rule,
        f"单位 {unit} 使用 {'、'.join(used)}",
        f"unit {unit} uses {', '.join(used)}",
        value=len(used),
        expected=f"<= {cap}",
    )
