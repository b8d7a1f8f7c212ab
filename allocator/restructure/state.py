"""What operations work on, and how they refuse: every fault of one operation at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from allocator.domain import Division, Group, Ledger, Occupancy, Posts, Unit
from allocator.restructure.operations import PlaceWords
from allocator.restructure.trace import Trace, start_trace
from allocator.scenario_places import PLACE_KINDS, PlaceKind
from allocator.yaml_fields import suggestion
from standards.catalog import Standard, UnknownFigure

At = tuple[str | int, ...]
"""Where in an operation something stands: keys and numbers of list entries."""

PLACE_ZH = {"site": "办公区", "building": "楼", "floor": "楼层", "room": "房间"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The ledger after some operations. `ended`: units that an operation ended."""

    ledger: Ledger
    standard: Standard | None
    trace: Trace
    market_open: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()


def start_state(ledger: Ledger, standard: Standard | None) -> State:
    """Before the first operation."""
    return State(ledger=ledger, standard=standard, trace=start_trace(ledger))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an operation cannot be carried out; `about`: the codes on which that depends."""

    at: At
    code: str
    zh: str
    en: str
    value: str = ""
    expected: str = ""
    advice: tuple[str, str] = ("", "")
    about: tuple[str, ...] = ()


class Refused(Exception):
    """An operation that cannot be carried out, with all its faults; nothing was done."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.en for fault in self.faults))


@dataclass(slots=True)
class Checks:
    """Looks codes up in a state and gathers what is wrong with an operation."""

    state: State
    faults: list[Fault] = field(default_factory=list)

    def add(self, at: At, code: str, zh: str, en: str, **more: object) -> None:
        """Add a fault."""
        self.faults.append(Fault(at=at, code=code, zh=zh, en=en, **more))  # type: ignore[arg-type]

    def stop(self) -> None:
        """Raise Refused if there are faults."""
        if self.faults:
            raise Refused(self.faults)

    def unit(self, code: str, at: At) -> Unit | None:
        """An active unit."""
        units = {unit.code: unit for unit in self.state.ledger.units}
        unit = units.get(code)
        if unit is None:
            self._unknown(at, "unknown-unit", ("单位", "unit"), code, units)
        elif unit.status == "abolished":
            heir = unit.successor
            advice = (f"是否应为 {heir}？", f"Maybe {heir} is meant.") if heir else ("", "")
            self.add(
                at, "unit-ended", "该单位已撤销或并入其他单位", "the unit has ended",
                value=code, advice=advice, about=(code,),
            )  # fmt: skip
            return None
        return unit

    def free_unit(self, code: str, at: At) -> None:
        """A code that no unit has, or one that an operation of this scenario ended."""
        taken = {unit.code for unit in self.state.ledger.units} - self.state.ended
        if code in taken:
            self.add(
                at, "code-taken", "已有这个单位编码", "a unit has this code already",
                value=code, about=(code,),
                advice=("请换一个编码", "Maybe choose another code."),
            )  # fmt: skip

    def division(self, code: str, at: At, unit: str | None = None) -> Division | None:
        """A division, of a unit if one is given."""
        rows = self.state.ledger.divisions
        known = {d.code: d for d in rows if unit is None or d.unit == unit}
        if code not in known:
            what = ("内设机构", "division") if unit is None else (
                "该单位的内设机构", "division of the unit")  # fmt: skip
            self._unknown(at, "unknown-division", what, code, known, unit or "")
        return known.get(code)

    def free_division(self, code: str, at: At) -> None:
        """A code that no division has."""
        if any(division.code == code for division in self.state.ledger.divisions):
            self.add(
                at, "code-taken", "已有这个内设机构编码", "a division has this code already",
                value=code, about=(code,),
                advice=("请换一个编码", "Maybe choose another code."),
            )  # fmt: skip

    def grade(self, level: str, name: str, at: At, unit: str = "") -> str:
        """The code of a grade at a level; the name as it is without a standard."""
        standard = self.state.standard
        if standard is None:
            return name
        try:
            return standard.grade(level, name).code
        except UnknownFigure:
            grades = [grade for grade in standard.grades if grade.level == level]
            known = [text for grade in grades for text in (grade.code, grade.zh)]
            what = (f"职级（{level} 级）", f"grade at level {level}")
            self._unknown(at, "unknown-grade", what, name, known, unit)
            return name

    def grades_fit(self, units: Iterable[Unit], level: str, at: At) -> None:
        """Every grade of these units exists at a level, else the grades must be mapped first."""
        for unit in units:
            if unit.level != level:
                for grade in unit_grades(self.state.ledger, unit.code):
                    self._fits(unit.code, level, grade, at)

    def groups_fit(self, groups: Iterable[Group], level: str, at: At) -> None:
        """Every grade of these groups exists at a level."""
        for unit, grade in sorted({(g.unit, g.grade) for g in groups if g.grade}):
            self._fits(unit, level, grade, at)

    def _fits(self, unit: str, level: str, grade: str, at: At) -> None:
        standard = self.state.standard
        try:
            if standard is not None:
                standard.grade(level, grade)
        except UnknownFigure:
            self.add(
                at, "unknown-grade", f"{unit} 的职级在 {level} 级中没有",
                f"a grade of {unit} does not exist at level {level}", value=grade, about=(unit,),
                advice=(
                    "请先用 set_level 的 grades 对应职级",
                    "Maybe map its grades first with set_level: {unit, level, grades}.",
                ),
            )  # fmt: skip

    def posts(self, group: Group, at: At) -> Posts | None:
        """The posts of a group."""
        row = posts_of(self.state.ledger).get(group)
        if row is None:
            known = [p.grade for p in self.state.ledger.posts
                     if (p.unit, p.division) == (group.unit, group.division)]  # fmt: skip
            self.add(
                at, "no-such-posts", "该单位或内设机构没有这一职级的编制",
                "the unit or division has no posts of this grade", value=group.grade,
                expected=" | ".join(known), about=(group.unit, group.division),
            )  # fmt: skip
        return row

    def at_most(self, number: int, most: int, at: At, about: tuple[str, ...]) -> None:
        """Not more than there are."""
        if number > most:
            self.add(
                at, "too-many-posts", "超过现有数量", "more than there are", value=str(number),
                expected=f"<= {most}", about=about,
            )  # fmt: skip

    def place(
        self, words: PlaceWords, at: At, kinds: tuple[PlaceKind, ...] = PLACE_KINDS
    ) -> tuple[PlaceKind, str] | None:
        """The place meant, of one of some kinds."""
        codes = place_codes(self.state.ledger)
        if words.kind:
            kinds = tuple(kind for kind in kinds if kind == words.kind)
        found = [kind for kind in kinds if words.code in codes[kind]]
        if len(found) == 1:
            return found[0], words.code
        if found:
            expected = " / ".join(f"{{{kind}: {words.code}}}" for kind in found)
            self.add(
                at, "ambiguous-place", "同一编码指多处地方",
                "the code means more than one place", value=words.code, expected=expected,
            )  # fmt: skip
            return None
        what = words.kind or "place"
        zh = PLACE_ZH.get(words.kind, "地方")
        known = [code for kind in kinds for code in codes[kind]]
        self._unknown(at, f"unknown-{what}", (zh, what), words.code, known)
        return None

    def _unknown(
        self, at: At, code: str, what: tuple[str, str], value: str, known: Iterable[str],
        unit: str = "",
    ) -> None:  # fmt: skip
        self.add(
            at, code, f"没有这个{what[0]}", f"no such {what[1]}", value=value,
            advice=suggestion(value, known), about=(value, unit),
        )  # fmt: skip


def posts_of(ledger: Ledger) -> dict[Group, Posts]:
    """Posts by group, in the ledger's order."""
    return {row.group: row for row in ledger.posts}


def unit_grades(ledger: Ledger, unit: str) -> Iterator[str]:
    """The grades of a unit's posts and people."""
    rows = post_and_seat_rows(ledger)
    yield from sorted({row.grade for row in rows if row.unit == unit and row.grade})


def place_codes(ledger: Ledger) -> dict[PlaceKind, set[str]]:
    """The codes of places by kind."""
    tables = (ledger.sites, ledger.buildings, ledger.floors, ledger.rooms)
    return {
        kind: {row.code for row in cast("tuple[Unit, ...]", table)}
        for kind, table in zip(PLACE_KINDS, tables, strict=True)
    }


def post_and_seat_rows(ledger: Ledger) -> tuple[Posts | Occupancy, ...]:
    """All rows that have a group."""
    return (*ledger.posts, *ledger.occupancy)
