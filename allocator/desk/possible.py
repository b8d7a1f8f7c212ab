"""Whether the unit of a change can still sit somewhere, and in words what leaves it no room."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.desk.change import Change, PostCount
from allocator.domain import Group, Relation, Room
from allocator.findings import Finding, Place
from allocator.problem import Problem
from allocator.scenario import Forbid, Pin
from allocator.solve import impossible_pin
from allocator.yaml_fields import OVERRIDES


def obstacles(before: Problem, after: Problem, change: Change) -> Iterator[Finding]:
    """What the change asks for and no plan can give; `after` is the problem with the change."""
    old = set(before.impossible_pins)
    for pin in after.impossible_pins:
        if pin not in old:
            yield impossible_pin(pin)
    if isinstance(change, PostCount):
        return
    for group in after.groups_of[change.unit]:
        if not any(_offices(after, group)) and any(_offices(before, group)):
            yield _why(after, change)
            return
    for relation in after.scenario.relations:
        concerned = change.unit in (relation.a, relation.b)
        if concerned and _apart(after, relation) and not _apart(before, relation):
            yield _against(change, relation, after)


def _offices(problem: Problem, group: Group) -> Iterator[Room]:
    """Offices that people of the group may sit in."""
    floors = problem.permitted_floors[group.unit]
    return (
        room
        for floor in floors
        for room in problem.stock_by_floor[floor]
        if room.use == "office"
        and problem.permitted(group.unit, room)
        and problem.group_permitted(group, room)
    )


def _why(problem: Problem, change: Pin | Forbid) -> Finding:
    """The first rule that leaves the unit no office."""
    unit, place = change.unit, change.place
    if isinstance(change, Forbid):
        return _finding(
            problem, change, "forbid-leaves-nothing",
            f"单位 {unit} 禁用 {place} 后没有任何可用的办公室",
            f"with {place} forbidden, no office is left that unit {unit} may use",
            _wishes(problem, change),
            ("请先取消另一项固定或禁止要求", "Maybe withdraw another pin or forbid first"),
        )  # fmt: skip
    inside = [
        room
        for room in problem.stock
        if room.use == "office" and problem.lies_in(room.code, change.kind, place)
    ]
    floors = problem.permitted_floors[unit]
    if not inside:
        return _finding(
            problem, change, "pin-place-closed",
            f"{place} 没有可以安排的办公室（已停用、封存、出租，或没有办公室）",
            f"{place} has no office to give: closed, sealed, let, or none there",
            "", ("请核对房间状态或情景中的 sites", "Maybe open it under `sites` first"),
        )  # fmt: skip
    if not any(room.floor in floors for room in inside):
        return _finding(
            problem, change, "pin-not-permitted",
            f"单位 {unit} 不得使用 {place}: 权属、区域或技术业务用房不允许",
            f"unit {unit} may not use {place}: title, territory or business rooms rule it out",
            "", ("请登记协议或改选其他地方", "Maybe register an agreement, or choose elsewhere"),
        )  # fmt: skip
    wanted = set(problem.units[unit].features)
    if not any(wanted <= set(room.features) for room in inside if room.floor in floors):
        return _finding(
            problem, change, "pin-lacks-features",
            f"{place} 没有具备单位 {unit} 所需特征的办公室",
            f"no office in {place} has the features that unit {unit} needs",
            ", ".join(sorted(wanted)),
            ("请改选其他地方", "Maybe choose elsewhere"),
        )  # fmt: skip
    return _finding(
        problem, change, "contradiction",
        f"单位 {unit} 固定在 {place} 与该单位的其他固定或禁止要求矛盾",
        f"the pin of unit {unit} to {place} contradicts another pin or forbid of the unit",
        _wishes(problem, change),
        ("请先取消其中一项", "Maybe withdraw one of them first"),
    )  # fmt: skip


def _wishes(problem: Problem, change: Pin | Forbid) -> str:
    """The unit's other pins and forbids."""
    unit = change.unit
    pins = [f"pin {pin.place}" for pin in problem.pins_of.get(unit, ()) if pin != change]
    forbids = [f"forbid {f.place}" for f in problem.forbids_of.get(unit, ()) if f != change]
    return ", ".join([*pins, *forbids])


def _apart(problem: Problem, relation: Relation) -> bool:
    """Whether two units that must share a place have none in common."""
    if not relation.kind.startswith("same_"):
        return False
    key = {
        "same_floor": {f: f for f in problem.floors},
        "same_building": problem.building_of_floor,
        "same_site": problem.site_of_floor,
    }[relation.kind]
    places = []
    for unit in (relation.a, relation.b):
        if not problem.people_of.get(unit):
            return False
        groups = problem.groups_of[unit]
        places.append(set.intersection(
            *({key[room.floor] for room in _offices(problem, group)} for group in groups)
        ))  # fmt: skip
    return not places[0] & places[1]


def _against(change: Pin | Forbid, relation: Relation, problem: Problem) -> Finding:
    other = relation.b if change.unit == relation.a else relation.a
    return _finding(
        problem, change, "contradiction",
        f"单位 {change.unit} 与 {other} 必须同处（{relation.kind}），这样就没有共同的地方",
        f"units {change.unit} and {other} must share a place ({relation.kind}); none is left",
        relation.kind,
        ("请同时改变另一单位的要求", "Maybe change what is asked of the other unit first"),
    )  # fmt: skip


def _finding(
    problem: Problem,
    change: Pin | Forbid,
    code: str,
    zh: str,
    en: str,
    value: str,
    advice: tuple[str, str],
) -> Finding:
    pinned = isinstance(change, Pin)
    last = len(problem.scenario.pins if pinned else problem.scenario.forbids) - 1
    place = Place(OVERRIDES, "", None, f"{'pins' if pinned else 'forbid'}.{last}")
    return Finding(code, zh, en, place, value, "", *advice)
