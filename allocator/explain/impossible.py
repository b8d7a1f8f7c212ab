"""Why a scenario is impossible as asked, and every cheapest way out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from allocator.explain.asked import Asked, lay_aside
from allocator.explain.asks import asked_of
from allocator.explain.lattice import Lattice, bits_of, search
from allocator.explain.prices import GRANTORS, SOURCES, Prices
from allocator.problem import Problem
from allocator.quantity import m2
from allocator.scenario import Scenario

Housed = Callable[[Scenario], "bool | None"]
"""Whether everybody can be housed lawfully, by solving; None: not decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSet:
    """Things that no lawful plan can have together, with everybody housed."""

    things: tuple[Asked, ...]
    irreducible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What to lay aside; solved with everybody housed. `total` in yuan-equivalents a year."""

    things: tuple[Asked, ...]
    total: int

    @property
    def source(self) -> int:
        """The latest source of space it draws on, as an index of `SOURCES`."""
        return max((t.source for t in self.things), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """The answer. `housed` None: not decided; `units`: those it is local to, empty for all."""

    scenario: str
    housed: bool | None
    units: tuple[str, ...]
    things: tuple[Asked, ...]
    conflicts: tuple[ConflictSet, ...]
    conflicts_complete: bool
    ways: tuple[WayOut, ...]
    ways_complete: bool
    enough: tuple[bool | None, ...]
    """By source 1 to 4: whether it and those before it, used in full, house everybody."""

    def earlier_source(self, way: WayOut) -> int:
        """An earlier source of space that would do, which the law puts first; 0: none."""
        for source in range(1, way.source):
            if self.enough[source - 1]:
                return source
        return 0


def explain_impossible(
    scenario: Scenario,
    housed: Housed,
    prices: Prices,
    *,
    most: int = 2_000,
    units: Collection[str] = (),
) -> Impossible:
    """Explain by solving at most `most` scenarios.

    With `units` the posts and wishes of all others are laid aside first: a conflict found so holds
    for the whole scenario, a way out only for these units.
    """
    base = alone(scenario, units) if units else scenario
    problem = Problem(base)
    things = asked_of(problem, prices)
    usual = (base.policy.sites_per_unit, base.policy.buildings_per_unit)

    def judge(kept: int) -> bool | None:
        gone = [t for i, t in enumerate(things) if not kept >> i & 1]
        return housed(lay_aside(base, gone))

    # With a reserve, people who are left out may leave a floor whose free seats counted.
    monotone = not base.policy.reserve and all(c == usual for c in problem.caps.values())
    lattice = Lattice([t.price.total for t in things], judge, monotone, most)
    found = search(lattice)
    impossible = lattice.known.get(lattice.everything)

    def chosen(mask: int) -> tuple[Asked, ...]:
        return tuple(things[bit.bit_length() - 1] for bit in bits_of(mask))

    return Impossible(
        scenario=scenario.name,
        housed=impossible,
        units=tuple(sorted(units)),
        things=things,
        conflicts=tuple(
            ConflictSet(things=chosen(c.things), irreducible=c.irreducible) for c in found.conflicts
        ),
        conflicts_complete=found.conflicts_complete,
        ways=tuple(WayOut(things=chosen(w.things), total=w.total) for w in found.ways),
        ways_complete=found.ways_complete,
        enough=_sources(things, judge) if impossible is False else (),
    )


def alone(scenario: Scenario, units: Collection[str]) -> Scenario:
    """The scenario with posts, requests, pins and relations of these units only."""
    ledger = scenario.ledger
    return replace(
        scenario,
        ledger=replace(
            ledger,
            posts=tuple(
                p if p.unit in units else replace(p, established=0, in_post=0) for p in ledger.posts
            ),
            requests=tuple(q for q in ledger.requests if q.unit in units),
        ),
        pins=tuple(p for p in scenario.pins if p.unit in units),
        relations=tuple(r for r in scenario.relations if {r.a, r.b} <= {*units}),
    )


def _sources(things: tuple[Asked, ...], judge: Callable[[int], bool | None]) -> tuple[
    bool | None, ...
]:  # fmt: skip
    answers: list[bool | None] = []
    for source in range(1, len(SOURCES)):
        kept = sum(1 << i for i, t in enumerate(things) if not 1 <= t.source <= source)
        answers.append(judge(kept))
    return tuple(answers)


def as_json(found: Impossible) -> dict[str, Any]:
    """The answer as plain data; areas in m2, money in yuan a year."""
    return {
        "scenario": found.scenario,
        "housed": found.housed,
        "local_to": list(found.units),
        "conflicts": [
            {"things": [_thing(t) for t in c.things], "irreducible": c.irreducible}
            for c in found.conflicts
        ],
        "conflicts_complete": found.conflicts_complete,
        "ways_out": [
            {
                "number": number,
                "total": way.total,
                "source": SOURCES[way.source][1],
                "earlier_source_suffices": SOURCES[found.earlier_source(way)][1]
                if found.earlier_source(way)
                else None,
                "things": [_thing(t, way=True) for t in way.things],
            }
            for number, way in enumerate(found.ways, start=1)
        ],
        "ways_complete": found.ways_complete,
        "sources": [
            {"source": SOURCES[i][1], "zh": SOURCES[i][0], "everybody_housed": answer}
            for i, answer in enumerate(found.enough, start=1)
        ],
    }


def _thing(thing: Asked, *, way: bool = False) -> dict[str, Any]:
    price = thing.price
    zh, en = GRANTORS[thing.kind]
    return {
        "kind": thing.kind,
        "zh": thing.way_zh if way else thing.zh,
        "en": thing.way_en if way else thing.en,
        "price": {"m2": m2(price.area), "people": price.people, "yuan_a_year": price.yuan,
                  "total": price.total},
        "grantor": {"zh": zh, "en": en},
    }  # fmt: skip
