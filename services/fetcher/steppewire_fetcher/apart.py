"""Reading documents that sites send, within bounds: no feed, sitemap or page may stop the fetcher.

Ten megabytes of `<div>` keep an HTML parser busy for minutes, in C, while nothing else of the
process runs; fifty of `<a/>` take an XML parser gigabytes. A small document cannot cost much and is
read in a thread. Any other is read in a child process, which may be ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from steppewire.bounds import within_bounds
from steppewire.delivery.work import ChildDied, Cpu
from steppewire.errors import Reject, Verdict

T = TypeVar("T")

SMALL = 65_536
"""Bytes of a document that is read in a thread: what is worst at that size takes a second."""
CPU_SECONDS = 20.0
"""Computing that a document may cost. A sitemap as large as the protocol allows takes four."""
SECONDS = 45.0
"""The same by the clock, for what computes in C and hears no signal: its process is ended."""
MEMORY_BYTES = 300_000_000
"""Memory that it may take on top of what the process has, itself among it."""


class Read(Protocol):
    """Runs a function that reads the bytes of a document."""

    async def __call__(self, function: Callable[..., T], body: bytes, *rest: object) -> T:
        """Return what the function makes of `body` and `rest`.

        Raises Reject: `too-slow`, `too-hungry`, or `unreadable` for a fault of our own reading.
        """


async def in_thread(function: Callable[..., T], body: bytes, *rest: object) -> T:
    """Read in a thread, without bounds: for small documents, and commands that a person ends."""
    try:
        return await asyncio.to_thread(function, body, *rest)
    except Exception as error:
        raise _verdict(error) from error


class Apart:
    """Reads what is not small in a child process, which is started by the first such document."""

    def __init__(
        self, *, small: int = SMALL, seconds: float = SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._small, self._seconds, self._memory = small, seconds, memory
        self._work: Cpu | None = None

    async def __call__(self, function: Callable[..., T], body: bytes, *rest: object) -> T:
        """Read; see `Read`."""
        if len(body) <= self._small:
            return await in_thread(function, body, *rest)
        if self._work is None:
            self._work = Cpu(_bounded, workers=1, time_limit=self._seconds)
        [found] = await self._work.run([(function, (body, *rest), self._memory)])
        if isinstance(found, BaseException):
            raise _verdict(found) from found
        return cast("T", found)

    async def aclose(self) -> None:
        """End the child process."""
        if self._work is not None:
            await self._work.close()


def _bounded(job: tuple[Callable[..., Any], tuple[object, ...], int]) -> Any:
    function, arguments, memory = job
    with within_bounds(CPU_SECONDS, memory):
        return function(*arguments)


def _verdict(error: BaseException) -> Verdict:
    """Return in our words why a document could not be read."""
    match error:
        case Verdict():
            return error
        case TimeoutError():
            return Reject("too-slow", "it was not read in time")
        case ChildDied() | MemoryError():
            return Reject("too-hungry", f"reading it was given up: {error or 'out of memory'}")
        case _:
            return Reject("unreadable", f"{type(error).__name__}: {error}"[:300])
