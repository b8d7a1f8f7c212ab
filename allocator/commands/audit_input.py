"""What `allocator audit` reads: a ledger, a scenario or a plan, and anybody's draft beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.commands.framework import input_error
from allocator.commands.inputs import (
    ledger_or_scenario,
    plan_folder,
    read_standard,
    refuse_scenario,
)

if TYPE_CHECKING:
    from allocator.audit.case import Case
    from allocator.audit.rule import Cell
    from allocator.audit.run import AuditResult
    from allocator.findings import Finding, Place
    from allocator.ledger.read import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options that bear on what is read and how it is judged."""

    target: Path
    day: date
    standard: str | None = None
    overlays: tuple[str, ...] = ()
    draft: Path | None = None
    exceptions: Path | None = None
    settings: tuple[tuple[str, Any], ...] = ()
    """Fields of the auditor's settings that replace those of the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """An audit; `file` is the planner's own file with the rows at `places`, if there is one.

    `notes`: what the reading of the input has to say.
    """

    result: AuditResult
    file: Path | None = None
    places: Places | None = None
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is to be audited, before the options of the command are applied."""

    case: Case
    file: Path | None = None
    places: Places | None = None
    notes: tuple[Finding, ...] = ()


def audited(asked: Asked) -> Audited:
    """Read and audit. Raises InputError for what cannot be read."""
    from allocator.audit.run import audit, by_table

    subject = _with_draft(asked, _with_options(asked, _read(asked)))
    places = subject.places

    def locate(cell: Cell) -> Place:
        return places.of(cell.table, cell.row or 0, cell.column) if places else by_table(cell)

    result = audit(subject.case, locate)
    return Audited(result=result, file=subject.file, places=places, notes=subject.notes)


def _read(asked: Asked) -> _Subject:
    from allocator.audit.build import plan_case, scenario_case, settings_of, today_case
    from allocator.bundle import is_bundle, read_bundle
    from allocator.ledger.read import read_for_audit
    from allocator.policy_file import default_policy
    from allocator.scenario_file import read_scenario

    folder = plan_folder(asked.target)
    if is_bundle(folder):
        return _Subject(plan_case(*read_bundle(folder), asked.day))
    if asked.standard is None:
        scenario = read_scenario(ledger_or_scenario(asked.target))
        return _Subject(scenario_case(scenario, asked.day))
    refuse_scenario(asked.target)
    pack = read_standard(asked.standard, asked.overlays)
    reading = read_for_audit(asked.target, pack)
    settings = settings_of(default_policy(pack), asked.day)
    case = today_case(reading.ledger, pack, settings, loose=reading.loose)
    return _Subject(case, asked.target, reading.places, reading.places.notes)


def _with_options(asked: Asked, subject: _Subject) -> _Subject:
    case = replace(subject.case, settings=replace(subject.case.settings, **dict(asked.settings)))
    if asked.exceptions is not None:
        from allocator.audit.exceptions_file import read_exceptions_file

        registered = read_exceptions_file(asked.exceptions, case.ledger)
        case = replace(case, exceptions=(*case.exceptions, *registered))
    return replace(subject, case=case)


def _with_draft(asked: Asked, subject: _Subject) -> _Subject:
    """Anybody's plan instead of today, on the same ledger; its own rows are the place."""
    if asked.draft is None:
        return subject
    from allocator.audit.build import draft_case, seats_of
    from allocator.ledger.draft import read_draft
    from allocator.ledger.read import Places

    case = subject.case
    draft = read_draft(asked.draft, case.ledger, case.standard)
    tables = {**(subject.places.tables if subject.places else {}), **draft.places.tables}
    notes = (*subject.notes, *draft.places.notes)
    return _Subject(
        draft_case(case, seats_of(draft.rows), draft.loose),
        asked.draft,
        Places(tables, notes),
        notes,
    )


def number_option(name: str, text: str | None, most: int | None = None) -> Fraction | None:
    """The exact number of an option, 0 to `most`; InputError names the option."""
    if text is None:
        return None
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if number < 0 or (most is not None and number > most):
        raise input_error(
            "bad-option", f"{name} 不是有效数字", f"{name} is no valid number",
            value=text, expected=f"0 .. {most}" if most is not None else ">= 0",
            advice=("请填数字，例如 0.5", "Maybe enter a number such as 0.5"),
        )  # fmt: skip
    return number
