"""The first plan of a search: what may stay of today, or a greedy one that houses more."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from allocator.measure import today_rows
from allocator.model.greedy.passes import passes
from allocator.model.homes import unit_homes
from allocator.model.keep import still_lawful

if TYPE_CHECKING:
    from allocator.model.search import Search, State

MOST = 6
"""Most passes from the same homes; later ones seldom seat more."""
FEW = Fraction(1, 50)
"""Share of the posts left over up to which units stay at home; annealing seats so few."""
PAIRS = 25_000
"""Pairs of unit and building that a unit of work pays for in one pass."""


def first_plan(search: Search, begun: State | None) -> State:
    """The plan to begin with, replaced only by one that houses more; today's rows if there is none.

    Greedy passes keep units where they sit today if they fit there, or else put the largest first.
    """
    problem = search.problem
    best = begun or search.state(still_lawful(problem, today_rows(problem)), ())
    buildings = len({problem.building_of_floor[f] for f in problem.stock_by_floor})
    each = len(problem.planned_units) * buildings / PAIRS
    few = FEW * sum(problem.planned.values())
    for homes in (unit_homes(problem, {}, wishes=False), {}):
        enough = 0 if homes else few
        if not best.key[0] and best.measured.terms["unhoused"] <= enough:
            break
        for found in islice(passes(problem, homes, search.over), MOST):
            search.spent += each
            state = search.state(found.rows, found.common)
            if state.key >= best.key:
                break
            best = state
    return best
