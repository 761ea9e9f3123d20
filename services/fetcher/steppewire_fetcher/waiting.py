"""Links of a paused source wait until it goes on, for as long as that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from steppewire.errors import Retry

FRESH = 1.0
"""Seconds for which the list of paused sources is used again: one question for all links."""
LOOK_AGAIN = 20.0
"""Seconds until a link of a paused source asks again."""


class WaitingRoom:
    """Knows which sources are paused."""

    def __init__(
        self, paused: Callable[[], Awaitable[frozenset[str]]], now: Callable[[], float]
    ) -> None:
        self._paused, self._now = paused, now
        self._names: frozenset[str] = frozenset()
        self._until = float("-inf")
        self._asking = asyncio.Lock()

    async def enter(self, source: str) -> None:
        """Return at once, or raise Retry for a link of a source that is paused.

        That uses up no attempt. Raises RedisError.
        """
        if self._now() >= self._until:
            async with self._asking:
                if self._now() >= self._until:
                    await self._ask()
        if source not in self._names:
            return
        await self._ask()  # nobody waits for what was resumed in this very second
        if source in self._names:
            raise Retry("source-paused", source, after=LOOK_AGAIN, counted=False)

    async def _ask(self) -> None:
        self._names = await self._paused()
        self._until = self._now() + FRESH
