"""Interval verdicts hold: a certain one for every truth, an open one unless a doubt turns it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from allocator.audit.case import Case
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import Subject
from allocator.domain import Group, Posts
from tests.audit.random_truths import Truth, random_case, random_truth
from tests.conftest import FULL

TRUTHS = 34 if FULL else 20
"""Truths per case: 10,000 in all in the full run (300 cases), 400 otherwise (20 cases)."""


def _rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def _group(subject: Subject) -> Group:
    return Group(subject.unit, subject.division, subject.grade)


def _row(truth: Truth, group: Group) -> Posts | None:
    return next((p for p in truth.case.post_rows if p.group == group), None)


# -- the same questions on exact figures, written apart from the rules -------------------------


def _over(truth: Truth, subject: Subject) -> bool:
    truth = replace(truth, generous=True)
    area, tolerance = truth.area(subject.code), truth.case.settings.tolerance
    if area > truth.standards(subject.code) + tolerance:
        return True
    if truth.case.settings.split == "proportional":
        return False
    seats = [s for s in truth.case.seats if s.room == subject.code and s.people]
    heads = sum(s.people for s in seats)
    return any(
        _rounded(Fraction(area * s.people, heads))
        > truth.counted(s) * truth.limit(s.unit, s.grade) + tolerance
        for s in seats
    )


def _under(truth: Truth, subject: Subject) -> bool:
    share = truth.case.settings.min_share
    return truth.area(subject.code) < share * truth.standards(subject.code)


def _planned(truth: Truth, group: Group) -> int:
    row = _row(truth, group)
    if row is None:
        return 0
    basis = truth.case.settings.basis
    counts = {"established": truth.established(row), "in_post": truth.in_post(row)}
    return counts[basis] if basis in counts else max(counts.values())


def _two_offices(truth: Truth, subject: Subject) -> bool:
    group = _group(subject)
    rooms = {s.room for s in truth.case.seats if s.group == group}
    row = _row(truth, group)
    if truth.case.view == "plan":
        allowed = _planned(truth, group)
    else:
        allowed = truth.in_post(row) if row else 0
    return len(rooms) > max(1, allowed)


def _roll_above(truth: Truth, subject: Subject) -> bool:
    row = _row(truth, _group(subject))
    assert row is not None
    return truth.in_post(row) > truth.established(row)


def _seated(truth: Truth, group: Group) -> int:
    return sum(s.people for s in truth.case.seats if s.group == group)


def _roll_differs(truth: Truth, subject: Subject) -> bool:
    """Borrowed staff who do not count are struck from the roll, and from the seats they have."""
    group = _group(subject)
    row = _row(truth, group)
    listed, seated = row.in_post if row else 0, _seated(truth, group)
    seatless = min(truth.missing(group), max(0, listed - seated))
    return listed - seatless != seated


def _unhoused(truth: Truth, subject: Subject) -> bool:
    rows = [
        p for p in truth.case.post_rows if (p.unit, p.division) == (subject.unit, subject.division)
    ]
    seated = sum(
        s.people
        for s in truth.case.seats
        if (s.unit, s.division) == (subject.unit, subject.division)
    )
    return sum(truth.in_post(p) for p in rows) >= 1 and seated == 0


def _held(truth: Truth, unit: str, use: str) -> int:
    held = Fraction(0)
    for room in truth.case.ledger.rooms:
        if room.use != use:
            continue
        units = {s.unit for s in truth.case.seats if s.room == room.code}
        if not units and truth.case.view == "today":
            units = {room.allocated_unit}
        if unit in units:
            held += Fraction(truth.area(room.code), len(units))
    return _rounded(held)


def _posts(truth: Truth, unit: str) -> list[Posts]:
    return [p for p in truth.case.post_rows if p.unit == unit]


def _service(truth: Truth, unit: str) -> int:
    """The tiny standard allows few posts 2 m2 each."""
    return 200 * sum(truth.established(p) for p in _posts(truth, unit))


def _service_over(truth: Truth, subject: Subject) -> bool:
    return _held(truth, subject.code, "service") > _service(truth, subject.code)


def _equipment_over(truth: Truth, subject: Subject) -> bool:
    unit = subject.code
    office = sum(truth.established(p) * truth.limit(unit, p.grade) for p in _posts(truth, unit))
    allowed = _rounded(Fraction(9, 100) * (office + _service(truth, unit)))
    return _held(truth, unit, "equipment") > allowed


def _colocation(truth: Truth, subject: Subject) -> bool:
    case = truth.case
    seats = [s for s in case.seats if s.room == subject.code and s.people]
    singles = [s for s in seats if (case.units[s.unit].level, s.grade) in case.settings.single]
    if not singles or sum(s.people for s in seats) < 2:
        return False
    own = max(truth.limit(s.unit, s.grade) for s in singles)
    area, tolerance = truth.area(subject.code), case.settings.tolerance
    return own + tolerance < area <= truth.standards(subject.code) + tolerance


def _slivers(truth: Truth, subject: Subject) -> bool:
    """Numbers are 301-n (parts of 301) or 30n."""
    rooms = {r.code: r for r in truth.case.ledger.rooms}
    if "-" not in rooms[subject.code].number and rooms[subject.code].number != "301":
        return False
    parts = [r for r in rooms.values() if r.number == "301" or r.number.startswith("301-")]
    return len(parts) > 1 and any(truth.area(r.code) * 100 < 65 * 900 for r in parts)


def _seats_above(truth: Truth, subject: Subject) -> bool:
    return _seated(truth, _group(subject)) > _planned(truth, _group(subject))


def _unseated(truth: Truth, subject: Subject) -> bool:
    return _seated(truth, _group(subject)) < _planned(truth, _group(subject))


POINT: dict[str, Callable[[Truth, Subject], bool]] = {
    "over_standard": _over,
    "under_share": _under,
    "two_offices": _two_offices,
    "roll_above": _roll_above,
    "roll_differs": _roll_differs,
    "division_unhoused": _unhoused,
    "service_over": _service_over,
    "equipment_over": _equipment_over,
    "colocation_nominal": _colocation,
    "room_slivers": _slivers,
    "seats_above_posts": _seats_above,
    "posts_unseated": _unseated,
}


def _check(case: Case, truths: list[Truth], met: Counter[tuple[str, str]]) -> None:
    for name, point in POINT.items():
        rule = AUDIT_RULES[name]
        if case.view not in rule.views:
            continue
        for subject in rule.subjects(case):
            judged = rule.judge(case, subject)
            if judged is None:
                continue
            met[name, judged.certainty] += 1
            doubts = {d.words.en for d in judged.doubts}
            for truth in truths:
                told = truth.holding(doubts)
                assert point(told, subject) == judged.breach, (name, subject, doubts, told)


@given(st.randoms(use_true_random=False))
def test_interval_verdicts_contain_every_sampled_verdict(rng: Random) -> None:
    """Certain: no doubts are held, so every truth must agree; open: all that differs is unnamed."""
    case = random_case(rng)
    drawn = Random(rng.getrandbits(32))
    _check(case, [random_truth(case, drawn) for _ in range(TRUTHS)], Counter())


def test_named_doubts_can_turn_verdicts() -> None:
    """The cases are no formality: every rule meets certain and open verdicts, and truths flip."""
    met: Counter[tuple[str, str]] = Counter()
    turned: Counter[str] = Counter()
    rng = Random(5)
    for _ in range(300):
        case = random_case(rng)
        _check(case, [random_truth(case, rng)], met)
        truths = [random_truth(case, rng) for _ in range(8)]
        for name, point in POINT.items():
            rule = AUDIT_RULES[name]
            if case.view not in rule.views:
                continue
            for subject in rule.subjects(case):
                judged = rule.judge(case, subject)
                if judged is not None and judged.doubts:
                    turned[name] += any(point(t, subject) != judged.breach for t in truths)
    for name in POINT:
        assert met[name, "certain"], name
        assert met[name, "survey"] + met[name, "depends"], name
        assert turned[name], name
