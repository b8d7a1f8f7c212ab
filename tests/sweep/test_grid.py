"""The grid file: which tasks it makes, what they are called, and every slip located."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.findings import InputError
from allocator.sweep.grid import Grid, read_grid

GRID = """\
set: {solve.work: 5, policy: {min_share: 0.7}}
axes:
  solve.seed: [0, 1]
  variant:
    as-is: {}
    police-b3: {pins: [{unit: police, building: B3}], policy.reserve: 0}
cases:
  - name: long
    set: {solve.seconds: 9, policy.min_share: 0.65}
"""


def _grid(folder: Path, text: str) -> Grid:
    path = folder / "grid.yaml"
    path.write_text(text, encoding="utf-8")
    return read_grid(path)


def _faults(folder: Path, text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InputError) as caught:
        _grid(folder, text)
    assert all(f.zh and f.en and f.place.file.endswith("grid.yaml") for f in caught.value.findings)
    return [(f.code, f.place.row, f.value) for f in caught.value.findings]


def test_axes_are_multiplied_and_cases_added(tmp_path: Path) -> None:
    grid = _grid(tmp_path, GRID)
    tasks = list(grid.tasks())
    assert len(grid) == len(tasks) == 5
    assert [task.name for task in tasks] == [
        "seed-0_variant-as-is", "seed-0_variant-police-b3",
        "seed-1_variant-as-is", "seed-1_variant-police-b3", "long",
    ]  # fmt: skip
    assert tasks[3].choices == {"solve.seed": "1", "variant": "police-b3"}
    assert tasks[4].choices == {"case": "long"}


def test_later_settings_win_and_one_worker_is_always_set(tmp_path: Path) -> None:
    tasks = [task.overrides() for task in _grid(tmp_path, GRID).tasks()]
    pins = [{"unit": "police", "building": "B3"}]
    assert [sorted(task) for task in tasks[:2]] == [
        ["policy", "solve"],
        ["pins", "policy", "solve"],
    ]
    assert tasks[1]["pins"] == pins and tasks[1]["policy"]["reserve"] == 0
    assert tasks[0]["solve"] == {"work": 5, "seed": 0, "workers": 1}
    # A case's seconds replace the grid's work: both together would contradict each other.
    assert tasks[4]["solve"] == {"seconds": 9, "workers": 1}
    assert str(tasks[4]["policy"]["min_share"]) == "0.65"


def test_names_are_whole_where_their_last_parts_are_the_same(tmp_path: Path) -> None:
    grid = _grid(tmp_path, "axes: {a.x: [1], b.x: [2], c.y: [[1], [2]]}\n")
    assert [task.name for task in grid.tasks()] == ["a.x-1_b.x-2_y-1", "a.x-1_b.x-2_y-2"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{}\n", [("empty-grid", 1, "")]),
        ("axes: {}\n", [("empty-grid", 1, "")]),
        ("axs: {solve.seed: [1]}\n", [("unknown-key", 1, "axs")]),
        ("axes:\n  solve.seed: []\n", [("empty-axis", 2, "")]),
        ("axes:\n  solve.seed: 3\n", [("wrong-type", 2, "3")]),
        ("axes:\n  solve..seed: [3]\n", [("bad-key", 2, "solve..seed")]),
        ("axes:\n  solve.seed:\n    - 3\n    - 4\n    - 3\n", [("duplicate-entry", 5, "3")]),
        ("axes:\n  solve.workers: [1]\n", [("workers-in-grid", 2, "1")]),
        ("set:\n  solve: {workers: 2}\n", [("workers-in-grid", 2, "2")]),
        ("set:\n  policy.rates.hidden: 1\n  policy: {rates: {hidden: 2}}\naxes: {a: [0]}\n",
         [("set-twice", 3, "policy.rates.hidden")]),
        ("axes:\n  solve.seed: [0]\n  v:\n    a: {solve.seed: 1}\n",
         [("axes-overlap", 4, "solve.seed")]),
        ("axes:\n  solve.seconds: [1]\n  solve.work: [1]\n", [("axes-overlap", 3, "solve.work")]),
        ("cases:\n  - {set: {}}\n  - {name: a, set: {}}\n  - {name: a, set: {}}\n",
         [("missing-key", 2, ""), ("duplicate-entry", 4, "a")]),
        ("cases:\n  - name: a\n    set: {pins: [{unit: 010}]}\n", [("number-or-code", 3, "010")]),
        ("axes: {a: [1, 2], a: [3]}\n", [("yaml-duplicate-key", 1, "a")]),
    ],
)  # fmt: skip
def test_slips_are_located(text: str, faults: list[tuple[str, int, str]], tmp_path: Path) -> None:
    assert _faults(tmp_path, text) == faults


def test_all_slips_in_one_run(tmp_path: Path) -> None:
    text = "sett: {}\naxes:\n  solve.workers: [1]\n  policy.reserve: []\ncases: 3\n"
    assert [row for _, row, _ in _faults(tmp_path, text)] == [1, 3, 4, 5]


def test_a_grid_of_millions_is_refused(tmp_path: Path) -> None:
    values = list(range(101))
    text = f"axes: {{a: {values}, b: {values}, c: {values}}}\n"
    assert _faults(tmp_path, text) == [("grid-too-large", 1, str(101**3))]
