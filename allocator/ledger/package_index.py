"""Which part of a workbook lists its sheets, and which part each sheet is."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from allocator.findings import Place
from allocator.ledger.cell_faults import is_outside
from allocator.ledger.hostile import malformed

MAX_SHEETS = 200
"""Sheets of a workbook: each costs a pass of the reader."""
_ROOT = "_rels/.rels"


@dataclass(frozen=True, slots=True)
class Book:
    """The list of sheets: name by part, and the defined names that ask another workbook.

    Parts are in lower case, as their readers do not tell cases apart.
    """

    sheets: Mapping[str, str]
    outside_names: frozenset[str]


def book_part(links: Mapping[str, bytes]) -> str:
    """The part that lists the sheets, as the package's own links say."""
    for target, kind, _ in _targets(links.get(_ROOT, b"<x/>")):
        if kind.endswith("/officeDocument"):
            return posixpath.normpath(target.lstrip("/")).lower()
    return "xl/workbook.xml"


def read_book(part: str, data: bytes, links: Mapping[str, bytes], place: Place) -> Book:
    """The sheets of a workbook. Raises Refused, or SyntaxError for bad XML."""
    folder, name = posixpath.split(part)
    found = links[f"{folder}/_rels/{name}.rels".lstrip("/")]
    targets = {key: target for target, _, key in _targets(found)}
    sheets: dict[str, str] = {}
    names: set[str] = set()
    count = 0
    for element in ElementTree.fromstring(data).iter():
        tag = _local(element.tag)
        if tag == "definedName" and is_outside(element.text or ""):
            names.add(element.get("name", "").casefold())
        if tag != "sheet":
            continue
        count += 1
        key = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
        for target in _meant(targets.get(key, ""), folder):
            if sheets.setdefault(target, element.get("name", "")) != element.get("name", ""):
                raise malformed(place, "两张工作表共用一个部件", "two sheets are one part", target)
    if count > MAX_SHEETS:
        raise malformed(
            place, f"工作表超过 {MAX_SHEETS} 张", f"it has more than {MAX_SHEETS} sheets",
            str(count),
        )  # fmt: skip
    return Book(sheets, frozenset(names))


def _meant(target: str, folder: str) -> set[str]:
    """The parts that a target may mean: from the root, and from the folder of the workbook."""
    beside = target if target.startswith("/") else posixpath.join(folder, target)
    return {posixpath.normpath(path.lstrip("/")).lower() for path in (target, beside)}


def _targets(data: bytes) -> list[tuple[str, str, str]]:
    """Target, type and id of every link."""
    return [
        (r.get("Target", ""), r.get("Type", ""), r.get("Id", ""))
        for r in ElementTree.fromstring(data)
    ]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
