"""Commands around plans: solve, verify, compare, report, demo."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from allocator.findings import Finding
from allocator.solve import Solved
from allocator.verify.verify import VerifyResult
from tests.cli_runs import TINY, files, run, run_json, tiny_copy

WORK = ("--work", "1")


@pytest.fixture
def plan(tiny_plan: Path, tmp_path: Path) -> Path:
    """A copy of the solved tiny scenario."""
    return Path(shutil.copytree(tiny_plan, tmp_path / "plan"))


# -- solve ---------------------------------------------------------------------------------


def test_solve_prints_status_and_unplaced_posts_first(tmp_path: Path) -> None:
    result = run("solve", TINY / "scenario.yaml", "-o", tmp_path / "p", *WORK)
    first = result.stdout.splitlines()[0]
    assert first.startswith("status: ") and first.endswith("; posts without a seat: 0")
    assert "idle: stranded + hidden, same basis" in result.stdout
    progress = [line for line in result.stderr.splitlines() if " s  space " in line]
    assert progress and all("value" in line and "bound" in line for line in progress)
    assert files(tmp_path / "p").keys() >= {"plan.json", "assignments.csv", "transfers.csv"}
    log = json.loads((tmp_path / "p" / "run.json").read_text(encoding="utf-8"))
    assert log["peak_memory_mib"] > 0 and log["seconds"] > 0
    assert {step["tier"] for step in log["log"]} >= {"space"}
    assert [p.name for p in tmp_path.iterdir()] == ["p"]


def test_work_budget_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("solve", "tiny", "-o", tmp_path / name, *WORK, "--seed", "3")
    a, b = (files(tmp_path / name) for name in "ab")
    assert a.pop("run.json") and b.pop("run.json")
    assert a == b


def test_status_is_never_optimal_without_proof(plan: Path) -> None:
    data = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    if data["status"] == "optimal":
        assert all(tier["proven"] for tier in data["tiers"])
    else:
        assert not all(tier["proven"] for tier in data["tiers"])


def test_solving_onto_the_same_inputs_keeps_the_plan_or_betters_it(plan: Path) -> None:
    before = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    data = run_json("solve", "tiny", "-o", plan, *WORK)
    after = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    values = [[tier["value"] for tier in p["tiers"]] for p in (before, after)]
    assert values[1] <= values[0]
    assert data["kept"] == (before == after)
    again = files(plan)
    assert run_json("solve", "tiny", "-o", plan, *WORK)["kept"] is True
    assert files(plan) == again
    assert "stays" in run("solve", "tiny", "-o", plan, *WORK).stdout


def test_solving_onto_other_inputs_is_refused_unless_forced(plan: Path, tmp_path: Path) -> None:
    other = tiny_copy(tmp_path, "office,16.00", "office,15.00", "rooms")
    before = files(plan)
    refused = run("solve", other, "-o", plan, *WORK, code=2)
    assert "other inputs" in refused.stderr and "--force" in refused.stderr
    assert files(plan) == before
    run("solve", other, "-o", plan, *WORK, "--force")
    assert files(plan) != before
    run("verify", plan)


def test_solve_begins_from_the_plan_of_other_inputs(plan: Path, tmp_path: Path) -> None:
    other = tiny_copy(tmp_path, "office,16.00", "office,15.00", "rooms")
    before = files(plan)
    new = tmp_path / "new"
    run("solve", other, "-o", new, "--start", plan, *WORK)
    run("verify", new)
    assert files(plan) == before
    refused = run("solve", other, "-o", tmp_path / "p", "--start", tmp_path, *WORK, code=2)
    assert "plan.json: the plan file cannot be read" in refused.stderr


def test_solving_onto_a_damaged_plan_is_refused(plan: Path) -> None:
    with (plan / "assignments.csv").open("a", encoding="utf-8") as file:
        file.write("A-101,finance,,bureau_head,1,\r\n")
    assert "does not verify" in run("solve", "tiny", "-o", plan, *WORK, code=2).stderr


def test_other_files_are_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("kept", encoding="utf-8")
    for arguments in (("solve", "tiny"), ("demo", "--scenario", "tiny")):
        refused = run(*arguments, "-o", folder, "--seconds", "1", code=2)
        assert "in the way" in refused.stderr
    assert "in the way" in run("solve", "tiny", "-o", folder, "--force", code=2).stderr
    assert files(tmp_path).keys() == {"mine/letter.txt"}


def test_contradicting_rules_are_proved_impossible(tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path)
    scenario = copy / "scenario.yaml"
    pins = "pins: [{unit: finance, room: A-101}, {unit: housing, room: A-101}]\n"
    scenario.write_text(scenario.read_text(encoding="utf-8") + pins, encoding="utf-8")
    result = run("solve", scenario, "-o", tmp_path / "p", *WORK, code=3)
    assert "proved impossible" in result.stderr
    assert not (tmp_path / "p").exists()
    data = run_json("solve", scenario, "-o", tmp_path / "p", *WORK, code=3)
    assert data["status"] == "infeasible"


def test_stopped_without_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allocator.solve.solve", lambda *_: Solved("unknown", None, ()))
    result = run("solve", "tiny", "-o", tmp_path / "p", code=4)
    assert "stopped without a plan" in result.stderr
    assert list(tmp_path.iterdir()) == []
    run("demo", "--scenario", "tiny", "-o", tmp_path / "d", code=4)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_fails_the_check_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Finding("room_rule", "面积不符", "the area is wrong", value="1")
    monkeypatch.setattr(
        "allocator.verify.verify.verify_bundle", lambda folder: VerifyResult((wrong,), {})
    )
    result = run("solve", "tiny", "-o", tmp_path / "p", *WORK, code=4)
    assert "the area is wrong" in result.stderr
    assert "failed the independent check" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "p"))

    monkeypatch.setattr("allocator.bundle.write_scenario", fail)
    assert "the disk is full" in run("solve", "tiny", "-o", tmp_path / "p", *WORK, code=2).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: tiny\nledger: ledger\nstandard: cn-2014\nplins: []\n", "scenario.yaml:4"),
        ("name: tiny\nledger: nowhere\nstandard: cn-2014\n", "scenario.yaml:2"),
        ("name: [\n", "scenario.yaml"),
        ("", "scenario.yaml"),
    ],
)
def test_broken_scenarios_are_located(text: str, message: str, tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path)
    (copy / "scenario.yaml").write_text(text, encoding="utf-8")
    result = run("solve", copy / "scenario.yaml", "-o", tmp_path / "p", code=2)
    assert message in result.stderr
    assert not (tmp_path / "p").exists()


# -- verify --------------------------------------------------------------------------------


def test_verify_recomputes_and_says_the_bound_is_not_checked(plan: Path) -> None:
    result = run("verify", plan)
    assert "bound not checked" in result.stdout and "verified" in result.stdout
    assert "证明界未复核" in run("verify", plan / "plan.json", lang="zh").stdout
    assert run_json("verify", plan)["summary"]["bound_checked"] is False


def test_verify_lists_what_is_wrong(plan: Path) -> None:
    data = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    data["areas"]["released"] += 1
    (plan / "plan.json").write_text(json.dumps(data), encoding="utf-8")
    result = run("verify", plan, code=1)
    assert "areas.released" in result.stdout and "failed: " in result.stdout
    assert run_json("verify", plan, code=1)["summary"]["errors"] >= 1
    for arguments in (("report", plan, "-o", plan / "r.html"), ("compare", "today", plan)):
        assert "areas.released" in run(*arguments, code=2).stderr
    assert not (plan / "r.html").exists()


def test_verify_of_what_cannot_be_read(plan: Path) -> None:
    (plan / "plan.json").write_text("{", encoding="utf-8")
    assert "error: " in run("verify", plan, code=2).stderr


def test_verify_loads_no_solver(plan: Path) -> None:
    code = (
        "import sys\nfrom allocator.cli import commands\n"
        f"commands.main(['verify', {str(plan)!r}], standalone_mode=False)\n"
        "solvers = ('ortools', 'allocator.model', 'allocator.solve', 'allocator.measure')\n"
        "sys.exit(any(m.startswith(solvers) for m in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


# -- compare and report --------------------------------------------------------------------


def test_compare_puts_today_beside_the_plan(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "side"
    data = run_json("compare", "today", plan, "-o", output)
    assert data["plans"] == ["today", str(plan)]
    released = next(row for row in data["rows"] if row["key"] == "released")
    bundle = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    assert released["values"] == [bundle["before"]["released"], bundle["areas"]["released"]]
    assert released["differences"][0] == 0
    tables = {f"{name}.csv" for name in ("comparison", "units", "inputs", "records")}
    pictures = {"stacking.png", "city-1.png", "city-2.png"}
    assert files(output).keys() == {"comparison.json"} | tables | pictures
    run("compare", plan, plan, "-o", output)
    assert "released whole floors" in run("compare", "today", plan).stdout
    assert "in the way" in run("compare", "today", plan, "-o", plan, code=2).stderr


def test_report_is_one_page_and_replaces_nothing(plan: Path, tmp_path: Path) -> None:
    page = tmp_path / "r.html"
    run("report", plan, "--to", "html", "-o", page, lang="zh")
    assert '<html lang="zh' in page.read_text(encoding="utf-8")
    before = page.read_bytes()
    assert "exists already" in run("report", plan, "-o", page, code=2).stderr
    assert page.read_bytes() == before
    run("report", plan, "-o", page, "--force")
    assert '<html lang="en' in page.read_text(encoding="utf-8")
    ledger = tmp_path / "ledger.xlsx"
    ledger.write_bytes(b"mine")
    assert "must end in .html" in run("report", plan, "-o", ledger, "--force", code=2).stderr
    assert ledger.read_bytes() == b"mine"


# -- demo ----------------------------------------------------------------------------------


def test_demo_goes_from_ledger_to_report(tmp_path: Path) -> None:
    output = tmp_path / "demo"
    for _ in range(2):
        result = run("demo", "--scenario", "tiny", "--seconds", "2", "-o", output)
    assert "status: " in result.stdout and "peak memory at most" in result.stdout
    assert str(output / "report.html") in result.stdout
    assert "bound" in result.stdout.lower()
    written = files(output)
    assert {"demo.json", "report.html", "plan/plan.json", "pictures/city.png"} <= written.keys()
    assert {f"pictures/{n}.png" for n in ("before-after", "balance", "progress")} <= written.keys()
    data = json.loads((output / "demo.json").read_text(encoding="utf-8"))
    assert data["optimal"] is (data["status"] == "optimal")
    assert [p.name for p in tmp_path.iterdir()] == ["demo"]
    run("verify", output / "plan")
