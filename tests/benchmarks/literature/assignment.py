"""GQAP and GAP in one form: units to buildings with areas, costs and closeness, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """Everything in whole numbers; `flow` and `distance` are empty without pairwise costs."""

    name: str
    cost: tuple[tuple[int, ...], ...]
    """(item, place)."""
    weight: tuple[tuple[int, ...], ...]
    """(item, place): what the item takes there."""
    capacity: tuple[int, ...]
    flow: tuple[tuple[int, ...], ...] = ()
    """(item, item), ordered pairs; the unit traffic cost is multiplied in."""
    distance: tuple[tuple[int, ...], ...] = ()
    known: int | None = None
    """Proved optimum or best known value."""
    proved: bool = False

    @property
    def items(self) -> int:
        """Number of items."""
        return len(self.cost)

    @property
    def places(self) -> int:
        """Number of places."""
        return len(self.capacity)


def value(case: Case, at: Sequence[int]) -> int:
    """Objective of an assignment; raises ValueError where a place is overfull."""
    load = [0] * case.places
    total = 0
    for i, k in enumerate(at):
        load[k] += case.weight[i][k]
        total += case.cost[i][k]
    over = [k for k in range(case.places) if load[k] > case.capacity[k]]
    if over:
        raise ValueError(f"places {over} are overfull")
    for i, row in enumerate(case.flow):
        for j, amount in enumerate(row):
            if amount:
                total += amount * case.distance[at[i]][at[j]]
    return total


class _Numbers:
    """The whole numbers of a file, one after the other."""

    def __init__(self, lines: list[list[str]]) -> None:
        self.rest = iter([word for line in lines for word in line])

    def one(self) -> int:
        return int(next(self.rest))

    def row(self, size: int) -> tuple[int, ...]:
        return tuple(self.one() for _ in range(size))

    def rows(self, count: int, size: int) -> tuple[tuple[int, ...], ...]:
        return tuple(self.row(size) for _ in range(count))


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]


def _mended(lines: list[list[str]]) -> list[list[str]]:
    """One published file lacks a number left of the diagonal in a row of distances.

    Nobody knows which, so all distances left of the diagonal there become 0: values can only
    fall, so an optimum that still has the published value is one whatever the number was.
    """
    n, m = int(lines[0][0]), int(lines[0][1])
    distances = range(1 + n, 1 + n + m)
    for place, number in enumerate(distances):
        if len(lines) == 1 + n + m + n + 2 and len(lines[number]) == m - 1:
            lines[number] = ["0"] * (place + 1) + lines[number][place:]
    return lines


def read_gqap(path: Path, known: int | None = None, *, proved: bool = False) -> Case:
    """A file of Lee and Ma or of Cordeau: n m v, flows, distances, costs, weights, capacities."""
    numbers = _Numbers(_mended(_lines(path)))
    n, m, v = numbers.row(3)
    flow, distance, cost = numbers.rows(n, n), numbers.rows(m, m), numbers.rows(n, m)
    weight, capacity = numbers.row(n), numbers.row(m)
    return Case(
        path.stem,
        cost,
        tuple((w,) * m for w in weight),
        capacity,
        tuple(tuple(v * t for t in row) for row in flow),
        distance,
        known,
        proved,
    )


def read_gap(path: Path, known: int | None = None, *, proved: bool = False) -> Case:
    """A file in the layout of the OR library: agents, jobs, costs, resources, capacities."""
    numbers = _Numbers(_lines(path))
    m, n = numbers.row(2)
    cost, weight = numbers.rows(m, n), numbers.rows(m, n)
    return Case(
        path.name,
        tuple(zip(*cost, strict=True)),
        tuple(zip(*weight, strict=True)),
        numbers.row(m),
        known=known,
        proved=proved,
    )
