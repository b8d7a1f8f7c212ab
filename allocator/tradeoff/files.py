"""`front.json` and `front.csv`: the front as data, written beside the plans of its points."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from allocator.tradeoff.point import Front

JSON_FILE, CSV_FILE = "front.json", "front.csv"
FORMAT = "allocator-front/1"


def front_as_json(name: str, front: Front, failed: list[int]) -> dict[str, Any]:
    """Points in order of people moved; `m2_per_person`: what the step up to the point brings."""
    rates = {step.above.moved: step.rate for step in front.steps}
    return {
        "format": FORMAT,
        "scenario": name,
        "complete": front.complete,
        "points": [
            {
                **point.as_json(),
                "m2_per_person": float(rates[point.moved]) if point.moved in rates else None,
                "knee": point.moved in front.knees,
            }
            for point in front.points
        ],
        "dominated": [point.as_json() for point in front.dominated],
        "caps_without_plan": sorted(failed),
    }


def write_front(folder: Path, data: dict[str, Any]) -> None:
    """Both files, each put in place whole."""
    _place(folder / JSON_FILE, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    out = io.StringIO()
    keys = ["moved", "released_m2", "bound_m2", "status", "m2_per_person", "knee", "cap",
            "unhoused", "leases_ended", "floors_released", "plan"]  # fmt: skip
    writer = csv.DictWriter(out, keys, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(data["points"])
    _place(folder / CSV_FILE, "\ufeff" + out.getvalue())


def _place(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
