"""The harness itself: what it counts, that it kills, that it keeps what is finished."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from itertools import combinations
from math import inf
from pathlib import Path

import pytest

from allocator.problem import Problem
from tests.benchmarks import run
from tests.benchmarks.attempt import Clock
from tests.benchmarks.bundles import NotLawful, checked, plan_of
from tests.benchmarks.greedy import greedy
from tests.benchmarks.instances import SEEDS, TUNING_SEEDS, instance, priced_scenario
from tests.benchmarks.statistics import Pair, exponent, gap_at, quantile, ratio
from tests.benchmarks.summary import short_table
from tests.benchmarks.tables import curves, summary
from tests.benchmarks.watched import PROC, watched
from tests.viz.colour_vision import SIGHTS, distance, lab
from viz.bench import DASHES, INKS, MARKS, Line, Moment, draw_gaps
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


def test_side_by_side_gives_every_method_one_core_of_its_own(tmp_path: Path) -> None:
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores to pin to")
    arguments = ["--scale", "district", "--seeds", "3", "4", "--seconds", "1", "--side-by-side"]
    run.main([*arguments, "--methods", "greedy", "-o", str(tmp_path)])
    assert len(list(tmp_path.glob("runs/district-*-1s-1w-2-beside/greedy/pair.json"))) == 2
    pairs = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["pairs"]
    assert [(p["seed"], p["status"], p["workers"]) for p in pairs] == [(3, "ok", 1), (4, "ok", 1)]
    short = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "Every method has 1 core that is its own; 2 methods run side by side" in short


def test_lanes_share_no_core(capsys: pytest.CaptureFixture[str]) -> None:
    given = argparse.Namespace(cores=[2, 5, 7], workers=2, side_by_side=True)
    assert run._lanes(given).cores == ((2,), (5,))
    given.side_by_side = False
    assert run._lanes(given).cores == ((2, 5),)
    with pytest.raises(SystemExit):
        run.main(["--side-by-side", "--workers", "1"])
    assert "needs 2 cores" in capsys.readouterr().err


def _pair(method: str, seed: int, space: float, trace: list[tuple[float, float]]) -> Pair:
    return {
        "scale": "district", "seed": seed, "method": method, "budget": 60, "workers": 2,
        "beside": 1, "rooms": 400, "status": "ok", "unhoused": 0.0, "space": space,
        "seconds": 60.0, "peak_mib": 100, "trace": trace, "method_bound": 90.0,
    }  # fmt: skip


def test_the_short_table_tells_the_median_and_the_worst_for_us() -> None:
    pairs = [_pair("ours", seed, 100.0, [(2.0, 120.0), (9.0, 100.0)]) for seed in (1, 2, 3)]
    for seed, space in enumerate((99.0, 110.0, 130.0), 1):
        pairs.append(_pair("greedy", seed, space, [(1.0, space)]))
    text = short_table(summary(pairs), [], pairs)
    lines = [line for line in text.splitlines() if line.startswith("| district")]
    assert "| 1.000 (1.000-1.000) | 1.000 | 10.00 % | 2.0 | 9.0 |" in lines[0]
    assert "| 1.100 (1.045-1.200) | 0.990 | 18.18 % | 1.0 | 1.0 |" in lines[1]
    assert "district 60 s (3 instances)" in text and "nothing runs beside it" in text


def test_bands_lie_between_the_quartiles() -> None:
    pairs = [_pair("ours", seed, 100.0, [(seed, 100.0)]) for seed in (1, 2, 30)]
    (line,) = curves(pairs)
    assert line.points[-1].seconds == 60 and line.points[-1].high == pytest.approx(0.1)
    at_ten = next(p for p in line.points if p.seconds > 10)
    assert (at_ten.middle, at_ten.high) == (pytest.approx(0.1), inf)


def test_the_picture_has_a_panel_per_scale(tmp_path: Path) -> None:
    lines = [
        Line("district", 60, "ours", (Moment(1, 0.2, 0.1, inf), Moment(2, 0.1, 0.1, 0.2))),
        Line("pilot", 120, "greedy", (Moment(1, 0.4, 0.3, 0.5),)),
        Line("city", 300, "greedy", (Moment(1, inf, inf, inf),)),
    ]
    figure = draw_gaps(lines, lang="zh")
    assert [ax.get_title() for ax in figure.axes] == ["县区，60 秒", "试点，120 秒", "全市，300 秒"]
    assert figure.axes[0].get_ylim()[1] < 50
    assert save_figure(figure, tmp_path / "gaps.png").stat().st_size > 1000


def test_methods_are_told_apart_without_red_and_green() -> None:
    for sight in SIGHTS:
        seen = [lab(ink, sight) for ink in INKS]
        closest = min(distance(a, b) for a, b in combinations(seen, 2))
        assert closest > 10, sight
    assert len(set(map(str, DASHES))) == len(set(MARKS)) == len(INKS)
