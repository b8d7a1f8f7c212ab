"""Rules on names: posts of no unit, grades that the standard lacks, codes that nobody knows."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable

from allocator.audit.case import Case
from allocator.audit.clauses import (
    CONSISTENT,
    GRADES,
)
from allocator.audit.headcount import (
    first_seats,
    grade_name,
    group_cells,
    group_name,
    group_of,
    group_subject,
    groups,
    once,
)
from allocator.audit.rule import BOTH, AuditRule, Cell, Judgement, Subject, Words
from allocator.domain import Group
from allocator.ledger.loose import Loose

_KINDS = {
    "unit": Words("单位", "unit"),
    "room": Words("房间", "room"),
    "floor": Words("楼层", "floor"),
    "division": Words("内设机构", "division"),
    "grade": Words("职级", "grade"),
}


def _cell(loose: Loose) -> Cell:
    """Its row was left out, so only the finding of the reader knows where it stands."""
    return Cell(loose.table, loose.row, loose.column, loose.finding.place)


def _text(loose: Loose, column: str) -> str:
    value = loose.values.get(column)
    return "" if value is None else str(value)


def _count(loose: Loose, column: str) -> int:
    value = loose.values.get(column)
    return value if isinstance(value, int) else 0


# -- posts of no unit ---------------------------------------------------------------------------


def _homeless(case: Case) -> dict[str, list[Loose]]:
    """Rows of posts that name a unit nobody knows, by that name."""
    found: dict[str, list[Loose]] = defaultdict(list)
    for loose in case.loose:
        if loose.kind == "unit" and loose.table == "posts":
            found[loose.code].append(loose)
    return dict(found)


def _units_of_posts(case: Case) -> Iterable[Subject]:
    for code in dict.fromkeys((*case.posts_of, *once(case, _homeless))):
        yield Subject("row", code)


def _posts_without_unit(case: Case, subject: Subject) -> Judgement | None:
    code = subject.code
    loose, unit = once(case, _homeless).get(code, []), case.units.get(code)
    rows = case.posts_of.get(code, [])
    if not loose and unit is None:
        return None
    if not loose and not rows and unit is not None and unit.status == "active":
        return None  # The ledger says nothing about its posts.
    established = sum(p.established for p in rows) + sum(_count(x, "established") for x in loose)
    in_post = sum(p.in_post for p in rows) + sum(_count(x, "in_post") for x in loose)
    abolished = unit is not None and unit.status == "abolished"
    heir = unit.successor if unit is not None else ""
    if unit is None:
        state = Words("单位表没有这个单位", "the list of units has no such unit")
    elif abolished:
        state = Words("该单位已撤销", "the unit is abolished")
        if heir:
            state = Words(
                f"{state.zh}，承接单位为{case.name(heir)}",
                f"{state.en}, its successor is {case.name(heir)}",
            )
    else:
        state = Words("该单位存续", "the unit is active")
    cells = [case.cell("posts", p.group, "unit") for p in rows if p.established or p.in_post]
    cells += [_cell(x) for x in loose]
    return Judgement(
        subject=subject,
        breach=bool(loose) or (abolished and bool(established or in_post)),
        unit=code,
        facts={
            "unit": case.name(code),
            "state": state,
            "established": established,
            "in_post": in_post,
        },
        cells=tuple(cells) or (case.cell("units", code, "status"),),
        measure="people",
        value=max(established, in_post),
        expected=0,
    )


# -- grades -------------------------------------------------------------------------------------


def _unknown_grades(case: Case) -> dict[Group, list[Loose]]:
    """Rows with a grade that the standard lacks, by group."""
    found: dict[Group, list[Loose]] = defaultdict(list)
    for loose in case.loose:
        if loose.kind == "grade":
            found[Group(_text(loose, "unit"), _text(loose, "division"), loose.code)].append(loose)
    return dict(found)


def _graded(case: Case) -> Iterable[Subject]:
    named = dict.fromkeys((*groups(case), *once(case, _unknown_grades)))
    return (group_subject(group) for group in named)


def _grade_unknown(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    unit = case.units.get(group.unit)
    loose = once(case, _unknown_grades).get(group, [])
    seat = once(case, first_seats).get(group)
    if unit is None or not (loose or seat or group in case.posts):
        return None
    known = [g for g in case.standard.grades if g.level == unit.level]
    cells = group_cells(case, group, "grade", "grade") or tuple(_cell(x) for x in loose)
    return Judgement(
        subject=subject,
        breach=case.limit(unit.level, group.grade) is None,
        unit=group.unit,
        facts={
            "group": group_name(case, group),
            "grade": grade_name(case, group),
            "standard": case.standard.identity(),
            "known": Words(
                "、".join(g.zh for g in known) or "没有任何职级",
                ", ".join(g.en for g in known) or "none at all",
            ),
        },
        cells=cells,
        detail=group.grade,
    )


# -- other names --------------------------------------------------------------------------------


def _strangers(case: Case) -> dict[str, list[Loose]]:
    """Rows left out for a unit, room or division that nobody knows, by that name."""
    found: dict[str, list[Loose]] = defaultdict(list)
    for loose in case.loose:
        posts = loose.kind == "unit" and loose.table == "posts"
        if loose.kind != "grade" and not posts:
            found[loose.code].append(loose)
    return dict(found)


def _known(case: Case) -> frozenset[str]:
    ledger = case.ledger
    tables = (ledger.units, ledger.rooms, ledger.floors, ledger.divisions)
    return frozenset(row.code for rows in tables for row in rows)


def _named(case: Case) -> Iterable[Subject]:
    return (Subject("row", code) for code in once(case, _strangers))


def _unknown_named(case: Case, subject: Subject) -> Judgement | None:
    code = subject.code
    rows = once(case, _strangers).get(code, [])
    if not rows and code not in once(case, _known):
        return None
    kinds = [_KINDS[kind] for kind in dict.fromkeys(x.kind for x in rows)]
    units = sorted(
        {code for x in rows if x.kind == "unit"}
        | {name for x in rows if (name := _text(x, "unit")) in case.units}
    )
    return Judgement(
        subject=subject,
        breach=bool(rows),
        unit=units[0] if units else "",
        facts={
            "code": code,
            "kind": Words("、".join(k.zh for k in kinds), " or ".join(k.en for k in kinds)),
            "rows": len(rows),
            "people": sum(_count(x, "people") for x in rows),
            "meant": _meant(case, code, rows),
        },
        cells=tuple(_cell(x) for x in rows),
    )


def _meant(case: Case, code: str, rows: list[Loose]) -> Words:
    """A question whether a unit spelt much alike is meant, blank if there is none."""
    if not any(x.kind == "unit" for x in rows):
        return Words("", "")
    near = next(iter(difflib.get_close_matches(code, sorted(case.units), 1, 0.75)), "")
    return Words(f"；是否应为 {near}？", f"; maybe {near} is meant") if near else Words("", "")


NAME_RULES = (
    AuditRule(
        id="posts_without_unit",
        kind="posts_without_unit",
        title=Words("编制没有对应单位", "posts of no unit"),
        breach=Words(
            "单位 {unit} 名下有编制 {established} 名、实有 {in_post} 人，但{state}",
            "unit {unit} has {established} established posts and {in_post} people in post, but "
            "{state}",
        ),
        fine=Words(
            "单位 {unit} 编制 {established} 名、实有 {in_post} 人，{state}",
            "unit {unit}: {established} established posts, {in_post} in post; {state}",
        ),
        clause=CONSISTENT,
        severity="error",
        advice=Words(
            "请按机构改革文件把编制划入承接单位，或补登该单位",
            "Maybe move the posts to the successor as the restructuring says, or enter the unit",
        ),
        subjects=_units_of_posts,
        judge=_posts_without_unit,
    ),
    AuditRule(
        id="grade_unknown",
        kind="grade_unknown",
        title=Words("职级不在标准内", "grade that the standard lacks"),
        breach=Words(
            "{group}：标准 {standard} 在该级别没有职级“{grade}”，无法核定面积（现有：{known}）",
            '{group}: standard {standard} has no grade "{grade}" at this level, so no area can be '
            "allowed (it has: {known})",
        ),
        fine=Words(
            "{group}：标准 {standard} 有职级“{grade}”",
            '{group}: standard {standard} has the grade "{grade}"',
        ),
        clause=GRADES,
        severity="error",
        advice=Words(
            "请改为标准中的职级，或用地方标准文件补充该职级的面积",
            "Maybe correct the grade, or add its area in an overlay with the authority named",
        ),
        subjects=_graded,
        judge=_grade_unknown,
        views=BOTH,
    ),
    AuditRule(
        id="unknown_named",
        kind="unknown_named",
        title=Words("名称不在台账内", "name that the ledger lacks"),
        breach=Words(
            "{kind} {code} 在台账中不存在，却有 {rows} 处登记提到它（涉及 {people} 人），"
            "无法按它计入{meant}",
            "the ledger has no {kind} {code}, yet entries name it: {rows} ({people} people); none "
            "is counted under it{meant}",
        ),
        fine=Words(
            "台账已有 {code}，提到它的登记均已计入",
            "the ledger has {code} now, and every entry that names it is counted",
        ),
        clause=CONSISTENT,
        severity="error",
        advice=Words(
            "请更正编码，或把它补登到相应的表", "Maybe correct the code, or enter it in its table"
        ),
        subjects=_named,
        judge=_unknown_named,
        views=BOTH,
    ),
)
