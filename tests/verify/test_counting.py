"""Figures of small estates worked out by hand: floors, leases, service, moves, tiers, caps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from allocator.domain import Relation
from allocator.scenario import Pin, RoomException, Scenario
from allocator.verify.caps import Caps
from allocator.verify.moves import match_moves
from allocator.verify.verify import verify_plan
from tests.builders import (
    building,
    change,
    floor,
    holds,
    make_ledger,
    make_policy,
    make_scenario,
    office,
    posts,
    request,
    service,
    site,
    sits,
    unit,
    with_policy,
)
from tests.verify.filled import context_of, filled, seat, unplaced


def codes(scenario: Scenario, plan: dict[str, object]) -> list[str]:
    return [finding.code for finding in verify_plan(scenario, plan)]


def two_floors(**policy: object) -> Scenario:
    """One unit of 4 clerks on A1; A2 has only a service room and an office."""
    return make_scenario(
        make_ledger(
            sites=[site("S1")],
            buildings=[building("A", "S1")],
            floors=[floor("A1", "A"), floor("A2", "A", 2)],
            rooms=[
                office("A101", "A1", 18),
                office("A102", "A1", 18),
                office("A103", "A1", 9),
                service("A201", "A2", 5, features=("common",)),
                office("A202", "A2", 9),
            ],
            units=[unit("fin")],
            posts=[posts("fin", "clerk", 4)],
            occupancy=[sits("A101", "fin", "clerk", 2), sits("A102", "fin", "clerk", 2)],
        ),
        policy=make_policy(**policy),
    )


SEATED = [seat("A101", "fin", "clerk", 2), seat("A102", "fin", "clerk", 2)]


def test_a_floor_kept_open_for_service_rooms() -> None:
    scenario = two_floors()
    areas = context_of(scenario, SEATED, ("A2",)).measured.areas
    # Entitlement 4 x 2 = 8, unheld service 5: common 5; A103 and A202 stay as 18.
    assert (areas.stock, areas.held, areas.common, areas.stranded, areas.released) == (
        5900, 3600, 500, 1800, 0,
    )  # fmt: skip
    # Share 0.5 of 8 = 4, offered 5.
    assert areas.service_short == 0
    assert areas.common_floors == ("A2",)
    assert codes(scenario, filled(scenario, SEATED, ("A2",))) == []


def test_closing_it_releases_the_floor_and_shorts_the_service() -> None:
    scenario = two_floors()
    areas = context_of(scenario, SEATED).measured.areas
    assert (areas.common, areas.stranded, areas.released, areas.service_short) == (
        0, 900, 1400, 400,
    )  # fmt: skip
    assert areas.released_floors == ("A2",)
    assert areas.released_buildings == ()
    # One seat of 9 m2 is kept: ceil(0.03 x 4) = 1.
    assert areas.reserve == 900
    assert codes(scenario, filled(scenario, SEATED)) == []


def test_today_a_common_room_keeps_its_floor_in_use() -> None:
    today = context_of(two_floors(), SEATED).today.areas
    assert today.common_floors == ("A2",)
    assert today.floors_in_use == ("A1", "A2")
    assert today.released == 0


def test_a_let_room_keeps_its_floor_in_use() -> None:
    scenario = change(two_floors(), "rooms", "A202", status="let")
    areas = context_of(scenario, SEATED).measured.areas
    assert areas.floors_in_use == ("A1", "A2")
    assert areas.stock == 5000
    # A2 is open anyway, so it must not be listed as kept open for service rooms.
    assert codes(scenario, filled(scenario, SEATED)) == []
    assert "common_floors" in codes(scenario, filled(scenario, SEATED, ("A2",)))


def test_the_service_share_is_lowered_to_today() -> None:
    scenario = change(two_floors(), "rooms", "A201", area=300)
    # Today 3 of 8 offered: share 0.375, so the closed floor lacks 3, not 4.
    assert context_of(scenario, SEATED).measured.areas.service_short == 300
    assert context_of(scenario, SEATED).today.areas.service_short == 0


def test_a_leased_building_on_an_owned_site_is_a_lease_of_its_own() -> None:
    scenario = change(two_floors(), "buildings", "A", tenure="leased")
    areas = context_of(scenario, SEATED).measured.areas
    assert (areas.leased_kept, areas.leases_ended) == (5900, ())


def test_a_leased_floor_ends_when_it_is_left() -> None:
    scenario = change(two_floors(), "floors", "A2", tenure="borrowed")
    context = context_of(scenario, SEATED)
    assert (context.measured.areas.leased_kept, context.measured.areas.leases_ended) == (0, ("A2",))
    assert context.today.areas.leased_kept == 1400


def test_an_opened_market_site_counts_only_where_used() -> None:
    scenario = change(two_floors(), "sites", "S1", tenure="market")
    opened = replace(scenario, market_open=frozenset({"S1"}))
    areas = context_of(opened, SEATED).measured.areas
    assert (areas.stock, areas.released, areas.leased_kept) == (4500, 0, 4500)
    assert areas.leases_ended == ()
    assert context_of(scenario, SEATED).measured.areas.stock == 0
    assert "market" in codes(scenario, filled(scenario, SEATED))


def test_a_room_shared_today_divides_hidden_by_standards() -> None:
    scenario = make_scenario(
        make_ledger(
            sites=[site("S1")],
            buildings=[building("A", "S1")],
            floors=[floor("A1", "A")],
            rooms=[office("A101", "A1", 40)],
            units=[unit("fin"), unit("edu")],
            posts=[posts("fin", "chief", 1), posts("fin", "clerk", 1, 0), posts("edu", "clerk", 1)],
            occupancy=[sits("A101", "fin", "chief"), sits("A101", "edu", "clerk")],
        )
    )
    today = context_of(scenario, []).today.areas
    # S = 24 + 9 = 33, hidden 7: fin 7 x 24/33 = 5.0909 less a vacant 9 = 0, edu 7 x 9/33 = 1.9090.
    assert (today.hidden, today.hidden_same_basis) == (700, 191)


def test_unused_service_entitlement_is_hidden_only_past_it() -> None:
    scenario = change(two_floors(), "rooms", "A201", area=1000, allocated_unit="fin")
    today = context_of(scenario, SEATED).today.areas
    assert (today.hidden, today.common, today.held) == (200, 0, 4600)


def three_places() -> Scenario:
    """Six clerks in A101, B101 and C101; A and B on S1, C on S2; free rooms everywhere."""
    return make_scenario(
        make_ledger(
            sites=[site("S1"), site("S2")],
            buildings=[building("A", "S1"), building("B", "S1"), building("C", "S2")],
            floors=[floor("A1", "A"), floor("B1", "B"), floor("C1", "C")],
            rooms=[office(f"{b}10{n}", f"{b}1", 18) for b in "ABC" for n in (1, 2, 3)],
            units=[unit("fin")],
            posts=[posts("fin", "clerk", 6)],
            occupancy=[sits(f"{b}101", "fin", "clerk", 2) for b in "ABC"],
        ),
        policy=make_policy(sites_per_unit=2, buildings_per_unit=2, reserve=0),
    )


def test_moves_are_matched_to_the_nearest_room_first() -> None:
    scenario = three_places()
    rows = [seat("A102", "fin", "clerk", 2), seat("A103", "fin", "clerk", 2)]
    rows.append(seat("C102", "fin", "clerk", 2))
    context = context_of(scenario, rows)
    moves = [(m.from_room, m.to_room, m.people) for m in match_moves(context.world, context.layout)]
    assert moves == [("A101", "A102", 2), ("B101", "A103", 2), ("C101", "C102", 2)]
    people = context.people
    assert (people.moved, people.moved_building, people.moved_site, people.moved_far) == (
        6,
        4,
        2,
        0,
    )
    assert codes(scenario, filled(scenario, rows)) == []


def test_people_who_leave_and_new_posts_do_not_move() -> None:
    scenario = three_places()
    scenario = change(scenario, "rooms", "A102", area=900)
    rows = [seat("A101", "fin", "clerk", 2), seat("A102", "fin", "clerk", 1)]
    plan = filled(scenario, rows, unplaced=[unplaced("fin", "clerk", 3)])
    # Two stay; min(6, 3) - 2 = 1 moves, from B within the site.
    assert plan["people"]["moved"] == plan["people"]["moved_site"] == 1
    assert plan["people"]["unhoused"] == 3
    assert codes(scenario, plan) == []


def test_together_counts_people_off_the_main_place() -> None:
    scenario = three_places()
    rows = [seat("A101", "fin", "clerk", 2), seat("A102", "fin", "clerk", 2)]
    rows.append(seat("C101", "fin", "clerk", 2))
    quantities = context_of(scenario, rows).quantities
    assert (quantities["off_main_floor"], quantities["outside_main_building"]) == (0, 2)


def test_near_counts_steps_between_main_places() -> None:
    scenario = three_places()
    near = Relation(a="fin", b="edu", kind="near", weight=3)
    ledger = replace(
        scenario.ledger,
        units=(unit("fin"), unit("edu")),
        posts=(posts("fin", "clerk", 4), posts("edu", "clerk", 2)),
    )
    scenario = replace(scenario, ledger=ledger, relations=(near,))
    for room, steps in (("A102", 0), ("B102", 2), ("C102", 3)):
        rows = [seat("A101", "fin", "clerk", 2), seat(room, "edu", "clerk", 2)]
        assert context_of(scenario, rows).quantities["near"] == 3 * 2 * steps
    assert context_of(scenario, [seat("A101", "fin", "clerk", 2)]).quantities["near"] == 0


def test_caps_rise_to_the_smallest_number_that_suffices() -> None:
    # A site of 3 rooms of 18: floor(18 / (0.65 x 9)) = 3 seats each, 9 a building.
    tight = with_policy(three_places(), sites_per_unit=1, buildings_per_unit=1)
    assert context_of(tight, []).caps["fin"] == Caps(1, 1)
    full = replace(tight, ledger=replace(tight.ledger, posts=(posts("fin", "clerk", 19),)))
    # 18 seats on S1 do not do for 19, three buildings do.
    assert context_of(full, []).caps["fin"] == Caps(2, 3)
    more = replace(tight, ledger=replace(tight.ledger, posts=(posts("fin", "clerk", 99),)))
    assert context_of(more, []).caps["fin"] == Caps(2, 3)
    pinned = replace(full, pins=(Pin(unit="fin", kind="building", place="A"),))
    assert context_of(pinned, []).caps["fin"] == Caps(1, 1)


def test_a_registered_exception_waives_the_room_rule_when_listed() -> None:
    entry = RoomException(room="A101", unit="fin", reason="listed hall")
    scenario = replace(change(two_floors(), "rooms", "A101", area=4000), exceptions=(entry,))
    listed = [{"room": "A101", "unit": "fin", "area": 40.0, "reason": "listed hall"}]
    assert codes(scenario, filled(scenario, SEATED, exceptions=listed)) == []
    assert codes(scenario, filled(scenario, SEATED)) == ["exceptions"]
    wrong = [listed[0] | {"area": 41.0}]
    assert codes(scenario, filled(scenario, SEATED, exceptions=wrong)) == ["exceptions"]


def test_registered_sharing_and_an_office_for_a_request() -> None:
    scenario = two_floors()
    ledger = replace(
        scenario.ledger,
        units=(unit("fin"), unit("edu")),
        posts=(posts("fin", "clerk", 3), posts("edu", "clerk", 1)),
        occupancy=(holds("A103", "edu"),),
        requests=(request("edu", "hearings", "office", 8, 10, 2),),
    )
    scenario = replace(scenario, ledger=ledger, shared=(("A102", ("edu", "fin")),))
    rows = [
        seat("A101", "fin", "clerk", 2),
        seat("A102", "edu", "clerk", 1),
        seat("A102", "fin", "clerk", 1),
        seat("A202", "edu", purpose="hearings"),
    ]
    missing = unplaced("edu", "", 0) | {"nearest": "hearings"}
    plan = filled(scenario, rows, unplaced=[missing])
    assert codes(scenario, plan) == []
    # The room not found counts as one unhoused; the room given is neither hidden nor short.
    assert plan["tiers"][0]["value"] == 1
    assert plan["people"]["unhoused"] == 0
    assert plan["areas"]["hidden"] == 0
    assert codes(replace(scenario, shared=()), plan) == ["one_unit_per_room"]


def test_title_by_agreement_holder_or_presence() -> None:
    scenario = change(two_floors(), "sites", "S1", title_registered=False, title_holder="railway")
    plan = filled(scenario, SEATED)
    assert codes(scenario, plan) == []  # fin sits there today
    away = replace(scenario, ledger=replace(scenario.ledger, occupancy=()))
    refused = filled(away, SEATED)
    assert set(codes(away, refused)) == {"title"}
    assert codes(replace(away, agreements=(("S1", ("fin",)),)), refused) == []
    assert codes(change(away, "sites", "S1", agreement=("*",)), refused) == []
    assert codes(change(away, "buildings", "A", title_holder="unit fin"), refused) == []
    assert codes(change(away, "floors", "A1", title_registered=True), refused) == []


def test_basis_and_people_over_establishment() -> None:
    scenario = two_floors()
    ledger = replace(scenario.ledger, posts=(posts("fin", "clerk", 4, 6),))
    scenario = replace(scenario, ledger=ledger)
    assert context_of(scenario, SEATED).people.over_establishment == 2
    larger = with_policy(scenario, basis="larger")
    people = context_of(larger, SEATED).people
    assert (people.posts, people.unhoused, people.over_establishment) == (6, 2, 0)


def test_rates_without_exact_decimals_are_accepted() -> None:
    third = Fraction(1, 3)
    scenario = two_floors()
    tiers = tuple(
        replace(tier, terms=tuple((term, third) for term, _ in tier.terms))
        for tier in scenario.policy.tiers
    )
    scenario = with_policy(scenario, tiers=tiers)
    assert codes(scenario, filled(scenario, SEATED)) == []
