"""What units hold against what is approved, by figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from allocator.audit.build import today_case
from allocator.audit.case import Settings
from allocator.audit.run import audit
from allocator.entitlement_balance import (
    DIFFERENCES,
    balance_rows,
    balance_totals,
    balances,
    difference,
    held_area,
    held_by_nobody,
    total,
)
from allocator.present import present
from allocator.quantity import half_up
from standards.load import load_standard
from tests.builders import holds, office, posts, room, service, sits, unit
from tests.held_cases import TINY, balance, town

CN = load_standard("cn-2014")


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
