"""A scenario file laid over the scenario it is based on, every value still located in its file.

Mappings merge key by key; lists are appended to those of the base, except `policy.tiers` and
`moves.workdays`, which are one whole; any other value replaces the base's. `without` takes entries
away from lists of the base, each written exactly as it stands there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.ledger.sources import sha256_of
from allocator.strict_yaml import Document, YamlPath, read_document_file

BASE = "base"
WITHOUT = "without"
_WHOLE = {("policy", "tiers"), ("moves", "workdays")}
"""Lists that are replaced, not appended to."""
_OTHER = {"work": "seconds", "seconds": "work"}
"""A budget of one kind replaces one of the other."""


@dataclass(frozen=True, slots=True)
class Layered(Document):
    """Several files as one document; `layers` says from which file a path comes, 0 the first."""

    layers: dict[YamlPath, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()

    def layer(self, path: YamlPath) -> int:
        """The file that a value comes from, as a number; the last one knows what is missing."""
        while path and path not in self.layers:
            path = path[:-1]
        return self.layers.get(path, len(self.files) - 1)

    def place(self, path: YamlPath, *, key: bool = False) -> Place:
        """Where a value stands, in its own file."""
        place = Document.place(self, path, key=key)
        return replace(place, file=self.files[self.layer(path)])

    def folder(self, path: YamlPath) -> Path:
        """What a path written there is relative to."""
        return self.folders[self.layer(path)]


@dataclass(frozen=True, slots=True)
class Chain:
    """The document of a file and all it is based on, with hashes of the files below."""

    document: Layered
    sources: dict[str, str]
    findings: tuple[Finding, ...] = ()


def read_chain(path: Path) -> Chain:
    """Read a scenario file and its bases; raises InputError where a file cannot be read."""
    return _read(path, (), path.parent)


def _read(path: Path, above: tuple[Path, ...], start: Path) -> Chain:
    document = read_document_file(path)
    data = document.data
    single = Layered(
        document.file, data, document.marks, document.keys, document.raw,
        dict.fromkeys(document.marks, 0), (document.file,), (path.parent,),
    )  # fmt: skip
    if not isinstance(data, dict) or BASE not in data:
        return Chain(single, {})
    place = document.place((BASE,))
    name = data[BASE]
    if not isinstance(name, str) or not name.strip():
        raise _refused(place, "wrong-type", "应为情景文件名", "a scenario file is expected", "")
    target = path.parent / name.strip()
    chain = (*above, path)
    if not target.is_file():
        raise _refused(
            place,
            "file-missing",
            "所基于的情景文件不存在",
            "the base scenario does not exist",
            name,
        )
    resolved = [file.resolve() for file in chain]
    if target.resolve() in resolved:
        round_trip = [*chain[resolved.index(target.resolve()) :], target]
        shown = " -> ".join(os.path.relpath(file, start) for file in round_trip)
        raise _refused(place, "base-cycle", "情景互相以对方为基础", "bases form a cycle", shown)
    below = _read(target, chain, start)
    if isinstance(below.document.data, dict) and "resolved" in below.document.data:
        raise _refused(
            place, "base-resolved", "方案文件夹中的情景不能作为基础",
            "the resolved scenario of a plan cannot be a base", name,
        )  # fmt: skip
    shown = Path(os.path.relpath(target, start)).as_posix()
    sources = {**below.sources, f"base:{shown}": sha256_of(target)}
    under, findings = _taken_away(below.document, single)
    return Chain(_laid_over(under, single, path), sources, (*below.findings, *findings))


def _refused(place: Place, code: str, zh: str, en: str, value: str) -> InputError:
    return InputError([Finding(code, zh, en, place, value)])


def _laid_over(under: Layered, own: Layered, path: Path) -> Layered:
    """One file over all that it is based on."""
    number = len(under.files)
    made = Layered(
        own.file, under.data, dict(under.marks), dict(under.keys), dict(under.raw),
        dict(under.layers), (*under.files, own.file), (*under.folders, path.parent),
    )  # fmt: skip
    # Each file says its own name; what is based on another has that of its file without one.
    data = {key: value for key, value in made.data.items() if key != "name"}
    _drop(made, ("name",))
    own_data = {key: value for key, value in own.data.items() if key not in (BASE, WITHOUT)}
    made.marks[()] = own.marks[()]
    made.layers[()] = number
    return replace(made, data=_merged(made, own, data, own_data, (), number))


def _merged(
    made: Layered, own: Layered, data: dict[str, Any], more: dict[str, Any], path: YamlPath,
    number: int,
) -> dict[str, Any]:  # fmt: skip
    merged = dict(data)
    if path == ("solve",):
        for key in _OTHER.keys() & more.keys():
            merged.pop(_OTHER[key], None)
    for key, value in more.items():
        here = (*path, key)
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(made, own, old, value, here, number)
        elif isinstance(old, list) and isinstance(value, list) and here not in _WHOLE:
            _graft(made, own, here, number, len(old))
            merged[key] = [*old, *value]
        else:
            _drop(made, here)
            _graft(made, own, here, number, 0)
            merged[key] = value
    return merged


def _maps(document: Layered) -> Iterator[dict[YamlPath, Any]]:
    yield from (document.marks, document.keys, document.raw, document.layers)


def _drop(made: Layered, start: YamlPath) -> None:
    for table in _maps(made):
        for path in [p for p in table if p[: len(start)] == start]:
            del table[path]


def _graft(made: Layered, own: Layered, start: YamlPath, number: int, shift: int) -> None:
    """Take over the places of a value; entries of a list stand behind those already there."""
    size = len(start)
    for table, source in zip(_maps(made), _maps(own), strict=True):
        for path, value in source.items():
            if path[:size] != start or (shift and len(path) == size):
                continue
            index = path[size] if len(path) > size else None
            moved = (index + shift,) if isinstance(index, int) else path[size : size + 1]
            table[(*start, *moved, *path[size + 1 :])] = number if source is own.layers else value


def _taken_away(under: Layered, own: Layered) -> tuple[Layered, tuple[Finding, ...]]:
    """The base without the entries that `without` names."""
    wanted = own.data.get(WITHOUT)
    if WITHOUT not in own.data:
        return under, ()
    findings: list[Finding] = []
    made = replace(
        under, marks=dict(under.marks), keys=dict(under.keys), raw=dict(under.raw),
        layers=dict(under.layers),
    )  # fmt: skip
    data = _less(made, own, under.data, wanted, (), findings)
    return replace(made, data=data), tuple(findings)


def _less(
    made: Layered, own: Layered, data: Any, wanted: Any, path: YamlPath, findings: list[Finding]
) -> Any:
    def wrong(code: str, zh: str, en: str, at: YamlPath, value: str = "") -> Any:
        findings.append(Finding(code, zh, en, own.place((WITHOUT, *at)), value))
        return data

    if isinstance(wanted, dict) and isinstance(data, dict):
        rest = dict(data)
        for key, value in wanted.items():
            if key not in data:
                wrong("not-in-base", "基础情景没有这一项", "not in the base", (*path, key), key)
            else:
                rest[key] = _less(made, own, data[key], value, (*path, key), findings)
        return rest
    if not isinstance(wanted, list) or not isinstance(data, list):
        return wrong("wrong-type", "应为基础情景中列表的条目", "entries of a list expected", path)
    left = list(range(len(data)))
    for number, entry in enumerate(wanted):
        found = next((i for i in left if data[i] == entry), None)
        if found is None:
            wrong("not-in-base", "基础情景没有这一条", "no such entry in the base",
                  (*path, number))  # fmt: skip
        else:
            left.remove(found)
    _renumber(made, path, {old: new for new, old in enumerate(left)})
    return [data[i] for i in left]


def _renumber(made: Layered, start: YamlPath, numbers: Mapping[int, int]) -> None:
    size = len(start)
    for table in _maps(made):
        inside = {p: v for p, v in table.items() if p[:size] == start and len(p) > size}
        for path in inside:
            del table[path]
        for path, value in inside.items():
            index = path[size]
            if isinstance(index, int) and index in numbers:
                table[(*start, numbers[index], *path[size + 1 :])] = value


def override(
    document: Layered, overrides: Mapping[str, Any]
) -> tuple[Layered, tuple[YamlPath, ...]]:
    """The document with overrides laid over it, and the paths that came from them.

    Nested mappings, or dotted keys; lists are replaced whole.
    """
    if not overrides or not isinstance(document.data, dict):
        return document, ()
    tree: dict[str, Any] = {}
    for key, value in overrides.items():
        for part in reversed(str(key).split(".")):
            value = {part: value}
        tree = _replaced(tree, _plain(value), (), [])
    data = dict(document.data)
    solve, wanted = data.get("solve"), tree.get("solve")
    if isinstance(solve, dict) and isinstance(wanted, Mapping):
        drop = {_OTHER[key] for key in wanted if key in _OTHER}
        data["solve"] = {key: value for key, value in solve.items() if key not in drop}
    paths: list[YamlPath] = []
    data = _replaced(data, tree, (), paths)
    raw = {
        path: text
        for path, text in document.raw.items()
        if not any(path[: len(start)] == start for start in paths)
    }
    layers = {
        path: number
        for path, number in document.layers.items()
        if not any(path[: len(start)] == start for start in paths)
    } | dict.fromkeys(paths, len(document.files) - 1)
    return replace(document, data=data, raw=raw, layers=layers), tuple(paths)


def _plain(value: Any) -> Any:
    """Mappings with text keys throughout, as YAML gives them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _replaced(
    base: Mapping[str, Any], over: Mapping[str, Any], path: YamlPath, paths: list[YamlPath]
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and isinstance(old, dict):
            merged[key] = _replaced(old, value, (*path, key), paths)
        else:
            merged[key] = value
            paths.append((*path, key))
    return merged
