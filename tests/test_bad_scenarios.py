"""Broken scenario files: each fault is a finding with a code, a line and a column."""

from pathlib import Path

import pytest

from allocator.findings import InputError
from allocator.scenario_file import read_scenario
from tests.scenario_folders import HEAD, scenario_folder

HERE = "§"
"""Stands before the character where the finding must point."""

BROKEN = [
    # Shape
    ("§sties: {close: [main]}", "unknown-key"),
    ("solve: {seconds: 5, §sceed: 1}", "unknown-key"),
    ("pins: §main", "wrong-type"),
    ("pins: [§reform]", "wrong-type"),
    ("§name: twice", "yaml-duplicate-key"),
    ("pins: [{unit: reform§]", "yaml-syntax"),
    ("policy: §&x {}", "yaml-alias"),
    # Codes
    ("sites: {close: [§mian]}", "unknown-place"),
    ("sites: {close: [{site: §B1}]}", "unknown-site"),
    ("sites: {close: [§{site: main, building: B1}]}", "place-count"),
    ("pins: [{unit: §refrom, site: main}]", "unknown-unit"),
    ("pins: [{unit: reform, room: §R99}]", "unknown-room"),
    ("pins: [{unit: reform, building: §main}]", "unknown-building"),
    ("pins: [{unit: reform, floor: §F9}]", "unknown-floor"),
    ("pins: [§{unit: reform}]", "place-count"),
    ("pins: [§{unit: reform, site: main, building: B1}]", "place-count"),
    ("pins: [§{site: main}]", "missing-key"),
    ("pins: [{unit: finance, site: main, division: §office}]", "unknown-division"),
    ("pins: [{unit: reform, site: main, grade: §正科级}]", "unknown-grade"),
    ("pins: [{unit: §firm, site: main}]", "unit-not-planned"),
    ("forbid: [{unit: §gone, site: main}]", "unit-not-planned"),
    ("relations: [{a: reform, b: §fin, kind: near, weight: 1}]", "unknown-unit"),
    ("exceptions: [{room: §X, unit: reform, reason: r}]", "unknown-room"),
    ("shared: [{room: R1, units: [reform, §x]}]", "unknown-unit"),
    ("agreements: [{site: §B1, units: [reform]}]", "unknown-site"),
    # Twice, or against each other
    ("pins: [{unit: reform, site: main}, §{unit: reform, site: main}]", "duplicate-entry"),
    ("pins: [{unit: reform, room: R1}, §{unit: reform, room: R1, people: 2}]", "duplicate-entry"),
    ("forbid: [{unit: reform, room: R1}, §{unit: reform, room: R1}]", "duplicate-entry"),
    ("sites: {close: [main, §main]}", "duplicate-entry"),
    ("sites: {close: [R1], open: [§R1]}", "contradiction"),
    ("sites: {open: [§B4]}", "market-opened-whole"),
    ("pins: [{unit: reform, site: main, people: §3}]", "contradiction"),
    ("relations: [{a: reform, b: §reform, kind: apart}]", "contradiction"),
    ("relations: [{a: reform, b: finance, kind: apart, weight: §2}]", "contradiction"),
    ("relations: [{a: reform, b: finance, kind: near, weight: 1, must: §true}]", "contradiction"),
    ("relations: [§{a: reform, b: finance, kind: near}]", "missing-key"),
    ("relations: [{a: reform, b: finance, kind: §nearby}]", "unknown-value"),
    (
        "relations: [{a: reform, b: finance, kind: apart}, "
        "§{a: finance, b: reform, kind: same_floor}]",
        "contradiction",
    ),
    ("exceptions: [{room: R1, unit: reform, reason: §''}]", "blank-value"),
    ("shared: [{room: R1, units: §[reform]}]", "out-of-range"),
    ("agreements: [{site: main, units: §[]}]", "out-of-range"),
    ("solve: {seconds: 5, work: §5}", "contradiction"),
    # Budget and moves
    ("solve: {seconds: §0}", "out-of-range"),
    ("solve: {work: §1.5}", "wrong-type"),
    ("solve: {gap: §2}", "out-of-range"),
    ("moves: {per_day: §0}", "out-of-range"),
    ("moves: {blackout: [§2025-02-30]}", "wrong-type"),
    ("moves: {blackout: [{from: 2025-03-02, to: §2025-03-01}]}", "out-of-range"),
    ("moves: {workdays: [§8]}", "out-of-range"),
    # Policy
    ("policy: {min_share: §0}", "out-of-range"),
    ("policy: {min_share: §1.01}", "out-of-range"),
    ("policy: {reserve: §1}", "out-of-range"),
    ("policy: {reserve: §'3 %'}", "wrong-type"),
    ("policy: {reserve: §~}", "blank-value"),
    ("policy: {tolerance_m2: §-1}", "out-of-range"),
    ("policy: {basis: §heads}", "unknown-value"),
    ("policy: {rates: {§hiden: 1}}", "unknown-term"),
    ("policy: {rates: {§exceptions: 1}}", "unknown-term"),
    ("policy: {rates: {§spaces: {hidden: 1}}}", "unknown-tier"),
    ("policy: {rates: {hidden: §-1}}", "out-of-range"),
    ("policy: {rates: {space: {hidden: §half}}}", "wrong-type"),
    ("policy: {slack: {§spaces: 1}}", "unknown-tier"),
    ("policy: {caps: {people_moved: §-1}}", "out-of-range"),
    ("policy: {caps: {sites_per_unit: §0}}", "out-of-range"),
    ("policy: {tiers: [unhoused, §spaces]}", "unknown-tier"),
    ("policy: {tiers: [unhoused, §unhoused]}", "duplicate-entry"),
    ("policy: {tiers: §[]}", "blank-value"),
    ("policy: §{tiers: [space]}", "policy-no-unhoused"),
    ("policy: {tiers: [unhoused, {name: x, terms: {§y: 1}}]}", "unknown-term"),
    ("policy: {single: {§clerk: true}}", "unknown-grade"),
    ("policy: {single: {bureau_head: §yes}}", "wrong-type"),
    ("policy: {single: {county: {§bureau_head: true}}}", "unknown-grade"),
    ("policy: {file: §none.yaml}", "file-missing"),
]


@pytest.mark.parametrize(("text", "code"), BROKEN)
def test_a_broken_scenario(tmp_path: Path, text: str, code: str) -> None:
    before = (HEAD + text).partition(HERE)[0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    path = scenario_folder(tmp_path, text.replace(HERE, "") + "\n")
    with pytest.raises(InputError, match=rf"scenario\.yaml:{line}:{column}: ") as caught:
        read_scenario(path)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert (finding.place.row, finding.place.column) == (line, str(column))
    assert finding.zh and finding.en


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("name: 试验\n", "", "missing-key", (1, "1")),
        ("name: 试验", "name: []", "wrong-type", (1, "7")),
        ("ledger: ledger", "ledger: nowhere.xlsx", "file-missing", (2, "9")),
        ("cn-2014", "cn-2015", "standard-unknown", (3, "11")),
        ("cn-2014", "{pack: cn-2014, overlays: [hubei]}", "standard-unknown", (3, "38")),
        ("cn-2014", "{overlays: []}", "missing-key", (3, "11")),
    ],
)
def test_a_broken_head(
    tmp_path: Path, old: str, new: str, code: str, where: tuple[int, str]
) -> None:
    path = scenario_folder(tmp_path, head=HEAD.replace(old, new))
    with pytest.raises(InputError, match=rf"scenario\.yaml:{where[0]}:{where[1]}: ") as caught:
        read_scenario(path)
    finding = caught.value.findings[0]
    assert (finding.code, finding.place.row, finding.place.column) == (code, *where)


def test_a_place_with_the_code_of_another_kind_must_say_which(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "sites:\n  seal: [main]\n")
    buildings = tmp_path / "ledger" / "buildings.csv"
    text = buildings.read_text("utf-8-sig").replace("B1,", "main,")
    buildings.write_text(text, encoding="utf-8-sig")
    floors = tmp_path / "ledger" / "floors.csv"
    floors.write_text(floors.read_text("utf-8-sig").replace("B1,", "main,"), encoding="utf-8-sig")
    with pytest.raises(InputError, match=r"{site: main} / {building: main}") as caught:
        read_scenario(path)
    assert [f.code for f in caught.value.findings] == ["ambiguous-place"]
    path.write_text(HEAD + "sites:\n  seal: [{building: main}]\n", encoding="utf-8")
    assert [change.place for change in read_scenario(path).changes] == ["R0"]


def test_a_level_without_confirmed_figures_is_not_guessed(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path)
    units = tmp_path / "ledger" / "units.csv"
    text = units.read_text("utf-8-sig").replace(
        "finance,财政局,municipal", "finance,财政局,central"
    )
    units.write_text(text, encoding="utf-8-sig")
    posts = tmp_path / "ledger" / "posts.csv"
    text = posts.read_text("utf-8-sig").replace("below_bureau", "below_division")
    posts.write_text(text, encoding="utf-8-sig")
    with pytest.raises(InputError, match=r"scenario.yaml:3:11: .* no confirmed service rate") as c:
        read_scenario(path)
    assert [(f.code, f.value) for f in c.value.findings] == [("unknown-figure", "central")]
    assert "overlay" in c.value.findings[0].advice_en


def test_scenario_and_ledger_errors_come_together(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "policy: {min_share: 3}\nsolve: {seconds: 1, work: 1}\n")
    rooms = tmp_path / "ledger" / "rooms.csv"
    text = rooms.read_text("utf-8-sig").replace("18.02", "eighteen")
    rooms.write_text(text, encoding="utf-8-sig")
    with pytest.raises(InputError, match="exclude each other") as caught:
        read_scenario(path)
    files = [Path(f.place.file).name for f in caught.value.findings]
    assert files == ["scenario.yaml", "scenario.yaml", "rooms.csv"]


def test_advice_names_the_nearest_code(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "pins: [{unit: refrom, site: main}]\n")
    with pytest.raises(InputError, match='Maybe "reform" was meant') as caught:
        read_scenario(path)
    assert "是否想写“reform”？" in caught.value.findings[0].text("zh")


def test_a_broken_policy_file_is_located_in_that_file(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "format: allocator-policy/1\nreserve: 7\nmin: 1\n", encoding="utf-8"
    )
    path = scenario_folder(tmp_path, "policy: {file: p.yaml}\n")
    with pytest.raises(InputError, match=r"p\.yaml:2:10: out of range") as caught:
        read_scenario(path)
    assert {f.code for f in caught.value.findings} == {"out-of-range", "unknown-key"}


def test_a_missing_scenario_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_scenario(tmp_path / "none.yaml")
