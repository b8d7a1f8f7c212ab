"""Random changes of any scenario, lawful or not, for the tests of sessions."""

from __future__ import annotations

from random import Random

from allocator.desk.change import Change, PostCount
from allocator.scenario import Forbid, Pin, Scenario


def any_change(scenario: Scenario, random: Random) -> Change:
    """A pin, a forbid or another post count of some planned unit."""
    ledger = scenario.ledger
    unit = random.choice([u.code for u in ledger.units if u.planned])
    kind, place = random.choice(
        [("site", s.code) for s in ledger.sites]
        + [("building", b.code) for b in ledger.buildings]
        + [("floor", f.code) for f in ledger.floors]
    )
    posts = [row for row in ledger.posts if row.unit == unit]
    made = random.choice(("pin", "forbid", "posts") if posts else ("pin", "forbid"))
    if made == "pin":
        return Pin(unit=unit, kind=kind, place=place)  # type: ignore[arg-type]
    if made == "forbid":
        return Forbid(unit=unit, kind=kind, place=place)  # type: ignore[arg-type]
    row = random.choice(posts)
    return PostCount(
        unit=row.unit,
        division=row.division,
        grade=row.grade,
        established=max(0, row.established + random.choice((-1, 1, 2))),
    )
