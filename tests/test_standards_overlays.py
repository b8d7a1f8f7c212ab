"""Overlays on every kind of line, dumps that load back equal, and lines declared wrong."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.entitlement import entitle
from allocator.findings import InputError
from allocator.strict_yaml import dump_yaml
from standards.catalog import NAMED_FIGURES, PLAIN_TERMS, Standard
from standards.load import (
    DATA,
    bundled_standards,
    dump_standard,
    load_standard,
    load_standard_with_findings,
)
from standards.repealed import repealed_words
from tests.test_standards_packs import TOWN_HALL

HEAD = "format: allocator-standard-overlay/1\ncode: o\nauthority: our town\napplies_to: "


def overlaid(tmp_path: Path, pack: str, text: str) -> Standard:
    path = tmp_path / "o.yaml"
    path.write_text(f"{HEAD}{pack}\n{text}", encoding="utf-8")
    return load_standard(pack, [path])


# -- each kind of line --------------------------------------------------------------------------


def test_an_overlay_changes_weights_rates_and_shares(tmp_path: Path) -> None:
    town = overlaid(
        tmp_path, "jp-soumu",
        "levels:\n  municipal:\n"
        "    grades: [{code: special, weight: 12, clause: c, confidence: local}]\n"
        "    service: {rate: 6, clause: c, confidence: local}\n"
        "figures:\n  per_head: {value: 5, clause: c, confidence: local}\n"
        "  stores: {value: 0.1, clause: c, confidence: local}\n",
    )  # fmt: skip
    assert town.limit("municipal", "special") == 6_000
    assert town.limit("municipal", "staff") == 500
    (hall,) = entitle(TOWN_HALL, town)
    assert hall.office == (1_020 - 4 * 8) * 500
    assert [line.area for line in hall.lines[:3]] == [494_000, 49_400, 513 * 600]
    assert town.authorities == ("o: our town",)


def test_an_overlay_changes_the_cut_and_a_rate_per_head(tmp_path: Path) -> None:
    cut = overlaid(
        tmp_path, "in-2017", "figures:\n  austerity: {value: -0.1, clause: c, confidence: local}\n"
    )
    assert cut.figure("austerity").value == Fraction(-1, 10)
    eight = overlaid(
        tmp_path, "uk", "figures:\n  per_fte: {value: 10, clause: c, confidence: local}\n"
    )
    assert eight.limit("central", "fte") == 1_000


@pytest.mark.parametrize(
    ("pack", "text", "code", "where"),
    [
        ("uk", "figures:\n  per_ftee: {value: 9, clause: c, confidence: local}", "unknown-value",
         "6:13"),
        ("uk", "equipment: {value: 0.1, clause: c, confidence: local}", "unknown-value", "5:12"),
        ("uk", "figures:\n  per_fte: {value: 9, clause: c, confidence: UNVERIFIED}",
         "unverified-figure", "6:46"),
        ("in-2017", "figures:\n  austerity: {value: -1.1, clause: c, confidence: local}",
         "out-of-range", "6:22"),
        ("uk", "levels:\n  central:\n    grades: [{code: fte, area_m2: 9}]", "wrong-amount",
         "7:5"),
        ("cn-2014", "levels:\n  county:\n    grades: [{code: county_head, weight: 2}]",
         "wrong-amount", "7:5"),
        ("cn-2014", "levels:\n  county:\n    grades: [{code: county_head, weight: 2, area_m2: 3}]",
         "two-amounts", "7:42"),
    ],
)  # fmt: skip
def test_broken_overlays_of_the_new_kinds(
    tmp_path: Path, pack: str, text: str, code: str, where: str
) -> None:
    with pytest.raises(InputError, match=rf"o\.yaml:{where}: ") as caught:
        overlaid(tmp_path, pack, text)
    assert code in [f.code for f in caught.value.findings]


def test_equal_rates_at_both_break_points_are_one_rate(tmp_path: Path) -> None:
    flat = overlaid(
        tmp_path, "cn-2014",
        "levels:\n  county:\n    service: {low_posts: 10, high: 7, high_posts: 30, low: 7,"
        " clause: c, confidence: local}\n",
    )  # fmt: skip
    assert [flat.service_area("county", x) for x in (0, 1, 10, 20, 31)] == [
        x * 700 for x in (0, 1, 10, 20, 31)
    ]


# -- lines of a pack ----------------------------------------------------------------------------

UK = (DATA / "uk.yaml").read_text(encoding="utf-8")
LINE = "{item: usable, kind: heads, figure: per_fte, zh: 办公空间, en: workplace}"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{item: usable, kind: heads, figure: per_head, zh: 甲, en: a}", "missing-figure"),
        ("{item: usable, kind: grades, zh: 甲, en: a}", "wrong-amount"),
        ("{item: usable, kind: heads, zh: 甲, en: a}", "missing-key"),
        ("{item: usable, kind: head, figure: per_fte, zh: 甲, en: a}", "unknown-value"),
        ("{item: Usable, kind: heads, figure: per_fte, zh: 甲, en: a}", "wrong-type"),
        (f"{LINE}\n  - {LINE}", "duplicate-entry"),
        (f"{LINE}\n  - {LINE.replace('usable', 'again')}", "line-kinds"),
        (f"{LINE}\n  - {{item: t, kind: total, of: [office], zh: 甲, en: a, clause: c}}",
         "unknown-line"),
        (f"{LINE}\n  - {{item: t, kind: given, of: [usable], zh: 甲, en: a, clause: c}}",
         "unknown-key"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_worked_out(tmp_path: Path, line: str, code: str) -> None:
    path = tmp_path / "p.yaml"
    assert LINE in UK
    path.write_text(UK.replace(LINE, line), encoding="utf-8")
    with pytest.raises(InputError, match=r"p\.yaml:\d+:\d+: ") as caught:
        load_standard(path)
    assert code in [f.code for f in caught.value.findings]
    assert all(f.zh and f.en for f in caught.value.findings)


def test_a_date_is_a_year_a_month_or_a_day(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(UK.replace("individual:", "issued: spring 2020\nindividual:"), encoding="utf-8")
    with pytest.raises(InputError, match="a year, YYYY-MM or YYYY-MM-DD expected"):
        load_standard(path)


def test_a_pack_of_before_that_declares_no_lines_still_loads(tmp_path: Path) -> None:
    text = (DATA / "cn-2014.yaml").read_text(encoding="utf-8")
    kept = [
        row
        for row in text.splitlines()
        if not row.startswith(("lines:", "  - {item:", "issued:", "individual:"))
    ]
    path = tmp_path / "old.yaml"
    path.write_text("\n".join(kept), encoding="utf-8")
    old, now = load_standard(path), load_standard("cn-2014")
    assert (old.terms, old.individual, old.issued) == (PLAIN_TERMS, True, "")
    assert now.terms == PLAIN_TERMS
    assert (old.grades, old.service, old.ancillary) == (now.grades, now.service, now.ancillary)


# -- dumps --------------------------------------------------------------------------------------


@st.composite
def overlays(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A pack, and an overlay of it that changes some of its figures of every kind."""
    pack = load_standard(draw(st.sampled_from(bundled_standards())))
    amount = st.fractions(Fraction(1, 7), 90, max_denominator=200)
    share = st.fractions(0, 1, max_denominator=60).filter(lambda f: f > 0)
    said = {"clause": "细则", "confidence": "local"}
    levels: dict[str, Any] = {}
    for grade in draw(st.lists(st.sampled_from(pack.grades), unique=True, max_size=4)):
        key = "area_m2" if grade.weight is None else "weight"
        rows = levels.setdefault(grade.level, {}).setdefault("grades", [])
        rows.append({"code": grade.code, key: draw(amount), **said})
    for rate in draw(st.lists(st.sampled_from(pack.service), max_size=2)) if pack.service else []:
        high, low = draw(amount), draw(amount)
        rate_data = {"low_posts": 10, "high": max(high, low), "high_posts": 30,
                     "low": min(high, low), **said}  # fmt: skip
        levels.setdefault(rate.level, {})["service"] = rate_data
    data: dict[str, Any] = {
        "format": "allocator-standard-overlay/1", "code": "drawn", "applies_to": pack.code,
        "authority": draw(st.sampled_from(["某市", "=our city"])), "levels": levels,
    }  # fmt: skip
    for name in NAMED_FIGURES:
        if getattr(pack, name) and draw(st.booleans()):
            data[name] = {"value": draw(share), **said}
    for key, figures in (("figures", pack.figures), ("ancillary", pack.ancillary)):
        chosen = {n: {"value": draw(amount), **said} for n, _ in figures if draw(st.booleans())}
        if chosen:
            data[key] = chosen
    return pack.code, data


@given(overlays())
def test_every_pack_with_any_overlay_dumps_back_equal(drawn: tuple[str, dict[str, Any]]) -> None:
    pack, data = drawn
    with TemporaryDirectory() as folder:
        overlay, copy = Path(folder) / "o.yaml", Path(folder) / "copy.yaml"
        overlay.write_text(dump_yaml(data), encoding="utf-8")
        standard = load_standard(pack, [overlay])
        copy.write_text(dump_standard(standard), encoding="utf-8")
        assert load_standard(copy) == standard
        assert dump_standard(load_standard(copy)) == dump_standard(standard)


@pytest.mark.parametrize("code", bundled_standards())
def test_every_shipped_pack_dumps_back_equal(tmp_path: Path, code: str) -> None:
    standard = load_standard(code)
    copy = tmp_path / "copy.yaml"
    copy.write_text(dump_standard(standard), encoding="utf-8")
    assert load_standard(copy) == standard


# -- the repealed standard of 1999 --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "repealed"),
    [
        ("三级办公用房", True),
        ("按 二级 办公用房 执行", True),
        ("计投资[1999]2250号", True),
        ("计投资〔1999〕2250 号", True),
        ("发改投资〔2014〕2674号", False),
        ("一级主任科员办公用房", False),
        ("", False),
    ],
)
def test_words_of_1999(text: str, repealed: bool) -> None:
    assert repealed_words(text) is repealed


def test_words_of_1999_are_warned_about_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "o.yaml"
    path.write_text(
        HEAD.replace("our town", "一级办公用房") + "cn-2014\n"
        "ancillary:\n  guard: {value: 20, clause: 计投资〔1999〕2250号, confidence: local}\n",
        encoding="utf-8",
    )
    found = load_standard_with_findings("cn-2014", [path])[1]
    assert [(f.code, f.place.text(), f.severity) for f in found] == [
        ("repealed-figure", f"{path.as_posix()}:3:12", "warning"),
        ("repealed-figure", f"{path.as_posix()}:6:30", "warning"),
    ]
