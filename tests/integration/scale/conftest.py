"""The same suite on one server and on a cluster of three, in six partitions each."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from steppewire.broker import Service
from steppewire.events import ArticleDiscovered, Event
from steppewire.servers import connect
from steppewire.settings import Settings
from steppewire.streams import FETCH, FETCHED, Stage, key, partition_of
from steppewire.testing import service as testing
from steppewire.testing.service import discovered, serving

PARTITIONS = 6
PROGRAM = Path(__file__).with_name("worker_program.py")


@dataclass
class Broker:
    """A broker in six partitions, and what tests ask of all of them together."""

    url: str
    redis: Redis

    async def prepare(self) -> None:
        await testing.prepare(self.redis, PARTITIONS)

    async def publish(self, stream: str, events: Sequence[Event]) -> None:
        for partition in range(PARTITIONS):
            mine = [event for event in events if partition_for(event) == partition]
            await testing.publish(self.redis, stream, mine, partition)

    async def keys(self, stream: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for partition in range(PARTITIONS):
            found.update(await testing.keys_of(self.redis, stream, partition))
        return found

    async def tallies(self, stage: Stage = FETCH) -> Counter[str]:
        found: Counter[str] = Counter()
        for partition in range(PARTITIONS):
            found.update(await testing.tallies(self.redis, stage, partition))
        return found

    async def dead_letters(self) -> list[dict[str, str]]:
        letters = []
        for partition in range(PARTITIONS):
            letters += await testing.dead_letters(self.redis, FETCH, partition)
        return letters

    async def unsettled(self) -> int:
        waiting = 0
        for partition in range(PARTITIONS):
            waiting += await testing.unsettled(self.redis, FETCH, partition)
        return waiting

    async def is_settled(self) -> bool:
        return await self.unsettled() == 0

    async def has_written(self, number: int) -> bool:
        names = [key(FETCHED.name, partition) for partition in range(PARTITIONS)]
        return sum([await self.redis.xlen(name) for name in names]) >= number

    def serving(self, wire: Callable[[Service[Settings]], None], **changes: Any) -> Any:
        return serving(self.url, wire, partitions=PARTITIONS, **changes)

    @contextmanager
    def worker(self, pause: float = 0.0) -> Iterator[subprocess.Popen[bytes]]:
        process = start_worker(self.url, pause)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def start_worker(url: str, pause: float = 0.0) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, PROGRAM, url, str(PARTITIONS), str(pause)])


def link(number: int) -> ArticleDiscovered:
    """Return a link of one of 24 sites, always the same for the same number."""
    return discovered(number, host=f"site-{number % 24}.kz")


def links(*numbers: int) -> list[ArticleDiscovered]:
    return [link(number) for number in range(*numbers)]


def once(*numbers: int) -> Counter[str]:
    return Counter(link(number).key for number in range(*numbers))


def partition_for(event: Event) -> int:
    url: str = getattr(event, "url", "") or event.fetch.url  # type: ignore[attr-defined]
    return partition_of(urlsplit(url).hostname or "", PARTITIONS)


@pytest.fixture(params=["single", "cluster"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    name = "valkey" if request.param == "single" else "valkey_cluster"
    url = request.getfixturevalue(name).url
    redis = connect(url)
    await redis.flushall()
    yield Broker(url, redis)
    await redis.aclose()
