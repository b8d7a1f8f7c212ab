"""What each unit has today: rooms by use, people against posts, and its buildings' coefficient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias

from allocator.domain import Building, Ledger, Occupancy, Room, Use
from allocator.quantity import m2_text
from allocator.strict_yaml import exact_text
from standards.catalog import Figure, Standard, UnknownFigure

BASIC_USES: tuple[Use, ...] = ("office", "service", "equipment")
"""What the entitlement covers (基本办公用房); technical and ancillary rooms stand apart."""

Apart: TypeAlias = Literal["sealed", "unavailable", "let", "market"]
RatioSource: TypeAlias = Literal["building", "multi_storey", "high_rise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRoom:
    """A room and the `part` of it that one unit holds.

    `over` is the unit's part of what the room has above the standards of its people, in 0.01 m2;
    None where that cannot be judged. `apart`: why the room does not count, None if it does.
    """

    room: Room
    building: str
    part: Fraction
    people: int
    apart: Apart | None
    over: Fraction | None

    @property
    def area(self) -> Fraction:
        """The unit's part of the room in 0.01 m2, exact."""
        return self.room.area * self.part

    @property
    def shared(self) -> bool:
        """Whether another unit holds a part of the room as well."""
        return self.part != 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Posts of a unit against people in post, counted group by group and never netted.

    `over`: in post above the establishment; `borrowed`: of those in post, borrowed from elsewhere.
    `provisional`: the establishment is not settled. `recorded`: there is any row of posts.
    `in_post`, `vacant` and `over` are None where no staff list was read.
    """

    established: int = 0
    in_post: int | None = 0
    vacant: int | None = 0
    over: int | None = 0
    borrowed: int = 0
    provisional: bool = False
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class UsablePart:
    """Usable area, in 0.01 m2, that a unit holds under one coefficient; None: not known."""

    usable: Fraction
    ratio: Fraction | None
    source: RatioSource


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Usable area over gross area of what a unit holds, weighted by what it holds where."""

    parts: tuple[UsablePart, ...]

    @property
    def usable(self) -> Fraction:
        """Usable area of the basic rooms held, in 0.01 m2."""
        return sum((p.usable for p in self.parts), Fraction(0))

    @property
    def gross(self) -> Fraction | None:
        """Gross area of the basic rooms held, in 0.01 m2; None if a coefficient is not known."""
        found = [p.usable / p.ratio for p in self.parts if p.ratio is not None]
        return sum(found, Fraction(0)) if len(found) == len(self.parts) else None

    @property
    def value(self) -> Fraction | None:
        """The weighted coefficient; None if nothing is held or one is not known."""
        return self.usable / self.gross if self.gross else None

    @property
    def own(self) -> bool:
        """Whether any building's own coefficient went in."""
        return any(p.source == "building" for p in self.parts)

    @property
    def sums(self) -> str:
        """The coefficient as it is worked out: `0.65`, or usable area over gross area, in m2."""
        if self.gross is None or not self.parts:
            return ""
        ratios = {p.ratio: p for p in self.parts}
        if len(ratios) == 1:
            return exact_text(next(iter(ratios)) or 0)
        top = "+".join(m2_text(self._usable(r)) for r in ratios)
        bottom = "+".join(f"{m2_text(self._usable(r))}/{exact_text(r or 0)}" for r in ratios)
        return f"({top})/({bottom})"

    def _usable(self, ratio: Fraction | None) -> Fraction:
        return sum((p.usable for p in self.parts if p.ratio == ratio), Fraction(0))


@dataclass(frozen=True, kw_only=True)
class Present:
    """Everything one unit has today; areas in 0.01 m2, exact."""

    unit: str
    rooms: tuple[HeldRoom, ...]
    staff: Staffing
    coefficient: Coefficient

    @cached_property
    def counted(self) -> tuple[HeldRoom, ...]:
        """The rooms that count: available, not merely offered on the market."""
        return tuple(h for h in self.rooms if h.apart is None)

    def area(self, *uses: Use) -> Fraction:
        """Area held of some uses."""
        return sum((h.area for h in self.counted if h.room.use in uses), Fraction(0))

    @property
    def usable(self) -> Fraction:
        """Office, service and equipment rooms together."""
        return self.area(*BASIC_USES)

    @property
    def over_rooms(self) -> tuple[HeldRoom, ...]:
        """Offices larger than the standards of their people."""
        return tuple(h for h in self.counted if h.over)

    @property
    def office_over(self) -> Fraction:
        """The sum of individual overruns: what one person lacks never makes up for another."""
        return sum((h.over or Fraction(0) for h in self.counted), Fraction(0))

    @property
    def not_judged(self) -> tuple[HeldRoom, ...]:
        """Offices with people whose standards are not known or who are not entitled to space."""
        return tuple(h for h in self.counted if h.room.use == "office" and h.over is None)

    @property
    def empty_offices(self) -> tuple[HeldRoom, ...]:
        """Offices that the unit holds and where none of its people sit."""
        return tuple(h for h in self.counted if h.room.use == "office" and not h.people)

    def apart(self, why: Apart) -> tuple[HeldRoom, ...]:
        """Rooms held that do not count, for one reason."""
        return tuple(h for h in self.rooms if h.apart == why)


def present(ledger: Ledger, standard: Standard) -> dict[str, Present]:
    """What every unit of the ledger has today, by code in the ledger's order.

    A room is held by the units with a row of occupancy there, else by the unit it is allocated
    to. An office of several units is divided by the standards of their people, other rooms
    equally.
    """
    held: dict[str, list[HeldRoom]] = {unit.code: [] for unit in ledger.units}
    rooms = _Rooms(ledger, standard)
    for room in ledger.rooms:
        for code, item in rooms.divided(room).items():
            if code in held:
                held[code].append(item)
    staff = _staffing(ledger)
    return {
        code: Present(
            unit=code,
            rooms=tuple(items),
            staff=staff.get(code, Staffing()),
            coefficient=rooms.coefficient(items),
        )
        for code, items in held.items()
    }


def not_held(ledger: Ledger, standard: Standard) -> tuple[Room, ...]:
    """Available rooms that no unit holds, those only offered on the market left out."""
    rooms = _Rooms(ledger, standard)
    return tuple(
        room for room in ledger.rooms if not rooms.divided(room) and rooms.apart(room) is None
    )


class _Rooms:
    """The ledger's rooms with who is in them."""

    def __init__(self, ledger: Ledger, standard: Standard) -> None:
        self._standard = standard
        self._units = {unit.code: unit for unit in ledger.units}
        self._buildings = {b.code: b for b in ledger.buildings}
        self._building_of = {f.code: self._buildings[f.building] for f in ledger.floors}
        self._market = {s.code for s in ledger.sites if s.tenure == "market"}
        self._rows: dict[str, list[Occupancy]] = defaultdict(list)
        for row in ledger.occupancy:
            self._rows[row.room].append(row)

    def divided(self, room: Room) -> dict[str, HeldRoom]:
        """Who holds which part of a room; nobody: empty."""
        rows = self._rows.get(room.code, [])
        codes = list(dict.fromkeys(row.unit for row in rows))
        if not rows and room.allocated_unit:
            codes = [room.allocated_unit]
        limits = self._limits(rows)
        parts = self._parts(room, codes, rows, limits)
        over = self._over(room, rows, limits)
        return {
            code: HeldRoom(
                room=room,
                building=self._building_of[room.floor].code,
                part=parts[code],
                people=sum(row.people for row in rows if row.unit == code),
                apart=self.apart(room),
                over=None if over is None else over * parts[code],
            )
            for code in codes
        }

    def apart(self, room: Room) -> Apart | None:
        """Why a room does not count, None if it does."""
        building = self._building_of[room.floor]
        if room.status != "available":
            return room.status
        return "market" if building.site in self._market else None

    def _limits(self, rows: Sequence[Occupancy]) -> dict[str, int] | None:
        """Standards of the people of each unit together, 0.01 m2; None if one is not known."""
        found: dict[str, int] = defaultdict(int)
        for row in rows:
            if row.people:
                try:
                    limit = self._standard.limit(self._units[row.unit].level, row.grade)
                except (UnknownFigure, KeyError):
                    return None
                found[row.unit] += row.people * limit
        return dict(found)

    def _parts(
        self,
        room: Room,
        codes: Sequence[str],
        rows: Sequence[Occupancy],
        limits: Mapping[str, int] | None,
    ) -> dict[str, Fraction]:
        """By standards in offices, by heads where a standard is not known, else equally."""
        if len(codes) > 1 and room.use == "office":
            people = {c: sum(row.people for row in rows if row.unit == c) for c in codes}
            weights = people if limits is None else limits
            total = sum(weights.values())
            if total:
                return {code: Fraction(weights.get(code, 0), total) for code in codes}
        return {code: Fraction(1, len(codes)) for code in codes}

    def _over(
        self, room: Room, rows: Sequence[Occupancy], limits: Mapping[str, int] | None
    ) -> Fraction | None:
        """What an office has above the standards of all its people, in 0.01 m2."""
        if room.use != "office" or not any(row.people for row in rows):
            return Fraction(0)
        entitled = all(row.unit in self._units and self._units[row.unit].planned for row in rows)
        if not self._standard.individual or not entitled or not limits:
            return None
        return Fraction(max(0, room.area - sum(limits.values())))

    def coefficient(self, held: Iterable[HeldRoom]) -> Coefficient:
        """The buildings of the basic rooms held, each building's own coefficient first."""
        usable: dict[tuple[Fraction | None, RatioSource], Fraction] = defaultdict(Fraction)
        for item in held:
            if item.apart is None and item.room.use in BASIC_USES and item.area:
                usable[self._ratio(self._buildings[item.building])] += item.area
        return Coefficient(tuple(UsablePart(area, *key) for key, area in usable.items()))

    def _ratio(self, building: Building) -> tuple[Fraction | None, RatioSource]:
        if building.usable_ratio is not None:
            return building.usable_ratio, "building"
        return standard_ratio(self._standard, high_rise=building.high_rise)


def standard_ratio(standard: Standard, *, high_rise: bool) -> tuple[Fraction | None, RatioSource]:
    """The standard's own coefficient, None if it has none."""
    figure: Figure | None = standard.ratio_high_rise if high_rise else standard.ratio_multi_storey
    return (figure.value if figure else None), ("high_rise" if high_rise else "multi_storey")


def _staffing(ledger: Ledger) -> dict[str, Staffing]:
    found: dict[str, Staffing] = {}
    for row in ledger.posts:
        old = found.get(row.unit, Staffing())
        limits = (row.established_min, row.established_max)
        in_post = row.in_post if row.in_post_known else None
        found[row.unit] = Staffing(
            established=old.established + row.established,
            in_post=_sum(old.in_post, in_post),
            vacant=_sum(old.vacant, None if in_post is None else row.established - in_post),
            over=_sum(old.over, None if in_post is None else in_post - row.established),
            borrowed=old.borrowed + row.borrowed,
            provisional=old.provisional or any(x not in (None, row.established) for x in limits),
            recorded=True,
        )
    return found


def _sum(before: int | None, more: int | None) -> int | None:
    """The sum with what is above zero, None if either is unknown."""
    return None if before is None or more is None else before + max(0, more)
