"""The plan bundle: plan.json, assignments.csv, transfers.csv, run.json and the inputs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.plan import (
    Areas,
    Assignment,
    People,
    Plan,
    QuantityBound,
    TierResult,
    Unplaced,
)
from allocator.quantity import area_from_m2, m2
from allocator.scenario import Scenario
from allocator.scenario_file import read_bundle_scenario, write_scenario
from allocator.transfers import TransferRow, transfer_rows

FORMAT = "allocator-plan/1"
CERTIFICATE = "certificate.json"
ASSIGNMENT_COLUMNS = tuple(f.name for f in fields(Assignment))


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data in the order of the format; areas in m2."""
    return {
        "format": FORMAT,
        "scenario": plan.scenario,
        "status": plan.status,
        "tiers": [_tier_as_json(tier) for tier in plan.tiers],
        "bounds": [
            {
                "quantity": b.quantity,
                "unit": b.unit,
                "value": m2(b.value),
                "bound": m2(b.bound),
                "given": b.given,
                "bound_checked": b.bound_checked,
            }
            for b in plan.bounds
        ],
        "areas": _areas_as_json(plan.areas),
        "before": _areas_as_json(plan.before),
        "people": asdict(plan.people),
        "assignments": [_assignment_as_json(row) for row in plan.assignments],
        "unplaced": [asdict(row) for row in plan.unplaced],
        "exceptions": list(plan.exceptions),
        "caps": list(plan.caps),
        "provenance": plan.provenance,
    }


def _assignment_as_json(row: Assignment) -> dict[str, Any]:
    return {column: getattr(row, column) for column in ASSIGNMENT_COLUMNS}


def _tier_as_json(tier: TierResult) -> dict[str, Any]:
    return {
        "name": tier.name,
        "unit": tier.unit,
        "best": float(tier.best),
        "slack": float(tier.slack),
        "value": float(tier.value),
        "bound": None if tier.bound is None else float(tier.bound),
        "proven": tier.proven,
        "bound_checked": tier.bound_checked,
        "terms": {name: float(value) for name, value in tier.terms.items()},
    }


def _areas_as_json(areas: Areas) -> dict[str, Any]:
    data = asdict(areas)
    return {
        name: m2(value) if isinstance(value, int) else list(value) for name, value in data.items()
    }


def plan_from_json(data: dict[str, Any]) -> Plan:
    """The plan of a `plan.json`; raises KeyError, TypeError or ValueError when malformed."""
    return Plan(
        scenario=data["scenario"],
        status=data["status"],
        tiers=tuple(_tier_from_json(tier) for tier in data["tiers"]),
        bounds=tuple(
            QuantityBound(
                quantity=b["quantity"],
                unit=b["unit"],
                value=area_from_m2(b["value"]),
                bound=area_from_m2(b["bound"]),
                given=b["given"],
                bound_checked=b.get("bound_checked", False),
            )
            for b in data["bounds"]
        ),
        areas=_areas_from_json(data["areas"]),
        before=_areas_from_json(data["before"]),
        people=People(**data["people"]),
        assignments=tuple(Assignment(**row) for row in data["assignments"]),
        unplaced=tuple(Unplaced(**row) for row in data["unplaced"]),
        exceptions=tuple(data["exceptions"]),
        caps=tuple(data["caps"]),
        provenance=data["provenance"],
    )


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _tier_from_json(data: dict[str, Any]) -> TierResult:
    return TierResult(
        name=data["name"],
        unit=data["unit"],
        best=_exact(data["best"]),
        slack=_exact(data["slack"]),
        value=_exact(data["value"]),
        bound=None if data["bound"] is None else _exact(data["bound"]),
        terms={name: _exact(value) for name, value in data["terms"].items()},
        bound_checked=data.get("bound_checked", False),
    )


def _areas_from_json(data: dict[str, Any]) -> Areas:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else area_from_m2(repr(value))
        for name, value in data.items()
    }
    return Areas(**values)


def _csv_text(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def input_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a bundle's inputs, by path within it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_bundle(
    folder: Path,
    scenario: Scenario,
    plan: Plan,
    run: dict[str, Any],
    accept: Callable[[Path], None],
) -> Plan:
    """Write a bundle beside its place, let `accept` judge it, then put it there.

    `accept` raises to refuse; then nothing is left and an older bundle stays as it was.
    Returns the plan with the input hashes in its provenance.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_scenario(scenario, draft / "inputs")
        plan.provenance["inputs"] = {**scenario.sources, **input_hashes(draft / "inputs")}
        _write_files(draft, scenario, plan, run)
        draft.chmod(0o755)
        accept(draft)
        _replace(draft, folder)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
    return plan


def _write_files(draft: Path, scenario: Scenario, plan: Plan, run: dict[str, Any]) -> None:
    text = json.dumps(plan_as_json(plan), ensure_ascii=False, indent=1)
    (draft / "plan.json").write_text(text + "\n", encoding="utf-8")
    rows = _csv_text(
        ASSIGNMENT_COLUMNS, ([getattr(a, c) for c in ASSIGNMENT_COLUMNS] for a in plan.assignments)
    )
    (draft / "assignments.csv").write_text(rows, encoding="utf-8-sig", newline="")
    moved = _csv_text(TransferRow._fields, transfer_rows(scenario, plan.assignments))
    (draft / "transfers.csv").write_text(moved, encoding="utf-8-sig", newline="")
    if plan.certificate is not None:
        prices = json.dumps(plan.certificate, ensure_ascii=False, indent=1)
        (draft / CERTIFICATE).write_text(prices + "\n", encoding="utf-8")
    (draft / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


def _replace(draft: Path, folder: Path) -> None:
    """Put the new bundle in place; the old one is removed only once the new one stands."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft.with_name(draft.name + "-old")
    folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old)


def is_bundle(folder: Path) -> bool:
    """Whether a folder holds a plan bundle."""
    return (folder / "plan.json").is_file() and (folder / "inputs").is_dir()


def read_bundle(folder: Path) -> tuple[Scenario, Plan]:
    """The scenario and plan of a bundle; raises InputError when it cannot be read."""
    path = folder / "plan.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        plan = plan_from_json(data)
        if (folder / CERTIFICATE).is_file():
            stored = json.loads((folder / CERTIFICATE).read_text(encoding="utf-8"))
            plan = replace(plan, certificate=stored)
    except FileNotFoundError:
        raise InputError([_unreadable(path, "no such file")]) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise InputError([_unreadable(path, f"{type(fault).__name__}: {fault}")]) from None
    return read_bundle_scenario(folder / "inputs"), plan


def _unreadable(path: Path, reason: str) -> Finding:
    return Finding(
        code="plan.unreadable",
        zh=f"方案文件无法读取: {reason}",
        en=f"the plan file cannot be read: {reason}",
        place=Place(file=str(path)),
        expected=FORMAT,
        advice_zh="请指定由 allocator solve 生成的方案文件夹",
        advice_en="give a folder written by allocator solve",
    )
