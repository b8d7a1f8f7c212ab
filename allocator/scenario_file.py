"""The scenario file: YAML into one resolved `Scenario`, and a resolved copy of it for a bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.domain import Ledger, Relation
from allocator.findings import Finding, InputError
from allocator.ledger.read import read_ledger
from allocator.ledger.sources import sha256_of
from allocator.ledger.write import write_at_once, write_ledger_csv
from allocator.policy_file import (
    COMPLETE,
    KEYS,
    apply_policy,
    default_policy,
    finish_policy,
    read_policy_file,
)
from allocator.scenario import Budget, Policy, Scenario
from allocator.scenario_data import scenario_as_yaml
from allocator.scenario_parts import (
    check_moves,
    read_agreements,
    read_budget,
    read_changes,
    read_exceptions,
    read_forbids,
    read_pins,
    read_relations,
    read_shared,
    relation_pair,
)
from allocator.scenario_places import Applied, Index, apply_actions, read_actions
from allocator.strict_yaml import Document, YamlPath, read_document_file
from allocator.yaml_fields import Node, Problems
from standards.catalog import Standard, UnknownFigure
from standards.load import (
    bundled_overlays,
    bundled_standards,
    dump_standard,
    load_standard,
    overlay_path,
    standard_path,
)

FILE = "scenario.yaml"
LEDGER = "ledger"
STANDARD = "standard.yaml"
"""Names inside a bundle."""

_NOT_YET = {
    "restructure": ("改组操作", "restructuring operations are"),
    "base": ("以另一情景为基础", "a base scenario is"),
}
_LISTS = ("pins", "forbid", "relations", "exceptions", "shared", "agreements")
_REQUIRED = ("name", "ledger", "standard")
_OPTIONAL = (*_NOT_YET, "sites", *_LISTS, "policy", "moves", "solve")
_RESOLVED = ("market_open", "changes", "sources")


def read_scenario(path: Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario file; paths in it are relative to its folder.

    `overrides` are laid over the file: nested mappings, or dotted keys such as `solve.work`; lists
    are replaced whole. Raises InputError with every problem of scenario, standard and ledger.
    """
    document = read_document_file(path)
    problems = Problems(*_override(document, overrides or {}))
    reader = _Reader(problems, path.parent)
    scenario = reader.read()
    if reader.findings or scenario is None:
        raise InputError(reader.findings)
    sources = {"scenario": sha256_of(path), **reader.sources}
    if overrides:
        text = json.dumps(overrides, sort_keys=True, ensure_ascii=False, default=str)
        sources["overrides"] = hashlib.sha256(text.encode()).hexdigest()
    return scenario if reader.resolved else replace(scenario, sources=sources)


def read_bundle_scenario(folder: Path) -> Scenario:
    """The scenario of a plan bundle, equal to the one that was written."""
    return read_scenario(folder / FILE)


def write_scenario(scenario: Scenario, folder: Path) -> None:
    """Write the resolved scenario with its ledger and standard; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    write_ledger_csv(scenario.ledger, folder / LEDGER)
    _write_text(folder / STANDARD, dump_standard(scenario.standard))
    _write_text(folder / FILE, scenario_as_yaml(scenario, LEDGER, STANDARD))


def _write_text(path: Path, text: str) -> None:
    write_at_once(path, lambda part: part.write_bytes(text.encode("utf-8")))


def _override(
    document: Document, overrides: Mapping[str, Any]
) -> tuple[Document, tuple[YamlPath, ...]]:
    """The document with the overrides laid over it, and the paths that came from them."""
    if not overrides or not isinstance(document.data, dict):
        return document, ()
    tree: dict[str, Any] = {}
    for key, value in overrides.items():
        for part in reversed(str(key).split(".")):
            value = {part: value}
        tree = _merge(tree, _plain(value), (), [])
    data = dict(document.data)
    solve, wanted = data.get("solve"), tree.get("solve")
    if isinstance(solve, dict) and isinstance(wanted, Mapping):
        # A budget given over the file replaces the file's budget of the other kind.
        other = {"work": "seconds", "seconds": "work"}
        drop = {other[key] for key in wanted if key in other}
        data["solve"] = {key: value for key, value in solve.items() if key not in drop}
    paths: list[YamlPath] = []
    data = _merge(data, tree, (), paths)
    raw = {
        path: text
        for path, text in document.raw.items()
        if not any(path[: len(start)] == start for start in paths)
    }
    return replace(document, data=data, raw=raw), tuple(paths)


def _plain(value: Any) -> Any:
    """Mappings with text keys throughout, as YAML gives them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _merge(
    base: Mapping[str, Any], over: Mapping[str, Any], path: YamlPath, paths: list[YamlPath]
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and isinstance(old, dict):
            merged[key] = _merge(old, value, (*path, key), paths)
        else:
            merged[key] = value
            paths.append((*path, key))
    return merged


@dataclass(slots=True)
class _Reader:
    """One reading of one scenario; `findings` gathers those of every file."""

    problems: Problems
    folder: Path
    findings: list[Finding] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    resolved: bool = False

    def read(self) -> Scenario | None:
        """The scenario, or None with findings."""
        found = self._fields()
        standard = self._standard(found.get("standard"))
        ledger = self._ledger(found.get("ledger"), standard)
        policy = self._policy(found.get("policy"), standard)
        index = Index(ledger, standard)
        name = found["name"].text() if "name" in found else None
        lists = self._lists(found, index)
        budget = self._budget(found.get("solve"))
        if "moves" in found:
            check_moves(found["moves"])
        applied = self._applied(found, index)
        sources = self._recorded_sources(found)
        if ledger is not None and standard is not None:
            self._check_figures(found["standard"], ledger, standard)
        # Findings of the scenario file come first; those of other files follow.
        self.findings[:0] = self.problems.findings
        if self.findings or name is None or standard is None or applied is None:
            return None
        return Scenario(
            name=name,
            ledger=applied.ledger,
            standard=standard,
            policy=policy,
            budget=budget,
            market_open=applied.market_open,
            changes=applied.changes,
            sources=sources,
            **lists,
        )

    def _fields(self) -> dict[str, Node]:
        root = self.problems.root()
        self.resolved = root.has("resolved")
        if self.resolved:
            required = ("resolved", *_REQUIRED, "policy", "solve")
            found = root.fields(required, (*_LISTS, *_RESOLVED))
            if "resolved" in found and found["resolved"].flag() is False:
                zh, en = "只能为 true", "can only be true"
                found["resolved"].add("contradiction", zh, en)
            return found
        # With a base the three may be missing: only differences follow.
        inherits = root.has("base")
        found = root.fields(
            () if inherits else _REQUIRED, (*_REQUIRED, *_OPTIONAL) if inherits else _OPTIONAL
        )
        for key, (zh, en) in _NOT_YET.items():
            if key in found:
                node = found[key]
                node.add(
                    "not-supported",
                    f"尚不支持{zh}（{key}）",
                    f"{en} not supported yet ({key})",
                    value="",
                    advice=(
                        "请在台账中完成改组，再由情景引用该台账",
                        "Maybe carry it out in the ledger and name that ledger here.",
                    ),
                    key=True,
                )
        return found

    def _take(self, error: InputError, node: Node) -> None:
        """Take the findings of another file; those without a place stand where it is named."""
        place = self.problems.place(node.path)
        self.findings.extend(f if f.place.file else replace(f, place=place) for f in error.findings)

    def _located(self, spec: str, bundled: list[str]) -> str | Path:
        """A bundled code as it is, else a path relative to the scenario's folder."""
        return spec if spec in bundled else self.folder / spec

    def _standard(self, node: Node | None) -> Standard | None:
        if node is None:
            return None
        overlays: list[tuple[str, Node]] = []
        pack: Node | None = node
        if isinstance(node.value, dict):
            found = node.fields(("pack",), ("overlays",))
            pack = found.get("pack")
            overlays = found["overlays"].texts() if "overlays" in found else []
        spec = pack.text() if pack else None
        if pack is None or spec is None:
            return None
        try:
            located = self._located(spec, bundled_standards())
            self.sources["standard"] = sha256_of(standard_path(located))
        except InputError as error:
            self._take(error, pack)
            return None
        paths: list[str | Path] = []
        for text, item in overlays:
            overlay = self._located(text, bundled_overlays())
            try:
                self.sources[f"overlay:{text}"] = sha256_of(overlay_path(overlay))
            except InputError as error:
                self._take(error, item)
                return None
            paths.append(overlay)
        try:
            return load_standard(located, paths)
        except InputError as error:
            self._take(error, pack)
            return None

    def _ledger(self, node: Node | None, standard: Standard | None) -> Ledger | None:
        text = node.text() if node else None
        if node is None or text is None:
            return None
        path = self.folder / text
        if not path.exists():
            node.add("file-missing", "台账文件不存在", "the ledger does not exist")
            return None
        try:
            ledger = read_ledger(path, standard)
        except InputError as error:
            self._take(error, node)
            return None
        self.sources["ledger"] = sha256_of(path)
        return ledger

    def _policy(self, node: Node | None, standard: Standard | None) -> Policy:
        if self.resolved:
            found = node.fields(COMPLETE) if node else {}
            return apply_policy(Policy(tiers=()), found, standard)
        policy = default_policy(standard)
        if node is None:
            return policy
        found = node.fields((), ("file", *KEYS))
        file = found.pop("file", None)
        name = file.text() if file else None
        if file is not None and name is not None:
            path = self.folder / name
            if not path.is_file():
                file.add("file-missing", "政策文件不存在", "the policy file does not exist")
                return apply_policy(policy, found, standard)
            try:
                policy, problems = read_policy_file(path, name, standard, policy)
                self.findings.extend(problems.findings)
                self.sources["policy"] = sha256_of(path)
            except InputError as error:
                self._take(error, file)
        return finish_policy(apply_policy(policy, found, standard), node)

    def _lists(self, found: dict[str, Node], index: Index) -> dict[str, Any]:
        readers: dict[str, Any] = {
            "pins": read_pins,
            "forbid": read_forbids,
            "relations": read_relations,
            "exceptions": read_exceptions,
            "shared": read_shared,
            "agreements": read_agreements,
        }
        lists = {key: read(found[key], index) for key, read in readers.items() if key in found}
        forbids = lists.pop("forbid", ())
        relations: tuple[Relation, ...] = lists.pop("relations", ())
        if not self.resolved and index.ledger is not None:
            # The scenario's word on a pair and kind replaces the ledger's.
            own = {(relation_pair(r), r.kind) for r in relations}
            kept = (r for r in index.ledger.relations if (relation_pair(r), r.kind) not in own)
            relations = (*kept, *relations)
        return {**lists, "forbids": forbids, "relations": relations}

    def _budget(self, node: Node | None) -> Budget:
        return read_budget(node, resolved=self.resolved) if node else Budget()

    def _applied(self, found: dict[str, Node], index: Index) -> Applied | None:
        actions = read_actions(found["sites"], index) if "sites" in found else []
        opened = found["market_open"].texts() if "market_open" in found else []
        sites = [index.place(node, "site") for _, node in opened]
        changes = read_changes(found["changes"]) if "changes" in found else ()
        if index.ledger is None:
            return None
        if self.resolved:
            return Applied(index.ledger, frozenset(s for s in sites if s), changes)
        return apply_actions(index, actions)

    def _recorded_sources(self, found: dict[str, Node]) -> dict[str, str]:
        entries = found["sources"].entries() if "sources" in found else ()
        return {key: node.text() or "" for key, node in entries}

    def _check_figures(self, node: Node, ledger: Ledger, standard: Standard) -> None:
        """Every planned unit needs a service rate and a limit for each of its grades."""
        levels = {unit.code: unit.level for unit in ledger.units if unit.planned}
        asked: set[tuple[str, str]] = {(level, "") for level in levels.values()}
        asked |= {(levels[p.unit], p.grade) for p in ledger.posts if p.unit in levels}
        for level, grade in sorted(asked):
            try:
                if grade:
                    standard.limit(level, grade)
                else:
                    standard.service_rate(level)
            except UnknownFigure:
                what = ("办公室面积", "office area") if grade else ("服务用房面积", "service rate")
                node.add(
                    "unknown-figure",
                    f"标准 {standard.identity()} 没有核实的{what[0]}指标",
                    f"the standard {standard.identity()} has no confirmed {what[1]}",
                    value=f"{level}.{grade}" if grade else level,
                    advice=(
                        "请用 standard: {pack, overlays} 加一个地方标准文件，写明批准机关",
                        "Maybe add an overlay file with the figure and its authority: "
                        "standard: {pack, overlays}.",
                    ),
                )
