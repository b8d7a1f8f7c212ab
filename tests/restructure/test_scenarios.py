"""Restructured scenarios as files: bundles, bases, replays, solved and verified plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from allocator.domain import Group
from allocator.ledger.write import write_ledger_csv
from allocator.problem import Problem
from allocator.scenario import Pin
from allocator.scenario_file import read_bundle_scenario, read_scenario, write_scenario
from tests.cli_runs import TINY, run, run_json
from tests.restructure.ledgers import CHIEF, CLERK, district, folder

REFORM = (
    "restructure:\n"
    "  - merge: {units: [com, inv], into: {unit: both, name: Both}}\n"
    "    label: first wave\n"
    "    on: 2026-01-01\n"
    "  - split: {unit: cul, into: [{unit: cul, divisions: [u1]}, "
    "{unit: art, name: Art, divisions: [u2]}]}\n"
    "  - regrade: {unit: both, division: i1, from: 局（处）级以下, to: bureau_head, "
    "established: 1}\n"
    "  - close: [B]\n"
)


def test_a_bundle_reads_back_equal(tmp_path: Path) -> None:
    scenario = read_scenario(folder(tmp_path, REFORM))
    assert scenario.lineage.heirs("com") == ("both",)
    assert scenario.lineage.heirs("cul") == ("cul", "art")
    assert set(scenario.lineage.groups(Group("inv", "i1", "below_bureau"))) == {
        Group("both", "i1", "below_bureau"), Group("both", "i1", "bureau_head"),
    }  # fmt: skip
    assert {c.reason for c in scenario.changes} == {
        "restructure 1: first wave", "restructure 2: split", "restructure 3: regrade",
        "restructure 4: close",
    }  # fmt: skip
    write_scenario(scenario, tmp_path / "bundle")
    assert read_bundle_scenario(tmp_path / "bundle") == scenario


def test_differences_over_a_base_follow_its_units(tmp_path: Path) -> None:
    folder(
        tmp_path,
        "restructure: [{merge: {units: [com, inv], into: {unit: both, name: Both}}}]\n"
        "pins: [{unit: both, building: A}, {unit: cul, site: S1}]\n"
        "policy: {reserve: 0.1, min_share: 0.6}\nsolve: {seconds: 9}\n",
    )
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "own.yaml"
    path.write_text(
        "base: ../scenario.yaml\n"
        "restructure: [{split: {unit: both, into: [{unit: both, divisions: [c1, c2]}, "
        "{unit: third, name: T, divisions: [i1]}]}}]\n"
        "without: {pins: [{unit: cul, site: S1}]}\n"
        "pins: [{unit: third, site: S1}]\npolicy: {reserve: 0.2}\nsolve: {work: 3}\n",
        encoding="utf-8",
    )
    scenario = read_scenario(path)
    assert scenario.name == "own"
    assert scenario.pins == (
        Pin(unit="both", kind="building", place="A"),
        Pin(unit="third", kind="building", place="A"),
        Pin(unit="third", kind="site", place="S1"),
    )
    assert scenario.lineage.heirs("inv") == ("third",)
    assert scenario.lineage.heirs("com") == ("both",)
    assert (float(scenario.policy.reserve), float(scenario.policy.min_share)) == (0.2, 0.6)
    assert (scenario.budget.work, scenario.budget.seconds) == (3, None)
    assert {"scenario", "base:../scenario.yaml", "ledger", "standard"} == set(scenario.sources)


def test_a_solved_restructuring_passes_the_independent_check(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(
        f"name: t\nledger: {TINY / 'ledger'}\nstandard: cn-2014\nsolve: {{work: 2}}\n"
        "restructure:\n"
        "  - merge: {units: [finance, statistics], into: {unit: fin-stat, name: 财政统计局}}\n"
        "  - split: {unit: housing, into: [{unit: housing}, "
        "{unit: estate, name: 物业局, divisions: [housing-1]}]}\n",
        encoding="utf-8",
    )
    run("solve", path, "-o", tmp_path / "plan")
    data = run_json("verify", tmp_path / "plan")
    assert [f for f in data["findings"] if f["severity"] == "error"] == []
    scenario = read_bundle_scenario(tmp_path / "plan" / "inputs")
    assert scenario.lineage == read_scenario(path).lineage


def test_renaming_alone_moves_nobody(tmp_path: Path) -> None:
    """The plan of a merger that keeps everybody seated where they sit moves no people."""
    before = read_scenario(folder(tmp_path, ""))
    after = read_scenario(folder(tmp_path, REFORM.split("  - regrade")[0]))
    counts = [
        sorted((room, n) for rooms in Problem(s).today_people.values() for room, n in rooms.items())
        for s in (before, after)
    ]
    assert counts[0] == counts[1]


def test_show_says_what_each_operation_changed(tmp_path: Path) -> None:
    path = folder(tmp_path, REFORM)
    data = run_json("scenario", "show", path)
    assert [o["operation"] for o in data["operations"]] == ["merge", "split", "regrade", "close"]
    assert (data["before"]["established"], data["after"]["established"]) == (18, 18)
    assert data["before"]["people_in_rooms"] == data["after"]["people_in_rooms"] == 15
    units = {row["unit"]: row for row in data["units"]}
    assert units["both"]["before"] is None and units["both"]["after"]["established"] == 12
    assert units["cul"]["before"]["established"] == 6
    text = run("scenario", "show", path).output
    assert "1. merge: first wave" in text and "com  units.status: active -> abolished" in text
    assert "1. merge: first wave" in run("scenario", "show", path, "--all", lang="zh").output


def test_a_replay_says_what_no_longer_applies(tmp_path: Path) -> None:
    path = folder(tmp_path, REFORM + "  - rename: {unit: art, name: 美术局}\n"
                  "pins: [{unit: art, building: A}]\n")  # fmt: skip
    rooms = tmp_path / "next"
    ledger = district(CHIEF, CLERK)
    posts = tuple(p for p in ledger.posts if p.division != "u2")
    seats = tuple(s for s in ledger.occupancy if s.division != "u2")
    divisions = tuple(d for d in ledger.divisions if d.code != "u2")
    write_ledger_csv(replace(ledger, posts=posts, occupancy=seats, divisions=divisions), rooms)
    assert "4. close" in run("scenario", "replay", path, "--ledger", tmp_path / "ledger").output
    data = run_json("scenario", "replay", path, "--ledger", rooms, code=1)
    assert [(o["number"], o["carried_out"], o["depends_on"]) for o in data["operations"]] == [
        (1, True, None), (2, False, None), (3, True, None), (4, True, None), (5, False, 2),
    ]  # fmt: skip
    assert data["operations"][1]["faults"][0]["code"] == "unknown-division"
    out = tmp_path / "out"
    left = run_json("scenario", "replay", path, "--ledger", rooms, "--skip", "-o", out)
    assert [f["code"] for f in left["skipped"]] == ["unknown-division", "depends-on-skipped"]
    assert read_bundle_scenario(out).pins == ()
    run("scenario", "replay", path, "--ledger", tmp_path / "none", code=2)
