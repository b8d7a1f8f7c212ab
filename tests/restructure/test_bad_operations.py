"""Broken restructurings: each fault is a finding with a code, a line and a column."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.findings import InputError
from allocator.scenario_file import read_scenario
from tests.restructure.ledgers import HEAD, folder

HERE = "§"
"""Stands before the character where the finding must point."""

BROKEN = [
    # Shape
    ("restructure: §merge", "wrong-type"),
    ("restructure: [§merge]", "wrong-type"),
    ("restructure: [§{}]", "operation-count"),
    ("restructure: [§{abolish: {unit: com}, rename: {unit: inv, name: x}}]", "operation-count"),
    ("restructure: [{§merg: {units: [com, inv]}}]", "unknown-key"),
    ("restructure: [{abolish: §com}]", "wrong-type"),
    ("restructure: [{abolish: §{}}]", "missing-key"),
    ("restructure: [{abolish: {unit: com}, on: §soon}]", "wrong-type"),
    ("restructure: [{merge: {units: §[com], into: {unit: com}}}]", "out-of-range"),
    ("restructure: [{split: {unit: com, into: §[{unit: com, divisions: [c1, c2]}]}}]",
     "out-of-range"),
    ("restructure: [{set_level: {unit: com, level: §city}}]", "unknown-value"),
    ("restructure: [{rename: §{name: x}}]", "place-count"),
    ("restructure: [{register_title: §{holder: x}}]", "place-count"),
    # Unknown units, divisions, grades, places
    ("restructure: [{abolish: {unit: §comm}}]", "unknown-unit"),
    ("restructure: [{abolish: {unit: com, successor: §x}}]", "unknown-unit"),
    ("restructure: [{abolish: {unit: §gone}}]", "unit-ended"),
    ("restructure: [{rename: {division: §c9, name: x}}]", "unknown-division"),
    ("restructure: [{transfer_division: {division: §c9, to: inv}}]", "unknown-division"),
    ("restructure: [{transfer_division: {division: c1, to: §in}}]", "unknown-unit"),
    ("restructure: [{set_posts: {unit: com, division: §i1, grade: below_bureau, "
     "established: 1}}]", "unknown-division"),
    ("restructure: [{set_posts: {unit: com, grade: §clerk, established: 1}}]", "unknown-grade"),
    ("restructure: [{regrade: {unit: com, from: §below_bureau, to: bureau_head}}]",
     "no-such-posts"),
    ("restructure: [{close: [§A9]}]", "unknown-place"),
    ("restructure: [{open: [§MB]}]", "market-opened-whole"),
    ("restructure: [{end_lease: {place: §S1}}]", "no-lease"),
    ("restructure: [{extend_lease: {place: L, until: §2030-02-30}}]", "wrong-type"),
    ("restructure: [{register_title: {building: §X, holder: y}}]", "unknown-building"),
    # Twice, lost, taken, too many
    ("restructure: [{merge: {units: [com, §com], into: {unit: com}}}]", "duplicate-entry"),
    ("restructure: [{merge: {units: [com, inv], into: {unit: b, name: B}}}, "
     "{merge: {units: [§com, cul], into: {unit: c, name: C}}}]", "unit-ended"),
    ("restructure: [{merge: {units: [com, inv], into: {unit: §cul}}}]", "code-taken"),
    ("restructure: [{merge: {units: [com, inv], into: §{unit: b}}}]", "missing-key"),
    ("restructure: [{merge: {units: [com, firm], into: §{unit: b, name: B}}}]", "missing-key"),
    ("restructure: [{split: {unit: com, into: §[{unit: com, divisions: [c1]}, "
     "{unit: n, name: N}]}}]", "division-lost"),
    ("restructure: [{split: {unit: com, into: [{unit: com, divisions: [c1, c2]}, "
     "{unit: n, name: N, divisions: [§c2]}]}}]", "division-twice"),
    ("restructure: [{split: {unit: com, into: [{unit: com, divisions: [c1, c2]}, "
     "{unit: §inv, name: N}]}}]", "code-taken"),
    ("restructure: [{split: {unit: com, into: [{unit: com, divisions: [c1, c2]}, "
     "{unit: n, name: N}], rest: §z}}]", "unknown-heir"),
    ("restructure: [{split: §{unit: com, into: [{unit: m, name: M, divisions: [c1, c2]}, "
     "{unit: n, name: N}]}}]", "rest-missing"),
    ("restructure: [{create: {unit: §com, name: x, level: municipal}}]", "code-taken"),
    ("restructure: [{create: {unit: n, name: x, level: municipal, "
     "divisions: [{division: §c1, name: y}]}}]", "code-taken"),
    ("restructure: [{transfer_posts: {from: {unit: com, division: c1}, to: {unit: inv}, "
     "grade: below_bureau, established: §5}}]", "too-many-posts"),
    ("restructure: [{transfer_posts: {from: {unit: com, division: c1}, to: {unit: inv}, "
     "grade: below_bureau, established: 4, in_post: §4}}]", "too-many-posts"),
    ("restructure: [{transfer_posts: {from: {unit: com}, to: §{unit: com}, "
     "grade: bureau_head, established: 1}}]", "contradiction"),
    ("restructure: [{set_posts: {unit: com, grade: bureau_head, "
     "established: {min: §3, max: 2}}}]", "out-of-range"),
    ("restructure: [{set_level: {unit: inv, level: §county}}]", "unknown-grade"),
    # Lists against what the operations made
    ("restructure: [{merge: {units: [com, inv], into: {unit: com}}}]\n"
     "pins: [{unit: §inv, site: S1}]", "unit-not-planned"),
    ("restructure: [{close: [B]}]\npins: [§{unit: com, building: B}]", "pin-closed"),
    ("sites: {close: [B]}\npins: [§{unit: com, building: B}]", "pin-closed"),
    ("pins: [{unit: com, site: S1}, §{unit: com, site: M}]\nsites: {open: [M]}",
     "contradictory-pins"),
    ("pins: [§{unit: com, room: M1-1}, {unit: com, building: A}]\nsites: {open: [M]}",
     "contradictory-pins"),
    ("pins: [§{unit: com, room: L1-1}]", "pin-closed"),
    ("pins: [§{unit: com, site: M}]", "pin-closed"),
    # A base
    ("base: §none.yaml", "file-missing"),
    ("base: §scenario.yaml", "base-cycle"),
    ("base: §[a]", "wrong-type"),
    ("§without: {pins: []}", "unknown-key"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), BROKEN)
def test_a_broken_restructuring(tmp_path: Path, text: str, code: str) -> None:
    before = (HEAD + text).partition(HERE)[0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    path = folder(tmp_path, text.replace(HERE, "") + "\n")
    with pytest.raises(InputError, match=rf"scenario\.yaml:{line}:{column}: ") as caught:
        read_scenario(path)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert (finding.place.row, finding.place.column) == (line, str(column))
    assert finding.zh and finding.en


def test_all_errors_come_in_one_run_and_dependent_ones_once(tmp_path: Path) -> None:
    text = (
        "restructure:\n"
        "  - merge: {units: [com, invv], into: {unit: both, name: B}}\n"
        "  - transfer_posts: {from: {unit: both}, to: {unit: both, division: c1}, "
        "grade: bureau_head, established: 1}\n"
        "  - rename: {unit: cull, name: x}\n"
        "  - merge: {units: [cul, inv], into: {unit: all, name: A}}\n"
        "pins: [{unit: both, building: A}, {unit: all, building: A}, {unit: xx, building: A}]\n"
    )
    with pytest.raises(InputError, match="depends on operation 1") as caught:
        read_scenario(folder(tmp_path, text))
    assert [(f.code, f.place.row) for f in caught.value.findings] == [
        ("unknown-unit", 5), ("depends-on-skipped", 6), ("unknown-unit", 7), ("unknown-unit", 9),
    ]  # fmt: skip


def test_contradictory_relations_are_located_at_the_operation(tmp_path: Path) -> None:
    path = folder(tmp_path, "restructure: [{merge: {units: [com, inv], into: {unit: com}}}]\n")
    relations = tmp_path / "ledger" / "relations.csv"
    text = relations.read_text("utf-8-sig") + "inv,cul,same_floor,,yes\r\n"
    relations.write_text(text, encoding="utf-8-sig", newline="")
    with pytest.raises(InputError, match=r"scenario.yaml:4:23: .*one floor and apart"):
        read_scenario(path)


def test_bases_that_go_round_are_shown(tmp_path: Path) -> None:
    path = folder(tmp_path, "", head="base: b.yaml\n")
    (tmp_path / "b.yaml").write_text("base: scenario.yaml\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"scenario.yaml -> b.yaml -> scenario.yaml") as caught:
        read_scenario(path)
    (finding,) = caught.value.findings
    assert finding.code == "base-cycle" and Path(finding.place.file).name == "b.yaml"


def test_taking_away_what_is_not_there(tmp_path: Path) -> None:
    base = folder(tmp_path, "pins: [{unit: com, site: S1}]\n")
    path = tmp_path / "own.yaml"
    path.write_text(
        f"base: {base.name}\nwithout: {{pins: [{{unit: inv, site: S1}}], forbid: []}}\n", "utf-8"
    )
    with pytest.raises(InputError, match=r"own.yaml:2:18: no such entry") as caught:
        read_scenario(path)
    assert [f.code for f in caught.value.findings] == ["not-in-base", "not-in-base"]
