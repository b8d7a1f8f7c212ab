"""A stratified random sample of secondary and dispatched units for inspection, drawn by a seed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Literal, NamedTuple, TypeAlias

from allocator.domain import Ledger, Unit
from allocator.quantity import m2

SampleKind: TypeAlias = Literal["secondary", "dispatched", "both"]
"""`secondary`: has a parent unit; `dispatched`: holds a room on a dispatched site today."""

SHOWN = 12
"""Digits of the hash that are printed: enough to check the order of a draw by hand."""


class Stratum(NamedTuple):
    """Units of one kind, level and territory."""

    kind: SampleKind
    level: str
    territory: str

    @property
    def key(self) -> str:
        """The text that enters the hash of the draw."""
        return "/".join(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A unit to inspect; `rank` begins the hash that put it there. Area in 0.01 m2."""

    unit: str
    name: str
    rank: str
    sites: tuple[str, ...]
    rooms: int
    area: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One stratum: how many units it has, how many were allotted to it, and which were drawn."""

    stratum: Stratum
    population: int
    drawn: tuple[Drawn, ...]

    @property
    def not_drawn(self) -> int:
        """Units that are not inspected."""
        return self.population - len(self.drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample: `asked` units were wanted; with too few units all of them are drawn."""

    asked: int
    seed: int
    draws: tuple[Draw, ...]

    @property
    def population(self) -> int:
        """Units that could be drawn."""
        return sum(d.population for d in self.draws)

    @property
    def size(self) -> int:
        """Units drawn."""
        return sum(len(d.drawn) for d in self.draws)

    @property
    def is_whole(self) -> bool:
        """Whether every unit is drawn."""
        return self.size == self.population

    def as_json(self) -> dict[str, Any]:
        """Plain data; areas in m2."""
        return {
            "asked": self.asked,
            "seed": self.seed,
            "population": self.population,
            "size": self.size,
            "strata": [
                {
                    **draw.stratum._asdict(),
                    "population": draw.population,
                    "allocated": len(draw.drawn),
                    "not_drawn": draw.not_drawn,
                    "units": [
                        {
                            "unit": unit.unit,
                            "name": unit.name,
                            "rank": unit.rank,
                            "sites": list(unit.sites),
                            "rooms": unit.rooms,
                            "area_m2": m2(unit.area),
                        }
                        for unit in draw.drawn
                    ],
                }
                for draw in self.draws
            ],
        }


def draw_sample(ledger: Ledger, size: int, seed: int) -> Sample:
    """Draw `size` active units, a share from each stratum.

    Only codes, levels, territories and today's rooms count, never the order of the rows.
    """
    held = _Held(ledger)
    strata: dict[Stratum, list[Unit]] = defaultdict(list)
    for unit in ledger.units:
        stratum = held.stratum(unit)
        if stratum is not None:
            strata[stratum].append(unit)
    ordered = sorted(strata)
    counts = allocate({s: len(strata[s]) for s in ordered}, size, seed)
    draws = []
    for stratum in ordered:
        ranked = sorted((rank(seed, stratum, u.code), u.code, u) for u in strata[stratum])
        drawn = tuple(held.drawn(unit, digest) for digest, _, unit in ranked[: counts[stratum]])
        draws.append(Draw(stratum=stratum, population=len(ranked), drawn=drawn))
    return Sample(asked=size, seed=seed, draws=tuple(draws))


def hashed(seed: int, stratum: Stratum, unit: str) -> str:
    """The text behind the draw number of a unit."""
    return f"{seed}|{stratum.key}|{unit}"


def rank(seed: int, stratum: Stratum, unit: str) -> str:
    """What units of a stratum are put in order by, the same on every machine."""
    return hashlib.sha256(hashed(seed, stratum, unit).encode()).hexdigest()


def allocate(populations: Mapping[Stratum, int], size: int, seed: int) -> dict[Stratum, int]:
    """Shares by largest remainder that sum to `size`, at least one per stratum where it suffices.

    Equal remainders are settled by the seed.
    """
    size = max(0, min(size, sum(populations.values())))
    counts: dict[Stratum, int] = {}
    rest = dict(populations)
    while size - len(counts) >= len(rest) > 0:
        left, people = size - len(counts), sum(rest.values())
        small = [s for s, n in rest.items() if n * left < people]
        if not small:
            break
        # Strata too small for one unit of their own get one; the others share what is left.
        counts.update((s, 1) for s in small)
        rest = {s: n for s, n in rest.items() if s not in counts}
    counts.update(_largest_remainder(rest, size - len(counts), seed))
    return counts


def _largest_remainder(
    populations: Mapping[Stratum, int], size: int, seed: int
) -> dict[Stratum, int]:
    people = sum(populations.values())
    quotas = {s: Fraction(n * size, people) for s, n in populations.items()}
    counts = {s: floor(quota) for s, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda s: (counts[s] - quotas[s], rank(seed, s, ""), s))
    for stratum in by_remainder[: size - sum(counts.values())]:
        counts[stratum] += 1
    return counts


class _Held:
    """Where units have rooms today."""

    def __init__(self, ledger: Ledger) -> None:
        sites = {site.code: site for site in ledger.sites}
        buildings = {b.code: sites[b.site] for b in ledger.buildings}
        floors = {f.code: buildings[f.building] for f in ledger.floors}
        self._rooms = {room.code: (room, floors[room.floor]) for room in ledger.rooms}
        self._of: dict[str, set[str]] = defaultdict(set)
        for row in ledger.occupancy:
            self._of[row.unit].add(row.room)

    def stratum(self, unit: Unit) -> Stratum | None:
        """The stratum of a unit, None if it is not drawn from."""
        away = any(self._rooms[room][1].kind == "dispatched" for room in self._of[unit.code])
        if unit.status != "active" or not (unit.parent or away):
            return None
        kind: SampleKind = "both" if unit.parent and away else "secondary"
        return Stratum(kind if unit.parent else "dispatched", unit.level, unit.territory)

    def drawn(self, unit: Unit, digest: str) -> Drawn:
        """A drawn unit with where to find it."""
        held = [self._rooms[room] for room in sorted(self._of[unit.code])]
        return Drawn(
            unit=unit.code,
            name=unit.name,
            rank=digest[:SHOWN],
            sites=tuple(sorted({site.name for _, site in held})),
            rooms=len(held),
            area=sum(room.area for room, _ in held),
        )
