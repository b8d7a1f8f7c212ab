"""One plan beside everything recomputed for it; what the checks read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from allocator.domain import Request
from allocator.plan import Assignment, People
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

    @property
    def rows(self) -> list[tuple[int, Assignment]]:
        """Assignments with their position in plan.json."""
        return list(enumerate(self.plan.assignments))

    def chosen(self) -> list[tuple[int, Assignment]]:
        """Rows that the plan chooses: seats, requests and pinned rooms."""
        return [(n, row) for n, row in self.rows if row.purpose not in NOT_CHOSEN]

    def chosen_rooms(self) -> list[tuple[str, str]]:
        """(room, unit) of the chosen rows, each once, in their order."""
        return list(dict.fromkeys((row.room, row.unit) for _, row in self.chosen()))

    def units_in(self) -> dict[str, set[str]]:
        """Units that sit in each room with people."""
        return _units_by_room(self.layout)


def build_context(world: World, plan: PlanData) -> Context:
    """Recompute everything; all codes in the plan must be known."""
    layout_today = today(world)
    layout = planned(world, plan.assignments, plan.areas.common_floors)
    share_at = share_at_sites(world, layout_today)
    measured = measure(world, layout, share_at, vacant_posts=False)
    people = count_people(world, layout)
    past = rooms_past_rule(world, layout)
    missing = sum(
        max(0, count - len(rooms)) for count, rooms in asked_and_given(world, plan).values()
    )
    units = _units_by_room(layout)
    registered = {(entry.room, entry.unit) for entry in world.scenario.exceptions}
    proposed = sum(1 for room in past if not any((room, u) in registered for u in units[room]))
    return Context(
        world=world,
        plan=plan,
        layout=layout,
        today=measure(world, layout_today, share_at, vacant_posts=True),
        measured=measured,
        people=people,
        caps=unit_caps(world),
        quantities=term_quantities(world, layout, measured, people, missing, proposed),
        past_rule=past,
    )


def _units_by_room(layout: Layout) -> dict[str, set[str]]:
    units: dict[str, set[str]] = defaultdict(set)
    for room, group in layout.seats:
        units[room].add(group.unit)
    return units


def rooms_past_rule(world: World, layout: Layout) -> dict[str, int]:
    """Offices with people outside min_share x standards <= area <= standards + tolerance."""
    policy = world.policy
    past = {}
    for code, groups in sorted(layout.seats_by_room().items()):
        room = world.rooms[code]
        if room.use != "office" or all(world.ineligible(group.unit) for group, _ in groups):
            continue
        standards = sum(n * world.limit(group.unit, group.grade) for group, n in groups)
        if not policy.min_share * standards <= room.area <= standards + policy.tolerance:
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
