"""Services inside a test: started on the test's loop, on a real server, stopped at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from redis.asyncio import Redis

from steppewire.broker import Service
from steppewire.delivery.gate import Gate
from steppewire.delivery.upkeep import bootstrap
from steppewire.events import ArticleDiscovered, ArticleFetched, Event, Fetch
from steppewire.identity import link_id
from steppewire.settings import Settings
from steppewire.streams import FETCH, Stage, dead_name, delayed_name, key, tally_name
from steppewire.wire import encode, new_trace

SHORT_LEASE = 0.6


def settings(url: str, **changes: Any) -> Settings:
    """Return settings for tests: a short lease, quick retries, no outage ridden out."""
    values = {"lease": SHORT_LEASE, "retry_base": 0.05, "outage": 0.0, "drain": 2.0, **changes}
    return Settings(redis_url=SecretStr(url), **values)


@asynccontextmanager
async def serving(
    url: str, wire: Callable[[Service[Settings]], None], **changes: Any
) -> AsyncIterator[Service[Settings]]:
    """Run a service until the block ends, then let it drain."""
    service = Service("test", settings(url, **changes))
    wire(service)
    task = asyncio.create_task(service.serve())
    try:
        await until(lambda: _turned(service, task), what="the service to be ready")
        yield service
    finally:
        service.stop()
        await task
        await service.close()


async def _turned(service: Service[Settings], task: asyncio.Task[None]) -> bool:
    if task.done():
        task.result()
    return service.condition.turned_at is not None


async def until(holds: Callable[[], Awaitable[Any]], *, what: str, seconds: float = 30.0) -> None:
    """Wait until a condition holds; fail with what was awaited when it does not in time."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 (the condition is on a server)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"waited {seconds} s in vain for {what}") from None


async def prepare(redis: Redis, partitions: int = 1) -> None:
    """Make all groups."""
    await bootstrap(Gate(redis), partitions)


def discovered(number: int, host: str = "example.kz") -> ArticleDiscovered:
    """Return a link, always the same for the same number."""
    url = f"https://{host}/news/{number}-article.html"
    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source=host,
        via="feed",
        discovered_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
    )


def fetched(event: ArticleDiscovered) -> ArticleFetched:
    """Return what fetching a link gives, with an address that leads nowhere."""
    return ArticleFetched(
        fetch=Fetch(
            link_id=event.link_id,
            url=event.url,
            final_url=event.url,
            source=event.source,
            fetched_at=datetime(2026, 11, 1, 9, 1, tzinfo=UTC),
            status=200,
            blob="sha256:" + "0" * 64,
            size=0,
        )
    )


async def publish(redis: Redis, stream: str, events: Sequence[Event], partition: int = 0) -> None:
    """Write events to a stream as a producer would."""
    pipe: Any = redis.pipeline(transaction=False)
    for event in events:
        pipe.xadd(key(stream, partition), encode(event, new_trace()))
    await pipe.execute()


async def keys_of(redis: Redis, stream: str, partition: int = 0) -> list[str]:
    """Return the `key` field of every entry of a stream, in order."""
    entries: Any = await redis.xrange(key(stream, partition))
    return [fields[b"key"].decode() for _, fields in entries]


async def tallies(redis: Redis, stage: Stage, partition: int = 0) -> Mapping[str, int]:
    """Return how a stage's messages ended: `outcome|reason` -> count, over all sources."""
    totals: dict[str, int] = {}
    raw: Any = await redis.hgetall(key(tally_name(stage), partition))
    for field, count in raw.items():
        _, outcome, reason = field.decode().split("|")
        totals[f"{outcome}|{reason}"] = totals.get(f"{outcome}|{reason}", 0) + int(count)
    return totals


async def dead_letters(redis: Redis, stage: Stage, partition: int = 0) -> list[dict[str, str]]:
    """Return a stage's dead letters as text."""
    entries: Any = await redis.xrange(key(dead_name(stage), partition))
    return [
        {name.decode(): value.decode("utf-8", "replace") for name, value in fields.items()}
        for _, fields in entries
    ]


async def all_settled(redis: Redis, stage: Stage = FETCH) -> bool:
    """Tell whether every message of a stage has ended."""
    return await unsettled(redis, stage) == 0


async def unsettled(redis: Redis, stage: Stage, partition: int = 0) -> int:
    """Return how many of a stage's messages have not ended: lag, pending and delayed.

    One transaction: an entry that moves from one place to the next is never in none.
    """
    from steppewire.delivery.gate import inlets

    streams = [i.stream for i in inlets(stage, partition + 1) if i.partition == partition]
    pipe: Any = redis.pipeline(transaction=True)
    for stream in streams:
        pipe.xinfo_groups(stream)
    pipe.zcard(key(delayed_name(stage), partition))
    *groups, delayed = await pipe.execute(raise_on_error=False)
    return int(delayed) + sum(_waiting(found, stage) for found in groups)


def _waiting(groups: Any, stage: Stage) -> int:
    if isinstance(groups, Exception):  # no such stream yet
        return 0
    mine = [g for g in groups if g["name"] == stage.group.encode()]
    return sum(int(g["pending"]) + int(g.get("lag") or 0) for g in mine)
