"""Rules on people and posts: several offices, rolls that differ, divisions without a room."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.case import Case
from allocator.audit.clauses import (
    POSTS_DECIDE,
    PUBLISHED,
    RIGHT_USE,
)
from allocator.audit.headcount import (
    at_least,
    division_name,
    division_posts,
    division_seated,
    established,
    group_cells,
    group_name,
    group_of,
    group_subject,
    group_subjects,
    groups,
    in_post,
    is_single,
    once,
    planned_posts,
    single_rooms,
)
from allocator.audit.ranges import Range, exactly, exceeds, total
from allocator.audit.rule import BOTH, AuditRule, Judgement, Subject, Words
from allocator.domain import Group

# -- several offices ----------------------------------------------------------------------------


def _single_groups(case: Case) -> Iterable[Subject]:
    return (group_subject(group) for group in groups(case) if is_single(case, group))


def _allowed(case: Case, group: Group) -> Range:
    """People who may each have an office; one is never several, whoever is on the roll."""
    row = case.posts.get(group)
    if row is None:
        return exactly(1)
    if _by_roll(case) and not row.in_post_known:
        return at_least(1, established(case, row))
    count = in_post(case, row) if case.view == "today" else planned_posts(case, row)
    return at_least(1, count)


def _by_roll(case: Case) -> bool:
    """Whether people in post say how many offices there may be, and not the posts."""
    return case.view == "today" or case.settings.basis == "in_post"


def _roll_unknown(case: Case) -> bool:
    """Whether people in post were taken from the rooms, which they cannot be compared with."""
    return any(not row.in_post_known for row in case.post_rows)


def _two_offices(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    if not is_single(case, group):
        return None
    seats = once(case, single_rooms).get(group, [])
    if not seats and group not in case.posts:
        return None
    allowed = _allowed(case, group)
    verdict = exceeds(exactly(len(seats)), allowed)
    posts = case.posts.get(group)
    by_roll = _by_roll(case) and (posts is None or posts.in_post_known)
    column = "in_post" if by_roll else "established"
    extra = seats[allowed.nominal :] or seats[:1]
    cells = [case.seat_cell(seat, "room") for seat in extra]
    if posts is not None:
        cells.append(case.cell("posts", group, column))
    return Judgement(
        subject=subject,
        breach=verdict.breach,
        unit=group.unit,
        facts={
            "group": group_name(case, group),
            "rooms": len(seats),
            "people": allowed.nominal,
            "list": "、".join(seat.room for seat in seats) or "-",
        },
        cells=tuple(cells),
        measure="rooms",
        value=len(seats),
        expected=allowed.nominal,
        detail=group.grade,
        doubts=verdict.doubts,
    )


# -- posts against the establishment and against the seats --------------------------------------


def _posts(case: Case) -> Iterable[Subject]:
    return (group_subject(group) for group in case.posts)


def _roll_above(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    row = case.posts.get(group)
    if row is None or not row.in_post_known:
        return None
    verdict = exceeds(in_post(case, row), established(case, row))
    return Judgement(
        subject=subject,
        breach=verdict.breach,
        unit=group.unit,
        facts={
            "group": group_name(case, group),
            "in_post": row.in_post,
            "established": row.established,
            "above": max(0, row.in_post - row.established),
        },
        cells=(
            case.cell("posts", group, "in_post"),
            case.cell("posts", group, "established"),
        ),
        measure="people",
        value=row.in_post,
        expected=row.established,
        detail=group.grade,
        doubts=verdict.doubts,
    )


def _roll_differs(case: Case, subject: Subject) -> Judgement | None:
    group = group_of(subject)
    row, seated = case.posts.get(group), case.seated.get(group, 0)
    if row is None and (not seated or once(case, _roll_unknown)):
        return None
    if row is not None and not row.in_post_known:
        return None
    count = in_post(case, row) if row else exactly(0)
    breach = count.nominal != seated
    if breach and _reported_elsewhere(case, group):
        return None
    # Borrowed staff who sit with the other unit explain people who are not seated here; where
    # everybody on the roll has a seat here, both records agree whoever counts.
    doubts = count.doubts if breach and count.low <= seated < count.nominal else ()
    return Judgement(
        subject=subject,
        breach=breach,
        unit=group.unit,
        facts={
            "group": group_name(case, group),
            "in_post": count.nominal,
            "seated": seated,
            "gap": abs(count.nominal - seated),
        },
        cells=group_cells(case, group, "in_post", "people"),
        measure="people",
        value=count.nominal,
        expected=seated,
        detail=f"roll {group.grade}",
        doubts=doubts,
    )


def _reported_elsewhere(case: Case, group: Group) -> bool:
    """Whether several offices or a whole division without a room already say it."""
    several = _two_offices(case, group_subject(group))
    if several is not None and several.breach:
        return True
    division = _unhoused(case, _division_subject(group.unit, group.division))
    return division is not None and division.breach


def _division_subject(unit: str, division: str) -> Subject:
    return Subject("division", division or unit, unit, division)


def _divisions(case: Case) -> Iterable[Subject]:
    return (_division_subject(*key) for key in once(case, division_posts))


def _unhoused(case: Case, subject: Subject) -> Judgement | None:
    key = (subject.unit, subject.division)
    rows = once(case, division_posts).get(key)
    if not rows or not all(row.in_post_known for row in rows):
        return None
    kept = once(case, single_rooms)
    if any(len(kept.get(row.group, ())) > _allowed(case, row.group).nominal for row in rows):
        return None  # Rooms kept without people: several offices, not none.
    seated = once(case, division_seated).get(key, 0)
    count = total([in_post(case, row) for row in rows])
    verdict = exceeds(count, exactly(0))
    return Judgement(
        subject=subject,
        breach=verdict.breach and not seated,
        unit=subject.unit,
        facts={
            "division": division_name(case, *key),
            "in_post": count.nominal,
            "seated": seated,
        },
        cells=tuple(case.cell("posts", row.group, "in_post") for row in rows),
        measure="people",
        value=count.nominal,
        expected=seated,
        doubts=() if seated else verdict.doubts,
    )


PEOPLE_RULES = (
    AuditRule(
        id="two_offices",
        kind="two_offices",
        title=Words("一人多处办公用房", "several offices for one person"),
        breach=Words(
            "{group} 可单独使用办公室的人员 {people} 人，却使用或保留 {rooms} 间：{list}",
            "{group}: {people} people may have an office of their own, yet {rooms} rooms are used "
            "or kept for them: {list}",
        ),
        fine=Words(
            "{group} {people} 人，使用或保留办公室 {rooms} 间（{list}），每人不超过一间",
            "{group}: {rooms} rooms ({list}) for {people} people, no more than one each",
        ),
        clause=RIGHT_USE,
        severity="error",
        advice=Words(
            "请只保留一间主要办公室，其余腾退；确有第二处的，请补充批准文件并从严控制面积",
            "Maybe keep the main office and hand back the others; a second one needs an approval "
            "and must be smaller",
        ),
        subjects=_single_groups,
        judge=_two_offices,
        views=BOTH,
    ),
    AuditRule(
        id="roll_above",
        kind="roll_above_establishment",
        title=Words("实有人数超过编制", "more in post than established"),
        breach=Words(
            "{group} 实有 {in_post} 人，编制 {established} 名，超出 {above} 人；"
            "超编人员不核定办公用房面积",
            "{group}: {in_post} in post against an establishment of {established}, {above} above; "
            "area is allowed for posts, not for those above",
        ),
        fine=Words(
            "{group} 实有 {in_post} 人，不超过编制 {established} 名",
            "{group}: {in_post} in post, within an establishment of {established}",
        ),
        clause=POSTS_DECIDE,
        severity="warning",
        advice=Words(
            "请核对人事台账与三定规定；借调人员请填入借调人数",
            "Maybe check the staff list against the establishment; enter borrowed staff as such",
        ),
        subjects=_posts,
        judge=_roll_above,
    ),
    AuditRule(
        id="roll_differs",
        kind="ledger_mismatch",
        title=Words("人事台账与房间占用人数不符", "staff list and seats differ"),
        breach=Words(
            "{group} 人事台账实有 {in_post} 人，房间占用登记 {seated} 人，相差 {gap} 人",
            "{group}: the staff list has {in_post} in post, the rooms seat {seated}, a difference "
            "of {gap}",
        ),
        fine=Words(
            "{group} 人事台账实有 {in_post} 人，房间占用登记 {seated} 人，两者一致",
            "{group}: {in_post} in post and {seated} seated, the two agree",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请到现场核对人数，更正人事台账或占用登记",
            "Maybe count on site and correct the staff list or the occupancy",
        ),
        subjects=group_subjects,
        judge=_roll_differs,
    ),
    AuditRule(
        id="division_unhoused",
        kind="group_without_room",
        title=Words("内设机构没有办公用房登记", "division without a room"),
        breach=Words(
            "{division} 实有 {in_post} 人，占用登记 {seated} 人：没有一间房登记有其人员",
            "{division}: {in_post} in post, {seated} seated: no room has any of its people",
        ),
        fine=Words(
            "{division} 实有 {in_post} 人，已有 {seated} 人登记在房间内，或已无在岗人员",
            "{division}: {in_post} in post, {seated} of them seated, or nobody in post any more",
        ),
        clause=PUBLISHED,
        severity="warning",
        advice=Words(
            "请查明其实际办公地点，补登占用；借用他处的，请登记出借关系",
            "Maybe find out where it works and enter the rooms; record it where they are borrowed",
        ),
        subjects=_divisions,
        judge=_unhoused,
    ),
)
