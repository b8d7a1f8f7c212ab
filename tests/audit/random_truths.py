"""Small cases full of doubt, and truths drawn from within everything that they leave open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from allocator.audit.case import MIXED, Case, Seat
from allocator.domain import Group, Occupancy, Posts, Room, Survey
from tests.audit.people_cases import make_case
from tests.builders import office, room, unit

GRADES = ("chief", "clerk", "clerk", "boss")
"""`boss` is in no standard."""
_SIZES = (500, 580, 900, 1200, 1800, 2400, 2700, 3300, 4200)
_SMALL = (60, 100, 180, 400, 800, 1600)


def random_case(rng: Random) -> Case:
    """Today or a plan of two units in a few rooms."""
    rooms = [_office(rng, index) for index in range(rng.randint(2, 4))]
    for index, use in enumerate(rng.choices(("service", "equipment"), k=rng.randint(0, 4))):
        made = room(f"x{index}", "F", use, 0, allocated_unit=rng.choice(("", "tax", "fin")))
        rooms.append(replace(made, area=rng.choice(_SMALL) + rng.randint(-2, 2)))
    seats = _seats(rng, rooms)
    is_plan = rng.random() < 0.4
    settings = {
        "tolerance": rng.choice((0, 0, 100)),
        "area_error": rng.choice((0, 0, 20)),
        "split": rng.choice(("proportional", "equal")),
        "basis": rng.choice(("established", "in_post", "larger")),
    }
    return make_case(
        units=[unit("tax"), unit("fin", rng.choice(("municipal", "county")))],
        rooms=rooms,
        posts=_posts(rng),
        survey=[_survey(rng, r) for r in rooms if rng.random() < 0.5],
        occupancy=[
            Occupancy(room=s.room, unit=s.unit, division=s.division, grade=s.grade, people=s.people)
            for s in seats
        ],
        plan=seats if is_plan else None,
        settings=settings,
    )


def _office(rng: Random, index: int) -> Room:
    features = (rng.choice(MIXED),) if rng.random() < 0.2 else ()
    made = office(f"r{index}", "F", 0, features=features)
    number = f"301-{index}" if rng.random() < 0.5 else f"30{index}"
    return replace(made, area=rng.choice(_SIZES) + rng.randint(-60, 60), number=number)


def _survey(rng: Random, measured: Room) -> Survey:
    away = rng.choice((0, 0, rng.randint(-400, 400)))
    area = max(0, measured.area + away)
    error = rng.choice((0, 10, 60))
    return Survey(room=measured.code, measured=area, day=date(2025, 1, 1), error=error)


def _posts(rng: Random) -> list[Posts]:
    rows = []
    keys = [(u, d, g) for u, d in (("tax", "D1"), ("tax", ""), ("fin", "")) for g in set(GRADES)]
    for of, division, grade in sorted(keys):
        if rng.random() < 0.4:
            continue
        established, people = rng.randint(0, 3), rng.randint(0, 3)
        low = rng.randint(0, established) if rng.random() < 0.3 else None
        high = established + rng.randint(0, 2) if rng.random() < 0.3 else None
        rows.append(
            Posts(
                unit=of,
                division=division,
                grade=grade,
                established=established,
                in_post=people,
                established_min=low,
                established_max=high,
                borrowed=rng.randint(0, people) if rng.random() < 0.4 else 0,
            )
        )
    return rows


def _seats(rng: Random, rooms: list[Room]) -> list[Seat]:
    seats: list[Seat] = []
    for place in rooms:
        for _ in range(rng.choice((0, 1, 1, 2))):
            of, division = rng.choice((("tax", "D1"), ("tax", ""), ("fin", "")))
            held = place.use != "office" or rng.random() < 0.1
            grade = rng.choice(GRADES)
            people = 1 if grade == "chief" else rng.randint(1, 3)
            row = {"grade": grade, "people": people, "division": division}
            kept = {"grade": "chief"} if rng.random() < 0.3 and place.use == "office" else {}
            told: dict[str, Any] = kept if held else row
            seats.append(Seat(room=place.code, unit=of, index=len(seats), **told))
    chiefs = [s for s in seats if s.grade == "chief"]
    if chiefs and rng.random() < 0.5:
        second = replace(rng.choice(chiefs), room=rng.choice(rooms).code, people=0)
        seats.append(replace(second, index=len(seats)))
    return seats


@dataclass(frozen=True)
class Truth:
    """One way things may really be; what is in `fixed` (texts of doubts) is as recorded.

    `areas`: usable area by room. `parts`: percent of a mixed hall used as office. `posts`:
    established. `gone`: borrowed staff who do not count, by group, `away` those of them by seat.
    `worth`: area per person of a grade that nobody knows.
    """

    case: Case
    areas: dict[str, int]
    parts: dict[str, int]
    posts: dict[Group, int]
    gone: dict[Group, int]
    away: dict[int, int]
    worth: dict[tuple[str, str], int]
    fixed: frozenset[str] = frozenset()
    generous: bool = False
    """Whether an unknown grade that is held counts the largest area instead of none."""

    def holding(self, doubts: set[str]) -> Truth:
        """The same truth, but for what these doubts name."""
        return replace(self, fixed=frozenset(doubts))

    def _free(self, text: str) -> bool:
        return text not in self.fixed

    def area(self, code: str) -> int:
        """Area that counts as what the room's use says."""
        free = self._free(f"the area of room {code}")
        area = self.areas[code] if free else self.case.rooms[code].area
        if code in self.parts and self._free(f"the part of room {code} used as office"):
            return area * self.parts[code] // 100
        return area

    def established(self, row: Posts) -> int:
        """Established posts."""
        free = self._free(f"provisional posts of unit {row.unit}")
        return self.posts[row.group] if free else row.established

    def in_post(self, row: Posts) -> int:
        """People in post who count."""
        return row.in_post - self.missing(row.group)

    def missing(self, group: Group) -> int:
        """Borrowed staff who do not count."""
        free = self._free(f"whether borrowed staff of unit {group.unit} count")
        return self.gone.get(group, 0) if free else 0

    def limit(self, of: str, grade: str) -> int:
        """Area per person."""
        level = self.case.units[of].level
        known = {g.code: g.area for g in self.case.standard.grades if g.level == level}
        if grade in known:
            return known[grade]
        if self._free(f"grade {grade} of unit {of}"):
            return self.worth[of, grade]
        return max(known.values()) if self.generous else 0

    def counted(self, seat: Seat) -> int:
        """People of a row who count."""
        free = self._free(f"whether borrowed staff of unit {seat.unit} count")
        return seat.people - (self.away.get(seat.index, 0) if free else 0)

    def standards(self, code: str) -> int:
        """Sum of the standards of the people in a room."""
        seats = [s for s in self.case.seats if s.room == code and s.people]
        return sum(self.counted(s) * self.limit(s.unit, s.grade) for s in seats)


def random_truth(case: Case, rng: Random) -> Truth:
    """Anything within the limits that the case leaves open, its ends more often than the rest."""

    def within(low: int, high: int) -> int:
        return rng.choice((low, high, rng.randint(low, high)))

    surveys = {s.room: s for s in case.ledger.survey}
    areas, parts = {}, {}
    for r in case.ledger.rooms:
        areas[r.code] = _drawn_area(r, surveys.get(r.code), case.settings.area_error, within)
        if r.use == "office" and set(r.features) & set(MIXED):
            parts[r.code] = within(0, 100)
    posts, gone = {}, {}
    for row in case.post_rows:
        ends = [row.established]
        ends += [e for e in (row.established_min, row.established_max) if e is not None]
        posts[row.group] = within(min(ends), max(ends))
        gone[row.group] = within(0, row.borrowed)
    away: dict[int, int] = {}
    left = dict(gone)
    for seat in case.seats:
        away[seat.index] = within(0, min(seat.people, left.get(seat.group, 0)))
        if seat.group in left:
            left[seat.group] -= away[seat.index]
    worth = {}
    for of, level in [(u.code, u.level) for u in case.ledger.units]:
        largest = max(g.area for g in case.standard.grades if g.level == level)
        worth[of, "boss"] = within(0, largest)
    return Truth(case, areas, parts, posts, gone, away, worth)


def _drawn_area(
    measured: Room, survey: Survey | None, error: int, within: Callable[[int, int], int]
) -> int:
    low, high = measured.area - error, measured.area + error
    if survey is not None:
        low = min(measured.area, survey.measured - survey.error)
        high = max(measured.area, survey.measured + survey.error)
    return within(max(0, low), high)
