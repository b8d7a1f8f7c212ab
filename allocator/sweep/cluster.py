"""Tasks on the workers of a dask scheduler: the plans come back to this machine as files."""

from __future__ import annotations

import logging
import pickle
import queue
import re
import tempfile
import uuid
import zlib
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from allocator.findings import Finding, InputError, Place
from allocator.scenario import Scenario
from allocator.sweep.events import Event, Finished, Gone, Run, Started, Stepped
from allocator.sweep.folder import place_files
from allocator.sweep.processes import run_guarded
from allocator.sweep.result import Ended, Progress, crashed, lost
from allocator.sweep.tasks import versions

_TALKATIVE = ("distributed.client", "distributed.core", "distributed.utils")
"""Loggers that show a traceback when the scheduler goes away."""
RETRIES = 2
"""How often a task that raised is tried again; tasks of dead workers are the scheduler's care."""
PATIENCE = 10
"""Seconds to find the scheduler."""

_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://[^/\s]+:[0-9]+")

Files: TypeAlias = dict[str, bytes]
Answer: TypeAlias = tuple[Ended, Files]


class Cluster:
    """A scheduler somewhere, and the futures that it holds for this sweep."""

    def __init__(self, address: str, run: Run) -> None:
        distributed = _distributed()
        if not _ADDRESS.fullmatch(address):
            raise InputError([_unreachable(address, None)])
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        self._run = run
        self._topic = f"allocator-sweep-{uuid.uuid4().hex}"
        self._told: queue.Queue[Event | Any] = queue.Queue()
        self._folders: dict[str, Path] = {}
        self._attempts: dict[str, int] = {}
        self._futures: dict[str, Any] = {}
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except OSError as error:
            raise InputError([_unreachable(address, error)]) from None
        self._client.subscribe_topic(self._topic, self._hear)

    def room(self) -> int:
        """Two tasks a thread: one runs, one waits there."""
        try:
            threads: int = sum(self._client.nthreads().values())
        except OSError:
            return 0
        return 2 * max(1, threads) - self.running()

    def running(self) -> int:
        """How many tasks it has taken and not finished."""
        return len(self._futures)

    def submit(self, key: str, scenario: Scenario, folder: Path) -> None:
        """Take a task."""
        packed = zlib.compress(pickle.dumps(scenario))
        future = self._client.submit(
            solve_there, self._run, packed, key, self._topic, versions(),
            key=f"{self._topic}-{key}", retries=RETRIES, pure=False,
        )  # fmt: skip
        self._folders[key] = folder
        self._futures[key] = future
        future.add_done_callback(lambda done, key=key: self._told.put((key, done)))

    def poll(self, seconds: float) -> list[Event]:
        """What happened, after waiting at most so long for something."""
        if self._client.status != "running":
            raise Gone(_unreachable(self._address, None))
        events: list[Event] = []
        with suppress(queue.Empty):
            told = self._told.get(timeout=seconds) if seconds else self._told.get_nowait()
            events += self._event(told)
        return events

    def _hear(self, stamped: tuple[float, Any]) -> None:
        """A line from a worker: a start, or a step; called in the client's own thread."""
        key, *step = stamped[1]
        if not step:
            self._told.put(Started(key, 0))
        else:
            seconds, tier, value, bound = step
            exact = None if bound is None else Fraction(bound)
            self._told.put(Stepped(key, Progress(seconds, tier, Fraction(value), exact)))

    def _event(self, told: Any) -> list[Event]:
        if isinstance(told, Stepped):
            return [told] if told.key in self._futures else []
        if isinstance(told, Started):
            self._attempts[told.key] = self._attempts.get(told.key, 0) + 1
            return [Started(told.key, self._attempts[told.key])]
        key, future = told
        if self._futures.pop(key, None) is None:
            return []
        folder = self._folders.pop(key)
        if future.status == "error":
            return [Finished(key, self._failed(key, future))]
        if future.status != "finished":
            # Nobody here cancels while polling: the scheduler has gone.
            raise Gone(_unreachable(self._address, None))
        try:
            ended, files = future.result()
            if ended.word == "done":
                ended = place_files(folder, files)
        except (OSError, ValueError) as error:
            ended = crashed(error)
        return [Finished(key, ended)]

    def _failed(self, key: str, future: Any) -> Ended:
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            return lost(max(1, self._attempts.get(key, 0)))
        return crashed(error)

    def close(self) -> None:
        """Give up whatever still runs; workers notice and stop."""
        with suppress(Exception):
            self._client.cancel(list(self._futures.values()), force=True)
        self._futures.clear()
        with suppress(Exception):
            self._client.close(timeout=PATIENCE)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError([_not_installed()]) from None
    return distributed


def _not_installed() -> Finding:
    return Finding(
        "cluster-missing",
        "没有安装集群组件 distributed",
        "the package distributed is not installed",
        expected="space-allocator[cluster]",
        advice_zh="请安装附加组件 cluster",
        advice_en="Maybe install the extra: pip install 'space-allocator[cluster]'",
    )


def _unreachable(address: str, error: Exception | None) -> Finding:
    reason = f" ({type(error).__name__})" if error is not None else ""
    return Finding(
        "cluster-unreachable",
        f"无法连接调度程序{reason}",
        f"the scheduler cannot be reached{reason}",
        Place(file=address),
        expected="tcp://HOST:PORT",
        advice_zh="请先在该机器上启动 dask scheduler；已完成的任务会保留",
        advice_en="Maybe start `dask scheduler` there first; finished tasks stay",
    )


# -- on a worker ---------------------------------------------------------------------------


def solve_there(run: Run, packed: bytes, key: str, topic: str, wanted: dict[str, str]) -> Answer:
    """Solve in a folder that vanishes; the bundle goes back as bytes."""
    from distributed import get_worker

    if versions() != wanted:
        return Ended("crashed", (_other_versions(wanted),)), {}
    worker = get_worker()
    worker.log_event(topic, [key])

    def show(step: Progress) -> None:
        bound = None if step.bound is None else str(step.bound)
        worker.log_event(topic, [key, step.seconds, step.tier, str(step.value), bound])

    stop = _cancelled(worker, f"{topic}-{key}")
    with tempfile.TemporaryDirectory(prefix="allocator-sweep-") as place:
        folder = Path(place) / key
        ended = run_guarded(run, pickle.loads(zlib.decompress(packed)), folder, show, stop)
        if ended.word != "done":
            return ended, {}
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    return ended, files


def _cancelled(worker: Any, name: str) -> Callable[[], bool]:
    """Whether nobody waits for this task any more: its sweep has stopped or died."""

    def stop() -> bool:
        state = worker.state.tasks.get(name)
        return state is None or state.state in ("cancelled", "released", "forgotten")

    return stop


def _other_versions(wanted: dict[str, str]) -> Finding:
    def text(found: dict[str, str]) -> str:
        return ", ".join(f"{name} {number}" for name, number in sorted(found.items()))

    return Finding(
        "versions-differ",
        "工作节点上的程序版本不同",
        "the worker has other versions of the program",
        value=text(versions()),
        expected=text(wanted),
        advice_zh="请在各机器上安装相同版本",
        advice_en="Maybe install the same versions on every machine",
    )
