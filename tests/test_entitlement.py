"""Entitlements: the published worked figures, the printed arithmetic, and what is not guessed."""

from dataclasses import replace
from fractions import Fraction

import pytest

from allocator.domain import Ledger, Level, Posts, Unit
from allocator.entitlement import (
    INELIGIBLE_CLAUSE,
    Entitlement,
    entitle,
    entitlement_findings,
    entitlement_rows,
    service_entitlement,
    service_entitlements,
)
from allocator.entitlement_lines import Needs, canteen, cars, gross_area
from allocator.quantity import m2
from standards.catalog import UnknownFigure
from standards.load import load_standard

CN = load_standard("cn-2014")


def _ledger(level: Level, counts: dict[str, int], category: str = "organ") -> Ledger:
    return Ledger(
        units=(Unit(code="u", name="某局", level=level, category=category),),
        posts=tuple(
            Posts(unit="u", division="", grade=grade, established=count, in_post=count + 5)
            for grade, count in counts.items()
        ),
    )


MUNICIPAL = _ledger("municipal", {"bureau_head": 1, "deputy_bureau_head": 4, "below_bureau": 95})
COUNTY_40 = _ledger("county", {"section_head": 1, "deputy_section_head": 3, "below_section": 36})
COUNTY_160 = _ledger("county", {"section_head": 1, "deputy_section_head": 5, "below_section": 154})


def _printed(entitlement: Entitlement) -> list[float]:
    parts = (
        entitlement.office,
        entitlement.service,
        entitlement.equipment,
        entitlement.usable,
        entitlement.gross,
    )
    assert None not in parts
    return [m2(part) for part in parts if part is not None]


@pytest.mark.parametrize(
    ("ledger", "figures"),
    [
        (MUNICIPAL, [951.00, 800.00, 157.59, 1908.59, 2936.29]),
        (COUNTY_40, [378.00, 320.00, 62.82, 760.82, 1170.49]),
        (COUNTY_160, [1464.00, 1088.00, 229.68, 2781.68, 4279.51]),
    ],
)
def test_worked_figures(ledger: Ledger, figures: list[float]) -> None:
    (entitlement,) = entitle(ledger, CN)
    assert _printed(entitlement) == figures


def test_high_rise_and_a_buildings_own_coefficient() -> None:
    (entitlement,) = entitle(MUNICIPAL, CN)
    assert entitlement.gross_high_rise is not None
    assert m2(entitlement.gross_high_rise) == 3180.98
    (own,) = entitle(MUNICIPAL, CN, {"u": Needs(ratio=Fraction(7, 10))})
    assert own.gross == own.gross_high_rise == Fraction(190859, 1) / Fraction(7, 10)
    assert [line.item for line in own.lines].count("gross_high_rise") == 0


def test_every_line_shows_its_arithmetic_and_clause() -> None:
    (entitlement,) = entitle(MUNICIPAL, CN)
    assert [(line.item, line.clause, line.arithmetic) for line in entitlement.lines] == [
        ("office", "第十一条", "1×24 + 4×18 + 95×9 = 951.00"),
        ("service", "第十二条", "100×8 = 800.00"),
        ("equipment", "第十三条", "9%×(951.00+800.00) = 157.59"),
        ("usable", "面积计算公式", "951.00+800.00+157.59 = 1,908.59"),
        ("gross", "建筑使用面积系数", "1,908.59/0.65 + 0 = 2,936.29"),
        ("gross_high_rise", "建筑使用面积系数", "1,908.59/0.6 + 0 = 3,180.98"),
    ]
    assert all(line.confidence and line.zh and line.en for line in entitlement.lines)


def test_between_the_break_points_the_formula_is_substituted() -> None:
    (entitlement,) = entitle(_ledger("municipal", {"below_bureau": 250}), CN)
    assert entitlement.lines[1].arithmetic == "250×(1000-250)/100 = 1,875.00"
    assert entitlement.service_entitlement == 187_500


def test_grades_of_several_divisions_are_one_line_in_the_order_of_the_standard() -> None:
    rows = [("b", "below_bureau", 2), ("a", "below_bureau", 3), ("", "bureau_head", 1)]
    ledger = replace(
        MUNICIPAL,
        posts=tuple(
            Posts(unit="u", division=d, grade=g, established=n, in_post=0) for d, g, n in rows
        ),
    )
    assert entitle(ledger, CN)[0].lines[0].arithmetic == "1×24 + 5×9 = 69.00"


def test_a_unit_without_posts_is_entitled_to_nothing() -> None:
    (entitlement,) = entitle(_ledger("municipal", {}), CN)
    assert entitlement.lines[0].arithmetic == "0 = 0.00"
    assert entitlement.usable == 0


def test_established_posts_decide_not_people_in_post() -> None:
    ledger = replace(MUNICIPAL, posts=tuple(replace(p, in_post=0) for p in MUNICIPAL.posts))
    assert entitle(ledger, CN) == entitle(MUNICIPAL, CN)
    assert service_entitlements(MUNICIPAL, CN) == {"u": 80_000}


def test_ancillary_rooms() -> None:
    assert canteen(CN, 128) == Fraction(44280)
    assert canteen(CN, 100) == 37_000
    assert cars(CN, 250) == 990_000
    needs = {"u": Needs(canteen=True, cars=250, bicycles=10, ebikes=4, motorcycles=2, guards=1)}
    (entitlement,) = entitle(MUNICIPAL, CN, needs)
    lines = {line.item: line for line in entitlement.lines}
    assert lines["canteen"].arithmetic == "100×3.7 = 370.00"
    assert lines["cars"].arithmetic == "200×40 + 50×38 = 9,900.00"
    assert lines["bicycles"].arithmetic == "10×1.8 = 18.00"
    assert lines["guards"].arithmetic == "1×25 = 25.00"
    assert entitlement.ancillary == (37_000 + 990_000 + 1_800 + 1_000 + 500 + 2_500)
    assert entitlement.usable is not None
    assert entitlement.gross == gross_area(
        entitlement.usable, Fraction(65, 100), entitlement.ancillary
    )
    assert lines["gross"].arithmetic.startswith("1,908.59/0.65 + 10,328.00 = ")


def test_totals_come_from_unrounded_areas() -> None:
    thin = replace(CN, equipment=replace(CN.equipment, value=Fraction(1, 3)))
    ledger = _ledger("municipal", {"below_bureau": 1})
    (entitlement,) = entitle(ledger, thin)
    assert entitlement.equipment == Fraction(1700, 3)
    assert entitlement.usable == Fraction(6800, 3)
    assert entitlement.gross == Fraction(6800, 3) / Fraction(65, 100)


def test_an_unconfirmed_figure_is_a_finding_and_no_line() -> None:
    ledger = _ledger("central", {"minister": 1, "below_division": 10})
    (entitlement,) = entitle(ledger, CN)
    assert [line.item for line in entitlement.lines] == ["office"]
    assert entitlement.office == 5400 + 9000
    assert (entitlement.service, entitlement.usable, entitlement.gross) == (None, None, None)
    assert entitlement.service_entitlement is None
    (finding,) = entitlement_findings(ledger, CN)
    assert (finding.code, finding.severity) == ("unknown-figure", "error")
    assert "no confirmed figure for the service rate of level central" in finding.en
    with pytest.raises(UnknownFigure, match="central"):
        service_entitlement(CN, "central", 11)


def test_a_township_without_overlay_has_no_office_area_either() -> None:
    ledger = _ledger("township", {"township_head": 1})
    assert entitle(ledger, CN)[0].lines == ()
    assert len(entitlement_findings(ledger, CN)) == 2
    hubei = load_standard("cn-2014", ["hubei-township"])
    assert entitle(ledger, hubei)[0].office == 2400
    assert len(entitlement_findings(ledger, hubei)) == 1


@pytest.mark.parametrize("category", ["business_institution", "enterprise", "association"])
def test_bodies_without_entitlement_get_no_line_but_a_clause(category: str) -> None:
    ledger = _ledger("municipal", {"below_bureau": 5}, category)
    assert entitle(ledger, CN) == ()
    (finding,) = entitlement_findings(ledger, CN)
    assert (finding.code, finding.severity) == ("unit-not-eligible", "warning")
    assert finding.clause == INELIGIBLE_CLAUSE


def test_rows_for_tables_end_with_totals() -> None:
    rows = entitlement_rows(MUNICIPAL, CN)
    assert [row["item"] for row in rows if row["unit"] == "u"] == [
        "office",
        "service",
        "equipment",
        "usable",
        "gross",
        "gross_high_rise",
    ]
    totals = {row["item"]: row["area_m2"] for row in rows if not row["unit"]}
    assert totals == {
        "office": 951.0,
        "service": 800.0,
        "equipment": 157.59,
        "usable": 1908.59,
        "gross": 2936.29,
    }
    assert set(rows[0]) == {
        "unit",
        "name",
        "item",
        "zh",
        "en",
        "clause",
        "confidence",
        "arithmetic",
        "area_m2",
    }
