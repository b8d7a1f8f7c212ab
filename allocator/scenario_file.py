"""The scenario file: YAML into one resolved `Scenario`, and a resolved copy of it for a bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.domain import Ledger
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
from allocator.restructure.lineage import Lineage
from allocator.restructure.read import Step, read_steps
from allocator.restructure.replay import Done, Replay, replay, report
from allocator.restructure.state import start_state
from allocator.restructure.trace import start_trace
from allocator.scenario import Budget, Policy, Scenario
from allocator.scenario_checks import check_figures, check_pins
from allocator.scenario_data import read_lineage, scenario_as_yaml
from allocator.scenario_layers import Layered, override, read_chain
from allocator.scenario_lists import LISTS, LayeredIndex, read_lists
from allocator.scenario_parts import check_moves, read_budget, read_changes
from allocator.scenario_places import Applied, Index, apply_actions, read_actions
from allocator.yaml_fields import Node, Problems
from standards.catalog import Standard
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

_REQUIRED = ("name", "ledger", "standard")
_OPTIONAL = ("restructure", "sites", *LISTS, "policy", "moves", "solve")
_RESOLVED = ("market_open", "changes", "lineage", "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A scenario file carried out: what each operation did, and what stands in the way.

    `scenario` is None with findings. `ledger`: as it was read. `skipped`: what was left out.
    """

    scenario: Scenario | None
    ledger: Ledger | None
    done: tuple[Done, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Finding, ...]


def read_scenario(path: Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read a scenario file; paths in it are relative to its folder.

    `overrides` are laid over the file: nested mappings, or dotted keys such as `solve.work`; lists
    are replaced whole. Raises InputError with every problem of scenario, standard and ledger.
    """
    found = resolve_scenario(path, overrides)
    if found.scenario is None:
        raise InputError(found.findings)
    return found.scenario


def resolve_scenario(
    path: Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    ledger: Path | None = None,
    skip: bool = False,
) -> Resolution:
    """Like `read_scenario`, with all findings as data.

    `ledger` replaces the one named in the file. With `skip` operations and entries of lists that
    do not apply are left out. Raises InputError for a file that cannot be parsed.
    """
    chain = read_chain(path)
    document, paths = override(chain.document, overrides or {})
    reader = _Reader(Problems(document, paths), document, ledger_path=ledger, skip=skip)
    reader.findings.extend(chain.findings)
    scenario = reader.read(path.stem)
    if scenario is not None and not reader.resolved:
        sources = {"scenario": sha256_of(path), **chain.sources, **reader.sources}
        if overrides:
            text = json.dumps(overrides, sort_keys=True, ensure_ascii=False, default=str)
            sources["overrides"] = hashlib.sha256(text.encode()).hexdigest()
        scenario = replace(scenario, sources=sources)
    return Resolution(
        scenario=scenario,
        ledger=reader.before,
        done=reader.replayed.done if reader.replayed else (),
        findings=tuple(reader.findings),
        skipped=tuple(reader.skipped),
    )


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


@dataclass(slots=True)
class _Reader:
    """One reading of one scenario; `findings` gathers those of every file."""

    problems: Problems
    document: Layered
    ledger_path: Path | None = None
    skip: bool = False
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Finding] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    resolved: bool = False
    before: Ledger | None = None
    replayed: Replay | None = None

    def read(self, stem: str) -> Scenario | None:
        """The scenario, or None with findings; `stem` names one that only has differences."""
        found = self._fields()
        standard = self._standard(found.get("standard"))
        self.before = self._ledger(found.get("ledger"), standard)
        policy = self._policy(found.get("policy"), standard)
        name = found["name"].text() if "name" in found else stem
        start = len(self.problems.findings)
        index = self._restructured(found, standard)
        lists = read_lists(found, index, resolved=self.resolved)
        applied = self._applied(found, index)
        if applied is not None and not self.resolved:
            places = Index(applied.ledger, standard)
            check_pins(index.pins(), places, applied.market_open)
        if self.skip and self.before is not None:
            self.skipped = self.problems.findings[start:]
            del self.problems.findings[start:]
        budget = self._budget(found.get("solve"))
        if "moves" in found:
            check_moves(found["moves"])
        sources = self._recorded_sources(found)
        lineage = read_lineage(found["lineage"]) if "lineage" in found else Lineage()
        if applied is not None and standard is not None and "standard" in found:
            check_figures(found["standard"], applied.ledger, standard)
        # Findings of the scenario file come first; those of other files follow.
        self.findings[:0] = self.problems.findings
        if self.findings or name is None or standard is None or applied is None:
            return None
        if self.replayed is not None:
            lineage = self.replayed.state.trace.lineage()
        return Scenario(
            name=name,
            ledger=applied.ledger,
            standard=standard,
            policy=policy,
            budget=budget,
            market_open=applied.market_open,
            changes=applied.changes,
            lineage=lineage,
            sources=sources,
            **lists,
        )

    def _fields(self) -> dict[str, Node]:
        root = self.problems.root()
        self.resolved = root.has("resolved")
        if self.resolved:
            required = ("resolved", *_REQUIRED, "policy", "solve")
            found = root.fields(required, (*LISTS, *_RESOLVED))
            if "resolved" in found and found["resolved"].flag() is False:
                zh, en = "只能为 true", "can only be true"
                found["resolved"].add("contradiction", zh, en)
            return found
        if len(self.document.files) > 1:
            return root.fields(_REQUIRED[1:], ("name", *_OPTIONAL))
        return root.fields(_REQUIRED, _OPTIONAL)

    def _restructured(self, found: dict[str, Node], standard: Standard | None) -> LayeredIndex:
        """The operations carried out, file by file, and the index of what they made."""
        steps = read_steps(found["restructure"]) if "restructure" in found else []
        if self.before is None or not steps:
            below = tuple((Index(self.before, standard), Lineage()) for _ in self.document.files)
            return LayeredIndex(self.before, standard, self.document, below[1:])
        replays: list[Replay] = []
        current = Replay(state=start_state(self.before, standard))
        for layer in range(len(self.document.files)):
            own = [step for step in steps if self.document.layer(step.path) == layer]
            made = replay(current.state, own, current.skipped)
            current = replace(made, done=(*current.done, *made.done))
            replays.append(current)
        self.replayed = current
        report(current.done, self.problems)
        below = tuple(self._below(layer, replays, steps) for layer in range(len(replays) - 1))
        ledger = current.state.ledger
        return LayeredIndex(ledger, standard, self.document, below, current.skipped)

    def _below(self, layer: int, replays: list[Replay], steps: list[Step]) -> tuple[Index, Lineage]:
        """What a base made of the ledger, and the lineage from there to the end."""
        state = replays[layer].state
        later = [step for step in steps if self.document.layer(step.path) > layer]
        fresh = replace(state, trace=start_trace(state.ledger))
        end = replay(fresh, later, replays[layer].skipped)
        return Index(state.ledger, state.standard), end.state.trace.lineage()

    def _take(self, error: InputError, node: Node) -> None:
        """Take the findings of another file; those without a place stand where it is named."""
        place = self.problems.place(node.path)
        self.findings.extend(f if f.place.file else replace(f, place=place) for f in error.findings)

    def _located(self, spec: str, bundled: list[str], node: Node) -> str | Path:
        """A bundled code as it is, else a path relative to the folder of the file that says it."""
        return spec if spec in bundled else self.document.folder(node.path) / spec

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
            located = self._located(spec, bundled_standards(), pack)
            self.sources["standard"] = sha256_of(standard_path(located))
        except InputError as error:
            self._take(error, pack)
            return None
        paths: list[str | Path] = []
        for text, item in overlays:
            overlay = self._located(text, bundled_overlays(), item)
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
        path = self.ledger_path or self.document.folder(node.path) / text
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
            path = self.document.folder(file.path) / name
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

    def _budget(self, node: Node | None) -> Budget:
        return read_budget(node, resolved=self.resolved) if node else Budget()

    def _applied(self, found: dict[str, Node], index: LayeredIndex) -> Applied | None:
        actions = read_actions(found["sites"], index) if "sites" in found else []
        opened = found["market_open"].texts() if "market_open" in found else []
        sites = [index.place(node, "site") for _, node in opened]
        changes = read_changes(found["changes"]) if "changes" in found else ()
        if index.ledger is None:
            return None
        if self.resolved:
            return Applied(index.ledger, frozenset(s for s in sites if s), changes)
        applied = apply_actions(index, actions)
        if self.replayed is None:
            return replace(applied, changes=(*index.lost, *applied.changes))
        return Applied(
            applied.ledger,
            applied.market_open | self.replayed.state.market_open,
            (*self.replayed.changes, *index.lost, *applied.changes),
        )

    def _recorded_sources(self, found: dict[str, Node]) -> dict[str, str]:
        entries = found["sources"].entries() if "sources" in found else ()
        return {key: node.text() or "" for key, node in entries}
