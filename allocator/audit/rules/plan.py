"""Rules on the people of a plan: seats against the posts that the basis counts."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.case import Case
from allocator.audit.clauses import (
    POLICY,
    POSTS_DECIDE,
)
from allocator.audit.headcount import (
    group_cells,
    group_name,
    group_of,
    group_subject,
    group_subjects,
    planned_posts,
)
from allocator.audit.ranges import Range, Verdict, exactly, exceeds
from allocator.audit.rule import PLAN, AuditRule, Judgement, Subject, Words
from allocator.domain import Group

_BASES = {
    "established": Words("按编制数", "established posts"),
    "in_post": Words("按实有人数", "people in post"),
    "larger": Words("按编制与实有的较大者", "the larger of established posts and people in post"),
}


def _planned(case: Case, group: Group) -> Range:
    row = case.posts.get(group)
    return exactly(0) if row is None else planned_posts(case, row)


def _judgement(case: Case, subject: Subject, planned: Range, verdict: Verdict) -> Judgement:
    group = group_of(subject)
    seated = case.seated.get(group, 0)
    column = "in_post" if case.settings.basis == "in_post" else "established"
    cells = group_cells(case, group, column, "people")
    return Judgement(
        subject=subject,
        breach=verdict.breach,
        unit=group.unit,
        facts={
            "group": group_name(case, group),
            "seated": seated,
            "planned": planned.nominal,
            "gap": abs(seated - planned.nominal),
            "basis": _BASES[case.settings.basis],
        },
        cells=tuple(reversed(cells)),  # The plan's own row first, the posts behind it.
        measure="people",
        value=seated,
        expected=planned.nominal,
        detail=group.grade,
        doubts=verdict.doubts,
    )


def _above(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    seated = case.seated.get(group, 0)
    if not seated and group not in case.posts:
        return None
    planned = _planned(case, group)
    return _judgement(case, subject, planned, exceeds(exactly(seated), planned))


def _posts(case: Case) -> Iterable[Subject]:
    return (group_subject(g) for g in case.posts if case.planned(g.unit))


def _unseated(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    if group not in case.posts or not case.planned(group.unit):
        return None
    planned, seated = _planned(case, group), case.seated.get(group, 0)
    return _judgement(case, subject, planned, exceeds(planned, exactly(seated)))


PLAN_RULES = (
    AuditRule(
        id="seats_above_posts",
        kind="seats_above_posts",
        title=Words("方案座位超过岗位数", "more seats than posts"),
        breach=Words(
            "{group} 方案安排 {seated} 人，{basis}只有 {planned} 名，多出 {gap} 人",
            "{group}: the plan seats {seated}, yet {basis} are {planned}, {gap} too many",
        ),
        fine=Words(
            "{group} 方案安排 {seated} 人，不超过{basis}计的 {planned} 名",
            "{group}: the plan seats {seated}, no more than {basis}, {planned}",
        ),
        clause=POSTS_DECIDE,
        severity="error",
        advice=Words(
            "请减少座位，或先核增编制", "Maybe take seats out, or have the posts approved first"
        ),
        subjects=group_subjects,
        judge=_above,
        views=PLAN,
    ),
    AuditRule(
        id="posts_unseated",
        kind="posts_unseated",
        title=Words("方案中有岗位未安排", "posts without a seat"),
        breach=Words(
            "{group} {basis}有 {planned} 名，方案只安排 {seated} 人，缺 {gap} 个座位",
            "{group}: {basis} are {planned}, the plan seats {seated}, {gap} without a seat",
        ),
        fine=Words(
            "{group} {basis}有 {planned} 名，方案安排 {seated} 人，没有遗漏",
            "{group}: {basis} are {planned}, the plan seats {seated}, nobody is left out",
        ),
        clause=POLICY,
        severity="warning",
        advice=Words(
            "请为这些岗位安排房间，或写明暂不安排的理由",
            "Maybe find them a room, or say why they wait",
        ),
        subjects=_posts,
        judge=_unseated,
        views=PLAN,
    ),
)
