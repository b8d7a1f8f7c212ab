"""Standards read from located YAML: bundled packs, packs of the user, local overlays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.strict_yaml import dump_yaml, read_document_file
from allocator.yaml_fields import Node, Problems, suggestion
from standards.catalog import Figure, Standard
from standards.pack_fields import (
    FIGURES,
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

PACK_FORMAT = "allocator-standard/1"
OVERLAY_FORMAT = "allocator-standard-overlay/1"
_NAMES = ("code", "version", "zh", "en", "place", "source")
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
    """As `load_standard`, with the warnings: repealed figures, townships above 24 m2."""
    path = standard_path(spec)
    warnings: list[Finding] = []
    standard = _read_pack(path, _shown(spec, path), warnings)
    for overlay in overlays:
        path = overlay_path(overlay)
        standard = _read_overlay(path, _shown(overlay, path), standard, warnings)
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
    if standard.overlays:
        data["overlays"] = list(standard.overlays)
    data["levels"] = levels
    data |= {name: _figure_as_data(getattr(standard, name)) for name in FIGURES}
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
    required = ("format", *_NAMES, "levels", *FIGURES)
    found = root.fields(required, ("ancillary", "overlays"))
    _check_format(found, PACK_FORMAT)
    names = {name: found[name].text() or "" for name in _NAMES if name in found}
    levels = _read_levels(found.get("levels"), warnings)
    figures = _figures({name: found[name] for name in FIGURES if name in found})
    ancillary = _figures(dict(found["ancillary"].entries()) if "ancillary" in found else {})
    overlays = tuple(text for text, _ in found["overlays"].texts()) if "overlays" in found else ()
    grades = merge_grades((), levels)
    check_grades(root, grades)
    if problems.findings:
        raise InputError(problems.findings)
    return Standard(
        code=names["code"],
        version=names["version"],
        zh=names["zh"],
        en=names["en"],
        place=names["place"],
        source=names["source"],
        grades=grades,
        service=merge_service((), levels),
        equipment=figures["equipment"],
        ratio_multi_storey=figures["ratio_multi_storey"],
        ratio_high_rise=figures["ratio_high_rise"],
        ancillary=tuple(ancillary.items()),
        overlays=overlays,
    )


def _read_overlay(path: Path, shown: str, standard: Standard, warnings: list[Finding]) -> Standard:
    problems = Problems(read_document_file(path, shown))
    root = problems.root()
    found = root.fields(
        ("format", "code", "applies_to", "authority"),
        ("version", "zh", "en", "levels", "ancillary", *FIGURES),
    )
    _check_format(found, OVERLAY_FORMAT)
    texts = {name: node.text() for name, node in found.items() if name in _OVERLAY_TEXTS}
    applies = texts.get("applies_to")
    if applies is not None and applies != standard.code:
        zh, en = f"不适用于标准 {standard.code}", f"does not apply to {standard.code}"
        found["applies_to"].add("overlay-mismatch", zh, en, expected=standard.code)
    levels = _read_levels(found.get("levels"), warnings, standard)
    grades = merge_grades(standard.grades, levels)
    check_grades(root, grades)
    changed = _figures({name: found[name] for name in FIGURES if name in found})
    ancillary = dict(standard.ancillary)
    for key, node in found["ancillary"].entries() if "ancillary" in found else ():
        if key not in ancillary:
            zh, en = "标准中没有这一项", "the standard has no such figure"
            node.add("unknown-value", zh, en, value=key, advice=suggestion(key, ancillary))
        elif figure := read_figure(node):
            ancillary[key] = figure
    if problems.findings:
        raise InputError(problems.findings)
    code, version = texts["code"] or "", texts.get("version")
    return replace(
        standard,
        grades=grades,
        service=merge_service(standard.service, levels),
        equipment=changed.get("equipment", standard.equipment),
        ratio_multi_storey=changed.get("ratio_multi_storey", standard.ratio_multi_storey),
        ratio_high_rise=changed.get("ratio_high_rise", standard.ratio_high_rise),
        ancillary=tuple(ancillary.items()),
        overlays=(*standard.overlays, f"{code}@{version}" if version else code),
    )


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
