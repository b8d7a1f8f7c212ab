"""Counting cuts of the aggregate: seats and rooms that no lawful packing can do without."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from ortools.math_opt.python import mathopt

from allocator.model.kinds import Kind, Rule, fills
from allocator.problem import Problem


class Aggregate(Protocol):
    """What the cuts need of the aggregated model."""

    problem: Problem
    model: mathopt.Model
    margin: float
    kinds: dict[str, tuple[Kind, ...]]
    share: dict[tuple[str, str], Any]
    in_use: dict[str, Any]
    seats_taken: dict[tuple[str, str], int]
    """Sum of standards a unit takes from a building's shared seats, 0.01 m2."""
    seats_offered: dict[str, int]


def leader_rooms(aggregate: Aggregate, building: str, units: list[str], floors: list[str]) -> None:
    """Single seats of one standard need as many rooms of lawful size (a counting cut)."""
    problem = aggregate.problem
    rule = Rule(problem.policy.min_share, problem.policy.tolerance)
    wanted: dict[int, Any] = defaultdict(float)
    for unit in units:
        for kind in aggregate.kinds[unit]:
            if kind.single and problem.caps[unit][1] == 1:
                wanted[kind.limit] += kind.count * aggregate.share[unit, building]
    for limit, need in wanted.items():
        rooms = mathopt.fast_sum(
            aggregate.in_use[f]
            * sum(
                1
                for r in problem.stock_by_floor[f]
                if r.use == "office"
                and r.code not in problem.fixed_rooms
                and rule.fits(r.area, limit)
            )
            for f in floors
        )
        aggregate.model.add_linear_constraint(need <= rooms)


def request_rooms(aggregate: Aggregate, building: str, floors: list[str]) -> None:
    """Units sit only where the rooms they asked for are (one building, all requests met)."""
    problem = aggregate.problem
    wanted: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for request in problem.scenario.ledger.requests:
        share = aggregate.share.get((request.unit, building))
        if share is None or problem.caps[request.unit][1] != 1:
            continue
        rooms = tuple(
            r.code
            for f in floors
            for r in problem.stock_by_floor[f]
            if r.use == request.use
            and request.area_min <= r.area <= request.area_max
            and problem.permitted(request.unit, r, request.features)
        )
        wanted[rooms].append(request.count * share)
    for rooms, shares in wanted.items():
        open_rooms = mathopt.fast_sum(aggregate.in_use[problem.floor_of[r]] for r in rooms)
        aggregate.model.add_linear_constraint(mathopt.fast_sum(shares) <= open_rooms)


def shared_seats(aggregate: Aggregate, building: str, units: list[str], floors: list[str]) -> None:
    """Rooms not taken by single seats must hold everybody else, each room lawfully.

    A room's `most` is the largest sum of standards any unit may share it with; a single seat
    takes away at least the least `most` among the rooms that fit it.
    """
    problem = aggregate.problem
    rule = Rule(problem.policy.min_share, problem.policy.tolerance)
    kinds = {u: aggregate.kinds[u] for u in units}
    limits = tuple(sorted({k.limit for ks in kinds.values() for k in ks if not k.single}))
    if not limits or any(problem.caps[u][1] != 1 for u in units):
        return
    most = {
        r.code: max(
            (
                sum(n * s for n, s in zip(f, limits, strict=True))
                for f in fills(rule, r.area, limits)
            ),
            default=0,
        )
        for f in floors
        for r in problem.stock_by_floor[f]
        if r.use == "office" and r.code not in problem.fixed_rooms
    }
    room_sum = mathopt.fast_sum(
        aggregate.in_use[f] * (sum(most.get(r.code, 0) for r in problem.stock_by_floor[f]) / 100)
        for f in floors
    )
    aggregate.seats_offered[building] = sum(most.values())
    least = {
        limit: min(
            (m for r, m in most.items() if rule.fits(problem.rooms[r].area, limit)), default=0
        )
        for limit in {k.limit for ks in kinds.values() for k in ks if k.single}
    }
    wanted: list[Any] = []
    for unit in units:
        need = sum(k.count * (least[k.limit] if k.single else k.limit) for k in kinds[unit])
        aggregate.seats_taken[unit, building] = need
        wanted.append(need / 100 * aggregate.share[unit, building])
    if wanted:
        aggregate.model.add_linear_constraint(
            mathopt.fast_sum(wanted) <= aggregate.margin * room_sum
        )
