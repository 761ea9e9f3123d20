"""How a stage's function is run: on the event loop, as a batch, or in a child process.

All three turn a batch of events into one outcome for each: events, or what was raised.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from pebble import CONSTS, ProcessExpired, ProcessPool

from steppewire import logs
from steppewire.delivery.policy import Outcome
from steppewire.events import Event

log = logs.get(__name__)
_GRACE = 60.0
"""Seconds that starting a child process may take, on a busy machine."""
_LOCK_SECONDS = 5.0
"""How long a child process waits for its fellows' lock on the pool's pipe. It is held for a moment;
who waits longer waits for one that was killed while it held it."""
Result = Event | Sequence[Event]


class Work(Protocol):
    """A stage's function, ready to run."""

    size: int
    """Most events in one run."""
    concurrency: int
    """Most runs at the same time."""
    time_limit: float
    """Seconds that one run may take."""

    async def run(self, events: Sequence[Any]) -> list[Outcome]:
        """Run on a batch; return one outcome for each event, in order. Raises nothing."""

    async def close(self) -> None:
        """Release what the runs needed."""


class Each:
    """An async function of one event: for work that waits (a download)."""

    size = 1

    def __init__(
        self, function: Callable[[Any], Awaitable[Result]], *, concurrency: int, time_limit: float
    ) -> None:
        self.function, self.concurrency, self.time_limit = function, concurrency, time_limit

    async def run(self, events: Sequence[Any]) -> list[Outcome]:
        """Run on the loop, within the time limit."""
        return [await _outcome(self._one(event)) for event in events]

    async def _one(self, event: Any) -> Result:
        async with asyncio.timeout(self.time_limit):
            return await self.function(event)

    async def close(self) -> None:
        """Nothing to release."""


class Batch:
    """An async function of many events: for work that is cheaper together (a transaction).

    When the whole batch fails, each event is tried alone, so that one bad one cannot drag
    the others with it.
    """

    def __init__(
        self,
        function: Callable[[Sequence[Any]], Awaitable[Sequence[Result | BaseException]]],
        *,
        size: int,
        time_limit: float,
        concurrency: int = 1,
    ) -> None:
        self.function, self.size, self.time_limit = function, size, time_limit
        self.concurrency = concurrency

    async def run(self, events: Sequence[Any]) -> list[Outcome]:
        """Run together; alone where that fails."""
        try:
            return await self._together(events)
        except Exception as error:
            if len(events) == 1:
                return [error]
        return [(await self.run([event]))[0] for event in events]

    async def _together(self, events: Sequence[Any]) -> list[Outcome]:
        async with asyncio.timeout(self.time_limit):
            results = await self.function(events)
        if len(results) != len(events):
            raise RuntimeError(f"{len(events)} events in, {len(results)} results out")
        return [_as_outcome(result) for result in results]

    async def close(self) -> None:
        """Nothing to release."""


class Cpu:
    """A plain function of one event, run in child processes: for work that computes.

    The event loop stays free for heartbeats. A run that passes the time limit, or that kills
    its process, costs that process and nothing else.
    """

    size = 1

    def __init__(
        self, function: Callable[[Any], Result], *, workers: int, time_limit: float
    ) -> None:
        self.function, self.time_limit = function, time_limit
        # one run waits in the pool for each that computes, so that no process is ever idle
        self.concurrency = 2 * workers
        self._workers = workers
        self._pool = _pool(workers)

    async def run(self, events: Sequence[Any]) -> list[Outcome]:
        """Run in a child process, within the time limit."""
        return [await _outcome(self._one(event)) for event in events]

    async def _one(self, event: Any) -> Result:
        if not self._pool.active:
            await self._renew()
        future = self._pool.schedule(self.function, args=(event,), timeout=self.time_limit)
        try:
            # pebble's own limit counts from the start; a run that it forgot would never start
            # it may wait for the run before it, which may take its time, too
            async with asyncio.timeout(2 * self.time_limit + _GRACE):
                result: Result = await asyncio.wrap_future(future)
        except TimeoutError:
            if future.cancelled():  # by us: it never came to its own limit
                await self._renew()
            raise
        except ProcessExpired as expired:
            raise ChildDied(f"the child process died with exit code {expired.exitcode}") from None
        except BrokenProcessPool as broken:
            raise ChildDied(f"a child process died before it began: {broken}") from None
        return result

    async def _renew(self) -> None:
        """Begin again with new processes: pebble gives up for good when an idle one is killed."""
        broken, self._pool = self._pool, _pool(self._workers)
        log.warning("pool_renewed", workers=self._workers)
        await _end(broken)

    async def close(self) -> None:
        """End the child processes."""
        await _end(self._pool)


def _pool(workers: int) -> ProcessPool:
    # spawn, not fork: a forked child would share the parent's sockets
    return ProcessPool(
        max_workers=workers,
        context=multiprocessing.get_context("spawn"),
        initializer=_end_with_parent,
        initargs=(os.getpid(),),
    )


async def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
    await asyncio.to_thread(pool.join)


class ChildDied(RuntimeError):
    """The process that ran a stage's function died: killed, out of memory, or crashed."""


async def _outcome(running: Awaitable[Result]) -> Outcome:
    try:
        return _as_outcome(await running)
    except Exception as error:
        return error


def _as_outcome(result: Result | BaseException) -> Outcome:
    return (result,) if isinstance(result, Event) else result


def _end_with_parent(parent: int) -> None:
    """Leave no orphan: a child whose service was killed with -9 ends within a second."""
    import signal

    CONSTS.channel_lock_timeout = _LOCK_SECONDS
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the service, which drains

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
