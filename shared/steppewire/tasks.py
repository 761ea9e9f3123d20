"""Ending tasks for sure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

_AGAIN = 0.5
"""Seconds until a task that did not end is cancelled once more."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until all are done; what they raise is theirs.

    One `cancel()` is not enough on Python 3.11: `asyncio.wait_for`, which redis-py sends its
    commands with, swallows a cancellation that arrives just as it finishes
    (https://github.com/python/cpython/issues/81839, mended in 3.12).
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN)


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run until all are done or one raises, then end the others for sure.

    Not asyncio.TaskGroup: it cancels each task once, and would wait for ever for one that swallowed
    it (see `end`).
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do some work, but give it up when `stop` is set; tell whether it was done.

    Raises what the work raises.
    """
    task, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not task.done():
        await end([task])
        return False
    task.result()
    return True


async def end_others() -> list[str]:
    """End every other task of this loop; return what they were. The last thing a process does.

    `asyncio.run` would cancel them, too, but once.
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await end(task for task in others if task is not None)
    return sorted(str(task.get_coro()) for task in others if task is not None)
