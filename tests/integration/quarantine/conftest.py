"""Dead letters as real stages write them, and the command as a person types it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from steppewire.delivery.gate import Gate
from steppewire.errors import Reject
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.quarantine import Quarantine
from steppewire.streams import DISCOVERED, FETCH
from steppewire.testing.service import discovered, fetched, publish, serving, unsettled, until
from steppewire.valkey import Valkey

Bury = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


async def settle(redis: Redis, url: str, function, **changes) -> None:
    """Run the stage `fetch` with a function until all of its messages have ended."""
    async with serving(url, lambda s: s.each(FETCH, function), **changes):
        await until(partial(_settled, redis), what="all messages to end")


async def _settled(redis: Redis) -> bool:
    return await unsettled(redis, FETCH) == 0


async def succeed(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


@pytest.fixture
def bury(redis: Redis, valkey: Valkey) -> Bury:
    """Let a real stage give up so many messages of a source for a reason."""

    async def bury(count: int, source: str = "el.kz", reason: str = "too-large") -> None:
        async def refuse(event: ArticleDiscovered) -> ArticleFetched:
            raise Reject(reason, f"{event.url} has 60 MB")

        await publish(redis, DISCOVERED.name, [discovered(n, source) for n in range(count)])
        await settle(redis, valkey.url, refuse)

    return bury


@pytest.fixture
def quarantine(redis: Redis) -> Quarantine:
    return Quarantine(Gate(redis))


@pytest.fixture
def dead(valkey: Valkey, tmp_path: Path):
    """Run `steppewire dead …` as a process."""

    async def dead(*arguments: str, stdin: str = "", **settings: str) -> Said:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "steppewire.cli", "dead", *arguments),
            env={**clean, "STEPPEWIRE_REDIS_URL": valkey.url, **settings},
            cwd=tmp_path,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())

    return dead
