"""Merging, splitting, ending, making and renaming units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from allocator.domain import FEATURES, Division, Group, Ledger, Posts, Unit
from allocator.restructure.operations import (
    Abolish,
    Create,
    Merge,
    Rename,
    SetLevel,
    Split,
    UnitWords,
)
from allocator.restructure.people import end_established, end_posts, regroup, set_group
from allocator.restructure.references import contradictions, rename_texts, rewrite
from allocator.restructure.state import At, Checks, Refused, State, post_and_seat_rows, unit_grades

_ALIKE = ("level", "category", "territory")
"""What units that become a new one must have in common, or what must be said."""


def merge(state: State, operation: Merge) -> State:
    """Several units become one."""
    checks = Checks(state)
    words = operation.into
    found = [checks.unit(code, ("units", i)) for i, code in enumerate(operation.units)]
    units = [unit for unit in found if unit is not None]
    if words.unit not in operation.units:
        checks.free_unit(words.unit, ("into", "unit"))
    target = next((unit for unit in units if unit.code == words.unit), None)
    base = target or _ended_row(state, words.unit) or _common(checks, words, units)
    made = _described(checks, words, base, ("into",))
    checks.grades_fit(units, made.level, ("into",))
    checks.stop()
    if words.features is None:
        features = {f for unit in units for f in unit.features}
        made = replace(made, features=tuple(f for f in FEATURES if f in features))
    heirs = {unit.code: (made.code,) for unit in units if unit.code != made.code}
    ended = replace(state, ledger=_with_unit(state.ledger, made))

    def change(group: Group) -> Group:
        return replace(group, unit=heirs.get(group.unit, (group.unit,))[0])

    return _become(ended, heirs, change, operation.on, dict.fromkeys(heirs, made.code))


def _common(checks: Checks, words: UnitWords, units: list[Unit]) -> Unit:
    """What units agree on; parents that are merged too do not count."""
    codes = {unit.code for unit in units}
    for key in _ALIKE:
        values = {str(getattr(unit, key)) for unit in units}
        if len(values) > 1 and getattr(words, key) is None:
            checks.add(
                ("into",), "missing-key", f"各单位的 {key} 不同，须写明 {key}",
                f"the units differ in {key}: it must be given", value=", ".join(sorted(values)),
                expected=key, about=tuple(sorted(codes)),
            )  # fmt: skip
    parents = {unit.parent for unit in units} - codes
    parent = parents.pop() if len(parents) == 1 else ""
    first = units[0] if units else Unit(code=words.unit, name="", level="municipal")
    return replace(first, code=words.unit, name="", parent=parent)


def split(state: State, operation: Split) -> State:
    """One unit becomes several."""
    checks = Checks(state)
    unit = checks.unit(operation.unit, ("unit",))
    if unit is None:
        checks.stop()
    assert unit is not None
    owner = _heirs_of_divisions(checks, operation)
    codes = [heir.words.unit for heir in operation.into]
    made: list[Unit] = []
    for i, heir in enumerate(operation.into):
        at: At = ("into", i)
        if heir.words.unit in codes[:i]:
            checks.add((*at, "unit"), "duplicate-entry", "重复列出", "listed twice",
                       value=heir.words.unit)  # fmt: skip
        if heir.words.unit != operation.unit:
            checks.free_unit(heir.words.unit, (*at, "unit"))
        plain = replace(unit, code=heir.words.unit, name="")
        old = unit if heir.words.unit == operation.unit else _ended_row(state, heir.words.unit)
        made.append(_described(checks, heir.words, old or plain, at))
        grades = [g for g in _groups(state.ledger, operation.unit)
                  if owner.get(g.division, "") == heir.words.unit]  # fmt: skip
        if made[-1].level != unit.level:
            checks.groups_fit(grades, made[-1].level, at)
    rest = operation.rest or (operation.unit if operation.unit in codes else "")
    if operation.rest and operation.rest not in codes:
        checks.add(("rest",), "unknown-heir", "不是所列的承接单位", "not one of the heirs",
                   value=operation.rest, expected=", ".join(codes))  # fmt: skip
    if not rest and _undivided(state.ledger, unit.code):
        checks.add(
            (), "rest-missing", "有不属于任何内设机构的编制、人员、房间或需求，须写明 rest",
            "there are posts, people, rooms or requests outside the divisions: say rest",
            expected="rest: " + " | ".join(codes), about=(unit.code,),
        )  # fmt: skip
    checks.stop()
    rest = rest or codes[0]
    main = operation.unit if operation.unit in codes else rest
    heirs = {operation.unit: (main, *(code for code in codes if code != main))}
    ledger = state.ledger
    for row in made:
        ledger = _with_unit(ledger, row)

    def change(group: Group) -> Group:
        if group.unit != operation.unit:
            return group
        return replace(group, unit=owner.get(group.division, rest))

    after = replace(state, ledger=ledger)
    return _become(after, heirs, change, operation.on, {operation.unit: rest})


def _heirs_of_divisions(checks: Checks, operation: Split) -> dict[str, str]:
    """The heir of each division; every division has exactly one."""
    owner: dict[str, str] = {}
    for i, heir in enumerate(operation.into):
        for j, code in enumerate(heir.divisions):
            at: At = ("into", i, "divisions", j)
            if code in owner:
                checks.add(at, "division-twice", "该内设机构已归另一承接单位",
                           "the division has an heir already", value=code)  # fmt: skip
            elif checks.division(code, at, operation.unit) is not None:
                owner[code] = heir.words.unit
    lost = [d.code for d in checks.state.ledger.divisions
            if d.unit == operation.unit and d.code not in owner]  # fmt: skip
    if lost:
        checks.add(
            ("into",), "division-lost", "有内设机构没有承接单位", "divisions without an heir",
            value=", ".join(lost), about=(operation.unit, *lost),
        )  # fmt: skip
    return owner


def _undivided(ledger: Ledger, unit: str) -> bool:
    rows = post_and_seat_rows(ledger)
    return any(row.unit == unit and not row.division for row in rows) or any(
        request.unit == unit for request in ledger.requests
    )


def _groups(ledger: Ledger, unit: str) -> list[Group]:
    return [row.group for row in post_and_seat_rows(ledger) if row.unit == unit]


def abolish(state: State, operation: Abolish) -> State:
    """A unit ends; with a successor its people and requests go there."""
    checks = Checks(state)
    unit = checks.unit(operation.unit, ("unit",))
    heir = checks.unit(operation.successor, ("successor",)) if operation.successor else None
    if unit is not None and heir is not None:
        if heir.code == unit.code:
            checks.add(("successor",), "contradiction", "不能由自己承接",
                       "a unit cannot succeed itself", value=heir.code)  # fmt: skip
        checks.grades_fit([unit], heir.level, ("successor",))
    checks.stop()
    if heir is None:
        after = end_posts(state, operation.unit)
    else:
        after = end_established(state, operation.unit)
    heirs = {operation.unit: () if heir is None else (heir.code,)}
    divisions = tuple(d for d in state.ledger.divisions if d.unit != operation.unit)
    trace = after.trace.with_divisions(
        lambda owned: ("", "") if owned[0] == operation.unit else owned
    )
    after = replace(after, ledger=replace(after.ledger, divisions=divisions), trace=trace)

    def change(group: Group) -> Group:
        known = group.unit == operation.unit and heir is not None
        return replace(group, unit=operation.successor, division="") if known else group

    rest = {operation.unit: operation.successor}
    return _become(after, heirs, change, operation.on, rest)


def create(state: State, operation: Create) -> State:
    """A unit that did not exist, with its divisions, posts and requests."""
    checks = Checks(state)
    words = operation.words
    if any(unit.code == words.unit for unit in state.ledger.units):
        checks.add(("unit",), "code-taken", "已有这个单位编码", "a unit has this code already",
                   value=words.unit, about=(words.unit,))  # fmt: skip
    unit = _described(checks, words, Unit(code=words.unit, name="", level="municipal"), ())
    own = [code for code, _ in operation.divisions]
    for i, code in enumerate(own):
        checks.free_division(code, ("divisions", i, "division"))
    rows: dict[Group, Posts] = {}
    for i, item in enumerate(operation.posts):
        if item.division and item.division not in own:
            checks.add(("posts", i, "division"), "unknown-division", "没有这个新设内设机构",
                       "no such new division", value=item.division,
                       expected=", ".join(own))  # fmt: skip
        grade = checks.grade(unit.level, item.grade, ("posts", i, "grade"))
        group = Group(words.unit, item.division, grade)
        if group in rows:
            checks.add(("posts", i), "duplicate-entry", "重复列出", "listed twice")
        limits = item.established
        rows[group] = Posts(
            unit=group.unit, division=group.division, grade=grade, in_post=item.in_post,
            established=limits.planned, established_min=limits.low, established_max=limits.high,
        )  # fmt: skip
    checks.stop()
    ledger = replace(
        state.ledger,
        units=(*state.ledger.units, unit),
        divisions=(
            *state.ledger.divisions,
            *(Division(code=code, unit=unit.code, name=name) for code, name in operation.divisions),
        ),
        requests=(*state.ledger.requests, *operation.requests),
    )
    after = replace(state, ledger=ledger)
    for row in rows.values():
        after = set_group(after, row)
    return after


def rename(state: State, operation: Rename) -> State:
    """Another name; titles and loans under the old name of a unit follow."""
    checks = Checks(state)
    ledger = state.ledger
    if operation.unit:
        unit = checks.unit(operation.unit, ("unit",))
        checks.stop()
        assert unit is not None
        ledger = _with_unit(ledger, replace(unit, name=operation.name))
        if sum(row.name == unit.name for row in state.ledger.units) == 1:
            ledger = rename_texts(ledger, unit.name, operation.name)
        return replace(state, ledger=ledger)
    checks.division(operation.division, ("division",))
    checks.stop()
    divisions = tuple(
        replace(d, name=operation.name) if d.code == operation.division else d
        for d in ledger.divisions
    )
    return replace(state, ledger=replace(ledger, divisions=divisions))


def set_level(state: State, operation: SetLevel) -> State:
    """A unit at another level; its grades become those named, or keep their codes."""
    checks = Checks(state)
    unit = checks.unit(operation.unit, ("unit",))
    grades: dict[str, str] = {}
    here = tuple(unit_grades(state.ledger, operation.unit))
    for old, new in operation.grades:
        at: At = ("grades", old)
        name = checks.grade(unit.level, old, at, operation.unit) if unit else old
        grades[name] = checks.grade(operation.level, new, at)
    checks.groups_fit(
        [Group(operation.unit, "", g) for g in here if g not in grades], operation.level, ("level",)
    )
    checks.stop()
    assert unit is not None
    after = replace(state, ledger=_with_unit(state.ledger, replace(unit, level=operation.level)))

    def change(group: Group) -> Group:
        known = group.unit == operation.unit
        return replace(group, grade=grades.get(group.grade, group.grade)) if known else group

    return regroup(after, change, {})


def _described(checks: Checks, words: UnitWords, base: Unit, at: At) -> Unit:
    """A unit as described, over what it has already; it is active."""
    given = {
        key: getattr(words, key)
        for key in ("name", "level", "category", "parent", "territory", "features")
        if getattr(words, key) is not None
    }
    known = {unit.code for unit in checks.state.ledger.units}
    if not base.name and "name" not in given and words.unit not in known:
        checks.add(at, "missing-key", "新单位须写名称 name", "a new unit needs a name",
                   value=words.unit, expected="name")  # fmt: skip
    if words.parent:
        checks.unit(words.parent, (*at, "parent"))
        if words.parent == words.unit:
            checks.add((*at, "parent"), "contradiction", "不能是自己的上级",
                       "a unit cannot be above itself", value=words.parent)  # fmt: skip
    made = replace(base, code=words.unit, status="active", abolished_on=None, successor="")
    return replace(made, **given)


def _ended_row(state: State, code: str) -> Unit | None:
    return next((u for u in state.ledger.units if u.code == code and code in state.ended), None)


def _with_unit(ledger: Ledger, unit: Unit) -> Ledger:
    """The ledger with this unit in the place of the one with its code, else at the end."""
    known = any(row.code == unit.code for row in ledger.units)
    units = tuple(unit if row.code == unit.code else row for row in ledger.units)
    return replace(ledger, units=units if known else (*units, unit))


def _become(
    state: State,
    heirs: Mapping[str, tuple[str, ...]],
    change: Callable[[Group], Group],
    on: date | None,
    rest: Mapping[str, str],
) -> State:
    """Posts, people and references go to the heirs; units that are not their own heir end."""
    before = contradictions(state.ledger.relations)
    owners = {d.code: change(Group(d.unit, d.code, "")).unit for d in state.ledger.divisions}
    after = regroup(state, change, heirs)
    divisions = tuple(
        d if owners[d.code] == d.unit else replace(d, unit=owners[d.code])
        for d in after.ledger.divisions
    )
    ledger = rewrite(replace(after.ledger, divisions=divisions), heirs, rest)
    ended = {old for old, now in heirs.items() if old not in now}
    units = tuple(
        replace(u, status="abolished", abolished_on=on, successor=next(iter(heirs[u.code]), ""))
        if u.code in ended
        else u
        for u in ledger.units
    )
    clash = contradictions(ledger.relations) - before
    if clash:
        checks = Checks(state)
        for pair in sorted(sorted(p) for p in clash):
            checks.add((), "contradictory-relations", "合并后既须同层又须分开",
                       "must then be on one floor and apart", value=" / ".join(pair))  # fmt: skip
        raise Refused(checks.faults)
    trace = after.trace.with_heirs(heirs).with_divisions(
        lambda owned: (owners.get(owned[1], owned[0]), owned[1])
    )
    revived = {u.code for u in units if u.status == "active"}
    return replace(
        after,
        ledger=replace(ledger, units=units),
        trace=trace,
        ended=frozenset((state.ended | ended) - revived),
    )
