"""Reads each ledger named on the command line in a process of bounded memory and time.

One line of JSON per ledger: how it ended, seconds, peak memory in MiB, codes and sentences.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

from allocator.findings import InputError
from allocator.ledger.read import read_ledger

MEMORY = 1536 << 20
SECONDS = 20


def _read(path: Path) -> dict[str, object]:
    start = time.monotonic()
    try:
        read_ledger(path, None)
        codes, texts = [], []
    except InputError as error:
        codes = [f.code for f in error.findings[:5]]
        texts = [f.text(lang) for f in error.findings[:2] for lang in ("zh", "en")]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = round(time.monotonic() - start, 2)
    return {"codes": codes, "texts": texts, "seconds": seconds, "peak": peak}


def _child(path: Path, end: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(SECONDS)
    with os.fdopen(end, "w", encoding="utf-8") as out:
        out.write(json.dumps(_read(path)))


def main() -> None:
    """Read every ledger, each in a child."""
    for name in sys.argv[1:]:
        start, end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(start)
            status = 1
            try:
                _child(Path(name), end)
                status = 0
            finally:
                os._exit(status)
        os.close(end)
        with os.fdopen(start, encoding="utf-8") as answer:
            text = answer.read()
        _, code = os.waitpid(child, 0)
        found = json.loads(text) if text else {"codes": [], "texts": []}
        print(json.dumps({"path": name, "exit": os.waitstatus_to_exitcode(code), **found}))


if __name__ == "__main__":
    main()
