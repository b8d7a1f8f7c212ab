"""`allocator sweep` on the tiny scenario: results, summary, resuming, and what is refused."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from tests.cli_runs import files, run, run_json, tiny_copy
from tests.sweep.fake_runs import Inline
from tests.sweep.sweeps_run import journal, results

GRID = """\
set: {solve.work: 1, policy.tiers: [unhoused, space]}
axes:
  policy.min_share: [0.65, 0.7]
cases:
  - name: clash
    set: {pins: [{unit: finance, room: A-101}, {unit: housing, room: A-101}]}
  - name: wrong
    set: {pins: [{unit: fiance, room: A-101}]}
"""
GOOD = (
    "set: {solve.work: 1, policy.tiers: [unhoused, space]}\naxes: {policy.min_share: [0.65, 0.7]}\n"
)


def write(folder: Path, text: str, name: str = "grid.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep with failing tasks among good ones, beside its grid."""
    folder = tmp_path_factory.mktemp("swept")
    run("sweep", "tiny", "--grid", write(folder, GRID), "-o", folder / "s", "--jobs", 2, code=2)
    return folder


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: what is tested is not how tasks are carried out."""
    monkeypatch.setattr("allocator.sweep.processes.Processes", Inline)


@pytest.fixture
def copy(swept: Path, tmp_path: Path, inline: None) -> Path:
    return Path(shutil.copytree(swept, tmp_path / "copy"))


def test_failing_tasks_do_not_stop_the_others(swept: Path) -> None:
    data = json.loads((swept / "s" / "sweep.json").read_text(encoding="utf-8"))
    assert data["format"] == "allocator-sweep/1" and data["scenario"] == "tiny"
    rows = {row["name"]: row for row in data["tasks"]}
    assert {name: (row["result"], row["exit"]) for name, row in rows.items()} == {
        "min_share-0.65": ("done", 0), "min_share-0.7": ("done", 0),
        "clash": ("impossible", 3), "wrong": ("bad_input", 2),
    }  # fmt: skip
    assert data["counts"]["done"] == 2 and data["counts"]["waiting"] == 0
    finding = rows["wrong"]["findings"][0]
    assert (finding["place"]["row"], finding["value"]) == (8, "fiance")
    assert rows["clash"]["findings"]
    keys = [row["task"] for row in data["tasks"]]
    assert keys == sorted(keys)
    plans = {path.parent.name for path in (swept / "s").glob("*/plan.json")}
    assert plans == {row["task"] for row in data["tasks"] if row["result"] == "done"}


def test_figures_are_those_of_the_verified_plans(swept: Path) -> None:
    data = json.loads((swept / "s" / "sweep.json").read_text(encoding="utf-8"))
    lines = (swept / "s" / "sweep.csv").read_text(encoding="utf-8-sig")
    table = {line["task"]: line for line in csv.DictReader(lines.splitlines())}
    assert set(table) == {row["task"] for row in data["tasks"]}
    for row in data["tasks"]:
        line = table[row["task"]]
        assert (line["result"], line["exit"]) == (row["result"], str(row["exit"]))
        if row["result"] != "done":
            assert line["reason"] and not line["space value"]
            continue
        run("verify", swept / "s" / row["task"])
        text = (swept / "s" / row["task"] / "plan.json").read_text(encoding="utf-8")
        plan = json.loads(text)
        assert plan["provenance"]["workers"] == 1
        space = next(tier for tier in plan["tiers"] if tier["name"] == "space")
        shown = next(tier for tier in row["tiers"] if tier["name"] == "space")
        assert (shown["value"], shown["bound"]) == (space["value"], space["bound"])
        assert shown["gap"] == pytest.approx(space["value"] - space["bound"])
        assert float(line["space value"]) == space["value"]
        assert float(line["released_m2"]) == plan["areas"]["released"]
        assert int(line["people_moved"]) == plan["people"]["moved"] == row["people"]["moved"]
        assert line["choice policy.min_share"] == row["choices"]["policy.min_share"]


def test_nothing_finished_is_done_again(copy: Path) -> None:
    before = results(copy / "s")
    data = run_json("sweep", "tiny", "--grid", copy / "grid.yaml", "-o", copy / "s", code=2)
    assert data["kept"] == 3
    assert len(journal(copy / "s", "started")) == 3
    assert results(copy / "s").keys() == before.keys()
    changed = {n for n, content in results(copy / "s").items() if content != before[n]}
    # The grid stands in another folder, and the place of the slip says so.
    assert changed <= {"sweep.json", "sweep.csv"}


def test_a_changed_problem_never_takes_an_old_result(copy: Path, tmp_path: Path) -> None:
    old = {row["task"] for row in journal(copy / "s", "started")}
    changed = tiny_copy(tmp_path, "office,16.00", "office,15.00", "rooms")
    grid = write(copy, GOOD)
    data = run_json("sweep", changed, "--grid", grid, "-o", copy / "s")
    assert data["kept"] == 0 and data["counts"]["done"] == 2
    assert not {row["task"] for row in data["tasks"]} & old
    more = write(copy, GOOD.replace("0.7]", "0.7, 0.75]"))
    assert run_json("sweep", changed, "--grid", more, "-o", copy / "s")["kept"] == 2


def test_a_result_under_another_name_is_the_same_result(copy: Path) -> None:
    before = {path.parent.name for path in (copy / "s").glob("*/plan.json")}
    text = GOOD.partition("axes:")[0] + "cases: [{name: usual, set: {policy.min_share: 0.65}}]\n"
    data = run_json("sweep", "tiny", "--grid", write(copy, text), "-o", copy / "s")
    assert data["kept"] == 1 and len(journal(copy / "s", "started")) == 3
    (key,) = (row["task"] for row in data["tasks"])
    (old,) = before - {path.parent.name for path in (copy / "s").glob("*/plan.json")}
    assert key.startswith("usual-") and old.startswith("min_share-0.65-")
    assert key[-12:] == old[-12:]
    run("verify", copy / "s" / key)


@pytest.mark.parametrize("harm", ["plan", "other", "emptied"])
def test_a_bundle_that_is_no_finished_result_is_done_again(harm: str, copy: Path) -> None:
    first, second = sorted(path.parent for path in (copy / "s").glob("*/plan.json"))
    good = results(first)
    if harm == "plan":
        with (first / "assignments.csv").open("a", encoding="utf-8") as file:
            file.write("A-101,finance,,bureau_head,1,\r\n")
    elif harm == "other":
        # A verified plan, but of another task: only the name of the folder claims it.
        shutil.rmtree(first)
        shutil.copytree(second, first)
    else:
        (first / "plan.json").unlink()
    (copy / "s" / f".{first.name}-torn").mkdir()
    (copy / "s" / ".mine").mkdir()
    with (copy / "s" / "sweep.log").open("a", encoding="utf-8") as file:
        file.write('{"event": "ended", "task": "')
    data = run_json("sweep", "tiny", "--grid", write(copy, GOOD), "-o", copy / "s")
    assert data["kept"] == 1 and data["counts"]["done"] == 2
    assert results(first) == good
    run("verify", first)
    hidden = {path.name for path in (copy / "s").iterdir() if path.name.startswith(".")}
    assert hidden == {".mine", ".sweep.lock"}


def test_one_job_and_two_give_the_same_bytes(swept: Path, tmp_path: Path, inline: None) -> None:
    run("sweep", "tiny", "--grid", swept / "grid.yaml", "-o", tmp_path / "s", "--jobs", 1, code=2)
    assert results(tmp_path / "s") == results(swept / "s")


def test_lines_of_progress_and_the_table(tmp_path: Path, inline: None) -> None:
    grid = write(tmp_path, GOOD.replace(", 0.7", ""))
    for lang, words in (("en", ("done min_share", "gap 0.00 %", "tasks: 1 done")),
                        ("zh", ("此前已有结果", "任务: 完成 1"))):  # fmt: skip
        result = run("sweep", "tiny", "--grid", grid, "-o", tmp_path / "s", lang=lang)
        assert [word for word in words if word not in result.output] == []
        assert "[1/1" in result.stderr


def test_faults_of_grid_and_scenario_in_one_run(tmp_path: Path) -> None:
    scenario = tiny_copy(tmp_path) / "scenario.yaml"
    scenario.write_text("name: x\nledger: nowhere\nstandard: cn-2014\n", encoding="utf-8")
    grid = write(tmp_path, "axes: {solve.workers: [1]}\n")
    data = run_json("sweep", scenario, "--grid", grid, "-o", tmp_path / "s", code=2)
    assert [f["code"] for f in data["findings"]] == ["workers-in-grid", "file-missing"]


def test_what_is_refused_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "s"
    bad = write(tmp_path, "set: {solve.work: 0}\naxes: {solve.seed: [1]}\n", "bad.yaml")
    assert "bad.yaml:1" in run("sweep", "tiny", "--grid", bad, "-o", out, code=2).stderr
    grid = write(tmp_path, GOOD)
    run("sweep", "tinny", "--grid", grid, "-o", out, code=2)
    run("sweep", "tiny", "--grid", tmp_path / "none.yaml", "-o", out, code=2)
    both = ("--jobs", "2", "--cluster", "tcp://127.0.0.1:1")
    assert "not both" in run("sweep", "tiny", "--grid", grid, "-o", out, *both, code=2).stderr
    assert not out.exists()
    out.mkdir()
    (out / "letter.txt").write_text("kept", encoding="utf-8")
    assert "in the way" in run("sweep", "tiny", "--grid", grid, "-o", out, code=2).stderr
    assert files(out).keys() == {"letter.txt"}


def test_two_sweeps_never_share_a_folder(copy: Path) -> None:
    fcntl = pytest.importorskip("fcntl", reason="locks of POSIX")
    with (copy / "s" / ".sweep.lock").open("a") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        arguments = ("sweep", "tiny", "--grid", copy / "grid.yaml", "-o", copy / "s")
        assert "another sweep is running" in run(*arguments, code=2).stderr
    run(*arguments, code=2, lang="zh")
