"""Posts and the people in rooms: whole groups that change their name, and parts of groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from allocator.domain import Group, Occupancy, Posts, Room
from allocator.restructure.state import State, posts_of

Pair = tuple[Occupancy, Occupancy | None]
"""A row of occupancy (or a part of one) and what became of it."""


def regroup(
    state: State, change: Callable[[Group], Group], heirs: Mapping[str, tuple[str, ...]]
) -> State:
    """Whole groups become others, with their people and rooms; `heirs` of units that ended."""
    posts: dict[Group, Posts] = {}
    for row in state.ledger.posts:
        group = change(row.group)
        made = row if group == row.group else _named(row, group)
        posts[group] = add_posts(posts[group], made) if group in posts else made
    pairs: list[Pair] = []
    for seat in state.ledger.occupancy:
        group = change(seat.group)
        same = group == seat.group
        pairs.append((seat, seat if same else _seated(seat, group, seat.people)))
    ledger = replace(
        state.ledger,
        posts=tuple(posts.values()),
        occupancy=tuple(after for _, after in pairs if after is not None),
        rooms=_allocated(state.ledger.rooms, pairs, heirs),
    )
    return replace(state, ledger=ledger, trace=state.trace.regrouped(change))


def move_part(state: State, source: Group, to: Group, established: int, in_post: int) -> State:
    """Posts and people of one group go to another; all its people when all in post go."""
    posts = posts_of(state.ledger)
    row = posts[source]
    whole = (established, in_post) == (row.established, row.in_post)
    moved, rest = (row, None) if whole else _cut(row, established, in_post)
    arrived = _named(moved, to)
    posts[to] = add_posts(posts[to], arrived) if to in posts else arrived
    if rest is None or not (rest.established or rest.in_post):
        del posts[source]
    else:
        posts[source] = rest
    count = None if in_post == row.in_post else in_post
    pairs = _taken(state.ledger.occupancy, source, to, count)
    seats = _coalesced((after for _, after in pairs if after is not None), to)
    ledger = replace(
        state.ledger,
        posts=tuple(posts.values()),
        occupancy=seats,
        rooms=_allocated(state.ledger.rooms, pairs, {}),
    )
    trace = state.trace.moved(source, to, established, in_post)
    return replace(state, ledger=ledger, trace=trace)


def set_group(state: State, row: Posts) -> State:
    """A group as it is from now on; people above its number in post leave their rooms."""
    posts = posts_of(state.ledger)
    old = posts.get(row.group)
    was = (old.established, old.in_post) if old else (0, 0)
    more = (row.established - was[0], row.in_post - was[1])
    trace = state.trace.moved(row.group, None, max(0, -more[0]), max(0, -more[1]))
    trace = trace.gained(row.group, max(0, more[0]), max(0, more[1]))
    posts[row.group] = row
    ledger = state.ledger
    seated = sum(seat.people for seat in ledger.occupancy if seat.group == row.group)
    seats = ledger.occupancy
    if more[1] < 0 and seated > row.in_post:
        pairs = _taken(seats, row.group, None, seated - row.in_post)
        seats = _kept_rooms(pairs)
    ledger = replace(ledger, posts=tuple(posts.values()), occupancy=seats)
    return replace(state, ledger=ledger, trace=trace)


def end_posts(state: State, unit: str) -> State:
    """Posts of a unit end and nobody follows: its people leave, its rooms are free."""
    trace = state.trace
    for row in state.ledger.posts:
        if row.unit == unit:
            trace = trace.moved(row.group, None, row.established, row.in_post)
    rooms = tuple(
        replace(room, allocated_unit="") if room.allocated_unit == unit else room
        for room in state.ledger.rooms
    )
    ledger = replace(
        state.ledger,
        posts=tuple(row for row in state.ledger.posts if row.unit != unit),
        occupancy=tuple(seat for seat in state.ledger.occupancy if seat.unit != unit),
        rooms=rooms,
    )
    return replace(state, ledger=ledger, trace=trace)


def end_established(state: State, unit: str) -> State:
    """Established posts of a unit end; the people in post stay for now."""
    trace, posts = state.trace, []
    for row in state.ledger.posts:
        if row.unit == unit:
            trace = trace.moved(row.group, None, row.established, 0)
            row = replace(row, established=0, established_min=None, established_max=None)
        if row.unit != unit or row.in_post:
            posts.append(row)
    return replace(state, ledger=replace(state.ledger, posts=tuple(posts)), trace=trace)


def add_posts(a: Posts, b: Posts) -> Posts:
    """Posts of one group added up; where one side has no limits its posts are the limit."""

    def limit(key: str) -> int | None:
        limits = (getattr(a, key), getattr(b, key))
        if limits == (None, None):
            return None
        pairs = zip(limits, (a.established, b.established), strict=True)
        return sum(posts if low is None else low for low, posts in pairs)

    return replace(
        a,
        established=a.established + b.established,
        in_post=a.in_post + b.in_post,
        borrowed=a.borrowed + b.borrowed,
        established_min=limit("established_min"),
        established_max=limit("established_max"),
        in_post_known=a.in_post_known and b.in_post_known,
    )


def _named(row: Posts, group: Group) -> Posts:
    return replace(row, unit=group.unit, division=group.division, grade=group.grade)


def _cut(row: Posts, established: int, in_post: int) -> tuple[Posts, Posts]:
    """(the part, the rest); limits stay with the rest and fall by the part."""

    def less(limit: int | None) -> int | None:
        return None if limit is None else max(0, limit - established)

    people = row.in_post - in_post
    borrowed = min(row.borrowed, people)
    part = replace(
        row,
        established=established,
        in_post=in_post,
        borrowed=row.borrowed - borrowed,
        established_min=None,
        established_max=None,
    )
    rest = replace(
        row,
        established=row.established - established,
        in_post=people,
        borrowed=borrowed,
        established_min=less(row.established_min),
        established_max=less(row.established_max),
    )
    return part, rest


def _seated(seat: Occupancy, group: Group, people: int) -> Occupancy:
    return replace(seat, unit=group.unit, division=group.division, grade=group.grade, people=people)


def _taken(
    seats: tuple[Occupancy, ...], source: Group, to: Group | None, count: int | None
) -> list[Pair]:
    """People of a group taken from rooms in the order of their codes; None: all of them."""
    order = sorted(
        (i for i, seat in enumerate(seats) if seat.group == source and seat.people),
        key=lambda i: (seats[i].room, i),
    )
    taken: dict[int, int] = {}
    for i in order:
        taken[i] = seats[i].people if count is None else min(count, seats[i].people)
        count = None if count is None else count - taken[i]
    pairs: list[Pair] = []
    for i, seat in enumerate(seats):
        gone = taken.get(i, 0)
        if not gone:
            pairs.append((seat, seat))
            continue
        if seat.people > gone:
            pairs.append((seat, replace(seat, people=seat.people - gone)))
        pairs.append((seat, None if to is None else _seated(seat, to, gone)))
    return pairs


def _coalesced(seats: Iterable[Occupancy], group: Group) -> tuple[Occupancy, ...]:
    """Rows of one group in one room with one term become one row again."""
    made: list[Occupancy] = []
    at: dict[tuple[object, ...], int] = {}
    for seat in seats:
        key = (seat.room, seat.until, seat.desks)
        if seat.group == group and seat.people and key in at:
            earlier = made[at[key]]
            made[at[key]] = replace(earlier, people=earlier.people + seat.people)
            continue
        if seat.group == group and seat.people:
            at[key] = len(made)
        made.append(seat)
    return tuple(made)


def _kept_rooms(pairs: list[Pair]) -> tuple[Occupancy, ...]:
    """Rows after people left; a room left without any row of the unit stays held by it."""
    left = {(after.room, after.unit) for _, after in pairs if after is not None}
    seats: list[Occupancy] = []
    for before, after in pairs:
        if after is not None:
            seats.append(after)
        elif (before.room, before.unit) not in left:
            left.add((before.room, before.unit))
            seats.append(replace(before, grade="", people=0))
    return tuple(seats)


def _allocated(
    rooms: tuple[Room, ...], pairs: list[Pair], heirs: Mapping[str, tuple[str, ...]]
) -> tuple[Room, ...]:
    """Rooms allocated to a unit follow its people there, else its main heir."""
    now: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for before, after in pairs:
        if after is not None:
            now[before.room, before.unit][after.unit] += after.people
    made = []
    for room in rooms:
        unit = room.allocated_unit
        found = now.get((room.code, unit)) if unit else None
        ended = unit in heirs and unit not in heirs[unit]
        if found and (ended or unit not in found):
            unit = min(found, key=lambda code: (-found[code], code))
        elif ended:
            unit = heirs[unit][0] if heirs[unit] else ""
        made.append(room if unit == room.allocated_unit else replace(room, allocated_unit=unit))
    return tuple(made)
