"""The sample for inspection: shares, the draw, and that nothing but the ledger's facts matter."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.audit.sample import Sample, Stratum, allocate, draw_sample
from allocator.domain import Ledger
from allocator.report.sample_sheet import draw_words
from tests.builders import building, floor, holds, make_ledger, office, site, sits, unit
from tests.conftest import FULL

EXAMPLES = 2000 if FULL else 60


def city() -> Ledger:
    """20 municipal and 5 county secondary units, 3 dispatched ones, 2 that are both."""
    secondary = [unit(f"s{n:02}", parent="head") for n in range(20)]
    county = [unit(f"c{n}", "county", parent="head", territory="east") for n in range(5)]
    away = [unit(f"d{n}") for n in range(3)]
    both = [unit(f"b{n}", parent="head") for n in range(2)]
    rooms = [office(f"R{n}", "F", 20) for n in range(5)] + [office("H1", "G", "30.5")]
    return make_ledger(
        sites=[site("S", kind="dispatched", name="East post"), site("T")],
        buildings=[building("B", "S"), building("C", "T")],
        floors=[floor("F", "B"), floor("G", "C")],
        rooms=rooms,
        units=[unit("head"), *secondary, *county, *away, *both, unit("gone", status="abolished",
               parent="head")],
        occupancy=[
            *(sits(f"R{n}", f"d{n}", "clerk") for n in range(3)),
            holds("R3", "b0"),
            sits("R4", "b1", "clerk"),
            sits("H1", "b1", "clerk"),
            sits("H1", "head", "clerk"),
        ],
    )  # fmt: skip


def shares(sample: Sample) -> dict[str, tuple[int, int]]:
    return {d.stratum.key: (d.population, len(d.drawn)) for d in sample.draws}


def test_strata_are_kind_level_and_territory() -> None:
    assert shares(draw_sample(city(), 10, 7)) == {
        "both/municipal/": (2, 1),
        "dispatched/municipal/": (3, 1),
        "secondary/county/east": (5, 2),
        "secondary/municipal/": (20, 6),
    }


def test_shares_by_hand() -> None:
    """10 of 30: quotas 0.67 -> 1; then 9 of 28: 0.96 -> 1; then 8 of 25: 1.6 and 6.4."""
    a, b, c, d = (Stratum("secondary", "county", t) for t in "abcd")
    assert allocate({a: 2, b: 3, c: 5, d: 20}, 10, 1) == {a: 1, b: 1, c: 2, d: 6}


def test_fewer_than_strata_go_to_the_largest() -> None:
    a, b, c = (Stratum("secondary", "county", t) for t in "abc")
    assert allocate({a: 1, b: 50, c: 40}, 2, 1) == {a: 0, b: 1, c: 1}


def test_the_draw_can_be_checked_by_hand() -> None:
    sample = draw_sample(city(), 10, 7)
    ranked = sorted(
        (sha256(f"7|secondary/municipal/|s{n:02}".encode()).hexdigest(), f"s{n:02}")
        for n in range(20)
    )
    drawn = next(d for d in sample.draws if d.population == 20).drawn
    assert [(u.rank, u.unit) for u in drawn] == [(h[:12], code) for h, code in ranked[:6]]


def test_a_drawn_unit_says_where_it_is() -> None:
    both = draw_sample(city(), 100, 7).draws[0]
    found = {u.unit: (u.sites, u.rooms, u.area) for u in both.drawn}
    assert found == {
        "b0": (("East post",), 1, 2000),
        "b1": (("East post", "site T"), 2, 5050),
    }


def test_too_few_units_are_all_drawn() -> None:
    sample = draw_sample(city(), 100, 7)
    assert (sample.asked, sample.size, sample.population) == (100, 30, 30)
    assert sample.is_whole
    assert not draw_sample(city(), 29, 7).is_whole
    empty = draw_sample(make_ledger(units=[unit("head")]), 5, 7)
    assert (empty.size, empty.draws, empty.is_whole) == (0, (), True)


def test_nothing_is_drawn_of_nothing_asked() -> None:
    sample = draw_sample(city(), 0, 7)
    assert sample.size == 0
    assert sum(d.not_drawn for d in sample.draws) == 30


def test_order_of_rows_does_not_matter_but_the_seed_does() -> None:
    ledger, shuffled = city(), city()
    for name in ("units", "occupancy", "rooms"):
        rows = list(getattr(ledger, name))
        random.Random(name).shuffle(rows)
        shuffled = replace(shuffled, **{name: tuple(rows)})
    assert shuffled.units != ledger.units
    first = draw_sample(ledger, 10, 7)
    assert draw_sample(shuffled, 10, 7) == first
    assert draw_sample(ledger, 10, 8) != first


def test_json_is_plain() -> None:
    data = json.loads(json.dumps(draw_sample(city(), 10, 7).as_json()))
    assert (data["population"], data["size"], data["seed"]) == (30, 10, 7)
    assert sum(s["allocated"] + s["not_drawn"] for s in data["strata"]) == 30
    assert all(len(s["units"]) == s["allocated"] for s in data["strata"])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 400), st.integers())
def test_shares_sum_to_the_size_and_stay_within_each_stratum(
    populations: list[int], size: int, seed: int
) -> None:
    strata = {Stratum("both", "county", f"{n:02}"): p for n, p in enumerate(populations)}
    counts = allocate(strata, size, seed)
    total = sum(populations)
    assert sum(counts.values()) == min(size, total)
    assert counts.keys() == strata.keys()
    assert all(0 <= counts[s] <= strata[s] for s in strata)
    if size >= len(strata):
        assert min(counts.values()) >= 1
    # Nobody strays from the exact share by one, but for those raised to one and who paid for it.
    quotas = {s: strata[s] * min(size, total) / total for s in strata}
    if all(q >= 1 for q in quotas.values()):
        assert all(abs(counts[s] - quotas[s]) < 1 for s in strata)


def test_the_draw_number_is_told_with_a_text_to_hash() -> None:
    sample = draw_sample(city(), 10, 7)
    first = next(d for d in sample.draws if d.drawn)
    text = f"7|{first.stratum.key}|{first.drawn[0].unit}"
    begin = sha256(text.encode()).hexdigest()[:12]
    words = draw_words(sample)
    assert "抽签值 = sha256(种子|分层|单位编码) 的前 12 位十六进制数" in words.zh
    assert f"sha256({text}) begins {begin}" in words.en
