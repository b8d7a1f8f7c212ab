"""Where to send the surveyor: the few measurements that settle most verdicts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from allocator.audit.run import AuditFinding, AuditResult
from allocator.quantity import m2


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One room to measure; `settles` are keys of verdicts that hang on this list's rooms alone."""

    room: str
    area: int
    settles: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data; area in m2."""
        return {"room": self.room, "area_m2": m2(self.area), "settles": list(self.settles)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """The rooms to measure, largest first, and what that leaves.

    `open`: verdicts that are not certain; `settled`: those the list settles; `facts`: those that
    no measurement settles, since they hang on staff, posts or reports.
    """

    rooms: tuple[Measurement, ...]
    open: int
    settled: int
    facts: int

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "rooms": [r.as_json() for r in self.rooms],
            "open": self.open,
            "settled": self.settled,
            "facts": self.facts,
        }


def measurements(result: AuditResult, limit: int = 20) -> Measurements:
    """At most `limit` rooms, chosen greedily by verdicts settled a room, then by area.

    A verdict on several rooms counts once all of them are on the list.
    """
    found = doubtful(result)
    waiting = {f.key: set(f.judgement.rooms) for f in found if f.judgement.certainty == "survey"}
    areas = {code: room.area for code, room in result.case.rooms.items()}
    chosen: dict[str, list[str]] = {}
    while waiting:
        batch = _best(waiting, areas)
        if len(chosen) + len(batch) > limit:
            break
        for room in sorted(batch):
            chosen[room] = []
        for key, rooms in sorted(waiting.items()):
            rooms -= set(batch)
            if not rooms:
                chosen[batch[0]].append(key)
        waiting = {key: rooms for key, rooms in waiting.items() if rooms}
    listed = sorted(chosen, key=lambda room: (-areas[room], room))
    return Measurements(
        rooms=tuple(Measurement(room=r, area=areas[r], settles=tuple(chosen[r])) for r in listed),
        open=len(found),
        settled=sum(map(len, chosen.values())),
        facts=sum(f.judgement.certainty == "depends" for f in found),
    )


def _best(waiting: dict[str, set[str]], areas: dict[str, int]) -> list[str]:
    """The rooms of one verdict whose measurement settles most verdicts for each room measured."""
    alone: dict[frozenset[str], int] = defaultdict(int)
    for rooms in waiting.values():
        alone[frozenset(rooms)] += 1
    best = max(
        alone,
        key=lambda rooms: (
            alone[rooms] / len(rooms),
            sum(areas[r] for r in rooms),
            sorted(rooms),
        ),
    )
    return sorted(best, key=lambda room: (-areas[room], room))


def doubtful(result: AuditResult) -> tuple[AuditFinding, ...]:
    """Every verdict that is not certain, findings first."""
    return tuple(f for f in (*result.findings, *result.undecided) if f.judgement.doubts)
