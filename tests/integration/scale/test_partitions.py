"""All services have one number of partitions; when it changes, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest
from redis.asyncio import Redis

from steppewire.delivery.partitions import agree, change, number
from steppewire.errors import Reject, SettingError
from steppewire.events import ArticleDiscovered, ArticleFetched
from steppewire.streams import DISCOVERED, FETCH, FETCHED, key
from steppewire.testing.service import (
    discovered,
    fetched,
    keys_of,
    prepare,
    publish,
    serving,
    unsettled,
    until,
)
from steppewire.valkey import Valkey


async def forward(event: ArticleDiscovered) -> ArticleFetched:
    return fetched(event)


def wire(service):
    service.each(FETCH, forward)


async def test_a_service_with_another_number_of_partitions_refuses_to_start(redis, valkey):
    async with serving(valkey.url, wire, partitions=3):
        with pytest.raises(SettingError, match="this newswire has 3 partitions: set it to 3"):
            async with serving(valkey.url, wire, partitions=4):
                pass


async def test_a_wiped_broker_learns_the_number_again(redis, valkey):
    async with serving(valkey.url, wire, partitions=3):
        await redis.flushall()
        await until(lambda: number(redis), what="the number")

    assert await number(redis) == 3


async def test_more_partitions_leave_what_waits_where_it_is_read(redis, valkey):
    await agree(redis, 2)
    await prepare(redis, 2)
    await publish(redis, DISCOVERED.name, [discovered(n) for n in range(10)], partition=1)

    await change(redis, 5)
    async with serving(valkey.url, wire, partitions=5):
        await until(lambda: none_waits(redis, 1), what="10 messages")

    assert len(await keys_of(redis, FETCHED.name, 1)) == 10


async def none_waits(redis: Redis, partition: int) -> bool:
    return await unsettled(redis, FETCH, partition) == 0


async def test_a_partition_in_which_something_waits_cannot_go(redis):
    await agree(redis, 3)
    await prepare(redis, 3)
    await publish(redis, DISCOVERED.name, [discovered(1)], partition=2)

    with pytest.raises(SettingError, match="1 entries wait for fetcher in partition 2"):
        await change(redis, 2)
    assert await number(redis) == 3


async def test_a_partition_with_dead_letters_cannot_go(redis, valkey):
    async def refuse(event):
        raise Reject("gone")

    await publish(redis, DISCOVERED.name, [discovered(1)], partition=1)
    async with serving(valkey.url, lambda s: s.each(FETCH, refuse), partitions=2):
        await until(lambda: none_waits(redis, 1), what="the message")

    with pytest.raises(SettingError, match="1 dead letters of fetcher lie in partition 1"):
        await change(redis, 1)


async def test_the_command_tells_the_number_and_changes_it(redis, valkey):
    assert "none yet" in (await say(valkey))[1]
    await agree(redis, 2)
    assert await say(valkey) == (0, "2\n", "")

    status, out, _ = await say(valkey, "4", "--yes")

    assert (status, await number(redis)) == (0, 4)
    assert "STEPPEWIRE_PARTITIONS=4" in out


async def test_the_command_refuses_in_one_line_what_would_strand_entries(redis, valkey):
    await agree(redis, 2)
    await redis.xadd(key("articles.fetched.parser.dead", 1), {"data": "x"})

    status, _, err = await say(valkey, "1", "--yes")

    assert status != 0
    assert err.count("\n") == 1
    assert "steppewire dead" in err


async def say(valkey: Valkey, *words: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "steppewire.cli", "partitions", *words, "--redis-url", valkey.url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE")},
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()
