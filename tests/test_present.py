"""Rooms, people and coefficients of units today, by figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.domain import Ledger, Posts
from allocator.entitlement import entitle, entitlement_rows
from allocator.entitlement_balance import balance_rows, held_without_entitlement, own_ratios
from allocator.entitlement_lines import Needs
from allocator.present import not_held, present
from standards.load import load_standard
from tests.builders import holds, office, posts, room, service, sits, unit
from tests.held_cases import TINY, balance, of, town

CN = load_standard("cn-2014")


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
