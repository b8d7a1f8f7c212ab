"""Parts of the terms that are areas: floors in use, hidden, stranded, short, service, leases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from allocator.quantity import half_up, m2_text
from allocator.records.parts import Held, Part, m2_of
from allocator.records.record import ROUNDING, Kind


def exceptions(held: Held) -> Iterator[Part]:
    """Rooms past the room rule that are not registered, one each."""
    past = held.measure.past_rule(held.rows) - held.problem.registered_exceptions
    units: dict[str, list[str]] = defaultdict(list)
    for room, unit in sorted(past):
        units[room].append(unit)
    for room, holders in units.items():
        named = "、".join(map(held.names.unit, holders))
        where, area = held.names.place(room), m2_text(held.problem.rooms[room].area)
        yield Part(
            amount=Fraction(1),
            unit=holders[0] if len(holders) == 1 else "",
            kind="room",
            place=room,
            zh=f"{where}（{area} 平方米，{named}）超出房间规则",
            en=f"{where} ({area} m², {named}) is past the room rule",
        )


def used(held: Held) -> Iterator[Part]:
    """Stock on floors in use: what each unit holds there, and what nobody holds."""
    areas: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for room in held.stock_in_use:
        shares = held.shares(room.code) if room.code in held.by_room else {"": Fraction(1)}
        for unit, share in shares.items():
            areas[room.floor, unit] += share * room.area
    for (floor, unit), area in sorted(areas.items()):
        where, size = held.names.floor(floor), m2_text(area)
        if unit:
            name = held.names.unit(unit)
            zh, en = f"{name}占用 {size} 平方米", f"{name} holds {size} m²"
        else:
            zh, en = f"无人占用 {size} 平方米", f"{size} m² that nobody holds"
        yield Part(
            amount=m2_of(area),
            unit=unit,
            kind="floor",
            place=floor,
            zh=f"{where} 在用：{zh}",
            en=f"{where} is in use: {en}",
        )


def hidden(held: Held) -> Iterator[Part]:
    """Area above standard per room and unit, service rooms above entitlement per unit."""
    exact = Fraction(0)
    for unit, room, area, standard in _room_parts(held, "hidden"):
        exact += area
        yield _room_part(held, unit, room, area, ("超过", standard, "above"))
    service: dict[str, Fraction] = defaultdict(Fraction)
    for code in held.by_room:
        room_row = held.problem.rooms[code]
        if room_row.use == "service" and room_row.status == "available":
            for unit, share in held.shares(code).items():
                service[unit] += share * room_row.area
    for unit, area in sorted(service.items()):
        entitled = held.problem.service_entitlement.get(unit, 0)
        if area > entitled:
            exact += area - entitled
            name, more = held.names.unit(unit), m2_text(area - entitled)
            yield Part(
                amount=m2_of(area - entitled),
                unit=unit,
                subject="service",
                zh=f"{name}：服务用房 {m2_text(area)} 平方米，超过核定 {more} 平方米",
                en=f"{name}: service rooms of {m2_text(area)} m², {more} m² above entitlement",
            )
    yield from _rounding(half_up(exact) - exact)


def short(held: Held) -> Iterator[Part]:
    """Area short of the standard per room and unit."""
    for unit, room, area, standard in _room_parts(held, "short"):
        yield _room_part(held, unit, room, area, ("低于", standard, "below"))


def _room_parts(held: Held, name: str) -> Iterator[tuple[str, str, Fraction, int]]:
    """(unit, room, part of hidden or short, sum of standards in the room), 0.01 m2."""
    for code, use in held.offices.items():
        for unit, share in sorted(use.part.items()):
            area = share * getattr(use, name)
            if area:
                yield unit, code, area, use.standards


def _room_part(
    held: Held, unit: str, room: str, area: Fraction, words: tuple[str, int, str]
) -> Part:
    zh, standard, en = words
    name, where = held.names.unit(unit), held.names.place(room)
    size, limit = m2_text(held.problem.rooms[room].area), m2_text(standard)
    return Part(
        amount=m2_of(area),
        unit=unit,
        kind="room",
        place=room,
        zh=f"{name}：{where} {size} 平方米，{zh}标准 {limit} 平方米的部分 {m2_text(area)} 平方米",
        en=f"{name}: {where} of {size} m² is {m2_text(area)} m² {en} the standard of {limit} m²",
    )


def _rounding(change: Fraction) -> Iterator[Part]:
    """What rounding the sum to 0.01 m2 changed; `change` in 0.01 m2."""
    if change:
        text = f"{float(change / 100):+.6f}"
        yield Part(
            amount=m2_of(change),
            subject=ROUNDING,
            zh=f"合计四舍五入到 0.01 平方米：{text} 平方米",
            en=f"the sum rounded to 0.01 m²: {text} m²",
        )


def stranded(held: Held) -> Iterator[Part]:
    """Unheld area per floor in use, less common rooms and the growth reserve per site."""
    problem, names = held.problem, held.names
    floors: dict[tuple[str, str], int] = defaultdict(int)
    offices: dict[str, int] = defaultdict(int)
    for room in held.stock_in_use:
        if room.code not in held.by_room:
            floors[room.floor, room.use] += room.area
            if room.use == "office":
                offices[problem.site_of[room.code]] += room.area
    for (floor, use), area in sorted(floors.items()):
        what = ("办公室", "offices") if use == "office" else ("服务用房", "service rooms")
        yield Part(
            amount=m2_of(area),
            kind="floor",
            place=floor,
            subject=use,
            zh=f"{names.floor(floor)}：无人占用的{what[0]} {m2_text(area)} 平方米",
            en=f"{names.floor(floor)}: {m2_text(area)} m² of {what[1]} that nobody holds",
        )
    for site, area in held.measure.supply(held.rows, held.in_use)[1].items():
        if area:
            yield _less(held, site, area, "common", ("公共服务用房", "common service rooms"))
    people: dict[str, int] = defaultdict(int)
    for row in held.seats:
        people[problem.site_of[row.room]] += row.people
    for site, count in sorted(people.items()):
        need = ceil(problem.policy.reserve * count) * problem.lowest_limit
        if area := min(need, offices[site]):
            yield _less(held, site, area, "reserve", ("增长预留", "growth reserve"))


def _less(held: Held, site: str, area: int, subject: str, what: tuple[str, str]) -> Part:
    name = held.names.site(site)
    return Part(
        amount=-m2_of(area),
        kind="site",
        place=site,
        subject=subject,
        zh=f"{name}：扣除{what[0]} {m2_text(area)} 平方米",
        en=f"{name}: less {m2_text(area)} m² of {what[1]}",
    )


def service_short(held: Held) -> Iterator[Part]:
    """Service rooms short of the promised share, per site, rounded up to 0.01 m2."""
    _, _, entitled, offered = held.measure.supply(held.rows, held.in_use)
    for site in sorted(held.problem.sites):
        share = held.measure.share.get(site, Fraction(0))
        area = ceil(max(Fraction(0), share * entitled[site] - offered[site]))
        if area:
            name, part = held.names.site(site), f"{float(share * 100):.2f} %"
            there, due = m2_text(offered[site]), m2_text(entitled[site])
            yield Part(
                amount=m2_of(area),
                kind="site",
                place=site,
                zh=f"{name}：服务用房 {there} 平方米，比核定 {due} 平方米的 {part} 少 "
                f"{m2_text(area)} 平方米",
                en=f"{name}: {there} m² of service rooms, {m2_text(area)} m² less than {part} of "
                f"the {due} m² entitled",
            )


def leased(held: Held) -> Iterator[Part]:
    """Area of leased or borrowed places kept, and of rented market floors in use."""
    problem, names = held.problem, held.names
    for lease in problem.leases:
        if lease.area and held.in_use & set(lease.floors):
            name, area, rent = names.lease(lease.place), m2_text(lease.area), lease.rent_per_year
            yield Part(
                amount=m2_of(lease.area),
                kind=_kind(held, lease.place),
                place=lease.place,
                zh=f"{name}：保留租借面积 {area} 平方米（年租金 {rent:,} 元）",
                en=f"{name}: {area} m² leased or borrowed is kept ({rent:,} yuan a year)",
            )
    market: dict[str, int] = defaultdict(int)
    for room in held.stock_in_use:
        if room.floor in problem.market_floors:
            market[room.floor] += room.area
    for floor, size in sorted(market.items()):
        yield Part(
            amount=m2_of(size),
            kind="floor",
            place=floor,
            subject="market",
            zh=f"{names.floor(floor)}：市场房源 {m2_text(size)} 平方米",
            en=f"{names.floor(floor)}: {m2_text(size)} m² rented on the market",
        )


def _kind(held: Held, place: str) -> Kind:
    problem = held.problem
    return (
        "site" if place in problem.sites else "building" if place in problem.buildings else "floor"
    )
