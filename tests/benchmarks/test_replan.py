"""The benchmark of answers after one change, on the smallest scenario."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.benchmarks.replan import KINDS, main


def test_every_change_is_timed_and_has_a_verified_answer(tmp_path: Path) -> None:
    main(["-o", str(tmp_path), "--scenario", "tiny", "--changes", "5", "--seconds", "1",
          "--start-seconds", "2", "--workers", "1"])  # fmt: skip
    with (tmp_path / "replan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 2
    assert [kind for kind in KINDS if kind in {row["kind"] for row in rows}] == [
        row["kind"] for row in rows
    ]
    for row in rows:
        assert 0 < float(row["first_s"]) <= float(row["housed_s"])
        assert float(row["unhoused"]) <= float(row["first_unhoused"])
        assert int(row["answers"]) >= 1
    table = (tmp_path / "replan.md").read_text(encoding="utf-8").splitlines()
    assert len(table) == 2 + len(rows) + 1
