"""People moved and the transfers behind them, from occupancy today and seats in the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from allocator.domain import Group
from allocator.plan import Assignment, People
from allocator.verify.layout import Layout
from allocator.verify.world import World


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """People of one group who leave one room for another."""

    unit: str
    from_building: str
    to_building: str
    division: str
    grade: str
    from_room: str
    to_room: str
    people: int


@dataclass(frozen=True, slots=True, order=True)
class TransferRow:
    """One row of transfers.csv; room areas in 0.01 m2."""

    transfer: int
    unit: str
    division: str
    grade: str
    people: int
    from_room: str
    to_room: str
    area_from: int
    area_to: int


Rooms = dict[str, int]


def rooms_today(world: World) -> dict[Group, Rooms]:
    """People per planned group and room today, rooms of any use and status."""
    result: dict[Group, Rooms] = defaultdict(dict)
    for row in world.scenario.ledger.occupancy:
        if row.people and (group := row.group) in world.planned_posts:
            rooms = result[group]
            rooms[row.room] = rooms.get(row.room, 0) + row.people
    return dict(result)


def rooms_planned(layout: Layout) -> dict[Group, Rooms]:
    """Seats per group and room in the plan."""
    result: dict[Group, Rooms] = defaultdict(dict)
    for (room, group), people in layout.seats.items():
        result[group][room] = people
    return dict(result)


def count_people(world: World, layout: Layout) -> People:
    """Posts, seats and people moved, by how far."""
    before, after = rooms_today(world), rooms_planned(layout)
    moved = Counter({"building": 0, "site": 0, "far": 0})
    for group, now in before.items():
        then = after.get(group, {})
        stay = {
            kind: _overlap(_by_place(world, now, kind), _by_place(world, then, kind))
            for kind in ("room", "building", "site")
        }
        most = min(sum(now.values()), sum(then.values()))
        moved["building"] += stay["building"] - stay["room"]
        moved["site"] += stay["site"] - stay["building"]
        moved["far"] += most - stay["site"]
    posts = sum(world.planned_posts.values())
    housed = sum(layout.seats.values())
    return People(
        posts=posts,
        housed=housed,
        unhoused=posts - housed,
        over_establishment=_over_establishment(world),
        moved=sum(moved.values()),
        moved_building=moved["building"],
        moved_site=moved["site"],
        moved_far=moved["far"],
    )


def match_moves(world: World, layout: Layout) -> tuple[Move, ...]:
    """Who goes where: nearest rooms first, ties by room code."""
    after = rooms_planned(layout)
    moves: list[Move] = []
    for group, now in rooms_today(world).items():
        then = after.get(group, {})
        leaving = {r: n - min(n, then.get(r, 0)) for r, n in sorted(now.items())}
        coming = {r: n - min(n, now.get(r, 0)) for r, n in sorted(then.items())}
        for kind in ("building", "site", "all"):
            sources, targets = _pools(world, leaving, kind), _pools(world, coming, kind)
            for place in sorted(sources.keys() & targets.keys()):
                moves.extend(_pair(world, group, leaving, coming, sources[place], targets[place]))
    return tuple(sorted(moves))


def transfer_rows(world: World, layout: Layout) -> tuple[TransferRow, ...]:
    """Moves numbered by unit, building left and building entered."""
    moves = match_moves(world, layout)
    keys = sorted({(move.unit, move.from_building, move.to_building) for move in moves})
    number = {key: position for position, key in enumerate(keys, start=1)}
    return tuple(
        sorted(
            TransferRow(
                number[move.unit, move.from_building, move.to_building],
                move.unit,
                move.division,
                move.grade,
                move.people,
                move.from_room,
                move.to_room,
                world.rooms[move.from_room].area,
                world.rooms[move.to_room].area,
            )
            for move in moves
        )
    )


def housed_by_group(assignments: tuple[Assignment, ...]) -> Counter[Group]:
    """Seats per group."""
    housed: Counter[Group] = Counter()
    for row in assignments:
        if not row.purpose:
            housed[row.group] += row.people
    return housed


def _by_place(world: World, rooms: Rooms, kind: str) -> Rooms:
    if kind == "room":
        return rooms
    result: Counter[str] = Counter()
    for room, people in rooms.items():
        result[world.where[room].at(kind)] += people
    return result


def _overlap(a: Rooms, b: Rooms) -> int:
    return sum(min(people, b.get(place, 0)) for place, people in a.items())


def _over_establishment(world: World) -> int:
    """People in post beyond the planned seats, group by group."""
    in_post: Counter[Group] = Counter()
    for posts in world.scenario.ledger.posts:
        if posts.group in world.planned_posts:
            in_post[posts.group] += posts.in_post
    return sum(max(0, count - world.planned_posts[group]) for group, count in in_post.items())


def _pools(world: World, rooms: Rooms, kind: str) -> dict[str, list[str]]:
    """Rooms with people left to match, in the order of their codes, per place."""
    pools: dict[str, list[str]] = defaultdict(list)
    for room, people in rooms.items():
        if people:
            pools["" if kind == "all" else world.where[room].at(kind)].append(room)
    return dict(pools)


def _pair(
    world: World,
    group: Group,
    leaving: Rooms,
    coming: Rooms,
    sources: list[str],
    targets: list[str],
) -> list[Move]:
    """Match two ordered lists of rooms from their fronts; lowers the counts in place."""
    moves = []
    i = j = 0
    while i < len(sources) and j < len(targets):
        source, target = sources[i], targets[j]
        people = min(leaving[source], coming[target])
        if people:
            moves.append(
                Move(
                    group.unit,
                    world.where[source].building,
                    world.where[target].building,
                    group.division,
                    group.grade,
                    source,
                    target,
                    people,
                )
            )
        leaving[source] -= people
        coming[target] -= people
        i += leaving[source] == 0
        j += coming[target] == 0
    return moves
