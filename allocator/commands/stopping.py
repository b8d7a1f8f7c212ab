"""Ctrl-C and SIGTERM ask a search to stop and keep its best plan; a second one aborts."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType

import click

from allocator.messages import pick

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopFlag:
    """False until a signal arrives."""

    def __init__(self, words: tuple[str, str]) -> None:
        self._set = threading.Event()
        self._words = words

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._set.is_set()

    def raise_flag(self) -> None:
        """Ask to stop, and say so once."""
        if not self._set.is_set():
            self._set.set()
            click.echo(pick(*self._words), err=True)


BEST_PLAN = (
    "正在停止，保留目前最好的方案（再按一次 Ctrl-C 立即中止）",
    "stopping with the best plan so far (Ctrl-C again to abort)",
)


@contextmanager
def stop_on_signal(words: tuple[str, str] = BEST_PLAN) -> Iterator[StopFlag]:
    """A flag that the first signal raises, even while the main thread is inside a solver.

    Python runs its handlers between bytecodes of the main thread only; the wake-up socket is
    written when the signal arrives, and a thread reads it. Worker processes inherit a mask that
    keeps Ctrl-C from them, or one that is still starting would die of it.
    """
    flag = StopFlag(words)
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return
    read, write = socket.socketpair()
    write.setblocking(False)
    watcher = threading.Thread(target=_watch, args=(read, flag), daemon=True)
    arrived: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        if len(arrived) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    wakeup = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    watcher.start()
    try:
        with _kept_from_workers():
            yield flag
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        write.close()
        watcher.join()
        read.close()


@contextmanager
def _kept_from_workers() -> Iterator[None]:
    """Ctrl-C reaches the watching thread only; processes started meanwhile never see it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Starting the tracker of worker processes lifts the mask, so it is started before.
    resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _watch(read: socket.socket, flag: StopFlag) -> None:
    while numbers := read.recv(16):
        if any(number in _SIGNALS for number in numbers):
            flag.raise_flag()
