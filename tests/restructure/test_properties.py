"""What holds for all operations: nothing is lost, order of independent ones does not matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.domain import Division, Ledger, Occupancy, Posts, Unit
from allocator.entitlement import entitle
from allocator.restructure import operations as op
from allocator.restructure.apply import apply
from allocator.restructure.read import Step
from allocator.restructure.replay import Replay, replay
from allocator.restructure.state import Refused, State, start_state
from standards.load import load_standard
from tests.builders import building, floor, make_ledger, office, site, tiny_standard
from tests.conftest import FULL

CASES = settings(max_examples=300 if FULL else 40)
GRADES = ("chief", "clerk")


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Four to six units; those after the first have all their posts in divisions."""
    units = [Unit(code=f"u{n}", name=f"Unit {n}", level="municipal")
             for n in range(draw(st.integers(4, 6)))]  # fmt: skip
    divisions, posts, seats = [], [], []
    rooms = [office(f"R{n}", "F", 20) for n in range(12)]
    for n, unit in enumerate(units):
        codes = [f"{unit.code}-{i}" for i in range(draw(st.integers(1, 2)))]
        divisions += [Division(code=code, unit=unit.code, name=code) for code in codes]
        for code in [*codes, *([""] if n == 0 else [])]:
            for grade in GRADES:
                people = draw(st.integers(0, 3))
                more = draw(st.integers(0, 2))
                if people + more:
                    posts.append(Posts(unit=unit.code, division=code, grade=grade,
                                       established=people + more, in_post=people))  # fmt: skip
                for room in draw(st.lists(st.sampled_from(rooms), max_size=people)):
                    seats.append(Occupancy(room=room.code, unit=unit.code, division=code,
                                           grade=grade, people=1))  # fmt: skip
    return make_ledger(
        sites=[site("S")], buildings=[building("B", "S")], floors=[floor("F", "B")], rooms=rooms,
        units=units, divisions=divisions, posts=posts, occupancy=seats,
    )  # fmt: skip


def _step(number: int, operation: op.Operation) -> Step:
    return Step(number=number, kind="test", label="", path=(), data=None, operation=operation)


def _replayed(ledger: Ledger, *operations: op.Operation) -> Replay:
    state = start_state(ledger, tiny_standard())
    return replay(state, [_step(i, o) for i, o in enumerate(operations, start=1)])


def _merge(*units: str, into: str = "new") -> op.Merge:
    return op.Merge(units=units, into=op.UnitWords(unit=into, name="New"))


def _back(ledger: Ledger, *units: str) -> op.Split:
    heirs = tuple(
        op.Heir(
            words=op.UnitWords(unit=unit),
            divisions=tuple(d.code for d in ledger.divisions if d.unit == unit),
        )
        for unit in units
    )
    return op.Split(unit="new", into=heirs, rest=units[0])


@CASES
@given(ledgers())
def test_a_merger_split_back_is_as_before(ledger: Ledger) -> None:
    made = _replayed(ledger, _merge("u0", "u1"), _back(ledger, "u0", "u1"))
    assert all(done.carried_out for done in made.done)
    after = made.state.ledger
    assert after.posts == ledger.posts
    assert Counter(after.occupancy) == Counter(ledger.occupancy)
    assert [seat.room for seat in after.occupancy] == sorted(
        (seat.room for seat in ledger.occupancy),
        key=[seat.room for seat in ledger.occupancy].index,
    )
    assert (after.rooms, after.divisions) == (ledger.rooms, ledger.divisions)
    assert [u for u in after.units if u.code != "new"] == list(ledger.units)
    assert made.state.trace.lineage().units == ()
    assert made.state.trace.lineage().flows == ()


INDEPENDENT: list[op.Operation] = [
    _merge("u0", "u1"),
    op.Rename(unit="u2", name="Other"),
    op.TransferDivision(division="u2-0", to="u3"),
    op.Create(words=op.UnitWords(unit="a", name="A", level="county"),
              posts=(op.NewPosts(grade="clerk", established=op.Strength(planned=2)),)),
    op.Create(words=op.UnitWords(unit="b", name="B", level="county")),
]  # fmt: skip


@CASES
@given(ledgers(), st.permutations(INDEPENDENT))
def test_independent_operations_commute(ledger: Ledger, order: list[op.Operation]) -> None:
    first, second = _replayed(ledger, *INDEPENDENT), _replayed(ledger, *order)
    assert first.state.ledger == second.state.ledger
    assert first.state.trace.lineage() == second.state.trace.lineage()


def _counts(ledger: Ledger) -> tuple[int, int, int]:
    return (
        sum(row.established for row in ledger.posts),
        sum(row.in_post for row in ledger.posts),
        sum(seat.people for seat in ledger.occupancy),
    )


@st.composite
def operations(draw: st.DrawFn, ledger: Ledger) -> op.Operation:
    """Any operation on a few codes; many are refused."""
    units = st.sampled_from([*(u.code for u in ledger.units), "u9"])
    divisions = st.sampled_from([*(d.code for d in ledger.divisions), ""])
    grades, few = st.sampled_from(GRADES), st.integers(0, 4)
    pair = st.lists(units, min_size=2, max_size=3, unique=True).map(tuple)
    a, b, d, e, g = draw(units), draw(units), draw(divisions), draw(divisions), draw(grades)
    strength = op.Strength(planned=draw(few))
    kinds: list[op.Operation] = [
        op.Merge(units=draw(pair), into=op.UnitWords(unit=draw(st.sampled_from(["m", a])),
                                                     name="M")),
        op.Abolish(unit=a, successor=draw(st.sampled_from(["", b]))),
        op.TransferDivision(division=d, to=a, code=draw(st.sampled_from(["", "x", e]))),
        op.TransferPosts(source=(a, d), to=(b, e), grade=g, established=draw(few)),
        op.SetPosts(unit=a, division=d, grade=g, established=strength,
                    in_post=draw(st.none() | few)),
        op.Regrade(unit=a, division=d, source=g, to=draw(grades),
                   established=draw(st.none() | few)),
        op.Rename(unit=a, name="R"),
        op.SetLevel(unit=a, level="county"),
    ]  # fmt: skip
    return draw(st.sampled_from(kinds))


def _check_lineage(state: State, before: Ledger) -> None:
    lineage = state.trace.lineage()
    changed = {f.new for f in lineage.flows}
    for row in state.ledger.posts:
        if row.group in changed:
            flows = [f for f in lineage.flows if f.new == row.group]
            sums = (sum(f.established for f in flows), sum(f.in_post for f in flows))
            assert sums == (row.established, row.in_post)
    for old in before.posts:
        flows = [f for f in lineage.flows if f.old == old.group]
        if flows:
            assert sum(f.established for f in flows) == old.established
            assert sum(f.in_post for f in flows) == old.in_post


@CASES
@given(st.data())
def test_nothing_is_lost_but_what_an_operation_ends(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    state = start_state(ledger, tiny_standard())
    for _ in range(4):
        operation = data.draw(operations(state.ledger))
        try:
            after = apply(state, operation)
        except Refused:
            continue
        old, new = _counts(state.ledger), _counts(after.ledger)
        if isinstance(operation, op.Abolish):
            gone = [p for p in state.ledger.posts if p.unit == operation.unit]
            kept = sum(p.in_post for p in gone) if operation.successor else 0
            assert new[0] == old[0] - sum(p.established for p in gone)
            assert new[1] == old[1] - sum(p.in_post for p in gone) + kept
        elif not isinstance(operation, op.SetPosts):
            assert new == old
        assert [r.code for r in after.ledger.rooms] == [r.code for r in ledger.rooms]
        active = {u.code for u in after.ledger.units if u.status == "active"}
        owned = {(d.unit, d.code) for d in after.ledger.divisions}
        rows: tuple[Any, ...] = (*after.ledger.posts, *after.ledger.occupancy)
        assert {row.unit for row in rows} <= active
        assert {(row.unit, row.division) for row in rows if row.division} <= owned
        _check_lineage(after, ledger)
        state = after


@CASES
@given(st.data())
def test_a_replay_gives_the_same_again(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    chosen = [data.draw(operations(ledger)) for _ in range(4)]
    assert _replayed(ledger, *chosen) == _replayed(ledger, *chosen)


@CASES
@given(ledgers())
def test_office_entitlement_is_additive_and_service_up_to_the_first_step(ledger: Ledger) -> None:
    """The offices of a merger are the sum; so are service rooms while no step is passed."""
    standard = tiny_standard()
    made = _replayed(ledger, _merge("u0", "u1")).state.ledger
    before = {e.unit: e for e in entitle(ledger, standard)}
    after = {e.unit: e for e in entitle(made, standard)}
    for line in ("office", "service", "equipment", "usable"):
        parts = [getattr(before[unit], line) for unit in ("u0", "u1")]
        assert getattr(after["new"], line) == sum(parts, Fraction(0))
    assert all(after[u] == before[u] for u in before if u not in ("u0", "u1"))


@pytest.mark.parametrize(("posts", "additive"), [((100, 100), True), ((150, 150), False),
                                                 ((400, 400), True)])  # fmt: skip
def test_service_entitlement_falls_where_a_merger_passes_a_step(
    posts: tuple[int, int], additive: bool
) -> None:
    standard = load_standard("cn-2014")
    units = tuple(Unit(code=f"u{n}", name=f"U{n}", level="municipal") for n in range(2))
    rows = tuple(
        Posts(unit=unit.code, division="", grade="below_bureau", established=count, in_post=0)
        for unit, count in zip(units, posts, strict=True)
    )
    ledger = replace(make_ledger(), units=units, posts=rows)
    merged = replay(start_state(ledger, standard), [_step(1, _merge("u0", "u1"))]).state.ledger
    before = sum((e.service or 0 for e in entitle(ledger, standard)), Fraction(0))
    after = sum((e.service or 0 for e in entitle(merged, standard)), Fraction(0))
    assert (after == before) is additive and after <= before
    assert sum(e.office or 0 for e in entitle(merged, standard)) == sum(
        e.office or 0 for e in entitle(ledger, standard)
    )
