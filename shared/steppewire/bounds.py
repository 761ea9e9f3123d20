"""The most that one document may cost: one beyond it is rejected, and its process lives on."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from steppewire.errors import Reject

CPU_SECONDS = 2.0
"""Computing for a page, whatever else the machine does. Most take a hundredth of a second."""
MEMORY_BYTES = 300_000_000
"""Memory for a page, on top of what the process has when it comes."""

_STATM = "/proc/self/statm"


class _OverTime(BaseException):
    """The document has had its time. No `except Exception` on its way may keep it."""


@contextmanager
def within_bounds(seconds: float = CPU_SECONDS, memory: int = MEMORY_BYTES) -> Iterator[None]:
    """Run what is inside within these bounds, where the system has them (Linux, a main thread).

    Raises Reject("too-slow") and Reject("too-hungry"). What C code does is over before the signal
    is seen; the time limit of the stage ends a process that does not come back from there.
    """
    try:
        with _time(seconds), _room(memory):
            yield
    except _OverTime:
        raise Reject("too-slow", f"more than {seconds:g} s of computing") from None
    except MemoryError:
        raise Reject("too-hungry", f"more than {memory / 1e6:.0f} MB of memory") from None


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise _OverTime


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    handler = signal.signal(signal.SIGPROF, _end)
    before, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, before)
        signal.signal(signal.SIGPROF, handler)


@contextmanager
def _room(memory: int) -> Iterator[None]:
    """Let the process grow by so much: what asks for more gets a MemoryError."""
    now = _size()
    if now is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = now + memory
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _size() -> int | None:
    """Return how many bytes of address space the process has; None where no system tells."""
    try:
        statm = os.open(_STATM, os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(statm, 32).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(statm)
