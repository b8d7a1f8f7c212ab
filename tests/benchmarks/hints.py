"""A plan's rooms as values of the counting variables of a packing model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allocator.model.packing import Packing
from allocator.plan import Assignment


def hint_values(
    packing: Packing, rows: tuple[Assignment, ...], common: tuple[str, ...]
) -> Iterator[tuple[Any, int]]:
    """(variable, value) of rooms, people, requests and floors; the others follow from them."""
    class_of = {room: c for c, k in enumerate(packing.classes) for room in k.rooms}
    kind_of = {g: i for i, k in enumerate(packing.kinds) for g in k.groups}
    given: Counter[tuple[int, int]] = Counter()
    requests = packing.problem.scenario.ledger.requests
    number = {(q.unit, q.purpose): i for i, q in enumerate(requests)}
    fills: dict[str, Counter[int]] = {}
    for row in rows:
        if row.room not in class_of:
            continue
        if row.people and row.group in kind_of:
            fills.setdefault(row.room, Counter())[kind_of[row.group]] += row.people
        elif (row.unit, row.purpose) in number:
            given[class_of[row.room], number[row.unit, row.purpose]] += 1
    seats: Counter[tuple[int, int]] = Counter()
    alike: Counter[tuple[int, int]] = Counter()
    shared: Counter[tuple[int, str, int]] = Counter()
    ways: Counter[tuple[int, str, tuple[int, ...]]] = Counter()
    for room, fill in fills.items():
        c = class_of[room]
        first = packing.kinds[next(iter(fill))]
        limits = {packing.kinds[k].limit for k in fill}
        for k, people in fill.items():
            seats[c, k] += people
        if first.single:
            continue
        if len(limits) == 1:
            shared[c, first.unit, first.limit] += 1
            for k, people in fill.items():
                alike[c, k] += people
        else:
            may = [k for k in packing.classes[c].kinds if packing.kinds[k].unit == first.unit]
            ways[c, first.unit, tuple(fill[k] for k in may if not packing.kinds[k].single)] += 1
    for counts, variables in (
        (seats, packing.alone),
        (seats, packing.people),
        (alike, packing.alike),
        (shared, packing.shared),
        (ways, packing.filled),
        (given, packing.given),
    ):
        for key, variable in variables.items():
            yield variable, counts[key]
    in_use = {packing.problem.floor_of[r.room] for r in rows} | set(common)
    for floor, use in packing.in_use.items():
        if not isinstance(use, int):
            yield use, int(floor in in_use)
