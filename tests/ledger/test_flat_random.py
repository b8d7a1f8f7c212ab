"""Random small ledgers typed flat keep their areas, people and units."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.ledger.read import read_ledger
from standards.load import load_standard
from tests.conftest import FULL
from tests.ledger.flat_books import (
    ROOM_HEADINGS,
    UNIT_HEADINGS,
    Sheets,
    room,
    unit,
    write_book,
)

GRADES = ("正局(处)级", "副局(处)级", "局(处)级以下")


@dataclass(frozen=True)
class _Typed:
    """A room of a random ledger and the people typed into it: unit, grade, number."""

    building: int
    floor: int
    area: int
    people: tuple[tuple[int, int, int], ...]


PEOPLE = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 9))
TYPED = st.lists(
    st.builds(
        _Typed,
        st.integers(0, 2),
        st.sampled_from((-1, 1, 8, 12)),
        st.integers(100, 999_999),
        st.lists(PEOPLE, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=8,
)
ORNAMENTS = st.tuples(*[st.booleans()] * 5)


def _area(area: int, wide: bool, measured: bool) -> str:
    text = f"{area // 100:,}.{area % 100:02d}" + ("㎡" if measured else "")
    return text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if wide else text


def _type(rooms: list[_Typed], ornaments: tuple[bool, ...]) -> tuple[Sheets, dict[str, list[str]]]:
    wide, measured, merged, totals, printed = ornaments
    rows: list[list[Any]] = [["某市办公用房台账"], list(ROOM_HEADINGS)]
    merges = ["A1:O1"]
    for number, typed in enumerate(rooms, 1):
        building, area = f"{typed.building}号楼", _area(typed.area, wide, measured)
        floor = "地下一层" if typed.floor < 0 else f"{typed.floor}层"
        people = typed.people or ((-1, -1, 0),)
        for index, (who, grade, count) in enumerate(people):
            use, name = ("办公室", f"第{who}局") if count else ("闲置", "")
            row = room(building, floor, f"N{number}", use, name, area, count or "",
                       GRADES[grade] if count else "")  # fmt: skip
            if index and merged:
                for heading in ("建筑名称", "楼层", "房号", "使用面积"):
                    row[ROOM_HEADINGS.index(heading)] = ""
            rows.append(row)
        if merged and len(people) > 1:
            last = len(rows)
            merges += [f"{c}{last - len(people) + 1}:{c}{last}" for c in "BCDH"]
        if totals:
            rows.append(["", f"{building}小计", *[""] * 5, area])
        if printed:
            rows.append(list(ROOM_HEADINGS))
    rows += [["合计", *[""] * 6, "1"], ["注：以上为使用面积。"]] if totals else []
    units = [list(UNIT_HEADINGS), *(unit(f"第{who}局", "", [9, 9, 99]) for who in range(3))]
    return {"房间": rows, "单位": units}, {"房间": merges}


@settings(
    max_examples=300 if FULL else 20, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(TYPED, ORNAMENTS)
def test_random_ledgers_keep_their_areas_people_and_units(
    rooms: list[_Typed], ornaments: tuple[bool, ...]
) -> None:
    book, merges = _type(rooms, ornaments)
    with tempfile.TemporaryDirectory() as folder:
        path = write_book(book, Path(folder) / "l.xlsx", merges)
        ledger = read_ledger(path, load_standard("cn-2014"))
    assert [(r.number, r.area) for r in ledger.rooms] == [
        (f"N{number}", typed.area) for number, typed in enumerate(rooms, 1)
    ]
    levels = {f.code: (f.building, f.level) for f in ledger.floors}
    assert [levels[r.floor] for r in ledger.rooms] == [
        (f"{typed.building}号楼", typed.floor) for typed in rooms
    ]
    codes = ("bureau_head", "deputy_bureau_head", "below_bureau")
    assert [(o.room, o.unit, o.grade, o.people) for o in ledger.occupancy] == [
        (f"{typed.building}号楼-N{number}", f"第{who}局", codes[grade], count)
        for number, typed in enumerate(rooms, 1)
        for who, grade, count in typed.people
    ]
    assert [u.name for u in ledger.units] == ["第0局", "第1局", "第2局"]
