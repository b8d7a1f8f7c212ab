"""`allocator tradeoff` from the command line: files, resuming, bad usage."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli_runs import run


def test_points_are_written_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "front"
    run("tradeoff", "tiny", "-o", folder, "--work", "20", "--at-most", "5", "--json")
    data = json.loads((folder / "front.json").read_text(encoding="utf-8"))
    assert data["format"] == "allocator-front/1"
    assert data["complete"]
    assert all(p["status"] == "proved" for p in data["points"])
    with (folder / "front.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["moved"] for row in rows] == [str(p["moved"]) for p in data["points"]]
    for point in data["points"]:
        run("verify", folder / point["plan"])
    times = {p: p.stat().st_mtime_ns for p in folder.glob("*/plan.json")}
    assert times
    run("tradeoff", "tiny", "-o", folder, "--work", "20", "--json")
    assert json.loads((folder / "front.json").read_text(encoding="utf-8")) == data
    assert {p: p.stat().st_mtime_ns for p in folder.glob("*/plan.json")} == times


def test_bad_usage_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "front"
    for wrong in (
        ("--points", "1"), ("--at-most", "-1"), ("--seconds", "5", "--work", "5"),
    ):  # fmt: skip
        run("tradeoff", "tiny", "-o", folder, *wrong, code=2)
    run("tradeoff", "nowhere", "-o", folder, code=2)
    assert not folder.exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="utf-8")
    run("tradeoff", "tiny", "-o", other, code=2)
    assert [p.name for p in other.iterdir()] == ["letter.txt"]
