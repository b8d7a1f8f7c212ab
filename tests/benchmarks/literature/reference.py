"""Where the reference cases are: the folder that `ALLOCATOR_REFERENCE` names; none by default."""

from __future__ import annotations

import csv
import os
from pathlib import Path

VARIABLE = "ALLOCATOR_REFERENCE"


def reference() -> Path | None:
    """The folder, if the variable names one."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
