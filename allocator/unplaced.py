"""Why people or requests are left without a room, in the order of the tests they fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from allocator.domain import Group, Room
from allocator.measure import Measure
from allocator.plan import Assignment, Unplaced
from allocator.problem import Problem
from allocator.quantity import m2_text


def unplaced_rows(
    problem: Problem,
    measure: Measure,
    rows: Iterable[Assignment],
    seated: Mapping[Group, int],
) -> tuple[Unplaced, ...]:
    """One row per group with people left over and per request not met, sorted."""
    rows = list(rows)
    held = {row.room for row in rows}
    found = [
        _group(problem, group, wanted - seated.get(group, 0), held)
        for group, wanted in problem.planned.items()
        if wanted > seated.get(group, 0)
    ]
    found += [
        _request(problem, unit, purpose)
        for unit, purpose, count in measure.missing_requests(rows)
        for _ in range(count)
    ]
    return tuple(sorted(found))


def _group(problem: Problem, group: Group, people: int, held: set[str]) -> Unplaced:
    offices = [r for r in problem.stock if r.use == "office"]
    limit = problem.limit(group.unit, group.grade)

    def row(rule: str, reason: str, nearest: str = "") -> Unplaced:
        return Unplaced(group.unit, group.division, group.grade, people, reason, rule, nearest)

    floors = problem.permitted_floors[group.unit]
    may = [r for r in offices if problem.permitted(group.unit, r)]
    may = [r for r in may if problem.group_permitted(group, r)]
    if not may:
        if not any(r.floor in floors for r in offices):
            return row(
                "permits", "no office room whose title, territory or business tie permits the unit"
            )
        return row("features", "features, pins and forbids of the unit exclude every office room")
    fits = [r for r in may if _may_hold(problem, r, limit, problem.single(group.unit, group.grade))]
    if not fits:
        nearest = min(may, key=lambda r: (abs(r.area - limit), r.code))
        return row(
            "room_rule",
            f"no permitted room fits the standard of {m2_text(limit)} m2 per person",
            _text(nearest),
        )
    free = sorted(
        (r for r in fits if r.code not in held), key=lambda r: (abs(r.area - limit), r.code)
    )
    low = min(problem.limit(group.unit, g.grade) for g in problem.groups_of[group.unit])
    seats = sum(int(Fraction(r.area) / (problem.policy.min_share * low)) for r in may)
    if seats < problem.people_of[group.unit]:
        return row(
            "capacity",
            f"the permitted rooms have {seats} seats for {problem.people_of[group.unit]} posts",
        )
    if not free:
        return row("taken", "every room that fits is held by other people", _text(fits[0]))
    return row(
        "packing",
        "seats suffice by count, but rooms, caps and the growth reserve leave none that fits",
        _text(free[0]),
    )


def _may_hold(problem: Problem, room: Room, limit: int, single: bool) -> bool:
    """Whether some number of people of one standard fits the room (single: exactly one)."""
    policy = problem.policy
    most = int(Fraction(room.area) / (policy.min_share * limit))
    least = max(1, -(-(room.area - policy.tolerance) // limit))
    if single:
        return least == 1 <= most
    return most >= 1


def _request(problem: Problem, unit: str, purpose: str) -> Unplaced:
    request = next(
        q for q in problem.scenario.ledger.requests if (q.unit, q.purpose) == (unit, purpose)
    )
    middle = (request.area_min + request.area_max) // 2
    rooms = [r for r in problem.stock if r.use == request.use]
    may = [r for r in rooms if problem.permitted(unit, r, request.features)]
    fits = [r for r in may if request.area_min <= r.area <= request.area_max]
    near = min(fits or may or rooms, key=lambda r: (abs(r.area - middle), r.code), default=None)
    size = f"{m2_text(request.area_min)}-{m2_text(request.area_max)} m2"
    if not fits:
        reason = f"no permitted {request.use} room of {size}"
    else:
        reason = f"the {request.use} rooms of {size} are taken or lie where the unit is not"
    if near:
        reason += f"; nearest {_text(near)}"
    return Unplaced(unit, "", "", 0, reason, "requests", purpose)


def _text(room: Room) -> str:
    return f"{room.code} ({m2_text(room.area)} m2)"
