"""Where a finding is, in names: site, building, storey and room, or unit, division and grade."""

from __future__ import annotations

from allocator.audit.case import Case
from allocator.audit.headcount import grade_name, group_of, once
from allocator.audit.rule import Judgement, Words

_GAP = " · "


def room_of(case: Case, judged: Judgement) -> str:
    """Code of the room that a judgement is about, blank where it is about none."""
    subject = judged.subject
    if judged.place in case.rooms:
        return judged.place
    return subject.code if subject.kind in ("room", "row") and subject.code in case.rooms else ""


def place_words(case: Case, judged: Judgement) -> Words:
    """Where it is, in names; what the ledger does not know is shown as written."""
    subject = judged.subject
    if room := room_of(case, judged):
        return _same(room_place(case, room))
    if subject.kind == "group":
        place, grade = _division(case, subject.unit, subject.division), None
        if subject.grade:
            grade = grade_name(case, group_of(subject))
        return _joined(place, grade)
    if subject.kind == "division":
        return _division(case, subject.unit, subject.division)
    for code in _codes(judged):
        if found := once(case, _places).get(code):
            return _same(found)
    code = judged.place or subject.code
    return _joined(_same(case.name(code)), _same(subject.grade) if subject.grade else None)


def room_place(case: Case, code: str) -> str:
    """Site, building, storey and number of a room."""
    room = case.rooms[code]
    place = once(case, _places)[room.floor]
    return _GAP.join(name for name in (place, room.number) if name)


def _codes(judged: Judgement) -> tuple[str, ...]:
    """Codes that may name a floor, building or site."""
    subject = judged.subject
    codes = (judged.place, subject.code if subject.kind == "place" else "")
    return tuple(code for code in codes if code)


def _places(case: Case) -> dict[str, str]:
    """Floors, buildings and sites in names, by code; the widest of two with one code."""
    found: dict[str, str] = {}
    for floor in case.ledger.floors:
        (_, _, storey), (_, house, building), (_, yard, site) = case.levels(floor.code)
        level = getattr(storey, "level", 0)
        names = [getattr(site, "name", ""), getattr(building, "name", "")]
        names.append(f"{level}F" if level >= 0 else f"B{-level}")
        for code, count in ((yard, 1), (house, 2), (floor.code, 3)):
            found.setdefault(code, _GAP.join(name for name in names[:count] if name))
    return found


def _division(case: Case, unit: str, division: str) -> Words:
    if not division:
        return _same(case.name(unit))
    name = once(case, _division_names).get(division, division)
    return _same(f"{case.name(unit)}{_GAP}{name}")


def _division_names(case: Case) -> dict[str, str]:
    return {d.code: d.name for d in case.ledger.divisions}


def _joined(place: Words, more: Words | None) -> Words:
    if more is None:
        return place
    return Words(f"{place.zh}{_GAP}{more.zh}", f"{place.en}{_GAP}{more.en}")


def _same(text: str) -> Words:
    return Words(text, text)
