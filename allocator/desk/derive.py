"""Problem and measure of a changed scenario, taking over from the last ones what cannot differ."""

from __future__ import annotations

from copy import copy

from allocator.desk.change import Change, PostCount, changed
from allocator.measure import Measure
from allocator.problem import Problem

_OF_PLACES = (
    "stock",
    "stock_by_floor",
    "market_floors",
    "leases",
    "lowest_limit",
    "today_people",
    "holders_today",
    "sites_today",
    "business_sites",
    "fixed_rows",
    "fixed_rooms",
    "floors_always_in_use",
    "permitted_floors",
    "shared_units",
    "registered_exceptions",
)
"""What depends on neither pins, forbids nor posts."""
_OF_POSTS = ("planned", "groups_of", "people_of", "established", "service_entitlement")
"""What depends on posts, but on no pin or forbid."""


def derived(problem: Problem, measure: Measure, change: Change) -> tuple[Problem, Measure]:
    """Both for the scenario after a change; InputError if the change is refused."""
    new = Problem(changed(problem.scenario, change))
    counted = isinstance(change, PostCount)
    for name in _OF_PLACES if counted else (*_OF_PLACES, *_OF_POSTS):
        vars(new)[name] = getattr(problem, name)
    if new.units[change.unit].planned:
        vars(new)["caps"] = problem.caps | {change.unit: new.caps_of(change.unit)}
    if counted:
        return new, Measure(new)
    same = copy(measure)
    same.problem = new
    return new, same
