"""`allocator audit` and what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from allocator.ledger.read import read_ledger
from allocator.ledger.write import write_ledger_xlsx
from standards.load import load_standard
from tests.cli_runs import TINY, files, run, run_json

LEDGER = TINY / "ledger"
ASKED = ("--standard", "cn-2014", "--on", "2026-01-05")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "own.xlsx"
    write_ledger_xlsx(read_ledger(LEDGER, load_standard("cn-2014", ())), path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_at_once(tmp_path: Path, book: Path, lang: str) -> None:
    before = book.read_bytes()
    out = [tmp_path / name for name in ("f.xlsx", "copy.xlsx", "list.xlsx")]
    done = run(
        "audit", book, *ASKED, "-o", out[0], "--mark", out[1], "--rectify", out[2],
        "--sample", 3, "--seed", 7, code=1, lang=lang,
    )  # fmt: skip
    assert book.read_bytes() == before
    assert all(str(path) in done.stderr for path in out)
    zh = lang == "zh"
    assert load_workbook(out[0]).sheetnames[0] == ("问题清单" if zh else "findings")
    assert load_workbook(out[1]).sheetnames[-1] == ("问题清单" if zh else "findings")
    assert load_workbook(out[2]).sheetnames[0] == ("整改台账" if zh else "rectification")
    way = str(load_workbook(out[2]).worksheets[0]["L2"].value)
    assert way.startswith("第 1 项 " if zh else "No. 1, ")
    assert ("没有二级或派出单位" if zh else "no secondary or dispatched unit") in done.stdout


def test_a_folder_of_csv_is_marked_as_a_workbook(tmp_path: Path) -> None:
    done = run("audit", LEDGER, *ASKED, "--mark", tmp_path / "copy.xlsx", code=1)
    assert "the input is no workbook" in done.stderr
    assert "rooms" in load_workbook(tmp_path / "copy.xlsx").sheetnames


def test_json_on_file_is_json_on_screen(tmp_path: Path) -> None:
    out = tmp_path / "f.json"
    shown = run_json("audit", LEDGER, *ASKED, "-o", out, "--sample", 2, code=1)
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert kept == {key: value for key, value in shown.items() if key in kept}
    assert set(shown) - set(kept) <= {"notes"}
    assert shown["written"] == {"output": str(out)}
    assert shown["sample"]["population"] == 0
    assert len(shown["findings"]) == 6


def test_a_recheck_counts_and_keeps_the_old_list(tmp_path: Path) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    run("audit", LEDGER, *ASKED, "--rectify", old, "--days", 30, code=1)
    kept = old.read_bytes()
    later = ("--standard", "cn-2014", "--on", "2026-02-05")
    data = run_json("audit", LEDGER, *later, "--recheck", old, "--rectify", new, code=1)
    assert data["recheck"]["counts"]["kept"] == 6
    assert old.read_bytes() == kept
    assert new.is_file()
    done = run("audit", LEDGER, *later, "--recheck", old, "--rectify", old, code=2)
    assert "the output exists already" in done.stderr
    assert old.read_bytes() == kept
    done = run("audit", LEDGER, *later, "--recheck", old, "--rectify", old, "--force", code=1)
    assert "still found" in done.stdout
    assert old.read_bytes() != kept


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--recheck", "old.xlsx"), "--recheck needs --rectify"),
        (("-o", "f.docx"), "--output has the wrong ending"),
        (("--mark", "f.csv"), "--mark has the wrong ending"),
        (("--rectify", "f.csv"), "--rectify has the wrong ending"),
        (("-o", "f.xlsx", "--mark", "f.xlsx"), "--mark and --output are one file"),
        (("-o", "f.csv", "--sample", "3"), "such a file has no room for the sample"),
        (("--recheck", "none.xlsx", "--rectify", "new.xlsx"), "does not exist"),
        (("--mark", "own.xlsx", "--force"), "--mark and TARGET are one file"),
        (
            ("--recheck", "own.xlsx", "-o", "own.xlsx", "--rectify", "new.xlsx", "--force"),
            "--output and TARGET are one file",
        ),
        (
            ("--recheck", "old.xlsx", "-o", "old.xlsx", "--rectify", "new.xlsx", "--force"),
            "--output and --recheck are one file",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(
    tmp_path: Path, book: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = files(tmp_path)
    given = [tmp_path / a if a.endswith((".xlsx", ".csv", ".docx")) else a for a in arguments]
    done = run("audit", book, *ASKED, *given, code=2)
    assert words in done.stderr
    assert files(tmp_path) == before


def test_an_existing_output_is_only_replaced_by_force(tmp_path: Path) -> None:
    out = tmp_path / "f.xlsx"
    out.write_text("mine")
    assert "the output exists already" in run("audit", LEDGER, *ASKED, "-o", out, code=2).stderr
    assert out.read_text() == "mine"
    run("audit", LEDGER, *ASKED, "-o", out, "--force", code=1)
    assert load_workbook(out).sheetnames[0] == "findings"


def test_the_sample_follows_the_seed() -> None:
    drawn = [
        run_json("audit", "inspected-city", *ASKED[2:], "--sample", 15, "--seed", seed, code=1)
        for seed in (7, 8)
    ]
    for data in drawn:
        assert data["sample"]["size"] == 15
        assert sum(s["allocated"] for s in data["sample"]["strata"]) == 15
    assert drawn[0]["findings"] == drawn[1]["findings"]
    assert drawn[0]["sample"]["strata"] != drawn[1]["sample"]["strata"]


def test_a_draft_that_is_a_workbook_is_marked_itself(tmp_path: Path, book: Path) -> None:
    draft, out = tmp_path / "draft.xlsx", tmp_path / "copy.xlsx"
    sheet = (made := Workbook()).worksheets[0]
    sheet.append(["房间", "单位", "职级", "人数", "备注"])
    sheet.append(["A-101", "housing", "局(处)级以下", 1, "lift side"])
    made.save(draft)
    run("audit", book, *ASKED, "--plan", draft, "--mark", out, code=1)
    marked = load_workbook(out).worksheets[0]
    assert marked["E2"].value == "lift side"
    text = marked["D2"].comment.text if marked["D2"].comment else ""
    assert "room A-101" in text and "24.00 m2" in text
