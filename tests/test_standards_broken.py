"""Broken packs and overlays: every fault is located by line and column."""

from pathlib import Path

import pytest

from allocator.findings import InputError
from standards.load import DATA, load_standard

PACK = (DATA / "cn-2014.yaml").read_text(encoding="utf-8")
HEAD = "format: allocator-standard-overlay/1\ncode: t\napplies_to: cn-2014\nauthority: x\n"
LEVEL = HEAD + "levels:\n  municipal:\n    "
SERVICE = LEVEL + "service: "
GRADE = LEVEL + "grades:\n      - "

OVERLAYS = [
    (HEAD.replace("authority: x\n", ""), "missing-key", "1:1"),
    (HEAD.replace("cn-2014", "cn-1999"), "overlay-mismatch", "3:13"),
    (HEAD.replace("overlay/1", "overlay/9"), "unknown-value", "1:9"),
    (HEAD + "levles: {}\n", "unknown-key", "5:1"),
    (HEAD + "levels:\n  town: {}\n", "unknown-key", "6:3"),
    (GRADE + "{code: below_bureau, area_m2: nine}", "wrong-type", "8:39"),
    (GRADE + "{code: below_bureau, area_m2: -9}", "out-of-range", "8:39"),
    (GRADE + "{code: below_bureau, confidence: UNVERIFIED}", "unverified-figure", "8:42"),
    (GRADE + "{code: below_bureau, confidence: sure}", "unknown-value", "8:42"),
    (GRADE + "{code: new, zh: 新, en: n, clause: c, confidence: high}", "missing-key", "8:9"),
    (GRADE + "{code: mayor, aliases: [正局级]}", "ambiguous-name", "7:5"),
    (GRADE + "{code: mayor}\n      - {code: mayor}", "duplicate-entry", "9:9"),
    (SERVICE + "{rate: 8, confidence: high}", "missing-key", "7:14"),
    (
        # The county formula with municipal break points.
        SERVICE + "{low_posts: 200, high: 8, high_posts: 400, low: 6, numerator: 500,"
        " denominator: 50, clause: c, confidence: high}",
        "service-rate-jump",
        "7:14",
    ),
    (
        SERVICE + "{low_posts: 400, high: 8, high_posts: 200, low: 6, clause: c, confidence: high}",
        "out-of-range",
        "7:52",
    ),
    (
        SERVICE + "{low_posts: 1.5, high: 8, high_posts: 200, low: 6, clause: c, confidence: high}",
        "wrong-type",
        "7:26",
    ),
    (HEAD + "ancillary:\n  pool: {value: 1, clause: c, confidence: high}", "unknown-value", "6:9"),
    (HEAD + "ratio_high_rise: {value: 1.2, clause: c, confidence: high}", "out-of-range", "5:26"),
    (HEAD + "equipment: 0.09", "wrong-type", "5:12"),
    (HEAD + "code: again\n", "yaml-duplicate-key", "5:1"),
]


@pytest.mark.parametrize(("text", "code", "where"), OVERLAYS)
def test_broken_overlays(tmp_path: Path, text: str, code: str, where: str) -> None:
    path = tmp_path / "o.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"o\.yaml:{where}: ") as caught:
        load_standard("cn-2014", [path])
    assert code in [f.code for f in caught.value.findings if f.place.text().endswith(f":{where}")]
    assert all(f.zh and f.en for f in caught.value.findings)


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("format: allocator-standard/1\n", "", "missing-key", "9:1"),
        ("version: ", "versoin: ", "unknown-key", "11:1"),
        ("area_m2: 54", "area_m2: ~", "blank-value", "23:59"),
        ("第十一条, confidence: high}", "第十一条}", "missing-key", "23:9"),
        ("value: 0.09", "value: 9 %", "wrong-type", "67:20"),
        ("high: 8, high_posts: 200", "high: 9, high_posts: 200", "service-rate-jump", "54:14"),
    ],
)
def test_broken_packs(tmp_path: Path, old: str, new: str, code: str, where: str) -> None:
    assert old in PACK
    path = tmp_path / "p.yaml"
    path.write_text(PACK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=rf"p\.yaml:{where}: ") as caught:
        load_standard(path)
    assert code in [f.code for f in caught.value.findings if f.place.text().endswith(f":{where}")]


def test_all_faults_of_a_pack_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    broken = PACK.replace("area_m2: 54", "area_m2: x").replace(
        "confidence: high", "confidence: sure"
    )
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match="a number expected") as caught:
        load_standard(path)
    assert len(caught.value.findings) > 20


def test_a_misspelt_key_gets_advice_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "o.yaml"
    path.write_text(HEAD + "levles: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match='Maybe "levels" was meant') as caught:
        load_standard("cn-2014", [path])
    assert "“levels”" in caught.value.findings[0].text("zh")
