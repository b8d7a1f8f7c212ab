"""The pictures that several tests look at, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from matplotlib.figure import Figure

from allocator.plan import Plan
from allocator.scenario import Scenario
from tests.viz.builders import LONG, compact_plan, scenario
from viz.balance import draw_balance
from viz.city import draw_city
from viz.occupancy import draw_occupancy
from viz.progress import draw_progress
from viz.stacking import draw_before_after, draw_stacking

LOG = (
    {"seconds": 0.4, "value": None, "bound": 3000.0},
    {"seconds": 2.0, "value": 9000.5, "bound": 3000.0},
    {"seconds": 5.0, "value": 6000.0, "bound": 4500.0},
    {"seconds": 21.0, "value": 5200.0, "bound": 5100.0},
)


@cache
def small() -> tuple[Scenario, Plan]:
    """Six units in two buildings."""
    made = scenario()
    return made, compact_plan(made)


@cache
def crowded() -> tuple[Scenario, Plan]:
    """230 units, one building of 30 floors, very long names among them."""
    made = scenario(
        units=230,
        buildings=(30, 9, 1),
        rooms=36,
        names={n: LONG + str(n) for n in range(0, 230, 9)},
    )
    return made, compact_plan(made)


@cache
def city() -> tuple[Scenario, Plan]:
    """Five sites."""
    made = scenario(units=20, buildings=(4, 3), rooms=10, site_count=5)
    return made, compact_plan(made)


DRAWN: dict[str, Callable[[], Figure]] = {
    "stacking": lambda: draw_stacking(small()[0], site="S1"),
    "before_after": lambda: draw_before_after(*small(), site="S1"),
    "city": lambda: draw_city(*city()),
    "occupancy": lambda: draw_occupancy(*small()),
    "balance": lambda: draw_balance(small()[1]),
    "progress": lambda: draw_progress(LOG, unit="m² 当量"),
}
"""Small pictures, each compared with its stored image."""

STRESSED: dict[str, Callable[[], Figure]] = {
    "one unit on one floor": lambda: draw_stacking(
        scenario(units=1, buildings=(1,), rooms=1, names={0: LONG}), site="S1"
    ),
    "a site without rooms": lambda: draw_stacking(
        scenario(units=1, buildings=(), rooms=1), site="S1"
    ),
    "230 units": lambda: draw_stacking(crowded()[0], site="S1"),
    "230 units in English": lambda: draw_stacking(crowded()[0], site="S1", lang="en"),
    "230 units before and after": lambda: draw_before_after(*crowded(), site="S1"),
    "230 units, page 3": lambda: draw_occupancy(*crowded(), page=3),
    "balance in English": lambda: draw_balance(crowded()[1], lang="en"),
    "city in English": lambda: draw_city(*city(), lang="en"),
    "forty sites": lambda: draw_city(*many_sites()),
    "progress without a value": lambda: draw_progress(LOG[:1]),
    "progress of nothing": lambda: draw_progress(()),
}
"""Pictures at the edges of what is drawn."""


@cache
def many_sites() -> tuple[Scenario, Plan]:
    """Forty sites of one building."""
    made = scenario(units=20, buildings=(2,), rooms=6, site_count=40)
    return made, compact_plan(made)


@cache
def figure(name: str) -> Figure:
    """One picture of either list, drawn once for all tests that only look at it."""
    return (DRAWN | STRESSED)[name]()
