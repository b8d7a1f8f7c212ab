"""One plan beside everything recomputed for it; what the checks read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.domain import Request
from allocator.plan import Assignment, People
from allocator.scenario import Scenario
from allocator.verify.areas import Measured, measure, share_at_sites
from allocator.verify.caps import Caps, unit_caps
from allocator.verify.layout import NOT_CHOSEN, Layout, planned, today
from allocator.verify.moves import count_people
from allocator.verify.plan_format import PlanData
from allocator.verify.tiers import term_quantities
from allocator.verify.world import World

PIN = "pin"
"""Purpose of a service room that a unit holds because a pin says so."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is the same for every plan of a scenario: today's figures, and the units' caps."""

    share_at: dict[str, Fraction]
    today: Measured
    caps: dict[str, Caps]


def given(world: World, like: tuple[World, Given] | None = None) -> Given:
    """Recompute it; today's figures come from `like` where only pins and forbids differ."""
    if like is not None and _same_today(world.scenario, like[0].scenario):
        old, new = like[0].scenario, world.scenario
        pinned = set(old.pins) ^ set(new.pins)
        forbidden = set(old.forbids) ^ set(new.forbids)
        units = {pin.unit for pin in pinned} | {forbid.unit for forbid in forbidden}
        return replace(like[1], caps=like[1].caps | unit_caps(world, units))
    layout_today = today(world)
    share_at = share_at_sites(world, layout_today)
    return Given(
        share_at=share_at,
        today=measure(world, layout_today, share_at, vacant_posts=True),
        caps=unit_caps(world),
    )


def _same_today(a: Scenario, b: Scenario) -> bool:
    """Whether nothing differs that today's figures are counted from."""
    if a.ledger is not b.ledger:
        return False
    return replace(a, pins=(), forbids=()) == replace(b, pins=(), forbids=())


@dataclass(frozen=True, slots=True)
class Context:
    """A plan as written (`plan`) and as recomputed (the rest)."""

    world: World
    plan: PlanData
    layout: Layout
    today: Measured
    measured: Measured
    people: People
    caps: dict[str, Caps]
    quantities: dict[str, Fraction]
    past_rule: dict[str, int]
    """Offices past the room rule with the standards of their people in 0.01 m2."""

    rows: list[tuple[int, Assignment]]
    """Assignments with their position in plan.json."""
    chosen: list[tuple[int, Assignment]]
    """Rows that the plan chooses: seats, requests and pinned rooms."""
    chosen_rooms: list[tuple[str, str]]
    """(room, unit) of the chosen rows, each once, in their order."""

    units_in: dict[str, set[str]]
    """Units that sit in each room with people."""


def build_context(world: World, plan: PlanData, same: Given | None = None) -> Context:
    """Recompute everything but `same`; all codes in the plan must be known."""
    same = same or given(world)
    layout = planned(world, plan.assignments, plan.areas.common_floors)
    measured = measure(world, layout, same.share_at, vacant_posts=False)
    people = count_people(world, layout)
    past = rooms_past_rule(world, layout)
    missing = sum(
        max(0, count - len(rooms)) for count, rooms in asked_and_given(world, plan).values()
    )
    units = _units_by_room(layout)
    registered = {(entry.room, entry.unit) for entry in world.scenario.exceptions}
    proposed = sum(1 for room in past if not any((room, u) in registered for u in units[room]))
    rows = list(enumerate(plan.assignments))
    chosen = [(n, row) for n, row in rows if row.purpose not in NOT_CHOSEN]
    return Context(
        world=world,
        plan=plan,
        layout=layout,
        today=same.today,
        measured=measured,
        people=people,
        caps=same.caps,
        quantities=term_quantities(world, layout, measured, people, missing, proposed),
        past_rule=past,
        rows=rows,
        chosen=chosen,
        chosen_rooms=list(dict.fromkeys((row.room, row.unit) for _, row in chosen)),
        units_in=units,
    )


def _units_by_room(layout: Layout) -> dict[str, set[str]]:
    units: dict[str, set[str]] = defaultdict(set)
    for room, group in layout.seats:
        units[room].add(group.unit)
    return units


def rooms_past_rule(world: World, layout: Layout) -> dict[str, int]:
    """Offices with people outside min_share x standards <= area <= standards + tolerance."""
    policy, share = world.policy, world.policy.min_share
    past = {}
    for code, groups in sorted(layout.seats_by_room().items()):
        room = world.rooms[code]
        if room.use != "office" or all(world.ineligible(group.unit) for group, _ in groups):
            continue
        standards = sum(n * world.limit(group.unit, group.grade) for group, n in groups)
        enough = share.numerator * standards <= share.denominator * room.area
        if not (enough and room.area <= standards + policy.tolerance):
            past[code] = standards
    return past


def requests_by_purpose(world: World) -> dict[tuple[str, str], list[Request]]:
    """Requests of units that receive space, by unit and purpose."""
    result: dict[tuple[str, str], list[Request]] = defaultdict(list)
    for request in world.scenario.ledger.requests:
        if world.planned(request.unit):
            result[request.unit, request.purpose].append(request)
    return dict(result)


def asked_and_given(
    world: World, plan: PlanData
) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    """Rooms asked for (count) and given (codes) per unit and purpose."""
    given: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in plan.assignments:
        given[row.unit, row.purpose].append(row.room)
    return {
        key: (sum(request.count for request in requests), tuple(given.get(key, ())))
        for key, requests in sorted(requests_by_purpose(world).items())
    }
