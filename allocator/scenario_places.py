"""Codes of the ledger looked up for a scenario, and rooms closed, sealed or opened by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar, cast

from allocator.domain import Ledger, Room, RoomStatus, Unit
from allocator.scenario import Change
from allocator.yaml_fields import Node, suggestion
from standards.catalog import Standard, UnknownFigure

Made = TypeVar("Made")
PlaceKind: TypeAlias = Literal["site", "building", "floor", "room"]
PLACE_KINDS: tuple[PlaceKind, ...] = ("site", "building", "floor", "room")
"""From the widest to the narrowest."""
_KIND_ZH = {"site": "办公区", "building": "楼", "floor": "楼层", "room": "房间"}

ACTIONS = ("close", "seal", "open")
_EFFECT: dict[str, tuple[frozenset[str], RoomStatus]] = {
    "close": (frozenset({"available", "sealed"}), "unavailable"),
    "seal": (frozenset({"available"}), "sealed"),
    "open": (frozenset({"sealed", "unavailable"}), "available"),
}
"""What each action does: the statuses it changes, and into which. Let rooms stay let."""


class Index:
    """A ledger by code. Without a ledger (it could not be read) every code passes."""

    def __init__(self, ledger: Ledger | None, standard: Standard | None) -> None:
        self.ledger = ledger
        self.standard = standard
        tables = ledger or Ledger()
        self.units = {unit.code: unit for unit in tables.units}
        self.rooms = {room.code: room for room in tables.rooms}
        self.divisions = {(division.unit, division.code) for division in tables.divisions}
        self.places: dict[PlaceKind, dict[str, object]] = {
            "site": {site.code: site for site in tables.sites},
            "building": {building.code: building for building in tables.buildings},
            "floor": {floor.code: floor for floor in tables.floors},
            "room": dict(self.rooms),
        }
        self.market = {site.code for site in tables.sites if site.tenure == "market"}
        self.building_of = {floor.code: floor.building for floor in tables.floors}
        self.site_of = {building.code: building.site for building in tables.buildings}

    def chain(self, room: Room) -> dict[PlaceKind, str]:
        """The room and every place around it."""
        building = self.building_of.get(room.floor, "")
        return {
            "site": self.site_of.get(building, ""),
            "building": building,
            "floor": room.floor,
            "room": room.code,
        }

    def site_of_place(self, kind: PlaceKind, code: str) -> str:
        """The site a place belongs to."""
        if kind == "room":
            kind, code = "floor", self.rooms[code].floor
        if kind == "floor":
            kind, code = "building", self.building_of.get(code, "")
        return self.site_of.get(code, "") if kind == "building" else code

    def followed(self, node: Node, made: Made) -> tuple[Made, ...]:
        """What an entry of a list means in the end: itself."""
        return (made,)

    def unit(self, node: Node | None, *, planned: bool = False) -> str | None:
        """A unit code; `planned`: one that receives space, since others can never obey."""
        code = node.text() if node else None
        if node is None or code is None or self.ledger is None:
            return code
        if code not in self.units:
            _unknown(node, "unknown-unit", ("单位", "unit"), code, self.units)
            return None
        if planned and not self.units[code].planned:
            heir = self.units[code].successor
            node.add(
                "unit-not-planned",
                "该单位已撤销或无权占用办公用房，不参加安排",
                "the unit is abolished or has no entitlement: it is not planned",
                advice=(f"是否应为 {heir}？", f"Maybe {heir} is meant.") if heir else ("", ""),
            )
            return None
        return code

    def place(self, node: Node, kind: PlaceKind) -> str | None:
        """The code of a place of one kind."""
        code = node.text()
        if code is None or self.ledger is None or code in self.places[kind]:
            return code
        _unknown(node, f"unknown-{kind}", (_KIND_ZH[kind], kind), code, self.places[kind])
        return None

    def any_place(self, node: Node) -> tuple[PlaceKind, str] | None:
        """A place of any kind: its code, or `{kind: code}` where a code means two places."""
        if isinstance(node.value, dict):
            return self.one_place(node, node.fields((), PLACE_KINDS))
        code = node.text()
        if code is None or self.ledger is None:
            return None
        kinds = [kind for kind in PLACE_KINDS if code in self.places[kind]]
        if len(kinds) == 1:
            return kinds[0], code
        if kinds:
            node.add(
                "ambiguous-place",
                "同一编码指多处地方",
                "the code means more than one place",
                expected=" / ".join(f"{{{kind}: {code}}}" for kind in kinds),
            )
            return None
        known = [code for kind in PLACE_KINDS for code in self.places[kind]]
        _unknown(node, "unknown-place", ("地方", "place"), code, known)
        return None

    def one_place(self, node: Node, found: dict[str, Node]) -> tuple[PlaceKind, str] | None:
        """The one key of site, building, floor, room that is given, with its code."""
        kinds = [kind for kind in PLACE_KINDS if kind in found]
        if len(kinds) != 1:
            node.add(
                "place-count",
                "应恰好写一个地方",
                "exactly one place must be given",
                value=", ".join(kinds),
                expected=" | ".join(PLACE_KINDS),
            )
            return None
        code = self.place(found[kinds[0]], kinds[0])
        return None if code is None else (kinds[0], code)

    def division(self, node: Node, unit: str) -> str | None:
        """A division of the unit."""
        code = node.text()
        if code is None or self.ledger is None or (unit, code) in self.divisions:
            return code
        known = [division for owner, division in self.divisions if owner == unit]
        _unknown(
            node, "unknown-division", ("该单位的内设机构", "division of the unit"), code, known
        )
        return None

    def grade(self, node: Node, unit: str) -> str | None:
        """A grade of the unit's organ level, by code or name; returns the code."""
        name = node.text()
        owner: Unit | None = self.units.get(unit)
        if name is None or self.standard is None or owner is None:
            return name
        try:
            return self.standard.grade(owner.level, name).code
        except UnknownFigure:
            grades = [grade for grade in self.standard.grades if grade.level == owner.level]
            known = [text for grade in grades for text in (grade.code, grade.zh)]
            _unknown(node, "unknown-grade", ("职级", "grade"), name, known)
            return None


def _unknown(
    node: Node, code: str, what: tuple[str, str], value: str, known: Iterable[str]
) -> None:
    node.add(
        code,
        f"没有这个{what[0]}",
        f"no such {what[1]}",
        value=value,
        advice=suggestion(value, known),
    )


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of `sites`: what to do with which place."""

    name: str
    kind: PlaceKind
    code: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The ledger after closing, sealing and opening, with what changed."""

    ledger: Ledger
    market_open: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()


def read_actions(node: Node, index: Index) -> list[Action]:
    """The entries of `sites`; one place in two lists, or twice in one, is reported."""
    actions: dict[tuple[PlaceKind, str], Action] = {}
    found = node.fields((), ACTIONS)
    nodes: dict[tuple[PlaceKind, str], Node] = {}
    for name in ACTIONS:
        for item in found[name].items() if name in found else ():
            place = index.any_place(item)
            if place is None:
                continue
            earlier = actions.get(place)
            if earlier is not None and earlier.name != name:
                zh, en = f"同时列在 {earlier.name} 中", f"also listed under {earlier.name}"
                item.add("contradiction", zh, en, value=place[1])
            elif earlier is not None:
                item.add("duplicate-entry", "重复列出", "listed twice", value=place[1])
            actions.setdefault(place, Action(name, *place))
            nodes.setdefault(place, item)
    opened = {a.code for a in actions.values() if a.name == "open" and a.kind == "site"}
    for place, action in actions.items():
        site = index.site_of_place(*place)
        if action.name == "open" and site in index.market - opened:
            nodes[place].add(
                "market-opened-whole",
                f"可租办公区只能整体启用：{site}",
                f"a market site is opened as a whole: {site}",
                value=action.code,
                expected=f"open: [{site}]",
            )
    return list(actions.values())


def apply_actions(index: Index, actions: list[Action]) -> Applied:
    """Rooms with their new status. The narrowest place named decides, whatever the order.

    Opening a market site rents it; the status of its rooms stays as the ledger has it.
    """
    ledger = cast("Ledger", index.ledger)
    opened = sorted(
        a.code for a in actions if a.name == "open" and a.kind == "site" and a.code in index.market
    )
    by_place = {
        (action.kind, action.code): action
        for action in actions
        if not (action.kind == "site" and action.code in opened)
    }
    changes = [
        Change(place=site, what="market", old="closed", new="open", reason=f"sites.open: {site}")
        for site in opened
    ]
    rooms: list[Room] = []
    for room in ledger.rooms:
        action = _deciding(index.chain(room), by_place)
        statuses, new = _EFFECT[action.name] if action else (frozenset(), room.status)
        if action is None or room.status not in statuses:
            rooms.append(room)
            continue
        reason = f"sites.{action.name}: {action.code}"
        changes.append(
            Change(place=room.code, what="status", old=room.status, new=new, reason=reason)
        )
        rooms.append(replace(room, status=new))
    return Applied(replace(ledger, rooms=tuple(rooms)), frozenset(opened), tuple(changes))


def _deciding(
    chain: dict[PlaceKind, str], by_place: dict[tuple[PlaceKind, str], Action]
) -> Action | None:
    for kind in reversed(PLACE_KINDS):
        action = by_place.get((kind, chain[kind]))
        if action is not None:
            return action
    return None
