"""Checks of the plan as a document: known codes, duplicates, order, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator

from allocator.findings import Finding
from allocator.verify.context import Context
from allocator.verify.plan_format import PlanData
from allocator.verify.say import at, broken
from allocator.verify.world import World
from standards.catalog import UnknownFigure

HEX = frozenset("0123456789abcdef")


def unknown(world: World, plan: PlanData) -> Iterator[Finding]:
    """Codes of the plan that the ledger and standard do not hold."""
    named: list[tuple[str, str, str, str]] = []
    for n, row in enumerate(plan.assignments):
        named.append((f"assignments[{n}].room", "房间", "room", row.room))
        named.append((f"assignments[{n}].unit", "单位", "unit", row.unit))
    for n, rest in enumerate(plan.unplaced):
        named.append((f"unplaced[{n}].unit", "单位", "unit", rest.unit))
    for n, entry in enumerate(plan.exceptions):
        named.append((f"exceptions[{n}].room", "房间", "room", entry.room))
        named.append((f"exceptions[{n}].unit", "单位", "unit", entry.unit))
    for n, (unit, _, _) in enumerate(plan.caps):
        named.append((f"caps[{n}].unit", "单位", "unit", unit))
    for n, floor in enumerate(plan.areas.common_floors):
        named.append((f"areas.common_floors[{n}]", "楼层", "floor", floor))
    known: dict[str, Container[str]] = {
        "room": world.rooms,
        "unit": world.units,
        "floor": world.floors,
    }
    for path, zh, en, code in named:
        if code not in known[en]:
            yield broken(
                "unknown",
                f"没有{zh} {code}",
                f"there is no {en} {code!r}",
                value=code,
                place=at(path),
            )
    for n, row in enumerate(plan.assignments):
        if not row.purpose and row.unit in world.units:
            try:
                world.limit(row.unit, row.grade)
            except UnknownFigure as error:
                yield broken(
                    "unknown",
                    f"标准没有级别 {row.grade}(单位 {row.unit})",
                    f"unit {row.unit}: {error}",
                    value=row.grade,
                    place=at(f"assignments[{n}].grade"),
                )


def duplicates(context: Context) -> Iterator[Finding]:
    """One row per room, unit, division, grade and purpose."""
    count = Counter(
        (row.room, row.unit, row.division, row.grade, row.purpose) for _, row in context.rows
    )
    for key, times in sorted(count.items()):
        if times > 1:
            yield broken(
                "duplicates",
                f"房间 {key[0]} 单位 {key[1]} 有 {times} 行",
                f"room {key[0]}, unit {key[1]} stands {times} times",
                value=times,
                expected=1,
                place=at("assignments"),
            )


def in_order(context: Context) -> Iterator[Finding]:
    """Assignments sorted by their codes."""
    rows = context.plan.assignments
    for position in range(1, len(rows)):
        if rows[position] < rows[position - 1]:
            yield broken(
                "sorted",
                f"房间 {rows[position].room} 在 {rows[position - 1].room} 之后",
                f"room {rows[position].room} stands after {rows[position - 1].room}",
                value=rows[position].room,
                place=at(f"assignments[{position}]"),
            )
            return


def provenance(context: Context) -> Iterator[Finding]:
    """Scenario, standard and the form of the hashes."""
    scenario = context.world.scenario
    for path, stated, wanted in (
        ("scenario", context.plan.scenario, scenario.name),
        ("provenance.standard", context.plan.standard, scenario.standard.identity()),
    ):
        if stated != wanted:
            yield broken(
                "provenance",
                f"{path} 不符",
                f"{path} differs",
                value=stated,
                expected=wanted,
                place=at(path),
            )
    for name, digest in sorted(context.plan.inputs.items()):
        if len(digest) != 64 or not set(digest) <= HEX:
            yield broken(
                "provenance",
                f"{name} 的摘要不是 SHA-256",
                f"the hash of {name} is no SHA-256",
                value=digest,
                expected="64 hex digits",
                place=at(f"provenance.inputs.{name}"),
            )
