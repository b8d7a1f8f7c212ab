"""What commands read: scenarios by file or name, plans, standards; and outputs in the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.commands.framework import input_error, show_findings

if TYPE_CHECKING:
    from allocator.plan import Plan
    from allocator.scenario import Scenario
    from standards.catalog import Standard

SCENARIO_FILE = "scenario.yaml"


def scenario_file(spec: str) -> Path:
    """A scenario file, the folder of one, or the name of a bundled scenario."""
    from scenarios.locate import bundled_scenario, bundled_scenarios

    path = Path(spec)
    if path.is_dir() and (path / SCENARIO_FILE).is_file():
        return path / SCENARIO_FILE
    if path.is_file():
        return path
    if spec in bundled_scenarios():
        return bundled_scenario(spec)
    raise input_error(
        "scenario-missing",
        "找不到情景文件",
        "there is no such scenario",
        file=spec,
        expected=f"{SCENARIO_FILE} / {' / '.join(bundled_scenarios())}",
        advice=("请检查路径，或使用内置情景的名称", "Maybe check the path, or name a bundled one"),
    )


def ledger_or_scenario(target: Path) -> Path:
    """The scenario file meant where no standard was named; a ledger needs one to be judged by."""
    from allocator.ledger.sources import WORKBOOKS, csv_files
    from standards.load import bundled_standards

    is_folder = target.is_dir() and not (target / SCENARIO_FILE).is_file()
    if target.suffix.lower() in (*WORKBOOKS, ".csv") or (is_folder and csv_files(target)):
        raise input_error(
            "standard-missing",
            "台账没有注明建设标准",
            "a ledger does not say which standard it is judged by",
            file=str(target),
            expected="--standard " + " / ".join(bundled_standards()),
            advice=("请用 --standard 指明", "Maybe add --standard, or name a scenario"),
        )
    return scenario_file(str(target))


def refuse_scenario(target: Path) -> None:
    """A scenario names its standard; with another one beside it nobody knows which is meant."""
    from allocator.ledger.sources import csv_files
    from scenarios.locate import bundled_scenarios

    folder = (target / SCENARIO_FILE).is_file() and not csv_files(target)
    bundled = not target.exists() and str(target) in bundled_scenarios()
    if folder or bundled or target.suffix.lower() in (".yaml", ".yml"):
        raise input_error(
            "standard-named-twice", "情景已注明建设标准",
            "a scenario names its own standard", file=str(target),
            advice=(
                "请去掉 --standard 和 --overlay，或直接给出台账",
                "Maybe leave out --standard and --overlay, or give the ledger itself",
            ),
        )  # fmt: skip


def plan_folder(path: Path) -> Path:
    """The bundle of a plan, given as its folder or as its `plan.json`."""
    return path.parent if path.name == "plan.json" and path.is_file() else path


def read_verified(path: Path) -> tuple[Scenario, Plan]:
    """Scenario and plan of a bundle that passes the independent check; InputError if not."""
    from allocator.bundle import read_bundle
    from allocator.findings import InputError, errors
    from allocator.verify.verify import verify_bundle

    folder = plan_folder(path)
    scenario, plan = read_bundle(folder)
    wrong = errors(verify_bundle(folder).findings)
    if wrong:
        raise InputError(wrong)
    return scenario, plan


def read_standard(spec: str, overlays: Sequence[str] = ()) -> Standard:
    """A bundled standard or a file, with overlays; what its figures warn of goes to stderr."""
    from standards.load import load_standard_with_findings

    standard, findings = load_standard_with_findings(spec, overlays)
    show_findings(findings, machine=False)
    return standard


def require_free(path: Path, *, force: bool) -> None:
    """Refuse an output file that exists, unless forced; a folder is never replaced by a file."""
    if path.is_dir():
        raise IsADirectoryError(_errno("EISDIR"), "", str(path))
    if path.exists() and not force:
        raise FileExistsError(_errno("EEXIST"), "", str(path))


def _errno(name: str) -> int:
    import errno

    return int(getattr(errno, name))


def require_writable(folder: Path) -> None:
    """Refuse a place that cannot be written to before time is spent on what goes there."""
    parent = folder.absolute()
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise NotADirectoryError(_errno("ENOTDIR"), "", str(parent))
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(_errno("EACCES"), "", str(parent))


def is_free_folder(folder: Path) -> bool:
    """Whether nothing is lost by putting a folder here."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def require_own_folder(folder: Path, marker: str) -> None:
    """Refuse a folder that is neither free nor an earlier result, told by its `marker` file."""
    require_writable(folder.parent)
    if is_free_folder(folder) or (folder / marker).is_file():
        return
    raise input_error(
        "output-in-the-way",
        "目标位置已有其他文件",
        "other files are in the way",
        file=str(folder),
        expected=f"空文件夹 / an empty folder / {marker}",
        advice=("请换一个文件夹", "Maybe choose another folder"),
    )


def replace_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a folder beside its place, then put it there; readers see old or new."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = draft.with_name(f"{draft.name}-old")
    try:
        fill(draft)
        draft.chmod(0o755)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
