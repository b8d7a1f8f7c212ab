"""`allocator standards` and `allocator entitle` for the packs of every place."""

from pathlib import Path
from typing import Any

import pytest

from standards.load import bundled_standards
from tests.cli_runs import run, run_json
from tests.place_ledgers import write_ledger

OVERLAY = """\
format: allocator-standard-overlay/1
code: our-city
applies_to: cn-2014
authority: 某市机关事务管理局
levels:
  municipal:
    grades: [{code: bureau_head, area_m2: 18, clause: 细则第三条, confidence: local}]
    service: {rate: 5, clause: 细则第四条, confidence: local}
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    path = tmp_path / "our-city.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    return path


# -- list and show ------------------------------------------------------------------------------


def test_the_list_has_place_date_and_confidence() -> None:
    packs = {pack["code"]: pack for pack in run_json("standards")["standards"]}
    assert sorted(packs) == bundled_standards()
    assert packs["cn-2014"]["confidence"] == {"high": 25, "medium-high": 13, "medium": 1}
    assert (packs["jp-soumu"]["repealed"], packs["jp-soumu"]["individual"]) == ("2011", False)
    text = run("standards").output
    assert "repealed 2011" in text and "medium-high 13" in text and "澳大利亚 Australia" in text
    assert "2011 废止" in run("standards", lang="zh").output


@pytest.mark.parametrize("code", bundled_standards())
def test_show_has_every_figure_with_clause_and_confidence(code: str) -> None:
    shown = run_json("standards", "show", code)
    assert all(
        f["clause"] and f["confidence"] for f in shown["figures"] if f["key"] != "individual"
    )
    assert shown["lines"] and all(line["form_zh"] and line["form_en"] for line in shown["lines"])
    for lang, word in (("en", "confidence"), ("zh", "可靠程度")):
        text = run("standards", "show", code, lang=lang).output
        assert word in text
        assert [f[lang] for f in shown["figures"] if f[lang] not in text] == []


def test_show_says_how_lines_are_worked_out_and_what_is_asked_for(overlay: Path) -> None:
    text = run("standards", "show", "cn-2014", "--overlay", overlay).output
    assert "9%×(offices + service rooms)" in text
    assert "(usable area)/0.65 + ancillary rooms" in text
    assert "8 m2 (x<=200); (1100-x)/100" not in text
    assert "set by: our-city: 某市机关事务管理局" in text
    assert "to be supplied: service rate: central" in text
    assert "municipal: bureau head" in text and "18 m2" in text


def test_warnings_of_a_pack_are_printed_apart(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(OVERLAY.replace("细则第三条", "三级办公用房"), encoding="utf-8")
    done = run("standards", "show", "cn-2014", "--overlay", old, "--json")
    assert "a figure of the repealed 1999 standard" in done.stderr
    assert f"{old.as_posix()}:7:" in done.stderr
    assert "repealed" not in done.stdout.replace('"repealed"', "")


def test_json_belongs_behind_the_subcommand() -> None:
    assert "after the subcommand" in run("standards", "--json", "show", "uk", code=2).stderr


@pytest.mark.parametrize("name", ["show", "diff"])
def test_subcommands_have_help_in_both_languages(name: str) -> None:
    assert "用法:" in run("standards", name, "--help", lang="zh").output
    english = run("standards", name, "--help").output
    assert "Usage:" in english and english.isascii()


# -- diff ---------------------------------------------------------------------------------------


def test_diff_of_a_pack_with_itself_is_empty() -> None:
    assert run_json("standards", "diff", "uk", "uk")["changes"] == []
    assert "No figure differs." in run("standards", "diff", "uk", "uk").output


def test_diff_names_old_and_new_with_both_clauses(overlay: Path) -> None:
    changes = run_json("standards", "diff", "cn-2014", "cn-2014", "--overlay-b", overlay)["changes"]
    assert [(c["kind"], c["key"]) for c in changes] == [
        ("changed", "grade/municipal/bureau_head"),
        ("changed", "service/municipal"),
    ]
    assert changes[0]["old"]["value"] == "24 m2" and changes[0]["old"]["clause"] == "第十一条"
    assert changes[0]["new"]["value"] == "18 m2" and changes[0]["new"]["clause"] == "细则第三条"
    text = run("standards", "diff", "cn-2014", "cn-2014", "--overlay-b", overlay).output
    assert "24 m2" in text and "第十一条 (high)" in text and "细则第三条 (local)" in text


def test_diff_runs_both_ways(overlay: Path) -> None:
    there = run_json("standards", "diff", "uk", "au")["changes"]
    assert ("added", "grade/central/workpoint") in [(c["kind"], c["key"]) for c in there]
    assert ("removed", "grade/central/fte") in [(c["kind"], c["key"]) for c in there]
    back = run_json("standards", "diff", "cn-2014", "cn-2014", "--overlay-a", overlay)["changes"]
    assert back[0]["old"]["value"] == "18 m2" and back[0]["new"]["value"] == "24 m2"


def test_the_same_figure_on_another_basis_is_a_difference(tmp_path: Path) -> None:
    path = tmp_path / "o.yaml"
    path.write_text(OVERLAY.replace("area_m2: 18", "area_m2: 24"), encoding="utf-8")
    changes = run_json("standards", "diff", "cn-2014", "cn-2014", "--overlay-b", path)["changes"]
    assert (changes[0]["kind"], changes[0]["key"]) == ("basis", "grade/municipal/bureau_head")


# -- diff on a ledger ---------------------------------------------------------------------------


def _effect(tmp_path: Path, overlay: Path, office: str, service: str) -> Any:
    posts = {"bureau_head": 1, "below_bureau": 4}
    ledger = write_ledger(tmp_path / "ledger", "municipal", posts, office, service)
    return run_json(
        "standards", "diff", "cn-2014", "cn-2014", "--overlay-b", overlay, "--ledger", ledger,
        "--on", "2026-01-01",
    )  # fmt: skip


def test_verdicts_that_appear_name_the_figure_that_did_it(tmp_path: Path, overlay: Path) -> None:
    # 20 m2: within 24, above 18. 30 m2 of service rooms: within 5 posts x 8, above 5 x 5.
    effect = _effect(tmp_path, overlay, "20", "30")
    assert [(v["kind"], v["key"].split("|")[0], v["why"]) for v in effect["verdicts"]] == [
        ("appeared", "over_standard", ["grade/municipal/bureau_head"]),
        ("appeared", "service_over", ["service/municipal"]),
    ]
    assert effect["verdicts"][0]["old"] is None
    assert effect["verdicts"][0]["new"]["expected"] == 18.0


def test_verdicts_that_change_or_disappear(tmp_path: Path, overlay: Path) -> None:
    effect = _effect(tmp_path, overlay, "25", "50")
    kinds = {v["key"].split("|")[0]: v for v in effect["verdicts"]}
    assert {name: v["kind"] for name, v in kinds.items()} == {
        "over_standard": "changed",
        "service_over": "changed",
    }
    assert (
        kinds["over_standard"]["old"]["expected"],
        kinds["over_standard"]["new"]["expected"],
    ) == (
        24.0,
        18.0,
    )
    ledger = tmp_path / "ledger"
    write_ledger(ledger, "municipal", {"bureau_head": 1, "below_bureau": 4}, "20", "30")
    back = run_json("standards", "diff", "cn-2014", "cn-2014", "--overlay-a", overlay,
                    "--ledger", ledger)  # fmt: skip
    assert {v["kind"] for v in back["verdicts"]} == {"disappeared"}
    assert all(v["new"] is None and v["why"] for v in back["verdicts"])


def test_entitlements_that_change_name_every_figure_behind_them(
    tmp_path: Path, overlay: Path
) -> None:
    effect = _effect(tmp_path, overlay, "20", "30")
    found = {e["item"]: e for e in effect["entitlements"]}
    assert (found["office"]["old_m2"], found["office"]["new_m2"]) == (60.0, 54.0)
    assert (found["service"]["old_m2"], found["service"]["new_m2"]) == (40.0, 25.0)
    assert found["service"]["why"] == ["service/municipal"]
    both = ["grade/municipal/bureau_head", "service/municipal"]
    assert found["equipment"]["why"] == found["gross"]["why"] == both


def test_the_effect_is_told_in_both_languages(tmp_path: Path, overlay: Path) -> None:
    posts = {"bureau_head": 1, "below_bureau": 4}
    ledger = write_ledger(tmp_path / "ledger", "municipal", posts, "25", "50")
    arguments = ("standards", "diff", "cn-2014", "cn-2014", "--overlay-b", overlay,
                 "--ledger", ledger)  # fmt: skip
    english, chinese = (run(*arguments, lang=lang).output for lang in ("en", "zh"))
    assert "[expected 24.00 -> 18.00]" in english
    assert "because of: municipal: bureau head 24 m2 -> 18 m2 (第十一条 -> 细则第三条)" in english
    assert "由于: 市级 正局(处)级 24 m2 -> 18 m2（" not in chinese
    assert "由于: 市级 正局(处)级 24 m2 -> 18 m2" in chinese and "应为 24.00 -> 18.00" in chinese


def test_the_same_standard_twice_changes_nothing(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "ledger", "municipal", {"bureau_head": 1}, "50")
    effect = run_json("standards", "diff", "cn-2014", "cn-2014", "--ledger", ledger)
    assert (effect["verdicts"], effect["entitlements"]) == ([], [])


def test_packs_of_two_places_do_not_share_grades(tmp_path: Path) -> None:
    posts = {"bureau_head": 1, "below_bureau": 4}
    ledger = write_ledger(tmp_path / "ledger", "municipal", posts)
    for pair in (("cn-2014", "jp-soumu"), ("jp-soumu", "cn-2014")):
        data = run_json("standards", "diff", *pair, "--ledger", ledger, code=2)
        found = data["findings"]
        assert [f["code"] for f in found] == ["grade-not-shared"] * 2
        assert [f["value"] for f in found] == ["bureau_head", "below_bureau"]
        assert found[0]["place"]["file"].endswith("posts.csv") and found[0]["place"]["row"] == 2
        assert "section_chief" in found[0]["expected"]
        assert found[0]["advice_en"].startswith("Maybe ") and found[0]["zh"]


# -- entitle ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "level", "posts", "usable"),
    [
        ("cn-2014", "municipal", {"正局(处)级": 1, "below_bureau": 4}, 109.0),
        ("in-2017", "central", {"Level 14": 1, "section officer": 4}, 44.0),
        ("jp-soumu", "municipal", {"部長・次長級": 1, "一般職員": 4}, 101.11),
        ("uk", "central", {"FTE": 12}, 96.0),
        ("au", "central", {"使用中工位": 10}, 140.0),
    ],
)
def test_entitle_works_for_a_ledger_of_each_place(
    tmp_path: Path, pack: str, level: str, posts: dict[str, int], usable: float
) -> None:
    ledger = write_ledger(tmp_path / "ledger", level, posts)
    data = run_json("entitle", ledger, "--standard", pack)
    rows = {row["item"]: row for row in data["lines"] if row["unit"] == "u"}
    assert rows["usable"]["area_m2"] == usable
    assert all(row["confidence"] and row["arithmetic"] for row in rows.values())
    assert [f["severity"] for f in data["findings"] if f["severity"] != "info"] == []
    totals = {row["item"]: row["area_m2"] for row in data["lines"] if not row["unit"]}
    assert totals["usable"] == usable
    assert rows["usable"]["zh"] in run("entitle", ledger, "--standard", pack, lang="zh").output


def test_entitle_takes_the_amounts_that_are_left_to_the_user(tmp_path: Path) -> None:
    posts = {"special": 4, "director": 9, "section_chief": 50, "subsection_chief": 159,
             "staff": 291}  # fmt: skip
    ledger = write_ledger(tmp_path / "ledger", "municipal", posts)
    data = run_json("entitle", ledger, "--standard", "jp-soumu",
                    "--given", "u:garage=500", "--given", "assembly=700")  # fmt: skip
    assert {r["item"]: r["area_m2"] for r in data["lines"] if r["unit"]}["gross"] == 13_488.78
    assert data["findings"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("x:garage=500", "there is no such unit"),
        ("u:pool=500", "leaves no such amount"),
        ("u:garage=big", "no valid number"),
        ("u:garage", "no valid number"),
        ("u:garage=-5", "no valid number"),
    ],
)
def test_amounts_that_cannot_be_read(tmp_path: Path, given: str, said: str) -> None:
    ledger = write_ledger(tmp_path / "ledger", "municipal", {"staff": 3})
    done = run("entitle", ledger, "--standard", "jp-soumu", "--given", given, code=2)
    assert (
        said in done.stderr and given in done.stderr and "Maybe write unit:line=m2" in done.stderr
    )


@pytest.mark.parametrize(
    ("pack", "grade", "level"), [("uk", "fte", "central"), ("jp-soumu", "staff", "municipal")]
)
def test_where_only_totals_count_the_audit_holds_units_to_their_total(
    tmp_path: Path, pack: str, grade: str, level: str
) -> None:
    # One person in 20 m2 and a service room of 30 m2: far above 8 m2, or 12.09 in Japan.
    ledger = write_ledger(tmp_path / "ledger", level, {grade: 1})
    data = run_json("audit", ledger, "--standard", pack, "--on", "2026-01-01", code=1)
    kinds = [f["rule"] for f in data["findings"]]
    assert "aggregate_over" in kinds
    assert "over_standard" not in kinds


def test_check_asks_for_no_service_rate_where_the_standard_has_no_such_line(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "ledger", "central", {"FTE": 1})
    found = run_json("check", ledger, "--standard", "uk")["findings"]
    assert "level-without-service-rate" not in [f["code"] for f in found]
    ledger = write_ledger(tmp_path / "ledger", "central", {"minister": 1})
    found = run_json("check", ledger, "--standard", "cn-2014")["findings"]
    assert "level-without-service-rate" in [f["code"] for f in found]
