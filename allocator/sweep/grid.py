"""The grid file: options that are multiplied, cases that stand alone, each task located."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

from allocator.findings import Finding, InputError, Place
from allocator.strict_yaml import YamlPath, read_document_file
from allocator.yaml_fields import OVERRIDES, Node, Problems

Key: TypeAlias = tuple[str, ...]
"""The path of one setting of a scenario, as in ("solve", "seed")."""

MOST_TASKS = 100_000
"""More tasks than this in one grid are a slip of the pen."""

WORKERS: Key = ("solve", "workers")
_OTHER_BUDGET: dict[Key, Key] = {
    ("solve", "work"): ("solve", "seconds"),
    ("solve", "seconds"): ("solve", "work"),
}
_RESPELLED = re.compile(r"[-+]?0[0-9]+|0[xo][0-9a-fA-F]+|\+.*")
"""Whole numbers that would not be written back as they stand: codes such as 010, most likely."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One override: the value, and where in the grid it stands."""

    value: Any
    path: YamlPath


@dataclass(frozen=True, slots=True)
class Option:
    """One choice on an axis, or one case: a word for people, and what it sets."""

    label: str
    settings: dict[Key, Setting]


@dataclass(frozen=True, slots=True)
class Axis:
    """Options of which each task takes one."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task as the grid asks for it; `choices` names the option taken on each axis."""

    name: str
    choices: dict[str, str]
    settings: dict[Key, Setting]

    def overrides(self) -> dict[str, Any]:
        """The settings as `read_scenario` takes them, one worker always."""
        return nested({key: s.value for key, s in self.settings.items()} | {WORKERS: 1})


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid that could be read; tasks are made one by one."""

    problems: Problems
    common: dict[Key, Setting]
    axes: tuple[Axis, ...]
    cases: tuple[Option, ...]

    def __len__(self) -> int:
        return _size(self.axes) + len(self.cases)

    def base(self) -> TaskSpec:
        """What every task sets."""
        return TaskSpec("", {}, self.common)

    def tasks(self) -> Iterator[TaskSpec]:
        """The product of the axes, the last one fastest, then the cases."""
        shown = _short_names([axis.name for axis in self.axes])
        for choice in product(*(axis.options for axis in self.axes)) if self.axes else ():
            settings = dict(self.common)
            for option in choice:
                settings = laid_over(settings, option.settings)
            named = [f"{name}-{o.label}" for name, o in zip(shown, choice, strict=True)]
            labels = [o.label for o in choice]
            choices = dict(zip((axis.name for axis in self.axes), labels, strict=True))
            yield TaskSpec("_".join(named), choices, settings)
        for case in self.cases:
            settings = laid_over(self.common, case.settings)
            yield TaskSpec(case.label, {"case": case.label}, settings)

    def located(self, spec: TaskSpec, finding: Finding) -> Finding:
        """A finding about an override, moved to where the grid says it."""
        if finding.place.file != OVERRIDES:
            return finding
        parts = tuple(finding.place.column.split("."))
        for length in range(len(parts), 0, -1):
            setting = spec.settings.get(parts[:length])
            if setting is not None:
                rest = tuple(int(p) if p.isdecimal() else p for p in parts[length:])
                place = self.problems.document.place((*setting.path, *rest))
                return _at(finding, place)
        return _at(finding, Place(self.problems.document.file))


def _at(f: Finding, place: Place) -> Finding:
    return Finding(
        f.code, f.zh, f.en, place, f.value, f.expected, f.advice_zh, f.advice_en, f.severity,
        f.clause,
    )  # fmt: skip


def nested(settings: dict[Key, Any]) -> dict[str, Any]:
    """Settings by path as mappings in mappings."""
    tree: dict[str, Any] = {}
    for key, value in settings.items():
        inner = tree
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = value
    return tree


def laid_over(below: dict[Key, Setting], above: dict[Key, Setting]) -> dict[Key, Setting]:
    """Settings with others over them: those win over what they equal, hold or lie within."""
    gone = {_OTHER_BUDGET[key] for key in above if key in _OTHER_BUDGET}
    kept = {
        key: setting
        for key, setting in below.items()
        if key not in gone and not any(_overlap(key, other) for other in above)
    }
    return kept | above


def _overlap(a: Key, b: Key) -> bool:
    length = min(len(a), len(b))
    return a[:length] == b[:length]


def _short_names(names: list[str]) -> list[str]:
    """The last part of each dotted name where that tells them apart."""
    last = [name.rpartition(".")[2] for name in names]
    return [
        short if last.count(short) == 1 else name for short, name in zip(last, names, strict=True)
    ]


def _size(axes: tuple[Axis, ...]) -> int:
    return prod(len(axis.options) for axis in axes) if axes else 0


# -- reading -------------------------------------------------------------------------------


def read_grid(path: Path) -> Grid:
    """Read a grid file; InputError with every problem of it, each located."""
    problems = Problems(read_document_file(path))
    root = problems.root()
    found = root.fields((), ("set", "axes", "cases"))
    common = _settings(found["set"]) if "set" in found else {}
    axes = tuple(_axes(found["axes"])) if "axes" in found else ()
    cases = tuple(_cases(found["cases"])) if "cases" in found else ()
    if not problems.findings:
        _check_size(root, axes, cases)
        _check_axes(problems, axes)
    if problems.findings:
        raise InputError(problems.findings)
    return Grid(problems, common, axes, cases)


def _check_size(root: Node, axes: tuple[Axis, ...], cases: tuple[Option, ...]) -> None:
    count = _size(axes) + len(cases)
    if count == 0:
        root.add(
            "empty-grid", "网格没有任何任务", "the grid has no task", value="",
            expected="axes, cases",
            advice=("请写 axes 或 cases", "Maybe write axes or cases."),
        )  # fmt: skip
    elif count > MOST_TASKS:
        root.add(
            "grid-too-large", "任务过多", "too many tasks", value=f"{count}",
            expected=f"<= {MOST_TASKS}",
            advice=("请减少各轴的取值", "Maybe take fewer values on the axes."),
        )  # fmt: skip


def _check_axes(problems: Problems, axes: tuple[Axis, ...]) -> None:
    """No two axes may set the same thing: one of them would silently do nothing."""
    for index, axis in enumerate(axes):
        for other in axes[:index]:
            taken = {key: other.name for option in other.options for key in option.settings}
            for option in axis.options:
                for key, setting in option.settings.items():
                    clash = [k for k in taken if _overlap(k, key) or _OTHER_BUDGET.get(k) == key]
                    if clash:
                        problems.add(
                            setting.path, "axes-overlap",
                            f"与轴 {other.name} 设置了同一项",
                            f"sets the same as the axis {other.name}",
                            value=".".join(key),
                            advice=("请合并为一个轴或改用 cases",
                                    "Maybe make one axis of them, or use cases."),
                        )  # fmt: skip


def _settings(node: Node) -> dict[Key, Setting]:
    found: dict[Key, Setting] = {}
    for name, child in node.entries():
        key = _key(name, child)
        if key is not None:
            _collect(key, child, found)
    return found


def _key(name: str, node: Node) -> Key | None:
    parts = tuple(name.split("."))
    if all(part and part == part.strip() for part in parts):
        return parts
    node.problems.add(
        node.path, "bad-key", "不是设置项的名称", "not the name of a setting", value=name,
        expected="solve.seed, policy.min_share, pins, ...", key=True,
    )  # fmt: skip
    return None


def _collect(key: Key, node: Node, found: dict[Key, Setting]) -> None:
    """Every leaf of a setting by its whole path; lists are leaves."""
    if isinstance(node.value, dict) and node.value:
        for name, child in node.entries():
            _collect((*key, name), child, found)
        return
    if key == WORKERS:
        node.problems.add(
            node.path, "workers-in-grid", "每个任务只用一个进程",
            "every task runs with one worker", value=node.shown(),
            advice=("请用 --jobs 指定并行任务数", "Maybe use --jobs for tasks at a time."),
            key=True,
        )  # fmt: skip
        return
    if any(_overlap(key, other) for other in found):
        node.problems.add(
            node.path, "set-twice", "同一项设置了两次", "set twice", value=".".join(key), key=True
        )
        return
    _refuse_respelled(node)
    found[key] = Setting(node.value, node.path)


def _refuse_respelled(node: Node) -> None:
    """A code such as 010 is a number to YAML; passed on, it would become another code."""
    document = node.problems.document
    for path, raw in document.raw.items():
        if path[: len(node.path)] == node.path and _RESPELLED.fullmatch(raw):
            node.problems.add(
                path, "number-or-code", "无法判断是数字还是代码", "a number or a code?", value=raw,
                advice=(f'代码请加引号："{raw}"', f'Maybe put a code in quotes: "{raw}"'),
            )  # fmt: skip


def _axes(node: Node) -> Iterator[Axis]:
    """A list under a setting's name holds its values; a mapping holds named options."""
    for name, child in node.entries():
        options: list[Option] = []
        if isinstance(child.value, list):
            key = _key(name, child)
            for number, item in enumerate(child.items(), 1):
                settings: dict[Key, Setting] = {}
                if key is not None:
                    _collect(key, item, settings)
                options.append(Option(_label(item, number), settings))
            _refuse_repeated(child, options)
        elif isinstance(child.value, dict):
            options = [Option(label, _settings(item)) for label, item in child.entries()]
        else:
            child.wrong_type("列表，或带名称的选项", "a list of values or a mapping of options")
            continue
        if not options:
            child.add("empty-axis", "轴没有任何取值", "the axis has no value", value="")
        yield Axis(name, tuple(options))


def _label(node: Node, number: int) -> str:
    """The value as written; a list or mapping goes by its number."""
    if isinstance(node.value, (list, dict)):
        return str(number)
    return node.shown() or "null"


def _refuse_repeated(node: Node, options: list[Option]) -> None:
    seen: list[Any] = []
    for item, option in zip(node.items(), options, strict=True):
        # 1 and true are equal to Python, not to the scenario.
        if any(type(value) is type(item.value) and value == item.value for value in seen):
            item.add("duplicate-entry", "重复列出", "listed twice", value=option.label)
        seen.append(item.value)


def _cases(node: Node) -> Iterator[Option]:
    names: set[str] = set()
    for item in node.items():
        found = item.fields(("name", "set"))
        name = found["name"].text() if "name" in found else None
        settings = _settings(found["set"]) if "set" in found else {}
        if name is None:
            continue
        if name in names:
            found["name"].add("duplicate-entry", "重复列出", "listed twice")
        names.add(name)
        yield Option(name, settings)
