"""The harness itself: what it counts, that it kills, that it keeps what is finished."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from allocator.problem import Problem
from tests.benchmarks import run
from tests.benchmarks.attempt import Clock
from tests.benchmarks.bundles import NotLawful, checked, plan_of
from tests.benchmarks.greedy import greedy
from tests.benchmarks.instances import SEEDS, TUNING_SEEDS, instance, priced_scenario
from tests.benchmarks.statistics import exponent, gap_at, quantile, ratio
from tests.benchmarks.watched import PROC, watched
from viz.bench import Line, draw_gaps
from viz.theme import save_figure

OURS = {"status": "ok", "unhoused": 0.0, "space": 100.0}


def test_ratios_put_unhoused_posts_before_space() -> None:
    assert ratio({"status": "ok", "unhoused": 0.0, "space": 125.0}, OURS) == 1.25
    assert ratio({"status": "ok", "unhoused": 1.0, "space": 50.0}, OURS) == inf
    assert ratio({"status": "unlawful"}, OURS) == inf
    assert ratio({"status": "skipped"}, OURS) is None
    assert ratio({"status": "ok", "unhoused": 0.0, "space": 1.0}, {**OURS, "unhoused": 2.0}) == 0


def test_quartiles_and_growth() -> None:
    assert quantile([4.0, 1.0, 2.0, 3.0], 0.5) == 2.5
    assert quantile([1.0, 2.0, inf], 0.75) == inf
    assert quantile([], 0.5) is None
    assert exponent([(100.0, 3.0), (1000.0, 300.0)]) == pytest.approx(2)
    assert exponent([(100.0, 3.0), (110.0, 300.0)]) is None


def test_gap_over_time_reads_the_best_plan_known_by_then() -> None:
    pair = {"trace": [(1.0, 200.0), (5.0, 125.0)]}
    assert gap_at(pair, 100.0, 0.5) == inf
    assert gap_at(pair, 100.0, 2.0) == 0.5
    assert gap_at(pair, 100.0, 9.0) == 0.2
    assert gap_at(pair, None, 9.0) is None


def test_a_process_that_outlasts_its_end_is_killed_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "time.sleep(60)"
    )
    done = watched(
        [sys.executable, "-c", code], tmp_path, tmp_path / "log.txt", lambda spent: spent > 1
    )
    assert done.killed and done.seconds < 10
    assert (done.peak_mib is not None and done.peak_mib > 1) == PROC.is_dir()


def test_greedy_plans_are_lawful_and_unlawful_ones_are_refused(tmp_path: Path) -> None:
    made = instance("district", 3, tmp_path)
    scenario = priced_scenario(made.folder, 5, 1, 0)
    found = greedy(scenario, Clock(5))
    problem = Problem(scenario)
    assert found.rows is not None
    figures = checked(
        tmp_path / "plan", scenario, plan_of(problem, found.rows, found.common, "greedy")
    )
    assert figures["space"] > 0
    one = next(r for r in found.rows if r.people)
    other = next(r for r in found.rows if r.people and r.unit != one.unit)
    mixed = tuple(replace(r, room=other.room) if r is one else r for r in found.rows)
    with pytest.raises(NotLawful, match="one_unit_per_room"):
        checked(tmp_path / "bad", scenario, plan_of(problem, mixed, found.common, "greedy"))


def test_finished_pairs_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--scale", "district", "--seeds", "3", "--seconds", "1", "--methods", "greedy"]
    run.main([*arguments, "-o", str(tmp_path)])
    kept = next(tmp_path.glob("runs/*/greedy/pair.json"))
    data = json.loads(kept.read_text(encoding="utf-8"))
    assert data["status"] == "ok"
    data["space"] = 1.25
    kept.write_text(json.dumps(data), encoding="utf-8")
    run.main([*arguments, "-o", str(tmp_path)])
    assert "| 1.25 |" in capsys.readouterr().out
    assert (tmp_path / "bench.csv").read_text(encoding="utf-8").count("\n") == 2


def test_no_seed_is_tuned_on_and_shown() -> None:
    assert not set(SEEDS) & set(TUNING_SEEDS)
    assert len(SEEDS) >= 5


def test_the_picture_has_a_panel_per_scale(tmp_path: Path) -> None:
    lines = [
        Line("district", "ours", ((1.0, 0.2), (2.0, 0.1))),
        Line("pilot", "greedy", ((1.0, 0.4),)),
    ]
    figure = draw_gaps(lines, lang="zh")
    assert len(figure.axes) == 2
    assert save_figure(figure, tmp_path / "gaps.png").stat().st_size > 1000
