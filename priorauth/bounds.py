"""Bounds of time and memory for work that strangers' templates ask for.

Not for the program's own work. Where the system knows no such bounds (memory on macOS, time outside
of the main thread) the others still hold.
"""

from __future__ import annotations

import resource
import signal
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STATM = Path("/proc/self/statm")


class TooLongError(Exception):
    """The work took more time than it may."""


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """Raise TooLongError after so many seconds of the processor, MemoryError past so much more."""
    with _time(seconds), _memory(megabytes):
        yield


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        raise TooLongError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    if not _STATM.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = int(_STATM.read_text("ascii").split()[0]) * resource.getpagesize()
    wanted = held + megabytes * 1_000_000
    with suppress(OSError, ValueError):  # a stricter bound is in force already
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
