"""Which rooms to measure: by verdicts settled, largest first, never a room that settles nothing."""

from __future__ import annotations

from datetime import date

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.measurements import measurements
from allocator.audit.run import AuditResult, audit
from allocator.domain import Survey
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

ON = date(2026, 1, 1)


def _result(areas: dict[str, int], measured: dict[str, tuple[int, int]]) -> AuditResult:
    """One clerk (9 m2) a room; `measured`: room -> measurement and error in 0.01 m2."""
    ledger = make_ledger(
        sites=[site("S")],
        buildings=[building("B", "S")],
        floors=[floor("F", "B")],
        rooms=[office(code, "F", area) for code, area in areas.items()],
        units=[unit("tax")],
        posts=[posts("tax", "clerk", len(areas))],
        occupancy=[sits(code, "tax", "clerk") for code in areas],
        survey=[
            Survey(room=code, measured=value, day=date(2025, 1, 1), error=error)
            for code, (value, error) in measured.items()
        ],
    )
    return audit(today_case(ledger, tiny_standard(), Settings(on=ON)), rules=("over_standard",))


def test_only_rooms_whose_verdict_is_open_are_measured() -> None:
    result = _result({"a": 9, "b": 12, "c": 7}, {"a": (905, 10), "b": (1200, 10), "c": (700, 10)})
    assert [(f.judgement.subject.code, f.judgement.certainty) for f in result.findings] == [
        ("b", "certain")
    ]
    wanted = measurements(result)
    assert [line.room for line in wanted.rooms] == ["a"]
    assert (wanted.open, wanted.settled, wanted.facts) == (1, 1, 0)


def test_largest_first_and_no_more_than_asked() -> None:
    areas = {f"r{n}": 9 for n in range(6)}
    result = _result(areas, {code: (900 + n, 20) for n, code in enumerate(areas)})
    wanted = measurements(result, limit=4)
    assert len(wanted.rooms) == 4
    assert [line.area for line in wanted.rooms] == sorted(
        (line.area for line in wanted.rooms), reverse=True
    )
    assert wanted.open == 6
    assert wanted.settled == 4


def test_nothing_to_measure_without_doubt() -> None:
    wanted = measurements(_result({"a": 9}, {}))
    assert (wanted.rooms, wanted.open) == ((), 0)
