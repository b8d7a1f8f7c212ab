"""Defects of every kind an auditor knows, planted on purpose, each in a place of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

from allocator.domain import Occupancy, Posts, Unit
from allocator.generate.defect_desk import Desk
from allocator.generate.figures import LIMITS, LOWEST, MIN_SHARE, service_entitlement
from allocator.generate.generate import Generated

LONG_AGO = date(2020, 6, 30)
_EQUIPMENT = Fraction(9, 100)


def plant_defects(generated: Generated, seed: int, each: int = 2) -> Generated:
    """The same city with `each` more findings of every kind, and their answers.

    Some rows name units and grades that the ledger does not know: only an audit reads it. Raises
    ValueError where the ledger has too few units.
    """
    desk = Desk(generated.ledger, Random(f"{seed}/defects"), list(generated.answers))
    for plant in _KINDS:
        for _ in range(each):
            plant(desk)
    _count_titles(desk)
    ledger = replace(
        generated.ledger,
        floors=tuple(desk.floors),
        rooms=tuple(desk.rooms),
        units=tuple(desk.units),
        divisions=tuple(desk.divisions),
        posts=tuple(desk.posts),
        occupancy=tuple(desk.occupancy),
    )
    return replace(generated, ledger=ledger, answers=tuple(desk.answers))


# -- how a room is used ---------------------------------------------------------------------------


def _let_out(desk: Desk) -> None:
    place, _ = desk.take_room()
    room = desk.add_room(place.floor, "service", 3000, status="let")
    desk.answer("let_out", room.code, "", "", room.area)


def _lent_out(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_room(room.code, lent_to="某文化传播有限公司")
    desk.answer("lent_out", room.code, row.unit)


def _passed_on(desk: Desk) -> None:
    room, row = desk.take_room()
    other = next(u for u in desk.units if u.planned and u.code != row.unit)
    desk.change_room(room.code, lent_to=other.code)
    desk.answer("passed_on", room.code, row.unit)


def _ineligible(desk: Desk) -> None:
    place, _ = desk.take_room()
    unit = _new_unit(desk, "association", "X", "行业协会")
    room = desk.add_room(place.floor, "office", 2400, allocated_unit=unit.code, idle_reported=None)
    desk.add_posts(unit.code, {_lowest(desk): 2}, seat=room.code)
    desk.answer("ineligible_use", room.code, unit.code, "", room.area)


def _function(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_room(room.code, approved_use="service")
    desk.answer("function_changed", room.code, row.unit)


def _business(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_room(room.code, use="business", approved_use="office")
    desk.answer("business_netted", room.code, row.unit)


def _sealed(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_room(room.code, status="sealed")
    desk.answer("sealed_used", room.code, row.unit)


def _not_vacated(desk: Desk) -> None:
    place, row = desk.take_room()
    unit = _new_unit(
        desk, "organ", "Y", "撤销办公室", status="abolished", abolished_on=LONG_AGO,
        successor=row.unit,
    )  # fmt: skip
    room = desk.add_room(place.floor, "service", 2000)
    desk.hold(room, unit.code)
    desk.answer("not_vacated", room.code, unit.code, "abolished")


def _term_over(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_seat(row, until=LONG_AGO)
    desk.answer("not_vacated", room.code, row.unit, "until")


def _two_hands(desk: Desk) -> None:
    while True:  # Until a unit with company in its territory is met.
        room, row = desk.take_room()
        for other in desk.units:
            if other.planned and other.code != row.unit and not other.features:
                if other.territory != _unit(desk, row.unit).territory:
                    continue
                desk.occupancy.append(Occupancy(room=room.code, unit=other.code))
                desk.answer("two_hands", room.code, min(row.unit, other.code))
                return


def _title(desk: Desk) -> None:
    room, _ = desk.take_room()
    floor = next(f for f in desk.floors if f.code == room.floor)
    if floor.code in desk.taken or floor.title_registered is False:
        return
    desk.taken.add(floor.code)
    changed = replace(floor, title_registered=False, title_holder="原市建筑工程学校")
    desk.floors = [changed if f is floor else f for f in desk.floors]
    desk.answer("title_unregistered", floor.code)


def _count_titles(desk: Desk) -> None:
    """Rooms held below each place whose title is not registered, once all are planted."""
    units = {u.code for u in desk.units}
    used = {o.room for o in desk.occupancy if o.unit in units}
    own = {f.code for f in desk.floors if f.title_registered is not None}
    site = {b.code: b.site for b in desk.ledger.buildings}
    below = {f.code: f.code if f.code in own else site[f.building] for f in desk.floors}
    held = Counter(below[r.floor] for r in desk.rooms if r.allocated_unit or r.code in used)
    desk.answers = [
        replace(a, value=held[a.place]) if a.kind == "title_unregistered" else a
        for a in desk.answers
    ]


def _territory(desk: Desk) -> None:
    unit = desk.take_unit(alone=True)
    territories = {u.territory for u in desk.units if u.planned} - {unit.territory, ""}
    if not territories or not unit.territory:
        return
    sites = {s.code: s.territory for s in desk.ledger.sites if s.tenure != "market"}
    buildings = {b.code: sites.get(b.site, "") for b in desk.ledger.buildings}
    place = next(
        f.code for f in desk.ledger.floors if buildings[f.building] in territories
    )  # fmt: skip
    room = desk.add_room(place, "service", 1000)
    desk.hold(room, unit.code)
    desk.answer("outside_territory", room.code, unit.code)


def _feature(desk: Desk) -> None:
    special = {u.code for u in desk.units if u.planned and u.features}
    rooms = {r.code: r for r in desk.rooms}
    for row in desk.occupancy:
        if row.unit in special and row.people and row.room not in desk.taken:
            room = rooms[row.room]
            if room.use == "office" and room.features:
                desk.taken.add(room.code)
                desk.change_room(room.code, features=())
                desk.answer("feature_missing", room.code, row.unit)
                return


# -- people and posts -----------------------------------------------------------------------------


def _two_offices(desk: Desk) -> None:
    unit = desk.take_unit()
    grade = desk.leader(unit)
    room = desk.add_room(desk.home(unit.code), "office", LIMITS[unit.level][grade])
    division = desk.add_posts(unit.code, {grade: 1}, seat=room.code)
    second = desk.add_room(desk.home(unit.code), "office", LIMITS[unit.level][grade])
    desk.occupancy.append(
        Occupancy(room=second.code, unit=unit.code, division=division, grade=grade, people=1)
    )
    desk.answer("two_offices", division, unit.code, grade, 2, 1)


def _roll_above(desk: Desk) -> None:
    unit = desk.take_unit()
    room = desk.add_room(desk.home(unit.code), "office", 2700)
    grade = _lowest(desk)
    division = desk.add_posts(unit.code, {grade: 3}, seat=room.code)
    desk.posts[-1] = replace(desk.posts[-1], established=2)
    desk.answer("roll_above_establishment", division, unit.code, grade, 3, 2)


def _unhoused(desk: Desk) -> None:
    unit = desk.take_unit()
    division = desk.add_posts(unit.code, {_lowest(desk): 2})
    desk.answer("group_without_room", division, unit.code, "", 2, 0)


def _abolished_posts(desk: Desk) -> None:
    unit = _new_unit(
        desk, "organ", "Z", "撤销管理处", status="abolished", abolished_on=LONG_AGO,
        successor=desk.units[0].code,
    )  # fmt: skip
    desk.posts.append(
        Posts(unit=unit.code, division="", grade=_lowest(desk), established=3, in_post=0)
    )
    desk.answer("posts_without_unit", unit.code, unit.code, "", 3)


def _unknown_posts(desk: Desk) -> None:
    code = f"Q{len(desk.answers)}"
    desk.posts.append(Posts(unit=code, division="", grade=_lowest(desk), established=4, in_post=0))
    desk.answer("posts_without_unit", code, code, "", 4)


def _unknown_grade(desk: Desk) -> None:
    unit = desk.take_unit()
    room = desk.add_room(desk.home(unit.code), "office", 900)
    division = desk.add_posts(unit.code, {"二级调研员": 1}, seat=room.code)
    desk.answer("grade_unknown", division, unit.code, "二级调研员")


def _unknown_holder(desk: Desk) -> None:
    place, _ = desk.take_room()
    room = desk.add_room(place.floor, "service", 1500)
    code = f"R{len(desk.answers)}"
    desk.occupancy.append(Occupancy(room=room.code, unit=code))
    desk.answer("unknown_named", code, code)


# -- caps -----------------------------------------------------------------------------------------


def _service(desk: Desk) -> None:
    unit = desk.take_unit(alone=True)
    allowed = service_entitlement(unit.level, _established(desk, unit.code))
    room = desk.add_room(desk.home(unit.code), "service", allowed + 1200)
    desk.hold(room, unit.code)
    desk.answer("service_over", unit.code, unit.code, "", room.area, allowed)


def _equipment(desk: Desk) -> None:
    unit = desk.take_unit(alone=True)
    office = sum(
        p.established * LIMITS[unit.level][p.grade] for p in desk.posts if p.unit == unit.code
    )
    service = service_entitlement(unit.level, _established(desk, unit.code))
    allowed = floor(_EQUIPMENT * (office + service) + Fraction(1, 2))
    room = desk.add_room(desk.home(unit.code), "equipment", allowed + 300)
    desk.hold(room, unit.code)
    desk.answer("equipment_over", unit.code, unit.code, "", room.area, allowed)


# -- only to check --------------------------------------------------------------------------------


def _colocation(desk: Desk) -> None:
    unit = desk.take_unit()
    leader = desk.leader(unit)
    area = LIMITS[unit.level][leader] + LOWEST
    room = desk.add_room(desk.home(unit.code), "office", area)
    desk.add_posts(unit.code, {leader: 1, _lowest(desk): 2}, seat=room.code)
    own = LIMITS[unit.level][leader]
    desk.answer("to_check_colocation", room.code, unit.code, "", area, own)


def _desks(desk: Desk) -> None:
    room, row = desk.take_room()
    desk.change_seat(row, desks=row.people + 2)
    desk.answer("to_check_desks", room.code, row.unit, "", row.people + 2, row.people)


def _slivers(desk: Desk) -> None:
    unit = desk.take_unit()
    place = desk.home(unit.code)
    stem = f"9{len(desk.answers)}"
    small = desk.add_room(place, "office", 400, number=f"{stem}A", idle_reported=True)
    large = desk.add_room(place, "office", 900, number=f"{stem}B")
    desk.add_posts(unit.code, {_lowest(desk): 1}, seat=large.code)
    desk.answer("idle", small.code, "", "reported", small.area)
    least = floor(MIN_SHARE * LOWEST)
    desk.answer("to_check_slivers", small.code, unit.code, "", small.area, least)


def _new_unit(desk: Desk, category: str, letter: str, name: str, **fields: Any) -> Unit:
    code = f"{letter}{len(desk.units)}"
    plain: dict[str, Any] = {
        "code": code,
        "name": f"{name}{code}",
        "level": desk.level,
        "category": category,
    }
    unit = Unit(**(plain | fields))
    desk.units.append(unit)
    desk.taken.add(code)
    return unit


def _unit(desk: Desk, code: str) -> Unit:
    return next(u for u in desk.units if u.code == code)


def _lowest(desk: Desk) -> str:
    return next(g for g, area in LIMITS[desk.level].items() if area == LOWEST)


def _established(desk: Desk, unit: str) -> int:
    return sum(p.established for p in desk.posts if p.unit == unit)


_KINDS: tuple[Callable[[Desk], None], ...] = (
    _territory, _service, _equipment, _let_out, _lent_out, _passed_on, _ineligible, _function,
    _business, _sealed, _not_vacated, _term_over, _two_hands, _feature, _two_offices, _roll_above,
    _unhoused, _abolished_posts, _unknown_posts, _unknown_grade, _unknown_holder, _colocation,
    _desks, _slivers, _title,
)  # fmt: skip
"""Those first whose unit must not get more posts, the title last: it counts rooms held."""
