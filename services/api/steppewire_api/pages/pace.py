"""Articles per minute by stage over the last hour.

Streams are trimmed once everybody has read them, so they do not hold the past; what Redis has
are sums that only grow. One process of the API looks at them now and then and writes down what
it saw, so that the picture outlives that process; a minute is a difference between two looks.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from steppewire import logs
from steppewire.streams import key

log = logs.get(__name__)
EVERY = 10.0
"""Seconds from look to look."""
MINUTES = 60
"""How far back the pages show."""
LOOKS = "pace.looks"
"""Name of the sorted set of looks, by their time."""
TURN = "pace.turn"
"""Name of the key that says that somebody has just looked."""


@dataclass(frozen=True)
class Look:
    """How many messages each stage had ever ended at a moment."""

    at: float
    """Unix time."""
    ended: Mapping[str, int]


def per_minute(
    looks: Sequence[Look], stage: str, now: float, minutes: int = MINUTES
) -> list[int | None]:
    """Return how many messages a stage ended in each of the last minutes, the newest last.

    None: nobody looked then. A sum that shrank was begun anew, and counts from nothing.
    """
    newest = int(now // 60)
    counts: dict[int, int] = {int(look.at // 60): 0 for look in looks[1:]}
    for before, after in pairwise(looks):
        had, has = before.ended.get(stage, 0), after.ended.get(stage, 0)
        counts[int(after.at // 60)] += has - had if has >= had else has
    return [counts.get(minute) for minute in range(newest - minutes + 1, newest + 1)]


def written(look: Look) -> str:
    """Write a look down; its time is in it, so that two equal ones are two."""
    return json.dumps([look.at, dict(look.ended)], separators=(",", ":"))


def read(raw: bytes) -> Look:
    """Read what `written` wrote."""
    at, ended = json.loads(raw)
    return Look(at, ended)


class Pace:
    """Looks, and remembers the last hour in Redis."""

    def __init__(
        self,
        redis: Redis,
        ask: Callable[[], Awaitable[Mapping[str, int]]],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis, self._ask, self._clock = redis, ask, clock

    async def run(self) -> None:
        """Look until cancelled; while the broker is away there is nothing to see."""
        while True:
            try:
                await self.look()
            except (RedisError, OSError):
                log.debug("pace_unknown")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look once, unless another process has just done so. Raises RedisError."""
        turn = round(EVERY * 800)
        if not await self._redis.set(key(TURN), 1, nx=True, px=turn):
            return
        look = Look(self._clock(), await self._ask())
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(key(LOOKS), {written(look): look.at})
        pipe.zremrangebyscore(key(LOOKS), "-inf", look.at - (MINUTES + 2) * 60)
        await pipe.execute()

    async def minutes(self, stages: Sequence[str]) -> dict[str, list[int | None]]:
        """Return the last hour of each stage by minute. Raises RedisError."""
        found: Any = await self._redis.zrange(key(LOOKS), 0, -1)
        looks, now = [read(raw) for raw in found], self._clock()
        return {stage: per_minute(looks, stage, now) for stage in stages}
