"""Solve a scenario: choose the engine, keep value and bound per tier, return a whole plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.metadata import version
from math import floor
from typing import Any

from allocator.findings import Finding
from allocator.measure import Measure, Measured
from allocator.model.arrange import Rooms, arrange
from allocator.model.bound.bound import Bound
from allocator.model.bounding import Effort
from allocator.model.exact import Limits, size, solve_exactly
from allocator.model.keep import floors_kept, still_lawful
from allocator.model.proving import larger, prove_and_search
from allocator.model.relaxation import Relaxation, sharpened
from allocator.model.search import Search, State
from allocator.model.subproblem import Quantity
from allocator.plan import Assignment, Plan, QuantityBound, Status, TierResult
from allocator.problem import Problem
from allocator.scenario import Pin, Scenario, Tier
from allocator.unplaced import unplaced_rows

CERTIFICATE = "allocator-certificate/1"
EXACT_SIZE = 3_000
"""Rooms x groups up to which the whole problem is one room-level model."""
PART_SIZE = 1_000
"""Rooms up to which the aggregate bounds plans that leave people unhoused."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of progress: seconds since the start, tier, value and bound in its unit."""

    seconds: float
    tier: str
    value: Fraction
    bound: Fraction | None
    housed: bool = False
    """Whether it is known that the plan with this value leaves nobody unhoused."""


@dataclass
class Log:
    """Progress so far; every step is shown once, `run.json` keeps them all."""

    show: Callable[[Step], None]
    started: float = field(default_factory=time.monotonic)
    steps: list[Step] = field(default_factory=list)

    def add(self, tier: str, value: Fraction, bound: Fraction | None, housed: bool = False) -> None:
        """Record and show a value with its bound."""
        step = Step(round(time.monotonic() - self.started, 2), tier, value, bound, housed)
        self.steps.append(step)
        self.show(step)


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan, or None with the status `infeasible` or `unknown`."""

    status: Status
    plan: Plan | None
    log: tuple[Step, ...]
    conflicts: tuple[Finding, ...] = ()
    """Wishes that no plan can meet, when they were found before solving."""
    rooms: dict[str, Any] | None = None
    """Fragments of units and divisions along the corridors of a plan just made."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows with the best value and bound of each tier, and the least area in use (0.01 m2)."""

    rows: tuple[Assignment, ...]
    common: tuple[str, ...]
    best: tuple[Fraction, ...]
    bounds: tuple[Fraction | None, ...]
    least_in_use: int | None
    certificate: dict[str, Any] | None = None


def solve(
    scenario: Scenario,
    show: Callable[[Step], None] = lambda step: None,
    stop: Callable[[], bool] = lambda: False,
    start: Plan | None = None,
    begin: Plan | None = None,
) -> Solved:
    """The best plan found within the scenario's budget.

    `start` is a plan of the same scenario; it is returned unless a strictly better one is found.
    `begin` may be a plan of another one: the search starts from its rows that are still lawful.
    """
    log = Log(show)
    problem = Problem(scenario)
    measure = Measure(problem)
    if problem.impossible_pins:
        return Solved("infeasible", None, (), tuple(map(impossible_pin, problem.impossible_pins)))
    status: Status = "unknown"
    found = None
    if size(problem) <= EXACT_SIZE:
        status, found = _exact(problem, measure, log, stop)
    if status == "unknown":
        status, found = _search(problem, measure, log, stop, start or begin)
    if found is None:
        return Solved(status, None, tuple(log.steps))
    rooms = arrange(problem, measure, found.rows, found.common, stop)
    plan = _arranged_plan(problem, measure, found, rooms)
    if start is not None and not _better(plan, start):
        return Solved(start.status, start, tuple(log.steps))
    return Solved(plan.status, plan, tuple(log.steps), rooms=rooms.as_json())


def _arranged_plan(problem: Problem, measure: Measure, found: Found, rooms: Rooms) -> Plan:
    """The plan with its rooms exchanged, which can only better the best of a tier."""
    measured = measure.plan(rooms.rows, found.common)
    best = tuple(map(min, found.best, measure.tier_values(measured.terms)))
    return whole_plan(problem, measure, replace(found, rows=rooms.rows, best=best), measured)


def impossible_pin(pin: Pin) -> Finding:
    """The pin of a room that no plan can keep, in words."""
    return Finding(
        code="pin-impossible",
        zh=f"固定要求无法满足: 单位 {pin.unit} 固定在房间 {pin.place}",
        en=f"the pin of unit {pin.unit} to room {pin.place} cannot be met",
        value=pin.place,
        expected="an available office or service room the unit may hold, pinned to one unit",
        advice_zh="请核对该房间的用途、状态、权属、特征以及对该单位的其他固定和禁止要求",
        advice_en="Maybe the room's use, status, title or features, or another pin or forbid, "
        "rules it out",
    )


def _better(new: Plan, old: Plan) -> bool:
    """Strictly better in the first tier that differs, or equal with more proved."""
    values = [[tier.value for tier in plan.tiers] for plan in (new, old)]
    if values[0] != values[1]:
        return values[0] < values[1]
    return sum(t.proven for t in new.tiers) > sum(t.proven for t in old.tiers)


# -- engines -------------------------------------------------------------------------------


def _exact(
    problem: Problem, measure: Measure, log: Log, stop: Callable[[], bool]
) -> tuple[Status, Found | None]:
    budget = problem.scenario.budget
    limits = Limits(
        None if budget.work else float(budget.seconds or 60),
        float(budget.work) if budget.work else None,
        budget.workers,
        budget.seed,
    )
    answer = solve_exactly(problem, measure, limits, log.add, stop)
    if answer.status in ("infeasible", "unknown"):
        return ("infeasible" if answer.status == "infeasible" else "unknown"), None
    least = answer.released_bound
    return "feasible", Found(answer.rows, answer.common, answer.best, answer.bounds, least)


def _search(
    problem: Problem,
    measure: Measure,
    log: Log,
    stop: Callable[[], bool],
    start: Plan | None,
) -> tuple[Status, Found | None]:
    budget = problem.scenario.budget
    seconds = None if budget.work else float(budget.seconds or 60)
    deadline = None if seconds is None else log.started + seconds
    priced = next((i for i, t in enumerate(problem.policy.tiers) if "used" in dict(t.terms)), None)
    bound: Fraction | None = None
    least: int | None = None
    certificates: list[dict[str, Any]] = []

    def sharpen(quantity: Quantity, found: Bound) -> None:
        nonlocal bound, least
        if quantity == "in use":
            least = found.value
        else:
            bound = larger(bound, found.value)
        if found.certificate is not None:
            certificates.append(found.certificate)

    def prove(value: Fraction | None) -> None:
        nonlocal bound
        bound = value

    def report(state: State) -> None:
        if priced is not None:
            tier = problem.policy.tiers[priced]
            sure = not state.key[1] and not _spare_posts(problem)
            log.add(tier.name, state.key[priced + 1], bound if sure else None, sure)

    least_seconds = None if seconds is None else max(1.0, seconds * 0.04)
    effort = Effort(
        None if deadline is None else deadline - (least_seconds or 0),
        float(budget.work) if budget.work else None,
        max(1, budget.workers),
        budget.seed,
    )
    search = Search(problem, measure, effort, report, stop, sharpen)
    state = prove_and_search(search, _begun(search, start), prove)
    if state.key[0]:
        return "unknown", None
    unhoused = int(state.measured.terms["unhoused"] + _spare_posts(problem))
    if unhoused:
        bound = _bound_of_part(problem, measure, unhoused, least_seconds)
        least = None
        certificates.clear()
    bounds = tuple(
        tier_bound(problem, tier, index, state, bound)
        for index, tier in enumerate(problem.policy.tiers)
    )
    certificate = {"format": CERTIFICATE, "bounds": certificates} if certificates else None
    common = tuple(sorted(state.common))
    found = Found(tuple(state.rows), common, state.key[1:], bounds, least, certificate)
    return "feasible", found


def _begun(search: Search, start: Plan | None) -> State | None:
    """What is still lawful of a plan to start from."""
    if start is None:
        return None
    rows = still_lawful(search.problem, start.assignments)
    return search.state(rows, floors_kept(search.problem, start.areas.common_floors))


def _bound_of_part(
    problem: Problem, measure: Measure, unhoused: int, seconds: float | None
) -> Fraction | None:
    """A bound for plans that leave so many unhoused; none where that takes longer than it helps."""
    if len(problem.stock) > PART_SIZE:
        return None
    relaxed = sharpened(Relaxation(problem, measure, unhoused), seconds)
    return None if relaxed.bound is None else Fraction(relaxed.bound, 100)


def tier_bound(
    problem: Problem, tier: Tier, index: int, state: State, priced: Fraction | None
) -> Fraction | None:
    """A valid lower bound of one tier over the plans whose earlier tiers are no worse."""
    names = {name for name, rate in tier.terms if rate}
    if "used" in names:
        return priced
    if index == 0 and names == {"unhoused"} and state.key[1]:
        return Fraction(_never_seated(problem)) * dict(tier.terms)["unhoused"]
    return Fraction(0)


def _spare_posts(problem: Problem) -> int:
    """Posts that the slack of a first tier lets later tiers leave unhoused."""
    first = problem.policy.tiers[0]
    rate = dict(first.terms).get("unhoused", Fraction(0))
    return floor(first.slack / rate) if rate else 0


def _never_seated(problem: Problem) -> int:
    """Posts whose group no room may hold, whatever the others do."""
    count = 0
    for group, people in problem.planned.items():
        floors = problem.permitted_floors[group.unit]
        if not any(
            r.use == "office"
            and problem.permitted(group.unit, r)
            and problem.group_permitted(group, r)
            for floor in floors
            for r in problem.stock_by_floor[floor]
        ):
            count += people
    return count


# -- the plan ------------------------------------------------------------------------------


def whole_plan(
    problem: Problem, measure: Measure, found: Found, measured: Measured | None = None
) -> Plan:
    """The plan of what was found; `measured`: its figures, if they are known."""
    scenario = problem.scenario
    measured = measured or measure.plan(found.rows, found.common)
    tiers = _tiers(problem, measure, measured, found)
    proven = all(t.proven and t.value <= t.best + t.slack for t in tiers)
    caps = [
        {"unit": unit, "sites": sites, "buildings": buildings}
        for unit, (sites, buildings) in problem.caps.items()
        if (sites, buildings) != (problem.policy.sites_per_unit, problem.policy.buildings_per_unit)
    ]
    return Plan(
        scenario=scenario.name,
        status="optimal" if proven else "feasible",
        tiers=tiers,
        bounds=_bounds(problem, measured, found),
        areas=measured.areas,
        before=measure.before,
        people=measured.people,
        assignments=tuple(sorted(found.rows)),
        unplaced=unplaced_rows(problem, measure, found.rows, measured.seated),
        exceptions=_exceptions(problem, measure, found.rows),
        caps=tuple(caps),
        provenance=_provenance(scenario),
        certificate=found.certificate,
    )


def _tiers(
    problem: Problem, measure: Measure, measured: Measured, found: Found
) -> tuple[TierResult, ...]:
    values = measure.tier_values(measured.terms)
    results: list[TierResult] = []
    for index, tier in enumerate(problem.policy.tiers):
        solved = index < len(found.best)
        best = found.best[index] if solved else values[index]
        bound = found.bounds[index] if solved else None
        results.append(
            TierResult(
                name=tier.name,
                unit=tier.unit,
                best=best,
                slack=tier.slack,
                value=values[index],
                bound=None if bound is None else min(_whole(bound), best),
                terms={name: measured.terms[name] for name, _ in tier.terms},
            )
        )
    return tuple(results)


def _whole(bound: Fraction) -> Fraction:
    """A bound that prints exactly: thousandths, downwards."""
    return Fraction(floor(bound * 1000), 1000)


def _bounds(problem: Problem, measured: Measured, found: Found) -> tuple[QuantityBound, ...]:
    """What no lawful plan releases more than, with the first tier at its value."""
    if found.least_in_use is None or problem.market_floors & set(problem.stock_by_floor):
        return ()
    stock = sum(r.area for r in problem.stock)
    return (
        QuantityBound(
            quantity="released",
            unit="m2",
            value=measured.areas.released,
            bound=max(stock - found.least_in_use, measured.areas.released),
            given="unhoused at its value",
        ),
    )


def _exceptions(
    problem: Problem, measure: Measure, rows: tuple[Assignment, ...]
) -> tuple[dict[str, object], ...]:
    """Rooms past the room rule, registered ones with their reason, others as proposed."""
    reasons = {(e.room, e.unit): e.reason for e in problem.scenario.exceptions}
    listed: list[dict[str, object]] = []
    for room, unit in sorted(measure.past_rule(rows)):
        listed.append(
            {
                "room": room,
                "unit": unit,
                "area": problem.rooms[room].area / 100,
                "reason": reasons.get((room, unit), "proposed: no other room fits"),
                "registered": (room, unit) in reasons,
            }
        )
    return tuple(listed)


def _provenance(scenario: Scenario) -> dict[str, object]:
    budget = scenario.budget
    return {
        "inputs": dict(scenario.sources),
        "standard": scenario.standard.identity(),
        "versions": {name: version(name) for name in ("space-allocator", "ortools")},
        "seed": budget.seed,
        "workers": budget.workers,
        "budget": {"work": budget.work} if budget.work else {"seconds": budget.seconds},
        "changes": [
            {"place": c.place, "what": c.what, "old": c.old, "new": c.new, "reason": c.reason}
            for c in scenario.changes
        ],
    }
