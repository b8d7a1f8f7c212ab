"""What it costs if a unit stays: (a) with all others frozen, (b) with everybody planned again.

Both are settled by solving the scenario with more wishes; bounds decide. At small scale the bounds
meet the values and the answers are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.plan import Plan
from allocator.problem import Problem
from allocator.scenario import Forbid, Pin, Scenario, Tier
from allocator.transfers import Transfer, transfers

MOVED = Tier(
    name="moved",
    unit="people",
    terms=tuple((t, Fraction(1)) for t in ("moved_building", "moved_site", "moved_far")),
)
"""People moved as the last tier: among plans that are as good, the fewest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a solve came to; `impossible`: proved to have no lawful plan."""

    impossible: bool
    plan: Plan | None


Planner = Callable[[Scenario], Solution]
"""Solves all tiers of a scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Change of one tier, in its unit; None on both sides: nothing is known."""

    tier: str
    unit: str
    low: Fraction | None
    high: Fraction | None

    @property
    def decided(self) -> bool:
        """Whether the sign of the change, or that there is none, is proved."""
        if self.low is None or self.high is None:
            return False
        return self.low == self.high or self.low > 0 or self.high < 0

    @property
    def zero(self) -> bool:
        """Whether it is proved that nothing changes."""
        return self.low == self.high == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The price of a unit staying. `impossible`: proved that it cannot."""

    impossible: bool
    changes: tuple[Interval, ...]

    @property
    def verdict(self) -> str:
        """`impossible`, `worse`, `equal`, `better` or `open`: the first tier that differs decides.

        `better` only if the plan itself was not the best. People moved, the last change, are told
        beside it: they are no tier of the policy.
        """
        if self.impossible:
            return "impossible"
        for change in self.changes[:-1]:
            if change.zero:
                continue
            if not change.decided:
                return "open"
            return "worse" if change.low is not None and change.low > 0 else "better"
        return "equal" if self.changes else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One transfer with its answers; None: not asked (it stays in its building)."""

    transfer: Transfer
    frozen: Stay | None
    again: Stay | None
    taken: tuple[tuple[str, str], ...]
    """Today's rooms of the unit in that building which others hold in the plan: (room, unit)."""


def with_moved(scenario: Scenario) -> Scenario:
    """The scenario with the people who move as its last tier."""
    tiers = (*scenario.policy.tiers, MOVED)
    return replace(scenario, policy=replace(scenario.policy, tiers=tiers))


def why_transfers(
    scenario: Scenario,
    plan: Plan,
    planner: Planner,
    units: Iterable[str] = (),
    *,
    exact: bool = True,
) -> tuple[Why, ...]:
    """Answers for every transfer of the plan to another building, or for those of some units.

    With `exact` False (a large scenario) the frozen case is told by the rooms taken alone.
    """
    wanted = {*units}
    asked = with_moved(scenario)
    best: Solution | None = None
    settled: dict[tuple[str, str], tuple[Stay | None, Stay]] = {}
    found = []
    for transfer in transfers(scenario, plan.assignments):
        if wanted and transfer.unit not in wanted:
            continue
        key = transfer.unit, transfer.from_building
        if transfer.from_building == transfer.to_building:
            found.append(Why(transfer=transfer, frozen=None, again=None, taken=()))
            continue
        best = best or planner(asked)
        if key not in settled:
            settled[key] = (
                difference(best, planner(frozen(asked, plan, *key))) if exact else None,
                difference(best, planner(staying(asked, *key))),
            )
        found.append(
            Why(
                transfer=transfer, frozen=settled[key][0], again=settled[key][1],
                taken=taken(scenario, plan, *key),
            )
        )  # fmt: skip
    return tuple(found)


def staying(scenario: Scenario, unit: str, building: str) -> Scenario:
    """The scenario with the unit held in a building."""
    pin = Pin(unit=unit, kind="building", place=building)
    return replace(scenario, pins=tuple(dict.fromkeys((*scenario.pins, pin))))


def frozen(scenario: Scenario, plan: Plan, unit: str, building: str) -> Scenario:
    """The same with the rooms and seats of all other units as in the plan.

    Others may hold no room but theirs, and keep every seat; floors kept open are chosen anew.
    """
    problem = Problem(scenario)
    people: dict[Pin, int] = {}
    holders: dict[str, set[str]] = {}
    for row in plan.assignments:
        if row.unit == unit or row.room in problem.fixed_rooms:
            continue
        holders.setdefault(row.room, set()).add(row.unit)
        if row.people:
            key = Pin(unit=row.unit, kind="room", place=row.room, division=row.division,
                      grade=row.grade)  # fmt: skip
            people[key] = people.get(key, 0) + row.people
    pins = [replace(pin, people=count) for pin, count in people.items()]
    forbids = [
        Forbid(unit=other, kind="room", place=room.code)
        for room in problem.stock
        for other in problem.planned_units
        if not _open_to(problem, other, room.code, holders, unit)
    ]
    held = staying(scenario, unit, building)
    return replace(
        held,
        pins=tuple(dict.fromkeys((*held.pins, *pins))),
        forbids=tuple(dict.fromkeys((*held.forbids, *forbids))),
    )


def _open_to(
    problem: Problem, other: str, room: str, holders: dict[str, set[str]], unit: str
) -> bool:
    """The others have their own rooms; the unit what they leave, and rooms it may share."""
    if other != unit:
        return other in holders.get(room, ())
    return room not in holders or {unit, *holders[room]} <= problem.shared_units.get(
        room, frozenset()
    )


def difference(free: Solution, forced: Solution) -> Stay:
    """[LB forced - UB free, UB forced - LB free] by tier, as far as earlier tiers are proved."""
    if forced.impossible:
        return Stay(impossible=True, changes=())
    if free.plan is None or forced.plan is None:
        return Stay(impossible=False, changes=())
    changes = []
    sure = True
    for a, b in zip(free.plan.tiers, forced.plan.tiers, strict=True):
        known = sure and a.bound is not None and b.bound is not None
        changes.append(
            Interval(
                tier=a.name,
                unit=a.unit,
                low=b.bound - a.best if known and b.bound is not None else None,
                high=b.best - a.bound if known and a.bound is not None else None,
            )
        )
        # A later tier is about plans whose earlier tiers are at their values.
        sure = sure and a.proven and b.proven
    return Stay(impossible=False, changes=tuple(changes))


def taken(scenario: Scenario, plan: Plan, unit: str, building: str) -> tuple[tuple[str, str], ...]:
    """Rooms the unit holds today in a building that another unit holds in the plan."""
    problem = Problem(scenario)
    today = {r for r, units in problem.holders_today.items() if unit in units}
    return tuple(
        sorted(
            {
                (row.room, row.unit)
                for row in plan.assignments
                if row.room in today
                and row.unit != unit
                and problem.building_of[row.room] == building
            }
        )
    )
