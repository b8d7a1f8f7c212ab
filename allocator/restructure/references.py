"""Codes of units elsewhere in the ledger after units became others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from allocator.domain import Building, Floor, Ledger, Relation, Room, Site

Heirs = Mapping[str, tuple[str, ...]]
"""The heirs of each unit named, the main heir first; a unit that stays may be among its own."""
Place = TypeVar("Place", Site, Building, Floor)


def rewrite(ledger: Ledger, heirs: Heirs, rest: Mapping[str, str]) -> Ledger:
    """All references to units that have heirs; requests go where `rest` says."""

    def main(code: str) -> str:
        found = heirs.get(code, (code,))
        return code if code in found else next(iter(found), "")

    names = _names(ledger, heirs)
    units = tuple(
        replace(unit, parent=_above(unit.code, main(unit.parent)), successor=main(unit.successor))
        for unit in ledger.units
    )
    sites = tuple(replace(site, agreement=spread(site.agreement, heirs)) for site in ledger.sites)
    requests = tuple(
        replace(request, unit=rest.get(request.unit, request.unit)) for request in ledger.requests
    )
    return replace(
        ledger,
        units=units,
        sites=_titled(sites, names),
        buildings=_titled(ledger.buildings, names),
        floors=_titled(ledger.floors, names),
        rooms=_lent(ledger.rooms, {**dict.fromkeys(_without_heir(heirs), ""), **names}),
        requests=tuple(request for request in requests if request.unit),
        relations=spread_relations(ledger.relations, heirs),
    )


def spread(units: tuple[str, ...], heirs: Heirs) -> tuple[str, ...]:
    """A list of units with every heir in the place of each, none twice."""
    return tuple(dict.fromkeys(h for unit in units for h in heirs.get(unit, (unit,))))


def spread_relations(relations: Iterable[Relation], heirs: Heirs) -> tuple[Relation, ...]:
    """Relations of all heirs; those of a unit to itself vanish, coinciding ones become one."""
    made: dict[tuple[frozenset[str], str], Relation] = {}
    for relation in relations:
        for a in heirs.get(relation.a, (relation.a,)):
            for b in heirs.get(relation.b, (relation.b,)):
                if a == b:
                    continue
                key = (frozenset((a, b)), relation.kind)
                old = made.get(key)
                weight = relation.weight + (old.weight if old else 0)
                same = (relation.a, relation.b) == (a, b)
                new = relation if same else replace(relation, a=a, b=b)
                made[key] = replace(old or new, weight=weight) if old else new
    return tuple(made.values())


def contradictions(relations: Iterable[Relation]) -> set[frozenset[str]]:
    """Pairs that must be apart and on one floor."""
    kinds: dict[frozenset[str], set[str]] = {}
    for relation in relations:
        kinds.setdefault(frozenset((relation.a, relation.b)), set()).add(relation.kind)
    return {pair for pair, found in kinds.items() if {"apart", "same_floor"} <= found}


def rename_texts(ledger: Ledger, old: str, new: str) -> Ledger:
    """Titles and loans under the name of a unit follow its new name."""
    names = {old: new} if old != new else {}
    return replace(
        ledger,
        sites=_titled(ledger.sites, names),
        buildings=_titled(ledger.buildings, names),
        floors=_titled(ledger.floors, names),
        rooms=_lent(ledger.rooms, names),
    )


def _without_heir(heirs: Heirs) -> list[str]:
    return [old for old, now in heirs.items() if not now]


def _names(ledger: Ledger, heirs: Heirs) -> dict[str, str]:
    """Codes and names of units that ended, and those of their main heirs."""
    by_code = {unit.code: unit.name for unit in ledger.units}
    names: dict[str, str] = {}
    for old, now in heirs.items():
        if now and old not in now:
            names[old] = now[0]
            names[by_code.get(old, old)] = by_code.get(now[0], now[0])
    return names


def _titled(places: tuple[Place, ...], names: Mapping[str, str]) -> tuple[Place, ...]:
    return tuple(
        replace(place, title_holder=names[place.title_holder])
        if place.title_holder is not None and place.title_holder in names
        else place
        for place in places
    )


def _lent(rooms: tuple[Room, ...], names: Mapping[str, str]) -> tuple[Room, ...]:
    return tuple(
        replace(room, lent_to=names[room.lent_to]) if room.lent_to in names else room
        for room in rooms
    )


def _above(unit: str, parent: str) -> str:
    """Nobody is above itself."""
    return "" if parent == unit else parent
