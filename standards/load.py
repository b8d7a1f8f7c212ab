"""Standards read from located YAML: bundled packs, packs of the user, local overlays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.strict_yaml import dump_yaml, read_document_file
from allocator.yaml_fields import Node, Problems, suggestion
from standards.catalog import NAMED_FIGURES, PLAIN_TERMS, Figure, Standard
from standards.line_fields import check_terms, read_terms, term_as_data, with_areas
from standards.pack_fields import (
    LEVELS,
    LevelFigures,
    check_grades,
    grade_as_data,
    merge_grades,
    merge_service,
    read_figure,
    read_level,
    service_as_data,
)
from standards.repealed import repealed_findings

PACK_FORMAT = "allocator-standard/1"
OVERLAY_FORMAT = "allocator-standard-overlay/1"
_NAMES = ("code", "version", "zh", "en", "place", "source")
_DATES = ("issued", "in_force", "repealed")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
DATA = Path(str(files("standards") / "data"))
"""The folder of the bundled packs, overlays and the default policy."""


def bundled_standards() -> list[str]:
    """Codes of the packs that come with the program."""
    return sorted(path.stem for path in DATA.glob("*.yaml") if not path.stem.startswith("policy-"))


def bundled_overlays() -> list[str]:
    """Codes of the overlays that come with the program."""
    return sorted(path.stem for path in (DATA / "overlays").glob("*.yaml"))


def standard_path(spec: str | Path) -> Path:
    """The file of a bundled code or a path; InputError if there is none."""
    return _find(spec, DATA, bundled_standards(), ("标准", "standard"))


def overlay_path(spec: str | Path) -> Path:
    """The file of a bundled overlay or a path; InputError if there is none."""
    return _find(spec, DATA / "overlays", bundled_overlays(), ("地方标准", "overlay"))


def _find(spec: str | Path, folder: Path, bundled: Sequence[str], what: tuple[str, str]) -> Path:
    if str(spec) in bundled:
        return folder / f"{spec}.yaml"
    path = Path(spec)
    if path.is_file():
        return path
    finding = Finding(
        "standard-unknown",
        f"没有这个{what[0]}",
        f"no such {what[1]}",
        value=str(spec),
        expected=", ".join((*bundled, "*.yaml")),
        advice_zh=suggestion(str(spec), bundled)[0],
        advice_en=suggestion(str(spec), bundled)[1],
    )
    raise InputError([finding])


def load_standard(spec: str | Path, overlays: Sequence[str | Path] = ()) -> Standard:
    """A bundled pack by code, or a pack file, with overlays applied in order.

    Raises InputError with every problem of the pack, or of the first overlay that has any.
    """
    return load_standard_with_findings(spec, overlays)[0]


def load_standard_with_findings(
    spec: str | Path, overlays: Sequence[str | Path] = ()
) -> tuple[Standard, tuple[Finding, ...]]:
    """As `load_standard`, with the warnings: repealed figures, townships above 24 m2.

    A standard that is repealed as a whole is loaded with a note.
    """
    path = standard_path(spec)
    warnings: list[Finding] = []
    standard = _read_pack(path, _shown(spec, path), warnings)
    for overlay in overlays:
        path = overlay_path(overlay)
        standard = _read_overlay(path, _shown(overlay, path), standard, warnings)
    if standard.repealed:
        zh = f"标准 {standard.code} 已于 {standard.repealed} 废止"
        en = f"the standard {standard.code} was repealed in {standard.repealed}"
        warnings.append(Finding("standard-repealed", zh, en, severity="info"))
    return standard, tuple(warnings)


def load_policy_data() -> dict[str, Any]:
    """The default policy file as plain data."""
    data: dict[str, Any] = read_document_file(policy_path(), "policy-default.yaml").data
    return data


def policy_path() -> Path:
    """The default policy file."""
    return DATA / "policy-default.yaml"


def dump_standard(standard: Standard) -> str:
    """The standard as one pack file that loads back equal, overlays already applied."""
    levels: dict[str, Any] = {}
    for grade in standard.grades:
        level = levels.setdefault(grade.level, {"grades": []})
        level["grades"].append(grade_as_data(grade))
    for rate in standard.service:
        levels.setdefault(rate.level, {})["service"] = service_as_data(rate)
    data: dict[str, Any] = {"format": PACK_FORMAT}
    data |= {name: getattr(standard, name) for name in _NAMES}
    data |= {name: getattr(standard, name) for name in _DATES if getattr(standard, name)}
    data["individual"] = standard.individual
    for name in ("overlays", "authorities"):
        if getattr(standard, name):
            data[name] = list(getattr(standard, name))
    data["levels"] = levels
    data["lines"] = [term_as_data(term) for term in standard.terms]
    named = {name: getattr(standard, name) for name in NAMED_FIGURES}
    data |= {name: _figure_as_data(figure) for name, figure in named.items() if figure}
    if standard.figures:
        data["figures"] = {name: _figure_as_data(figure) for name, figure in standard.figures}
    data["ancillary"] = {name: _figure_as_data(figure) for name, figure in standard.ancillary}
    return dump_yaml(data)


def _figure_as_data(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "clause": figure.clause, "confidence": figure.confidence}


def _shown(spec: str | Path, path: Path) -> str:
    """Bundled files are shown by name alone, so that messages do not depend on the machine."""
    return path.name if path.is_relative_to(DATA) else Path(spec).as_posix()


def _read_pack(path: Path, shown: str, warnings: list[Finding]) -> Standard:
    problems = Problems(read_document_file(path, shown))
    root = problems.root()
    plain = not root.has("lines")
    required = ("format", *_NAMES, "levels", *(NAMED_FIGURES if plain else ()))
    found = root.fields(
        required,
        ("lines", "figures", "ancillary", "overlays", "authorities", "individual", *_DATES)
        + (() if plain else NAMED_FIGURES),
    )
    _check_format(found, PACK_FORMAT)
    names = {name: found[name].text() or "" for name in _NAMES if name in found}
    about: list[Finding] = []
    levels = _read_levels(found.get("levels"), about)
    named = _figures({name: found[name] for name in NAMED_FIGURES if name in found})
    further = _figures(dict(found["figures"].entries()) if "figures" in found else {})
    ancillary = _figures(dict(found["ancillary"].entries()) if "ancillary" in found else {})
    terms = read_terms(found["lines"]) if "lines" in found else PLAIN_TERMS
    grades = merge_grades((), levels)
    check_grades(root, grades)
    if not problems.findings:
        check_terms(root, terms, named | further, grades)
    individual = found["individual"].flag() if "individual" in found else True
    dates = {name: _read_date(found[name]) for name in _DATES if name in found}
    if problems.findings:
        raise InputError(problems.findings)
    warnings += _in_order(about + repealed_findings(problems))
    about_it: dict[str, Any] = names | named | dates
    return Standard(
        **about_it,
        grades=with_areas(grades, terms, named | further),
        service=merge_service((), levels),
        ancillary=tuple(ancillary.items()),
        overlays=_listed(found, "overlays"),
        authorities=_listed(found, "authorities"),
        figures=tuple(further.items()),
        terms=terms,
        individual=bool(individual),
    )


def _listed(found: dict[str, Node], key: str) -> tuple[str, ...]:
    return tuple(text for text, _ in found[key].texts()) if key in found else ()


def _in_order(warnings: list[Finding]) -> list[Finding]:
    return sorted(warnings, key=lambda f: (f.place.row or 0, int(f.place.column or 0)))


def _read_date(node: Node) -> str:
    """A year, month or day, as far as it is known."""
    text = node.text() or ""
    if text and not _DATE.fullmatch(text):
        node.wrong_type("年、年-月或年-月-日", "a year, YYYY-MM or YYYY-MM-DD")
    return text


def _read_overlay(path: Path, shown: str, standard: Standard, warnings: list[Finding]) -> Standard:
    problems = Problems(read_document_file(path, shown))
    root = problems.root()
    found = root.fields(
        ("format", "code", "applies_to", "authority"),
        ("version", "zh", "en", "levels", "figures", "ancillary", *NAMED_FIGURES),
    )
    _check_format(found, OVERLAY_FORMAT)
    texts = {name: node.text() for name, node in found.items() if name in _OVERLAY_TEXTS}
    applies = texts.get("applies_to")
    if applies is not None and applies != standard.code:
        zh, en = f"不适用于标准 {standard.code}", f"does not apply to {standard.code}"
        found["applies_to"].add("overlay-mismatch", zh, en, expected=standard.code)
    about: list[Finding] = []
    levels = _read_levels(found.get("levels"), about, standard)
    grades = merge_grades(standard.grades, levels)
    check_grades(root, grades)
    own = {name: getattr(standard, name) for name in NAMED_FIGURES if getattr(standard, name)}
    named = _changed(own, {name: found[name] for name in NAMED_FIGURES if name in found})
    further, ancillary = (
        _changed(dict(old), dict(found[key].entries()) if key in found else {})
        for key, old in (("figures", standard.figures), ("ancillary", standard.ancillary))
    )
    check_terms(root, standard.terms, named | further, grades)
    if problems.findings:
        raise InputError(problems.findings)
    warnings += _in_order(about + repealed_findings(problems))
    code, version = texts["code"] or "", texts.get("version")
    fields: dict[str, Any] = dict(named)
    return replace(
        standard,
        **fields,
        grades=with_areas(grades, standard.terms, named | further),
        service=merge_service(standard.service, levels),
        ancillary=tuple(ancillary.items()),
        figures=tuple(further.items()),
        overlays=(*standard.overlays, f"{code}@{version}" if version else code),
        authorities=tuple(dict.fromkeys((*standard.authorities, f"{code}: {texts['authority']}"))),
    )


def _changed(old: dict[str, Figure], nodes: dict[str, Node]) -> dict[str, Figure]:
    """The figures with those of an overlay in their places; it cannot add any."""
    new = dict(old)
    for name, node in nodes.items():
        if name not in old:
            zh, en = "标准中没有这一项", "the standard has no such figure"
            node.add("unknown-value", zh, en, value=name, advice=suggestion(name, old))
        elif figure := read_figure(node):
            new[name] = figure
    return new


def _figures(nodes: dict[str, Node]) -> dict[str, Figure]:
    read = {name: read_figure(node) for name, node in nodes.items()}
    return {name: figure for name, figure in read.items() if figure is not None}


_OVERLAY_TEXTS = ("code", "applies_to", "authority", "version", "zh", "en")


def _check_format(found: dict[str, Node], wanted: str) -> None:
    if "format" in found:
        found["format"].choice((wanted,))


def _read_levels(
    node: Node | None, warnings: list[Finding], base: Standard | None = None
) -> dict[str, LevelFigures]:
    levels: dict[str, LevelFigures] = {}
    for level, entry in node.entries() if node else ():
        if level not in LEVELS:
            place: Place = entry.problems.place(entry.path, key=True)
            zh, en = "未知的层级", "unknown organ level"
            finding = Finding(
                "unknown-key", zh, en, place, level, ", ".join(LEVELS), *suggestion(level, LEVELS)
            )
            entry.problems.findings.append(finding)
            continue
        known = tuple(g for g in base.grades if g.level == level) if base else ()
        levels[level] = read_level(level, entry, known, warnings)
    return levels
