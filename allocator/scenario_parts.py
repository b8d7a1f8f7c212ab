"""The lists of a scenario file: pins, forbids, relations, exceptions, sharing, budget, moves."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar, get_args

from allocator.domain import Relation, RelationKind
from allocator.scenario import Budget, Change, Forbid, Pin, RoomException
from allocator.scenario_places import PLACE_KINDS, Index
from allocator.yaml_fields import Node

Made = TypeVar("Made", bound=Hashable)
KINDS: tuple[RelationKind, ...] = get_args(RelationKind)
_TOGETHER = ("same_floor", "same_building", "same_site")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _distinct(entries: Iterable[tuple[Node, Made, Hashable]], index: Index) -> Iterator[Made]:
    """The entries and what they mean, reporting those with the key of an earlier one."""
    seen: set[Hashable] = set()
    for node, made, key in entries:
        if key in seen:
            node.add("duplicate-entry", "重复列出", "listed twice", value="")
            continue
        seen.add(key)
        yield from index.followed(node, made)


def read_pins(node: Node, index: Index) -> tuple[Pin, ...]:
    """Pins; the number of people belongs to room pins only."""

    def entries() -> Iterator[tuple[Node, Pin, Hashable]]:
        for item in node.items():
            found = item.fields(("unit",), (*PLACE_KINDS, "division", "grade", "people"))
            unit = index.unit(found.get("unit"), planned=True)
            place = index.one_place(item, found) if found else None
            people = found["people"].integer(1) if "people" in found else 1
            if "people" in found and "room" not in found:
                zh, en = "people 只用于房间", "people belongs to room pins only"
                found["people"].add("contradiction", zh, en)
            division = grade = ""
            if unit is not None and "division" in found:
                division = index.division(found["division"], unit) or ""
            if unit is not None and "grade" in found:
                grade = index.grade(found["grade"], unit) or ""
            if unit is None or place is None or people is None:
                continue
            kind, code = place
            pin = Pin(
                unit=unit, kind=kind, place=code, division=division, grade=grade, people=people
            )
            yield item, pin, replace(pin, people=1)

    return tuple(_distinct(entries(), index))


def read_forbids(node: Node, index: Index) -> tuple[Forbid, ...]:
    """Places that a unit or one of its divisions must not hold."""

    def entries() -> Iterator[tuple[Node, Forbid, Hashable]]:
        for item in node.items():
            found = item.fields(("unit",), (*PLACE_KINDS, "division"))
            unit = index.unit(found.get("unit"), planned=True)
            place = index.one_place(item, found) if found else None
            division = ""
            if unit is not None and "division" in found:
                division = index.division(found["division"], unit) or ""
            if unit is not None and place is not None:
                forbid = Forbid(unit=unit, kind=place[0], place=place[1], division=division)
                yield item, forbid, forbid

    return tuple(_distinct(entries(), index))


def read_relations(node: Node, index: Index) -> tuple[Relation, ...]:
    """Relations: `near` has a whole weight, every other kind is a must."""

    def entries() -> Iterator[tuple[Node, Relation, Hashable]]:
        kinds: dict[frozenset[str], str] = {}
        for item in node.items():
            relation = _read_relation(item, index)
            if relation is None:
                continue
            pair = relation_pair(relation)
            if relation.kind in ("apart", "same_floor"):
                other = kinds.setdefault(pair, relation.kind)
                if other != relation.kind:
                    zh, en = f"与 {other} 矛盾", f"contradicts {other}"
                    item.add("contradiction", zh, en, value=relation.kind)
            yield item, relation, (pair, relation.kind)

    return tuple(_distinct(entries(), index))


def relation_pair(relation: Relation) -> frozenset[str]:
    """The two units, without order."""
    return frozenset((relation.a, relation.b))


def _read_relation(item: Node, index: Index) -> Relation | None:
    found = item.fields(("a", "b", "kind"), ("weight", "must"))
    a, b = index.unit(found.get("a")), index.unit(found.get("b"))
    kind = found["kind"].choice(KINDS) if "kind" in found else None
    weight = found["weight"].integer(1) if "weight" in found else None
    must = found["must"].flag() if "must" in found else None
    if a is not None and a == b:
        found["b"].add("contradiction", "一个单位不能与自己有关系", "a unit related to itself")
    if a is None or b is None or kind is None or a == b:
        return None
    if kind == "near":
        if must:
            zh, en = "near 只有权重，不是硬性要求", "near has a weight and is no must"
            found["must"].add("contradiction", zh, en)
        if "weight" not in found:
            zh, en = "near 关系须写权重 weight", "a near relation needs a weight"
            item.add("missing-key", zh, en, value="", expected="weight")
        return Relation(a=a, b=b, kind=kind, weight=weight or 0)
    if "weight" in found:
        found["weight"].add("contradiction", f"{kind} 没有权重", f"{kind} has no weight")
    if must is False:
        zh, en = f"{kind} 是硬性要求", f"{kind} is always a must"
        found["must"].add("contradiction", zh, en)
    return Relation(a=a, b=b, kind=kind, must=True)


def read_exceptions(node: Node, index: Index) -> tuple[RoomException, ...]:
    """Registered exceptions to the room rule; each has a reason."""

    def entries() -> Iterator[tuple[Node, RoomException, Hashable]]:
        for item in node.items():
            found = item.fields(("room", "unit", "reason"))
            room = index.place(found["room"], "room") if "room" in found else None
            unit = index.unit(found.get("unit"))
            reason = found["reason"].text() if "reason" in found else None
            if room is not None and unit is not None and reason is not None:
                made = RoomException(room=room, unit=unit, reason=reason)
                yield item, made, (room, unit)

    return tuple(_distinct(entries(), index))


def read_shared(node: Node, index: Index) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Rooms that several units may sit in together."""

    def entries() -> Iterator[tuple[Node, tuple[str, tuple[str, ...]], Hashable]]:
        for item in node.items():
            found = item.fields(("room", "units"))
            room = index.place(found["room"], "room") if "room" in found else None
            units = _units(found["units"], index, least=2) if "units" in found else ()
            if room is not None:
                yield item, (room, units), room

    return tuple(_distinct(entries(), index))


def read_agreements(node: Node, index: Index) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sites whose unregistered rooms the units named (or all, `*`) may use."""

    def entries() -> Iterator[tuple[Node, tuple[str, tuple[str, ...]], Hashable]]:
        for item in node.items():
            found = item.fields(("site", "units"))
            site = index.place(found["site"], "site") if "site" in found else None
            everyone = "units" in found and found["units"].value in ("*", ["*"])
            units: tuple[str, ...] = ("*",) if everyone else ()
            if "units" in found and not everyone:
                units = _units(found["units"], index, least=1)
            if site is not None:
                yield item, (site, units), site

    return tuple(_distinct(entries(), index))


def _units(node: Node, index: Index, least: int) -> tuple[str, ...]:
    if isinstance(node.value, list) and len(node.value) < least:
        zh, en = f"至少列出 {least} 个单位", f"at least {least} unit(s) must be listed"
        node.add("out-of-range", zh, en, expected=f">= {least}")
    units = [index.unit(item) for _, item in node.texts()]
    return tuple(unit for unit in units if unit is not None)


def read_budget(node: Node, *, resolved: bool = False) -> Budget:
    """The budget; `seconds` and `work` exclude each other. Resolved files may hold null."""
    found = node.fields((), ("seconds", "work", "gap", "workers", "seed"))
    given = {
        key: None if resolved and found[key].value is None else found[key].integer(1)
        for key in ("seconds", "work")
        if key in found
    }
    if len(given) == 2 and not resolved:
        zh, en = "seconds 与 work 只能写一个", "seconds and work exclude each other"
        found["work"].add("contradiction", zh, en)
    budget = Budget(seconds=given.get("seconds", None if "work" in given else Budget().seconds))
    gap = found["gap"].number(0, 1) if "gap" in found else None
    workers = found["workers"].integer(1, 512) if "workers" in found else None
    seed = found["seed"].integer(0, 2**31 - 1) if "seed" in found else None
    return Budget(
        seconds=budget.seconds,
        work=given.get("work"),
        gap=budget.gap if gap is None else gap,
        workers=budget.workers if workers is None else workers,
        seed=budget.seed if seed is None else seed,
    )


def check_moves(node: Node) -> None:
    """The shape of `moves`, which planning the moves reads; solving does not use it."""
    found = node.fields((), ("per_day", "per_site_day", "workdays", "blackout", "fit_out_days"))
    for key, low in (("per_day", 1), ("per_site_day", 1), ("fit_out_days", 0)):
        if key in found:
            found[key].integer(low)
    for day in found["workdays"].items() if "workdays" in found else ():
        if isinstance(day.value, int):
            day.integer(1, 7)
        else:
            day.choice(_WEEKDAYS)
    for item in found["blackout"].items() if "blackout" in found else ():
        if not isinstance(item.value, dict):
            read_day(item)
            continue
        ends = item.fields(("from", "to"))
        first, last = (read_day(ends[key]) if key in ends else None for key in ("from", "to"))
        if first and last and last < first:
            ends["to"].add(
                "out-of-range", "早于开始日期", "before its start", expected=f">= {first}"
            )


def read_day(node: Node) -> date | None:
    """A day as YYYY-MM-DD."""
    text = node.value
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    node.wrong_type("日期 YYYY-MM-DD", "a date YYYY-MM-DD")
    return None


def read_changes(node: Node) -> tuple[Change, ...]:
    """The log of a resolved scenario."""
    changes: list[Change] = []
    keys = ("place", "what", "old", "new", "reason")
    for item in node.items():
        found = item.fields(keys)
        texts = {key: found[key].text(blank=True) for key in keys if key in found}
        if len(texts) == len(keys) and None not in texts.values():
            changes.append(Change(**{key: text or "" for key, text in texts.items()}))
    return tuple(changes)
