"""Differences of two scenarios: every one is named, and taking them over leads to the other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.compare_groups import groups
from allocator.compare_inputs import pieces, scenario_differences, take_over
from allocator.domain import Relation
from allocator.restructure.lineage import Lineage
from allocator.scenario import Budget, Pin, Scenario
from allocator.verify.verify import Checker
from tests.builders import (
    add,
    building,
    change,
    floor,
    make_ledger,
    make_scenario,
    office,
    posts,
    site,
    sits,
    unit,
    with_policy,
)
from tests.oracle.random_cases import draw


def base() -> Scenario:
    return make_scenario(
        make_ledger(
            sites=[site("S")],
            buildings=[building("A", "S")],
            floors=[floor("A1", "A")],
            rooms=[office("A101", "A1", 20), office("A102", "A1", 20), office("A103", "A1", 20)],
            units=[unit("fin"), unit("tax")],
            posts=[posts("fin", "clerk", 2), posts("tax", "clerk", 2)],
            occupancy=[sits("A101", "fin", "clerk", 2), sits("A102", "tax", "clerk", 2)],
        )
    )


def normal(scenario: Scenario) -> Scenario:
    """The same with entries in one order and without what decides nothing."""
    ledger = scenario.ledger
    tables = {name: tuple(sorted(getattr(ledger, name), key=repr)) for name in ledger.__slots__}
    lists = ("pins", "forbids", "relations", "exceptions", "shared", "agreements")
    entries = {name: tuple(sorted(getattr(scenario, name), key=repr)) for name in lists}
    return replace(
        scenario, name="", sources={}, changes=(), ledger=replace(ledger, **tables), **entries
    )


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_all_differences_together_are_the_other_scenario(one: int, other: int) -> None:
    a, b = (draw(Random(seed), f"case-{seed}") for seed in (one, other))
    found = pieces(a, b)
    assert normal(take_over(a, b, found)) == normal(b)
    assert normal(take_over(b, a, found)) == normal(a)
    assert pieces(a, a) == ()
    grouped = [piece for group in groups(a, b) for piece in group.pieces]
    assert len(grouped) == len(found)


def lines(a: Scenario, b: Scenario) -> list[tuple[str, str, str, str, str, str]]:
    return [(d.part, d.table, d.code, d.column, d.old, d.new) for d in scenario_differences(a, b)]


def test_each_kind_of_difference_is_one_line_in_both_languages() -> None:
    a = base()
    b = with_policy(a, min_share=Fraction(7, 10), people_moved_cap=40)
    b = change(b, "rooms", "A103", status="sealed", area=1850)
    b = replace(
        b,
        name="another name",
        pins=(Pin(unit="fin", kind="room", place="A102"),),
        budget=Budget(seed=3),
        sources={"ledger": "0"},
    )
    assert lines(a, b) == [
        ("ledger", "rooms", "A103", "area", "20.00 m²", "18.50 m²"),
        ("ledger", "rooms", "A103", "status", "available", "sealed"),
        ("policy", "people_moved_cap", "", "", "", "40"),
        ("policy", "min_share", "", "", "0.65", "0.7"),
        ("pins", "", "", "", "", "unit=fin kind=room place=A102 people=1"),
        ("budget", "seed", "", "", "0", "3"),
    ]
    words = [(d.zh, d.en) for d in scenario_differences(a, b)]
    assert words[1] == (
        "台账 房间 A103 status：available → sealed", "ledger rooms A103 status: available → sealed",
    )  # fmt: skip
    assert words[2] == ("政策 调整人数上限：- → 40", "policy people moved cap: - → 40")
    assert words[4][1].startswith("pins: added: unit=fin")
    assert scenario_differences(b, a)[4].en.startswith("pins: gone: unit=fin")


def test_a_rate_and_the_order_of_tiers_are_named() -> None:
    a = base()
    first, second, *rest = a.policy.tiers
    dearer = replace(second, terms=tuple((t, r * 2) if t == "short" else (t, r)
                                         for t, r in second.terms))  # fmt: skip
    b = with_policy(a, tiers=(first, dearer, *rest))
    assert lines(a, b) == [("policy", "tiers", "", "space.short", "1", "2")]
    turned = with_policy(a, tiers=(second, first, *rest))
    (line,) = scenario_differences(a, turned)
    assert line.old.startswith("unhoused > space") and line.new.startswith("space > unhoused")


def test_a_relation_changes_in_the_ledger_too() -> None:
    near = Relation(a="fin", b="tax", kind="near", weight=2)
    a = base()
    b = replace(a, relations=(near,), ledger=replace(a.ledger, relations=(near,)))
    (piece,) = pieces(a, b)
    assert take_over(a, b, [piece]) == b
    assert take_over(b, a, [piece]) == a


def test_a_new_unit_changes_only_with_all_that_names_it() -> None:
    a = base()
    b = add(a, "units", unit("law"))
    b = add(b, "posts", posts("law", "clerk", 1))
    b = add(b, "occupancy", sits("A103", "law", "clerk"))
    b = replace(b, pins=(Pin(unit="law", kind="building", place="A"),))
    b = change(b, "rooms", "A102", area=1500)
    found = groups(a, b)
    sizes = sorted(len(group.pieces) for group in found)
    assert sizes == [1, 4]
    for group in found:
        Checker(take_over(a, b, group.pieces))
        Checker(take_over(b, a, group.pieces))


def test_a_merger_is_one_group_whatever_it_touches() -> None:
    a = base()
    ledger = a.ledger
    merged = replace(
        ledger,
        units=tuple(replace(u, status="abolished") if u.code == "tax" else u for u in ledger.units),
        posts=(posts("fin", "clerk", 4),),
        occupancy=(sits("A101", "fin", "clerk", 2), sits("A102", "fin", "clerk", 2)),
    )
    b = replace(a, ledger=merged, lineage=Lineage(units=(("tax", ("fin",)),)))
    b = with_policy(b, reserve=Fraction(0))
    found = groups(a, b)
    assert [group.name for group in found] == ["01-lineage-units", "02-policy-reserve"]
    assert found[0].en.startswith("lineage units: added: tax, fin; ")
    assert {p.path[-1] for p in found[0].pieces} == {"units", "posts", "occupancy"}
    Checker(take_over(a, b, found[0].pieces))


def test_many_differences_are_grouped_by_table() -> None:
    a = base()
    more = [office(f"A2{n:02d}", "A1", 12) for n in range(30)]
    a = add(a, "rooms", *more)
    b = with_policy(a, min_share=Fraction(7, 10))
    for room in more:
        b = change(b, "rooms", room.code, area=1300)
    b = replace(b, pins=tuple(Pin(unit=u, kind="site", place="S") for u in ("fin", "tax")))
    names = [group.name for group in groups(a, b)]
    assert names == ["01-ledger-rooms", "02-policy-min-share", "03-pins"]
    assert groups(a, b)[0].en.endswith("30 differences in all")
    assert len(groups(a, b, most=100)) == 33


@pytest.mark.parametrize("budget", [Budget(seconds=9), Budget(seconds=None, work=9)])
def test_how_long_a_search_took_is_named_but_not_tried(budget: Budget) -> None:
    a = base()
    b = replace(a, budget=budget)
    assert scenario_differences(a, b)
    assert groups(a, b) == ()
