"""The direction of imports and the shape of files, read from the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("allocator", "standards", "scenarios", "viz")
TESTS = "tests"
LONGEST = 400


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _files() -> dict[str, Path]:
    paths = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]
    return {_module(path): path for path in paths}


def _is_type_checking(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def _import_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"relative import of {node.module}"
        base = node.module or ""
        return [f"{base}.{alias.name}" for alias in node.names]
    return []


@cache
def _imports(module: str) -> frozenset[str]:
    """Everything a module imports anywhere, as full names; names for types only are left out."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(_files()[module].read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if _is_type_checking(node):
            continue
        names.update(_import_names(node))
        waiting.extend(ast.iter_child_nodes(node))
    return frozenset(names)


def _own(name: str) -> str | None:
    """The module of this project that an imported name belongs to."""
    while name and name not in _files():
        name = name.rpartition(".")[0]
    return name or None


def _within(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def _offences(inside: tuple[str, ...], banned: tuple[str, ...]) -> list[str]:
    return [
        f"{module} imports {name}"
        for module in _files()
        if _within(module, inside)
        for name in sorted(_imports(module))
        if _within(name, banned)
    ]


@pytest.mark.parametrize(
    ("library", "room"),
    [("ortools", "allocator.model"), ("matplotlib", "viz"), ("openpyxl", "allocator")],
)
def test_only_one_room_imports_the_library(library: str, room: str) -> None:
    users = [m for m in _files() if any(_within(n, (library,)) for n in _imports(m))]
    assert users
    assert [m for m in users if not _within(m, (room,))] == []


PLAN_SIDE = (
    "allocator.model",
    "allocator.measure",
    "allocator.solve",
    "allocator.problem",
    "allocator.transfers",
    "allocator.unplaced",
    "allocator.compare",
    "allocator.compare_rows",
    "allocator.compare_units",
    "allocator.compare_effects",
    "allocator.records",
)
READERS = ("allocator.ledger", "allocator.scenario_file", "allocator.strict_yaml")


@pytest.mark.parametrize(
    ("inside", "banned"),
    [
        (("allocator.verify",), (*PLAN_SIDE, "ortools", "allocator.bundle")),
        (PLAN_SIDE, ("allocator.verify",)),
        (("allocator.model",), (*READERS, "allocator.report", "viz", "allocator.solve")),
        (("allocator.report",), ("viz", "allocator.model", "allocator.solve", "ortools")),
        (("viz",), ("allocator.report", "allocator.model", "allocator.solve", "ortools")),
        (("allocator.compare", "allocator.compare_rows", "allocator.compare_units",
          "allocator.compare_inputs", "allocator.compare_groups", "allocator.compare_effects",
          "allocator.records", "allocator.explain"),
         ("allocator.model", "ortools", "allocator.solve")),
        (("allocator.ledger", "standards"), (*PLAN_SIDE, "allocator.scenario", "viz")),
        (("allocator.generate",), (*PLAN_SIDE, "allocator.verify", "allocator.audit")),
        (PACKAGES, (TESTS,)),
    ],
)  # fmt: skip
def test_imports_run_one_way(inside: tuple[str, ...], banned: tuple[str, ...]) -> None:
    assert _offences(inside, banned) == []


def test_only_the_command_line_imports_commands() -> None:
    rest = tuple(m for m in _files() if not _within(m, ("allocator.commands", "allocator.cli")))
    assert [o for o in _offences(rest, ("allocator.commands", "allocator.cli", "click"))
            if o.split()[0] in rest] == []  # fmt: skip


def test_no_import_cycles() -> None:
    graph = {m: {o for n in _imports(m) if (o := _own(n)) and o != m} for m in _files()}
    while graph:
        free = {m for m, needed in graph.items() if not needed & graph.keys()}
        assert free, f"import cycle among {sorted(graph)}"
        graph = {m: needed for m, needed in graph.items() if m not in free}


def test_a_cycle_would_be_seen() -> None:
    assert _own("allocator.findings.Finding") == "allocator.findings"
    assert "allocator.findings.Finding" in _imports("allocator.commands.framework")


def test_init_files_are_empty() -> None:
    inits = [p for name in (*PACKAGES, TESTS) for p in sorted((ROOT / name).rglob("__init__.py"))]
    assert inits
    assert [str(p) for p in inits if p.read_text(encoding="utf-8").strip()] == []


def test_files_are_short() -> None:
    paths = [p for name in (*PACKAGES, TESTS) for p in sorted((ROOT / name).rglob("*.py"))]
    lengths = {p.relative_to(ROOT): len(p.read_text(encoding="utf-8").splitlines()) for p in paths}
    assert {str(p): n for p, n in lengths.items() if n > LONGEST} == {}


_MACHINE = re.compile(
    r"(?<![\w.*~])/(?:work|tmp|root|home|Users|opt)/|[A-Z]:\\\\Users"
    r"|\bpypi\.|pythonhosted|\blocalhost\b|(?:index-url|find-links)"
)
_TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".csv", ".json", ".j2", ".css", ".js", ""}
_SKIPPED = {".git", ".venv", "out", "build"}


def _shipped() -> list[Path]:
    """Tracked files; without git all files but those of tools."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        return [p for n in listed.stdout.split("\0") if n and (p := ROOT / n).is_file()]
    hidden = re.compile(r"(^\.(?!ci|gitignore)|egg-info|__pycache__)")
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and not any(p in _SKIPPED or hidden.search(p) for p in path.relative_to(ROOT).parts)
    ]


def test_no_machine_is_named() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in _shipped()
        if path.suffix in _TEXT and path.name != Path(__file__).name
        for match in _MACHINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_constraints_pin_every_package_and_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    pinned = re.compile(r"[a-z0-9._-]+==[0-9][^ ]*( ; .+)?")
    assert len(lines) > 20
    assert [line for line in lines if not pinned.fullmatch(line)] == []


@pytest.mark.parametrize(
    ("run", "absent"),
    [
        ("import allocator.cli as c; [c.commands.get_command(None, n) for n in c.COMMANDS]",
         ("ortools", "matplotlib", "pandas", "jinja2", "openpyxl", "pydantic")),
        ("import allocator.verify.verify", ("ortools", "matplotlib", "pandas", "jinja2")),
        ("import viz.city, viz.stacking", ("ortools", "jinja2")),
    ],
)  # fmt: skip
def test_heavy_packages_are_not_loaded(run: str, absent: tuple[str, ...]) -> None:
    code = f"import sys; {run}; print([n for n in {absent!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
