"""Divisions and posts that go elsewhere, change their number or their grade."""

from __future__ import annotations

from dataclasses import replace

from allocator.domain import Group, Posts
from allocator.restructure.operations import Regrade, SetPosts, TransferDivision, TransferPosts
from allocator.restructure.people import move_part, regroup, set_group
from allocator.restructure.state import At, Checks, State, post_and_seat_rows, posts_of


def transfer_division(state: State, operation: TransferDivision) -> State:
    """A division with its posts, people and rooms."""
    checks = Checks(state)
    division = checks.division(operation.division, ("division",))
    unit = checks.unit(operation.to, ("to",))
    code = operation.code or operation.division
    target = next((d for d in state.ledger.divisions if d.code == code), None)
    if operation.code and target is not None and target.unit != operation.to:
        checks.free_division(code, ("as",))
    if division is not None and unit is not None:
        if division.unit == unit.code and code == division.code:
            checks.add(("to",), "contradiction", "已属于该单位", "already part of this unit",
                       value=unit.code, about=(division.code,))  # fmt: skip
        owner = next(u for u in state.ledger.units if u.code == division.unit)
        if owner.level != unit.level:
            rows = post_and_seat_rows(state.ledger)
            groups = [row.group for row in rows if row.division == division.code]
            checks.groups_fit(groups, unit.level, ("to",))
    checks.stop()
    assert division is not None
    old = (division.unit, division.code)

    def change(group: Group) -> Group:
        known = (group.unit, group.division) == old
        return replace(group, unit=operation.to, division=code) if known else group

    after = regroup(state, change, {})
    moved = replace(division, unit=operation.to, code=code)
    joined = target is not None and target.code != division.code
    divisions = tuple(
        moved if row.code == division.code else row
        for row in after.ledger.divisions
        if not (joined and row.code == division.code)
    )
    trace = after.trace.with_divisions(lambda now: (operation.to, code) if now == old else now)
    return replace(after, ledger=replace(after.ledger, divisions=divisions), trace=trace)


def transfer_posts(state: State, operation: TransferPosts) -> State:
    """Posts of one grade from a unit or division to another."""
    checks = Checks(state)
    units = []
    for key, (code, division) in (("from", operation.source), ("to", operation.to)):
        units.append(checks.unit(code, (key, "unit")))
        if division and units[-1] is not None:
            checks.division(division, (key, "division"), code)
    if operation.source == operation.to:
        checks.add(("to",), "contradiction", "来源与去向相同", "from and to are the same")
    source, to = units
    if source is None or to is None:
        checks.stop()
    assert source is not None and to is not None
    grade = checks.grade(source.level, operation.grade, ("grade",), source.code)
    if to.level != source.level:
        checks.groups_fit([Group(source.code, "", grade)], to.level, ("grade",))
    checks.stop()
    old, new = Group(*operation.source, grade), Group(*operation.to, grade)
    return _moved(checks, old, new, operation.established, operation.in_post)


def regrade(state: State, operation: Regrade) -> State:
    """Posts of a group get another grade."""
    checks = Checks(state)
    unit = checks.unit(operation.unit, ("unit",))
    if unit is None:
        checks.stop()
    assert unit is not None
    if operation.division:
        checks.division(operation.division, ("division",), unit.code)
    old = checks.grade(unit.level, operation.source, ("from",), unit.code)
    new = checks.grade(unit.level, operation.to, ("to",), unit.code)
    checks.stop()
    if old == new:
        checks.add(("to",), "contradiction", "职级没有变化", "the grade is the same", value=new)
    checks.stop()
    source = Group(unit.code, operation.division, old)
    to = replace(source, grade=new)
    return _moved(checks, source, to, operation.established, operation.in_post)


def _moved(
    checks: Checks, old: Group, new: Group, established: int | None, in_post: int | None
) -> State:
    at: At = ("from",) if old.grade != new.grade else ("grade",)
    row = checks.posts(old, at)
    if row is None:
        checks.stop()
    assert row is not None
    about = (old.unit, old.division)
    posts = row.established if established is None else established
    everything = established is None or posts == row.established
    default = row.in_post if everything else min(posts, row.in_post)
    people = default if in_post is None else in_post
    checks.at_most(posts, row.established, ("established",), about)
    checks.at_most(people, row.in_post, ("in_post",), about)
    checks.stop()
    return move_part(checks.state, old, new, posts, people)


def set_posts(state: State, operation: SetPosts) -> State:
    """The number of posts, and of people in post if it is given."""
    checks = Checks(state)
    unit = checks.unit(operation.unit, ("unit",))
    if unit is None:
        checks.stop()
    assert unit is not None
    if operation.division:
        checks.division(operation.division, ("division",), unit.code)
    grade = checks.grade(unit.level, operation.grade, ("grade",), unit.code)
    checks.stop()
    group = Group(unit.code, operation.division, grade)
    plain = Posts(unit=unit.code, division=operation.division, grade=grade, established=0,
                  in_post=0)  # fmt: skip
    row = posts_of(state.ledger).get(group, plain)
    limits = operation.established
    people = row.in_post if operation.in_post is None else operation.in_post
    row = replace(
        row,
        established=limits.planned,
        established_min=limits.low,
        established_max=limits.high,
        in_post=people,
        borrowed=min(row.borrowed, people),
    )
    return set_group(state, row)
