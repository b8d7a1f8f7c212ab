"""Whole bundles: hashes, assignments.csv, transfers.csv, broken files, nothing heavy loaded."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from allocator.findings import InputError
from allocator.scenario_file import write_scenario
from allocator.verify.verify import VerifyResult, verify_bundle
from tests.builders import add
from tests.verify.cases import TRANSFERS, small_plan, small_scenario

COLUMNS = ("room", "unit", "division", "grade", "people", "purpose")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The hand-made plan as a bundle."""
    from allocator.domain import Division

    scenario = add(small_scenario(), "divisions", Division(code="d1", unit="fin", name="d1"))
    inputs = tmp_path / "inputs"
    write_scenario(scenario, inputs)
    plan = small_plan()
    for path in sorted(inputs.rglob("*")):
        if path.is_file():
            name = path.relative_to(inputs).as_posix()
            plan["provenance"]["inputs"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    with (tmp_path / "assignments.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([row[key] for key in COLUMNS] for row in plan["assignments"])
    (tmp_path / "transfers.csv").write_text(TRANSFERS, encoding="utf-8")
    return tmp_path


def codes(result: VerifyResult) -> list[str]:
    return [finding.code for finding in result.findings]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_correct_bundle_passes(bundle: Path) -> None:
    result = verify_bundle(bundle)
    assert result.findings == ()
    assert result.ok
    assert result.summary["bound_checked"] is False
    assert result.summary["areas"] == small_plan()["areas"]
    assert result.summary["before"] == small_plan()["before"]
    assert result.summary["people"] == small_plan()["people"]
    assert [tier["value"] for tier in result.summary["tiers"]] == [0, 202.0, 6, 234]
    json.dumps(result.summary)


def test_an_edited_input_is_noticed(bundle: Path) -> None:
    edit(bundle / "inputs" / "ledger" / "rooms.csv", "L102", "L102 ")
    assert codes(verify_bundle(bundle)) == ["hashes"]


def test_a_recorded_table_without_file_is_noticed(bundle: Path) -> None:
    entry = f'"ledger/extra.csv": "{"0" * 64}", '
    edit(bundle / "plan.json", '"inputs": {', '"inputs": {' + entry)
    assert codes(verify_bundle(bundle)) == ["hashes"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A102,fin,d1,clerk,2", "A102,fin,d1,clerk,1"),
        ("A201,edu,,clerk,2,\n", ""),
        ("B102,ent,,clerk,1,kept\n", "B102,ent,,clerk,1,kept\nB102,ent,,clerk,1,kept\n"),
    ],
)
def test_another_table_of_assignments_is_noticed(bundle: Path, old: str, new: str) -> None:
    edit(bundle / "assignments.csv", old, new)
    assert codes(verify_bundle(bundle)) == ["assignments_csv"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1,edu,,clerk,1,A203,A201,20.00,15.00\n", ""),  # a move left out
        ("2,edu,,chief,1,L101", "3,edu,,chief,1,L101"),  # wrong number
        ("L102,A201,10.00", "L102,A201,11.00"),  # wrong area
        ("clerk,1,L102", "clerk,2,L102"),  # wrong people
        ("A203,A201,20.00", "A203,A201,wide"),  # no number
        ("A203,A201,20.00", "A203,A201,1e99999"),  # no area
    ],
)
def test_wrong_transfers_are_noticed(bundle: Path, old: str, new: str) -> None:
    edit(bundle / "transfers.csv", old, new)
    assert set(codes(verify_bundle(bundle))) == {"transfers"}


@pytest.mark.parametrize(
    ("file", "content", "text"),
    [
        ("plan.json", b"{", "not valid JSON"),
        ("plan.json", b'{"a": NaN}', "NaN is not a JSON number"),
        ("plan.json", b'{"a": 1, "a": 2}', "stands twice"),
        ("plan.json", b"\xff\xfe", "not UTF-8"),
        ("plan.json", b"[" * 100_000, "not valid JSON"),
        ("plan.json", b"[]", "not an object"),
        ("assignments.csv", b"room,unit\n", "columns are not"),
        ("assignments.csv", b"", "columns are not"),
        ("assignments.csv", ",".join(COLUMNS).encode() + b"\nA101\n", "number of cells"),
        ("transfers.csv", b"\xff\xfe", "not a UTF-8 CSV"),
        ("inputs/scenario.yaml", b"name: [", "scenario.yaml"),
    ],
)
def test_broken_files_are_input_errors(bundle: Path, file: str, content: bytes, text: str) -> None:
    (bundle / file).write_bytes(content)
    with pytest.raises(InputError, match=text):
        verify_bundle(bundle)


@pytest.mark.parametrize("file", ["plan.json", "assignments.csv", "transfers.csv"])
def test_missing_files_are_input_errors(bundle: Path, file: str) -> None:
    (bundle / file).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        verify_bundle(bundle)


def test_an_empty_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        verify_bundle(tmp_path)


def test_the_check_loads_no_solver_and_no_pictures() -> None:
    code = (
        "import sys, allocator.verify.verify\n"
        "heavy = ('ortools', 'matplotlib', 'pandas', 'allocator.model', 'allocator.measure',"
        " 'allocator.solve', 'allocator.transfers')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_large_plan_is_checked_in_seconds() -> None:
    """4,000 rooms; the limit is generous for a loaded machine."""
    from time import process_time

    from allocator.verify.verify import verify_plan
    from tests.builders import (
        building,
        floor,
        make_ledger,
        make_policy,
        make_scenario,
        office,
        posts,
        site,
        sits,
        unit,
    )  # fmt: skip
    from tests.verify.filled import filled, seat

    floors = [floor(f"F{n:03}", f"B{n // 10:02}") for n in range(100)]
    rooms = [office(f"F{n:03}-{k:02}", f"F{n:03}", 18) for n in range(100) for k in range(40)]
    units = [unit(f"U{n:03}") for n in range(100)]
    scenario = make_scenario(
        make_ledger(
            sites=[site("S")],
            buildings=[building(f"B{n:02}", "S") for n in range(10)],
            floors=floors,
            rooms=rooms,
            units=units,
            posts=[posts(f"U{n:03}", "clerk", 78) for n in range(100)],
            occupancy=[
                sits(f"F{n:03}-{k:02}", f"U{n:03}", "clerk", 2)
                for n in range(100)
                for k in range(39)
            ],
        ),
        policy=make_policy(reserve=Fraction(1, 100)),
    )
    rows = [seat(f"F{n:03}-{k:02}", f"U{n:03}", "clerk", 2) for n in range(100) for k in range(39)]
    plan = filled(scenario, rows)
    start = process_time()
    assert verify_plan(scenario, plan) == ()
    assert process_time() - start < 10
