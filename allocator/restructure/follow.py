"""Entries of a base scenario after the operations of the scenarios built on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allocator.domain import Group, Relation
from allocator.restructure.lineage import Lineage
from allocator.scenario import Forbid, Pin, RoomException


def follow(entry: Any, lineage: Lineage) -> tuple[Any, ...]:
    """What an entry says of the heirs of its units; nothing where a unit ended without one.

    Pins to a room and exceptions go to the main heir; what holds everywhere holds for all heirs.
    """
    if isinstance(entry, Pin):
        return _pins(entry, lineage)
    if isinstance(entry, Forbid):
        if entry.division:
            unit, division = lineage.division(entry.unit, entry.division)
            return (replace(entry, unit=unit, division=division),) if unit else ()
        return tuple(replace(entry, unit=unit) for unit in lineage.heirs(entry.unit))
    if isinstance(entry, Relation):
        return tuple(
            replace(entry, a=a, b=b)
            for a in lineage.heirs(entry.a)
            for b in lineage.heirs(entry.b)
            if a != b
        )
    if isinstance(entry, RoomException):
        return tuple(replace(entry, unit=unit) for unit in lineage.heirs(entry.unit)[:1])
    place, units = entry
    heirs = tuple(dict.fromkeys(h for unit in units for h in lineage.heirs(unit)))
    return ((place, heirs),) if heirs else ()


def _pins(pin: Pin, lineage: Lineage) -> tuple[Pin, ...]:
    if pin.division:
        unit, division = lineage.division(pin.unit, pin.division)
        if not unit:
            return ()
        group = Group(pin.unit, pin.division, pin.grade)
        grade = _grade(lineage, [group], pin.grade, unit)
        return (replace(pin, unit=unit, division=division, grade=grade),)
    heirs = lineage.heirs(pin.unit)
    if pin.kind == "room":
        heirs = heirs[:1]
    groups = [f.old for f in lineage.flows if f.old and f.old.unit == pin.unit]
    same = [group for group in groups if group.grade == pin.grade]
    return tuple(
        replace(pin, unit=unit, grade=_grade(lineage, same, pin.grade, unit)) for unit in heirs
    )


def _grade(lineage: Lineage, groups: list[Group], grade: str, unit: str) -> str:
    """The grade that most posts of these groups have in a unit now."""
    found = [new for old in groups for new in lineage.groups(old) if new.unit == unit]
    return found[0].grade if grade and found else grade
