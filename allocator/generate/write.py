"""A generated city as a folder: ledger, scenario and answers."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.generate.generate import Generated
from allocator.generate.plant import Answer
from allocator.ledger.write import write_ledger_csv
from allocator.quantity import m2
from allocator.strict_yaml import dump_yaml

LEDGER, SCENARIO = "ledger", "scenario.yaml"
ANSWERS_CSV, ANSWERS_JSON = "answers.csv", "answers.json"

_COUNTED = frozenset(
    {
        "refit_without_approval",  # yuan
        "roll_above_establishment",  # people, as in the next three
        "group_without_room",
        "posts_without_unit",
        "grade_unknown",
        "to_check_desks",
        "two_offices",  # rooms, as in the next
        "title_unregistered",
        "unknown_named",
    }
)
"""Kinds whose figures are no areas."""
_PEOPLE = "roll "


def write_generated(generated: Generated, folder: Path, *, force: bool = False) -> None:
    """Write everything beside the folder first, then put it in place.

    Raises InputError for a folder with files in it, unless `force`; then only the files written
    here are replaced and others stay.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError([_in_the_way(folder)])
    if folder.exists() and any(folder.iterdir()) and not force:
        raise InputError([_in_the_way(folder)])
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(generated, part)
        _put(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(generated: Generated, folder: Path) -> None:
    write_ledger_csv(generated.ledger, folder / LEDGER)
    (folder / SCENARIO).write_bytes(dump_yaml(generated.scenario).encode())
    rows = [answer_as_data(a) for a in generated.answers]
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(Answer)], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / ANSWERS_CSV).write_bytes(text.getvalue().encode("utf-8-sig"))
    lines = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / ANSWERS_JSON).write_bytes(f"{lines}\n".encode())


def _put(part: Path, folder: Path) -> None:
    """Move the written folder, or its files one by one, to where they belong."""
    part.chmod(0o755)
    if not folder.exists() or not any(folder.iterdir()):
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
        return
    old = part / "replaced"
    for name in (SCENARIO, ANSWERS_CSV, ANSWERS_JSON):
        os.replace(part / name, folder / name)
    if (folder / LEDGER).exists():
        os.replace(folder / LEDGER, old)
    os.replace(part / LEDGER, folder / LEDGER)


def answer_as_data(answer: Answer) -> dict[str, Any]:
    """The answer with areas in m2; people, rooms and yuan stay as they are."""
    data = asdict(answer)
    if answer.kind not in _COUNTED and not answer.detail.startswith(_PEOPLE):
        data |= {"value": m2(answer.value), "expected": m2(answer.expected)}
    return data


def _in_the_way(folder: Path) -> Finding:
    return Finding(
        "folder-not-empty",
        "目标文件夹中已有文件",
        "there are files in the way",
        Place(file=str(folder)),
        expected="空文件夹 / an empty folder",
        advice_zh="请换一个文件夹，或加 --force 覆盖",
        advice_en="Maybe choose another folder, or add --force",
    )
