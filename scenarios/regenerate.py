"""Write the generated bundled scenarios again: `python -m scenarios.regenerate [FOLDER]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from allocator.generate.generate import generate
from allocator.generate.shapes import Scale
from allocator.generate.write import write_generated

GENERATED: dict[str, tuple[Scale, int]] = {
    "inspected-city": ("city", 2025),
    "pilot-province": ("pilot", 2024),
}
"""Name of a bundled scenario -> scale and seed."""


def regenerate(folder: Path) -> None:
    """Write every generated scenario below `folder`, replacing the files of that name."""
    for name, (scale, seed) in GENERATED.items():
        generated = generate(scale, seed)
        named = replace(generated, scenario={**generated.scenario, "name": name})
        write_generated(named, folder / name, force=True)


if __name__ == "__main__":
    regenerate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
