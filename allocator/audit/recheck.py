"""Last month's list against this month's ledger: a row is closed on evidence, never on silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from allocator.audit.case import Case
from allocator.audit.rectify import (
    DAYS,
    NOBODY,
    ListRow,
    Value,
    footprint,
    found_values,
    new_row,
    on_list,
)
from allocator.audit.register import AUDIT_RULES
from allocator.audit.room_words import USE_WORDS
from allocator.audit.rule import AuditRule, Judgement, Subject, Words
from allocator.audit.run import AuditFinding, AuditResult, certainty_words, filled
from allocator.findings import Finding, InputError, Place
from allocator.quantity import m2_text

Outcome: TypeAlias = Literal[
    "closed", "excepted", "stays_closed", "bare", "kept", "reopened", "no_evidence", "new",
    "untouched",
]  # fmt: skip
OUTCOMES: dict[Outcome, Words] = {
    "closed": Words("本次销号", "closed now"),
    "excepted": Words("按登记例外销号", "closed as registered exceptions"),
    "stays_closed": Words("此前已销号", "closed before"),
    "bare": Words("人工销号无证据", "closed by hand without evidence"),
    "kept": Words("未整改", "still found"),
    "reopened": Words("复发", "came back"),
    "no_evidence": Words("无法核实", "no evidence"),
    "new": Words("新发现", "new"),
    "untouched": Words("未处理（手工行或无法判定）", "left as they are"),
}
"""What becomes of a row, in words, in the order in which they are counted."""

_HISTORY_MOST = 8000
"""Signs of the history of a row that are kept; the oldest go first."""
_CHANGES = (
    ("area", Words("台账面积", "area")),
    ("measured", Words("实测面积", "measured")),
    ("standard", Words("标准面积", "standard")),
    ("over", Words("超标面积", "excess")),
)
_DAY_COLUMNS = {
    "first_found": Words("首次发现", "first found"),
    "last_checked": Words("最近复查", "last checked"),
}
_CLOSED = Words("销号", "closed")
_MANUALLY = Words(
    "请现场核实后人工销号并填写证据", "look on site and close it by hand with evidence"
)


class Rechecked(NamedTuple):
    """A row with what became of it."""

    row: ListRow
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The new list: every old row in its order, then new findings. `notes`: rows left alone."""

    rows: tuple[Rechecked, ...]
    notes: tuple[Finding, ...] = ()

    def counts(self) -> dict[Outcome, int]:
        """Rows by outcome."""
        found = Counter(r.outcome for r in self.rows)
        return {name: found[name] for name in OUTCOMES}


def recheck(
    old: Sequence[ListRow],
    result: AuditResult,
    days: int = DAYS,
    remedies: Mapping[str, Words] | None = None,
) -> Recheck:
    """Judge every row of an old list on the ledger of `result`; new findings are appended.

    Raises InputError for a list that was kept on a later day than the audit's.
    """
    case = result.case
    if late := _later(old, case.settings.on):
        raise InputError(late)
    current = {f.key: f for f in result.findings}
    rows: list[Rechecked] = []
    notes: list[Finding] = []
    for row in old:
        known = _known(row, case)
        if isinstance(known, Finding):
            notes.append(known)
            rows.append(Rechecked(row, "untouched"))
            continue
        rule, subject = known
        if _is_bare(row):
            notes.append(_closed_bare(row))
        rows.append(_judged(row, case, rule, subject, current.get(row.key)))
    listed = {row.key for row in old}
    rows += [
        Rechecked(new_row(case, f, days, remedies or {}), "new")
        for f in on_list(result)
        if f.key not in listed
    ]
    return Recheck(rows=tuple(rows), notes=tuple(notes))


def _known(row: ListRow, case: Case) -> tuple[AuditRule, Subject] | Finding:
    """Rule and subject of a row, or why it is left alone."""
    name, _, rest = row.key.partition("|")
    rule = AUDIT_RULES.get(name)
    try:
        subject = Subject.of_key(rest)
    except ValueError:
        subject = None
    if not rest or subject is None:
        words = Words(
            "手工行，没有审计编号，原样保留", "a row by hand without a key is kept as it is"
        )
        return _left(row.place, row.key, words, "info")
    if rule is None:
        words = Words(f"规则 {name} 不认识，原样保留", f"rule {name} is not known; the row is kept")
        return _left(row.place, row.key, words, "warning")
    if case.view not in rule.views:
        words = Words(
            f"规则 {name} 不适用于本次审计对象，原样保留",
            f"rule {name} does not apply to what is audited; the row is kept",
        )
        return _left(row.place, row.key, words, "warning")
    return rule, subject


def _left(place: Place, key: str, words: Words, severity: Literal["info", "warning"]) -> Finding:
    return Finding(
        "row-left-alone", words.zh, words.en, place, key, "",
        "请人工复查", "Maybe check it by hand", severity,
    )  # fmt: skip


def _judged(
    row: ListRow, case: Case, rule: AuditRule, subject: Subject, finding: AuditFinding | None
) -> Rechecked:
    judged = rule.judge(case, subject)
    closed = row.values.get("status") == "closed"
    if judged is not None and judged.breach and not judged.exception:
        # A subject that the rule no longer lists can still be judged; its finding is made here.
        found = finding or AuditFinding(rule=rule, judgement=judged, place=Place())
        return _reopened(row, case, found) if closed else _kept(row, case, found)
    outcome, words = _without_breach(row, case, rule, subject, judged)
    if _is_bare(row) and outcome != "no_evidence":
        told = Words("人工销号，补记证据", "closed by hand, evidence added")
        return Rechecked(_closed(row, case, subject, words, told), "stays_closed")
    if closed:
        seen = judged is not None and not judged.doubts
        bare = _is_bare(row)
        row = row.with_values(last_checked=case.settings.on) if seen else row
        return Rechecked(row, "bare" if bare else "stays_closed")
    if outcome == "no_evidence":
        return _no_evidence(row, case, words)
    return Rechecked(_closed(row, case, subject, words), outcome)


def _without_breach(
    row: ListRow, case: Case, rule: AuditRule, subject: Subject, judged: Judgement | None
) -> tuple[Outcome, Words]:
    """Whether the ledger shows that a row may be closed, and by what; or why it does not."""
    if judged is None:
        return "no_evidence", _why_silent(case, rule, subject)
    if judged.breach:
        reason = judged.exception
        return "excepted", Words(f"已登记例外：{reason}", f"registered exception: {reason}")
    if judged.doubts:
        certainty = certainty_words(judged)
        return "no_evidence", Words(
            f"结论未定（{certainty.zh}）", f"the verdict is open ({certainty.en})"
        )
    measured = _shrunk(row, case, rule, judged)
    if measured is not None and not measured.enough:
        return "no_evidence", measured.words
    words = filled(rule.fine, judged.facts)
    if measured is not None:
        words = Words(f"{words.zh}；{measured.words.zh}", f"{words.en}; {measured.words.en}")
    return "closed", words


def _later(old: Sequence[ListRow], on: date) -> list[Finding]:
    """Days of an old list after the day of the audit: each once per column, at its first row."""
    rows: dict[tuple[str, date], list[ListRow]] = {}
    for row in old:
        for column in ("first_found", "last_checked"):
            day = row.day(column)
            if day is not None and day > on:
                rows.setdefault((column, day), []).append(row)
    found = []
    for (column, day), late in rows.items():
        title, place, n = _DAY_COLUMNS[column], late[0].place, len(late)
        found.append(
            Finding(
                "list-is-later",
                f"台账“{title.zh}”为 {day}，晚于本次审计日期 {on}（共 {n} 行）",
                f"{title.en} is {day}, after the day of this audit, {on} ({n} rows)",
                Place(place.file, place.sheet, place.row, title.zh),
                day.isoformat(), f"<= {on}",
                "请用 --on 指定不早于该日的审计日期，或改正该日期",
                "Maybe give a later day with --on, or correct the day in the list",
            )
        )  # fmt: skip
    return found


def _is_bare(row: ListRow) -> bool:
    """Closed by hand, without a word of evidence."""
    return row.values.get("status") == "closed" and not row.text("evidence").strip()


def _closed_bare(row: ListRow) -> Finding:
    at = Place(row.place.file, row.place.sheet, row.place.row, "证据")
    return Finding(
        "closed-without-evidence", "人工销号，没有填写证据",
        "the row was closed by hand without evidence", at, row.key, "",
        "请填写证据，或改回“已整改待核”",
        "Maybe enter the evidence, or set the status back to claimed", "warning",
    )  # fmt: skip


# -- what becomes of a row ----------------------------------------------------------------------


def _kept(row: ListRow, case: Case, finding: AuditFinding) -> Rechecked:
    new = found_values(case, finding)
    changes = _changes(row, new)
    claimed = row.values.get("status") == "claimed"
    said = Words("报已整改，复查仍存在", "said to be cured, still found") if claimed else (
        Words("未整改", "still found")
    )  # fmt: skip
    line = Words(
        "：".join(t for t in (said.zh, changes.zh) if t),
        ": ".join(t for t in (said.en, changes.en) if t),
    )
    status = "reopened" if row.values.get("status") == "reopened" else "open"
    return Rechecked(_told(row.with_values(**new, status=status), case, line), "kept")


def _reopened(row: ListRow, case: Case, finding: AuditFinding) -> Rechecked:
    times = (row.number("returns") or 0) + 1
    new = found_values(case, finding)
    parts = [Words(f"复发（第 {times} 次）", f"came back (no. {times})"), _changes(row, new)]
    if evidence := row.text("evidence"):
        parts.append(Words(f"原销号证据：{evidence}", f"it was closed on: {evidence}"))
    line = Words(
        "；".join(p.zh for p in parts if p.zh), "; ".join(p.en for p in parts if p.en)
    )  # fmt: skip
    changed = row.with_values(**new, status="reopened", returns=times, evidence=None)
    return Rechecked(_told(changed, case, line), "reopened")


def _no_evidence(row: ListRow, case: Case, reason: Words) -> Rechecked:
    line = Words(f"无法核实：{reason.zh}", f"no evidence: {reason.en}")
    return Rechecked(_told(row.with_values(status="no_evidence"), case, line), "no_evidence")


def _closed(
    row: ListRow, case: Case, subject: Subject, evidence: Words, told: Words = _CLOSED
) -> ListRow:
    day = case.settings.on.isoformat()
    words = Words(f"{day} 台账：{evidence.zh}", f"ledger of {day}: {evidence.en}")
    holder = row.text("responsible")
    after = footprint(case, subject, None if not holder or holder in NOBODY else holder)
    values: dict[str, Value] = {"status": "closed", "evidence": words}
    if after and row.values.get("rooms_after") is None and row.values.get("area_after") is None:
        values |= {"rooms_after": after[0], "area_after": after[1]}
    return _told(row.with_values(**values), case, told)


def _told(row: ListRow, case: Case, line: Words) -> ListRow:
    """The row with one more line of history, checked today."""
    on, old = case.settings.on, row.text("review")

    def joined(text: str) -> str:
        lines = [*old.split("\n"), f"{on.isoformat()} {text}"] if old else [f"{on} {text}"]
        while len(lines) > 1 and sum(map(len, lines)) > _HISTORY_MOST:
            del lines[0]
        return "\n".join(lines)

    return row.with_values(review=Words(joined(line.zh), joined(line.en)), last_checked=on)


def _changes(row: ListRow, new: Mapping[str, Value]) -> Words:
    """Old and new figures; where none are listed and the sentence differs, the old sentence."""
    zh, en = [], []
    for column, name in _CHANGES:
        was, now = row.number(column), new[column]
        if was is not None and isinstance(now, int) and was != now:
            zh.append(f"{name.zh} {m2_text(was)} → {m2_text(now)}")
            en.append(f"{name.en} {m2_text(was)} → {m2_text(now)}")
    if not zh and (old := row.text("problem")) and old not in _either(new["problem"]):
        zh.append(f"原问题：{old}")
        en.append(f"it was: {old}")
    return Words("，".join(zh), ", ".join(en))


def _either(value: Value) -> Iterable[str]:
    return tuple(value) if isinstance(value, Words) else ()


# -- evidence -----------------------------------------------------------------------------------


class _Measured(NamedTuple):
    """Whether a survey bears out an area that the ledger made smaller."""

    enough: bool
    words: Words


def _shrunk(row: ListRow, case: Case, rule: AuditRule, judged: Judgement) -> _Measured | None:
    """None if the office fits its people with the area of the old list as well."""
    if rule.id != "over_standard" or judged.value is None or judged.expected is None:
        return None
    was = row.number("area")
    if was is not None and was <= judged.expected + case.settings.tolerance:
        return None
    if was is not None and was <= judged.value:
        return None
    day = row.day("last_checked") or row.day("first_found")
    survey = case.surveys.get(judged.subject.code)
    shown = m2_text(was) if was is not None else "?"
    change = f"{shown} → {m2_text(judged.value)}"
    if (
        survey is None
        or day is None
        or not day < survey.day <= case.settings.on
        or abs(survey.measured - judged.value) > survey.error
    ):
        since = day.isoformat() if day else "?"
        return _Measured(
            False,
            Words(
                f"面积改小但无新实测（{change}，须有 {since} 之后且与台账一致的实测）",
                f"the area was only made smaller ({change}); that takes a survey after {since} "
                "that agrees with the ledger",
            ),
        )
    measured = m2_text(survey.measured)
    return _Measured(
        True,
        Words(
            f"面积由 {change}，{survey.day} 实测 {measured} 平方米",
            f"area {change}, measured {measured} m2 on {survey.day}",
        ),
    )


def _why_silent(case: Case, rule: AuditRule, subject: Subject) -> Words:
    """Why the ledger says nothing about a subject any more."""
    room = case.rooms.get(subject.code)
    if subject.kind == "room" and room is None:
        words = Words(f"台账已无房间 {subject.code}", f"the ledger has no room {subject.code} now")
    elif rule.id == "survey_differs" and subject.code not in case.surveys:
        words = Words("实测记录已不在台账中", "its survey is no longer in the ledger")
    elif rule.id in ("over_standard", "under_share") and room and room.use != "office":
        use = USE_WORDS[room.use]
        words = Words(f"房间用途已改为{use.zh}", f"the room is now recorded as {use.en}")
    elif rule.id in ("over_standard", "under_share") and not case.seats_in.get(subject.code):
        words = Words("房间已无占用登记", "nobody is recorded in the room now")
    else:
        words = Words(
            "台账对此已无可判的记录（用途、状态、占用或相应的列有变动）",
            "the ledger has no record to judge it by (use, status, occupancy or a column changed)",
        )
    return Words(f"{words.zh}；{_MANUALLY.zh}", f"{words.en}; {_MANUALLY.en}")
