"""The bundled standard, overlays, and the formulas that real systems got wrong."""

from fractions import Fraction
from pathlib import Path

import pytest

from allocator.findings import InputError
from standards.catalog import ServiceRate, UnknownFigure
from standards.load import (
    bundled_overlays,
    bundled_standards,
    dump_standard,
    load_policy_data,
    load_standard,
    load_standard_with_findings,
)

CN = load_standard("cn-2014")
LIMITS = {
    "central": "部级正职 54 部级副职 42 正司(局)级 24 副司(局)级 18 处级 12 处级以下 9",
    "provincial": "省级正职 54 省级副职 42 正厅(局)级 30 副厅(局)级 24"
    " 正处级 18 副处级 12 处级以下 9",
    "municipal": "市级正职 42 市级副职 30 正局(处)级 24 副局(处)级 18 局(处)级以下 9",
    "county": "县级正职 30 县级副职 24 正科级 18 副科级 12 科级以下 9",
}


def test_office_limits_are_those_of_article_11() -> None:
    shipped: dict[str, list[str]] = {}
    for grade in CN.grades:
        shipped.setdefault(grade.level, []).append(f"{grade.zh} {grade.area // 100}")
        assert grade.area % 100 == 0
    assert {level: " ".join(rows) for level, rows in shipped.items()} == LIMITS
    assert {grade.clause for grade in CN.grades} == {"第十一条"}


@pytest.mark.parametrize(
    "name", ["bureau_head", "正局(处)级", "正局（处）级", " 正局级 ", "正处级"]
)
def test_grades_are_found_by_code_name_and_either_brackets(name: str) -> None:
    assert CN.grade("municipal", name).code == "bureau_head"


@pytest.mark.parametrize(
    ("level", "posts", "rate"),
    [
        ("municipal", 0, 8),
        ("municipal", 200, 8),
        ("municipal", 250, Fraction(15, 2)),
        ("municipal", 399, Fraction(601, 100)),
        ("municipal", 400, 6),
        ("municipal", 5000, 6),
        ("provincial", 200, 9),
        ("provincial", 250, Fraction(17, 2)),
        ("provincial", 400, 7),
        ("county", 100, 8),
        ("county", 150, 7),
        ("county", 160, Fraction(34, 5)),
        ("county", 200, 6),
    ],
)
def test_service_rate_per_post(level: str, posts: int, rate: Fraction) -> None:
    assert CN.service_rate(level).per_post(posts) == rate


def _brute(level: str, posts: int) -> Fraction:
    """The rate counted post by post from the break points of the clause."""
    low, high, start, end = {
        "municipal": (200, 400, 8, 6),
        "provincial": (200, 400, 9, 7),
        "county": (100, 200, 8, 6),
    }[level]
    rate = Fraction(start)
    for post in range(low, high):
        if post < posts:
            rate -= Fraction(start - end, high - low)
    return rate


@pytest.mark.parametrize("level", ["municipal", "provincial", "county"])
def test_service_rates_agree_with_a_count_post_by_post(level: str) -> None:
    for posts in range(0, 450, 7):
        assert CN.service_area(level, posts) == _brute(level, posts) * posts * 100


def test_unconfirmed_figures_are_not_shipped() -> None:
    for level in ("central", "township"):
        with pytest.raises(UnknownFigure, match=f"no service rate for level '{level}'"):
            CN.service_rate(level)
    with pytest.raises(UnknownFigure, match="no grade 'township_head' at level 'township'"):
        CN.limit("township", "township_head")


def test_the_hubei_overlay_adds_township_offices_and_no_service_rate() -> None:
    hubei = load_standard("cn-2014", ["hubei-township"])
    limits = [hubei.limit("township", n) for n in ("乡级正职", "乡级副职", "乡级以下")]
    assert limits == [2400, 1800, 900]
    assert hubei.identity() == "cn-2014@2014+hubei-township"
    assert hubei.grades[: len(CN.grades)] == CN.grades
    with pytest.raises(UnknownFigure, match="township"):
        hubei.service_rate("township")


def test_bundled_lists() -> None:
    assert bundled_standards() == ["au", "cn-2014", "in-2017", "jp-soumu", "uk"]
    assert bundled_overlays() == ["hubei-township"]


def test_every_default_of_the_policy_names_its_source() -> None:
    policy = load_policy_data()
    settings = [policy[key] for key in policy if key not in ("format", "tiers", "caps")]
    settings += list(policy["caps"].values())
    for tier in policy["tiers"]:
        settings += [tier["slack"], *tier["terms"].values()]
    assert len(settings) >= 25
    assert all(set(setting) == {"value", "source"} for setting in settings)


OVERLAY = """\
format: allocator-standard-overlay/1
code: local
version: "3"
applies_to: cn-2014
authority: 某市机关事务管理局
levels:
  municipal:
    grades:
      - {code: below_bureau, area_m2: 8.5, clause: 实施细则第三条, confidence: local}
    service: {rate: 7, clause: 实施细则第四条, confidence: local}
  township:
    service: {low_posts: 10, high: 8, high_posts: 30, low: 6, clause: 细则, confidence: local}
equipment: {value: 0.1, clause: 细则, confidence: local}
ancillary:
  guard: {value: 20, clause: 细则, confidence: local}
"""


def test_an_overlay_changes_only_what_it_says_and_dumps_back(tmp_path: Path) -> None:
    overlay = tmp_path / "local.yaml"
    overlay.write_text(OVERLAY, encoding="utf-8")
    local = load_standard("cn-2014", [overlay, "hubei-township"])
    assert local.overlays == ("local@3", "hubei-township")
    grade = local.grade("municipal", "below_bureau")
    assert (grade.area, grade.zh, grade.clause) == (850, "局(处)级以下", "实施细则第三条")
    assert local.limit("municipal", "mayor") == CN.limit("municipal", "mayor")
    assert local.service_area("municipal", 300) == 300 * 700
    assert local.service_rate("township").per_post(20) == 7
    assert local.service_rate("county") == CN.service_rate("county")
    assert local.equipment.value == Fraction(1, 10)
    assert dict(local.ancillary)["guard"].value == 20
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_standard(local), encoding="utf-8")
    assert load_standard(copy) == local
    assert dump_standard(load_standard(copy)) == dump_standard(local)


def test_the_shipped_pack_dumps_back_equal(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_standard(CN), encoding="utf-8")
    assert load_standard(copy) == CN


def test_a_number_without_end_survives_the_dump(tmp_path: Path) -> None:
    overlay = tmp_path / "third.yaml"
    overlay.write_text(
        "format: allocator-standard-overlay/1\ncode: t\napplies_to: cn-2014\nauthority: x\n"
        "levels:\n  central:\n    service: {rate: 20/3, clause: c, confidence: local}\n",
        encoding="utf-8",
    )
    third = load_standard("cn-2014", [overlay])
    assert third.service_area("central", 3) == 2000
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_standard(third), encoding="utf-8")
    assert load_standard(copy) == third


def test_repealed_and_excessive_figures_are_warned_about(tmp_path: Path) -> None:
    overlay = tmp_path / "old.yaml"
    overlay.write_text(
        "format: allocator-standard-overlay/1\ncode: old\napplies_to: cn-2014\nauthority: x\n"
        "levels:\n"
        "  county:\n    grades:\n      - {code: below_section, area_m2: 6}\n"
        "      - {code: section_head, aliases: [三级办公用房]}\n"
        "  township:\n    grades:\n"
        "      - {code: h, zh: 正职, en: h, area_m2: 30, clause: c, confidence: local}\n",
        encoding="utf-8",
    )
    standard, findings = load_standard_with_findings("cn-2014", [overlay])
    assert standard.limit("county", "below_section") == 600
    assert [(f.code, f.severity, f.place.row) for f in findings] == [
        ("repealed-figure", "warning", 8),
        ("repealed-figure", "warning", 9),
        ("township-above-limit", "warning", 12),
    ]
    assert load_standard_with_findings("cn-2014")[1] == ()


def test_service_rate_between_its_ends_is_never_an_integer_division() -> None:
    rate = CN.service_rate("municipal")
    assert isinstance(rate, ServiceRate)
    assert rate.per_post(250) * 250 == 1875


def test_an_unknown_standard_names_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no such standard; value: cn-2015; .*cn-2014"):
        load_standard("cn-2015")
