"""Months of one small ledger, audited, listed and rechecked."""

from __future__ import annotations

from datetime import date
from typing import Any

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.recheck import Recheck, recheck
from allocator.audit.rectify import ListRow, rectification
from allocator.audit.rule import Words
from allocator.audit.run import AuditResult, audit
from allocator.domain import Ledger, Survey
from allocator.quantity import area_from_m2
from allocator.scenario import RoomException
from tests.builders import (
    building,
    floor,
    make_ledger,
    office,
    posts,
    site,
    sits,
    tiny_standard,
    unit,
)

JANUARY, FEBRUARY, MARCH = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 2)


def month(
    on: date,
    *,
    exceptions: tuple[RoomException, ...] = (),
    rules: tuple[str, ...] = ("over_standard", "roll_above"),
    settings: dict[str, Any] | None = None,
    **tables: Any,
) -> AuditResult:
    """Three offices of 30 m2, a chief (24 m2) in A1 and A2, A3 with three clerks (27 m2)."""
    told = Settings(**({"on": on} | (settings or {})))
    case = today_case(city(**tables), tiny_standard(), told, exceptions=exceptions)
    return audit(case, rules=rules)


def city(**tables: Any) -> Ledger:
    """The ledger of `month`, with tables replaced."""
    plain: dict[str, Any] = {
        "sites": [site("S")],
        "buildings": [building("B", "S")],
        "floors": [floor("F", "B")],
        "units": [unit("tax", name="Tax"), unit("fin", name="Finance")],
        "rooms": offices(30, 30, 30),
        "posts": [posts("tax", "chief", 1), posts("fin", "chief", 1), posts("fin", "clerk", 3)],
        "occupancy": [
            sits("A1", "tax", "chief"), sits("A2", "fin", "chief"), sits("A3", "fin", "clerk", 3),
        ],
    }  # fmt: skip
    return make_ledger(**(plain | tables))


def offices(*areas: int | str) -> list[Any]:
    """Offices A1, A2, ... of these areas in m2."""
    return [office(f"A{n}", "F", area) for n, area in enumerate(areas, 1)]


def survey(room: str, measured: int | str, day: date, error: int | str = 0) -> Survey:
    """A measurement in m2."""
    return Survey(room=room, measured=area_from_m2(measured), day=day, error=area_from_m2(error))


def said(rows: tuple[ListRow, ...] | Recheck, lang: str = "en") -> tuple[ListRow, ...]:
    """The rows as they come back from a file in one language: words are text."""
    listed = [r.row for r in rows.rows] if isinstance(rows, Recheck) else rows
    return tuple(
        ListRow(
            key=row.key,
            values={
                k: getattr(v, lang) if isinstance(v, Words) else v for k, v in row.values.items()
            },
            to_check=row.to_check,
            place=row.place,
        )
        for row in listed
    )


def january() -> tuple[ListRow, ...]:
    """The list of January, as read from its file."""
    return said(rectification(month(JANUARY)))


def outcome(checked: Recheck, room: str = "A1") -> tuple[str, ListRow]:
    """What became of the room's over-standard row, as read from the next file."""
    found = [r for r in checked.rows if r.row.key == f"over_standard|room|{room}|||"]
    assert len(found) == 1
    return found[0].outcome, said((found[0].row,))[0]


def after(on: date, old: tuple[ListRow, ...] | None = None, **changes: Any) -> Recheck:
    """January's list (or `old`) against a later ledger."""
    return recheck(january() if old is None else old, month(on, **changes))
