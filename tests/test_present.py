"""What units hold today against what is approved, by figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.run import audit
from allocator.domain import Ledger, Posts
from allocator.entitlement import entitle, entitlement_rows
from allocator.entitlement_balance import (
    DIFFERENCES,
    Balance,
    balance_rows,
    balance_totals,
    balances,
    difference,
    held_area,
    held_by_nobody,
    held_without_entitlement,
    own_ratios,
    total,
)
from allocator.entitlement_lines import Needs
from allocator.present import Present, not_held, present
from allocator.quantity import half_up
from standards.catalog import Standard
from standards.load import load_standard
from tests.builders import (
    building,
    floor,
    holds,
    make_ledger,
    office,
    posts,
    room,
    service,
    site,
    sits,
    tiny_standard,
    unit,
)

TINY = tiny_standard()
CN = load_standard("cn-2014")
RATIO = Fraction(13, 20)


def town(**tables: Any) -> Ledger:
    """Three buildings: A with 0.65 of its own, B with 0.6, C and the high-rise D without."""
    plain: dict[str, Any] = {
        "sites": [site("S"), site("M", tenure="market")],
        "buildings": [
            building("A", "S", usable_ratio=RATIO),
            building("B", "S", usable_ratio=Fraction(3, 5)),
            building("C", "S"),
            building("D", "S", high_rise=True),
            building("E", "M"),
        ],
        "floors": [floor(f"{code}1", code) for code in "ABCDE"],
        "units": [unit("fin"), unit("edu")],
        "posts": [posts("fin", "chief", 1), posts("fin", "clerk", 4), posts("edu", "clerk", 2)],
    }
    return make_ledger(**(plain | tables))


def of(ledger: Ledger, code: str = "fin", standard: Standard = TINY) -> Present:
    return present(ledger, standard)[code]


def balance(ledger: Ledger, code: str = "fin", standard: Standard = TINY, **more: Any) -> Balance:
    made = balances(ledger, standard, present(ledger, standard), more.get("needs"))
    return next(b for b in made if b.unit.code == code)


# -- which rooms are held -----------------------------------------------------------------------


def test_rows_of_occupancy_decide_and_allocation_only_where_there_is_none() -> None:
    ledger = town(
        rooms=[
            office("1", "A1", 24, allocated_unit="edu"),
            office("2", "A1", 9, allocated_unit="fin"),
            office("3", "A1", 10),
            service("4", "A1", 30),
        ],
        occupancy=[sits("1", "fin", "chief"), holds("4", "fin")],
    )
    assert [h.room.code for h in of(ledger).rooms] == ["1", "2", "4"]
    assert of(ledger, "edu").rooms == ()
    assert [r.code for r in not_held(ledger, TINY)] == ["3"]


def test_area_by_use_counts_available_rooms_and_reports_the_rest_apart() -> None:
    uses = ("office", "service", "equipment", "business", "ancillary")
    ledger = town(
        rooms=[
            *(room(use, "A1", use, 10 + n) for n, use in enumerate(uses)),
            office("s", "A1", 20, status="sealed", allocated_unit="fin"),
            office("u", "A1", 21, status="unavailable", allocated_unit="fin"),
            office("l", "A1", 22, status="let", allocated_unit="fin"),
            office("m", "E1", 23, allocated_unit="fin"),
        ],
        occupancy=[holds(use, "fin") for use in uses],
    )
    held = of(ledger)
    assert [held.area(use) for use in uses] == [1000, 1100, 1200, 1300, 1400]
    assert held.usable == 3300
    apart = {why: held.apart(why)[0].area for why in ("sealed", "unavailable", "let", "market")}
    assert apart == {"sealed": 2000, "unavailable": 2100, "let": 2200, "market": 2300}
    row = balance_rows([balance(ledger)], TINY)[0]
    assert row["apart"]["sealed"] == {"rooms": 1, "area_m2": 20.0}
    assert row["held_m2"]["office"] == 10.0
    assert held.empty_offices[0].room.code == "office"


def test_people_in_a_sealed_room_are_no_overrun_of_the_form() -> None:
    ledger = town(
        rooms=[office("1", "A1", 30, status="sealed")], occupancy=[sits("1", "fin", "clerk")]
    )
    assert (of(ledger).office_over, of(ledger).area("office")) == (0, 0)


# -- shared rooms -------------------------------------------------------------------------------


def test_a_shared_office_is_divided_by_the_standards_of_its_people() -> None:
    # 1 chief of 24 and 2 clerks of 9 each: 24 : 18 of 50 m2; 50 - 42 = 8 m2 above the standards.
    ledger = town(
        rooms=[office("1", "A1", 50)],
        occupancy=[sits("1", "fin", "chief"), sits("1", "edu", "clerk", 2)],
    )
    fin, edu = of(ledger).rooms[0], of(ledger, "edu").rooms[0]
    assert (fin.part, edu.part) == (Fraction(4, 7), Fraction(3, 7))
    assert (fin.area, edu.area) == (Fraction(20_000, 7), Fraction(15_000, 7))
    assert (fin.over, edu.over) == (Fraction(3_200, 7), Fraction(2_400, 7))
    assert fin.area + edu.area == 5_000
    assert fin.shared and edu.shared
    row = balance_rows([balance(ledger)], TINY)[0]
    assert row["shared_rooms"] == [{"room": "1", "part": "4/7", "area_m2": 28.57}]


def test_other_shared_rooms_and_offices_without_people_are_divided_equally() -> None:
    ledger = town(
        rooms=[service("s", "A1", 10), office("o", "A1", 7)],
        occupancy=[
            sits("s", "fin", "chief"), sits("s", "edu", "clerk", 2), holds("o", "fin"),
            holds("o", "edu"),
        ],
    )  # fmt: skip
    assert [h.area for h in of(ledger).rooms] == [500, 350]
    assert of(ledger).office_over == 0


def test_a_unit_that_only_holds_an_office_where_others_sit_has_no_part_of_it() -> None:
    ledger = town(
        rooms=[office("1", "A1", 9)], occupancy=[holds("1", "fin"), sits("1", "edu", "clerk")]
    )
    assert (of(ledger).area("office"), of(ledger, "edu").area("office")) == (0, 900)
    assert of(ledger).coefficient.parts == ()


def test_without_a_known_standard_an_office_is_divided_by_heads_and_not_judged() -> None:
    ledger = town(
        rooms=[office("1", "A1", 30)],
        occupancy=[sits("1", "fin", "chief"), sits("1", "edu", "envoy", 2)],
    )
    assert of(ledger).area("office") == 1_000
    assert [h.room.code for h in of(ledger).not_judged] == ["1"]
    assert of(ledger).office_over == 0


def test_an_office_shared_with_a_body_without_entitlement_is_not_judged() -> None:
    ledger = town(
        units=[unit("fin"), unit("club", category="association")],
        rooms=[office("1", "A1", 60), office("2", "A1", 11)],
        occupancy=[
            sits("1", "fin", "chief"), sits("1", "club", "chief"), sits("2", "club", "clerk"),
        ],
    )  # fmt: skip
    assert [h.room.code for h in of(ledger).not_judged] == ["1"]
    assert of(ledger).area("office") == 3_000
    (finding,) = held_without_entitlement(ledger, present(ledger, TINY))
    assert (finding.value, finding.severity) == ("club", "warning")
    assert "2 rooms held, 41.00 m2" in finding.en


PEOPLE = st.lists(
    st.tuples(st.sampled_from(["fin", "edu"]), st.sampled_from(["chief", "clerk"]),
              st.integers(0, 5)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(area=st.integers(1, 20_000), people=PEOPLE, use=st.sampled_from(["office", "service"]))
def test_the_parts_of_a_room_make_up_the_room(area: int, people: list[Any], use: Any) -> None:
    whole = replace(room("1", "A1", use, 1), area=area)
    ledger = town(rooms=[whole], occupancy=[sits("1", *row) for row in people])
    found = [h for held in present(ledger, TINY).values() for h in held.rooms]
    assert sum(h.area for h in found) == area
    seated = sum({"chief": 2400, "clerk": 900}[grade] * n for _, grade, n in people)
    expected = max(0, area - seated) if use == "office" and seated else 0
    assert sum(h.over or 0 for h in found) == expected


# -- over and under -----------------------------------------------------------------------------


def test_an_overrun_is_never_made_up_by_what_another_person_lacks() -> None:
    # Approved 24 + 4 x 9 = 60. Held 30 + 5 + 8 = 43: 6 over for the chief, 17 short in all.
    ledger = town(
        rooms=[office("1", "A1", 30), office("2", "A1", 5), office("3", "A1", 8)],
        occupancy=[sits("1", "fin", "chief"), sits("2", "fin", "clerk"), sits("3", "fin", "clerk")],
    )
    found = balance(ledger)
    assert (found.entitlement.office, found.present.area("office")) == (6_000, 4_300)
    assert (found.office_over, found.office_lack) == (600, 1_700)


def test_service_and_equipment_are_netted_within_the_unit_and_business_never() -> None:
    # 5 posts: service 10, equipment 9 % of the approved 60 + 10 = 6.30, whatever is held.
    ledger = town(
        rooms=[
            service("1", "A1", 8), service("2", "A1", 7), room("3", "A1", "equipment", 5),
            room("4", "A1", "business", 500),
        ],
        occupancy=[holds(code, "fin") for code in "1234"],
    )  # fmt: skip
    found = balance(ledger)
    assert (found.service, found.equipment) == (500, -130)
    assert found.present.usable == 2_000
    assert held_area(found, "business") == 50_000
    assert found.usable is None
    assert {key: difference(found, key) for key in DIFFERENCES} == {
        "office_over": 0,
        "office_lack": 6_000,
        "service_over": 500,
        "service_lack": 0,
        "equipment_over": 0,
        "equipment_lack": 130,
        "usable_over": None,
        "usable_lack": None,
    }


def test_equipment_is_a_share_of_what_is_approved_not_of_what_is_there() -> None:
    few = town(rooms=[office("1", "A1", 9)], occupancy=[holds("1", "fin")])
    many = town(rooms=[office("1", "A1", 900)], occupancy=[holds("1", "fin")])
    assert balance(few).entitlement.equipment == balance(many).entitlement.equipment == 630


def test_the_office_overrun_is_an_area_not_a_ratio_to_the_area_used() -> None:
    ledger = town(rooms=[office("1", "A1", 36)], occupancy=[sits("1", "fin", "chief")])
    assert balance_rows([balance(ledger)], TINY)[0]["difference_m2"]["office_over"] == 12.0


def test_service_between_the_break_points_of_each_level_is_exact() -> None:
    ledger = town(
        units=[unit("city"), unit("county", "county")],
        posts=[posts("city", "below_bureau", 250), posts("county", "below_section", 160)],
    )
    made = {b.unit.code: b for b in balances(ledger, CN, present(ledger, CN))}
    assert made["city"].entitlement.service == 250 * 750  # 250 x (1000 - 250) / 100
    assert made["county"].entitlement.service == 160 * 680  # 160 x (500 - 160) / 50


def test_the_sum_of_individual_overruns_is_what_the_audit_finds() -> None:
    ledger = town(
        rooms=[office("1", "A1", 30), office("2", "A1", 50), office("3", "A1", 20)],
        occupancy=[
            sits("1", "fin", "chief"), sits("2", "fin", "chief"), sits("2", "edu", "clerk", 2),
            sits("3", "fin", "clerk", 3),
        ],
    )  # fmt: skip
    result = audit(today_case(ledger, TINY, Settings(on=date(2025, 3, 1))))
    found = [f.judgement for f in result.findings if f.rule.id == "over_standard"]
    overs = sum((j.value or 0) - (j.expected or 0) for j in found)
    assert overs == 1_400
    assert sum(b.office_over or 0 for b in balances(ledger, TINY, present(ledger, TINY))) == overs


def test_a_unit_without_any_post_on_record_is_not_compared() -> None:
    ledger = town(posts=[], rooms=[service("1", "A1", 8)], occupancy=[holds("1", "fin")])
    found = balance(ledger)
    assert (found.service, found.equipment, found.office_lack) == (None, None, None)
    assert found.office_over == 0


def test_a_standard_that_caps_nobodys_room_is_compared_as_a_whole() -> None:
    loose = replace(TINY, individual=False)
    ledger = town(
        rooms=[office("1", "A1", 30), service("2", "A1", 70)],
        occupancy=[sits("1", "fin", "chief"), holds("2", "fin")],
    )
    found = balance(ledger, standard=loose)
    # Approved 60 + 10 + 6.30.
    assert found.usable == 10_000 - 7_630
    assert (found.office_over, found.office_lack, found.service) == (None, None, None)


# -- people -------------------------------------------------------------------------------------


def test_vacancies_and_people_above_the_establishment_are_not_netted() -> None:
    borrowed = Posts(
        unit="fin", division="", grade="chief", established=1, in_post=2, borrowed=1,
        established_max=2,
    )  # fmt: skip
    ledger = town(
        posts=[posts("fin", "clerk", 5, 2, "d1"), posts("fin", "clerk", 1, 3, "d2"), borrowed]
    )
    staff = of(ledger).staff
    assert (staff.established, staff.in_post) == (7, 7)
    assert (staff.vacant, staff.over, staff.borrowed) == (3, 3, 1)
    assert staff.provisional and staff.recorded
    assert balance(ledger).entitlement.posts == 7
    assert not of(ledger, "edu").staff.recorded


# -- the coefficient ----------------------------------------------------------------------------


def in_buildings(*areas: tuple[str, int]) -> Ledger:
    """The unit holds an empty office of so many m2 in each building."""
    rooms = [office(f"{code}{n}", f"{code}1", area) for n, (code, area) in enumerate(areas)]
    return town(rooms=rooms, occupancy=[holds(r.code, "fin") for r in rooms])


def test_one_building_gives_its_own_coefficient() -> None:
    found = balance(in_buildings(("B", 40), ("B", 20)))
    assert (found.ratio, found.ratio_sums) == (Fraction(3, 5), "0.6")
    assert found.gross == Fraction(7_630) / Fraction(3, 5)
    assert found.entitlement.gross == found.gross


def test_two_buildings_are_weighted_by_what_is_held_in_each() -> None:
    # 65/0.65 = 100 and 30/0.6 = 50: K = 95/150, not the mean 0.625.
    ledger = in_buildings(("A", 65), ("B", 30))
    found = balance(ledger)
    assert found.present.coefficient.gross == 15_000
    assert found.ratio == Fraction(95, 150)
    assert found.ratio_sums == "(65.00+30.00)/(65.00/0.65+30.00/0.6)"
    assert found.gross == Fraction(7_630 * 150, 95)
    held = present(ledger, TINY)
    lines = {
        r["item"]: r
        for r in entitlement_rows(ledger, TINY, own_ratios(held, {}))
        if r["unit"] == "fin"
    }
    assert lines["gross"]["arithmetic"] == (
        "76.30/((65.00+30.00)/(65.00/0.65+30.00/0.6)) + 0 = 120.47"
    )
    assert "gross_high_rise" not in lines


@pytest.mark.parametrize(
    ("areas", "ratio", "sources"),
    [
        ([("C", 10)], Fraction(65, 100), ["multi_storey"]),
        ([("D", 10)], Fraction(60, 100), ["high_rise"]),
        ([("C", 65), ("D", 30)], Fraction(95, 150), ["multi_storey", "high_rise"]),
        ([("B", 30), ("C", 65)], Fraction(95, 150), ["building", "multi_storey"]),
        ([], Fraction(65, 100), []),
    ],
)
def test_the_standards_coefficient_stands_in_and_is_named(
    areas: list[tuple[str, int]], ratio: Fraction, sources: list[str]
) -> None:
    found = balance(in_buildings(*areas))
    assert found.ratio == ratio
    assert found.gross == Fraction(7_630) / ratio
    assert balance_rows([found], TINY)[0]["coefficient"]["sources"] == sources


def test_without_any_coefficient_there_is_no_gross_area() -> None:
    bare = replace(TINY, ratio_multi_storey=None)
    found = balance(in_buildings(("A", 10), ("C", 10)), standard=bare)
    assert (found.ratio, found.gross, found.present.coefficient.gross) == (None, None, None)
    assert found.ratio_sums == ""


def test_ancillary_rooms_come_on_top_and_a_units_own_ratio_leaves_them() -> None:
    ledger = in_buildings(("B", 60))
    needs = {"fin": Needs(canteen=True, given=(("x", 1),))}
    assert own_ratios(present(ledger, TINY), needs)["fin"] == Needs(
        canteen=True, given=(("x", 1),), ratio=Fraction(3, 5), ratio_sums="0.6"
    )
    town_hall = replace(ledger, posts=(posts("fin", "below_bureau", 10),))
    found = balance(town_hall, standard=CN, needs=needs)
    assert found.entitlement.ancillary == 3_700
    assert found.gross is not None
    assert found.entitlement.gross == found.gross + 3_700


def test_without_rooms_in_a_building_with_a_coefficient_the_lines_stay_as_they_were() -> None:
    ledger = in_buildings(("C", 10))
    assert own_ratios(present(ledger, TINY), {}) == {}
    assert entitle(ledger, TINY, own_ratios(present(ledger, TINY), {})) == entitle(ledger, TINY)


# -- totals and words ---------------------------------------------------------------------------


def test_totals_add_exact_areas_and_round_once() -> None:
    # Three units share 100.01 m2 of service rooms: 33.336666... each, printed 33.34.
    codes = ("a", "b", "c")
    ledger = town(
        units=[unit(code) for code in codes],
        posts=[posts(code, "clerk", 1) for code in codes],
        rooms=[service("1", "A1", "100.01")],
        occupancy=[holds("1", code) for code in codes],
    )
    made = balances(ledger, TINY, present(ledger, TINY))
    rows, totals = balance_rows(made, TINY), balance_totals(made, TINY)
    assert [row["held_m2"]["service"] for row in rows] == [33.34] * 3
    assert totals["held_m2"]["service"] == 100.01
    exact = total(made, lambda b: b.gross)
    assert exact is not None
    assert totals["approved_m2"]["gross"] == half_up(exact) / 100
    assert round(sum(row["approved_m2"]["gross"] for row in rows), 2) != half_up(exact) / 100


def test_totals_net_nothing_between_units() -> None:
    ledger = town(rooms=[service("1", "A1", 30)], occupancy=[holds("1", "fin")])
    totals = balance_totals(balances(ledger, TINY, present(ledger, TINY)), TINY)
    found = totals["difference_m2"]
    assert (found["service_over"], found["service_lack"]) == (20.0, 4.0)
    assert totals["posts"]["established"] == 7


def test_common_service_rooms_are_said_to_be_nobodys() -> None:
    ledger = town(
        rooms=[
            service("1", "A1", 30, features=("common",)), service("2", "A1", "12.50"),
            service("3", "A1", 9, status="sealed"), office("4", "A1", 9), service("5", "E1", 9),
        ],
        occupancy=[],
    )  # fmt: skip
    (finding,) = held_by_nobody(ledger, TINY)
    assert (finding.value, finding.severity) == ("service", "info")
    assert "2 service rooms, 42.50 m2, are held by no unit" in finding.en
    assert "服务用房 2 间 42.50 平方米" in finding.zh
