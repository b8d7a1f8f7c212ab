"""Generated cities against their answer files: everything found, nothing invented."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from allocator.audit.build import settings_of, today_case
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import TODAY
from allocator.audit.run import audit
from allocator.domain import Ledger
from allocator.generate.defects import plant_defects
from allocator.generate.generate import generate
from allocator.generate.plant import Answer
from allocator.generate.shapes import Scale
from allocator.generate.write import answer_as_data
from allocator.ledger.loose import Loose
from allocator.ledger.read import read_for_audit
from allocator.ledger.write import write_ledger_csv
from allocator.policy_file import default_policy
from scenarios.locate import bundled_scenario
from standards.load import load_standard
from tests.conftest import FULL

CN = load_standard("cn-2014")
ON = date(2026, 11, 27)
DETAILED = ("idle", "ledger_mismatch", "roll_above_establishment")
"""Kinds whose detail the answer and the finding write alike; elsewhere it is a remark."""
OTHER_SEEDS = range(1, 101) if FULL else range(1, 4)

Key = tuple[str, str, str, str, float, float]


def _key(data: dict[str, object]) -> Key:
    kind = str(data["kind"])
    return (
        kind,
        str(data["place"]),
        str(data["unit"]),
        str(data["detail"]) if kind in DETAILED else "",
        float(str(data["value"] or 0)),
        float(str(data["expected"] or 0)),
    )


def _expected(answers: Iterable[Answer]) -> Counter[Key]:
    return Counter(_key(answer_as_data(answer)) for answer in answers)


def _found(ledger: Ledger, loose: tuple[Loose, ...] = ()) -> Counter[Key]:
    case = today_case(ledger, CN, settings_of(default_policy(CN), ON), loose=loose)
    return Counter(_key(found.as_json()) for found in audit(case).findings)


def _same(found: Counter[Key], expected: Counter[Key]) -> None:
    assert expected
    assert sorted(expected - found) == [], "missed"
    assert sorted(found - expected) == [], "invented"


@pytest.mark.parametrize("name", ["inspected-city", "pilot-province"])
def test_bundled_city_against_its_answer_file(name: str) -> None:
    folder = bundled_scenario(name).parent
    with (folder / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = Counter(_key(dict(row)) for row in csv.DictReader(file))
    reading = read_for_audit(folder / "ledger", CN)
    _same(_found(reading.ledger, reading.loose), expected)


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_cities_of_other_seeds(seed: int) -> None:
    city = generate("city", seed)
    _same(_found(city.ledger), _expected(city.answers))


@pytest.mark.parametrize("seed", range(1, 21) if FULL else range(1, 3))
@pytest.mark.parametrize("scale", ["district", "pilot"])
def test_other_scales(scale: Scale, seed: int) -> None:
    made = generate(scale, seed)
    _same(_found(made.ledger), _expected(made.answers))


@pytest.mark.parametrize("seed", range(1, 21) if FULL else range(1, 3))
def test_every_kind_planted_is_found_and_nothing_else(seed: int, tmp_path: Path) -> None:
    made = plant_defects(generate("city", seed), seed)
    write_ledger_csv(made.ledger, tmp_path / "ledger")
    reading = read_for_audit(tmp_path / "ledger", CN)
    _same(_found(reading.ledger, reading.loose), _expected(made.answers))


def test_defects_cover_every_rule_on_today() -> None:
    made = plant_defects(generate("city", 1), 1)
    kinds = {answer.kind for answer in made.answers}
    missing = {rule.id for rule in AUDIT_RULES.values() if rule.views >= TODAY} - {
        rule.id for rule in AUDIT_RULES.values() if rule.kind in kinds
    }
    # Only standards without individual caps are held to a total.
    assert missing == {"aggregate_over"}
    planted = {answer.kind for answer in made.answers if answer.cause == "planted"}
    assert len(planted) >= 25
