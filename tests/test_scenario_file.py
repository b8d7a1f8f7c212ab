"""Scenario files: what they set, and a bundle that reads back equal."""

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.domain import Relation, RoomStatus
from allocator.findings import InputError
from allocator.scenario import TERMS, Budget, Change, Forbid, Pin, RoomException, Scenario, Tier
from allocator.scenario_file import read_bundle_scenario, read_scenario, write_scenario
from standards.load import load_standard
from tests.scenario_folders import HEAD, scenario_folder, small_ledger


def _statuses(scenario: Scenario) -> dict[str, RoomStatus]:
    return {room.code: room.status for room in scenario.ledger.rooms}


def test_a_bare_scenario_has_the_shipped_policy(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_folder(tmp_path))
    policy = scenario.policy
    assert scenario.name == "试验"
    assert scenario.standard == load_standard("cn-2014")
    assert [tier.name for tier in policy.tiers] == ["unhoused", "space", "together", "comfort"]
    assert dict(policy.tiers[1].terms) == {
        "used": 1,
        "hidden": Fraction(1, 2),
        "stranded": Fraction(1, 2),
        "short": 1,
        "service_short": 2,
        "leased": Fraction(1, 2),
        "moved_building": 1,
        "moved_site": 2,
        "moved_far": 4,
    }
    assert dict(policy.tiers[2].terms) == {
        "near": 1,
        "off_main_floor": 1,
        "outside_main_building": 2,
    }
    assert {term for tier in policy.tiers for term, _ in tier.terms} == set(TERMS) - {"exceptions"}
    assert (policy.min_share, policy.tolerance) == (Fraction(65, 100), 0)
    assert (policy.reserve, policy.service_share) == (Fraction(3, 100), Fraction(1, 2))
    assert (policy.people_moved_cap, policy.sites_per_unit, policy.buildings_per_unit) == (
        None,
        1,
        1,
    )
    assert (policy.basis, policy.exceptions) == ("established", "none")
    assert (policy.business, policy.ineligible) == ("stay", "keep")
    municipal = {grade for level, grade in policy.single if level == "municipal"}
    assert municipal == {"mayor", "deputy_mayor", "bureau_head", "deputy_bureau_head"}
    assert not [pair for pair in policy.single if pair[0] == "township"]
    assert scenario.budget == Budget()
    assert scenario.relations == small_ledger().relations
    assert sorted(scenario.sources) == ["ledger", "scenario", "standard"]
    assert all(len(digest) == 64 for digest in scenario.sources.values())


def test_the_narrowest_place_named_decides_a_rooms_status(tmp_path: Path) -> None:
    path = scenario_folder(
        tmp_path, "sites:\n  open: [R0]\n  close: [main, {building: B3}]\n  seal: [B2]\n"
    )
    scenario = read_scenario(path)
    # R0, R4: B1 (main); R1, R5: B2 (sealed whole, R5 is let); R2, R6: B3; R3, R7: market.
    assert _statuses(scenario) == {
        "R0": "available",
        "R1": "sealed",
        "R2": "unavailable",
        "R3": "sealed",
        "R4": "unavailable",
        "R5": "let",
        "R6": "unavailable",
        "R7": "available",
    }


def test_a_market_site_is_opened_whole_and_its_rooms_keep_their_status(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_folder(tmp_path, "sites: {open: [market], seal: [R7]}\n"))
    assert scenario.market_open == frozenset({"market"})
    assert scenario.changes == (
        Change(
            place="market", what="market", old="closed", new="open", reason="sites.open: market"
        ),
        Change(place="R7", what="status", old="available", new="sealed", reason="sites.seal: R7"),
    )
    assert _statuses(scenario)["R3"] == "sealed"


def test_lists_are_read_with_grades_by_name(tmp_path: Path) -> None:
    path = scenario_folder(
        tmp_path,
        "pins:\n"
        "  - {unit: reform, room: R1, division: office, grade: 正局（处）级, people: 1}\n"
        "  - {unit: finance, building: B1}\n"
        "forbid: [{unit: finance, floor: F2}, {unit: reform, site: leased, division: office}]\n"
        "relations: [{a: finance, b: reform, kind: near, weight: 9}]\n"
        "exceptions: [{room: R1, unit: reform, reason: 历史原因}]\n"
        "shared: [{room: R2, units: [reform, finance]}]\n"
        'agreements: [{site: main, units: "*"}, {site: leased, units: [finance]}]\n'
        "moves: {per_day: 20, workdays: [1, tue], blackout: [2025-01-01], fit_out_days: 3}\n"
        "solve: {work: 12, gap: 0.01, workers: 4, seed: 7}\n",
    )
    scenario = read_scenario(path)
    assert scenario.pins == (
        Pin(unit="reform", kind="room", place="R1", division="office", grade="bureau_head"),
        Pin(unit="finance", kind="building", place="B1"),
    )
    assert scenario.forbids == (
        Forbid(unit="finance", kind="floor", place="F2"),
        Forbid(unit="reform", kind="site", place="leased", division="office"),
    )
    # The scenario's word on a pair and kind replaces the ledger's; other kinds stay.
    assert scenario.relations == (
        Relation(a="finance", b="reform", kind="same_site", must=True),
        Relation(a="finance", b="reform", kind="near", weight=9),
    )
    assert scenario.exceptions == (RoomException(room="R1", unit="reform", reason="历史原因"),)
    assert scenario.shared == (("R2", ("reform", "finance")),)
    assert scenario.agreements == (("main", ("*",)), ("leased", ("finance",)))
    assert scenario.budget == Budget(seconds=None, work=12, gap=Fraction(1, 100), workers=4, seed=7)


def test_policy_words(tmp_path: Path) -> None:
    path = scenario_folder(
        tmp_path,
        "policy:\n"
        "  rates: {moved_far: 8, space: {hidden: 1/3, near: 2}}\n"
        "  slack: {space: 10.5}\n"
        "  caps: {people_moved: 400, sites_per_unit: 2}\n"
        "  min_share: 0.7\n"
        "  tolerance_m2: 1\n"
        "  exceptions: propose\n"
        "  basis: larger\n"
        "  single: {副局（处）级: false, county: {section_head: false}, below_bureau: true}\n",
    )
    policy = read_scenario(path).policy
    names = [tier.name for tier in policy.tiers]
    assert names == ["unhoused", "exceptions", "space", "together", "comfort"]
    assert policy.tiers[1] == Tier(
        name="exceptions", unit="rooms", terms=(("exceptions", Fraction(1)),)
    )
    space = policy.tiers[2]
    terms = dict(space.terms)
    rates = [terms[name] for name in ("moved_far", "hidden", "near")]
    assert rates == [8, Fraction(1, 3), 2]
    assert space.slack == Fraction(21, 2)
    assert (policy.people_moved_cap, policy.sites_per_unit) == (400, 2)
    assert (policy.min_share, policy.tolerance, policy.basis) == (Fraction(7, 10), 100, "larger")
    assert ("municipal", "deputy_bureau_head") not in policy.single
    assert ("municipal", "bureau_head") in policy.single
    assert ("municipal", "below_bureau") in policy.single
    assert ("county", "section_head") not in policy.single
    assert ("county", "deputy_section_head") in policy.single


def test_tiers_may_be_chosen_by_name_or_written_out(tmp_path: Path) -> None:
    path = scenario_folder(
        tmp_path,
        "policy:\n  tiers:\n    - unhoused\n"
        "    - {name: moves, unit: people, slack: 3, terms: {moved_far: 1}}\n    - comfort\n",
    )
    tiers = read_scenario(path).policy.tiers
    assert [tier.name for tier in tiers] == ["unhoused", "moves", "comfort"]
    assert tiers[1].slack == 3
    assert tiers[1].terms == (("moved_far", Fraction(1)),)


def test_a_policy_file_stands_between_the_default_and_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(
        "format: allocator-policy/1\nreserve: {value: 0.1, source: council}\nmin_share: 0.8\n",
        encoding="utf-8",
    )
    path = scenario_folder(tmp_path, "policy: {file: ours.yaml, min_share: 0.9}\n")
    scenario = read_scenario(path)
    assert scenario.policy.reserve == Fraction(1, 10)
    assert scenario.policy.min_share == Fraction(9, 10)
    assert scenario.policy.service_share == Fraction(1, 2)
    assert "policy" in scenario.sources


def test_overrides_lie_over_the_file(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "policy: {reserve: 0.05}\nsolve: {seconds: 60, seed: 4}\n")
    scenario = read_scenario(
        path, {"solve.work": 5, "policy": {"caps": {"people_moved": 0}}, "policy.min_share": 0.7}
    )
    assert scenario.budget == Budget(seconds=None, work=5, seed=4)
    assert scenario.policy.people_moved_cap == 0
    assert scenario.policy.min_share == Fraction(7, 10)
    assert scenario.policy.reserve == Fraction(5, 100)
    assert "overrides" in scenario.sources
    with pytest.raises(InputError, match=r"overrides:policy\.reserve: out of range; value: 2"):
        read_scenario(path, {"policy.reserve": 2})


def test_overrides_of_any_shape_are_values_or_findings(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path)
    for wrong in ({"policy": 3}, {"policy": {5: 1}}, {"policy": 3, "policy.reserve.x": 1}):
        with pytest.raises(InputError, match="overrides:policy"):
            read_scenario(path, wrong)
    pinned = read_scenario(path, {"pins": ({"unit": "reform", "site": "main"},)})
    assert pinned.pins == (Pin(unit="reform", kind="site", place="main"),)


def test_a_standard_with_overlays(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "format: allocator-standard-overlay/1\ncode: own\napplies_to: cn-2014\nauthority: 市\n"
        "equipment: {value: 0.08, clause: 细则, confidence: local}\n",
        encoding="utf-8",
    )
    head = HEAD.replace("cn-2014", "{pack: cn-2014, overlays: [hubei-township, own.yaml]}")
    scenario = read_scenario(scenario_folder(tmp_path, head=head))
    assert scenario.standard.identity() == "cn-2014@2014+hubei-township+own"
    assert scenario.standard.equipment.value == Fraction(8, 100)
    assert ("township", "township_head") in scenario.policy.single
    assert {"overlay:hubei-township", "overlay:own.yaml"} <= set(scenario.sources)


def test_a_code_that_looks_like_a_number_stays_as_written(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "pins: [{unit: reform, room: 0101}]\n")
    rooms = tmp_path / "ledger" / "rooms.csv"
    rooms.write_text(rooms.read_text("utf-8-sig").replace("R0,", "0101,"), encoding="utf-8-sig")
    assert read_scenario(path).pins == (Pin(unit="reform", kind="room", place="0101"),)


FULL = (
    "sites: {close: [leased], open: [market, R4], seal: [R0]}\n"
    "pins: [{unit: reform, room: R1, division: office, grade: bureau_head}]\n"
    "forbid: [{unit: finance, floor: F2}]\n"
    "relations: [{a: finance, b: reform, kind: near, weight: 9}]\n"
    "policy: {rates: {hidden: 1/3}, exceptions: propose, single: {bureau_head: false}}\n"
    "exceptions: [{room: R1, unit: reform, reason: '1:30'}]\n"
    "shared: [{room: R2, units: [reform, finance]}]\n"
    'agreements: [{site: main, units: "*"}, {site: leased, units: [finance]}]\n'
    "solve: {work: 12, seed: 7}\n"
)


def test_a_bundle_reads_back_equal_and_has_the_same_bytes(tmp_path: Path) -> None:
    scenario = read_scenario(scenario_folder(tmp_path, FULL))
    write_scenario(scenario, tmp_path / "one")
    again = read_bundle_scenario(tmp_path / "one")
    assert again == scenario
    write_scenario(again, tmp_path / "two")
    for name in ("scenario.yaml", "standard.yaml", "ledger/rooms.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert "resolved: true" in (tmp_path / "one" / "scenario.yaml").read_text("utf-8")


_PARTS = {
    "policy": st.builds(
        lambda share, cap, basis, single, slack: {
            "min_share": Fraction(share, 97),
            "people_moved_cap": cap,
            "basis": basis,
            "single": single,
            "slack": Fraction(slack, 7),
        },
        st.integers(1, 97),
        st.none() | st.integers(0, 9),
        st.sampled_from(["established", "in_post", "larger"]),
        st.frozensets(st.sampled_from([("municipal", "mayor"), ("county", "section_head")])),
        st.integers(0, 30),
    ),
    "pins": st.lists(
        st.builds(
            Pin,
            unit=st.sampled_from(["reform", "finance"]),
            kind=st.just("room"),
            place=st.sampled_from(["R0", "R1"]),
            people=st.integers(1, 4),
        ),
        max_size=2,
        unique_by=lambda pin: (pin.unit, pin.place),
    ),
    "budget": st.builds(Budget, seconds=st.integers(1, 9), seed=st.integers(0, 9))
    | st.builds(Budget, seconds=st.none(), work=st.integers(1, 9)),
    "market_open": st.sampled_from([frozenset(), frozenset({"market"})]),
    "name": st.sampled_from(["a", "010", "yes", "null", "甲：乙", "x # y", "- z"]),
}


@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.fixed_dictionaries(_PARTS))
def test_any_resolved_scenario_survives_its_bundle(tmp_path: Path, parts: dict[str, Any]) -> None:
    base = read_scenario(scenario_folder(tmp_path))
    slack = parts["policy"].pop("slack")
    tiers = tuple(replace(tier, slack=slack) for tier in base.policy.tiers)
    policy = replace(base.policy, tiers=tiers, **parts["policy"])
    scenario = replace(base, **{**parts, "policy": policy, "pins": tuple(parts["pins"])})
    write_scenario(scenario, tmp_path / "bundle")
    assert read_bundle_scenario(tmp_path / "bundle") == scenario


def test_four_thousand_rooms_are_read_quickly(tmp_path: Path) -> None:
    path = scenario_folder(tmp_path, "sites: {close: [leased]}\n", rooms=4000)
    start = time.perf_counter()
    scenario = read_scenario(path)
    assert len(scenario.changes) == 1000
    assert time.perf_counter() - start < 3
