"""Certificates in bundles: sound ones are believed, touched ones never prove too much."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.commands.solving import solve_into
from allocator.generate.generate import generate
from allocator.generate.write import write_generated
from allocator.scenario_file import read_scenario
from allocator.verify.verify import VerifyResult, verify_bundle

Edit = Callable[[dict[str, Any], dict[str, Any]], object]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district's plan with its certificate."""
    folder = tmp_path_factory.mktemp("district")
    write_generated(generate("district", 3), folder / "data")
    scenario = read_scenario(
        folder / "data" / "scenario.yaml", {"solve.work": 4, "solve.workers": 1}
    )
    solve_into(scenario, folder / "plan", lambda: False)
    return folder / "plan"


def edited(solved: Path, tmp_path: Path, edit: Edit) -> VerifyResult:
    folder = tmp_path / "plan"
    shutil.copytree(solved, folder)
    files = [folder / "certificate.json", folder / "plan.json"]
    certificate, plan = (json.loads(f.read_text(encoding="utf-8")) for f in files)
    edit(certificate, plan)
    for file, data in zip(files, (certificate, plan), strict=True):
        file.write_text(json.dumps(data), encoding="utf-8")
    return verify_bundle(folder)


def space(certificate: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in certificate["bounds"] if b.get("tier") == "space")
    return found


def released(certificate: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in certificate["bounds"] if "quantity" in b)
    return found


def test_a_plan_is_written_with_checked_bounds(solved: Path) -> None:
    result = verify_bundle(solved)
    assert result.ok
    assert result.summary["bound_checked"] is True
    assert result.summary["bounds_checked"] == ["space", "released"]
    plan = json.loads((solved / "plan.json").read_text(encoding="utf-8"))
    assert [t["bound_checked"] for t in plan["tiers"]] == [False, True, False, False]
    assert plan["tiers"][1]["bound"] > 0.8 * plan["tiers"][1]["value"]
    assert plan["bounds"][0]["bound_checked"] is True


def test_without_its_certificate_no_bound_is_checked(solved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(solved, folder)
    (folder / "certificate.json").unlink()
    result = verify_bundle(folder)
    assert result.summary["bound_checked"] is False
    assert [f.code for f in result.findings] == ["tier_bound"]


def test_a_bound_stands_once(solved: Path, tmp_path: Path) -> None:
    def edit(certificate: dict[str, Any], plan: dict[str, Any]) -> None:
        certificate["bounds"].append(space(certificate))

    assert [f.en for f in edited(solved, tmp_path, edit).findings if "twice" in f.text("en")]


def test_a_weaker_statement_passes(solved: Path, tmp_path: Path) -> None:
    def edit(certificate: dict[str, Any], plan: dict[str, Any]) -> None:
        space(certificate)["bound"] -= 1000
        plan["tiers"][1]["bound"] -= 10

    assert edited(solved, tmp_path, edit).findings == ()


def test_a_changed_price_gives_another_bound_that_holds(solved: Path, tmp_path: Path) -> None:
    """Prices of other sizes prove less, never more than the plan's value."""

    def edit(certificate: dict[str, Any], plan: dict[str, Any]) -> None:
        entry = space(certificate)
        unit = sorted(entry["prices"]["unit"])[0]
        entry["prices"]["unit"][unit] += 50_000_000
        entry["bound"] = 0
        plan["tiers"][1]["bound"] = 0.0

    assert edited(solved, tmp_path, edit).findings == ()


def _drop_price(certificate: dict[str, Any], plan: dict[str, Any]) -> None:
    prices = space(certificate)["prices"]["unit"]
    prices[sorted(prices)[0]] = 0


CASES: list[tuple[str, Edit]] = [
    ("certificate", lambda c, p: space(c).update(bound=space(c)["bound"] + 100)),
    ("certificate", lambda c, p: p["tiers"][1].update(bound=p["tiers"][1]["bound"] + 1.0)),
    ("certificate", lambda c, p: released(c).update(bound=released(c)["bound"] + 100)),
    ("certificate", lambda c, p: p["bounds"][0].update(bound=p["bounds"][0]["bound"] - 1.0)),
    ("certificate", _drop_price),
    ("certificate", lambda c, p: c.update(format="allocator-certificate/9")),
    ("certificate", lambda c, p: c.update(bounds="none")),
    ("certificate", lambda c, p: c["bounds"].append(c["bounds"][0])),
    ("certificate", lambda c, p: space(c).update(tier="comfort")),
    ("certificate", lambda c, p: space(c).update(relaxation="trust me")),
    ("certificate", lambda c, p: space(c).pop("prices")),
    ("certificate", lambda c, p: space(c)["prices"]["unit"].update(nobody=1)),
    ("certificate", lambda c, p: space(c)["prices"]["seat"].update({"C01": 1.5})),
    ("certificate", lambda c, p: space(c)["prices"]["unit"].update({"U001": True})),
    ("certificate", lambda c, p: space(c)["prices"]["unit"].update({"U001": 10**30})),
    ("certificate", lambda c, p: space(c)["prices"]["service"].update(
        dict.fromkeys(space(c)["prices"]["service"], 10 ** 9))),
    ("certificate", lambda c, p: space(c)["prices"]["service"].update(
        dict.fromkeys(space(c)["prices"]["service"], -1))),
    ("tier_bound", lambda c, p: p["tiers"][2].update(bound_checked=True)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "edit"), CASES, ids=range(len(CASES)))
def test_what_is_too_good_or_malformed_is_caught(
    solved: Path, tmp_path: Path, code: str, edit: Edit
) -> None:
    result = edited(solved, tmp_path, edit)
    assert code in {f.code for f in result.findings}
    assert result.summary["bound_checked"] is False


@pytest.mark.parametrize("text", ["", "[", "{}", "[]", '{"format": NaN}', "\\ud800"])
def test_a_file_that_is_no_certificate_is_a_finding(
    solved: Path, tmp_path: Path, text: str
) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(solved, folder)
    (folder / "certificate.json").write_text(text, encoding="utf-8")
    result = verify_bundle(folder)
    assert "certificate" in {f.code for f in result.findings}
    assert not result.summary["bound_checked"]
