"""`allocator compare` from the command line: tables, files, and one input at a time."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from allocator.bundle import read_bundle
from allocator.commands.compare_why import lawful_start
from tests.cli_runs import files, run, run_json, tiny_copy

CHANGES = "pins: [{unit: finance, floor: A-2F}]\npolicy: {reserve: 0.1}\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, tiny_plan: Path) -> tuple[Path, Path]:
    """Two verified plans whose scenarios differ in a pin, the reserve and a room's area."""
    folder = tmp_path_factory.mktemp("pair")
    copy = tiny_copy(folder, "市财政局", "=市财政局", table="units")
    with (copy / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write(CHANGES)
    run("solve", copy / "scenario.yaml", "-o", folder / "b", "--work", "2")
    return tiny_plan, folder / "b"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def explained(pair: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("explained") / "out"
    run("compare", *pair, "--why", "--work", "2", "-o", output)
    return output


def data_of(output: Path) -> Any:
    return json.loads((output / "comparison.json").read_text(encoding="utf-8"))


def test_every_input_difference_is_named(explained: Path) -> None:
    inputs = data_of(explained)["inputs"]
    assert [(d["part"], d["table"], d["column"]) for d in inputs] == [
        ("ledger", "units", "name"),
        ("policy", "reserve", ""),
        ("pins", "", ""),
    ]
    assert all(d["zh"] and d["en"] for d in inputs)


def test_records_add_up_to_the_change_of_every_tier(explained: Path) -> None:
    data = data_of(explained)
    rows = table(explained / "records.csv")
    assert rows
    for row in data["rows"]:
        if row["key"].startswith("tier:"):
            tier = row["key"].removeprefix("tier:")
            total = sum(float(r["value_change"]) for r in rows if r["tier"] == tier)
            assert total == pytest.approx(row["differences"][1])


def test_a_name_that_looks_like_a_formula_stays_a_text(explained: Path) -> None:
    text = (explained / "inputs.csv").read_text(encoding="utf-8-sig")
    assert "'=市财政局" in text and ",=市财政局" not in text


def test_each_cause_is_tried_in_both_plans_and_what_is_decided_is_proved(explained: Path) -> None:
    why = data_of(explained)["why"]
    assert len(why["causes"]) == 3
    for cause in why["causes"]:
        for side in ("in_first", "in_second"):
            assert (explained / "why" / cause[side]["plan"] / "plan.json").is_file()
            for tier in cause[side]["tiers"]:
                assert tier["change"] == pytest.approx(tier["after"] - tier["before"])
                if tier["decision"] in ("rises", "falls"):
                    low, high = tier["interval"]
                    assert low > 0 if tier["decision"] == "rises" else high < 0
                elif tier["decision"] == "same":
                    assert tier["interval"] == [0, 0]
                else:
                    assert tier["decision_zh"] == "尚不能判定"
    name, _, pin = why["causes"]
    assert {tier["decision"] for tier in name["in_first"]["tiers"]} == {"same"}
    # Finance has no room for its head on the second floor: the pin leaves a post unseated.
    unhoused = pin["in_first"]["tiers"][0]
    assert (unhoused["change"], unhoused["decision"]) == (1, "rises")
    assert len(table(explained / "why.csv")) == 3 * 2 * 4


def test_a_second_run_goes_on_from_what_is_kept(pair: tuple[Path, Path], explained: Path) -> None:
    before, answer = files(explained / "why"), data_of(explained)
    result = run("compare", *pair, "--why", "--work", "2", "-o", explained)
    assert "solving" not in result.stderr
    assert files(explained / "why") == before
    assert data_of(explained) == answer
    run("verify", explained / "why" / answer["why"]["first"])


def test_the_terminal_says_that_limits_are_policy_and_colours_in_words(
    pair: tuple[Path, Path],
) -> None:
    shown = run("compare", *pair, "--top", "1").stdout
    assert "policy, without legal source" in shown and "there is no total" in shown
    assert "x red" in shown and "ok green" in shown
    assert "pins: added: unit=finance" in shown
    zh = run("compare", *pair, lang="zh").stdout
    assert "没有法规出处" in zh and "×红" in zh and "指定位置：增加" in zh


def test_plans_that_are_alike_differ_in_nothing(tiny_plan: Path) -> None:
    data = run_json("compare", tiny_plan, tiny_plan)
    assert data["units"] == data["inputs"] == data["records"] == []
    assert all(d in (0, None) for row in data["rows"] for d in row["differences"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--why"], "takes two plan folders and -o"),
        (["--work", "3"], "goes with --why"),
        (["--thresholds", "none.yaml"], "error: "),
    ],
)
def test_wrong_use_is_refused(tiny_plan: Path, more: list[str], words: str) -> None:
    assert words in run("compare", tiny_plan, tiny_plan, *more, code=2).stderr
    assert "two plan" in run("compare", "today", tiny_plan, "--why", "-o", "x", code=2).stderr


def test_a_search_starts_only_from_what_is_lawful(pair: tuple[Path, Path]) -> None:
    (one, plan), (other, pinned) = (read_bundle(folder) for folder in pair)
    assert lawful_start(one, plan) is not None
    assert lawful_start(one, pinned) is not None
    # The first plan breaks the pin of the second scenario.
    assert lawful_start(other, plan) is None
