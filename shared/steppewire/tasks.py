"""Ending tasks for sure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
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
