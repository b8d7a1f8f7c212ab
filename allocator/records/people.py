"""Parts of the terms that count people: seats missing, moves, distance and the worst shortfall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from allocator.domain import Group
from allocator.quantity import m2_text
from allocator.records.parts import Held, Part
from allocator.report.words import DISTANCE
from allocator.transfers import Distance, seat_moves


def unhoused(held: Held) -> Iterator[Part]:
    """Posts without a seat per group, seats beyond its posts (negative), rooms not given."""
    problem, names = held.problem, held.names
    seated: dict[Group, int] = defaultdict(int)
    for row in held.seats:
        seated[row.group] += row.people
    for group in sorted({*problem.planned, *seated}):
        missing = problem.planned.get(group, 0) - seated[group]
        if not missing:
            continue
        grade = names.grade(group.unit, group.grade)
        who = f"{names.unit(group.unit)} {names.division(group.division)}".strip()
        if missing > 0:
            zh, en = f"{missing} 个编制没有座位", f"{missing} posts without a seat"
        else:
            zh, en = f"座位多于编制 {-missing} 个", f"{-missing} seats more than posts"
        yield Part(
            amount=Fraction(missing),
            unit=group.unit,
            subject=f"{group.division}/{group.grade}",
            zh=f"{who} {grade.zh}：{zh}",
            en=f"{who}, {grade.en}: {en}",
        )
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    for unit, purpose, count in held.measure.missing_requests(held.rows):
        wanted[unit, purpose] += count
    for (unit, purpose), count in sorted(wanted.items()):
        yield Part(
            amount=Fraction(count),
            unit=unit,
            subject=f"request/{purpose}",
            rule="requests",
            zh=f"{names.unit(unit)}：用房需求“{purpose}”缺 {count} 间",
            en=f"{names.unit(unit)}: {count} rooms missing of the request '{purpose}'",
        )


def moved(held: Held, distance: Distance) -> Iterator[Part]:
    """People moved over one distance, per unit, building left and building taken."""
    names, building = held.names, held.problem.building_of
    site = held.problem.site_of_building
    people: dict[tuple[str, str, str], int] = defaultdict(int)
    for move in seat_moves(held.problem.scenario, held.seats):
        origin, target = building[move.from_room], building[move.to_room]
        same_site = site[origin] == site[target]
        found = "building" if origin == target else "site" if same_site else "far"
        if found == distance:
            people[move.group.unit, origin, target] += move.people
    for (unit, origin, target), count in sorted(people.items()):
        start, end = names.building(origin), names.building(target)
        yield Part(
            amount=Fraction(count),
            unit=unit,
            kind="building",
            place=target,
            subject=origin,
            zh=f"{names.unit(unit)}：{count} 人由 {start} 调整到 {end}（{DISTANCE[distance].zh}）",
            en=f"{names.unit(unit)}: {count} people move from {start} to {end} "
            f"({DISTANCE[distance].en})",
        )


def near(held: Held) -> Iterator[Part]:
    """Weight x people x steps of each pair of related units that are apart."""
    problem, names = held.problem, held.names
    places = held.measure.main_places(held.seats)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for relation in problem.scenario.relations:
        a, b = places.get(relation.a), places.get(relation.b)
        if relation.kind == "near" and a and b:
            people = min(problem.people_of[relation.a], problem.people_of[relation.b])
            distance = relation.weight * people * held.measure.steps(a, b)
            sums[relation.a, relation.b] += distance
    for (one, other), amount in sorted(sums.items()):
        if amount:
            start, end = (names.floor(places[unit][1]) for unit in (one, other))
            yield Part(
                amount=Fraction(amount),
                unit=one,
                subject=other,
                zh=f"{names.unit(one)}（{start}）与 {names.unit(other)}（{end}）"
                f"相距 {amount} 人次·级",
                en=f"{names.unit(one)} ({start}) and {names.unit(other)} ({end}) are {amount} "
                "person-steps apart",
            )


def off_main_floor(held: Held) -> Iterator[Part]:
    """People in the main building but off the main floor, per unit and floor."""
    yield from _away(held, outside=False)


def outside_main_building(held: Held) -> Iterator[Part]:
    """People outside the main building, per unit and building."""
    yield from _away(held, outside=True)


def _away(held: Held, *, outside: bool) -> Iterator[Part]:
    problem, names = held.problem, held.names
    mains = held.measure.main_places(held.seats)
    people: dict[tuple[str, str], int] = defaultdict(int)
    for row in held.seats:
        building, floor = problem.building_of[row.room], problem.floor_of[row.room]
        main_building, main_floor = mains[row.unit]
        if outside and building != main_building:
            people[row.unit, building] += row.people
        elif not outside and building == main_building and floor != main_floor:
            people[row.unit, floor] += row.people
    for (unit, place), count in sorted(people.items()):
        main = mains[unit][0 if outside else 1]
        where, home = names.place(place), names.place(main)
        yield Part(
            amount=Fraction(count),
            unit=unit,
            kind="building" if outside else "floor",
            place=place,
            zh=f"{names.unit(unit)}：{count} 人在 {where}，主要办公地点为 {home}",
            en=f"{names.unit(unit)}: {count} people at {where}, its main place is {home}",
        )


def short_per_person(held: Held) -> Iterator[Part]:
    """The unit whose people lack most each, 0.01 m2 rounded up; ties by code."""
    people: dict[str, int] = defaultdict(int)
    short: dict[str, Fraction] = defaultdict(Fraction)
    for row in held.seats:
        people[row.unit] += row.people
    for use in held.offices.values():
        for unit, part in use.part.items():
            short[unit] += part * use.short
    if not people:
        return
    worst = min(people, key=lambda u: (-short[u] / people[u], u))
    amount = ceil(short[worst] / people[worst])
    if amount:
        name = held.names.unit(worst)
        each, every = m2_text(amount), m2_text(short[worst])
        yield Part(
            amount=Fraction(amount),
            unit=worst,
            zh=f"{name}：人均低于标准 {each} 平方米（{people[worst]} 人共 {every} 平方米），"
            "为各单位最大",
            en=f"{name}: {each} m² short per person ({every} m² for {people[worst]} people), the "
            "most of any unit",
        )
