"""The lines that a pack declares, read, checked and written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from allocator.quantity import half_up
from allocator.yaml_fields import Node, suggestion
from standards.catalog import Figure, Grade, LineKind, Term

KINDS: tuple[LineKind, ...] = get_args(LineKind)
_PARTS: dict[str, tuple[str, ...]] = {
    "heads": ("figure",),
    "share": ("figure", "of"),
    "gross": ("figure", "of"),
    "total": ("of", "clause"),
    "given": ("clause",),
}
"""What each kind needs beside its name."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_terms(node: Node) -> tuple[Term, ...]:
    """The lines in order; each may only build on those before it."""
    terms: list[Term] = []
    for entry in node.items():
        term = _read_term(entry, [term.item for term in terms])
        if term is not None:
            terms.append(term)
    for kinds in (("grades", "heads"), ("service",)):
        several = [term for term in terms if term.kind in kinds]
        if len(several) > 1 or (not several and kinds != ("service",)):
            zh, en = f"应有一行 {kinds[0]}", f"one line of kind {kinds[0]} expected"
            node.add("line-kinds", zh, en, value=str(len(several)), expected=" / ".join(kinds))
    return tuple(terms)


def _read_term(node: Node, before: Sequence[str]) -> Term | None:
    kind = node.value.get("kind") if isinstance(node.value, dict) else None
    parts = _PARTS.get(str(kind), ())
    found = node.fields(("item", "kind", "zh", "en", *parts))
    if "kind" in found and found["kind"].choice(KINDS) is None:
        return None
    item = found["item"].text() if "item" in found else None
    if item is not None and not _NAME.fullmatch(item):
        found["item"].wrong_type("小写字母名称", "a name in small letters")
    if item in before:
        found["item"].add("duplicate-entry", "重复列出", "listed twice")
    of = found["of"].texts() if "of" in found else []
    for name, part in of:
        if name not in before:
            zh, en = "前面没有这一行", "no earlier line has this name"
            expected, advice = ", ".join(before), suggestion(name, before)
            part.add("unknown-line", zh, en, expected=expected, advice=advice)
    texts = {key: found[key].text() for key in ("zh", "en", "figure", "clause") if key in found}
    if item is None or "kind" not in found or None in texts.values():
        return None
    return Term(
        item=item,
        kind=cast("LineKind", kind),
        of=tuple(name for name, _ in of),
        **{key: str(text) for key, text in texts.items()},
    )


def check_terms(
    root: Node, terms: Sequence[Term], figures: Mapping[str, Figure], grades: Sequence[Grade]
) -> None:
    """Report lines without their figure, and grades that the lines cannot count."""
    for index, term in enumerate(terms):
        if term.figure and term.figure not in figures:
            path = ("lines", index, "figure") if root.has("lines") else (term.figure,)
            root.problems.add(
                path, "missing-figure", f"缺少指标 {term.figure}", f"no figure {term.figure}",
                value=term.figure, expected=", ".join(figures),
                advice=suggestion(term.figure, figures),
            )  # fmt: skip
    by_heads = any(term.kind == "heads" for term in terms)
    for grade in grades:
        if (grade.weight is not None) != by_heads:
            wanted = "weight" if by_heads else "area_m2"
            root.problems.add(
                ("levels", grade.level), "wrong-amount", f"本标准的职级应写 {wanted}",
                f"grades of this standard have {wanted}", value=grade.code, expected=wanted,
            )  # fmt: skip


def with_areas(
    grades: Sequence[Grade], terms: Sequence[Term], figures: Mapping[str, Figure]
) -> tuple[Grade, ...]:
    """The grades with the area that their weight gives."""
    name = next((term.figure for term in terms if term.kind == "heads"), "")
    if name not in figures:
        return tuple(grades)
    per_head = figures[name].value
    return tuple(
        grade
        if grade.weight is None
        else replace(grade, area=half_up(grade.weight * per_head * 100))
        for grade in grades
    )


def term_as_data(term: Term) -> dict[str, Any]:
    """One line as it stands in a pack file."""
    data: dict[str, Any] = {"item": term.item, "kind": term.kind, "zh": term.zh, "en": term.en}
    parts: dict[str, Any] = {"figure": term.figure, "of": list(term.of), "clause": term.clause}
    return data | {key: parts[key] for key in _PARTS.get(term.kind, ())}
