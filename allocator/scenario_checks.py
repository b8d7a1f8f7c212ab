"""What only the whole resolved scenario shows: missing figures, pins that cannot be kept."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.domain import Ledger
from allocator.scenario import Pin
from allocator.scenario_places import Index
from allocator.yaml_fields import Node
from standards.catalog import Standard, UnknownFigure


def check_figures(node: Node, ledger: Ledger, standard: Standard) -> None:
    """Every planned unit needs a service rate and a limit for each of its grades."""
    levels = {unit.code: unit.level for unit in ledger.units if unit.planned}
    asked: set[tuple[str, str]] = {(level, "") for level in levels.values()}
    asked |= {(levels[p.unit], p.grade) for p in ledger.posts if p.unit in levels}
    for level, grade in sorted(asked):
        try:
            if grade:
                standard.limit(level, grade)
            else:
                standard.service_rate(level)
        except UnknownFigure:
            what = ("办公室面积", "office area") if grade else ("服务用房面积", "service rate")
            node.add(
                "unknown-figure",
                f"标准 {standard.identity()} 没有核实的{what[0]}指标",
                f"the standard {standard.identity()} has no confirmed {what[1]}",
                value=f"{level}.{grade}" if grade else level,
                advice=(
                    "请用 standard: {pack, overlays} 加一个地方标准文件，写明批准机关",
                    "Maybe add an overlay file with the figure and its authority: "
                    "standard: {pack, overlays}.",
                ),
            )


def check_pins(pins: Sequence[tuple[Node, Pin]], index: Index, opened: frozenset[str]) -> None:
    """Pins to places without any room in use, and pins against one of the whole unit."""
    usable: set[tuple[str, str]] = set()
    for room in index.rooms.values():
        chain = index.chain(room)
        if room.status == "available" and chain["site"] not in index.market - opened:
            usable |= set(chain.items())
    whole: dict[str, str] = {}
    for _, pin in pins:
        if pin.kind != "room" and not (pin.division or pin.grade):
            whole.setdefault(pin.unit, index.site_of_place(pin.kind, pin.place))
    for node, pin in pins:
        if (pin.kind, pin.place) not in usable:
            node.add(
                "pin-closed",
                f"{pin.place} 没有可用房间，{pin.unit} 无法定位到此",
                f"{pin.place} has no available room: {pin.unit} cannot be pinned there",
                value=pin.place,
                advice=(
                    "请检查 sites、改组操作和房间状态",
                    "Maybe it was closed, sealed, let, or its market site was not opened.",
                ),
            )
        site = index.site_of_place(pin.kind, pin.place)
        other = whole.get(pin.unit, site)
        # Rooms of a part may be none, so a pin of a part contradicts nothing for certain.
        if other != site and (pin.kind == "room" or not (pin.division or pin.grade)):
            node.add(
                "contradictory-pins",
                f"{pin.unit} 同时定位到两个办公区：{other} 和 {site}",
                f"{pin.unit} is pinned to two sites: {other} and {site}",
                value=pin.place,
            )
