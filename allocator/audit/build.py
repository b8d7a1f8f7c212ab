"""Cases from what can be audited: today's ledger, our own plan, anybody's draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from allocator.audit.case import Case, Seat, Settings
from allocator.domain import Ledger, Occupancy
from allocator.ledger.draft import DraftRow
from allocator.ledger.loose import Loose
from allocator.plan import Assignment, Plan
from allocator.scenario import Policy, RoomException, Scenario
from standards.catalog import Standard

DRAFT_TABLE = "plan"
"""Table key of seats that come from a plan and not from the ledger."""


def settings_of(policy: Policy, on: date) -> Settings:
    """The auditor's settings from a policy; `on` is the day that terms are compared with."""
    return Settings(
        on=on,
        tolerance=policy.tolerance,
        min_share=policy.min_share,
        single=policy.single,
        basis=policy.basis,
    )


def seats_of(rows: Iterable[Occupancy | Assignment | DraftRow]) -> tuple[Seat, ...]:
    """Rows of an occupancy, a plan or a draft as seats, numbered as they stand."""
    return tuple(
        Seat(
            room=row.room,
            unit=row.unit,
            division=row.division,
            grade=row.grade,
            people=row.people,
            purpose=getattr(row, "purpose", ""),
            desks=getattr(row, "desks", None),
            until=getattr(row, "until", None),
            index=getattr(row, "index", index),
        )
        for index, row in enumerate(rows)
    )


def today_case(
    ledger: Ledger,
    standard: Standard,
    settings: Settings,
    *,
    loose: Iterable[Loose] = (),
    exceptions: Iterable[RoomException] = (),
    shared: Mapping[str, tuple[str, ...]] | None = None,
    agreements: Mapping[str, tuple[str, ...]] | None = None,
) -> Case:
    """Today as the ledger records it."""
    return Case(
        ledger=ledger,
        standard=standard,
        settings=settings,
        seats=seats_of(ledger.occupancy),
        loose=tuple(loose),
        exceptions=tuple(exceptions),
        shared=shared or {},
        agreements=agreements or {},
    )


def scenario_case(scenario: Scenario, on: date) -> Case:
    """Today on the resolved scenario."""
    return today_case(
        scenario.ledger,
        scenario.standard,
        settings_of(scenario.policy, on),
        exceptions=scenario.exceptions,
        shared=dict(scenario.shared),
        agreements=dict(scenario.agreements),
    )


def plan_case(scenario: Scenario, plan: Plan, on: date) -> Case:
    """Our own plan; exceptions that it proposes count as registered."""
    proposed = tuple(
        RoomException(room=e["room"], unit=e["unit"], reason=str(e.get("reason", "")))
        for e in plan.exceptions
    )
    return Case(
        ledger=scenario.ledger,
        standard=scenario.standard,
        settings=settings_of(scenario.policy, on),
        seats=seats_of(plan.assignments),
        view="plan",
        seat_table=DRAFT_TABLE,
        exceptions=(*scenario.exceptions, *proposed),
        shared=dict(scenario.shared),
        agreements=dict(scenario.agreements),
    )


def draft_case(today: Case, seats: Iterable[Seat], loose: Iterable[Loose] = ()) -> Case:
    """Anybody's plan on the ledger, standard and settings of `today`."""
    return Case(
        ledger=today.ledger,
        standard=today.standard,
        settings=today.settings,
        seats=tuple(seats),
        view="plan",
        seat_table=DRAFT_TABLE,
        loose=tuple(loose),
        exceptions=today.exceptions,
        shared=today.shared,
        agreements=today.agreements,
    )
