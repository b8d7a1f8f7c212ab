"""Random floors with a plan's rows on them: units and divisions scattered along a corridor."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from allocator.domain import Division, Occupancy, Room
from allocator.plan import Assignment
from allocator.scenario import Scenario
from tests.builders import (
    building,
    floor,
    make_ledger,
    make_policy,
    make_scenario,
    office,
    posts,
    room,
    service,
    site,
    sits,
    unit,
)

FILLS = {
    12: (("clerk", 1),),
    18: (("clerk", 2),),
    24: (("clerk", 2), ("clerk", 3), ("chief", 1)),
}
"""Who may sit in an office of so many m2: a clerk's standard is 9 m2, a chief's 24 m2."""
EMPTY = 0.08
"""Share of offices that the plan leaves empty."""
STRANGE = 0.2
"""Share of the other rooms that hold today somebody whom the plan seats elsewhere."""


@dataclass
class _Drawn:
    rooms: list[Room] = field(default_factory=list)
    rows: list[Assignment] = field(default_factory=list)
    today: list[Occupancy] = field(default_factory=list)
    posts: dict[tuple[str, str, str], int] = field(default_factory=dict)


def floor_case(
    rooms: int, seed: int, stay: float = 0.3, per_floor: int = 1000
) -> tuple[Scenario, list[Assignment]]:
    """A building with `rooms` offices, 3 to 8 units in divisions, and lawful rows at random.

    A share `stay` of the rooms holds today what the plan gives them. Every eighth place on a
    corridor is a service room, and there is a staircase.
    """
    random = Random(seed * 1000 + rooms)
    units = [f"u{i}" for i in range(random.randint(3, min(8, max(3, rooms // 3))))]
    owners = [*units, *(random.choice(units) for _ in range(rooms - len(units)))][:rooms]
    random.shuffle(owners)
    drawn = _Drawn()
    for index, owner in enumerate(owners):
        _office(drawn, random, index, owner, f"A{1 + index // per_floor}", stay)
    for gap in range(rooms // 7):
        at = f"A{1 + 7 * gap // per_floor}"
        drawn.rooms.append(service(f"S{gap}", at, 15, position=8 * (gap + 1)))
    drawn.rooms.append(room("T1", "A1", "ancillary", 10, position=2))
    divisions = {(u, d) for u, d, _ in drawn.posts}
    floors = sorted({r.floor for r in drawn.rooms})
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("A", "S")],
        floors=[floor(code, "A", level) for level, code in enumerate(floors, start=1)],
        rooms=drawn.rooms,
        units=[unit(u) for u in units],
        divisions=[Division(code=d, unit=u, name=d) for u, d in sorted(divisions)],
        posts=[posts(u, g, n, division=d) for (u, d, g), n in sorted(drawn.posts.items())],
        occupancy=drawn.today,
    )
    policy = make_policy(tolerance=1000, reserve=0)
    return make_scenario(ledger, policy=policy), sorted(drawn.rows)


def _office(drawn: _Drawn, random: Random, index: int, owner: str, at: str, stay: float) -> None:
    position = index + 1 + index // 7
    code = f"A{position:02}"
    area = random.choice(tuple(FILLS))
    drawn.rooms.append(office(code, at, area, position=position))
    if random.random() < EMPTY:
        return
    grade, people = random.choice(FILLS[area])
    division = f"{owner}-{random.randint(1, 3)}"
    drawn.rows.append(Assignment(code, owner, division, grade, people))
    key = (owner, division, grade)
    drawn.posts[key] = drawn.posts.get(key, 0) + people
    if random.random() < stay:
        drawn.today.append(sits(code, owner, grade, people, division))
    elif random.random() < STRANGE * bool(stay):
        other, part, level = random.choice(sorted(drawn.posts))
        drawn.today.append(sits(code, other, level, 1, part))
