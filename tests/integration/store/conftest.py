"""The store as a process of its own, and what it has told so far."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from steppewire.streams import STORED, key
from steppewire.testing.service import until


@asynccontextmanager
async def store(
    broker: str, database: str, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "STEPPEWIRE_REDIS_URL": broker,
        "STEPPEWIRE_DATABASE": database,
        "STEPPEWIRE_LEASE": "0.5",
        "STEPPEWIRE_RETRY_BASE": "0.05",
        "STEPPEWIRE_LOG_LEVEL": "ERROR",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "steppewire_store", env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)


async def told(redis: Redis, count: int, *, seconds: float = 60) -> None:
    """Wait until so many articles were told to be stored."""

    async def enough() -> bool:
        return int(await redis.xlen(key(STORED.name))) >= count

    await until(enough, what=f"{count} stored articles", seconds=seconds)
