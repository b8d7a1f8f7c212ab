"""A subprocess with a hard end, and the most memory its whole process group held at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 0.2
"""Seconds between looks at the memory."""
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Watched:
    """How it ended; peak memory in MiB is None where the system has no process table to read."""

    code: int
    killed: bool
    seconds: float
    peak_mib: int | None


def watched(command: Sequence[str], cwd: Path, log: Path, end: Callable[[float], bool]) -> Watched:
    """Run until it ends or `end` (told the seconds so far) asks for a kill of the whole group."""
    began = time.monotonic()
    peak = 0
    killed = False
    with log.open("w", encoding="utf-8") as text:
        process = subprocess.Popen(
            list(command), cwd=cwd, stdout=text, stderr=text, start_new_session=True
        )
        try:
            while process.poll() is None:
                peak = max(peak, _group_memory(process.pid))
                if end(time.monotonic() - began):
                    killed = True
                    break
                time.sleep(SAMPLE)
        finally:
            _kill_group(process)
    seconds = time.monotonic() - began
    return Watched(process.returncode, killed, seconds, round(peak / 2**20) if peak else None)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and every worker that it left behind."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _group_memory(group: int) -> int:
    """Resident bytes of all processes of a group; shared pages count in each of them."""
    if not PROC.is_dir():
        return 0
    total = 0
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                total += int((entry / "statm").read_text().split()[1]) * page
        except (OSError, ValueError, IndexError):
            continue
    return total
