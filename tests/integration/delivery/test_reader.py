"""The reader's end: once it is closed, nothing of it is left that could still read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from steppewire.broker import Reader, Service
from steppewire.broker import reader as reader_module
from steppewire.servers import connect
from steppewire.streams import DISCOVERED, FETCH, key
from steppewire.testing.service import discovered, fetched, prepare, publish, settings, until


@pytest.fixture
async def service(redis, valkey) -> AsyncIterator[Service]:
    await prepare(redis)
    service = Service("test", settings(valkey.url))

    async def fetch(event):
        return fetched(event)

    service.each(FETCH, fetch)
    yield service
    await service.close()


async def names(redis) -> list[str]:
    """Return who has read the stream."""
    consumers = await redis.xinfo_consumers(key(DISCOVERED.name), FETCH.group)
    return [consumer["name"].decode() for consumer in consumers]


async def test_a_closed_reader_is_not_started_again(redis, valkey, service):
    """Upkeep does so when it sees, in the middle of a stop, that nobody reads."""
    before = asyncio.all_tasks()
    reader = Reader(valkey.url, service.workers)
    await reader.start()
    await reader.close()
    await service.gate.release(service.workers[0].inlets[0], service.consumer, lease=1.0)

    await reader.restart()

    await publish(redis, DISCOVERED.name, [discovered(1)])
    assert asyncio.all_tasks() == before
    assert service.consumer not in await names(redis)


async def test_a_reader_that_is_started_again_when_it_is_closed_ends_too(valkey, service):
    before = asyncio.all_tasks()
    reader = Reader(valkey.url, service.workers)
    await reader.start()

    await asyncio.gather(reader.restart(), reader.close(), reader.restart())

    assert asyncio.all_tasks() == before


async def test_a_read_that_overhears_that_it_is_cancelled_does_not_read_on(
    valkey, service, monkeypatch
):
    """`asyncio.wait_for` may swallow it on Python 3.11; then the client connects and asks again."""
    overheard = []

    def connect_deaf(url):
        client = connect(url)
        read = client.xreadgroup

        async def deaf(**options):
            try:
                return await read(**options)
            except (asyncio.CancelledError, RedisConnectionError):
                overheard.append(options)
                if len(overheard) > 1:
                    raise
                return await read(**options)

        monkeypatch.setattr(client, "xreadgroup", deaf)
        return client

    monkeypatch.setattr(reader_module, "connect", connect_deaf)
    before = asyncio.all_tasks()
    reader = Reader(valkey.url, service.workers)
    await reader.start()

    await reader.close()

    assert overheard
    assert asyncio.all_tasks() == before


async def test_a_server_that_refuses_is_waited_for_by_one_task_and_said_once(
    redis, valkey, service
):
    """So does a full disk: FastStream alone begins a task anew at once, and keeps every one."""
    reader = Reader(valkey.url, service.workers)
    with capture_logs() as logs:
        await reader.start()
        tasks = asyncio.all_tasks()
        async with refusing(redis):
            await until(partial(told, logs, "broker_refuses"), what="a line in the log")
            refusals = await errors(redis)
            await until(partial(has_refused, redis, refusals + 2), what="more refusals")
            assert asyncio.all_tasks() <= tasks
        await until(partial(told, logs, "broker_takes_again"), what="a line in the log")
    assert len([one for one in logs if one["event"] == "broker_refuses"]) == 1
    await reader.close()


@asynccontextmanager
async def refusing(redis) -> AsyncIterator[None]:
    await redis.config_set("min-replicas-to-write", 1)
    try:
        yield
    finally:
        await redis.config_set("min-replicas-to-write", 0)


async def told(logs, event: str) -> bool:
    return any(entry["event"] == event for entry in logs)


async def errors(redis) -> int:
    return (await redis.info("stats"))["total_error_replies"]


async def has_refused(redis, number: int) -> bool:
    return await errors(redis) >= number
