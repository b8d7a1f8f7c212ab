"""Keys of tasks: another problem has another key, the same problem the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.findings import InputError
from allocator.scenario_file import read_scenario
from allocator.sweep.grid import read_grid
from allocator.sweep.tasks import Task, check_base, digest, resolved_tasks, task_key
from tests.cli_runs import TINY, tiny_copy

SCENARIO = TINY / "scenario.yaml"
WORK_1 = {"solve.work": 1, "solve.workers": 1}


def _tasks(folder: Path, text: str, scenario: Path = SCENARIO) -> list[Task]:
    path = folder / "grid.yaml"
    path.write_text(text, encoding="utf-8")
    return list(resolved_tasks(read_grid(path), scenario))


@pytest.mark.parametrize(
    "other",
    [
        {"solve.seed": 1},
        {"solve.work": 2},
        {"solve.gap": "1/100"},
        {"policy.min_share": "7/10"},
        {"policy.single": {"municipal": {"bureau_head": False}}},
        {"forbid": [{"unit": "finance", "room": "A-101"}]},
        {"standard": {"pack": "cn-2014", "overlays": ["hubei-township"]}},
        {"name": "another"},
    ],
)
def test_another_problem_has_another_key(other: dict[str, object]) -> None:
    changed = read_scenario(SCENARIO, {**WORK_1, **other})
    assert digest(changed) != digest(read_scenario(SCENARIO, WORK_1))


def test_another_ledger_has_another_key_and_another_spelling_the_same(tmp_path: Path) -> None:
    known = digest(read_scenario(SCENARIO, WORK_1))
    changed = tiny_copy(tmp_path, "office,16.00", "office,15.00", "rooms") / "scenario.yaml"
    assert digest(read_scenario(changed, WORK_1)) != known
    (tmp_path / "same").mkdir()
    spelled = tiny_copy(tmp_path / "same", "office,16.00", "office,16.0", "rooms")
    scenario = spelled / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text + "\n# a remark\npins: []\n", encoding="utf-8")
    assert digest(read_scenario(scenario, WORK_1)) == known


def test_other_packages_have_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = read_scenario(SCENARIO, WORK_1)
    known = digest(scenario)
    monkeypatch.setattr("allocator.sweep.tasks.version", lambda name: "0")
    assert digest(scenario) != known


def test_keys_are_folder_names_anywhere() -> None:
    hashed = "0" * 12
    assert task_key("a/b: *c*", hashed) == f"a-b-c-{hashed}"
    assert task_key("../..", hashed) == f"task-{hashed}"
    assert task_key("局 甲", hashed) == f"局-甲-{hashed}"
    assert len(task_key("x" * 500, hashed)) < 80


def test_tasks_that_resolve_to_the_same_are_one(tmp_path: Path) -> None:
    tasks = _tasks(
        tmp_path,
        "set: {solve.work: 1}\n"
        "axes: {v: {a: {}, b: {policy.min_share: 0.65}, c: {solve.seed: 0}}}\n"
        "cases: [{name: d, set: {solve.seed: 1}}]\n",
    )
    assert [task.name for task in tasks] == ["v-a", "d"]


def test_a_bad_override_is_located_in_the_grid_and_is_a_task_of_its_own(tmp_path: Path) -> None:
    good, bad, worse = _tasks(
        tmp_path,
        "axes:\n  v:\n    good: {}\n    bad:\n      pins:\n        - {unit: finance, room: A-101}\n"
        "        - {unit: fiance, room: A-101}\n    worse: {nonsense: 1}\n",
    )
    assert good.scenario is not None and bad.scenario is None and worse.scenario is None
    places = [(f.code, f.place.row) for task in (bad, worse) for f in task.findings]
    assert places == [("unknown-unit", 7), ("unknown-key", 8)]


def test_a_bad_common_setting_stops_before_any_task(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text("set:\n  solve.work: -1\naxes: {solve.seed: [1]}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"grid\.yaml:2:\d+: out of range"):
        check_base(read_grid(path), SCENARIO)
