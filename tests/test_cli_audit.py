"""`allocator audit` as it is typed: ledgers, scenarios, plans and drafts, settings and filters."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from allocator.cli import commands
from scenarios.locate import bundled_scenario

LEDGER = str(bundled_scenario("tiny").parent / "ledger")
DAY = ("--on", "2026-01-01")


def _run(*words: str) -> Result:
    return CliRunner().invoke(commands, ["audit", *words])


def _data(*words: str, code: int = 1) -> Any:
    done = _run(*words, *DAY, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_ledger_and_scenario_have_the_same_findings() -> None:
    ledger = _data(LEDGER, "--standard", "cn-2014")
    scenario = _data("tiny")
    assert [f["key"] for f in ledger["findings"]] == [f["key"] for f in scenario["findings"]]
    over = next(f for f in ledger["findings"] if f["rule"] == "over_standard")
    assert (over["place"], over["value"], over["expected"]) == ("A-101", 24.0, 18.0)
    assert over["location"] == "ledger/rooms.csv[rooms]:2:area_m2"
    assert over["shares"][0]["over_m2"] == 6.0


def test_our_own_plan_passes(tiny_plan: Path) -> None:
    data = _data(str(tiny_plan), code=0)
    assert data["view"] == "plan"
    assert data["counts"]["error"] == 0
    assert data["judged"]["over_standard"]
    assert "reconciliation" not in data


def test_a_draft_is_held_to_the_rules(tmp_path: Path) -> None:
    draft = tmp_path / "draft.csv"
    rows = [["room", "unit", "grade", "people"], ["A-101", "fin", "局(处)级以下", "1"]]
    with (bundled_scenario("tiny").parent / "ledger" / "units.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        unit = next(csv.DictReader(file))["unit"]
    rows[1][1] = unit
    draft.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    data = _data(LEDGER, "--standard", "cn-2014", "--plan", str(draft))
    over = [f for f in data["findings"] if f["rule"] == "over_standard"]
    assert [(f["place"], f["value"], f["expected"]) for f in over] == [("A-101", 24.0, 9.0)]
    assert over[0]["location"].startswith("draft.csv")
    assert any(f["rule"] == "posts_unseated" for f in data["findings"])


def test_settings_change_verdicts() -> None:
    words = (LEDGER, "--standard", "cn-2014")
    assert "over_standard" in {f["rule"] for f in _data(*words)["findings"]}
    data = _data(*words, "--tolerance", "6", "--min-share", "0.5", code=0)
    assert not {"over_standard", "under_share"} & {f["rule"] for f in data["findings"]}
    assert data["settings"] == {
        "tolerance_m2": 6.0, "min_share": 0.5, "drawing_tolerance_m2": 0.5, "area_error_m2": 0.0,
        "split": "proportional",
    }  # fmt: skip
    doubtful = _data(*words, "--area-error", "0.5")
    assert len(doubtful["undecided"]) > len(_data(*words)["undecided"])
    assert doubtful["measure"]["rooms"]


def test_filters_only_what_is_printed() -> None:
    every = _data("tiny")
    only = _data("tiny", "--rule", "under_share")
    assert {f["rule"] for f in only["findings"]} == {"under_share"}
    assert only["counts"] == every["counts"]


def test_remedies_name_rooms_and_people() -> None:
    data = _data("tiny", "--remedies")
    (remedy,) = data["remedies"].values()
    assert remedy["kind"] == "swap"
    assert remedy["people_moved"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((LEDGER,), "which standard it is judged by"),
        (("tiny", "--standard", "cn-2014"), "names its own standard"),
        (("tiny", "--rule", "nonsense"), "no such rule"),
        (("tiny", "--unit", "nobody"), "no such unit"),
        (("tiny", "--tolerance", "-1"), "--tolerance is no valid number"),
        (("tiny", "--min-share", "2"), "--min-share is no valid number"),
        (("tiny", "--plan", "nowhere.xlsx"), "does not exist"),
        (("nowhere",), "no such scenario"),
    ],
)
def test_nonsense_is_refused_with_a_reason(words: tuple[str, ...], said: str) -> None:
    done = _run(*words, *DAY, "--lang", "en")
    assert done.exit_code == 2
    assert said in done.output


def test_a_long_list_is_cut_and_says_how_to_see_all() -> None:
    short = _run("pilot-province", *DAY, "--lang", "en").output
    assert "--all" in short
    assert len(short.splitlines()) < 150
    every = _run("pilot-province", *DAY, "--lang", "en", "--all").output
    assert len(every.splitlines()) > 900


def test_a_rectification_list_is_not_kept_on_a_plan(tiny_plan: Path, tmp_path: Path) -> None:
    done = _run(str(tiny_plan), "--rectify", str(tmp_path / "list.xlsx"), "--lang", "en")
    assert done.exit_code == 2
    assert "not on a plan" in done.output
    assert not (tmp_path / "list.xlsx").exists()


def test_both_languages() -> None:
    assert "办公室超标准" in _run("tiny", *DAY, "--lang", "zh").output
    assert "office above the standard" in _run("tiny", *DAY, "--lang", "en").output
