"""The pace of each host, shared by all fetchers through Redis."""

from __future__ import annotations

import asyncio
from importlib.resources import files

from redis.asyncio import Redis

from steppewire.errors import Retry
from steppewire.streams import key, partition_of

_LUA = files("steppewire_fetcher") / "lua"

PATIENCE = 5.0
"""Longest wait (seconds) for a turn inside a request; a longer one goes back to the queue."""
_LEAST_PATIENCE = 1.0
_WAITING = 4
"""Requests to one host that may wait inside at a time: the others leave room for other hosts."""


class Pace:
    """Whose turn it is at a host."""

    def __init__(self, redis: Redis, partitions: int) -> None:
        self._partitions = partitions
        self._turn = redis.register_script((_LUA / "turn.lua").read_text())
        self._rest = redis.register_script((_LUA / "rest.lua").read_text())

    async def turn(self, host: str, interval: float, *, patience: float = 0.0) -> None:
        """Wait for this host's next turn; the one after it starts `interval` (seconds) later.

        Raises Retry("pace") when it is more than `patience` (seconds; 0: a little) away. That uses
        up no attempt, unless the caller was patient: then something is wrong with the host.
        """
        granted, wait = await self._turn(
            keys=[self._key(host)], args=[_ms(interval), _ms(patience or patience_for(interval))]
        )
        if not granted:
            raise Retry("pace", f"{host} is busy", after=wait / 1000, counted=bool(patience))
        if wait:
            await asyncio.sleep(wait / 1000)

    async def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for `seconds`, whoever asks."""
        await self._rest(keys=[self._key(host)], args=[_ms(seconds)])

    def _key(self, host: str) -> str:
        return key(f"pace.{host.lower()}", partition_of(host, self._partitions))


def patience_for(interval: float) -> float:
    """Return how long (seconds) a request may wait inside: four turns, within one to five."""
    return min(PATIENCE, max(_LEAST_PATIENCE, _WAITING * interval))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
