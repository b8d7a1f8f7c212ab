"""Today beside the plan, site by site and unit by unit; areas in 0.01 m2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.measure import Measure
from allocator.plan import Areas, Assignment
from allocator.problem import Problem
from allocator.quantity import half_up
from allocator.transfers import SeatMove


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFigures:
    """One site today or in a plan: stock = held + common + stranded + released.

    `in_use` is the stock on floors in use; `service_entitled` and `service_offered` are what the
    people seated there may have and what is held by their units or common.
    """

    stock: int
    in_use: int
    held: int
    common: int
    stranded: int
    released: int
    people: int
    service_entitled: int
    service_offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site before and after, with the floors the plan newly releases and takes into use."""

    site: str
    before: SiteFigures
    after: SiteFigures
    floors_released: tuple[str, ...]
    floors_taken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit before and after; a room of several units is divided by their standards.

    `entitlement` is the sum of standards of the planned people (0 for bodies without one).
    """

    unit: str
    people_today: int
    people_planned: int
    people_seated: int
    people_moved: int
    office_before: int
    office_after: int
    entitlement: int
    service_before: int
    service_after: int
    service_entitlement: int
    building_before: str
    building_after: str


def site_rows(
    problem: Problem,
    before: tuple[Areas, Sequence[Assignment]],
    after: tuple[Areas, Sequence[Assignment]],
) -> tuple[SiteRow, ...]:
    """One row per site with stock, in the order of codes."""
    used_before, used_after = set(before[0].floors_in_use), set(after[0].floors_in_use)
    old = _site_figures(problem, before[1], used_before)
    new = _site_figures(problem, after[1], used_after)
    rows = []
    for site in sorted(problem.sites):
        floors = [f for f in problem.stock_by_floor if problem.site_of_floor[f] == site]
        if not floors:
            continue
        rows.append(
            SiteRow(
                site=site,
                before=old[site],
                after=new[site],
                floors_released=tuple(sorted(used_before.intersection(floors) - used_after)),
                floors_taken=tuple(sorted(used_after.intersection(floors) - used_before)),
            )
        )
    return tuple(rows)


def _site_figures(
    problem: Problem, rows: Iterable[Assignment], in_use: set[str]
) -> dict[str, SiteFigures]:
    rows = list(rows)
    given = {row.room for row in rows}
    sums: dict[str, dict[str, int]] = {s: defaultdict(int) for s in problem.sites}
    for room in problem.stock:
        if room.floor in problem.market_floors and room.floor not in in_use:
            continue
        total = sums[problem.site_of[room.code]]
        total["stock"] += room.area
        if room.floor not in in_use:
            total["released"] += room.area
        elif room.code in given:
            total["held"] += room.area
        else:
            total["unheld"] += room.area
            total["unheld_service"] += room.area if room.use == "service" else 0
    seated = _seated(problem, rows)
    service = _service_held(problem, rows)
    result: dict[str, SiteFigures] = {}
    for site, total in sums.items():
        entitled = _entitled(problem, seated, site)
        wanted = sum(max(0, e - service.get((u, site), 0)) for u, e in entitled.items())
        common = min(total["unheld_service"], wanted)
        offered = sum(area for (_, s), area in service.items() if s == site)
        result[site] = SiteFigures(
            stock=total["stock"],
            in_use=total["stock"] - total["released"],
            held=total["held"],
            common=common,
            stranded=total["unheld"] - common,
            released=total["released"],
            people=sum(n for (_, s), n in seated.items() if s == site),
            service_entitled=sum(entitled.values()),
            service_offered=offered + common,
        )
    return result


def _seated(problem: Problem, rows: Iterable[Assignment]) -> dict[tuple[str, str], int]:
    """People of planned units by (unit, site)."""
    seated: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.people and problem.units[row.unit].planned:
            seated[row.unit, problem.site_of[row.room]] += row.people
    return seated


def _service_held(problem: Problem, rows: Iterable[Assignment]) -> dict[tuple[str, str], int]:
    """Service area held by planned units, by (unit, site)."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for code, unit in sorted({(row.room, row.unit) for row in rows}):
        room = problem.rooms[code]
        if room.use == "service" and room.status == "available" and problem.units[unit].planned:
            held[unit, problem.site_of[code]] += room.area
    return held


def _entitled(problem: Problem, seated: dict[tuple[str, str], int], site: str) -> dict[str, int]:
    """Service entitlement at one site, divided by people seated, per unit."""
    entitled: dict[str, int] = {}
    for (unit, place), people in seated.items():
        if place == site:
            everywhere = sum(n for (u, _), n in seated.items() if u == unit)
            share = Fraction(problem.service_entitlement[unit] * people, everywhere)
            entitled[unit] = half_up(share)
    return entitled


def unit_rows(
    measure: Measure,
    before: Sequence[Assignment],
    after: Sequence[Assignment],
    moves: Iterable[SeatMove],
) -> tuple[UnitRow, ...]:
    """One row per unit that has posts, people or rooms, in the order of codes."""
    problem = measure.problem
    moved: dict[str, int] = defaultdict(int)
    for move in moves:
        moved[move.group.unit] += move.people
    people_today, seated = _people(before), _people(after)
    old, new = _areas(measure, before), _areas(measure, after)
    main_before = measure.main_places([r for r in before if r.people])
    main_after = measure.main_places([r for r in after if r.people])
    rows = []
    for unit in sorted(problem.units):
        planned = problem.people_of.get(unit, 0)
        present = planned or people_today.get(unit) or (unit, "office") in old
        if not (present or any((unit, use) in areas for areas in (old, new) for use in _USES)):
            continue
        rows.append(
            UnitRow(
                unit=unit,
                people_today=people_today.get(unit, 0),
                people_planned=planned,
                people_seated=seated.get(unit, 0),
                people_moved=moved.get(unit, 0),
                office_before=half_up(old.get((unit, "office"), 0)),
                office_after=half_up(new.get((unit, "office"), 0)),
                entitlement=problem.need(unit) if unit in problem.groups_of else 0,
                service_before=half_up(old.get((unit, "service"), 0)),
                service_after=half_up(new.get((unit, "service"), 0)),
                service_entitlement=problem.service_entitlement.get(unit, 0),
                building_before=main_before.get(unit, ("", ""))[0],
                building_after=main_after.get(unit, ("", ""))[0],
            )
        )
    return tuple(rows)


_USES = ("office", "service")


def _people(rows: Iterable[Assignment]) -> dict[str, int]:
    people: dict[str, int] = defaultdict(int)
    for row in rows:
        people[row.unit] += row.people
    return people


def _areas(measure: Measure, rows: Iterable[Assignment]) -> dict[tuple[str, str], Fraction]:
    """Stock area held by (unit, use)."""
    by_room: dict[str, list[Assignment]] = defaultdict(list)
    for row in rows:
        by_room[row.room].append(row)
    stock = {room.code for room in measure.problem.stock}
    areas: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for code, inside in by_room.items():
        if code not in stock:
            continue
        room = measure.problem.rooms[code]
        units = sorted({row.unit for row in inside})
        equal = {unit: Fraction(1, len(units)) for unit in units}
        part = measure.room_use(code, inside).part if room.use == "office" else equal
        for unit, share in part.items():
            areas[unit, room.use] += share * room.area
    return dict(areas)
