"""People who move together, and the areas in which the room rule lets them sit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from allocator.audit.case import Case, Seat
from allocator.domain import Group


@dataclass(frozen=True, slots=True)
class Lot:
    """People of one unit; areas in 0.01 m2.

    `standard` is the sum of their standards; alone in a room they may have `least` to `most`.
    `single`: one of them sits alone by grade.
    """

    unit: str
    parts: tuple[tuple[Group, int], ...]
    people: int
    standard: int
    least: int
    most: int
    single: bool = False
    features: frozenset[str] = frozenset()

    @property
    def alone(self) -> bool:
        """Whether nobody who must sit alone has company."""
        return not self.single or self.people == 1

    def fits(self, area: int) -> bool:
        """Whether a room of that area keeps the room rule."""
        return self.least <= area <= self.most


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people of one room (blank: without a room) that could sit elsewhere.

    `whole`: the room is empty afterwards.
    """

    room: str
    lot: Lot
    whole: bool = False


class Lots:
    """Makes lots by the standard and settings of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        share = case.settings.min_share
        self._share = (share.numerator, share.denominator)

    def least(self, standard: int) -> int:
        """The smallest whole area that is at least min_share x standard."""
        top, bottom = self._share
        return -(-standard * top // bottom)

    def fit(self, standard: int, area: int) -> bool:
        """Whether people with this sum of standards keep the room rule in a room of `area`."""
        return self.least(standard) <= area <= standard + self.case.settings.tolerance

    def is_single(self, group: Group) -> bool:
        """Whether people of this group sit alone."""
        unit = self.case.units.get(group.unit)
        return unit is not None and (unit.level, group.grade) in self.case.settings.single

    def of(self, parts: Iterable[tuple[Group, int]]) -> Lot | None:
        """A lot; None for nobody, for several units, or where a grade's standard is not known."""
        counts: Counter[Group] = Counter()
        for group, people in parts:
            counts[group] += people
        counts += Counter()
        units = {group.unit for group in counts}
        if len(units) != 1:
            return None
        unit = self.case.units.get(units.pop())
        if unit is None or not unit.planned:
            return None
        standard = 0
        for group, people in counts.items():
            limit = self.case.limit(unit.level, group.grade)
            if limit is None:
                return None
            standard += people * limit
        return Lot(
            unit=unit.code,
            parts=tuple(sorted(counts.items())),
            people=sum(counts.values()),
            standard=standard,
            least=self.least(standard),
            most=standard + self.case.settings.tolerance,
            single=any(self.is_single(group) for group in counts),
            features=frozenset(unit.features) - {"common"},
        )

    def pieces(self, room: str, area: int, lot: Lot) -> tuple[Piece, ...]:
        """Everybody in a room, and people of one group whom it can lawfully spare."""
        found = [] if lot.single else [Piece(room, lot, whole=True)]
        for group, count in lot.parts:
            if self.is_single(group):
                continue
            for people in range(1, count + (len(lot.parts) > 1)):
                part = self.of([(group, people)])
                rest = self.of((g, n - people if g == group else n) for g, n in lot.parts)
                if part and rest and rest.fits(area):
                    found.append(Piece(room, part))
        return tuple(found)

    def asked(self, seat: Seat) -> Lot | None:
        """The office request for which a room is given without people; None if there is none."""
        unit = self.case.units.get(seat.unit)
        requests = [
            q
            for q in self.case.requests_of.get(seat.unit, ())
            if seat.purpose and q.purpose == seat.purpose and q.use == "office"
        ]
        if unit is None or seat.people or len(requests) != 1:
            return None
        asked = requests[0]
        return Lot(
            unit=unit.code,
            parts=((seat.group, 0),),
            people=0,
            standard=asked.area_max,
            least=max(asked.area_min, self.least(asked.area_max)),
            most=asked.area_max + self.case.settings.tolerance,
            single=False,
            features=frozenset((*unit.features, *asked.features)) - {"common"},
        )
