"""Tables and JSON of `allocator standards show` and `diff`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from allocator.commands.text_table import text_table
from allocator.messages import pick
from allocator.quantity import m2, m2_text

if TYPE_CHECKING:
    from allocator.standard_change import EntitlementChange, LedgerChange, VerdictChange
    from standards.catalog import Term
    from standards.figures import Change, FigureRow

_KINDS = {
    "added": ("增加", "added"),
    "removed": ("删除", "removed"),
    "changed": ("改变", "changed"),
    "basis": ("依据", "basis"),
    "appeared": ("新出现", "appeared"),
    "disappeared": ("消失", "disappeared"),
}


def shown(row: FigureRow | None) -> str:
    """The value for people; a dash where there is none."""
    return "-" if row is None else pick(row.value_zh or row.value, row.value)


def rows_table(rows: Iterable[FigureRow]) -> str:
    """Every figure with clause and confidence."""
    heads = [pick("指标", "figure"), pick("数值", "value"), pick("条款", "clause"),
             pick("可靠程度", "confidence")]  # fmt: skip
    cells = [[pick(r.zh, r.en), shown(r), r.clause, r.confidence] for r in rows]
    return text_table([heads, *cells], "<<<<")


def rows_as_json(rows: Iterable[FigureRow]) -> list[dict[str, str]]:
    """The same as plain data."""
    return [_row_as_json(row) for row in rows]


def _row_as_json(row: FigureRow) -> dict[str, str]:
    return {
        "key": row.key,
        "zh": row.zh,
        "en": row.en,
        "value": row.value,
        "clause": row.clause,
        "confidence": row.confidence,
    }


def lines_table(forms: Iterable[tuple[Term, str, str]]) -> str:
    """Every line of an entitlement with its arithmetic."""
    heads = [pick("核定项目", "line"), pick("算法", "arithmetic"), pick("条款", "clause")]
    cells = [[pick(t.zh, t.en), pick(zh, en), t.clause] for t, zh, en in forms]
    return text_table([heads, *cells], "<<<")


def changes_table(changes: Iterable[Change]) -> str:
    """Figures added, removed and changed, with both clauses."""
    heads = ["", pick("指标", "figure"), pick("原", "old"), pick("新", "new"),
             pick("原条款", "old clause"), pick("新条款", "new clause")]  # fmt: skip
    cells = [
        [
            pick(*_KINDS[c.kind]), pick(c.row.zh, c.row.en), shown(c.old), shown(c.new),
            _basis(c.old), _basis(c.new),
        ]
        for c in changes
    ]  # fmt: skip
    return text_table([heads, *cells], "<<<<<<")


def _basis(row: FigureRow | None) -> str:
    if row is None:
        return "-"
    return " ".join(part for part in (row.clause, f"({row.confidence})") if part not in ("", "()"))


def change_as_json(change: Change) -> dict[str, Any]:
    """One difference as plain data."""
    sides = {"old": change.old, "new": change.new}
    return {
        "key": change.key,
        "kind": change.kind,
        "zh": change.row.zh,
        "en": change.row.en,
        **{name: None if row is None else _row_as_json(row) for name, row in sides.items()},
    }


def reason(changes: Sequence[Change]) -> str:
    """Which figures did it: `bureau head 24 m2 -> 20 m2 (clause -> clause)`."""
    parts = []
    for change in changes:
        clauses = dict.fromkeys(row.clause for row in (change.old, change.new) if row)
        basis = " -> ".join(clause for clause in clauses if clause)
        tail = f" ({basis})" if basis else ""
        name = pick(change.row.zh, change.row.en)
        parts.append(f"{name} {shown(change.old)} -> {shown(change.new)}{tail}")
    return pick("；", "; ").join(parts)


def ledger_text(effect: LedgerChange) -> str:
    """Entitlements and verdicts that change, each with the figure that did it."""
    title = pick("核定面积的变化", "Entitlements that change")
    parts = [f"{title}: {len(effect.entitlements):,}"]
    if effect.entitlements:
        heads = [pick("单位", "unit"), pick("项目", "line"), pick("原", "old"), pick("新", "new"),
                 pick("由于", "because of")]  # fmt: skip
        cells = [
            [e.name, pick(e.zh, e.en), _area(e.old), _area(e.new), reason(e.why)]
            for e in effect.entitlements
        ]
        parts.append(text_table([heads, *cells], "<<>><"))
    title = pick("审计结论的变化", "Verdicts that change")
    parts.append(f"{title}: {len(effect.verdicts):,}")
    for verdict in effect.verdicts:
        finding = verdict.finding.as_finding()
        sentence = finding.zh if pick("zh", "en") == "zh" else finding.en
        place = finding.place.text()
        parts.append(
            f"{pick(*_KINDS[verdict.kind])}: {place + ': ' if place else ''}{sentence}"
            f"{_moved(verdict)}\n    {pick('由于', 'because of')}: {reason(verdict.why) or '-'}"
        )
    return "\n".join(parts)


def _area(area: Fraction | None) -> str:
    return "-" if area is None else m2_text(area)


def _moved(verdict: VerdictChange) -> str:
    """What was expected before and is now, for a verdict that stays."""
    if verdict.old is None or verdict.new is None:
        return ""
    old, new = verdict.old.as_finding(), verdict.new.as_finding()
    pairs = [
        (pick("值", "value"), old.value, new.value),
        (pick("应为", "expected"), old.expected, new.expected),
    ]
    moved = [f"{word} {was} -> {now}" for word, was, now in pairs if was != now]
    return f" [{', '.join(moved)}]" if moved else ""


def ledger_as_json(effect: LedgerChange) -> dict[str, Any]:
    """What changes for a ledger as plain data; areas in m2."""
    return {
        "entitlements": [_entitlement_as_json(e) for e in effect.entitlements],
        "verdicts": [
            {
                "key": v.finding.key,
                "kind": v.kind,
                "old": None if v.old is None else v.old.as_json(),
                "new": None if v.new is None else v.new.as_json(),
                "why": [change.key for change in v.why],
            }
            for v in effect.verdicts
        ],
    }


def _entitlement_as_json(change: EntitlementChange) -> dict[str, Any]:
    return {
        "unit": change.unit,
        "name": change.name,
        "item": change.item,
        "zh": change.zh,
        "en": change.en,
        "old_m2": None if change.old is None else m2(change.old),
        "new_m2": None if change.new is None else m2(change.new),
        "why": [each.key for each in change.why],
    }
