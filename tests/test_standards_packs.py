"""The packs of five places: their worked examples, and errors that real systems made with them."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.run import audit
from allocator.domain import Ledger, Level, Occupancy, Posts, Unit
from allocator.entitlement import Entitlement, entitle, entitlement_findings
from allocator.entitlement_lines import Needs
from allocator.findings import InputError
from allocator.quantity import half_up
from standards.catalog import Standard, UnknownFigure
from standards.load import bundled_standards, load_standard, load_standard_with_findings
from tests.audit.people_cases import make_case
from tests.builders import room

CN, IN, JP, UK, AU = (load_standard(c) for c in ("cn-2014", "in-2017", "jp-soumu", "uk", "au"))
PACKS = (CN, IN, JP, UK, AU)


def one_unit(level: Level, counts: dict[str, int]) -> Ledger:
    return Ledger(
        units=(Unit(code="u", name="office", level=level),),
        posts=tuple(
            Posts(unit="u", division="", grade=grade, established=count, in_post=0)
            for grade, count in counts.items()
        ),
    )


def lines(entitlement: Entitlement) -> dict[str, str]:
    return {line.item: line.arithmetic for line in entitlement.lines}


# -- the worked examples ------------------------------------------------------------------------

TOWN_HALL = one_unit(
    "municipal",
    {"special": 4, "director": 9, "section_chief": 50, "subsection_chief": 159, "staff": 291},
)
GIVEN = {"u": Needs(given=(("garage", 50_000), ("assembly", 70_000)))}


def test_japan_to_the_last_digit() -> None:
    (hall,) = entitle(TOWN_HALL, JP, GIVEN)
    assert lines(hall) == {
        "office": "(4×20 + 9×9 + 50×5 + 159×2 + 291×1)×4.5 = 4,590.00",
        "stores": "13%×4,590.00 = 596.70",
        "service": "513×7 = 3,591.00",
        "usable": "4,590.00+596.70+3,591.00 = 8,777.70",
        "circulation": "40%×8,777.70 = 3,511.08",
        "garage": "500.00 = 500.00",
        "assembly": "700.00 = 700.00",
        "gross": "8,777.70+3,511.08+500.00+700.00 = 13,488.78",
    }
    assert hall.office == 1_020 * 450
    assert (hall.usable, hall.gross, hall.equipment) == (877_770, 1_348_878, None)
    assert entitlement_findings(TOWN_HALL, JP, GIVEN) == ()


def test_japan_as_the_source_rounds_each_line() -> None:
    (hall,) = entitle(TOWN_HALL, JP, GIVEN)
    parts = ("office", "stores", "service", "circulation", "garage", "assembly")
    tenths = [half_up(line.area / 10) for line in hall.lines if line.item in parts]
    assert tenths == [45_900, 5_967, 35_910, 35_111, 5_000, 7_000]
    assert sum(tenths) == 134_888


def test_amounts_left_to_the_user_are_asked_for_and_never_guessed() -> None:
    (hall,) = entitle(TOWN_HALL, JP)
    assert hall.gross == 877_770 + 351_108
    assert "garage" not in lines(hall)
    found = entitlement_findings(TOWN_HALL, JP)
    assert [(f.code, f.severity, f.value) for f in found] == [
        ("amount-not-given", "info", "office"),
        ("amount-not-given", "info", "office"),
    ]
    assert "garage" in found[0].en and "车库" in found[0].zh


def test_india_cuts_the_total_and_caps_each_room() -> None:
    ledger = one_unit(
        "central", {"pay_14_18": 1, "pay_12_13a": 2, "pay_11": 3, "section_officer": 4}
    )
    (ministry,) = entitle(ledger, IN)
    assert lines(ministry) == {
        "office": "1×33 + 2×22 + 3×11 + 4×5.5 = 132.00",
        "austerity": "-20%×132.00 = -26.40",
        "usable": "132.00-26.40 = 105.60",
    }
    assert (ministry.office, ministry.usable) == (13_200, 10_560)
    assert (ministry.service, ministry.gross) == (None, None)
    assert entitlement_findings(ledger, IN) == ()
    assert IN.limit("central", "Level 13A") == 2_200


@pytest.mark.parametrize(
    ("pack", "grade", "sums", "area"),
    [(UK, "FTE", "120×8 = 960.00", 96_000), (AU, "workpoint", "120×14 = 1,680.00", 168_000)],
)
def test_per_head_packs(pack: Standard, grade: str, sums: str, area: int) -> None:
    (office,) = entitle(one_unit("central", {grade: 120}), pack)
    assert lines(office) == {"usable": sums}
    assert office.usable == area
    assert (office.office, office.service) == (None, None)


def test_what_is_measured_in_australia_is_no_limit() -> None:
    assert AU.figure("actual").value == Fraction(131, 10)
    assert "actual" not in [term.figure for term in AU.terms]


@pytest.mark.parametrize(
    ("level", "areas"),
    [
        ("municipal", "0 8 800 1600 1605.99 1875 2397.99 2400 2406 30000"),
        ("provincial", "0 9 900 1800 1806.99 2125 2796.99 2800 2807 35000"),
        ("county", "0 8 800 1200 1206 1500 2394 2400 2406 30000"),
    ],
)
def test_service_area_at_the_break_points(level: str, areas: str) -> None:
    posts = (0, 1, 100, 200, 201, 250, 399, 400, 401, 5000)
    found = [CN.service_area(level, x) for x in posts]
    assert found == [Fraction(area) * 100 for area in areas.split()]


@given(st.sampled_from(["municipal", "provincial", "county"]), st.integers(0, 6000))
def test_service_area_never_falls_with_posts(level: str, posts: int) -> None:
    assert CN.service_area(level, posts) < CN.service_area(level, posts + 1)


def test_only_aggregates_outside_china_and_india() -> None:
    assert [pack.individual for pack in PACKS] == [True, True, False, False, False]


def test_every_pack_says_where_when_and_how_sure() -> None:
    assert [pack.code for pack in sorted(PACKS, key=lambda p: p.code)] == bundled_standards()
    for pack in PACKS:
        assert pack.place and pack.source and pack.version
        figures = [*pack.grades, *pack.service, *(f for _, f in (*pack.figures, *pack.ancillary))]
        assert all(f.clause and f.confidence != "local" for f in figures)
    assert (CN.issued, IN.issued, JP.repealed) == ("2014-11-24", "2017-03-16", "2011")


def test_a_repealed_pack_says_so() -> None:
    (note,) = load_standard_with_findings("jp-soumu")[1]
    assert (note.code, note.severity) == ("standard-repealed", "info")
    assert "2011" in note.zh and "repealed in 2011" in note.en


@pytest.mark.parametrize(
    ("pack", "level"), [(CN, "central"), (CN, "township"), (UK, "central"), (JP, "county")]
)
def test_what_nobody_confirmed_is_asked_from_the_user(pack: Standard, level: str) -> None:
    with pytest.raises(UnknownFigure, match=f"no service rate for level '{level}'"):
        pack.service_area(level, 10)


# -- errors of real systems ---------------------------------------------------------------------


def test_bug_integer_division() -> None:
    # 1000 - 250 = 750 over 100: 7.5 and not 7.
    (unit,) = entitle(one_unit("municipal", {"below_bureau": 250}), CN)
    assert unit.service == 187_500 != 250 * 700


def test_bug_county_formula_with_the_break_points_of_a_city(tmp_path: Path) -> None:
    (unit,) = entitle(one_unit("county", {"below_section": 150}), CN)
    assert unit.service == 150 * 700 != 150 * 800
    overlay = tmp_path / "wrong.yaml"
    overlay.write_text(
        "format: allocator-standard-overlay/1\ncode: w\napplies_to: cn-2014\nauthority: x\n"
        "levels:\n  county:\n    service: {low_posts: 200, high: 8, high_posts: 400, low: 6,"
        " numerator: 500, denominator: 50, clause: c, confidence: local}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="does not meet the rate at 200 posts"):
        load_standard("cn-2014", [overlay])


def _held(office: str, equipment: str) -> tuple[Ledger, Settings]:
    """10 clerks (9 m2 each, 2 m2 of service rooms): 9 % of 110 m2 approved is 9.90 m2."""
    case = make_case(
        rooms=[room("R1", "F", "office", office), room("E1", "F", "equipment", equipment)],
        posts=[Posts(unit="tax", division="", grade="clerk", established=10, in_post=10)],
        occupancy=[
            Occupancy(room="R1", unit="tax", division="", grade="clerk", people=10),
            Occupancy(room="E1", unit="tax", division="", grade="", people=0),
        ],
    )
    return case.ledger, case.settings


def test_bug_share_of_what_is_there_instead_of_what_is_approved() -> None:
    standard = make_case().standard
    ledger, settings = _held("500", "30")
    bare = replace(ledger, occupancy=(), rooms=())
    assert entitle(ledger, standard) == entitle(bare, standard)
    assert entitle(ledger, standard)[0].equipment == 990
    # 30 m2 is within 9 % of the 500 m2 that are there, and far above 9 % of what is approved.
    (finding,) = audit(today_case(ledger, standard, settings), rules=("equipment_over",)).findings
    assert (finding.judgement.value, finding.judgement.expected) == (3_000, 990)


def test_bug_overrun_over_the_area_in_use() -> None:
    # 30 m2 above a standard of 90 m2: the overrun is 30 m2, a third of the standard and not a
    # quarter of the 120 m2 in use.
    ledger, settings = _held("120", "9")
    case = today_case(ledger, make_case().standard, settings)
    (finding,) = audit(case, rules=("over_standard",)).findings
    judged = finding.judgement
    assert judged.value is not None and judged.expected is not None
    assert judged.facts["over_m2"] == judged.value - judged.expected == 3_000
    assert Fraction(judged.value - judged.expected, judged.expected) == Fraction(1, 3)
    assert "%" not in finding.sentence().zh + finding.sentence().en
