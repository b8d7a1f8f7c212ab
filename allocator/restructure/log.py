"""What an operation changed: the ledger before and after, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from allocator.domain import Ledger, Occupancy
from allocator.restructure.state import State
from allocator.scenario import Change

_FIELDS = {
    "units": ("name", "level", "category", "parent", "territory", "features", "status",
              "abolished_on", "successor"),
    "divisions": ("unit", "name"),
    "sites": ("agreement", "title_holder", "title_registered", "lease_end", "rent_per_year"),
    "buildings": ("title_holder", "title_registered", "lease_end", "rent_per_year"),
    "floors": ("title_holder", "title_registered", "lease_end", "rent_per_year"),
    "rooms": ("status", "allocated_unit", "lent_to"),
}  # fmt: skip
"""Fields that operations may change, by table with a code."""


def changes_between(before: State, after: State, reason: str) -> tuple[Change, ...]:
    """Every difference, in the order of the tables; people are counted per group."""
    return tuple(
        Change(place=place, what=what, old=old, new=new, reason=reason)
        for place, what, old, new in _differences(before, after)
        if old != new
    )


def _differences(before: State, after: State) -> Iterator[tuple[str, str, str, str]]:
    a, b = before.ledger, after.ledger
    for table, fields in _FIELDS.items():
        rows = (getattr(a, table), getattr(b, table))
        if rows[0] is rows[1]:
            continue
        old, new = ({row.code: row for row in side} for side in rows)
        for code in {**old, **new}:
            pair = (old.get(code), new.get(code))
            if pair[0] is not pair[1]:
                for key in fields:
                    yield code, f"{table}.{key}", _field(pair[0], key), _field(pair[1], key)
    yield from _posts(a, b)
    yield from _counted("requests", _requests(a), _requests(b))
    yield from _counted("relations", _relations(a), _relations(b))
    for site in sorted(before.market_open ^ after.market_open):
        words = ("closed", "open") if site in after.market_open else ("open", "closed")
        yield site, "market", *words


def _posts(a: Ledger, b: Ledger) -> Iterator[tuple[str, str, str, str]]:
    old, new = ({row.group: row for row in ledger.posts} for ledger in (a, b))
    for group in {**old, **new}:
        pair = (old.get(group), new.get(group))
        if pair[0] is pair[1]:
            continue
        place = "/".join((group.unit, group.division, group.grade))
        for key in ("established", "in_post", "borrowed", "established_min", "established_max"):
            low, high = _field(pair[0], key), _field(pair[1], key)
            if {low, high} != {"", "0"}:
                yield place, f"posts.{key}", low, high
    people = [_people(ledger.occupancy) for ledger in (a, b)]
    for kind in ("people", "rooms"):
        sides = [{k[:3]: n for k, n in side.items() if k[3] == kind} for side in people]
        for seated in {**sides[0], **sides[1]}:
            texts = [str(side.get(seated, 0)) for side in sides]
            yield "/".join(seated), f"occupancy.{kind}", texts[0], texts[1]


def _people(seats: tuple[Occupancy, ...]) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    rooms: set[tuple[str, ...]] = set()
    for seat in seats:
        group = (seat.unit, seat.division, seat.grade)
        counts[*group, "people"] += seat.people
        if (*group, seat.room) not in rooms:
            rooms.add((*group, seat.room))
            counts[*group, "rooms"] += 1
    return counts


def _requests(ledger: Ledger) -> dict[str, str]:
    counts: Counter[str] = Counter()
    for row in ledger.requests:
        counts[f"{row.unit}/{row.purpose}"] += row.count
    return {key: str(count) for key, count in counts.items()}


def _relations(ledger: Ledger) -> dict[str, str]:
    return {
        f"{row.a}/{row.b}": f"{row.kind} {row.weight}" if row.kind == "near" else row.kind
        for row in ledger.relations
    }


def _counted(
    what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    for key in {**old, **new}:
        yield key, what, old.get(key, ""), new.get(key, "")


def _field(row: Any, key: str) -> str:
    value: Hashable = None if row is None else getattr(row, key)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, tuple) else str(value)
