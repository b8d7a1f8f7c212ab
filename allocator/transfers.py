"""Who moves from which room to which: seat moves matched nearest first, and transfers of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from allocator.domain import Group
from allocator.plan import Assignment
from allocator.quantity import m2
from allocator.scenario import Scenario

Distance: TypeAlias = Literal["building", "site", "far"]
"""Within a building, within a site, to another site."""


@dataclass(frozen=True, slots=True, order=True)
class SeatMove:
    """`people` of one group change from one room to another."""

    group: Group
    people: int
    from_room: str
    to_room: str


class TransferRow(NamedTuple):
    """One row of `transfers.csv`; the fields are its columns, areas in m2."""

    transfer: int
    unit: str
    division: str
    grade: str
    people: int
    from_room: str
    to_room: str
    area_from: str
    area_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """All people of one unit going from one building to one building; areas in 0.01 m2."""

    number: int
    unit: str
    from_building: str
    to_building: str
    distance: Distance
    people: int
    from_rooms: tuple[str, ...]
    to_rooms: tuple[str, ...]
    area_from: int
    area_to: int


class _Places:
    """Building and site of every room."""

    def __init__(self, scenario: Scenario) -> None:
        ledger = scenario.ledger
        site_of_building = {b.code: b.site for b in ledger.buildings}
        building_of_floor = {f.code: f.building for f in ledger.floors}
        self.area = {r.code: r.area for r in ledger.rooms}
        self.building = {r.code: building_of_floor[r.floor] for r in ledger.rooms}
        self.site = {r: site_of_building[b] for r, b in self.building.items()}

    def distance(self, a: str, b: str) -> Distance:
        """How far two different rooms are apart."""
        if self.building[a] == self.building[b]:
            return "building"
        return "site" if self.site[a] == self.site[b] else "far"


def seat_moves(scenario: Scenario, assignments: Iterable[Assignment]) -> tuple[SeatMove, ...]:
    """The people who change rooms, per group at least total distance, ties by room code.

    People of units without planned space, new posts and people who leave are not moves.
    """
    places = _Places(scenario)
    planned = {u.code for u in scenario.ledger.units if u.planned}
    before: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    after: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for occupied in scenario.ledger.occupancy:
        if occupied.people and occupied.unit in planned:
            before[occupied.group][occupied.room] += occupied.people
    for row in assignments:
        if row.people and row.unit in planned:
            after[row.group][row.room] += row.people
    moves: list[SeatMove] = []
    for group in sorted(before.keys() & after.keys()):
        pairs = _match(before[group], after[group], places)
        moves += [SeatMove(group, n, a, b) for (a, b), n in sorted(pairs.items())]
    return tuple(moves)


def _match(
    before: Mapping[str, int], after: Mapping[str, int], places: _Places
) -> dict[tuple[str, str], int]:
    """Pair seats given up with seats taken: same building first, then same site, then any.

    Distances are nested, so the nearest pairing that is maximal at each level is also the one of
    least total distance.
    """
    leaving = {r: n - min(n, after.get(r, 0)) for r, n in before.items()}
    arriving = {r: n - min(n, before.get(r, 0)) for r, n in after.items()}
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    everywhere = dict.fromkeys((*leaving, *arriving), "")
    for level in (places.building, places.site, everywhere):
        sources, targets = _by_place(leaving, level), _by_place(arriving, level)
        for place in sorted(sources.keys() & targets.keys()):
            _pair(sources[place], targets[place], leaving, arriving, pairs)
    return dict(pairs)


def _by_place(counts: Mapping[str, int], level: Mapping[str, str]) -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = defaultdict(list)
    for room in sorted(r for r, n in counts.items() if n):
        rooms[level[room]].append(room)
    return rooms


def _pair(
    sources: list[str],
    targets: list[str],
    leaving: dict[str, int],
    arriving: dict[str, int],
    pairs: dict[tuple[str, str], int],
) -> None:
    """Pair rooms of one place in the order of their codes until one side is used up."""
    i = j = 0
    while i < len(sources) and j < len(targets):
        source, target = sources[i], targets[j]
        people = min(leaving[source], arriving[target])
        pairs[source, target] += people
        leaving[source] -= people
        arriving[target] -= people
        i += not leaving[source]
        j += not arriving[target]


def moved_by_distance(scenario: Scenario, moves: Iterable[SeatMove]) -> tuple[int, int, int]:
    """People moved within a building, within a site, and farther."""
    places = _Places(scenario)
    counts: dict[Distance, int] = {"building": 0, "site": 0, "far": 0}
    for move in moves:
        counts[places.distance(move.from_room, move.to_room)] += move.people
    return counts["building"], counts["site"], counts["far"]


def _by_transfer(
    places: _Places, moves: Iterable[SeatMove]
) -> list[tuple[tuple[str, str, str], list[SeatMove]]]:
    """Moves by (unit, from building, to building), sorted; position + 1 is the number."""
    grouped: dict[tuple[str, str, str], list[SeatMove]] = defaultdict(list)
    for move in moves:
        buildings = places.building[move.from_room], places.building[move.to_room]
        grouped[(move.group.unit, *buildings)].append(move)
    return sorted(grouped.items())


def transfer_rows(scenario: Scenario, assignments: Iterable[Assignment]) -> tuple[TransferRow, ...]:
    """Rows of `transfers.csv`, numbered per unit, from building and to building."""
    places = _Places(scenario)
    rows: list[TransferRow] = []
    transfers = _by_transfer(places, seat_moves(scenario, assignments))
    for number, (_, moves) in enumerate(transfers, start=1):
        for move in sorted(moves, key=lambda m: (m.group, m.from_room, m.to_room)):
            group = move.group
            rows.append(
                TransferRow(
                    number,
                    group.unit,
                    group.division,
                    group.grade,
                    move.people,
                    move.from_room,
                    move.to_room,
                    f"{m2(places.area[move.from_room]):.2f}",
                    f"{m2(places.area[move.to_room]):.2f}",
                )
            )
    return tuple(rows)


def transfers(scenario: Scenario, assignments: Iterable[Assignment]) -> tuple[Transfer, ...]:
    """One line per transfer; every room is counted once in its rooms and areas."""
    places = _Places(scenario)
    result: list[Transfer] = []
    grouped = _by_transfer(places, seat_moves(scenario, assignments))
    for number, ((unit, origin, target), moves) in enumerate(grouped, start=1):
        left = tuple(sorted({m.from_room for m in moves}))
        taken = tuple(sorted({m.to_room for m in moves}))
        result.append(
            Transfer(
                number=number,
                unit=unit,
                from_building=origin,
                to_building=target,
                distance=places.distance(left[0], taken[0]),
                people=sum(m.people for m in moves),
                from_rooms=left,
                to_rooms=taken,
                area_from=sum(places.area[r] for r in left),
                area_to=sum(places.area[r] for r in taken),
            )
        )
    return tuple(result)
