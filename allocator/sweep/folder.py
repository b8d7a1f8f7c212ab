"""The folder of a sweep: its lock, its journal, and which of its tasks are finished."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from allocator.bundle import is_bundle, read_bundle
from allocator.findings import Finding, InputError, Place, errors
from allocator.scenario import Scenario
from allocator.sweep.result import FINAL, Ended, ended_from_json
from allocator.sweep.tasks import DIGITS, versions, without_sources
from allocator.verify.verify import verify_bundle

JOURNAL = "sweep.log"
"""One JSON object a line: started, ended. Also the mark of a sweep's folder."""
LOCK = ".sweep.lock"

_DRAFT = re.compile(rf"\..+-[0-9a-f]{{{DIGITS}}}-.")
"""Hidden folders named after a task: bundles that were being written."""


class Folder:
    """The open folder of a sweep; one program at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = contextlib.ExitStack()
        self._journal: IO[str]
        self._settled: dict[str, Ended] = {}

    def __enter__(self) -> Folder:
        """Lock, read the journal, remove what a killed sweep left half-written."""
        self.path.mkdir(parents=True, exist_ok=True)
        # First the mark of the folder, so that a sweep killed here can be started again.
        (self.path / JOURNAL).touch()
        self._stack.enter_context(_locked(self.path / LOCK))
        journal = self.path / JOURNAL
        text = journal.read_text(encoding="utf-8", errors="replace")
        self._settled = dict(_settled(text))
        self._journal = self._stack.enter_context(journal.open("a", encoding="utf-8"))
        if text and not text.endswith("\n"):
            self._journal.write("\n")
        self.remove_drafts()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove_drafts()
        self._stack.close()

    def task(self, key: str) -> Path:
        """Where the bundle of a task stands."""
        return self.path / key

    def note(self, event: str, key: str, **more: Any) -> None:
        """Append one line to the journal; it is on its way to the disk when this returns."""
        line = json.dumps({"event": event, "task": key, **more}, ensure_ascii=False)
        self._journal.write(line + "\n")
        self._journal.flush()

    def settled(self, key: str, scenario: Scenario) -> Ended | None:
        """How the task ended in an earlier run, if solving again cannot change that.

        A result under another name is given this one: the hash says what was solved.
        """
        place, hashed = self.task(key), key[-DIGITS:]
        for there in (place, *sorted(self.path.glob(f"*-{hashed}"))):
            if is_finished(there, scenario):
                if there != place:
                    self.clear(key)
                    there.rename(place)
                return Ended("done")
        found = self._settled.get(hashed)
        return found if found is not None and found.word != "done" else None

    def clear(self, key: str) -> None:
        """Remove what stands in a task's place and is no finished result of it."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.task(key))

    def remove_drafts(self) -> None:
        """Remove half-written bundles and files; finished ones have other names."""
        for draft in self.path.glob(".*"):
            if draft.is_dir() and _DRAFT.match(draft.name):
                shutil.rmtree(draft, ignore_errors=True)
            elif draft.suffix == ".part":
                draft.unlink(missing_ok=True)


def is_finished(folder: Path, scenario: Scenario) -> bool:
    """Whether a complete, verified bundle of exactly this task stands there."""
    if not is_bundle(folder):
        return False
    try:
        there, plan = read_bundle(folder)
        if without_sources(there) != without_sources(scenario):
            return False
        made_by = plan.provenance.get("versions")
        if not isinstance(made_by, dict) or not versions().items() <= made_by.items():
            return False
        return verify_bundle(folder).ok
    except (InputError, OSError):
        return False


def place_files(folder: Path, files: dict[str, bytes]) -> Ended:
    """Put a bundle that was made elsewhere in its place if it passes the independent check."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            path = draft / name
            if not path.resolve().is_relative_to(draft.resolve()):
                raise ValueError(f"outside of the bundle: {name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            wrong = errors(verify_bundle(draft).findings)
        except InputError as error:
            wrong = error.findings
        if wrong:
            return Ended("refused", wrong)
        draft.chmod(0o755)
        draft.rename(folder)
        return Ended("done")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settled(text: str) -> Iterator[tuple[str, Ended]]:
    """The journal's last word by hash, if it is a final one; torn lines count for nothing."""
    for line in text.splitlines():
        try:
            data = json.loads(line)
            if data["event"] == "ended" and data["result"] in FINAL:
                yield data["task"][-DIGITS:], ended_from_json(data)
        except (ValueError, KeyError, TypeError):
            continue


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system takes back when the process dies, however it dies."""
    with path.open("a+") as file:
        try:
            _lock(file)
        except OSError:
            raise InputError([_in_use(path.parent)]) from None
        yield


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        module = importlib.import_module("msvcrt")
        file.seek(0)
        module.locking(file.fileno(), module.LK_NBLCK, 1)
    else:
        module = importlib.import_module("fcntl")
        module.flock(file.fileno(), module.LOCK_EX | module.LOCK_NB)


def _in_use(folder: Path) -> Finding:
    return Finding(
        "sweep-running",
        "另一个批量求解正在使用该文件夹",
        "another sweep is running in this folder",
        Place(file=str(folder)),
        advice_zh="请等它结束，或换一个文件夹",
        advice_en="Maybe wait for it, or choose another folder",
    )
