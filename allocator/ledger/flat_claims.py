"""Results that a list of rooms states itself: 按标准核定面积 and 是否超标, which are not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allocator.findings import Place
from allocator.ledger.asides import plain
from allocator.ledger.choices import normal
from allocator.ledger.flat_columns import ROOM_LIST
from allocator.ledger.flat_heads import cell_text
from allocator.ledger.flat_notes import Notes
from allocator.ledger.flat_sheet import FlatRow, FlatSheet
from allocator.ledger.flat_table import listed
from allocator.quantity import m2_text

_MOST = 50
_HEADINGS = frozenset(map(normal, ("是否超标", "是否超面积", "是否超标准")))
_OVER = frozenset(map(plain, ("是", "超", "超标", "已超标", "y", "yes")))
_WITHIN = frozenset(map(plain, ("否", "未超", "未超标", "不超标", "不超", "n", "no")))


@dataclass(frozen=True, slots=True)
class _Contradiction:
    row: FlatRow
    heading: str
    says: str
    area: int
    limit: int


def tell_claims(sheets: Sequence[FlatSheet], notes: Notes) -> None:
    """Say per sheet that its own results were not used, and warn where they contradict it."""
    found: list[_Contradiction] = []
    for sheet in sheets:
        claim = next((p for p, t in sheet.heads.texts.items() if normal(t) in _HEADINGS), None)
        limit = sheet.heads.positions.get("limit")
        filled = [
            position
            for position in (limit, claim)
            if position is not None and any(cell_text(r.cells, position) for r in sheet.rows)
        ]
        if filled:
            names = listed([" ".join(sheet.heads.texts[position].split()) for position in filled])
            notes.add(
                "info", "claims-not-used", sheet.heading_place(),
                f"“{names}”未用于判定，超标与否按建设标准重新计算",
                f"not used for the verdict, which is worked out from the standard: {names}",
            )  # fmt: skip
        if claim is not None and limit is not None:
            found += _contradictions(sheet, claim, limit)
    _warn(found, notes)


def _contradictions(sheet: FlatSheet, claim: int, limit: int) -> list[_Contradiction]:
    area_at = sheet.heads.positions.get("area_m2")
    if area_at is None:
        return []
    # Where a room takes several rows it is open which of them the limit belongs to.
    rooms = Counter(_room(row) for row in sheet.rows)
    found = []
    for row in sheet.rows:
        says = cell_text(row.cells, claim)
        word = plain(says)
        if rooms[_room(row)] > 1 or word not in _OVER | _WITHIN:
            continue
        area = sheet.quiet(row, area_at, ROOM_LIST.column("area_m2"))
        most = sheet.quiet(row, limit, ROOM_LIST.column("limit"))
        if area is not None and most is not None and (area > most) != (word in _OVER):
            heading = " ".join(sheet.heads.texts[claim].split())
            found.append(_Contradiction(row, heading, says, area, most))
    return found


def _room(row: FlatRow) -> tuple[str, str]:
    return plain(row.text("building")), plain(row.text("number"))


def _warn(found: Sequence[_Contradiction], notes: Notes) -> None:
    for one in found[:_MOST]:
        sign = ">" if one.area > one.limit else "≤"
        area, limit = m2_text(one.area), m2_text(one.limit)
        notes.add(
            "warning", "claim-contradicts", _place(one),
            f"是否超标填“{one.says}”，但同一行使用面积 {area} {sign} 核定面积 {limit}",
            f"the row says {one.says}, but its area {area} {sign} its approved area {limit}",
            ("请核对该行的三个数据", "Maybe one of the three cells is out of date"),
            value=one.says, expected=f"{area} {sign} {limit}",
        )  # fmt: skip
    if len(found) > _MOST:
        notes.add(
            "warning", "claim-contradicts", _place(found[_MOST]),
            f"还有 {len(found) - _MOST} 行是否超标与同一行的面积矛盾",
            f"more rows contradict themselves in the same way: {len(found) - _MOST}",
            ("请核对这些行", "Maybe the column was not updated"),
        )  # fmt: skip


def _place(one: _Contradiction) -> Place:
    raw = one.row.sheet.raw
    return Place(raw.file, raw.sheet, one.row.number, one.heading)
