"""Cross-checks: a clean ledger is silent, and every contradiction is found where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Relation,
    Request,
    Room,
    Site,
    Survey,
    Unit,
)
from allocator.findings import Severity
from allocator.ledger.check import check_ledger
from allocator.ledger.read import read_ledger_with_places
from allocator.ledger.write import write_ledger_csv
from tests.ledger.books import book_of, write_csv
from tests.ledger.ledgers import clean_ledger, small_standard

DAY = date(2025, 1, 1)


def _set(table: str, index: int, **changes: Any) -> Callable[[Ledger], Ledger]:
    def edit(ledger: Ledger) -> Ledger:
        items = list(getattr(ledger, table))
        items[index] = replace(items[index], **changes)
        return replace(ledger, **{table: tuple(items)})

    return edit


def _add(table: str, *items: Any) -> Callable[[Ledger], Ledger]:
    return lambda ledger: replace(ledger, **{table: getattr(ledger, table) + items})


def _both(*edits: Callable[[Ledger], Ledger]) -> Callable[[Ledger], Ledger]:
    def edit(ledger: Ledger) -> Ledger:
        for one in edits:
            ledger = one(ledger)
        return ledger

    return edit


U3 = Unit(code="U3", name="税务局", level="municipal")
OLD = Unit(code="U9", name="旧局", level="municipal", status="abolished", successor="U1")
U3_POSTS = Posts(unit="U3", division="", grade="head", established=0, in_post=0)
COMPANY = Unit(code="U4", name="公司", level="municipal", category="enterprise")
MEETING = Request(unit="U1", purpose="会议", use="service", area_min=4000, area_max=6000)
MARKET = Site(
    code="S2", name="市场", kind="independent", tenure="market", title_holder="x",
    title_registered=False, rent_per_year=1,
)  # fmt: skip
LEASED = replace(MARKET, tenure="leased", rent_per_year=None)
B2 = Building(code="B2", site="S2", name="二号楼")
F2 = Floor(code="F2", building="B2", level=1)
R9 = Room(code="R9", floor="F2", number="1", use="office", area=1800)
UPSTAIRS = _both(_add("buildings", B2), _add("floors", F2), _add("rooms", R9))

# the edit of a clean ledger, severity, code, sheet, row index, column
CASES: list[tuple[Callable[[Ledger], Ledger], Severity, str, str, int, str]] = [
    (_add("sites", replace(MARKET, tenure="owned", rent_per_year=None)), "warning",
     "site-without-buildings", "sites", 1, "site"),
    (_add("buildings", replace(B2, site="S1")), "warning", "building-without-floors",
     "buildings", 1, "building"),
    (_add("floors", replace(F2, building="B1", level=2)), "warning", "floor-without-rooms",
     "floors", 1, "floor"),
    (_add("rooms", replace(R9, floor="F1", number="301")), "warning", "duplicate-room-number",
     "rooms", 3, "number"),
    (_both(_add("floors", replace(F2, building="B1")), _add("rooms", R9)), "warning",
     "duplicate-floor-level", "floors", 1, "level"),
    (_both(UPSTAIRS, _add("sites", LEASED)), "warning", "lease-without-rent", "sites", 1,
     "rent_per_year"),
    (_set("sites", 0, lease_end=DAY), "warning", "lease-end-without-lease", "sites", 0,
     "lease_end"),
    (_set("buildings", 0, rent_per_year=5), "warning", "rent-without-lease", "buildings", 0,
     "rent_per_year"),
    (_set("sites", 0, title_registered=False, title_holder=""), "warning",
     "title-holder-missing", "sites", 0, "title_holder"),
    (_set("rooms", 1, area=0), "error", "zero-area", "rooms", 1, "area_m2"),
    (_set("rooms", 0, drawing_area=1856), "warning", "drawing-area-differs", "rooms", 0,
     "drawing_m2"),
    (_add("survey", Survey(room="R1", measured=1811, day=DAY, error=5)), "warning",
     "survey-area-differs", "survey", 0, "measured_m2"),
    (_both(_add("units", OLD), _add("posts", replace(U3_POSTS, unit="U9", established=1))),
     "warning", "abolished-unit-with-posts", "units", 1, "status"),
    (_both(_add("units", OLD), _set("rooms", 1, allocated_unit="U9")), "warning",
     "abolished-unit-with-rooms", "units", 1, "status"),
    (_add("units", replace(OLD, successor="")), "warning", "successor-missing", "units", 1,
     "successor"),
    (_add("units", replace(OLD, successor="U9")), "warning", "successor-missing", "units", 1,
     "successor"),
    (_set("units", 0, abolished_on=DAY), "warning", "active-unit-with-end", "units", 0,
     "abolished_on"),
    (_set("units", 0, parent="U1"), "error", "parent-circle", "units", 0, "parent"),
    (_both(_add("units", replace(U3, name="市财政局")), _add("posts", U3_POSTS)), "warning",
     "duplicate-unit-name", "units", 1, "name"),
    (_add("units", U3), "warning", "unit-without-posts", "units", 1, "unit"),
    (_set("posts", 0, established=1), "warning", "in-post-above-established", "posts", 0,
     "in_post"),
    (_set("posts", 0, established_min=4, established_max=3), "error", "posts-range", "posts", 0,
     "established_min"),
    (_set("posts", 0, established_min=4), "warning", "established-out-of-range", "posts", 0,
     "established"),
    (_both(_add("units", U3), _add("posts", replace(U3_POSTS, division="D1"))), "error",
     "division-of-another-unit", "posts", 2, "division"),
    (_both(_add("units", U3), _add("posts", U3_POSTS), _add("divisions",
     Division(code="D3", unit="U3", name="x")), _add("occupancy",
     Occupancy(room="R1", unit="U1", division="D3"))), "error", "division-of-another-unit",
     "occupancy", 2, "division"),
    (_add("relations", Relation(a="U1", b="U1", kind="near", weight=1)), "error",
     "relation-with-itself", "relations", 0, "b"),
    (_both(_add("units", U3), _add("posts", U3_POSTS), _add("relations",
     Relation(a="U1", b="U3", kind="same_floor", must=True),
     Relation(a="U3", b="U1", kind="apart", must=True))), "error", "relations-contradict",
     "relations", 1, "kind"),
    (_add("requests", replace(MEETING, use="business")), "error", "request-use", "requests", 0,
     "use"),
    (_add("requests", replace(MEETING, count=2)), "warning", "request-without-room", "requests", 0,
     "area_min"),
    (_add("requests", replace(MEETING, purpose="pin")), "error", "reserved-purpose", "requests", 0,
     "purpose"),
    (_both(_add("units", COMPANY), _add("requests", replace(MEETING, unit="U4"))), "warning",
     "request-of-unplanned-unit", "requests", 0, "unit"),
    (_both(_add("units", replace(U3, level="township")), _add("posts", U3_POSTS)), "warning",
     "level-without-grades", "units", 1, "level"),
    (_set("occupancy", 0, people=3), "error", "people-above-in-post", "occupancy", 0, "people"),
    (_add("occupancy", Occupancy(room="R1", unit="U1", grade="clerk", people=1)), "error",
     "people-without-posts", "occupancy", 2, "people"),
    (_set("occupancy", 0, people=1), "warning", "people-without-room", "units", 0, "unit"),
    (_set("rooms", 0, status="sealed"), "error", "people-in-closed-room", "occupancy", 0, "room"),
    (_set("rooms", 0, status="let"), "error", "people-in-closed-room", "occupancy", 0, "room"),
    (_both(_set("rooms", 1, status="sealed"), _add("occupancy", Occupancy(room="R2", unit="U1"))),
     "warning", "closed-room-held", "occupancy", 2, "room"),
    (_set("rooms", 0, use="service"), "warning", "people-outside-office", "occupancy", 0, "room"),
    (_both(_add("units", COMPANY), _set("rooms", 0, allocated_unit="U4")), "warning",
     "held-by-another-unit", "occupancy", 0, "unit"),
    (_add("occupancy", Occupancy(room="R2", unit="U1", grade="head")), "warning",
     "grade-without-people", "occupancy", 2, "people"),
    (_both(_add("units", COMPANY), _add("occupancy", Occupancy(room="R1", unit="U4"))), "warning",
     "room-of-two-units", "occupancy", 2, "unit"),
    (_set("units", 0, territory="郊区"), "warning", "outside-territory", "occupancy", 0, "room"),
    (_both(UPSTAIRS, _add("sites", MARKET), _add("occupancy", Occupancy(room="R9", unit="U1"))),
     "error", "market-room-held", "occupancy", 2, "room"),
]  # fmt: skip


def test_a_clean_ledger_is_silent() -> None:
    assert check_ledger(clean_ledger(), None) == ()


@pytest.mark.parametrize(
    ("edit", "severity", "code", "sheet", "index", "column"),
    CASES,
    ids=[f"{n}-{case[2]}" for n, case in enumerate(CASES)],
)
def test_a_contradiction_is_found_at_its_row(
    tmp_path: Path,
    edit: Callable[[Ledger], Ledger],
    severity: Severity,
    code: str,
    sheet: str,
    index: int,
    column: str,
) -> None:
    ledger = edit(clean_ledger())
    standard = small_standard() if code == "level-without-grades" else None
    write_ledger_csv(ledger, tmp_path)
    again, places = read_ledger_with_places(tmp_path, None)
    assert again == ledger
    found = [f for f in check_ledger(ledger, standard, places) if f.code == code]
    assert found, [f.code for f in check_ledger(ledger, standard, places)]
    place = found[0].place
    assert (found[0].severity, place.sheet, place.row, place.column) == (
        severity, sheet, index + 2, column,
    )  # fmt: skip
    assert place.file == f"{tmp_path.name}/{sheet}.csv"
    assert any("\u4e00" <= c <= "\u9fff" for c in found[0].zh) and found[0].advice_zh
    assert found[0].en and found[0].advice_en.startswith("Maybe")
    unlocated = [f for f in check_ledger(ledger, standard) if f.code == code]
    assert [f.zh for f in unlocated] == [f.zh for f in found]
    assert (unlocated[0].place.sheet, unlocated[0].place.row) == (sheet, None)


def test_every_edit_adds_only_what_it_should() -> None:
    """A case may bring one more finding in its train, never a crowd."""
    for edit, _, code, *_ in CASES:
        codes = [f.code for f in check_ledger(edit(clean_ledger()), None)]
        assert len(codes) <= 3, (code, codes)


def test_findings_stand_in_the_order_of_the_ledger() -> None:
    ledger = _both(_set("occupancy", 0, people=3), _set("rooms", 1, area=0), _add("units", U3))(
        clean_ledger()
    )
    sheets = [f.place.sheet for f in check_ledger(ledger, None)]
    assert sheets == ["rooms", "units", "occupancy"]


def test_a_level_without_service_rate_is_named() -> None:
    codes = [f.code for f in check_ledger(clean_ledger(), small_standard())]
    assert codes == ["level-without-service-rate"]


def test_files_not_in_utf_8_are_named(tmp_path: Path) -> None:
    write_csv(book_of(clean_ledger()), tmp_path, "gb18030")
    ledger, places = read_ledger_with_places(tmp_path, None)
    found = check_ledger(ledger, None, places)
    assert {(f.severity, f.code, f.value) for f in found} == {("info", "csv-encoding", "gb18030")}
    assert found[0].place.file == f"{tmp_path.name}/sites.csv"
