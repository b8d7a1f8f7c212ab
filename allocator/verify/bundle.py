"""The files around plan.json: input copies with their hashes, assignments.csv, transfers.csv."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from allocator.findings import Finding, InputError, Place
from allocator.plan import Assignment
from allocator.quantity import m2_text
from allocator.scenario import Scenario
from allocator.verify.context import Context
from allocator.verify.json_fields import LARGEST
from allocator.verify.moves import TransferRow, transfer_rows
from allocator.verify.say import at, broken

INPUTS = "inputs"
ASSIGNMENTS = "assignments.csv"
TRANSFERS = "transfers.csv"
ASSIGNMENT_COLUMNS = ("room", "unit", "division", "grade", "people", "purpose")
TRANSFER_COLUMNS = (
    "transfer",
    "unit",
    "division",
    "grade",
    "people",
    "from_room",
    "to_room",
    "area_from",
    "area_to",
)


def read_scenario_copy(folder: Path) -> Scenario:
    """The bundle's own scenario."""
    # Reading needs the ledger and YAML readers; checking a plan in memory does not.
    from allocator.scenario_file import read_bundle_scenario

    inputs = folder / INPUTS
    if not inputs.is_dir():
        raise InputError((_unreadable(INPUTS, "缺少文件夹", "the folder is missing"),))
    return read_bundle_scenario(inputs)


def input_files(folder: Path) -> dict[str, Path]:
    """Files of the inputs' copy that must carry a hash, by their names in `provenance.inputs`."""
    inputs = folder / INPUTS
    tables = sorted((inputs / "ledger").glob("*.csv"))
    return {
        "scenario.yaml": inputs / "scenario.yaml",
        "standard.yaml": inputs / "standard.yaml",
        **{f"ledger/{path.name}": path for path in tables},
    }


def check_hashes(folder: Path, recorded: dict[str, str]) -> tuple[Finding, ...]:
    """Every input file has its recorded hash, and every recorded table its file."""
    files = input_files(folder)
    findings = []
    for name in sorted(name for name in recorded if name.startswith("ledger/")):
        if name not in files:
            findings.append(_hash_differs(name, recorded[name], "no file"))
    for name, path in files.items():
        try:
            actual = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            actual = "no file"
        if recorded.get(name) != actual:
            findings.append(_hash_differs(name, recorded.get(name, "not recorded"), actual))
    return tuple(findings)


def check_assignments_csv(folder: Path, assignments: tuple[Assignment, ...]) -> Iterator[Finding]:
    """The table holds the same rows in the same order."""
    rows = _table(folder / ASSIGNMENTS, ASSIGNMENT_COLUMNS)
    wanted = [(a.room, a.unit, a.division, a.grade, str(a.people), a.purpose) for a in assignments]
    for position in range(max(len(rows), len(wanted))):
        stated = rows[position] if position < len(rows) else None
        expected = wanted[position] if position < len(wanted) else None
        if stated != expected:
            yield broken(
                "assignments_csv",
                "行不符",
                "the row differs",
                value=_row_text(stated),
                expected=_row_text(expected),
                place=Place(file=ASSIGNMENTS, row=position + 2),
            )
            return


def check_transfers_csv(folder: Path, context: Context) -> Iterator[Finding]:
    """The table holds exactly the recomputed moves."""
    stated: Counter[TransferRow] = Counter()
    for position, row in enumerate(_table(folder / TRANSFERS, TRANSFER_COLUMNS)):
        parsed = _transfer(row)
        if parsed is None:
            yield broken(
                "transfers",
                "行中的数字不能读取",
                "a number in the row cannot be read",
                value=_row_text(row),
                place=Place(file=TRANSFERS, row=position + 2),
            )
        else:
            stated[parsed] += 1
    expected = Counter(transfer_rows(context.world, context.layout))
    for surplus in sorted((stated - expected).elements()):
        yield broken(
            "transfers",
            f"单位 {surplus.unit} 由 {surplus.from_room} 到 {surplus.to_room} 的行不符",
            f"the row of unit {surplus.unit} from {surplus.from_room} to {surplus.to_room} "
            "is not among the recomputed moves",
            value=_transfer_text(surplus),
            place=Place(file=TRANSFERS),
        )
    for lacking in sorted((expected - stated).elements()):
        yield broken(
            "transfers",
            f"缺少单位 {lacking.unit} 由 {lacking.from_room} 到 {lacking.to_room} 的行",
            f"the row of unit {lacking.unit} from {lacking.from_room} to {lacking.to_room} "
            "is missing",
            expected=_transfer_text(lacking),
            place=Place(file=TRANSFERS),
        )


def _table(path: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Rows of a UTF-8 CSV file in the order of `columns`; InputError if it is not such a file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except OSError:
        raise InputError((_unreadable(path.name, "无法读取", "the file cannot be read"),)) from None
    except (UnicodeDecodeError, csv.Error) as error:
        detail = f"not a UTF-8 CSV file: {error}"
        raise InputError((_unreadable(path.name, "不是 UTF-8 CSV", detail),)) from None
    if not rows or tuple(rows[0]) != columns:
        detail = f"the columns are not {','.join(columns)}"
        raise InputError((_unreadable(path.name, "列名不符", detail),))
    findings = [
        _unreadable(path.name, "列数不符", "the row has another number of cells", position)
        for position, row in enumerate(rows[1:], start=2)
        if len(row) != len(columns)
    ]
    if findings:
        raise InputError(findings)
    return [tuple(row) for row in rows[1:]]


def _transfer(row: tuple[str, ...]) -> TransferRow | None:
    transfer, unit, division, grade, people, from_room, to_room, area_from, area_to = row
    try:
        areas = [Decimal(text) * 100 for text in (area_from, area_to)]
        if any(not abs(area) < LARGEST or area != int(area) for area in areas):
            return None
        left, entered = (int(area) for area in areas)
        return TransferRow(
            int(transfer), unit, division, grade, int(people), from_room, to_room, left, entered
        )
    except (ValueError, InvalidOperation):
        return None


def _hash_differs(name: str, recorded: str, actual: str) -> Finding:
    return broken(
        "hashes",
        f"{name} 与记录不符",
        f"{name} differs from the record",
        value=actual,
        expected=recorded,
        place=at(f"provenance.inputs.{name}"),
    )


def _unreadable(file: str, zh: str, en: str, row: int | None = None) -> Finding:
    return broken("format", zh, en, place=Place(file=file, row=row))


def _row_text(row: tuple[str, ...] | None) -> str:
    return "no row" if row is None else ",".join(row)


def _transfer_text(row: TransferRow) -> str:
    return (
        f"{row.transfer},{row.unit},{row.division},{row.grade},{row.people},{row.from_room},"
        f"{row.to_room},{m2_text(row.area_from)},{m2_text(row.area_to)}"
    )
