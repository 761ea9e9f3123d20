"""Sources that somebody has paused: which, who, when and why. One hash of the broker has them.

A paused source is not looked at, and its links wait; nothing of it is lost meanwhile. All fetchers
heed it within a second, and it outlives their restarts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from redis.asyncio import Redis

from steppewire.streams import key

PAUSED = key("sources.paused")
"""Source -> `Pause` as JSON; the scripts of the fetcher read its names."""
LONGEST_WHY = 300


class Pause(BaseModel):
    """Why a source is paused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: AwareDatetime
    by: str
    """Who did it: the name of a key, or of a user at a terminal."""
    why: str = ""


class Pauses:
    """Pauses sources and lets them go on. Every method raises RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def all(self) -> dict[str, Pause]:
        """Return those that are paused, by name."""
        raw: Any = await self._redis.hgetall(PAUSED)
        return {_text(name): _read(text) for name, text in sorted(raw.items())}

    async def names(self) -> frozenset[str]:
        """Return the names of those that are paused."""
        raw: Any = await self._redis.hkeys(PAUSED)
        return frozenset(map(_text, raw))

    async def known(self, name: str) -> bool:
        """Tell whether a fetcher has ever had a source of this name."""
        return bool(await self._redis.exists(key(f"source.{name}")))

    async def pause(self, name: str, pause: Pause) -> bool:
        """Pause a source; False when it was paused, which stays as it was."""
        return bool(await self._redis.hsetnx(PAUSED, name, pause.model_dump_json()))

    async def resume(self, name: str) -> bool:
        """Let a source go on, with a look at once; False when it was not paused."""
        if not await self._redis.hdel(PAUSED, name):
            return False
        await self._redis.zadd(key("sources.due"), {name: 0}, xx=True)
        return True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _read(text: bytes) -> Pause:
    try:
        return Pause.model_validate_json(text)
    except ValidationError:  # written by hand; it is paused all the same
        return Pause(at=datetime.fromisoformat("1970-01-01T00:00:00+00:00"), by="?")
