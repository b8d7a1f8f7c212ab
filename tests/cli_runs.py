"""Runs of the command line inside the test process, and folders compared."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from allocator.cli import commands

ROOT = Path(__file__).parents[1]
TINY = ROOT / "scenarios" / "tiny"


def run(*arguments: object, code: int = 0, lang: str = "en") -> Result:
    """Run a command and assert its exit code; a traceback is never an answer."""
    given = [str(argument) for argument in arguments]
    result = CliRunner().invoke(commands, [*given, "--lang", lang])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, f"{given}: {result.exit_code}\n{result.output}"
    return result


def run_json(*arguments: object, code: int = 0) -> Any:
    """The same with `--json`, read back."""
    return json.loads(run(*arguments, "--json", code=code).stdout)


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def tiny_copy(folder: Path, old: str = "", new: str = "", table: str = "occupancy") -> Path:
    """A copy of the bundled tiny scenario with one replacement in one table."""
    copy = folder / "tiny"
    shutil.copytree(TINY, copy)
    path = copy / "ledger" / f"{table}.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8-sig", newline="")
    return copy
