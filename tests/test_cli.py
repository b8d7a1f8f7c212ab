"""Commands that need no solver, and what every command does with bad usage and bad input."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from openpyxl import load_workbook

from allocator import messages
from allocator.cli import COMMANDS, commands
from tests.cli_runs import TINY, files, run, run_json, tiny_copy

LEDGER = TINY / "ledger"


def program(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The installed program in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-c", "from allocator.cli import main; main()", *arguments],
        env={**clean, **environ}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


# -- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_both_languages(name: str) -> None:
    chinese, english = (run(name, "--help", lang=lang).output for lang in ("zh", "en"))
    assert "用法:" in chinese and "Usage:" not in chinese
    assert "Usage:" in english and english.isascii()
    assert "--json" in english


def test_help_lists_every_command() -> None:
    for lang, word in (("zh", "命令:"), ("en", "Commands:")):
        output = run("--help", lang=lang).output
        assert word in output
        assert [name for name in COMMANDS if f"\n  {name} " not in output] == []


def test_version() -> None:
    assert run("--version").output == f"allocator {version('space-allocator')}\n"


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "用法"),
        ({"LANG": "en_US.UTF-8"}, "Usage"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "用法"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "Usage"),
    ],
)
def test_language_comes_from_the_locale(environ: dict[str, str], word: str) -> None:
    assert program("--help", **environ).stdout.startswith(word)


def test_lang_option_beats_the_locale_wherever_it_stands() -> None:
    for arguments in (["--lang", "zh", "check", "none"], ["check", "none", "--lang=zh"]):
        done = program(*arguments, LANG="en_US.UTF-8")
        assert done.returncode == 2
        assert "错误: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "lang"),
    [(["--lang"], None), (["--lang", "fr"], None), (["--lang=en", "--lang", "zh"], "zh")],
)
def test_lang_of_arguments(arguments: list[str], lang: str | None) -> None:
    assert messages.lang_of_arguments(arguments) == lang


def test_a_console_without_chinese_shows_codes_instead_of_failing() -> None:
    done = program("standards", "--lang", "zh", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "\\u6807\\u51c6" in done.stdout


# -- bad usage: exit code 2, one sentence, nothing written ----------------------------------

BAD_USAGE = [
    (["nothing"], "No such command 'nothing'"),
    (["check"], "Missing argument"),
    (["check", "a", "b"], "unexpected extra argument"),
    (["check", "x", "--overlay", "y"], "--overlay needs --standard"),
    (["check", "x", "--wrong"], "No such option"),
    (["entitle", "x"], "there is no such scenario"),
    (["entitle", "x", "--standard", "cn-2014", "-o", "x.pdf"], "use .csv or .xlsx"),
    (["solve", "tiny"], "Missing option '-o'"),
    (["solve", "tiny", "-o", "p", "--seconds", "0"], "not in the range"),
    (["solve", "tiny", "-o", "p", "--work", "two"], "not a valid integer"),
    (["solve", "tiny", "-o", "p", "--work", "1", "--seconds", "1"], "not both"),
    (["solve", "tinny", "-o", "p"], "no such scenario"),
    (["verify", "none"], "error: "),
    (["compare", "today"], "two plans at least"),
    (["compare", "today", "today"], "must be a plan folder"),
    (["compare", "today", "none"], "error: "),
    (["report", "none", "-o", "r.html"], "error: "),
    (["report", "none", "--to", "docx", "-o", "r.docx"], "not available in this version"),
    (["report", "none", "--to", "txt", "-o", "r.txt"], "no such format 'txt'"),
    (["template", "ledger.csv"], "must end in .xlsx"),
    (["generate", "--scale", "village", "-o", "d"], "is not one of"),
    (["generate", "--scale", "district"], "Missing option '-o'"),
    (["generate", "--seed", "-1", "-o", "d"], "not in the range"),
    (["demo", "--scenario", "none", "-o", "d"], "no such scenario"),
    (["check", "none.xlsx"], "does not exist"),
    (["entitle", "none.xlsx", "--standard", "cn-2014"], "does not exist"),
    (["entitle", str(LEDGER), "--standard", "cn-1999"], "no such standard"),
    (["check", str(LEDGER), "--standard", "cn-2014", "--overlay", "moon"], "no such overlay"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_USAGE)
def test_bad_usage(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, code=2)
    assert message in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_language() -> None:
    done = program("check", "x", "--lang", "fr")
    assert done.returncode == 2
    assert "Invalid value for '--lang': 'fr' is not one of 'zh', 'en'" in done.stderr


def test_bad_usage_in_chinese() -> None:
    assert "没有选项 '--wrong'" in run("check", "x", "--wrong", code=2, lang="zh").stderr
    assert "缺少参数" in run("check", code=2, lang="zh").stderr
    assert "没有命令 'nothing'" in run("nothing", code=2, lang="zh").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["template", "file/t.xlsx"],
        ["generate", "--scale", "tiny-random", "-o", "file/d"],
        ["solve", "tiny", "-o", "file/p"],
        ["solve", "tiny", "-o", "file"],
        ["demo", "--scenario", "tiny", "-o", "file/d"],
        ["entitle", str(LEDGER), "--standard", "cn-2014", "-o", "file/e.csv"],
    ],
)
def test_output_below_a_file(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("kept", encoding="utf-8")
    assert "error: " in run(*arguments, code=2).stderr
    assert files(tmp_path).keys() == {"file"}


def test_machine_output_of_bad_input() -> None:
    data = run_json("check", "none.xlsx", code=2)
    assert [finding["code"] for finding in data["findings"]] == ["missing-file"]


# -- template ------------------------------------------------------------------------------


def test_template_speaks_the_language_and_keeps_existing_files(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    run("template", path, lang="zh")
    assert "房间" in load_workbook(path).sheetnames
    before = files(tmp_path)
    assert "exists already" in run("template", path, code=2).stderr
    assert files(tmp_path) == before
    run("template", path, "--force")
    assert "rooms" in load_workbook(path).sheetnames


# -- check ---------------------------------------------------------------------------------


def test_check_of_a_sound_ledger() -> None:
    result = run("check", LEDGER, "--standard", "cn-2014")
    assert "0 errors" in result.output
    assert "no --standard given" not in result.output
    assert "no --standard given" in run("check", LEDGER).output


def test_check_lists_errors_one_a_line_with_their_place(tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path, "below_bureau,2,", "below_bureau,9,")
    result = run("check", copy / "ledger", "--standard", "cn-2014", code=1)
    errors = [line for line in result.stdout.splitlines() if line.startswith("error: ")]
    assert errors and all("occupancy.csv" in line and "value: " in line for line in errors)
    data = run_json("check", copy / "ledger", "--standard", "cn-2014", code=1)
    assert data["counts"]["error"] == len(errors)
    assert {f["severity"] for f in data["findings"]} >= {"error"}


def test_check_reports_every_unreadable_cell_at_once(tmp_path: Path) -> None:
    copy = tiny_copy(tmp_path, "office,16.00", "office,sixteen", table="rooms")
    path = copy / "ledger" / "units.csv"
    text = path.read_text(encoding="utf-8-sig").replace("municipal", "imperial", 1)
    path.write_text(text, encoding="utf-8-sig")
    result = run("check", copy / "ledger", code=2)
    assert "sixteen" in result.stderr and "imperial" in result.stderr
    assert result.stdout == ""


# -- entitle -------------------------------------------------------------------------------


def test_entitle_shows_arithmetic_and_clause() -> None:
    output = run("entitle", LEDGER, "--standard", "cn-2014", "--unit", "finance").output
    assert "市财政局" in output and "市住房局" not in output
    assert "24" in output and "条" in output


def test_entitle_refuses_an_unknown_unit() -> None:
    result = run("entitle", LEDGER, "--standard", "cn-2014", "--unit", "navy", code=2)
    assert "no such unit; value: navy" in result.stderr


def test_entitle_writes_the_same_lines_to_csv_xlsx_and_json(tmp_path: Path) -> None:
    base = ("entitle", LEDGER, "--standard", "cn-2014")
    lines = run_json(*base, "-o", tmp_path / "e.csv")["lines"]
    run(*base, "-o", tmp_path / "e.xlsx")
    text = (tmp_path / "e.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    sheet = load_workbook(tmp_path / "e.xlsx").worksheets[0]
    areas = [float(row[6].value) for row in sheet.iter_rows(min_row=2)]
    assert [float(r["area_m2"]) for r in rows] == areas == [line["area_m2"] for line in lines]
    assert "exists already" in run(*base, "-o", tmp_path / "e.csv", code=2).stderr


# -- generate, standards -------------------------------------------------------------------


def test_generate_gives_the_same_files_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("generate", "--scale", "district", "--seed", "7", "-o", tmp_path / name)
    run("generate", "--scale", "district", "--seed", "8", "-o", tmp_path / "c")
    a, b, c = (files(tmp_path / name) for name in "abc")
    assert a == b != c
    assert "files in the way" in run("generate", "-o", tmp_path / "a", code=2).stderr
    assert files(tmp_path / "a") == a


def test_standards_are_listed() -> None:
    assert "cn-2014" in run("standards").output
    data = run_json("standards")
    assert {pack["code"] for pack in data["standards"]} >= {"cn-2014"}
    assert "hubei-township" in data["overlays"]


def test_commands_are_the_files_of_their_folder() -> None:
    folder = Path(commands.get_command(None, "solve").callback.__code__.co_filename).parent  # type: ignore[arg-type, union-attr]
    defining = {
        path.stem
        for path in folder.glob("*.py")
        if "\n@new_command(" in path.read_text(encoding="utf-8")
    }
    assert defining == set(COMMANDS)
